/**
 * Settings of AKS' cluster autoscaler that plans count on, for whoever writes the cluster. They hold for all of its
 * pools; AKS takes text. Sources: azure-aks-docs cluster-autoscaler.md (2026-07-30) for meaning and defaults, and Azure's
 * ManagedClusterPropertiesAutoScalerProfile for names and forms.
 *
 * Not among them: how low a pod's priority may be to bring a node (`--expendable-pods-priority-cutoff` is no setting of
 * AKS; placeholders stand at its default), and which pool grows, as every pod of ours names its own.
 */
import { type DeallocatedCapacity, type UnreadyTolerance, unreadyTolerance } from './deallocated-capacity';

/** A pool, as far as it matters here. */
export interface AutoscaledPool {
  readonly minNodes: number;
  readonly maxNodes: number;
  readonly deallocated?: DeallocatedCapacity;
}

/** Settings by the names of Azure's API. */
export interface AutoscalerProfile extends Partial<UnreadyTolerance> {
  readonly scaleDownUnneededTime: string;
  readonly maxGracefulTerminationSec: string;
  readonly skipNodesWithLocalStorage: 'false';
}

/** Both are the defaults. Drains and sizes are computed with them, so that they are said rather than hoped for. */
const UNNEEDED_SECONDS = 600;
const GRACE_SECONDS = 600;

/**
 * How long an empty node stays, whoever removes nodes: what comes back sooner than it takes to start would be paid for
 * twice and waited for once more.
 * @param coldStartSeconds the longest of the services on it, the node counted in
 */
export function nodeKeptSeconds(coldStartSeconds: number): number {
  return Math.max(UNNEEDED_SECONDS, Math.ceil(coldStartSeconds));
}

/** The same as autoscalers of clouds take it: whole minutes. */
export function nodeKeptText(coldStartSeconds: number): string {
  return `${Math.ceil(nodeKeptSeconds(coldStartSeconds) / 60)}m`;
}

/**
 * The settings for a cluster with these pools; undefined where none of them grows.
 * @param coldStartSeconds the longest of the services on them, the node counted in: an empty node stays at least as
 *   long, in whole minutes. @default not known
 */
export function autoscalerProfile(
  pools: readonly AutoscaledPool[],
  coldStartSeconds = 0,
): AutoscalerProfile | undefined {
  const growing = pools.filter(({ minNodes, maxNodes }) => minNodes < maxNodes);
  if (growing.length === 0) return undefined;
  return {
    scaleDownUnneededTime: nodeKeptText(coldStartSeconds),
    maxGracefulTerminationSec: String(GRACE_SECONDS),
    // Every server has an emptyDir: with 'true' no node on which one runs would ever go.
    skipNodesWithLocalStorage: 'false',
    ...unreadyTolerance(growing),
  };
}
