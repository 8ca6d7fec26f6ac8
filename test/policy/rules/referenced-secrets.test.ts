import { referencedSecrets } from '../../../lib/policy/rules/referenced-secrets';
import { ask, placesOf } from '../../support/verdicts';

const object = (apiVersion: string, kind: string, name: string, rest: string) =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: ${name}, namespace: chat }\n${rest}`;
const SECRET = object('v1', 'Secret', 'token', 'data: { a: eA== }\nstringData: { b: y }');
const pod = (spec: string) => object('v1', 'Pod', 'one', `spec: ${spec}`);
const all = (...documents: readonly string[]) => ask(referencedSecrets, documents.join('\n---\n'));

/** A pod that wants a key of the Secret. */
const wants = (key: string, name = 'token') =>
  pod(`{ containers: [{ env: [{ name: A, valueFrom: { secretKeyRef: { name: ${name}, key: ${key} } } }] }] }`);

describe('a Secret that is missing is reported where', () => {
  test.each([
    ['a variable names it', wants('a', 'lost'), 'Pod chat/one spec.containers[0].env[0].valueFrom.secretKeyRef.name'],
    [
      'all variables come from it',
      pod('{ containers: [{ envFrom: [{ secretRef: { name: lost } }] }] }'),
      'Pod chat/one spec.containers[0].envFrom[0].secretRef.name',
    ],
    [
      'a volume holds it',
      pod('{ volumes: [{ name: v, secret: { secretName: lost } }] }'),
      'Pod chat/one spec.volumes[0].secret.secretName',
    ],
    [
      'a projected volume holds it',
      pod('{ volumes: [{ name: v, projected: { sources: [{ secret: { name: lost } }] } }] }'),
      'Pod chat/one spec.volumes[0].projected.sources[0].secret.name',
    ],
    [
      'a driver publishes with it',
      pod('{ volumes: [{ name: v, csi: { driver: d, nodePublishSecretRef: { name: lost } } }] }'),
      'Pod chat/one spec.volumes[0].csi.nodePublishSecretRef.name',
    ],
    [
      'a file share is opened with it',
      pod('{ volumes: [{ name: v, azureFile: { secretName: lost, shareName: s } }] }'),
      'Pod chat/one spec.volumes[0].azureFile.secretName',
    ],
    [
      'a file of it is mounted alone',
      pod(
        '{ volumes: [{ name: v, secret: { secretName: token } }], containers: [{ volumeMounts: [{ name: v, subPath: lost }] }] }',
      ),
      'Pod chat/one spec.containers[0].volumeMounts[0].subPath',
      'a',
    ],
    ...['cephfs', 'flexVolume', 'iscsi', 'rbd'].map((type): [string, string, string] => [
      `a volume of type ${type} is opened with it`,
      pod(`{ volumes: [{ name: v, ${type}: { secretRef: { name: lost } } }] }`),
      `Pod chat/one spec.volumes[0].${type}.secretRef.name`,
    ]),
    [
      'images are pulled with it',
      pod('{ imagePullSecrets: [{ name: lost }] }'),
      'Pod chat/one spec.imagePullSecrets[0].name',
    ],
    [
      'an account pulls with it',
      object('v1', 'ServiceAccount', 'sa', 'imagePullSecrets: [{ name: lost }]'),
      'ServiceAccount chat/sa imagePullSecrets[0].name',
    ],
    [
      'a host is served with it',
      object('networking.k8s.io/v1', 'Ingress', 'i', 'spec: { tls: [{ hosts: [h] }, { secretName: lost }] }'),
      'Ingress chat/i spec.tls[1].secretName',
    ],
    [
      'a listener is served with it',
      object(
        'gateway.networking.k8s.io/v1',
        'Gateway',
        'g',
        'spec: { listeners: [{ tls: { certificateRefs: [{ name: lost }] } }] }',
      ),
      'Gateway chat/g spec.listeners[0].tls.certificateRefs[0].name',
    ],
    [
      'a scaler logs in with it',
      object(
        'keda.sh/v1alpha1',
        'TriggerAuthentication',
        't',
        'spec: { secretTargetRef: [{ parameter: p, name: lost, key: k }] }',
      ),
      'TriggerAuthentication chat/t spec.secretTargetRef[0].name',
    ],
    [
      'a scrape logs in with it',
      object(
        'monitoring.coreos.com/v1',
        'PodMonitor',
        'm',
        'spec: { podMetricsEndpoints: [{ basicAuth: { password: { name: lost, key: k } } }] }',
      ),
      'PodMonitor chat/m spec.podMetricsEndpoints[0].basicAuth.password.name',
    ],
    ...[
      'bearerTokenSecret',
      'authorization.credentials',
      'basicAuth.username',
      'tlsConfig.keySecret',
      'tlsConfig.ca.secret',
      'tlsConfig.cert.secret',
    ].map((place): [string, string, string] => [
      `an endpoint has it at ${place}`,
      object(
        'monitoring.coreos.com/v1',
        'ServiceMonitor',
        'm',
        `spec: { endpoints: [${place.split('.').reduceRight((inner, step) => `{ ${step}: ${inner} }`, '{ name: lost, key: k }')}] }`,
      ),
      `ServiceMonitor chat/m spec.endpoints[0].${place}.name`,
    ]),
    [
      'a request of a store is signed with it',
      object(
        'external-secrets.io/v1',
        'SecretStore',
        's',
        'spec: { provider: { webhook: { secrets: [{ name: one, secretRef: { name: token, key: k } }, { name: two, secretRef: { name: lost, key: k } }] } } }',
      ),
      'SecretStore chat/s spec.provider.webhook.secrets[1].secretRef.name',
    ],
    [
      'a listener is served with it from another namespace',
      object(
        'gateway.networking.k8s.io/v1',
        'Gateway',
        'g',
        'spec: { listeners: [{}, { tls: { certificateRefs: [{ name: lost, namespace: chat, kind: Secret }] } }] }',
      ).replace('namespace: chat', 'namespace: edge'),
      'Gateway edge/g spec.listeners[1].tls.certificateRefs[0].name',
    ],
    [
      'a store logs in with it',
      object(
        'external-secrets.io/v1',
        'SecretStore',
        's',
        'spec: { provider: { ibm: { auth: { secretRef: { secretApiKeySecretRef: { name: lost, key: k } } } } } }',
      ),
      'SecretStore chat/s spec.provider.ibm.auth.secretRef.secretApiKeySecretRef.name',
    ],
    [
      'an operator fills it but does not make it',
      object('secrets.hashicorp.com/v1beta1', 'VaultStaticSecret', 'v', 'spec: { destination: { name: lost } }'),
      'VaultStaticSecret chat/v spec.destination.name',
    ],
    [
      'a volume of the cluster names it',
      'apiVersion: v1\nkind: PersistentVolume\nmetadata: { name: pv }\nspec: { csi: { nodeStageSecretRef: { name: lost, namespace: chat } } }',
      'PersistentVolume pv spec.csi.nodeStageSecretRef.name',
    ],
  ])('%s', (_, referring, place, there = 'token') => {
    const keyed = referring.replaceAll('key: k', 'key: a');
    expect(placesOf(all(SECRET, keyed).findings)).toEqual([place]);
    expect(all(SECRET, keyed.replaceAll('lost', there)).findings).toEqual([]);
  });
});

describe('an object that names no Secret', () => {
  test.each([
    [
      'is served with something else',
      object(
        'gateway.networking.k8s.io/v1',
        'Gateway',
        'g',
        'spec: { listeners: [{ tls: { certificateRefs: [{ kind: ConfigMap, name: lost }] } }] }',
      ),
    ],
    [
      'has its operator make it',
      object(
        'secrets.hashicorp.com/v1beta1',
        'VaultStaticSecret',
        'v',
        'spec: { destination: { name: made, create: true } }',
      ),
    ],
    ['has an operator, and no destination', object('secrets.hashicorp.com/v1beta1', 'VaultPKISecret', 'v', 'spec: {}')],
    ['names an empty one', object('networking.k8s.io/v1', 'Ingress', 'i', "spec: { tls: [{ secretName: '' }] }")],
    [
      'is a volume whose Secret has no namespace',
      'apiVersion: v1\nkind: PersistentVolume\nmetadata: { name: pv }\nspec: { csi: { nodeStageSecretRef: { name: lost } } }',
    ],
    [
      'is a volume with other settings',
      'apiVersion: v1\nkind: PersistentVolume\nmetadata: { name: pv }\nspec: { csi: { volumeAttributes: { name: lost, namespace: chat } } }',
    ],
  ])('%s', (_, yaml) => {
    expect(all(SECRET, yaml)).toMatchObject({ findings: [], notApplicable: 2 });
  });
});

describe('what is said of a missing Secret', () => {
  test('names it, its namespace and the exception that can be made', () => {
    expect(all(wants('a', 'hugging-face')).findings).toEqual([
      expect.objectContaining({
        rule: 'WP-REF-002',
        severity: 'error',
        value: 'hugging-face',
        message: "there is no Secret 'hugging-face' in namespace 'chat'",
        allowed: "a Secret of namespace 'chat', which has none",
        fix: expect.stringContaining("policy.warmpath.dev/WP-REF-002 with 'Secret/hugging-face: '"),
        about: 'Secret/hugging-face',
      }),
    ]);
  });

  test('is nothing where pods start without it', () => {
    expect(all(pod('{ volumes: [{ name: v, secret: { secretName: lost, optional: true } }] }')).compliant).toBe(1);
  });

  test('is nothing of namespaces that are not among the manifests', () => {
    const gateway = object(
      'gateway.networking.k8s.io/v1',
      'Gateway',
      'g',
      'spec: { listeners: [{ tls: { certificateRefs: [{ name: lost, namespace: elsewhere }] } }] }',
    );
    expect(all(gateway).findings).toEqual([]);
  });
});

describe('a Secret is provided', () => {
  const MOUNTS = pod(
    '{ volumes: [{ name: v, csi: { driver: secrets-store.csi.k8s.io, volumeAttributes: { secretProviderClass: c } } }] }',
  );
  const CLASS = object(
    'secrets-store.csi.x-k8s.io/v1',
    'SecretProviderClass',
    'c',
    'spec: { secretObjects: [{ secretName: token, data: [{ key: a }] }] }',
  );

  test.each([
    ['by itself', [SECRET], 'a', 'ca.crt'],
    ['by itself, in plain text', [SECRET], 'b', 'c'],
    [
      'for an account, by the controller',
      [object('v1', 'Secret', 'token', 'type: kubernetes.io/service-account-token\ndata: {}')],
      'ca.crt',
      'a',
    ],
    [
      'by an ExternalSecret of its name',
      [object('external-secrets.io/v1', 'ExternalSecret', 'token', 'spec: { data: [{ secretKey: a }] }')],
      'a',
      'b',
    ],
    [
      'by an ExternalSecret with a target',
      [
        object(
          'external-secrets.io/v1',
          'ExternalSecret',
          'x',
          'spec: { target: { name: token }, data: [{ secretKey: a }] }',
        ),
      ],
      'a',
      'b',
    ],
    [
      'by the template of an ExternalSecret',
      [
        object(
          'external-secrets.io/v1',
          'ExternalSecret',
          'x',
          'spec: { target: { name: token, template: { data: { t: x } } }, data: [{ secretKey: a }] }',
        ),
      ],
      't',
      'a',
    ],
    [
      'by template and data of an ExternalSecret',
      [
        object(
          'external-secrets.io/v1',
          'ExternalSecret',
          'token',
          'spec: { target: { template: { mergePolicy: Merge, data: { t: x } } }, data: [{ secretKey: a }] }',
        ),
      ],
      'a',
      'b',
    ],
    [
      'with further keys of an ExternalSecret that merges',
      [
        SECRET,
        object(
          'external-secrets.io/v1',
          'ExternalSecret',
          'token',
          'spec: { target: { creationPolicy: Merge }, data: [{ secretKey: more }] }',
        ),
      ],
      'more',
      'none',
    ],
    [
      'by an ExternalSecret whose template has no data',
      [
        object(
          'external-secrets.io/v1',
          'ExternalSecret',
          'token',
          'spec: { target: { template: { type: Opaque } }, data: [{ secretKey: a }] }',
        ),
      ],
      'a',
      'b',
    ],
    ['by a SecretProviderClass that a pod mounts', [CLASS, MOUNTS], 'a', 'b'],
    [
      'by a Certificate',
      [object('cert-manager.io/v1', 'Certificate', 'x', 'spec: { secretName: token }')],
      'tls.key',
      'key',
    ],
    [
      'by a SealedSecret',
      [object('bitnami.com/v1alpha1', 'SealedSecret', 'token', 'spec: { encryptedData: { a: x } }')],
      'a',
      'b',
    ],
  ])('%s, with the keys that it says', (_, providers, key, other) => {
    const messages = (wanted: string) => all(...providers, wants(wanted)).findings.map(({ message }) => message);
    expect(messages(key)).toEqual([]);
    expect(messages(other)).toEqual([`the Secret 'token' has no key '${other}'`]);
  });

  test.each([
    [
      'by an ExternalSecret that takes all',
      object('external-secrets.io/v1', 'ExternalSecret', 'token', 'spec: { dataFrom: [{ extract: { key: x } }] }'),
    ],
    [
      'by an ExternalSecret whose template stands elsewhere',
      object(
        'external-secrets.io/v1',
        'ExternalSecret',
        'token',
        'spec: { target: { template: { templateFrom: [{ configMap: { name: t } }] } }, data: [{ secretKey: a }] }',
      ),
    ],
    [
      'by an ExternalSecret that takes all and merges a template',
      object(
        'external-secrets.io/v1',
        'ExternalSecret',
        'token',
        'spec: { target: { template: { mergePolicy: Merge, data: { t: x } } }, dataFrom: [{}] }',
      ),
    ],
    [
      'by a ClusterExternalSecret whose ExternalSecrets have that name',
      object(
        'external-secrets.io/v1',
        'ClusterExternalSecret',
        'x',
        'spec: { externalSecretName: token, externalSecretSpec: { dataFrom: [{}] } }',
      ),
    ],
    [
      'by a ClusterExternalSecret with a target',
      object(
        'external-secrets.io/v1',
        'ClusterExternalSecret',
        'x',
        'spec: { externalSecretName: y, externalSecretSpec: { target: { name: token }, dataFrom: [{}] } }',
      ),
    ],
    [
      'by a Certificate with key stores',
      object('cert-manager.io/v1', 'Certificate', 'x', 'spec: { secretName: token, keystores: { jks: {} } }'),
    ],
    [
      'by a Certificate in further formats',
      object(
        'cert-manager.io/v1',
        'Certificate',
        'x',
        'spec: { secretName: token, additionalOutputFormats: [{ type: DER }] }',
      ),
    ],
    ...['VaultPKISecret', 'HCPVaultSecretsApp'].map((kind): [string, string] => [
      `by a ${kind} that makes it`,
      object('secrets.hashicorp.com/v1beta1', kind, 'x', 'spec: { destination: { name: token, create: true } }'),
    ]),
    [
      'by a ClusterExternalSecret',
      object(
        'external-secrets.io/v1',
        'ClusterExternalSecret',
        'token',
        'spec: { externalSecretSpec: { dataFrom: [{}] } }',
      ),
    ],
    [
      'by a VaultStaticSecret that makes it',
      object(
        'secrets.hashicorp.com/v1beta1',
        'VaultStaticSecret',
        'x',
        'spec: { destination: { name: token, create: true } }',
      ),
    ],
    [
      'by a VaultDynamicSecret that makes it',
      object(
        'secrets.hashicorp.com/v1beta1',
        'VaultDynamicSecret',
        'x',
        'spec: { destination: { name: token, create: true } }',
      ),
    ],
    ['empty, for somebody to fill', object('v1', 'Secret', 'token', 'type: Opaque')],
    [
      'by a Job that makes certificates',
      object(
        'batch/v1',
        'Job',
        'j',
        'spec: { template: { spec: { containers: [{ args: [create, --secret-name=token] }] } } }',
      ),
    ],
  ])('%s, with whatever key', (_, provider) => {
    expect(all(provider, wants('anything')).findings).toEqual([]);
  });

  test('by cert-manager for an Ingress and a Gateway that ask for it', () => {
    const asking = (kind: string, apiVersion: string, spec: string) =>
      `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: i, namespace: chat, annotations: { cert-manager.io/cluster-issuer: acme } }\nspec: ${spec}`;
    const ingress = asking('Ingress', 'networking.k8s.io/v1', '{ tls: [{ secretName: token }] }');
    const gateway = asking(
      'Gateway',
      'gateway.networking.k8s.io/v1',
      '{ listeners: [{ tls: { certificateRefs: [{ name: token }] } }] }',
    );
    expect(all(ingress).findings).toEqual([]);
    expect(all(gateway).findings).toEqual([]);
  });

  test.each([
    [
      'by an ExternalSecret that only merges',
      object(
        'external-secrets.io/v1',
        'ExternalSecret',
        'token',
        'spec: { target: { creationPolicy: Merge }, dataFrom: [{}] }',
      ),
    ],
    [
      'by an ExternalSecret that makes none',
      object(
        'external-secrets.io/v1',
        'ExternalSecret',
        'token',
        'spec: { target: { creationPolicy: None }, dataFrom: [{}] }',
      ),
    ],
    ['by a SecretProviderClass that nobody mounts', CLASS],
    ...['[patch, --secret-name=token]', '[create, --other--secret-name=token]', '[create]'].map(
      (args): [string, string] => [
        `by a Job that runs ${args}`,
        object('batch/v1', 'Job', 'j', `spec: { template: { spec: { containers: [{ args: ${args} }] } } }`),
      ],
    ),
    ['in another namespace', SECRET.replace('namespace: chat', 'namespace: other')],
  ])('not %s', (_, provider) => {
    expect(placesOf(all(provider, wants('a')).findings)).toEqual([
      'Pod chat/one spec.containers[0].env[0].valueFrom.secretKeyRef.name',
    ]);
  });
});

test('what makes a Secret without a name makes none', () => {
  const annotated = (kind: string, apiVersion: string, spec: string) =>
    `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: i, namespace: chat, annotations: { cert-manager.io/issuer: acme } }\nspec: ${spec}`;
  const { findings } = all(
    object('cert-manager.io/v1', 'Certificate', 'x', 'spec: {}'),
    annotated('Ingress', 'networking.k8s.io/v1', '{ tls: [{}] }'),
    annotated('Gateway', 'gateway.networking.k8s.io/v1', '{ listeners: [{ tls: { certificateRefs: [{}] } }] }'),
    object('secrets.hashicorp.com/v1beta1', 'VaultStaticSecret', 'x', 'spec: { destination: { create: true } }'),
    object('secrets-store.csi.x-k8s.io/v1', 'SecretProviderClass', 'c', 'spec: { secretObjects: [{}] }'),
    pod('{ volumes: [{ csi: { volumeAttributes: {} } }, { csi: { volumeAttributes: { secretProviderClass: c } } }] }'),
    object('batch/v1', 'Job', 'j', 'spec: { template: { spec: { containers: [{ args: [create] }] } } }'),
    object(
      'rbac.authorization.k8s.io/v1',
      'Role',
      'maker',
      'rules: [{ resources: [secrets], resourceNames: [5], verbs: [create, get] }]',
    ),
    wants('a', 'lost'),
  );
  expect(findings.map(({ allowed }) => allowed)).toEqual(["a Secret of namespace 'chat', which has none"]);
});

test('objects that name no Secret are not asked', () => {
  expect(all(pod('{ containers: [{}] }'), object('v1', 'ServiceAccount', 'sa', ''))).toMatchObject({
    notApplicable: 2,
  });
});

describe('a Secret that an operator makes of its own', () => {
  const role = (rules: string) => object('rbac.authorization.k8s.io/v1', 'Role', 'maker', `rules: ${rules}`);
  const GET = '{ resources: [secrets], resourceNames: [own], verbs: [get] }';

  test('is there where a Role lets it create Secrets and names this one', () => {
    const yaml = role(`[${GET}, { resources: [secrets], verbs: [create, update] }]`);
    expect(all(yaml, wants('a', 'own')).findings).toEqual([]);
    expect(placesOf(all(yaml, wants('a', 'another')).findings)).toHaveLength(1);
  });

  test.each([
    ['only lets it read', `[${GET}]`],
    ['lets it create any, and names none', '[{ resources: [secrets], verbs: [create, get] }]'],
    [
      'names it among ConfigMaps',
      '[{ resources: [secrets], verbs: [create] }, { resources: [configmaps], resourceNames: [own], verbs: [get] }]',
    ],
  ])('is missing where a Role %s', (_, rules) => {
    expect(placesOf(all(role(rules), wants('a', 'own')).findings)).toHaveLength(1);
  });
});
