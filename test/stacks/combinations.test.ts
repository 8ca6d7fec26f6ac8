/**
 * Features of a service against each other: what one part of the library does must not undo what another one did. Every
 * pair is drawn and held to the rules over manifests, or refused with the rules that a table names.
 */
import { ApiObject, Chart, App as StockApp } from 'cdk8s';
import {
  App,
  type CustomRuntime,
  GpuInferenceService,
  type GpuInferenceServiceProps,
  type IModelCache,
  InferenceNamespace,
  kservePodLabels,
  type LoraAdapter,
  PriorityClasses,
  type RuleId,
  ServingBackend,
  type ServingTarget,
  WorkloadIdentity,
} from '../../lib';
import { checkManifests } from '../../lib/policy';
import { policyPools } from '../../stacks/synthesise';
import {
  DIGEST,
  handMade,
  type KubernetesObject,
  OWNERSHIP,
  type PodSpec,
  parseObjects,
  platform,
  pool,
  refusalsOf,
  SOURCES,
  serviceProps,
} from '../support/synth';

type Props = Partial<GpuInferenceServiceProps>;

const iks = platform({ cloud: 'iks', kubernetes: '1.35', region: 'us-south' });
const cut = { profile: '3g.40gb' } as const;

const POOLS = {
  regular: pool({ name: 'regular', maxNodes: 20 }),
  pairs: pool({ name: 'pairs', machine: 'Standard_NC48ads_A100_v4', maxNodes: 20 }),
  single: pool({ name: 'single', mig: cut, maxNodes: 20 }),
  mixed: pool({ name: 'mixed', mig: { ...cut, strategy: 'mixed' }, minNodes: 20, maxNodes: 20 }),
  iks: pool({ name: 'l40s', platform: iks, machine: 'gx3.24x120.l40s', maxNodes: 20 }),
  spot: pool({ name: 'spot', spot: true, minNodes: 0, maxNodes: 20 }),
  cutSpot: pool({ name: 'cut', mig: cut, spot: true, minNodes: 0, maxNodes: 20 }),
};

const modelCache: IModelCache = {
  claimName: 'weights',
  mountPath: '/cache',
  weightsPath: '/cache/qwen3-8b',
  transport: 'network-disk',
};

function adapter(path: string): Props {
  return { adapters: [{ name: 'support', path, rank: 16, modules: ['q_proj', 'v_proj'], bytes: 30e6 } as LoraAdapter] };
}

const profile: CustomRuntime = {
  name: 'lmdeploy',
  version: '0.9.1',
  image: `registry.example.com/serving/lmdeploy:0.9.1@${DIGEST}`,
  uid: 1000,
  home: '/home/server',
  ports: { http: 8080, metrics: 9090, grpc: 9091 },
  readinessPath: '/health',
  architectures: ['amd64'],
  fetchesFromHub: true,
  launch: ({ modelPath, tensorParallel }) => ({
    command: ['lmdeploy', 'serve', modelPath],
    args: ['--tp', String(tensorParallel)],
    env: { LMDEPLOY_LOG: 'info' },
    config: { '/etc/server/config.yaml': 'a: 1\n' },
    stopCommand: ['lmdeploy', 'stop', '--reason', 'it is drained'],
  }),
};

/** Two variables from one secret, of which the server needs the token only where it downloads. */
const VARIABLE = 'EXAMPLE_API_KEY';

function secretsOf(source: (typeof SOURCES)[keyof typeof SOURCES]): Props {
  return {
    hubToken: { secretName: 'hub', key: 'token' },
    secretEnv: { [VARIABLE]: { secretName: 'hub', key: 'api-key' } },
    secrets: { hub: source },
  };
}

