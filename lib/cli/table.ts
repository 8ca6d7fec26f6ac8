/** Text for people: tables and numbers. */

export type Row = readonly string[];

/** Columns padded to their widest cell; the first to the left, the others as they are told. */
export function table(rows: readonly Row[], right: readonly number[] = [], indent = '    '): readonly string[] {
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows.map((row) => {
    const cells = widths.map((width, column) => {
      const cell = row[column] ?? '';
      return right.includes(column) ? cell.padStart(width) : cell.padEnd(width);
    });
    return `${indent}${cells.join('  ')}`.trimEnd();
  });
}

/** `1:05`, minutes and seconds. */
export function minutes(duration: number): string {
  const seconds = Math.round(duration);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** Three digits, or the whole of a whole number. */
export function short(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(3)));
}

/** `99.53 %`; never rounded up to all of them. */
export function percent(share: number): string {
  return `${(Math.floor(share * 1e4 + 1e-6) / 100).toFixed(2)} %`;
}

/** `1 replica`, `2 replicas` */
export function counted(count: number, noun: string): string {
  return `${short(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** `4`, `4-6` */
export function range(low: number, high: number): string {
  return low === high ? String(low) : `${low}-${high}`;
}
