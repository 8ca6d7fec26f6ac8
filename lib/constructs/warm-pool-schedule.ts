/** More warm nodes at the hours when spikes come. */
import { ApiObject, Lazy } from 'cdk8s';
import type { Construct } from 'constructs';
import type { WarmNodes, WarmWindow } from '../domain/placeholder';
import { k8s } from '../kube/k8s';

/** What a schedule is drawn from. */
export interface PlaceholderSchedule {
  /** Of the Deployment that is scaled; the ScaledObject bears its name. */
  readonly metadata: k8s.ObjectMeta;
  readonly windows: readonly WarmWindow[];
  /** Asked at synthesis, once every service is bound. */
  readonly counts: () => WarmNodes;
}

/**
 * A ScaledObject with a cron trigger for each window (KEDA v2.21.0 pkg/scalers/cron_scaler.go; all values are text).
 * Outside of every window the minimum stands.
 */
export function drawPlaceholderSchedule(
  scope: Construct,
  id: string,
  { metadata, windows, counts }: PlaceholderSchedule,
): void {
  new ApiObject(scope, id, {
    apiVersion: 'keda.sh/v1alpha1',
    kind: 'ScaledObject',
    metadata: k8s.toJson_ObjectMeta(metadata),
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: metadata.name },
      minReplicaCount: Lazy.any({ produce: () => counts().floor }),
      maxReplicaCount: Lazy.any({ produce: () => counts().ceiling }),
      triggers: windows.map(({ start, end, timezone, warmNodes }) => ({
        type: 'cron',
        metadata: { timezone, start, end, desiredReplicas: String(warmNodes) },
      })),
    },
  });
}
