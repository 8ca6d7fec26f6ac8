import { readManifests } from '../../lib/policy';

const kinds = (yaml: string) => readManifests(yaml, 'a.yaml').manifests.map(({ object }) => object.kind);

describe('documents', () => {
  test('are numbered with the empty ones, which are no objects', () => {
    const { manifests } = readManifests('kind: A\n---\n# nothing here\n---\nkind: B\n', 'a.yaml');
    expect(manifests.map(({ object, index, file }) => [object.kind, index, file])).toEqual([
      ['A', 0, 'a.yaml'],
      ['B', 2, 'a.yaml'],
    ]);
  });

  test('may be JSON', () => {
    expect(kinds('{"kind": "A"}')).toEqual(['A']);
  });

  test('that are lists stand for their items', () => {
    const { manifests } = readManifests('kind: List\nitems:\n- kind: A\n  name: x\n- kind: B\n', 'a.yaml');
    expect(manifests.map(({ object }) => object.kind)).toEqual(['A', 'B']);
    expect(manifests[1]?.lineOf?.(['kind'])).toBe(5);
  });

  test.each([
    ['has items and is no List', 'kind: Playlist1\nitems: [{ kind: A }]', 'Playlist1'],
    ['only begins as a List', 'kind: ListOfThings\nitems: [{ kind: A }]', 'ListOfThings'],
    ['has no items', 'kind: PodList\nitems: none', 'PodList'],
    ['has items and no kind', 'items: [{ kind: A }]', undefined],
  ])('stand for themselves where one %s', (_, yaml, kind) => {
    expect(kinds(yaml)).toStrictEqual([kind]);
  });

  test('that are no objects are kept, so that a rule can say so', () => {
    expect(readManifests('just text', 'a.yaml').manifests).toMatchObject([{ object: { '': 'just text' } }]);
  });

  test('that are no YAML are named with their line, and the others are read', () => {
    const { manifests, unreadable } = readManifests('kind: A\n---\na: [1\nb: 2\n---\nkind: C\n', 'a.yaml');
    expect(manifests.map(({ object }) => object.kind)).toContain('A');
    expect(unreadable).toEqual([{ file: 'a.yaml', line: expect.any(Number), message: expect.any(String) }]);
    expect(unreadable[0]?.line).toBeGreaterThanOrEqual(3);
  });
});

describe('values', () => {
  const value = (text: string) => readManifests(`a: ${text}`, 'a.yaml').manifests[0]?.object.a;

  test.each([
    ['yes', true],
    ['off', false],
    ['2026-11-21', '2026-11-21'],
    ['12:30', '12:30'],
    ['017', 15],
    ['1_000', 1000],
    ["'yes'", 'yes'],
    ['~', null],
  ])('are read as Kubernetes reads YAML: %s', (text, expected) => {
    expect(value(text)).toEqual(expected);
  });

  test('may be nothing, and the same in two places, where there are anchors', () => {
    const { manifests, unreadable } = readManifests('a: &x [1]\nb: ~\nc: [*x, *x]\n', 'a.yaml');
    expect(unreadable).toEqual([]);
    expect(manifests[0]?.object).toEqual({ a: [1], b: null, c: [[1], [1]] });
  });

  test('may be anchors and aliases', () => {
    const { manifests } = readManifests('a: &x { b: 1 }\nc: *x\nd:\n  <<: *x\n', 'a.yaml');
    expect(manifests[0]?.object).toMatchObject({ a: { b: 1 }, c: { b: 1 }, d: { b: 1 } });
  });
});

describe('lines', () => {
  const [manifest] = readManifests(
    '# first\nspec:\n  containers:\n    - name: a\n      image: b\n',
    'a.yaml',
  ).manifests;

  test.each([
    ['a key', ['spec'], 2],
    ['a key in a list', ['spec', 'containers', 0, 'image'], 5],
    ['the parent of what is missing', ['spec', 'containers', 0, 'resources', 'limits'], 4],
    ['the list of what is missing', ['spec', 'containers', 7], 3],
    ['the text in which something is missing', ['spec', 'containers', 0, 'image', 'tag', 0], 5],
    ['the document in which everything is missing', ['status', 'phase'], 2],
  ] as const)('are those of %s', (_, path, line) => {
    expect(manifest?.lineOf?.(path)).toBe(line);
  });

  test('are those of texts in a list, and of keys that are numbers', () => {
    const [{ lineOf } = {}] = readManifests('args:\n  - a\n  - b\nports:\n  80:\n    name: http\n', 'a.yaml').manifests;
    expect(lineOf?.(['args', 1])).toBe(3);
    expect(lineOf?.(['ports', '80', 'name'])).toBe(6);
  });
});

