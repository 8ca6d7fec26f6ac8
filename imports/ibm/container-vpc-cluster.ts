import * as pulumi from '@pulumi/pulumi';
import { getPackage, isResource, type PropertyNames, resourceInputs, resourceOptions } from './package';

const NAMES: PropertyNames = {
  required: ['vpcId', 'flavor', 'zones'],
  optional: [
    'name',
    'workerCount',
    'workerLabels',
    'taints',
    'operatingSystem',
    'secondaryStorage',
    'offering',
    'kubeVersion',
    'updateAllWorkers',
    'patchVersion',
    'retryPatchVersion',
    'waitForWorkerUpdate',
    'podSubnet',
    'serviceSubnet',
    'networkPlugin',
    'disablePublicServiceEndpoint',
    'disableOutboundTrafficProtection',
    'enableSecureByDefault',
    'securityGroups',
    'kmsConfig',
    'kmsInstanceId',
    'crk',
    'kmsAccountId',
    'entitlement',
    'cosInstanceCrn',
    'hostPoolId',
    'imageSecurityEnforcement',
    'forceDeleteStorage',
    'waitTill',
    'resourceGroupId',
    'tags',
  ],
  outputs: [
    'crn',
    'state',
    'masterStatus',
    'masterUrl',
    'publicServiceEndpointUrl',
    'privateServiceEndpointUrl',
    'vpeServiceEndpointUrl',
    'ingressHostname',
    'ingressSecret',
    'resourceControllerUrl',
  ],
  secretOutputs: ['ingressSecret'],
};

export interface ContainerVpcClusterZone {
  /** Zone, such as `us-south-1`. */
  readonly name: pulumi.Input<string>;
  /** Id of a subnet of the VPC in that zone. */
  readonly subnetId: pulumi.Input<string>;
}

export interface ContainerVpcClusterTaint {
  /** Key. */
  readonly key: pulumi.Input<string>;
  /** Value. The provider wants one, if an empty string. */
  readonly value: pulumi.Input<string>;
  /** `NoSchedule`, `PreferNoSchedule` or `NoExecute`. */
  readonly effect: pulumi.Input<string>;
}

export interface ContainerVpcClusterKmsConfig {
  /** Id of the key management instance. */
  readonly instanceId: pulumi.Input<string>;
  /** Id of the root key. */
  readonly crkId: pulumi.Input<string>;
  /** Reach the instance by its private endpoint. @default false */
  readonly privateEndpoint?: pulumi.Input<boolean>;
  /** Account of the instance. @default the account of the cluster */
  readonly accountId?: pulumi.Input<string>;
  /** Wait until the key is in use. @default false */
  readonly waitForApply?: pulumi.Input<boolean>;
}

