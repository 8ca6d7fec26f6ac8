/**
 * The capacity of a replica, read from the files of `vllm bench serve --save-result`: one parsed object for each run.
 * Field names: vllm-project/vllm 009e6d4a1cd6 vllm/benchmarks/serve.py, `main_async` (request_rate, max_concurrency),
 * `benchmark` (completed, failed, duration, request_throughput, ttfts, latencies) and `process_one_metric` (the rest).
 */
import { type Draft, Findings } from './problem';
import type { ServingCapacity } from './serving-capacity';

/** What the runs are read for. */
export interface SweepReading {
  /** Time to first token that callers were promised, in seconds. */
  readonly timeToFirstTokenSeconds: number;
  /** Share of requests as an exact decimal. @default '0.99' */
  readonly objective?: string;
  /** Where the files lie, or when they were written. */
  readonly source: string;
}

/**
 * vLLM divides by a duration that lasts until the last answer, so that even an idle server seems to fall a little short
 * of the asked rate. Beyond a tenth a queue grows.
 */
const KEEPS_UP = 0.9;

const MILLISECONDS = 1000;

interface Run {
  readonly name: string;
  /** Asked requests per second; infinite where only the concurrency was held. */
  readonly askedRate: number;
  readonly maxConcurrency: number | undefined;
  readonly requestsPerSecond: number;
  readonly kept: boolean;
  readonly meanSeconds: number;
}

type Fields = Readonly<Record<string, unknown>>;

const isFields = (run: unknown): run is Fields => typeof run === 'object' && run !== null && !Array.isArray(run);
const isAbove = (value: unknown, least: number): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value > least;
const isSeconds = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.length > 0 && value.every((one) => isAbove(one, -Number.MIN_VALUE));

/** Reports a field that is missing or no number above 0. */
function positive(findings: Findings, prop: string, value: unknown): number {
  if (isAbove(value, 0)) return value;
  findings.error('WP-WARM-014', prop, value, {
    message: 'this is no result of a run',
    allowed: 'a number above 0, as `vllm bench serve --save-result` writes it',
    fix: 'run it again, and pass the file as it was written',
  });
  return Number.NaN;
}

/** The value that a share of a sorted list does not exceed. */
function quantileOf(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  // Against the dust of floating point: 0.99 x 100 is 99 of them.
  return sorted[Math.max(0, Math.ceil(share * sorted.length - 1e-9) - 1)] ?? Number.NaN;
}

/** The promised quantile of the time to first token, in seconds. */
function firstToken(findings: Findings, name: string, run: Fields, share: number): number {
  const { ttfts } = run;
  if (isSeconds(ttfts)) return quantileOf(ttfts, share);
  const field = `p${Number((100 * share).toPrecision(10))}_ttft_ms`;
  const value = run[field];
  if (isAbove(value, 0)) return value / MILLISECONDS;
  findings.error('WP-WARM-015', `${name}.${field}`, value, {
    message: 'the run does not show the share of requests that was promised',
    allowed: 'that percentile in milliseconds, or the times of all requests in ttfts',
    fix: `run with --metric-percentiles ${Number((100 * share).toPrecision(10))}, or with --save-detailed`,
  });
  return Number.NaN;
}

/** Mean time in the server, in seconds. vLLM prints it only when it is asked to. */
function timeInServer(findings: Findings, name: string, run: Fields): number {
  const { mean_e2el_ms: mean, latencies } = run;
  if (isAbove(mean, 0)) return mean / MILLISECONDS;
  if (isSeconds(latencies)) return latencies.reduce((sum, one) => sum + one, 0) / latencies.length;
  findings.error('WP-WARM-016', `${name}.mean_e2el_ms`, mean, {
    message: 'the run does not say how long a request stays in the server',
    allowed: 'a number above 0',
    fix: 'run with --percentile-metrics ttft,tpot,itl,e2el',
  });
  return Number.NaN;
}

