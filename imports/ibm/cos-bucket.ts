import * as pulumi from '@pulumi/pulumi';
import { getPackage, isResource, type PropertyNames, resourceInputs, resourceOptions } from './package';

const NAMES: PropertyNames = {
  required: ['bucketName', 'resourceInstanceId'],
  optional: [
    'regionLocation',
    'crossRegionLocation',
    'singleSiteLocation',
    'satelliteLocationId',
    'storageClass',
    'endpointType',
    'kmsKeyCrn',
    'allowedIps',
    'hardQuota',
    'forceDelete',
    'objectVersioning',
    'objectLock',
    'activityTracking',
    'metricsMonitoring',
    'retentionRule',
    'noncurrentVersionExpiration',
  ],
  outputs: ['crn', 's3EndpointPublic', 's3EndpointPrivate', 's3EndpointDirect'],
};

export interface CosBucketObjectVersioning {
  /** Keep versions. @default false */
  readonly enable?: pulumi.Input<boolean>;
}

export interface CosBucketActivityTracking {
  /** Reads of objects. @default false */
  readonly readDataEvents?: pulumi.Input<boolean>;
  /** Writes of objects. @default false */
  readonly writeDataEvents?: pulumi.Input<boolean>;
  /** Changes of the bucket. */
  readonly managementEvents?: pulumi.Input<boolean>;
  /** CRN of the instance. @default that of the location */
  readonly activityTrackerCrn?: pulumi.Input<string>;
}

export interface CosBucketMetricsMonitoring {
  /** Bytes used. @default false */
  readonly usageMetricsEnabled?: pulumi.Input<boolean>;
  /** Requests. @default false */
  readonly requestMetricsEnabled?: pulumi.Input<boolean>;
  /** CRN of the monitoring instance. @default that of the location */
  readonly metricsMonitoringCrn?: pulumi.Input<string>;
}

export interface CosBucketRetentionRule {
  /** Of an object without one of its own, in days, 0 to 365243. */
  readonly default: pulumi.Input<number>;
  /** In days, 0 to 365243. */
  readonly maximum: pulumi.Input<number>;
  /** In days, 0 to 365243. */
  readonly minimum: pulumi.Input<number>;
  /** For good. @default false */
  readonly permanent?: pulumi.Input<boolean>;
}

export interface CosBucketNoncurrentVersionExpiration {
  /** Id of the rule. */
  readonly ruleId?: pulumi.Input<string>;
  /** Whether the rule is in force. */
  readonly enable: pulumi.Input<boolean>;
  /** Of the keys that the rule is for. @default all */
  readonly prefix?: pulumi.Input<string>;
  /** Days after a version is replaced, 1 to 3650. */
  readonly noncurrentDays?: pulumi.Input<number>;
}

