/** What a timeline says of requests, from the requests themselves. */
import type { Timeline } from './timeline';

/** Requests in any order. */
export interface ServedRequests {
  readonly arrivalSeconds: ArrayLike<number>;
  /** Time to first token of each; NaN or infinite where it never came. */
  readonly ttftSeconds: ArrayLike<number>;
}

/** The value that the share of a sorted list does not exceed. */
function quantileOf(sorted: readonly number[], share: number): number | undefined {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

/**
 * Arrivals and quantiles of the time to first token in every step, by the moment of arrival.
 * @param steps how many there are; requests beyond them are left out
 */
export function requestSteps(
  { arrivalSeconds, ttftSeconds }: ServedRequests,
  stepSeconds: number,
  steps: number,
): Pick<Timeline, 'arrivalsPerSecond' | 'ttftSeconds'> {
  const times: number[][] = Array.from({ length: steps }, () => []);
  for (let i = 0; i < arrivalSeconds.length; i += 1) {
    const time = ttftSeconds[i] ?? Number.NaN;
    times[Math.floor((arrivalSeconds[i] ?? 0) / stepSeconds)]?.push(
      Number.isNaN(time) ? Number.POSITIVE_INFINITY : time,
    );
  }
  for (const step of times) step.sort((a, b) => a - b);
  const quantiles = (share: number) => times.map((step) => quantileOf(step, share));
  return {
    arrivalsPerSecond: times.map((step) => step.length / stepSeconds),
    ttftSeconds: { p50: quantiles(0.5), p95: quantiles(0.95), p99: quantiles(0.99) },
  };
}
