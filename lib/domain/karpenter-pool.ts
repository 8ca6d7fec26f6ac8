/**
 * A pool as Karpenter reads it: what its nodes have to be, how many there may be, and when one may go. Fields as in
 * karpenter.sh/v1 (kubernetes-sigs/karpenter v1.12.0 pkg/apis/crds/karpenter.sh_nodepools.yaml).
 */
import { nodeKeptSeconds } from './autoscaler-profile';
import type { GpuNodePoolPlan } from './node-pool-plan';
import type { Taint } from './node-vocabulary';
import { type Draft, Findings } from './problem';

/** The object that holds what only one cloud knows of nodes. */
export interface NodeClassRef {
  readonly group: string;
  readonly kind: string;
  readonly name: string;
}

/** What is told beside the pool. */
export interface KarpenterSpec {
  /**
   * Seconds until a pod of the pool serves, on a node that has to come: an empty node stays at least as long.
   * @default not known; nodes stay for as long as the cluster autoscaler keeps them
   */
  readonly coldStartSeconds?: number;
  /** A node class that somebody else writes. @default an AKSNodeClass of the pool's name, which is drawn too */
  readonly nodeClass?: NodeClassRef;
}

/** What a node has to be, in the words of a node selector. */
export interface NodeRequirement {
  readonly key: string;
  readonly operator: 'In';
  readonly values: readonly string[];
}

/** What AKS is told of the nodes. */
export interface AksNodeClassPlan {
  readonly osDiskSizeGB: number;
  /** `None` where NVIDIA's operator brings the driver; the cloud does otherwise. */
  readonly gpuMode?: 'None';
}

/** A decided NodePool. */
export interface KarpenterPoolPlan {
  readonly name: string;
  readonly nodeClass: NodeClassRef;
  /** The node class that is drawn; absent where somebody else writes one. */
  readonly aksNodeClass?: AksNodeClassPlan;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  readonly requirements: readonly NodeRequirement[];
  /** Set for a pool of fixed size. */
  readonly replicas?: number;
  readonly limits: Readonly<Record<string, number>>;
  /** Absent for a pool of fixed size, which is never consolidated. */
  readonly consolidateAfterSeconds?: number;
  /** Nodes that may be replaced at the same time, by a change of the pool. */
  readonly replacedAtOnce: number;
}

/** Azure/karpenter-provider-azure pkg/apis/v1beta1/aksnodeclass.go, osDiskSizeGB. */
const AKS_DISK_GB = { least: 30, most: 2048 };

const AKS_NODE_CLASS = { group: 'karpenter.azure.com', kind: 'AKSNodeClass' } as const;

/** Well-known labels of Karpenter (pkg/apis/v1/labels.go), which node classes of every cloud know. */
const LABELS = {
  machine: 'node.kubernetes.io/instance-type',
  zone: 'topology.kubernetes.io/zone',
  architecture: 'kubernetes.io/arch',
  system: 'kubernetes.io/os',
  capacity: 'karpenter.sh/capacity-type',
} as const;

/** Whether Karpenter makes the nodes of a pool. System pools stay with the cloud: Karpenter itself runs on them. */
export function isMadeByKarpenter({ platform, purpose }: GpuNodePoolPlan): boolean {
  return platform.nodeAutoscaler === 'karpenter' && purpose !== 'system';
}

function checkPool(findings: Findings, pool: GpuNodePoolPlan): void {
  const { mig, deallocated, platform, diskGiB } = pool;
  const refuse = (prop: string, value: unknown, message: string, fix: string) =>
    findings.error('WP-POOL-024', prop, value, {
      message,
      allowed: 'pools of whole GPUs, as a NodePool and a node class can say them',
      fix,
    });
  if (mig !== undefined) {
    const cut = 'Karpenter counts the GPUs of a machine type and never makes a node for a part of one';
    refuse('mig', mig.profile, cut, 'leave out mig, or let the cluster autoscaler grow this pool');
  }
  if (deallocated !== undefined) {
    refuse('deallocate', deallocated.nodes, 'Karpenter deletes the nodes that it gives up', 'remove deallocate');
  }
  if (platform.gpuStack === 'managed') {
    const stack = "managed GPU nodes are a setting of AKS' own pools, and no node class has it";
    refuse('platform.gpuStack', 'managed', stack, "use gpuStack 'device-plugin' or 'gpu-operator'");
  }
  if (diskGiB > AKS_DISK_GB.most) {
    refuse('diskGiB', diskGiB, `an AKSNodeClass ends at ${AKS_DISK_GB.most} GB`, 'use a smaller disk');
  }
}

function requirementsOf({ profile, spot, zones, platform }: GpuNodePoolPlan): readonly NodeRequirement[] {
  const one = (key: string, ...values: readonly string[]): NodeRequirement => ({ key, operator: 'In', values });
  return [
    one(LABELS.machine, profile.machineType),
    one(LABELS.architecture, profile.architecture),
    one(LABELS.system, 'linux'),
    one(LABELS.capacity, spot ? 'spot' : 'on-demand'),
    // Nodes of AKS bear zones as 'westeurope-1' (azure-aks-docs node-auto-provisioning-node-pools.md).
    ...(zones.length > 0 ? [one(LABELS.zone, ...zones.map((zone) => `${platform.region}-${zone}`))] : []),
  ];
}

/**
 * Decides the NodePool of a pool: WP-POOL-024 for what Karpenter has no words for, WP-POOL-025 for a minimum that it
 * does not keep.
 */
export function draftKarpenterPool(pool: GpuNodePoolPlan, spec: KarpenterSpec = {}): Draft<KarpenterPoolPlan> {
  const findings = new Findings(`pool '${pool.name}'.`);
  checkPool(findings, pool);
  const { minNodes, maxNodes, profile } = pool;
  const fixed = minNodes === maxNodes;
  if (!fixed && minNodes > 0) {
    findings.warning('WP-POOL-025', 'minNodes', minNodes, {
      message: 'Karpenter keeps no minimum: a node stays while pods other than those of DaemonSets are on it',
      allowed: '0, or minNodes = maxNodes for a pool of fixed size',
      fix: 'keep nodes by minReplicas of the services and by warm nodes, and set minNodes to 0',
    });
  }
  const { nodeClass, coldStartSeconds = 0 } = spec;
  return findings.draft<KarpenterPoolPlan>({
    name: pool.name,
    nodeClass: nodeClass ?? { ...AKS_NODE_CLASS, name: pool.name },
    ...(nodeClass === undefined && {
      aksNodeClass: {
        osDiskSizeGB: Math.max(AKS_DISK_GB.least, pool.diskGiB),
        ...(!pool.cloudInstallsDriver && { gpuMode: 'None' as const }),
      },
    }),
    labels: pool.labels,
    taints: pool.taints,
    requirements: requirementsOf(pool),
    // A static NodePool takes a limit of nodes only.
    ...(fixed && { replicas: minNodes }),
    limits:
      fixed || profile.gpu === undefined
        ? { nodes: maxNodes }
        : { nodes: maxNodes, [profile.gpu.resourceName]: pool.maxGpus },
    ...(!fixed && { consolidateAfterSeconds: nodeKeptSeconds(coldStartSeconds) }),
    replacedAtOnce: 1,
  });
}
