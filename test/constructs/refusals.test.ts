/** What warmpath refuses, as a table: every row is an input that somebody might give, and what they are told. */
import { App, Chart, Duration } from 'cdk8s';
import {
  type AksPoolSpec,
  ArrivalSource,
  type AzureIdentity,
  type AzureKeyVaultSecret,
  type BudgetSpec,
  type CloudSpec,
  type CompileCacheSpec,
  type CustomRuntime,
  type ExternalSecret,
  formatProblem,
  GpuDevicePlugin,
  GpuInferenceService,
  type GpuInferenceServiceProps,
  type GpuNodePoolPlan,
  type GpuNodePoolSpec,
  GpuOperatorValues,
  GpuProfile,
  GpuTrainingJob,
  type GpuTrainingJobProps,
  type HpaScalingProps,
  type IbmTrustedProfile,
  type IksPoolSpec,
  type IModelCache,
  InferenceNamespace,
  type IScaler,
  type KedaTrigger,
  type LoraAdapter,
  type ModelFacts,
  NodeAutoscaling,
  type PlatformSpec,
  ProblemsError,
  planGpuNodePool,
  planPlatform,
  type RequestScalingProps,
  RULES,
  type RuleId,
  type SatelliteSpec,
  Scaling,
  SecretSource,
  ServingBackend,
  type ServingCapacity,
  type SizingSpec,
  TrafficProfile,
  type VaultAgentSecret,
  type VaultCsiSecret,
  WarmPool,
  type WarmPoolProps,
  WorkloadIdentity,
} from '../../lib';
import { checkManifests, POLICY_RULES } from '../../lib/policy';
import type { Environment } from '../../stacks/environment';
import { buildEnvironment } from '../../stacks/inference';
import {
  COMMIT,
  DIGEST,
  FACTS,
  handMade,
  jobProps,
  newChart,
  OWNERSHIP,
  pairPool,
  platform,
  pool,
  poolSpec,
  refusalsOf,
  SOURCES,
  serviceProps,
} from '../support/synth';

/** Where an input is given: the lines that come back, and the construct path that they carry, if any. */
interface Given {
  readonly path?: string;
  readonly lines: () => readonly string[];
}

function service(overrides: Partial<GpuInferenceServiceProps>): Given {
  const lines = () => {
    const chart = newChart();
    new GpuInferenceService(chart, 'chat', serviceProps(overrides));
    return refusalsOf(chart);
  };
  return { path: 'chart/chat', lines };
}

function job(overrides: Partial<GpuTrainingJobProps>): Given {
  const lines = () => {
    const chart = newChart();
    new GpuTrainingJob(chart, 'finetune', jobProps(overrides));
    return refusalsOf(chart);
  };
  return { path: 'chart/finetune', lines };
}

function namespace(name: string, more: { gpuQuota?: number; team?: string } = {}): Given {
  const { gpuQuota, team = OWNERSHIP.team } = more;
  const lines = () => {
    const chart = newChart();
    const ownership = { ...OWNERSHIP, team };
    new InferenceNamespace(chart, 'namespace', { name, ownership, platform: platform(), gpuQuota });
    new GpuInferenceService(chart, 'chat', serviceProps());
    return refusalsOf(chart);
  };
  return { path: 'chart/namespace', lines };
}

function addOn(type: typeof GpuDevicePlugin | typeof GpuOperatorValues, pools: readonly GpuNodePoolPlan[]): Given {
  const lines = () => {
    const chart = newChart();
    new type(chart, 'add-on', { pools, ownership: OWNERSHIP });
    return refusalsOf(chart);
  };
  return { path: 'chart/add-on', lines };
}

/** A WarmPool and the services that name it; the first is called 'chat'. */
function warm(
  path: string,
  overrides: Partial<WarmPoolProps>,
  services: readonly Partial<GpuInferenceServiceProps>[] = [{}],
): Given {
  const lines = () => {
    const chart = newChart();
    const warmCapacity = new WarmPool(chart, 'warm', { ownership: OWNERSHIP, warmNodes: 1, ...overrides });
    for (const [index, service] of services.entries()) {
      const id = index === 0 ? 'chat' : `chat-${index}`;
      new GpuInferenceService(chart, id, serviceProps({ pool: WIDE, warmCapacity, ...service }));
    }
    return refusalsOf(chart);
  };
  return { path, lines };
}

/** A planner that throws. */
function planner(run: () => unknown): Given {
  const lines = () => {
    try {
      run();
      return [];
    } catch (error) {
      if (!(error instanceof ProblemsError)) throw error;
      return error.problems.map(formatProblem);
    }
  };
  return { lines };
}

const planned = (overrides: Partial<GpuNodePoolSpec>): Given => planner(() => planGpuNodePool(poolSpec(overrides)));

/** A pool that Karpenter is asked to make. */
function karpenter(overrides: Partial<GpuNodePoolSpec>): Given {
  const lines = () => {
    const chart = newChart();
    const pools = [pool({ platform: platform({ nodeAutoscaler: 'karpenter' }), ...overrides })];
    new NodeAutoscaling(chart, 'node-autoscaling', { pools });
    return refusalsOf(chart);
  };
  return { path: 'chart/node-autoscaling', lines };
}

const cluster = (overrides: Partial<PlatformSpec>): Given =>
  planner(() => planPlatform({ cloud: 'aks', kubernetes: '1.35', region: 'westeurope', ...overrides }));

const A100: Environment['pools'][string] = {
  purpose: 'inference',
  machine: 'Standard_NC24ads_A100_v4',
  minNodes: 3,
  maxNodes: 4,
};

const ENVIRONMENT: Environment = {
  name: 'test',
  platform: { cloud: 'aks', kubernetes: '1.35', region: 'westeurope' },
  ownership: { owner: 'chat-oncall', team: 'chat', costCentre: 'cc-1' },
  gateway: { namespace: 'gateway' },
  scraper: { namespace: 'monitoring' },
  cloud: {},
  pools: { system: { purpose: 'system', machine: 'Standard_D8s_v5', minNodes: 2, maxNodes: 2 }, a100: A100 },
  services: { chat: { namespace: 'chat', pool: 'a100', model: { catalogue: 'qwen3-8b' } } },
};

function environment(path: string, overrides: Partial<Environment>): Given {
  return { path, lines: () => refusalsOf(buildEnvironment({ ...ENVIRONMENT, ...overrides }).app) };
}

/** An environment on AKS with further settings of its cloud, or of its GPU pool there. */
const onAks = (cloud: CloudSpec, more: Partial<Environment> = {}): Given => environment('cloud', { cloud, ...more });
const aksPoolOf = (aks: AksPoolSpec, pool: Partial<Environment['pools'][string]> = {}): Given =>
  environment('cloud', { pools: { ...ENVIRONMENT.pools, a100: { ...A100, ...pool, aks } } });
const aksSystemOf = (system: Partial<Environment['pools'][string]>, more: Partial<Environment> = {}): Given => {
  const { system: usual } = ENVIRONMENT.pools;
  if (usual === undefined) throw new Error('the environment has no system pool');
  return environment('cloud', { pools: { system: { ...usual, ...system }, a100: A100 }, ...more });
};

const ZONES = ['us-south-1', 'us-south-2', 'us-south-3'];
const L40S: Environment['pools'][string] = {
  purpose: 'inference',
  machine: 'gx3.24x120.l40s',
  minNodes: 3,
  maxNodes: 6,
  zones: ZONES,
};
const IKS_SYSTEM: Environment['pools'][string] = {
  purpose: 'system',
  machine: 'bx2.4x16',
  minNodes: 3,
  maxNodes: 3,
  zones: ZONES,
};

/** The same on IKS. */
const onIks = (cloud: CloudSpec, more: Partial<Environment> = {}): Given =>
  environment('cloud', {
    platform: { cloud: 'iks', kubernetes: '1.34', region: 'us-south' },
    pools: { system: IKS_SYSTEM, l40s: L40S },
    services: { chat: { namespace: 'chat', pool: 'l40s', model: { catalogue: 'qwen3-8b' } } },
    cloud,
    ...more,
  });
const iksPoolOf = (iks: IksPoolSpec, pool: Partial<Environment['pools'][string]> = {}): Given =>
  onIks({}, { pools: { system: IKS_SYSTEM, l40s: { ...L40S, ...pool, iks } } });

/** Machines elsewhere that stand in for a pool. */
const SATELLITE: SatelliteSpec = {
  location: 'basel-1',
  managedFrom: 'lon',
  zones: ['rack-1', 'rack-2', 'rack-3'],
  openShift: '4.18',
  system: { hostLabels: ['use:system'], workersPerZone: 1 },
  workers: { pool: 'l40s', hostLabels: ['use:gpu'], workersPerZone: 1 },
};
const onSatellite = (satellite: Partial<SatelliteSpec>): Given =>
  onIks({ iks: { satellite: { ...SATELLITE, ...satellite } } });

const BUDGET: BudgetSpec = { amountPerMonth: 1000, from: '2027-01', emails: ['ops@example.com'] };

/** A model of our own, by commit. */
const own = (facts: Partial<ModelFacts>) => ({
  uri: `hf://chat/model@${COMMIT}`,
  facts: { ...FACTS, ...facts },
});

const iks = platform({ cloud: 'iks', kubernetes: '1.35', region: 'us-south' });
const system = pool({ name: 'system', purpose: 'system', machine: 'Standard_D8s_v5' });

const starved = GpuProfile.custom({
  machineType: 'Standard_Starved',
  cloud: 'aks',
  gpus: 1,
  gpuModel: 'A100-80GB',
  gpuMemoryGB: 80,
  computeCapability: 8,
  vcpus: 4,
  memoryGiB: 10,
  source: 'made up for a test',
});

const cut = pool({ machine: 'Standard_NC48ads_A100_v4', mig: { profile: '3g.40gb' } });
const spare = pool({ name: 'spare', spot: true });

const operator = platform({ gpuStack: 'gpu-operator' });
const twoStrategies = [
  pool({ name: 'one', platform: operator, mig: { profile: '1g.10gb' } }),
  pool({ name: 'two', platform: operator, mig: { profile: '1g.10gb' }, minNodes: 4 }),
];

const custom = { ...starved, gpuModel: 'X', gpuMemoryGB: 80, computeCapability: 8, memoryGiB: 10 };

