import { type BudgetSpec, type BudgetThreshold, draftBudget, unwrap } from '../../lib/domain';
import { problemOf, rulesOf } from './given';

const SPEC: BudgetSpec = { amountPerMonth: 20_000, from: '2027-01', emails: ['ml-platform@example.com'] };
const draft = (more: Partial<BudgetSpec> = {}) => draftBudget('aks', { ...SPEC, ...more });
const at = (percent: number, of: BudgetThreshold['of'] = 'actual'): BudgetThreshold => ({ percent, of });

describe('a budget', () => {
  it('tells somebody at half, four fifths and all of it, when all is foreseen, and of unlike days', () => {
    expect(unwrap(draft())).toEqual({
      amountPerMonth: 20_000,
      startDate: '2027-01-01T00:00:00Z',
      emails: ['ml-platform@example.com'],
      thresholds: [at(50), at(80), at(100), at(100, 'forecast')],
      anomaliesUntil: '2037-01-01T00:00:00Z',
    });
  });

  it('is silent about unlike days where that is asked', () => {
    expect(unwrap(draft({ anomalies: false }))).not.toHaveProperty('anomaliesUntil');
    expect(unwrap(draft({ anomalies: true, from: '2026-12' })).anomaliesUntil).toBe('2036-12-01T00:00:00Z');
  });

  it.each([0.01, 1, 1e9])('may be %d', (amountPerMonth) => {
    expect(draft({ amountPerMonth }).problems).toEqual([]);
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('may not be %d', (amountPerMonth) => {
    expect(problemOf(draft({ amountPerMonth }), 'WP-BUD-001')).toMatchObject({
      severity: 'error',
      prop: 'budget.amountPerMonth',
      value: amountPerMonth,
    });
  });

  it.each(['2027-09', '2027-12', '2099-10'])('may begin in %s', (from) => {
    expect(draft({ from }).problems).toEqual([]);
  });

  it.each(['2027-00', '2027-13', '2027-1', '1999-12', '2027-01-01', 'x2027-01', '', undefined])(
    'may not begin in %j',
    (from) => {
      expect(problemOf(draft({ from: from as string }), 'WP-BUD-001')).toMatchObject({
        prop: 'budget.from',
        value: from,
      });
    },
  );

  it.each([
    [[]],
    [['ops']],
    [['a b@example.com']],
    [['ops@example']],
    [['a@b@example.com']],
    [['ok@example.com', 'x']],
    [['ops@example.com x']],
    [Array.from({ length: 6 }, (_, index) => `rota-${index}@example.com`)],
  ])('tells nobody at %j', (emails) => {
    expect(problemOf(draft({ emails }), 'WP-BUD-001')).toMatchObject({ prop: 'budget.emails', value: emails });
  });

  it('tells as many people as Azure writes to, and not one more', () => {
    const people = (count: number) => Array.from({ length: count }, (_, index) => `person-${index}@example.com`);
    expect(draft({ emails: people(5) }).problems).toEqual([]);
    expect(problemOf(draft({ emails: people(6) }), 'WP-BUD-001')).toMatchObject({ prop: 'budget.emails' });
  });

  it('tells somebody', () => {
    const emails = undefined as unknown as readonly string[];
    expect(problemOf(draft({ emails }), 'WP-BUD-001')).toMatchObject({ prop: 'budget.emails' });
  });

  it.each([[[at(0.1)]], [[at(1000)]], [[at(100), at(100, 'forecast')]], [[at(10), at(20), at(30), at(40), at(50)]]])(
    'may tell at %j',
    (thresholds) => {
      expect(unwrap(draft({ thresholds })).thresholds).toEqual(thresholds);
    },
  );

  it.each([
    [[]],
    [[at(0)]],
    [[at(50), at(0)]],
    [[at(-5)]],
    [[at(1000.1)]],
    [[at(50), at(50)]],
    [[at(50, 'guess' as 'actual')]],
    [[at(10), at(20), at(30), at(40), at(50), at(60)]],
  ])('may not tell at %j', (thresholds) => {
    expect(problemOf(draft({ thresholds }), 'WP-BUD-001')).toMatchObject({
      prop: 'budget.thresholds',
      value: thresholds,
    });
  });

  it('tells all of its mistakes at once', () => {
    expect(rulesOf(draft({ amountPerMonth: 0, from: '', emails: [], thresholds: [] }))).toHaveLength(4);
  });

  it('does not exist on IBM Cloud', () => {
    const refused = draftBudget('iks', SPEC);
    expect(problemOf(refused, 'WP-BUD-002')).toMatchObject({ severity: 'error', prop: 'budget.cloud', value: 'iks' });
    expect(refused.value).toBeUndefined();
  });
});
