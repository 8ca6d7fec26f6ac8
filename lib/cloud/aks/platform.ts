/** A cluster of AKS with its pools. */
import { ManagedCluster, type ManagedClusterArgs } from '@pulumi/azure-native/containerservice';
import { UserAssignedIdentity } from '@pulumi/azure-native/managedidentity';
import { ResourceGroup } from '@pulumi/azure-native/resources';
import { ComponentResource, type ComponentResourceOptions, type Input, type Output, output } from '@pulumi/pulumi';
import type { AksClusterPlan } from '../../domain/aks-cluster';
import { AZURE_ROLES } from '../../domain/azure-roles';
import { AksGpuNodePool, aksPoolProperties } from './gpu-pool';
import { assignRole } from './identity';
import { AksNetwork, SUBNETS } from './network';

/** Props of {@link AksPlatform}. */
export interface AksPlatformProps {
  readonly plan: AksClusterPlan;
}

/** What has to hold before the cluster exists, as its properties. */
function clusterProperties(plan: AksClusterPlan): Omit<ManagedClusterArgs, 'resourceGroupName' | 'agentPoolProfiles'> {
  const { network } = plan;
  return {
    resourceName: plan.name,
    location: plan.location,
    kubernetesVersion: plan.kubernetesVersion,
    dnsPrefix: plan.name,
    nodeResourceGroup: plan.nodeResourceGroup,
    sku: { name: 'Base', tier: plan.tier },
    // Kubernetes' own users and certificates are off: everybody comes through Entra and has rights of Azure's.
    enableRBAC: true,
    disableLocalAccounts: true,
    aadProfile: {
      managed: true,
      enableAzureRBAC: true,
      ...(plan.adminGroupObjectIDs.length > 0 && { adminGroupObjectIDs: [...plan.adminGroupObjectIDs] }),
    },
    apiServerAccessProfile: plan.privateApiServer
      ? { enablePrivateCluster: true }
      : { enablePrivateCluster: false, authorizedIPRanges: [...plan.authorizedIpRanges] },
    autoUpgradeProfile: {
      upgradeChannel: plan.upgradeChannel,
      nodeOSUpgradeChannel: plan.nodeOSUpgradeChannel,
    },
    ...(plan.autoScalerProfile && { autoScalerProfile: { ...plan.autoScalerProfile } }),
    networkProfile: {
      networkPlugin: 'azure',
      ...(network.podCidr !== undefined && { networkPluginMode: 'overlay', podCidr: network.podCidr }),
      networkPolicy: network.networkPolicy,
      ...(network.networkPolicy === 'cilium' && { networkDataplane: 'cilium' }),
      serviceCidr: network.serviceCidr,
      dnsServiceIP: network.dnsServiceIP,
      loadBalancerSku: 'standard',
      outboundType: 'loadBalancer',
    },
    nodeProvisioningProfile: plan.nodeProvisioning ? { mode: 'Auto', defaultNodePools: 'None' } : { mode: 'Manual' },
    oidcIssuerProfile: { enabled: true },
    securityProfile: { workloadIdentity: { enabled: true } },
    storageProfile: { blobCSIDriver: { enabled: plan.blobCsiDriver } },
    workloadAutoScalerProfile: {
      keda: { enabled: plan.keda },
      verticalPodAutoscaler: { enabled: plan.verticalPodAutoscaler },
    },
    metricsProfile: { costAnalysis: { enabled: plan.costAnalysis } },
    ...(plan.managedPrometheus && { azureMonitorProfile: { metrics: { enabled: true } } }),
    ...(network.virtualNodes !== undefined && {
      addonProfiles: { aciConnectorLinux: { enabled: true, config: { SubnetName: SUBNETS.virtualNodes } } },
    }),
    tags: { ...plan.tags },
  };
}

/**
 * A resource group, a network, and a cluster of AKS with its pools: private, without local accounts, with Entra rights,
 * workload identity and somebody who enforces NetworkPolicies. One system pool is written inside the cluster; every
 * other pool is a resource of its own, so that a change of one touches no other (pulumi-azure-native#4264).
 *
 * @example
 * const { value: plan } = draftAksCluster({}, context);
 * const platform = new AksPlatform('prod', { plan });
 */
export class AksPlatform extends ComponentResource {
  /** Token. */
  static readonly type = 'warmpath:aks:AksPlatform';

