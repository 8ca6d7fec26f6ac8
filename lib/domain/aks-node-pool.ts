/**
 * A pool of AKS: what its service has to be told so that nodes come as the plan says. Property names and values as in
 * Azure's API of 2025-09-01, which azure-native 3.28 speaks.
 */
import { azureResourceIdForm, isAzureResourceId } from './azure-ids';
import { type CloudTags, draftCloudTags } from './cloud-tags';
import type { DeallocateSpec } from './deallocated-capacity';
import type { GpuNodePoolPlan } from './node-pool-plan';
import { showTaint } from './node-vocabulary';
import { type Draft, Findings } from './problem';

/** What only AKS asks of a pool. */
export interface AksPoolSpec {
  /**
   * Where operating system, images and emptyDirs lie: on a managed disk of the plan's size, or on the machine's own
   * disk, which is faster and gone with the node.
   * @default 'managed'
   */
  readonly osDisk?: DeallocateSpec['osDisk'];
  /** Pods of a node, 10 to 250; a system pool holds 30 at least. @default AKS', by the network of the cluster */
  readonly maxPods?: number;
  /**
   * How many nodes are replaced at once when the pool is upgraded, as numbers or percentages.
   * @default GPU pools: none is added and one is missing ('0' and '1'), which needs no spare quota; system pools: one is
   *   added ('1')
   */
  readonly upgrade?: { readonly maxSurge?: string; readonly maxUnavailable?: string };
  /** Spot pools only. */
  readonly spot?: {
    /** US dollars per machine hour, at most five decimals; -1 pays up to the regular price. @default -1 */
    readonly maxPrice?: number;
    /** What becomes of a node that is taken back; a deallocated one still counts against the quota. @default 'Delete' */
    readonly evictionPolicy?: 'Delete' | 'Deallocate';
  };
  /** Resource id of a capacity reservation group: machines that are paid for whether they run or not. @default none */
  readonly capacityReservationGroupId?: string;
  /** Resource id of a proximity placement group; the pool then stands in one zone. @default none */
  readonly proximityPlacementGroupId?: string;
  /**
   * How a pool is replaced when something changes that Azure fixes at creation.
   * - `delete-first`: the old pool goes before the new one comes. Needs no spare quota, and is an outage of the pool.
   * - `alternate`: the new pool comes under another name and pods move by their budgets. Needs quota for both; names
   *   of such pools have nine characters at most. Pods find either by its label.
   * @default 'delete-first'
   */
  readonly replacement?: PoolReplacement;
  /** Further tags. @default those of the owner */
  readonly tags?: CloudTags;
}

/** In which order a pool is replaced. */
export type PoolReplacement = 'delete-first' | 'alternate';

/** How long the pods of a pool need to move. */
export interface PoolPatience {
  /** The longest p95 cold start of the services on the pool, the node counted in: it may be the one that is replaced. */
  readonly startSeconds: number;
  /** The longest grace period of them. */
  readonly graceSeconds: number;
}

/** How many nodes an upgrade replaces at once, and how long it waits for their pods. */
export interface AksUpgradeSettings {
  readonly maxSurge: string;
  readonly maxUnavailable?: string;
  readonly drainTimeoutInMinutes: number;
}

