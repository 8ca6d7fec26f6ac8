/** What tests of constructs share: synthesised objects as a reader of the YAML sees them, and valid input to vary. */
import { App, Chart, Duration, Yaml } from 'cdk8s';
import { parseAllDocuments } from 'yaml';
import {
  GpuInferenceService,
  type GpuInferenceServiceProps,
  type GpuNodePoolPlan,
  type GpuNodePoolSpec,
  type GpuTrainingJobProps,
  type ModelFacts,
  type Ownership,
  type PlatformProfile,
  type PlatformSpec,
  planGpuNodePool,
  planPlatform,
  SecretSource,
  type SecretSources,
} from '../../lib';

type Strings = Readonly<Record<string, string>>;

export interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
  readonly periodSeconds: number;
  readonly failureThreshold: number;
  readonly timeoutSeconds: number;
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: unknown }[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly resources: { readonly requests: Strings; readonly limits?: Strings };
  readonly volumeMounts: readonly {
    readonly name: string;
    readonly mountPath: string;
    readonly subPath?: string;
    readonly readOnly?: boolean;
  }[];
  readonly lifecycle?: {
    readonly preStop: {
      readonly sleep?: { readonly seconds: number };
      readonly exec?: { readonly command: readonly string[] };
    };
  };
  readonly startupProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly securityContext: unknown;
}

export interface Volume {
  readonly name: string;
  readonly emptyDir?: { readonly sizeLimit: string; readonly medium?: string };
  readonly configMap?: { readonly name: string };
  readonly persistentVolumeClaim?: { readonly claimName: string; readonly readOnly?: boolean };
  readonly image?: { readonly reference: string; readonly pullPolicy: string };
  readonly hostPath?: unknown;
}

export interface PodSpec {
  readonly serviceAccountName?: string;
  readonly automountServiceAccountToken: boolean;
  readonly priorityClassName: string;
  readonly terminationGracePeriodSeconds: number;
  readonly restartPolicy?: string;
  readonly tolerations: readonly unknown[];
  readonly affinity: {
    readonly nodeAffinity: {
      readonly requiredDuringSchedulingIgnoredDuringExecution: {
        readonly nodeSelectorTerms: readonly {
          readonly matchExpressions: readonly { readonly key: string; operator: string; values: readonly string[] }[];
        }[];
      };
    };
  };
  readonly topologySpreadConstraints?: readonly {
    readonly topologyKey: string;
    readonly whenUnsatisfiable: string;
    readonly labelSelector: { readonly matchLabels: Strings };
  }[];
  readonly securityContext: unknown;
  readonly initContainers?: readonly Container[];
  readonly containers: readonly Container[];
  readonly volumes: readonly Volume[];
}

interface PodTemplate {
  readonly metadata: { readonly labels: Strings; readonly annotations?: Strings };
  readonly spec: PodSpec;
}

interface PolicyRule {
  readonly from?: readonly unknown[];
  readonly to?: readonly unknown[];
  readonly ports?: readonly { readonly port: number; readonly protocol: string }[];
}

/** Shapes of the kinds that tests look into, as far as they look. */
export interface Kinds {
  Deployment: {
    readonly spec: {
      readonly replicas?: number;
      readonly progressDeadlineSeconds: number;
      readonly selector: { readonly matchLabels: Strings };
      readonly strategy: { readonly type: string; readonly rollingUpdate: unknown };
      readonly template: PodTemplate;
    };
  };
  DaemonSet: { readonly spec: { readonly template: PodTemplate } };
  Job: {
    readonly spec: {
      readonly backoffLimit: number;
      readonly activeDeadlineSeconds: number;
      readonly ttlSecondsAfterFinished?: number;
      readonly podFailurePolicy: unknown;
      readonly template: PodTemplate;
    };
  };
  Service: {
    readonly spec: { readonly selector: Strings; readonly type: string; readonly ports: readonly unknown[] };
  };
  ServiceAccount: { readonly automountServiceAccountToken: boolean };
  ConfigMap: { readonly data: Strings };
  PersistentVolumeClaim: {
    readonly spec: {
      readonly accessModes: readonly string[];
      readonly storageClassName: string;
      readonly resources: { readonly requests: Strings };
    };
  };
  PodDisruptionBudget: {
    readonly spec: {
      readonly minAvailable: number;
      readonly unhealthyPodEvictionPolicy: string;
      readonly selector: { readonly matchLabels: Strings };
    };
  };
  NetworkPolicy: {
    readonly spec: {
      readonly podSelector: { readonly matchLabels?: Strings };
      readonly policyTypes: readonly string[];
      readonly ingress?: readonly PolicyRule[];
      readonly egress?: readonly PolicyRule[];
    };
  };
  PriorityClass: { readonly value: number; readonly globalDefault: boolean; readonly preemptionPolicy: string };
  Namespace: object;
  ResourceQuota: { readonly spec: { readonly hard: Strings } };
}