export interface ContainerVpcClusterArgs {
  /** Id of the VPC. Replaces. */
  readonly vpcId: pulumi.Input<string>;
  /** Machine type of the default worker pool, such as `bx2.4x16`. Read at creation only. */
  readonly flavor: pulumi.Input<string>;
  /** Zones of the default worker pool. Read at creation only. */
  readonly zones: pulumi.Input<pulumi.Input<ContainerVpcClusterZone>[]>;
  /** Name. Replaces. @default made of the logical name */
  readonly name?: pulumi.Input<string>;
  /** Workers per zone of the default worker pool. Read at creation only. @default 1 */
  readonly workerCount?: pulumi.Input<number>;
  /** Labels of the nodes of the default worker pool. Read at creation only. */
  readonly workerLabels?: pulumi.Input<{ [key: string]: pulumi.Input<string> }>;
  /** Taints of the nodes of the default worker pool. Read at creation only. */
  readonly taints?: pulumi.Input<pulumi.Input<ContainerVpcClusterTaint>[]>;
  /** Of the default worker pool, such as `UBUNTU_24_64`. Read at creation only. */
  readonly operatingSystem?: pulumi.Input<string>;
  /** Second disk of the default worker pool, such as `300gb.5iops-tier`. Read at creation only. */
  readonly secondaryStorage?: pulumi.Input<string>;
  /** `kubernetes`, `openshift` or `openshift-vs`. */
  readonly offering?: pulumi.Input<string>;
  /** Version, `<major>.<minor>` or with a patch; only a change of `<major>.<minor>` is a change. @default that of the service */
  readonly kubeVersion?: pulumi.Input<string>;
  /** Update the workers with the version. @default false */
  readonly updateAllWorkers?: pulumi.Input<boolean>;
  /** Patch version that workers are updated to, such as `1.32.6_1541`. */
  readonly patchVersion?: pulumi.Input<string>;
  /** Raise it to try a failed patch of the workers again. */
  readonly retryPatchVersion?: pulumi.Input<number>;
  /** Wait for the workers when the version changes. @default true */
  readonly waitForWorkerUpdate?: pulumi.Input<boolean>;
  /** CIDR of the pods. Replaces. */
  readonly podSubnet?: pulumi.Input<string>;
  /** CIDR of the services. Replaces. */
  readonly serviceSubnet?: pulumi.Input<string>;
  /** `Calico` or `OVNKubernetes`; OpenShift 4.20 and later only. Replaces. */
  readonly networkPlugin?: pulumi.Input<string>;
  /** No public endpoint of the API server. @default false */
  readonly disablePublicServiceEndpoint?: pulumi.Input<boolean>;
  /** Let workers reach public addresses. @default false */
  readonly disableOutboundTrafficProtection?: pulumi.Input<boolean>;
  /** Only `true`, and only on a cluster that exists. */
  readonly enableSecureByDefault?: pulumi.Input<boolean>;
  /** Ids of the security groups of the workers. Read at creation only. */
  readonly securityGroups?: pulumi.Input<pulumi.Input<string>[]>;
  /** Encryption of the secrets of the cluster. */
  readonly kmsConfig?: pulumi.Input<ContainerVpcClusterKmsConfig>;
  /** Id of the key management instance that encrypts the boot volumes; needs `crk`. Read at creation only. */
  readonly kmsInstanceId?: pulumi.Input<string>;
  /** Id of the root key that encrypts the boot volumes; needs `kmsInstanceId`. Read at creation only. */
  readonly crk?: pulumi.Input<string>;
  /** Account of the key management instance. Read at creation only. @default the account of the cluster */
  readonly kmsAccountId?: pulumi.Input<string>;
  /** Licence of OpenShift that the account has: `cloud_pak` or `ocp_entitled`. Read at creation only. */
  readonly entitlement?: pulumi.Input<string>;
  /** CRN of the object storage instance that backs up the registry of OpenShift. Read at creation only. */
  readonly cosInstanceCrn?: pulumi.Input<string>;
  /** Id of the dedicated host pool of the default worker pool. Read at creation only. */
  readonly hostPoolId?: pulumi.Input<string>;
  /** Admit only images that the policies allow. @default false */
  readonly imageSecurityEnforcement?: pulumi.Input<boolean>;
  /** Delete the volumes with the cluster. @default false */
  readonly forceDeleteStorage?: pulumi.Input<boolean>;
  /** What creation waits for: `MasterNodeReady`, `OneWorkerNodeReady`, `IngressReady` or `Normal`. Read at creation only. @default IngressReady */
  readonly waitTill?: pulumi.Input<string>;
  /** Id of the resource group. Replaces. @default that of the provider */
  readonly resourceGroupId?: pulumi.Input<string>;
  /** Tags of the form `key:value`, up to 128 characters each. */
  readonly tags?: pulumi.Input<pulumi.Input<string>[]>;
}

/** A cluster on a VPC, with its default worker pool. Creation may take 90 minutes. */
export class ContainerVpcCluster extends pulumi.CustomResource {
  /** Token. */
  static readonly __pulumiType = 'ibm:index/containerVpcCluster:ContainerVpcCluster';

