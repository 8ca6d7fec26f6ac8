/** How the secrets of a workload reach it: by reference, by file, or by an agent in its pod. */
import type { SecretEnv } from './container-extras';
import type { EgressRule } from './flows';
import { ACKNOWLEDGE_PREFIX } from './node-vocabulary';
import type { Findings } from './problem';
import { checkSecrets, type SecretUse } from './secret-checks';
import { externalSecret, type SecretObject, secretProviderClass, storeKindOf } from './secret-objects';
import type { ExternalSecretStore, SecretSource, SecretSourceSpec, SecretSources } from './secret-source';
import type { StartFile } from './start-script';
import {
  VAULT_SECRETS,
  type VaultAgentFile,
  vaultAnnotations,
  vaultFileOf,
  vaultLoginOf,
  vaultToken,
} from './vault-agent';
import type { ProjectedToken } from './workload-identity';

/** A volume of the Secrets Store CSI driver. */
export interface SecretMount {
  /** Name of the SecretProviderClass. */
  readonly className: string;
  readonly mountPath: string;
}

/** A secret that stands in the cluster, and how it gets there: what two workloads of a namespace must agree on. */
export interface SecretClaim {
  readonly secretName: string;
  readonly origin: string;
  /** The object that makes it exist; drawn once in a namespace. */
  readonly object: SecretObject | undefined;
}

/** The decided way of a workload's secrets. */
export interface SecretPlan {
  /** Variables that Kubernetes fills from Secrets. */
  readonly env: SecretEnv;
  /** Files that the container reads before its server starts. */
  readonly startFiles: readonly StartFile[];
  readonly mounts: readonly SecretMount[];
  readonly tokens: readonly ProjectedToken[];
  readonly podAnnotations: Readonly<Record<string, string>>;
  /** Annotations of the workload itself. */
  readonly annotations: Readonly<Record<string, string>>;
  readonly claims: readonly SecretClaim[];
  /** Destinations of what runs in the pod; CSI driver and operator have their own pods. */
  readonly egress: readonly EgressRule[];
}

/** The plan of a workload without secrets. */
export const NO_SECRETS: SecretPlan = {
  env: {},
  startFiles: [],
  mounts: [],
  tokens: [],
  podAnnotations: {},
  annotations: {},
  claims: [],
  egress: [],
};

/** What a workload's secrets are planned from. */
export interface SecretInput {
  readonly sources: SecretSources;
  /** Variables of the container. */
  readonly env: SecretEnv;
  readonly imagePullSecrets: readonly string[];
  readonly containerName: string;
  readonly uid: number;
  readonly gid: number;
}

const CSI_MOUNT = '/mnt/secrets';

const INJECTOR_MISSING =
  'the Vault agent injector did not run for this pod, or the agent could not read the secret; see the init container vault-agent-init, and whether the webhook of the injector is up';
const MOUNT_MISSING = 'the Secrets Store CSI driver mounted no such value';

type Kind = SecretSourceSpec['kind'];
type SpecOf<K extends Kind> = Extract<SecretSourceSpec, { kind: K }>;

/** Names and sources of one kind. */
function ofKind<K extends Kind>(sources: SecretSources, kind: K): readonly (readonly [string, SpecOf<K>])[] {
  const isKind = (spec: SecretSourceSpec | undefined): spec is SpecOf<K> => spec?.kind === kind;
  return Object.entries(sources).flatMap(([name, source]) => {
    const spec: SecretSourceSpec | undefined = source?.spec;
    return isKind(spec) ? [[name, spec] as const] : [];
  });
}

/** Variables that are taken from a secret: name of the variable to key. */
function variablesOf(env: SecretEnv, secretName: string): readonly (readonly [string, string])[] {
  return Object.entries(env).flatMap(([name, secret]) =>
    secret?.secretName === secretName ? [[name, secret.key] as const] : [],
  );
}

function vaultFiles({ sources, env }: Pick<SecretInput, 'sources' | 'env'>): readonly VaultAgentFile[] {
  return ofKind(sources, 'vault-agent')
    .map(([secretName, source]) => ({ secretName, source, variables: variablesOf(env, secretName) }))
    .filter(({ variables }) => variables.length > 0);
}

/** Whether the container reads the values of a source itself. */
function comesAsFiles(spec: SecretSourceSpec | undefined): boolean {
  return spec?.kind === 'vault-agent' || (spec?.kind === 'secrets-store-csi' && spec.sync === false);
}

function acknowledgement(rule: string, lines: readonly string[]): Record<string, string> {
  return lines.length === 0 ? {} : { [`${ACKNOWLEDGE_PREFIX}${rule}`]: lines.join('\n') };
}

