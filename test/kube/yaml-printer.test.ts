import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Yaml } from 'cdk8s';
import fc from 'fast-check';
import { parseAllDocuments } from 'yaml';
import { printYaml } from '../../lib/kube/yaml-printer';

const MANIFESTS = join(__dirname, '..', '..', 'manifests');

/** Texts that read as something else, or that a printer may fold, indent or escape. */
const AWKWARD = [
  ...['', ' ', 'yes', 'No', 'y', 'N', 'on', 'OFF', 'true', 'True', 'TRUE', 'null', 'Null', 'NULL', '~', '<<', '='],
  ...['0', '-0', '8000', '+1', '007', '08', '1_000', '0x1f', '0X1F', '0o17', '0b101', '1e3', '1E-3', 'e3', 'E+10'],
  ...['1.', '.5', '-.5', '0.95', '1.35', '1.2.3', '.inf', '-.Inf', '.NaN', '.', '..', '...', '1:30', '-190:20:30.15'],
  ...['2025-01-01', '2001-12-14t21:59:43.10-05:00', '2001-12-14 21:59:43', '16Gi', '500m', '10.0.0.0/8', '5.', '5.e'],
  ...[
    '-',
    '--',
    '---',
    '--- a',
    '---a',
    '... a',
    '...a',
    '- a',
    '-a',
    '--port',
    '?',
    '? a',
    '?a',
    ':',
    ': a',
    ':a',
    'a:',
  ],
  ...['a: b', 'a:b', 'a #b', 'a#b', '#a', '%a', '@a', '`a', '!a', '&a', '*a', '|', '>', '[', ']', '{}', ',', 'a, b'],
  ...["'", '"', `a"b`, `a'b`, `a'b"c`, `"a"`, `'a'`, '\\', 'a\\nb', 'a \\n', ' a', 'a ', '\ta', 'a\tb', 'a\t', 'a:\tb'],
  ...[
    'ü',
    'é: x',
    '日本語',
    '😀',
    'a 😀',
    '\ud800',
    'a\udfff',
    '\u00a0',
    '\u00a0a',
    '\u2028',
    'a\u2029b',
    '\ufeff',
    '\u0085',
  ],
  ...['\0', '\u0007', '\b', '\f', '\r', 'a\r\nb', '\u001b[0m', '\u007f', '\u009f', 'K: x', 'ſ'],
  ...[
    '\n',
    '\n\n',
    'a\n',
    'a\n\n',
    'a\nb',
    'a\nb\n',
    'a\nb\n\n\n',
    '\na',
    '\n a',
    ' a\nb',
    'a\n b',
    'a\n\n  b\n',
    'a \nb',
  ],
  ...[
    'a\n ',
    'a\n\t',
    'a\n \n',
    '\ta\nb',
    'a\n\tb',
    '---\na',
    'a\n---\nb',
    'a\n...\n',
    '%a\nb',
    '# a\nb',
    '- a\n- b\n',
  ],
  ...[
    'a: b\nc: d\n',
    'a\u0001\nb',
    `${'long '.repeat(30)}text`,
    `${'x'.repeat(200)}\n${'y z '.repeat(60)}`,
    'a\u2028\nb',
  ],
  ...['{{ $labels.pod }}', '$(HOME)', '/tmp', '(a)', 'a=b', '^a$', 'not', 'nullable', 'One', '1 GB', '+a'],
];

const texts = fc.oneof(
  fc.constantFrom(...AWKWARD),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom(...'aeEnNyYtTfFoOxXbBzZiI019_+-.:~<>=/?#&*!|%@`\'"\\,[]{}() \t\n') }),
  fc.string({ unit: fc.constantFrom('a', 'word', ' ', '\n', '  ', '\n\n', '\t', ':', '-', '#', '---', 'é') }),
  fc.tuple(fc.constantFrom(...AWKWARD), fc.constantFrom(...AWKWARD)).map((parts) => parts.join('')),
  fc.tuple(fc.constantFrom(...AWKWARD), fc.constantFrom(...AWKWARD)).map((parts) => parts.join('\n')),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  fc.stringMatching(/^[-+]?0[xXobB]?[0-9a-fA-F_g]{0,4}$/),
  fc.stringMatching(/^[-+]?[0-9_]{0,3}\.?[0-9_]{0,3}([eE][-+]?[0-9]{0,2})?[kx]?$/),
  fc.stringMatching(/^[-+]?[0-9_]{1,3}(:[0-9]{1,2}){1,3}(\.[0-9]{0,2})?$/),
  fc.stringMatching(/^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([tT ][0-9:.]{0,8})?[Z+]?$/),
  fc.double().map(String),
  fc.integer().map((number) => number.toString(16)),
  fc.lorem({ mode: 'sentences' }),
);

const keys = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom('name', 'a.b/c', 'nvidia.com/gpu', 'A_B', '1', 'f:x') },
  { weight: 2, arbitrary: texts },
  {
    weight: 1,
    arbitrary: fc.constantFrom('k'.repeat(999), 'k'.repeat(1030), '"'.repeat(600), ' '.repeat(1023), '__proto__'),
  },
);

