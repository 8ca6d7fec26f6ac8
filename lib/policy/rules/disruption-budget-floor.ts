/** WP-PDB-001: a budget that lets every pod go at once is none. */
import { budgetOf, mustStay, percentOf } from '../disruption-budget';
import { type Breach, NOT_APPLICABLE, type Rule } from '../rule';

/** Budgets that protect nothing. */
export const disruptionBudgetFloor: Rule = {
  id: 'WP-PDB-001',
  why: 'a node drain may take every pod at once, and everybody thinks that the budget forbids it',
  judge: (subject, inventory) => {
    const budget = budgetOf(subject, inventory);
    if (budget === undefined) return NOT_APPLICABLE;
    const { minAvailable, maxUnavailable, pods } = budget;
    const prop = minAvailable === undefined ? 'maxUnavailable' : 'minAvailable';
    const breach: Breach = {
      path: ['spec', prop],
      value: minAvailable ?? maxUnavailable,
      message: 'the budget lets every pod go at once',
      allowed: 'a budget that keeps at least one pod',
      fix: 'use minAvailable: 1 or more, or maxUnavailable: 1 with several replicas',
    };
    if (minAvailable !== undefined) return minAvailable === 0 || percentOf(minAvailable) === 0 ? [breach] : [];
    if (maxUnavailable === undefined) return [];
    // At the floor of the scaler if several pods run there. A single pod cannot stay and be moved: it may go.
    const count = pods && (pods.min > 1 ? pods.min : pods.max);
    if (count === undefined) return (percentOf(maxUnavailable) ?? 0) >= 100 ? [breach] : [];
    if (count < 2 || mustStay(budget, count) !== 0) return [];
    return [{ ...breach, message: `the budget lets all of ${count} pods go at once` }];
  },
};
