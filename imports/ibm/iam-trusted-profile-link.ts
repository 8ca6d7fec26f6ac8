import * as pulumi from '@pulumi/pulumi';
import { getPackage, isResource, type PropertyNames, resourceInputs, resourceOptions } from './package';

const NAMES: PropertyNames = {
  required: ['profileId', 'crType', 'link'],
  optional: ['name', 'isCrossAccount'],
  outputs: ['linkId', 'entityTag'],
};

export interface IamTrustedProfileLinkLink {
  /** CRN of the cluster. */
  readonly crn?: pulumi.Input<string>;
  /** Namespace of the ServiceAccount. */
  readonly namespace?: pulumi.Input<string>;
  /** Name of the ServiceAccount. */
  readonly name?: pulumi.Input<string>;
  /** For `CE`: kind of the component. */
  readonly componentType?: pulumi.Input<string>;
  /** For `CE`: name of the component. */
  readonly componentName?: pulumi.Input<string>;
}

export interface IamTrustedProfileLinkArgs {
  /** Id of the trusted profile. Replaces. */
  readonly profileId: pulumi.Input<string>;
  /** `IKS_SA`, `ROKS_SA`, `VSI`, `PVS`, `BMS` or `CE`. Replaces. */
  readonly crType: pulumi.Input<string>;
  /** What is linked. */
  readonly link: pulumi.Input<IamTrustedProfileLinkLink>;
  /** Name. Replaces. @default made of the logical name */
  readonly name?: pulumi.Input<string>;
  /** The resource is in another account. Replaces. */
  readonly isCrossAccount?: pulumi.Input<boolean>;
}

/**
 * Lets a compute resource take on a trusted profile: with `crType` `IKS_SA` one ServiceAccount of one cluster. Its id is `<profile>/<link>`.
 * The provider cannot update it, and only replaces it for a change of a top-level argument: pass `replaceOnChanges: ['link']`.
 */
export class IamTrustedProfileLink extends pulumi.CustomResource {
  /** Token. */
  static readonly __pulumiType = 'ibm:index/iamTrustedProfileLink:IamTrustedProfileLink';

  /** Looks up one that exists, by its id. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, opts?: pulumi.CustomResourceOptions): IamTrustedProfileLink {
    return new IamTrustedProfileLink(name, undefined as never, { ...opts, id });
  }

  static override isInstance(object: unknown): object is IamTrustedProfileLink {
    return isResource(object, IamTrustedProfileLink.__pulumiType);
  }

  declare readonly profileId: pulumi.Output<string>;
  declare readonly crType: pulumi.Output<string>;
  declare readonly link: pulumi.Output<pulumi.Unwrap<IamTrustedProfileLinkLink>>;
  declare readonly name: pulumi.Output<string>;
  declare readonly isCrossAccount: pulumi.Output<boolean | undefined>;
  declare readonly linkId: pulumi.Output<string>;
  declare readonly entityTag: pulumi.Output<string>;

  /** @throws when a required argument is missing */
  constructor(name: string, args: IamTrustedProfileLinkArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      IamTrustedProfileLink.__pulumiType,
      name,
      resourceInputs(args, NAMES, opts),
      resourceOptions(NAMES, opts),
      false,
      getPackage(),
    );
  }
}
