/** Reads traces from files: CSV, plain or gzipped, in the form that the header names. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type Draft, Findings, unwrap } from '../domain/problem';
import { type Column, readTable } from './columns';
import { clientTrace, rateTrace, requestTrace, type TraceForm } from './forms';
import { LineFindings } from './line-findings';
import type { Trace } from './trace';

const FORMS: readonly TraceForm[] = [requestTrace, rateTrace, clientTrace];

/** Headers are shorter; a file without lines is not shown whole. */
const LONGEST_HEADER = 120;

const NEWLINE = 10;
const GZIP = [0x1f, 0x8b];
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

const startsWith = (bytes: Buffer, start: readonly number[]) => start.every((byte, i) => bytes[i] === byte);

const namesOf = (columns: readonly Column[]) => columns.map(({ name }) => name);

/** The text of the file as bytes; undefined where it cannot be read. */
function contentOf(findings: LineFindings, path: string): Buffer | undefined {
  try {
    const bytes = readFileSync(path);
    if (startsWith(bytes, GZIP)) return gunzipSync(bytes);
    if (!path.endsWith('.gz')) return bytes;
    findings.error('WP-TRACE-001', {}, path, {
      message: 'its name says gzip, and its content is none',
      allowed: 'CSV, or CSV in gzip',
      fix: 'compress the file, or leave .gz out of its name',
    });
  } catch (error) {
    findings.error('WP-TRACE-001', {}, path, {
      message: `it cannot be read: ${(error as Error).message}`,
      allowed: 'a CSV file, plain or gzipped',
      fix: 'check the path, or fetch the file again',
    });
  }
  return undefined;
}

/** What is wrong with a header, by the form that it comes nearest to. */
function wrongHeader(header: string): string {
  if (header === '') return 'the file is empty';
  const given = header.split(',').map((name) => name.trim());
  const known = FORMS.map(({ columns }) => namesOf(columns));
  const shared = (names: readonly string[]) => names.filter((name) => given.includes(name)).length;
  const nearest = known.reduce((best, names) => (shared(names) > shared(best) ? names : best));
  if (shared(nearest) === 0) return 'it is no header of a trace';
  const missing = nearest.filter((name) => !given.includes(name));
  if (missing.length > 0) return `the columns ${missing.join(', ')} are missing`;
  const unknown = given.filter((name) => !nearest.includes(name));
  return unknown.length > 0 ? `the columns ${unknown.join(', ')} are unknown` : 'the columns stand in another order';
}

function readContent(findings: LineFindings, source: string, bytes: Buffer): Trace | undefined {
  const from = startsWith(bytes, BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0;
  const newline = bytes.indexOf(NEWLINE);
  const end = newline === -1 ? bytes.length : newline;
  const header = bytes.toString('utf8', from, Math.min(end, from + LONGEST_HEADER)).trim();
  const form = FORMS.find(({ columns }) => namesOf(columns).join(',') === header);
  if (form === undefined) {
    findings.error('WP-TRACE-002', { line: 1 }, header, {
      message: wrongHeader(header),
      allowed: FORMS.map(({ columns }) => namesOf(columns).join(',')).join(' | '),
      fix: 'write one of these headers as the first line, and the columns in its order',
    });
    return undefined;
  }
  const table = readTable(findings, bytes, end + 1, form.columns);
  if (table.rows === 0) {
    findings.error('WP-TRACE-002', {}, undefined, {
      message: 'nothing stands below the header',
      allowed: 'lines below the header',
      fix: 'record some traffic',
    });
  }
  // What holds between lines says nothing where a field is wrong.
  return findings.hasErrors ? undefined : form.read(findings, source, table);
}

/**
 * Reads a trace and gathers everything that is wrong with it, up to a bound. A prop is `file:line column`.
 * @param path a CSV file, plain or gzipped, whose first line is the header of one of the three forms
 */
export function draftTrace(path: string): Draft<Trace> {
  const findings = new Findings();
  const source = basename(path);
  const lines = new LineFindings(findings, source);
  const bytes = contentOf(lines, path);
  const trace = bytes && readContent(lines, source, bytes);
  lines.close();
  return findings.draft(findings.hasErrors ? undefined : trace);
}

/**
 * Reads a trace. `draftTrace` tells its warnings as well.
 * @throws ProblemsError with every error of the file, up to a bound
 */
export function readTrace(path: string): Trace {
  return unwrap(draftTrace(path));
}
