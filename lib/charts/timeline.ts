/** What happened in a run of a service, step by step: the input of its picture. */

/** A number for every step; undefined where there was nothing to measure. */
export type Steps = ArrayLike<number | undefined>;

/** A run, simulated or real. All lists have one entry for each step. */
export interface Timeline {
  readonly title: string;
  readonly subtitle?: string;
  /** Seconds between two entries of a list. */
  readonly stepSeconds: number;
  /** Requests per second. */
  readonly arrivalsPerSecond: Steps;
  /** Replicas that serve. */
  readonly readyReplicas: Steps;
  /** Replicas that exist and do not serve yet. */
  readonly startingReplicas: Steps;
  /** Replicas that the scaler wants. */
  readonly desiredReplicas: Steps;
  /** Placeholder pods that run: room on warm nodes for as many replicas. */
  readonly placeholders: Steps;
  /** Requests without a first token. */
  readonly waitingRequests: Steps;
  /** Quantiles of the time to first token of the requests of a step; infinite where they never got one. */
  readonly ttftSeconds: { readonly p50: Steps; readonly p95: Steps; readonly p99: Steps };
  /** The time to first token that was promised. */
  readonly objectiveSeconds: number;
  /** Moments that are worth a word. */
  readonly marks?: readonly TimelineMark[];
}

export interface TimelineMark {
  readonly atSeconds: number;
  readonly text: string;
}

/** A run beside others of the same traffic. */
export interface LabelledRun {
  /** A word or two: `cold`, `warm`. */
  readonly label: string;
  readonly timeline: Timeline;
}

/** Steps of a timeline put together until they fit the width of a picture. */
export interface Reduced {
  readonly seconds: number;
  readonly durationSeconds: number;
  /** What several steps have in common. */
  of(steps: Steps, common: Common): (number | undefined)[];
}

/** The mean of rates; the worst of the others. */
export type Common = 'mean' | 'least' | 'most';

/** Points that can be told apart in a picture. */
const MOST_POINTS = 440;

function common(values: readonly number[], how: Common): number | undefined {
  if (values.length === 0) return undefined;
  if (how === 'mean') return values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((worst, value) => (how === 'most' ? Math.max(worst, value) : Math.min(worst, value)));
}

/**
 * Puts steps together.
 * @throws RangeError for a step that is no time
 */
export function reduce({ stepSeconds, arrivalsPerSecond }: Timeline): Reduced {
  if (!(stepSeconds > 0 && stepSeconds < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`stepSeconds = ${stepSeconds}: it is no time. Allowed: a number above 0`);
  }
  const together = Math.max(1, Math.ceil(arrivalsPerSecond.length / MOST_POINTS));
  const points = Math.ceil(arrivalsPerSecond.length / together);
  return {
    seconds: together * stepSeconds,
    durationSeconds: Math.max(1, arrivalsPerSecond.length) * stepSeconds,
    of: (steps, how) =>
      Array.from({ length: points }, (_, point) => {
        const group = Array.from({ length: together }, (_, i) => steps[point * together + i]);
        return common(
          group.filter((value): value is number => value !== undefined && !Number.isNaN(value)),
          how,
        );
      }),
  };
}
