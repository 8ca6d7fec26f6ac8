import fc from 'fast-check';
import { draftIksWorkerPool, type IksPoolSpec, planGpuNodePool, unwrap } from '../../lib/domain';
import { poolSpecs } from '../support/arbitraries';
import { iksGpu, iksSystem } from './cloud-given';
import { problemOf } from './given';

describe('a worker pool of IKS', () => {
  it('is told the plan, by zone', () => {
    const plan = unwrap(draftIksWorkerPool(iksGpu({ minNodes: 3, maxNodes: 9 })));
    expect(plan).toEqual({
      name: 'l40s-chat',
      flavor: 'gx3.24x120.l40s',
      zones: ['us-south-1', 'us-south-2', 'us-south-3'],
      workersPerZone: 1,
      autoscaling: { minSize: 1, maxSize: 3 },
      labels: {
        'warmpath.dev/pool': 'l40s-chat',
        'warmpath.dev/purpose': 'inference',
        'warmpath.dev/gpu-model': 'L40S',
        'warmpath.dev/team': 'chat',
        'warmpath.dev/cost-centre': 'cc-4210',
        'warmpath.dev/environment': 'prod',
      },
      taints: [
        { key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' },
        { key: 'warmpath.dev/purpose', value: 'inference', effect: 'NoSchedule' },
      ],
    });
  });

  it('of fixed size is not the autoscaler’s', () => {
    const plan = unwrap(draftIksWorkerPool(iksGpu({ minNodes: 6, maxNodes: 6 })));
    expect(plan.workersPerZone).toBe(2);
    expect(plan).not.toHaveProperty('autoscaling');
  });

  it('hands on what only IKS asks', () => {
    const spec: IksPoolSpec = {
      operatingSystem: 'UBUNTU_24_64',
      secondaryStorage: '300gb.5iops-tier',
      encryption: { kmsInstanceId: 'instance', rootKeyId: 'key' },
    };
    expect(unwrap(draftIksWorkerPool(iksGpu(), spec))).toMatchObject(spec);
  });

  it('names its zones', () => {
    const nowhere = draftIksWorkerPool(iksGpu({ zones: undefined }));
    const problem = problemOf(nowhere, 'WP-IKS-001');
    expect(problem).toMatchObject({ severity: 'error', prop: "pool 'l40s-chat'.zones", value: [] });
    expect(problem.fix).toContain("'us-south-1'");
    // As if it were one zone, so that its other mistakes are told as well.
    expect(nowhere.value).toMatchObject({ workersPerZone: 3, autoscaling: { minSize: 3, maxSize: 6 } });
  });

  it('that is the default pool of its cluster has a fixed size', () => {
    expect(draftIksWorkerPool(iksSystem()).problems).toEqual([]);
    const growing = draftIksWorkerPool(iksSystem({ maxNodes: 6 }));
    expect(problemOf(growing, 'WP-IKS-002')).toMatchObject({ severity: 'error', value: 6 });
  });
});

describe('the disks of a worker', () => {
  it.each(['25gb.3iops-tier', '300gb.5iops-tier', '900gb.10iops-tier', '4000gb.5iops-tier'])(
    'may be a second one of %s',
    (secondaryStorage) => {
      // Less than any pool may ask, so that the smallest disk that is sold is enough.
      const pool = { ...iksGpu(), diskGiB: 25 };
      expect(draftIksWorkerPool(pool, { secondaryStorage }).problems).toEqual([]);
    },
  );

  it.each([
    '24gb.5iops-tier',
    '4001gb.5iops-tier',
    '300gb.7iops-tier',
    '300GB.5iops-tier',
    '300',
    '',
    '0300gb.5iops-tier',
    'x300gb.5iops-tier',
    '300gb.5iops-tier2',
  ])('may not be a second one of %j', (secondaryStorage) => {
    expect(problemOf(draftIksWorkerPool(iksGpu({ diskGiB: 60 }), { secondaryStorage }), 'WP-IKS-003')).toMatchObject({
      severity: 'error',
      prop: "pool 'l40s-chat'.secondaryStorage",
      value: secondaryStorage,
    });
  });

  it.each<[number, string | undefined, boolean]>([
    [100, undefined, true],
    [101, undefined, false],
    [300, '300gb.5iops-tier', true],
    [301, '300gb.5iops-tier', false],
  ])('of a plan that counts on %d GB, with %s: enough is %s', (diskGiB, secondaryStorage, enough) => {
    const drafted = draftIksWorkerPool(iksGpu({ diskGiB }), { secondaryStorage });
    if (enough) {
      expect(drafted.problems).toEqual([]);
      return;
    }
    const problem = problemOf(drafted, 'WP-IKS-003');
    expect(problem).toMatchObject({ prop: "pool 'l40s-chat'.secondaryStorage", value: secondaryStorage });
    expect(problem.fix).toContain(`${diskGiB}gb.5iops-tier`);
  });
});

describe('the system and the key of a worker', () => {
  it.each(['UBUNTU_20_64', 'UBUNTU_24_64'] as const)('may be %s', (operatingSystem) => {
    expect(draftIksWorkerPool(iksGpu(), { operatingSystem }).problems).toEqual([]);
  });

  it('may not be a system that IKS has no image of', () => {
    const operatingSystem = 'RHCOS' as 'UBUNTU_24_64';
    expect(problemOf(draftIksWorkerPool(iksGpu(), { operatingSystem }), 'WP-IKS-003')).toMatchObject({
      value: 'RHCOS',
    });
  });

  it.each([
    { kmsInstanceId: '', rootKeyId: 'key' },
    { kmsInstanceId: 'instance', rootKeyId: '' },
    { kmsInstanceId: 'instance' },
    { rootKeyId: 'key' },
  ])('may not be half a key: %j', (half) => {
    const encryption = half as unknown as IksPoolSpec['encryption'];
    expect(problemOf(draftIksWorkerPool(iksGpu(), { encryption }), 'WP-IKS-003')).toMatchObject({
      prop: "pool 'l40s-chat'.encryption",
      value: half,
    });
  });
});

describe('any legal pool', () => {
  it('has sizes of a zone that, times its zones, are those of the plan', () => {
    fc.assert(
      fc.property(
        poolSpecs(['inference', 'training']).filter(
          ({ platform, zones }) => platform.cloud === 'iks' && zones?.length !== 0,
        ),
        (spec) => {
          const zones = spec.zones?.length ?? 0;
          const plan = unwrap(draftIksWorkerPool(planGpuNodePool(spec)));
          expect(Number.isInteger(plan.workersPerZone)).toBe(true);
          expect(plan.workersPerZone * zones).toBe(spec.minNodes);
          expect((plan.autoscaling?.minSize ?? plan.workersPerZone) * zones).toBe(spec.minNodes);
          expect((plan.autoscaling?.maxSize ?? plan.workersPerZone) * zones).toBe(spec.maxNodes);
        },
      ),
      { numRuns: 60 },
    );
  });
});
