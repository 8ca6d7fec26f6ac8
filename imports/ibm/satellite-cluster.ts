import * as pulumi from '@pulumi/pulumi';
import { getPackage, isResource, type PropertyNames, resourceInputs, resourceOptions } from './package';

const NAMES: PropertyNames = {
  required: ['location'],
  optional: [
    'name',
    'kubeVersion',
    'zones',
    'workerCount',
    'hostLabels',
    'defaultWorkerPoolLabels',
    'operatingSystem',
    'infrastructureTopology',
    'enableConfigAdmin',
    'pullSecret',
    'crnToken',
    'entitlement',
    'podSubnet',
    'serviceSubnet',
    'calicoIpAutodetection',
    'disablePublicServiceEndpoint',
    'waitForWorkerUpdate',
    'patchVersion',
    'retryPatchVersion',
    'resourceGroupId',
    'tags',
  ],
  secret: ['crnToken'],
  outputs: [
    'crn',
    'state',
    'masterUrl',
    'masterStatus',
    'ingressHostname',
    'ingressSecret',
    'publicServiceEndpointUrl',
    'privateServiceEndpointUrl',
  ],
  secretOutputs: ['crnToken', 'ingressSecret'],
};

export interface SatelliteClusterZone {
  /** Zone, as the location names it. */
  readonly id: pulumi.Input<string>;
}

export interface SatelliteClusterArgs {
  /** Name or id of the Satellite location. */
  readonly location: pulumi.Input<string>;
  /** Name. Replaces. @default made of the logical name */
  readonly name?: pulumi.Input<string>;
  /** Version, `<major>.<minor>` or with a patch; only a change of `<major>.<minor>` is a change. @default that of the service */
  readonly kubeVersion?: pulumi.Input<string>;
  /** Zones of the default worker pool. */
  readonly zones?: pulumi.Input<pulumi.Input<SatelliteClusterZone>[]>;
  /** Workers per zone of the default worker pool. @default that of the service */
  readonly workerCount?: pulumi.Input<number>;
  /** Labels of the hosts that the default worker pool takes, `key:value`. */
  readonly hostLabels?: pulumi.Input<pulumi.Input<string>[]>;
  /** Labels of the nodes of the default worker pool. */
  readonly defaultWorkerPoolLabels?: pulumi.Input<{ [key: string]: pulumi.Input<string> }>;
  /** Of the default worker pool: `REDHAT_8_64` or `RHCOS`. */
  readonly operatingSystem?: pulumi.Input<string>;
  /** `single-replica` or `highly-available`. Replaces. */
  readonly infrastructureTopology?: pulumi.Input<string>;
  /** Let Satellite Config manage the cluster. */
  readonly enableConfigAdmin?: pulumi.Input<boolean>;
  /** Pull secret of OpenShift. */
  readonly pullSecret?: pulumi.Input<string>;
  /** IAM token of whoever lets Satellite Config in. Secret. */
  readonly crnToken?: pulumi.Input<string>;
  /** Licence of OpenShift that the account has: `cloud_pak` or `ocp_entitled`. Read at creation only. */
  readonly entitlement?: pulumi.Input<string>;
  /** CIDR of the pods. */
  readonly podSubnet?: pulumi.Input<string>;
  /** CIDR of the services. */
  readonly serviceSubnet?: pulumi.Input<string>;
  /** How Calico finds the address of a node. Read at creation only. */
  readonly calicoIpAutodetection?: pulumi.Input<{ [key: string]: pulumi.Input<string> }>;
  /** No public endpoint of the API server. @default false */
  readonly disablePublicServiceEndpoint?: pulumi.Input<boolean>;
  /** Wait for the workers when the version changes. @default true */
  readonly waitForWorkerUpdate?: pulumi.Input<boolean>;
  /** Patch version that workers are updated to, such as `1.32.6_1541`. */
  readonly patchVersion?: pulumi.Input<string>;
  /** Raise it to try a failed patch of the workers again. */
  readonly retryPatchVersion?: pulumi.Input<number>;
  /** Id of the resource group. @default that of the provider */
  readonly resourceGroupId?: pulumi.Input<string>;
  /** Tags of the form `key:value`, up to 128 characters each. */
  readonly tags?: pulumi.Input<pulumi.Input<string>[]>;
}

/** An OpenShift cluster on the hosts of a Satellite location. Creation may take two hours. */
export class SatelliteCluster extends pulumi.CustomResource {
  /** Token. */
  static readonly __pulumiType = 'ibm:index/satelliteCluster:SatelliteCluster';

  /** Looks up one that exists, by its id. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, opts?: pulumi.CustomResourceOptions): SatelliteCluster {
    return new SatelliteCluster(name, undefined as never, { ...opts, id });
  }

  static override isInstance(object: unknown): object is SatelliteCluster {
    return isResource(object, SatelliteCluster.__pulumiType);
  }

  declare readonly location: pulumi.Output<string>;
  declare readonly name: pulumi.Output<string>;
  declare readonly kubeVersion: pulumi.Output<string>;
  declare readonly zones: pulumi.Output<pulumi.Unwrap<SatelliteClusterZone>[]>;
  declare readonly workerCount: pulumi.Output<number>;
  declare readonly hostLabels: pulumi.Output<string[]>;
  declare readonly defaultWorkerPoolLabels: pulumi.Output<{ [key: string]: string }>;
  declare readonly operatingSystem: pulumi.Output<string>;
  declare readonly infrastructureTopology: pulumi.Output<string>;
  declare readonly enableConfigAdmin: pulumi.Output<boolean>;
  declare readonly pullSecret: pulumi.Output<string | undefined>;
  declare readonly crnToken: pulumi.Output<string | undefined>;
  declare readonly entitlement: pulumi.Output<string | undefined>;
  declare readonly podSubnet: pulumi.Output<string>;
  declare readonly serviceSubnet: pulumi.Output<string>;
  declare readonly calicoIpAutodetection: pulumi.Output<{ [key: string]: string } | undefined>;
  declare readonly disablePublicServiceEndpoint: pulumi.Output<boolean>;
  declare readonly waitForWorkerUpdate: pulumi.Output<boolean>;
  declare readonly patchVersion: pulumi.Output<string | undefined>;
  declare readonly retryPatchVersion: pulumi.Output<number | undefined>;
  declare readonly resourceGroupId: pulumi.Output<string>;
  declare readonly tags: pulumi.Output<string[]>;
  declare readonly crn: pulumi.Output<string>;
  declare readonly state: pulumi.Output<string>;
  declare readonly masterUrl: pulumi.Output<string>;
  declare readonly masterStatus: pulumi.Output<string>;
  declare readonly ingressHostname: pulumi.Output<string>;
  declare readonly ingressSecret: pulumi.Output<string>;
  declare readonly publicServiceEndpointUrl: pulumi.Output<string>;
  declare readonly privateServiceEndpointUrl: pulumi.Output<string>;

  /** @throws when a required argument is missing */
  constructor(name: string, args: SatelliteClusterArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      SatelliteCluster.__pulumiType,
      name,
      resourceInputs(args, NAMES, opts),
      resourceOptions(NAMES, opts),
      false,
      getPackage(),
    );
  }
}
