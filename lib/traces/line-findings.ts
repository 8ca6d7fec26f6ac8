/** Problems of a file: each with the place that it was found at, and no more of them than somebody reads. */
import type { Finding, Findings } from '../domain/problem';
import type { RuleId } from '../domain/rules';

/** A file with a thousand wrong lines is told about by this many of them. */
export const MOST_ERRORS = 20;

/** Gathers what is wrong with one file; a prop is `file:line column`. */
export class LineFindings {
  private errors = 0;
  private lastRule: RuleId | undefined;

  constructor(
    private readonly findings: Findings,
    private readonly file: string,
  ) {}

  get hasErrors(): boolean {
    return this.errors > 0;
  }

  /** Something is wrong with a field, with a line, or with the file as a whole. */
  error(rule: RuleId, place: { line?: number; column?: string }, value: unknown, finding: Finding): void {
    this.errors += 1;
    this.lastRule = rule;
    if (this.errors <= MOST_ERRORS) this.findings.error(rule, this.at(place), value, finding);
  }

  warning(rule: RuleId, place: { line?: number; column?: string }, value: unknown, finding: Finding): void {
    this.findings.warning(rule, this.at(place), value, finding);
  }

  /** Says how many errors were not told. */
  close(): void {
    if (this.errors <= MOST_ERRORS || this.lastRule === undefined) return;
    this.findings.error(this.lastRule, this.file, this.errors, {
      message: `${this.errors - MOST_ERRORS} more errors were found`,
      allowed: 'a file without errors',
      fix: 'mend what made them, rather than the lines one by one',
    });
  }

  private at({ line, column }: { line?: number; column?: string }): string {
    const place = line === undefined ? this.file : `${this.file}:${line}`;
    return column === undefined ? place : `${place} ${column}`;
  }
}
