import { type AksClusterContext, type AksClusterSpec, draftAksCluster, unwrap } from '../../lib/domain';
import { AZURE_IDS, aksContext, aksSystem } from './cloud-given';
import { plannedPool, platform, problemOf, rulesOf } from './given';

const draft = (spec: AksClusterSpec = {}, more: Partial<AksClusterContext> = {}) =>
  draftAksCluster(spec, aksContext(more));
const planned = (spec: AksClusterSpec = {}, more: Partial<AksClusterContext> = {}) => unwrap(draft(spec, more));

const GROUP = '5c2c2a0e-4c39-4a6a-9f0b-0c8f4f6f7c11';
const OFFICE = '203.0.113.0/24';

describe('a cluster of AKS', () => {
  it('is private, patched and watched for its cost unless somebody says more', () => {
    const { systemPool, tags, ...plan } = planned();
    expect(plan).toEqual({
      name: 'warmpath-prod',
      resourceGroupName: 'warmpath-prod',
      nodeResourceGroup: 'warmpath-prod-nodes',
      location: 'westeurope',
      kubernetesVersion: '1.35',
      tier: 'Standard',
      privateApiServer: true,
      authorizedIpRanges: [],
      adminGroupObjectIDs: [],
      pools: [],
      nodeProvisioning: false,
      keda: false,
      verticalPodAutoscaler: false,
      blobCsiDriver: true,
      costAnalysis: true,
      network: {
        addressSpace: '10.224.0.0/12',
        nodes: '10.224.0.0/16',
        endpoints: '10.239.0.0/24',
        podCidr: '10.244.0.0/16',
        networkPolicy: 'cilium',
        serviceCidr: '10.0.0.0/16',
        dnsServiceIP: '10.0.0.10',
      },
      upgradeChannel: 'patch',
      nodeOSUpgradeChannel: 'NodeImage',
    });
    expect(systemPool).toMatchObject({ name: 'system', mode: 'System', count: 3 });
    expect(tags).toMatchObject({ owner: 'chat-oncall', 'managed-by': 'warmpath' });
  });

  it('begins with a system pool, in whatever order the pools are named', () => {
    const plan = planned({}, { pools: [plannedPool(), aksSystem(), aksSystem({ name: 'more' })] });
    expect(plan.systemPool.name).toBe('system');
    expect(plan.pools.map(({ name }) => name)).toEqual(['more', 'a100']);
  });

  it('asks its pools what only AKS asks, and gives them the patience of their pods', () => {
    const more = {
      pools: [aksSystem(), plannedPool()],
      poolSpecs: { a100: { maxPods: 30 } },
      patience: { a100: { startSeconds: 3000, graceSeconds: 600 } },
    };
    expect(planned({}, more).pools[0]).toMatchObject({
      maxPods: 30,
      upgradeSettings: { drainTimeoutInMinutes: 60 },
    });
    expect(rulesOf(draft({}, { ...more, poolSpecs: { a100: { maxPods: 1 } } }))).toEqual(['WP-AKS-002']);
  });

  it('tells its autoscaler what the plans count on, where a pool grows', () => {
    const pools = [aksSystem(), plannedPool({ deallocate: {} })];
    expect(
      planned({}, { pools, patience: { a100: { startSeconds: 901, graceSeconds: 0 } } }).autoScalerProfile,
    ).toEqual({
      scaleDownUnneededTime: '16m',
      maxGracefulTerminationSec: '600',
      skipNodesWithLocalStorage: 'false',
      // As many as can lie stopped: Azure/AKS#5211.
      okTotalUnreadyCount: '4',
      maxTotalUnreadyPercentage: '100',
    });
  });

  it('runs KEDA and the vertical autoscaler where something asks them', () => {
    expect(planned({}, { scales: true })).toMatchObject({ keda: true, verticalPodAutoscaler: false });
    expect(planned({}, { recommends: true })).toMatchObject({ keda: false, verticalPodAutoscaler: true });
  });

  it('hands on what the environment says', () => {
    const plan = planned({
      adminGroups: [GROUP],
      tier: 'Premium',
      costAnalysis: false,
      managedPrometheus: { grafana: true },
      upgrades: { cluster: 'stable', nodes: 'SecurityPatch' },
      tags: { 'data-class': 'internal' },
    });
    expect(plan).toMatchObject({
      adminGroupObjectIDs: [GROUP],
      tier: 'Premium',
      costAnalysis: false,
      managedPrometheus: { grafana: true },
      upgradeChannel: 'stable',
      nodeOSUpgradeChannel: 'SecurityPatch',
    });
    expect(plan.tags['data-class']).toBe('internal');
    expect(planned({ managedPrometheus: {} }).managedPrometheus).toEqual({ grafana: false });
    expect(rulesOf(draft({ tags: { owner: 'me' } }))).toEqual(['WP-TAG-002']);
  });

  it.each<[string, readonly ReturnType<typeof plannedPool>[]]>([
    ['no pool', []],
    ['GPU pools alone', [plannedPool()]],
  ])('is refused with %s', (_, pools) => {
    const refused = draft({}, { pools, poolSpecs: Object.fromEntries(pools.map(({ name }) => [name, {}])) });
    expect(problemOf(refused, 'WP-AKS-008')).toMatchObject({
      severity: 'error',
      prop: 'aks.pools',
      value: pools.map(({ name }) => name),
    });
    expect(refused.value === undefined).toBe(pools.length === 0);
  });

  it('is named after its environment, up to 40 characters', () => {
    expect(planned({}, { environment: 'e'.repeat(40) }).name).toBe(`warmpath-${'e'.repeat(40)}`);
    expect(problemOf(draft({}, { environment: 'e'.repeat(41) }), 'WP-AKS-008')).toMatchObject({
      prop: 'aks.environment',
      allowed: 'at most 40 characters',
    });
  });
});

