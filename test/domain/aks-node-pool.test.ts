import fc from 'fast-check';
import {
  AKS_FIXED_AT_CREATION,
  type AksPoolSpec,
  draftAksNodePool,
  type GpuNodePoolSpec,
  GpuProfile,
  type PoolPatience,
  planGpuNodePool,
  showTaint,
  type Taint,
  unwrap,
} from '../../lib/domain';
import { labelValues, poolSpecs } from '../support/arbitraries';
import { AZURE_IDS, aksSystem, parsedAksTaint } from './cloud-given';
import { OWNERSHIP, plannedPool, platform, problemOf, rulesOf } from './given';

type More = Partial<GpuNodePoolSpec>;

const draft = (more: More = {}, spec?: AksPoolSpec, patience?: PoolPatience) =>
  draftAksNodePool(plannedPool(more), spec, patience);
const planned = (more: More = {}, spec?: AksPoolSpec, patience?: PoolPatience) => unwrap(draft(more, spec, patience));
const SPOT: More = { purpose: 'training', spot: true };

describe('a GPU pool of AKS', () => {
  it('is told what the plan says and nothing that Azure would choose for it', () => {
    expect(planned({ zones: ['1', '2'], minNodes: 1, maxNodes: 4 })).toEqual({
      name: 'a100',
      mode: 'User',
      vmSize: 'Standard_NC24ads_A100_v4',
      count: 1,
      autoscaling: { minCount: 1, maxCount: 4 },
      availabilityZones: ['1', '2'],
      nodeLabels: {
        'warmpath.dev/pool': 'a100',
        'warmpath.dev/purpose': 'inference',
        'warmpath.dev/gpu-model': 'A100-80GB',
        'warmpath.dev/team': 'chat',
        'warmpath.dev/cost-centre': 'cc-4210',
        'warmpath.dev/environment': 'prod',
      },
      nodeTaints: ['nvidia.com/gpu=present:NoSchedule', 'warmpath.dev/purpose=inference:NoSchedule'],
      osDiskType: 'Managed',
      // 24 vCPU: AKS' own size from 16 to 63.
      osDiskSizeGB: 512,
      gpuDriver: 'Install',
      scaleDownMode: 'Delete',
      upgradeSettings: { maxSurge: '0', maxUnavailable: '1', drainTimeoutInMinutes: 30 },
      replacement: 'delete-first',
      timeoutMinutes: { create: 60, update: 90, delete: 90 },
      tags: {
        owner: 'chat-oncall',
        team: 'chat',
        'cost-centre': 'cc-4210',
        environment: 'prod',
        'managed-by': 'warmpath',
      },
    });
  });

  it('of fixed size is not autoscaled', () => {
    const plan = planned({ minNodes: 3, maxNodes: 3 });
    expect(plan.count).toBe(3);
    expect(plan).not.toHaveProperty('autoscaling');
  });

  it.each<[string, More, 'Install' | 'None' | undefined]>([
    ['NVIDIA machines by the device plugin: Azure', {}, 'Install'],
    [
      "NVIDIA machines by NVIDIA's operator: nobody else",
      { platform: platform('aks', '1.35', { gpuStack: 'gpu-operator' }) },
      'None',
    ],
    ['AMD machines: nobody', { machine: 'Standard_ND96isr_MI300X_v5' }, 'None'],
    ['machines without GPUs: not asked', { purpose: 'system', machine: 'Standard_D4s_v5', minNodes: 2 }, undefined],
  ])('gets its driver from whom the stack says: %s', (_, more, driver) => {
    expect(planned(more).gpuDriver).toBe(driver);
  });

  it('that is cut says how, in the words of Azure', () => {
    expect(planned({ mig: { profile: '3g.40gb' } }).gpuInstanceProfile).toBe('MIG3g');
    expect(planned()).not.toHaveProperty('gpuInstanceProfile');
  });

  it('that keeps stopped nodes says so, on a managed disk', () => {
    const plan = planned({ deallocate: {} });
    expect(plan).toMatchObject({ scaleDownMode: 'Deallocate', osDiskType: 'Managed' });
  });

  it('cannot ask for managed GPU nodes, which the API of the provider cannot say', () => {
    const managed = platform('aks', '1.35', { gpuStack: 'managed' });
    const refused = draft({ platform: managed, minNodes: 4 });
    expect(problemOf(refused, 'WP-AKS-007')).toMatchObject({
      severity: 'error',
      prop: "pool 'a100'.gpuStack",
      value: 'managed',
    });
    const plan = aksSystem({ platform: managed });
    expect(draftAksNodePool(plan).problems).toEqual([]);
  });

  it('carries the tags of its owner and its own', () => {
    expect(planned({}, { tags: { 'data-class': 'internal' } }).tags).toMatchObject({
      'data-class': 'internal',
      owner: OWNERSHIP.owner,
    });
    expect(rulesOf(draft({}, { tags: { 'a/b': 'c' } }))).toEqual(['WP-TAG-001']);
  });

  it('fixes at creation what Azure does not change, and neither labels, taints, sizes nor upgrades', () => {
    expect(AKS_FIXED_AT_CREATION).toEqual(
      expect.arrayContaining([
        'vmSize',
        'osDiskType',
        'gpuProfile',
        'gpuInstanceProfile',
        'scaleSetPriority',
        'scaleSetEvictionPolicy',
        'spotMaxPrice',
        'maxPods',
        'proximityPlacementGroupID',
        'capacityReservationGroupID',
      ]),
    );
    for (const changed of ['nodeLabels', 'nodeTaints', 'count', 'minCount', 'maxCount', 'upgradeSettings', 'tags']) {
      expect(AKS_FIXED_AT_CREATION).not.toContain(changed);
    }
  });
});

