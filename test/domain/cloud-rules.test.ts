/**
 * What AKS and IKS refuse, one row for each refusal that their documentation states, and the rule of warmpath that says
 * so before the cloud does. Sources: azure-aks-docs (create-node-pools, use-system-pools, use-node-taints, use-labels,
 * spot-node-pool, gpu-multi-instance, use-amd-gpus, reduce-latency-ppg, scale-down-mode, upgrade-aks-node-pools-rolling,
 * node-auto-provisioning, virtual-nodes, supported-kubernetes-versions) and ibm-cloud-docs/containers (vpc-flavors,
 * gpu-migrate-136, cluster autoscaler add-on).
 */
import {
  AKS_FIXED_AT_CREATION,
  type AksClusterContext,
  type AksClusterSpec,
  type AksPoolSpec,
  type Draft,
  draftAksCluster,
  draftAksNodePool,
  draftCloudTags,
  draftGpuNodePool,
  draftIksCluster,
  draftIksWorkerPool,
  draftPlatformProfile,
  type GpuNodePoolSpec,
  GpuProfile,
  type IksClusterContext,
  type IksClusterSpec,
  type IksPoolSpec,
  type PlatformSpec,
  planGpuNodePool,
  type RuleId,
  type Severity,
  unwrap,
} from '../../lib/domain';
import { AZURE_IDS, aksContext, aksSystem, iksContext, iksGpu, iksSystem } from './cloud-given';
import { aksPool, iksPool, OWNERSHIP, plannedPool, platform, problemOf } from './given';

type Drafted = () => Draft<unknown>;
type Row = readonly [refusal: string, rule: RuleId, severity: Severity, refused: Drafted, allowed: Drafted];

const SYSTEM = { name: 'system', purpose: 'system', machine: 'Standard_D4s_v5', minNodes: 2, maxNodes: 2 } as const;
const managed = platform('aks', '1.35', { gpuStack: 'managed' });
const karpenter = platform('aks', '1.35', { nodeAutoscaler: 'karpenter' });

const machine = (machineType: string) =>
  GpuProfile.system({ machineType, cloud: 'aks', vcpus: 4, memoryGiB: 16, source: 'azure-compute-docs' });

const cluster = (cloud: 'aks' | 'iks', more: Partial<PlatformSpec>): Drafted => {
  const region = cloud === 'aks' ? 'westeurope' : 'us-south';
  return () => draftPlatformProfile({ cloud, kubernetes: '1.35', region, ...more });
};
const aks =
  (more: Partial<GpuNodePoolSpec> = {}): Drafted =>
  () =>
    draftGpuNodePool(aksPool(more));
const aksWith =
  (spec: AksPoolSpec, more: Partial<GpuNodePoolSpec> = {}): Drafted =>
  () =>
    draftAksNodePool(plannedPool(more), spec);
const aksCluster =
  (spec: AksClusterSpec = {}, more: Partial<AksClusterContext> = {}): Drafted =>
  () =>
    draftAksCluster(spec, aksContext(more));
const iks =
  (more: Partial<GpuNodePoolSpec> = {}): Drafted =>
  () =>
    draftGpuNodePool(iksPool(more));
const iksWith =
  (spec: IksPoolSpec, more: Partial<GpuNodePoolSpec> = {}): Drafted =>
  () =>
    draftIksWorkerPool(iksGpu(more), spec);
const iksCluster =
  (spec: IksClusterSpec = {}, more: Partial<IksClusterContext> = {}): Drafted =>
  () =>
    draftIksCluster(spec, iksContext(more));
const taint = (effect: string, value = 'true') =>
  aks({ taints: [{ key: 'example.com/own', value, effect: effect as 'NoSchedule' }] });
const spot = { purpose: 'training', spot: true } as const;

