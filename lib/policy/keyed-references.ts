/** Where objects name ConfigMaps and Secrets, and which keys they want of them. */
import { ACKNOWLEDGE_PREFIX } from '../domain/node-vocabulary';
import { likely, listed, missing, type Wanted } from './existence';
import type { Inventory } from './inventory';
import { at, isObject, type Json, list, object, type Path, text } from './json';
import { isKnownNamespace, nameAt } from './lookup';
import { identityOf, type Manifest } from './manifest';
import { containersOf, type PodTemplate, podTemplatesOf } from './pod-template';
import type { Keys, Provisions } from './provisions';
import { type Breach, NOT_APPLICABLE, type Verdict } from './rule';

/** One place that names a ConfigMap or a Secret. */
export interface KeyedReference {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly name: string;
  /** Where the name stands. */
  readonly path: Path;
  /** @default the namespace of the object that refers */
  readonly namespace?: string;
  /** The key that is wanted, and where it stands. */
  readonly key?: { readonly name: string; readonly path: Path };
  /** A file that is mounted although no item of the volume makes it. */
  readonly unmapped?: { readonly file: string; readonly path: Path; readonly files: readonly string[] };
  /** Whether pods start without it. */
  readonly optional: boolean;
}

type Kind = KeyedReference['kind'];

/** A reference with a list of keys: one for the object, one for each key. */
function* withItems(kind: Kind, source: Json, nameKey: string, path: Path): Generator<KeyedReference> {
  const name = nameAt(source, nameKey);
  if (name === undefined) return;
  const reference: KeyedReference = { kind, name, path: [...path, nameKey], optional: source.optional === true };
  yield reference;
  for (const [index, item] of list(source.items).entries()) {
    const key = nameAt(item, 'key');
    if (key !== undefined) yield { ...reference, key: { name: key, path: [...path, 'items', index, 'key'] } };
  }
}

/** A reference to an object, and to one of its keys where the selector has a key. */
function* withKey(kind: Kind, selector: unknown, path: Path): Generator<KeyedReference> {
  const name = nameAt(selector, 'name');
  if (name === undefined) return;
  const key = nameAt(selector, 'key');
  const optional = at(selector, 'optional') === true;
  const reference: KeyedReference = { kind, name, path: [...path, 'name'], optional };
  yield key === undefined ? reference : { ...reference, key: { name: key, path: [...path, 'key'] } };
}

/** Volume types that name a Secret for their driver. */
const DRIVER_SECRETS: readonly Path[] = [
  ['csi', 'nodePublishSecretRef', 'name'],
  ['azureFile', 'secretName'],
  ['cephfs', 'secretRef', 'name'],
  ['flexVolume', 'secretRef', 'name'],
  ['iscsi', 'secretRef', 'name'],
  ['rbd', 'secretRef', 'name'],
];

function* ofVolume(volume: Json, path: Path): Generator<KeyedReference> {
  yield* withItems('ConfigMap', object(volume.configMap), 'name', [...path, 'configMap']);
  yield* withItems('Secret', object(volume.secret), 'secretName', [...path, 'secret']);
  for (const [index, source] of list(at(volume, 'projected', 'sources')).entries()) {
    const place: Path = [...path, 'projected', 'sources', index];
    yield* withItems('ConfigMap', object(at(source, 'configMap')), 'name', [...place, 'configMap']);
    yield* withItems('Secret', object(at(source, 'secret')), 'name', [...place, 'secret']);
  }
  for (const steps of DRIVER_SECRETS) {
    const name = nameAt(volume, ...steps);
    if (name !== undefined) yield { kind: 'Secret', name, path: [...path, ...steps], optional: false };
  }
}

/** A file of a volume that is mounted alone has to be one of its keys, or what an item makes of one. */
function* ofMount(mount: unknown, volumes: ReadonlyMap<string, Json>, path: Path): Generator<KeyedReference> {
  const file = nameAt(mount, 'subPath');
  const volume = volumes.get(text(at(mount, 'name')) ?? '');
  if (file === undefined || volume === undefined) return;
  const kind: Kind = isObject(volume.configMap) ? 'ConfigMap' : 'Secret';
  const source = object(kind === 'ConfigMap' ? volume.configMap : volume.secret);
  const name = nameAt(source, kind === 'ConfigMap' ? 'name' : 'secretName');
  if (name === undefined) return;
  const place: Path = [...path, 'subPath'];
  const reference: KeyedReference = { kind, name, path: place, optional: source.optional === true };
  const files = list(source.items).flatMap((item) => nameAt(item, 'path') ?? []);
  if (files.length === 0) {
    // Keys have no slashes: what has one is a directory that the kubelet makes.
    if (!file.includes('/')) yield { ...reference, key: { name: file, path: place } };
  } else if (!files.some((made) => made === file || made.startsWith(`${file}/`))) {
    yield { ...reference, unmapped: { file, path: place, files } };
  }
}

