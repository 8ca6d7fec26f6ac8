/**
 * A strict reader for CSV whose fields are numbers or short words. A week of requests has tens of millions of lines, so
 * numbers are read from bytes: a general parser makes a string of every field first.
 */
import type { LineFindings } from './line-findings';

/** A column of numbers, none below 0. */
export interface NumberColumn {
  readonly name: string;
  readonly kind: 'number';
  /** Whether 0 is a number that makes sense. @default true */
  readonly zero?: boolean;
  /** Whether only whole numbers make sense; they fit 32 bits. @default false */
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

/** The fields of all lines by the name of their column. */
export interface Table {
  readonly rows: number;
  /** @throws TypeError where the table has no such column of numbers */
  numbers(name: string): Float64Array;
  /** @throws TypeError where the table has no such column of words */
  words(name: string): readonly string[];
}

/** Line of the file that a row stands in: lines count from 1, and the header is the first. */
export function lineOf(row: number): number {
  return row + 2;
}

const COMMA = 44;
const NEWLINE = 10;
const RETURN = 13;
const POINT = 46;
const ZERO = 48;

/** What is shown of a line or a field that is wrong. */
const SHOWN = 60;

const MOST_WHOLE = 0xffffffff;

/** Powers of ten that are exact, as are whole numbers of 15 digits: their quotient is what `Number` would read. */
const TENS = Float64Array.from({ length: 16 }, (_, i) => Number(`1e${i}`));

/** Digits with at most one point; NaN for whatever else stands between the two places. */
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
function allowedIn(column: Column): string {
  if (column.kind === 'word') return column.oneOf?.join(' or ') ?? 'a name';
  return `a ${column.whole ? 'whole ' : ''}number ${column.zero === false ? 'above 0' : 'of 0 or more'}`;
}

function wrongNumber(column: NumberColumn, value: number): string | undefined {
  if (!Number.isFinite(value)) return 'it is not a number';
  if (value < 0) return 'it is negative';
  if (column.zero === false && value === 0) return 'it is zero';
  if (!column.whole) return undefined;
  if (!Number.isInteger(value)) return 'it is not whole';
  return value > MOST_WHOLE ? 'it is too great' : undefined;
}

function countLines(bytes: Buffer, from: number): number {
  let lines = 1;
  for (let at = bytes.indexOf(NEWLINE, from); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) lines += 1;
  return lines;
}

/** The lines of a file as they are read, column by column. */
class Reader {
  private readonly numbers: readonly Float64Array[];
  private readonly words: readonly string[][];
  private row = 0;

  constructor(
    private readonly findings: LineFindings,
    private readonly bytes: Buffer,
    private readonly columns: readonly Column[],
    capacity: number,
  ) {
    this.numbers = columns.map(({ kind }) => new Float64Array(kind === 'number' ? capacity : 0));
    this.words = columns.map(() => []);
  }

  read(from: number): Table {
    const { bytes } = this;
    for (let start = from; start < bytes.length; ) {
      const newline = bytes.indexOf(NEWLINE, start);
      const next = newline === -1 ? bytes.length : newline;
      const end = next > start && bytes[next - 1] === RETURN ? next - 1 : next;
      // An empty last line is the end of the one before.
      if (end === start && next >= bytes.length - 1) break;
      if (!this.readLine(start, end)) this.refuseLine(start, end);
      this.row += 1;
      start = next + 1;
    }
    return {
      rows: this.row,
      numbers: (name) => this.named('number', name, this.numbers).subarray(0, this.row),
      words: (name) => this.named('word', name, this.words),
    };
  }

  /** Whether the line has as many fields as there are columns. */
  private readLine(start: number, end: number): boolean {
    const { bytes, columns } = this;
    let from = start;
    for (let i = 0; i < columns.length; i += 1) {
      let to = from;
      while (to < end && bytes[to] !== COMMA) to += 1;
      if (i === columns.length - 1 ? to < end : to === end) return false;
      this.readField(i, from, to);
      from = to + 1;
    }
    return true;
  }

  private readField(index: number, from: number, to: number): void {
    const column = this.columns[index] as Column;
    if (column.kind === 'number') {
      const value = numberOf(this.bytes, from, to);
      const wrong = wrongNumber(column, value);
      (this.numbers[index] as Float64Array)[this.row] = value;
      if (wrong !== undefined) this.refuseField(column, from, to, wrong);
      return;
    }
    const word = this.bytes.toString('utf8', from, to).trim();
    (this.words[index] as string[])[this.row] = word;
    if (word === '') this.refuseField(column, from, to, 'it is empty');
    else if (column.oneOf?.includes(word) === false) this.refuseField(column, from, to, 'it is unknown');
  }

  private refuseField(column: Column, from: number, to: number, message: string): void {
    const value = this.bytes.toString('utf8', from, Math.min(to, from + SHOWN));
    this.findings.error('WP-TRACE-003', { line: lineOf(this.row), column: column.name }, value, {
      message,
      allowed: allowedIn(column),
      fix: 'correct the value, or leave out the line',
    });
  }

  private refuseLine(start: number, end: number): void {
    const text = this.bytes.toString('utf8', start, end);
    this.findings.error('WP-TRACE-003', { line: lineOf(this.row) }, text.slice(0, SHOWN), {
      message: text === '' ? 'the line is empty' : `the line has ${text.split(',').length} fields`,
      allowed: `${this.columns.length} fields: ${this.columns.map(({ name }) => name).join(',')}`,
      fix: 'write every field of the line and nothing else, or leave the line out',
    });
  }

  private named<T>(kind: Column['kind'], name: string, values: readonly T[]): T {
    const value = values[this.columns.findIndex((column) => column.kind === kind && column.name === name)];
    if (value === undefined) throw new TypeError(`no column of ${kind}s is named ${name}`);
    return value;
  }
}

/**
 * Reads the lines behind the header. Every field that is not what its column takes is an error of WP-TRACE-003.
 * @param from where the second line begins
 */
export function readTable(findings: LineFindings, bytes: Buffer, from: number, columns: readonly Column[]): Table {
  return new Reader(findings, bytes, columns, countLines(bytes, from)).read(from);
}
