import {
  GpuInferenceService,
  type GpuInferenceServiceProps,
  type GpuNodePoolPlan,
  GpuTrainingJob,
  InferenceNamespace,
  PriorityClasses,
  type SecretSource,
  WorkloadIdentity,
} from '../../../lib';
import { jobProps, OWNERSHIP, pairPool, pool, SOURCES, serviceProps } from '../../support/synth';
import { applyAll, objections } from '../support/admit';
import { ControlPlane } from '../support/control-plane';
import { installCrds } from '../support/crds';
import { addNodes } from '../support/nodes';
import type { KubeObject } from '../support/objects';
import { draw, nodesOf, readyPods } from './cluster';

jest.setTimeout(180_000);

const CLIENT_ID = '5c2c2a0e-4c39-4a6a-9f0b-0c8f4f6f7c11';
const KINDS = Object.entries(SOURCES) as readonly (readonly [string, SecretSource])[];
const namespaceOf = (kind: string): string => `secret-${kind.toLowerCase()}`;

const POOL = pool({ minNodes: KINDS.length, maxNodes: KINDS.length });
const TRAIN = pairPool({ name: 'train', purpose: 'training', minNodes: 1, maxNodes: 1 });
const TRAINING = 'secret-training';

/** A pod as the Vault Agent Injector leaves it: vault-k8s 1.7.6, container_init_sidecar.go and container_sidecar.go. */
function injected({ metadata, spec }: PodTemplate, namespace: string): KubeObject {
  const setting = (key: string) => metadata.annotations[`vault.hashicorp.com/${key}`] ?? '';
  const memory = { emptyDir: { medium: 'Memory' } };
  const secrets = { name: 'vault-secrets', mountPath: '/vault/secrets' };
  const token = {
    name: setting('agent-service-account-token-volume-name'),
    mountPath: '/var/run/secrets/vault.hashicorp.com/serviceaccount',
    readOnly: true,
  };
  const agent = {
    name: 'vault-agent-init',
    image: 'hashicorp/vault:2.0.4',
    command: ['/bin/sh', '-ec'],
    args: ['vault agent'],
    volumeMounts: [{ name: 'home-init', mountPath: '/home/vault' }, token, secrets],
    resources: {
      requests: { cpu: setting('agent-requests-cpu'), memory: setting('agent-requests-mem') },
      limits: { cpu: setting('agent-limits-cpu'), memory: setting('agent-limits-mem') },
    },
    // No seccompProfile: the injector writes none (hashicorp/vault-k8s#377).
    securityContext: {
      runAsUser: Number(setting('agent-run-as-user')),
      runAsGroup: Number(setting('agent-run-as-group')),
      runAsNonRoot: true,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
      allowPrivilegeEscalation: false,
    },
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'injected', namespace },
    spec: {
      ...spec,
      initContainers: [agent],
      containers: spec.containers.map((one) => ({ ...one, volumeMounts: [...one.volumeMounts, secrets] })),
      volumes: [...spec.volumes, { name: 'vault-secrets', ...memory }, { name: 'home-init', ...memory }],
    },
  };
}

interface PodTemplate {
  readonly metadata: { readonly annotations: Readonly<Record<string, string>> };
  readonly spec: {
    readonly securityContext: object;
    readonly containers: readonly { readonly volumeMounts: readonly object[] }[];
    readonly volumes: readonly object[];
    readonly [field: string]: unknown;
  };
}

function templateOf(objects: readonly KubeObject[], namespace: string): PodTemplate {
  const found = objects.find(({ kind, metadata }) => kind === 'Deployment' && metadata.namespace === namespace);
  if (found === undefined) throw new Error(`no Deployment in ${namespace}`);
  return (found.spec as { template: PodTemplate }).template;
}