describe('the API server', () => {
  it.each(['203.0.113.7', OFFICE, '10.0.0.0/8', '0.0.0.0/1', '255.249.199.99/32', '1.2.3.4/19', '1.2.3.4/29'])(
    'may be reached from %s',
    (range) => {
      const drafted = draft({ apiServer: { authorizedIpRanges: [range] } });
      expect(drafted.problems).toEqual([]);
      expect(drafted.value).toMatchObject({ privateApiServer: false, authorizedIpRanges: [range] });
    },
  );

  it.each([
    '0.0.0.0/0',
    '256.0.0.1',
    '203.0.113.260/24',
    '203.0.113.0/33',
    '203.0.113',
    '203.0.113.0.1',
    '203.0.113.0/',
    'example.com',
    ' 203.0.113.0',
    '203.0.113.01',
  ])('may not be reached from %j', (range) => {
    const apiServer = { authorizedIpRanges: [OFFICE, range] };
    expect(problemOf(draft({ apiServer }), 'WP-AKS-009')).toMatchObject({
      severity: 'error',
      prop: 'aks.apiServer',
      value: apiServer,
    });
  });

  it.each([{ authorizedIpRanges: [] }, {}, 'public'])('is not open to everybody by %j', (apiServer) => {
    expect(problemOf(draft({ apiServer: apiServer as 'private' }), 'WP-AKS-009').value).toEqual(apiServer);
  });

  it('is administered by groups that Entra knows', () => {
    expect(problemOf(draft({ adminGroups: [GROUP, 'admins'] }), 'WP-AKS-009')).toMatchObject({
      prop: 'aks.adminGroups',
      value: 'admins',
    });
  });
});

