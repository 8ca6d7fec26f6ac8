/** WP-OUT-001: cdk8s writes null for values that its converters lost, and `{ value: n }` for instances it did not know. */
import { isObject, type Path } from '../json';
import { identityOf } from '../manifest';
import { type Breach, NOT_APPLICABLE, type Rule } from '../rule';

/** Written by every tool that serialises Go structures, and read by nobody. */
const HARMLESS = new Set(['metadata.creationTimestamp', 'status']);

/** Maps whose keys are anybody's: a key called `value` is one of them. */
const FREE_KEYS = new Set([
  'data',
  'stringData',
  'binaryData',
  'labels',
  'annotations',
  'matchLabels',
  'nodeSelector',
  'selector',
]);

/**
 * A lone `value` is an instance that lost its class: always with a number, and with a text in the built-in groups,
 * where no type has such a field (an HTTPRoute's path has).
 */
function isMangled(value: Readonly<Record<string, unknown>>, builtIn: boolean): boolean {
  const keys = Object.keys(value);
  return (
    keys.length === 1 && keys[0] === 'value' && (typeof value.value === 'number' || (builtIn && !isObject(value.value)))
  );
}

function* lost(value: unknown, path: Path, builtIn: boolean): Generator<readonly [path: Path, value: unknown]> {
  if (value === null || value === undefined) {
    if (!HARMLESS.has(path.join('.')) && path.at(-1) !== 'creationTimestamp') yield [path, value];
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* lost(item, [...path, index], builtIn);
  } else if (isObject(value)) {
    if (isMangled(value, builtIn) && !FREE_KEYS.has(String(path.at(-1)))) yield [path, value];
    for (const [key, item] of Object.entries(value)) yield* lost(item, [...path, key], builtIn);
  } else if (typeof value === 'number' && !Number.isFinite(value)) {
    yield [path, String(value)];
  }
}

function breach([path, value]: readonly [Path, unknown]): Breach {
  return {
    path,
    value,
    message: 'this value was lost on the way into the YAML',
    allowed: 'plain values; a field that is not set is left out',
    fix: 'leave the field out; from cdk8s, set fields that the generated type does not know with latePatch()',
  };
}

/** Every value that did not arrive. */
export const noLostValues: Rule = {
  id: 'WP-OUT-001',
  why: 'the API server reads null as "not set" and takes the default, so a lost GPU limit is a pod without GPU',
  judge: ({ object }) => {
    const { group, kind } = identityOf(object);
    // Schemas hold properties of every name, and defaults that are null on purpose.
    if (kind === 'CustomResourceDefinition') return NOT_APPLICABLE;
    return [...lost(object, [], !group.includes('.'))].map(breach);
  },
};
