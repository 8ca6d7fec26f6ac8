import { autoscalerProfile, type GpuNodePoolSpec } from '../../lib/domain';
import { plannedPool } from './given';

const pool = (more: Partial<GpuNodePoolSpec> = {}) => plannedPool({ minNodes: 1, maxNodes: 4, ...more });

describe('the settings of a cluster autoscaler', () => {
  it('are those that drains and sizes count on', () => {
    expect(autoscalerProfile([pool()])).toEqual({
      scaleDownUnneededTime: '10m',
      maxGracefulTerminationSec: '600',
      skipNodesWithLocalStorage: 'false',
    });
  });

  it.each([
    [0, '10m'],
    [600, '10m'],
    [601, '11m'],
    [900, '15m'],
  ])('keep an empty node for a cold start of %d s: %s', (coldStartSeconds, kept) => {
    expect(autoscalerProfile([pool()], coldStartSeconds)?.scaleDownUnneededTime).toBe(kept);
  });

  it('let stopped nodes be no outage where a pool keeps them', () => {
    const keeping = pool({ name: 'keeps', maxNodes: 6, deallocate: {} });
    expect(autoscalerProfile([pool(), keeping])).toMatchObject({
      okTotalUnreadyCount: '6',
      maxTotalUnreadyPercentage: '100',
    });
    expect(autoscalerProfile([pool()])).not.toHaveProperty('okTotalUnreadyCount');
  });

  it('are none where no pool grows', () => {
    expect(autoscalerProfile([])).toBeUndefined();
    expect(autoscalerProfile([pool({ minNodes: 4 })])).toBeUndefined();
  });
});
