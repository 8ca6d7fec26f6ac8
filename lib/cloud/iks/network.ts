/** The network of a cluster: a VPC with a subnet and a way out in each zone. */
import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from '@pulumi/pulumi';
import { IsPublicGateway, IsSubnet, IsVpc } from '../../../imports/ibm';
import type { IksClusterPlan } from '../../domain/iks-cluster';

/** Subnet ids by zone. */
export type SubnetIds = Readonly<Record<string, Input<string>>>;

/** Addresses of a zone: room for its workers and their load balancers. A choice of warmpath. */
const ADDRESSES_PER_ZONE = 256;

/** Props of {@link IksNetwork}. */
export interface IksNetworkProps {
  readonly plan: IksClusterPlan;
}

/** A VPC. Workers reach registries and model hubs through a gateway of their zone. */
export class IksNetwork extends ComponentResource {
  /** Token. */
  static readonly type = 'warmpath:iks:IksNetwork';

  readonly vpcId: Output<string>;
  readonly subnetIds: SubnetIds;

  constructor(name: string, { plan }: IksNetworkProps, options?: ComponentResourceOptions) {
    super(IksNetwork.type, name, {}, options);
    const shared = { resourceGroup: plan.resourceGroupId, tags: [...plan.tags] };
    const vpc = new IsVpc(name, { name: plan.name, ...shared }, { parent: this });
    this.vpcId = vpc.id;
    this.subnetIds = Object.fromEntries(
      plan.zones.map((zone) => {
        const place = { vpc: vpc.id, zone, name: `${plan.name}-${zone}`, ...shared };
        const gateway = new IsPublicGateway(zone, place, { parent: this });
        const subnet = new IsSubnet(
          zone,
          { ...place, totalIpv4AddressCount: ADDRESSES_PER_ZONE, publicGateway: gateway.id },
          { parent: this },
        );
        return [zone, subnet.id];
      }),
    );
    this.registerOutputs({ vpcId: this.vpcId });
  }
}
