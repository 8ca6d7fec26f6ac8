import * as pulumi from '@pulumi/pulumi';
import { getPackage, isResource, type PropertyNames, resourceInputs, resourceOptions } from './package';

const NAMES: PropertyNames = {
  required: ['vpc', 'zone'],
  optional: [
    'name',
    'ipv4CidrBlock',
    'totalIpv4AddressCount',
    'ipVersion',
    'networkAcl',
    'publicGateway',
    'routingTable',
    'routingTableCrn',
    'resourceGroup',
    'tags',
    'accessTags',
  ],
  outputs: ['crn', 'status', 'availableIpv4AddressCount'],
};

export interface IsSubnetArgs {
  /** Id of the VPC. Replaces. */
  readonly vpc: pulumi.Input<string>;
  /** Zone, such as `us-south-1`. Replaces. */
  readonly zone: pulumi.Input<string>;
  /** Name: lower-case letters, digits and hyphens, up to 63. @default made of the logical name */
  readonly name?: pulumi.Input<string>;
  /** CIDR; not together with `totalIpv4AddressCount`. Replaces. */
  readonly ipv4CidrBlock?: pulumi.Input<string>;
  /** Addresses, a power of two. Replaces. */
  readonly totalIpv4AddressCount?: pulumi.Input<number>;
  /** @default ipv4 */
  readonly ipVersion?: pulumi.Input<string>;
  /** Id of the network ACL. @default that of the VPC */
  readonly networkAcl?: pulumi.Input<string>;
  /** Id of the public gateway. @default none */
  readonly publicGateway?: pulumi.Input<string>;
  /** Id of the routing table. Replaces. @default that of the VPC */
  readonly routingTable?: pulumi.Input<string>;
  /** CRN of the routing table; not together with `routingTable`. Replaces. */
  readonly routingTableCrn?: pulumi.Input<string>;
  /** Id of the resource group. Replaces. @default that of the provider */
  readonly resourceGroup?: pulumi.Input<string>;
  /** Tags of the form `key:value`, up to 128 characters each. */
  readonly tags?: pulumi.Input<pulumi.Input<string>[]>;
  /** Tags that access policies may name. */
  readonly accessTags?: pulumi.Input<pulumi.Input<string>[]>;
}

/** A subnet of a VPC in a zone. */
export class IsSubnet extends pulumi.CustomResource {
  /** Token. */
  static readonly __pulumiType = 'ibm:index/isSubnet:IsSubnet';

  /** Looks up one that exists, by its id. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, opts?: pulumi.CustomResourceOptions): IsSubnet {
    return new IsSubnet(name, undefined as never, { ...opts, id });
  }

  static override isInstance(object: unknown): object is IsSubnet {
    return isResource(object, IsSubnet.__pulumiType);
  }

  declare readonly vpc: pulumi.Output<string>;
  declare readonly zone: pulumi.Output<string>;
  declare readonly name: pulumi.Output<string>;
  declare readonly ipv4CidrBlock: pulumi.Output<string>;
  declare readonly totalIpv4AddressCount: pulumi.Output<number>;
  declare readonly ipVersion: pulumi.Output<string>;
  declare readonly networkAcl: pulumi.Output<string>;
  declare readonly publicGateway: pulumi.Output<string>;
  declare readonly routingTable: pulumi.Output<string>;
  declare readonly routingTableCrn: pulumi.Output<string>;
  declare readonly resourceGroup: pulumi.Output<string>;
  declare readonly tags: pulumi.Output<string[]>;
  declare readonly accessTags: pulumi.Output<string[]>;
  declare readonly crn: pulumi.Output<string>;
  declare readonly status: pulumi.Output<string>;
  declare readonly availableIpv4AddressCount: pulumi.Output<number>;

  /** @throws when a required argument is missing */
  constructor(name: string, args: IsSubnetArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      IsSubnet.__pulumiType,
      name,
      resourceInputs(args, NAMES, opts),
      resourceOptions(NAMES, opts),
      false,
      getPackage(),
    );
  }
}
