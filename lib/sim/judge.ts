/** What a run was worth: who got a first token in time, and what it cost. */
import type { SimulationRun } from './simulate';

/** The verdict on a run, without its first minutes. */
export interface Verdict {
  readonly requests: number;
  /** Share of requests whose first token came in time; 1 where none is judged. */
  readonly attainment: number;
  /** Time to first token in seconds; infinite where that many never got one, and 0 where none is judged. */
  readonly p50Seconds: number;
  readonly p95Seconds: number;
  readonly p99Seconds: number;
  /** Requests without any token. */
  readonly unanswered: number;
  /** Hours of one replica's GPUs: serving, starting, held by placeholders, and idle on nodes that come or go. */
  readonly replicaHours: {
    readonly ready: number;
    readonly starting: number;
    readonly placeholder: number;
    readonly idle: number;
    readonly total: number;
  };
  readonly scaleEvents: number;
  readonly mostReplicas: number;
  readonly mostWaiting: number;
}

/** Quantiles of a sorted list; of none, nobody waited. */
function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? 0;
}

/** Judges a run by an objective in seconds. */
export function judge(run: SimulationRun, timeToFirstTokenSeconds: number): Verdict {
  const { arrivalSeconds, timeToFirstToken } = run.ledger;
  let first = 0;
  while (first < arrivalSeconds.length && (arrivalSeconds[first] as number) < run.discardSeconds) first += 1;
  const waits = timeToFirstToken.subarray(first).map((wait) => (Number.isNaN(wait) ? Number.POSITIVE_INFINITY : wait));
  const sorted = waits.sort();
  let met = 0;
  for (const wait of sorted) if (wait <= timeToFirstTokenSeconds) met += 1;
  let unanswered = 0;
  for (const wait of sorted) if (wait === Number.POSITIVE_INFINITY) unanswered += 1;
  const hours = (seconds: number) => seconds / 3600;
  const { ready, starting, placeholder, idle } = run.replicaSeconds;
  return {
    requests: sorted.length,
    attainment: sorted.length === 0 ? 1 : met / sorted.length,
    p50Seconds: quantile(sorted, 0.5),
    p95Seconds: quantile(sorted, 0.95),
    p99Seconds: quantile(sorted, 0.99),
    unanswered,
    replicaHours: {
      ready: hours(ready),
      starting: hours(starting),
      placeholder: hours(placeholder),
      idle: hours(idle),
      total: hours(ready + starting + placeholder + idle),
    },
    scaleEvents: run.scaleEvents,
    mostReplicas: run.mostReplicas,
    mostWaiting: run.mostWaiting,
  };
}
