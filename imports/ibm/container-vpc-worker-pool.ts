import * as pulumi from '@pulumi/pulumi';
import { getPackage, isResource, type PropertyNames, resourceInputs, resourceOptions } from './package';

const NAMES: PropertyNames = {
  required: ['cluster', 'workerPoolName', 'flavor', 'vpcId', 'zones', 'workerCount'],
  optional: [
    'labels',
    'taints',
    'operatingSystem',
    'secondaryStorage',
    'hostPoolId',
    'securityGroups',
    'kmsInstanceId',
    'crk',
    'kmsAccountId',
    'entitlement',
    'importOnCreate',
    'orphanOnDelete',
    'resourceGroupId',
  ],
  outputs: ['workerPoolId', 'autoscaleEnabled', 'resourceControllerUrl'],
};

export interface ContainerVpcWorkerPoolZone {
  /** Zone, such as `us-south-1`. */
  readonly name: pulumi.Input<string>;
  /** Id of a subnet of the VPC in that zone. */
  readonly subnetId: pulumi.Input<string>;
}

export interface ContainerVpcWorkerPoolTaint {
  /** Key. */
  readonly key: pulumi.Input<string>;
  /** Value. The provider wants one, if an empty string. */
  readonly value: pulumi.Input<string>;
  /** `NoSchedule`, `PreferNoSchedule` or `NoExecute`. */
  readonly effect: pulumi.Input<string>;
}

export interface ContainerVpcWorkerPoolArgs {
  /** Name or id of the cluster. Replaces. */
  readonly cluster: pulumi.Input<string>;
  /** Name. Replaces. */
  readonly workerPoolName: pulumi.Input<string>;
  /** Machine type, such as `gx3.16x80.l4`. Replaces. */
  readonly flavor: pulumi.Input<string>;
  /** Id of the VPC. Replaces. */
  readonly vpcId: pulumi.Input<string>;
  /** Zones. */
  readonly zones: pulumi.Input<pulumi.Input<ContainerVpcWorkerPoolZone>[]>;
  /** Workers per zone. No change is seen while the autoscaler has the pool. */
  readonly workerCount: pulumi.Input<number>;
  /** Labels of the nodes. Leaving them out does not remove them. */
  readonly labels?: pulumi.Input<{ [key: string]: pulumi.Input<string> }>;
  /** Taints of the nodes. Leaving them out does not remove them. */
  readonly taints?: pulumi.Input<pulumi.Input<ContainerVpcWorkerPoolTaint>[]>;
  /** Such as `UBUNTU_24_64`. @default that of the service */
  readonly operatingSystem?: pulumi.Input<string>;
  /** Second disk, such as `300gb.5iops-tier`. Replaces. @default none */
  readonly secondaryStorage?: pulumi.Input<string>;
  /** Id of a dedicated host pool. Replaces. */
  readonly hostPoolId?: pulumi.Input<string>;
  /** Ids of the security groups of the workers. Read at creation only. */
  readonly securityGroups?: pulumi.Input<pulumi.Input<string>[]>;
  /** Id of the key management instance that encrypts the boot volumes; needs `crk`. Read at creation only. */
  readonly kmsInstanceId?: pulumi.Input<string>;
  /** Id of the root key that encrypts the boot volumes; needs `kmsInstanceId`. Read at creation only. */
  readonly crk?: pulumi.Input<string>;
  /** Account of the key management instance. Read at creation only. @default the account of the cluster */
  readonly kmsAccountId?: pulumi.Input<string>;
  /** Licence of OpenShift that the account has: `cloud_pak` or `ocp_entitled`. Read at creation only. */
  readonly entitlement?: pulumi.Input<string>;
  /** Take over the default pool of the cluster instead of making one. Read at creation only. */
  readonly importOnCreate?: pulumi.Input<boolean>;
  /** Leave the pool when the object is deleted. */
  readonly orphanOnDelete?: pulumi.Input<boolean>;
  /** Id of the resource group. Replaces. @default that of the provider */
  readonly resourceGroupId?: pulumi.Input<string>;
}

/** A worker pool of a cluster on a VPC. Its id is `<cluster>/<worker pool id>`. Creation may take 90 minutes. */
export class ContainerVpcWorkerPool extends pulumi.CustomResource {
  /** Token. */
  static readonly __pulumiType = 'ibm:index/containerVpcWorkerPool:ContainerVpcWorkerPool';

  /** Looks up one that exists, by its id. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, opts?: pulumi.CustomResourceOptions): ContainerVpcWorkerPool {
    return new ContainerVpcWorkerPool(name, undefined as never, { ...opts, id });
  }

  static override isInstance(object: unknown): object is ContainerVpcWorkerPool {
    return isResource(object, ContainerVpcWorkerPool.__pulumiType);
  }

  declare readonly cluster: pulumi.Output<string>;
  declare readonly workerPoolName: pulumi.Output<string>;
  declare readonly flavor: pulumi.Output<string>;
  declare readonly vpcId: pulumi.Output<string>;
  declare readonly zones: pulumi.Output<pulumi.Unwrap<ContainerVpcWorkerPoolZone>[]>;
  declare readonly workerCount: pulumi.Output<number>;
  declare readonly labels: pulumi.Output<{ [key: string]: string }>;
  declare readonly taints: pulumi.Output<pulumi.Unwrap<ContainerVpcWorkerPoolTaint>[]>;
  declare readonly operatingSystem: pulumi.Output<string>;
  declare readonly secondaryStorage: pulumi.Output<string | undefined>;
  declare readonly hostPoolId: pulumi.Output<string | undefined>;
  declare readonly securityGroups: pulumi.Output<string[] | undefined>;
  declare readonly kmsInstanceId: pulumi.Output<string | undefined>;
  declare readonly crk: pulumi.Output<string | undefined>;
  declare readonly kmsAccountId: pulumi.Output<string | undefined>;
  declare readonly entitlement: pulumi.Output<string | undefined>;
  declare readonly importOnCreate: pulumi.Output<boolean | undefined>;
  declare readonly orphanOnDelete: pulumi.Output<boolean | undefined>;
  declare readonly resourceGroupId: pulumi.Output<string>;
  declare readonly workerPoolId: pulumi.Output<string>;
  declare readonly autoscaleEnabled: pulumi.Output<boolean>;
  declare readonly resourceControllerUrl: pulumi.Output<string>;

  /** @throws when a required argument is missing */
  constructor(name: string, args: ContainerVpcWorkerPoolArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      ContainerVpcWorkerPool.__pulumiType,
      name,
      resourceInputs(args, NAMES, opts),
      resourceOptions(NAMES, opts),
      false,
      getPackage(),
    );
  }
}
