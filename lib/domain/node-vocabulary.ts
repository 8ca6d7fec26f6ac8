/** Every label, taint and annotation key that warmpath writes, once. */

const DOMAIN = 'warmpath.dev';

/** Label keys on nodes; the cloud writes them from the pool plan, pods select by them. */
export const NODE_LABELS = {
  /** Name of the pool: the one label that pods select by. */
  pool: `${DOMAIN}/pool`,
  purpose: `${DOMAIN}/purpose`,
  gpuModel: `${DOMAIN}/gpu-model`,
} as const;

/** Label keys on workloads and namespaces; OpenCost and kube-state-metrics aggregate by them. */
export const WORKLOAD_LABELS = {
  name: 'app.kubernetes.io/name',
  instance: 'app.kubernetes.io/instance',
  version: 'app.kubernetes.io/version',
  component: 'app.kubernetes.io/component',
  partOf: 'app.kubernetes.io/part-of',
  managedBy: 'app.kubernetes.io/managed-by',
  owner: `${DOMAIN}/owner`,
  team: `${DOMAIN}/team`,
  costCentre: `${DOMAIN}/cost-centre`,
  environment: `${DOMAIN}/environment`,
  pool: `${DOMAIN}/pool`,
  modelName: `${DOMAIN}/model-name`,
  modelVersion: `${DOMAIN}/model-version`,
} as const;

/** Annotation keys on workloads. */
export const ANNOTATIONS = {
  modelUri: `${DOMAIN}/model-uri`,
  coldStartP50: `${DOMAIN}/cold-start-p50-seconds`,
  coldStartP95: `${DOMAIN}/cold-start-p95-seconds`,
  /** The part of the cold start that begins with the container: what its startup probe has to cover. */
  containerStartP95: `${DOMAIN}/container-start-p95-seconds`,
  memoryFit: `${DOMAIN}/gpu-memory-fit`,
  configSha256: `${DOMAIN}/config-sha256`,
  /** Everything that was decided, as JSON: see plan-record.ts. */
  plan: `${DOMAIN}/plan`,
  chart: `${DOMAIN}/chart`,
  /** Read by the cluster autoscaler, which otherwise moves a pod to empty its node. */
  safeToEvict: 'cluster-autoscaler.kubernetes.io/safe-to-evict',
} as const;

/** Annotation keys `policy.warmpath.dev/<rule>` hold the reasons why breaches of that rule are accepted. */
export const ACKNOWLEDGE_PREFIX = `policy.${DOMAIN}/`;

export type TaintEffect = 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';

/** A node taint in the form in which every cloud can be told of it; IKS demands a value. */
export interface Taint {
  readonly key: string;
  readonly value: string;
  readonly effect: TaintEffect;
}

/** `nvidia.com/gpu=present:NoSchedule`, as kubectl prints it and Azure takes it. */
export function showTaint({ key, value, effect }: Taint): string {
  return `${key}${value === '' ? '' : `=${value}`}:${effect}`;
}

/**
 * Keeps pods that ask for no GPU off GPU nodes. AKS and IKS add no such taint by themselves
 * (azure-aks-docs use-nvidia-gpu.md); NVIDIA's own DaemonSets tolerate `nvidia.com/gpu`.
 */
export const gpuTaint = (resourceName: string): Taint => ({
  key: resourceName,
  value: 'present',
  effect: 'NoSchedule',
});

/** Keeps inference off training nodes and the other way round, unless a pod asks for that pool by name. */
export const purposeTaint = (purpose: string): Taint => ({
  key: NODE_LABELS.purpose,
  value: purpose,
  effect: 'NoSchedule',
});

/** AKS sets this taint on spot nodes by itself; declared so that desired and actual state agree (spot-node-pool.md). */
export const AKS_SPOT_TAINT: Taint = {
  key: 'kubernetes.azure.com/scalesetpriority',
  value: 'spot',
  effect: 'NoSchedule',
};

/** Keeps ordinary pods off a system pool (azure-aks-docs use-system-pools.md). */
export const SYSTEM_TAINT: Taint = { key: 'CriticalAddonsOnly', value: 'true', effect: 'NoSchedule' };
