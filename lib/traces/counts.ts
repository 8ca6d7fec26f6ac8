/** Arrivals per second, as a gateway would have counted them: what a size is computed from. */
import type { RequestStream } from '../sim/simulate';

/** Arrivals in intervals of one length; what `TrafficProfile.fromCounts` takes. */
export interface Counts {
  readonly secondsPerCount: number;
  readonly counts: Float64Array;
}

/**
 * Arrivals of a stream in every second from its beginning.
 * @param durationSeconds how long was counted; by default until the last arrival
 */
export function countsPerSecond({ arrivalMs }: Pick<RequestStream, 'arrivalMs'>, durationSeconds?: number): Counts {
  const last = arrivalMs[arrivalMs.length - 1] ?? 0;
  const counts = new Float64Array(Math.ceil(durationSeconds ?? Math.floor(last / 1000) + 1));
  for (const at of arrivalMs) {
    const second = Math.floor(at / 1000);
    if (second < counts.length) counts[second] = (counts[second] as number) + 1;
  }
  return { secondsPerCount: 1, counts };
}