describe('a system pool of AKS', () => {
  it('says that it is one, and adds a node before it takes one away', () => {
    expect(unwrap(draftAksNodePool(aksSystem()))).toMatchObject({
      mode: 'System',
      upgradeSettings: { maxSurge: '1', drainTimeoutInMinutes: 30 },
      nodeTaints: [],
    });
    expect(unwrap(draftAksNodePool(aksSystem())).upgradeSettings).not.toHaveProperty('maxUnavailable');
  });

  it('that is dedicated bears the taint of AKS', () => {
    const plan = unwrap(draftAksNodePool(aksSystem({ dedicated: true })));
    expect(plan.nodeTaints).toEqual(['CriticalAddonsOnly=true:NoSchedule']);
  });

  it('takes no burstable machine', () => {
    const machine = GpuProfile.system({
      machineType: 'Standard_B4ms',
      cloud: 'aks',
      vcpus: 4,
      memoryGiB: 16,
      source: 'azure-compute-docs bv1-series',
    });
    expect(problemOf(draftAksNodePool(aksSystem({ machine })), 'WP-AKS-002')).toMatchObject({
      prop: "pool 'system'.machine",
      value: 'Standard_B4ms',
    });
  });
});

describe('the disk of the operating system', () => {
  it.each<[string, string, AksPoolSpec['osDisk'], string, number | undefined]>([
    ['managed on a machine with NVMe', 'Standard_NC48ads_A100_v4', 'managed', 'Managed', 512],
    ['on a temp disk', 'Standard_NC4as_T4_v3', 'ephemeral', 'Ephemeral', 128],
    ['on one of two NVMe disks, whole', 'Standard_NC48ads_A100_v4', 'ephemeral', 'Ephemeral', undefined],
  ])('lies %s', (_, machine, osDisk, osDiskType, osDiskSizeGB) => {
    const drafted = draft({ machine }, { osDisk });
    expect(drafted.problems).toEqual([]);
    expect(drafted.value?.osDiskType).toBe(osDiskType);
    expect(drafted.value?.osDiskSizeGB).toBe(osDiskSizeGB);
  });

  it('may take the only NVMe disk, which is worth a warning', () => {
    const problem = problemOf(draft({}, { osDisk: 'ephemeral' }), 'WP-AKS-001');
    expect(problem).toMatchObject({ severity: 'warning', value: 'ephemeral' });
    expect(problem.message).toContain('one NVMe disk');
  });

  it.each<[string, More, string]>([
    ['a machine without one', { purpose: 'system', machine: 'Standard_D4s_v5', minNodes: 2 }, 'no disk of its own'],
    ['nodes that are to keep it while they are stopped', { deallocate: {} }, 'loses a disk'],
  ])('cannot be one of %s', (_, more, why) => {
    const problem = problemOf(draft(more, { osDisk: 'ephemeral' }), 'WP-AKS-001');
    expect(problem.severity).toBe('error');
    expect(problem.message).toContain(why);
  });

  it('is one of two kinds', () => {
    const osDisk = 'network' as 'managed';
    expect(problemOf(draft({}, { osDisk }), 'WP-AKS-001')).toMatchObject({ severity: 'error', value: 'network' });
  });
});