/** A decided pool of AKS, by the names of Azure's API. */
export interface AksNodePoolPlan {
  /** The pool's name; `alternate` pools add characters to it. */
  readonly name: string;
  readonly mode: 'System' | 'User';
  readonly vmSize: string;
  /** Nodes at creation; afterwards the autoscaler's, where there is one. */
  readonly count: number;
  /** Absent for a pool of fixed size. */
  readonly autoscaling?: { readonly minCount: number; readonly maxCount: number };
  readonly availabilityZones: readonly string[];
  readonly nodeLabels: Readonly<Record<string, string>>;
  /** `key=value:Effect` */
  readonly nodeTaints: readonly string[];
  readonly osDiskType: 'Managed' | 'Ephemeral';
  /** Absent where the operating system takes a whole NVMe disk. */
  readonly osDiskSizeGB?: number;
  readonly maxPods?: number;
  readonly gpuInstanceProfile?: string;
  /** Absent for machines without GPUs. */
  readonly gpuDriver?: 'Install' | 'None';
  readonly spot?: { readonly evictionPolicy: 'Delete' | 'Deallocate'; readonly maxPrice: number };
  readonly scaleDownMode: 'Delete' | 'Deallocate';
  /** Absent for spot pools, which take none. */
  readonly upgradeSettings?: AksUpgradeSettings;
  readonly capacityReservationGroupID?: string;
  readonly proximityPlacementGroupID?: string;
  readonly replacement: PoolReplacement;
  /** How long Pulumi waits. */
  readonly timeoutMinutes: { readonly create: number; readonly update: number; readonly delete: number };
  readonly tags: CloudTags;
}

/** What an operation on a pool takes at the most, without drains (terraform-provider-azurerm waits as long). */
const OPERATION_MINUTES = 60;

/** azure-aks-docs azure-cni-overview.md (10 to 250 pods of a node) and use-system-pools.md (30 at least). */
const MAX_PODS = { least: 10, most: 250, system: 30 };

/** `drainTimeoutInMinutes`: default and maximum (ARM schema 2025-09-01; azure-aks-docs upgrade-aks-node-pools-rolling.md). */
const DRAIN_MINUTES = { usual: 30, most: 1440 };

/** Room for the characters that tell an `alternate` pool from the one before it. AKS ends at 12. */
const ALTERNATE_NAME_MAX = 9;

/** azure-aks-docs use-system-pools.md: burstable machines run out of credits under the cluster's own pods. */
const BURSTABLE = /^Standard_B/;

const SURGE = /^(0|[1-9]\d*|(?:[1-9]\d?|100)%)$/;

function checkDisk(findings: Findings, { profile, deallocated }: GpuNodePoolPlan, osDisk: string): void {
  if (osDisk !== 'managed' && osDisk !== 'ephemeral') {
    findings.error('WP-AKS-001', 'osDisk', osDisk, {
      message: 'AKS puts the operating system on a managed disk or on one of the machine',
      allowed: 'managed, ephemeral',
      fix: "leave it out for 'managed'",
    });
    return;
  }
  if (osDisk === 'managed') return;
  const { tempGiB, nvmeGiB, nvmeDisks } = profile.localStorage;
  if (tempGiB + nvmeGiB === 0) {
    findings.error('WP-AKS-001', 'osDisk', osDisk, {
      message: `a ${profile.machineType} has no disk of its own`,
      allowed: "'managed', or a machine with local disks",
      fix: 'leave it out',
    });
  } else if (deallocated !== undefined) {
    findings.error('WP-AKS-001', 'osDisk', osDisk, {
      message: 'a stopped node loses a disk that lies on the machine, and AKS refuses to deallocate it',
      allowed: "'managed', or a pool without deallocate",
      fix: 'choose between the faster disk and stopped nodes that keep their images',
    });
  } else if (nvmeDisks === 1) {
    // azure-aks-docs best-practices-storage-nvme.md.
    findings.warning('WP-AKS-001', 'osDisk', osDisk, {
      message: 'the machine has one NVMe disk, and the operating system may take all of it',
      allowed: 'machines with several disks, or no cache on NVMe',
      fix: 'do not count on that disk for weights before you have looked at a node',
    });
  }
}

function checkPods(findings: Findings, { purpose, profile }: GpuNodePoolPlan, maxPods: number | undefined): void {
  const least = purpose === 'system' ? MAX_PODS.system : MAX_PODS.least;
  if (maxPods !== undefined && !(Number.isInteger(maxPods) && maxPods >= least && maxPods <= MAX_PODS.most)) {
    findings.error('WP-AKS-002', 'maxPods', maxPods, {
      message: `AKS makes no ${purpose} pool with so many pods on a node`,
      allowed: `a whole number from ${least} to ${MAX_PODS.most}`,
      fix: 'leave it out for the default of the network',
    });
  }
  if (purpose === 'system' && BURSTABLE.test(profile.machineType)) {
    findings.error('WP-AKS-002', 'machine', profile.machineType, {
      message: 'AKS takes no burstable machine for a system pool',
      allowed: 'machines of other series with at least 4 vCPU',
      fix: "use 'Standard_D4s_v5'",
    });
  }
}

