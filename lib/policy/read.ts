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
import { isObject, list, type Path } from './json';
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
    if (here === undefined) break;
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

function manifestsOf(document: Document, file: string, index: number, counter: LineCounter): readonly Manifest[] {
  const lineOf = (prefix: Path) => (path: Path) => {
    const start = nodeAt(document, [...prefix, ...path])?.range?.[0];
    return start === undefined ? undefined : counter.linePos(start).line;
  };
  const value: unknown = document.toJS();
  const repeated = document.errors.length === 0 ? [] : [...repeatedIn(document.contents, [])];
  const below = (prefix: Path) =>
    repeated.flatMap(({ path, same }) =>
      prefix.every((step, position) => path[position] === step) ? [{ path: path.slice(prefix.length), same }] : [],
    );
  const withRepeated = (prefix: Path) => (repeated.length === 0 ? {} : { repeated: below(prefix) });
  // Comments and empty documents between separators are no objects.
  if (value === null || value === undefined) return [];
  if (!isObject(value)) return [{ file, index, object: { '': value }, lineOf: lineOf([]) }];
  if (typeof value.kind === 'string' && value.kind.endsWith('List') && Array.isArray(value.items)) {
    return list(value.items).map((item, position) => ({
      file,
      index,
      object: isObject(item) ? item : { '': item },
      lineOf: lineOf(['items', position]),
      ...withRepeated(['items', position]),
    }));
  }
  return [{ file, index, object: value, lineOf: lineOf([]), ...withRepeated([]) }];
}

/** Types of YAML 1.1 that Kubernetes' reader does not know: dates stay texts, 12:30 is no number. */
function asKubernetes({ tag, ...rest }: ScalarTag | CollectionTag): boolean {
  const sexagesimal = 'format' in rest && rest.format === 'TIME';
  return !sexagesimal && !/^tag:yaml\.org,2002:(timestamp|binary|omap|pairs|set)$/.test(tag);
}

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
  for (const [index, document] of [...documents].entries()) {
    const error = document.errors.find(({ code }) => code !== 'DUPLICATE_KEY');
    if (error === undefined) manifests.push(...manifestsOf(document, file, index, counter));
    else unreadable.push({ file, line: counter.linePos(error.pos[0]).line, message: firstLine(error.message) });
  }
  return { manifests, unreadable };
}

function firstLine(message: string): string {
  return message.split('\n')[0]?.replace(/:$/, '') ?? message;
}
