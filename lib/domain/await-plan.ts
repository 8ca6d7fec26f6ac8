/** How long whoever applies a manifest waits for it, from what the manifest itself says: the cold start stands in it. */
import { WORKLOAD_LABELS } from './node-vocabulary';
import { WARM_COMPONENTS } from './placeholder';

/** What becomes of an object after it was applied. */
export type AwaitPlan =
  | { readonly kind: 'seconds'; readonly seconds: number }
  /** Whoever waits would wait for nodes that come when they are needed, or for ever. */
  | { readonly kind: 'not-at-all' }
  /** It is there when it is applied. */
  | { readonly kind: 'default' };

type Plain = Readonly<Record<string, unknown>>;

const within = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((part, key) => (part as Plain | undefined)?.[key], value);

const count = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : undefined;

/** What Kubernetes sets where a Deployment says nothing (apps/v1 defaults). */
const DEFAULT_DEADLINE_SECONDS = 600;

/** For objects to be read back, and Jobs to be seen as failed. */
const MARGIN_SECONDS = 60;

/**
 * Pods are replaced some at a time, and each of them has the whole deadline. Percentages are read as one at a time, which
 * waits longest.
 */
function rolloutSeconds(manifest: Plain, replicas: number): number {
  const deadline = count(within(manifest, 'spec', 'progressDeadlineSeconds')) ?? DEFAULT_DEADLINE_SECONDS;
  const strategy = within(manifest, 'spec', 'strategy', 'rollingUpdate');
  const atOnce = (count(within(strategy, 'maxSurge')) ?? 0) + (count(within(strategy, 'maxUnavailable')) ?? 0);
  return Math.ceil(replicas / Math.max(1, atOnce)) * deadline;
}

/**
 * Decides for one manifest.
 * @param scaledReplicas replicas of a Deployment that a scaler owns: the fewest that it keeps. Kubernetes begins with one
 *   where the manifest names none, and it is waited for even if the scaler takes it away later.
 */
export function awaitPlan(manifest: Plain, scaledReplicas = 1): AwaitPlan {
  const component = within(manifest, 'metadata', 'labels', WORKLOAD_LABELS.component);
  if (Object.values(WARM_COMPONENTS).some((warm) => warm === component)) return { kind: 'not-at-all' };
  if (manifest.kind === 'Deployment') {
    const replicas = count(within(manifest, 'spec', 'replicas')) ?? Math.max(1, scaledReplicas);
    return { kind: 'seconds', seconds: rolloutSeconds(manifest, replicas) + MARGIN_SECONDS };
  }
  const active = count(within(manifest, 'spec', 'activeDeadlineSeconds'));
  if (manifest.kind === 'Job' && active !== undefined) return { kind: 'seconds', seconds: active + MARGIN_SECONDS };
  return { kind: 'default' };
}

/** A workload whose replicas are a scaler's, and the fewest that it keeps. */
export interface ScaledWorkload {
  readonly namespace: string | undefined;
  readonly name: string;
  readonly minReplicas: number;
}

/** Workloads that ScaledObjects and HorizontalPodAutoscalers among the manifests scale. */
export function scaledWorkloads(manifests: readonly Plain[]): readonly ScaledWorkload[] {
  return manifests.flatMap((manifest) => {
    const scaled = manifest.kind === 'ScaledObject';
    if (!scaled && manifest.kind !== 'HorizontalPodAutoscaler') return [];
    const name = within(manifest, 'spec', 'scaleTargetRef', 'name');
    if (typeof name !== 'string') return [];
    const namespace = within(manifest, 'metadata', 'namespace');
    // KEDA's default is 0, the HorizontalPodAutoscaler's 1.
    const minReplicas = count(within(manifest, 'spec', scaled ? 'minReplicaCount' : 'minReplicas')) ?? (scaled ? 0 : 1);
    return [{ namespace: typeof namespace === 'string' ? namespace : undefined, name, minReplicas }];
  });
}
