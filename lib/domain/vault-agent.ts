/**
 * What the Vault Agent Injector is told by annotations of the pod. Keys and defaults as in hashicorp/vault-k8s 1.7.6,
 * agent-inject/agent/{annotations,agent,config,container_sidecar}.go; what the agent makes of them as in
 * hashicorp/vault command/agentproxyshared/auth/auth.go and command/agent/template.
 */
import type { VaultAgentSecret, VaultEngine } from './secret-source';
import type { ProjectedToken } from './workload-identity';

/** The volume that the injector puts into containers. */
export const VAULT_SECRETS = '/vault/secrets';

const PREFIX = 'vault.hashicorp.com';

/** Longest file name: `agent-inject-template-<file>` is the name of an annotation, of which 63 characters are allowed. */
export const VAULT_FILE_MAX = 63 - 'agent-inject-template-'.length;

/** The login of a pod; the injector knows one for each pod. */
export type VaultLogin = Pick<VaultAgentSecret, 'role' | 'authPath' | 'audience' | 'address' | 'vaultNamespace'>;

/** A secret with the variables that are taken from it: name of the variable to key of the reference. */
export interface VaultAgentFile {
  readonly secretName: string;
  readonly source: VaultAgentSecret;
  readonly variables: readonly (readonly [name: string, key: string])[];
}

/** Everything that the injector is told about a pod. */
export interface VaultAgentInput {
  readonly containerName: string;
  readonly uid: number;
  readonly gid: number;
  readonly files: readonly VaultAgentFile[];
}

const DEFAULTS = { authPath: 'auth/kubernetes', audience: 'vault', engine: 'kv-v2' } as const;

/** The login of a secret with what it leaves out. */
export function vaultLoginOf({ role, authPath, audience, address, vaultNamespace }: VaultLogin): VaultLogin {
  return {
    role,
    authPath: authPath ?? DEFAULTS.authPath,
    audience: audience ?? DEFAULTS.audience,
    address,
    vaultNamespace,
  };
}

export function vaultEngineOf({ engine }: VaultAgentSecret): VaultEngine {
  return engine ?? DEFAULTS.engine;
}

/** Where the rendered file of a secret lies. */
export function vaultFileOf(secretName: string): string {
  return `${VAULT_SECRETS}/${secretName}`;
}

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** A field as an expression that fails when it is missing: `index` yields nil, which replaceAll refuses. */
function fieldOf(data: string, field: string): string {
  return IDENTIFIER.test(field) ? `${data}.${field}` : `index ${data} ${JSON.stringify(field)}`;
}

/**
 * Lines that a POSIX shell reads back to the very bytes: everything between single quotes is literal but the quote
 * itself. One block for each secret, because a lease belongs to one read.
 */
export function vaultTemplate({ source, variables }: VaultAgentFile): string {
  const data = vaultEngineOf(source) === 'kv-v2' ? '.Data.data' : '.Data';
  const lines = variables.map(([name, key]) => {
    const field = fieldOf(data, source.keys[key] ?? key);
    return `export ${name}='{{ ${field} | replaceAll "'" "'\\\\''" }}'\n`;
  });
  return `{{ with secret ${JSON.stringify(source.path)} }}${lines.join('')}{{ end }}`;
}

function fileAnnotations(file: VaultAgentFile): readonly (readonly [string, string])[] {
  const { secretName, source } = file;
  return [
    [`agent-inject-secret-${secretName}`, source.path],
    [`agent-inject-template-${secretName}`, vaultTemplate(file)],
    [`agent-inject-perms-${secretName}`, '0400'],
    // The default renders nothing for a missing key, and the server starts without its token.
    [`error-on-missing-key-${secretName}`, 'true'],
  ];
}

/** Whether a pod needs an agent beside its server to renew leases. */
export function needsVaultSidecar(files: readonly VaultAgentFile[]): boolean {
  return files.some(({ source }) => vaultEngineOf(source) === 'leased');
}

/** The token that the agent logs in with; ours, because the pod mounts no other. */
export function vaultToken(login: VaultLogin): ProjectedToken {
  const audience = login.audience ?? DEFAULTS.audience;
  return { volumeName: 'vault-token', audience, expirationSeconds: 3600, path: 'token' };
}

/** The annotations of a pod, in the order of their keys; none without files. */
export function vaultAnnotations({ containerName, uid, gid, files }: VaultAgentInput): Record<string, string> {
  const [first] = files;
  if (first === undefined) return {};
  const login = vaultLoginOf(first.source);
  const settings: readonly (readonly [string, string | undefined])[] = [
    ['agent-inject', 'true'],
    ['role', login.role],
    ['auth-path', login.authPath],
    ['service', login.address],
    ['namespace', login.vaultNamespace],
    ['agent-inject-containers', containerName],
    ...files.flatMap(fileAnnotations),
    // Not `agent-run-as-same-user`: that reads the user of the container, refuses the pod where only the pod names one,
    // and leaves the group at 1000.
    ['agent-run-as-same-user', 'false'],
    ['agent-run-as-user', String(uid)],
    ['agent-run-as-group', String(gid)],
    // Or the injected containers lack what Pod Security 'restricted' demands where the injector was told to leave it out.
    ['agent-set-security-context', 'true'],
    // Without automount the injector finds no token by itself and refuses the pod.
    ['agent-service-account-token-volume-name', vaultToken(login).volumeName],
    ...(needsVaultSidecar(files)
      ? // Ends the credentials of a server that still drains, where the injector was told so.
        ([['agent-revoke-on-shutdown', 'false']] as const)
      : // A second container would only keep a Job from ending.
        ([['agent-pre-populate-only', 'true']] as const)),
    // The injector's own 250m and 64Mi are taken from a GPU node; 128Mi is its limit too.
    ['agent-requests-cpu', '50m'],
    ['agent-requests-mem', '64Mi'],
    ['agent-limits-cpu', '250m'],
    ['agent-limits-mem', '128Mi'],
    // A login that fails ends the container, where anybody sees it; the default tries for ever in Init:0/1.
    ['agent-auto-auth-exit-on-err', 'true'],
    ['template-config-exit-on-retry-failure', 'true'],
    // Also the longest pause between the 12 attempts at a secret: together 43 s instead of 5 minutes.
    ['auth-max-backoff', '5s'],
  ];
  const set = settings.flatMap(([key, value]) => (value === undefined ? [] : [[`${PREFIX}/${key}`, value] as const]));
  return Object.fromEntries(set.sort(([a], [b]) => (a < b ? -1 : 1)));
}