const AKS: readonly Row[] = [
  [
    'a pool name of 13 characters',
    'WP-POOL-001',
    'error',
    aks({ name: 'a'.repeat(13) }),
    aks({ name: 'a'.repeat(12) }),
  ],
  ['a pool name with a digit first', 'WP-POOL-001', 'error', aks({ name: '1a' }), aks({ name: 'a1' })],
  ['a pool name with a hyphen', 'WP-POOL-001', 'error', aks({ name: 'a-1' }), aks({ name: 'a1' })],
  ['a system pool of one node', 'WP-POOL-009', 'error', aks({ ...SYSTEM, minNodes: 1 }), aks(SYSTEM)],
  [
    'a system pool of fewer than 4 vCPU',
    'WP-POOL-009',
    'error',
    aks({ ...SYSTEM, machine: { ...machine('Standard_D2s_v5'), vcpus: 2 } }),
    aks({ ...SYSTEM, machine: machine('Standard_D4as_v5') }),
  ],
  [
    'a system pool of fewer than 30 pods on a node',
    'WP-AKS-002',
    'error',
    () => draftAksNodePool(aksSystem(), { maxPods: 29 }),
    () => draftAksNodePool(aksSystem(), { maxPods: 30 }),
  ],
  [
    'a system pool of burstable machines',
    'WP-AKS-002',
    'error',
    () => draftAksNodePool(aksSystem({ machine: machine('Standard_B4ms') })),
    () => draftAksNodePool(aksSystem({ machine: machine('Standard_D4as_v5') })),
  ],
  ['a system pool on spot', 'WP-POOL-007', 'error', aks({ ...SYSTEM, spot: true }), aks(spot)],
  [
    'a cluster without a system pool',
    'WP-AKS-008',
    'error',
    aksCluster({}, { pools: [plannedPool()] }),
    aksCluster({}, { pools: [plannedPool(), aksSystem()] }),
  ],
  ['a pool of more than 1000 nodes', 'WP-POOL-002', 'error', aks({ maxNodes: 1001 }), aks({ maxNodes: 1000 })],
  ['an effect that Kubernetes has not', 'WP-POOL-016', 'error', taint('Never'), taint('NoExecute')],
  [
    'a taint of AKS',
    'WP-POOL-016',
    'error',
    aks({ taints: [{ key: 'kubernetes.azure.com/own', value: 'x', effect: 'NoSchedule' }] }),
    taint('PreferNoSchedule'),
  ],
  ...['kubernetes.azure.com/mode', 'kubernetes.io/os', 'beta.kubernetes.io/arch'].map(
    (key): Row => [
      `the label ${key}`,
      'WP-POOL-015',
      'error',
      aks({ labels: { [key]: 'x' } }),
      aks({ labels: { 'example.com/own': 'x' } }),
    ],
  ),
  [
    'a spot price of six decimals',
    'WP-AKS-004',
    'error',
    aksWith({ spot: { maxPrice: 1.123456 } }, spot),
    aksWith({ spot: { maxPrice: 1.12345 } }, spot),
  ],
  [
    'a spot price of nothing',
    'WP-AKS-004',
    'error',
    aksWith({ spot: { maxPrice: 0 } }, spot),
    aksWith({ spot: { maxPrice: -1 } }, spot),
  ],
  [
    'spot nodes that keep counting against the quota',
    'WP-AKS-004',
    'warning',
    aksWith({ spot: { evictionPolicy: 'Deallocate' } }, spot),
    aksWith({ spot: { evictionPolicy: 'Delete' } }, spot),
  ],
  [
    'MIG on other GPUs than A100, H100 and H200',
    'WP-MIG-001',
    'error',
    aks({ machine: 'Standard_NC4as_T4_v3', mig: { profile: '1g.10gb' } }),
    aks({ machine: 'Standard_NC40ads_H100_v5', mig: { profile: '1g.12gb' } }),
  ],
  [
    'instances that the autoscaler cannot count, on a pool that it grows',
    'WP-MIG-004',
    'error',
    aks({ mig: { profile: '3g.40gb', strategy: 'mixed' } }),
    aks({ mig: { profile: '3g.40gb', strategy: 'mixed' }, minNodes: 4 }),
  ],
  [
    'AMD GPUs of another machine',
    'WP-GPU-002',
    'error',
    aks({ machine: 'Standard_ND96is_MI300X_v5' }),
    aks({ machine: 'Standard_ND96isr_MI300X_v5' }),
  ],
  [
    'a capacity reservation that is no resource id',
    'WP-AKS-005',
    'error',
    aksWith({ capacityReservationGroupId: 'a100' }),
    aksWith({ capacityReservationGroupId: AZURE_IDS.reservation }),
  ],
  [
    'a proximity placement group in two zones',
    'WP-AKS-005',
    'error',
    aksWith({ proximityPlacementGroupId: AZURE_IDS.proximity }, { zones: ['1', '2'] }),
    aksWith({ proximityPlacementGroupId: AZURE_IDS.proximity }, { zones: ['1'] }),
  ],
  ['zones of another form', 'WP-POOL-004', 'error', aks({ zones: ['westeurope-1'] }), aks({ zones: ['1', '3'] })],
  [
    'Kubernetes 1.33',
    'WP-PLAT-003',
    'warning',
    cluster('aks', { kubernetes: '1.33' }),
    cluster('aks', { kubernetes: '1.34' }),
  ],
  [
    'Kubernetes 1.37',
    'WP-PLAT-003',
    'warning',
    cluster('aks', { kubernetes: '1.37' }),
    cluster('aks', { kubernetes: '1.36' }),
  ],
  [
    'stopped nodes whose operating system lies on the machine',
    'WP-AKS-001',
    'error',
    aksWith({ osDisk: 'ephemeral' }, { machine: 'Standard_NC48ads_A100_v4', deallocate: {} }),
    aksWith({ osDisk: 'managed' }, { machine: 'Standard_NC48ads_A100_v4', deallocate: {} }),
  ],
  [
    'stopped nodes that say so themselves',
    'WP-POOL-022',
    'error',
    aks({ deallocate: { osDisk: 'ephemeral' } }),
    aks({ deallocate: { osDisk: 'managed' } }),
  ],
  ['weights on NVMe that a stop loses', 'WP-POOL-023', 'warning', aks({ deallocate: { localCache: true } }), aks()],
  [
    'an operating system on the only NVMe disk',
    'WP-AKS-001',
    'warning',
    aksWith({ osDisk: 'ephemeral' }),
    aksWith({ osDisk: 'ephemeral' }, { machine: 'Standard_NC48ads_A100_v4' }),
  ],
  ['an upgrade that cannot begin', 'WP-AKS-003', 'error', aksWith({ upgrade: { maxSurge: '0' } }), aksWith({})],
  [
    'an upgrade for which nodes of a system pool are missing',
    'WP-AKS-003',
    'error',
    () => draftAksNodePool(aksSystem(), { upgrade: { maxUnavailable: '1' } }),
    () => draftAksNodePool(aksSystem(), { upgrade: { maxSurge: '1' } }),
  ],
  [
    'managed GPU nodes with an autoscaler',
    'WP-POOL-018',
    'error',
    aks({ platform: managed }),
    aks({ platform: managed, minNodes: 4 }),
  ],
  [
    'managed GPU nodes through the API of 2025-09-01',
    'WP-AKS-007',
    'error',
    aksWith({}, { platform: managed, minNodes: 4 }),
    aksWith({}, { minNodes: 4 }),
  ],
  [
    'GPUs in virtual nodes',
    'WP-AKS-012',
    'error',
    aksCluster({ virtualNodes: { gpu: true } }),
    aksCluster({ virtualNodes: {} }),
  ],
  [
    'node auto-provisioning beside a pool that the other autoscaler grows',
    'WP-AKS-013',
    'error',
    aksCluster({}, { platform: karpenter, pools: [aksSystem({ platform: karpenter, maxNodes: 4 })] }),
    aksCluster({}, { platform: karpenter, pools: [aksSystem({ platform: karpenter })] }),
  ],
  [
    'cost analysis in the free tier',
    'WP-AKS-010',
    'error',
    aksCluster({ tier: 'Free', costAnalysis: true }),
    aksCluster({ tier: 'Standard', costAnalysis: true }),
  ],
  [
    'a label of Kubernetes as a tag',
    'WP-TAG-001',
    'error',
    () => draftCloudTags('aks', OWNERSHIP, { 'app.kubernetes.io/name': 'chat' }),
    () => draftCloudTags('aks', OWNERSHIP, { name: 'chat' }),
  ],
  [
    'V100 machines',
    'WP-GPU-001',
    'error',
    aks({ machine: 'Standard_NC6s_v3' }),
    aks({ machine: 'Standard_NC4as_T4_v3' }),
  ],
];

