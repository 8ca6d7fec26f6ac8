/** Warm nodes as a sum in the node autoscaler: the shape as a PodTemplate, and how many of it have to fit. */
import { ApiObject, Lazy } from 'cdk8s';
import type { Construct } from 'constructs';
import type { CapacityBufferVersion } from '../domain/platform-profile';
import { k8s } from './k8s';

/** A buffer (kubernetes/autoscaler cluster-autoscaler/apis/config/crd/autoscaling.x-k8s.io_capacitybuffers.yaml). */
export interface CapacityBufferProps {
  readonly version: CapacityBufferVersion;
  readonly metadata: k8s.ObjectMeta;
  readonly podLabels: Readonly<Record<string, string>>;
  readonly pod: k8s.PodSpec;
  /** Asked at synthesis, once every service is bound. */
  readonly replicas: () => number;
}

/**
 * Writes template and buffer. By a template rather than by `scalableRef`: that names one workload of the buffer's own
 * namespace, so that services could not share it, and takes its labels, by which it would spread among real replicas.
 */
export function capacityBuffer(scope: Construct, id: string, props: CapacityBufferProps): ApiObject {
  const { metadata, podLabels, pod, version } = props;
  new k8s.KubePodTemplate(scope, `${id}-template`, {
    metadata,
    template: { metadata: { labels: { ...podLabels } }, spec: pod },
  });
  return new ApiObject(scope, id, {
    apiVersion: `autoscaling.x-k8s.io/${version}`,
    kind: 'CapacityBuffer',
    metadata: k8s.toJson_ObjectMeta(metadata),
    spec: {
      provisioningStrategy: 'buffer.x-k8s.io/active-capacity',
      podTemplateRef: { name: metadata.name },
      replicas: Lazy.any({ produce: props.replicas }),
    },
  });
}
