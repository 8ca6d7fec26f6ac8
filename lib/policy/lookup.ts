/** What rules look up in an inventory again and again, indexed when the first of them asks. */
import type { Inventory } from './inventory';
import { at, type Json, type Path, text } from './json';
import { identityOf, labelsOf, type Manifest } from './manifest';
import { perRun } from './per-run';
import { matchesSelector } from './selector';

/** Adds to the list of a key. */
export function append<K, T>(map: Map<K, T[]>, key: K, value: T): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}

/** A name that somebody wrote; an empty one is none. */
export function nameAt(value: unknown, ...path: Path): string | undefined {
  const name = text(at(value, ...path));
  return name === '' ? undefined : name;
}

const kindsByNamespace = perRun(() => new Map<string, ReadonlyMap<string, readonly Manifest[]>>());

/** The objects of a kind in a namespace. */
export function objectsIn(inventory: Inventory, group: string, kind: string, namespace: string): readonly Manifest[] {
  const kinds = kindsByNamespace(inventory);
  const type = `${group}/${kind}`;
  let namespaces = kinds.get(type);
  if (namespaces === undefined) {
    const found = new Map<string, Manifest[]>();
    for (const manifest of inventory.ofKind(group, kind)) append(found, inventory.namespaceOf(manifest), manifest);
    namespaces = found;
    kinds.set(type, namespaces);
  }
  return namespaces.get(namespace) ?? [];
}

const namesByPlace = perRun(() => new Map<string, readonly string[]>());

/** Names of the objects of a kind in a namespace, or of all when it has none. */
export function namesOf(inventory: Inventory, group: string, kind: string, namespace?: string): readonly string[] {
  const place = `${group}/${kind}|${namespace ?? ''}`;
  const known = namesByPlace(inventory).get(place);
  if (known !== undefined) return known;
  const objects =
    namespace === undefined ? inventory.ofKind(group, kind) : objectsIn(inventory, group, kind, namespace);
  const names = objects.map(({ object }) => identityOf(object).name);
  namesByPlace(inventory).set(place, names);
  return names;
}

/** Labels that every namespace has beside its own: its name (KEP-2161). */
const NAME_LABEL = 'kubernetes.io/metadata.name';

const namespaces = perRun((inventory) => {
  const labels = new Map<string, Readonly<Record<string, string>>>();
  const add = (name: string, own: Readonly<Record<string, string>>) => labels.set(name, { ...own, [NAME_LABEL]: name });
  add(inventory.defaultNamespace, {});
  for (const { object } of inventory.manifests) {
    const { namespace } = identityOf(object);
    if (namespace !== undefined) add(namespace, {});
  }
  for (const { object } of inventory.ofKind('', 'Namespace')) add(identityOf(object).name, labelsOf(object));
  return labels;
});

/** Whether something of a namespace, or itself, stands among the manifests; of others nobody can say what they hold. */
export function isKnownNamespace(inventory: Inventory, name: string): boolean {
  return namespaces(inventory).has(name);
}

/** The namespaces among the manifests that a selector of namespaces takes. */
export function namespacesSelected(inventory: Inventory, selector: Json): readonly string[] {
  return [...namespaces(inventory)].filter(([, labels]) => matchesSelector(selector, labels)).map(([name]) => name);
}
