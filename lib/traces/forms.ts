/** The three forms of a trace: their columns, what holds between their lines, and what becomes of them. */
import { type Column, lineOf, type Table } from './columns';
import type { LineFindings } from './line-findings';
import type { ArrivalFamily, ClientTrace, RateTrace, RequestTrace, Trace } from './trace';

/** A form, recognised by its header. */
export interface TraceForm {
  readonly columns: readonly Column[];
  /** What the lines say; its problems go to the findings. */
  read(findings: LineFindings, source: string, table: Table): Trace;
}

const SECONDS_PER_MINUTE = 60;

/** Length of the windows of a client trace: ServeGen's, github.com/alibaba/ServeGen @f891d11. */
const WINDOW_SECONDS = 600;

/**
 * A silence in a stream of requests is told when it is this long and this many times the mean gap. The longest of the
 * Azure traces of 2023, whose bursts are far apart, lasts 217 s.
 */
const SILENCE_SECONDS = 600;
const SILENCE_GAPS = 100;

/** Steps of a rate trace may be rounded; one that is this many times the usual one leaves something out. */
const LONG_STEP = 1.5;

/** A rate trace that lacks more than this is not the traffic of its time. */
const MOST_MISSING = 0.1;

const last = (values: Float64Array) => values[values.length - 1] ?? 0;

/** Times of a recording go up. */
function checkOrder(findings: LineFindings, times: Float64Array, column: string, repeats: 'allowed' | 'refused'): void {
  for (let i = 1; i < times.length; i += 1) {
    const now = times[i] as number;
    const before = times[i - 1] as number;
    if (now > before || (now === before && repeats === 'allowed')) continue;
    findings.error('WP-TRACE-004', { line: lineOf(i), column }, now, {
      message: now === before ? 'it stands in the line before as well' : `it comes before ${before} of the line above`,
      allowed: repeats === 'allowed' ? 'times in order' : 'times in order, each once',
      fix: `sort the lines by ${column}${now === before ? ', and leave out what is twice' : ''}`,
    });
  }
}

/** Nothing can be said of a rate where no time passes. */
function checkSpan(findings: LineFindings, times: Float64Array, column: string): void {
  if (last(times) > (times[0] ?? 0) || findings.hasErrors) return;
  findings.error('WP-TRACE-002', { column }, times[0], {
    message: 'no time passes between the first line and the last',
    allowed: 'two moments at least',
    fix: 'record for longer',
  });
}

/** Failed requests are recorded without tokens; a server would spend a step on them. */
function tokensOf(findings: LineFindings, table: Table, column: string): Uint32Array {
  const values = table.numbers(column);
  let none = 0;
  for (const value of values) if (value === 0) none += 1;
  if (none > 0) {
    findings.warning('WP-TRACE-006', { column }, 0, {
      message: `${none} of ${values.length} requests have no tokens and are played with one`,
      allowed: 'a whole number above 0',
      fix: 'leave out requests that failed, if these did',
    });
  }
  // Twice as fast as Uint32Array.from, which walks an iterator.
  const tokens = new Uint32Array(values.length);
  for (let i = 0; i < tokens.length; i += 1) tokens[i] = Math.max(1, values[i] as number);
  return tokens;
}

function checkSilence(findings: LineFindings, times: Float64Array): void {
  const mean = (last(times) - (times[0] ?? 0)) / Math.max(1, times.length - 1);
  let longest = 0;
  let row = 0;
  for (let i = 1; i < times.length; i += 1) {
    const gap = (times[i] as number) - (times[i - 1] as number);
    if (gap > longest) [longest, row] = [gap, i];
  }
  if (longest <= SILENCE_SECONDS * 1000 || longest <= SILENCE_GAPS * mean) return;
  findings.warning('WP-TRACE-005', { line: lineOf(row), column: 't_ms' }, times[row], {
    message: `no request came for ${Math.round(longest / 1000)} s before it, ${Math.round(longest / mean)} times the mean gap`,
    allowed: 'a recording without a gap',
    fix: 'play the part before or behind the gap, unless the service really was idle',
  });
}

