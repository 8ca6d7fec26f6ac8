/** The part of a service that runs on spot nodes. */
import type { Construct } from 'constructs';
import { WORKLOAD_LABELS } from '../domain/node-vocabulary';
import type { ServingPlan } from '../domain/serving-plan';
import { k8s } from '../kube/k8s';
import { modelLabels, selectorLabels, workloadLabels } from '../kube/labels';
import { drawServingDeployment } from './serving-deployment';
import { configData, servingPod } from './serving-pod';
import type { GpuInferenceServiceProps } from './serving-props';
import type { ServingTarget } from './siblings';

/** Component of every pod that serves a model. */
export const MODEL_SERVER = 'model-server';

/**
 * Labels that the pods of both parts carry and no other workload: the Service and the policy select by them. The floor's
 * pods carry them with or without spot capacity, so that adding it restarts nothing.
 */
export function sharedLabels(service: string): Record<string, string> {
  return { [WORKLOAD_LABELS.name]: service, [WORKLOAD_LABELS.component]: MODEL_SERVER };
}

/** Labels that select the spot pods only: they bear the service's name, and an instance of their own. */
export function spotLabels(service: string, plan: ServingPlan): Record<string, string> {
  return { ...selectorLabels(service), [WORKLOAD_LABELS.instance]: plan.name };
}

/** Draws the spot pods: as the service's own, on the other pool, with the service's identity. */
export function drawSpotCapacity(
  scope: Construct,
  service: string,
  plan: ServingPlan,
  props: GpuInferenceServiceProps,
): void {
  const selector = spotLabels(service, plan);
  const labels = {
    ...workloadLabels(service, MODEL_SERVER, plan.ownership, plan.pool),
    ...modelLabels(plan.model),
    ...selector,
  };
  const metadata: k8s.ObjectMeta = { name: plan.name, namespace: plan.namespace, labels };
  const { config } = plan.launch;
  // What the server is told can differ with the GPU, so each part has its own.
  if (config !== undefined) new k8s.KubeConfigMap(scope, 'spot-config', { metadata, data: configData(config) });
  drawServingDeployment(scope, 'spot-deployment', {
    plan,
    metadata,
    selector,
    pod: { ...servingPod(plan, selector, props), serviceAccountName: service },
    annotations: props.podAnnotations,
  });
}

/** What a scaler sees of a service with a floor: the spot Deployment, and the pods beside it that share the load. */
export function scaledPart(target: ServingTarget, spot: ServingPlan): ServingTarget {
  const { name, podSelector, plan } = target;
  return {
    ...target,
    ...spot.names,
    podSelector: spotLabels(name, spot),
    plan: spot,
    floor: { podSelector, deploymentName: target.deploymentName, replicas: plan.minReplicas },
  };
}
