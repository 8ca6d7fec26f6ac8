/** Who takes how many GPUs of which pool at the most. */
import type { PoolClaim } from '../domain/availability';
import type { Inventory } from './inventory';
import { at, number, text } from './json';
import { append } from './lookup';
import { describe, identityOf } from './manifest';
import { perRun } from './per-run';
import { homesOf } from './placement';
import { gpusOf, type PodTemplate } from './pod-template';
import type { PolicyPool } from './pool';
import { rollingUpdateOf, type UpdateRoom } from './rolling-update';

/** Pods of one workload on the one pool that takes them. */
export interface GpuClaim extends PoolClaim {
  readonly pod: PodTemplate;
  readonly pool: PolicyPool;
  readonly gpusPerNode: number;
  readonly maxNodes: number;
  readonly update: UpdateRoom | undefined;
  /** Name of its priority class; '' for none. */
  readonly priorityClass: string;
  /** Undefined when nobody knows the class. */
  readonly priority: number | undefined;
}

/** Classes that every cluster has. */
const SYSTEM_PRIORITIES: Readonly<Record<string, number>> = {
  'system-node-critical': 2_000_001_000,
  'system-cluster-critical': 2_000_000_000,
};

const defaultPriority = perRun((inventory) => {
  const classes = inventory.ofKind('scheduling.k8s.io', 'PriorityClass');
  return number(classes.find(({ object }) => object.globalDefault === true)?.object.value) ?? 0;
});

function priorityOf(name: string, inventory: Inventory): number | undefined {
  if (name === '') return defaultPriority(inventory);
  if (Object.hasOwn(SYSTEM_PRIORITIES, name)) return SYSTEM_PRIORITIES[name];
  return number(inventory.findClusterWide('scheduling.k8s.io', 'PriorityClass', name)?.object.value);
}

function mostPods({ manifest }: PodTemplate, inventory: Inventory, maxNodes: number): number {
  const bounds = inventory.replicasOf(manifest);
  if (bounds !== undefined) return bounds.max;
  const { kind } = identityOf(manifest.object);
  if (kind === 'DaemonSet') return maxNodes;
  if (kind === 'Job') return number(at(manifest.object, 'spec', 'parallelism')) ?? 1;
  if (kind === 'CronJob') return number(at(manifest.object, 'spec', 'jobTemplate', 'spec', 'parallelism')) ?? 1;
  return 1;
}

/** A pool of more GPUs than any cloud sells is full all the same. */
const MOST_PODS = 20_000;

function claimOf(pod: PodTemplate, inventory: Inventory): GpuClaim | undefined {
  const [resource, ...others] = Object.entries(gpusOf(pod));
  if (resource === undefined || others.length > 0) return undefined;
  const [name, gpusPerPod] = resource;
  const [pool, ...elsewhere] = homesOf(pod, inventory.pools ?? []);
  // A pod that fits several pools finds its room where there is some.
  if (pool?.maxNodes === undefined || elsewhere.length > 0) return undefined;
  const gpusPerNode = pool.gpus?.[name];
  if (gpusPerNode === undefined || !Number.isInteger(gpusPerPod)) return undefined;
  const full = Math.min(pool.maxNodes * gpusPerNode + 1, MOST_PODS);
  const pods = Math.max(0, Math.min(mostPods(pod, inventory, pool.maxNodes), full));
  const update = rollingUpdateOf(pod.manifest, pods);
  const claimant = describe(pod.manifest);
  const priorityClass = text(pod.spec.priorityClassName) ?? '';
  const priority = priorityOf(priorityClass, inventory);
  return {
    claimant,
    pods,
    gpusPerPod,
    preemptible: false,
    pod,
    pool,
    gpusPerNode,
    maxNodes: pool.maxNodes,
    update,
    priorityClass,
    priority,
  };
}

/** All claims by pool. */
const claimsByPool = perRun((inventory) => {
  const claims = new Map<PolicyPool, GpuClaim[]>();
  for (const pod of inventory.pods) {
    const claim = claimOf(pod, inventory);
    if (claim !== undefined) append(claims, claim.pool, claim);
  }
  return claims;
});

/** The claim of a pod, and all claims of its pool. */
export function claimsAround(
  { manifest }: PodTemplate,
  inventory: Inventory,
): { readonly own: GpuClaim; readonly all: readonly GpuClaim[] } | undefined {
  const found = claimsOf(inventory).get(manifest);
  return found && { own: found, all: claimsByPool(inventory).get(found.pool) ?? [] };
}

const claimsOf = perRun(
  (inventory) => new Map([...claimsByPool(inventory).values()].flat().map((claim) => [claim.pod.manifest, claim])),
);