  readonly resourceGroupName: Output<string>;
  readonly resourceGroupId: Output<string>;
  readonly clusterName: Output<string>;
  /** Resource id of the cluster. */
  readonly clusterId: Output<string>;
  /** Who signs the tokens of ServiceAccounts. */
  readonly oidcIssuerUrl: Output<string>;
  /** Subnet for private endpoints, a resource id; undefined where a given network names none. */
  readonly endpointSubnetId: Output<string> | undefined;
  /** Resource id of the network that was made; undefined where one was given. */
  readonly networkId: Output<string> | undefined;
  /** Pools beside the first system pool, by name. */
  readonly pools: Readonly<Record<string, AksGpuNodePool>>;
  /** The cluster itself, for whoever depends on it. */
  readonly cluster: ManagedCluster;

  constructor(name: string, { plan }: AksPlatformProps, options?: ComponentResourceOptions) {
    super(AksPlatform.type, name, {}, options);
    const group = new ResourceGroup(
      name,
      { resourceGroupName: plan.resourceGroupName, location: plan.location, tags: { ...plan.tags } },
      { parent: this },
    );
    this.resourceGroupName = group.name;
    this.resourceGroupId = group.id;
    const { given } = plan.network;
    const network =
      given === undefined ? new AksNetwork(name, { plan, resourceGroupName: group.name }, { parent: this }) : undefined;
    const nodeSubnetId: Input<string> | undefined = network?.nodeSubnetId ?? given?.nodes;
    this.networkId = network?.id;
    this.endpointSubnetId = network?.endpointSubnetId ?? (given?.endpoints ? output(given.endpoints) : undefined);
    this.cluster = this.makeCluster(name, plan, network?.id ?? given?.nodes, nodeSubnetId);
    this.clusterName = this.cluster.name;
    this.clusterId = this.cluster.id;
    this.oidcIssuerUrl = this.cluster.oidcIssuerProfile.apply((profile) => profile?.issuerURL ?? '');
    this.pools = Object.fromEntries(
      plan.pools.map((pool) => [
        pool.name,
        new AksGpuNodePool(
          pool.name,
          { plan: pool, resourceGroupName: group.name, clusterName: this.cluster.name, subnetId: nodeSubnetId },
          { parent: this },
        ),
      ]),
    );
    if (plan.network.virtualNodes !== undefined && network !== undefined) this.letVirtualNodesIn(network);
    this.registerOutputs({ clusterId: this.clusterId, resourceGroupName: this.resourceGroupName });
  }

  /** The cluster runs as an identity of its own: capacity reservations and networks are opened to that. */
  private makeCluster(
    name: string,
    plan: AksClusterPlan,
    networkScope: Input<string> | undefined,
    nodeSubnetId: Input<string> | undefined,
  ): ManagedCluster {
    const { resourceGroupName } = this;
    const identity = new UserAssignedIdentity(
      name,
      { resourceGroupName, location: plan.location, resourceName: plan.name, tags: { ...plan.tags } },
      { parent: this },
    );
    const rights =
      networkScope === undefined
        ? []
        : [
            assignRole(
              `${name}-network`,
              { role: AZURE_ROLES.networkContributor, principalId: identity.principalId, scope: networkScope },
              this,
            ),
          ];
    const { systemPool } = plan;
    return new ManagedCluster(
      name,
      {
        resourceGroupName,
        ...clusterProperties(plan),
        identity: { type: 'UserAssigned', userAssignedIdentities: [identity.id] },
        agentPoolProfiles: [
          {
            name: systemPool.name,
            ...aksPoolProperties(systemPool),
            ...(nodeSubnetId !== undefined && { vnetSubnetID: nodeSubnetId }),
          },
        ],
      },
      {
        parent: this,
        dependsOn: rights,
        // By its path: whoever ignores the whole list mixes it with the pools beside it (pulumi-azure-native#2719).
        ignoreChanges: systemPool.autoscaling === undefined ? [] : ['agentPoolProfiles[0].count'],
      },
    );
  }

  /** azure-aks-docs virtual-nodes-cli.md: the add-on's own identity joins containers to the subnet. */
  private letVirtualNodesIn(network: AksNetwork): void {
    const principalId = this.cluster.addonProfiles.apply(
      (profiles) => profiles?.aciConnectorLinux?.identity?.objectId ?? '',
    );
    assignRole('virtual-nodes', { role: AZURE_ROLES.networkContributor, principalId, scope: network.id }, this);
  }
}