/** One service for each way in which a secret comes to exist, each in a namespace of its own, and a job. */
function everything(plan: GpuNodePoolPlan): readonly KubeObject[] {
  const options = (source: SecretSource): Partial<GpuInferenceServiceProps> => ({
    pool: plan,
    replicas: 1,
    disruption: { allowOutageReason: 'a test waits for nobody' },
    hubToken: { secretName: 'hugging-face', key: 'token' },
    secretEnv: { VLLM_API_KEY: { secretName: 'hugging-face', key: 'api-key' } },
    secrets: { 'hugging-face': source },
    identity: WorkloadIdentity.azure({ clientId: CLIENT_ID, tenantId: CLIENT_ID, tokenExpirationSeconds: 7200 }),
  });
  return draw((chart) => {
    new PriorityClasses(chart, 'priorities');
    for (const name of [...KINDS.map(([kind]) => namespaceOf(kind)), TRAINING]) {
      new InferenceNamespace(chart, name, { ownership: OWNERSHIP, platform: plan.platform });
    }
    for (const [kind, source] of KINDS) {
      const namespace = namespaceOf(kind);
      new GpuInferenceService(chart, kind, serviceProps({ name: 'llm', namespace, ...options(source) }));
    }
    const secrets = { wandb: SOURCES.vaultAgent, mirror: SOURCES.kubernetes };
    const secretEnv = { WANDB_KEY: { secretName: 'wandb', key: 'token' } };
    const props = jobProps({ namespace: TRAINING, pool: TRAIN, secrets, secretEnv, imagePullSecrets: ['mirror'] });
    new GpuTrainingJob(chart, 'finetune', props);
  });
}

describe('secrets and identities on a real control plane', () => {
  const objects = everything(POOL);
  let plane: ControlPlane;

  beforeAll(async () => {
    plane = await ControlPlane.start();
    await installCrds(plane.api);
    await addNodes(plane.api, [...nodesOf(POOL), ...nodesOf(TRAIN)]);
  });

  afterAll(() => plane?.stop());

  it('are admitted strictly, object by object, without an error or a warning', async () => {
    await plane.withLogs(async () => {
      expect(objections(await applyAll(plane.api, objects))).toEqual([]);
    });
    const kinds = objects.map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'ExternalSecret')).toHaveLength(1);
    expect(kinds.filter((kind) => kind === 'SecretProviderClass')).toHaveLength(3);
  });

  it.each(KINDS.map(([kind]) => [kind]))('lets the pods of %s run under Pod Security restricted', async (kind) => {
    await plane.withLogs(async () => {
      const [pod] = await readyPods(plane.api, namespaceOf(kind), 'llm', 1);
      expect(pod?.metadata.labels).toMatchObject({ 'azure.workload.identity/use': 'true' });
    });
  });

  it('lets the pod of a job run as its own ServiceAccount', async () => {
    await plane.withLogs(async () => {
      const [pod] = await readyPods(plane.api, TRAINING, 'finetune', 1);
      expect(pod?.spec.serviceAccountName).toBe('finetune');
    });
  });

  it('admits a pod that the Vault injector has changed, and owes that to the seccomp profile of the pod', async () => {
    const namespace = namespaceOf('vaultAgent');
    const template = templateOf(objects, namespace);
    const { seccompProfile, ...bare } = template.spec.securityContext as { seccompProfile: unknown };
    expect(seccompProfile).toEqual({ type: 'RuntimeDefault' });
    const without = { ...template, spec: { ...template.spec, securityContext: bare } };
    await plane.withLogs(async () => {
      const [admitted] = await applyAll(plane.api, [injected(template, namespace)], { dryRun: true });
      expect(admitted).toEqual({ name: `Pod ${namespace}/injected`, warnings: [] });
      const [refused] = await applyAll(plane.api, [injected(without, namespace)], { dryRun: true });
      expect(refused?.error).toMatch(/violates PodSecurity "restricted:v1\.\d+".*seccompProfile/);
    });
  });

  it.each(['ExternalSecret', 'SecretProviderClass'])('would refuse a misspelt field of %s', async (kind) => {
    const object = objects.find((one) => one.kind === kind);
    const wrong = { ...object, spec: { ...(object?.spec as object), misspelt: true } } as KubeObject;
    const [admission] = await applyAll(plane.api, [wrong], { dryRun: true });
    expect(admission?.error).toMatch(/misspelt/);
  });
});
