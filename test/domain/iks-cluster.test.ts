import { draftIksCluster, type IksClusterContext, type IksClusterSpec, unwrap } from '../../lib/domain';
import { iksContext, iksGpu, iksSystem } from './cloud-given';
import { OWNERSHIP, platform, problemOf, rulesOf } from './given';

const draft = (spec: IksClusterSpec = {}, more: Partial<IksClusterContext> = {}) =>
  draftIksCluster(spec, iksContext(more));
const planned = (spec: IksClusterSpec = {}, more: Partial<IksClusterContext> = {}) => unwrap(draft(spec, more));

const ZONES = ['us-south-1', 'us-south-2', 'us-south-3'] as const;
const SUBNETS = { 'us-south-1': 'a', 'us-south-2': 'b', 'us-south-3': 'c' };
const growing = { pools: [iksSystem(), iksGpu()] };

describe('a cluster of IKS', () => {
  it('is private, calls out, and has a VPC of its own unless somebody says more', () => {
    const plan = planned();
    expect(plan).toEqual({
      name: 'warmpath-prod',
      region: 'us-south',
      kubernetesVersion: '1.35',
      privateApiServer: true,
      outboundProtection: false,
      zones: ZONES,
      systemPool: expect.objectContaining({ name: 'system', workersPerZone: 1 }),
      pools: [],
      tags: ['cost-centre:cc-4210', 'environment:prod', 'managed-by:warmpath', 'owner:chat-oncall', 'team:chat'],
    });
  });

  it('begins with its system pool, in whatever order the pools are named', () => {
    const plan = planned({}, { pools: [iksGpu(), iksSystem()] });
    expect(plan.systemPool.name).toBe('system');
    expect(plan.pools.map(({ name }) => name)).toEqual(['l40s-chat']);
  });

  it('has the zones of all of its pools, each once and in order', () => {
    const pools = [iksSystem({ zones: ['us-south-2'] }), iksGpu({ zones: ['us-south-3', 'us-south-2'], minNodes: 2 })];
    expect(planned({}, { pools }).zones).toEqual(['us-south-2', 'us-south-3']);
  });

  it('tells each pool what only IKS asks of it', () => {
    const poolSpecs = { 'l40s-chat': { operatingSystem: 'UBUNTU_24_64' } } as const;
    expect(planned({}, { ...growing, poolSpecs }).pools[0]?.operatingSystem).toBe('UBUNTU_24_64');
    const wrong = { 'l40s-chat': { secondaryStorage: '1gb' } };
    expect(rulesOf(draft({}, { ...growing, poolSpecs: wrong }))).toEqual(['WP-IKS-003']);
  });

  it('is billed, watched, tagged and placed where the environment says', () => {
    const plan = planned({
      apiServer: 'public',
      resourceGroupId: 'group',
      network: { vpcId: 'vpc', subnetIds: SUBNETS },
      monitoring: {},
      tags: { 'data-class': 'internal' },
    });
    expect(plan).toMatchObject({
      privateApiServer: false,
      resourceGroupId: 'group',
      network: { vpcId: 'vpc', subnetIds: SUBNETS },
      monitoring: { plan: 'graduated-tier' },
    });
    expect(plan.tags).toContain('data-class:internal');
    expect(planned({ monitoring: { plan: 'lite' } }).monitoring?.plan).toBe('lite');
    expect(rulesOf(draft({ tags: { 'a:b': 'c' } }))).toEqual(['WP-TAG-001']);
  });

  it.each<[string, readonly ReturnType<typeof iksGpu>[]]>([
    ['none at all', []],
    ['GPU pools alone', [iksGpu({ minNodes: 3, maxNodes: 3 })]],
  ])('is refused with %s', (_, pools) => {
    const problem = problemOf(draft({}, { pools }), 'WP-IKS-007');
    expect(problem).toMatchObject({
      severity: 'error',
      prop: 'iks.pools',
      value: pools.map(({ name }) => name),
    });
    expect(draft({}, { pools }).value === undefined).toBe(pools.length === 0);
  });

  it('is named after its environment, up to 35 characters', () => {
    const longest = 'e'.repeat(26);
    expect(planned({}, { environment: longest }).name).toHaveLength(35);
    expect(problemOf(draft({}, { environment: `${longest}e` }), 'WP-IKS-007')).toMatchObject({
      prop: 'iks.environment',
      value: `${longest}e`,
      allowed: 'at most 26 characters',
    });
  });
});

describe('a network that is there already', () => {
  it('has a subnet in every zone of the pools', () => {
    const { 'us-south-3': _, ...two } = SUBNETS;
    const refused = draft({ network: { vpcId: 'vpc', subnetIds: two } });
    const problem = problemOf(refused, 'WP-IKS-004');
    expect(problem).toMatchObject({ prop: 'iks.network.subnetIds', value: two });
    expect(problem.message).toContain('us-south-3');
  });

  it('is one VPC', () => {
    for (const vpcId of ['', undefined as unknown as string]) {
      const refused = draft({ network: { vpcId, subnetIds: SUBNETS } });
      expect(problemOf(refused, 'WP-IKS-004')).toMatchObject({ prop: 'iks.network.vpcId', value: vpcId });
    }
  });

  it('is named by zone, or every zone is told to be missing', () => {
    const network = { vpcId: 'vpc' } as unknown as IksClusterSpec['network'];
    expect(rulesOf(draft({ network }))).toEqual(['WP-IKS-004', 'WP-IKS-004', 'WP-IKS-004']);
  });
});