const minor36 = platform('iks', '1.36');

const IKS: readonly Row[] = [
  [
    'the dash form of a flavor',
    'WP-GPU-001',
    'error',
    iks({ machine: 'gx3d-160x1792x8h100' }),
    iks({ machine: 'gx3d.160x1792.8h100' }),
  ],
  ['V100 flavors', 'WP-GPU-001', 'error', iks({ machine: 'gx2.8x64.v100' }), iks({ machine: 'gx3.16x80.l4' })],
  [
    'classic bare metal',
    'WP-GPU-001',
    'error',
    iks({ machine: 'mg4c.32x384.2xp100' }),
    iks({ machine: 'gx3.16x80.l4' }),
  ],
  [
    'a taint without a value',
    'WP-POOL-016',
    'error',
    iks({ taints: [{ key: 'example.com/own', value: '', effect: 'NoSchedule' }] }),
    iks({ taints: [{ key: 'example.com/own', value: 'x', effect: 'NoSchedule' }] }),
  ],
  [
    'sizes that do not divide by zones',
    'WP-POOL-006',
    'error',
    iks({ zones: ['us-south-1', 'us-south-2'], maxNodes: 5 }),
    iks({ zones: ['us-south-1', 'us-south-2'], maxNodes: 6 }),
  ],
  ['a pool without zones', 'WP-IKS-001', 'error', iksWith({}, { zones: undefined }), iksWith({})],
  [
    'a default pool that grows',
    'WP-IKS-002',
    'error',
    () => draftIksWorkerPool(iksSystem({ maxNodes: 6 })),
    () => draftIksWorkerPool(iksSystem()),
  ],
  [
    'a pool that grows on 1.36, as no add-on was listed for it',
    'WP-IKS-006',
    'error',
    iksCluster({}, { platform: minor36, pools: [iksSystem(), iksGpu()] }),
    iksCluster({}, { platform: minor36, pools: [iksSystem(), iksGpu({ maxNodes: 3 })] }),
  ],
  [
    'version 1.2.4 of the autoscaler on 1.35',
    'WP-IKS-006',
    'error',
    iksCluster({ autoscalerVersion: '1.2.4' }, { pools: [iksSystem(), iksGpu()] }),
    iksCluster({ autoscalerVersion: '2.0.0' }, { pools: [iksSystem(), iksGpu()] }),
  ],
  [
    'a pool that shrinks to nothing under an autoscaler before 2.0.0',
    'WP-IKS-008',
    'error',
    iksCluster(
      { autoscalerVersion: '1.2.4' },
      { platform: platform('iks', '1.34'), pools: [iksSystem(), iksGpu({ minNodes: 0 })] },
    ),
    iksCluster({}, { platform: platform('iks', '1.34'), pools: [iksSystem(), iksGpu({ minNodes: 0 })] }),
  ],
  [
    'drivers of IBM from 1.36 on',
    'WP-PLAT-004',
    'error',
    cluster('iks', { kubernetes: '1.36', gpuStack: 'managed' }),
    cluster('iks', { kubernetes: '1.36', gpuStack: 'gpu-operator' }),
  ],
  [
    'drivers of our own up to 1.35',
    'WP-PLAT-004',
    'error',
    cluster('iks', { gpuStack: 'gpu-operator' }),
    cluster('iks', { gpuStack: 'managed' }),
  ],
  ['Kubernetes 1.33', 'WP-PLAT-003', 'warning', cluster('iks', { kubernetes: '1.33' }), cluster('iks', {})],
  [
    'a second disk of more than 4000 GB',
    'WP-IKS-003',
    'error',
    iksWith({ secondaryStorage: '4001gb.5iops-tier' }),
    iksWith({ secondaryStorage: '4000gb.5iops-tier' }),
  ],
  [
    'more on the first disk than its 100 GB',
    'WP-IKS-003',
    'error',
    iksWith({}, { diskGiB: 101 }),
    iksWith({}, { diskGiB: 100 }),
  ],
  [
    'an operating system that workers have not',
    'WP-IKS-003',
    'error',
    iksWith({ operatingSystem: 'RHCOS' as 'UBUNTU_24_64' }),
    iksWith({ operatingSystem: 'UBUNTU_24_64' }),
  ],
  ['spot nodes', 'WP-POOL-007', 'error', iks({ spot: true }), iks({ spot: false })],
  ['Karpenter', 'WP-PLAT-007', 'error', cluster('iks', { nodeAutoscaler: 'karpenter' }), cluster('iks', {})],
  [
    'a label of IKS',
    'WP-POOL-015',
    'error',
    iks({ labels: { 'ibm-cloud.kubernetes.io/gpu-enabled': 'true' } }),
    iks({ labels: { 'example.com/own': 'true' } }),
  ],
  [
    'a colon in the name of a tag',
    'WP-TAG-001',
    'error',
    () => draftCloudTags('iks', OWNERSHIP, { 'a:b': 'c' }),
    () => draftCloudTags('iks', OWNERSHIP, { a: 'b:c' }),
  ],
];