export const requestTrace: TraceForm = {
  columns: [
    { name: 't_ms', kind: 'number' },
    { name: 'in_tokens', kind: 'number', whole: true },
    { name: 'out_tokens', kind: 'number', whole: true },
  ],
  read(findings, source, table): RequestTrace {
    const times = table.numbers('t_ms');
    checkOrder(findings, times, 't_ms', 'allowed');
    checkSpan(findings, times, 't_ms');
    if (!findings.hasErrors) checkSilence(findings, times);
    const first = times[0] ?? 0;
    return {
      form: 'requests',
      source,
      arrivalMs: times.map((time) => time - first),
      inputTokens: tokensOf(findings, table, 'in_tokens'),
      outputTokens: tokensOf(findings, table, 'out_tokens'),
      durationSeconds: (last(times) - first) / 1000,
    };
  },
};

/** Without the noise of differences: minutes are given to a tenth or so. */
const rounded = (value: number) => Math.round(value * 1000) / 1000;

/** The usual step between two intervals, and what lacks of them. */
function checkSteps(findings: LineFindings, minutes: Float64Array): number {
  const steps = minutes.subarray(1).map((minute, i) => minute - (minutes[i] as number));
  const usual = rounded(steps.slice().sort()[Math.floor(steps.length / 2)] ?? 0);
  let missing = 0;
  let holes = 0;
  let row = 0;
  for (const [i, step] of steps.entries()) {
    if (step <= LONG_STEP * usual) continue;
    if (holes === 0) row = i + 1;
    holes += 1;
    missing += step - usual;
  }
  if (holes === 0 || findings.hasErrors) return usual;
  const share = missing / (last(minutes) - (minutes[0] ?? 0));
  const place = { line: lineOf(row), column: 'minute_of_week' };
  const message = `${Math.round(missing)} minutes are missing in ${holes} places, the first of them before this line`;
  const fix = 'add the intervals that are missing, or cut the trace to a part without gaps';
  if (share > MOST_MISSING) {
    const allowed = `a step of ${usual} minutes, and at most ${MOST_MISSING * 100} % missing`;
    findings.error('WP-TRACE-005', place, minutes[row], { message, allowed, fix });
  } else {
    const allowed = `a step of ${usual} minutes; a straight line bridges what is missing`;
    findings.warning('WP-TRACE-005', place, minutes[row], { message, allowed, fix });
  }
  return usual;
}

/** A mean lies between the least and the greatest. */
function checkBand(findings: LineFindings, table: Table): void {
  const low = table.numbers('rpm_lo');
  const high = table.numbers('rpm_hi');
  for (const [i, middle] of table.numbers('rpm_mid').entries()) {
    if ((low[i] as number) <= middle && middle <= (high[i] as number)) continue;
    findings.error('WP-TRACE-003', { line: lineOf(i), column: 'rpm_mid' }, middle, {
      message: 'it lies outside rpm_lo and rpm_hi',
      allowed: `${low[i]} to ${high[i]}`,
      fix: 'correct the line, or give rpm_lo and rpm_hi the value of rpm_mid where they are not known',
    });
  }
}

/** Rates of zero are legal and seldom meant: a recording that stopped looks like them. */
function checkZeros(findings: LineFindings, table: Table, column: string): void {
  const rates = table.numbers(column);
  let zeros = 0;
  for (const rate of rates) if (rate === 0) zeros += 1;
  const first = rates.indexOf(0);
  if (zeros === 0) return;
  const found = { message: `${zeros} of ${rates.length} rates are zero`, allowed: 'rates above 0' };
  if (zeros === rates.length) {
    const fix = 'record some traffic';
    findings.error('WP-TRACE-006', { line: lineOf(first), column }, 0, { ...found, fix });
  } else {
    const fix = 'leave out these lines, unless nobody called at that time';
    findings.warning('WP-TRACE-006', { line: lineOf(first), column }, 0, { ...found, fix });
  }
}

export const rateTrace: TraceForm = {
  columns: [
    { name: 'minute_of_week', kind: 'number' },
    { name: 'rpm_mid', kind: 'number' },
    { name: 'rpm_lo', kind: 'number' },
    { name: 'rpm_hi', kind: 'number' },
  ],
  read(findings, source, table): RateTrace {
    const minutes = table.numbers('minute_of_week');
    checkOrder(findings, minutes, 'minute_of_week', 'refused');
    checkSpan(findings, minutes, 'minute_of_week');
    checkBand(findings, table);
    checkZeros(findings, table, 'rpm_mid');
    const step = checkSteps(findings, minutes);
    const intervalSeconds = rounded(step * SECONDS_PER_MINUTE);
    const first = minutes[0] ?? 0;
    const middleSeconds = minutes.map((minute) => rounded((minute - first + step / 2) * SECONDS_PER_MINUTE));
    const perSecond = (column: string) => table.numbers(column).map((rate) => rate / SECONDS_PER_MINUTE);
    return {
      form: 'rate',
      source,
      middleSeconds,
      ratePerSecond: perSecond('rpm_mid'),
      lowestRatePerSecond: perSecond('rpm_lo'),
      highestRatePerSecond: perSecond('rpm_hi'),
      intervalSeconds,
      durationSeconds: last(middleSeconds) + intervalSeconds / 2,
    };
  },
};

