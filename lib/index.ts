/** warmpath: golden-path infrastructure for GPU inference on Kubernetes. The cdk8s side. */
export type { GpuAddOnProps } from './constructs/gpu-add-on';
export { GpuDevicePlugin } from './constructs/gpu-device-plugin';
export * from './constructs/gpu-inference-service';
export * from './constructs/gpu-operator-values';
export * from './constructs/gpu-training-job';
export * from './constructs/inference-namespace';
export * from './constructs/node-autoscaling';
export * from './constructs/priority-classes';
export type {
  ExternalMetric,
  TriggerAuthentication,
} from './constructs/scaler-objects';
export * from './constructs/scaling';
export type { GpuInferenceServiceProps } from './constructs/serving-props';
export * from './constructs/siblings';
export * from './constructs/warm-pool';
export * from './domain';
export { App } from './kube/app';
export { latePatch } from './kube/late-patch';
export { type EgressRule, type PodPeer, PUBLIC_HTTPS } from './kube/network';
export { report, settle, type Warning, warningsOf } from './kube/report';
