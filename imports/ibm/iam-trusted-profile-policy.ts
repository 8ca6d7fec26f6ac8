import * as pulumi from '@pulumi/pulumi';
import { getPackage, isResource, type PropertyNames, resourceInputs, resourceOptions } from './package';

const NAMES: PropertyNames = {
  required: ['roles'],
  optional: ['iamId', 'resources', 'resourceAttributes', 'accountManagement', 'resourceTags', 'description'],
  outputs: [],
};

export interface IamTrustedProfilePolicyResource {
  /** Name of the service, such as `cloud-object-storage`. */
  readonly service?: pulumi.Input<string>;
  /** GUID of the instance. */
  readonly resourceInstanceId?: pulumi.Input<string>;
  /** Region. */
  readonly region?: pulumi.Input<string>;
  /** Kind, such as `bucket`. */
  readonly resourceType?: pulumi.Input<string>;
  /** Name, such as that of a bucket. */
  readonly resource?: pulumi.Input<string>;
  /** Id of a resource group. */
  readonly resourceGroupId?: pulumi.Input<string>;
  /** Kind of service, such as `service`. */
  readonly serviceType?: pulumi.Input<string>;
  /** Group of services, such as `IAM`. */
  readonly serviceGroupId?: pulumi.Input<string>;
  /** Further attributes. */
  readonly attributes?: pulumi.Input<{ [key: string]: pulumi.Input<string> }>;
}

export interface IamTrustedProfilePolicyResourceAttribute {
  /** Attribute, such as `serviceName`. */
  readonly name: pulumi.Input<string>;
  /** Its value. */
  readonly value: pulumi.Input<string>;
  /** How it is compared. @default stringEquals */
  readonly operator?: pulumi.Input<string>;
}

export interface IamTrustedProfilePolicyResourceTag {
  /** Key. */
  readonly name: pulumi.Input<string>;
  /** Value. */
  readonly value: pulumi.Input<string>;
  /** How it is compared. @default stringEquals */
  readonly operator?: pulumi.Input<string>;
}

export interface IamTrustedProfilePolicyArgs {
  /** Names of roles, such as `Reader`. */
  readonly roles: pulumi.Input<pulumi.Input<string>[]>;
  /** The `iamId` of the trusted profile. Replaces. */
  readonly iamId?: pulumi.Input<string>;
  /** What the roles are for; not together with `resourceAttributes`. */
  readonly resources?: pulumi.Input<IamTrustedProfilePolicyResource>;
  /** What the roles are for, by attributes; not together with `resources`. */
  readonly resourceAttributes?: pulumi.Input<pulumi.Input<IamTrustedProfilePolicyResourceAttribute>[]>;
  /** The policy is for all services of account management. @default false */
  readonly accountManagement?: pulumi.Input<boolean>;
  /** Access tags that the resources carry. */
  readonly resourceTags?: pulumi.Input<pulumi.Input<IamTrustedProfilePolicyResourceTag>[]>;
  /** Description. */
  readonly description?: pulumi.Input<string>;
}

/** What a trusted profile may do. Its id is `<profile>/<policy>`. */
export class IamTrustedProfilePolicy extends pulumi.CustomResource {
  /** Token. */
  static readonly __pulumiType = 'ibm:index/iamTrustedProfilePolicy:IamTrustedProfilePolicy';

  /** Looks up one that exists, by its id. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, opts?: pulumi.CustomResourceOptions): IamTrustedProfilePolicy {
    return new IamTrustedProfilePolicy(name, undefined as never, { ...opts, id });
  }

  static override isInstance(object: unknown): object is IamTrustedProfilePolicy {
    return isResource(object, IamTrustedProfilePolicy.__pulumiType);
  }

  declare readonly roles: pulumi.Output<string[]>;
  declare readonly iamId: pulumi.Output<string>;
  declare readonly resources: pulumi.Output<pulumi.Unwrap<IamTrustedProfilePolicyResource> | undefined>;
  declare readonly resourceAttributes: pulumi.Output<
    pulumi.Unwrap<IamTrustedProfilePolicyResourceAttribute>[] | undefined
  >;
  declare readonly accountManagement: pulumi.Output<boolean>;
  declare readonly resourceTags: pulumi.Output<pulumi.Unwrap<IamTrustedProfilePolicyResourceTag>[] | undefined>;
  declare readonly description: pulumi.Output<string | undefined>;

  /** @throws when a required argument is missing */
  constructor(name: string, args: IamTrustedProfilePolicyArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      IamTrustedProfilePolicy.__pulumiType,
      name,
      resourceInputs(args, NAMES, opts),
      resourceOptions(NAMES, opts),
      false,
      getPackage(),
    );
  }
}
