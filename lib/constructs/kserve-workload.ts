/** The workload of a service when KServe makes the pods. */
import type { Construct } from 'constructs';
import { KSERVE, KSERVE_DEPLOYMENT_MODES, kservePodSelector, kservePredictorName } from '../domain/kserve';
import type { KserveOptions, ServingBackend } from '../domain/serving-backend';
import type { ServingPlan } from '../domain/serving-plan';
import { gpuPod } from '../kube/gpu-pod';
import { inferenceService } from '../kube/inference-service';
import type { k8s } from '../kube/k8s';
import { podLabels, selectorLabels } from '../kube/labels';
import { PoolClaims } from './pool-claims';
import { podAnnotations, servingPod } from './serving-pod';
import type { GpuInferenceServiceProps } from './serving-props';

/** Labels that select the pods of a service, whoever makes them. */
export function podSelectorOf(name: string, backend?: ServingBackend): Record<string, string> {
  return backend?.kserve === undefined ? selectorLabels(name) : kservePodSelector(name);
}

/** KServe copies labels to the pods: without the owner, as on every pod; and it publishes whatever is not cluster-local. */
function labelsOf(plan: ServingPlan, { labels = {} }: k8s.ObjectMeta, exposed = false): Record<string, string> {
  const visibility: Record<string, string> = exposed ? {} : { [KSERVE.labels.visibility]: 'cluster-local' };
  return { ...podLabels(labels), ...plan.identity.podLabels, ...visibility };
}

/** Claims the GPUs and the names, and writes the InferenceService. */
export function drawInferenceService(
  scope: Construct,
  plan: ServingPlan,
  props: GpuInferenceServiceProps,
  kserve: KserveOptions,
  metadata: k8s.ObjectMeta,
): void {
  const { name, namespace, pool, fit } = plan;
  const claims = PoolClaims.of(scope);
  const claimant = scope.node.path;
  claims.add(pool, {
    claimant,
    name,
    namespace,
    pods: plan.maxReplicas,
    floor: plan.minReplicas,
    gpusPerPod: fit.tensorParallel,
    preemptible: false,
  });
  claims.reserve({ claimant, name: kservePredictorName(name), namespace });
  inferenceService(scope, 'inference-service', {
    metadata: { ...metadata, labels: labelsOf(plan, metadata, kserve.exposed), annotations: plan.secrets.annotations },
    deploymentMode: KSERVE_DEPLOYMENT_MODES[kserve.version] ?? 'Standard',
    autoscalerClass: plan.replicas === undefined ? 'external' : 'none',
    minReplicas: plan.minReplicas,
    maxReplicas: plan.maxReplicas,
    podAnnotations: podAnnotations(plan, props.podAnnotations),
    rollingUpdate: () => claims.rollingUpdate(pool),
    pod: gpuPod(servingPod(plan, kservePodSelector(name), props)),
  });
}
