/** One node-pool plan that the cloud and the pods both read: labels, taints, tolerations, sizes. */
import { type DeallocatedCapacity, type DeallocateSpec, draftDeallocatedCapacity } from './deallocated-capacity';
import { draftGpuProfile, type GpuFacts, type GpuProfile } from './gpu-profile';
import { draftMig, MIG_CONFIG_LABEL, type MigPlan, type MigSpec } from './mig';
import { draftOwnership, isLabelValue, isQualifiedName, type Ownership } from './names';
import { type NodeCapacity, nodeCapacity } from './node-capacity';
import {
  AKS_SPOT_TAINT,
  gpuTaint,
  NODE_LABELS,
  purposeTaint,
  SYSTEM_TAINT,
  type Taint,
  WORKLOAD_LABELS,
} from './node-vocabulary';
import type { Cloud, PlatformProfile } from './platform-profile';
import { type Draft, Findings, unwrap } from './problem';

/** What a pool is for; a taint follows from it. */
export type PoolPurpose = 'inference' | 'training' | 'system';

/** What an environment says about a pool. */
export interface GpuNodePoolSpec {
  /** AKS: 1-12 lower-case letters and digits. IKS: a DNS label. */
  readonly name: string;
  readonly purpose: PoolPurpose;
  readonly platform: PlatformProfile;
  /** A machine type of the cloud, or `GpuProfile.custom({ ... })`. */
  readonly machine: string | GpuProfile;
  /** Nodes that always run, over all zones. */
  readonly minNodes: number;
  /** Nodes that the autoscaler may reach, over all zones. */
  readonly maxNodes: number;
  readonly ownership: Ownership;
  /** Zones as the cloud names them: AKS '1', IKS 'us-south-1'. @default the cloud chooses */
  readonly zones?: readonly string[];
  /** Cheaper nodes that the cloud may take back within 30 s. AKS only. @default false */
  readonly spot?: boolean;
  /** Cuts every GPU of the pool into instances; all sizes of the plan count instances then. @default whole GPUs */
  readonly mig?: MigSpec;
  /**
   * Size of the disk that holds images and emptyDirs: GiB on AKS, GB on IKS, as the clouds count.
   * @default AKS: the size that AKS gives a managed disk for the machine's vCPUs; IKS: 100
   */
  readonly diskGiB?: number;
  /** Keeps nodes that are scaled down stopped, with the images on their disks. AKS only. @default they are deleted */
  readonly deallocate?: DeallocateSpec;
  /** Further labels of the nodes. @default none */
  readonly labels?: Readonly<Record<string, string>>;
  /** Further taints; pods of the pool tolerate them. @default none */
  readonly taints?: readonly Taint[];
  /** System pools only: keep everything but the cluster's own pods away. @default false */
  readonly dedicated?: boolean;
}

/** A toleration in Kubernetes' own field names. */
export interface Toleration {
  readonly key: string;
  readonly operator: 'Equal';
  readonly value: string;
  readonly effect: Taint['effect'];
}

/** A decided pool. Plain data: `cloud/` writes the pool from it, pods derive scheduling from it. */
export interface GpuNodePoolPlan {
  readonly name: string;
  readonly purpose: PoolPurpose;
  readonly platform: PlatformProfile;
  /** The machine as pods see it: where GPUs are cut, its GPUs are the instances. */
  readonly profile: GpuProfile;
  /** How the GPUs are cut; absent where they are whole. */
  readonly mig?: MigPlan;
  readonly ownership: Ownership;
  readonly minNodes: number;
  readonly maxNodes: number;
  readonly spot: boolean;
  readonly zones: readonly string[];
  readonly diskGiB: number;
  /** What becomes of nodes that are scaled down; absent where they are deleted. */
  readonly deallocated?: DeallocatedCapacity;
  /** Labels that the cloud sets on every node of the pool. */
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  /** Exactly what a pod needs to get past the taints. */
  readonly tolerations: readonly Toleration[];
  /** What a pod requires of a node to land on this pool and on no other. */
  readonly nodeSelector: Readonly<Record<string, string>>;
  /** What one node offers to pods. */
  readonly capacity: NodeCapacity;
  readonly minGpus: number;
  readonly maxGpus: number;
  /** Whether the cloud installs the GPU driver; NVIDIA's operator wants to do that itself. */
  readonly cloudInstallsDriver: boolean;
}

