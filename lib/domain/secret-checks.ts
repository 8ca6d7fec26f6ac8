/** What can be wrong with the sources of a workload's secrets. */
import { checkObjectName, isObjectName, isSecretKey, type SecretKey } from './names';
import type { PlatformProfile } from './platform-profile';
import type { Findings } from './problem';
import { PULL_SECRET_KEY } from './secret-objects';
import {
  type AzureKeyVaultSecret,
  type ExternalSecret,
  type KubernetesSecret,
  SecretSource,
  type SecretSourceSpec,
  type SecretSources,
  type VaultAgentSecret,
  type VaultCsiSecret,
} from './secret-source';
import { VAULT_FILE_MAX, vaultEngineOf } from './vault-agent';
import { isGuid } from './workload-identity';

/** Who uses which secret. */
export interface SecretUse {
  readonly sources: SecretSources;
  /** References by the prop that holds them. */
  readonly references: readonly (readonly [prop: string, secret: SecretKey])[];
  readonly imagePullSecrets: readonly string[];
  readonly platform: PlatformProfile;
  /** Whether the workload has an end, so that no second container may outlive it. */
  readonly ends: boolean;
}

/** A reason that a reviewer can read: one line of two words or more. */
const SENTENCE = /^[^\r\n]*\p{L}{2,}[^\r\n]*[ \t][^\r\n]*\p{L}{2,}[^\r\n]*$/u;

/** A text of one line without control characters. */
const PLAIN = /^\P{Cc}+$/u;

const isPlain = (text: unknown): boolean => typeof text === 'string' && text.trim() === text && PLAIN.test(text);

/** The keys that a source carries; undefined when nobody here knows. */
export function keysOf(spec: SecretSourceSpec): readonly string[] | undefined {
  return spec.kind === 'kubernetes' ? undefined : Object.keys(spec.keys ?? {});
}

function checkSentence(findings: Findings, prop: string, text: unknown): void {
  if (typeof text === 'string' && SENTENCE.test(text)) return;
  findings.error('WP-SEC-004', prop, text, {
    message: 'whoever finds it missing has to know whom to ask',
    allowed: 'a sentence on one line',
    fix: "write for example 'the platform team, by vault kv get and kubectl create secret'",
  });
}

/** Bounds of a choice of warmpath: every look may be billed, and a rotated value should arrive within a day. */
const REFRESH = { min: 60, max: 86_400 };

function checkExternalSecret(findings: Findings, prop: string, { store, keys, refreshSeconds }: ExternalSecret): void {
  const kinds: readonly unknown[] = [undefined, 'ClusterSecretStore', 'SecretStore'];
  if (!isObjectName(store?.name) || !kinds.includes(store.kind)) {
    findings.error('WP-SEC-005', `${prop}.store`, store, {
      message: 'no store can be called so',
      allowed: "the name of an object, and kind 'ClusterSecretStore' or 'SecretStore'",
      fix: "copy it from 'kubectl get clustersecretstores'",
    });
  }
  if (store?.madeBy !== undefined) checkSentence(findings, `${prop}.store.madeBy`, store.madeBy);
  for (const [key, remote] of Object.entries(keys ?? {})) {
    const { remoteKey, property = 'any', version = 'any' } = remote ?? {};
    if ([remoteKey, property, version].every(isPlain)) continue;
    findings.error('WP-SEC-005', `${prop}.keys['${key}']`, remote, {
      message: 'no store can be asked for this',
      allowed: 'texts on one line, without blanks at the ends',
      fix: "write for example { remoteKey: 'hugging-face-token' }",
    });
  }
  const seconds = refreshSeconds;
  if (seconds === undefined || (Number.isInteger(seconds) && seconds >= REFRESH.min && seconds <= REFRESH.max)) return;
  findings.error('WP-SEC-005', `${prop}.refreshSeconds`, seconds, {
    message: 'too often is billed by the store, too rarely leaves a rotated value behind',
    allowed: `whole seconds from ${REFRESH.min} to ${REFRESH.max}`,
    fix: 'leave it out for an hour',
  });
}

