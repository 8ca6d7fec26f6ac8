import fc from 'fast-check';
import { parse } from 'yaml';
import { externalSecret, secretProviderClass, type VaultCsiSecret } from '../../lib/domain';

const ID = '5c2c2a0e-4c39-4a6a-9f0b-0c8f4f6f7c11';
const STORE = { name: 'platform' };

const copied = (refreshSeconds?: number) =>
  externalSecret('hub', { store: STORE, keys: { token: { remoteKey: 'hub-token' } }, refreshSeconds }, false, {});

describe('an ExternalSecret', () => {
  it('writes a Secret of exactly the name that workloads refer to', () => {
    expect(copied()).toMatchObject({
      apiVersion: 'external-secrets.io/v1',
      kind: 'ExternalSecret',
      name: 'hub',
      spec: { target: { name: 'hub', creationPolicy: 'Owner', deletionPolicy: 'Retain' } },
    });
  });

  it('asks a store of the cluster unless one of the namespace is named', () => {
    expect(copied().spec).toMatchObject({ secretStoreRef: { name: 'platform', kind: 'ClusterSecretStore' } });
    const own = { store: { name: 'team', kind: 'SecretStore' as const }, keys: { token: { remoteKey: 'a' } } };
    expect(externalSecret('hub', own, false, {}).spec).toMatchObject({
      secretStoreRef: { name: 'team', kind: 'SecretStore' },
    });
  });

  it('states property and version only where they are given', () => {
    const keys = { a: { remoteKey: 'x' }, b: { remoteKey: 'y', property: 'p', version: '3' } };
    expect(externalSecret('hub', { store: STORE, keys }, false, {}).spec.data).toEqual([
      { secretKey: 'a', remoteRef: { key: 'x' } },
      { secretKey: 'b', remoteRef: { key: 'y', property: 'p', version: '3' } },
    ]);
  });

  it('gives a Secret that images are pulled with its type', () => {
    const keys = { '.dockerconfigjson': { remoteKey: 'mirror' } };
    expect(externalSecret('mirror', { store: STORE, keys }, true, {}).spec.target).toMatchObject({
      template: { type: 'kubernetes.io/dockerconfigjson' },
    });
  });

  it.each([
    [undefined, '1h0m0s'],
    [60, '1m0s'],
    [90, '1m30s'],
    [3600, '1h0m0s'],
    [86_399, '23h59m59s'],
  ])('looks again after %s s as %s', (seconds, text) => {
    expect(copied(seconds).spec.refreshInterval).toBe(text);
  });

  it('spells every pause so that it adds up again', () => {
    fc.assert(
      fc.property(fc.integer({ min: 60, max: 86_400 }), (seconds) => {
        const [, h = '0', m = '0', s = '0'] = /^(?:(\d+)h)?(?:(\d+)m)?(\d+)s$/.exec(
          String(copied(seconds).spec.refreshInterval),
        ) ?? [''];
        expect(Number(h) * 3600 + Number(m) * 60 + Number(s)).toBe(seconds);
      }),
    );
  });
});

describe('a SecretProviderClass', () => {
  const azure = secretProviderClass('hub', {
    provider: 'azure',
    keyVaultName: 'chat-prod',
    tenantId: ID,
    clientId: ID,
    keys: { token: { objectName: 'hub-token' }, 'api-key': { objectName: 'api', version: '0123' } },
  });
  const vault = (more: Partial<VaultCsiSecret> = {}) =>
    secretProviderClass('hub', {
      provider: 'vault',
      role: 'chat',
      keys: {
        token: { path: 'secret/data/chat', field: 'token' },
        other: { path: 'secret/data/x', field: 'a "b": c' },
      },
      ...more,
    });

  const parameters = ({ spec }: { readonly spec: Readonly<Record<string, unknown>> }) =>
    spec.parameters as Readonly<Record<string, string>>;

  it('copies the mounted values into a Secret by default', () => {
    expect(azure.spec).toMatchObject({
      provider: 'azure',
      secretObjects: [
        {
          secretName: 'hub',
          type: 'Opaque',
          data: [
            { objectName: 'token', key: 'token' },
            { objectName: 'api-key', key: 'api-key' },
          ],
        },
      ],
    });
  });

  it('keeps values out of etcd when asked to', () => {
    expect(vault({ sync: false }).spec.secretObjects).toBeUndefined();
    expect(vault({ sync: true }).spec.secretObjects).toBeDefined();
  });

  it('reads a key vault by workload identity, each object under the name of its key', () => {
    expect(parameters(azure)).toMatchObject({
      clientID: ID,
      tenantID: ID,
      keyvaultName: 'chat-prod',
      usePodIdentity: 'false',
    });
    const { array } = parse(parameters(azure).objects ?? '') as { array: readonly string[] };
    expect(array.map((text) => parse(text) as object)).toEqual([
      { objectName: 'hub-token', objectAlias: 'token', objectType: 'secret' },
      // A text: as a number it would be another version.
      { objectName: 'api', objectAlias: 'api-key', objectType: 'secret', objectVersion: '0123' },
    ]);
  });

  it('reads Vault by role, each field under the name of its key, whatever its own name holds', () => {
    expect(parse(parameters(vault()).objects ?? '')).toEqual([
      { objectName: 'token', secretPath: 'secret/data/chat', secretKey: 'token' },
      { objectName: 'other', secretPath: 'secret/data/x', secretKey: 'a "b": c' },
    ]);
    expect(parameters(vault()).roleName).toBe('chat');
  });

  it('leaves server, audience, mount and namespace to the provider unless they are given', () => {
    expect(Object.keys(parameters(vault())).sort()).toEqual(['objects', 'roleName']);
    const more = { address: 'https://vault:8200', audience: 'a', authMount: 'm', vaultNamespace: 'n' };
    expect(parameters(vault(more))).toMatchObject({
      vaultAddress: 'https://vault:8200',
      audience: 'a',
      vaultAuthMountPath: 'm',
      vaultNamespace: 'n',
    });
  });
});