interface CloudRules {
  readonly name: RegExp;
  readonly nameText: string;
  readonly reservedLabels: RegExp;
  readonly zone: RegExp;
  readonly zoneExample: string;
  readonly maxNodes: number;
  readonly spot: boolean;
  readonly defaultDiskGiB: (vcpus: number) => number;
}

/** AKS: azure-aks-docs create-node-pools.md, use-labels.md, concepts-storage.md (default managed OS disk by vCPUs). */
const RULES: Readonly<Record<Cloud, CloudRules>> = {
  aks: {
    name: /^[a-z][a-z0-9]{0,11}$/,
    nameText: '1-12 lower-case letters and digits, first a letter',
    reservedLabels: /^([a-z0-9.-]*\.)?(kubernetes\.azure\.com|kubernetes\.io|k8s\.io|warmpath\.dev)\//,
    zone: /^[1-3]$/,
    zoneExample: '1',
    maxNodes: 1000,
    spot: true,
    defaultDiskGiB: (vcpus) => (vcpus < 8 ? 128 : vcpus < 16 ? 256 : vcpus < 64 ? 512 : 1024),
  },
  iks: {
    name: /^[a-z]([-a-z0-9]{0,30}[a-z0-9])?$/,
    nameText: '1-32 lower-case letters, digits and hyphens, first a letter, last a letter or digit',
    reservedLabels: /^([a-z0-9.-]*\.)?(kubernetes\.io|k8s\.io|warmpath\.dev)\//,
    zone: /^[a-z]+(-[a-z]+)*-[0-9]+$/,
    zoneExample: 'us-south-1',
    maxNodes: 1000,
    spot: false,
    defaultDiskGiB: () => 100,
  },
};

/** A system pool smaller than this cannot hold the cluster's own pods (azure-aks-docs use-system-pools.md). */
const SYSTEM_POOL = { minNodes: 2, minVcpus: 4 };

/** Operating system, logs and one unpacked server image. A choice of warmpath. */
const MIN_DISK_GIB = 60;

/** IKS: no version of the cluster-autoscaler add-on was listed for 1.36 in August 2026. */
const IKS_AUTOSCALER_LAST_MINOR = 35;

function checkSizes(findings: Findings, spec: GpuNodePoolSpec, rules: CloudRules): void {
  const { minNodes, maxNodes } = spec;
  for (const [prop, value] of Object.entries({ minNodes, maxNodes })) {
    if (Number.isInteger(value) && value >= 0 && value <= rules.maxNodes) continue;
    findings.error('WP-POOL-002', prop, value, {
      message: 'this is no number of nodes',
      allowed: `a whole number from 0 to ${rules.maxNodes}`,
      fix: 'count nodes over all zones',
    });
  }
  if (maxNodes < Math.max(1, minNodes)) {
    findings.error('WP-POOL-003', 'maxNodes', maxNodes, {
      message: `the pool could never hold its ${Math.max(1, minNodes)} node(s)`,
      allowed: `a whole number from ${Math.max(1, minNodes)} up`,
      fix: 'raise maxNodes or lower minNodes',
    });
  }
}

function checkZones(findings: Findings, spec: GpuNodePoolSpec, rules: CloudRules): void {
  const zones = spec.zones ?? [];
  for (const zone of zones) {
    if (rules.zone.test(zone) && (spec.platform.cloud === 'aks' || zone.startsWith(`${spec.platform.region}-`)))
      continue;
    findings.error('WP-POOL-004', 'zones', zone, {
      message: `this is not how ${spec.platform.cloud.toUpperCase()} names a zone`,
      allowed: `text such as '${rules.zoneExample}'`,
      fix: 'use the names that the cloud lists for the region',
    });
  }
  if (new Set(zones).size !== zones.length) {
    findings.error('WP-POOL-005', 'zones', zones, {
      message: 'a zone is named twice',
      allowed: 'each zone once',
      fix: 'remove the repetition',
    });
  }
  if (spec.platform.cloud !== 'iks' || zones.length === 0) return;
  for (const [prop, value] of Object.entries({ minNodes: spec.minNodes, maxNodes: spec.maxNodes })) {
    if (value % zones.length === 0) continue;
    findings.error('WP-POOL-006', prop, value, {
      message: `IKS sizes worker pools per zone, and this does not divide by ${zones.length} zones`,
      allowed: `a multiple of ${zones.length}`,
      fix: `use ${Math.ceil(value / zones.length) * zones.length}`,
    });
  }
}

