/** Requests as a service would get them, made from a trace of any form: same trace and seed, same requests. */
import { RandomStream } from '../sim/random';
import type { RequestStream } from '../sim/simulate';
import { exponential, gamma, roundedByChance, weibull } from './distributions';
import { drawTokens, SERVEGEN_M_LARGE, type TokenMix } from './token-mix';
import type { ClientTrace, RateTrace, RequestTrace, Trace } from './trace';

/** What part of a trace is played, and how large. */
export interface RequestOptions {
  /** @default 1 */
  readonly seed?: number;
  /** Times the load of the trace. @default 1 */
  readonly scale?: number;
  /** Beginning of the part, from the beginning of the trace. @default 0 */
  readonly fromSeconds?: number;
  /** End of the part. @default the end of the trace */
  readonly toSeconds?: number;
  /** Lengths of requests where the trace has none. @default SERVEGEN_M_LARGE */
  readonly tokens?: TokenMix;
  /**
   * Rate traces only: coefficient of variation of the rate from minute to minute beyond chance. A gamma draw of mean 1
   * multiplies the rate of every minute.
   * @default 0
   */
  readonly dispersion?: number;
}

interface Part {
  readonly seed: number;
  readonly scale: number;
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly tokens: TokenMix;
  readonly dispersion: number;
}

/** Copies of a request come within this long behind it: together, as far as a replica can tell from its start. */
const COPY_JITTER_MS = 1000;

/** A copy has the lengths of a request at most so many places away, so that no long prompt comes in a row of twins. */
const COPY_NEIGHBOURS = 50;

/** The rate of a rate trace wavers from minute to minute. */
const DISPERSION_SECONDS = 60;

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
    const factor = scale * (shape > 0 ? gamma(wavering, shape) / shape : 1);
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

/**
 * A renewal process for each client and window. The rate is a count that was measured, so the window gets that count;
 * the times between requests are drawn from the fitted family and stretched until they fill it.
 */
function clientArrivals(trace: ClientTrace, { seed, scale, fromSeconds, toSeconds }: Part): Float64Array {
  const counts = new RandomStream(seed, 'client counts');
  const gaps = new RandomStream(seed, 'client gaps');
  const { windowSeconds } = trace;
  const arrivals: number[] = [];
  for (let i = 0; i < trace.client.length; i += 1) {
    const start = trace.startSeconds[i] as number;
    if (start >= toSeconds || start + windowSeconds <= fromSeconds) continue;
    const count = roundedByChance(counts, (trace.ratePerSecond[i] as number) * scale * windowSeconds);
    const shape = trace.shape[i] as number;
    const draw = trace.family[i] === 'gamma' ? gamma : weibull;
    const until = new Float64Array(count + 1);
    let sum = 0;
    for (let k = 0; k <= count; k += 1) {
      sum += draw(gaps, shape);
      until[k] = sum;
    }
    for (let k = 0; k < count; k += 1) {
      const at = start + (sum > 0 ? ((until[k] as number) / sum) * windowSeconds : 0);
      if (at >= fromSeconds && at < toSeconds) arrivals.push((at - fromSeconds) * 1000);
    }
  }
  return Float64Array.from(arrivals).sort();
}

function partOf(trace: Trace, options: RequestOptions): Part {
  const { seed = 1, scale = 1, fromSeconds = 0, tokens = SERVEGEN_M_LARGE, dispersion = 0 } = options;
  const toSeconds = Math.min(options.toSeconds ?? Number.POSITIVE_INFINITY, trace.durationSeconds);
  return { seed, scale, fromSeconds, toSeconds, tokens, dispersion };
}

/** Moments of arrival only. */
function arrivalsOf(trace: RateTrace | ClientTrace, part: Part): Float64Array {
  return trace.form === 'rate' ? ratedArrivals(trace, part) : clientArrivals(trace, part);
}

/** The requests of a trace, or of a part of it. */
export function requestsOf(trace: Trace, options: RequestOptions = {}): RequestStream {
  const part = partOf(trace, options);
  if (trace.form === 'requests') return ofRequests(trace, part);
  const arrivalMs = arrivalsOf(trace, part);
  return { arrivalMs, ...drawTokens(new RandomStream(part.seed, 'token lengths'), part.tokens, arrivalMs.length) };
}