function draftUpgrade(
  findings: Findings,
  pool: GpuNodePoolPlan,
  upgrade: AksPoolSpec['upgrade'],
  patience: PoolPatience,
): AksUpgradeSettings | undefined {
  const system = pool.purpose === 'system';
  if (pool.spot) {
    // terraform-provider-azurerm kubernetes_cluster_node_pool_resource.go: "Spot pools do not support `max_surge`".
    if (upgrade !== undefined) {
      findings.error('WP-AKS-003', 'upgrade', upgrade, {
        message: 'AKS takes no upgrade settings for spot nodes',
        allowed: 'pools of regular nodes',
        fix: 'remove upgrade',
      });
    }
    return undefined;
  }
  const maxUnavailable = upgrade?.maxUnavailable ?? (system || upgrade?.maxSurge !== undefined ? undefined : '1');
  const maxSurge = upgrade?.maxSurge ?? (maxUnavailable === undefined ? '1' : '0');
  for (const [prop, value] of Object.entries({ maxSurge, maxUnavailable })) {
    // The type is checked as well: Azure takes text, and tsx runs programs that do not compile.
    if (value === undefined || (typeof value === 'string' && SURGE.test(value))) continue;
    findings.error('WP-AKS-003', `upgrade.${prop}`, value, {
      message: 'AKS takes a number of nodes or a part of the pool, as text',
      allowed: "'0', '1', '2' or '33%'",
      fix: "write for example '1'",
    });
  }
  // azure-aks-docs upgrade-aks-node-pools-rolling.md: maxUnavailable is for user pools, and both cannot be 0.
  if (system && maxUnavailable !== undefined && maxUnavailable !== '0') {
    findings.error('WP-AKS-003', 'upgrade.maxUnavailable', maxUnavailable, {
      message: 'AKS lets no node of a system pool be missing',
      allowed: 'maxSurge alone',
      fix: 'remove maxUnavailable',
    });
  } else if (maxSurge === '0' && (maxUnavailable === undefined || maxUnavailable === '0')) {
    findings.error('WP-AKS-003', 'upgrade.maxSurge', maxSurge, {
      message: 'with no node added and none missing, no upgrade could begin',
      allowed: 'one of maxSurge and maxUnavailable above 0',
      fix: "set maxUnavailable: '1'",
    });
  }
  // A budget holds the drain until the pod before it serves elsewhere.
  const minutes = Math.ceil((patience.startSeconds + patience.graceSeconds) / 60);
  if (minutes > DRAIN_MINUTES.most) {
    findings.warning('WP-AKS-003', 'drainTimeoutInMinutes', minutes, {
      message: 'AKS waits at most a day for the pods of a node',
      allowed: `at most ${DRAIN_MINUTES.most}`,
      fix: 'shorten the cold start or the grace period, or drain such nodes by hand',
    });
  }
  return {
    maxSurge,
    ...(maxUnavailable !== undefined && { maxUnavailable }),
    drainTimeoutInMinutes: Math.min(DRAIN_MINUTES.most, Math.max(DRAIN_MINUTES.usual, minutes)),
  };
}

/** At most five decimals (azure-aks-docs spot-node-pool.md). */
function isSpotPrice(price: number): boolean {
  return price === -1 || (price > 0 && Number.isFinite(price) && /^\d+(\.\d{1,5})?$/.test(String(price)));
}

