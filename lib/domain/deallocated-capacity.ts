/**
 * A third kind of warm capacity, on AKS: nodes that were scaled down keep their disk and the images on it. Compute is not
 * billed, disks are; a start takes less than a new node and can fail for want of machines like one.
 */
import type { Cloud, PlatformProfile } from './platform-profile';
import { type Draft, Findings } from './problem';

/** What a pool says about the nodes that it gives up. */
export interface DeallocateSpec {
  /**
   * Where the operating system and the images lie. AKS deallocates no node with an ephemeral disk
   * (azure-aks-docs scale-down-mode.md).
   * @default 'managed'
   */
  readonly osDisk?: 'managed' | 'ephemeral';
  /** Whether weights lie on the node's own NVMe disks: what was there is gone after a stop. @default false */
  readonly localCache?: boolean;
}

/** What the cloud has to be told. */
export interface DeallocatedCapacity {
  readonly scaleDownMode: 'Deallocate';
  readonly osDiskType: 'Managed';
  /** Nodes that can lie stopped at the most. */
  readonly nodes: number;
  /** GiB of disks that are billed while all of them are stopped. */
  readonly diskGiB: number;
}

/** The pool, as far as it matters here. */
export interface DeallocatePool {
  readonly platform: PlatformProfile;
  readonly minNodes: number;
  readonly maxNodes: number;
  readonly diskGiB: number;
}

const CLOUD_WITH_DEALLOCATE: Cloud = 'aks';

/** Decides, or says which trap would close. Sources: azure-aks-docs scale-down-mode.md; Azure/AKS#5211, #5589, #4313. */
export function draftDeallocatedCapacity(spec: DeallocateSpec, pool: DeallocatePool): Draft<DeallocatedCapacity> {
  const findings = new Findings('deallocate.');
  const { cloud } = pool.platform;
  if (cloud !== CLOUD_WITH_DEALLOCATE) {
    findings.error('WP-POOL-022', 'cloud', cloud, {
      message: `${cloud.toUpperCase()} deletes the nodes that it gives up`,
      allowed: 'pools of AKS',
      fix: 'remove deallocate, and keep warm nodes by placeholders',
    });
  }
  const { osDisk = 'managed' } = spec;
  if (osDisk !== 'managed') {
    findings.error('WP-POOL-022', 'osDisk', osDisk, {
      message: 'a stopped node loses a disk that lies on the machine, and AKS refuses to deallocate it',
      allowed: 'managed',
      fix: 'leave it out, or choose between the faster disk and deallocate',
    });
  }
  const nodes = pool.maxNodes - pool.minNodes;
  if (nodes <= 0) {
    findings.error('WP-POOL-022', 'nodes', nodes, {
      message: 'a pool of fixed size gives up no node that could be kept',
      allowed: 'pools with minNodes below maxNodes',
      fix: 'lower minNodes, or remove deallocate',
    });
  }
  if (spec.localCache) {
    findings.warning('WP-POOL-023', 'localCache', true, {
      message: 'a stopped node keeps its images and loses what lay on its own NVMe disks',
      allowed: 'weights on the managed disk, or weights that are fetched again',
      fix: 'count the weights into the cold start of a node that comes back',
    });
  }
  if (findings.hasErrors) return findings.draft<DeallocatedCapacity>(undefined);
  findings.warning('WP-POOL-023', 'nodes', nodes, {
    message: `up to ${nodes} stopped nodes are listed as NotReady and their disks are billed, ${nodes * pool.diskGiB} GiB in all; nobody promises that a machine is free when one is started`,
    allowed: 'disks that cost less than the minutes of a new node',
    fix: 'keep placeholders for what must not wait, and let alerts pass over stopped nodes',
  });
  return findings.draft<DeallocatedCapacity>({
    scaleDownMode: 'Deallocate',
    osDiskType: 'Managed',
    nodes,
    diskGiB: nodes * pool.diskGiB,
  });
}

/** Settings of AKS' autoscaler, for the whole cluster; AKS takes text. */
export interface UnreadyTolerance {
  readonly okTotalUnreadyCount: string;
  readonly maxTotalUnreadyPercentage: string;
}

/**
 * With the defaults (3 nodes, 45 %) a few stopped nodes count as an outage and stop every scale-up of the cluster
 * (Azure/AKS#5211). Undefined where no pool keeps stopped nodes: a real outage has to count then.
 */
export function unreadyTolerance(
  pools: readonly { readonly maxNodes: number; readonly deallocated?: DeallocatedCapacity }[],
): UnreadyTolerance | undefined {
  const kept = pools.filter(({ deallocated }) => deallocated !== undefined);
  if (kept.length === 0) return undefined;
  const nodes = kept.reduce((sum, { maxNodes }) => sum + maxNodes, 0);
  return { okTotalUnreadyCount: String(nodes), maxTotalUnreadyPercentage: '100' };
}
