/**
 * A worker pool of IKS on VPC: what its service has to be told so that nodes come as the plan says. Names as in the
 * Terraform provider ibm-cloud/ibm 2.5.0; all sizes are of one zone, as IKS counts.
 */
import type { GpuNodePoolPlan } from './node-pool-plan';
import type { Taint } from './node-vocabulary';
import { type Draft, Findings } from './problem';

/** What only IKS asks of a pool. */
export interface IksPoolSpec {
  /** @default IKS' own choice for the version of the cluster */
  readonly operatingSystem?: IksOperatingSystem;
  /**
   * A second disk of every node, beside the first of 100 GB: size and speed as the cloud spells them, '300gb.5iops-tier'.
   * @default none
   */
  readonly secondaryStorage?: string;
  /** Own key for the disks: GUID of the Key Protect instance and id of the root key. @default IBM's key */
  readonly encryption?: { readonly kmsInstanceId: string; readonly rootKeyId: string };
}

export type IksOperatingSystem = 'UBUNTU_20_64' | 'UBUNTU_24_64';

/** A decided worker pool. */
export interface IksWorkerPoolPlan {
  readonly name: string;
  readonly flavor: string;
  /** Zones as the cloud names them; each gets the same number of workers. */
  readonly zones: readonly string[];
  /** Workers of a zone at creation; afterwards the autoscaler's, where there is one. */
  readonly workersPerZone: number;
  /** Sizes of a zone; absent for a pool of fixed size. */
  readonly autoscaling?: { readonly minSize: number; readonly maxSize: number };
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  readonly operatingSystem?: IksOperatingSystem;
  readonly secondaryStorage?: string;
  readonly encryption?: { readonly kmsInstanceId: string; readonly rootKeyId: string };
}

/** ibm-cloud-docs/containers vpc-flavors.md, 2026-02-20. */
const SYSTEMS: readonly string[] = ['UBUNTU_20_64', 'UBUNTU_24_64'] satisfies IksOperatingSystem[];

/** ibm-cloud-docs/containers: block storage of a worker is 25 to 4000 GB in tiers. */
const SECONDARY = /^([1-9]\d{1,3})gb\.(3|5|10)iops-tier$/;
const SECONDARY_GB = { least: 25, most: 4000 };

/** The disk that every VPC worker has (vpc-flavors.md: "Primary disk 100 GB block"). */
const PRIMARY_DISK_GB = 100;

function checkPool(findings: Findings, pool: GpuNodePoolPlan, spec: IksPoolSpec): void {
  if (pool.zones.length === 0) {
    findings.error('WP-IKS-001', 'zones', pool.zones, {
      message: 'IKS puts workers where it is told to, into a subnet of each zone',
      allowed: `zones of ${pool.platform.region}`,
      fix: `name them, for example ['${pool.platform.region}-1', '${pool.platform.region}-2', '${pool.platform.region}-3']`,
    });
  }
  if (pool.purpose === 'system' && pool.minNodes !== pool.maxNodes) {
    findings.error('WP-IKS-002', 'maxNodes', pool.maxNodes, {
      message: "a system pool is the cluster's default pool, and the autoscaler of IKS leaves that alone",
      allowed: 'minNodes = maxNodes',
      fix: 'set maxNodes to minNodes',
    });
  }
  if (spec.operatingSystem !== undefined && !SYSTEMS.includes(spec.operatingSystem)) {
    findings.error('WP-IKS-003', 'operatingSystem', spec.operatingSystem, {
      message: 'IKS has no such image for its workers',
      allowed: SYSTEMS.join(', '),
      fix: 'leave it out',
    });
  }
  const second = Number(SECONDARY.exec(spec.secondaryStorage ?? '')?.[1]);
  // Images and emptyDirs lie on the second disk where there is one.
  const diskGB = spec.secondaryStorage === undefined ? PRIMARY_DISK_GB : second;
  if (spec.secondaryStorage !== undefined && !(second >= SECONDARY_GB.least && second <= SECONDARY_GB.most)) {
    findings.error('WP-IKS-003', 'secondaryStorage', spec.secondaryStorage, {
      message: 'IKS sells no such disk',
      allowed: `a size of ${SECONDARY_GB.least} to ${SECONDARY_GB.most} GB and a tier, as text`,
      fix: "write for example '300gb.5iops-tier'",
    });
  } else if (pool.diskGiB > diskGB) {
    findings.error('WP-IKS-003', 'secondaryStorage', spec.secondaryStorage, {
      message: `the plan counts on ${pool.diskGiB} GB for images and emptyDirs, and a worker has ${diskGB} GB`,
      allowed: `a second disk of ${pool.diskGiB} GB, or a smaller diskGiB`,
      fix: `set secondaryStorage to '${pool.diskGiB}gb.5iops-tier' or more, or leave diskGiB out`,
    });
  }
  const { encryption } = spec;
  if (encryption !== undefined && !(encryption.kmsInstanceId?.length > 0 && encryption.rootKeyId?.length > 0)) {
    findings.error('WP-IKS-003', 'encryption', encryption, {
      message: 'a disk is encrypted by one key of one instance',
      allowed: 'kmsInstanceId and rootKeyId',
      fix: 'copy both from `ibmcloud kp keys`',
    });
  }
}

/** Decides a worker pool: WP-IKS-001 to WP-IKS-003. */
export function draftIksWorkerPool(pool: GpuNodePoolPlan, spec: IksPoolSpec = {}): Draft<IksWorkerPoolPlan> {
  const findings = new Findings(`pool '${pool.name}'.`);
  checkPool(findings, pool, spec);
  const { minNodes, maxNodes } = pool;
  const perZone = (nodes: number) => nodes / Math.max(1, pool.zones.length);
  return findings.draft<IksWorkerPoolPlan>({
    name: pool.name,
    flavor: pool.profile.machineType,
    zones: pool.zones,
    workersPerZone: perZone(minNodes),
    ...(minNodes !== maxNodes && { autoscaling: { minSize: perZone(minNodes), maxSize: perZone(maxNodes) } }),
    labels: pool.labels,
    taints: pool.taints,
    ...(spec.operatingSystem !== undefined && { operatingSystem: spec.operatingSystem }),
    ...(spec.secondaryStorage !== undefined && { secondaryStorage: spec.secondaryStorage }),
    ...(spec.encryption && { encryption: spec.encryption }),
  });
}
