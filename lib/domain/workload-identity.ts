/** Who a workload is for its cloud, without a password: a token of its ServiceAccount that the cloud trusts. */
import type { Cloud, PlatformProfile } from './platform-profile';
import { type Draft, Findings } from './problem';

/** A managed identity or application of Entra ID that trusts the workload's ServiceAccount. */
export interface AzureIdentity {
  /** Client id: a GUID. */
  readonly clientId: string;
  /** A GUID. @default the tenant that the webhook was installed with */
  readonly tenantId?: string;
  /** Lifetime of the ServiceAccount's token, 3600 to 86400 s. @default 3600, the webhook's */
  readonly tokenExpirationSeconds?: number;
}

/** A trusted profile of IBM Cloud IAM that trusts the workload's ServiceAccount. Exactly one of name and id. */
export interface IbmTrustedProfile {
  readonly profileName?: string;
  /** 'Profile-' and a GUID. */
  readonly profileId?: string;
  /** IBM SDKs of the server that shall use it, by their service names: 'secrets_manager'. */
  readonly services: readonly string[];
}

/** An identity as plain data. */
export type WorkloadIdentitySpec =
  | ({ readonly kind: 'azure' } & AzureIdentity)
  | ({ readonly kind: 'ibm' } & IbmTrustedProfile);

/**
 * An identity of a workload in its cloud. It needs an egress to the cloud's token service and to whatever it is used
 * for. Checked where a workload uses it (WP-IDN-*).
 *
 * @example
 * const identity = WorkloadIdentity.azure({ clientId: '5c2c2a0e-4c39-4a6a-9f0b-0c8f4f6f7c11' });
 */
export class WorkloadIdentity {
  /** Microsoft Entra Workload ID; AKS only. Its webhook mounts the token. */
  static azure(identity: AzureIdentity): WorkloadIdentity {
    return new WorkloadIdentity({ ...identity, kind: 'azure' });
  }

  /** A trusted profile; IKS only. The token lies where IBM's SDKs look. */
  static ibmTrustedProfile(profile: IbmTrustedProfile): WorkloadIdentity {
    return new WorkloadIdentity({ ...profile, kind: 'ibm' });
  }

  private constructor(readonly spec: WorkloadIdentitySpec) {}
}

/** A token of the ServiceAccount that the kubelet writes into the pod and renews. */
export interface ProjectedToken {
  /** Name of the volume. */
  readonly volumeName: string;
  readonly audience: string;
  readonly expirationSeconds: number;
  /** File below the mount. */
  readonly path: string;
  /** Where our container finds it; absent when somebody else mounts it. */
  readonly mountPath?: string;
}

/** What an identity puts on ServiceAccount and pod. */
export interface IdentityPlan {
  readonly serviceAccountAnnotations: Readonly<Record<string, string>>;
  readonly podLabels: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  readonly tokens: readonly ProjectedToken[];
}

/** The plan of a workload that has no identity. */
const NOBODY: IdentityPlan = { serviceAccountAnnotations: {}, podLabels: {}, env: {}, tokens: [] };

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether the text is a GUID, as Azure writes ids. */
export function isGuid(text: unknown): boolean {
  return typeof text === 'string' && GUID.test(text);
}

/** Azure/azure-workload-identity docs/book/src/topics/service-account-labels-and-annotations.md. */
const AZURE = {
  use: 'azure.workload.identity/use',
  clientId: 'azure.workload.identity/client-id',
  tenantId: 'azure.workload.identity/tenant-id',
  expiration: 'azure.workload.identity/service-account-token-expiration',
  minSeconds: 3600,
  maxSeconds: 86_400,
} as const;

/** IBM-Cloud/trusted-profile-enterprise-security app.yaml; ibm-cloud-sdk-core 5.4.5 looks for the file by itself. */
const IBM_TOKEN: ProjectedToken = {
  volumeName: 'iam-token',
  audience: 'iam',
  expirationSeconds: 3600,
  path: 'sa-token',
  mountPath: '/var/run/secrets/tokens',
};

const CLOUDS: Readonly<Record<WorkloadIdentitySpec['kind'], Cloud>> = { azure: 'aks', ibm: 'iks' };

