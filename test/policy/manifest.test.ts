import { annotationsOf, describe as described, identityOf, labelsOf } from '../../lib/policy/manifest';

describe('the identity of an object', () => {
  it.each([
    ['v1', ''],
    ['apps/v1', 'apps'],
    ['gateway.networking.k8s.io/v1', 'gateway.networking.k8s.io'],
    ['/v1', ''],
    [7, ''],
    [undefined, ''],
  ])('has of apiVersion %p the group %p', (apiVersion, group) => {
    expect(identityOf({ apiVersion }).group).toBe(group);
  });

  it('has kind, namespace and name', () => {
    const object = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'llama', namespace: 'chat' } };
    expect(identityOf(object)).toEqual({ group: 'apps', kind: 'Deployment', namespace: 'chat', name: 'llama' });
  });

  it.each([
    ['nothing', {}],
    ['empty texts', { apiVersion: '', kind: '', metadata: { name: '', namespace: '' } }],
    ['other types', { apiVersion: 1, kind: ['Pod'], metadata: { name: 7, namespace: {} } }],
    ['a text for metadata', { metadata: 'llama' }],
  ])('is empty, and without a namespace, of an object that says %s', (_, object) => {
    expect(identityOf(object)).toEqual({ group: '', kind: '', namespace: undefined, name: '' });
  });

  it('is read once, and by object: two of one name have one each', () => {
    const [one, other] = [{ kind: 'Pod' }, { kind: 'Pod' }];
    expect(identityOf(one)).toBe(identityOf(one));
    expect(identityOf(other)).not.toBe(identityOf(one));
  });
});

test.each([
  ['labels', labelsOf],
  ['annotations', annotationsOf],
])('%s are those that are texts', (field, read) => {
  const metadata = { labels: {}, annotations: {}, [field]: { a: 'x', empty: '', number: 1, none: null } };
  expect(read({ metadata })).toEqual({ a: 'x', empty: '' });
  expect(read({ metadata: {} })).toEqual({});
  expect(read({})).toEqual({});
});

test('an object is called by kind and name, with its namespace where it has one', () => {
  const object = { kind: 'Deployment', metadata: { name: 'llama', namespace: 'chat' } };
  expect(described({ object })).toBe('Deployment chat/llama');
  expect(described({ object: { kind: 'Node', metadata: { name: 'gpu-1' } } })).toBe('Node gpu-1');
});
