/**
 * Fields that the generated objects do not know. cdk8s applies `addJsonPatch` before its generated converters, which
 * then drop every unknown field and turn a plain GPU limit into null; a late patch is applied to their result.
 */
import { type ApiObject, JsonPatch } from 'cdk8s';

type ToJson = ApiObject['toJson'];

/** What an object serialised to before, with what is patched into it. */
interface Late {
  readonly before: ToJson;
  readonly after: ToJson;
  readonly patches: JsonPatch[];
}

const LATE = new WeakMap<ApiObject, Late>();

/** The late patches of an object; undefined when there are none, or when somebody has taken over since. */
export function latePatchesOf(object: ApiObject): Pick<Late, 'before' | 'patches'> | undefined {
  const late = LATE.get(object);
  return late?.after === object.toJson ? late : undefined;
}

/** Applies the patches to what the object finally serialises to; a second call adds to the first. */
export function latePatch(object: ApiObject, ...patches: readonly JsonPatch[]): void {
  if (patches.length === 0) return;
  const late = latePatchesOf(object);
  if (late !== undefined) {
    late.patches.push(...patches);
    return;
  }
  const before = object.toJson;
  const all = [...patches];
  object.toJson = () => JsonPatch.apply(before.call(object), ...all);
  LATE.set(object, { before, after: object.toJson, patches: all });
}
