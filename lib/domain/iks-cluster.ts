/** A cluster of IKS on VPC as pods of warmpath expect it: worker pools, autoscaler, access, what watches it. */
import { nodeKeptText } from './autoscaler-profile';
import { type CloudTags, draftCloudTags, ibmTags } from './cloud-tags';
import { draftIksWorkerPool, type IksPoolSpec, type IksWorkerPoolPlan } from './iks-worker-pool';
import { cloudName, type Ownership } from './names';
import { type GpuNodePoolPlan, systemPoolsFirst } from './node-pool-plan';
import type { PlatformProfile } from './platform-profile';
import { type Draft, Findings } from './problem';
import { draftSatellite, type SatellitePlan, type SatelliteSpec } from './satellite';

/** What an environment says about its cluster on IKS; everything has a default. */
export interface IksClusterSpec {
  /**
   * Who reaches the API server: the private network of the account, or the internet too.
   * @default 'private'
   */
  readonly apiServer?: 'private' | 'public';
  /** Id of the resource group that is billed. @default the account's default group */
  readonly resourceGroupId?: string;
  /** A VPC that is there already, with a subnet of each zone. @default a VPC of its own */
  readonly network?: { readonly vpcId: string; readonly subnetIds: Readonly<Record<string, string>> };
  /**
   * Whether workers may call the internet: images and weights of public registries come from there, and IKS forbids it
   * unless it is told otherwise.
   * @default 'open'
   */
  readonly outboundTraffic?: 'open' | 'protected';
  /**
   * Version of the add-on cluster-autoscaler. None was listed for Kubernetes 1.36 in August 2026.
   * @default the newest that was listed for the cluster: 2.0.0 for 1.31 to 1.35, which scales to zero; none for 1.36
   */
  readonly autoscalerVersion?: string;
  /** IBM Cloud Monitoring (Sysdig) watches the cluster. @default none */
  readonly monitoring?: { readonly plan?: string };
  /** Machines elsewhere, as an OpenShift cluster that IBM manages beside this one. @default none */
  readonly satellite?: SatelliteSpec;
  /** Further tags of everything. @default those of the owner */
  readonly tags?: CloudTags;
}

/** The other plans that a cluster follows from. */
export interface IksClusterContext {
  readonly environment: string;
  readonly platform: PlatformProfile;
  readonly ownership: Ownership;
  readonly pools: readonly GpuNodePoolPlan[];
  /** What only IKS asks of the pools, by name. */
  readonly poolSpecs: Readonly<Record<string, IksPoolSpec | undefined>>;
  /** The longest p95 cold start on the cluster, seconds: an empty node stays at least as long. */
  readonly coldStartSeconds: number;
}

/** A decided cluster of IKS. */
export interface IksClusterPlan {
  readonly name: string;
  readonly region: string;
  readonly kubernetesVersion: string;
  readonly privateApiServer: boolean;
  readonly outboundProtection: boolean;
  readonly resourceGroupId?: string;
  readonly network?: { readonly vpcId: string; readonly subnetIds: Readonly<Record<string, string>> };
  /** Zones of all pools, in order. */
  readonly zones: readonly string[];
  /** The pool that is written inside the cluster; IKS calls it 'default'. */
  readonly systemPool: IksWorkerPoolPlan;
  readonly pools: readonly IksWorkerPoolPlan[];
  readonly autoscaler?: IksAutoscalerPlan;
  readonly monitoring?: { readonly plan: string };
  readonly satellite?: SatellitePlan;
  readonly tags: readonly string[];
}

/** The autoscaler add-on and what its ConfigMap has to say. */
export interface IksAutoscalerPlan {
  readonly version: string;
  /** Entries of kube-system/iks-ca-configmap; the add-on owns the rest. */
  readonly configMap: Readonly<Record<string, string>>;
}

/** Versions of the add-on cluster-autoscaler: the Kubernetes minors that they are for (ibm-cloud-docs/containers, 2026). */
const AUTOSCALER_MINORS: Readonly<Record<string, { readonly first: number; readonly last: number }>> = {
  '2.0.0': { first: 31, last: 35 },
  '1.2.4': { first: 28, last: 34 },
};

