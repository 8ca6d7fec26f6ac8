import * as pulumi from '@pulumi/pulumi';
import { getPackage, isResource, type PropertyNames, resourceInputs, resourceOptions } from './package';

const NAMES: PropertyNames = {
  required: ['location', 'managedFrom'],
  optional: [
    'zones',
    'description',
    'coreosEnabled',
    'loggingAccountId',
    'cosConfig',
    'cosCredentials',
    'podSubnet',
    'serviceSubnet',
    'physicalAddress',
    'capabilities',
    'resourceGroupId',
    'tags',
  ],
  outputs: ['crn', 'hostAttachedCount', 'hostAvailableCount', 'ingressHostname', 'ingressSecret'],
  secretOutputs: ['ingressSecret'],
};

export interface SatelliteLocationCosConfig {
  /** Name of the bucket. @default a new one */
  readonly bucket?: pulumi.Input<string>;
  /** Endpoint of the bucket. */
  readonly endpoint?: pulumi.Input<string>;
  /** Region of the bucket. */
  readonly region?: pulumi.Input<string>;
}

export interface SatelliteLocationCosCredential {
  /** Key id. */
  readonly accessKeyId?: pulumi.Input<string>;
  /** Key. The provider does not call it secret: pass a Pulumi secret. */
  readonly secretAccessKey?: pulumi.Input<string>;
}

export interface SatelliteLocationArgs {
  /** Name. */
  readonly location: pulumi.Input<string>;
  /** Region that manages it, such as `wdc` or `lon`. */
  readonly managedFrom: pulumi.Input<string>;
  /** Names of the zones, three. */
  readonly zones?: pulumi.Input<pulumi.Input<string>[]>;
  /** Description. */
  readonly description?: pulumi.Input<string>;
  /** Hosts may run RHCOS. */
  readonly coreosEnabled?: pulumi.Input<boolean>;
  /** Account that gets the logs. */
  readonly loggingAccountId?: pulumi.Input<string>;
  /** Bucket of the backups of the control plane. */
  readonly cosConfig?: pulumi.Input<SatelliteLocationCosConfig>;
  /** HMAC key pair for the bucket. */
  readonly cosCredentials?: pulumi.Input<SatelliteLocationCosCredential>;
  /** CIDR of the pods. Read at creation only. */
  readonly podSubnet?: pulumi.Input<string>;
  /** CIDR of the services. Read at creation only. */
  readonly serviceSubnet?: pulumi.Input<string>;
  /** Where it is. Read at creation only. */
  readonly physicalAddress?: pulumi.Input<string>;
  /** `on-prem`; needs `physicalAddress`. Read at creation only. */
  readonly capabilities?: pulumi.Input<pulumi.Input<string>[]>;
  /** Id of the resource group. @default that of the provider */
  readonly resourceGroupId?: pulumi.Input<string>;
  /** Tags of the form `key:value`, up to 128 characters each. */
  readonly tags?: pulumi.Input<pulumi.Input<string>[]>;
}

/** A Satellite location: where hosts outside IBM Cloud run clusters that IBM Cloud manages. */
export class SatelliteLocation extends pulumi.CustomResource {
  /** Token. */
  static readonly __pulumiType = 'ibm:index/satelliteLocation:SatelliteLocation';

  /** Looks up one that exists, by its id. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, opts?: pulumi.CustomResourceOptions): SatelliteLocation {
    return new SatelliteLocation(name, undefined as never, { ...opts, id });
  }

  static override isInstance(object: unknown): object is SatelliteLocation {
    return isResource(object, SatelliteLocation.__pulumiType);
  }

  declare readonly location: pulumi.Output<string>;
  declare readonly managedFrom: pulumi.Output<string>;
  declare readonly zones: pulumi.Output<string[]>;
  declare readonly description: pulumi.Output<string | undefined>;
  declare readonly coreosEnabled: pulumi.Output<boolean>;
  declare readonly loggingAccountId: pulumi.Output<string | undefined>;
  declare readonly cosConfig: pulumi.Output<pulumi.Unwrap<SatelliteLocationCosConfig> | undefined>;
  declare readonly cosCredentials: pulumi.Output<pulumi.Unwrap<SatelliteLocationCosCredential> | undefined>;
  declare readonly podSubnet: pulumi.Output<string>;
  declare readonly serviceSubnet: pulumi.Output<string>;
  declare readonly physicalAddress: pulumi.Output<string | undefined>;
  declare readonly capabilities: pulumi.Output<string[] | undefined>;
  declare readonly resourceGroupId: pulumi.Output<string>;
  declare readonly tags: pulumi.Output<string[]>;
  declare readonly crn: pulumi.Output<string>;
  declare readonly hostAttachedCount: pulumi.Output<number>;
  declare readonly hostAvailableCount: pulumi.Output<number>;
  declare readonly ingressHostname: pulumi.Output<string>;
  declare readonly ingressSecret: pulumi.Output<string>;

  /** @throws when a required argument is missing */
  constructor(name: string, args: SatelliteLocationArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      SatelliteLocation.__pulumiType,
      name,
      resourceInputs(args, NAMES, opts),
      resourceOptions(NAMES, opts),
      false,
      getPackage(),
    );
  }
}
