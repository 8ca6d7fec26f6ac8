import { referencedConfigMaps } from '../../../lib/policy/rules/referenced-config-maps';
import { ask, placesOf } from '../../support/verdicts';

const CONFIG =
  'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings, namespace: chat }\ndata: { a.yaml: x, b: y }';
const pod = (spec: string, namespace = 'chat') =>
  `apiVersion: v1\nkind: Pod\nmetadata: { name: one, namespace: ${namespace} }\nspec: ${spec}`;
const about = (spec: string) => ask(referencedConfigMaps, `${CONFIG}\n---\n${pod(spec)}`);

const USES: readonly (readonly [title: string, good: string, bad: string, place: string])[] = [
  [
    'a volume',
    '{ volumes: [{ name: v, configMap: { name: settings } }] }',
    '{ volumes: [{ name: v, configMap: { name: setting } }] }',
    'spec.volumes[0].configMap.name',
  ],
  [
    'an item of a volume',
    '{ volumes: [{ name: v, configMap: { name: settings, items: [{ key: b, path: b }] } }] }',
    '{ volumes: [{ name: v, configMap: { name: settings, items: [{ key: b, path: b }, { key: c, path: c }] } }] }',
    'spec.volumes[0].configMap.items[1].key',
  ],
  [
    'a projected source',
    '{ volumes: [{ name: v, projected: { sources: [{ configMap: { name: settings } }] } }] }',
    '{ volumes: [{ name: v, projected: { sources: [{ secret: { name: x } }, { configMap: { name: other } }] } }] }',
    'spec.volumes[0].projected.sources[1].configMap.name',
  ],
  [
    'a variable',
    '{ containers: [{ env: [{ name: A, valueFrom: { configMapKeyRef: { name: settings, key: b } } }] }] }',
    '{ containers: [{ env: [{ name: A, valueFrom: { configMapKeyRef: { name: settings, key: B } } }] }] }',
    'spec.containers[0].env[0].valueFrom.configMapKeyRef.key',
  ],
  [
    'all variables',
    '{ initContainers: [{ envFrom: [{ configMapRef: { name: settings } }] }] }',
    '{ initContainers: [{ envFrom: [{ configMapRef: { name: other } }] }] }',
    'spec.initContainers[0].envFrom[0].configMapRef.name',
  ],
  [
    'a file mounted alone',
    '{ volumes: [{ name: v, configMap: { name: settings } }], containers: [{ volumeMounts: [{ name: v, subPath: a.yaml }] }] }',
    '{ volumes: [{ name: v, configMap: { name: settings } }], containers: [{ volumeMounts: [{ name: v, subPath: a.yml }] }] }',
    'spec.containers[0].volumeMounts[0].subPath',
  ],
  [
    'a file that an item makes',
    '{ volumes: [{ name: v, configMap: { name: settings, items: [{ key: b, path: d/e }] } }], containers: [{ volumeMounts: [{ name: v, subPath: d }] }] }',
    '{ volumes: [{ name: v, configMap: { name: settings, items: [{ key: b, path: d/e }] } }], containers: [{ volumeMounts: [{ name: v, subPath: b }] }] }',
    'spec.containers[0].volumeMounts[0].subPath',
  ],
  [
    'one of several files that items make',
    '{ volumes: [{ name: v, configMap: { name: settings, items: [{ key: a.yaml, path: a }, { key: b, path: e }] } }], containers: [{ volumeMounts: [{ name: v, subPath: e }] }] }',
    '{ volumes: [{ name: v, configMap: { name: settings, items: [{ key: a.yaml, path: a }, { key: b, path: e }] } }], containers: [{ volumeMounts: [{ name: v, subPath: b }] }] }',
    'spec.containers[0].volumeMounts[0].subPath',
  ],
];

describe('a ConfigMap that is named by', () => {
  test.each(USES)('%s exists', (_, good) => {
    expect(about(good)).toMatchObject({ findings: [], compliant: 1, notApplicable: 1 });
  });

  test.each(USES)('%s and does not exist is reported', (_, __, bad, place) => {
    expect(placesOf(about(bad).findings)).toEqual([`Pod chat/one ${place}`]);
  });
});

