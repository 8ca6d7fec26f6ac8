import { Inventory } from '../../lib/policy/inventory';
import { append, isKnownNamespace, nameAt, namesOf, namespacesSelected, objectsIn } from '../../lib/policy/lookup';
import type { Manifest } from '../../lib/policy/manifest';

const object = (apiVersion: string, kind: string, name: string, namespace?: string, labels = {}) => ({
  apiVersion,
  kind,
  metadata: { name, namespace, labels },
});
const of = (objects: readonly Manifest['object'][], namespace?: string) =>
  new Inventory(
    objects.map((one, index) => ({ file: 'all.yaml', index, object: one })),
    { namespace },
  );

const SERVICES = [
  object('v1', 'Service', 'web', 'chat'),
  object('v1', 'Service', 'api', 'chat'),
  object('v1', 'Service', 'web', 'chat'),
  object('v1', 'Service', 'web', 'edge'),
  object('v1', 'Service', 'here'),
  object('v1', 'Secret', 'web', 'chat'),
  object('serving.knative.dev/v1', 'Service', 'fn', 'chat'),
];

test('a list of a key grows at its end', () => {
  const map = new Map<string, number[]>();
  append(map, 'a', 1);
  append(map, 'b', 2);
  append(map, 'a', 3);
  expect([...map]).toEqual([
    ['a', [1, 3]],
    ['b', [2]],
  ]);
});

test.each([
  [{ ref: { name: 'web' } }, 'web'],
  [{ ref: { name: '' } }, undefined],
  [{ ref: { name: 7 } }, undefined],
  [{ ref: {} }, undefined],
  [{}, undefined],
  ['web', undefined],
])('of %j the name is %p', (value, name) => {
  expect(nameAt(value, 'ref', 'name')).toBe(name);
});

describe('the objects of a kind in a namespace', () => {
  const inventory = of(SERVICES);
  const indexes = (group: string, kind: string, namespace: string) =>
    objectsIn(inventory, group, kind, namespace).map(({ index }) => index);

  it('are found in order, of one name as well', () => {
    expect(indexes('', 'Service', 'chat')).toEqual([0, 1, 2]);
    expect(indexes('', 'Service', 'edge')).toEqual([3]);
  });

  it('are of that group and kind alone', () => {
    expect(indexes('', 'Secret', 'chat')).toEqual([5]);
    expect(indexes('serving.knative.dev', 'Service', 'chat')).toEqual([6]);
    expect(indexes('', 'ConfigMap', 'chat')).toEqual([]);
  });

  it('are those without a namespace in the default one', () => {
    expect(indexes('', 'Service', 'default')).toEqual([4]);
    expect(objectsIn(of(SERVICES, 'release'), '', 'Service', 'release').map(({ index }) => index)).toEqual([4]);
    expect(indexes('', 'Service', '')).toEqual([]);
  });

  it('are gathered at the first question', () => {
    expect(objectsIn(inventory, '', 'Service', 'chat')).toBe(objectsIn(inventory, '', 'Service', 'chat'));
  });
});

describe('the names of a kind', () => {
  const inventory = of(SERVICES);

  it('are those of a namespace', () => {
    expect(namesOf(inventory, '', 'Service', 'chat')).toEqual(['web', 'api', 'web']);
    expect(namesOf(inventory, '', 'Service', 'edge')).toEqual(['web']);
    expect(namesOf(inventory, '', 'Service', 'nowhere')).toEqual([]);
  });

  it('are all where no namespace is asked for', () => {
    expect(namesOf(inventory, '', 'Service')).toEqual(['web', 'api', 'web', 'web', 'here']);
    expect(namesOf(inventory, 'serving.knative.dev', 'Service')).toEqual(['fn']);
  });

  it('are listed once, so that a list that many breaches show is sorted once', () => {
    expect(namesOf(inventory, '', 'Service', 'chat')).toBe(namesOf(inventory, '', 'Service', 'chat'));
  });
});

describe('a namespace', () => {
  it.each([
    ['that something stands in', 'chat', true],
    ['that stands among the manifests itself', 'own', true],
    ['of the run', 'release', true],
    ['of none of these', 'default', false],
    ['of something that is no Namespace', 'web', false],
  ])('%s: %s', (_, name, known) => {
    const inventory = of([...SERVICES, object('v1', 'Namespace', 'own')], 'release');
    expect(isKnownNamespace(inventory, name)).toBe(known);
  });
});

describe('a selector of namespaces', () => {
  const inventory = of([
    object('v1', 'Namespace', 'chat', undefined, { team: 'nlp' }),
    object('v1', 'Namespace', 'edge', undefined, { team: 'net' }),
    ...SERVICES,
  ]);
  const selected = (selector: Manifest['object']) => [...namespacesSelected(inventory, selector)].sort();

  it('takes all that are known where it has no term', () => {
    expect(selected({})).toStrictEqual(['chat', 'default', 'edge']);
  });

  it('takes those of its labels', () => {
    expect(selected({ matchLabels: { team: 'nlp' } })).toEqual(['chat']);
    expect(selected({ matchExpressions: [{ key: 'team', operator: 'DoesNotExist' }] })).toEqual(['default']);
    expect(selected({ matchLabels: { team: 'none' } })).toEqual([]);
  });

  it.each(['chat', 'default'])('takes %s by the label of its name, which every namespace has', (name) => {
    expect(selected({ matchLabels: { 'kubernetes.io/metadata.name': name } })).toEqual([name]);
  });
});
