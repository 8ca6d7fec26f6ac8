/** What a scaler does, as the simulator plays it. Read from manifests by `policyOf`, never from a plan. */
import type { ScalingBehaviour } from '../domain/hpa-behaviour';

/** What a trigger looks at, summed over the service. */
export type Signal = 'arrivalRate' | 'inFlight' | 'waiting' | 'gpuUtilisation';

/** One trigger: a replica for every `threshold` of the signal. */
export interface SimulatedTrigger {
  readonly signal: Signal;
  readonly threshold: number;
  /** Added to the signal before it is divided. */
  readonly headroom: number;
  /** Window of the rate, in seconds. */
  readonly windowSeconds: number;
}

/** A policy. */
export interface SimulatedPolicy {
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly triggers: readonly SimulatedTrigger[];
  readonly behaviour: ScalingBehaviour;
  readonly fallback?: { readonly failureThreshold: number; readonly replicas: number };
  /** Placeholder pods of the shape of a replica. */
  readonly placeholders: number;
  /** Whether images are brought to nodes as soon as they join. */
  readonly imagePrefetched: boolean;
}

/** A policy that knows the future: so many replicas from that moment on, at once. */
export interface Foresight {
  readonly schedule: readonly { readonly atSeconds: number; readonly replicas: number }[];
}
