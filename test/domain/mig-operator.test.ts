import type { GpuNodePoolPlan } from '../../lib/domain';
import { draftOperatorStrategy } from '../../lib/domain';
import { plannedPool, platform, problemOf } from './given';

function cut(name: string, strategy: 'single' | 'mixed'): GpuNodePoolPlan {
  const gpuStack = 'gpu-operator';
  const size = { minNodes: 2, maxNodes: 2, platform: platform('aks', '1.35', { gpuStack }) };
  return plannedPool({ name, ...size, mig: { profile: '2g.20gb', strategy } });
}

describe('the strategy of the GPU Operator', () => {
  it('is none where no pool is cut', () => {
    expect(draftOperatorStrategy([])).toEqual({ value: 'none', problems: [] });
    expect(draftOperatorStrategy([plannedPool()])).toEqual({ value: 'none', problems: [] });
  });

  it.each(['single', 'mixed'] as const)('is that of the pools that are cut: %s', (strategy) => {
    const pools = [plannedPool(), cut('one', strategy), cut('two', strategy)];
    expect(draftOperatorStrategy(pools)).toEqual({ value: strategy, problems: [] });
  });

  it('is one for the cluster', () => {
    const draft = draftOperatorStrategy([cut('one', 'single'), plannedPool(), cut('two', 'mixed')]);
    expect(problemOf(draft, 'WP-MIG-004')).toMatchObject({
      prop: "pool 'two'.mig.strategy",
      value: 'mixed',
      message: expect.stringContaining("pool 'one' says 'single'"),
    });
  });
});
