/** WP-SEL-002: a disruption budget that selects nothing protects nothing. */
import { at, isObject } from '../json';
import { identityOf } from '../manifest';
import { NOT_APPLICABLE, type Rule } from '../rule';
import { judgeSelector } from '../selecting';
import { isEmptySelector } from '../selector';

/** What a PodDisruptionBudget protects. */
export const disruptionBudgetSelector: Rule = {
  id: 'WP-SEL-002',
  why: 'a drain evicts all pods of the workload at once, as if there were no budget',
  judge: (subject, inventory) => {
    const { group, kind } = identityOf(subject.object);
    const selector = at(subject.object, 'spec', 'selector');
    if (group !== 'policy' || kind !== 'PodDisruptionBudget' || isEmptySelector(selector)) return NOT_APPLICABLE;
    if (!isObject(selector)) {
      return [
        {
          path: ['spec', 'selector'],
          value: selector,
          message: 'the budget has no selector and so protects no pod',
          allowed: 'the labels of the pods; {} for all pods of the namespace',
          fix: 'select by the labels of the pod template',
        },
      ];
    }
    const namespace = inventory.namespaceOf(subject);
    return judgeSelector(inventory, { selector, namespace, path: ['spec', 'selector'] });
  },
};