describe('an anchor', () => {
  test.each([
    ['nothing has', 'a: *x', /Unresolved alias/],
    ['holds itself', 'a: &x { b: [*x] }', /alias of itself/],
    ['holds itself beside other things', 'a: &x { b: [1, ~, *x], c: 1 }', /alias of itself/],
    ['is no map, and merged', 'a: 5\nb: { <<: 5 }', /Merge sources/],
    ['stands for very much', ['&a [x, x]', ...'bcdefghij'].map(bomb).join('\n'), /Excessive alias count/],
  ])('that %s makes its document unreadable, and no other', (_, yaml, message) => {
    const { manifests, unreadable } = readManifests(`kind: A\n---\n${yaml}\n---\nkind: B\n`, 'a.yaml');
    expect(manifests.map(({ object }) => object.kind)).toEqual(['A', 'B']);
    expect(unreadable).toEqual([{ file: 'a.yaml', line: 3, message: expect.stringMatching(message) }]);
  });
});

/** Each line ten times the one before. */
function bomb(text: string, index: number): string {
  const before = String.fromCharCode('a'.charCodeAt(0) + index - 1);
  return index === 0 ? `a: ${text}` : `${text}: &${text} [${Array(10).fill(`*${before}`).join(', ')}]`;
}

test('a key that stands twice counts as kubectl counts it, the last one, and a rule is told', () => {
  const { manifests, unreadable } = readManifests(
    'kind: List\nitems: [{ kind: A, b: 1 }, { kind: B, b: { c: 1, c: 2 } }]',
    'a',
  );
  expect(unreadable).toEqual([]);
  expect(manifests.map(({ object, repeated }) => ({ object, repeated }))).toEqual([
    { object: { kind: 'A', b: 1 }, repeated: undefined },
    { object: { kind: 'B', b: { c: 2 } }, repeated: [{ path: ['b', 'c'], same: false }] },
  ]);
});

test('a key that says the same twice is told to say the same', () => {
  const [manifest] = readManifests('a: { b: [1], b: [1] }\nc: 1\nc: 2', 'a').manifests;
  expect(manifest?.repeated).toEqual([
    { path: ['a', 'b'], same: true },
    { path: ['c'], same: false },
  ]);
});

test('what makes a document unreadable is said in a line, without the text that follows', () => {
  const messages = (yaml: string) => readManifests(yaml, 'a').unreadable.map(({ message }) => message);
  expect(messages('a: 1\n b: 2\n')).toEqual([expect.stringMatching(/^Nested mappings .* at line 1, column 4$/)]);
  expect(messages('a: *x')).toEqual([expect.stringMatching(/^Unresolved alias .*: x$/)]);
});

describe('text from elsewhere', () => {
  test.each([
    ['a mark of byte order', '\uFEFFkind: A\n---\nkind: B\n'],
    ['ends of lines as on Windows', 'kind: A\r\n---\r\nkind: B\r\n'],
    ['JSON that is indented with tabs', '{\n\t"kind": "List",\n\t"items": [{"kind": "A"}, {"kind": "B"}]\n}'],
    ['a List of Lists', 'kind: List\nitems: [{ kind: List, items: [{ kind: A }] }, { kind: B }]'],
  ])('may have %s', (_, yaml) => {
    expect(readManifests(yaml, 'a.yaml').unreadable).toEqual([]);
    expect(kinds(yaml)).toEqual(['A', 'B']);
  });

  test('may be a List of more objects than a call takes arguments', () => {
    const items = Array.from({ length: 130_000 }, () => 5);
    expect(readManifests(JSON.stringify({ kind: 'List', items }), 'a.json').manifests).toHaveLength(130_000);
  });
});
