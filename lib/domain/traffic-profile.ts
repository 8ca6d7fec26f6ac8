/** How requests arrive: what can be said of bursts and growth from counts, from two quantiles, or from nothing. */
import { type Draft, Findings } from './problem';

/** Arrivals per interval, as a gateway's counter gives them. */
export interface ArrivalCounts {
  /** Length of an interval in seconds: 1 to see bursts, 60 at the most. */
  readonly secondsPerCount: number;
  /** Arrivals in each interval, in order of time and without gaps. */
  readonly counts: ArrayLike<number>;
}

/** What monitoring knows about a service. */
export interface TrafficStats {
  /** Median of the one-minute rate, requests per second. */
  readonly p50RatePerSecond: number;
  /** 99th percentile of the one-minute rate. */
  readonly p99RatePerSecond: number;
  /** The quietest hours, requests per second. @default half of the median */
  readonly troughRatePerSecond?: number;
  /** How many times the rate grows at the worst while a replica starts. @default p99 over median, at least that of chat */
  readonly growth?: number;
}

/** Kinds of traffic that are told apart where nothing was measured. */
export const TRAFFIC_KINDS = ['chat', 'launch', 'code'] as const;

/** - `chat`: people who type. - `launch`: a public launch. - `code`: completions and agents, which come in bursts. */
export type TrafficKind = (typeof TRAFFIC_KINDS)[number];

/** What a team says of its traffic. */
export type TrafficSpec =
  | { readonly counts: ArrivalCounts }
  | { readonly stats: TrafficStats }
  | { readonly unknown: TrafficKind; readonly peakRatePerSecond: number };

/** What is known of the traffic of a service. */
export const TrafficProfile = {
  /** Counted arrivals: an hour at least, better a week. */
  fromCounts: (counts: ArrivalCounts): TrafficSpec => ({ counts }),
  /** Two quantiles of the one-minute rate. */
  fromStats: (stats: TrafficStats): TrafficSpec => ({ stats }),
  /** Nobody has used the service yet; `peakRatePerSecond` is what is hoped for at the busiest. */
  unknown: (kind: TrafficKind, peakRatePerSecond: number): TrafficSpec => ({ unknown: kind, peakRatePerSecond }),
} as const;

/** What a plan asks of traffic. */
export interface Traffic {
  readonly basis: 'counts' | 'stats' | 'unknown';
  /** Mean of the rate, requests per second. */
  readonly meanRatePerSecond: number;
  /** The busiest rate over half a minute that is planned for, requests per second. */
  readonly peakRatePerSecond: number;
  /** The rate of the quietest hours, requests per second. */
  readonly troughRatePerSecond: number;
  /** Arrivals in a window of that many seconds which the given share of all requests sees no more of. */
  burst(windowSeconds: number, quantile: number): number;
  /** Requests per second by which the rate grows at the most within the lead, in the given share of all moments. */
  growth(leadSeconds: number, quantile: number): number;
  /** How many times the rate grows within the lead, in the given share of the moments that are not quiet; 1 or more. */
  growthRatio(leadSeconds: number, quantile: number): number;
  /** What was taken for granted, for whoever reads the plan. */
  readonly assumptions: readonly string[];
}

/** Rates are means over this long: what a gateway's `rate(...[30s])` shows, and what a trigger compares. */
export const RATE_WINDOW_SECONDS = 30;

/**
 * Growth while a replica starts where nobody measured it. Measured over 90 s: 1.4 (99th percentile) on the Azure
 * conversation trace of 2023, 19 on its code trace; a launch is the step of three of the founding story.
 */
const GROWTH: Readonly<Record<TrafficKind, number>> = { chat: 1.6, launch: 3, code: 6 };

/** The quietest part of a day without counts: the Azure weeks of 2024 fall to 0.42 (chat) and 0.08 (code) of the mean. */
const TROUGH_SHARE = 0.5;

/** Longer ones hide what happens while a replica starts. */
const LONGEST_INTERVAL_SECONDS = 60;

/** Shorter histories tell little about the quantiles that are read from them. */
const SHORTEST_HISTORY_SECONDS = 1800;

/** A series of counts with its running sums, so that any window costs two look-ups. */
class Series {
  private readonly sums: Float64Array;
  readonly length: number;

  constructor(
    counts: ArrayLike<number>,
    readonly step: number,
  ) {
    this.length = counts.length;
    this.sums = new Float64Array(counts.length + 1);
    for (let i = 0; i < counts.length; i += 1) this.sums[i + 1] = (this.sums[i] ?? 0) + (counts[i] ?? 0);
  }

  get total(): number {
    return this.sums[this.length] ?? 0;
  }

  /** Arrivals in the window that ends behind the interval. */
  within(end: number, intervals: number): number {
    return (this.sums[end + 1] ?? 0) - (this.sums[Math.max(0, end + 1 - intervals)] ?? 0);
  }

