/** Objects of other projects that make secrets exist, as plain data. */
import type { AzureKeyVaultSecret, ExternalSecret, ExternalSecretStore, VaultCsiSecret } from './secret-source';

/** An object to draw in the namespace of the workload. */
export interface SecretObject {
  readonly apiVersion: string;
  readonly kind: 'ExternalSecret' | 'SecretProviderClass';
  readonly name: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: Readonly<Record<string, unknown>>;
}

/** external-secrets.io/v1 is served from operator 0.17 on, v1beta1 up to there (config/crds/bases of 1.3.2). */
const EXTERNAL_SECRETS = 'external-secrets.io/v1';

/** `refreshInterval` of the operator's own default. */
const REFRESH_SECONDS = 3600;

/** A duration as Go prints it, which is how the operator's own default is spelt: 1h0m0s. */
function goDuration(seconds: number): string {
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const rest = `${seconds % 60}s`;
  if (hours > 0) return `${hours}h${minutes}m${rest}`;
  return minutes > 0 ? `${minutes}m${rest}` : rest;
}

/** The kind of a store that says none. */
export function storeKindOf({ kind }: ExternalSecretStore): string {
  return kind ?? 'ClusterSecretStore';
}

/** The type of a Secret that images are pulled with, and its one key (Kubernetes' own). */
const PULL_SECRET_TYPE = 'kubernetes.io/dockerconfigjson';
export const PULL_SECRET_KEY = '.dockerconfigjson';

/** What the External Secrets Operator reads. */
export function externalSecret(
  name: string,
  { store, keys, refreshSeconds }: ExternalSecret,
  pulls: boolean,
  annotations: Readonly<Record<string, string>>,
): SecretObject {
  const data = Object.entries(keys).map(([secretKey, { remoteKey, property, version }]) => ({
    secretKey,
    remoteRef: { key: remoteKey, ...(property && { property }), ...(version && { version }) },
  }));
  const target = { name, creationPolicy: 'Owner', deletionPolicy: 'Retain' };
  return {
    apiVersion: EXTERNAL_SECRETS,
    kind: 'ExternalSecret',
    name,
    annotations,
    spec: {
      refreshInterval: goDuration(refreshSeconds ?? REFRESH_SECONDS),
      secretStoreRef: { name: store.name, kind: storeKindOf(store) },
      // A template with a type and no data keeps all keys (externalsecret_controller_template.go of 1.3.2).
      target: pulls ? { ...target, template: { type: PULL_SECRET_TYPE } } : target,
      data,
    },
  };
}

/** YAML in YAML: the parameters of a provider are texts. Quoted as JSON, which is YAML. */
function lines(object: Readonly<Record<string, string | undefined>>): readonly string[] {
  return Object.entries(object).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}: ${JSON.stringify(value)}`],
  );
}

function indented(texts: readonly string[], first: string, rest: string): string {
  return texts.map((text, index) => `${index === 0 ? first : rest}${text}\n`).join('');
}

/** Parameters of Azure/secrets-store-csi-driver-provider-azure (website/content/en/getting-started/usage). */
function azureParameters({ keyVaultName, tenantId, clientId, keys }: AzureKeyVaultSecret): Record<string, string> {
  const objects = Object.entries(keys).map(([objectAlias, { objectName, version }]) => {
    const object = lines({ objectName, objectAlias, objectType: 'secret', objectVersion: version });
    return `  - |\n${indented(object, '    ', '    ')}`;
  });
  return {
    clientID: clientId,
    keyvaultName: keyVaultName,
    tenantID: tenantId,
    usePodIdentity: 'false',
    objects: `array:\n${objects.join('')}`,
  };
}

/** Parameters of hashicorp/vault-csi-provider (internal/config/config.go). */
function vaultParameters(secret: VaultCsiSecret): Record<string, string> {
  const objects = Object.entries(secret.keys).map(([objectName, { path, field }]) =>
    indented(lines({ objectName, secretPath: path, secretKey: field }), '- ', '  '),
  );
  const settings = {
    roleName: secret.role,
    vaultAddress: secret.address,
    audience: secret.audience,
    vaultAuthMountPath: secret.authMount,
    vaultNamespace: secret.vaultNamespace,
  };
  const set = Object.entries(settings).flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const]));
  return { ...Object.fromEntries(set), objects: objects.join('') };
}

/** What the Secrets Store CSI driver reads. */
export function secretProviderClass(name: string, secret: AzureKeyVaultSecret | VaultCsiSecret): SecretObject {
  const parameters = secret.provider === 'azure' ? azureParameters(secret) : vaultParameters(secret);
  const data = Object.keys(secret.keys).map((key) => ({ objectName: key, key }));
  return {
    apiVersion: 'secrets-store.csi.x-k8s.io/v1',
    kind: 'SecretProviderClass',
    name,
    annotations: {},
    spec: {
      provider: secret.provider,
      parameters,
      ...(secret.sync !== false && { secretObjects: [{ secretName: name, type: 'Opaque', data }] }),
    },
  };
}