function planAzure(findings: Findings, identity: AzureIdentity): IdentityPlan {
  const { clientId, tenantId, tokenExpirationSeconds: seconds } = identity;
  for (const [prop, id] of Object.entries({ clientId, tenantId })) {
    if (isGuid(id) || (prop === 'tenantId' && id === undefined)) continue;
    findings.error('WP-IDN-002', prop, id, {
      message: 'Azure knows nobody by this id',
      allowed: 'a GUID',
      fix: "copy it from 'az identity show'",
    });
  }
  const { minSeconds, maxSeconds } = AZURE;
  if (seconds !== undefined && !(Number.isInteger(seconds) && seconds >= minSeconds && seconds <= maxSeconds)) {
    findings.error('WP-IDN-003', 'tokenExpirationSeconds', seconds, {
      message: "Azure's webhook refuses tokens of this lifetime",
      allowed: `whole seconds from ${minSeconds} to ${maxSeconds}`,
      fix: `leave it out for ${minSeconds}`,
    });
  }
  return {
    ...NOBODY,
    // On the pods: on the ServiceAccount it does nothing (Azure-Samples/azure-ad-workload-identity-mi#10).
    podLabels: { [AZURE.use]: 'true' },
    serviceAccountAnnotations: {
      [AZURE.clientId]: clientId,
      ...(tenantId !== undefined && { [AZURE.tenantId]: tenantId }),
      ...(seconds !== undefined && { [AZURE.expiration]: String(seconds) }),
    },
  };
}

const PROFILE_ID = /^Profile-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const SERVICE = /^[a-z][a-z0-9]*([-_][a-z0-9]+)*$/i;

function checkProfile(findings: Findings, { profileName, profileId, services }: IbmTrustedProfile): void {
  const named = typeof profileName === 'string' && profileName.trim() !== '';
  const legalId = typeof profileId === 'string' && PROFILE_ID.test(profileId);
  const one = (profileName === undefined) !== (profileId === undefined);
  if (!one || !(named || legalId)) {
    const prop = profileId === undefined ? 'profileName' : 'profileId';
    findings.error('WP-IDN-002', prop, profileId ?? profileName, {
      message: 'IBM Cloud knows a trusted profile by its name or by its id',
      allowed: "exactly one of profileName and profileId ('Profile-' and a GUID)",
      fix: "copy it from 'ibmcloud iam trusted-profiles'",
    });
  }
  const illegal = (services ?? []).filter((service) => !SERVICE.test(service));
  if (illegal.length === 0 && services?.length > 0) return;
  findings.error('WP-IDN-002', 'services', services, {
    message: 'a profile that no SDK is told of is not used',
    allowed: 'service names of IBM SDKs: letters and digits, joined by hyphens or underscores',
    fix: "name them, for example ['secrets_manager']",
  });
}

/** Properties that the SDKs read: `<SERVICE>_AUTH_TYPE` and so on (ibm-cloud-sdk-core read-external-sources.js). */
function planIbm(findings: Findings, profile: IbmTrustedProfile): IdentityPlan {
  checkProfile(findings, profile);
  const { profileName, profileId, services } = profile;
  const who = profileId === undefined ? ['IAM_PROFILE_NAME', profileName ?? ''] : ['IAM_PROFILE_ID', profileId];
  const file = `${IBM_TOKEN.mountPath}/${IBM_TOKEN.path}`;
  const variables = [['AUTH_TYPE', 'container'], who, ['CR_TOKEN_FILENAME', file]] as const;
  const env = (services ?? []).flatMap((service) => {
    const prefix = String(service).toUpperCase().replaceAll('-', '_');
    return variables.map(([name, value]) => [`${prefix}_${name}`, value]);
  });
  return { ...NOBODY, env: Object.fromEntries(env), tokens: [IBM_TOKEN] };
}

/** Decides what an identity puts on ServiceAccount and pod; without one, nothing. */
export function draftIdentity(
  platform: PlatformProfile,
  identity: WorkloadIdentity | undefined,
  ownAnnotations: Readonly<Record<string, string>> = {},
): Draft<IdentityPlan> {
  const findings = new Findings('identity.');
  if (identity === undefined) return findings.draft(NOBODY);
  const { spec } = identity;
  const cloud = CLOUDS[spec.kind];
  if (platform.cloud !== cloud) {
    findings.error('WP-IDN-001', 'kind', spec.kind, {
      message: `the pool stands on ${platform.cloud.toUpperCase()}, which knows nothing of it`,
      allowed: `a pool on ${cloud.toUpperCase()}, or an identity of ${platform.cloud.toUpperCase()}`,
      fix: `use WorkloadIdentity.${platform.cloud === 'aks' ? 'azure' : 'ibmTrustedProfile'}`,
    });
  }
  const plan = spec.kind === 'azure' ? planAzure(findings, spec) : planIbm(findings, spec);
  const own = new Findings();
  for (const key of Object.keys(plan.serviceAccountAnnotations)) {
    if (!Object.hasOwn(ownAnnotations, key)) continue;
    own.error('WP-IDN-002', `serviceAccountAnnotations['${key}']`, ownAnnotations[key], {
      message: 'the identity sets this annotation, and two owners of one value disagree one day',
      allowed: 'annotations that the identity does not set',
      fix: 'remove it from serviceAccountAnnotations',
    });
  }
  findings.adopt(own.draft(plan));
  return findings.draft(plan);
}