/** Segments of a Vault path: no empty one, none that leads out. */
const VAULT_PATH = /^(?!.*(^|\/)\.{1,2}(\/|$))[\w.-]+(\/[\w.-]+)+$/;

/** The form in which the API has a path of KV version 2: the CLI leaves `data` out. */
const KV2_PATH = /^[^/]+(\/[^/]+)*?\/data\/.+/;

function checkVaultText(findings: Findings, prop: string, text: unknown, allowed: string, example: string): void {
  if (isPlain(text)) return;
  findings.error('WP-SEC-006', prop, text, {
    message: 'Vault cannot be asked with this',
    allowed,
    fix: `write for example '${example}'`,
  });
}

function checkVaultPath(findings: Findings, prop: string, path: unknown, kv2: boolean): void {
  const legal = typeof path === 'string' && VAULT_PATH.test(path);
  if (legal && (!kv2 || KV2_PATH.test(path))) return;
  findings.error('WP-SEC-006', prop, path, {
    message: legal
      ? "the API has 'data' behind the mount of KV version 2, which the CLI hides"
      : 'Vault has no such path',
    allowed: kv2 ? "<mount>/data/<path>; or engine 'kv-v1' or 'leased'" : '<mount>/<path>, without a slash at the ends',
    fix: "write for example 'secret/data/chat'",
  });
}

const AUTH_PATH = /^auth(\/[\w.-]+)+$/;

function checkVaultAddress(findings: Findings, prop: string, address: string | undefined): void {
  if (address === undefined || (isPlain(address) && /^https?:\/\/[^\s/]+\/?$/.test(address))) return;
  findings.error('WP-SEC-006', `${prop}.address`, address, {
    message: 'this is no URL of a server',
    allowed: 'https://<host>:<port>',
    fix: 'leave it out for the one that the platform set',
  });
}

function checkVaultAgent(findings: Findings, prop: string, name: string, source: VaultAgentSecret): void {
  const engines: readonly unknown[] = ['kv-v2', 'kv-v1', 'leased'];
  const engine = vaultEngineOf(source);
  checkVaultText(findings, `${prop}.role`, source.role, 'the name of a role of the auth method', 'chat');
  checkVaultPath(findings, `${prop}.path`, source.path, engine === 'kv-v2');
  for (const [key, field] of Object.entries(source.keys ?? {})) {
    checkVaultText(findings, `${prop}.keys['${key}']`, field, 'the name of a field at the path', 'token');
  }
  const { audience = 'any', vaultNamespace = 'any', authPath = 'auth/any' } = source;
  checkVaultText(findings, `${prop}.audience`, audience, 'the audience of the role', 'vault');
  checkVaultText(findings, `${prop}.vaultNamespace`, vaultNamespace, 'a namespace of Vault', 'admin/ml');
  checkVaultAddress(findings, prop, source.address);
  const wrong: readonly (readonly [prop: string, value: unknown, wrong: boolean, allowed: string, fix: string])[] = [
    ['engine', source.engine, !engines.includes(engine), engines.join(', '), "leave it out for 'kv-v2'"],
    ['authPath', authPath, !AUTH_PATH.test(authPath), "'auth/' and the mount", "write for example 'auth/kubernetes'"],
    [
      'egress',
      source.egress,
      !(source.egress?.length > 0),
      'at least one destination: the agent runs in the pod, whose network is closed',
      "write for example [{ pods: { namespace: 'vault' }, ports: [8200] }]",
    ],
  ];
  for (const [name, value, isWrong, allowed, fix] of wrong) {
    if (!isWrong) continue;
    findings.error('WP-SEC-006', `${prop}.${name}`, value, {
      message: 'the agent cannot reach Vault so',
      allowed,
      fix,
    });
  }
  if (name.length <= VAULT_FILE_MAX) return;
  findings.error('WP-SEC-006', 'secrets', name, {
    message: 'the name becomes part of the name of an annotation, of which 63 characters are allowed',
    allowed: `at most ${VAULT_FILE_MAX} characters`,
    fix: 'shorten it; nothing in the cluster has this name',
  });
}

