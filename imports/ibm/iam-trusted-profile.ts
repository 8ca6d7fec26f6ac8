import * as pulumi from '@pulumi/pulumi';
import { getPackage, isResource, type PropertyNames, resourceInputs, resourceOptions } from './package';

const NAMES: PropertyNames = {
  required: [],
  optional: ['name', 'description', 'email'],
  outputs: ['profileId', 'iamId', 'crn', 'accountId'],
};

export interface IamTrustedProfileArgs {
  /** Name, unique in the account. @default made of the logical name */
  readonly name?: pulumi.Input<string>;
  /** Description. */
  readonly description?: pulumi.Input<string>;
  /** Address of whoever answers for it. */
  readonly email?: pulumi.Input<string>;
}

/** An identity that workloads take on without a key. Links and policies name it. */
export class IamTrustedProfile extends pulumi.CustomResource {
  /** Token. */
  static readonly __pulumiType = 'ibm:index/iamTrustedProfile:IamTrustedProfile';

  /** Looks up one that exists, by its id. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, opts?: pulumi.CustomResourceOptions): IamTrustedProfile {
    return new IamTrustedProfile(name, undefined as never, { ...opts, id });
  }

  static override isInstance(object: unknown): object is IamTrustedProfile {
    return isResource(object, IamTrustedProfile.__pulumiType);
  }

  declare readonly name: pulumi.Output<string>;
  declare readonly description: pulumi.Output<string | undefined>;
  declare readonly email: pulumi.Output<string | undefined>;
  declare readonly profileId: pulumi.Output<string>;
  declare readonly iamId: pulumi.Output<string>;
  declare readonly crn: pulumi.Output<string>;
  declare readonly accountId: pulumi.Output<string>;

  constructor(name: string, args?: IamTrustedProfileArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      IamTrustedProfile.__pulumiType,
      name,
      resourceInputs(args, NAMES, opts),
      resourceOptions(NAMES, opts),
      false,
      getPackage(),
    );
  }
}
