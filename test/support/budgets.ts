/** Disruption budgets and what they protect, in YAML. */
import { documents, workload } from './manifests';

export function budget(spec: string, selector = 'matchLabels: { app: chat }', namespace = 'chat'): string {
  return `apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: { name: chat, namespace: ${namespace} }\nspec: { ${spec}${spec === '' ? '' : ', '}selector: { ${selector} } }`;
}

export function replicas(count: number, name = 'chat', kind = 'apps/v1 Deployment'): string {
  return workload('containers: []', { kind, name, spec: `replicas: ${count}`, podMetadata: 'labels: { app: chat }' });
}

export function scaled(min: number, max: number): string {
  const hpa = `apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: { name: chat, namespace: chat }\nspec: { minReplicas: ${min}, maxReplicas: ${max}, scaleTargetRef: { kind: Deployment, name: chat } }`;
  return documents(hpa, workload('containers: []'));
}

export function scaledToZero(max: number): string {
  const scaledObject = `apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata: { name: chat, namespace: chat }\nspec: { minReplicaCount: 0, maxReplicaCount: ${max}, scaleTargetRef: { name: chat } }`;
  return documents(scaledObject, workload('containers: []'));
}
