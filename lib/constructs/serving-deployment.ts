/** The Deployment of a service, or of one part of it. */
import { Lazy } from 'cdk8s';
import type { Construct } from 'constructs';
import type { ServingPlan } from '../domain/serving-plan';
import { type GpuPodInput, gpuPod } from '../kube/gpu-pod';
import { k8s } from '../kube/k8s';
import { podLabels } from '../kube/labels';
import { latePatch } from '../kube/late-patch';
import { PoolClaims } from './pool-claims';
import { deploymentAnnotations, podAnnotations, rollingUpdateOf } from './serving-pod';

/** What a Deployment is drawn from. */
export interface ServingDeployment {
  readonly plan: ServingPlan;
  readonly metadata: k8s.ObjectMeta;
  /** Labels that select the pods of this Deployment and of no other. */
  readonly selector: Readonly<Record<string, string>>;
  readonly pod: GpuPodInput;
  /** Further annotations of the pods. */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Claims the GPUs of the pods and draws their Deployment. */
export function drawServingDeployment(
  scope: Construct,
  id: string,
  { plan, metadata, selector, pod, annotations }: ServingDeployment,
): void {
  const claims = PoolClaims.of(scope);
  claims.add(plan.pool, {
    claimant: scope.node.path,
    name: plan.name,
    namespace: plan.namespace,
    pods: plan.maxReplicas,
    floor: plan.minReplicas,
    gpusPerPod: plan.fit.tensorParallel,
    preemptible: false,
  });
  const drawn = gpuPod(pod);
  const deployment = new k8s.KubeDeployment(scope, id, {
    metadata: { ...metadata, annotations: deploymentAnnotations(plan) },
    spec: {
      replicas: plan.replicas,
      progressDeadlineSeconds: plan.timers.progressDeadlineSeconds,
      selector: { matchLabels: selector },
      strategy: {
        type: 'RollingUpdate',
        // Decided when every workload of the pool has claimed its GPUs.
        rollingUpdate: Lazy.any({ produce: () => rollingUpdateOf(claims.rollingUpdate(plan.pool)) }),
      },
      template: {
        metadata: {
          labels: { ...podLabels(metadata.labels ?? {}), ...plan.identity.podLabels },
          annotations: podAnnotations(plan, annotations),
        },
        spec: drawn.spec,
      },
    },
  });
  latePatch(deployment, ...drawn.latePatches('/spec/template/spec'));
}