describe('pods of a node', () => {
  it.each([
    ['user', 10],
    ['user', 250],
    ['system', 30],
    ['system', 250],
  ])('of a %s pool may be %d', (mode, maxPods) => {
    const plan = mode === 'system' ? aksSystem() : plannedPool();
    const drafted = draftAksNodePool(plan, { maxPods });
    expect(drafted.problems).toEqual([]);
    expect(drafted.value?.maxPods).toBe(maxPods);
  });

  it.each([
    ['user', 9],
    ['user', 251],
    ['user', 10.5],
    ['user', 0],
    ['system', 29],
    ['system', 251],
  ])('of a %s pool may not be %d', (mode, maxPods) => {
    const plan = mode === 'system' ? aksSystem() : plannedPool();
    const problem = problemOf(draftAksNodePool(plan, { maxPods }), 'WP-AKS-002');
    expect(problem).toMatchObject({ severity: 'error', value: maxPods });
    expect(problem.allowed).toBe(`a whole number from ${mode === 'system' ? 30 : 10} to 250`);
  });

  it('are AKS to choose where nobody does', () => {
    expect(planned()).not.toHaveProperty('maxPods');
  });
});

describe('an upgrade', () => {
  it.each<[string, AksPoolSpec['upgrade'], object]>([
    ['nothing', undefined, { maxSurge: '0', maxUnavailable: '1' }],
    ['a surge', { maxSurge: '33%' }, { maxSurge: '33%' }],
    ['the whole pool as surge', { maxSurge: '100%' }, { maxSurge: '100%' }],
    ['missing nodes', { maxUnavailable: '2' }, { maxSurge: '0', maxUnavailable: '2' }],
    ['a surge and none missing', { maxSurge: '1', maxUnavailable: '0' }, { maxSurge: '1', maxUnavailable: '0' }],
    ['a part missing', { maxSurge: '0', maxUnavailable: '5%' }, { maxSurge: '0', maxUnavailable: '5%' }],
  ])('of a pool that asks for %s takes it', (_, upgrade, expected) => {
    const drafted = draft({}, { upgrade });
    expect(drafted.problems).toEqual([]);
    expect(drafted.value?.upgradeSettings).toEqual({ ...expected, drainTimeoutInMinutes: 30 });
  });

  it.each<[string, AksPoolSpec['upgrade'], string, unknown]>([
    ['more than the pool', { maxSurge: '101%' }, 'maxSurge', '101%'],
    ['a part that is nothing', { maxSurge: '0%' }, 'maxSurge', '0%'],
    ['a number with a zero before it', { maxSurge: '01' }, 'maxSurge', '01'],
    ['less than nothing', { maxUnavailable: '-1' }, 'maxUnavailable', '-1'],
    ['words', { maxUnavailable: 'one' }, 'maxUnavailable', 'one'],
    ['a number that is no text', { maxSurge: 1 as unknown as string }, 'maxSurge', 1],
    ['a surge of nothing alone', { maxSurge: '0' }, 'maxSurge', '0'],
    ['nothing at all', { maxSurge: '0', maxUnavailable: '0' }, 'maxSurge', '0'],
    ['none missing alone', { maxUnavailable: '0' }, 'maxSurge', '0'],
  ])('by %s is refused', (_, upgrade, prop, value) => {
    const problem = problemOf(draft({}, { upgrade }), 'WP-AKS-003');
    expect(problem).toMatchObject({ severity: 'error', prop: `pool 'a100'.upgrade.${prop}`, value });
  });

  it('of a system pool leaves no node missing', () => {
    const refused = draftAksNodePool(aksSystem(), { upgrade: { maxUnavailable: '1' } });
    expect(problemOf(refused, 'WP-AKS-003')).toMatchObject({ prop: "pool 'system'.upgrade.maxUnavailable" });
    const none = draftAksNodePool(aksSystem(), { upgrade: { maxSurge: '2', maxUnavailable: '0' } });
    expect(none.problems).toEqual([]);
    expect(none.value?.upgradeSettings).toMatchObject({ maxSurge: '2', maxUnavailable: '0' });
  });

  it('of spot nodes has no settings', () => {
    expect(planned(SPOT)).not.toHaveProperty('upgradeSettings');
    expect(planned(SPOT).timeoutMinutes).toEqual({ create: 60, update: 90, delete: 90 });
    expect(problemOf(draft(SPOT, { upgrade: { maxSurge: '1' } }), 'WP-AKS-003')).toMatchObject({
      prop: "pool 'a100'.upgrade",
      value: { maxSurge: '1' },
    });
  });

  // Minutes: (start + grace) / 60, rounded up; not below AKS' 30, not above its 1440.
  it.each([
    [0, 0, 30],
    [1700, 100, 30],
    [1700, 101, 31],
    [3000, 600, 60],
    [86_300, 100, 1440],
    [86_400, 1, 1440],
  ])('waits for pods of %d s and %d s of grace: %d minutes', (startSeconds, graceSeconds, minutes) => {
    const { value } = draft({}, {}, { startSeconds, graceSeconds });
    expect(value?.upgradeSettings?.drainTimeoutInMinutes).toBe(minutes);
    expect(value?.timeoutMinutes).toEqual({ create: 60, update: 60 + minutes, delete: 60 + minutes });
  });

  it('that AKS would break off warns, and the longest one that it does not break off is silent', () => {
    expect(rulesOf(draft({}, {}, { startSeconds: 86_400, graceSeconds: 0 }))).toEqual([]);
    const late = draft({}, {}, { startSeconds: 86_400, graceSeconds: 1 });
    expect(problemOf(late, 'WP-AKS-003')).toMatchObject({ severity: 'warning', value: 1441 });
  });
});

