/** The few fields of KServe's InferenceService that warmpath writes; its schema is 2 MB, most of it pods of other kinds. */
import { ApiObject, Lazy } from 'cdk8s';
import type { Construct } from 'constructs';
import type { RollingUpdate } from '../domain/availability';
import { KSERVE } from '../domain/kserve';
import type { GpuPod } from './gpu-pod';
import { k8s } from './k8s';
import { latePatch } from './late-patch';

/** An InferenceService in raw deployment mode (kserve/kserve v0.20.0 pkg/apis/serving/v1beta1/{predictor,component}.go). */
export interface InferenceServiceProps {
  readonly metadata: k8s.ObjectMeta;
  readonly deploymentMode: 'RawDeployment' | 'Standard';
  /** 'none': KServe keeps minReplicas pods; 'external': a scaler of ours sets the number on the Deployment. */
  readonly autoscalerClass: 'none' | 'external';
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** On the pods, beside those of the InferenceService, which KServe copies to them. */
  readonly podAnnotations: Readonly<Record<string, string>>;
  /** Asked at synthesis, once every workload of the pool has claimed its GPUs. */
  readonly rollingUpdate: () => RollingUpdate;
  readonly pod: GpuPod;
}

/** Writes the object; the pod spec stands in spec.predictor itself. */
export function inferenceService(scope: Construct, id: string, props: InferenceServiceProps): ApiObject {
  const { metadata, minReplicas, maxReplicas, podAnnotations, pod, rollingUpdate } = props;
  const { deploymentMode, autoscalerClass } = KSERVE.annotations;
  const object = new ApiObject(scope, id, {
    apiVersion: KSERVE.apiVersion,
    kind: KSERVE.kind,
    metadata: {
      ...k8s.toJson_ObjectMeta(metadata),
      annotations: {
        ...metadata.annotations,
        [deploymentMode]: props.deploymentMode,
        [autoscalerClass]: props.autoscalerClass,
      },
    },
    spec: {
      predictor: {
        minReplicas,
        maxReplicas,
        annotations: podAnnotations,
        deploymentStrategy: { type: 'RollingUpdate', rollingUpdate: Lazy.any({ produce: rollingUpdate }) },
        ...k8s.toJson_PodSpec(pod.spec),
      },
    },
  });
  latePatch(object, ...pod.latePatches('/spec/predictor'));
  return object;
}
