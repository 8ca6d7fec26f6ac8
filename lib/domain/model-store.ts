/** A bucket for weights in the cloud of the cluster, and who may read it. */
import { isStorageAccountName } from './azure-ids';
import type { Cloud } from './platform-profile';
import { type Draft, Findings } from './problem';

/** What an environment says about its bucket. */
export interface ModelStoreSpec {
  /**
   * Name of the storage account on AKS, of the bucket on IKS. No two customers of a cloud can have the same one, so it is
   * not derived from anything.
   */
  readonly name: string;
  /**
   * How pods read it. AKS: through blobfuse or NFS 3, which is fixed when the account is made. IKS: through S3.
   * @default AKS: 'blobfuse'; IKS: 's3'
   */
  readonly protocol?: ModelStoreProtocol;
  /**
   * Whether the loss of a zone leaves the weights readable.
   * @default true
   */
  readonly zoneRedundant?: boolean;
  /** Days after which a version of a model that nobody has changed is deleted. @default never */
  readonly deleteAfterDays?: number;
}

export type ModelStoreProtocol = 'blobfuse' | 'nfs' | 's3';

/** A decided bucket. */
export interface ModelStorePlan {
  readonly name: string;
  readonly protocol: ModelStoreProtocol;
  readonly zoneRedundant: boolean;
  readonly deleteAfterDays?: number;
}

const PROTOCOLS: Readonly<Record<Cloud, readonly ModelStoreProtocol[]>> = { aks: ['blobfuse', 'nfs'], iks: ['s3'] };

/** ibm-cloud-docs/cloud-object-storage: 3-63 characters, DNS-safe, no dots next to hyphens. */
const BUCKET = /^[a-z0-9](?:[a-z0-9-]|(?<=[a-z0-9])\.(?=[a-z0-9])){1,61}[a-z0-9]$/;

/** The same in words. */
export const BUCKET_NAME = '3-63 lower-case letters, digits, hyphens and single dots, first and last a letter or digit';

/** Whether Cloud Object Storage takes it as the name of a bucket. */
export function isBucketName(name: unknown): name is string {
  return typeof name === 'string' && BUCKET.test(name);
}

/** Decides a bucket: WP-STORE-001 for its name, WP-STORE-002 for the rest. */
export function draftModelStore(cloud: Cloud, spec: ModelStoreSpec): Draft<ModelStorePlan> {
  const findings = new Findings('modelStore.');
  const legal = cloud === 'aks' ? isStorageAccountName(spec.name) : isBucketName(spec.name);
  if (!legal) {
    findings.error('WP-STORE-001', 'name', spec.name, {
      message: cloud === 'aks' ? 'this cannot name a storage account' : 'this cannot name a bucket',
      allowed: cloud === 'aks' ? '3-24 lower-case letters and digits' : BUCKET_NAME,
      fix: 'take a name that nobody else will have, such as the one of your company with the environment',
    });
  }
  const protocols = PROTOCOLS[cloud];
  const { protocol = protocols[0] ?? 's3', zoneRedundant = true, deleteAfterDays } = spec;
  if (!protocols.includes(protocol)) {
    findings.error('WP-STORE-002', 'protocol', protocol, {
      message: `${cloud.toUpperCase()} has no such way to its bucket`,
      allowed: protocols.join(', '),
      fix: 'leave it out',
    });
  }
  if (cloud === 'iks' && !zoneRedundant) {
    findings.error('WP-STORE-002', 'zoneRedundant', zoneRedundant, {
      message:
        'a bucket of a region is kept in all of its zones, and buckets of one site stand in none of the regions of IKS',
      allowed: 'true',
      fix: 'leave it out',
    });
  }
  if (deleteAfterDays !== undefined && !(Number.isInteger(deleteAfterDays) && deleteAfterDays >= 1)) {
    findings.error('WP-STORE-002', 'deleteAfterDays', deleteAfterDays, {
      message: 'this is no number of days',
      allowed: 'a whole number from 1 up',
      fix: 'leave it out to keep every version',
    });
  }
  return findings.draft<ModelStorePlan>({
    name: spec.name,
    protocol,
    zoneRedundant,
    ...(deleteAfterDays !== undefined && { deleteAfterDays }),
  });
}