const PURPOSES: readonly string[] = ['inference', 'training', 'system'] satisfies PoolPurpose[];

function checkPurpose(findings: Findings, spec: GpuNodePoolSpec, profile: GpuProfile): void {
  if (!PURPOSES.includes(spec.purpose)) {
    findings.error('WP-POOL-021', 'purpose', spec.purpose, {
      message: 'taints and checks follow from the purpose, and there is no such one',
      allowed: PURPOSES.join(', '),
      fix: "use 'inference' for what serves users",
    });
  }
  if (spec.purpose === 'system') {
    if (profile.gpus > 0) {
      findings.error('WP-POOL-008', 'machine', profile.machineType, {
        message: "a system pool would spend GPUs on the cluster's own pods",
        allowed: 'a machine type without GPUs',
        fix: "use a CPU machine, or make the purpose 'inference'",
      });
    }
    if (spec.minNodes < SYSTEM_POOL.minNodes || profile.vcpus < SYSTEM_POOL.minVcpus) {
      const few = spec.minNodes < SYSTEM_POOL.minNodes;
      findings.error('WP-POOL-009', few ? 'minNodes' : 'machine', few ? spec.minNodes : profile.machineType, {
        message: `a system pool of ${spec.minNodes} x ${profile.vcpus} vCPU cannot survive the loss of a node`,
        allowed: `at least ${SYSTEM_POOL.minNodes} nodes of at least ${SYSTEM_POOL.minVcpus} vCPU`,
        fix: few ? `set minNodes to ${SYSTEM_POOL.minNodes} or more` : 'choose a larger machine',
      });
    }
  } else if (profile.gpus === 0) {
    findings.error('WP-POOL-010', 'machine', profile.machineType, {
      message: `a pool for ${spec.purpose} needs GPUs and this machine has none`,
      allowed: 'a GPU machine type',
      fix: "choose a GPU machine, or make the purpose 'system'",
    });
  }
}

function checkSpot(findings: Findings, spec: GpuNodePoolSpec, rules: CloudRules): void {
  if (!spec.spot) return;
  if (!rules.spot) {
    findings.error('WP-POOL-007', 'spot', true, {
      message: `${spec.platform.cloud.toUpperCase()} worker pools have no spot nodes`,
      allowed: 'false',
      fix: 'remove spot',
    });
  } else if (spec.purpose === 'system') {
    findings.error('WP-POOL-007', 'spot', true, {
      message: 'a system pool must not be taken away',
      allowed: 'false for purpose system',
      fix: 'remove spot',
    });
  } else if (spec.purpose === 'inference') {
    findings.warning('WP-POOL-011', 'spot', true, {
      message: 'the cloud takes spot nodes back with 30 s notice, all of them at once if it must',
      allowed: 'spot beside a pool of regular nodes that holds the floor',
      fix: 'keep a regular pool for minReplicas, or use spot for training only',
    });
  }
}

const EFFECTS: readonly string[] = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'] satisfies Taint['effect'][];

const GPU_KEYS: readonly string[] = ['nvidia.com/gpu', 'amd.com/gpu'] satisfies GpuFacts['resourceName'][];