describe('choices', () => {
  it.each<[string, IksClusterSpec]>([
    ['apiServer', { apiServer: 'hidden' as 'private' }],
    ['outboundTraffic', { outboundTraffic: 'none' as 'open' }],
  ])('that do not exist are refused: %s', (prop, spec) => {
    expect(problemOf(draft(spec), 'WP-IKS-005')).toMatchObject({ severity: 'error', prop: `iks.${prop}` });
  });

  it('that keep workers from registries and hubs are warned of', () => {
    const drafted = draft({ outboundTraffic: 'protected' });
    expect(problemOf(drafted, 'WP-IKS-005')).toMatchObject({ severity: 'warning', value: 'protected' });
    expect(drafted.value?.outboundProtection).toBe(true);
    expect(draft({ outboundTraffic: 'open' }).problems).toEqual([]);
    expect(draft({ apiServer: 'private' }).problems).toEqual([]);
  });
});

describe('the autoscaler of IKS', () => {
  const at = (minor: number, more: Partial<IksClusterContext> = {}) => ({
    ...growing,
    platform: platform('iks', `1.${minor}`),
    ...more,
  });

  it('is there where a pool grows, and counts by zone', () => {
    expect(planned()).not.toHaveProperty('autoscaler');
    const { autoscaler } = planned({}, growing);
    expect(autoscaler?.version).toBe('2.0.0');
    expect(Object.keys(autoscaler?.configMap ?? {}).sort()).toEqual([
      'scaleDownUnneededTime',
      'skipNodesWithLocalStorage',
      'workerPoolsConfig.json',
    ]);
    expect(JSON.parse(autoscaler?.configMap['workerPoolsConfig.json'] ?? '')).toEqual([
      { name: 'l40s-chat', minSize: 1, maxSize: 2, enabled: true },
    ]);
    // Every server has an emptyDir.
    expect(autoscaler?.configMap.skipNodesWithLocalStorage).toBe('false');
  });

  it('knows of no pool that does not grow', () => {
    const fixed = iksGpu({ name: 'fixed', minNodes: 3, maxNodes: 3 });
    const { autoscaler } = planned({}, { pools: [iksSystem(), fixed, iksGpu()] });
    const config = JSON.parse(autoscaler?.configMap['workerPoolsConfig.json'] ?? '');
    expect(config.map(({ name }: { name: string }) => name)).toEqual(['l40s-chat']);
  });

  // Whole minutes, rounded up, and not below the add-on's own ten.
  it.each([
    [0, '10m'],
    [600, '10m'],
    [601, '11m'],
    [900, '15m'],
  ])('leaves an empty node for a cold start of %d s: %s', (coldStartSeconds, time) => {
    const { autoscaler } = planned({}, { ...growing, coldStartSeconds });
    expect(autoscaler?.configMap.scaleDownUnneededTime).toBe(time);
  });

  it.each<[number, string | undefined, string]>([
    [28, undefined, '1.2.4'],
    [30, undefined, '1.2.4'],
    [31, undefined, '2.0.0'],
    [35, undefined, '2.0.0'],
    [34, '1.2.4', '1.2.4'],
    [34, '2.0.0', '2.0.0'],
    // Of what nobody listed nothing is known.
    [36, '2.1.0', '2.1.0'],
  ])('of Kubernetes 1.%d, with %s asked for, is version %s', (minor, autoscalerVersion, version) => {
    const drafted = draft({ autoscalerVersion }, at(minor));
    expect(drafted.problems).toEqual([]);
    expect(drafted.value?.autoscaler?.version).toBe(version);
  });

  it.each<[number, string | undefined]>([
    [36, undefined],
    [36, '2.0.0'],
    [35, '1.2.4'],
    [30, '2.0.0'],
    [35, '2.0'],
    [35, 'v2.0.0'],
    [35, '2.0.0-beta'],
  ])('of Kubernetes 1.%d may not be version %s', (minor, autoscalerVersion) => {
    const problem = problemOf(draft({ autoscalerVersion }, at(minor)), 'WP-IKS-006');
    expect(problem).toMatchObject({ severity: 'error', prop: 'iks.autoscalerVersion', value: autoscalerVersion });
    expect(problem.message).toContain(
      autoscalerVersion === undefined
        ? `was listed for Kubernetes 1.${minor}`
        : `no such version for Kubernetes 1.${minor}`,
    );
  });

  it('of fixed pools needs no version on any Kubernetes', () => {
    const pools = [iksSystem(), iksGpu({ minNodes: 3, maxNodes: 3 })];
    expect(draft({}, at(36, { pools })).problems).toEqual([]);
  });

  it('brings a pool back from nothing from 2.0.0 on', () => {
    const pools = [iksSystem(), iksGpu({ minNodes: 0 })];
    expect(draft({}, at(34, { pools })).problems).toEqual([]);
    expect(problemOf(draft({ autoscalerVersion: '1.2.4' }, at(34, { pools })), 'WP-IKS-008')).toMatchObject({
      severity: 'error',
      prop: 'iks.pools.l40s-chat.minNodes',
      value: 0,
    });
    // As long as a worker stays in each zone, the older one may grow the pool.
    expect(draft({ autoscalerVersion: '1.2.4' }, at(34)).problems).toEqual([]);
  });
});

it('owners are those of the environment', () => {
  const ownership = { ...OWNERSHIP, costCentre: 'cc-1' };
  expect(planned({}, { ownership }).tags).toContain('cost-centre:cc-1');
});
