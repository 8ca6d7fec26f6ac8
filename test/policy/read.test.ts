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
  ] as const)('are those of %s', (_, path, line) => {
    expect(manifest?.lineOf?.(path)).toBe(line);
  });
});
