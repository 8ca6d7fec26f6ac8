import * as pulumi from '@pulumi/pulumi';
import { getPackage, isResource, type PropertyNames, resourceInputs, resourceOptions } from './package';

const NAMES: PropertyNames = {
  required: ['service', 'plan', 'location'],
  optional: ['name', 'resourceGroupId', 'parameters', 'parametersJson', 'serviceEndpoints', 'tags'],
  outputs: ['crn', 'guid', 'status', 'dashboardUrl', 'accountId', 'extensions'],
};

export interface ResourceInstanceArgs {
  /** Name of the service. Replaces. */
  readonly service: pulumi.Input<string>;
  /** Plan, such as `standard` or `graduated-tier`. */
  readonly plan: pulumi.Input<string>;
  /** Region, or `global`. Replaces. */
  readonly location: pulumi.Input<string>;
  /** Name. @default made of the logical name */
  readonly name?: pulumi.Input<string>;
  /** Id of the resource group. Replaces. @default that of the provider */
  readonly resourceGroupId?: pulumi.Input<string>;
  /** Parameters of the service; not together with `parametersJson`. */
  readonly parameters?: pulumi.Input<{ [key: string]: pulumi.Input<string> }>;
  /** Parameters of the service as a JSON object. */
  readonly parametersJson?: pulumi.Input<string>;
  /** `public`, `private` or `public-and-private`. */
  readonly serviceEndpoints?: pulumi.Input<string>;
  /** Tags of the form `key:value`, up to 128 characters each. */
  readonly tags?: pulumi.Input<pulumi.Input<string>[]>;
}

/** An instance of a service: Object Storage is `cloud-object-storage`, IBM Cloud Monitoring is `sysdig-monitor`. Its id is its CRN. */
export class ResourceInstance extends pulumi.CustomResource {
  /** Token. */
  static readonly __pulumiType = 'ibm:index/resourceInstance:ResourceInstance';

  /** Looks up one that exists, by its id. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, opts?: pulumi.CustomResourceOptions): ResourceInstance {
    return new ResourceInstance(name, undefined as never, { ...opts, id });
  }

  static override isInstance(object: unknown): object is ResourceInstance {
    return isResource(object, ResourceInstance.__pulumiType);
  }

  declare readonly service: pulumi.Output<string>;
  declare readonly plan: pulumi.Output<string>;
  declare readonly location: pulumi.Output<string>;
  declare readonly name: pulumi.Output<string>;
  declare readonly resourceGroupId: pulumi.Output<string>;
  declare readonly parameters: pulumi.Output<{ [key: string]: string } | undefined>;
  declare readonly parametersJson: pulumi.Output<string | undefined>;
  declare readonly serviceEndpoints: pulumi.Output<string>;
  declare readonly tags: pulumi.Output<string[]>;
  declare readonly crn: pulumi.Output<string>;
  declare readonly guid: pulumi.Output<string>;
  declare readonly status: pulumi.Output<string>;
  declare readonly dashboardUrl: pulumi.Output<string>;
  declare readonly accountId: pulumi.Output<string>;
  declare readonly extensions: pulumi.Output<{ [key: string]: string }>;

  /** @throws when a required argument is missing */
  constructor(name: string, args: ResourceInstanceArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      ResourceInstance.__pulumiType,
      name,
      resourceInputs(args, NAMES, opts),
      resourceOptions(NAMES, opts),
      false,
      getPackage(),
    );
  }
}
