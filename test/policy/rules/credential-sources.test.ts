import { credentialSources } from '../../../lib/policy/rules/credential-sources';
import { ask, placesOf } from '../../support/verdicts';

const object = (apiVersion: string, kind: string, name: string, spec = '{}') =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: ${name}, namespace: chat }\nspec: ${spec}`;
const SOURCES = [
  object('keda.sh/v1alpha1', 'TriggerAuthentication', 'queue'),
  object('external-secrets.io/v1', 'SecretStore', 'vault'),
  object('secrets-store.csi.x-k8s.io/v1', 'SecretProviderClass', 'keys'),
  object('cert-manager.io/v1', 'Issuer', 'acme'),
  object('secrets.hashicorp.com/v1beta1', 'VaultAuth', 'login'),
  object('secrets.hashicorp.com/v1beta1', 'VaultConnection', 'main'),
];
const about = (one: string) => ask(credentialSources, [...SOURCES, one].join('\n---\n'));

const scaled = (reference: string, kind = 'ScaledObject') =>
  object('keda.sh/v1alpha1', kind, 'one', `{ triggers: [{ type: cron }, { authenticationRef: ${reference} }] }`);
const external = (spec: string) => object('external-secrets.io/v1', 'ExternalSecret', 'one', spec);
const mount = (name: string, driver = 'secrets-store.csi.k8s.io') =>
  object(
    'v1',
    'Pod',
    'one',
    `{ volumes: [{ name: v, csi: { driver: ${driver}, volumeAttributes: { secretProviderClass: ${name} } } }] }`,
  );

const USES: readonly (readonly [title: string, good: string, bad: string, place: string])[] = [
  [
    'a trigger',
    scaled('{ name: queue }'),
    scaled('{ name: quue }'),
    'ScaledObject chat/one spec.triggers[1].authenticationRef.name',
  ],
  [
    'a trigger of Jobs',
    scaled('{ name: queue }', 'ScaledJob'),
    scaled('{ name: q }', 'ScaledJob'),
    'ScaledJob chat/one spec.triggers[1].authenticationRef.name',
  ],
  [
    'an ExternalSecret',
    external('{ secretStoreRef: { name: vault } }'),
    external('{ secretStoreRef: { name: vualt } }'),
    'ExternalSecret chat/one spec.secretStoreRef.name',
  ],
  [
    'one entry of an ExternalSecret',
    external('{ data: [{ sourceRef: { storeRef: { name: vault } } }] }'),
    external('{ data: [{ sourceRef: { storeRef: { name: x } } }] }'),
    'ExternalSecret chat/one spec.data[0].sourceRef.storeRef.name',
  ],
  [
    'a PushSecret',
    object('external-secrets.io/v1alpha1', 'PushSecret', 'one', '{ secretStoreRefs: [{ name: vault }] }'),
    object('external-secrets.io/v1alpha1', 'PushSecret', 'one', '{ secretStoreRefs: [{ name: x }] }'),
    'PushSecret chat/one spec.secretStoreRefs[0].name',
  ],
  ['a volume', mount('keys'), mount('kyes'), 'Pod chat/one spec.volumes[0].csi.volumeAttributes.secretProviderClass'],
  [
    'a Certificate',
    object('cert-manager.io/v1', 'Certificate', 'one', '{ issuerRef: { name: acme } }'),
    object('cert-manager.io/v1', 'Certificate', 'one', '{ issuerRef: { name: x, kind: Issuer } }'),
    'Certificate chat/one spec.issuerRef.name',
  ],
  [
    'a secret of Vault',
    object('secrets.hashicorp.com/v1beta1', 'VaultStaticSecret', 'one', '{ vaultAuthRef: chat/login }'),
    object('secrets.hashicorp.com/v1beta1', 'VaultStaticSecret', 'one', '{ vaultAuthRef: logon }'),
    'VaultStaticSecret chat/one spec.vaultAuthRef',
  ],
  [
    'a login to Vault',
    object('secrets.hashicorp.com/v1beta1', 'VaultAuth', 'one', '{ vaultConnectionRef: main }'),
    object('secrets.hashicorp.com/v1beta1', 'VaultAuth', 'one', '{ vaultConnectionRef: mian }'),
    'VaultAuth chat/one spec.vaultConnectionRef',
  ],
];

describe('the source of', () => {
  test.each(USES)('%s exists', (_, good) => {
    expect(about(good)).toMatchObject({ findings: [], compliant: 1 });
  });

  test.each(USES)('%s does not exist and is reported', (_, __, bad, place) => {
    expect(placesOf(about(bad).findings)).toEqual([place]);
  });
});

test('what is said names the kind and the name', () => {
  expect(about(scaled('{ name: quue }')).findings[0]).toMatchObject({
    message: "there is no TriggerAuthentication 'quue' in namespace 'chat'",
    allowed: "'queue'",
    about: 'TriggerAuthentication/quue',
  });
});

describe('a source of the whole cluster', () => {
  const use = external('{ secretStoreRef: { name: shared, kind: ClusterSecretStore } }');

  test("is the platform's, where none is among the manifests", () => {
    expect(about(use)).toMatchObject({ findings: [], compliant: 0 });
  });

  test('is judged where somebody here writes such sources', () => {
    const store = (name: string) =>
      `apiVersion: external-secrets.io/v1\nkind: ClusterSecretStore\nmetadata: { name: ${name} }`;
    expect(about(`${store('shared')}\n---\n${use}`).findings).toEqual([]);
    expect(about(`${store('other')}\n---\n${use}`).findings).toEqual([
      expect.objectContaining({ message: "there is no ClusterSecretStore 'shared' in the manifests" }),
    ]);
  });
});

test('volumes of other drivers and triggers that log in nowhere are not asked', () => {
  expect(about(mount('any', 'file.csi.azure.com'))).toMatchObject({ findings: [], compliant: 0 });
  expect(about(object('keda.sh/v1alpha1', 'ScaledObject', 'one', '{ triggers: [{ type: cron }] }'))).toMatchObject({
    findings: [],
    compliant: 0,
  });
});
