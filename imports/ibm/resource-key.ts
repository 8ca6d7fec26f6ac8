import * as pulumi from '@pulumi/pulumi';
import { getPackage, isResource, type PropertyNames, resourceInputs, resourceOptions } from './package';

const NAMES: PropertyNames = {
  required: [],
  optional: ['name', 'resourceInstanceId', 'role', 'parameters', 'tags'],
  outputs: ['credentials', 'credentialsJson', 'crn', 'guid', 'status', 'sourceCrn', 'accountId'],
  secretOutputs: ['credentials', 'credentialsJson'],
};

export interface ResourceKeyArgs {
  /** Name. Replaces. @default made of the logical name */
  readonly name?: pulumi.Input<string>;
  /** Id of the instance. Replaces. */
  readonly resourceInstanceId?: pulumi.Input<string>;
  /** Role, such as `Reader`, `Writer` or `Manager`. Replaces. */
  readonly role?: pulumi.Input<string>;
  /** Parameters of the service. Read at creation only. */
  readonly parameters?: pulumi.Input<{ [key: string]: pulumi.Input<string> }>;
  /** Tags. */
  readonly tags?: pulumi.Input<pulumi.Input<string>[]>;
}

/** Credentials of an instance of a service. With `parameters: { HMAC: 'true' }`, Object Storage adds an S3 key pair. */
export class ResourceKey extends pulumi.CustomResource {
  /** Token. */
  static readonly __pulumiType = 'ibm:index/resourceKey:ResourceKey';

  /** Looks up one that exists, by its id. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, opts?: pulumi.CustomResourceOptions): ResourceKey {
    return new ResourceKey(name, undefined as never, { ...opts, id });
  }

  static override isInstance(object: unknown): object is ResourceKey {
    return isResource(object, ResourceKey.__pulumiType);
  }

  declare readonly name: pulumi.Output<string>;
  declare readonly resourceInstanceId: pulumi.Output<string | undefined>;
  declare readonly role: pulumi.Output<string>;
  declare readonly parameters: pulumi.Output<{ [key: string]: string } | undefined>;
  declare readonly tags: pulumi.Output<string[] | undefined>;
  declare readonly credentials: pulumi.Output<{ [key: string]: string }>;
  declare readonly credentialsJson: pulumi.Output<string>;
  declare readonly crn: pulumi.Output<string>;
  declare readonly guid: pulumi.Output<string>;
  declare readonly status: pulumi.Output<string>;
  declare readonly sourceCrn: pulumi.Output<string>;
  declare readonly accountId: pulumi.Output<string>;

  constructor(name: string, args?: ResourceKeyArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      ResourceKey.__pulumiType,
      name,
      resourceInputs(args, NAMES, opts),
      resourceOptions(NAMES, opts),
      false,
      getPackage(),
    );
  }
}