/** Failed requests; older files name only those that were asked for. */
function failedOf({ failed, num_prompts: asked, completed }: Fields): number {
  if (isAbove(failed, -1)) return failed;
  return isAbove(asked, 0) && isAbove(completed, 0) ? asked - completed : 0;
}

function readRun(findings: Findings, name: string, run: unknown, reading: Required<SweepReading>): Run | undefined {
  if (!isFields(run)) {
    positive(findings, name, run);
    return undefined;
  }
  const asked = run.request_rate;
  // JSON has no infinity, so vLLM writes the word.
  const askedRate = asked === 'inf' ? Number.POSITIVE_INFINITY : positive(findings, `${name}.request_rate`, asked);
  const concurrency = run.max_concurrency ?? undefined;
  const requestsPerSecond = positive(findings, `${name}.request_throughput`, run.request_throughput);
  const first = firstToken(findings, name, run, Number(reading.objective));
  return {
    name,
    askedRate,
    maxConcurrency: concurrency === undefined ? undefined : positive(findings, `${name}.max_concurrency`, concurrency),
    requestsPerSecond,
    // A request without an answer has no time to first token, and is missing from the quantile.
    kept: first <= reading.timeToFirstTokenSeconds && failedOf(run) === 0,
    meanSeconds: timeInServer(findings, name, run),
  };
}

/**
 * Reads a sweep over rising `--request-rate`, without `--max-concurrency`, which would hide the queue from the times;
 * runs with `--max-concurrency` and no rate give the points between.
 */
export function capacityFromSweep(runs: readonly unknown[], reading: SweepReading): Draft<ServingCapacity> {
  const findings = new Findings('sizing.capacity.');
  const complete = { objective: '0.99', ...reading };
  const read = runs.flatMap((run, index) => readRun(findings, `runs[${index}]`, run, complete) ?? []);
  if (findings.hasErrors) return findings.draft<ServingCapacity>(undefined);
  const open = read.filter((run) => run.maxConcurrency === undefined && Number.isFinite(run.askedRate));
  const good = open
    .filter((run) => run.kept && run.requestsPerSecond >= KEEPS_UP * run.askedRate)
    .sort((a, b) => b.requestsPerSecond - a.requestsPerSecond);
  const [best] = good;
  if (best === undefined) {
    findings.error('WP-WARM-017', 'runs', runs.length, {
      message: `in none of ${open.length} runs at a rate did a replica keep the promise and up with the rate`,
      allowed: `a run with --request-rate in which ${complete.objective} of the requests begin within ${complete.timeToFirstTokenSeconds} s and ${KEEPS_UP} of the rate is finished`,
      fix: 'run at lower rates as well, without --max-concurrency',
    });
    return findings.draft<ServingCapacity>(undefined);
  }
  if (open.length === good.length) {
    findings.warning('WP-WARM-018', 'runs', runs.length, {
      message: `at ${best.requestsPerSecond} requests per second the replica still kept the promise; it may bear more`,
      allowed: 'a run at a rate that it cannot keep up with',
      fix: 'run at higher rates as well',
    });
  }
  const held = read.flatMap(({ maxConcurrency, askedRate, requestsPerSecond, kept }) =>
    maxConcurrency === undefined || Number.isFinite(askedRate)
      ? []
      : [{ inFlight: maxConcurrency, requestsPerSecond, kept }],
  );
  held.sort((a, b) => a.inFlight - b.inFlight);
  const most = held.filter(({ kept }) => kept).at(-1)?.inFlight;
  return findings.draft<ServingCapacity>({
    requestsPerSecond: best.requestsPerSecond,
    saturatedRequestsPerSecond: Math.max(...read.map((run) => run.requestsPerSecond)),
    inFlight: best.requestsPerSecond * best.meanSeconds,
    ...(held.length > 0 && {
      sweep: held.map(({ inFlight, requestsPerSecond }) => ({ inFlight, requestsPerSecond })),
    }),
    ...(most !== undefined && { mostInFlight: most }),
    source: reading.source,
  });
}