const thing = (name: string, spec: unknown) => ({
  file: 'hand-written.yaml',
  index: 0,
  object: { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'chat' }, spec },
});

const written = (...manifests: ReturnType<typeof thing>[]): Given => ({
  lines: () => checkManifests(manifests).findings.map(formatProblem),
});

function scaler(minReplicas: number, maxReplicas: number) {
  return { minReplicas, maxReplicas, bindScaler: () => {} };
}

const WIDE = pool({ maxNodes: 20 });
const WINDOW = { start: '0 7 * * 1-5', end: '0 19 * * 1-5', timezone: 'Europe/Amsterdam', warmNodes: 3 };

/** Two services that were handed different plans of one pool. */
function twoPlans(): Given {
  const lines = () => {
    const chart = newChart();
    new GpuInferenceService(chart, 'one', serviceProps({ pool: pool({ maxNodes: 7 }) }));
    new GpuInferenceService(chart, 'two', serviceProps({ pool: pool({ maxNodes: 8 }) }));
    return refusalsOf(chart);
  };
  return { path: 'PoolClaims', lines };
}

const TOKEN = { secretName: 'hugging-face', key: 'token' };
const GUID = '5c2c2a0e-4c39-4a6a-9f0b-0c8f4f6f7c11';
const REMOTE = { remoteKey: 'hub' };
const LONG_SECRET = 'a'.repeat(42);

/** A service whose hub token comes from the source. */
const sourced = (source: SecretSource): Given => service({ hubToken: TOKEN, secrets: { 'hugging-face': source } });

/** A service whose image is pulled with a secret of the source. */
const pulled = (source: SecretSource): Given => service({ imagePullSecrets: ['mirror'], secrets: { mirror: source } });

const externalSecrets = (more: Partial<ExternalSecret>) =>
  SecretSource.externalSecrets({ store: { name: 'platform' }, keys: { token: REMOTE }, ...more });

const vaultAgent = (more: Partial<VaultAgentSecret>) =>
  SecretSource.vaultAgent({
    role: 'chat',
    path: 'secret/data/chat',
    keys: { token: 'token' },
    egress: [{ pods: { namespace: 'vault' }, ports: [8200] }],
    ...more,
  });

const vaultCsi = (more: Partial<VaultCsiSecret>) =>
  SecretSource.secretsStoreCsi({
    provider: 'vault',
    role: 'chat',
    keys: { token: { path: 'secret/data/chat', field: 'token' } },
    ...more,
  });

const azureCsi = (more: { [K in keyof AzureKeyVaultSecret]?: AzureKeyVaultSecret[K] | undefined }) =>
  SecretSource.secretsStoreCsi({
    provider: 'azure',
    keyVaultName: 'chat-prod',
    tenantId: GUID,
    clientId: GUID,
    keys: { token: { objectName: 'hub-token' } },
    ...more,
  } as AzureKeyVaultSecret);

const azure = (more: Partial<AzureIdentity>) => WorkloadIdentity.azure({ clientId: GUID, ...more });

const profile = (more: Partial<IbmTrustedProfile>) =>
  WorkloadIdentity.ibmTrustedProfile({ profileName: 'chat', services: ['cos'], ...more });

const IKS_POOL = pool({ name: 'l40s', platform: iks, machine: 'gx3.24x120.l40s' });

/** Two services of a namespace that disagree about one secret. */
function twoSources(): Given {
  const lines = () => {
    const chart = newChart();
    const plan = pool({ maxNodes: 7 });
    const secrets = [SOURCES.externalSecrets, SOURCES.kubernetes];
    for (const [index, source] of secrets.entries()) {
      const props = serviceProps({ hubToken: TOKEN, secrets: { 'hugging-face': source }, pool: plan });
      new GpuInferenceService(chart, `chat-${index}`, props);
    }
    return refusalsOf(chart);
  };
  return { path: 'chart/chat-1', lines };
}

type Row = readonly [rule: RuleId, prop: string, value: unknown, given: Given];

const TAGGED = 'registry.example.com/chat/compile-cache:1.0.0';
const COMPILED = `${TAGGED}@${DIGEST}`;

/** A compile cache that is right but for what is given. */
const compiled = (more: Partial<CompileCacheSpec> = {}): Partial<GpuInferenceServiceProps> => ({
  compileCache: { image: COMPILED, ...more },
});

/** An own server, with a profile that is right but for what is given. */
function customServer(more: Partial<CustomRuntime> = {}, props: Partial<GpuInferenceServiceProps> = {}): Given {
  const profile: CustomRuntime = {
    name: 'lmdeploy',
    version: '0.9.1',
    image: `registry.example.com/lmdeploy:0.9.1@${DIGEST}`,
    uid: 1000,
    home: '/home/server',
    ports: { http: 8080 },
    readinessPath: '/health',
    architectures: ['amd64'],
    fetchesFromHub: true,
    launch: () => ({ command: ['serve'] }),
    ...more,
  };
  return service({ runtime: { kind: 'custom', profile }, ...props });
}

const cache: IModelCache = {
  claimName: 'weights',
  mountPath: '/models',
  weightsPath: '/models/qwen3-8b',
  transport: 'network-disk',
};

/** A service with one adapter in its cache, right but for what is given. */
function adapter(more: Partial<LoraAdapter>, props: Partial<GpuInferenceServiceProps> = {}): Given {
  const right: LoraAdapter = {
    name: 'support',
    path: '/models/adapters/support',
    rank: 16,
    modules: ['q_proj', 'v_proj'],
    bytes: 30e6,
  };
  return service({ modelCache: cache, adapters: [{ ...right, ...more }], ...props });
}

const kserve = (version: string, props: Partial<GpuInferenceServiceProps> = {}): Given =>
  service({ backend: ServingBackend.kserve({ version }), ...props });

/** A service of KServe beside one that is called as what KServe makes. */
function predictorTwins(): Given {
  const lines = () => {
    const chart = newChart();
    const roomy = pool({ maxNodes: 8 });
    new GpuInferenceService(
      chart,
      'chat',
      serviceProps({ pool: roomy, backend: ServingBackend.kserve({ version: '0.20' }) }),
    );
    new GpuInferenceService(chart, 'chat-predictor', serviceProps({ pool: roomy }));
    return refusalsOf(chart);
  };
  return { path: 'PoolClaims', lines };
}

const PROMETHEUS = { serverAddress: 'http://prometheus.monitoring.svc:9090' };
const ROUTE = ArrivalSource.envoyCluster('httproute/chat/chat/rule/0');

const scaledBy = (scaler: IScaler): Given =>
  service({ pool: WIDE, scaler, disruption: { allowOutageReason: 'nobody waits' } });

/** A service that is scaled by arrivals, right but for what is given. */
const byArrivals = (more: Partial<RequestScalingProps>): Given =>
  scaledBy(
    Scaling.arrivalRate({
      prometheus: PROMETHEUS,
      arrivals: ROUTE,
      arrivalsPerReplica: 1,
      minReplicas: 1,
      maxReplicas: 6,
      ...more,
    }),
  );

const byQueue = (more: Partial<RequestScalingProps>): Given =>
  scaledBy(Scaling.queue({ prometheus: PROMETHEUS, minReplicas: 1, maxReplicas: 6, ...more }));

const byTriggers = (...triggers: readonly KedaTrigger[]): Given =>
  scaledBy(Scaling.trigger({ triggers, minReplicas: 1, maxReplicas: 6 }));

const byQuery = (query: string): Given =>
  byTriggers({ type: 'prometheus', metadata: { ...PROMETHEUS, query, threshold: '1' } });

const byHpa = (more: Partial<HpaScalingProps>): Given =>
  scaledBy(
    Scaling.hpa({ metrics: [{ name: 'chat_arrivals', averageValue: 1 }], minReplicas: 1, maxReplicas: 6, ...more }),
  );

const CAPACITY: ServingCapacity = { requestsPerSecond: 2, inFlight: 8, source: 'a load test' };
const HOUR = { secondsPerCount: 60, counts: Array.from({ length: 60 }, () => 240) };

/** A service with a size, right but for what is given. */
const sized = (more: Partial<SizingSpec>, props: Partial<GpuInferenceServiceProps> = {}): Given =>
  service({
    pool: WIDE,
    sizing: {
      slo: { timeToFirstTokenSeconds: 2 },
      capacity: CAPACITY,
      traffic: TrafficProfile.fromCounts(HOUR),
      ...more,
    },
    ...props,
  });

const long = 'a'.repeat(46);
const TOO_FULL = pool({ maxNodes: 3 });

