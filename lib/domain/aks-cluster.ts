/** A cluster of AKS as pods of warmpath expect it: pools, access, add-ons, and what they cost to watch. */
import { type AksNodePoolPlan, type AksPoolSpec, draftAksNodePool, type PoolPatience } from './aks-node-pool';
import { type AutoscalerProfile, autoscalerProfile } from './autoscaler-profile';
import { azureResourceIdForm, isAzureResourceId } from './azure-ids';
import { type CloudTags, draftCloudTags } from './cloud-tags';
import { isMadeByKarpenter } from './karpenter-pool';
import { cloudName, type Ownership } from './names';
import { type GpuNodePoolPlan, systemPoolsFirst } from './node-pool-plan';
import type { PlatformProfile } from './platform-profile';
import { type Draft, Findings } from './problem';
import { isGuid } from './workload-identity';

/** What an environment says about its cluster on AKS; everything has a default. */
export interface AksClusterSpec {
  /**
   * Who reaches the API server: the network of the cluster, or addresses of the internet in CIDR form.
   * @default 'private'
   */
  readonly apiServer?: 'private' | { readonly authorizedIpRanges: readonly string[] };
  /**
   * Object ids of Entra groups whose members administer the cluster. There are no local accounts; without a group,
   * rights come from Azure role assignments alone.
   * @default none
   */
  readonly adminGroups?: readonly string[];
  /** Standard and Premium promise availability and analyse costs. @default 'Standard' */
  readonly tier?: 'Free' | 'Standard' | 'Premium';
  /** AKS' own cost analysis (OpenCost); about a day late. @default true where the tier has it */
  readonly costAnalysis?: boolean;
  /** Managed Prometheus of Azure, with Grafana if wanted. @default none: the team runs its own */
  readonly managedPrometheus?: { readonly grafana?: boolean };
  /** Subnet of the nodes, a resource id. @default a network of its own */
  readonly nodeSubnetId?: string;
  /** Subnet of private endpoints, a resource id; needed beside nodeSubnetId for a model store. @default as above */
  readonly endpointSubnetId?: string;
  /**
   * Virtual nodes (Azure Container Instances) for bursts of pods without GPUs. Azure retired GPUs there on 2025-07-14.
   * @default none
   */
  readonly virtualNodes?: { readonly gpu?: boolean };
  /** Azure Machine Learning attaches the cluster as a compute target. @default not attached */
  readonly machineLearning?: AzureMachineLearningSpec;
  /** When the control plane and the nodes are upgraded by themselves. @default 'patch' and 'NodeImage' */
  readonly upgrades?: { readonly cluster?: UpgradeChannel; readonly nodes?: NodeUpgradeChannel };
  /** Further tags of everything. @default those of the owner */
  readonly tags?: CloudTags;
}

export type UpgradeChannel = 'none' | 'patch' | 'stable' | 'rapid' | 'node-image';
export type NodeUpgradeChannel = 'None' | 'Unmanaged' | 'NodeImage' | 'SecurityPatch';

/** What is told to the extension of Azure Machine Learning. */
export interface AzureMachineLearningSpec {
  /** Train models on the cluster. @default true */
  readonly training?: boolean;
  /** Serve models by its own router, beside what warmpath serves. @default false */
  readonly inference?: boolean;
}

/** The other plans that a cluster follows from. */
export interface AksClusterContext {
  readonly environment: string;
  readonly platform: PlatformProfile;
  readonly ownership: Ownership;
  readonly pools: readonly GpuNodePoolPlan[];
  /** What only AKS asks of the pools, by name. */
  readonly poolSpecs: Readonly<Record<string, AksPoolSpec | undefined>>;
  /** How long the pods of a pool need to move, by name. */
  readonly patience: Readonly<Record<string, PoolPatience | undefined>>;
  /** Whether a ScaledObject is emitted. */
  readonly scales: boolean;
  /** Whether a VerticalPodAutoscaler is. */
  readonly recommends: boolean;
  /** Whether there is a model store. */
  readonly modelStore: boolean;
}

