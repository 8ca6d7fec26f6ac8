import * as pulumi from '@pulumi/pulumi';
import { getPackage, isResource, type PropertyNames, resourceInputs, resourceOptions } from './package';

const NAMES: PropertyNames = {
  required: ['roles'],
  optional: [
    'sourceServiceName',
    'targetServiceName',
    'sourceResourceInstanceId',
    'targetResourceInstanceId',
    'sourceResourceGroupId',
    'targetResourceGroupId',
    'sourceResourceType',
    'targetResourceType',
    'sourceServiceAccount',
    'subjectAttributes',
    'resourceAttributes',
    'description',
  ],
  outputs: ['version'],
};

export interface IamAuthorizationPolicySubjectAttribute {
  /** Attribute, such as `serviceName`. */
  readonly name: pulumi.Input<string>;
  /** Its value. */
  readonly value: pulumi.Input<string>;
  /** How it is compared. @default stringEquals */
  readonly operator?: pulumi.Input<string>;
}

export interface IamAuthorizationPolicyResourceAttribute {
  /** Attribute, such as `serviceName`. */
  readonly name: pulumi.Input<string>;
  /** Its value. */
  readonly value: pulumi.Input<string>;
  /** How it is compared. @default stringEquals */
  readonly operator?: pulumi.Input<string>;
}

export interface IamAuthorizationPolicyArgs {
  /** Names of roles of the target, such as `Object Writer`. */
  readonly roles: pulumi.Input<pulumi.Input<string>[]>;
  /** Service that gets the right; or `sourceResourceGroupId` or `subjectAttributes`. Replaces. */
  readonly sourceServiceName?: pulumi.Input<string>;
  /** Service that the right is on; or `targetResourceType` or `resourceAttributes`. Replaces. */
  readonly targetServiceName?: pulumi.Input<string>;
  /** GUID of the instance that gets the right; not together with `subjectAttributes`. Replaces. @default all */
  readonly sourceResourceInstanceId?: pulumi.Input<string>;
  /** GUID of the instance that the right is on; not together with `resourceAttributes`. Replaces. @default all */
  readonly targetResourceInstanceId?: pulumi.Input<string>;
  /** Id of the resource group that gets the right; not together with `subjectAttributes`. Replaces. */
  readonly sourceResourceGroupId?: pulumi.Input<string>;
  /** Id of the resource group that the right is on; not together with `resourceAttributes`. Replaces. */
  readonly targetResourceGroupId?: pulumi.Input<string>;
  /** Kind of what gets the right; not together with `subjectAttributes`. Replaces. */
  readonly sourceResourceType?: pulumi.Input<string>;
  /** Kind of what the right is on; not together with `resourceAttributes`. Replaces. */
  readonly targetResourceType?: pulumi.Input<string>;
  /** Id of the account that gets the right; not together with `subjectAttributes`. Replaces. @default the own */
  readonly sourceServiceAccount?: pulumi.Input<string>;
  /** What gets the right, by attributes. Replaces. */
  readonly subjectAttributes?: pulumi.Input<pulumi.Input<IamAuthorizationPolicySubjectAttribute>[]>;
  /** What the right is on, by attributes. Replaces. */
  readonly resourceAttributes?: pulumi.Input<pulumi.Input<IamAuthorizationPolicyResourceAttribute>[]>;
  /** Description. */
  readonly description?: pulumi.Input<string>;
}

/** Lets one service of IBM Cloud do something with another, such as `billing` with a bucket. */
export class IamAuthorizationPolicy extends pulumi.CustomResource {
  /** Token. */
  static readonly __pulumiType = 'ibm:index/iamAuthorizationPolicy:IamAuthorizationPolicy';

  /** Looks up one that exists, by its id. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, opts?: pulumi.CustomResourceOptions): IamAuthorizationPolicy {
    return new IamAuthorizationPolicy(name, undefined as never, { ...opts, id });
  }

  static override isInstance(object: unknown): object is IamAuthorizationPolicy {
    return isResource(object, IamAuthorizationPolicy.__pulumiType);
  }

  declare readonly roles: pulumi.Output<string[]>;
  declare readonly sourceServiceName: pulumi.Output<string>;
  declare readonly targetServiceName: pulumi.Output<string>;
  declare readonly sourceResourceInstanceId: pulumi.Output<string>;
  declare readonly targetResourceInstanceId: pulumi.Output<string>;
  declare readonly sourceResourceGroupId: pulumi.Output<string>;
  declare readonly targetResourceGroupId: pulumi.Output<string>;
  declare readonly sourceResourceType: pulumi.Output<string>;
  declare readonly targetResourceType: pulumi.Output<string>;
  declare readonly sourceServiceAccount: pulumi.Output<string>;
  declare readonly subjectAttributes: pulumi.Output<pulumi.Unwrap<IamAuthorizationPolicySubjectAttribute>[]>;
  declare readonly resourceAttributes: pulumi.Output<pulumi.Unwrap<IamAuthorizationPolicyResourceAttribute>[]>;
  declare readonly description: pulumi.Output<string | undefined>;
  declare readonly version: pulumi.Output<string>;

  /** @throws when a required argument is missing */
  constructor(name: string, args: IamAuthorizationPolicyArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      IamAuthorizationPolicy.__pulumiType,
      name,
      resourceInputs(args, NAMES, opts),
      resourceOptions(NAMES, opts),
      false,
      getPackage(),
    );
  }
}
