/** Plain manifests as rules see them: what a file holds, whoever wrote it. */
import { at, type Json, type Path, text, texts } from './json';

/** A key that stands twice in one dictionary: all but the last value are lost. */
export interface RepeatedKey {
  readonly path: Path;
  /** Whether each place says the same. */
  readonly same: boolean;
}

/** One Kubernetes object of a file. */
export interface Manifest {
  /** File name as it was read. */
  readonly file: string;
  /** Position of the document in the file, from 0. */
  readonly index: number;
  readonly object: Json;
  /** Line of a path in the file, from 1, where the reader knows it. */
  readonly lineOf?: (path: Path) => number | undefined;
  /** @default none */
  readonly repeated?: readonly RepeatedKey[];
}

/** Name, namespace and kind, whatever the object holds. */
export interface Identity {
  /** API group; '' for the core group. */
  readonly group: string;
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly name: string;
}

/** Every rule asks it of every object, over and over; what has been read does not change. */
const IDENTITIES = new WeakMap<Json, Identity>();

/** Who an object is; parts that are missing read as ''. */
export function identityOf(object: Json): Identity {
  const known = IDENTITIES.get(object);
  if (known !== undefined) return known;
  const identity = readIdentity(object);
  IDENTITIES.set(object, identity);
  return identity;
}

function readIdentity(object: Json): Identity {
  const apiVersion = text(object.apiVersion) ?? '';
  return {
    group: apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '',
    kind: text(object.kind) ?? '',
    // An empty namespace is none.
    namespace: text(at(object, 'metadata', 'namespace')) || undefined,
    name: text(at(object, 'metadata', 'name')) ?? '',
  };
}

export function labelsOf(object: Json): Readonly<Record<string, string>> {
  return texts(at(object, 'metadata', 'labels'));
}

export function annotationsOf(object: Json): Readonly<Record<string, string>> {
  return texts(at(object, 'metadata', 'annotations'));
}

/** `Deployment chat/llama`. */
export function describe({ object }: Pick<Manifest, 'object'>): string {
  const { kind, namespace, name } = identityOf(object);
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}
