/** Secrets that there will be once everything is applied, whoever makes them. */
import { keysOfMaps } from './config-maps-provided';
import type { Inventory } from './inventory';
import { at, isObject, type Json, list, object } from './json';
import { nameAt } from './lookup';
import { annotationsOf, identityOf, type Manifest } from './manifest';
import { perRun } from './per-run';
import { type Keys, Provisions } from './provisions';

/** Driver of volumes that the Secrets Store CSI driver mounts. */
export const SECRETS_STORE_DRIVER = 'secrets-store.csi.k8s.io';

const TLS_KEYS: Keys = new Set(['tls.crt', 'tls.key', 'ca.crt']);

/** What one kind of object provides; `namespace` is its own. */
type Provider = (provisions: Provisions, object: Json, namespace: string, inventory: Inventory) => void;

const secret: Provider = (provisions, { data, stringData, type, ...rest }, namespace) => {
  const { name } = identityOf(rest);
  provisions.add(namespace, name, keysOfMaps(data, stringData));
  // The token controller fills these.
  if (type === 'kubernetes.io/service-account-token') {
    provisions.addKeys(namespace, name, new Set(['token', 'ca.crt', 'namespace']));
  }
};

/** https://external-secrets.io/latest/api/externalsecret/ */
function externalKeys(spec: Json): Keys {
  const template = at(spec, 'target', 'template');
  const own = new Set(list(spec.data).flatMap((entry) => nameAt(entry, 'secretKey') ?? []));
  const fetched: Keys = list(spec.dataFrom).length > 0 ? 'any' : own;
  if (!isObject(template) || (template.data === undefined && template.templateFrom === undefined)) return fetched;
  if (list(template.templateFrom).length > 0) return 'any';
  const written = new Set(Object.keys(object(template.data)));
  if (template.mergePolicy !== 'Merge') return written;
  return fetched === 'any' ? 'any' : new Set([...fetched, ...written]);
}

const externalSecret: Provider = (provisions, external, namespace) => {
  const spec = object(external.spec);
  const name = nameAt(spec, 'target', 'name') ?? identityOf(external).name;
  const policy = at(spec, 'target', 'creationPolicy');
  if (policy === 'None') return;
  if (policy === 'Merge') provisions.addKeys(namespace, name, externalKeys(spec));
  else provisions.add(namespace, name, externalKeys(spec));
};

const clusterExternalSecret: Provider = (provisions, cluster) => {
  const spec = object(at(cluster, 'spec', 'externalSecretSpec'));
  const name = nameAt(spec, 'target', 'name') ?? nameAt(cluster, 'spec', 'externalSecretName');
  provisions.addEverywhere(name ?? identityOf(cluster).name, externalKeys(spec));
};

const sealedSecret: Provider = (provisions, sealed, namespace) => {
  const template = at(sealed, 'spec', 'template');
  const name = nameAt(template, 'metadata', 'name') ?? identityOf(sealed).name;
  provisions.add(namespace, name, keysOfMaps(at(sealed, 'spec', 'encryptedData'), at(template, 'data')));
};

/** Key stores and further formats add keys of their own: https://cert-manager.io/docs/usage/certificate/ */
const certificate: Provider = (provisions, certified, namespace) => {
  const spec = object(certified.spec);
  const name = nameAt(spec, 'secretName');
  const more = isObject(spec.keystores) || list(spec.additionalOutputFormats).length > 0;
  if (name !== undefined) provisions.add(namespace, name, more ? 'any' : TLS_KEYS);
};

/** Whether cert-manager makes the Secrets that an Ingress or a Gateway names: https://cert-manager.io/docs/usage/ingress/ */
export function asksForCertificates(manifest: Pick<Manifest, 'object'>): boolean {
  const annotations = annotationsOf(manifest.object);
  return ['cert-manager.io/issuer', 'cert-manager.io/cluster-issuer', 'kubernetes.io/tls-acme'].some((key) =>
    Object.hasOwn(annotations, key),
  );
}

const ingress: Provider = (provisions, routed, namespace) => {
  if (!asksForCertificates({ object: routed })) return;
  for (const tls of list(at(routed, 'spec', 'tls'))) {
    const name = nameAt(tls, 'secretName');
    if (name !== undefined) provisions.add(namespace, name, TLS_KEYS);
  }
};

