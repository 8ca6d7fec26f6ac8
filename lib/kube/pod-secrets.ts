/** Volumes that bring secrets and tokens into a pod; Pod Security *restricted* allows both kinds. */
import type { SecretMount, SecretPlan } from '../domain/secret-plan';
import type { IdentityPlan, ProjectedToken } from '../domain/workload-identity';
import type { k8s } from './k8s';

/** What the drawn pod has to know of a workload's secrets and identity. */
export interface PodSecrets extends Pick<SecretPlan, 'env' | 'startFiles' | 'mounts' | 'tokens'> {}

/** The secrets of a workload with the tokens of its identity. */
export function podSecrets(secrets: SecretPlan, identity: IdentityPlan): PodSecrets {
  return { ...secrets, tokens: [...secrets.tokens, ...identity.tokens] };
}

/** Volumes of the pod, and where its container mounts them. */
export interface Mounted {
  readonly volumes: k8s.Volume[];
  readonly mounts: k8s.VolumeMount[];
}

/** Secrets may have names that volumes may not. */
const volumeOf = (index: number): string => `secret-${index}`;

function mounted({ className, mountPath }: SecretMount, index: number): Mounted {
  const name = volumeOf(index);
  const attributes = { secretProviderClass: className };
  return {
    volumes: [{ name, csi: { driver: 'secrets-store.csi.k8s.io', readOnly: true, volumeAttributes: attributes } }],
    mounts: [{ name, mountPath, readOnly: true }],
  };
}

/** The pod mounts no token of its own accord, so each reader gets one for its audience. */
function projected({ volumeName: name, mountPath, path, audience, expirationSeconds }: ProjectedToken): Mounted {
  return {
    volumes: [{ name, projected: { sources: [{ serviceAccountToken: { audience, expirationSeconds, path } }] } }],
    mounts: mountPath === undefined ? [] : [{ name, mountPath, readOnly: true }],
  };
}

/** The volumes of a workload's secrets and tokens. */
export function secretVolumes({ mounts, tokens }: PodSecrets): Mounted {
  const all = [...mounts.map(mounted), ...tokens.map(projected)];
  return { volumes: all.flatMap((one) => one.volumes), mounts: all.flatMap((one) => one.mounts) };
}