function checkMarks(findings: Findings, spec: GpuNodePoolSpec, rules: CloudRules): void {
  for (const [key, value] of Object.entries(spec.labels ?? {})) {
    const reserved = rules.reservedLabels.test(key) || key === MIG_CONFIG_LABEL;
    if (isQualifiedName(key) && isLabelValue(value) && !reserved) continue;
    findings.error('WP-POOL-015', `labels['${key}']`, value, {
      message: reserved
        ? `Kubernetes, ${spec.platform.cloud.toUpperCase()} or warmpath keep this prefix for themselves`
        : 'Kubernetes does not accept this label',
      allowed: 'prefix/name of your own with a value of 1-63 letters, digits, hyphens, underscores and dots',
      fix:
        key === MIG_CONFIG_LABEL
          ? "cut the GPUs with mig: { profile: '...' }"
          : "use a prefix of your own, for example 'example.com/rack'",
    });
  }
  const keys = (spec.taints ?? []).map(({ key, effect }) => `${key}:${effect}`);
  for (const [index, taint] of (spec.taints ?? []).entries()) {
    const legal = isQualifiedName(taint.key) && isLabelValue(taint.value) && EFFECTS.includes(taint.effect);
    const own = !rules.reservedLabels.test(taint.key) && !GPU_KEYS.includes(taint.key);
    if (legal && own && keys.indexOf(`${taint.key}:${taint.effect}`) === index) continue;
    findings.error('WP-POOL-016', 'taints', taint, {
      message: 'it is illegal (IKS demands a value), reserved, or there twice',
      allowed: `a key of your own, a value and one of ${EFFECTS.join(', ')}`,
      fix: "write for example { key: 'example.com/reserved', value: 'true', effect: 'NoSchedule' }",
    });
  }
}

/** Instances are tainted as whole GPUs are: NVIDIA's own agents tolerate that key and know none of an instance. */
function taintsOf(spec: GpuNodePoolSpec, machine: GpuProfile): readonly Taint[] {
  const own = spec.taints ?? [];
  if (spec.purpose === 'system') return spec.dedicated ? [SYSTEM_TAINT, ...own] : own;
  const spot = spec.spot && spec.platform.cloud === 'aks' ? [AKS_SPOT_TAINT] : [];
  const gpu = machine.gpu === undefined ? [] : [gpuTaint(machine.gpu.resourceName)];
  return [...gpu, purposeTaint(spec.purpose), ...spot, ...own];
}

function labelsOf(spec: GpuNodePoolSpec, profile: GpuProfile, mig: MigPlan | undefined): Record<string, string> {
  return {
    ...spec.labels,
    ...mig?.labels,
    [NODE_LABELS.pool]: spec.name,
    [NODE_LABELS.purpose]: spec.purpose,
    ...(profile.gpu && { [NODE_LABELS.gpuModel]: profile.gpu.model }),
    [WORKLOAD_LABELS.team]: spec.ownership.team,
    [WORKLOAD_LABELS.costCentre]: spec.ownership.costCentre,
    [WORKLOAD_LABELS.environment]: spec.ownership.environment,
  };
}

/** Machine, autoscaler and GPU stack have to go together on the cluster. */
function checkMachineOnPlatform(findings: Findings, spec: GpuNodePoolSpec, profile: GpuProfile): void {
  const { platform } = spec;
  if (profile.cloud !== platform.cloud) {
    findings.error('WP-POOL-012', 'machine', profile.machineType, {
      message: `this machine belongs to ${profile.cloud.toUpperCase()}, the cluster to ${platform.cloud.toUpperCase()}`,
      allowed: `a machine type of ${platform.cloud.toUpperCase()}`,
      fix: 'choose a machine of the same cloud',
    });
  }
  if (
    platform.cloud === 'iks' &&
    platform.kubernetesMinor > IKS_AUTOSCALER_LAST_MINOR &&
    spec.minNodes !== spec.maxNodes
  ) {
    findings.warning('WP-POOL-013', 'maxNodes', spec.maxNodes, {
      message: `no version of the IKS cluster-autoscaler add-on was listed for Kubernetes ${platform.kubernetes}`,
      allowed: `autoscaled pools up to 1.${IKS_AUTOSCALER_LAST_MINOR}, fixed pools on any version`,
      fix: 'set minNodes = maxNodes, or make sure that the add-on has caught up',
    });
  }
  if (
    platform.cloud === 'aks' &&
    platform.gpuStack === 'managed' &&
    profile.gpus > 0 &&
    spec.minNodes !== spec.maxNodes
  ) {
    // azure-aks-docs aks-managed-gpu-nodes.md, 2026-07-02.
    findings.error('WP-POOL-018', 'maxNodes', spec.maxNodes, {
      message: 'managed GPU nodes are a preview of AKS without cluster autoscaler',
      allowed: 'minNodes = maxNodes',
      fix: "fix the size of the pool, or use gpuStack 'device-plugin'",
    });
  }
}