  count(index: number): number {
    return (this.sums[index + 1] ?? 0) - (this.sums[index] ?? 0);
  }

  intervals(seconds: number): number {
    return Math.max(1, Math.round(seconds / this.step));
  }

  /** The rate over the usual window at every moment that has a whole window behind it. */
  rates(): Float64Array {
    const width = Math.min(this.intervals(RATE_WINDOW_SECONDS), this.length);
    const rates = new Float64Array(this.length - width + 1);
    for (let i = 0; i < rates.length; i += 1) rates[i] = this.within(i + width - 1, width) / (width * this.step);
    return rates;
  }
}

/** The value that the share of a sorted list does not exceed. */
function quantileOf(sorted: Float64Array, quantile: number): number {
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(quantile * sorted.length) - 1))] ?? 0;
}

/** The greatest of each element and those up to `ahead` behind it, in one pass. */
function maximaAhead(values: Float64Array, ahead: number): Float64Array {
  const maxima = new Float64Array(values.length);
  const queue = new Int32Array(values.length);
  let head = 0;
  let tail = 0;
  for (let i = values.length - 1; i >= 0; i -= 1) {
    const value = values[i] ?? 0;
    while (tail > head && (values[queue[tail - 1] ?? 0] ?? 0) <= value) tail -= 1;
    queue[tail] = i;
    tail += 1;
    while ((queue[head] ?? 0) > i + ahead) head += 1;
    maxima[i] = values[queue[head] ?? 0] ?? 0;
  }
  return maxima;
}

/** Remembers answers, as a plan asks for the same few windows. */
function remembered(compute: (seconds: number, quantile: number) => number): (s: number, q: number) => number {
  const known = new Map<string, number>();
  return (seconds, quantile) => {
    const key = `${seconds} ${quantile}`;
    const value = known.get(key) ?? compute(seconds, quantile);
    known.set(key, value);
    return value;
  };
}

function fromCounts(findings: Findings, { secondsPerCount, counts }: ArrivalCounts): Traffic | undefined {
  if (!(secondsPerCount > 0 && secondsPerCount <= LONGEST_INTERVAL_SECONDS)) {
    findings.error('WP-WARM-005', 'counts.secondsPerCount', secondsPerCount, {
      message: 'bursts cannot be read from intervals of this length',
      allowed: `seconds above 0, at most ${LONGEST_INTERVAL_SECONDS}`,
      fix: 'count arrivals per second',
    });
    return undefined;
  }
  const wrong = Array.from(counts).findIndex((count) => !(count >= 0 && Number.isFinite(count)));
  if (wrong >= 0) {
    findings.error('WP-WARM-005', `counts.counts[${wrong}]`, counts[wrong], {
      message: 'this is no number of arrivals',
      allowed: '0 or more',
      fix: 'fill gaps in the series, or leave that time out of it',
    });
    return undefined;
  }
  const series = new Series(counts, secondsPerCount);
  if (!(series.total > 0)) {
    findings.error('WP-WARM-005', 'counts.counts', counts.length, {
      message: 'nothing arrived in all these intervals',
      allowed: 'at least one request',
      fix: 'take a period in which the service was used',
    });
    return undefined;
  }
  const seconds = series.length * secondsPerCount;
  if (seconds < SHORTEST_HISTORY_SECONDS) {
    findings.warning('WP-WARM-006', 'counts.counts', counts.length, {
      message: `${Math.round(seconds)} s of traffic hold few of its bursts and none of its days`,
      allowed: `${SHORTEST_HISTORY_SECONDS} s or more`,
      fix: 'count for a week that has a Monday in it',
    });
  }
  const rates = series.rates();
  const sortedRates = Float64Array.from(rates).sort();
  const trough = quantileOf(sortedRates, 0.05);
  return {
    basis: 'counts',
    meanRatePerSecond: series.total / (series.length * secondsPerCount),
    peakRatePerSecond: sortedRates[sortedRates.length - 1] ?? 0,
    troughRatePerSecond: trough,
    burst: remembered((windowSeconds, quantile) => {
      const width = series.intervals(windowSeconds);
      // Weighted by requests, as an objective counts requests: most moments of bursty traffic are empty.
      const weights = new Map<number, number>();
      for (let i = 0; i < series.length; i += 1) {
        const count = series.count(i);
        if (count === 0) continue;
        const arrivals = series.within(i, width);
        weights.set(arrivals, (weights.get(arrivals) ?? 0) + count);
      }
      let left = quantile * series.total;
      let most = 0;
      for (const [arrivals, weight] of [...weights].sort(([a], [b]) => a - b)) {
        most = arrivals;
        left -= weight;
        if (left <= 0) break;
      }
      return most;
    }),
    growth: remembered((leadSeconds, quantile) => {
      const growth = maximaAhead(rates, series.intervals(leadSeconds)).map((most, i) => most - (rates[i] ?? 0));
      return quantileOf(growth.sort(), quantile);
    }),
    growthRatio: remembered((leadSeconds, quantile) => {
      const ahead = maximaAhead(rates, series.intervals(leadSeconds));
      const ratios = ahead.map((most, i) => ((rates[i] ?? 0) > trough ? most / (rates[i] ?? 1) : 1));
      return Math.max(1, quantileOf(ratios.sort(), quantile));
    }),
    assumptions: [],
  };
}

