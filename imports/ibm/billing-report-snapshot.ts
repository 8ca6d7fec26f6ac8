import * as pulumi from '@pulumi/pulumi';
import { getPackage, isResource, type PropertyNames, resourceInputs, resourceOptions } from './package';

const NAMES: PropertyNames = {
  required: ['interval', 'cosBucket', 'cosLocation'],
  optional: ['cosReportsFolder', 'reportTypes', 'versioning'],
  outputs: ['state', 'accountType', 'compression', 'contentType', 'cosEndpoint', 'createdAt', 'lastUpdatedAt'],
};

export interface BillingReportSnapshotArgs {
  /** How often: `daily`. Replaces. */
  readonly interval: pulumi.Input<string>;
  /** Name of the bucket. Replaces. */
  readonly cosBucket: pulumi.Input<string>;
  /** Region of the bucket. Replaces. */
  readonly cosLocation: pulumi.Input<string>;
  /** Folder in the bucket. Replaces. @default IBMCloud-Billing-Reports */
  readonly cosReportsFolder?: pulumi.Input<string>;
  /** `account_summary`, `enterprise_summary` and `account_resource_instance_usage`. Replaces. @default that of the service */
  readonly reportTypes?: pulumi.Input<pulumi.Input<string>[]>;
  /** Whether a report is written beside the one before (`new`) or over it (`overwrite`). Replaces. @default new */
  readonly versioning?: pulumi.Input<string>;
}

/**
 * Reports of what the account uses and costs, into a bucket that the service `billing` may write. An account has one at
 * most, and its id is that of the account: pass `deleteBeforeReplace`. Nothing of it can be updated.
 */
export class BillingReportSnapshot extends pulumi.CustomResource {
  /** Token. */
  static readonly __pulumiType = 'ibm:index/billingReportSnapshot:BillingReportSnapshot';

  /** Looks up one that exists, by its id. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, opts?: pulumi.CustomResourceOptions): BillingReportSnapshot {
    return new BillingReportSnapshot(name, undefined as never, { ...opts, id });
  }

  static override isInstance(object: unknown): object is BillingReportSnapshot {
    return isResource(object, BillingReportSnapshot.__pulumiType);
  }

  declare readonly interval: pulumi.Output<string>;
  declare readonly cosBucket: pulumi.Output<string>;
  declare readonly cosLocation: pulumi.Output<string>;
  declare readonly cosReportsFolder: pulumi.Output<string | undefined>;
  declare readonly reportTypes: pulumi.Output<string[] | undefined>;
  declare readonly versioning: pulumi.Output<string | undefined>;
  declare readonly state: pulumi.Output<string>;
  declare readonly accountType: pulumi.Output<string>;
  declare readonly compression: pulumi.Output<string>;
  declare readonly contentType: pulumi.Output<string>;
  declare readonly cosEndpoint: pulumi.Output<string>;
  declare readonly createdAt: pulumi.Output<number>;
  declare readonly lastUpdatedAt: pulumi.Output<number>;

  /** @throws when a required argument is missing */
  constructor(name: string, args: BillingReportSnapshotArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      BillingReportSnapshot.__pulumiType,
      name,
      resourceInputs(args, NAMES, opts),
      resourceOptions(NAMES, opts),
      false,
      getPackage(),
    );
  }
}