const REFUSALS: readonly Row[] = [
  // Names and owners.
  ['WP-NAME-001', 'name', 'Chat', service({ name: 'Chat' })],
  ['WP-NAME-001', 'name', long, service({ name: long })],
  ['WP-NAME-001', 'name', '7b-chat', job({ name: '7b-chat' })],
  ['WP-NAME-002', 'metadata.name', 'chat', written(thing('chat', {}), thing('chat', {}))],
  ['WP-COST-001', 'ownership.team', 'Team Chat', service({ ownership: { ...OWNERSHIP, team: 'Team Chat' } })],
  ['WP-COST-001', 'ownership.costCentre', '', job({ ownership: { ...OWNERSHIP, costCentre: '' } })],
  ['WP-COST-001', 'ownership.team', 'chat/eu', namespace('chat', { team: 'chat/eu' })],
  ['WP-COST-001', 'ownership.owner', '@chat', planned({ ownership: { ...OWNERSHIP, owner: '@chat' } })],
  ['WP-COST-001', 'ownership.environment', 'test env', environment('pools/a100', { name: 'test env' })],
  // Clusters.
  ['WP-PLAT-001', 'platform.cloud', 'gke', cluster({ cloud: 'gke' as 'aks' })],
  ['WP-PLAT-002', 'platform.kubernetes', '1.27', cluster({ kubernetes: '1.27' })],
  ['WP-PLAT-002', 'platform.kubernetes', 'v1.35.2', cluster({ kubernetes: 'v1.35.2' })],
  [
    'WP-PLAT-004',
    'platform.gpuStack',
    'device-plugin',
    cluster({ cloud: 'iks', kubernetes: '1.36', gpuStack: 'device-plugin' }),
  ],
  ['WP-PLAT-005', 'platform.region', ' ', cluster({ region: ' ' })],
  [
    'WP-PLAT-002',
    'platform.kubernetes',
    'latest',
    environment('platform', { platform: { ...ENVIRONMENT.platform, kubernetes: 'latest' } }),
  ],
  // Machines.
  ['WP-GPU-001', 'machine', 'Standard_NC6s_v3', planned({ machine: 'Standard_NC6s_v3' })],
  ['WP-GPU-001', 'machine', 'gx2-8x64x1v100', planned({ platform: iks, machine: 'gx2-8x64x1v100' })],
  ['WP-GPU-001', 'machine', 'gx3-24x120x1l40s', planned({ platform: iks, machine: 'gx3-24x120x1l40s' })],
  ['WP-GPU-002', 'machine', 'Standard_NC24_A100', planned({ machine: 'Standard_NC24_A100' })],
  ['WP-GPU-003', 'machine.vcpus', 0, planner(() => GpuProfile.custom({ ...custom, vcpus: 0 }))],
  ['WP-GPU-003', 'machine.gpuMemoryGB', -80, planner(() => GpuProfile.custom({ ...custom, gpuMemoryGB: -80 }))],
  // Pools.
  ['WP-POOL-001', 'name', 'a100-chat', planned({ name: 'a100-chat' })],
  ['WP-POOL-001', 'name', '-l40s', planned({ name: '-l40s', platform: iks, machine: 'gx3.24x120.l40s' })],
  ['WP-POOL-002', 'minNodes', -1, planned({ minNodes: -1 })],
  ['WP-POOL-002', 'maxNodes', 2.5, planned({ minNodes: 1, maxNodes: 2.5 })],
  ['WP-POOL-003', 'maxNodes', 2, planned({ maxNodes: 2 })],
  ['WP-POOL-003', 'maxNodes', 0, planned({ minNodes: 0, maxNodes: 0 })],
  ['WP-POOL-004', 'zones', 'westeurope-1', planned({ zones: ['westeurope-1'] })],
  ['WP-POOL-005', 'zones', ['1', '1'], planned({ zones: ['1', '1'] })],
  [
    'WP-POOL-006',
    'maxNodes',
    4,
    planned({
      platform: iks,
      machine: 'gx3.24x120.l40s',
      maxNodes: 4,
      zones: ['us-south-1', 'us-south-2', 'us-south-3'],
    }),
  ],
  ['WP-POOL-007', 'spot', true, planned({ platform: iks, machine: 'gx3.24x120.l40s', spot: true })],
  ['WP-POOL-007', 'spot', true, planned({ purpose: 'system', machine: 'Standard_D8s_v5', spot: true })],
  ['WP-POOL-008', 'machine', 'Standard_NC24ads_A100_v4', planned({ purpose: 'system' })],
  ['WP-POOL-009', 'minNodes', 1, planned({ purpose: 'system', machine: 'Standard_D8s_v5', minNodes: 1 })],
  ['WP-POOL-010', 'machine', 'Standard_D8s_v5', planned({ machine: 'Standard_D8s_v5' })],
  ['WP-POOL-012', 'machine', 'Standard_Starved', planned({ platform: iks, machine: starved })],
  ['WP-POOL-014', "pool 'a100'.maxNodes", 3, { ...service({ pool: TOO_FULL, replicas: 4 }), path: 'PoolClaims' }],
  [
    'WP-POOL-015',
    "labels['kubernetes.azure.com/mode']",
    'user',
    planned({ labels: { 'kubernetes.azure.com/mode': 'user' } }),
  ],
  ['WP-POOL-015', "labels['example.com/rack']", 'row 7', planned({ labels: { 'example.com/rack': 'row 7' } })],
  [
    'WP-POOL-016',
    'taints',
    { key: 'example.com/reserved', value: '', effect: 'NoSchedule' },
    planned({ taints: [{ key: 'example.com/reserved', value: '', effect: 'NoSchedule' }] }),
  ],
  ['WP-POOL-017', 'diskGiB', 30, planned({ diskGiB: 30 })],
  ['WP-POOL-001', 'name', 'a100_chat', environment('pools/a100_chat', { pools: { a100_chat: A100 } })],
  [
    'WP-POOL-015',
    "labels['nvidia.com/mig.config']",
    'all-1g.10gb',
    planned({ labels: { 'nvidia.com/mig.config': 'all-1g.10gb' } }),
  ],
  // GPUs that are cut.
  ['WP-MIG-001', 'mig', '1g.4gb', planned({ machine: 'Standard_NC4as_T4_v3', mig: { profile: '1g.4gb' } })],
  ['WP-MIG-001', 'mig', '1g.10gb', planned({ machine: { ...starved, mig: false }, mig: { profile: '1g.10gb' } })],
  [
    'WP-MIG-001',
    'mig',
    '1g.10gb',
    planned({ purpose: 'system', machine: 'Standard_D8s_v5', mig: { profile: '1g.10gb' } }),
  ],
  ['WP-MIG-002', 'mig.profile', '1g.5gb', planned({ mig: { profile: '1g.5gb' } })],
  ['WP-MIG-002', 'mig.profile', 'MIG1g', planned({ mig: { profile: 'MIG1g' } })],
  ['WP-MIG-003', 'mig.profile', '1g.20gb', planned({ mig: { profile: '1g.20gb' } })],
  [
    'WP-MIG-003',
    'mig.profile',
    '1g.10gb',
    planned({ platform: platform({ gpuStack: 'managed' }), minNodes: 4, mig: { profile: '1g.10gb' } }),
  ],
  ['WP-MIG-004', 'mig.strategy', 'mixed', planned({ mig: { profile: '1g.10gb', strategy: 'mixed' } })],
  ['WP-MIG-004', 'mig.strategy', 'none', planned({ mig: { profile: '1g.10gb', strategy: 'none' as 'single' } })],
  ['WP-MIG-004', "pool 'two'.mig.strategy", 'mixed', addOn(GpuOperatorValues, twoStrategies)],
  ['WP-MIG-005', 'tensorParallel', 2, service({ pool: cut, tensorParallel: 2 })],
  ['WP-MIG-005', 'gpus', 3, job({ pool: pool({ purpose: 'training', mig: { profile: '2g.20gb' } }), gpus: 3 })],
  // Spot capacity above a floor.
  [
    'WP-SPOT-001',
    'pool',
    'cheap',
    service({ pool: pool({ name: 'cheap', spot: true }), spot: { pool: spare, replicas: 1 } }),
  ],
  ['WP-SPOT-002', 'spot.pool', 'more', service({ spot: { pool: pool({ name: 'more' }), replicas: 1 } })],
  [
    'WP-SPOT-002',
    'spot.pool',
    'spare',
    service({ spot: { pool: { ...spare, platform: platform({ region: 'eastus' }) }, replicas: 1 } }),
  ],
  ['WP-SVC-001', 'spot.replicas', undefined, service({ spot: { pool: spare } })],
  ['WP-SVC-001', 'spot.replicas', 0, service({ spot: { pool: spare, replicas: 0 } })],
  ['WP-SVC-002', 'spot.replicas', 2, service({ scaler: scaler(0, 2), spot: { pool: spare, replicas: 2 } })],
  ['WP-NAME-001', 'name', 'a'.repeat(44), service({ name: 'a'.repeat(44), spot: { pool: spare, replicas: 1 } })],
  ['WP-PDB-002', 'disruption.minAvailable', 2, service({ replicas: 2, spot: { pool: spare, replicas: 8 } })],
  [
    'WP-ENV-001',
    'spot.pool',
    'spto',
    environment('service-chat', {
      services: {
        chat: {
          namespace: 'chat',
          pool: 'a100',
          model: { catalogue: 'qwen3-8b' },
          spot: { pool: 'spto', replicas: 1 },
        },
      },
    }),
  ],
  // Models.
  [
    'WP-MODEL-001',
    'model.uri',
    'hf://Qwen/Qwen3-8B@main',
    service({ model: { uri: 'hf://Qwen/Qwen3-8B@main', facts: FACTS } }),
  ],
  ['WP-MODEL-001', 'model.uri', 'hf://Qwen/Qwen3-8B', service({ model: { uri: 'hf://Qwen/Qwen3-8B', facts: FACTS } })],
  [
    'WP-MODEL-001',
    'model.uri',
    'oci://example.com/chat:v1',
    service({ model: { uri: 'oci://example.com/chat:v1', facts: FACTS } }),
  ],
  [
    'WP-MODEL-001',
    'model.uri',
    'models:/chat@champion',
    service({ model: { uri: 'models:/chat@champion', facts: FACTS } }),
  ],
  [
    'WP-MODEL-001',
    'model.uri',
    'models:/chat/Production',
    service({ model: { uri: 'models:/chat/Production', facts: FACTS } }),
  ],
  ['WP-MODEL-001', 'model.uri', 's3://bucket/chat', service({ model: { uri: 's3://bucket/chat', facts: FACTS } })],
  ['WP-MODEL-002', 'model.uri', undefined, service({ model: { facts: FACTS } })],
  ['WP-MODEL-003', 'model.digest', undefined, service({ model: { uri: 'models:/chat/7', facts: FACTS } })],
  ['WP-MODEL-003', 'model.digest', DIGEST, service({ model: { uri: 'models:/chat/7', digest: DIGEST, facts: FACTS } })],
  ['WP-MODEL-004', 'model.facts.layers', 0, service({ model: own({ layers: 0 }) })],
  ['WP-MODEL-004', 'model.facts.headSize', 128.5, service({ model: own({ headSize: 128.5 }) })],
  ['WP-MODEL-005', 'model.facts.keyValueHeads', 5, service({ model: own({ keyValueHeads: 5 }) })],
  ['WP-MODEL-006', 'model.catalogue', 'gpt-9', service({ model: { catalogue: 'gpt-9' as 'qwen3-8b' } })],
  ['WP-MODEL-007', 'model.facts', undefined, service({ model: { uri: `hf://chat/model@${COMMIT}` } })],
  ['WP-MODEL-008', 'model.directory', '../secrets', service({ model: { ...own({}), directory: '../secrets' } })],
  // Servers.
  ['WP-RUN-001', 'runtime.kind', 'tgi', service({ runtime: { kind: 'tgi' as 'vllm' } })],
  ['WP-RUN-002', 'runtime.version', '0.99.0', service({ runtime: { version: '0.99.0' } })],
  ['WP-RUN-003', 'runtime.version', '0.31.0', service({ runtime: { version: '0.31.0' } })],
  [
    'WP-RUN-005',
    'runtime.extraArgs',
    '--trust-remote-code',
    service({ runtime: { extraArgs: ['--trust-remote-code'] } }),
  ],
  [
    'WP-RUN-005',
    'runtime.extraArgs',
    '--allow-sagemaker=true',
    service({ runtime: { kind: 'triton', extraArgs: ['--allow-sagemaker=true'] } }),
  ],
  [
    'WP-RUN-006',
    'runtime.extraArgs',
    '--max-model-len=99',
    service({ runtime: { extraArgs: ['--max-model-len=99'] } }),
  ],
  [
    'WP-RUN-007',
    'runtime.extraEnv',
    'VLLM_SERVER_DEV_MODE',
    service({ runtime: { extraEnv: { VLLM_SERVER_DEV_MODE: '1' } } }),
  ],
  ['WP-RUN-008', 'runtime.extraEnv', 'HF_TOKEN', service({ runtime: { extraEnv: { HF_TOKEN: 'hf_secret' } } })],
  ['WP-RUN-009', 'runtime.runAsUser', 0, service({ runtime: { runAsUser: 0 } })],
  ['WP-RUN-009', 'runtime.runAsUser', undefined, service({ runtime: { kind: 'sglang' } })],
  [
    'WP-IMG-001',
    'runtime.image',
    'vllm/vllm-openai:latest',
    service({ runtime: { image: 'vllm/vllm-openai:latest' } }),
  ],
  ['WP-IMG-001', 'image', 'trainer', job({ image: 'trainer' })],
  ['WP-IMG-002', 'image', 'trainer:1.4.2@sha256:abc', job({ image: 'trainer:1.4.2@sha256:abc' })],
  ['WP-IMG-002', 'runtime.image', 'sha256:abc', service({ images: { 'vllm/vllm-openai:v0.32.0': 'sha256:abc' } })],
  // GPU memory and size of the pods.
  ['WP-FIT-001', 'maxModelLen', 1_000_000, service({ maxModelLen: 1_000_000 })],
  ['WP-FIT-002', 'concurrency', 0, service({ concurrency: 0 })],
  ['WP-FIT-004', 'tensorParallel', 2, service({ tensorParallel: 2 })],
  ['WP-FIT-004', 'tensorParallel', 3, service({ pool: pairPool(), tensorParallel: 3 })],
  ['WP-FIT-005', 'model', 'qwen2.5-72b-instruct', service({ model: { catalogue: 'qwen2.5-72b-instruct' } })],
  ['WP-FIT-006', 'gpuMemoryUtilisation', 1, service({ gpuMemoryUtilisation: 1 })],
  ['WP-RES-001', 'resources.cpu', 96, service({ resources: { cpu: 96 } })],
  ['WP-RES-002', 'resources.memoryGiB', 4, service({ resources: { memoryGiB: 4 } })],
  ['WP-RES-002', 'resources.memoryGiB', 1000, job({ resources: { memoryGiB: 1000 } })],
  ['WP-RES-003', 'pool', '1 of 1 GPU(s)', service({ pool: pool({ machine: starved }) })],
  ['WP-RES-004', 'pool.diskGiB', 54, service({ pool: pool({ diskGiB: 60 }) })],
  // Services.
  ['WP-SVC-001', 'replicas', 0, service({ replicas: 0 })],
  ['WP-SVC-001', 'replicas', 1.5, service({ replicas: 1.5 })],
  [
    'WP-SVC-002',
    'replicas',
    3,
    service({ replicas: 3, scaler: { minReplicas: 3, maxReplicas: 4, bindScaler: () => {} } }),
  ],
  ['WP-SVC-003', 'pool', 'train', service({ pool: pool({ name: 'train', purpose: 'training' }) })],
  ['WP-SVC-003', 'pool', 'system', service({ pool: system })],
  ['WP-SVC-004', 'hubToken', undefined, service({ model: { catalogue: 'llama-3.1-8b-instruct' } })],
  [
    'WP-SVC-005',
    'model.uri',
    `oci://example.com/chat@${DIGEST}`,
    service({
      model: { uri: `oci://example.com/chat@${DIGEST}`, facts: FACTS },
      pool: pool({ platform: platform({ kubernetes: '1.34' }) }),
    }),
  ],
  [
    'WP-SVC-005',
    'model.uri',
    'models:/chat/7',
    service({ model: { uri: 'models:/chat/7', digest: 'ab'.repeat(32), facts: FACTS } }),
  ],
  ['WP-PDB-001', 'disruption.minAvailable', 0, service({ disruption: { minAvailable: 0 } })],
  ['WP-PDB-002', 'disruption.minAvailable', 2, service({ replicas: 2 })],
  ['WP-PDB-002', 'disruption.minAvailable', 5, service({ disruption: { minAvailable: 5 } })],
  ['WP-PDB-003', 'disruption.allowOutageReason', ' ', service({ disruption: { allowOutageReason: ' ' } })],
  ['WP-DRAIN-001', 'drain', 3600, service({ drain: Duration.hours(1) })],
  ['WP-DRAIN-001', 'drain', 0, service({ drain: Duration.seconds(0) })],
  [
    'WP-COLD-001',
    'coldStart.load',
    { p50Seconds: 60, p95Seconds: 30 },
    service({ coldStart: { load: { p50Seconds: 60, p95Seconds: 30 } } }),
  ],
  ['WP-NET-002', 'egress.cidr', 'api.example.com', service({ egress: [{ cidr: 'api.example.com' }] })],
  ['WP-NET-002', 'egress.cidr', {}, job({ egress: [{}] })],
  ['WP-NS-001', 'gpuQuota', 3, namespace('chat', { gpuQuota: 3 })],
  // References.
  ['WP-NAME-003', 'namespace', 'Chat_EU', service({ namespace: 'Chat_EU' })],
  ['WP-NAME-003', 'name', 'chat_eu', namespace('chat_eu')],
  ['WP-NAME-003', 'gateway.namespace', '', service({ gateway: { namespace: '' } })],
  [
    'WP-NAME-004',
    'hubToken',
    { secretName: 'Hub', key: 'token' },
    service({ hubToken: { secretName: 'Hub', key: 'token' } }),
  ],
  ['WP-NS-002', 'namespace', 'kube-system', service({ namespace: 'kube-system' })],
  ['WP-NS-002', 'namespace', 'gpu-resources', job({ namespace: 'gpu-resources' })],
  ['WP-NS-001', 'gpuQuota', 1.5, namespace('chat', { gpuQuota: 1.5 })],
  // What a team adds.
  ['WP-RUN-010', 'runtime.version', undefined, service({ runtime: { image: 'registry.example.com/vllm:1.0.0' } })],
  ['WP-RUN-011', 'runtime.trustRemoteCodeReason', ' ', service({ runtime: { trustRemoteCodeReason: ' ' } })],
  ['WP-RUN-011', 'runtime.belowFloorReason', '', service({ runtime: { version: '0.31.0', belowFloorReason: '' } })],
  ['WP-RUN-013', 'runtime.extraEnv', 'HOME', service({ runtime: { extraEnv: { HOME: '/root' } } })],
  ['WP-RUN-013', 'env', 'A-B', job({ env: { 'A-B': '1' } })],
  ['WP-RUN-008', 'env', 'WANDB_API_KEY', job({ env: { WANDB_API_KEY: 'secret' } })],
  [
    'WP-RUN-006',
    'runtime.extraArgs',
    '--max_model_len=99',
    service({ runtime: { extraArgs: ['--max_model_len=99'] } }),
  ],
  ['WP-NET-002', 'egress.ports', [], service({ egress: [{ cidr: '10.0.0.0/8', ports: [] }] })],
  [
    'WP-FIT-007',
    'pool',
    'Standard_ND96isr_MI300X_v5',
    service({ pool: pool({ machine: 'Standard_ND96isr_MI300X_v5' }) }),
  ],
  [
    'WP-FIT-007',
    'pool',
    'Standard_ND128isr_NDR_GB200_v6',
    service({ pool: pool({ machine: 'Standard_ND128isr_NDR_GB200_v6' }), runtime: { kind: 'triton' } }),
  ],
  ['WP-FIT-009', 'maxNumSeqs', 0, service({ maxNumSeqs: 0 })],
  ['WP-RES-005', 'resources.scratchGiB', 0, service({ resources: { scratchGiB: 0 } })],
  ['WP-DRAIN-003', 'drain', 90, service({ runtime: { kind: 'torchserve' }, drain: Duration.seconds(90) })],
  ['WP-COLD-003', 'probes.startupMargin', 0.5, service({ probes: { startupMargin: 0.5 } })],
  [
    'WP-COLD-003',
    'probes.readiness',
    { periodSeconds: 0, failureThreshold: 3 },
    service({ probes: { readiness: { periodSeconds: 0, failureThreshold: 3 } } }),
  ],
  ['WP-POOL-021', 'purpose', 'gaming', planned({ purpose: 'gaming' as 'training' })],
  ['WP-NET-002', 'egress.cidr', '10.0.0.5/8', service({ egress: [{ cidr: '10.0.0.5/8' }] })],
  ['WP-NET-002', 'egress.cidr', '10.0.0.0/008', service({ egress: [{ cidr: '10.0.0.0/008' }] })],
  ['WP-NET-002', 'egress.cidr', '::ffff:1.2.3.4/112', service({ egress: [{ cidr: '::ffff:1.2.3.4/112' }] })],
  ['WP-NET-002', 'egress.cidr', 'fe80::1%eth0/64', service({ egress: [{ cidr: 'fe80::1%eth0/64' }] })],
  [
    'WP-NET-002',
    "gateway.podLabels['bad key!']",
    'x',
    service({ gateway: { namespace: 'gateway', podLabels: { 'bad key!': 'x' } } }),
  ],
  ['WP-NAME-004', 'hubToken', {}, service({ hubToken: {} as { secretName: string; key: string } })],
  ['WP-NAME-003', 'gateway.namespace', undefined, service({ gateway: {} as { namespace: string } })],
  ['WP-RUN-009', 'runtime.runAsUser', 2 ** 40, service({ runtime: { runAsUser: 2 ** 40 } })],
  [
    'WP-RES-006',
    'claims',
    '/usr/share',
    job({ claims: [{ claimName: 'data', mountPath: '/usr/share', readOnly: true }] }),
  ],
  [
    'WP-RES-006',
    'claims',
    '/tmp/data',
    job({ claims: [{ claimName: 'data', mountPath: '/tmp/data', readOnly: true }] }),
  ],
  ['WP-ENV-001', 'gpuQuotas', 'chta', environment('namespaces', { gpuQuotas: { chta: 1 } })],
  ['WP-SVC-007', 'spread', 'foo', service({ spread: 'foo' as 'required' })],
  ['WP-SVC-007', 'priority', 'batch', service({ priority: 'batch' as 'canary' })],
  ['WP-NAME-005', "podAnnotations['bad key!']", 'x', service({ podAnnotations: { 'bad key!': 'x' } })],
  ['WP-NAME-004', 'imagePullSecrets', 'Bad_Secret', service({ imagePullSecrets: ['Bad_Secret'] })],
  ['WP-NAME-002', 'name', 'default-deny', service({ name: 'default-deny' })],
  ['WP-RUN-013', 'lock.env', 'HOME', service({ lock: { env: { HOME: '/root' }, egress: [] } })],
  ['WP-NET-002', 'lock.egress.cidr', 'bogus', service({ lock: { env: {}, egress: [{ cidr: 'bogus' }] } })],
  ['WP-RES-006', 'claims', '/tmp', job({ claims: [{ claimName: 'data', mountPath: '/tmp', readOnly: true }] })],
  ['WP-RES-006', 'claims', '/home', job({ claims: [{ claimName: 'data', mountPath: '/home', readOnly: true }] })],
  ['WP-TRAIN-006', 'ttlAfterFinished', 1.5, job({ ttlAfterFinished: Duration.millis(1500) })],
  [
    'WP-NAME-004',
    'checkpoints.storageClassName',
    'Bad Class',
    job({ checkpoints: { sizeGiB: 1, storageClassName: 'Bad Class' } }),
  ],
  ['WP-SVC-006', 'scaler', { minReplicas: 4, maxReplicas: 3 }, service({ scaler: scaler(4, 3) })],
  ['WP-SVC-006', 'scaler', { minReplicas: 1.5, maxReplicas: 4 }, service({ scaler: scaler(1.5, 4) })],
  ['WP-POOL-018', 'maxNodes', 4, planned({ platform: platform({ gpuStack: 'managed' }) })],
  ['WP-POOL-020', 'pool', 'a100', twoPlans()],
  ['WP-RES-005', 'checkpoints.sizeGiB', 0, job({ checkpoints: { sizeGiB: 0, storageClassName: 'fast' } })],
  ['WP-DRAIN-001', 'drain', 1.5, service({ drain: Duration.millis(1500) })],
  ['WP-TRAIN-006', 'backoffLimit', -1, job({ backoffLimit: -1 })],
  ['WP-TRAIN-006', 'checkpointGrace', 7200, job({ checkpointGrace: Duration.hours(2) })],
  // Servers of one's own.
  ['WP-RUN-014', 'runtime.profile', undefined, service({ runtime: { kind: 'custom' } })],
  ['WP-RUN-015', 'runtime.profile.ports', { http: 80 }, customServer({ ports: { http: 80 } })],
  ['WP-RUN-015', 'runtime.profile.readinessPath', 'health', customServer({ readinessPath: 'health' })],
  ['WP-RUN-015', 'runtime.profile.home', '/usr/share', customServer({ home: '/usr/share' })],
  ['WP-RUN-009', 'runtime.profile.uid', 0, customServer({ uid: 0 })],
  [
    'WP-RUN-018',
    'compileCache',
    COMPILED,
    service({ runtime: { kind: 'torchserve' }, modelCache: cache, ...compiled() }),
  ],
  ['WP-RUN-018', 'compileCache', COMPILED, customServer({}, compiled())],
  ['WP-RUN-019', 'compileCache.path', 'cache', service(compiled({ path: 'cache' }))],
  ['WP-RUN-019', 'compileCache.path', '/cache/../etc', service(compiled({ path: '/cache/../etc' }))],
  ['WP-RUN-019', 'compileCache.path', '/mnt/home', service(compiled({ path: '/mnt/home' }))],
  ['WP-IMG-001', 'compileCache.image', 'chat/cache:latest', service(compiled({ image: 'chat/cache:latest' }))],
  ['WP-IMG-002', 'compileCache.image', `${TAGGED}@sha256:1`, service(compiled({ image: `${TAGGED}@sha256:1` }))],
  ['WP-RUN-016', 'runtime.profile.launch', { command: [] }, customServer({ launch: () => ({ command: [] }) })],
  [
    'WP-RUN-008',
    'runtime.profile.launch',
    'HUB_TOKEN',
    customServer({ launch: () => ({ command: ['serve'], env: { HUB_TOKEN: 'hf_abc' } }) }),
  ],
  // Adapters.
  ['WP-LORA-001', 'adapters[0].name', 'qwen3-8b', adapter({ name: 'qwen3-8b' })],
  ['WP-LORA-001', 'adapters[0].name', 'a=b', adapter({ name: 'a=b' })],
  ['WP-LORA-002', 'adapters[0].path', 'org/adapter', adapter({ path: 'org/adapter' })],
  ['WP-LORA-002', 'adapters[0].path', '/data/support', adapter({ path: '/data/support' })],
  [
    'WP-LORA-002',
    'adapters[0].path',
    'oci://registry.example.com/support:1.2',
    adapter({ path: 'oci://registry.example.com/support:1.2' }),
  ],
  ['WP-LORA-003', 'adapters[0].rank', 1024, adapter({ rank: 1024 })],
  ['WP-LORA-004', 'adapters[0].bytes', 0, adapter({ bytes: 0 })],
  ['WP-LORA-004', 'adapters[0].modules', ['lm_head'], adapter({ modules: ['lm_head' as 'o_proj'] })],
  ['WP-LORA-005', 'adapters', ['support'], adapter({}, { runtime: { kind: 'triton' } })],
  ['WP-FIT-005', 'model', 'qwen3-8b', adapter({ bytes: 60e9 })],
  ['WP-RUN-006', 'runtime.extraArgs', '--max-loras=4', service({ runtime: { extraArgs: ['--max-loras=4'] } })],
  // KServe.
  ['WP-KS-001', 'backend.version', '0.14', kserve('0.14')],
  ['WP-KS-001', 'backend.version', 'v0.20.0', kserve('v0.20.0')],
  ['WP-KS-002', 'name', 'a'.repeat(36), kserve('0.20', { name: 'a'.repeat(36) })],
  ['WP-KS-004', 'spot', 'cheap', kserve('0.20', { spot: { pool: pool({ name: 'cheap', spot: true }), replicas: 1 } })],
  [
    'WP-RUN-007',
    'runtime.extraEnv',
    'STORAGE_URI',
    kserve('0.20', { runtime: { extraEnv: { STORAGE_URI: 'pvc://models' } } }),
  ],
  [
    'WP-NAME-005',
    "podAnnotations['serving.kserve.io/autoscalerClass']",
    'hpa',
    kserve('0.20', { podAnnotations: { 'serving.kserve.io/autoscalerClass': 'hpa' } }),
  ],
  ['WP-NAME-002', 'name', 'chat-predictor', predictorTwins()],
  [
    'WP-RES-006',
    'runtime.profile.home',
    '/mnt',
    customServer({ home: '/mnt' }, { hubToken: TOKEN, secrets: { 'hugging-face': SOURCES.vaultCsi } }),
  ],
  [
    'WP-RES-006',
    'runtime.profile.launch',
    '/home',
    customServer({ launch: () => ({ command: ['serve'], config: { '/home': 'a' } }) }),
  ],
  [
    'WP-RES-006',
    'modelCache',
    '/adapters',
    adapter(
      { path: `oci://registry.example.com/support@${DIGEST}` },
      { modelCache: { ...cache, mountPath: '/adapters', weightsPath: '/adapters/qwen3-8b' } },
    ),
  ],
  // Secrets: who makes them, and what they are asked for.
  ['WP-SEC-001', 'hubToken', 'hugging-face', service({ hubToken: TOKEN })],
  ['WP-SEC-001', 'secretEnv.API_KEY', 'hub', service({ secretEnv: { API_KEY: { secretName: 'hub', key: 'k' } } })],
  ['WP-SEC-001', 'imagePullSecrets', 'mirror', service({ imagePullSecrets: ['mirror'] })],
  ['WP-SEC-001', 'secretEnv.HUB', 'hugging-face', job({ secretEnv: { HUB: TOKEN } })],
  ['WP-SEC-001', "secrets['hugging-face']", {}, sourced({} as SecretSource)],
  ['WP-SEC-002', 'secrets', 'hugging-face', service({ secrets: { 'hugging-face': SOURCES.externalSecrets } })],
  ['WP-SEC-002', 'secrets', 'wandb', job({ secrets: { wandb: SOURCES.kubernetes } })],
  [
    'WP-SEC-003',
    'hubToken',
    'hub-token',
    service({
      hubToken: { secretName: 'hugging-face', key: 'hub-token' },
      secrets: { 'hugging-face': SOURCES.vaultAgent },
    }),
  ],
  ['WP-SEC-003', "secrets['hugging-face'].keys", [], sourced(vaultAgent({ keys: {} }))],
  ['WP-SEC-003', "secrets['hugging-face'].keys", ['a/b'], sourced(externalSecrets({ keys: { 'a/b': REMOTE } }))],
  ['WP-SEC-003', "secrets['hugging-face'].keys", ['..'], sourced(vaultAgent({ keys: { '..': 'token' } }))],
  ['WP-SEC-003', 'imagePullSecrets', '.dockerconfigjson', pulled(SOURCES.externalSecrets)],
  ['WP-NAME-004', 'secrets', 'Hub', service({ secrets: { Hub: SOURCES.kubernetes } })],
  ['WP-SEC-004', "secrets['hugging-face'].madeBy", '', sourced(SecretSource.kubernetes({ madeBy: '' }))],
  [
    'WP-SEC-004',
    "secrets['hugging-face'].madeBy",
    'somebody',
    sourced(SecretSource.kubernetes({ madeBy: 'somebody' })),
  ],
  [
    'WP-SEC-004',
    "secrets['hugging-face'].madeBy",
    'the rota\nby hand',
    sourced(SecretSource.kubernetes({ madeBy: 'the rota\nby hand' })),
  ],
  [
    'WP-SEC-004',
    "secrets['hugging-face'].store.madeBy",
    ' ',
    sourced(externalSecrets({ store: { name: 'platform', madeBy: ' ' } })),
  ],
  [
    'WP-SEC-005',
    "secrets['hugging-face'].store",
    { name: 'Platform' },
    sourced(externalSecrets({ store: { name: 'Platform' } })),
  ],
  [
    'WP-SEC-005',
    "secrets['hugging-face'].store",
    { name: 'platform', kind: 'Vault' },
    sourced(externalSecrets({ store: { name: 'platform', kind: 'Vault' as 'SecretStore' } })),
  ],
  [
    'WP-SEC-005',
    "secrets['hugging-face'].keys['token']",
    { remoteKey: ' hub' },
    sourced(externalSecrets({ keys: { token: { remoteKey: ' hub' } } })),
  ],
  ['WP-SEC-005', "secrets['hugging-face'].refreshSeconds", 5, sourced(externalSecrets({ refreshSeconds: 5 }))],
  ['WP-SEC-005', "secrets['hugging-face'].refreshSeconds", 90.5, sourced(externalSecrets({ refreshSeconds: 90.5 }))],
  ['WP-SEC-005', "secrets['hugging-face'].refreshSeconds", 86401, sourced(externalSecrets({ refreshSeconds: 86_401 }))],
  ['WP-SEC-006', "secrets['hugging-face'].role", '', sourced(vaultAgent({ role: '' }))],
  ['WP-SEC-006', "secrets['hugging-face'].path", 'secret/chat', sourced(vaultAgent({ path: 'secret/chat' }))],
  ['WP-SEC-006', "secrets['hugging-face'].path", '/secret/data/x', sourced(vaultAgent({ path: '/secret/data/x' }))],
  [
    'WP-SEC-006',
    "secrets['hugging-face'].path",
    'secret/data/../root',
    sourced(vaultAgent({ path: 'secret/data/../root' })),
  ],
  [
    'WP-SEC-006',
    "secrets['hugging-face'].path",
    'secret/data/{{x}}',
    sourced(vaultAgent({ path: 'secret/data/{{x}}' })),
  ],
  ['WP-SEC-006', "secrets['hugging-face'].keys['token']", 'a\nb', sourced(vaultAgent({ keys: { token: 'a\nb' } }))],
  ['WP-SEC-006', "secrets['hugging-face'].engine", 'kv', sourced(vaultAgent({ engine: 'kv' as 'kv-v1' }))],
  ['WP-SEC-006', "secrets['hugging-face'].authPath", 'kubernetes', sourced(vaultAgent({ authPath: 'kubernetes' }))],
  ['WP-SEC-006', "secrets['hugging-face'].audience", '', sourced(vaultAgent({ audience: '' }))],
  ['WP-SEC-006', "secrets['hugging-face'].address", 'vault:8200', sourced(vaultAgent({ address: 'vault:8200' }))],
  ['WP-SEC-006', "secrets['hugging-face'].egress", [], sourced(vaultAgent({ egress: [] }))],
  [
    'WP-SEC-006',
    "secrets['hugging-face'].keys['token'].path",
    'secret',
    sourced(vaultCsi({ keys: { token: { path: 'secret', field: 'token' } } })),
  ],
  ['WP-SEC-006', "secrets['hugging-face'].role", ' chat', sourced(vaultCsi({ role: ' chat' }))],
  [
    'WP-SEC-006',
    'secrets',
    LONG_SECRET,
    service({
      secretEnv: { API_KEY: { secretName: LONG_SECRET, key: 'token' } },
      secrets: { [LONG_SECRET]: SOURCES.vaultAgent },
    }),
  ],
  [
    'WP-NET-002',
    "secrets['hugging-face'].egress.cidr",
    'vault.example.com',
    sourced(vaultAgent({ egress: [{ cidr: 'vault.example.com' }] })),
  ],
  [
    'WP-NET-002',
    "secrets['hub'].egress.cidr",
    'vault',
    job({
      secretEnv: { HUB: { secretName: 'hub', key: 'token' } },
      secrets: { hub: vaultAgent({ egress: [{ cidr: 'vault' }] }) },
    }),
  ],
  ['WP-SEC-007', "secrets['hugging-face'].tenantId", 'contoso', sourced(azureCsi({ tenantId: 'contoso' }))],
  ['WP-SEC-007', "secrets['hugging-face'].clientId", undefined, sourced(azureCsi({ clientId: undefined }))],
  ['WP-SEC-007', "secrets['hugging-face'].keyVaultName", 'kv_prod', sourced(azureCsi({ keyVaultName: 'kv_prod' }))],
  [
    'WP-SEC-007',
    "secrets['hugging-face'].keys['token']",
    { objectName: 'hub_token' },
    sourced(azureCsi({ keys: { token: { objectName: 'hub_token' } } })),
  ],
  [
    'WP-SEC-008',
    "secrets['api']",
    '{"role":"api","authPath":"auth/kubernetes","audience":"vault"}',
    service({
      hubToken: TOKEN,
      secretEnv: { API_KEY: { secretName: 'api', key: 'token' } },
      secrets: { 'hugging-face': SOURCES.vaultAgent, api: vaultAgent({ role: 'api' }) },
    }),
  ],
  [
    'WP-SEC-009',
    "secrets['db'].engine",
    'leased',
    job({ secretEnv: { DB: { secretName: 'db', key: 'token' } }, secrets: { db: SOURCES.vaultLease } }),
  ],
  ['WP-SEC-010', "secrets['hugging-face']", 'hugging-face', twoSources()],
  ['WP-SEC-011', 'imagePullSecrets', 'mirror', pulled(SOURCES.vaultAgent)],
  ['WP-SEC-011', 'imagePullSecrets', 'mirror', pulled(SOURCES.vaultCsi)],
  [
    'WP-NAME-005',
    "podAnnotations['vault.hashicorp.com/role']",
    'admin',
    service({
      hubToken: TOKEN,
      secrets: { 'hugging-face': SOURCES.vaultAgent },
      podAnnotations: { 'vault.hashicorp.com/role': 'admin' },
    }),
  ],
  [
    'WP-RES-006',
    'claims',
    '/vault',
    job({
      claims: [{ claimName: 'data', mountPath: '/vault', readOnly: true }],
      secretEnv: { HUB: TOKEN },
      secrets: { 'hugging-face': SOURCES.vaultAgent },
    }),
  ],
  // Identities.
  ['WP-IDN-001', 'identity.kind', 'ibm', service({ identity: profile({}) })],
  ['WP-IDN-001', 'identity.kind', 'azure', service({ identity: azure({}), pool: IKS_POOL })],
  ['WP-IDN-001', 'identity.kind', 'ibm', job({ identity: profile({}) })],
  [
    'WP-IDN-001',
    "secrets['hugging-face'].provider",
    'azure',
    service({ hubToken: TOKEN, secrets: { 'hugging-face': SOURCES.azureCsi }, pool: IKS_POOL }),
  ],
  ['WP-IDN-002', 'identity.clientId', 'chat', service({ identity: azure({ clientId: 'chat' }) })],
  ['WP-IDN-002', 'identity.tenantId', '', service({ identity: azure({ tenantId: '' }) })],
  ['WP-IDN-002', 'identity.profileName', ' ', service({ identity: profile({ profileName: ' ' }), pool: IKS_POOL })],
  [
    'WP-IDN-002',
    'identity.profileId',
    'Profile-1',
    service({ identity: profile({ profileName: undefined, profileId: 'Profile-1' }), pool: IKS_POOL }),
  ],
  ['WP-IDN-002', 'identity.services', [], service({ identity: profile({ services: [] }), pool: IKS_POOL })],
  ['WP-IDN-002', 'identity.services', ['a b'], service({ identity: profile({ services: ['a b'] }), pool: IKS_POOL })],
  [
    'WP-IDN-002',
    "serviceAccountAnnotations['azure.workload.identity/client-id']",
    GUID,
    service({ identity: azure({}), serviceAccountAnnotations: { 'azure.workload.identity/client-id': GUID } }),
  ],
  ['WP-IDN-003', 'identity.tokenExpirationSeconds', 600, service({ identity: azure({ tokenExpirationSeconds: 600 }) })],
  [
    'WP-IDN-003',
    'identity.tokenExpirationSeconds',
    86401,
    job({ identity: azure({ tokenExpirationSeconds: 86_401 }) }),
  ],
  [
    'WP-RUN-013',
    'runtime.extraEnv',
    'COS_AUTH_TYPE',
    service({ identity: profile({}), pool: IKS_POOL, runtime: { extraEnv: { COS_AUTH_TYPE: 'iam' } } }),
  ],
  // Training.
  ['WP-TRAIN-001', 'pool', 'system', job({ pool: system, gpus: 1 })],
  ['WP-TRAIN-002', 'gpus', 2, job({ gpus: 2 })],
  ['WP-TRAIN-003', 'activeDeadline', 0, job({ activeDeadline: Duration.seconds(0) })],
  ['WP-TRAIN-004', 'command', [], job({ command: [] })],
  ['WP-TRAIN-005', 'runAsUser', 0, job({ runAsUser: 0 })],
  // Add-ons, environments, output.
  [
    'WP-PLUG-001',
    'pools',
    'a100',
    addOn(GpuDevicePlugin, [pool({ platform: platform({ gpuStack: 'managed' }), minNodes: 4 })]),
  ],
  ['WP-PLUG-001', 'pools', 'a100', addOn(GpuOperatorValues, [pool()])],
  [
    'WP-ENV-001',
    'pool',
    'h100',
    environment('service-chat', {
      services: { chat: { namespace: 'chat', pool: 'h100', model: { catalogue: 'qwen3-8b' } } },
    }),
  ],
  [
    'WP-ENV-002',
    'namespace',
    'gateway',
    environment('namespaces', {
      services: { chat: { namespace: 'gateway', pool: 'a100', model: { catalogue: 'qwen3-8b' } } },
    }),
  ],
  ['WP-HOLD-001', 'warmCapacity.warmNodes', undefined, warm('chart/chat', { warmNodes: undefined })],
  [
    'WP-HOLD-002',
    'warmCapacity.pool',
    'other',
    warm('chart/chat-1', {}, [{}, { pool: pool({ name: 'other', maxNodes: 20 }) }]),
  ],
  ['WP-HOLD-003', 'warmNodes', 1.5, warm('chart/warm', { warmNodes: 1.5 })],
  ['WP-HOLD-003', 'warmNodes', -1, warm('chart/warm', { warmNodes: -1 })],
  [
    'WP-HOLD-003',
    'schedule[0].warmNodes',
    0,
    warm('chart/warm', { warmNodes: 0, schedule: [{ ...WINDOW, warmNodes: 0 }] }),
  ],
  [
    'WP-HOLD-004',
    'schedule[0].start',
    'every morning',
    warm('chart/warm', { schedule: [{ ...WINDOW, start: 'every morning' }] }),
  ],
  [
    'WP-HOLD-004',
    'schedule[0].end',
    '0 19 * * 7',
    warm('chart/warm', { schedule: [{ ...WINDOW, end: '0 19 * * 7' }] }),
  ],
  [
    'WP-HOLD-004',
    'schedule[0].end',
    WINDOW.start,
    warm('chart/warm', { schedule: [{ ...WINDOW, end: WINDOW.start }] }),
  ],
  [
    'WP-HOLD-004',
    'schedule[0].timezone',
    '+02:00',
    warm('chart/warm', { schedule: [{ ...WINDOW, timezone: '+02:00' }] }),
  ],
  ['WP-HOLD-004', 'schedule[0].warmNodes', 3, warm('chart/warm', { warmNodes: 3, schedule: [WINDOW] })],
  ['WP-HOLD-005', 'backend', 'capacityBuffer', warm('chart/warm', { backend: 'capacityBuffer' })],
  [
    'WP-HOLD-006',
    'schedule',
    1,
    warm('chart/warm', { backend: 'capacityBuffer', schedule: [WINDOW] }, [
      { pool: pool({ maxNodes: 20, platform: platform({ capacityBuffers: 'v1beta1' }) }) },
    ]),
  ],
  ['WP-HOLD-007', 'warmCapacity.warmNodes', 1, warm('chart/chat-1', {}, [{}, { resources: { cpu: 8 } }])],
  ['WP-HOLD-008', "pool 'a100'.maxNodes", 4, warm('PoolClaims', { warmNodes: 2 }, [{ pool: pool() }])],
  [
    'WP-HOLD-011',
    'warmCapacity.imagePullSecrets',
    ['registry'],
    warm('chart/chat-1', {}, [
      {},
      { namespace: 'other', imagePullSecrets: ['registry'], secrets: handMade('registry') },
    ]),
  ],
  [
    'WP-HOLD-012',
    'prefetch.image',
    false,
    warm('chart/warm', { backend: 'capacityBuffer', prefetch: { image: false } }),
  ],
  ['WP-HOLD-012', 'prefetch.command', [], warm('chart/warm', { prefetch: { command: [] } })],
  // Scalers.
  [
    'WP-SCALE-001',
    'scaler.triggers[0].metadata.threshold',
    undefined,
    byTriggers({ type: 'prometheus', metadata: { ...PROMETHEUS, query: 'sum(jobs)' } } as unknown as KedaTrigger),
  ],
  [
    'WP-SCALE-001',
    'scaler.triggers[0].type',
    'prom',
    byTriggers({ type: 'prom', metadata: {} } as unknown as KedaTrigger),
  ],
  [
    'WP-SCALE-003',
    'scaler.arrivals.metric',
    'vllm:request_success_total',
    byArrivals({ arrivals: { ...ROUTE, metric: 'vllm:request_success_total' } }),
  ],
  ['WP-SCALE-003', 'scaler.arrivals.labels', {}, byArrivals({ arrivals: { ...ROUTE, labels: {} } })],
  ['WP-SCALE-004', 'scaler.arrivalsPerReplica', 0, byArrivals({ arrivalsPerReplica: 0 })],
  ['WP-SCALE-004', 'scaler.inFlightPerReplica', -1, byArrivals({ inFlightPerReplica: -1 })],
  ['WP-SCALE-006', 'scaler.arrivals', undefined, byQueue({})],
  ['WP-SCALE-006', 'scaler.arrivals', undefined, byArrivals({ arrivalsPerReplica: undefined })],
  ['WP-SCALE-007', 'scaler.minReplicas', 0, byArrivals({ minReplicas: 0 })],
  ['WP-SCALE-007', 'scaler.minReplicas', 0, byQueue({ inFlightPerReplica: 8, minReplicas: 0 })],
  ['WP-SCALE-007', 'scaler.minReplicas', 0, byHpa({ minReplicas: 0 })],
  ['WP-SCALE-007', 'scaler.metrics', 0, byHpa({ metrics: [] })],
  ['WP-SCALE-009', 'scaler.triggers[0].metadata.query', 'sum by (pod) (up)', byQuery('sum by (pod) (up)')],
  ['WP-SCALE-009', 'scaler.triggers[0].metadata.query', 'sum(up) or vector(0)', byQuery('sum(up) or vector(0)')],
  ['WP-SCALE-009', 'scaler.triggers', 0, byTriggers()],
  // Sizes.
  ['WP-WARM-001', 'sizing.capacity', undefined, sized({ capacity: undefined as unknown as ServingCapacity })],
  ['WP-WARM-002', 'sizing.capacity.requestsPerSecond', 0, sized({ capacity: { ...CAPACITY, requestsPerSecond: 0 } })],
  ['WP-WARM-003', 'sizing.capacity.source', '', sized({ capacity: { ...CAPACITY, source: '' } })],
  [
    'WP-WARM-005',
    'sizing.traffic.counts.counts[1]',
    -1,
    sized({ traffic: TrafficProfile.fromCounts({ ...HOUR, counts: [1, -1] }) }),
  ],
  ['WP-WARM-007', 'sizing.slo.timeToFirstTokenSeconds', 0, sized({ slo: { timeToFirstTokenSeconds: 0 } })],
  [
    'WP-WARM-007',
    'sizing.slo.timeToFirstTokenSeconds',
    2,
    sized({ capacity: { ...CAPACITY, warmTimeToFirstTokenSeconds: 3 } }),
  ],
  ['WP-WARM-008', 'sizing.quotaReplicas', 1, sized({ quotaReplicas: 1 })],
  [
    'WP-WARM-010',
    'scaler.minReplicas',
    0,
    sized(
      {},
      {
        scaler: Scaling.arrivalRate({ prometheus: PROMETHEUS, arrivals: ROUTE, minReplicas: 0 }),
        disruption: { allowOutageReason: 'nobody waits' },
      },
    ),
  ],
  ['WP-WARM-012', 'sizing', undefined, sized({}, { spot: { pool: spare, replicas: 2 }, replicas: 3 })],
  ['WP-WARM-013', 'sizing.warmNodes', 1.5, sized({ warmNodes: 1.5 })],
  ['WP-PLAT-006', 'platform.capacityBuffers', 'v1', cluster({ capacityBuffers: 'v1' as 'v1beta1' })],
  ['WP-PLAT-007', 'platform.nodeAutoscaler', 'karpenter', cluster({ cloud: 'iks', nodeAutoscaler: 'karpenter' })],
  ['WP-POOL-024', "pool 'a100'.mig", '3g.40gb', karpenter({ mig: { profile: '3g.40gb' }, minNodes: 4 })],
  ['WP-POOL-024', "pool 'a100'.deallocate", 4, karpenter({ minNodes: 0, deallocate: {} })],
  ['WP-POOL-024', "pool 'a100'.diskGiB", 4096, karpenter({ diskGiB: 4096 })],
  [
    'WP-POOL-024',
    "pool 'a100'.platform.gpuStack",
    'managed',
    karpenter({ minNodes: 4, platform: platform({ nodeAutoscaler: 'karpenter', gpuStack: 'managed' }) }),
  ],
  ['WP-POOL-022', 'deallocate.osDisk', 'ephemeral', planned({ deallocate: { osDisk: 'ephemeral' } })],
  ['WP-POOL-022', 'deallocate.nodes', 0, planned({ minNodes: 4, deallocate: {} })],
  ['WP-POOL-022', 'deallocate.cloud', 'iks', planned({ platform: iks, machine: 'gx3.16x80.l4', deallocate: {} })],
  ['WP-COST-003', 'prices', -1, environment('costs/a100', { prices: { Standard_NC24ads_A100_v4: -1 } })],
  // Clouds.
  ['WP-AKS-001', "pool 'a100'.osDisk", 'network', aksPoolOf({ osDisk: 'network' as 'managed' })],
  ['WP-AKS-002', "pool 'a100'.maxPods", 9, aksPoolOf({ maxPods: 9 })],
  ['WP-AKS-003', "pool 'a100'.upgrade.maxSurge", '0', aksPoolOf({ upgrade: { maxSurge: '0' } })],
  ['WP-AKS-004', "pool 'a100'.spot", {}, aksPoolOf({ spot: {} })],
  ['WP-AKS-004', "pool 'a100'.spot.maxPrice", 0, aksPoolOf({ spot: { maxPrice: 0 } }, { spot: true })],
  ['WP-AKS-005', "pool 'a100'.capacityReservationGroupId", 'mine', aksPoolOf({ capacityReservationGroupId: 'mine' })],
  ['WP-AKS-006', "pool 'a100'.replacement", 'never', aksPoolOf({ replacement: 'never' as 'alternate' })],
  [
    'WP-AKS-007',
    "pool 'a100'.gpuStack",
    'managed',
    environment('cloud', {
      platform: { ...ENVIRONMENT.platform, gpuStack: 'managed' },
      pools: { ...ENVIRONMENT.pools, a100: { ...A100, minNodes: 4 } },
    }),
  ],
  ['WP-AKS-008', 'aks.pools', ['a100'], environment('cloud', { pools: { a100: A100 } })],
  ['WP-AKS-008', 'aks.environment', 'e'.repeat(41), environment('cloud', { name: 'e'.repeat(41) })],
  ['WP-AKS-009', 'aks.adminGroups', 'admins', onAks({ aks: { adminGroups: ['admins'] } })],
  [
    'WP-AKS-009',
    'aks.apiServer',
    { authorizedIpRanges: ['0.0.0.0/0'] },
    onAks({ aks: { apiServer: { authorizedIpRanges: ['0.0.0.0/0'] } } }),
  ],
  ['WP-AKS-010', 'aks.costAnalysis', true, onAks({ aks: { tier: 'Free', costAnalysis: true } })],
  ['WP-AKS-011', 'aks.nodeSubnetId', 'nodes', onAks({ aks: { nodeSubnetId: 'nodes' } })],
  ['WP-AKS-012', 'aks.virtualNodes.gpu', true, onAks({ aks: { virtualNodes: { gpu: true } } })],
  [
    'WP-AKS-013',
    'aks.pools.system',
    { minCount: 2, maxCount: 4 },
    aksSystemOf({ maxNodes: 4 }, { platform: { ...ENVIRONMENT.platform, nodeAutoscaler: 'karpenter' } }),
  ],
  ['WP-AKS-014', 'aks.machineLearning', { training: false }, onAks({ aks: { machineLearning: { training: false } } })],
  [
    'WP-AKS-015',
    'pools.a100.aks',
    { maxPods: 30 },
    onAks(
      {},
      {
        platform: { ...ENVIRONMENT.platform, nodeAutoscaler: 'karpenter' },
        pools: { ...ENVIRONMENT.pools, a100: { ...A100, aks: { maxPods: 30 } } },
      },
    ),
  ],
  ['WP-IKS-001', "pool 'l40s'.zones", [], iksPoolOf({}, { zones: undefined })],
  [
    'WP-IKS-002',
    "pool 'system'.maxNodes",
    6,
    onIks({}, { pools: { system: { ...IKS_SYSTEM, maxNodes: 6 }, l40s: L40S } }),
  ],
  ['WP-IKS-003', "pool 'l40s'.secondaryStorage", '1tb', iksPoolOf({ secondaryStorage: '1tb' })],
  ['WP-IKS-003', "pool 'l40s'.secondaryStorage", undefined, iksPoolOf({}, { diskGiB: 200 })],
  [
    'WP-IKS-004',
    'iks.network.vpcId',
    '',
    onIks({ iks: { network: { vpcId: '', subnetIds: Object.fromEntries(ZONES.map((zone) => [zone, zone])) } } }),
  ],
  ['WP-IKS-005', 'iks.apiServer', 'hidden', onIks({ iks: { apiServer: 'hidden' as 'private' } })],
  ['WP-IKS-006', 'iks.autoscalerVersion', '2', onIks({ iks: { autoscalerVersion: '2' } })],
  ['WP-IKS-007', 'iks.pools', ['l40s'], onIks({}, { pools: { l40s: L40S } })],
  ['WP-IKS-007', 'iks.environment', 'e'.repeat(27), onIks({}, { name: 'e'.repeat(27) })],
  [
    'WP-IKS-008',
    'iks.pools.l40s.minNodes',
    0,
    onIks({ iks: { autoscalerVersion: '1.2.4' } }, { pools: { system: IKS_SYSTEM, l40s: { ...L40S, minNodes: 0 } } }),
  ],
  ['WP-SAT-001', 'iks.satellite.managedFrom', 'eu-gb', onSatellite({ managedFrom: 'eu-gb' })],
  [
    'WP-SAT-002',
    'iks.satellite.workers.hostLabels',
    ['use=gpu'],
    onSatellite({ workers: { ...SATELLITE.workers, hostLabels: ['use=gpu'] } }),
  ],
  ['WP-SAT-003', 'iks.satellite.openShift', '1.34', onSatellite({ openShift: '1.34' })],
  [
    'WP-SAT-004',
    'iks.satellite.workers.pool',
    'system',
    onSatellite({ workers: { ...SATELLITE.workers, pool: 'system' } }),
  ],
  ['WP-TAG-001', "aks.tags['a/b']", 'c', onAks({ aks: { tags: { 'a/b': 'c' } } })],
  ['WP-TAG-001', "iks.tags['a/b']", 'c', onIks({ iks: { tags: { 'a/b': 'c' } } })],
  ['WP-TAG-002', "pool 'a100'.tags['Team']", 'me', aksPoolOf({ tags: { Team: 'me' } })],
  ['WP-BUD-001', 'budget.amountPerMonth', 0, onAks({ budget: { ...BUDGET, amountPerMonth: 0 } })],
  ['WP-BUD-001', 'budget.from', '2027', onAks({ budget: { ...BUDGET, from: '2027' } })],
  ['WP-BUD-002', 'budget.cloud', 'iks', onIks({ budget: BUDGET })],
  ['WP-COST-004', 'costReports.bucketName', 'Bills', onIks({ costReports: { bucketName: 'Bills' } })],
  ['WP-COST-005', 'costReports.cloud', 'aks', onAks({ costReports: { bucketName: 'bills' } })],
  ['WP-GIT-001', 'delivery.repository', 'platform', onAks({ delivery: { kind: 'flux', repository: 'platform' } })],
  ['WP-STORE-001', 'modelStore.name', 'Weights', onAks({ modelStore: { name: 'Weights' } })],
  ['WP-STORE-002', 'modelStore.protocol', 's3', onAks({ modelStore: { name: 'weights', protocol: 's3' } })],
  ['WP-CLOUD-001', 'cloud.iks', {}, onAks({ iks: {} })],
  ['WP-CLOUD-001', 'pools.l40s.aks', {}, onIks({}, { pools: { system: IKS_SYSTEM, l40s: { ...L40S, aks: {} } } })],
  [
    'WP-CLOUD-002',
    'services.chat.cloudIdentity.modelStore',
    'read',
    onAks(
      {},
      {
        services: {
          chat: {
            namespace: 'chat',
            pool: 'a100',
            model: { catalogue: 'qwen3-8b' },
            cloudIdentity: { modelStore: 'read' },
          },
        },
      },
    ),
  ],
  ['WP-OUT-001', 'spec.ports[0]', null, written(thing('chat', { ports: [null] }))],
];

