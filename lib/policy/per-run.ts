/** What many objects of a run ask for is computed once. */
import type { Inventory } from './inventory';

/** Computes a value for each run, at the first question. */
export function perRun<T>(compute: (inventory: Inventory) => T): (inventory: Inventory) => T {
  const known = new WeakMap<Inventory, { readonly value: T }>();
  return (inventory) => {
    const found = known.get(inventory) ?? { value: compute(inventory) };
    known.set(inventory, found);
    return found.value;
  };
}
