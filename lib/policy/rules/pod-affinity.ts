/** WP-SEL-005: spread and affinity count pods by labels; where no pod has them, they do nothing, or keep a pod Pending. */
import type { Inventory } from '../inventory';
import { at, isObject, type Json, list, object, type Path, text } from '../json';
import { isKnownNamespace, namespacesSelected } from '../lookup';
import type { PodTemplate } from '../pod-template';
import { type Breach, NOT_APPLICABLE, podRule } from '../rule';
import { mayTakeOthers, podsTaken, selectorText, takesPod } from '../selection';

/** One term of affinity. */
interface Term {
  readonly term: Json;
  readonly path: Path;
  readonly required: boolean;
}

function termsOf({ spec, specPath }: PodTemplate, field: 'podAffinity' | 'podAntiAffinity'): readonly Term[] {
  const path: Path = [...specPath, 'affinity', field];
  const required = 'requiredDuringSchedulingIgnoredDuringExecution';
  const preferred = 'preferredDuringSchedulingIgnoredDuringExecution';
  return [
    ...list(at(spec, 'affinity', field, required)).map((term, index) => ({
      term: object(term),
      path: [...path, required, index],
      required: true,
    })),
    ...list(at(spec, 'affinity', field, preferred)).map((weighted, index) => ({
      term: object(at(weighted, 'podAffinityTerm')),
      path: [...path, preferred, index, 'podAffinityTerm'],
      required: false,
    })),
  ];
}

/** Whether a term takes a pod: this one, or another of the namespaces that it looks into. */
function takesSome({ term }: Term, pod: PodTemplate, inventory: Inventory): boolean {
  const { labelSelector, namespaceSelector } = term;
  const named = list(term.namespaces).flatMap((name) => text(name) ?? []);
  const own = named.length === 0 && !isObject(namespaceSelector) ? [pod.namespace] : [];
  const selected = isObject(namespaceSelector) ? namespacesSelected(inventory, namespaceSelector) : [];
  const namespaces = [...own, ...named, ...selected];
  if (namespaces.includes(pod.namespace) && takesPod(labelSelector, pod)) return true;
  if (!isObject(labelSelector)) return false;
  // A selector may take namespaces that nobody here writes.
  if (isObject(namespaceSelector) || !namespaces.every((name) => isKnownNamespace(inventory, name))) return true;
  return namespaces.some(
    (name) => podsTaken(inventory, name, labelSelector).length > 0 || mayTakeOthers(inventory, name, labelSelector),
  );
}

function judgeTerm(
  one: Term,
  field: 'podAffinity' | 'podAntiAffinity',
  pod: PodTemplate,
  inventory: Inventory,
): Breach | undefined {
  if (takesSome(one, pod, inventory)) return undefined;
  const { labelSelector } = one.term;
  const anti = field === 'podAntiAffinity';
  const labels = selectorText({ matchLabels: pod.labels });
  return {
    path: [...one.path, 'labelSelector'],
    value: isObject(labelSelector) ? selectorText(labelSelector) : labelSelector,
    message: `${anti ? 'this anti-affinity keeps away from' : 'this affinity looks for'} pods that do not exist`,
    allowed: `labels of pods among the manifests; these pods have ${labels === '' ? 'none' : labels}`,
    fix: anti ? "select by the pod's own labels" : 'select by the labels of the pods that it should be near',
    severity: anti || one.required ? 'error' : 'warning',
  };
}

function* spreads(pod: PodTemplate): Generator<Breach | undefined> {
  for (const [index, constraint] of list(pod.spec.topologySpreadConstraints).entries()) {
    const selector = at(constraint, 'labelSelector');
    if (takesPod(selector, pod)) {
      yield undefined;
      continue;
    }
    const labels = selectorText({ matchLabels: pod.labels });
    yield {
      path: [...pod.specPath, 'topologySpreadConstraints', index, 'labelSelector'],
      value: isObject(selector) ? selectorText(selector) : selector,
      message: 'this constraint does not count the pods that it should spread',
      allowed: labels === '' ? 'labels of the pod, which has none' : `some of ${labels}`,
      fix: "select by the pod's own labels",
    };
  }
}

/** Spread, affinity and anti-affinity. */
export const podAffinity = podRule(
  'WP-SEL-005',
  'all replicas may land on one node or in one zone, and go with it; what looks for nothing stays Pending',
  (pod, inventory) => {
    const verdicts = [...spreads(pod)];
    for (const field of ['podAntiAffinity', 'podAffinity'] as const) {
      for (const term of termsOf(pod, field)) verdicts.push(judgeTerm(term, field, pod, inventory));
    }
    return verdicts.length === 0 ? NOT_APPLICABLE : verdicts.filter((breach) => breach !== undefined);
  },
);