/** The newest version that was listed for a version of Kubernetes. */
function listedAutoscaler(minor: number): string | undefined {
  return Object.keys(AUTOSCALER_MINORS).find((version) => isListed(version, minor));
}

/** Of a version that nobody listed nothing is known. */
function isListed(version: string, minor: number): boolean {
  const { first, last } = AUTOSCALER_MINORS[version] ?? { first: 0, last: Number.POSITIVE_INFINITY };
  return minor >= first && minor <= last;
}

/** Earlier versions want one node in each zone at least: scale to zero came with 2.0.0 (2025-12-02). */
const SCALES_TO_ZERO_FROM_MAJOR = 2;

/** "must be 35 characters or fewer" (ibm-cloud-docs/containers, `ibmcloud ks cluster create vpc-gen2 --name`). */
const CLUSTER_NAME_MAX = 35;

/** IBM-Cloud/terraform-provider-ibm examples for sysdig-monitor. */
const MONITORING_PLAN = 'graduated-tier';

function checkNetwork(findings: Findings, spec: IksClusterSpec, zones: readonly string[]): void {
  const { network } = spec;
  if (network === undefined) return;
  for (const zone of zones) {
    if (network.subnetIds?.[zone]) continue;
    findings.error('WP-IKS-004', 'network.subnetIds', network.subnetIds, {
      message: `a pool has workers in ${zone}, and no subnet is named there`,
      allowed: `one subnet of each zone: ${zones.join(', ')}`,
      fix: 'copy their ids from `ibmcloud is subnets`',
    });
  }
  if (!(network.vpcId?.length > 0)) {
    findings.error('WP-IKS-004', 'network.vpcId', network.vpcId, {
      message: 'subnets belong to one VPC',
      allowed: 'its id',
      fix: 'copy it from `ibmcloud is vpcs`',
    });
  }
}

function checkChoices(findings: Findings, spec: IksClusterSpec): void {
  const { apiServer = 'private', outboundTraffic = 'open' } = spec;
  const checks = [
    ['apiServer', apiServer, ['private', 'public']],
    ['outboundTraffic', outboundTraffic, ['open', 'protected']],
  ] as const;
  for (const [prop, value, allowed] of checks) {
    if ((allowed as readonly string[]).includes(value)) continue;
    findings.error('WP-IKS-005', prop, value, {
      message: 'there is no such choice',
      allowed: allowed.join(', '),
      fix: 'leave it out',
    });
  }
  if (outboundTraffic === 'protected') {
    findings.warning('WP-IKS-005', 'outboundTraffic', outboundTraffic, {
      message: 'workers do not reach public registries and model hubs, so pods would wait for their images',
      allowed: 'images and weights from within IBM Cloud',
      fix: 'mirror them, or leave it out',
    });
  }
}

function draftAutoscaler(
  findings: Findings,
  spec: IksClusterSpec,
  pools: readonly IksWorkerPoolPlan[],
  { platform, coldStartSeconds }: IksClusterContext,
): IksAutoscalerPlan | undefined {
  const growing = pools.filter(({ autoscaling }) => autoscaling !== undefined);
  if (growing.length === 0) return undefined;
  const { kubernetesMinor } = platform;
  const version = spec.autoscalerVersion ?? listedAutoscaler(kubernetesMinor) ?? '';
  if (!/^\d+\.\d+\.\d+$/.test(version) || !isListed(version, kubernetesMinor)) {
    findings.error('WP-IKS-006', 'autoscalerVersion', spec.autoscalerVersion, {
      message:
        spec.autoscalerVersion === undefined
          ? `no version of the add-on cluster-autoscaler was listed for Kubernetes ${platform.kubernetes}`
          : `the add-on cluster-autoscaler has no such version for Kubernetes ${platform.kubernetes}`,
      allowed: 'a version that `ibmcloud ks cluster addon versions` lists for it',
      fix: 'name it, or give the pools a fixed size',
    });
  }
  const empty = growing.filter(({ autoscaling }) => autoscaling?.minSize === 0);
  if (Number.parseInt(version, 10) < SCALES_TO_ZERO_FROM_MAJOR) {
    for (const { name } of empty) {
      findings.error('WP-IKS-008', `pools.${name}.minNodes`, 0, {
        message: `version ${version} of the add-on cluster-autoscaler keeps one worker in each zone at least`,
        allowed: `minNodes from 1 in each zone, or version ${SCALES_TO_ZERO_FROM_MAJOR}.0.0 of the add-on`,
        fix: 'raise minNodes, or name a newer autoscalerVersion',
      });
    }
  }
  const config = growing.map(({ name, autoscaling }) => ({ name, ...autoscaling, enabled: true }));
  return {
    version,
    configMap: {
      'workerPoolsConfig.json': JSON.stringify(config),
      scaleDownUnneededTime: nodeKeptText(coldStartSeconds),
      // Every server has an emptyDir: with 'true' no node on which one runs would ever go.
      skipNodesWithLocalStorage: 'false',
    },
  };
}

