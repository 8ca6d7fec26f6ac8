/** How requests arrive: a history by the second from counts, or one made up from what little is known. */
import { type FluidHistory, fluidHistory } from './fluid-replay';
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
  /** Counted arrivals: an hour at least, better a week. `readArrivalCounts` of warmpath/traces reads them from a file. */
  fromCounts: (counts: ArrivalCounts): TrafficSpec => ({ counts }),
  /** Two quantiles of the one-minute rate. */
  fromStats: (stats: TrafficStats): TrafficSpec => ({ stats }),
  /** Nobody has used the service yet; `peakRatePerSecond` is what is hoped for at the busiest. */
  unknown: (kind: TrafficKind, peakRatePerSecond: number): TrafficSpec => ({ unknown: kind, peakRatePerSecond }),
} as const;

/** Traffic as plans read it. */
export interface Traffic {
  readonly basis: 'counts' | 'stats' | 'unknown';
  /** Arrivals of each second of ordinary days. */
  readonly history: FluidHistory;
  /** Stretches that may come beside them. */
  readonly threats: readonly FluidHistory[];
  /** Mean of the rate, requests per second. */
  readonly meanRatePerSecond: number;
  /** The busiest minute, requests per second. */
  readonly peakRatePerSecond: number;
  /** What was taken for granted, for whoever reads the plan. */
  readonly assumptions: readonly string[];
}

/**
 * Growth while a replica starts where nobody measured it. Measured over 90 s, 99th percentile: 1.4 on the Azure
 * conversation trace of 2023, 19 on its code trace; a launch is the step of three of the founding story.
 */
const GROWTH: Readonly<Record<TrafficKind, number>> = { chat: 1.6, launch: 3, code: 6 };

/** The quietest part of a day without counts: the Azure weeks of 2024 fall to 0.42 (chat) and 0.08 (code) of the mean. */
const TROUGH_SHARE = 0.5;

/** Longer ones hide what happens while a replica starts. */
const LONGEST_INTERVAL_SECONDS = 60;

/** Shorter histories tell little about the quantiles that are read from them. */
const SHORTEST_HISTORY_SECONDS = 1800;

/** A made-up day is quiet, usual, busy and usual again, with an hour on the way from one to the other. */
const HOUR_SECONDS = 3600;

/** A made-up spike comes after ten minutes and stays for twenty. */
const BEFORE_SPIKE_SECONDS = 600;
const SPIKE_SECONDS = 1200;

/** The share of a sorted list that counts as usual. */
const MEDIAN = 0.5;

/** A constant rate, and another one from some second on. */
export function step(beforePerSecond: number, afterPerSecond: number): FluidHistory {
  return new Float64Array(BEFORE_SPIKE_SECONDS + SPIKE_SECONDS)
    .fill(beforePerSecond)
    .fill(afterPerSecond, BEFORE_SPIKE_SECONDS);
}

/** Rates by the hour, with straight lines between them. */
function ramps(ratesPerHour: readonly number[]): FluidHistory {
  const history = new Float64Array((ratesPerHour.length - 1) * HOUR_SECONDS);
  return history.map((_, second) => {
    const hour = Math.floor(second / HOUR_SECONDS);
    const [from, to] = [ratesPerHour[hour] ?? 0, ratesPerHour[hour + 1] ?? 0];
    return from + ((to - from) * (second - hour * HOUR_SECONDS)) / HOUR_SECONDS;
  });
}

/** Rates of the minutes, sorted. */
function minuteRates(history: FluidHistory): Float64Array {
  const minutes = Math.max(1, Math.floor(history.length / 60));
  return Float64Array.from({ length: minutes }, (_, minute) => {
    const part = history.subarray(60 * minute, 60 * (minute + 1));
    return part.reduce((sum, count) => sum + count, 0) / part.length;
  }).sort();
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
  const history = fluidHistory(counts, secondsPerCount);
  const total = history.reduce((sum, count) => sum + count, 0);
  if (!(total > 0)) {
    findings.error('WP-WARM-005', 'counts.counts', counts.length, {
      message: 'nothing arrived in all these intervals',
      allowed: 'at least one request',
      fix: 'take a period in which the service was used',
    });
    return undefined;
  }
  if (history.length < SHORTEST_HISTORY_SECONDS) {
    findings.warning('WP-WARM-006', 'counts.counts', counts.length, {
      message: `${history.length} s of traffic hold few of its bursts and none of its days`,
      allowed: `${SHORTEST_HISTORY_SECONDS} s or more`,
      fix: 'count for a week that has a Monday in it',
    });
  }
  return {
    basis: 'counts',
    history,
    threats: [],
    meanRatePerSecond: total / history.length,
    peakRatePerSecond: minuteRates(history).at(-1) ?? 0,
    assumptions: [],
  };
}