/** A decided cluster of AKS, by the names of Azure's API where it has one. */
export interface AksClusterPlan {
  /** Names are decided from the environment, so that nobody has to wait for a cloud to know them. */
  readonly name: string;
  readonly resourceGroupName: string;
  /** Where Azure puts machines and disks: what costs money is here. */
  readonly nodeResourceGroup: string;
  readonly location: string;
  readonly kubernetesVersion: string;
  readonly tier: 'Free' | 'Standard' | 'Premium';
  readonly privateApiServer: boolean;
  readonly authorizedIpRanges: readonly string[];
  readonly adminGroupObjectIDs: readonly string[];
  /** The pool that is written inside the cluster. */
  readonly systemPool: AksNodePoolPlan;
  /** All others; each a resource of its own. */
  readonly pools: readonly AksNodePoolPlan[];
  readonly autoScalerProfile?: AutoscalerProfile;
  /** Whether node auto-provisioning makes the nodes of GPU pools. */
  readonly nodeProvisioning: boolean;
  readonly keda: boolean;
  readonly verticalPodAutoscaler: boolean;
  readonly blobCsiDriver: boolean;
  readonly costAnalysis: boolean;
  readonly managedPrometheus?: { readonly grafana: boolean };
  readonly network: AksNetworkPlan;
  readonly machineLearning?: AzureMachineLearningPlan;
  readonly upgradeChannel: UpgradeChannel;
  readonly nodeOSUpgradeChannel: NodeUpgradeChannel;
  readonly tags: CloudTags;
}

/** Addresses of a cluster. */
export interface AksNetworkPlan {
  /** Resource ids of subnets that are there already; absent where the cluster gets a network of its own. */
  readonly given?: { readonly nodes: string; readonly endpoints?: string };
  readonly addressSpace: string;
  readonly nodes: string;
  readonly endpoints: string;
  /** Absent without virtual nodes. */
  readonly virtualNodes?: string;
  /** Addresses of pods; absent where they take those of the nodes' subnet, as virtual nodes need it. */
  readonly podCidr?: string;
  /** Who enforces the NetworkPolicies that warmpath emits. Without one they would be read by nobody. */
  readonly networkPolicy: 'cilium' | 'calico';
  readonly serviceCidr: string;
  readonly dnsServiceIP: string;
}

/** Settings of the extension Microsoft.AzureML.Kubernetes. */
export interface AzureMachineLearningPlan {
  readonly settings: Readonly<Record<string, string>>;
}

/**
 * The network of AKS itself where nobody brings one (azure-aks-docs configure-azure-cni-overlay.md, nodes in
 * 10.224.0.0/16 and pods in 10.244.0.0/16; service addresses 10.0.0.0/16), and rooms of ours beside the nodes.
 */
const NETWORK = {
  addressSpace: '10.224.0.0/12',
  nodes: '10.224.0.0/16',
  endpoints: '10.239.0.0/24',
  virtualNodes: '10.238.0.0/16',
  podCidr: '10.244.0.0/16',
  serviceCidr: '10.0.0.0/16',
  dnsServiceIP: '10.0.0.10',
} as const;

const SUBNET = 'Microsoft.Network/virtualNetworks/subnets';

/** A resource group of AKS is at most 90 characters, a cluster 63; both names are the environment's with a word before. */
const NAME_MAX = 40;

const TIERS: readonly string[] = ['Free', 'Standard', 'Premium'] satisfies AksClusterPlan['tier'][];
const CHANNELS: readonly string[] = ['none', 'patch', 'stable', 'rapid', 'node-image'] satisfies UpgradeChannel[];
const NODE_CHANNELS: readonly string[] = [
  'None',
  'Unmanaged',
  'NodeImage',
  'SecurityPatch',
] satisfies NodeUpgradeChannel[];

const OCTET = '(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const CIDR = new RegExp(`^(${OCTET}\\.){3}${OCTET}(/([0-9]|[12]\\d|3[0-2]))?$`);