function draftSpot(findings: Findings, { spot }: GpuNodePoolPlan, spec: AksPoolSpec): AksNodePoolPlan['spot'] {
  if (!spot) {
    if (spec.spot !== undefined) {
      findings.error('WP-AKS-004', 'spot', spec.spot, {
        message: 'the pool has regular nodes, and AKS takes these settings for spot nodes only',
        allowed: 'spot pools',
        fix: 'remove it, or set spot: true on the pool',
      });
    }
    return undefined;
  }
  const { maxPrice = -1, evictionPolicy = 'Delete' } = spec.spot ?? {};
  if (!isSpotPrice(maxPrice)) {
    findings.error('WP-AKS-004', 'spot.maxPrice', maxPrice, {
      message: 'AKS takes no such price, and it cannot be changed later',
      allowed: '-1, or dollars per hour above 0 with at most five decimals',
      fix: 'leave it out, which pays at most the regular price',
    });
  }
  if (evictionPolicy !== 'Delete' && evictionPolicy !== 'Deallocate') {
    findings.error('WP-AKS-004', 'spot.evictionPolicy', evictionPolicy, {
      message: 'AKS knows no such policy',
      allowed: 'Delete, Deallocate',
      fix: 'leave it out',
    });
  } else if (evictionPolicy === 'Deallocate') {
    findings.warning('WP-AKS-004', 'spot.evictionPolicy', evictionPolicy, {
      message: 'nodes that were taken back stay listed, keep their disks and count against the quota',
      allowed: "'Delete' where the quota is short",
      fix: 'leave it out',
    });
  }
  if (spec.capacityReservationGroupId !== undefined) {
    findings.error('WP-AKS-004', 'capacityReservationGroupId', spec.capacityReservationGroupId, {
      message: 'spot machines are what nobody has reserved',
      allowed: 'one of spot and a reservation',
      fix: 'remove one of them',
    });
  }
  return { evictionPolicy, maxPrice };
}

const GROUP_TYPES = {
  capacityReservationGroupId: 'Microsoft.Compute/capacityReservationGroups',
  proximityPlacementGroupId: 'Microsoft.Compute/proximityPlacementGroups',
} as const;

function checkGroups(findings: Findings, pool: GpuNodePoolPlan, spec: AksPoolSpec): void {
  for (const [prop, type] of Object.entries(GROUP_TYPES)) {
    const id = spec[prop as keyof typeof GROUP_TYPES];
    if (id === undefined || isAzureResourceId(id, type)) continue;
    findings.error('WP-AKS-005', prop, id, {
      message: 'this is no resource id of such a group',
      allowed: azureResourceIdForm(type),
      fix: 'copy it from `az resource show --query id`',
    });
  }
  if (spec.proximityPlacementGroupId !== undefined && pool.zones.length !== 1) {
    // azure-aks-docs reduce-latency-ppg.md.
    findings.error('WP-AKS-005', 'zones', pool.zones, {
      message: 'a proximity placement group lies in one zone',
      allowed: 'exactly one zone',
      fix: 'make a pool of each zone, or leave the group out',
    });
  }
}

function checkReplacement(findings: Findings, name: string, replacement: string): void {
  if (replacement !== 'delete-first' && replacement !== 'alternate') {
    findings.error('WP-AKS-006', 'replacement', replacement, {
      message: 'a pool is replaced before the old one goes or after it',
      allowed: 'delete-first, alternate',
      fix: 'leave it out',
    });
  } else if (replacement === 'alternate' && name.length > ALTERNATE_NAME_MAX) {
    findings.error('WP-AKS-006', 'name', name, {
      message: 'pools that take turns need room for three characters more, and AKS ends at twelve',
      allowed: `at most ${ALTERNATE_NAME_MAX} characters with replacement: 'alternate'`,
      fix: 'shorten the name',
    });
  }
}

/** AMD machines bring no driver of Azure's (azure-aks-docs use-amd-gpus.md); nor does one that the operator shall bring. */
function driverOf({ profile, cloudInstallsDriver }: GpuNodePoolPlan): AksNodePoolPlan['gpuDriver'] {
  if (profile.gpu === undefined) return undefined;
  return cloudInstallsDriver && profile.gpu.resourceName !== 'amd.com/gpu' ? 'Install' : 'None';
}