const FAMILIES: Readonly<Record<string, ArrivalFamily>> = { G: 'gamma', W: 'weibull' };

/** Every client has one line for a window, and they come in order. */
function checkWindows(findings: LineFindings, table: Table): void {
  const clients = table.words('client');
  const before = new Map<string, number>();
  for (const [i, start] of table.numbers('t_s').entries()) {
    const client = clients[i] as string;
    const previous = before.get(client) ?? Number.NEGATIVE_INFINITY;
    before.set(client, start);
    const place = { line: lineOf(i), column: 't_s' };
    if (start % WINDOW_SECONDS !== 0) {
      findings.error('WP-TRACE-004', place, start, {
        message: 'no window begins there',
        allowed: `multiples of ${WINDOW_SECONDS} s`,
        fix: `give the rates of windows of ${WINDOW_SECONDS} s`,
      });
    } else if (start <= previous) {
      findings.error('WP-TRACE-004', place, start, {
        message: `client ${client} ${start === previous ? 'has this window twice' : `had ${previous} before`}`,
        allowed: 'windows of a client in order, each once',
        fix: 'sort the lines by client and t_s, and leave out what is twice',
      });
    }
  }
}

/** Windows in which nobody calls are left out of the form, as are those that were lost. */
function checkSilentWindows(findings: LineFindings, starts: Float64Array): void {
  const sorted = starts.slice().sort();
  let silent = 0;
  let first = 0;
  for (let i = 1; i < sorted.length; i += 1) {
    const step = ((sorted[i] as number) - (sorted[i - 1] as number)) / WINDOW_SECONDS;
    if (step <= 1) continue;
    if (silent === 0) first = (sorted[i - 1] as number) + WINDOW_SECONDS;
    silent += step - 1;
  }
  if (silent === 0) return;
  findings.warning('WP-TRACE-005', { column: 't_s' }, first, {
    message: `no client sends anything in ${silent} windows, of which this is the first`,
    allowed: 'a recording without a gap',
    fix: 'play a part without the gap, unless nobody called at that time',
  });
}

export const clientTrace: TraceForm = {
  columns: [
    { name: 'client', kind: 'word' },
    { name: 't_s', kind: 'number' },
    { name: 'rate_rps', kind: 'number' },
    { name: 'cv', kind: 'number' },
    { name: 'family', kind: 'word', oneOf: Object.keys(FAMILIES) },
    { name: 'shape', kind: 'number', zero: false },
    { name: 'scale', kind: 'number', zero: false },
  ],
  read(findings, source, table): ClientTrace {
    checkWindows(findings, table);
    checkZeros(findings, table, 'rate_rps');
    const starts = table.numbers('t_s');
    if (!findings.hasErrors) checkSilentWindows(findings, starts);
    // The second week of a recording is a trace that begins at 0 as well.
    const first = starts.reduce((least, start) => Math.min(least, start), Number.POSITIVE_INFINITY);
    const startSeconds = starts.map((start) => start - first);
    const indices = new Map<string, number>();
    for (const name of table.words('client')) if (!indices.has(name)) indices.set(name, indices.size);
    const latest = startSeconds.reduce((most, start) => Math.max(most, start), 0);
    return {
      form: 'clients',
      source,
      clients: [...indices.keys()],
      client: Uint32Array.from(table.words('client'), (name) => indices.get(name) ?? 0),
      startSeconds,
      ratePerSecond: table.numbers('rate_rps'),
      variation: table.numbers('cv'),
      family: table.words('family').map((name) => FAMILIES[name] ?? 'gamma'),
      shape: table.numbers('shape'),
      windowSeconds: WINDOW_SECONDS,
      durationSeconds: latest + WINDOW_SECONDS,
    };
  },
};
