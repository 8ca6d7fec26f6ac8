/** Which pods a selector selects, without asking every pod of the namespace. */
import type { Inventory } from './inventory';
import { at, texts } from './json';
import { perRun } from './per-run';
import type { PodTemplate } from './pod-template';
import { matchesSelector } from './selector';

/** Pods by namespace and label. */
const byLabel = perRun((inventory) => {
  const index = new Map<string, PodTemplate[]>();
  for (const pod of inventory.pods) {
    for (const [key, value] of Object.entries(pod.labels)) {
      const name = `${pod.namespace}|${key}=${value}`;
      const pods = index.get(name);
      if (pods === undefined) index.set(name, [pod]);
      else pods.push(pod);
    }
  }
  return index;
});

/** The pods of a namespace that a `LabelSelector` selects. */
export function selectedPods(inventory: Inventory, namespace: string, selector: unknown): readonly PodTemplate[] {
  const candidates = Object.entries(texts(at(selector, 'matchLabels'))).map(
    ([key, value]) => byLabel(inventory).get(`${namespace}|${key}=${value}`) ?? [],
  );
  // The rarest label leaves the fewest to compare.
  const [fewest = inventory.podsIn(namespace)] = candidates.sort((one, other) => one.length - other.length);
  return fewest.filter(({ labels }) => matchesSelector(selector, labels));
}
