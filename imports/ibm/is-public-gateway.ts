import * as pulumi from '@pulumi/pulumi';
import { getPackage, isResource, type PropertyNames, resourceInputs, resourceOptions } from './package';

const NAMES: PropertyNames = {
  required: ['vpc', 'zone'],
  optional: ['name', 'floatingIp', 'resourceGroup', 'tags', 'accessTags'],
  outputs: ['crn', 'status'],
};

export interface IsPublicGatewayArgs {
  /** Id of the VPC. Replaces. */
  readonly vpc: pulumi.Input<string>;
  /** Zone, such as `us-south-1`. Replaces. */
  readonly zone: pulumi.Input<string>;
  /** Name: lower-case letters, digits and hyphens, up to 63. @default made of the logical name */
  readonly name?: pulumi.Input<string>;
  /** Address that exists already: `id` or `address`. Read at creation only. @default a new one */
  readonly floatingIp?: pulumi.Input<{ [key: string]: pulumi.Input<string> }>;
  /** Id of the resource group. Replaces. @default that of the provider */
  readonly resourceGroup?: pulumi.Input<string>;
  /** Tags of the form `key:value`, up to 128 characters each. */
  readonly tags?: pulumi.Input<pulumi.Input<string>[]>;
  /** Tags that access policies may name. */
  readonly accessTags?: pulumi.Input<pulumi.Input<string>[]>;
}

/** Outbound way of the subnets of a zone, by which workers reach registries and model hubs. */
export class IsPublicGateway extends pulumi.CustomResource {
  /** Token. */
  static readonly __pulumiType = 'ibm:index/isPublicGateway:IsPublicGateway';

  /** Looks up one that exists, by its id. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, opts?: pulumi.CustomResourceOptions): IsPublicGateway {
    return new IsPublicGateway(name, undefined as never, { ...opts, id });
  }

  static override isInstance(object: unknown): object is IsPublicGateway {
    return isResource(object, IsPublicGateway.__pulumiType);
  }

  declare readonly vpc: pulumi.Output<string>;
  declare readonly zone: pulumi.Output<string>;
  declare readonly name: pulumi.Output<string>;
  declare readonly floatingIp: pulumi.Output<{ [key: string]: string }>;
  declare readonly resourceGroup: pulumi.Output<string>;
  declare readonly tags: pulumi.Output<string[]>;
  declare readonly accessTags: pulumi.Output<string[]>;
  declare readonly crn: pulumi.Output<string>;
  declare readonly status: pulumi.Output<string>;

  /** @throws when a required argument is missing */
  constructor(name: string, args: IsPublicGatewayArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      IsPublicGateway.__pulumiType,
      name,
      resourceInputs(args, NAMES, opts),
      resourceOptions(NAMES, opts),
      false,
      getPackage(),
    );
  }
}
