/** The three forms of a trace: their columns, what holds between their lines, and what becomes of them. */
import type { Findings } from '../domain/problem';
import type { Column, Table } from './columns';
import type { ArrivalFamily, ClientTrace, RateTrace, RequestTrace, Trace } from './trace';

/** A form, recognised by its header. */
export interface TraceForm {
  readonly columns: readonly Column[];
  read(findings: Findings, source: string, table: Table): Trace | undefined;
}

const SECONDS_PER_MINUTE = 60;

/** Length of the windows of a client trace: that of ServeGen's. */
const WINDOW_SECONDS = 600;

/** Times of a recording go up. */
function checkOrder(findings: Findings, table: Table, column: string, equal: boolean): void {
  const times = table.numbers(column);
  for (let i = 1; i < times.length; i += 1) {
    const now = times[i] as number;
    const before = times[i - 1] as number;
    if (equal ? now >= before : now > before) continue;
    findings.error('WP-TRACE-004', `${table.line(i)} ${column}`, now, {
      message: `it ${now === before ? 'repeats' : 'goes back behind'} ${before} of the line before`,
      allowed: equal ? 'times in order' : 'times in order, each once',
      fix: `sort the lines by ${column}`,
    });
  }
}

/** A field without which no request could be played. */
function atLeastOne(values: Float64Array): Uint32Array {
  return Uint32Array.from(values, (value) => Math.max(1, value));
}

export const requestTrace: TraceForm = {
  columns: [
    { name: 't_ms', kind: 'number' },
    { name: 'in_tokens', kind: 'number', whole: true },
    { name: 'out_tokens', kind: 'number', whole: true },
  ],
  read(findings, source, table): RequestTrace {
    checkOrder(findings, table, 't_ms', true);
    const times = table.numbers('t_ms');
    const first = times[0] ?? 0;
    return {
      form: 'requests',
      source,
      arrivalMs: times.map((time) => time - first),
      inputTokens: atLeastOne(table.numbers('in_tokens')),
      outputTokens: atLeastOne(table.numbers('out_tokens')),
      durationSeconds: ((times[times.length - 1] ?? 0) - first) / 1000,
    };
  },
};

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

export const rateTrace: TraceForm = {
  columns: [
    { name: 'minute_of_week', kind: 'number' },
    { name: 'rpm_mid', kind: 'number' },
    { name: 'rpm_lo', kind: 'number' },
    { name: 'rpm_hi', kind: 'number' },
  ],
  read(findings, source, table): RateTrace {
    checkOrder(findings, table, 'minute_of_week', false);
    const minutes = table.numbers('minute_of_week');
    const steps = Array.from(minutes.subarray(1), (minute, i) => minute - (minutes[i] as number));
    // The mean step, as times are rounded: 7.2 and 7.3 stand for 7.22.
    const intervalSeconds = Math.max(0, median(steps)) * SECONDS_PER_MINUTE;
    const first = minutes[0] ?? 0;
    const perSecond = (column: string) => table.numbers(column).map((rate) => rate / SECONDS_PER_MINUTE);
    const middleSeconds = minutes.map((minute) => (minute - first) * SECONDS_PER_MINUTE + intervalSeconds / 2);
    return {
      form: 'rate',
      source,
      middleSeconds,
      ratePerSecond: perSecond('rpm_mid'),
      lowestRatePerSecond: perSecond('rpm_lo'),
      highestRatePerSecond: perSecond('rpm_hi'),
      intervalSeconds,
      durationSeconds: (middleSeconds[middleSeconds.length - 1] ?? 0) + intervalSeconds / 2,
    };
  },
};

const FAMILIES: Readonly<Record<string, ArrivalFamily>> = { G: 'gamma', W: 'weibull' };

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
  read(_findings, source, table): ClientTrace {
    const names = new Map<string, number>();
    for (const name of table.words('client')) if (!names.has(name)) names.set(name, names.size);
    const startSeconds = table.numbers('t_s');
    const last = startSeconds.reduce((latest, start) => Math.max(latest, start), 0);
    return {
      form: 'clients',
      source,
      clients: [...names.keys()],
      client: Uint32Array.from(table.words('client'), (name) => names.get(name) ?? 0),
      startSeconds,
      ratePerSecond: table.numbers('rate_rps'),
      variation: table.numbers('cv'),
      family: table.words('family').map((name) => FAMILIES[name] ?? 'gamma'),
      shape: table.numbers('shape'),
      windowSeconds: WINDOW_SECONDS,
      durationSeconds: last + WINDOW_SECONDS,
    };
  },
};
