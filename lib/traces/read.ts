/** Reads traces from files: CSV, plain or gzipped, in the form that the header names. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type Draft, Findings, type Problem, unwrap } from '../domain/problem';
import { type Column, readTable } from './columns';
import { clientTrace, rateTrace, requestTrace, type TraceForm } from './forms';
import type { Trace } from './trace';

const FORMS: readonly TraceForm[] = [requestTrace, rateTrace, clientTrace];

/** A file with a thousand wrong lines is told about by this many of them. */
const MOST_PROBLEMS = 20;

const NEWLINE = 10;
const GZIP = [0x1f, 0x8b];
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

const startsWith = (bytes: Buffer, start: readonly number[]) => start.every((byte, i) => bytes[i] === byte);

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The text of the file as bytes; undefined where it cannot be read. */
function contentOf(findings: Findings, path: string): Buffer | undefined {
  try {
    const bytes = readFileSync(path);
    if (startsWith(bytes, GZIP)) return gunzipSync(bytes);
    if (!path.endsWith('.gz')) return bytes;
    findings.error('WP-TRACE-001', '', path, {
      message: 'the name says gzip and the content is none',
      allowed: 'CSV, or CSV in gzip',
      fix: 'compress the file, or leave .gz out of its name',
    });
  } catch (error) {
    findings.error('WP-TRACE-001', '', path, {
      message: `the file cannot be read: ${message(error)}`,
      allowed: 'a CSV file, plain or gzipped',
      fix: 'check path and file',
    });
  }
  return undefined;
}

function headerOf(columns: readonly Column[]): string {
  return columns.map(({ name }) => name).join(',');
}

function readContent(findings: Findings, source: string, bytes: Buffer): Trace | undefined {
  const from = startsWith(bytes, BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0;
  const newline = bytes.indexOf(NEWLINE);
  const end = newline === -1 ? bytes.length : newline;
  const header = bytes.toString('utf8', from, Math.min(end, from + 200)).trim();
  const form = FORMS.find(({ columns }) => headerOf(columns) === header);
  if (form === undefined) {
    findings.error('WP-TRACE-002', '1', header, {
      message: header === '' ? 'the file is empty' : 'no form of trace has this header',
      allowed: FORMS.map(({ columns }) => headerOf(columns)).join(' | '),
      fix: 'write the file in one of the three forms, with its header in the first line',
    });
    return undefined;
  }
  const table = readTable(findings, bytes, end + 1, form.columns);
  if (table.rows === 0) {
    findings.error('WP-TRACE-002', '2', undefined, {
      message: 'nothing stands behind the header',
      allowed: 'one line at least',
      fix: 'record some traffic',
    });
  }
  // What is made of a table with wrong fields would be wrong as well.
  return findings.hasErrors ? undefined : form.read(findings, source, table);
}

/** The first problems, and how many more there are; errors first, as they are what has to be mended. */
function bounded(problems: readonly Problem[], file: string): readonly Problem[] {
  const errors = problems.filter(({ severity }) => severity === 'error');
  const [first] = errors.slice(MOST_PROBLEMS);
  if (first === undefined) return problems;
  const more: Problem = {
    ...first,
    prop: file,
    value: errors.length,
    message: `${errors.length - MOST_PROBLEMS} more errors of this kind were found`,
    allowed: 'a file without errors',
    fix: 'mend what made them, rather than the lines one by one',
  };
  return [...errors.slice(0, MOST_PROBLEMS), more, ...problems.filter(({ severity }) => severity !== 'error')];
}

/**
 * Reads a trace and gathers everything that is wrong with it. A prop is `file:line column`.
 * @param path of a CSV file, plain or gzipped, whose first line is the header of one of the three forms
 */
export function draftTrace(path: string): Draft<Trace> {
  const findings = new Findings();
  const file = basename(path);
  const bytes = contentOf(findings, path);
  const trace = bytes && readContent(findings, file, bytes);
  const placed = findings.problems.map((problem) => ({
    ...problem,
    prop: problem.prop === '' ? file : `${file}:${problem.prop}`,
  }));
  return { value: findings.hasErrors ? undefined : trace, problems: bounded(placed, file) };
}

/**
 * Reads a trace; its warnings are those of `draftTrace`.
 * @throws ProblemsError with every error of the file, up to a bound
 */
export function readTrace(path: string): Trace {
  return unwrap(draftTrace(path));
}
