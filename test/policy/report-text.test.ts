import type { PolicyFinding, PolicyReport } from '../../lib/policy';
import { formatFinding, formatReport, shortValue, summaryLine } from '../../lib/policy/report-text';

const ERROR: PolicyFinding = {
  rule: 'WP-REF-001',
  severity: 'error',
  file: 'chat.yaml',
  index: 2,
  line: 9,
  object: 'Deployment chat/llama',
  prop: 'spec.replicas',
  value: 'two',
  message: 'it is no number',
  allowed: 'a number',
  fix: 'write 2',
  why: 'nobody can count it',
};
const { line, ...WITHOUT_LINE } = ERROR;
const WARNING: PolicyFinding = { ...WITHOUT_LINE, severity: 'warning', value: undefined };

const tally = (compliant: number, notCompliant: number) => ({
  rule: 'WP-REF-001' as const,
  compliant,
  notCompliant,
  notApplicable: 40,
});
const report = (parts: Partial<PolicyReport> = {}): PolicyReport => ({
  objects: 12,
  findings: [],
  acknowledged: [],
  tallies: [tally(5, 2), tally(3, 1)],
  ...parts,
});

describe('a finding in a line', () => {
  it('has its place, its object, what is wrong and why that matters', () => {
    const text = formatFinding(ERROR);
    expect(text).toMatch(/^chat\.yaml:9 Deployment chat\/llama: /);
    for (const part of ['WP-REF-001', 'spec.replicas', 'it is no number', 'a number', 'write 2'])
      expect(text).toContain(part);
    expect(text).toMatch(/ Why: nobody can count it\.$/);
  });

  it('has the number of its document where the line is not known, counted from 1', () => {
    expect(formatFinding(WARNING)).toMatch(/^chat\.yaml \(document 3\) Deployment/);
  });
});

test('the sum counts objects, rules, answers, and findings by severity', () => {
  const acknowledged = [{ finding: WARNING, reason: 'known', by: 'object' as const }];
  expect(summaryLine(report({ findings: [ERROR, WARNING, ERROR], acknowledged }))).toBe(
    '12 objects, 2 rules, 11 answers: 2 error(s), 1 warning(s), 1 accepted with a reason',
  );
  expect(summaryLine(report())).toBe(
    '12 objects, 2 rules, 11 answers: 0 error(s), 0 warning(s), 0 accepted with a reason',
  );
});

describe('a value in a report', () => {
  it('is shown whole as far as 200 characters', () => {
    expect(shortValue(7)).toBe('7');
    const text = shortValue('a'.repeat(198));
    expect(text).toHaveLength(200);
    expect(text).not.toContain('...');
  });

  it('is cut there when it is longer', () => {
    const whole = shortValue('a'.repeat(198));
    const text = shortValue('a'.repeat(199));
    expect(text).toBe(`${whole.slice(0, -1)}a...`);
    expect(text).toHaveLength(203);
  });
});

describe('a report', () => {
  it('has a paragraph for each finding, then what was accepted, then the sum', () => {
    const acknowledged = [
      { finding: ERROR, reason: 'made by hand', by: 'run' as const },
      { finding: WARNING, reason: 'known', by: 'object' as const },
    ];
    expect(
      formatReport(report({ findings: [ERROR, WARNING], acknowledged })),
    ).toBe(`chat.yaml:9  error  WP-REF-001  Deployment chat/llama
    spec.replicas = "two": it is no number
    allowed: a number
    fix: write 2
    why: nobody can count it

chat.yaml (document 3)  warning  WP-REF-001  Deployment chat/llama
    spec.replicas = not set: it is no number
    allowed: a number
    fix: write 2
    why: nobody can count it

chat.yaml:9  accepted  WP-REF-001  Deployment chat/llama: made by hand
chat.yaml (document 3)  accepted  WP-REF-001  Deployment chat/llama: known

12 objects, 2 rules, 11 answers: 1 error(s), 1 warning(s), 2 accepted with a reason`);
  });

  it('is the sum alone where there is nothing to say', () => {
    expect(formatReport(report())).toBe(summaryLine(report()));
  });
});