describe.each<[string, readonly Row[]]>([
  ['AKS', AKS],
  ['IKS', IKS],
])('what %s refuses', (_, rows) => {
  it.each(rows)('%s is %s: %s', (_refusal, rule, severity, refused) => {
    const { problems } = refused();
    expect(problems.filter((problem) => problem.rule === rule).map((problem) => problem.severity)).toContain(severity);
  });

  it.each(rows)('without %s there is no %s', (_refusal, rule, _severity, _refused, allowed) => {
    expect(allowed().problems.map((problem) => problem.rule)).not.toContain(rule);
  });
});

describe('what AKS does not refuse, and warmpath has to see to', () => {
  const plan = (more: Partial<GpuNodePoolSpec> = {}, spec?: AksPoolSpec) =>
    unwrap(draftAksNodePool(plannedPool(more), spec));

  it('it sets no taint on GPU nodes: the plan does, and its pods tolerate it', () => {
    const pool = planGpuNodePool(aksPool());
    expect(plan().nodeTaints).toContain('nvidia.com/gpu=present:NoSchedule');
    expect(pool.tolerations).toContainEqual({
      key: 'nvidia.com/gpu',
      operator: 'Equal',
      value: 'present',
      effect: 'NoSchedule',
    });
  });

  it('its own taint of spot nodes comes back in the state, so that it is declared', () => {
    expect(plan(spot).nodeTaints).toContain('kubernetes.azure.com/scalesetpriority=spot:NoSchedule');
  });

  it('the mode of a pool is always said', () => {
    expect([plan().mode, unwrap(draftAksNodePool(aksSystem())).mode]).toEqual(['User', 'System']);
  });

  it('AMD machines and the GPU operator bring their own driver', () => {
    expect(plan({ machine: 'Standard_ND96isr_MI300X_v5' }).gpuDriver).toBe('None');
    expect(plan({ platform: platform('aks', '1.35', { gpuStack: 'gpu-operator' }) }).gpuDriver).toBe('None');
  });

  it('what it fixes at creation makes another pool: MIG, spot and its price, reservation, placement', () => {
    expect(AKS_FIXED_AT_CREATION).toEqual(
      expect.arrayContaining([
        'gpuInstanceProfile',
        'scaleSetPriority',
        'scaleSetEvictionPolicy',
        'spotMaxPrice',
        'capacityReservationGroupID',
        'proximityPlacementGroupID',
      ]),
    );
    // use-node-taints.md shows that taints are updated.
    expect(AKS_FIXED_AT_CREATION).not.toContain('nodeTaints');
  });

  it('scarce GPUs are upgraded without spare quota', () => {
    expect(plan().upgradeSettings).toMatchObject({ maxSurge: '0', maxUnavailable: '1' });
  });

  it('stopped nodes count as an outage unless its autoscaler is told of them (Azure/AKS#5211)', () => {
    const pools = [aksSystem(), plannedPool({ deallocate: {} })];
    expect(unwrap(draftAksCluster({}, aksContext({ pools }))).autoScalerProfile).toMatchObject({
      okTotalUnreadyCount: '4',
      maxTotalUnreadyPercentage: '100',
    });
  });

  it('nodes with an emptyDir would never go: said, as documentation and SDK disagree on the default', () => {
    const { autoScalerProfile } = unwrap(draftAksCluster({}, aksContext({ pools: [aksSystem(), plannedPool()] })));
    expect(autoScalerProfile?.skipNodesWithLocalStorage).toBe('false');
  });
});

it('a problem names what was given', () => {
  expect(problemOf(aks({ name: 'A100' })(), 'WP-POOL-001').value).toBe('A100');
});