/** Features by what a service has one of. */
const FEATURES: Readonly<Record<string, Readonly<Record<string, Props>>>> = {
  backend: {
    KServe: { backend: ServingBackend.kserve({ version: '0.20' }) },
    'exposed KServe': { backend: ServingBackend.kserve({ version: '0.15', exposed: true }) },
  },
  pool: {
    'two GPUs': { pool: POOLS.pairs, tensorParallel: 2 },
    'instances called GPUs': { pool: POOLS.single },
    'instances by name': { pool: POOLS.mixed },
    'IBM Cloud': { pool: POOLS.iks },
    'a trusted profile': {
      pool: POOLS.iks,
      identity: WorkloadIdentity.ibmTrustedProfile({ profileName: 'chat', services: ['secrets_manager'] }),
    },
  },
  spot: {
    spot: { spot: { pool: POOLS.spot, replicas: 1 } },
    'spot on instances': { spot: { pool: POOLS.cutSpot, replicas: 2 } },
  },
  scaler: { 'a scaler': { scaler: { minReplicas: 3, maxReplicas: 6, bindScaler: () => undefined } } },
  runtime: {
    SGLang: {
      runtime: {
        kind: 'sglang',
        version: '0.5.21',
        runAsUser: 1000,
        image: `registry.example.com/sglang:0.5.21@${DIGEST}`,
      },
    },
    Triton: { runtime: { kind: 'triton' } },
    TorchServe: { runtime: { kind: 'torchserve' }, modelCache },
    'a custom server': { runtime: { kind: 'custom', profile } },
  },
  weights: {
    'a cache': { modelCache },
    'weights as an image': { model: { catalogue: 'qwen3-8b', uri: `oci://registry.example.com/qwen3@${DIGEST}` } },
  },
  adapters: {
    'an adapter as an image': adapter(`oci://registry.example.com/support@${DIGEST}`),
    'an adapter in the cache': { ...adapter('/cache/adapters/support'), modelCache },
  },
  secrets: Object.fromEntries(
    Object.entries(SOURCES).map(([name, source]) => [`secrets by ${name}`, secretsOf(source)]),
  ),
  pull: { 'a pull secret': { imagePullSecrets: ['mirror'], secrets: handMade('mirror') } },
  identity: {
    'an Azure identity': { identity: WorkloadIdentity.azure({ clientId: '5c2c2a0e-4c39-4a6a-9f0b-0c8f4f6f7c11' }) },
  },
  lock: {
    'a lock': { lock: { env: { LOCK: 'zk://lock' }, egress: [{ pods: { namespace: 'lock' }, ports: [2181] }] } },
  },
};

/** What cannot go together, and which rules say so. */
const REFUSED: readonly (readonly [one: RegExp, other: RegExp, rule: RuleId])[] = [
  [/KServe/, /^spot/, 'WP-KS-004'],
  [/^two GPUs/, /^spot$/, 'WP-FIT-004'],
  [/^two GPUs/, /^spot on instances/, 'WP-MIG-005'],
  [/^(IBM Cloud|a trusted profile)/, /^spot/, 'WP-SPOT-002'],
  [/^(IBM Cloud|a trusted profile)/, /(an Azure identity|azureCsi)$/, 'WP-IDN-001'],
  [/^a trusted profile/, /^spot/, 'WP-IDN-001'],
  [/^(Triton|TorchServe|a custom server)/, /^an adapter/, 'WP-LORA-005'],
];

interface Feature {
  readonly name: string;
  readonly of: string;
  readonly props: Props;
}

const ALL: readonly Feature[] = Object.entries(FEATURES).flatMap(([of, features]) =>
  Object.entries(features).map(([name, props]) => ({ name, of, props })),
);

const PAIRS = ALL.map((one, index) => ({
  one,
  others: ALL.slice(index + 1).filter(({ of }) => of !== one.of),
})).filter(({ others }) => others.length > 0);

function merged(features: readonly Feature[]): Props {
  const all: Props = Object.assign({}, ...features.map(({ props }) => props));
  const secrets = Object.assign({}, ...features.map(({ props }) => props.secrets ?? {}));
  // A scaler owns the number of spot pods.
  const spot = all.spot && all.scaler ? { pool: all.spot.pool } : all.spot;
  return { pool: POOLS.regular, ...all, spot, secrets };
}

