/** What a scaler does, as the simulator plays it. Read from manifests by `policyOf`, never from a plan. */
import type { ScalingBehaviour } from '../domain/hpa-behaviour';

/** What a trigger looks at, summed over the service. */
export type Signal = 'arrivalRate' | 'running' | 'waiting' | 'inFlight' | 'gpuUtilisation';

/** One trigger: a replica for every `threshold` of the signal. */
export interface SimulatedTrigger {
  readonly signal: Signal;
  readonly threshold: number;
  /** Window of the rate, in seconds; 0 for what is no rate. */
  readonly windowSeconds: number;
  /** What a floor takes of the signal: off before it is divided, and never below nothing. 0 without a floor. */
  readonly ofFloor: number;
}

/** How the number of a fallback counts beside the pods that there are (kedacore/keda pkg/fallback/fallback.go, doFallback). */
export const FALLBACK_BEHAVIOURS = [
  'static',
  'currentReplicas',
  'currentReplicasIfHigher',
  'currentReplicasIfLower',
] as const;

export type FallbackBehaviour = (typeof FALLBACK_BEHAVIOURS)[number];

/** A policy. */
export interface SimulatedPolicy {
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly triggers: readonly SimulatedTrigger[];
  readonly behaviour: ScalingBehaviour;
  readonly fallback?: {
    readonly failureThreshold: number;
    readonly replicas: number;
    /** @default 'static' */
    readonly behaviour?: FallbackBehaviour;
  };
  /** Replicas that always run beside those of the policy, on nodes of another pool, and share the load. @default 0 */
  readonly floorReplicas?: number;
  /** Placeholder pods of the shape of a replica. */
  readonly placeholders: number;
  /** Whether images are brought to nodes as soon as they join. */
  readonly imagePrefetched: boolean;
}

/** A policy that knows the future: so many replicas from that moment on, at once. */
export interface Foresight {
  readonly schedule: readonly { readonly atSeconds: number; readonly replicas: number }[];
}
