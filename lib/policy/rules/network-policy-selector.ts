/** WP-SEL-003: a network policy that selects nothing closes and opens nothing; one that misses a peer keeps it out. */
import type { Inventory } from '../inventory';
import { at, isObject, list, type Path } from '../json';
import { identityOf, type Manifest } from '../manifest';
import { NOT_APPLICABLE, type Rule, type Verdict } from '../rule';
import { judgeSelector } from '../selecting';
import { isEmptySelector } from '../selector';

/** Peers in the policy's own namespace: those with a selector of pods and none of namespaces. */
function* peers({ object }: Manifest): Generator<{ readonly selector: unknown; readonly path: Path }> {
  for (const [direction, side] of [
    ['ingress', 'from'],
    ['egress', 'to'],
  ] as const) {
    for (const [index, rule] of list(at(object, 'spec', direction)).entries()) {
      for (const [position, peer] of list(at(rule, side)).entries()) {
        const selector = at(peer, 'podSelector');
        if (!isObject(selector) || isEmptySelector(selector) || isObject(at(peer, 'namespaceSelector'))) continue;
        yield { selector, path: ['spec', direction, index, side, position, 'podSelector'] };
      }
    }
  }
}

function judgePeers(subject: Manifest, inventory: Inventory): readonly Verdict[] {
  const namespace = inventory.namespaceOf(subject);
  return [...peers(subject)].map(({ selector, path }) => {
    const verdict = judgeSelector(inventory, { selector, namespace, path });
    if (verdict === NOT_APPLICABLE) return NOT_APPLICABLE;
    // Labels that clients give themselves are a common form of permission: there may be none of them yet.
    const fix = 'select by labels of the pods that talk, with a namespaceSelector if they stand elsewhere';
    return verdict.map((breach) => ({ ...breach, fix, severity: 'warning' as const }));
  });
}

/** What a NetworkPolicy is about. */
export const networkPolicySelector: Rule = {
  id: 'WP-SEL-003',
  why: 'the pods that were meant stay as open, or as closed, as they were',
  judge: (subject, inventory) => {
    const { group, kind } = identityOf(subject.object);
    if (group !== 'networking.k8s.io' || kind !== 'NetworkPolicy') return NOT_APPLICABLE;
    const selector = at(subject.object, 'spec', 'podSelector');
    const all = !isObject(selector) || isEmptySelector(selector);
    const namespace = inventory.namespaceOf(subject);
    const own = all ? [] : [judgeSelector(inventory, { selector, namespace, path: ['spec', 'podSelector'] })];
    const verdicts = [...own, ...judgePeers(subject, inventory)].filter((verdict) => verdict !== NOT_APPLICABLE);
    return verdicts.length === 0 ? NOT_APPLICABLE : verdicts.flat();
  },
};
