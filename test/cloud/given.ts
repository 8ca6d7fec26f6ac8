/** Plans of both clouds as the components of lib/cloud take them. */
import { Provider } from '@pulumi/kubernetes/provider';
import {
  type AksClusterSpec,
  type AksNodePoolPlan,
  type AksPoolSpec,
  type CloudContext,
  type CloudPlan,
  type CloudSpec,
  draftAksCluster,
  draftAksNodePool,
  draftCloud,
  draftIksCluster,
  draftIksWorkerPool,
  type GpuNodePoolSpec,
  type IksClusterSpec,
  type IksPoolSpec,
  type IksWorkerPoolPlan,
  unwrap,
} from '../../lib/domain';
import { aksContext, aksSystem, CLOUDS, cloudContext, iksContext, iksGpu, iksSystem } from '../domain/cloud-given';
import { plannedPool } from '../domain/given';

export const AGENT_POOL = 'azure-native:containerservice:AgentPool';
export const MANAGED_CLUSTER = 'azure-native:containerservice:ManagedCluster';
export const WORKER_POOL = 'ibm:index/containerVpcWorkerPool:ContainerVpcWorkerPool';
export const VPC_CLUSTER = 'ibm:index/containerVpcCluster:ContainerVpcCluster';

export const TAGS = { owner: 'chat-oncall', team: 'chat' } as const;

export function aksPoolPlan(more: Partial<GpuNodePoolSpec> = {}, spec: AksPoolSpec = {}): AksNodePoolPlan {
  return unwrap(draftAksNodePool(plannedPool(more), spec));
}

export function iksPoolPlan(more: Partial<GpuNodePoolSpec> = {}, spec: IksPoolSpec = {}): IksWorkerPoolPlan {
  return unwrap(draftIksWorkerPool(iksGpu(more), spec));
}

/** A cluster with a GPU pool that grows. */
export function aksClusterPlan(spec: AksClusterSpec = {}, system: Partial<GpuNodePoolSpec> = {}) {
  return unwrap(draftAksCluster(spec, aksContext({ pools: [aksSystem(system), plannedPool()] })));
}

export function iksClusterPlan(spec: IksClusterSpec = {}) {
  return unwrap(draftIksCluster(spec, iksContext({ pools: [iksSystem(), iksGpu()] })));
}

/** Everything of one cloud. */
export function cloudPlan<K extends 'aks' | 'iks'>(
  cloud: K,
  spec: CloudSpec = {},
  more: Partial<CloudContext> = {},
): Extract<CloudPlan, { cloud: K }> {
  const row = CLOUDS.find((one) => one.cloud === cloud);
  if (row === undefined) throw new Error(`there is no ${cloud} in the table`);
  return unwrap(draftCloud(spec, cloudContext(row, more))) as Extract<CloudPlan, { cloud: K }>;
}

/** A provider of Kubernetes without a cluster; made within a program. */
export function kubernetesProvider(name = 'cluster'): Provider {
  return new Provider(name, { kubeconfig: 'apiVersion: v1' });
}
