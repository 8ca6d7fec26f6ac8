/** A cluster and what it can do: one switch for API versions, available fields and how GPUs become schedulable. */
import { type Draft, Findings, unwrap } from './problem';

/** The managed Kubernetes services that warmpath writes node pools for. */
export type Cloud = 'aks' | 'iks';

/**
 * Who makes `nvidia.com/gpu` appear on a node.
 * - `device-plugin`: the cloud installs the driver, the platform team the device plugin (AKS default).
 * - `managed`: the cloud runs driver and device plugin (AKS managed GPU nodes, preview; IKS up to 1.35).
 * - `gpu-operator`: nothing is preinstalled, NVIDIA's GPU Operator brings driver and plugin (IKS from 1.36).
 */
export type GpuStack = 'device-plugin' | 'managed' | 'gpu-operator';

/** Versions of the CapacityBuffer API; Karpenter serves the older one alone (karpenter v1.14.1, alpha gate). */
export type CapacityBufferVersion = 'v1beta1' | 'v1alpha1';

/**
 * Who makes and removes nodes.
 * - `cluster-autoscaler`: the cloud's own, which grows the pools that the cloud knows.
 * - `karpenter`: node auto-provisioning of AKS, which reads NodePools from the cluster.
 */
export type NodeAutoscaler = 'cluster-autoscaler' | 'karpenter';

/** What an environment says about its cluster. */
export interface PlatformSpec {
  readonly cloud: Cloud;
  /** Kubernetes minor version of the cluster: '1.35'. */
  readonly kubernetes: string;
  /** Cloud region, as the cloud spells it: 'westeurope', 'us-south'. Prices are looked up by it. */
  readonly region: string;
  /**
   * Who brings driver and device plugin.
   * @default AKS: 'device-plugin'; IKS: 'managed' up to 1.35, 'gpu-operator' from 1.36
   */
  readonly gpuStack?: GpuStack;
  /**
   * Set where the node autoscaler serves CapacityBuffers: kubernetes/autoscaler with
   * `--capacity-buffer-controller-enabled` and `--capacity-buffer-pod-injection-enabled`, or Karpenter with its gate.
   * @default none: AKS announced them for node auto-provisioning only (Azure/AKS#5873), IKS not at all
   */
  readonly capacityBuffers?: CapacityBufferVersion;
  /**
   * Who makes the nodes of GPU pools. Where it is Karpenter, autoscaled pools of the cloud stand aside: AKS wants one of
   * the two (azure-aks-docs node-auto-provisioning.md).
   * @default 'cluster-autoscaler'
   */
  readonly nodeAutoscaler?: NodeAutoscaler;
}

/** Fields that a cluster accepts or not. */
export interface PlatformFeatures {
  /** `lifecycle.preStop.sleep` (KEP-3960): on by default from 1.30. */
  readonly preStopSleep: boolean;
  /** `volumes[].image` (KEP-4639): on by default from 1.35. */
  readonly imageVolume: boolean;
  /** Version of the CapacityBuffer API that the node autoscaler serves; undefined where it does not. */
  readonly capacityBuffers?: CapacityBufferVersion;
}

/** A checked platform. */
export interface PlatformProfile {
  readonly cloud: Cloud;
  readonly kubernetes: string;
  /** Minor version as a number: 35. */
  readonly kubernetesMinor: number;
  readonly region: string;
  readonly gpuStack: GpuStack;
  readonly nodeAutoscaler: NodeAutoscaler;
  readonly features: PlatformFeatures;
}

/** Oldest schema that the emitted YAML fits (cdk8s-plus-28). */
const OLDEST_MINOR = 28;

/**
 * Minor versions that each cloud supports, read in August 2026.
 * AKS: MicrosoftDocs/azure-aks-docs supported-kubernetes-versions.md (1.33 ended in July 2026, 1.37 comes in October);
 * IKS: ibm-cloud-docs/containers (1.33 unsupported from 2026-10-14).
 */
const SUPPORTED_MINORS: Record<Cloud, readonly number[]> = { aks: [34, 35, 36], iks: [34, 35, 36] };

/** From this minor version IKS preinstalls no GPU driver: ibm-cloud-docs/containers gpu-migrate-136, 2026-05-20. */
const IKS_GPU_OPERATOR_MINOR = 36;

const CAPACITY_BUFFERS: readonly (string | undefined)[] = [undefined, 'v1beta1', 'v1alpha1'] satisfies (
  | CapacityBufferVersion
  | undefined
)[];