/** A cluster with the service and everything that its siblings would bring. */
function build(app: StockApp, props: Props): { readonly targets: readonly ServingTarget[] } {
  const targets: ServingTarget[] = [];
  const cluster = new Chart(app, 'cluster');
  const { platform: own } = props.pool ?? POOLS.regular;
  new PriorityClasses(cluster, 'priorities');
  new InferenceNamespace(cluster, 'chat', { ownership: OWNERSHIP, platform: own });
  const chart = new Chart(app, 'service');
  if (props.modelCache) {
    new ApiObject(chart, 'claim', {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'weights', namespace: 'chat' },
      spec: { accessModes: ['ReadOnlyMany'], storageClassName: 'files', resources: { requests: { storage: '40Gi' } } },
    });
  }
  const bindScaler = (target: ServingTarget) => {
    targets.push(target);
    new ApiObject(chart, 'scaler', {
      apiVersion: 'keda.sh/v1alpha1',
      kind: 'ScaledObject',
      metadata: { name: 'chat', namespace: 'chat' },
      spec: {
        scaleTargetRef: { name: target.deploymentName },
        minReplicaCount: props.scaler?.minReplicas,
        maxReplicaCount: props.scaler?.maxReplicas,
        triggers: [{ type: 'cron', metadata: { start: '0 8 * * *', end: '0 18 * * *', timezone: 'UTC' } }],
      },
    });
  };
  const scaler = props.scaler && { ...props.scaler, bindScaler };
  new GpuInferenceService(chart, 'chat', serviceProps({ ...props, scaler }));
  return { targets };
}

interface Pod {
  readonly owner: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: PodSpec;
}

type Template = { readonly metadata: Pick<Pod, 'labels' | 'annotations'>; readonly spec: PodSpec };

/** Pods by the Deployment that makes them, as Kubernetes or KServe would. */
function podsOf(objects: readonly KubernetesObject[]): readonly Pod[] {
  return objects.flatMap(({ kind, metadata, spec }) => {
    if (kind === 'Deployment') {
      const { template } = spec as { readonly template: Template };
      return [{ owner: metadata.name, ...template.metadata, spec: template.spec }];
    }
    if (kind !== 'InferenceService') return [];
    const { predictor } = spec as { readonly predictor: PodSpec & Pick<Pod, 'annotations'> };
    const labels = { ...metadata.labels, ...kservePodLabels(metadata.name) };
    return [{ owner: `${metadata.name}-predictor`, labels, annotations: predictor.annotations, spec: predictor }];
  });
}

const twice = (texts: readonly string[]) => texts.filter((text, index) => texts.indexOf(text) < index);

/** What a kubelet or an API server would choke on, or the team would miss. */
function wrongWith({ owner, labels, annotations, spec }: Pod, props: Props): readonly string[] {
  const [container] = spec.containers;
  if (container === undefined) return [`${owner}: no container`];
  const { volumeMounts, env, command } = container;
  const volumes = spec.volumes.map(({ name }) => name);
  const inside = volumeMounts.filter(({ mountPath }) =>
    volumeMounts.some((outer) => outer.readOnly === true && mountPath.startsWith(`${outer.mountPath}/`)),
  );
  const read = [...env.filter(({ valueFrom }) => valueFrom).map(({ name }) => name), command.join(' ')].join(' ');
  const injected = annotations['vault.hashicorp.com/agent-inject-containers'] ?? container.name;
  const problems = {
    'mounted twice': twice(volumeMounts.map(({ mountPath }) => mountPath)),
    'mounted inside what is read-only': inside.map(({ mountPath }) => mountPath),
    'volume twice': twice(volumes),
    'no such volume': volumeMounts.map(({ name }) => name).filter((name) => !volumes.includes(name)),
    'variable twice': twice(env.map(({ name }) => name)),
    'secret missing': Object.keys(props.secretEnv ?? {}).filter((name) => !read.includes(name)),
    'pull secret missing': (props.imagePullSecrets ?? []).filter((name) => !JSON.stringify(spec).includes(name)),
    'agent writes for nobody': injected === container.name ? [] : [injected],
    'identity missing':
      props.identity?.spec.kind === 'azure' && labels['azure.workload.identity/use'] !== 'true' ? ['label'] : [],
    'no account': spec.serviceAccountName === 'chat' ? [] : [`${spec.serviceAccountName}`],
  };
  return Object.entries(problems).flatMap(([what, values]) => values.map((value) => `${owner}: ${what}: ${value}`));
}