function* ofPod(pod: PodTemplate): Generator<KeyedReference> {
  const { spec, specPath } = pod;
  const volumes = new Map<string, Json>();
  for (const [index, volume] of list(spec.volumes).entries()) {
    volumes.set(text(at(volume, 'name')) ?? '', object(volume));
    yield* ofVolume(object(volume), [...specPath, 'volumes', index]);
  }
  for (const [index, secret] of list(spec.imagePullSecrets).entries()) {
    yield* withKey('Secret', secret, [...specPath, 'imagePullSecrets', index]);
  }
  for (const { container, path } of containersOf(pod)) {
    for (const [index, variable] of list(container.env).entries()) {
      const place: Path = [...path, 'env', index, 'valueFrom'];
      yield* withKey('ConfigMap', at(variable, 'valueFrom', 'configMapKeyRef'), [...place, 'configMapKeyRef']);
      yield* withKey('Secret', at(variable, 'valueFrom', 'secretKeyRef'), [...place, 'secretKeyRef']);
    }
    for (const [index, source] of list(container.envFrom).entries()) {
      const place: Path = [...path, 'envFrom', index];
      yield* withKey('ConfigMap', at(source, 'configMapRef'), [...place, 'configMapRef']);
      yield* withKey('Secret', at(source, 'secretRef'), [...place, 'secretRef']);
    }
    for (const [index, mount] of list(container.volumeMounts).entries()) {
      yield* ofMount(mount, volumes, [...path, 'volumeMounts', index]);
    }
  }
}

function* ofIngress({ spec }: Json): Generator<KeyedReference> {
  for (const [index, tls] of list(at(spec, 'tls')).entries()) {
    const name = nameAt(tls, 'secretName');
    if (name !== undefined) yield { kind: 'Secret', name, path: ['spec', 'tls', index, 'secretName'], optional: false };
  }
}

function* ofGateway({ spec }: Json): Generator<KeyedReference> {
  for (const [index, listener] of list(at(spec, 'listeners')).entries()) {
    for (const [position, reference] of list(at(listener, 'tls', 'certificateRefs')).entries()) {
      if ((text(at(reference, 'kind')) ?? 'Secret') !== 'Secret') continue;
      const namespace = nameAt(reference, 'namespace');
      const path: Path = ['spec', 'listeners', index, 'tls', 'certificateRefs', position];
      for (const one of withKey('Secret', reference, path)) yield { ...one, namespace };
    }
  }
}

function* ofTriggerAuthentication({ spec }: Json): Generator<KeyedReference> {
  for (const [index, target] of list(at(spec, 'secretTargetRef')).entries()) {
    yield* withKey('Secret', target, ['spec', 'secretTargetRef', index]);
  }
  for (const [index, target] of list(at(spec, 'configMapTargetRef')).entries()) {
    yield* withKey('ConfigMap', target, ['spec', 'configMapTargetRef', index]);
  }
}

/** Keys of Secrets and ConfigMaps, wherever an endpoint names them: https://prometheus-operator.dev/docs/api-reference/api/ */
const MONITOR_KEYS: readonly (readonly [kind: Kind, steps: readonly string[]])[] = [
  ['Secret', ['bearerTokenSecret']],
  ['Secret', ['authorization', 'credentials']],
  ['Secret', ['basicAuth', 'username']],
  ['Secret', ['basicAuth', 'password']],
  ['Secret', ['tlsConfig', 'keySecret']],
  ['Secret', ['tlsConfig', 'ca', 'secret']],
  ['Secret', ['tlsConfig', 'cert', 'secret']],
  ['ConfigMap', ['tlsConfig', 'ca', 'configMap']],
  ['ConfigMap', ['tlsConfig', 'cert', 'configMap']],
];

function* ofMonitor({ spec }: Json, field: string): Generator<KeyedReference> {
  for (const [index, endpoint] of list(at(spec, field)).entries()) {
    for (const [kind, steps] of MONITOR_KEYS) {
      yield* withKey(kind, at(endpoint, ...steps), ['spec', field, index, ...steps]);
    }
  }
}

/** The credentials of a store: whatever has a name and a key, at any depth of its provider. */
function* ofStore(value: unknown, path: Path): Generator<KeyedReference> {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* ofStore(item, [...path, index]);
  } else if (isObject(value)) {
    if (nameAt(value, 'key') !== undefined) {
      yield* withKey(value.type === 'ConfigMap' ? 'ConfigMap' : 'Secret', value, path);
    }
    for (const [step, item] of Object.entries(value)) yield* ofStore(item, [...path, step]);
  }
}

/** A Secret that the operator fills but does not make. */
function* ofVaultSecret({ spec }: Json): Generator<KeyedReference> {
  if (at(spec, 'destination', 'create') === true) return;
  const name = nameAt(spec, 'destination', 'name');
  if (name !== undefined) yield { kind: 'Secret', name, path: ['spec', 'destination', 'name'], optional: false };
}

function* ofServiceAccount({ imagePullSecrets }: Json): Generator<KeyedReference> {
  for (const [index, secret] of list(imagePullSecrets).entries()) {
    yield* withKey('Secret', secret, ['imagePullSecrets', index]);
  }
}

