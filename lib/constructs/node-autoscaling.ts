/** Pools whose nodes are made by an autoscaler that reads them from the cluster. */
import type { Duration } from 'cdk8s';
import { Construct } from 'constructs';
import { draftKarpenterPool, isMadeByKarpenter, type NodeClassRef } from '../domain/karpenter-pool';
import type { GpuNodePoolPlan } from '../domain/node-pool-plan';
import { aksNodeClass, karpenterNodePool } from '../kube/karpenter';
import { ownershipLabels } from '../kube/labels';
import { settle } from '../kube/report';

/** Props of {@link NodeAutoscaling}. */
export interface NodeAutoscalingProps {
  /** Every pool of the cluster; those that the cloud makes itself are passed over. */
  readonly pools: readonly GpuNodePoolPlan[];
  /**
   * The longest cold start of the services on these pools, the node counted in: an empty node stays at least as long.
   * @default 10 minutes, which the sizes of services count on
   */
  readonly coldStart?: Duration;
  /** A node class that somebody else writes, for all pools. @default an AKSNodeClass for each pool */
  readonly nodeClass?: NodeClassRef;
}

/**
 * A NodePool of Karpenter for each pool of a platform with `nodeAutoscaler: 'karpenter'`, with the labels and taints of
 * the pool plan, so that pods find these nodes as they find those of the cloud's own pools. Empty nodes go after a
 * while, servers are never moved to save a node, and a change of the pool replaces one node at a time.
 *
 * Errors: WP-POOL-024; WP-POOL-025 warns of a minimum that Karpenter does not keep.
 *
 * @example
 * new NodeAutoscaling(chart, 'node-autoscaling', { pools });
 */
export class NodeAutoscaling extends Construct {
  constructor(scope: Construct, id: string, { pools, coldStart, nodeClass }: NodeAutoscalingProps) {
    super(scope, id);
    const spec = { nodeClass, coldStartSeconds: coldStart?.toSeconds() };
    for (const pool of pools.filter(isMadeByKarpenter)) {
      const plan = settle(this, draftKarpenterPool(pool, spec));
      if (plan === undefined) continue;
      const labels = ownershipLabels(pool.ownership);
      if (plan.aksNodeClass)
        aksNodeClass(this, `${pool.name}-class`, { name: plan.nodeClass.name, labels }, plan.aksNodeClass);
      karpenterNodePool(this, pool.name, { name: pool.name, labels }, plan);
    }
  }
}