/** Decides a pool of AKS: WP-AKS-001 to WP-AKS-007, WP-TAG-*. */
export function draftAksNodePool(
  pool: GpuNodePoolPlan,
  spec: AksPoolSpec = {},
  patience: PoolPatience = { startSeconds: 0, graceSeconds: 0 },
): Draft<AksNodePoolPlan> {
  const where = `pool '${pool.name}'.`;
  const findings = new Findings(where);
  const { osDisk = 'managed', maxPods, replacement = 'delete-first' } = spec;
  checkDisk(findings, pool, osDisk);
  checkPods(findings, pool, maxPods);
  checkGroups(findings, pool, spec);
  checkReplacement(findings, pool.name, replacement);
  if (pool.platform.gpuStack === 'managed' && pool.profile.gpus > 0) {
    findings.error('WP-AKS-007', 'gpuStack', 'managed', {
      message: "managed GPU nodes are not in Azure's API of 2025-09-01, which this pool is written by",
      allowed: 'device-plugin, gpu-operator',
      fix: "use gpuStack: 'device-plugin' until the provider speaks a newer API",
    });
  }
  const upgradeSettings = draftUpgrade(findings, pool, spec.upgrade, patience);
  const spot = draftSpot(findings, pool, spec);
  const tags = findings.adopt(draftCloudTags('aks', pool.ownership, spec.tags, where));
  const { minNodes, maxNodes, profile, deallocated, mig } = pool;
  const gpuDriver = driverOf(pool);
  const drainMinutes = upgradeSettings?.drainTimeoutInMinutes ?? DRAIN_MINUTES.usual;
  const wholeNvme = osDisk === 'ephemeral' && profile.localStorage.nvmeDisks > 0;
  return findings.draft<AksNodePoolPlan>({
    name: pool.name,
    mode: pool.purpose === 'system' ? 'System' : 'User',
    vmSize: profile.machineType,
    count: minNodes,
    ...(minNodes !== maxNodes && { autoscaling: { minCount: minNodes, maxCount: maxNodes } }),
    availabilityZones: pool.zones,
    nodeLabels: pool.labels,
    nodeTaints: pool.taints.map(showTaint),
    osDiskType: osDisk === 'ephemeral' ? 'Ephemeral' : 'Managed',
    ...(!wholeNvme && { osDiskSizeGB: pool.diskGiB }),
    ...(maxPods !== undefined && { maxPods }),
    ...(mig?.gpuInstanceProfile !== undefined && { gpuInstanceProfile: mig.gpuInstanceProfile }),
    ...(gpuDriver !== undefined && { gpuDriver }),
    ...(spot && { spot }),
    scaleDownMode: deallocated?.scaleDownMode ?? 'Delete',
    ...(upgradeSettings && { upgradeSettings }),
    ...(spec.capacityReservationGroupId !== undefined && {
      capacityReservationGroupID: spec.capacityReservationGroupId,
    }),
    ...(spec.proximityPlacementGroupId !== undefined && { proximityPlacementGroupID: spec.proximityPlacementGroupId }),
    replacement,
    timeoutMinutes: {
      create: OPERATION_MINUTES,
      update: OPERATION_MINUTES + drainMinutes,
      delete: OPERATION_MINUTES + drainMinutes,
    },
    tags: tags ?? {},
  });
}

/**
 * What Azure fixes when a pool is made: a change of one of these is another pool. Source: terraform-provider-azurerm
 * kubernetes_cluster_node_pool_resource.go, what it makes anew or rotates, and azure-aks-docs.
 */
export const AKS_FIXED_AT_CREATION = [
  'vmSize',
  'osDiskType',
  'osDiskSizeGB',
  'maxPods',
  'availabilityZones',
  'gpuProfile',
  'gpuInstanceProfile',
  'scaleSetPriority',
  'scaleSetEvictionPolicy',
  'spotMaxPrice',
  'capacityReservationGroupID',
  'proximityPlacementGroupID',
  'vnetSubnetID',
] as const;
