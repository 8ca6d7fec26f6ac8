/** WP-OUT-001: cdk8s writes null for values that its converters lost, and `{ value: n }` for instances it did not know. */
import { at, isObject, type Path } from '../json';
import { identityOf, type RepeatedKey } from '../manifest';
import { type Breach, NOT_APPLICABLE, type Rule } from '../rule';

/** Written by every tool that serialises Go structures, and read by nobody. */
const HARMLESS = new Set(['metadata.creationTimestamp', 'status']);

/** Types that have a field `value` with a number and nothing beside it: ConnectionLimit (api/v1alpha1/connection_types.go). */
const WITH_VALUE = new Set(['gateway.envoyproxy.io']);

/** Dictionaries of names that the user chooses: there null is no field left out but an entry, '' or 0, and `value` a name. */
const DICTIONARIES = new Set([
  'annotations',
  'binaryData',
  'capacity',
  'data',
  'hard',
  'labels',
  'limits',
  'matchLabels',
  'nodeSelector',
  'requests',
  'selector',
  'stringData',
]);

/** What was lost: an entry, or a field that the API server takes as not set. */
type Loss = 'entry' | 'field' | 'class';

type Lost = readonly [path: Path, value: unknown, loss: Loss];

/**
 * A lone `value` is an instance that lost its class: always with a number, and with a text in the built-in groups,
 * where no type has such a field (an HTTPRoute's path has).
 */
function isMangled(value: Readonly<Record<string, unknown>>, group: string): boolean {
  const keys = Object.keys(value);
  if (keys.length !== 1 || keys[0] !== 'value' || WITH_VALUE.has(group)) return false;
  return typeof value.value === 'number' || (!group.includes('.') && !isObject(value.value));
}

function lossOf(value: unknown, path: Path): Loss {
  const inList = typeof path.at(-1) === 'number';
  return value !== null || inList || DICTIONARIES.has(String(path.at(-2))) ? 'entry' : 'field';
}

function* lost(value: unknown, path: Path, group: string): Generator<Lost> {
  if (value === null || value === undefined) {
    if (!HARMLESS.has(path.join('.')) && path.at(-1) !== 'creationTimestamp') yield [path, value, lossOf(value, path)];
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* lost(item, [...path, index], group);
  } else if (isObject(value)) {
    // Among names that the user chooses, one may be `value`.
    if (isMangled(value, group) && !DICTIONARIES.has(String(path.at(-1)))) yield [path, value, 'class'];
    for (const [key, item] of Object.entries(value)) yield* lost(item, [...path, key], group);
  } else if (typeof value === 'number' && !Number.isFinite(value)) {
    yield [path, String(value), 'entry'];
  }
}

const MESSAGES: Readonly<Record<Loss, string>> = {
  entry: 'this value was lost on the way into the YAML',
  field: 'the field stands there without a value, which is read as not set',
  class: 'this value was lost on the way into the YAML: what should be plain is a dictionary',
};

function breach([path, value, loss]: Lost): Breach {
  return {
    path,
    value,
    message: MESSAGES[loss],
    allowed: 'plain values; a field that is not set is left out',
    fix: 'give it a value or leave it out; in Helm, put `with` around key and value; in cdk8s, set fields that the generated type does not know with latePatch()',
    // Templates write such fields wherever a block comes out empty, and the default is what they want.
    severity: loss === 'field' ? 'warning' : 'error',
  };
}

function overwritten({ path, same }: RepeatedKey, value: unknown): Breach {
  return {
    path,
    value,
    message: same
      ? 'the key stands there twice, with the same value; kustomize and Flux refuse such a document'
      : 'the key stands there twice, and only the last value counts; kustomize and Flux refuse such a document',
    allowed: 'each key once',
    fix: 'remove one of them; two parts of a template write it',
    severity: same ? 'warning' : 'error',
  };
}

/** Every value that did not arrive. */
export const noLostValues: Rule = {
  id: 'WP-OUT-001',
  why: 'the API server takes null for "not set", or for 0 in a dictionary, so a lost GPU limit is a pod without GPU',
  judge: ({ object, repeated = [] }) => {
    const { group, kind } = identityOf(object);
    const twice = repeated.map((one) => overwritten(one, at(object, ...one.path)));
    // Schemas hold properties of every name, and defaults that are null on purpose.
    if (kind === 'CustomResourceDefinition') return twice.length === 0 ? NOT_APPLICABLE : twice;
    return [...twice, ...[...lost(object, [], group)].map(breach)];
  },
};