const gateway: Provider = (provisions, listening, namespace) => {
  if (!asksForCertificates({ object: listening })) return;
  for (const listener of list(at(listening, 'spec', 'listeners'))) {
    for (const reference of list(at(listener, 'tls', 'certificateRefs'))) {
      const name = nameAt(reference, 'name');
      if (name !== undefined) provisions.add(nameAt(reference, 'namespace') ?? namespace, name, TLS_KEYS);
    }
  }
};

/** hashicorp/vault-secrets-operator api/v1beta1/common.go: a destination is made only when `create` says so. */
const vaultSecret: Provider = (provisions, { spec }, namespace) => {
  const destination = at(spec, 'destination');
  const name = nameAt(destination, 'name');
  if (name === undefined) return;
  if (at(destination, 'create') === true) provisions.add(namespace, name, 'any');
  else provisions.addKeys(namespace, name, 'any');
};

/** SecretProviderClasses that pods of a namespace mount: the driver writes Secrets while one of them runs. */
const mountedClasses = perRun((inventory) => {
  const mounted = new Set<string>();
  for (const { spec, namespace } of inventory.pods) {
    for (const volume of list(spec.volumes)) {
      const name = nameAt(volume, 'csi', 'volumeAttributes', 'secretProviderClass');
      if (name !== undefined) mounted.add(`${namespace}/${name}`);
    }
  }
  return mounted;
});

const secretProviderClass: Provider = (provisions, provider, namespace, inventory) => {
  if (!mountedClasses(inventory).has(`${namespace}/${identityOf(provider).name}`)) return;
  for (const synced of list(at(provider, 'spec', 'secretObjects'))) {
    const name = nameAt(synced, 'secretName');
    const keys = new Set(list(at(synced, 'data')).flatMap((entry) => nameAt(entry, 'key') ?? []));
    if (name !== undefined) provisions.add(namespace, name, keys);
  }
};

/** kube-webhook-certgen, the hook of many charts: `create --host=... --namespace=... --secret-name=...`. */
const certificateJob: Provider = (provisions, job, namespace) => {
  for (const container of list(at(job, 'spec', 'template', 'spec', 'containers'))) {
    const args = list(at(container, 'args'));
    const [name] = args.flatMap((arg) => /^--secret-name=(.+)$/.exec(String(arg))?.[1] ?? []);
    if (args[0] === 'create' && name !== undefined) provisions.add(namespace, name, 'any');
  }
};

const allows = (rule: unknown, verb: string) =>
  list(at(rule, 'resources')).includes('secrets') && list(at(rule, 'verbs')).includes(verb);

/**
 * Operators and jobs that make a Secret of their own when they start are given rights for it by name, and the right to
 * create (which cannot be bound to a name): KEDA's certificates, the Redis password of Argo CD.
 */
const maker: Provider = (provisions, { rules }, namespace) => {
  if (!list(rules).some((rule) => allows(rule, 'create'))) return;
  for (const rule of list(rules)) {
    if (!allows(rule, 'get') && !allows(rule, 'update') && !allows(rule, 'patch')) continue;
    for (const name of list(at(rule, 'resourceNames'))) {
      if (typeof name === 'string') provisions.add(namespace, name, 'any');
    }
  }
};

const PROVIDERS: readonly (readonly [group: string, kind: string, provide: Provider])[] = [
  ['', 'Secret', secret],
  ['batch', 'Job', certificateJob],
  ['rbac.authorization.k8s.io', 'Role', maker],
  ['external-secrets.io', 'ExternalSecret', externalSecret],
  ['external-secrets.io', 'ClusterExternalSecret', clusterExternalSecret],
  ['bitnami.com', 'SealedSecret', sealedSecret],
  ['cert-manager.io', 'Certificate', certificate],
  ['networking.k8s.io', 'Ingress', ingress],
  ['gateway.networking.k8s.io', 'Gateway', gateway],
  ['secrets.hashicorp.com', 'VaultStaticSecret', vaultSecret],
  ['secrets.hashicorp.com', 'VaultDynamicSecret', vaultSecret],
  ['secrets.hashicorp.com', 'VaultPKISecret', vaultSecret],
  ['secrets.hashicorp.com', 'HCPVaultSecretsApp', vaultSecret],
  ['secrets-store.csi.x-k8s.io', 'SecretProviderClass', secretProviderClass],
];

/** Secrets by namespace and name. */
export const secretsProvided = perRun((inventory) => {
  const provisions = new Provisions();
  for (const [group, kind, provide] of PROVIDERS) {
    for (const manifest of inventory.ofKind(group, kind)) {
      provide(provisions, manifest.object, inventory.namespaceOf(manifest), inventory);
    }
  }
  return provisions;
});