function checkAccess(findings: Findings, { apiServer = 'private', adminGroups = [] }: AksClusterSpec): void {
  const ranges = apiServer === 'private' ? [] : (apiServer?.authorizedIpRanges ?? []);
  const open = ranges.filter((range) => !CIDR.test(range) || range.endsWith('/0'));
  if (apiServer !== 'private' && (ranges.length === 0 || open.length > 0)) {
    findings.error('WP-AKS-009', 'apiServer', apiServer, {
      message: 'the API server of a GPU cluster would stand open to the internet',
      allowed: "'private', or authorizedIpRanges of yours in CIDR form, none of them 0.0.0.0/0",
      fix: "leave it out, or name the addresses of your offices and runners, for example '203.0.113.0/24'",
    });
  }
  for (const group of adminGroups.filter((id) => !isGuid(id))) {
    findings.error('WP-AKS-009', 'adminGroups', group, {
      message: 'Entra knows groups by their object ids',
      allowed: 'GUIDs',
      fix: 'copy it from `az ad group show --group <name> --query id`',
    });
  }
}

function checkMoney(findings: Findings, { tier = 'Standard', costAnalysis }: AksClusterSpec): void {
  if (!TIERS.includes(tier)) {
    findings.error('WP-AKS-010', 'tier', tier, {
      message: 'AKS sells no such tier',
      allowed: TIERS.join(', '),
      fix: "leave it out for 'Standard'",
    });
  } else if (costAnalysis && tier === 'Free') {
    // azure-aks-docs cost-analysis.md.
    findings.error('WP-AKS-010', 'costAnalysis', costAnalysis, {
      message: 'AKS analyses the costs of Standard and Premium clusters only',
      allowed: 'false with tier Free',
      fix: "set tier: 'Standard', or remove costAnalysis",
    });
  }
}

function checkUpgrades(findings: Findings, { upgrades = {} }: AksClusterSpec): void {
  const { cluster = 'patch', nodes = 'NodeImage' } = upgrades;
  const checks = [
    ['upgrades.cluster', cluster, CHANNELS],
    ['upgrades.nodes', nodes, NODE_CHANNELS],
  ] as const;
  for (const [prop, value, allowed] of checks) {
    if (allowed.includes(value)) continue;
    findings.error('WP-AKS-010', prop, value, {
      message: 'AKS knows no such channel',
      allowed: allowed.join(', '),
      fix: 'leave it out',
    });
  }
}

function checkSubnets(findings: Findings, spec: AksClusterSpec, modelStore: boolean): void {
  const { nodeSubnetId, endpointSubnetId } = spec;
  for (const [prop, id] of Object.entries({ nodeSubnetId, endpointSubnetId })) {
    if (id === undefined || isAzureResourceId(id, SUBNET)) continue;
    findings.error('WP-AKS-011', prop, id, {
      message: 'this is no resource id of a subnet',
      allowed: azureResourceIdForm(SUBNET),
      fix: 'copy it from `az network vnet subnet show --query id`',
    });
  }
  if ((nodeSubnetId === undefined) !== (endpointSubnetId === undefined) && (endpointSubnetId || modelStore)) {
    const missing = nodeSubnetId === undefined ? 'nodeSubnetId' : 'endpointSubnetId';
    findings.error('WP-AKS-011', missing, undefined, {
      message: 'nodes and the endpoint of the model store stand in one network, yours or the one that is made',
      allowed: 'both subnets, or none of them',
      fix: `set ${missing}`,
    });
  }
  if (nodeSubnetId !== undefined && spec.virtualNodes !== undefined) {
    findings.error('WP-AKS-011', 'virtualNodes', spec.virtualNodes, {
      message: 'virtual nodes take a subnet of their own that is handed over to Azure Container Instances',
      allowed: 'clusters with a network of their own',
      fix: 'leave nodeSubnetId out, or add virtual nodes to the network by hand',
    });
  }
}

