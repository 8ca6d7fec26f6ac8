/** Files of traces that tests write for themselves, and what is read off streams. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { formatProblem } from '../../lib/domain';
import { type ClientTrace, draftTrace, type RateTrace, type RequestTrace, readTrace } from '../../lib/traces';

const FOLDER = mkdtempSync(join(tmpdir(), 'traces-'));

export const HEADERS = {
  requests: 't_ms,in_tokens,out_tokens',
  rate: 'minute_of_week,rpm_mid,rpm_lo,rpm_hi',
  clients: 'client,t_s,rate_rps,cv,family,shape,scale',
} as const;

export type Form = keyof typeof HEADERS;

export function written(name: string, content: string | Buffer): string {
  const path = join(FOLDER, name);
  writeFileSync(path, content);
  return path;
}

export const zipped = (text: string) => gzipSync(Buffer.from(text));

/** Reads a file of that form with these lines. */
export function drafted(form: Form, lines: readonly string[]) {
  return draftTrace(written('trace.csv', [HEADERS[form], ...lines, ''].join('\n')));
}

/** Every problem in one line. */
export function told(form: Form, lines: readonly string[]): readonly string[] {
  return drafted(form, lines).problems.map((problem) => `${problem.severity} ${formatProblem(problem)}`);
}

function traceOf(form: Form, lines: readonly string[]) {
  return readTrace(written('good.csv', [HEADERS[form], ...lines, ''].join('\n')));
}

export const requestTrace = (lines: readonly string[]) => traceOf('requests', lines) as RequestTrace;
export const rateTrace = (lines: readonly string[]) => traceOf('rate', lines) as RateTrace;
export const clientTrace = (lines: readonly string[]) => traceOf('clients', lines) as ClientTrace;

export const sum = (values: ArrayLike<number>) => Array.from(values).reduce((total, value) => total + value, 0);
export const mean = (values: ArrayLike<number>) => sum(values) / values.length;

export function isSorted(values: Float64Array): boolean {
  return values.every((value, i) => i === 0 || value >= (values[i - 1] as number));
}

/** Counts of so many seconds each. */
export function regrouped(counts: Float64Array, seconds: number): number[] {
  return Array.from({ length: Math.floor(counts.length / seconds) }, (_, i) =>
    sum(counts.subarray(i * seconds, (i + 1) * seconds)),
  );
}

export const peakOverMean = (counts: readonly number[]) => Math.max(...counts) / mean(counts);