const show = (value: unknown) => (value === undefined ? 'not set' : JSON.stringify(value));

describe('an input that is refused', () => {
  const named = REFUSALS.map(([rule, prop, value, given]) => ({
    title: `${rule} ${prop} = ${show(value)}`,
    rule,
    prop,
    value,
    given,
  }));

  test.each(named)('$title', ({ title, given }) => {
    const head = given.path === undefined ? `${title}: ` : `[${given.path}] ${title}: `;
    const lines = given.lines();
    const found = lines.filter((line) => line.startsWith(head));
    // All lines, so that a failure shows what was said instead.
    expect({ found, lines }).toEqual({ found: [expect.any(String)], lines });
    expect(found[0]).toMatch(/: .+\. Allowed: .+\. Fix: .+\.$/);
  });

  test('is told in words: no remedy is empty, no value of ours slips into the text as undefined', () => {
    for (const { given } of named) {
      for (const line of given.lines()) {
        expect(line).not.toMatch(/undefined|\[object Object\]|NaN|Allowed: \.|Fix: \./);
      }
    }
  });
});

test('at least 55 inputs are refused', () => {
  expect(REFUSALS.length).toBeGreaterThanOrEqual(55);
});

describe('the rules', () => {
  /** They let synthesis pass and are printed with the result. */
  const WARNINGS: readonly RuleId[] = [
    'WP-COLD-002',
    'WP-COLD-005',
    'WP-COST-002',
    'WP-DRAIN-002',
    'WP-FIT-003',
    'WP-FIT-008',
    'WP-HOLD-009',
    'WP-HOLD-010',
    'WP-IMG-003',
    'WP-MIG-006',
    'WP-KS-003',
    'WP-LORA-006',
    'WP-NET-001',
    'WP-PDB-004',
    'WP-PLAT-003',
    'WP-POOL-011',
    'WP-POOL-013',
    'WP-POOL-019',
    'WP-POOL-023',
    'WP-POOL-025',
    'WP-RUN-004',
    'WP-RUN-012',
    'WP-SPOT-003',
    'WP-SPOT-004',
    'WP-RUN-017',
    'WP-SAT-005',
    'WP-SCALE-002',
    'WP-SCALE-005',
    'WP-SCALE-008',
    'WP-SCALE-010',
    'WP-WARM-004',
    'WP-WARM-006',
    'WP-WARM-009',
    'WP-WARM-011',
    'WP-WARM-018',
  ];
  /** A writer that loses files and names that leave the folder: test/stacks/synthesise.test.ts. */
  const ELSEWHERE: readonly RuleId[] = ['WP-OUT-002', 'WP-ENV-003', 'WP-ACK-001', 'WP-ACK-002'];
  /** No construct reads traces: test/traces. */
  const TRACES = (Object.keys(RULES) as RuleId[]).filter((rule) => rule.startsWith('WP-TRACE-'));
  /** Nor files of a load test and plans in manifests: test/domain/{load-test-results,plan-record}.test.ts. */
  const FILES: readonly RuleId[] = ['WP-WARM-014', 'WP-WARM-015', 'WP-WARM-016', 'WP-WARM-017', 'WP-WARM-019'];
  // Rules over manifests have tests of their own in test/policy.
  const POLICY = POLICY_RULES.map(({ id }) => id);

  test('that stop a synthesis have a row here, each of them', () => {
    const covered = new Set<RuleId>([
      ...REFUSALS.map(([rule]) => rule),
      ...WARNINGS,
      ...ELSEWHERE,
      ...TRACES,
      ...FILES,
      ...POLICY,
    ]);
    expect((Object.keys(RULES) as RuleId[]).filter((rule) => !covered.has(rule))).toEqual([]);
  });

  test('that only warn stop nothing', () => {
    const refused = new Set(REFUSALS.map(([rule]) => rule));
    expect(WARNINGS.filter((rule) => refused.has(rule))).toEqual([]);
  });
});

describe('mistakes of different constructs', () => {
  test('are all told in one run', () => {
    const app = new App();
    const shared = pool({ maxNodes: 3 });
    new GpuInferenceService(new Chart(app, 'a'), 'one', serviceProps({ pool: shared, replicas: 4 }));
    new GpuInferenceService(new Chart(app, 'b'), 'two', serviceProps({ pool: shared, tensorParallel: 7 }));
    new GpuTrainingJob(new Chart(app, 'c'), 'three', jobProps({ command: [], runAsUser: 0 }));
    new InferenceNamespace(new Chart(app, 'd'), 'Four', { ownership: OWNERSHIP, platform: platform() });
    expect(refusalsOf(app).map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
      '[PoolClaims] WP-POOL-014',
      '[b/two] WP-FIT-004',
      '[c/three] WP-TRAIN-004',
      '[c/three] WP-TRAIN-005',
      '[d/Four] WP-NAME-003',
    ]);
  });
});