/** The pools of a cluster as clouds want them: the one that it begins with first. */
export function systemPoolsFirst(pools: readonly GpuNodePoolPlan[]): readonly GpuNodePoolPlan[] {
  return [...pools].sort((a, b) => Number(b.purpose === 'system') - Number(a.purpose === 'system'));
}

/** Decides a pool and gathers everything that is wrong with the input. */
export function draftGpuNodePool(spec: GpuNodePoolSpec): Draft<GpuNodePoolPlan> {
  const findings = new Findings();
  const { platform } = spec;
  const rules = RULES[platform.cloud];
  if (!rules.name.test(spec.name)) {
    findings.error('WP-POOL-001', 'name', spec.name, {
      message: `${platform.cloud.toUpperCase()} does not accept this name for a pool`,
      allowed: rules.nameText,
      fix: "rename the pool, for example 'a100chat'",
    });
  }
  checkSizes(findings, spec, rules);
  checkZones(findings, spec, rules);
  checkSpot(findings, spec, rules);
  checkMarks(findings, spec, rules);
  findings.adopt(draftOwnership(spec.ownership));
  const machine =
    typeof spec.machine === 'string' ? findings.adopt(draftGpuProfile(platform.cloud, spec.machine)) : spec.machine;
  if (machine === undefined) return findings.draft<GpuNodePoolPlan>(undefined);
  checkPurpose(findings, spec, machine);
  checkMachineOnPlatform(findings, spec, machine);
  const autoscaled = spec.minNodes !== spec.maxNodes;
  const cut = spec.mig && findings.adopt(draftMig(spec.mig, { machine, platform, autoscaled }));
  const profile = cut?.profile ?? machine;
  const taints = taintsOf(spec, machine);
  const diskGiB = spec.diskGiB ?? rules.defaultDiskGiB(profile.vcpus);
  if (!(Number.isInteger(diskGiB) && diskGiB >= MIN_DISK_GIB)) {
    findings.error('WP-POOL-017', 'diskGiB', diskGiB, {
      message: 'the operating system and one server image do not fit',
      allowed: `whole GiB from ${MIN_DISK_GIB} up`,
      fix: 'leave it out for the default of the cloud',
    });
  }
  const { minNodes, maxNodes } = spec;
  const deallocated =
    spec.deallocate &&
    findings.adopt(draftDeallocatedCapacity(spec.deallocate, { platform, minNodes, maxNodes, diskGiB }));
  return findings.draft<GpuNodePoolPlan>({
    name: spec.name,
    purpose: spec.purpose,
    platform,
    profile,
    ...(cut && { mig: cut.plan }),
    ownership: spec.ownership,
    minNodes: spec.minNodes,
    maxNodes: spec.maxNodes,
    spot: spec.spot ?? false,
    zones: spec.zones ?? [],
    diskGiB,
    ...(deallocated && { deallocated }),
    labels: labelsOf(spec, profile, cut?.plan),
    taints,
    tolerations: taints.map(({ key, value, effect }) => ({ key, operator: 'Equal', value, effect })),
    nodeSelector: { [NODE_LABELS.pool]: spec.name },
    capacity: nodeCapacity(platform.cloud, profile, diskGiB),
    minGpus: spec.minNodes * profile.gpus,
    maxGpus: spec.maxNodes * profile.gpus,
    cloudInstallsDriver: platform.gpuStack !== 'gpu-operator',
  });
}

/**
 * Decides a pool.
 * @throws ProblemsError with every WP-POOL-*, WP-MIG-*, WP-GPU-* and WP-COST-* error of the spec
 */
export function planGpuNodePool(spec: GpuNodePoolSpec): GpuNodePoolPlan {
  return unwrap(draftGpuNodePool(spec));
}
