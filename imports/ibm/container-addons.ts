import * as pulumi from '@pulumi/pulumi';
import { getPackage, isResource, type PropertyNames, resourceInputs, resourceOptions } from './package';

const NAMES: PropertyNames = {
  required: ['cluster', 'addons'],
  optional: ['resourceGroupId', 'manageAllAddons'],
  outputs: ['managedAddons'],
};

export interface ContainerAddonsAddon {
  /** Name, such as `cluster-autoscaler`. */
  readonly name: pulumi.Input<string>;
  /** Version. @default that of the service for the cluster */
  readonly version?: pulumi.Input<string>;
  /** Parameters as a JSON object. @default none */
  readonly parametersJson?: pulumi.Input<string>;
}

export interface ContainerAddonsArgs {
  /** Name or id of the cluster. */
  readonly cluster: pulumi.Input<string>;
  /** The add-ons. */
  readonly addons: pulumi.Input<pulumi.Input<ContainerAddonsAddon>[]>;
  /** Id of the resource group. Replaces. @default that of the provider */
  readonly resourceGroupId?: pulumi.Input<string>;
  /** Take charge of add-ons that are not listed, too. @default true */
  readonly manageAllAddons?: pulumi.Input<boolean>;
}

/** Add-ons of a cluster, such as `cluster-autoscaler`. One object per cluster. */
export class ContainerAddons extends pulumi.CustomResource {
  /** Token. */
  static readonly __pulumiType = 'ibm:index/containerAddons:ContainerAddons';

  /** Looks up one that exists, by its id. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, opts?: pulumi.CustomResourceOptions): ContainerAddons {
    return new ContainerAddons(name, undefined as never, { ...opts, id });
  }

  static override isInstance(object: unknown): object is ContainerAddons {
    return isResource(object, ContainerAddons.__pulumiType);
  }

  declare readonly cluster: pulumi.Output<string>;
  declare readonly addons: pulumi.Output<pulumi.Unwrap<ContainerAddonsAddon>[]>;
  declare readonly resourceGroupId: pulumi.Output<string>;
  declare readonly manageAllAddons: pulumi.Output<boolean>;
  declare readonly managedAddons: pulumi.Output<string[]>;

  /** @throws when a required argument is missing */
  constructor(name: string, args: ContainerAddonsArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      ContainerAddons.__pulumiType,
      name,
      resourceInputs(args, NAMES, opts),
      resourceOptions(NAMES, opts),
      false,
      getPackage(),
    );
  }
}