describe('a mount that names no file of a ConfigMap', () => {
  const mounted = (volume: string, mount: string) =>
    about(
      `{ volumes: [{ name: settings, configMap: { name: settings } }, { name: v, ${volume} }], containers: [{ volumeMounts: [${mount}] }] }`,
    );

  test.each([
    ['mounts all of them', 'configMap: { name: settings }', '{ name: v }'],
    ['mounts a directory of them', 'configMap: { name: settings }', '{ name: v, subPath: a/b }'],
    ['is of a volume that is not there', 'configMap: { name: settings }', '{ name: w, subPath: lost }'],
    ['is of a volume that is not there, and names none', 'configMap: { name: settings }', '{ name: w }'],
    ['has no name', 'configMap: { name: settings }', '{ subPath: lost }'],
    ['is of a volume of another kind', 'emptyDir: {}', '{ name: v, subPath: lost }'],
    ['is of a volume without a name of its own', 'configMap: {}', '{ name: v, subPath: lost }'],
    ['is of one that may be missing', 'configMap: { name: lost, optional: true }', '{ name: v, subPath: lost }'],
    ['meets an item without a path', 'configMap: { name: settings, items: [{ key: b }] }', '{ name: v, subPath: b }'],
    ['meets an item without a key', 'configMap: { name: settings, items: [{ path: b }] }', '{ name: v, subPath: b }'],
  ])('%s', (_, volume, mount) => {
    expect(mounted(volume, mount).findings).toEqual([]);
  });

  test('is told the files that the items make, even of one that somebody fills', () => {
    const volume =
      '{ volumes: [{ name: v, configMap: { name: filled, items: [{ key: a, path: d/e }, { key: b, path: f }] } }], containers: [{ volumeMounts: [{ name: v, subPath: a }] }] }';
    const filled = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: filled, namespace: chat }';
    expect(ask(referencedConfigMaps, `${filled}\n---\n${pod(volume)}`).findings).toEqual([
      expect.objectContaining({
        value: 'a',
        message: "no item of the volume makes the file 'a'",
        allowed: "'d/e', 'f'",
        fix: 'mount one of these files, or add an item',
        about: 'ConfigMap/filled',
      }),
    ]);
  });
});

describe('a missing ConfigMap', () => {
  test('is named, with the namespace, what there is and what was probably meant', () => {
    const { findings } = about('{ volumes: [{ name: v, configMap: { name: setings } }] }');
    expect(findings).toEqual([
      expect.objectContaining({
        rule: 'WP-REF-001',
        severity: 'error',
        value: 'setings',
        message: "there is no ConfigMap 'setings' in namespace 'chat'",
        allowed: "'settings'",
        fix: "write 'settings', or put the ConfigMap among the manifests",
        about: 'ConfigMap/setings',
        line: 9,
      }),
    ]);
  });

  test('is reported once, however many places name it', () => {
    const env = (key: string) => `{ name: ${key}, valueFrom: { configMapKeyRef: { name: lost, key: ${key} } } }`;
    const { findings } = about(`{ containers: [{ env: [${env('A')}, ${env('B')}, ${env('C')}] }] }`);
    expect(findings.map(({ message }) => message)).toEqual([
      "there is no ConfigMap 'lost' in namespace 'chat', which 3 places name",
    ]);
  });

  test('is one of the namespace of the pod', () => {
    const yaml = `${CONFIG}\n---\n${pod('{ volumes: [{ name: v, configMap: { name: settings } }] }', 'other')}`;
    expect(ask(referencedConfigMaps, yaml).findings.map(({ message }) => message)).toEqual([
      "there is no ConfigMap 'settings' in namespace 'other'",
    ]);
  });

  test.each([
    ['a volume', '{ volumes: [{ name: v, configMap: { name: lost, optional: true } }] }'],
    [
      'a variable',
      '{ containers: [{ env: [{ valueFrom: { configMapKeyRef: { name: lost, key: a, optional: true } } }] }] }',
    ],
    ['all variables', '{ containers: [{ envFrom: [{ configMapRef: { name: lost, optional: true } }] }] }'],
  ])('is allowed where %s says that it is optional', (_, spec) => {
    expect(about(spec)).toMatchObject({ findings: [], compliant: 1 });
  });
});

