/** Which keyed objects (ConfigMaps, Secrets) there will be once everything is applied, and which keys they have. */

/** The keys of an object; 'any' when somebody else fills it. */
export type Keys = 'any' | ReadonlySet<string>;

function union(one: Keys | undefined, other: Keys): Keys {
  if (one === undefined) return other;
  return one === 'any' || other === 'any' ? 'any' : new Set([...one, ...other]);
}

/** What is provided, by namespace and name. */
export class Provisions {
  private readonly here = new Map<string, Map<string, Keys>>();
  private readonly everywhere = new Map<string, Keys>();
  private readonly extras = new Map<string, Keys>();
  private readonly names = new Map<string, readonly string[]>();

  /** An object of one namespace. */
  add(namespace: string, name: string, keys: Keys): void {
    const names = this.here.get(namespace) ?? new Map<string, Keys>();
    names.set(name, union(names.get(name), keys));
    this.here.set(namespace, names);
    this.names.delete(namespace);
  }

  /** An object that every namespace gets. */
  addEverywhere(name: string, keys: Keys): void {
    this.everywhere.set(name, union(this.everywhere.get(name), keys));
  }

  /** Keys that somebody adds to an object that has to be there. */
  addKeys(namespace: string, name: string, keys: Keys): void {
    const id = `${namespace}/${name}`;
    this.extras.set(id, union(this.extras.get(id), keys));
  }

  /** The keys of an object; undefined when there is none. */
  keysOf(namespace: string, name: string): Keys | undefined {
    const own = this.here.get(namespace)?.get(name);
    const shared = this.everywhere.get(name);
    const keys = shared === undefined ? own : union(own, shared);
    const extra = this.extras.get(`${namespace}/${name}`);
    return keys === undefined || extra === undefined ? keys : union(keys, extra);
  }

  /** The names that a namespace has of its own. */
  namesIn(namespace: string): readonly string[] {
    const names = this.names.get(namespace) ?? [...(this.here.get(namespace)?.keys() ?? [])];
    this.names.set(namespace, names);
    return names;
  }
}
