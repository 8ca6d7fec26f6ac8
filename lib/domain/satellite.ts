/**
 * IBM Cloud Satellite: machines elsewhere, such as a data centre with GPUs of its own, run an OpenShift cluster that IBM
 * manages. Its workers bear the labels of a pool of the environment, so the pods that were written for that pool land there.
 */
import type { IksWorkerPoolPlan } from './iks-worker-pool';
import { showTaint, type Taint } from './node-vocabulary';
import { type Draft, Findings } from './problem';

/** What an environment says about machines elsewhere. */
export interface SatelliteSpec {
  /** Name of the location. IBM Cloud takes none twice, not even that of a location which is gone. */
  readonly location: string;
  /** Metro of IBM Cloud that manages it, such as 'wdc' or 'lon': at most 200 ms away from the hosts. */
  readonly managedFrom: string;
  /** Three zones, by the names that the infrastructure of the hosts has for them. */
  readonly zones: readonly string[];
  /**
   * Hosts of the control plane by zone, once they have run the script of the location: as many in each zone, two for
   * production. IBM finds no host for it by labels.
   * @default none yet: the location is made and its cluster is not
   */
  readonly controlPlaneHosts?: Readonly<Record<string, readonly string[]>>;
  /** Whose machines the hosts are. @default machines of a data centre */
  readonly hostProvider?: SatelliteHostProvider;
  /** What runs on them. @default 'RHCOS' */
  readonly operatingSystem?: SatelliteOperatingSystem;
  /** Minor version of OpenShift, such as '4.18'. */
  readonly openShift: string;
  /** Workers of OpenShift's own pods, without GPUs. */
  readonly system: SatelliteWorkersSpec;
  /** Workers with GPUs. */
  readonly workers: SatelliteWorkersSpec & {
    /** Pool of the environment that they stand in for; the hosts have to have the same GPUs. */
    readonly pool: string;
  };
}

/** terraform-provider-ibm 2.5.0, satellite_attach_host_script. */
export type SatelliteHostProvider = 'aws' | 'azure' | 'google' | 'ibm';

/** terraform-provider-ibm 2.5.0, satellite_cluster_worker_pool; without REDHAT_7_64, which is out of maintenance. */
export type SatelliteOperatingSystem = 'RHCOS' | 'REDHAT_8_64';

/** Hosts that become workers. */
export interface SatelliteWorkersSpec {
  /** Labels of the hosts, 'key:value': a host that has all of them is taken. */
  readonly hostLabels: readonly string[];
  /** Workers of a zone. Nobody adds hosts: there is no autoscaler. */
  readonly workersPerZone: number;
}

/** A decided location and its cluster. */
export interface SatellitePlan {
  /** Also the name of its cluster: both are fixed, so that another name is another of each. */
  readonly location: string;
  readonly managedFrom: string;
  readonly zones: readonly string[];
  readonly hostProvider?: SatelliteHostProvider;
  readonly operatingSystem: SatelliteOperatingSystem;
  /** In the order in which they are assigned. Empty as long as nobody names them: then there is no cluster either. */
  readonly controlPlaneHosts: readonly { readonly name: string; readonly zone: string }[];
  /** As the service spells it: '4.18_openshift'. */
  readonly kubeVersion: string;
  readonly system: SatelliteWorkersSpec;
  readonly workers: SatelliteWorkersSpec & {
    readonly pool: string;
    readonly labels: Readonly<Record<string, string>>;
    /** What the pods of the pool tolerate; somebody else puts it on. */
    readonly taints: readonly Taint[];
  };
}

/** ibm-cloud-docs/satellite requirements.md (2026-08-14): begins with a letter, letters, digits, periods, hyphens, 35 characters or fewer; so for clusters. */
const LOCATION = /^[A-Za-z][A-Za-z0-9.-]{0,34}$/;

/**
 * The service answers with the metro, and the provider compares three letters with those that were given
 * (terraform-provider-ibm 2.5.0, resource_ibm_satellite_location.go): a region would be another metro at every `up`.
 */
const METRO = /^[a-z]{3}(\d{2})?$/;

/** ibm-cloud-docs/satellite about-locations.md: hosts come from three zones, and evenly. */
const ZONES = 3;