/** Decides a cluster of IKS: WP-IKS-004 to WP-IKS-008, and what its pools, its tags and Satellite say. */
export function draftIksCluster(spec: IksClusterSpec, context: IksClusterContext): Draft<IksClusterPlan> {
  const findings = new Findings();
  const { environment, platform } = context;
  const ordered = systemPoolsFirst(context.pools);
  const pools = ordered.flatMap((pool) => findings.adopt(draftIksWorkerPool(pool, context.poolSpecs[pool.name])) ?? []);
  const local = new Findings('iks.');
  const zones = [...new Set(pools.flatMap((pool) => pool.zones))].sort();
  checkNetwork(local, spec, zones);
  checkChoices(local, spec);
  const autoscaler = draftAutoscaler(local, spec, pools, context);
  const tags = local.adopt(draftCloudTags('iks', context.ownership, spec.tags, 'iks.')) ?? {};
  const name = cloudName(environment);
  if (name.length > CLUSTER_NAME_MAX) {
    local.error('WP-IKS-007', 'environment', environment, {
      message: 'the cluster is named after it, and IKS ends before',
      allowed: `at most ${CLUSTER_NAME_MAX - cloudName('').length} characters`,
      fix: 'shorten the name of the environment',
    });
  }
  const [systemPool, ...others] = pools;
  if (systemPool === undefined || ordered[0]?.purpose !== 'system') {
    local.error(
      'WP-IKS-007',
      'pools',
      ordered.map((pool) => pool.name),
      {
        message: 'a cluster begins with the pool of its own pods, which GPUs are too dear for',
        allowed: "at least one pool of purpose 'system'",
        fix: "add system: { purpose: 'system', machine: 'bx2.4x16', minNodes: 3, maxNodes: 3, zones: [...] }",
      },
    );
  }
  const serving = ordered.filter(({ purpose }) => purpose !== 'system').map((pool) => pool.name);
  const gpuPools = pools.filter((pool) => serving.includes(pool.name));
  const satellite = spec.satellite && local.adopt(draftSatellite(spec.satellite, gpuPools));
  findings.adopt(local.draft(undefined));
  if (systemPool === undefined) return findings.draft<IksClusterPlan>(undefined);
  return findings.draft<IksClusterPlan>({
    name,
    region: platform.region,
    kubernetesVersion: platform.kubernetes,
    privateApiServer: (spec.apiServer ?? 'private') === 'private',
    outboundProtection: spec.outboundTraffic === 'protected',
    ...(spec.resourceGroupId !== undefined && { resourceGroupId: spec.resourceGroupId }),
    ...(spec.network && { network: spec.network }),
    zones,
    systemPool,
    pools: others,
    ...(autoscaler && { autoscaler }),
    ...(spec.monitoring && { monitoring: { plan: spec.monitoring.plan ?? MONITORING_PLAN } }),
    ...(satellite && { satellite }),
    tags: ibmTags(tags),
  });
}
