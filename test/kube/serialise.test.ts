import { ApiObject, App, Chart, type IResolver, JsonPatch, Lazy, LazyResolver } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import fc from 'fast-check';
import { latePatch } from '../../lib';
import { serialiserFor } from '../../lib/kube/serialise';

const numRuns = Number(process.env.WARMPATH_PROPERTY_RUNS ?? 500);

/** Replaced by what it resolves to. */
class Token {
  constructor(private readonly answer: unknown) {}

  resolve(): unknown {
    return this.answer;
  }
}

class Opaque {
  readonly size = 1;
}

/** A class with a value that is no number and no text. */
class Holder {
  constructor(readonly value: unknown) {}
}

const keys = fc.oneof(
  fc.constantFrom('a', 'b', 'B', '10', '9', 'value', 'resolve', 'ä', 'constructor', '__proto__', 'metadata'),
  fc.string({ maxLength: 3 }),
);

const leaves = fc.oneof(
  { weight: 8, arbitrary: fc.oneof(fc.string({ maxLength: 3 }), fc.integer(), fc.double(), fc.boolean()) },
  { weight: 2, arbitrary: fc.constantFrom(null, undefined) },
  { weight: 2, arbitrary: fc.integer().map((number) => k8s.IntOrString.fromNumber(number)) },
  { weight: 2, arbitrary: fc.string({ maxLength: 3 }).map((text) => k8s.Quantity.fromString(text)) },
);

/** What cdk8s refuses, loses or treats in some way of its own. */
const strange = fc.oneof(
  fc.constantFrom<unknown>(
    10n,
    Symbol('s'),
    () => 1,
    new Date(0),
    new Opaque(),
    Object.create(null),
    new Map([['a', 1]]),
  ),
  fc.constantFrom<unknown>(
    Object.assign([1], { value: 2 }),
    { resolve: () => 3 },
    { constructor: 1 },
    Object.create({ a: 1 }),
  ),
  leaves.map((value) => new Holder(value)),
  fc.constant(
    Lazy.any({
      produce: () => {
        throw new Error('not to be had');
      },
    }),
  ),
);

function values(leaf: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      fc.dictionary(keys, tie('value'), { maxKeys: 4 }),
      fc.array(tie('value'), { maxLength: 3 }),
      tie('value').map((value) => Lazy.any({ produce: () => value })),
      tie('value').map((value) => new Token(value)),
    ),
  })).value;
}

const plainValues = values(leaves);
const anyValues = values(fc.oneof({ weight: 9, arbitrary: leaves }, { weight: 1, arbitrary: strange }));

/** What serialising says: text, in which the order of keys counts, or the error. */
function said(run: () => unknown): string {
  try {
    return JSON.stringify(run(), (_, value) => (value === undefined ? 'undefined' : value));
  } catch (error) {
    return `throws ${(error as Error).message}`;
  }
}

function expectSame(draw: (chart: Chart) => ApiObject, resolvers?: IResolver[]): string {
  const app = new App({ resolvers });
  const object = draw(new Chart(app, 'chart', { namespace: 'there', labels: { chart: 'yes' } }));
  const theirs = said(() => object.toJson());
  expect(said(() => serialiserFor(app)(object))).toBe(theirs);
  return theirs;
}

/** Whether cdk8s resolves an object as a whole; its metadata it always does. */
function leftToCdk8s(draw: (chart: Chart) => ApiObject, resolvers?: IResolver[]): boolean {
  const app = new App({ resolvers });
  const object = draw(new Chart(app, 'chart'));
  const resolve = jest.spyOn(LazyResolver.prototype, 'resolve');
  try {
    serialiserFor(app)(object);
    return resolve.mock.calls.some(([{ value }]) => typeof value === 'object' && 'apiVersion' in value);
  } finally {
    resolve.mockRestore();
  }
}

function thing(scope: Construct, spec: unknown): ApiObject {
  return new ApiObject(scope, 'thing', {
    kind: 'Thing',
    spec,
    apiVersion: 'v1',
    metadata: { annotations: { b: '1', a: '2' } },
  });
}

function pod(scope: Construct): ApiObject {
  const limits = { memory: k8s.Quantity.fromString('1Gi'), cpu: k8s.Quantity.fromNumber(2) };
  return new k8s.KubePod(scope, 'pod', {
    metadata: { labels: { tone: 'low' } },
    spec: { containers: [{ name: 'main', image: 'nginx:1.27', resources: { limits } }], volumes: [] },
  });
}