function checkVirtualNodes(findings: Findings, { virtualNodes, apiServer }: AksClusterSpec): void {
  if (virtualNodes !== undefined && apiServer !== undefined && apiServer !== 'private') {
    // azure-aks-docs virtual-nodes.md, limitations.
    findings.error('WP-AKS-012', 'apiServer', apiServer, {
      message: 'virtual nodes do not reach an API server that only some addresses may call',
      allowed: "'private' beside virtual nodes",
      fix: 'remove one of them',
    });
  }
  if (!virtualNodes?.gpu) return;
  // azure-compute-docs articles/container-instances/container-instances-gpu.md.
  findings.error('WP-AKS-012', 'virtualNodes.gpu', true, {
    message: 'Azure Container Instances have no GPUs any more: Azure retired them on 2025-07-14',
    allowed: 'virtual nodes for pods without GPUs',
    fix: 'keep warm nodes (WarmPool), or add a spot pool, for bursts that need GPUs',
  });
}

/** Node auto-provisioning and pools that the cluster autoscaler grows do not live together (node-auto-provisioning.md). */
function checkProvisioning(findings: Findings, pools: readonly AksNodePoolPlan[]): void {
  for (const { name, autoscaling } of pools) {
    if (autoscaling === undefined) continue;
    findings.error('WP-AKS-013', `pools.${name}`, autoscaling, {
      message: 'node auto-provisioning is on, and AKS wants no pool beside it that its other autoscaler grows',
      allowed: 'pools of fixed size',
      fix: 'set minNodes = maxNodes',
    });
  }
}

/**
 * Extension settings (azure-docs machine-learning/how-to-deploy-kubernetes-extension.md). What warmpath brings itself is
 * off: two device plugins fight for a node, and two sets of exporters count everything twice.
 */
function machineLearningPlan(
  findings: Findings,
  spec: AzureMachineLearningSpec,
  privateApiServer: boolean,
): AzureMachineLearningPlan {
  const { training = true, inference = false } = spec;
  if (!training && !inference) {
    findings.error('WP-AKS-014', 'machineLearning', spec, {
      message: 'an extension that neither trains nor serves does nothing',
      allowed: 'training, inference or both',
      fix: 'remove machineLearning',
    });
  }
  const flag = (on: boolean) => (on ? 'True' : 'False');
  return {
    settings: {
      enableTraining: flag(training),
      enableInference: flag(inference),
      ...(inference && {
        inferenceRouterServiceType: 'ClusterIP',
        inferenceRouterHA: 'True',
        // Without certificates of the team there is no TLS; the service is reached from within the cluster only.
        allowInsecureConnections: 'True',
      }),
      installNvidiaDevicePlugin: 'False',
      installDcgmExporter: 'False',
      installPromOp: 'False',
      installVolcano: flag(training),
      ...(privateApiServer && { internalLoadBalancerProvider: 'azure' }),
    },
  };
}

/** Draws every pool that the cloud makes, the system pools first. */
function draftPools(findings: Findings, context: AksClusterContext): readonly AksNodePoolPlan[] {
  for (const { name } of context.pools.filter(isMadeByKarpenter)) {
    const given = context.poolSpecs[name];
    if (given === undefined) continue;
    findings.error('WP-AKS-015', `pools.${name}.aks`, given, {
      message:
        'node auto-provisioning makes the nodes of this pool, and AKS has no pool that these settings could be of',
      allowed: 'system pools, or pools that the cluster autoscaler grows',
      fix: 'remove aks, or set what a node class has (NodeAutoscaling)',
    });
  }
  const made = context.pools.filter((pool) => !isMadeByKarpenter(pool));
  return systemPoolsFirst(made).flatMap((pool) => {
    const { name } = pool;
    return findings.adopt(draftAksNodePool(pool, context.poolSpecs[name], context.patience[name])) ?? [];
  });
}

