/** Reads YAML into manifests, with the line of everything. */
import {
  type CollectionTag,
  type Document,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isPair,
  LineCounter,
  type Node,
  parseAllDocuments,
  type ScalarTag,
} from 'yaml';
import { isObject, type Json, type Path } from './json';
import type { Manifest, RepeatedKey } from './manifest';

/** Text that is no YAML. */
export interface UnreadableDocument {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

/** What a file holds. */
export interface ReadResult {
  readonly manifests: readonly Manifest[];
  readonly unreadable: readonly UnreadableDocument[];
}

/** The deepest node on the way to a path: what is missing is reported at the line of its parent. */
function nodeAt(document: Document, path: Path): Node | undefined {
  let here: unknown = document.contents;
  let deepest = isNode(here) ? here : undefined;
  for (const step of path) {
    const collection: unknown = isAlias(here) ? here.resolve(document) : here;
    if (!isCollection(collection)) break;
    const pair = isMap(collection)
      ? collection.items.find(({ key }) => String(isNode(key) ? key.toJSON() : key) === String(step))
      : undefined;
    here = pair === undefined ? collection.get(step, true) : pair.value;
    if (pair !== undefined && isNode(pair.key)) deepest = pair.key;
    else if (isNode(here)) deepest = here;
  }
  return deepest;
}

/** Keys that stand twice. Helm takes the last without a word; kustomize, and Flux with it, refuse the document (fluxcd/flux2 issue 1556). */
function* repeatedIn(node: unknown, path: Path): Generator<RepeatedKey> {
  if (!isCollection(node)) return;
  const seen = new Map<string, unknown>();
  for (const [index, item] of node.items.entries()) {
    if (!isPair(item)) {
      yield* repeatedIn(item, [...path, index]);
      continue;
    }
    const key = String(isNode(item.key) ? item.key.toJSON() : item.key);
    const value = JSON.stringify(item.value);
    if (seen.has(key)) yield { path: [...path, key], same: seen.get(key) === value };
    seen.set(key, value);
    yield* repeatedIn(item.value, [...path, key]);
  }
}

/** Those among them that stand in one object of the document. */
function below(prefix: Path, repeated: readonly RepeatedKey[]): readonly RepeatedKey[] {
  const own = repeated.filter(({ path }) => prefix.every((step, position) => path[position] === step));
  return own.map(({ path, same }) => ({ path: path.slice(prefix.length), same }));
}

/** The objects of a value: itself, or the items of a List, which may be Lists. */
function* objectsOf(value: unknown, path: Path = []): Generator<readonly [object: Json, path: Path]> {
  if (!isObject(value)) {
    yield [{ '': value }, path];
  } else if (typeof value.kind === 'string' && value.kind.endsWith('List') && Array.isArray(value.items)) {
    for (const [position, item] of value.items.entries()) yield* objectsOf(item, [...path, 'items', position]);
  } else {
    yield [value, path];
  }
}

/** Whether a value is a part of itself: an alias may stand inside of what it names. */
function holdsItself(value: unknown, above: readonly unknown[] = []): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (above.includes(value)) return true;
  return Object.values(value).some((item) => holdsItself(item, [...above, value]));
}

/** The plain value of a document. @throws Error for aliases that name nothing, too much, or what they are a part of */
function plainValue(document: Document, hasAnchors: boolean): unknown {
  const value: unknown = document.toJS();
  if (hasAnchors && holdsItself(value)) throw new Error('an anchor holds an alias of itself');
  return value;
}

/** Types of YAML 1.1 that Kubernetes' reader does not know: dates stay texts, 12:30 is no number. */
function asKubernetes({ tag, ...rest }: ScalarTag | CollectionTag): boolean {
  const sexagesimal = 'format' in rest && rest.format === 'TIME';
  return !sexagesimal && !/^tag:yaml\.org,2002:(timestamp|binary|omap|pairs|set)$/.test(tag);
}

/** Every other mistake leaves nothing to judge; this one is a rule's to report. */
const DUPLICATE = 'DUPLICATE_KEY';

/** Every object of a text of YAML documents; the items of a List stand for themselves. */
export function readManifests(source: string, file: string): ReadResult {
  const counter = new LineCounter();
  // Kubernetes reads YAML 1.1: an unquoted `yes` is a boolean there.
  const documents = parseAllDocuments(source, {
    lineCounter: counter,
    version: '1.1',
    customTags: (tags) => tags.filter((tag) => typeof tag === 'string' || asKubernetes(tag)),
    logLevel: 'silent',
  });
  const manifests: Manifest[] = [];
  const unreadable: UnreadableDocument[] = [];
  const hasAnchors = source.includes('&');
  for (const [index, document] of [...documents].entries()) {
    const refuse = (offset: number, message: string) =>
      unreadable.push({ file, line: counter.linePos(offset).line, message: firstLine(message) });
    const error = document.errors.find(({ code }) => code !== DUPLICATE);
    if (error !== undefined) {
      refuse(error.pos[0], error.message);
      continue;
    }
    try {
      const value = plainValue(document, hasAnchors);
      // Comments and empty documents between separators are no objects.
      if (value === null || value === undefined) continue;
      const repeated = document.errors.length === 0 ? [] : [...repeatedIn(document.contents, [])];
      for (const [object, prefix] of objectsOf(value)) {
        const lineOf = (path: Path) => {
          const start = nodeAt(document, [...prefix, ...path])?.range?.[0];
          return start === undefined ? undefined : counter.linePos(start).line;
        };
        const own = below(prefix, repeated);
        manifests.push({ file, index, object, lineOf, ...(own.length === 0 ? {} : { repeated: own }) });
      }
    } catch (problem) {
      refuse(document.contents?.range?.[0] ?? 0, problem instanceof Error ? problem.message : String(problem));
    }
  }
  return { manifests, unreadable };
}

function firstLine(message: string): string {
  return message.split('\n')[0]?.replace(/:$/, '') ?? message;
}