function checkVaultCsi(findings: Findings, prop: string, source: VaultCsiSecret): void {
  checkVaultText(findings, `${prop}.role`, source.role, 'the name of a role of the auth method', 'chat');
  for (const [key, value] of Object.entries(source.keys ?? {})) {
    checkVaultPath(findings, `${prop}.keys['${key}'].path`, value?.path, false);
    checkVaultText(findings, `${prop}.keys['${key}'].field`, value?.field, 'the name of a field at the path', 'token');
  }
  const { audience = 'any', vaultNamespace = 'any', authMount = 'any' } = source;
  checkVaultText(findings, `${prop}.audience`, audience, 'an audience of the CSIDriver', 'vault');
  checkVaultText(findings, `${prop}.vaultNamespace`, vaultNamespace, 'a namespace of Vault', 'admin/ml');
  checkVaultText(findings, `${prop}.authMount`, authMount, 'a mount of the auth method', 'kubernetes');
  checkVaultAddress(findings, prop, source.address);
}

/** Azure's naming rules (Microsoft.KeyVault in azure-resource-manager resource-name-rules). */
const KEY_VAULT_NAME = /^(?=.{3,24}$)(?!.*--)[a-zA-Z][a-zA-Z0-9-]*[a-zA-Z0-9]$/;
const KEY_VAULT_OBJECT = /^[a-zA-Z0-9-]{1,127}$/;

function checkAzure(findings: Findings, prop: string, source: AzureKeyVaultSecret, platform: PlatformProfile): void {
  if (platform.cloud !== 'aks') {
    findings.error('WP-IDN-001', `${prop}.provider`, source.provider, {
      message: `the pool stands on ${platform.cloud.toUpperCase()}, and a key vault is read with a workload identity of AKS`,
      allowed: "a pool on AKS, or provider 'vault'",
      fix: 'take the value from a store of this cloud, for example by SecretSource.externalSecrets',
    });
  }
  const wrong: readonly (readonly [prop: string, value: unknown, ok: boolean, allowed: string])[] = [
    ['tenantId', source.tenantId, isGuid(source.tenantId), 'a GUID'],
    ['clientId', source.clientId, isGuid(source.clientId), 'a GUID'],
    [
      'keyVaultName',
      source.keyVaultName,
      KEY_VAULT_NAME.test(source.keyVaultName ?? ''),
      '3-24 letters, digits and single hyphens, first a letter',
    ],
    ...Object.entries(source.keys ?? {}).map(([key, value]): [string, unknown, boolean, string] => [
      `keys['${key}']`,
      value,
      KEY_VAULT_OBJECT.test(value?.objectName ?? '') && isPlain(value?.version ?? 'any'),
      'an objectName of 1-127 letters, digits and hyphens',
    ]),
  ];
  for (const [name, value, ok, allowed] of wrong) {
    if (ok) continue;
    findings.error('WP-SEC-007', `${prop}.${name}`, value, {
      message: 'Azure knows nothing by this name',
      allowed,
      fix: "copy it from 'az keyvault show' or 'az identity show'",
    });
  }
}

function checkKubernetes(findings: Findings, prop: string, { madeBy }: KubernetesSecret): void {
  checkSentence(findings, `${prop}.madeBy`, madeBy);
}

function checkKeys(findings: Findings, prop: string, spec: SecretSourceSpec): void {
  const keys = keysOf(spec);
  if (keys === undefined || (keys.length > 0 && keys.every(isSecretKey))) return;
  findings.error('WP-SEC-003', `${prop}.keys`, keys, {
    message: keys.length === 0 ? 'a secret without a value is none' : 'not all of these can be keys of a Secret',
    allowed: 'one or more keys of letters, digits, hyphens, underscores and dots',
    fix: 'write for example { token: … }',
  });
}

