/** What a cluster needs before anything is served: priorities, nodes, and the GPUs' device plugin. */
import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import {
  GpuDevicePlugin,
  type GpuNodePoolPlan,
  GpuOperatorValues,
  type ImageLock,
  NodeAutoscaling,
  type Ownership,
  type PlatformProfile,
  PriorityClasses,
} from '../lib';

/** Props of {@link ClusterChart}. */
export interface ClusterChartProps {
  readonly platform: PlatformProfile;
  readonly pools: readonly GpuNodePoolPlan[];
  readonly ownership: Ownership;
  readonly images?: ImageLock;
}

/** Cluster-wide objects; applied first. */
export class ClusterChart extends Chart {
  constructor(scope: Construct, id: string, props: ClusterChartProps) {
    super(scope, id);
    const { platform, ...addOn } = props;
    new PriorityClasses(this, 'priorities');
    if (platform.nodeAutoscaler === 'karpenter') new NodeAutoscaling(this, 'node-autoscaling', { pools: props.pools });
    if (platform.gpuStack === 'device-plugin') new GpuDevicePlugin(this, 'device-plugin', addOn);
    if (platform.gpuStack === 'gpu-operator') new GpuOperatorValues(this, 'gpu-operator', addOn);
  }
}
