/**
 * WP-ROLL-001: a pod that is started before an old one ends finds its GPUs. Everything on the pool counts at its
 * maximum, the surge of every other Deployment included, as a release changes them together; pods of lower priority
 * make room. An update that may also take pods away makes its own room.
 */
import { nodesAtBest, nodesAtWorst, type PoolClaim } from '../../domain/availability';
import { claimsAround, type GpuClaim } from '../gpu-claims';
import { scaled } from '../int-or-percent';
import type { Inventory } from '../inventory';
import { at, type Path } from '../json';
import { identityOf, type Manifest } from '../manifest';
import { perRun } from '../per-run';
import { type PodTemplate, podTemplateOf } from '../pod-template';
import { type Breach, NOT_APPLICABLE, type Rule, type Verdict } from '../rule';

const STRATEGIES: Readonly<Record<string, Path>> = {
  'apps/Deployment': ['spec', 'strategy', 'rollingUpdate'],
  'apps/DaemonSet': ['spec', 'updateStrategy', 'rollingUpdate'],
};

/** The API server refuses an update that may neither add nor take away. */
function stuck({ object }: Manifest): Breach | undefined {
  const { group, kind } = identityOf(object);
  const path = STRATEGIES[`${group}/${kind}`];
  const update = path && at(object, ...path);
  if (path === undefined || update === undefined) return undefined;
  const surge = at(update, 'maxSurge') ?? (kind === 'DaemonSet' ? 0 : undefined);
  const isNone = (value: unknown) => value !== undefined && scaled(value, 100, 'up') === 0;
  if (!isNone(surge) || !isNone(at(update, 'maxUnavailable'))) return undefined;
  return {
    path,
    value: update,
    message: 'an update that may neither add a pod nor take one away cannot begin, and the API server refuses it',
    allowed: 'maxSurge or maxUnavailable above 0',
    fix: 'set maxUnavailable: 1 where GPUs are short, or maxSurge: 1 where there is one to spare',
  };
}

/** Whether `other` may be no burden for pods of that priority: what nobody knows is not held against them. */
function givesWay(other: GpuClaim, { priority, priorityClass }: GpuClaim): boolean {
  if (other.priorityClass === priorityClass) return false;
  return other.priority === undefined || priority === undefined || other.priority < priority;
}

/** Claims that a message names. */
const NAMED = 5;

/** Claims of a pool with those that give way taken out, joined by size; once for each priority. */
const roomNeeded = perRun(
  () => new Map<string, { readonly best: number; readonly worst: number; readonly text: string }>(),
);

function needed(own: GpuClaim, all: readonly GpuClaim[], inventory: Inventory) {
  const key = `${own.pool.name}|${own.priorityClass}`;
  const known = roomNeeded(inventory).get(key);
  if (known !== undefined) return known;
  const counted = all.filter((other) => !givesWay(other, own));
  const sizes = new Map<number, number>();
  for (const { gpusPerPod, pods, update } of counted) {
    sizes.set(gpusPerPod, (sizes.get(gpusPerPod) ?? 0) + pods + (update?.surge ?? 0));
  }
  const full = own.maxNodes * own.gpusPerNode + 1;
  const claims: readonly PoolClaim[] = [...sizes].map(([gpusPerPod, pods]) => ({
    claimant: String(gpusPerPod),
    gpusPerPod,
    pods: Math.min(pods, full),
    preemptible: false,
  }));
  const named = counted
    .slice(0, NAMED)
    .map(({ claimant, pods, update, gpusPerPod }) => `${claimant} ${pods} + ${update?.surge ?? 0} x ${gpusPerPod} GPU`);
  const more = counted.length > NAMED ? [`${counted.length - NAMED} more`] : [];
  const text = [...named, ...more].join(', ');
  const room = {
    best: nodesAtBest(own.gpusPerNode, claims),
    worst: nodesAtWorst(own.gpusPerNode, claims),
    text,
  };
  roomNeeded(inventory).set(key, room);
  return room;
}

function judgeRoom(pod: PodTemplate, inventory: Inventory): Verdict {
  const claims = claimsAround(pod, inventory);
  if (claims === undefined) return NOT_APPLICABLE;
  const { own, all } = claims;
  const { update, pool, maxNodes } = own;
  if (update === undefined) return NOT_APPLICABLE;
  if (update.surge === 0 || update.unavailable > 0) return [];
  const { best, worst, text } = needed(own, all, inventory);
  if (worst <= maxNodes) return [];
  const certain = best > maxNodes;
  return [
    {
      path: ['spec', 'strategy', 'rollingUpdate', 'maxSurge'],
      value: at(pod.manifest.object, 'spec', 'strategy', 'rollingUpdate', 'maxSurge'),
      message: certain
        ? `pool '${pool.name}' has ${maxNodes} nodes at the most, and pods with their surge take ${best}: ${text}`
        : `small pods can take a GPU on each of the ${maxNodes} nodes of pool '${pool.name}' and leave no node whole for the surge: ${text}`,
      allowed: `surge that finds its GPUs on ${maxNodes} nodes while everything else is at its maximum`,
      fix: `set maxSurge: 0 and maxUnavailable: 1, or let the pool grow to ${certain ? best : worst} nodes`,
      severity: certain ? 'error' : 'warning',
    },
  ];
}

/** Updates that wait for a GPU that never comes. */
export const surgeRoom: Rule = {
  id: 'WP-ROLL-001',
  why: 'the new pod waits for a GPU that only the old one could free, and the rollout never ends',
  judge: (subject, inventory) => {
    const breach = stuck(subject);
    if (breach !== undefined) return [breach];
    const pod = podTemplateOf(subject, inventory.defaultNamespace);
    return pod === undefined ? NOT_APPLICABLE : judgeRoom(pod, inventory);
  },
};
