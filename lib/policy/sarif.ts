/** Reports for code scanners: SARIF 2.1.0 (OASIS sarif-v2.1.0-os). */
import { showValue } from '../domain/problem';
import { RULES } from '../domain/rules';
import type { PolicyReport } from './check';
import type { PolicyFinding } from './rule';
import { POLICY_RULES } from './rules';

const WHY: Readonly<Record<string, string>> = Object.fromEntries(POLICY_RULES.map(({ id, why }) => [id, why]));

function resultOf(finding: PolicyFinding, rules: readonly string[], reason?: string) {
  const { rule, severity, file, line, object, prop, value, message, allowed, fix, why } = finding;
  return {
    ruleId: rule,
    ruleIndex: rules.indexOf(rule),
    level: severity,
    message: {
      text: `${object}: ${prop} = ${showValue(value)}: ${message}. Allowed: ${allowed}. Fix: ${fix}. Why: ${why}.`,
    },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: encodeURI(file) },
          ...(line === undefined ? {} : { region: { startLine: line } }),
        },
        logicalLocations: [{ fullyQualifiedName: `${object} ${prop}`, kind: 'member' }],
      },
    ],
    ...(reason === undefined ? {} : { suppressions: [{ kind: 'inSource' as const, justification: reason }] }),
  };
}

/** A report as a SARIF log; accepted findings are suppressed results with their reason. */
export function sarifOf({ findings, acknowledged }: PolicyReport, version: string) {
  const all = [...findings, ...acknowledged.map(({ finding }) => finding)];
  const rules = [...new Set(all.map(({ rule }) => rule))].sort();
  return {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0' as const,
    runs: [
      {
        tool: {
          driver: {
            name: 'warmpath',
            version,
            rules: rules.map((id) => ({
              id,
              shortDescription: { text: RULES[id] },
              ...(WHY[id] === undefined ? {} : { fullDescription: { text: `${WHY[id]}.` } }),
            })),
          },
        },
        results: [
          ...findings.map((finding) => resultOf(finding, rules)),
          ...acknowledged.map(({ finding, reason }) => resultOf(finding, rules, reason)),
        ],
      },
    ],
  };
}