interface MadeUp {
  readonly trough: number;
  readonly usual: number;
  readonly peak: number;
  readonly growth: number;
}

/** A day by hours, with sudden growth from the quiet and from the usual rate beside it. */
function madeUp(
  basis: Traffic['basis'],
  { trough, usual, peak, growth }: MadeUp,
  assumptions: readonly string[],
): Traffic {
  const history = ramps([trough, trough, usual, peak, usual, trough]);
  return {
    basis,
    history,
    threats: [trough, usual].map((rate) => step(rate, Math.min(peak, growth * rate))),
    meanRatePerSecond: history.reduce((sum, count) => sum + count, 0) / history.length,
    peakRatePerSecond: peak,
    assumptions: [...assumptions, 'the day is a smooth one beside these steps'],
  };
}

/** Reports rates that are none. */
function checkRates(findings: Findings, rates: Readonly<Record<string, number | undefined>>): boolean {
  const wrong = Object.entries(rates).filter(([, rate]) => rate !== undefined && !(rate > 0 && Number.isFinite(rate)));
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
  const { p50RatePerSecond: usual, p99RatePerSecond: peak } = stats;
  const trough = stats.troughRatePerSecond ?? usual * TROUGH_SHARE;
  const growth = stats.growth ?? Math.max(GROWTH.chat, peak / usual);
  const given = {
    'stats.p50RatePerSecond': usual,
    'stats.p99RatePerSecond': peak,
    'stats.troughRatePerSecond': stats.troughRatePerSecond,
    'stats.growth': stats.growth,
  };
  if (!checkRates(findings, given)) return undefined;
  if (!(peak >= usual && trough <= usual && growth >= 1)) {
    findings.error('WP-WARM-005', 'stats', stats, {
      message: 'these are no quantiles of one rate',
      allowed: 'troughRatePerSecond <= p50RatePerSecond <= p99RatePerSecond, growth of 1 or more',
      fix: 'correct them',
    });
    return undefined;
  }
  return madeUp('stats', { trough, usual, peak, growth }, [
    ...(stats.troughRatePerSecond === undefined ? [`the quietest hours have ${TROUGH_SHARE} of the median rate`] : []),
    ...(stats.growth === undefined ? [`the rate grows ${growth.toFixed(2)} times at once at the worst`] : []),
  ]);
}

function fromNothing(findings: Findings, kind: TrafficKind, peak: number): Traffic | undefined {
  const growth = Object.hasOwn(GROWTH, kind) ? GROWTH[kind] : undefined;
  if (growth === undefined) {
    findings.error('WP-WARM-005', 'unknown', kind, {
      message: 'no growth is known for this kind of traffic',
      allowed: TRAFFIC_KINDS.join(', '),
      fix: 'choose the nearest',
    });
  }
  if (!checkRates(findings, { peakRatePerSecond: peak }) || growth === undefined) return undefined;
  const usual = peak / growth;
  return madeUp('unknown', { trough: usual * TROUGH_SHARE, usual, peak, growth }, [
    `nobody has measured the traffic: as ${kind}, it grows ${growth} times at once at the worst`,
    `the busiest rate is ${peak} requests per second, as somebody expects`,
    `the quietest hours have ${TROUGH_SHARE} of the usual rate`,
  ]);
}

/** Reads what is known of the traffic and reports what cannot be. */
export function draftTraffic(spec: TrafficSpec): Draft<Traffic> {
  const findings = new Findings('sizing.traffic.');
  if ('counts' in spec) return findings.draft(fromCounts(findings, spec.counts));
  if ('stats' in spec) return findings.draft(fromStats(findings, spec.stats));
  return findings.draft(fromNothing(findings, spec.unknown, spec.peakRatePerSecond));
}

/** The rate of the middle minute, requests per second. */
export function usualRate({ history }: Traffic): number {
  const rates = minuteRates(history);
  return rates[Math.floor(MEDIAN * rates.length)] ?? 0;
}

/**
 * Arrivals in a window of that many seconds which the given share of all requests sees no more of. Weighted by requests,
 * as an objective counts requests: most moments of bursty traffic are empty.
 */
export function burstArrivals({ history }: Traffic, windowSeconds: number, quantile: number): number {
  const weights = new Map<number, number>();
  let within = 0;
  let total = 0;
  for (let second = 0; second < history.length; second += 1) {
    const came = history[second] ?? 0;
    within += came - (second >= windowSeconds ? (history[second - windowSeconds] ?? 0) : 0);
    const arrivals = Math.round(within);
    if (came > 0) weights.set(arrivals, (weights.get(arrivals) ?? 0) + came);
    total += came;
  }
  let left = quantile * total;
  for (const [arrivals, weight] of [...weights].sort(([a], [b]) => a - b)) {
    left -= weight;
    if (left <= 0) return arrivals;
  }
  return 0;
}
