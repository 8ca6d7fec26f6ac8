/** What the GPU Operator decides once for a cluster. */
import type { MigStrategy } from './mig';
import type { GpuNodePoolPlan } from './node-pool-plan';
import { type Draft, Findings } from './problem';

/** The strategy of all pools that are cut, `none` without any; the operator's ClusterPolicy holds one (`mig.strategy`). */
export function draftOperatorStrategy(pools: readonly GpuNodePoolPlan[]): Draft<MigStrategy | 'none'> {
  const findings = new Findings();
  const cut = pools.flatMap(({ name, mig }) => (mig === undefined ? [] : [{ name, strategy: mig.strategy }]));
  const [first] = cut;
  const other = cut.find(({ strategy }) => strategy !== first?.strategy);
  if (first !== undefined && other !== undefined) {
    findings.error('WP-MIG-004', `pool '${other.name}'.mig.strategy`, other.strategy, {
      message: `the GPU Operator has one strategy for the cluster, and pool '${first.name}' says '${first.strategy}'`,
      allowed: 'one strategy for every pool that is cut',
      fix: `set strategy: '${first.strategy}' here, or '${other.strategy}' there`,
    });
  }
  return findings.draft(first?.strategy ?? 'none');
}
