/** Arrivals per second, as a gateway would have counted them: what a size is computed from. */
import type { ArrivalCounts } from '../domain/traffic-profile';
import type { RequestStream } from '../sim/simulate';
import type { RequestOptions } from './part';
import { arrivalsOf } from './requests';
import type { Trace } from './trace';

/** Arrivals in every second from the beginning. */
export interface SecondCounts extends ArrivalCounts {
  readonly counts: Float64Array;
}

function count(arrivalMs: Float64Array, seconds: number): SecondCounts {
  const counts = new Float64Array(seconds);
  for (const at of arrivalMs) {
    const second = Math.floor(at / 1000);
    if (second < seconds) counts[second] = (counts[second] as number) + 1;
  }
  return { secondsPerCount: 1, counts };
}

/**
 * Counts a stream of requests, or the part of a trace that the same options give `requestsOf`. What
 * `TrafficProfile.fromCounts` takes. A last second that is cut short is counted as a whole one.
 */
export function countsPerSecond(
  source: Pick<RequestStream, 'arrivalMs'> | Trace,
  options?: RequestOptions,
): SecondCounts {
  if ('form' in source) {
    const { arrivalMs, seconds } = arrivalsOf(source, options);
    // The last request of a trace stands at its very end.
    return count(arrivalMs, source.form === 'requests' ? Math.floor(seconds) + 1 : Math.ceil(seconds));
  }
  const { arrivalMs } = source;
  const last = arrivalMs[arrivalMs.length - 1];
  return count(arrivalMs, last === undefined ? 0 : Math.floor(last / 1000) + 1);
}
