/**
 * How a secret comes to exist. A workload refers to a value as `{ secretName, key }`, whatever stands behind it; its
 * source is one of four ways to make that reference true. No source carries a value: what stands in a manifest stands
 * in git.
 */
import type { EgressRule } from './flows';

/** A Kubernetes Secret that somebody else writes. */
export interface KubernetesSecret {
  /** Who writes it, and how: a sentence for whoever finds the Secret missing. Becomes an annotation of the workload. */
  readonly madeBy: string;
}

/** A store of the External Secrets Operator. It belongs to the platform and is not drawn. */
export interface ExternalSecretStore {
  readonly name: string;
  /** @default 'ClusterSecretStore' */
  readonly kind?: 'ClusterSecretStore' | 'SecretStore';
  /** Who keeps it: a sentence for whoever finds it missing. @default the platform team does */
  readonly madeBy?: string;
}

/** Where a store keeps a value. */
export interface RemoteKey {
  /** Name of the secret in the store. */
  readonly remoteKey: string;
  /** Field of it, for stores that keep several values under a name. @default the whole secret */
  readonly property?: string;
  /** @default the newest */
  readonly version?: string;
}

/** A Secret that the External Secrets Operator copies from a store (external-secrets.io/v1, operator 0.17 and newer). */
export interface ExternalSecret {
  readonly store: ExternalSecretStore;
  /** By key of the Secret. */
  readonly keys: Readonly<Record<string, RemoteKey>>;
  /** Seconds between two looks at the store, each of which the store may bill. @default 3600, the operator's own */
  readonly refreshSeconds?: number;
}

/** What both providers of the Secrets Store CSI driver have in common. */
interface MountedSecret {
  /**
   * Whether the driver copies the mounted values into a Kubernetes Secret while a pod mounts them; needs a driver with
   * `syncSecret.enabled`. Without, values never reach etcd: the container reads them from files before its server
   * starts, by `/bin/sh` of its image.
   *
   * @default true: what the driver's own guide does for environment variables (secrets-store-csi-driver
   * docs/book/src/topics/set-as-env-var.md)
   */
  readonly sync?: boolean;
}

/** Values of an Azure Key Vault, read with the workload identity of the pod's ServiceAccount; AKS only. */
export interface AzureKeyVaultSecret extends MountedSecret {
  readonly provider: 'azure';
  readonly keyVaultName: string;
  /** Of the key vault: a GUID. */
  readonly tenantId: string;
  /** Of the managed identity or application that trusts the ServiceAccount: a GUID. */
  readonly clientId: string;
  /** By key of the Secret. */
  readonly keys: Readonly<Record<string, { readonly objectName: string; readonly version?: string }>>;
}

/** Values of a Vault server, read by the Vault provider of the driver. */
export interface VaultCsiSecret extends MountedSecret {
  readonly provider: 'vault';
  /** Role of Vault's Kubernetes auth method, bound to the workload's ServiceAccount. */
  readonly role: string;
  /** By key of the Secret: path as the API has it ('secret/data/chat' for KV version 2), and field. */
  readonly keys: Readonly<Record<string, { readonly path: string; readonly field: string }>>;
  /** @default the provider's */
  readonly address?: string;
  /** Audience of the token; has to stand in `tokenRequests` of the CSIDriver. @default 'vault', the provider's */
  readonly audience?: string;
  /** Mount of the auth method: 'kubernetes'. @default the provider's */
  readonly authMount?: string;
  /** Vault Enterprise namespace. @default none */
  readonly vaultNamespace?: string;
}

/** Values that the Secrets Store CSI driver mounts. */
export type SecretsStoreCsiSecret = AzureKeyVaultSecret | VaultCsiSecret;

/** The kinds of Vault paths, which answer in different shapes. */
export type VaultEngine = 'kv-v2' | 'kv-v1' | 'leased';

/** Values that the Vault agent renders into the memory of the pod; they never reach etcd. */
export interface VaultAgentSecret {
  /** Role of Vault's Kubernetes auth method, bound to the workload's ServiceAccount and namespace. */
  readonly role: string;
  /** Path as the API has it: 'secret/data/chat' for KV version 2, 'database/creds/chat' for a lease. */
  readonly path: string;
  /** Field at the path, by key of the reference. */
  readonly keys: Readonly<Record<string, string>>;
  /** The way to Vault: the agent runs in the pod, whose network is closed otherwise. */
  readonly egress: readonly EgressRule[];
  /**
   * 'leased' keeps the agent beside the server so that the lease is renewed; values that are static are rendered once,
   * without a second container. A changed value reaches the server with its next start in every case.
   *
   * @default 'kv-v2'
   */
  readonly engine?: VaultEngine;
  /** Mount of the auth method with its prefix. @default 'auth/kubernetes', as the injector */
  readonly authPath?: string;
  /** Audience of the token, as the role demands it. @default 'vault' */
  readonly audience?: string;
  /** URL of the server. @default the injector's */
  readonly address?: string;
  /** Vault Enterprise namespace. @default the injector's */
  readonly vaultNamespace?: string;
}

/** A source as plain data. */
export type SecretSourceSpec =
  | ({ readonly kind: 'kubernetes' } & KubernetesSecret)
  | ({ readonly kind: 'external-secrets' } & ExternalSecret)
  | ({ readonly kind: 'secrets-store-csi' } & SecretsStoreCsiSecret)
  | ({ readonly kind: 'vault-agent' } & VaultAgentSecret);

/**
 * Who makes a secret. Checked where a workload uses it (WP-SEC-*).
 *
 * @example
 * const secrets = {
 *   'hugging-face': SecretSource.externalSecrets({
 *     store: { name: 'platform' },
 *     keys: { token: { remoteKey: 'hugging-face-token' } },
 *   }),
 * };
 */
export class SecretSource {
  /** A Secret that somebody writes outside these manifests. */
  static kubernetes(secret: KubernetesSecret): SecretSource {
    return new SecretSource({ ...secret, kind: 'kubernetes' });
  }

  /** A Secret that the External Secrets Operator writes: emits an ExternalSecret with a target of exactly that name. */
  static externalSecrets(secret: ExternalSecret): SecretSource {
    return new SecretSource({ ...secret, kind: 'external-secrets' });
  }

  /** Values that the Secrets Store CSI driver mounts: emits a SecretProviderClass and a volume of the pod. */
  static secretsStoreCsi(secret: SecretsStoreCsiSecret): SecretSource {
    return new SecretSource({ ...secret, kind: 'secrets-store-csi' });
  }

  /**
   * Values that the Vault Agent Injector brings into the pod. The container reads them from a file before its server
   * starts, by `/bin/sh` of its image, and does not start without the file.
   */
  static vaultAgent(secret: VaultAgentSecret): SecretSource {
    return new SecretSource({ ...secret, kind: 'vault-agent' });
  }

  private constructor(readonly spec: SecretSourceSpec) {}
}

/** Sources by name of the secret. */
export type SecretSources = Readonly<Record<string, SecretSource>>;