describe('objects serialise as cdk8s serialises them', () => {
  test('with generated values', () => {
    fc.assert(
      fc.property(plainValues, (spec) => {
        expectSame((chart) => thing(chart, spec));
      }),
      { numRuns },
    );
  });

  test('with values that cdk8s refuses or treats in a way of its own', () => {
    const told = { refused: 0 };
    fc.assert(
      fc.property(anyValues, anyValues, (a, b) => {
        told.refused += Number(expectSame((chart) => thing(chart, { a, b, c: 1 })).startsWith('throws'));
      }),
      { numRuns },
    );
    expect(told.refused).toBeGreaterThan(numRuns / 50);
  });

  test('with generated metadata', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('labels', 'name', 'uid', 'finalizers', 'x'), anyValues), (metadata) => {
        expectSame((chart) => {
          const object = thing(chart, 1);
          for (const [key, value] of Object.entries(metadata)) object.metadata.add(key, value);
          return object;
        });
      }),
      { numRuns },
    );
  });

  test('with patches of every kind, good and bad', () => {
    const early = [
      JsonPatch.add('/spec/z', 1),
      JsonPatch.add('/kind', 'Other'),
      JsonPatch.remove('/metadata/namespace'),
    ];
    for (const draw of [(chart: Chart) => thing(chart, { a: 1 }), pod]) {
      for (const patch of [
        ...early,
        JsonPatch.remove('/nowhere'),
        JsonPatch.replace('', 'text'),
        JsonPatch.test('/kind', 1),
      ]) {
        expectSame((chart) => {
          const object = draw(chart);
          object.addJsonPatch(patch);
          return object;
        });
        expectSame((chart) => {
          const object = draw(chart);
          latePatch(object, JsonPatch.add('/data', { b: 1, a: 2 }));
          latePatch(object, JsonPatch.add('/data/c', [3]), patch);
          return object;
        });
      }
    }
  });

  test('when somebody else has wrapped toJson, before or after a late patch', () => {
    const wrap = (object: ApiObject) => {
      const toJson = object.toJson.bind(object);
      object.toJson = () => ({ ...toJson(), wrapped: true });
    };
    const patch = (object: ApiObject) => latePatch(object, JsonPatch.add('/wrapped', 'patched'));
    for (const steps of [[wrap], [wrap, patch], [patch, wrap], [patch, wrap, patch]]) {
      const text = expectSame((chart) => {
        const object = pod(chart);
        for (const step of steps) step(object);
        return object;
      });
      expect(text).toContain('"wrapped"');
    }
  });

  test('when the app has resolvers of its own, or keys are not to be sorted', () => {
    const loud: IResolver = { resolve: (context) => context.value === 'low' && context.replaceValue('LOUD') };
    expect(expectSame(pod, [loud])).toContain('LOUD');
    process.env.CDK8S_DISABLE_SORT = 'yes';
    try {
      expect(expectSame((chart) => thing(chart, { b: 1, a: 2 }))).toContain('{"b":1,"a":2}');
    } finally {
      delete process.env.CDK8S_DISABLE_SORT;
    }
  });

  test('of a class that serialises in its own way', () => {
    class Custom extends k8s.KubePod {
      override toJson(): unknown {
        return { ...super.toJson(), custom: true };
      }
    }
    expect(expectSame((chart) => new Custom(chart, 'custom'))).toContain('"custom":true');
  });
});

describe('the quick way', () => {
  test('is taken for objects of cdk8s and of the generated classes, patched or not', () => {
    const patched = (chart: Chart) => {
      const object = pod(chart);
      latePatch(object, JsonPatch.add('/spec/newer', true));
      return object;
    };
    const lazy = Lazy.any({ produce: () => ({ size: k8s.Quantity.fromString('1Gi') }) });
    for (const draw of [pod, patched, (chart: Chart) => thing(chart, { lazy })]) expect(leftToCdk8s(draw)).toBe(false);
  });

  test('is left to cdk8s where the app resolves in its own way', () => {
    expect(leftToCdk8s(pod, [{ resolve: () => {} }])).toBe(true);
  });

  test('produces a value once', () => {
    const produce = jest.fn(() => 1);
    const app = new App();
    const object = thing(new Chart(app, 'chart'), { a: Lazy.any({ produce }) });
    serialiserFor(app)(object);
    expect(produce).toHaveBeenCalledTimes(1);
  });

  test('is left when another cdk8s would do something else', () => {
    jest.isolateModules(() => {
      const cdk8s = require('cdk8s') as typeof import('cdk8s');
      const toJson = cdk8s.ApiObject.prototype.toJson;
      cdk8s.ApiObject.prototype.toJson = function (this: ApiObject) {
        return { ...toJson.call(this), newer: true };
      };
      const { serialiserFor: serialiser } =
        require('../../lib/kube/serialise') as typeof import('../../lib/kube/serialise');
      const app = new cdk8s.App();
      const object = new cdk8s.ApiObject(new cdk8s.Chart(app, 'chart'), 'thing', { kind: 'Thing', apiVersion: 'v1' });
      expect(serialiser(app)(object)).toMatchObject({ kind: 'Thing', newer: true });
    });
  });
});
