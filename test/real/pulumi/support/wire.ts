/** How property values travel between the engine and a provider (`sdk/go/common/resource/plugin/rpc.go` of pulumi/pulumi). */

import { type JavaScriptValue, Struct } from 'google-protobuf/google/protobuf/struct_pb';
import type { Properties } from './behaviour';

// `resource.SigKey` and `resource.SecretSig` of the Pulumi SDK.
const SIGNATURE = '4dabf18193072939515e22adb298388d';
const SECRET = '1b47061264138c4ac30d75fd1eb44270';

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const isSecret = (value: unknown): value is Properties => isRecord(value) && value[SIGNATURE] === SECRET;

const secret = (value: unknown): Properties => ({ [SIGNATURE]: SECRET, value });

/** The value without its wrappers: what a cloud would be sent. Values that are not known stay `UNKNOWN`. */
export function unwrapped(value: unknown): unknown {
  if (isSecret(value)) return unwrapped(value['value']);
  if (Array.isArray(value)) return value.map(unwrapped);
  return isRecord(value) ? unwrappedRecord(value) : value;
}

/** The same for a property bag. */
export function unwrappedRecord(value: Properties): Properties {
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, unwrapped(entry)]));
}

/** `value` with a wrapper wherever `model` has one, so that nothing secret gets into the state in the clear. */
export function wrappedLike(value: unknown, model: unknown): unknown {
  if (isSecret(model)) return secret(value);
  if (Array.isArray(value))
    return value.map((entry, index) => wrappedLike(entry, Array.isArray(model) ? model[index] : undefined));
  return isRecord(value) ? wrappedRecordLike(value, isRecord(model) ? model : {}) : value;
}

/** The same for a property bag. */
export function wrappedRecordLike(value: Properties, model: Properties): Properties {
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, wrappedLike(entry, model[key])]));
}

export const fromStruct = (struct: Struct | undefined): Properties => struct?.toJavaScript() ?? {};

export const toStruct = (properties: Properties): Struct =>
  Struct.fromJavaScript(withoutUndefined(properties) as Record<string, JavaScriptValue>);

/** A Struct has no `undefined`. */
function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUndefined);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, entry]) => entry !== undefined)
      .map(([key, entry]) => [key, withoutUndefined(entry)]),
  );
}

export type Change = readonly [path: string, kind: 'ADD' | 'DELETE' | 'UPDATE'];

/** The paths at which two values differ, as `resource.ObjectDiff` names them: a list item is `path[0]`. */
export function changes(before: unknown, after: unknown, path = ''): readonly Change[] {
  if (isRecord(before) && isRecord(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => entryChanges(before[key], after[key], path === '' ? key : `${path}.${key}`));
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const indices = [...Array(Math.max(before.length, after.length)).keys()];
    return indices.flatMap((index) => entryChanges(before[index], after[index], `${path}[${index}]`));
  }
  return before === after ? [] : [[path, 'UPDATE']];
}

function entryChanges(before: unknown, after: unknown, path: string): readonly Change[] {
  if (before === undefined) return after === undefined ? [] : [[path, 'ADD']];
  return after === undefined ? [[path, 'DELETE']] : changes(before, after, path);
}