/** The provider splits at the colon and ends the process of whoever wrote two (terraform-provider-ibm 2.5.0, flex/structures.go). */
const HOST_LABEL = /^[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?:[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/;

const HOST_PROVIDERS: readonly string[] = ['aws', 'azure', 'google', 'ibm'] satisfies SatelliteHostProvider[];
const OPERATING_SYSTEMS: readonly string[] = ['RHCOS', 'REDHAT_8_64'] satisfies SatelliteOperatingSystem[];

const OPENSHIFT = /^4\.\d{1,2}$/;

const isWord = (value: unknown): boolean => typeof value === 'string' && /^\S+$/.test(value);

function checkLocation(findings: Findings, { location, managedFrom, zones }: SatelliteSpec): void {
  if (!LOCATION.test(String(location))) {
    findings.error('WP-SAT-001', 'location', location, {
      message: 'this cannot name a location',
      allowed: '1-35 letters, digits, periods and hyphens, the first a letter',
      fix: "name the place, such as 'basel-1'",
    });
  }
  if (!METRO.test(String(managedFrom))) {
    findings.error('WP-SAT-001', 'managedFrom', managedFrom, {
      message: 'a location is managed from a metro, and a region would differ from what IBM Cloud answers',
      allowed: "three letters such as 'wdc', or a data centre of it such as 'wdc04'",
      fix: 'take the nearest that `ibmcloud ks locations` lists',
    });
  }
  const names = Array.isArray(zones) ? zones : [];
  if (names.length !== ZONES || new Set(names).size !== ZONES || !names.every(isWord)) {
    findings.error('WP-SAT-001', 'zones', zones, {
      message: 'the control plane of a location stands in three zones',
      allowed: 'three different names, as the infrastructure has them',
      fix: "write for example ['rack-1', 'rack-2', 'rack-3']",
    });
  }
}

function checkWorkers(findings: Findings, prop: string, workers: SatelliteWorkersSpec | undefined): void {
  const labels = Array.isArray(workers?.hostLabels) ? workers.hostLabels : [];
  const keys = labels.map((label) => String(label).split(':')[0]);
  if (labels.length === 0 || !labels.every((label) => HOST_LABEL.test(label)) || new Set(keys).size !== keys.length) {
    findings.error('WP-SAT-002', `${prop}.hostLabels`, workers?.hostLabels, {
      message: 'hosts are found by their labels',
      allowed: "at least one 'key:value' of letters, digits, '_', '.' and '-', each key once",
      fix: "write for example ['use:gpu'], and attach the hosts with it",
    });
  }
  const perZone = workers?.workersPerZone;
  if (!(Number.isInteger(perZone) && Number(perZone) >= 1)) {
    findings.error('WP-SAT-003', `${prop}.workersPerZone`, perZone, {
      message: 'this is no number of workers',
      allowed: 'a whole number from 1 up, in each of the three zones',
      fix: 'count the hosts of the smallest zone',
    });
  }
}

/** A host is taken by the pool whose labels it all has; whichever asks first gets a host that has those of both. */
function checkThatHostsDiffer(findings: Findings, { system, workers }: SatelliteSpec): void {
  const [own, others] = [system?.hostLabels ?? [], workers?.hostLabels ?? []];
  if (own.length === 0 || others.length === 0) return;
  const isWithin = (few: readonly string[], many: readonly string[]) => few.every((label) => many.includes(label));
  if (!isWithin(own, others) && !isWithin(others, own)) return;
  findings.error('WP-SAT-002', 'workers.hostLabels', others, {
    message: `a host of one pool has all labels of the other (${own.join(', ')}), so a GPU could end below OpenShift's own pods`,
    allowed: 'a label that only GPU hosts have, and one that only the others have',
    fix: "write for example 'use:gpu' here and 'use:system' there",
  });
}

function checkControlPlane(findings: Findings, { zones, controlPlaneHosts }: SatelliteSpec): void {
  if (controlPlaneHosts === undefined) {
    findings.warning('WP-SAT-002', 'controlPlaneHosts', undefined, {
      message: 'the location is made, and its cluster waits until three hosts run the control plane',
      allowed: 'the names of hosts that have run the script of the location',
      fix: 'attach hosts by the commands of the output satellite, then name them by zone',
    });
    return;
  }
  const named = Object.values(controlPlaneHosts);
  const all = named.flat();
  const isEven = named.every((hosts) => Array.isArray(hosts) && hosts.length >= 1 && hosts.length === named[0]?.length);
  const inZones = Object.keys(controlPlaneHosts).sort().join() === [...(zones ?? [])].sort().join();
  if (isEven && inZones && all.every(isWord) && new Set(all).size === all.length) return;
  findings.error('WP-SAT-002', 'controlPlaneHosts', controlPlaneHosts, {
    message: 'the control plane needs as many hosts in each of its zones, each host once',
    allowed: `hosts by zone: ${(zones ?? []).join(', ')}`,
    fix: 'name one of each zone for a trial, two for production',
  });
}

function checkChoices(findings: Findings, spec: SatelliteSpec): void {
  const { hostProvider, operatingSystem } = spec;
  const checks = [
    ['hostProvider', hostProvider, HOST_PROVIDERS],
    ['operatingSystem', operatingSystem, OPERATING_SYSTEMS],
  ] as const;
  for (const [prop, value, allowed] of checks) {
    if (value === undefined || allowed.includes(value)) continue;
    findings.error('WP-SAT-003', prop, value, {
      message: 'Satellite knows no such hosts',
      allowed: allowed.join(', '),
      fix: 'leave it out',
    });
  }
  if (!OPENSHIFT.test(String(spec.openShift))) {
    findings.error('WP-SAT-003', 'openShift', spec.openShift, {
      message: 'a cluster on Satellite is an OpenShift cluster of some minor version',
      allowed: "'4.' and a number",
      fix: 'take one that `ibmcloud oc versions` lists',
    });
  }
}

/** What IBM does not do for the workers of a pool; only people can. */
function sayWhatIsLeft(findings: Findings, cluster: string, { name, taints }: IksWorkerPoolPlan): void {
  // SatelliteClusterWorkerPool of the provider has no taints, unlike the worker pool of a VPC.
  findings.warning('WP-SAT-004', 'workers.pool', name, {
    message: `the provider cannot taint workers on Satellite, so any pod may land on their GPUs: ${taints.map(showTaint).join(', ')}`,
    allowed: 'workers whose taints somebody sets',
    fix: `run once: ibmcloud oc worker-pool taint set --cluster ${cluster} --worker-pool ${name} ${taints.map((taint) => `--taint ${showTaint(taint)}`).join(' ')}`,
  });
  // ibm-cloud-docs/monitoring, "Install the NVIDIA GPU Operator": on OpenShift both operators are the customer's to install.
  findings.warning('WP-SAT-005', 'workers.pool', name, {
    message: 'nobody installs drivers and a device plugin on workers of OpenShift, so they offer no GPU',
    allowed: 'clusters with the Node Feature Discovery Operator and the NVIDIA GPU Operator',
    fix: 'install both from OperatorHub, with a toleration of the taints above',
  });
}

/**
 * Decides a location with its cluster: WP-SAT-001 to WP-SAT-005.
 * @param pools those of the environment that have GPUs
 */
export function draftSatellite(spec: SatelliteSpec, pools: readonly IksWorkerPoolPlan[]): Draft<SatellitePlan> {
  const findings = new Findings('iks.satellite.');
  checkLocation(findings, spec);
  checkControlPlane(findings, spec);
  checkWorkers(findings, 'system', spec.system);
  checkWorkers(findings, 'workers', spec.workers);
  checkThatHostsDiffer(findings, spec);
  checkChoices(findings, spec);
  const pool = pools.find(({ name }) => name === spec.workers?.pool);
  if (pool === undefined) {
    findings.error('WP-SAT-004', 'workers.pool', spec.workers?.pool, {
      message: 'the environment has no such pool of GPUs, so no pod would ever select the workers',
      allowed: pools.map(({ name }) => name).join(', ') || 'a pool that the environment does not have yet',
      fix: 'name the pool whose pods shall run there too',
    });
    return findings.draft<SatellitePlan>(undefined);
  }
  sayWhatIsLeft(findings, spec.location, pool);
  const { location, managedFrom, zones, controlPlaneHosts = {}, hostProvider, operatingSystem = 'RHCOS' } = spec;
  const { system, workers } = spec;
  return findings.draft<SatellitePlan>({
    location,
    managedFrom,
    zones,
    ...(hostProvider !== undefined && { hostProvider }),
    operatingSystem,
    controlPlaneHosts: Object.entries(controlPlaneHosts).flatMap(([zone, hosts]) =>
      hosts.map((name) => ({ name, zone })),
    ),
    kubeVersion: `${spec.openShift}_openshift`,
    system,
    workers: { ...workers, labels: pool.labels, taints: pool.taints },
  });
}
