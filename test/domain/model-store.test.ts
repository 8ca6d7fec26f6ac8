import { type Cloud, draftModelStore, type ModelStoreProtocol, type ModelStoreSpec, unwrap } from '../../lib/domain';
import { problemOf } from './given';

const draft = (cloud: Cloud, more: Partial<ModelStoreSpec> = {}) =>
  draftModelStore(cloud, { name: 'contosoweights', ...more });

describe.each<[Cloud, ModelStoreProtocol, readonly ModelStoreProtocol[], readonly ModelStoreProtocol[]]>([
  ['aks', 'blobfuse', ['blobfuse', 'nfs'], ['s3']],
  ['iks', 's3', ['s3'], ['blobfuse', 'nfs']],
])('a model store on %s', (cloud, usual, legal, illegal) => {
  it('outlives a zone and keeps every version unless somebody says more', () => {
    expect(unwrap(draft(cloud))).toEqual({ name: 'contosoweights', protocol: usual, zoneRedundant: true });
  });

  it.each(legal)('may be read through %s', (protocol) => {
    expect(unwrap(draft(cloud, { protocol })).protocol).toBe(protocol);
  });

  it.each(illegal)('may not be read through %s', (protocol) => {
    expect(problemOf(draft(cloud, { protocol }), 'WP-STORE-002')).toMatchObject({
      severity: 'error',
      prop: 'modelStore.protocol',
      value: protocol,
      allowed: legal.join(', '),
    });
  });

  it('may forget after a day', () => {
    expect(unwrap(draft(cloud, { deleteAfterDays: 1 })).deleteAfterDays).toBe(1);
  });

  it.each([0, -1, 1.5, Number.NaN])('may not forget after %d days', (deleteAfterDays) => {
    expect(problemOf(draft(cloud, { deleteAfterDays }), 'WP-STORE-002')).toMatchObject({
      prop: 'modelStore.deleteAfterDays',
      value: deleteAfterDays,
    });
  });
});

describe.each<[Cloud, readonly string[], readonly string[]]>([
  ['aks', ['abc', 'a'.repeat(24), '123'], ['ab', 'a'.repeat(25), 'A23', 'a-b', 'a.b', '']],
  [
    'iks',
    ['abc', 'a'.repeat(63), 'a-b.c', '1.2', 'a--b'],
    ['ab', 'a'.repeat(64), 'Abc', 'a..b', 'a.-b', 'a-.b', '-ab', 'ab-', '.ab', 'ab.', 'a_b', ''],
  ],
])('the name of a store on %s', (cloud, legal, illegal) => {
  it.each(legal)('may be %j', (name) => {
    expect(draft(cloud, { name }).problems).toEqual([]);
  });

  it.each(illegal)('may not be %j', (name) => {
    expect(problemOf(draft(cloud, { name }), 'WP-STORE-001')).toMatchObject({ prop: 'modelStore.name', value: name });
  });

  it('is there', () => {
    const name = undefined as unknown as string;
    // 'undefined' would be a legal bucket.
    expect(problemOf(draft(cloud, { name }), 'WP-STORE-001')).toMatchObject({ value: undefined });
  });
});

it('a store of one zone exists on AKS alone', () => {
  expect(unwrap(draft('aks', { zoneRedundant: false })).zoneRedundant).toBe(false);
  expect(problemOf(draft('iks', { zoneRedundant: false }), 'WP-STORE-002')).toMatchObject({
    prop: 'modelStore.zoneRedundant',
    value: false,
  });
});
