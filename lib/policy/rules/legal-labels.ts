/** WP-NAME-007: labels, annotations and what selects by them are such as the API server accepts. */
import { isLabelValue, isQualifiedName } from '../../domain/names';
import { at, isObject, type Json, list, type Path } from '../json';
import { identityOf } from '../manifest';
import { type Breach, NOT_APPLICABLE, type Rule } from '../rule';

const KEY = 'an optional prefix and slash, then 1-63 letters, digits, hyphens, underscores and dots';
const VALUE = 'nothing, or 1-63 letters, digits, hyphens, underscores and dots, first and last a letter or digit';

/** All annotations of an object together (apimachinery TotalAnnotationSizeLimitB). */
const ANNOTATION_BYTES = 256 * 1024;

function breach(path: Path, value: unknown, message: string, allowed: string): Breach {
  const unquoted = typeof value === 'number' || typeof value === 'boolean';
  const fix = unquoted ? `quote it: "${value}"` : 'spell it as allowed';
  return { path, value, message, allowed, fix };
}

function* labels(map: unknown, path: Path): Generator<Breach> {
  for (const [key, value] of entries(map)) {
    const here = [...path, key];
    if (!isQualifiedName(key)) yield breach(here, key, 'this is no key of a label', KEY);
    // Null is reported as a lost value.
    if (value === '' || value === null || value === undefined) continue;
    if (typeof value !== 'string') yield breach(here, value, 'the value of a label is a text', 'a text');
    else if (!isLabelValue(value)) yield breach(here, value, 'this is no value of a label', VALUE);
  }
}

function* annotations(map: unknown, path: Path): Generator<Breach> {
  let bytes = 0;
  for (const [key, value] of entries(map)) {
    const here = [...path, key];
    // Prefixes of annotations may have capitals.
    if (!isQualifiedName(key.toLowerCase())) yield breach(here, key, 'this is no key of an annotation', KEY);
    if (value === null || value === undefined) continue;
    if (typeof value !== 'string') yield breach(here, value, 'the value of an annotation is a text', 'a text');
    bytes += Buffer.byteLength(key) + Buffer.byteLength(String(value));
  }
  if (bytes > ANNOTATION_BYTES) {
    yield breach(path, `${bytes} bytes`, 'the annotations are too large together', `${ANNOTATION_BYTES} bytes`);
  }
}

function* expressions(all: unknown, path: Path): Generator<Breach> {
  for (const [index, expression] of list(all).entries()) {
    const key = at(expression, 'key');
    if (typeof key !== 'string' || !isQualifiedName(key)) {
      yield breach([...path, index, 'key'], key, 'this is no key of a label', KEY);
    }
    for (const [position, value] of list(at(expression, 'values')).entries()) {
      if (value === '' || (typeof value === 'string' && (isLabelValue(value) || isBound(expression, value)))) continue;
      yield breach([...path, index, 'values', position], value, 'this is no value of a label', VALUE);
    }
  }
}

/** What Gt and Lt compare with is a whole number, below zero too. */
function isBound(expression: unknown, value: string): boolean {
  return /^-\d+$/.test(value) && ['Gt', 'Lt'].includes(String(at(expression, 'operator')));
}

function entries(map: unknown): readonly (readonly [string, unknown])[] {
  return isObject(map) ? Object.entries(map) : [];
}

function* metadata(value: unknown, path: Path): Generator<Breach> {
  yield* labels(at(value, 'labels'), [...path, 'labels']);
  yield* annotations(at(value, 'annotations'), [...path, 'annotations']);
}

/** Data of these kinds is anybody's, and must not be taken for fields. */
const OPAQUE = new Set(['data', 'stringData', 'binaryData', 'annotations', 'labels']);

/** Templates and selectors inside an object. */
function* inside(value: unknown, path: Path): Generator<Breach> {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* inside(item, [...path, index]);
  }
  for (const [key, item] of entries(value)) {
    const here = [...path, key];
    if (key === 'metadata') yield* metadata(item, here);
    else if (key === 'matchLabels' || key === 'nodeSelector') yield* labels(item, here);
    else if (key === 'matchExpressions') yield* expressions(item, here);
    else if (!OPAQUE.has(key)) yield* inside(item, here);
  }
}

/** Built-in kinds, whose fields mean what they are called; a custom resource may call anything `matchLabels`. */
function isBuiltIn(group: string): boolean {
  return !group.includes('.') || group.endsWith('.k8s.io');
}

function selectorOf(object: Json): unknown {
  return at(object, 'spec', 'selector');
}

/** Objects that the API server refuses for a label. */
export const legalLabels: Rule = {
  id: 'WP-NAME-007',
  why: 'the API server refuses the object, or reads a number where a text has to stand and stops',
  judge: ({ object }) => {
    const { group, kind } = identityOf(object);
    if (kind === '') return NOT_APPLICABLE;
    const own = [...metadata(object.metadata, ['metadata'])];
    // Schemas hold properties of every name.
    if (!isBuiltIn(group) || kind === 'CustomResourceDefinition') return own;
    const plain = group === '' && (kind === 'Service' || kind === 'ReplicationController');
    return [
      ...own,
      ...inside(object.spec, ['spec']),
      ...(plain ? labels(selectorOf(object), ['spec', 'selector']) : []),
    ];
  },
};
