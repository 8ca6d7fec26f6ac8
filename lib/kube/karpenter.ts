/** Karpenter's objects from plain values (karpenter.sh/v1, karpenter.azure.com/v1beta1). */
import { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import type { AksNodeClassPlan, KarpenterPoolPlan } from '../domain/karpenter-pool';
import { k8s } from './k8s';

/** Writes a NodePool. */
export function karpenterNodePool(
  scope: Construct,
  id: string,
  metadata: k8s.ObjectMeta,
  plan: KarpenterPoolPlan,
): ApiObject {
  const { nodeClass, requirements, taints, labels, replicas, consolidateAfterSeconds, limits } = plan;
  return new ApiObject(scope, id, {
    apiVersion: 'karpenter.sh/v1',
    kind: 'NodePool',
    metadata: k8s.toJson_ObjectMeta(metadata),
    spec: {
      ...(replicas !== undefined && { replicas }),
      template: {
        metadata: { labels: { ...labels } },
        spec: {
          nodeClassRef: { ...nodeClass },
          requirements: requirements.map(({ key, operator, values }) => ({ key, operator, values: [...values] })),
          taints: taints.map(({ key, value, effect }) => ({ key, value, effect })),
          // Expiry takes nodes by force and heeds no budget (azure-aks-docs node-auto-provisioning-disruption.md).
          expireAfter: 'Never',
        },
      },
      limits: Object.fromEntries(Object.entries(limits).map(([resource, amount]) => [resource, String(amount)])),
      disruption: {
        // To move a server to a fuller node is to start it again: what is saved is paid by callers.
        consolidationPolicy: 'WhenEmpty',
        consolidateAfter: consolidateAfterSeconds === undefined ? 'Never' : `${consolidateAfterSeconds}s`,
        budgets: [{ nodes: String(plan.replacedAtOnce), reasons: ['Drifted', 'Underutilized'] }],
      },
    },
  });
}

/** Writes an AKSNodeClass. */
export function aksNodeClass(
  scope: Construct,
  id: string,
  metadata: k8s.ObjectMeta,
  { osDiskSizeGB, gpuMode }: AksNodeClassPlan,
): ApiObject {
  return new ApiObject(scope, id, {
    apiVersion: 'karpenter.azure.com/v1beta1',
    kind: 'AKSNodeClass',
    metadata: k8s.toJson_ObjectMeta(metadata),
    spec: { osDiskSizeGB, ...(gpuMode && { gpu: { mode: gpuMode } }) },
  });
}
