import * as pulumi from '@pulumi/pulumi';
import { getPackage, isResource, type PropertyNames, resourceInputs, resourceOptions } from './package';

const NAMES: PropertyNames = {
  required: ['cluster'],
  optional: [
    'name',
    'zones',
    'workerCount',
    'workerPoolLabels',
    'hostLabels',
    'flavor',
    'isolation',
    'operatingSystem',
    'diskEncryption',
    'entitlement',
    'resourceGroupId',
  ],
  outputs: [],
};

export interface SatelliteClusterWorkerPoolZone {
  /** Zone, as the location names it. */
  readonly id: pulumi.Input<string>;
}

export interface SatelliteClusterWorkerPoolArgs {
  /** Name or id of the cluster. Replaces. */
  readonly cluster: pulumi.Input<string>;
  /** Name. @default made of the logical name */
  readonly name?: pulumi.Input<string>;
  /** Zones. */
  readonly zones?: pulumi.Input<pulumi.Input<SatelliteClusterWorkerPoolZone>[]>;
  /** Workers per zone. */
  readonly workerCount?: pulumi.Input<number>;
  /** Labels of the nodes. */
  readonly workerPoolLabels?: pulumi.Input<{ [key: string]: pulumi.Input<string> }>;
  /** Labels of the hosts that the pool takes, `key:value`. Replaces. */
  readonly hostLabels?: pulumi.Input<pulumi.Input<string>[]>;
  /** Machine type, as the location knows it. */
  readonly flavor?: pulumi.Input<string>;
  /** Isolation of the hosts. */
  readonly isolation?: pulumi.Input<string>;
  /** `REDHAT_8_64` or `RHCOS`. */
  readonly operatingSystem?: pulumi.Input<string>;
  /** Encrypt the disks. */
  readonly diskEncryption?: pulumi.Input<boolean>;
  /** Licence of OpenShift that the account has: `cloud_pak` or `ocp_entitled`. Read at creation only. */
  readonly entitlement?: pulumi.Input<string>;
  /** Id of the resource group. @default that of the provider */
  readonly resourceGroupId?: pulumi.Input<string>;
}

/** A worker pool of a cluster on a Satellite location. Its id is `<cluster>/<worker pool id>`. It has no taints. */
export class SatelliteClusterWorkerPool extends pulumi.CustomResource {
  /** Token. */
  static readonly __pulumiType = 'ibm:index/satelliteClusterWorkerPool:SatelliteClusterWorkerPool';

  /** Looks up one that exists, by its id. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    opts?: pulumi.CustomResourceOptions,
  ): SatelliteClusterWorkerPool {
    return new SatelliteClusterWorkerPool(name, undefined as never, { ...opts, id });
  }

  static override isInstance(object: unknown): object is SatelliteClusterWorkerPool {
    return isResource(object, SatelliteClusterWorkerPool.__pulumiType);
  }

  declare readonly cluster: pulumi.Output<string>;
  declare readonly name: pulumi.Output<string>;
  declare readonly zones: pulumi.Output<pulumi.Unwrap<SatelliteClusterWorkerPoolZone>[]>;
  declare readonly workerCount: pulumi.Output<number>;
  declare readonly workerPoolLabels: pulumi.Output<{ [key: string]: string }>;
  declare readonly hostLabels: pulumi.Output<string[]>;
  declare readonly flavor: pulumi.Output<string>;
  declare readonly isolation: pulumi.Output<string>;
  declare readonly operatingSystem: pulumi.Output<string>;
  declare readonly diskEncryption: pulumi.Output<boolean | undefined>;
  declare readonly entitlement: pulumi.Output<string | undefined>;
  declare readonly resourceGroupId: pulumi.Output<string>;

  /** @throws when a required argument is missing */
  constructor(name: string, args: SatelliteClusterWorkerPoolArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      SatelliteClusterWorkerPool.__pulumiType,
      name,
      resourceInputs(args, NAMES, opts),
      resourceOptions(NAMES, opts),
      false,
      getPackage(),
    );
  }
}
