import { configMapsProvided, keysOfMaps } from '../../lib/policy/config-maps-provided';
import { Inventory } from '../../lib/policy/inventory';
import type { Manifest } from '../../lib/policy/manifest';

const provided = (...objects: readonly Manifest['object'][]) =>
  configMapsProvided(new Inventory(objects.map((object, index) => ({ file: 'all.yaml', index, object }))));
const configMap = (rest: Manifest['object'], namespace?: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings', namespace },
  ...rest,
});
const bundle = (target: unknown, apiVersion = 'trust.cert-manager.io/v1alpha1') => ({
  apiVersion,
  kind: 'Bundle',
  metadata: { name: 'roots' },
  spec: { target },
});
const keys = (...names: readonly string[]) => new Set(names);

describe('the keys of maps', () => {
  it('are those of all of them', () => {
    expect(keysOfMaps({ a: '1', b: '2' }, { c: '3' })).toEqual(keys('a', 'b', 'c'));
    expect(keysOfMaps(undefined, { c: '3' })).toEqual(keys('c'));
    expect(keysOfMaps({}, null)).toEqual(keys());
  });

  it.each([[[]], [[undefined]], [[null, undefined]], [[null]]])('are any where there is no map: %j', (maps) => {
    expect(keysOfMaps(...maps)).toBe('any');
  });

  it('are none where something else stands for a map', () => {
    expect(keysOfMaps('text', 7, ['a'])).toEqual(keys());
  });
});

describe('a ConfigMap', () => {
  it('provides the keys of its texts and of its bytes, in its namespace', () => {
    const all = provided(configMap({ data: { a: 'x' }, binaryData: { b: 'eA==' } }, 'chat'));
    expect(all.keysOf('chat', 'settings')).toEqual(keys('a', 'b'));
    expect(all.keysOf('default', 'settings')).toBeUndefined();
    expect(all.keysOf('chat', 'other')).toBeUndefined();
  });

  it('without a namespace stands in the default one', () => {
    expect(provided(configMap({ data: {} })).keysOf('default', 'settings')).toEqual(keys());
  });

  it('without any map is one that somebody fills', () => {
    expect(provided(configMap({ data: null })).keysOf('default', 'settings')).toBe('any');
  });

  it('that stands twice provides the keys of both', () => {
    const twice = provided(configMap({ data: { a: 'x' } }), configMap({ data: { b: 'y' } }));
    expect(twice.keysOf('default', 'settings')).toEqual(keys('a', 'b'));
  });

  it('of the certificate of the API server is in every namespace', () => {
    expect(provided().keysOf('any', 'kube-root-ca.crt')).toEqual(keys('ca.crt'));
  });
});

describe('a Bundle of trust-manager', () => {
  it('provides a ConfigMap of its name in every namespace, with its key', () => {
    expect(provided(bundle({ configMap: { key: 'ca.pem' } })).keysOf('any', 'roots')).toEqual(keys('ca.pem'));
  });

  it.each([
    ['it names none', { configMap: {} }],
    ['its key is empty', { configMap: { key: '' } }],
    ['it writes further formats', { configMap: { key: 'ca.pem' }, additionalFormats: { jks: { key: 'ca.jks' } } }],
  ])('provides whatever key where %s', (_, target) => {
    expect(provided(bundle(target)).keysOf('any', 'roots')).toBe('any');
  });

  it.each([
    ['it makes a Secret', bundle({ secret: { key: 'ca.pem' } })],
    ['it has no target', bundle(undefined)],
    ['it is none', bundle({ configMap: { key: 'ca.pem' } }, 'example.com/v1')],
  ])('provides no ConfigMap where %s', (_, object) => {
    expect(provided(object).keysOf('any', 'roots')).toBeUndefined();
  });
});