/** What the driver of a PersistentVolume is given; each names its namespace. */
function* ofPersistentVolume({ spec }: Json): Generator<KeyedReference> {
  for (const [step, reference] of Object.entries(object(at(spec, 'csi')))) {
    const namespace = step.endsWith('SecretRef') ? nameAt(reference, 'namespace') : undefined;
    if (namespace === undefined) continue;
    for (const one of withKey('Secret', reference, ['spec', 'csi', step])) yield { ...one, namespace };
  }
}

const READERS: Readonly<Record<string, (object: Json) => Iterable<KeyedReference>>> = {
  '/ServiceAccount': ofServiceAccount,
  '/PersistentVolume': ofPersistentVolume,
  'networking.k8s.io/Ingress': ofIngress,
  'extensions/Ingress': ofIngress,
  'gateway.networking.k8s.io/Gateway': ofGateway,
  'keda.sh/TriggerAuthentication': ofTriggerAuthentication,
  'monitoring.coreos.com/ServiceMonitor': (monitor) => ofMonitor(monitor, 'endpoints'),
  'monitoring.coreos.com/PodMonitor': (monitor) => ofMonitor(monitor, 'podMetricsEndpoints'),
  'external-secrets.io/SecretStore': (store) => ofStore(at(store, 'spec', 'provider'), ['spec', 'provider']),
  'secrets.hashicorp.com/VaultStaticSecret': ofVaultSecret,
  'secrets.hashicorp.com/VaultDynamicSecret': ofVaultSecret,
  'secrets.hashicorp.com/VaultPKISecret': ofVaultSecret,
};

/** Every place of an object that names a ConfigMap or a Secret. */
export function keyedReferencesOf(subject: Manifest, inventory: Inventory): readonly KeyedReference[] {
  const pods = podTemplatesOf(subject, inventory.defaultNamespace);
  if (pods.length > 0) return pods.flatMap((pod) => [...ofPod(pod)]);
  const { group, kind } = identityOf(subject.object);
  return [...(READERS[`${group}/${kind}`]?.(subject.object) ?? [])];
}

/** What is wrong with a reference to an object that is there. */
function lacking(reference: KeyedReference, keys: Keys): Breach | undefined {
  const { kind, name, key, unmapped } = reference;
  const about = `${kind}/${name}`;
  if (unmapped !== undefined) {
    return {
      path: unmapped.path,
      value: unmapped.file,
      message: `no item of the volume makes the file '${unmapped.file}'`,
      allowed: listed(unmapped.files),
      fix: 'mount one of these files, or add an item',
      about,
    };
  }
  if (key === undefined || keys === 'any' || keys.has(key.name)) return undefined;
  const meant = likely(key.name, keys);
  return {
    path: key.path,
    value: key.name,
    message: `the ${kind} '${name}' has no key '${key.name}'`,
    allowed: keys.size === 0 ? 'no key, it is empty' : listed(keys),
    fix: `${meant === undefined ? '' : `write '${meant}', or `}add the key to the ${kind}`,
    about,
  };
}

/** Secrets are often made by hand or by another tool: that is an exception with a reason. */
function mend(kind: Kind, name: string): string {
  const fix = `put the ${kind} among the manifests`;
  if (kind === 'ConfigMap') return fix;
  return `${fix}, or annotate ${ACKNOWLEDGE_PREFIX}WP-REF-002 with 'Secret/${name}: ' and who makes it`;
}

/** Holds the references of an object to one kind against what there is of it. */
export function judgeReferences(kind: Kind, provided: Provisions, subject: Manifest, inventory: Inventory): Verdict {
  const own = inventory.namespaceOf(subject);
  const references = keyedReferencesOf(subject, inventory).filter(
    (reference) =>
      reference.kind === kind &&
      (reference.namespace === undefined || isKnownNamespace(inventory, reference.namespace)),
  );
  if (references.length === 0) return NOT_APPLICABLE;
  const breaches: Breach[] = [];
  // What is missing is one mistake, however often it is named.
  const absent = new Map<string, { readonly wanted: Required<Wanted>; readonly places: Set<string> }>();
  for (const reference of references) {
    const { name, namespace = own, path } = reference;
    if (reference.optional) continue;
    const keys = provided.keysOf(namespace, name);
    if (keys === undefined) {
      const id = `${namespace}/${name}`;
      const found = absent.get(id) ?? { wanted: { kind, name, namespace, path }, places: new Set() };
      absent.set(id, found);
      found.places.add(path.join('.'));
    } else {
      const breach = lacking(reference, keys);
      if (breach !== undefined) breaches.push(breach);
    }
  }
  for (const { wanted, places } of absent.values()) {
    const note = places.size > 1 ? `, which ${places.size} places name` : '';
    breaches.push(missing(wanted, provided.namesIn(wanted.namespace), mend(kind, wanted.name), note));
  }
  return breaches;
}