/** Everything that is wrong with a combination that is not refused. */
function problemsOf(props: Props): readonly string[] {
  const app = new App();
  const { targets } = build(app, props);
  const objects = parseObjects(app.synthYaml());
  const pods = podsOf(objects);
  const cloud = props.pool?.platform.cloud;
  const pools = policyPools({ pools: Object.values(POOLS).filter((one) => one.platform.cloud === cloud) });
  const manifests = objects.map((object, index) => ({ file: 'all', index, object }));
  const { findings } = checkManifests(manifests, { pools });
  const scaled = targets.flatMap(({ deploymentName, podSelector }) => {
    const pod = pods.find(({ owner }) => owner === deploymentName);
    const selected = Object.entries(podSelector).every(([key, value]) => pod?.labels[key] === value);
    return selected ? [] : [`a scaler looks at other pods than it scales: ${deploymentName}`];
  });
  return [
    // A tag without digest is what the table of images knows.
    ...findings
      .filter(({ rule }) => rule !== 'WP-IMG-003')
      .map(({ rule, object, message }) => `${rule} ${object} ${message}`),
    ...pods.flatMap((pod) => wrongWith(pod, props)),
    ...scaled,
    ...(pods.length === (props.spot ? 2 : 1) ? [] : [`${pods.length} kinds of pods`]),
  ];
}

/** The combination as an app prints it. */
function textOf(app: StockApp, props: Props): string {
  build(app, props);
  return app.synthYaml();
}

/** Ids of the rules that refuse a combination. */
function refusedBy(props: Props): readonly string[] {
  const app = new App();
  build(app, props);
  const ids = refusalsOf(app).map((line) => /WP-[A-Z]+-\d+/.exec(line)?.[0] ?? line);
  return [...new Set(ids)].sort();
}

function expectedOf(features: readonly Feature[]): readonly RuleId[] {
  const has = (pattern: RegExp) => features.some(({ name }) => pattern.test(name));
  return REFUSED.filter(([one, other]) => has(one) && has(other))
    .map(([, , rule]) => rule)
    .sort();
}

describe('a service', () => {
  test.each(ALL)('with $name is whole', ({ name, props }) => {
    const service = merged([{ name, of: '', props }]);
    expect(refusedBy(service)).toEqual([]);
    expect(problemsOf(service)).toEqual([]);
  });

  test.each(ALL)("with $name is printed as cdk8s's own App prints it", ({ name, props }) => {
    const service = merged([{ name, of: '', props }]);
    expect(textOf(new App(), service)).toBe(textOf(new StockApp(), service));
  });

  test.each(PAIRS)('with $one.name is whole, or refused, with every other feature', ({ one, others }) => {
    for (const other of others) {
      const features = [one, other];
      const service = merged(features);
      const refused = refusedBy(service);
      expect([other.name, refused]).toEqual([other.name, expectedOf(features)]);
      if (refused.length === 0) expect([other.name, ...problemsOf(service)]).toEqual([other.name]);
    }
  });

  test('with everything at once that goes together is whole', () => {
    const named = (...names: readonly string[]) => merged(ALL.filter(({ name }) => names.includes(name)));
    const common = ['an adapter as an image', 'weights as an image', 'a pull secret', 'an Azure identity', 'a lock'];
    for (const source of Object.keys(FEATURES['secrets'] ?? {})) {
      for (const capacity of [
        ['KServe', 'instances by name'],
        ['spot on instances', 'a scaler'],
      ]) {
        const service = named(...common, ...capacity, source);
        expect(problemsOf(service)).toEqual([]);
        expect(textOf(new App(), service)).toBe(textOf(new StockApp(), service));
      }
    }
  });

  test('is told of every rule that the table of refusals names', () => {
    const met = PAIRS.flatMap(({ one, others }) => others.flatMap((other) => expectedOf([one, other])));
    expect([...new Set(met)].sort()).toEqual([...new Set(REFUSED.map(([, , rule]) => rule))].sort());
  });
});
