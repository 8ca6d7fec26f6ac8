/** The network of a cluster: nodes, private endpoints, virtual nodes. */
import { VirtualNetwork } from '@pulumi/azure-native/network';
import { ComponentResource, type ComponentResourceOptions, type Input, interpolate, type Output } from '@pulumi/pulumi';
import type { AksClusterPlan } from '../../domain/aks-cluster';

/** Subnets by what stands in them; the virtual nodes' is delegated to Azure Container Instances. */
export const SUBNETS = { nodes: 'nodes', endpoints: 'endpoints', virtualNodes: 'virtual-nodes' } as const;

/** Props of {@link AksNetwork}. */
export interface AksNetworkProps {
  readonly plan: AksClusterPlan;
  readonly resourceGroupName: Input<string>;
}

/** A virtual network with the subnets of a cluster. They are part of it, so that no update of one loses another. */
export class AksNetwork extends ComponentResource {
  /** Token. */
  static readonly type = 'warmpath:aks:AksNetwork';

  /** Resource ids. */
  readonly id: Output<string>;
  readonly nodeSubnetId: Output<string>;
  readonly endpointSubnetId: Output<string>;

  constructor(name: string, { plan, resourceGroupName }: AksNetworkProps, options?: ComponentResourceOptions) {
    super(AksNetwork.type, name, {}, options);
    const { addressSpace, nodes, endpoints, virtualNodes } = plan.network;
    const network = new VirtualNetwork(
      name,
      {
        resourceGroupName,
        location: plan.location,
        virtualNetworkName: plan.name,
        addressSpace: { addressPrefixes: [addressSpace] },
        subnets: [
          { name: SUBNETS.nodes, addressPrefix: nodes },
          { name: SUBNETS.endpoints, addressPrefix: endpoints },
          ...(virtualNodes === undefined
            ? []
            : [
                {
                  name: SUBNETS.virtualNodes,
                  addressPrefix: virtualNodes,
                  // azure-aks-docs virtual-nodes-cli.md.
                  delegations: [{ name: 'aci', serviceName: 'Microsoft.ContainerInstance/containerGroups' }],
                },
              ]),
        ],
        tags: { ...plan.tags },
      },
      { parent: this },
    );
    this.id = network.id;
    this.nodeSubnetId = interpolate`${network.id}/subnets/${SUBNETS.nodes}`;
    this.endpointSubnetId = interpolate`${network.id}/subnets/${SUBNETS.endpoints}`;
    this.registerOutputs({ id: this.id });
  }
}
