/** How a rule says that a selector takes no pod. */
import type { Inventory } from './inventory';
import type { Path } from './json';
import { identityOf } from './manifest';
import { perRun } from './per-run';
import { NOT_APPLICABLE, type Verdict } from './rule';
import { mayTakeOthers, nearMiss, podsTaken, selectorText } from './selection';

/** One selector of pods. */
export interface PodSelector {
  /** In the form of a `LabelSelector`. */
  readonly selector: unknown;
  readonly namespace: string;
  readonly path: Path;
}

/** Whether a selector takes a pod of its namespace; not applicable where it may take pods that nobody wrote. */
export function judgeSelector(inventory: Inventory, { selector, namespace, path }: PodSelector): Verdict {
  if (podsTaken(inventory, namespace, selector).length > 0) return [];
  if (mayTakeOthers(inventory, namespace, selector)) return NOT_APPLICABLE;
  const near = nearMiss(inventory, namespace, selector);
  const text = selectorText(selector);
  return [
    {
      path,
      value: text,
      message: `no pod in namespace '${namespace}' has these labels${near === undefined ? '' : `: ${near}`}`,
      allowed: workloadsText(inventory, namespace),
      fix: 'select by labels of the pod template, not of the workload itself',
    },
  ];
}

const textByNamespace = perRun(() => new Map<string, string>());

function workloadsText(inventory: Inventory, namespace: string): string {
  const texts = textByNamespace(inventory);
  const text = texts.get(namespace) ?? describeWorkloads(inventory, namespace);
  texts.set(namespace, text);
  return text;
}

function describeWorkloads(inventory: Inventory, namespace: string): string {
  const workloads = inventory.podsIn(namespace).map(({ manifest: { object } }) => {
    const { kind, name } = identityOf(object);
    return `${kind} '${name}'`;
  });
  const shown = [...new Set(workloads)].sort().slice(0, 3).join(', ');
  return shown === ''
    ? 'labels of pods; the namespace has none'
    : `labels of the pods of ${shown}${workloads.length > 3 ? ', ...' : ''}`;
}