/** As much of an object as every test needs. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Strings;
    readonly annotations?: Strings;
  };
  readonly [field: string]: unknown;
}

/** An object of a kind, with what every object has. */
export type ObjectOf<K extends keyof Kinds> = KubernetesObject & Kinds[K];

/** The objects of an app or chart, parsed back from YAML. */
export interface Synthesised {
  readonly objects: readonly KubernetesObject[];
  /** All objects of a kind. */
  all<K extends keyof Kinds>(kind: K): readonly ObjectOf<K>[];
  /** The only object of a kind, or the only one of that name. */
  one<K extends keyof Kinds>(kind: K, name?: string): ObjectOf<K>;
}

/** The YAML text of an app or chart; throws cdk8s' validation error when something is wrong. */
export function yamlOf(scope: App | Chart): string {
  return scope instanceof Chart ? Yaml.stringify(...scope.toJson()) : scope.synthYaml();
}

/** Objects by reading text. */
export function parseObjects(text: string): readonly KubernetesObject[] {
  return parseAllDocuments(text)
    .map((document) => document.toJS() as KubernetesObject | null)
    .filter((object) => object !== null);
}

/** Synthesises and reads the YAML back. */
export function synth(scope: App | Chart): Synthesised {
  const objects = parseObjects(yamlOf(scope));
  const all = <K extends keyof Kinds>(kind: K) =>
    objects.filter((object) => object.kind === kind) as unknown as readonly ObjectOf<K>[];
  return {
    objects,
    all,
    one(kind, name) {
      const found = all(kind).filter((object) => name === undefined || object.metadata.name === name);
      const [first] = found;
      if (first === undefined || found.length > 1) {
        throw new Error(`expected one ${kind} ${name ?? ''}, found ${found.length}`);
      }
      return first;
    },
  };
}

/** The lines of cdk8s' validation error: `[construct path] problem`; none when the tree is valid. */
export function refusalsOf(scope: App | Chart): readonly string[] {
  try {
    yamlOf(scope);
    return [];
  } catch (error) {
    const [first = '', ...lines] = (error as Error).message.split('\n');
    if (!first.startsWith('Validation failed')) throw error;
    return lines.map((line) => line.trim());
  }
}

/** The first container of a workload's pod. */
export function containerOf(object: { readonly spec: { readonly template: PodTemplate } }): Container {
  const [container] = object.spec.template.spec.containers;
  if (container === undefined) throw new Error('the pod has no container');
  return container;
}

/** Plain environment variables of a container by name. */
export function envOf(container: Container): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(container.env.map(({ name, value }) => [name, value]));
}

const UNITS: Readonly<Record<string, number>> = { '': 1, m: 1e-3, Mi: 1024 ** 2, Gi: 1024 ** 3 };

/** The number that a quantity stands for. */
export function quantity(text: string | undefined): number {
  const [, digits, unit] = /^(\d+)(m|Mi|Gi)?$/.exec(text ?? '') ?? [];
  if (digits === undefined) throw new Error(`'${text}' is no quantity that warmpath writes`);
  return Number(digits) * (UNITS[unit ?? ''] ?? Number.NaN);
}

export const OWNERSHIP: Ownership = { owner: 'chat-oncall', team: 'chat', costCentre: 'cc-1', environment: 'test' };

/** Secrets that somebody writes by hand. */
export function handMade(...names: readonly string[]): SecretSources {
  return Object.fromEntries(names.map((name) => [name, SecretSource.kubernetes({ madeBy: 'whoever runs the tests' })]));
}

const GUID = '5c2c2a0e-4c39-4a6a-9f0b-0c8f4f6f7c11';