describe('a missing key', () => {
  test('is named with the keys that there are', () => {
    const { findings } = about(
      '{ containers: [{ env: [{ valueFrom: { configMapKeyRef: { name: settings, key: c } } }] }] }',
    );
    expect(findings).toEqual([
      expect.objectContaining({
        message: "the ConfigMap 'settings' has no key 'c'",
        allowed: "'a.yaml', 'b'",
        fix: "write 'b', or add the key to the ConfigMap",
        about: 'ConfigMap/settings',
      }),
    ]);
  });

  test('that is like no other is to be added', () => {
    const { findings } = about(
      '{ containers: [{ env: [{ valueFrom: { configMapKeyRef: { name: settings, key: something-else } } }] }] }',
    );
    expect(findings.map(({ fix }) => fix)).toEqual(['add the key to the ConfigMap']);
  });

  test('is not asked of a ConfigMap that somebody fills later', () => {
    const yaml = `${CONFIG.replace(/\ndata.*/, '')}\n---\n${pod(
      '{ containers: [{ env: [{ valueFrom: { configMapKeyRef: { name: settings, key: c } } }] }] }',
    )}`;
    expect(ask(referencedConfigMaps, yaml).findings).toEqual([]);
  });

  test('is asked of one that is empty on purpose', () => {
    const yaml = `${CONFIG.replace(/\ndata.*/, '\ndata: {}')}\n---\n${pod(
      '{ containers: [{ env: [{ valueFrom: { configMapKeyRef: { name: settings, key: c } } }] }] }',
    )}`;
    expect(ask(referencedConfigMaps, yaml).findings.map(({ allowed }) => allowed)).toEqual(['no key, it is empty']);
  });
});

describe('ConfigMaps of others', () => {
  test("are the API server's certificate, with its key", () => {
    const source = (key: string) =>
      `{ volumes: [{ name: v, projected: { sources: [{ configMap: { name: kube-root-ca.crt, items: [{ key: ${key}, path: x }] } }] } }] }`;
    expect(about(source('ca.crt')).findings).toEqual([]);
    expect(about(source('tls.crt')).findings).toHaveLength(1);
  });

  test('are those of a trust Bundle, in every namespace', () => {
    const bundle =
      'apiVersion: trust.cert-manager.io/v1alpha1\nkind: Bundle\nmetadata: { name: roots }\nspec: { target: { configMap: { key: ca.pem } } }';
    const use = (key: string) =>
      pod(`{ volumes: [{ name: v, configMap: { name: roots, items: [{ key: ${key} }] } }] }`, 'any');
    expect(ask(referencedConfigMaps, `${bundle}\n---\n${use('ca.pem')}`).findings).toEqual([]);
    expect(ask(referencedConfigMaps, `${bundle}\n---\n${use('ca.crt')}`).findings).toHaveLength(1);
  });

  test('are named by the certificate of an endpoint, and by the authority of a store', () => {
    const monitor =
      'apiVersion: monitoring.coreos.com/v1\nkind: PodMonitor\nmetadata: { name: m, namespace: chat }\nspec: { podMetricsEndpoints: [{}, { tlsConfig: { cert: { configMap: { name: lost, key: k } } } }] }';
    const store = (type: string) =>
      `apiVersion: external-secrets.io/v1\nkind: SecretStore\nmetadata: { name: s, namespace: chat }\nspec: { provider: { vault: { caProvider: { type: ${type}, name: lost, key: k } } } }`;
    const places = (yaml: string) => placesOf(ask(referencedConfigMaps, yaml).findings);
    expect(places(monitor)).toEqual(['PodMonitor chat/m spec.podMetricsEndpoints[1].tlsConfig.cert.configMap.name']);
    expect(places(store('ConfigMap'))).toEqual(['SecretStore chat/s spec.provider.vault.caProvider.name']);
    expect(places(store('Secret'))).toEqual([]);
  });

  test('are named by scalers and monitors as well', () => {
    const authentication =
      'apiVersion: keda.sh/v1alpha1\nkind: TriggerAuthentication\nmetadata: { name: t, namespace: chat }\nspec: { configMapTargetRef: [{ parameter: p, name: lost, key: k }] }';
    const monitor =
      'apiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\nmetadata: { name: m, namespace: chat }\nspec: { endpoints: [{ tlsConfig: { ca: { configMap: { name: lost, key: k } } } }] }';
    expect(placesOf(ask(referencedConfigMaps, `${authentication}\n---\n${monitor}`).findings)).toEqual([
      'TriggerAuthentication chat/t spec.configMapTargetRef[0].name',
      'ServiceMonitor chat/m spec.endpoints[0].tlsConfig.ca.configMap.name',
    ]);
  });
});

test('pods without ConfigMaps are not asked', () => {
  expect(ask(referencedConfigMaps, pod('{ containers: [{ name: a }] }'))).toMatchObject({ notApplicable: 1 });
});
