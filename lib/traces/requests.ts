/** Requests as a service would get them, made from a trace of any form: same trace and seed, same requests. */

import { unwrap } from '../domain/problem';
import { RandomStream } from '../sim/random';
import type { RequestStream } from '../sim/simulate';
import { exponential, logGamma, logWeibull, roundedByChance } from './distributions';
import { draftPart, type Part, type RequestOptions } from './part';
import { drawTokens } from './token-mix';
import type { ArrivalFamily, ClientTrace, RateTrace, RequestTrace, Trace } from './trace';

/** Copies of a request come within this long behind it: together, as far as a replica can tell from its start. */
const COPY_JITTER_MS = 1000;

/** A copy has the lengths of a request at most so many places away, so that no long prompt comes in a row of twins. */
const COPY_NEIGHBOURS = 50;

/** The rate of a rate trace wavers from minute to minute. */
const DISPERSION_SECONDS = 60;

/** Within a window is at least this long before its end. */
const LAST_MOMENT_SECONDS = 0.001;

/** First index whose value is not below the bound. */
function firstAtLeast(sorted: Float64Array, bound: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Times as they are; scaled by leaving out or by repeating. */
function ofRequests(trace: RequestTrace, { seed, scale, fromSeconds, toSeconds }: Part): RequestStream {
  const first = firstAtLeast(trace.arrivalMs, fromSeconds * 1000);
  // The last request belongs to a part that goes to the end of the trace.
  const end =
    toSeconds >= trace.durationSeconds ? trace.arrivalMs.length : firstAtLeast(trace.arrivalMs, toSeconds * 1000);
  const copies = new RandomStream(seed, 'trace copies');
  const jitter = new RandomStream(seed, 'trace jitter');
  const lengths = new RandomStream(seed, 'trace lengths');
  const lengthMs = (toSeconds - fromSeconds) * 1000;
  const at: number[] = [];
  const from: number[] = [];
  for (let i = first; i < end; i += 1) {
    const times = roundedByChance(copies, scale);
    const arrival = (trace.arrivalMs[i] as number) - fromSeconds * 1000;
    for (let copy = 0; copy < times; copy += 1) {
      // What is pushed over the end comes at the beginning: no request is lost.
      const late = copy === 0 ? arrival : (arrival + COPY_JITTER_MS * jitter.uniform()) % lengthMs;
      const away = copy === 0 ? 0 : Math.floor((2 * lengths.uniform() - 1) * (COPY_NEIGHBOURS + 1));
      at.push(late);
      from.push(Math.min(end - 1, Math.max(first, i + away)));
    }
  }
  const order = Uint32Array.from(at, (_, i) => i);
  if (scale > 1) order.sort((a, b) => (at[a] as number) - (at[b] as number) || a - b);
  return {
    arrivalMs: Float64Array.from(order, (i) => at[i] as number),
    inputTokens: Uint32Array.from(order, (i) => trace.inputTokens[from[i] as number] as number),
    outputTokens: Uint32Array.from(order, (i) => trace.outputTokens[from[i] as number] as number),
  };
}

/** The rate at a moment: straight lines between the middles of intervals. */
function rateAt({ middleSeconds, ratePerSecond }: RateTrace, seconds: number, hint: number): readonly [number, number] {
  const last = middleSeconds.length - 1;
  let i = hint;
  while (i < last && (middleSeconds[i + 1] as number) <= seconds) i += 1;
  const from = middleSeconds[i] as number;
  const rate = ratePerSecond[i] as number;
  if (i === last || seconds <= from) return [rate, i];
  const share = (seconds - from) / ((middleSeconds[i + 1] as number) - from);
  return [rate + share * ((ratePerSecond[i + 1] as number) - rate), i];
}

/** A Poisson process whose rate follows the trace: candidates at the highest rate of a minute, thinned to the rate. */
function ratedArrivals(trace: RateTrace, { seed, scale, fromSeconds, toSeconds, dispersion }: Part): Float64Array {
  const candidates = new RandomStream(seed, 'rate candidates');
  const thinning = new RandomStream(seed, 'rate thinning');
  const wavering = new RandomStream(seed, 'rate dispersion');
  const shape = dispersion > 0 ? 1 / (dispersion * dispersion) : 0;
  const arrivals: number[] = [];
  let hint = 0;
  for (let start = fromSeconds; start < toSeconds; start += DISPERSION_SECONDS) {
    const end = Math.min(toSeconds, start + DISPERSION_SECONDS);
    const factor = scale * (shape > 0 ? Math.exp(logGamma(wavering, shape)) / shape : 1);
    const highest = factor * highestBetween(trace, start, end, hint);
    if (highest <= 0) continue;
    for (let at = start + exponential(candidates) / highest; at < end; at += exponential(candidates) / highest) {
      const [rate, index] = rateAt(trace, at, hint);
      hint = index;
      if (thinning.uniform() * highest < rate * factor) arrivals.push((at - fromSeconds) * 1000);
    }
  }
  return Float64Array.from(arrivals);
}

/** Highest rate from start to end: at one of them, or at a middle between them. */
function highestBetween(trace: RateTrace, start: number, end: number, hint: number): number {
  const [atStart, first] = rateAt(trace, start, hint);
  let highest = Math.max(atStart, rateAt(trace, end, hint)[0]);
  for (let i = first; i < trace.middleSeconds.length && (trace.middleSeconds[i] as number) <= end; i += 1) {
    if ((trace.middleSeconds[i] as number) >= start) highest = Math.max(highest, trace.ratePerSecond[i] as number);
  }
  return highest;
}

/** Moments within a window: times between are drawn from the family, and stretched until they fill it. */
function renewals(random: RandomStream, family: ArrivalFamily, shape: number, count: number): Float64Array {
  const draw = family === 'gamma' ? logGamma : logWeibull;
  const gaps = Float64Array.from({ length: count + 1 }, () => draw(random, shape));
  // Relative to the longest one, gaps of any shape are numbers.
  const longest = gaps.reduce((most, gap) => Math.max(most, gap), Number.NEGATIVE_INFINITY);
  let sum = 0;
  const until = gaps.map((gap) => {
    sum += Math.exp(gap - longest);
    return sum;
  });
  return until.subarray(0, count).map((moment) => moment / sum);
}

/**
 * A renewal process for each client and window. A rate is a count of the window that was measured, so each window gets
 * exactly that count. A scale makes every client larger or smaller and leaves the shape of its bursts.
 */
function clientArrivals(trace: ClientTrace, { seed, scale, fromSeconds, toSeconds }: Part): Float64Array {
  const counts = new RandomStream(seed, 'client counts');
  const gaps = new RandomStream(seed, 'client gaps');
  const { windowSeconds } = trace;
  const arrivals: number[] = [];
  for (const [i, start] of trace.startSeconds.entries()) {
    if (start >= toSeconds || start + windowSeconds <= fromSeconds) continue;
    const count = roundedByChance(counts, (trace.ratePerSecond[i] as number) * scale * windowSeconds);
    for (const moment of renewals(gaps, trace.family[i] as ArrivalFamily, trace.shape[i] as number, count)) {
      // With gaps that vanish beside the longest one, the last request stands at the very end, which is the next window.
      const at = Math.min(start + moment * windowSeconds, start + windowSeconds - LAST_MOMENT_SECONDS);
      if (at >= fromSeconds && at < toSeconds) arrivals.push((at - fromSeconds) * 1000);
    }
  }
  return Float64Array.from(arrivals).sort();
}

function generatedArrivals(trace: RateTrace | ClientTrace, part: Part): Float64Array {
  return trace.form === 'rate' ? ratedArrivals(trace, part) : clientArrivals(trace, part);
}

/**
 * The requests of a trace, or of a part of it, from 0 at the beginning of the part.
 *
 * - Requests are played as they came. Scaled down, each stays with that chance; scaled up, each is repeated within a
 *   second, with the lengths of a neighbour. Peaks over the mean stay what they are, down to a few seconds: the load of
 *   more callers who do the same at the same time, which is worse than that of callers who know nothing of each other.
 * - A rate becomes a Poisson process that follows straight lines between the middles of its intervals.
 * - Clients become renewal processes of their families, one for each client and window.
 *
 * @throws ProblemsError with everything that is wrong with the options
 */
export function requestsOf(trace: Trace, options: RequestOptions = {}): RequestStream {
  const part = unwrap(draftPart(trace, options));
  if (trace.form === 'requests') return ofRequests(trace, part);
  const arrivalMs = generatedArrivals(trace, part);
  return { arrivalMs, ...drawTokens(new RandomStream(part.seed, 'token lengths'), part.tokens, arrivalMs.length) };
}

/** When the requests of `requestsOf` come, and how long the part lasts. */
export function arrivalsOf(trace: Trace, options: RequestOptions = {}): { arrivalMs: Float64Array; seconds: number } {
  const part = unwrap(draftPart(trace, options));
  const arrivalMs = trace.form === 'requests' ? ofRequests(trace, part).arrivalMs : generatedArrivals(trace, part);
  return { arrivalMs, seconds: part.toSeconds - part.fromSeconds };
}
