/** A storage account for weights, which only the network of the cluster reaches. */
import { PrivateDnsZoneGroup, PrivateEndpoint } from '@pulumi/azure-native/network';
import { PrivateZone, VirtualNetworkLink } from '@pulumi/azure-native/privatedns';
import { BlobContainer, ManagementPolicy, StorageAccount } from '@pulumi/azure-native/storage';
import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from '@pulumi/pulumi';
import { AZURE_ROLES } from '../../domain/azure-roles';
import type { CloudTags } from '../../domain/cloud-tags';
import type { ModelStorePlan } from '../../domain/model-store';
import { assignRole } from './identity';

/** Container of the account that holds the weights. */
export const MODEL_CONTAINER = 'models';

/**
 * Ways into an account with a hierarchy of names: blobfuse asks both endpoints (azure-storage-fuse, `--use-adls=true`).
 * Zones: azure-docs private-link/private-endpoint-dns.md.
 */
const ENDPOINTS = { blob: 'privatelink.blob.core.windows.net', dfs: 'privatelink.dfs.core.windows.net' } as const;

/** Props of {@link AksModelStore}. */
export interface AksModelStoreProps {
  readonly plan: ModelStorePlan;
  readonly resourceGroupName: Input<string>;
  readonly location: string;
  /** Subnet of the private endpoint, a resource id. */
  readonly endpointSubnetId: Input<string>;
  /** Network whose names shall lead to the endpoint, a resource id. @default the network's own DNS does it */
  readonly networkId?: Input<string>;
  readonly tags: CloudTags;
}

/**
 * A Premium block-blob account with a hierarchy of names, no public way in and no account keys, a container for weights,
 * and private endpoints. Deleting it deletes the weights, so it is protected.
 *
 * @example
 * new AksModelStore('prod', { plan, resourceGroupName, location, endpointSubnetId, networkId, tags });
 */
export class AksModelStore extends ComponentResource {
  /** Token. */
  static readonly type = 'warmpath:aks:AksModelStore';

  /** Resource id of the account. */
  readonly id: Output<string>;

  constructor(name: string, props: AksModelStoreProps, options?: ComponentResourceOptions) {
    super(AksModelStore.type, name, {}, options);
    const { plan, resourceGroupName, location, tags } = props;
    const nfs = plan.protocol === 'nfs';
    const account = new StorageAccount(
      name,
      {
        resourceGroupName,
        accountName: plan.name,
        location,
        kind: 'BlockBlobStorage',
        sku: { name: plan.zoneRedundant ? 'Premium_ZRS' : 'Premium_LRS' },
        isHnsEnabled: true,
        // NFS 3 knows neither TLS nor tokens: the network is the lock (kubernetes-sigs/blob-csi-driver does the same).
        enableNfsV3: nfs,
        enableHttpsTrafficOnly: !nfs,
        allowSharedKeyAccess: false,
        allowBlobPublicAccess: false,
        minimumTlsVersion: 'TLS1_2',
        publicNetworkAccess: 'Disabled',
        networkRuleSet: { defaultAction: 'Deny', bypass: 'None' },
        tags: { ...tags },
      },
      { parent: this },
    );
    this.id = account.id;
    const container = { resourceGroupName, accountName: account.name, containerName: MODEL_CONTAINER };
    new BlobContainer(name, container, { parent: this });
    if (plan.deleteAfterDays !== undefined) {
      new ManagementPolicy(
        name,
        {
          resourceGroupName,
          accountName: account.name,
          managementPolicyName: 'default',
          policy: {
            rules: [
              {
                name: 'old-models',
                type: 'Lifecycle',
                enabled: true,
                definition: {
                  filters: { blobTypes: ['blockBlob'], prefixMatch: [`${MODEL_CONTAINER}/`] },
                  actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: plan.deleteAfterDays } } },
                },
              },
            ],
          },
        },
        { parent: this },
      );
    }
    for (const [kind, zone] of Object.entries(ENDPOINTS)) this.open(`${name}-${kind}`, kind, zone, props);
    this.registerOutputs({ id: this.id });
  }

  /** Lets an identity read, or write, what is in the account. */
  grant(name: string, principalId: Input<string>, right: 'read' | 'write'): void {
    const role = right === 'read' ? AZURE_ROLES.storageBlobDataReader : AZURE_ROLES.storageBlobDataContributor;
    assignRole(`${name}-model-store`, { role, principalId, scope: this.id }, this);
  }

  /** An address in the network of the cluster, and the name that leads there. */
  private open(name: string, kind: string, zoneName: string, props: AksModelStoreProps): void {
    const { plan, resourceGroupName, location, endpointSubnetId, networkId, tags } = props;
    const endpoint = new PrivateEndpoint(
      name,
      {
        resourceGroupName,
        privateEndpointName: `${plan.name}-${kind}`,
        location,
        subnet: { id: endpointSubnetId },
        privateLinkServiceConnections: [{ name: kind, privateLinkServiceId: this.id, groupIds: [kind] }],
        tags: { ...tags },
      },
      { parent: this },
    );
    if (networkId === undefined) return;
    const zone = new PrivateZone(
      name,
      { resourceGroupName, privateZoneName: zoneName, location: 'Global', tags: { ...tags } },
      { parent: this },
    );
    new VirtualNetworkLink(
      name,
      {
        resourceGroupName,
        privateZoneName: zone.name,
        virtualNetworkLinkName: plan.name,
        location: 'Global',
        virtualNetwork: { id: networkId },
        registrationEnabled: false,
        tags: { ...tags },
      },
      { parent: this },
    );
    new PrivateDnsZoneGroup(
      name,
      {
        resourceGroupName,
        privateEndpointName: endpoint.name,
        privateDnsZoneGroupName: 'default',
        privateDnsZoneConfigs: [{ name: kind, privateDnsZoneId: zone.id }],
      },
      { parent: this },
    );
  }
}
