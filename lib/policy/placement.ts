/** Which pools a pod may land on, which it asks for, and which have its GPUs. */

import { showTaint } from '../domain/node-vocabulary';
import type { Inventory } from './inventory';
import { labelsAskedOf, maySelect, type NodeRequirements, nodeRequirements, selects } from './node-affinity';
import { perRun } from './per-run';
import { gpusOf, type PodTemplate } from './pod-template';
import type { PolicyPool } from './pool';
import { closingTaints, tolerationsOf, untolerated } from './tolerations';

/** A pod among pools. */
export interface Placement {
  readonly requirements: NodeRequirements | undefined;
  /** Pools that the pod's conditions leave open, whether or not it gets past their taints. */
  readonly possible: readonly PolicyPool[];
  /** Those among them that it asks for by a label. */
  readonly selected: readonly PolicyPool[];
}

export function placementOf(pod: PodTemplate, pools: readonly PolicyPool[]): Placement {
  const requirements = nodeRequirements(pod);
  const possible = pools.filter((pool) => maySelect(requirements, pool));
  return { requirements, possible, selected: possible.filter((pool) => selects(requirements, pool)) };
}

function signature({ taints }: PolicyPool): string {
  return closingTaints(taints).map(showTaint).sort().join();
}

/** Label values that stand for nodes which are all tainted alike. */
const uniform = perRun(({ pools = [] }) => {
  const taints = new Map<string, Set<string>>();
  for (const pool of pools) {
    for (const [key, value] of Object.entries(pool.labels)) {
      const name = `${key}=${value}`;
      taints.set(name, (taints.get(name) ?? new Set()).add(signature(pool)));
    }
  }
  return new Set([...taints].filter(([, signatures]) => signatures.size === 1).map(([name]) => name));
});

/** Whether a pool is named by a label value of its own kind of node, not by one that differently tainted pools share. */
export function isNamed(requirements: NodeRequirements | undefined, pool: PolicyPool, inventory: Inventory): boolean {
  return labelsAskedOf(requirements, pool).some((name) => uniform(inventory).has(name));
}

/** Whether one node of the pool has the pod's GPUs; undefined where nobody knows. */
export function hasGpus({ gpus }: PolicyPool, wanted: Readonly<Record<string, number>>): boolean | undefined {
  if (gpus === undefined) return undefined;
  return Object.entries(wanted).every(([name, count]) => Object.hasOwn(gpus, name) && (gpus[name] ?? 0) >= count);
}

/** Pools that the pod gets onto: labels, taints and GPUs allow it. */
export function homesOf(pod: PodTemplate, pools: readonly PolicyPool[]): readonly PolicyPool[] {
  const tolerations = tolerationsOf(pod);
  const gpus = gpusOf(pod);
  return placementOf(pod, pools).possible.filter(
    (pool) => untolerated(tolerations, pool.taints).length === 0 && hasGpus(pool, gpus) !== false,
  );
}