describe('spot nodes', () => {
  it('bear the taint that AKS sets by itself, so that desired and actual state agree', () => {
    expect(planned(SPOT).nodeTaints).toContain('kubernetes.azure.com/scalesetpriority=spot:NoSchedule');
    expect(planned(SPOT).spot).toEqual({ evictionPolicy: 'Delete', maxPrice: -1 });
    expect(planned()).not.toHaveProperty('spot');
  });

  it.each([-1, 0.00001, 1.23456, 3, 12.5])('may cost %d', (maxPrice) => {
    const drafted = draft(SPOT, { spot: { maxPrice } });
    expect(drafted.problems).toEqual([]);
    expect(drafted.value?.spot?.maxPrice).toBe(maxPrice);
  });

  it.each([0, -2, -0.5, 1.234567, 0.000001, Number.NaN, Number.POSITIVE_INFINITY])('may not cost %d', (maxPrice) => {
    expect(problemOf(draft(SPOT, { spot: { maxPrice } }), 'WP-AKS-004')).toMatchObject({
      severity: 'error',
      prop: "pool 'a100'.spot.maxPrice",
      value: maxPrice,
    });
  });

  it('that are deallocated when they are taken back count against the quota', () => {
    const drafted = draft(SPOT, { spot: { evictionPolicy: 'Deallocate' } });
    expect(problemOf(drafted, 'WP-AKS-004')).toMatchObject({ severity: 'warning', value: 'Deallocate' });
    expect(drafted.value?.spot?.evictionPolicy).toBe('Deallocate');
  });

  it('are deleted or deallocated', () => {
    const evictionPolicy = 'Keep' as 'Delete';
    expect(problemOf(draft(SPOT, { spot: { evictionPolicy } }), 'WP-AKS-004')).toMatchObject({
      severity: 'error',
      value: 'Keep',
    });
  });

  it('are not reserved', () => {
    const refused = draft(SPOT, { capacityReservationGroupId: AZURE_IDS.reservation });
    expect(problemOf(refused, 'WP-AKS-004')).toMatchObject({ prop: "pool 'a100'.capacityReservationGroupId" });
  });

  it('alone have their settings', () => {
    expect(problemOf(draft({}, { spot: {} }), 'WP-AKS-004')).toMatchObject({ prop: "pool 'a100'.spot", value: {} });
  });
});

