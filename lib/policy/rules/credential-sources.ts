/** WP-REF-010: stores, issuers and authentications that others read their credentials from. */
import { missing } from '../existence';
import type { Inventory } from '../inventory';
import { at, isObject, type Json, list, type Path, text } from '../json';
import { isKnownNamespace, nameAt, namesOf } from '../lookup';
import { identityOf, type Manifest } from '../manifest';
import { podTemplatesOf } from '../pod-template';
import { type Breach, NOT_APPLICABLE, type Rule } from '../rule';
import { SECRETS_STORE_DRIVER } from '../secrets-provided';

/** One place that names a source. */
interface Source {
  readonly group: string;
  readonly kind: string;
  readonly name: string;
  /** @default the namespace of the object that refers */
  readonly namespace?: string;
  readonly path: Path;
}

/** `{ name, kind }` with a default for the kind. */
function* named(reference: unknown, group: string, usual: string, path: Path): Generator<Source> {
  const name = nameAt(reference, 'name');
  if (name === undefined) return;
  yield { group, kind: text(at(reference, 'kind')) ?? usual, name, path: [...path, 'name'] };
}

function* ofTriggers({ spec }: Json): Generator<Source> {
  for (const [index, trigger] of list(at(spec, 'triggers')).entries()) {
    const path: Path = ['spec', 'triggers', index, 'authenticationRef'];
    yield* named(at(trigger, 'authenticationRef'), 'keda.sh', 'TriggerAuthentication', path);
  }
}

function* ofExternalSecret({ spec }: Json): Generator<Source> {
  const store = (reference: unknown, path: Path) => named(reference, 'external-secrets.io', 'SecretStore', path);
  yield* store(at(spec, 'secretStoreRef'), ['spec', 'secretStoreRef']);
  for (const field of ['data', 'dataFrom']) {
    for (const [index, entry] of list(at(spec, field)).entries()) {
      yield* store(at(entry, 'sourceRef', 'storeRef'), ['spec', field, index, 'sourceRef', 'storeRef']);
    }
  }
}

function* ofPushSecret({ spec }: Json): Generator<Source> {
  for (const [index, reference] of list(at(spec, 'secretStoreRefs')).entries()) {
    yield* named(reference, 'external-secrets.io', 'SecretStore', ['spec', 'secretStoreRefs', index]);
  }
}

function* ofCertificate({ spec }: Json): Generator<Source> {
  const reference = at(spec, 'issuerRef');
  if ((text(at(reference, 'group')) ?? 'cert-manager.io') !== 'cert-manager.io') return;
  yield* named(reference, 'cert-manager.io', 'Issuer', ['spec', 'issuerRef']);
}

/** A name, with or without a namespace before a slash; without one of these, the operator takes its own. */
function* vault(field: string, kind: string, { spec }: Json): Generator<Source> {
  const reference = nameAt(spec, field);
  if (reference === undefined) return;
  const [first = '', second] = reference.split('/');
  const source = { group: 'secrets.hashicorp.com', kind, path: ['spec', field] };
  yield second === undefined ? { ...source, name: first } : { ...source, name: second, namespace: first };
}

const ofVaultSecret = (object: Json) => vault('vaultAuthRef', 'VaultAuth', object);

const READERS: Readonly<Record<string, (object: Json) => Iterable<Source>>> = {
  'keda.sh/ScaledObject': ofTriggers,
  'keda.sh/ScaledJob': ofTriggers,
  'external-secrets.io/ExternalSecret': ofExternalSecret,
  'external-secrets.io/PushSecret': ofPushSecret,
  'cert-manager.io/Certificate': ofCertificate,
  'secrets.hashicorp.com/VaultStaticSecret': ofVaultSecret,
  'secrets.hashicorp.com/VaultDynamicSecret': ofVaultSecret,
  'secrets.hashicorp.com/VaultPKISecret': ofVaultSecret,
  'secrets.hashicorp.com/VaultAuth': (object) => vault('vaultConnectionRef', 'VaultConnection', object),
};

function* ofPod(subject: Manifest, inventory: Inventory): Generator<Source> {
  for (const { spec, specPath } of podTemplatesOf(subject, inventory.defaultNamespace)) {
    for (const [index, volume] of list(spec.volumes).entries()) {
      const csi = at(volume, 'csi');
      const steps = ['volumeAttributes', 'secretProviderClass'];
      const name = nameAt(csi, ...steps);
      if (!isObject(csi) || csi.driver !== SECRETS_STORE_DRIVER || name === undefined) continue;
      const path: Path = [...specPath, 'volumes', index, 'csi', ...steps];
      yield { group: 'secrets-store.csi.x-k8s.io', kind: 'SecretProviderClass', name, path };
    }
  }
}

const isClusterWide = ({ kind }: Source) => kind.startsWith('Cluster');

/** Kinds without namespace are often another team's: of those that nobody here writes, nothing can be said. */
function canBeJudged(source: Source, own: string, inventory: Inventory): boolean {
  const { group, kind, namespace = own } = source;
  return isClusterWide(source) ? inventory.ofKind(group, kind).length > 0 : isKnownNamespace(inventory, namespace);
}

function judgeSource(source: Source, own: string, inventory: Inventory): readonly Breach[] {
  const { group, kind, name, namespace = own, path } = source;
  const fix = `put the ${kind} among the manifests`;
  if (isClusterWide(source)) {
    if (inventory.findClusterWide(group, kind, name) !== undefined) return [];
    return [missing({ kind, name, path }, namesOf(inventory, group, kind), fix)];
  }
  if (inventory.find(group, kind, namespace, name) !== undefined) return [];
  return [missing({ kind, name, namespace, path }, namesOf(inventory, group, kind, namespace), fix)];
}

/** Where credentials come from. */
export const credentialSources: Rule = {
  id: 'WP-REF-010',
  why: 'what reads from it waits or fails at run time: no Secret is made, no metric is read, the volume is not mounted',
  judge: (subject, inventory) => {
    const { group, kind } = identityOf(subject.object);
    const read = READERS[`${group}/${kind}`];
    const own = inventory.namespaceOf(subject);
    const all = [...(read?.(subject.object) ?? []), ...ofPod(subject, inventory)];
    const sources = all.filter((source) => canBeJudged(source, own, inventory));
    if (sources.length === 0) return NOT_APPLICABLE;
    return sources.flatMap((source) => judgeSource(source, own, inventory));
  },
};
