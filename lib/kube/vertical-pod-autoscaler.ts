/** A VerticalPodAutoscaler that recommends and never acts. */
import { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import { k8s } from './k8s';

/** Recommendations for one Deployment (kubernetes/autoscaler vertical-pod-autoscaler/deploy/vpa-v1-crd-gen.yaml). */
export interface VerticalPodAutoscalerProps {
  readonly metadata: k8s.ObjectMeta;
  readonly deploymentName: string;
  /** The container that is watched; sidecars are not. */
  readonly containerName: string;
}

/**
 * Writes the object. Its mode is 'Off': a pod that is evicted for another request of CPU pays a cold start, and GPUs are
 * no resource that it knows. The recommendation stands in the status of the object, for whoever sizes the requests.
 */
export function verticalPodAutoscaler(scope: Construct, id: string, props: VerticalPodAutoscalerProps): ApiObject {
  const { metadata, deploymentName, containerName } = props;
  return new ApiObject(scope, id, {
    apiVersion: 'autoscaling.k8s.io/v1',
    kind: 'VerticalPodAutoscaler',
    metadata: k8s.toJson_ObjectMeta(metadata),
    spec: {
      targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: deploymentName },
      updatePolicy: { updateMode: 'Off' },
      resourcePolicy: {
        containerPolicies: [
          { containerName, controlledResources: ['cpu', 'memory'] },
          { containerName: '*', mode: 'Off' },
        ],
      },
    },
  });
}
