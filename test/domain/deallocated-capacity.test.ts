import { type DeallocateSpec, draftDeallocatedCapacity, draftGpuNodePool, unreadyTolerance } from '../../lib/domain';
import { platform, pool, poolSpec } from '../support/synth';

const draft = (spec: DeallocateSpec, more: { minNodes?: number; maxNodes?: number } = {}) =>
  draftDeallocatedCapacity(spec, { platform: platform(), minNodes: 1, maxNodes: 5, diskGiB: 200, ...more });

const severities = ({ problems }: ReturnType<typeof draft>) =>
  problems.map(({ rule, severity }) => `${rule} ${severity}`);

describe('nodes that are kept stopped', () => {
  it('lie on managed disks, which are billed for each of them', () => {
    const { value, problems } = draft({});
    expect(value).toEqual({ scaleDownMode: 'Deallocate', osDiskType: 'Managed', nodes: 4, diskGiB: 800 });
    expect(problems).toEqual([
      expect.objectContaining({
        rule: 'WP-POOL-023',
        severity: 'warning',
        message: expect.stringContaining('800 GiB'),
      }),
    ]);
  });

  it.each([
    ['with an ephemeral disk', draft({ osDisk: 'ephemeral' })],
    ['in a pool of fixed size', draft({}, { minNodes: 5 })],
    [
      'on IKS',
      draftDeallocatedCapacity(
        {},
        {
          platform: platform({ cloud: 'iks', kubernetes: '1.35', region: 'us-south' }),
          minNodes: 1,
          maxNodes: 2,
          diskGiB: 100,
        },
      ),
    ],
  ])('are refused %s', (_, refused) => {
    expect(severities(refused)).toEqual(['WP-POOL-022 error']);
    expect(refused.value).toBeUndefined();
  });

  it('lose what lay on disks of the machine itself', () => {
    const { problems } = draft({ localCache: true });
    expect(problems.map(({ prop }) => prop)).toEqual(['deallocate.localCache', 'deallocate.nodes']);
  });

  it('stand in the plan of the pool, and only where they were asked for', () => {
    expect(pool()).not.toHaveProperty('deallocated');
    const { value } = draftGpuNodePool(poolSpec({ minNodes: 0, maxNodes: 4, diskGiB: 256, deallocate: {} }));
    expect(value?.deallocated).toEqual({ scaleDownMode: 'Deallocate', osDiskType: 'Managed', nodes: 4, diskGiB: 1024 });
  });
});

describe("the autoscaler's patience with unready nodes", () => {
  const kept = (name: string, maxNodes: number) => pool({ name, minNodes: 0, maxNodes, deallocate: {} });

  it('reaches for every node of the pools that keep stopped ones, so that these never stop a scale-up', () => {
    expect(unreadyTolerance([kept('one', 4), pool({ maxNodes: 50 }), kept('two', 7)])).toEqual({
      okTotalUnreadyCount: '11',
      maxTotalUnreadyPercentage: '100',
    });
  });

  it('stays as the cloud has it where nothing is kept: an outage has to count', () => {
    expect(unreadyTolerance([pool()])).toBeUndefined();
  });
});