export interface CosBucketArgs {
  /** Name, unique among all accounts. Replaces. */
  readonly bucketName: pulumi.Input<string>;
  /** CRN of the Object Storage instance. Replaces. */
  readonly resourceInstanceId: pulumi.Input<string>;
  /** Region, such as `us-south`. Replaces. */
  readonly regionLocation?: pulumi.Input<string>;
  /** `us`, `eu` or `ap`. Replaces. */
  readonly crossRegionLocation?: pulumi.Input<string>;
  /** Data centre, such as `ams03`. Replaces. */
  readonly singleSiteLocation?: pulumi.Input<string>;
  /** Id of a Satellite location. Replaces. */
  readonly satelliteLocationId?: pulumi.Input<string>;
  /** `standard`, `vault`, `cold`, `smart`, `flex` or `onerate_active`. Replaces. */
  readonly storageClass?: pulumi.Input<string>;
  /** Endpoint that the provider uses: `public`, `private` or `direct`. Read at creation only. @default public */
  readonly endpointType?: pulumi.Input<string>;
  /** CRN of the root key that encrypts the bucket. Replaces. */
  readonly kmsKeyCrn?: pulumi.Input<string>;
  /** Addresses and CIDRs that may reach the bucket. @default all */
  readonly allowedIps?: pulumi.Input<pulumi.Input<string>[]>;
  /** Most that the bucket takes, in bytes. @default no limit */
  readonly hardQuota?: pulumi.Input<number>;
  /** Empty the bucket before it is deleted. @default true */
  readonly forceDelete?: pulumi.Input<boolean>;
  /** Versions of objects; not together with `retentionRule`. */
  readonly objectVersioning?: pulumi.Input<CosBucketObjectVersioning>;
  /** Lock objects; needs `objectVersioning`. */
  readonly objectLock?: pulumi.Input<boolean>;
  /** What goes to the activity tracker. */
  readonly activityTracking?: pulumi.Input<CosBucketActivityTracking>;
  /** What goes to IBM Cloud Monitoring. */
  readonly metricsMonitoring?: pulumi.Input<CosBucketMetricsMonitoring>;
  /** How long objects stay unchanged, in days. */
  readonly retentionRule?: pulumi.Input<CosBucketRetentionRule>;
  /** When old versions go. */
  readonly noncurrentVersionExpiration?: pulumi.Input<CosBucketNoncurrentVersionExpiration>;
}

/** A bucket of Object Storage, in one of a region, a cross-region geography, a single site or a Satellite location. */
export class CosBucket extends pulumi.CustomResource {
  /** Token. */
  static readonly __pulumiType = 'ibm:index/cosBucket:CosBucket';

  /** Looks up one that exists, by its id. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, opts?: pulumi.CustomResourceOptions): CosBucket {
    return new CosBucket(name, undefined as never, { ...opts, id });
  }

  static override isInstance(object: unknown): object is CosBucket {
    return isResource(object, CosBucket.__pulumiType);
  }

  declare readonly bucketName: pulumi.Output<string>;
  declare readonly resourceInstanceId: pulumi.Output<string>;
  declare readonly regionLocation: pulumi.Output<string | undefined>;
  declare readonly crossRegionLocation: pulumi.Output<string | undefined>;
  declare readonly singleSiteLocation: pulumi.Output<string | undefined>;
  declare readonly satelliteLocationId: pulumi.Output<string | undefined>;
  declare readonly storageClass: pulumi.Output<string>;
  declare readonly endpointType: pulumi.Output<string>;
  declare readonly kmsKeyCrn: pulumi.Output<string>;
  declare readonly allowedIps: pulumi.Output<string[] | undefined>;
  declare readonly hardQuota: pulumi.Output<number | undefined>;
  declare readonly forceDelete: pulumi.Output<boolean>;
  declare readonly objectVersioning: pulumi.Output<pulumi.Unwrap<CosBucketObjectVersioning> | undefined>;
  declare readonly objectLock: pulumi.Output<boolean>;
  declare readonly activityTracking: pulumi.Output<pulumi.Unwrap<CosBucketActivityTracking> | undefined>;
  declare readonly metricsMonitoring: pulumi.Output<pulumi.Unwrap<CosBucketMetricsMonitoring> | undefined>;
  declare readonly retentionRule: pulumi.Output<pulumi.Unwrap<CosBucketRetentionRule> | undefined>;
  declare readonly noncurrentVersionExpiration: pulumi.Output<
    pulumi.Unwrap<CosBucketNoncurrentVersionExpiration> | undefined
  >;
  declare readonly crn: pulumi.Output<string>;
  declare readonly s3EndpointPublic: pulumi.Output<string>;
  declare readonly s3EndpointPrivate: pulumi.Output<string>;
  declare readonly s3EndpointDirect: pulumi.Output<string>;

  /** @throws when a required argument is missing */
  constructor(name: string, args: CosBucketArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      CosBucket.__pulumiType,
      name,
      resourceInputs(args, NAMES, opts),
      resourceOptions(NAMES, opts),
      false,
      getPackage(),
    );
  }
}
