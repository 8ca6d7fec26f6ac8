/** Reports for people. */
import { formatProblem, showValue } from '../domain/problem';
import type { PolicyReport } from './check';
import type { PolicyFinding } from './rule';

function placeOf({ file, line, index }: PolicyFinding): string {
  return line === undefined ? `${file} (document ${index + 1})` : `${file}:${line}`;
}

/** One line: place, object, rule, path, value, what is wrong, what is allowed, the fix, and why it matters. */
export function formatFinding(finding: PolicyFinding): string {
  return `${placeOf(finding)} ${finding.object}: ${formatProblem(finding)} Why: ${finding.why}.`;
}

/** How many rules were asked, and what came of it, in a line. */
export function summaryLine({ objects, findings, acknowledged, tallies }: PolicyReport): string {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const answers = tallies.reduce((sum, { compliant, notCompliant }) => sum + compliant + notCompliant, 0);
  return (
    `${objects} objects, ${tallies.length} rules, ${answers} answers: ${errors} error(s), ` +
    `${findings.length - errors} warning(s), ${acknowledged.length} accepted with a reason`
  );
}

const SHOWN = 200;

/** A value as far as a reader wants to see it: a document may be one value of many pages. */
export function shortValue(value: unknown): string {
  const text = showValue(value);
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}...` : text;
}

function paragraph(finding: PolicyFinding): string {
  const { severity, rule, object, prop, value, message, allowed, fix, why } = finding;
  return [
    `${placeOf(finding)}  ${severity}  ${rule}  ${object}`,
    `    ${prop} = ${shortValue(value)}: ${message}`,
    `    allowed: ${allowed}`,
    `    fix: ${fix}`,
    `    why: ${why}`,
  ].join('\n');
}

/** The whole report: a paragraph for each finding, what was accepted and why, and the sum. */
export function formatReport(report: PolicyReport): string {
  const accepted = report.acknowledged.map(
    ({ finding, reason }) => `${placeOf(finding)}  accepted  ${finding.rule}  ${finding.object}: ${reason}`,
  );
  return [
    ...report.findings.map(paragraph),
    ...(accepted.length === 0 ? [] : [accepted.join('\n')]),
    summaryLine(report),
  ].join('\n\n');
}
