/** WP-PDB-002: a budget that never lets a pod go stops node drains, and with them upgrades of the cluster. */
import { type Budget, budgetOf, mustStay, percentOf } from '../disruption-budget';
import { type Breach, NOT_APPLICABLE, type Rule } from '../rule';

function whyBlocked(budget: Budget): string | undefined {
  const { minAvailable, maxUnavailable, pods } = budget;
  if (minAvailable !== undefined && maxUnavailable !== undefined) return 'the API server refuses a budget with both';
  // The controller expects no pods at all then, and allows no disruption.
  if (minAvailable === undefined && maxUnavailable === undefined) return 'a budget without number allows no disruption';
  if (maxUnavailable === 0 || percentOf(maxUnavailable) === 0) return 'no pod may ever go';
  if ((percentOf(minAvailable) ?? 0) >= 100) return 'all pods have to stay';
  if (pods === undefined || minAvailable === undefined || minAvailable === 0) return undefined;
  // Somebody has stopped it: there is nothing to drain.
  if (pods.max === 0) return undefined;
  if (pods.min === 0) return 'the last pod of a workload that scales to zero could never go';
  const stay = mustStay(budget, pods.min);
  if (stay === undefined || stay < pods.min) return undefined;
  const most = pods.max > pods.min ? ' while the scaler stands at its floor' : '';
  return stay > pods.min
    ? `${stay} pods can never stay of ${pods.min}${most}`
    : `all of ${pods.min} pod(s) have to stay${most}`;
}

/** Budgets that nobody can drain a node against. */
export const disruptionBudgetDrain: Rule = {
  id: 'WP-PDB-002',
  why: 'every drain of a node waits for ever, and the upgrade of the cluster with it',
  judge: (subject, inventory) => {
    const budget = budgetOf(subject, inventory);
    if (budget === undefined) return NOT_APPLICABLE;
    const message = whyBlocked(budget);
    if (message === undefined) return [];
    const { minAvailable, maxUnavailable, pods } = budget;
    const none = minAvailable === undefined && maxUnavailable === undefined;
    const breach: Breach = {
      path: none ? ['spec'] : ['spec', minAvailable === undefined ? 'maxUnavailable' : 'minAvailable'],
      value: minAvailable ?? maxUnavailable,
      message,
      allowed:
        pods === undefined || pods.min < 2
          ? 'a budget that lets one pod go; none for a workload with fewer than 2 pods'
          : `minAvailable below ${pods.min}, or maxUnavailable: 1`,
      fix: 'lower the budget or run more replicas; remove it where one pod is enough',
    };
    return [breach];
  },
};