/** IKS grows worker pools by its add-on cluster-autoscaler only (ibm-cloud-docs/containers). */
const NODE_AUTOSCALERS: Record<Cloud, readonly NodeAutoscaler[]> = {
  aks: ['cluster-autoscaler', 'karpenter'],
  iks: ['cluster-autoscaler'],
};

const GPU_STACKS: Record<Cloud, (minor: number) => readonly GpuStack[]> = {
  aks: () => ['device-plugin', 'managed', 'gpu-operator'],
  iks: (minor) => (minor >= IKS_GPU_OPERATOR_MINOR ? ['gpu-operator'] : ['managed']),
};

/** Checks a platform; the first GPU stack that the cloud offers is the default. */
export function draftPlatformProfile(spec: PlatformSpec): Draft<PlatformProfile> {
  const findings = new Findings('platform.');
  const clouds = Object.keys(SUPPORTED_MINORS);
  if (!clouds.includes(spec.cloud)) {
    findings.error('WP-PLAT-001', 'cloud', spec.cloud, {
      message: 'this cloud is not known',
      allowed: clouds.join(', '),
      fix: "use 'aks' or 'iks'",
    });
    return findings.draft<PlatformProfile>(undefined);
  }
  const minor = Number(/^1\.([1-9]\d{0,2})$/.exec(spec.kubernetes)?.[1] ?? Number.NaN);
  if (!(minor >= OLDEST_MINOR)) {
    findings.error('WP-PLAT-002', 'kubernetes', spec.kubernetes, {
      message: 'the emitted objects need the API of Kubernetes 1.28 or newer',
      allowed: `'1.${OLDEST_MINOR}' or newer, major.minor only`,
      fix: "give the minor version of the cluster, for example '1.35'",
    });
    return findings.draft<PlatformProfile>(undefined);
  }
  const supported = SUPPORTED_MINORS[spec.cloud];
  if (!supported.includes(minor)) {
    findings.warning('WP-PLAT-003', 'kubernetes', spec.kubernetes, {
      message: `${spec.cloud.toUpperCase()} did not list this version as supported in August 2026`,
      allowed: supported.map((version) => `1.${version}`).join(', '),
      fix: 'upgrade the cluster, or make sure of long-term support',
    });
  }
  if (typeof spec.region !== 'string' || spec.region.trim() === '') {
    findings.error('WP-PLAT-005', 'region', spec.region, {
      message: 'prices and zones hang on the region',
      allowed: "the cloud's own name of a region",
      fix: "set it, for example 'westeurope'",
    });
  }
  const stacks = GPU_STACKS[spec.cloud](minor);
  const gpuStack = spec.gpuStack ?? stacks[0];
  if (gpuStack === undefined || !stacks.includes(gpuStack)) {
    findings.error('WP-PLAT-004', 'gpuStack', spec.gpuStack, {
      message: `${spec.cloud.toUpperCase()} ${spec.kubernetes} does not bring GPUs to pods this way`,
      allowed: stacks.join(', '),
      fix: `leave gpuStack out, or use '${stacks[0]}'`,
    });
  }
  const { capacityBuffers } = spec;
  if (!CAPACITY_BUFFERS.includes(capacityBuffers)) {
    findings.error('WP-PLAT-006', 'capacityBuffers', capacityBuffers, {
      message: 'no autoscaler serves this version of the CapacityBuffer API',
      allowed: 'v1beta1, or v1alpha1 for Karpenter',
      fix: 'take the version that `kubectl api-resources` lists, or leave it out',
    });
  }
  const { nodeAutoscaler = 'cluster-autoscaler' } = spec;
  const autoscalers = NODE_AUTOSCALERS[spec.cloud];
  if (!autoscalers.includes(nodeAutoscaler)) {
    findings.error('WP-PLAT-007', 'nodeAutoscaler', nodeAutoscaler, {
      message: `${spec.cloud.toUpperCase()} does not make nodes this way`,
      allowed: autoscalers.join(', '),
      fix: "leave it out for the cloud's own autoscaler",
    });
  }
  return findings.draft<PlatformProfile>({
    cloud: spec.cloud,
    kubernetes: spec.kubernetes,
    kubernetesMinor: minor,
    region: spec.region,
    gpuStack: gpuStack ?? 'device-plugin',
    nodeAutoscaler,
    features: { preStopSleep: minor >= 30, imageVolume: minor >= 35, ...(capacityBuffers && { capacityBuffers }) },
  });
}

/**
 * A checked platform.
 * @throws ProblemsError (WP-PLAT-*)
 */
export function planPlatform(spec: PlatformSpec): PlatformProfile {
  return unwrap(draftPlatformProfile(spec));
}