describe('money', () => {
  it.each<[AksClusterSpec, boolean]>([
    [{ tier: 'Free' }, false],
    [{ tier: 'Free', costAnalysis: false }, false],
    [{ tier: 'Standard' }, true],
    [{ tier: 'Premium', costAnalysis: true }, true],
  ])('of %j is analysed: %s', (spec, analysed) => {
    expect(planned(spec).costAnalysis).toBe(analysed);
  });

  it('of a free cluster is not', () => {
    expect(problemOf(draft({ tier: 'Free', costAnalysis: true }), 'WP-AKS-010')).toMatchObject({
      prop: 'aks.costAnalysis',
      value: true,
    });
  });

  it('buys a tier that is sold', () => {
    const refused = draft({ tier: 'Gold' as 'Free', costAnalysis: true });
    expect(problemOf(refused, 'WP-AKS-010')).toMatchObject({ prop: 'aks.tier', value: 'Gold' });
  });
});

describe('upgrades', () => {
  it.each(['none', 'patch', 'stable', 'rapid', 'node-image'] as const)('of the cluster may be %s', (cluster) => {
    expect(draft({ upgrades: { cluster } }).problems).toEqual([]);
  });

  it.each(['None', 'Unmanaged', 'NodeImage', 'SecurityPatch'] as const)('of nodes may be %s', (nodes) => {
    expect(draft({ upgrades: { nodes } }).problems).toEqual([]);
  });

  it.each([
    ['cluster', 'NodeImage'],
    ['nodes', 'patch'],
  ])('of the %s may not be %s', (what, channel) => {
    expect(problemOf(draft({ upgrades: { [what]: channel } }), 'WP-AKS-010')).toMatchObject({
      prop: `aks.upgrades.${what}`,
      value: channel,
    });
  });
});

describe('subnets', () => {
  const { nodes: nodeSubnetId, endpoints: endpointSubnetId } = AZURE_IDS;

  it('are given both, or that of the nodes alone where there is no model store', () => {
    expect(planned({ nodeSubnetId, endpointSubnetId }, { modelStore: true }).network.given).toEqual({
      nodes: nodeSubnetId,
      endpoints: endpointSubnetId,
    });
    expect(planned({ nodeSubnetId }).network.given?.nodes).toBe(nodeSubnetId);
    expect(planned({}, { modelStore: true }).network).not.toHaveProperty('given');
  });

  it.each<[string, AksClusterSpec, boolean, string]>([
    ['nodes that reach no endpoint', { nodeSubnetId }, true, 'endpointSubnetId'],
    ['an endpoint beside a network that is made', { endpointSubnetId }, false, 'nodeSubnetId'],
    ['an endpoint beside a network that is made, for a store', { endpointSubnetId }, true, 'nodeSubnetId'],
    [
      'virtual nodes in a network that is there',
      { nodeSubnetId, endpointSubnetId, virtualNodes: {} },
      false,
      'virtualNodes',
    ],
    ['a name for an id', { nodeSubnetId: 'nodes', endpointSubnetId }, false, 'nodeSubnetId'],
    ['a name for the id of the other', { nodeSubnetId, endpointSubnetId: 'endpoints' }, false, 'endpointSubnetId'],
    [
      'the id of a network',
      { nodeSubnetId: nodeSubnetId.replace('/subnets/nodes', ''), endpointSubnetId },
      false,
      'nodeSubnetId',
    ],
  ])('cannot be %s', (_, spec, modelStore, prop) => {
    expect(problemOf(draft(spec, { modelStore }), 'WP-AKS-011')).toMatchObject({
      severity: 'error',
      prop: `aks.${prop}`,
    });
  });
});

