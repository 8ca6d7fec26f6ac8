/** Services as others name them: by name, and by the number or the name of a port. */
import { listed, missing } from './existence';
import type { Inventory } from './inventory';
import { at, list, number, type Path, text } from './json';
import { isKnownNamespace, namesOf } from './lookup';
import type { Breach } from './rule';

/** One place that names a Service. */
export interface ServiceReference {
  readonly name: string;
  readonly namespace: string;
  /** Where the name stands. */
  readonly path: Path;
  /** @default whatever port the Service has */
  readonly port?: { readonly value: string | number; readonly path: Path };
}

/** A port as the API takes it: a number or a name. */
export function portAt(value: unknown, ...path: Path): string | number | undefined {
  const port = at(value, ...path);
  return number(port) ?? text(port);
}

/** What is wrong with a reference to a Service; nothing is said of namespaces that are not among the manifests. */
export function judgeService(inventory: Inventory, reference: ServiceReference): Breach | undefined {
  const { name, namespace, path, port } = reference;
  if (!isKnownNamespace(inventory, namespace)) return undefined;
  // The one that the API server makes for itself.
  if (namespace === 'default' && name === 'kubernetes') return undefined;
  const service = inventory.find('', 'Service', namespace, name);
  if (service === undefined) {
    const names = namesOf(inventory, '', 'Service', namespace);
    return missing({ kind: 'Service', name, namespace, path }, names, 'put the Service among the manifests');
  }
  const { spec } = service.object;
  if (port === undefined || at(spec, 'type') === 'ExternalName') return undefined;
  const ports = list(at(spec, 'ports'));
  const field = typeof port.value === 'number' ? 'port' : 'name';
  if (ports.some((one) => at(one, field) === port.value)) return undefined;
  const existing = ports.flatMap((one) => portAt(one, field) ?? []).map(String);
  return {
    path: port.path,
    value: port.value,
    message: `the Service '${name}' has no port ${typeof port.value === 'number' ? port.value : `'${port.value}'`}`,
    allowed:
      existing.length === 0
        ? `no ${field === 'name' ? 'name, its ports have none' : 'port, it has none'}`
        : listed(existing),
    fix: 'name a port of the Service, not of its pods',
    about: `Service/${name}`,
  };
}
