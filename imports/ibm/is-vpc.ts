import * as pulumi from '@pulumi/pulumi';
import { getPackage, isResource, type PropertyNames, resourceInputs, resourceOptions } from './package';

const NAMES: PropertyNames = {
  required: [],
  optional: [
    'name',
    'addressPrefixManagement',
    'noSgAclRules',
    'defaultNetworkAclName',
    'defaultSecurityGroupName',
    'defaultRoutingTableName',
    'resourceGroup',
    'tags',
    'accessTags',
  ],
  outputs: ['crn', 'status', 'defaultNetworkAcl', 'defaultSecurityGroup', 'defaultRoutingTable'],
};

export interface IsVpcArgs {
  /** Name: lower-case letters, digits and hyphens, up to 63. @default made of the logical name */
  readonly name?: pulumi.Input<string>;
  /** `auto` or `manual`. Replaces. @default auto */
  readonly addressPrefixManagement?: pulumi.Input<string>;
  /** Remove the rules of the default security group and ACL. Read at creation only. @default false */
  readonly noSgAclRules?: pulumi.Input<boolean>;
  /** Name of the default network ACL. */
  readonly defaultNetworkAclName?: pulumi.Input<string>;
  /** Name of the default security group. */
  readonly defaultSecurityGroupName?: pulumi.Input<string>;
  /** Name of the default routing table. */
  readonly defaultRoutingTableName?: pulumi.Input<string>;
  /** Id of the resource group. Replaces. @default that of the provider */
  readonly resourceGroup?: pulumi.Input<string>;
  /** Tags of the form `key:value`, up to 128 characters each. */
  readonly tags?: pulumi.Input<pulumi.Input<string>[]>;
  /** Tags that access policies may name. */
  readonly accessTags?: pulumi.Input<pulumi.Input<string>[]>;
}

/** A virtual private cloud. */
export class IsVpc extends pulumi.CustomResource {
  /** Token. */
  static readonly __pulumiType = 'ibm:index/isVpc:IsVpc';

  /** Looks up one that exists, by its id. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, opts?: pulumi.CustomResourceOptions): IsVpc {
    return new IsVpc(name, undefined as never, { ...opts, id });
  }

  static override isInstance(object: unknown): object is IsVpc {
    return isResource(object, IsVpc.__pulumiType);
  }

  declare readonly name: pulumi.Output<string>;
  declare readonly addressPrefixManagement: pulumi.Output<string>;
  declare readonly noSgAclRules: pulumi.Output<boolean>;
  declare readonly defaultNetworkAclName: pulumi.Output<string>;
  declare readonly defaultSecurityGroupName: pulumi.Output<string>;
  declare readonly defaultRoutingTableName: pulumi.Output<string>;
  declare readonly resourceGroup: pulumi.Output<string>;
  declare readonly tags: pulumi.Output<string[]>;
  declare readonly accessTags: pulumi.Output<string[]>;
  declare readonly crn: pulumi.Output<string>;
  declare readonly status: pulumi.Output<string>;
  declare readonly defaultNetworkAcl: pulumi.Output<string>;
  declare readonly defaultSecurityGroup: pulumi.Output<string>;
  declare readonly defaultRoutingTable: pulumi.Output<string>;

  constructor(name: string, args?: IsVpcArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      IsVpc.__pulumiType,
      name,
      resourceInputs(args, NAMES, opts),
      resourceOptions(NAMES, opts),
      false,
      getPackage(),
    );
  }
}