describe('virtual nodes', () => {
  it('have a subnet of their own, and a network that they can stand in', () => {
    const { network } = planned({ virtualNodes: {} });
    expect(network).toMatchObject({ virtualNodes: '10.238.0.0/16', networkPolicy: 'calico' });
    expect(network).not.toHaveProperty('podCidr');
    expect(planned({ virtualNodes: { gpu: false } }).network.virtualNodes).toBeDefined();
  });

  it('have no GPUs, and say why', () => {
    const problem = problemOf(draft({ virtualNodes: { gpu: true } }), 'WP-AKS-012');
    expect(problem).toMatchObject({ prop: 'aks.virtualNodes.gpu', value: true });
    expect(problem.message).toContain('2025-07-14');
  });

  it('do not reach an API server that only some may call', () => {
    const apiServer = { authorizedIpRanges: [OFFICE] };
    expect(problemOf(draft({ virtualNodes: {}, apiServer }), 'WP-AKS-012')).toMatchObject({ prop: 'aks.apiServer' });
    expect(draft({ virtualNodes: {}, apiServer: 'private' }).problems).toEqual([]);
  });
});

describe('node auto-provisioning', () => {
  const karpenter = platform('aks', '1.35', { nodeAutoscaler: 'karpenter' });

  it('makes the GPU pools itself, and leaves the system pool to AKS', () => {
    const pools = [aksSystem({ platform: karpenter }), plannedPool({ platform: karpenter })];
    const drafted = draft({}, { platform: karpenter, pools });
    expect(drafted.problems).toEqual([]);
    expect(drafted.value).toMatchObject({ nodeProvisioning: true, pools: [] });
    // Nobody asks the other autoscaler.
    expect(drafted.value).not.toHaveProperty('autoScalerProfile');
  });

  it('wants no pool beside it that the other autoscaler grows', () => {
    const pools = [aksSystem({ platform: karpenter, maxNodes: 5 })];
    expect(problemOf(draft({}, { platform: karpenter, pools }), 'WP-AKS-013')).toMatchObject({
      severity: 'error',
      prop: 'aks.pools.system',
      value: { minCount: 3, maxCount: 5 },
    });
    expect(draft({}, { pools: [aksSystem({ maxNodes: 5 })] }).problems).toEqual([]);
  });

  it('has no pool that settings of AKS could be of', () => {
    const pools = [aksSystem({ platform: karpenter }), plannedPool({ platform: karpenter })];
    const given = { maxPods: 30 };
    const name = pools[1]?.name ?? '';
    const refused = draft({}, { platform: karpenter, pools, poolSpecs: { [name]: given } });
    expect(problemOf(refused, 'WP-AKS-015')).toMatchObject({ prop: `pools.${name}.aks`, value: given });
    expect(draft({}, { platform: karpenter, pools, poolSpecs: { system: given } }).problems).toEqual([]);
    expect(draft({}, { poolSpecs: { [name]: given } }).problems).toEqual([]);
  });
});

describe('Azure Machine Learning', () => {
  const settings = (spec: AksClusterSpec) => planned(spec).machineLearning?.settings;

  it('brings nothing that warmpath brings', () => {
    expect(settings({ machineLearning: {} })).toEqual({
      enableTraining: 'True',
      enableInference: 'False',
      installNvidiaDevicePlugin: 'False',
      installDcgmExporter: 'False',
      installPromOp: 'False',
      installVolcano: 'True',
      internalLoadBalancerProvider: 'azure',
    });
    expect(planned()).not.toHaveProperty('machineLearning');
  });

  it('serves by its own router within the cluster', () => {
    const apiServer = { authorizedIpRanges: [OFFICE] };
    const own = settings({ apiServer, machineLearning: { training: false, inference: true } });
    expect(own).toMatchObject({
      enableTraining: 'False',
      enableInference: 'True',
      installVolcano: 'False',
      inferenceRouterServiceType: 'ClusterIP',
      inferenceRouterHA: 'True',
      allowInsecureConnections: 'True',
    });
    expect(own).not.toHaveProperty('internalLoadBalancerProvider');
  });

  it('does something', () => {
    const machineLearning = { training: false, inference: false };
    expect(problemOf(draft({ machineLearning }), 'WP-AKS-014')).toMatchObject({
      prop: 'aks.machineLearning',
      value: machineLearning,
    });
  });
});