/** A valid source of each kind, for the keys `token` and `api-key`. */
export const SOURCES = {
  kubernetes: SecretSource.kubernetes({ madeBy: 'whoever runs the tests' }),
  externalSecrets: SecretSource.externalSecrets({
    store: { name: 'platform' },
    keys: { token: { remoteKey: 'hub', property: 'token', version: '3' }, 'api-key': { remoteKey: 'api' } },
  }),
  azureCsi: SecretSource.secretsStoreCsi({
    provider: 'azure',
    keyVaultName: 'chat-prod',
    tenantId: GUID,
    clientId: GUID,
    keys: { token: { objectName: 'hub-token', version: '7' }, 'api-key': { objectName: 'api-key' } },
  }),
  vaultCsi: SecretSource.secretsStoreCsi({
    provider: 'vault',
    role: 'chat',
    keys: { token: { path: 'secret/data/chat', field: 'token' }, 'api-key': { path: 'secret/data/api', field: 'key' } },
  }),
  vaultCsiFiles: SecretSource.secretsStoreCsi({
    provider: 'vault',
    role: 'chat',
    sync: false,
    keys: { token: { path: 'secret/data/chat', field: 'token' }, 'api-key': { path: 'secret/data/api', field: 'key' } },
  }),
  vaultAgent: SecretSource.vaultAgent({
    role: 'chat',
    path: 'secret/data/chat',
    keys: { token: 'token', 'api-key': 'api-key' },
    egress: [{ pods: { namespace: 'vault' }, ports: [8200] }],
  }),
  vaultLease: SecretSource.vaultAgent({
    role: 'chat',
    path: 'database/creds/chat',
    engine: 'leased',
    keys: { token: 'password', 'api-key': 'username' },
    egress: [{ cidr: '10.0.0.0/16', ports: [8200] }],
  }),
} as const;

/** A commit that nobody made. */
export const COMMIT = '0123456789abcdef0123456789abcdef01234567';
/** A digest of nothing in particular. */
export const DIGEST = `sha256:${'ab'.repeat(32)}`;

/** A valid platform: AKS 1.35. */
export function platform(overrides: Partial<PlatformSpec> = {}): PlatformProfile {
  return planPlatform({ cloud: 'aks', kubernetes: '1.35', region: 'westeurope', ...overrides });
}

/** Input of a valid pool: four nodes with one A100 each at the most. */
export function poolSpec(overrides: Partial<GpuNodePoolSpec> = {}): GpuNodePoolSpec {
  return {
    name: 'a100',
    purpose: 'inference',
    platform: platform(),
    machine: 'Standard_NC24ads_A100_v4',
    minNodes: 3,
    maxNodes: 4,
    ownership: OWNERSHIP,
    ...overrides,
  };
}

/** A valid pool. */
export function pool(overrides: Partial<GpuNodePoolSpec> = {}): GpuNodePoolPlan {
  return planGpuNodePool(poolSpec(overrides));
}

/** Two GPUs on each of three nodes. */
export function pairPool(overrides: Partial<GpuNodePoolSpec> = {}): GpuNodePoolPlan {
  return pool({ name: 'pairs', machine: 'Standard_NC48ads_A100_v4', maxNodes: 3, ...overrides });
}

/** Props of a valid service: an 8 B model behind vLLM, three replicas. */
export function serviceProps(overrides: Partial<GpuInferenceServiceProps> = {}): GpuInferenceServiceProps {
  return {
    namespace: 'chat',
    ownership: OWNERSHIP,
    pool: pool(),
    model: { catalogue: 'qwen3-8b' },
    gateway: { namespace: 'gateway' },
    scraper: { namespace: 'monitoring' },
    ...overrides,
  };
}

/** Props of a valid training job. */
export function jobProps(overrides: Partial<GpuTrainingJobProps> = {}): GpuTrainingJobProps {
  return {
    namespace: 'training',
    ownership: OWNERSHIP,
    pool: pool({ name: 'train', purpose: 'training', minNodes: 0, maxNodes: 2 }),
    image: `registry.example.com/team/trainer:1.4.2@${DIGEST}`,
    command: ['torchrun', 'train.py'],
    activeDeadline: Duration.hours(12),
    ...overrides,
  };
}

/** A chart in an app of its own. */
export function newChart(id = 'chart'): Chart {
  return new Chart(new App(), id);
}

/** A service and what it became. */
export interface DrawnService extends Synthesised {
  readonly chart: Chart;
  readonly service: GpuInferenceService;
  readonly deployment: ObjectOf<'Deployment'>;
  readonly container: Container;
}

/** Draws one service named 'chat' and synthesises it. */
export function drawService(overrides: Partial<GpuInferenceServiceProps> = {}): DrawnService {
  const chart = newChart();
  const service = new GpuInferenceService(chart, 'chat', serviceProps(overrides));
  const result = synth(chart);
  const deployment = result.one('Deployment');
  return { ...result, chart, service, deployment, container: containerOf(deployment) };
}

/** The shape of a model of our own, as its config.json would state it. */
export const FACTS: ModelFacts = {
  parameters: 8_000_000_000,
  dtype: 'bfloat16',
  layers: 36,
  attentionHeads: 32,
  keyValueHeads: 8,
  headSize: 128,
  maxModelLen: 40960,
};