describe('groups of Azure', () => {
  it('are named by their resource ids', () => {
    const plan = planned(
      { zones: ['2'] },
      { capacityReservationGroupId: AZURE_IDS.reservation, proximityPlacementGroupId: AZURE_IDS.proximity },
    );
    expect(plan.capacityReservationGroupID).toBe(AZURE_IDS.reservation);
    expect(plan.proximityPlacementGroupID).toBe(AZURE_IDS.proximity);
    expect(planned()).not.toHaveProperty('capacityReservationGroupID');
    expect(planned()).not.toHaveProperty('proximityPlacementGroupID');
  });

  it.each<[string, AksPoolSpec, string]>([
    ['a name', { capacityReservationGroupId: 'a100' }, 'capacityReservationGroupId'],
    ['the id of another type', { capacityReservationGroupId: AZURE_IDS.proximity }, 'capacityReservationGroupId'],
    [
      'an id with something after it',
      { proximityPlacementGroupId: `${AZURE_IDS.proximity}/x` },
      'proximityPlacementGroupId',
    ],
    [
      'an id with something before it',
      { proximityPlacementGroupId: `x${AZURE_IDS.proximity}` },
      'proximityPlacementGroupId',
    ],
  ])('are not named by %s', (_, spec, prop) => {
    expect(problemOf(draft({ zones: ['1'] }, spec), 'WP-AKS-005')).toMatchObject({ prop: `pool 'a100'.${prop}` });
  });

  it.each([[[]], [['1', '2']]])('that hold machines together lie in one zone, not in %j', (zones) => {
    const refused = draft({ zones }, { proximityPlacementGroupId: AZURE_IDS.proximity });
    expect(problemOf(refused, 'WP-AKS-005')).toMatchObject({ prop: "pool 'a100'.zones", value: zones });
  });
});

describe('the replacement of a pool', () => {
  it('under another name needs room for it', () => {
    expect(draft({ name: 'a100chatx' }, { replacement: 'alternate' }).problems).toEqual([]);
    const refused = draft({ name: 'a100chatxy' }, { replacement: 'alternate' });
    expect(problemOf(refused, 'WP-AKS-006')).toMatchObject({ value: 'a100chatxy' });
    expect(draft({ name: 'a100chatprod' }).problems).toEqual([]);
  });

  it('comes first or last', () => {
    const replacement = 'never' as 'alternate';
    expect(problemOf(draft({}, { replacement }), 'WP-AKS-006')).toMatchObject({ value: 'never' });
    expect(planned({}, { replacement: 'alternate' }).replacement).toBe('alternate');
  });
});

describe('any legal pool', () => {
  it('is one of AKS without an error, of the same sizes, labels and taints', () => {
    fc.assert(
      fc.property(
        poolSpecs().filter(({ platform }) => platform.cloud === 'aks'),
        (spec) => {
          const pool = planGpuNodePool(spec);
          const plan = unwrap(draftAksNodePool(pool));
          expect(plan.count).toBe(spec.minNodes);
          expect(plan.autoscaling).toEqual(
            spec.minNodes === spec.maxNodes ? undefined : { minCount: spec.minNodes, maxCount: spec.maxNodes },
          );
          expect(plan.nodeTaints.map(parsedAksTaint)).toEqual(pool.taints);
          expect(plan.nodeLabels).toEqual(pool.labels);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('has taints that say key, value and effect, and can be read back', () => {
    const keys = fc.stringMatching(/^([a-z]{1,8}\.){0,2}[a-z]{1,8}\/[A-Za-z][A-Za-z0-9._-]{0,20}[a-z]$/);
    const effects = fc.constantFrom<Taint['effect'][]>('NoSchedule', 'PreferNoSchedule', 'NoExecute');
    fc.assert(
      fc.property(fc.record({ key: keys, value: labelValues, effect: effects }), (taint) => {
        expect(parsedAksTaint(showTaint(taint))).toEqual(taint);
      }),
    );
  });
});
