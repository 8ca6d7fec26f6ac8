/** What a PodDisruptionBudget allows of the pods that it selects, as the disruption controller of 1.36 counts. */
import { isPercentage, scaled } from './int-or-percent';
import type { Inventory } from './inventory';
import { at } from './json';
import { identityOf, type Manifest } from './manifest';
import { podsTaken } from './selection';

/** A budget and the number of pods under it; undefined where something selected has no number of pods. */
export interface Budget {
  readonly minAvailable: unknown;
  readonly maxUnavailable: unknown;
  readonly pods: { readonly min: number; readonly max: number } | undefined;
}

function podsUnder(budget: Manifest, inventory: Inventory): Budget['pods'] {
  const selected = podsTaken(inventory, inventory.namespaceOf(budget), at(budget.object, 'spec', 'selector'));
  if (selected.length === 0) return undefined;
  let [min, max] = [0, 0];
  for (const { manifest } of selected) {
    const single = identityOf(manifest.object).kind === 'Pod';
    const bounds = single ? { min: 1, max: 1 } : inventory.replicasOf(manifest);
    if (bounds === undefined) return undefined;
    min += bounds.min;
    max += bounds.max;
  }
  return { min, max };
}

/** The budget that an object is, if it is one. */
export function budgetOf(manifest: Manifest, inventory: Inventory): Budget | undefined {
  const { group, kind } = identityOf(manifest.object);
  if (group !== 'policy' || kind !== 'PodDisruptionBudget') return undefined;
  return {
    minAvailable: at(manifest.object, 'spec', 'minAvailable') ?? undefined,
    maxUnavailable: at(manifest.object, 'spec', 'maxUnavailable') ?? undefined,
    pods: podsUnder(manifest, inventory),
  };
}

/** Pods that must stay, of so many; both kinds of percentage are rounded up. Undefined for what is no number. */
export function mustStay({ minAvailable, maxUnavailable }: Budget, pods: number): number | undefined {
  if (minAvailable !== undefined) return scaled(minAvailable, pods, 'up');
  const gone = scaled(maxUnavailable, pods, 'up');
  return gone === undefined ? undefined : Math.max(0, pods - gone);
}

/** The percentage of a value, or undefined. */
export function percentOf(value: unknown): number | undefined {
  return isPercentage(value) ? Number(value.slice(0, -1)) : undefined;
}
