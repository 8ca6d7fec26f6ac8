/** What the device plugin and the GPU Operator have in common. */
import type { Construct } from 'constructs';
import type { ImageLock } from '../domain/image';
import { checkNamespace, draftOwnership, type Ownership } from '../domain/names';
import type { GpuNodePoolPlan } from '../domain/node-pool-plan';
import { ACKNOWLEDGE_PREFIX } from '../domain/node-vocabulary';
import type { GpuStack } from '../domain/platform-profile';
import { type Draft, Findings } from '../domain/problem';
import { k8s } from '../kube/k8s';
import { ownershipLabels } from '../kube/labels';

/** The add-ons' own namespaces, which no workload may use. */
const ADD_ON_NAMESPACES: readonly string[] = ['gpu-resources', 'gpu-operator'];

const WHY_PRIVILEGED = 'Node agents for GPUs mount host paths; no other pods belong here.';

/** Props of {@link GpuDevicePlugin} and {@link GpuOperatorValues}. */
export interface GpuAddOnProps {
  /** Every GPU pool of the cluster; pools without GPUs are passed over. */
  readonly pools: readonly GpuNodePoolPlan[];
  readonly ownership: Ownership;
  /** @default 'gpu-resources' for the plugin, 'gpu-operator' for the operator */
  readonly namespace?: string;
  readonly images?: ImageLock;
}

/** The pools that the plugin or operator has to reach, or why it must not be there. */
export function draftGpuAddOn(
  { pools, ownership }: GpuAddOnProps,
  stack: GpuStack,
  namespace: string,
): Draft<readonly GpuNodePoolPlan[]> {
  const findings = new Findings();
  findings.adopt(draftOwnership(ownership));
  if (!ADD_ON_NAMESPACES.includes(namespace)) checkNamespace(findings, 'namespace', namespace);
  const gpuPools = pools.filter(({ profile }) => profile.gpu?.resourceName.startsWith('nvidia.com/'));
  for (const { name, platform } of gpuPools) {
    if (platform.gpuStack === stack) continue;
    findings.error('WP-PLUG-001', 'pools', name, {
      message: `on ${platform.cloud.toUpperCase()} ${platform.kubernetes} the GPUs of this pool come by '${platform.gpuStack}', and a second plugin would fight over them`,
      allowed: `pools of a platform with gpuStack '${stack}'`,
      fix:
        platform.gpuStack === 'gpu-operator'
          ? 'use GpuOperatorValues instead'
          : platform.gpuStack === 'managed'
            ? 'remove it; the cloud runs driver and plugin'
            : 'use GpuDevicePlugin instead',
    });
  }
  return findings.draft(gpuPools);
}

/** A namespace for node agents: they mount host paths, which *restricted* and *baseline* forbid. */
export function drawPrivilegedNamespace(scope: Construct, name: string, ownership: Ownership): void {
  new k8s.KubeNamespace(scope, 'namespace', {
    metadata: {
      name,
      labels: { ...ownershipLabels(ownership), 'pod-security.kubernetes.io/enforce': 'privileged' },
      annotations: { [`${ACKNOWLEDGE_PREFIX}WP-PSA-002`]: WHY_PRIVILEGED },
    },
  });
}
