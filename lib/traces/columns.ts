/**
 * A strict reader for CSV whose fields are numbers or short words. A week of requests has tens of millions of lines, so
 * numbers are read from bytes: a general parser makes a string of every field first.
 */
import type { Findings } from '../domain/problem';

/** How a column of numbers is read. */
export interface NumberColumn {
  readonly name: string;
  readonly kind: 'number';
  /** Whether 0 is left to the form to judge. @default true */
  readonly zero?: boolean;
  /** Whether only whole numbers are allowed. @default false */
  readonly whole?: boolean;
}

/** A column of words. */
export interface WordColumn {
  readonly name: string;
  readonly kind: 'word';
  /** @default any word */
  readonly oneOf?: readonly string[];
}

export type Column = NumberColumn | WordColumn;

/** The fields of all lines: numbers and words by the name of their column. */
export interface Table {
  readonly rows: number;
  /** @throws TypeError where the table has no such column of numbers */
  numbers(name: string): Float64Array;
  /** @throws TypeError where the table has no such column of words */
  words(name: string): readonly string[];
  /** Line of the file that a row stands in. The header is line 1. */
  line(row: number): number;
}

const COMMA = 44;
const NEWLINE = 10;
const RETURN = 13;
const POINT = 46;
const ZERO = 48;

/** Powers of ten up to here are exact, and so is a quotient by them of a whole number below 2^53: as `Number` reads it. */
const TENS = Float64Array.from({ length: 16 }, (_, i) => Number(`1e${i}`));

/** Whole digits with at most one point; NaN for whatever else stands between the two places. */
function plainNumber(bytes: Uint8Array, from: number, to: number): number {
  let value = 0;
  let digits = 0;
  let point = -1;
  for (let i = from; i < to; i += 1) {
    const byte = bytes[i] as number;
    if (byte === POINT && point === -1) {
      point = i;
      continue;
    }
    const digit = byte - ZERO;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
    digits += 1;
  }
  if (digits === 0 || digits > 15) return Number.NaN;
  return point === -1 ? value : value / (TENS[to - 1 - point] as number);
}

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** Any decimal number; NaN for what is none. */
function numberOf(bytes: Buffer, from: number, to: number): number {
  const plain = plainNumber(bytes, from, to);
  if (!Number.isNaN(plain)) return plain;
  const text = bytes.toString('latin1', from, to).trim();
  return DECIMAL.test(text) ? Number(text) : Number.NaN;
}

/** What a column takes, in words. */
export function allowedIn(column: Column): string {
  if (column.kind === 'word') return column.oneOf?.join(' or ') ?? 'a name';
  return `a ${column.whole ? 'whole ' : ''}number${column.zero === false ? ' above 0' : ', 0 or more'}`;
}

function wrongNumber(column: NumberColumn, value: number): string | undefined {
  if (!Number.isFinite(value)) return 'it is not a number';
  if (value < 0) return 'it is negative';
  if (column.zero === false && value === 0) return 'it is zero';
  return column.whole && !Number.isInteger(value) ? 'it is not whole' : undefined;
}

function countLines(bytes: Buffer): number {
  let lines = 1;
  for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) lines += 1;
  return lines;
}

/** Reads the lines behind the header. Every field that is wrong becomes an error of the rule WP-TRACE-003. */
export function readTable(findings: Findings, bytes: Buffer, from: number, columns: readonly Column[]): Table {
  const capacity = countLines(bytes);
  const numbers = columns.map(({ kind }) => new Float64Array(kind === 'number' ? capacity : 0));
  const words = columns.map((): string[] => []);
  let row = 0;
  let at = from;
  while (at < bytes.length) {
    const newline = bytes.indexOf(NEWLINE, at);
    const next = newline === -1 ? bytes.length : newline;
    const end = next > at && bytes[next - 1] === RETURN ? next - 1 : next;
    // An empty last line is the end of the last one.
    if (end === at && next >= bytes.length - 1) break;
    readLine(end);
    row += 1;
    at = next + 1;
  }
  return {
    rows: row,
    numbers: (name) => named(columns, 'number', name, numbers).subarray(0, row),
    words: (name) => named(columns, 'word', name, words),
    line: (index) => index + 2,
  };

  function readLine(end: number): void {
    let start = at;
    for (let i = 0; i < columns.length; i += 1) {
      const column = columns[i] as Column;
      let stop = start;
      while (stop < end && bytes[stop] !== COMMA) stop += 1;
      const last = i === columns.length - 1;
      if (last ? stop < end : stop === end) return refuseLine(end);
      if (column.kind === 'number') {
        const value = numberOf(bytes, start, stop);
        const wrong = wrongNumber(column, value);
        if (wrong === undefined) (numbers[i] as Float64Array)[row] = value;
        else refuseField(column, bytes.toString('utf8', start, stop), wrong);
      } else {
        const word = bytes.toString('utf8', start, stop).trim();
        (words[i] as string[])[row] = word;
        if (word === '' || column.oneOf?.includes(word) === false)
          refuseField(column, word, 'it is none of the known ones');
      }
      start = stop + 1;
    }
  }

  function refuseField(column: Column, value: string, message: string): void {
    findings.error('WP-TRACE-003', `${row + 2} ${column.name}`, value, {
      message,
      allowed: allowedIn(column),
      fix: 'correct the value, or leave out the line',
    });
  }

  function refuseLine(end: number): void {
    const text = bytes.toString('utf8', at, end);
    findings.error('WP-TRACE-003', `${row + 2}`, text.slice(0, 80), {
      message: `the line has ${text.split(',').length} fields instead of ${columns.length}`,
      allowed: columns.map(({ name }) => name).join(','),
      fix: 'write every field of the line',
    });
  }
}

function named<T>(columns: readonly Column[], kind: Column['kind'], name: string, values: readonly T[]): T {
  const value = values[columns.findIndex((column) => column.kind === kind && column.name === name)];
  if (value === undefined) throw new TypeError(`no column of ${kind}s is named ${name}`);
  return value;
}
