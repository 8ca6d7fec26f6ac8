/** Reports for code scanners: SARIF 2.1.0 (OASIS sarif-v2.1.0-os). */
import { RULES } from '../domain/rules';
import type { AcknowledgedFinding, PolicyReport } from './check';
import type { UnreadableDocument } from './read';
import { shortValue } from './report-text';
import type { PolicyFinding } from './rule';
import { POLICY_RULES } from './rules';

const WHY: Readonly<Record<string, string>> = Object.fromEntries(POLICY_RULES.map(({ id, why }) => [id, why]));

/** A path as a relative reference: code scanners look for it below the root of the repository. Absolute ones stay so. */
function uriOf(file: string): string {
  const path = file.replaceAll('\\', '/').replace(/^(\.\/+)+/, '');
  const encoded = path.split('/').map(encodeURIComponent).join('/');
  // The colon of a drive stays one.
  if (/^[A-Za-z]:\//.test(path)) return `file:///${encoded.replace('%3A', ':')}`;
  return path.startsWith('/') ? `file://${encoded}` : encoded;
}

/** Code scanning of GitHub shows no result without a line. */
function placeOf(file: string, line = 1) {
  return { artifactLocation: { uri: uriOf(file) }, region: { startLine: line } };
}

function resultOf(finding: PolicyFinding, rules: readonly string[], accepted?: AcknowledgedFinding) {
  const { rule, severity, file, line, object, prop, value, message, allowed, fix, why } = finding;
  return {
    ruleId: rule,
    ruleIndex: rules.indexOf(rule),
    level: severity,
    message: {
      text: `${object}: ${prop} = ${shortValue(value)}: ${message}. Allowed: ${allowed}. Fix: ${fix}. Why: ${why}.`,
    },
    locations: [
      {
        physicalLocation: placeOf(file, line),
        logicalLocations: [{ fullyQualifiedName: `${object} ${prop}`, kind: 'member' }],
      },
    ],
    ...(accepted === undefined ? {} : { suppressions: [suppressionOf(accepted)] }),
  };
}

function suppressionOf({ by, reason }: AcknowledgedFinding) {
  return { kind: by === 'object' ? ('inSource' as const) : ('external' as const), justification: reason };
}

function notificationOf({ file, line, message }: UnreadableDocument) {
  const text = `this is no YAML: ${message}`;
  return { level: 'error' as const, message: { text }, locations: [{ physicalLocation: placeOf(file, line) }] };
}

/**
 * A report as a SARIF log; accepted findings are suppressed results with their reason.
 * @param unreadable what could not be judged: a log without it would look like one of a clean run
 */
export function sarifOf(
  { findings, acknowledged }: PolicyReport,
  version: string,
  unreadable: readonly UnreadableDocument[] = [],
) {
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
        invocations: [
          {
            executionSuccessful: unreadable.length === 0,
            toolExecutionNotifications: unreadable.map(notificationOf),
          },
        ],
        results: [
          ...findings.map((finding) => resultOf(finding, rules)),
          ...acknowledged.map((accepted) => resultOf(accepted.finding, rules, accepted)),
        ],
      },
    ],
  };
}