function checkSource(findings: Findings, name: string, source: SecretSource, use: SecretUse): void {
  const prop = `secrets['${name}']`;
  checkObjectName(findings, 'secrets', name);
  if (!(source instanceof SecretSource)) {
    findings.error('WP-SEC-001', prop, source, {
      message: 'this does not say where the secret comes from',
      allowed: 'SecretSource.kubernetes, .externalSecrets, .secretsStoreCsi or .vaultAgent',
      fix: "write for example SecretSource.kubernetes({ madeBy: '…' })",
    });
    return;
  }
  const { spec } = source;
  checkKeys(findings, prop, spec);
  if (spec.kind === 'kubernetes') checkKubernetes(findings, prop, spec);
  else if (spec.kind === 'external-secrets') checkExternalSecret(findings, prop, spec);
  else if (spec.kind === 'vault-agent') checkVaultAgent(findings, prop, name, spec);
  else if (spec.provider === 'azure') checkAzure(findings, prop, spec, use.platform);
  else checkVaultCsi(findings, prop, spec);
  if (!use.ends || spec.kind !== 'vault-agent' || vaultEngineOf(spec) !== 'leased') return;
  findings.error('WP-SEC-009', `${prop}.engine`, spec.engine, {
    message: 'the agent that renews the lease would keep the Job from ending (hashicorp/vault-k8s#120)',
    allowed: 'static values in a job',
    fix: 'let the program ask Vault for its lease, or store a static value',
  });
}

function checkReference(findings: Findings, prop: string, { secretName, key }: SecretKey, use: SecretUse): void {
  const { sources } = use;
  if (!Object.hasOwn(sources, secretName)) {
    findings.error('WP-SEC-001', prop, secretName, {
      message: 'nobody says how this secret comes to exist, and a pod waits for it for ever',
      allowed: Object.keys(sources).join(', ') || 'a secret that stands in secrets',
      fix: `add secrets: { '${secretName}': SecretSource.… }`,
    });
    return;
  }
  const source = sources[secretName];
  const keys = source instanceof SecretSource ? keysOf(source.spec) : undefined;
  if (keys === undefined || keys.includes(key)) return;
  findings.error('WP-SEC-003', prop, key, {
    message: `the source of '${secretName}' does not carry this key`,
    allowed: keys.filter(isSecretKey).join(', ') || 'a key of the source',
    fix: 'correct the key, or add it to the source',
  });
}

function checkPullSecret(findings: Findings, name: string, use: SecretUse): void {
  const source = use.sources[name];
  if (source instanceof SecretSource && !['kubernetes', 'external-secrets'].includes(source.spec.kind)) {
    findings.error('WP-SEC-011', 'imagePullSecrets', name, {
      message: 'the kubelet pulls images before anything inside the pod can bring the secret',
      allowed: 'SecretSource.kubernetes or SecretSource.externalSecrets',
      fix: 'take it from there',
    });
    return;
  }
  checkReference(findings, 'imagePullSecrets', { secretName: name, key: PULL_SECRET_KEY }, use);
}

/** Logins have to agree, because annotations of a pod state one. */
function checkLogins(findings: Findings, logins: ReadonlyMap<string, string>): void {
  const [first] = logins;
  for (const [name, login] of logins) {
    if (first === undefined || login === first[1]) continue;
    findings.error('WP-SEC-008', `secrets['${name}']`, login, {
      message: `'${first[0]}' logs in to Vault in another way, and a pod has one agent`,
      allowed: first[1],
      fix: 'use one role for the workload and bind all its policies to it',
    });
  }
}

/** Reports everything that is wrong with the sources, and with what is asked of them (WP-SEC-*, WP-IDN-001). */
export function checkSecrets(findings: Findings, use: SecretUse, logins: ReadonlyMap<string, string>): void {
  const { sources, references, imagePullSecrets } = use;
  for (const [name, source] of Object.entries(sources)) checkSource(findings, name, source, use);
  for (const [prop, secret] of references)
    if (isObjectName(secret?.secretName)) checkReference(findings, prop, secret, use);
  for (const name of imagePullSecrets) if (isObjectName(name)) checkPullSecret(findings, name, use);
  checkLogins(findings, logins);
  const used = new Set([...references.map(([, secret]) => secret?.secretName), ...imagePullSecrets]);
  for (const name of Object.keys(sources)) {
    if (used.has(name)) continue;
    findings.error('WP-SEC-002', 'secrets', name, {
      message: 'nothing of the workload uses it',
      allowed: 'secrets that hubToken, secretEnv or imagePullSecrets name',
      fix: 'remove it, or correct its name',
    });
  }
}