  /** Looks up one that exists, by its id. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, opts?: pulumi.CustomResourceOptions): ContainerVpcCluster {
    return new ContainerVpcCluster(name, undefined as never, { ...opts, id });
  }

  static override isInstance(object: unknown): object is ContainerVpcCluster {
    return isResource(object, ContainerVpcCluster.__pulumiType);
  }

  declare readonly vpcId: pulumi.Output<string>;
  declare readonly flavor: pulumi.Output<string>;
  declare readonly zones: pulumi.Output<pulumi.Unwrap<ContainerVpcClusterZone>[]>;
  declare readonly name: pulumi.Output<string>;
  declare readonly workerCount: pulumi.Output<number>;
  declare readonly workerLabels: pulumi.Output<{ [key: string]: string }>;
  declare readonly taints: pulumi.Output<pulumi.Unwrap<ContainerVpcClusterTaint>[] | undefined>;
  declare readonly operatingSystem: pulumi.Output<string>;
  declare readonly secondaryStorage: pulumi.Output<string>;
  declare readonly offering: pulumi.Output<string>;
  declare readonly kubeVersion: pulumi.Output<string>;
  declare readonly updateAllWorkers: pulumi.Output<boolean>;
  declare readonly patchVersion: pulumi.Output<string | undefined>;
  declare readonly retryPatchVersion: pulumi.Output<number | undefined>;
  declare readonly waitForWorkerUpdate: pulumi.Output<boolean>;
  declare readonly podSubnet: pulumi.Output<string>;
  declare readonly serviceSubnet: pulumi.Output<string>;
  declare readonly networkPlugin: pulumi.Output<string>;
  declare readonly disablePublicServiceEndpoint: pulumi.Output<boolean>;
  declare readonly disableOutboundTrafficProtection: pulumi.Output<boolean>;
  declare readonly enableSecureByDefault: pulumi.Output<boolean | undefined>;
  declare readonly securityGroups: pulumi.Output<string[] | undefined>;
  declare readonly kmsConfig: pulumi.Output<pulumi.Unwrap<ContainerVpcClusterKmsConfig> | undefined>;
  declare readonly kmsInstanceId: pulumi.Output<string | undefined>;
  declare readonly crk: pulumi.Output<string | undefined>;
  declare readonly kmsAccountId: pulumi.Output<string | undefined>;
  declare readonly entitlement: pulumi.Output<string | undefined>;
  declare readonly cosInstanceCrn: pulumi.Output<string | undefined>;
  declare readonly hostPoolId: pulumi.Output<string | undefined>;
  declare readonly imageSecurityEnforcement: pulumi.Output<boolean>;
  declare readonly forceDeleteStorage: pulumi.Output<boolean>;
  declare readonly waitTill: pulumi.Output<string>;
  declare readonly resourceGroupId: pulumi.Output<string>;
  declare readonly tags: pulumi.Output<string[]>;
  declare readonly crn: pulumi.Output<string>;
  declare readonly state: pulumi.Output<string>;
  declare readonly masterStatus: pulumi.Output<string>;
  declare readonly masterUrl: pulumi.Output<string>;
  declare readonly publicServiceEndpointUrl: pulumi.Output<string>;
  declare readonly privateServiceEndpointUrl: pulumi.Output<string>;
  declare readonly vpeServiceEndpointUrl: pulumi.Output<string>;
  declare readonly ingressHostname: pulumi.Output<string>;
  declare readonly ingressSecret: pulumi.Output<string>;
  declare readonly resourceControllerUrl: pulumi.Output<string>;

  /** @throws when a required argument is missing */
  constructor(name: string, args: ContainerVpcClusterArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      ContainerVpcCluster.__pulumiType,
      name,
      resourceInputs(args, NAMES, opts),
      resourceOptions(NAMES, opts),
      false,
      getPackage(),
    );
  }
}