/** Decides a cluster of AKS: WP-AKS-008 to WP-AKS-015, and what its pools and tags say. */
export function draftAksCluster(spec: AksClusterSpec, context: AksClusterContext): Draft<AksClusterPlan> {
  const findings = new Findings();
  const { environment, platform, pools: plans } = context;
  const local = new Findings('aks.');
  checkAccess(local, spec);
  checkMoney(local, spec);
  checkUpgrades(local, spec);
  checkSubnets(local, spec, context.modelStore);
  checkVirtualNodes(local, spec);
  const { apiServer = 'private', tier = 'Standard', machineLearning } = spec;
  const privateApiServer = apiServer === 'private';
  const extension = machineLearning && machineLearningPlan(local, machineLearning, privateApiServer);
  const tags = local.adopt(draftCloudTags('aks', context.ownership, spec.tags, 'aks.')) ?? {};
  const pools = draftPools(findings, context);
  const nodeProvisioning = platform.nodeAutoscaler === 'karpenter';
  if (nodeProvisioning) checkProvisioning(local, pools);
  if (environment.length > NAME_MAX) {
    local.error('WP-AKS-008', 'environment', environment, {
      message: 'cluster and resource groups are named after it, and Azure ends before',
      allowed: `at most ${NAME_MAX} characters`,
      fix: 'shorten the name of the environment',
    });
  }
  const [systemPool, ...others] = pools;
  if (systemPool === undefined || systemPool.mode !== 'System') {
    local.error(
      'WP-AKS-008',
      'pools',
      plans.map((pool) => pool.name),
      {
        message: 'AKS makes no cluster without a system pool',
        allowed: "at least one pool of purpose 'system'",
        fix: "add system: { purpose: 'system', machine: 'Standard_D4s_v5', minNodes: 2, maxNodes: 2 }",
      },
    );
  }
  findings.adopt(local.draft(undefined));
  if (systemPool === undefined) return findings.draft<AksClusterPlan>(undefined);
  const longestStart = Math.max(0, ...plans.map(({ name }) => context.patience[name]?.startSeconds ?? 0));
  const scaled = plans.filter((pool) => !isMadeByKarpenter(pool));
  const profile = autoscalerProfile(scaled, longestStart);
  const name = cloudName(environment);
  const { nodeSubnetId, endpointSubnetId } = spec;
  return findings.draft<AksClusterPlan>({
    name,
    resourceGroupName: name,
    nodeResourceGroup: `${name}-nodes`,
    location: platform.region,
    kubernetesVersion: platform.kubernetes,
    tier,
    privateApiServer,
    authorizedIpRanges: apiServer === 'private' ? [] : (apiServer.authorizedIpRanges ?? []),
    adminGroupObjectIDs: spec.adminGroups ?? [],
    systemPool,
    pools: others,
    ...(profile && { autoScalerProfile: profile }),
    nodeProvisioning,
    keda: context.scales,
    verticalPodAutoscaler: context.recommends,
    blobCsiDriver: true,
    costAnalysis: spec.costAnalysis ?? tier !== 'Free',
    ...(spec.managedPrometheus && { managedPrometheus: { grafana: spec.managedPrometheus.grafana ?? false } }),
    network: {
      ...(nodeSubnetId !== undefined && { given: { nodes: nodeSubnetId, endpoints: endpointSubnetId } }),
      addressSpace: NETWORK.addressSpace,
      nodes: NETWORK.nodes,
      endpoints: NETWORK.endpoints,
      ...(spec.virtualNodes && { virtualNodes: NETWORK.virtualNodes }),
      // Cilium needs the overlay, and virtual nodes plain Azure CNI (azure-aks-docs azure-cni-powered-by-cilium.md).
      ...(spec.virtualNodes === undefined
        ? { podCidr: NETWORK.podCidr, networkPolicy: 'cilium' }
        : { networkPolicy: 'calico' }),
      serviceCidr: NETWORK.serviceCidr,
      dnsServiceIP: NETWORK.dnsServiceIP,
    },
    ...(extension && { machineLearning: extension }),
    upgradeChannel: spec.upgrades?.cluster ?? 'patch',
    nodeOSUpgradeChannel: spec.upgrades?.nodes ?? 'NodeImage',
    tags,
  });
}
