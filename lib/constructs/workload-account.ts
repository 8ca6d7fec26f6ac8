/** The ServiceAccount of a workload: one for each, so that a role of Vault or of the cloud means exactly its pods. */
import type { Construct } from 'constructs';
import type { IdentityPlan } from '../domain/workload-identity';
import { k8s } from '../kube/k8s';

/** Draws the account; pods of it mount no token unless somebody reads one. */
export function drawServiceAccount(
  scope: Construct,
  metadata: k8s.ObjectMeta,
  { serviceAccountAnnotations }: IdentityPlan,
  annotations?: Readonly<Record<string, string>>,
): void {
  const all = { ...annotations, ...serviceAccountAnnotations };
  new k8s.KubeServiceAccount(scope, 'service-account', {
    metadata: { ...metadata, annotations: Object.keys(all).length === 0 ? undefined : all },
    automountServiceAccountToken: false,
  });
}
