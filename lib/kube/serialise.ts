/**
 * What `toJson()` returns, for objects of cdk8s itself and of its generated classes in one pass instead of four. Whatever
 * else an object is or holds is left to its own `toJson()`.
 */
import {
  ApiObject,
  type App,
  App as Cdk8sApp,
  Chart,
  ImplicitTokenResolver,
  JsonPatch,
  Lazy,
  LazyResolver,
  NumberStringUnionResolver,
} from 'cdk8s';
import { k8s } from './k8s';
import { latePatchesOf } from './late-patch';

/** Thrown on a value that cdk8s has to judge. */
const UNSURE = new Error('left to cdk8s');

type Json = Record<string, unknown>;

/** What cdk8s's resolvers make of an instance of a class. */
function plainInstance(value: object): unknown {
  if (value instanceof Lazy) return plain(value.produce());
  if ('resolve' in value && typeof value.resolve === 'function') return plain(value.resolve());
  const wrapped = value.constructor !== Object && 'value' in value ? value.value : undefined;
  if (typeof wrapped === 'number' || typeof wrapped === 'string') return { value: wrapped };
  throw UNSURE;
}

/** Values in the order in which they stand, as some are produced only now; then the keys in theirs. */
function plainObject(value: object): Json {
  const result: Json = {};
  let before = '';
  let sorted = true;
  for (const [key, one] of Object.entries(value)) {
    if (key === 'constructor' || key === '__proto__') throw UNSURE;
    const resolved = plain(one);
    if (resolved === undefined) continue;
    result[key] = resolved;
    sorted &&= before <= key;
    before = key;
  }
  return sorted
    ? result
    : Object.fromEntries(
        Object.keys(result)
          .sort()
          .map((key) => [key, result[key]]),
      );
}

/** Resolved, without what is null, in sorted order. */
function plain(value: unknown): unknown {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value !== 'object') throw UNSURE;
  if (Array.isArray(value)) {
    if ('value' in value || 'resolve' in value) throw UNSURE;
    return value.map(plain);
  }
  return Object.getPrototypeOf(value) === Object.prototype ? plainObject(value) : plainInstance(value);
}

/** What `ApiObject.toJson()` returns. */
function resolved(object: ApiObject): Json {
  const json = plainObject({ ...object['props'], metadata: object.metadata.toJson() });
  const patches = object['patches'];
  const patched: Json = patches.length === 0 ? json : JsonPatch.apply(json, ...patches);
  const result: Json = {};
  for (const key of ['apiVersion', 'kind', 'metadata', ...Object.keys(patched)]) {
    if (key in patched) result[key] = patched[key];
  }
  return result;
}

type Convert = (props: Json) => unknown;

function isGenerated(value: unknown): value is { readonly prototype: ApiObject; readonly manifest: Convert } {
  return typeof value === 'function' && Object.getPrototypeOf(value) === ApiObject && 'manifest' in value;
}

/** Converters of the generated classes, by the `toJson` that calls them. */
const converters = new Map<ApiObject['toJson'], Convert>();

function converterOf(toJson: ApiObject['toJson']): Convert | undefined {
  if (converters.size === 0) {
    converters.set(ApiObject.prototype.toJson, (props) => props);
    for (const one of Object.values<unknown>(k8s)) {
      if (isGenerated(one)) converters.set(one.prototype.toJson, (props) => one.manifest(props));
    }
  }
  return converters.get(toJson);
}

function serialised(object: ApiObject): unknown {
  const late = latePatchesOf(object);
  const convert = converterOf(late?.before ?? object.toJson);
  if (convert === undefined) throw UNSURE;
  const json = convert(resolved(object));
  return late === undefined ? json : JsonPatch.apply(json, ...late.patches);
}

/** Asked once: whether the cdk8s that is installed still does what is done here. */
function agrees(): boolean {
  const chart = new Chart(new Cdk8sApp(), 'chart', { labels: { b: '1', a: '2' } });
  const spec = {
    replicas: 1,
    list: [{ b: 1, a: null }, null, [], {}],
    lazy: Lazy.any({ produce: () => ({ y: k8s.Quantity.fromString('1'), x: Lazy.any({ produce: () => null }) }) }),
  };
  const object = new ApiObject(chart, 'object', { kind: 'Probe', spec, apiVersion: 'v1' });
  object.addJsonPatch(JsonPatch.add('/data', { z: 1, a: 2 }));
  const limits = { memory: k8s.Quantity.fromString('1Gi') };
  const containers = [{ name: 'main', newer: true, resources: { limits } }];
  const generated = new k8s.KubePod(chart, 'pod', { spec: { containers } });
  const same = (one: ApiObject) => JSON.stringify(serialised(one)) === JSON.stringify(one.toJson());
  try {
    return same(object) && same(generated);
  } catch {
    return false;
  }
}

let agreed: boolean | undefined;

const BUILT_IN = [LazyResolver, ImplicitTokenResolver, NumberStringUnionResolver] as const;

/** How objects of an app become plain values: one that resolves or sorts in its own way is left to cdk8s. */
export function serialiserFor(app: App): (object: ApiObject) => unknown {
  const builtIn =
    app.resolvers.length === BUILT_IN.length &&
    app.resolvers.every((resolver, index) => resolver.constructor === BUILT_IN[index]);
  agreed ??= agrees();
  if (!agreed || !builtIn || process.env.CDK8S_DISABLE_SORT) return (object) => object.toJson();
  return (object) => {
    try {
      return serialised(object);
    } catch {
      // cdk8s says what is wrong with it, if anything is.
      return object.toJson();
    }
  };
}