const numbers = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.maxSafeInteger(),
  fc.constantFrom(-0, 0, 1e21, 1e-7, 2 ** 53, 0.1),
);

const scalars = fc.oneof(
  { weight: 6, arbitrary: texts },
  { weight: 2, arbitrary: numbers },
  { weight: 1, arbitrary: fc.boolean() },
  {
    weight: 1,
    arbitrary: fc.constantFrom(null, undefined, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
  },
);

/** Values that come only from constructs with a `toJson` of their own. */
const strange = fc.constantFrom<unknown>(
  10n,
  new Date(0),
  new Map([['a', 1]]),
  new Set([1]),
  Buffer.from('abc'),
  Object('text'),
  Object(1),
  Object.create(null),
  { toJSON: () => ({ a: 1 }) },
  { [Symbol.iterator]: () => [1, 2][Symbol.iterator]() },
  // biome-ignore lint/suspicious/noSparseArray: an element that is not there
  [1, , 2],
  new (class Point {
    readonly x = 1;
  })(),
  () => 1,
  Symbol('s'),
);

const { tree } = fc.letrec<{ tree: unknown; map: unknown; list: unknown }>((tie) => ({
  tree: fc.oneof({ depthSize: 'small', withCrossShrink: true }, scalars, tie('map'), tie('list')),
  map: fc.dictionary(keys, tie('tree'), { maxKeys: 5, noNullPrototype: false }),
  list: fc.array(tie('tree'), { maxLength: 4 }),
}));

const documents = fc.oneof(
  { weight: 8, arbitrary: fc.dictionary(keys, tree, { maxKeys: 6 }) },
  { weight: 1, arbitrary: tree },
);

/** What a printer says: text, or the error. */
function said(print: () => string): string {
  try {
    return print();
  } catch (error) {
    return `throws ${(error as Error).message}`;
  }
}

function expectSame(...values: readonly unknown[]): void {
  expect(said(() => printYaml(values))).toBe(said(() => Yaml.stringify(...values)));
}

const numRuns = Number(process.env.WARMPATH_PROPERTY_RUNS ?? 300);

describe('the YAML printer prints what cdk8s prints', () => {
  test.each(AWKWARD.map((text) => [JSON.stringify(text), text]))(
    'of the text %s, as a value, an item and a key',
    (_, text) => {
      expectSame({ text }, { a: { b: { text } } });
      expectSame({ list: [text, [text, { text }]] });
      expectSame({ [text]: 1 }, { a: { [text]: { [text]: text } } });
      expectSame(text);
    },
  );

  test('of generated trees', () => {
    fc.assert(
      fc.property(fc.array(documents, { minLength: 1, maxLength: 3 }), (all) => expectSame(...all)),
      { numRuns },
    );
  });

  test('of trees with values that are not plain', () => {
    fc.assert(
      fc.property(documents, keys, strange, (document, key, value) => expectSame({ document, [key]: [value] }, value)),
      { numRuns: numRuns / 10 },
    );
  });

  test('of trees in which an object comes twice', () => {
    fc.assert(
      fc.property(documents, keys, documents, (shared, key, other) =>
        expectSame({ a: shared, [key]: [other, { b: shared }] }, shared),
      ),
      { numRuns: numRuns / 10 },
    );
    const circle: Record<string, unknown> = { name: 'a' };
    circle['self'] = circle;
    expectSame(circle);
  });

  test('of nothing, of documents that are undefined and of empty ones', () => {
    expectSame();
    expectSame(undefined);
    expectSame({ a: 1 }, undefined, {}, [], null, '', { b: 2 });
    expectSame({ a: undefined, b: { c: undefined } }, { d: null }, { e: [undefined, null] });
  });

  test('of every committed manifest', () => {
    const files = readdirSync(MANIFESTS, { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.yaml'),
    );
    const objects = files.flatMap((file) =>
      parseAllDocuments(readFileSync(join(MANIFESTS, file), 'utf8')).map((document) => document.toJS()),
    );
    expect(objects.length).toBeGreaterThan(50);
    expectSame(...objects);
  });
});

describe('the YAML printer', () => {
  /** How often cdk8s is asked while something is printed. */
  function questions(...values: readonly unknown[]): number {
    const asked = jest.spyOn(Yaml, 'stringify');
    try {
      printYaml(values);
      return asked.mock.calls.length;
    } finally {
      asked.mockRestore();
    }
  }

  test('prints manifests by itself', () => {
    const folder = join(MANIFESTS, 'prod');
    const objects = readdirSync(folder).flatMap((file) =>
      parseAllDocuments(readFileSync(join(folder, file), 'utf8')).map((document) => document.toJS()),
    );
    printYaml(objects);
    expect(questions(...objects)).toBeLessThan(objects.length / 4);
  });

  test('asks once for a line that it does not know', () => {
    const line = '2031-01-01 is 0x1f';
    expect(questions({ a: '2031-01-01' }, { b: { c: ['2031-01-01'] } })).toBe(1);
    expect(questions({ line })).toBe(0);
  });

  test('asks for a whole document when an object comes twice', () => {
    const shared = { a: 1 };
    expect(questions({ a: shared, b: shared }, { c: 1 })).toBe(1);
  });
});