/** A store is the platform's; nothing here draws it. */
function storeAcknowledgement(store: ExternalSecretStore): Record<string, string> {
  const reason = store.madeBy ?? 'the platform keeps it beside the External Secrets Operator';
  return acknowledgement('WP-REF-010', [`${storeKindOf(store)}/${store.name}: ${reason}`]);
}

function claimOf(name: string, { spec }: SecretSource, pulls: boolean): SecretClaim | undefined {
  if (spec.kind === 'vault-agent') return undefined;
  // Two workloads may word differently who writes a Secret.
  if (spec.kind === 'kubernetes') return { secretName: name, origin: spec.kind, object: undefined };
  const object =
    spec.kind === 'external-secrets'
      ? externalSecret(name, spec, pulls, storeAcknowledgement(spec.store))
      : secretProviderClass(name, spec);
  return { secretName: name, origin: JSON.stringify(object), object };
}

/** Files of variables that no Kubernetes Secret holds. */
function startFiles(input: SecretInput, agentFiles: readonly VaultAgentFile[]): readonly StartFile[] {
  const exports = agentFiles.map(
    ({ secretName, variables }): StartFile => ({
      kind: 'exports',
      path: vaultFileOf(secretName),
      names: variables.map(([name]) => name),
      otherwise: INJECTOR_MISSING,
    }),
  );
  const values = ofKind(input.sources, 'secrets-store-csi')
    .filter(([, spec]) => spec.sync === false)
    .flatMap(([secretName]) =>
      variablesOf(input.env, secretName).map(
        ([name, key]): StartFile => ({
          kind: 'value',
          path: `${CSI_MOUNT}/${secretName}/${key}`,
          name,
          otherwise: MOUNT_MISSING,
        }),
      ),
    );
  return [...exports, ...values];
}

/** Decides how the secrets reach the container. Call after {@link checkSecrets} found nothing. */
export function planSecrets(input: SecretInput): SecretPlan {
  const { sources, env, imagePullSecrets, containerName, uid, gid } = input;
  const used = new Set([...Object.values(env).map(({ secretName }) => secretName), ...imagePullSecrets]);
  const usedSources = Object.entries(sources).filter(([name]) => used.has(name));
  const agentFiles = vaultFiles(input);
  const made = ofKind(Object.fromEntries(usedSources), 'kubernetes');
  const mounted = ofKind(Object.fromEntries(usedSources), 'secrets-store-csi');
  const [agent] = agentFiles;
  return {
    env: Object.fromEntries(
      Object.entries(env).filter(([, { secretName }]) => !comesAsFiles(sources[secretName]?.spec)),
    ),
    startFiles: startFiles(input, agentFiles),
    mounts: mounted.map(([className]) => ({ className, mountPath: `${CSI_MOUNT}/${className}` })),
    tokens: agent === undefined ? [] : [vaultToken(vaultLoginOf(agent.source))],
    podAnnotations: vaultAnnotations({ containerName, uid, gid, files: agentFiles }),
    annotations: acknowledgement(
      'WP-REF-002',
      made.map(([name, { madeBy }]) => `Secret/${name}: ${madeBy}`),
    ),
    claims: usedSources.flatMap(([name, source]) => claimOf(name, source, imagePullSecrets.includes(name)) ?? []),
    egress: agentFiles.flatMap(({ source }) => source.egress),
  };
}

/** A use of secrets, and what else the workload says that they might clash with. */
export interface SecretUseInput extends SecretUse {
  readonly env: SecretEnv;
  readonly podAnnotations?: Readonly<Record<string, string>>;
}

/** Reports what is wrong with a workload's secrets. */
export function checkSecretUse(findings: Findings, use: SecretUseInput): void {
  const { sources, env, podAnnotations = {} } = use;
  const agents = ofKind(sources, 'vault-agent');
  checkSecrets(findings, use, new Map(agents.map(([name, spec]) => [name, JSON.stringify(vaultLoginOf(spec))])));
  const ours = vaultAnnotations({ containerName: '', uid: 0, gid: 0, files: vaultFiles({ sources, env }) });
  for (const [key, value] of Object.entries(podAnnotations)) {
    if (!Object.hasOwn(ours, key)) continue;
    findings.error('WP-NAME-005', `podAnnotations['${key}']`, value, {
      message: 'the Vault agent of the pod depends on it',
      allowed: 'annotations that the source of a secret does not set',
      fix: 'remove it, and use the fields of SecretSource.vaultAgent',
    });
  }
}

/** Directories that secrets take in the container. */
export function secretPaths(sources: SecretSources): readonly string[] {
  const agents = ofKind(sources, 'vault-agent');
  const mounted = ofKind(sources, 'secrets-store-csi');
  return [...(agents.length > 0 ? [VAULT_SECRETS] : []), ...(mounted.length > 0 ? [CSI_MOUNT] : [])];
}