/** A curve of growth: nothing at once, all of it after the lead that the figure was given for. */
function smooth(
  basis: 'stats' | 'unknown',
  rates: { readonly mean: number; readonly peak: number; readonly trough: number; readonly growth: number },
  assumptions: readonly string[],
): Traffic {
  const { mean, peak, trough, growth } = rates;
  return {
    basis,
    meanRatePerSecond: mean,
    peakRatePerSecond: peak,
    troughRatePerSecond: trough,
    // The floor has to hold the burst that begins in the quietest hours.
    burst: (windowSeconds) => Math.min(peak, trough * growth) * windowSeconds,
    growth: () => Math.min(peak * (1 - 1 / growth), peak - trough),
    growthRatio: () => growth,
    assumptions,
  };
}

/** Reports rates that are none. */
function checkRates(findings: Findings, rates: Readonly<Record<string, number>>): boolean {
  const wrong = Object.entries(rates).filter(([, rate]) => !(rate > 0 && Number.isFinite(rate)));
  for (const [prop, rate] of wrong) {
    findings.error('WP-WARM-005', prop, rate, {
      message: 'this is no rate',
      allowed: 'a number above 0',
      fix: "read it from the gateway's counter",
    });
  }
  return wrong.length === 0;
}

function fromStats(findings: Findings, stats: TrafficStats): Traffic | undefined {
  const { p50RatePerSecond: p50, p99RatePerSecond: p99 } = stats;
  const trough = stats.troughRatePerSecond ?? p50 * TROUGH_SHARE;
  const growth = stats.growth ?? Math.max(GROWTH.chat, p99 / p50);
  const rates = {
    'stats.p50RatePerSecond': p50,
    'stats.p99RatePerSecond': p99,
    ...(stats.troughRatePerSecond !== undefined && { 'stats.troughRatePerSecond': trough }),
    ...(stats.growth !== undefined && { 'stats.growth': growth }),
  };
  if (!checkRates(findings, rates)) return undefined;
  if (!(p99 >= p50 && trough <= p50 && growth >= 1)) {
    findings.error('WP-WARM-005', 'stats', stats, {
      message: 'these are no quantiles of one rate',
      allowed: 'troughRatePerSecond <= p50RatePerSecond <= p99RatePerSecond, growth of 1 or more',
      fix: 'correct them',
    });
    return undefined;
  }
  return smooth('stats', { mean: p50, peak: p99, trough, growth }, [
    ...(stats.troughRatePerSecond === undefined ? [`the quietest hours have ${TROUGH_SHARE} of the median rate`] : []),
    ...(stats.growth === undefined
      ? [`while a replica starts, the rate grows ${growth.toFixed(2)} times at the most`]
      : []),
  ]);
}

function fromNothing(findings: Findings, kind: TrafficKind, peakRatePerSecond: number): Traffic | undefined {
  const growth = Object.hasOwn(GROWTH, kind) ? GROWTH[kind] : undefined;
  if (growth === undefined) {
    findings.error('WP-WARM-005', 'unknown', kind, {
      message: 'no growth is known for this kind of traffic',
      allowed: TRAFFIC_KINDS.join(', '),
      fix: 'choose the nearest',
    });
  }
  if (!checkRates(findings, { peakRatePerSecond }) || growth === undefined) return undefined;
  const mean = peakRatePerSecond / growth;
  return smooth('unknown', { mean, peak: peakRatePerSecond, trough: mean * TROUGH_SHARE, growth }, [
    `nobody has measured the traffic: as ${kind}, it grows ${growth} times at the most while a replica starts`,
    `the busiest rate is ${peakRatePerSecond} requests per second, as somebody expects`,
  ]);
}

/** Reads what is known of the traffic and reports what cannot be. */
export function draftTraffic(spec: TrafficSpec): Draft<Traffic> {
  const findings = new Findings('sizing.traffic.');
  if ('counts' in spec) return findings.draft(fromCounts(findings, spec.counts));
  if ('stats' in spec) return findings.draft(fromStats(findings, spec.stats));
  return findings.draft(fromNothing(findings, spec.unknown, spec.peakRatePerSecond));
}
