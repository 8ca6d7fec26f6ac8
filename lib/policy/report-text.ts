/** Reports for people. */
import { formatProblem } from '../domain/problem';
import type { PolicyReport } from './check';
import type { PolicyFinding } from './rule';

/** `prod/chat.yaml:12 Deployment chat/llama: WP-... path = value: what is wrong. Allowed: ... Fix: ... Why: ...` */
export function formatFinding(finding: PolicyFinding): string {
  const { file, line, index, object, why } = finding;
  const place = line === undefined ? `${file} (document ${index + 1})` : `${file}:${line}`;
  return `${place} ${object}: ${formatProblem(finding)} Why: ${why}.`;
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
