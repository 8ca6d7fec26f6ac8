/** WP-SEL-001: a Service or a pool that selects nothing has no endpoints. */
import { NOT_APPLICABLE, type Rule } from '../rule';
import { judgeSelector } from '../selecting';
import { trafficSelector } from '../selection';

/** What a Service sends traffic to. */
export const serviceSelector: Rule = {
  id: 'WP-SEL-001',
  why: 'it has no endpoints: every call is refused or answered with 503',
  judge: (subject, inventory) => {
    const selector = trafficSelector(subject);
    if (selector === undefined) return NOT_APPLICABLE;
    const namespace = inventory.namespaceOf(subject);
    return judgeSelector(inventory, { selector, namespace, path: ['spec', 'selector'] });
  },
};
