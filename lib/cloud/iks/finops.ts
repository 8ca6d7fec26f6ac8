/** What the account of an environment uses and costs, written down once a day. */
import { ComponentResource, type ComponentResourceOptions, type Output } from '@pulumi/pulumi';
import { BillingReportSnapshot, CosBucket, IamAuthorizationPolicy, ResourceInstance } from '../../../imports/ibm';
import type { CostReportsPlan } from '../../domain/cost-reports';

/** Service and plan as IBM's catalogue spells them (terraform-provider-ibm docs, cos_bucket). */
const COS = { service: 'cloud-object-storage', plan: 'standard', location: 'global' } as const;

/** What the service `billing` needs on the bucket (ibm-cloud-docs/account exporting-usage.md, 2026-04-30). */
const ROLES = ['Object Writer', 'Content Reader'] as const;

/** Of the account and of each of its instances; `enterprise_summary` is for enterprises (terraform-provider-ibm docs, billing_report_snapshot). */
const REPORTS = ['account_summary', 'account_resource_instance_usage'] as const;

/** Props of {@link IksFinOps}. */
export interface IksFinOpsProps {
  readonly plan: CostReportsPlan;
  /** Names the instance of Cloud Object Storage. */
  readonly clusterName: string;
  /** Region of the bucket; it is kept in all zones of it. */
  readonly region: string;
  readonly resourceGroupId?: string;
  readonly tags: readonly string[];
}

/**
 * Reports of cost in a bucket, for a tool that reads bills, such as Cloudability: CSV files and a manifest for each month,
 * in the folder IBMCloud-Billing-Reports. IBM Cloud has no budget that a program could make.
 *
 * An account has one set of reports: another environment, or a person, that asks for a second is refused ('Duplicate
 * config'). IAM may take half a minute to know the right of a new policy (terraform-provider-ibm#4478); a second `up` gets there.
 *
 * @example
 * new IksFinOps('prod-iks', { plan, clusterName, region: 'us-south', tags });
 */
export class IksFinOps extends ComponentResource {
  /** Token. */
  static readonly type = 'warmpath:iks:IksFinOps';

  /** CRN of the bucket. */
  readonly id: Output<string>;

  constructor(name: string, props: IksFinOpsProps, options?: ComponentResourceOptions) {
    super(IksFinOps.type, name, {}, options);
    const { plan, clusterName, region, resourceGroupId } = props;
    const logicalName = `${name}-cost-reports`;
    // An instance of its own, so that the right of `billing` ends at this bucket.
    const instance = new ResourceInstance(
      logicalName,
      { name: `${clusterName}-cost-reports`, ...COS, resourceGroupId, tags: [...props.tags] },
      { parent: this },
    );
    const bucket = new CosBucket(
      logicalName,
      {
        bucketName: plan.bucketName,
        resourceInstanceId: instance.id,
        regionLocation: region,
        storageClass: 'smart',
        // Bills of the whole account: they do not go because one environment does.
        forceDelete: false,
      },
      { parent: this },
    );
    const right = new IamAuthorizationPolicy(
      logicalName,
      {
        sourceServiceName: 'billing',
        targetServiceName: COS.service,
        targetResourceInstanceId: instance.guid,
        roles: [...ROLES],
        description: `daily reports of cost into ${plan.bucketName}`,
      },
      { parent: this },
    );
    new BillingReportSnapshot(
      logicalName,
      {
        interval: 'daily',
        cosBucket: bucket.bucketName,
        cosLocation: region,
        reportTypes: [...REPORTS],
        // A report holds the month so far, so the last one says all (as terraform-ibm-cloudability-onboarding does it).
        versioning: 'overwrite',
      },
      { parent: this, dependsOn: [right], deleteBeforeReplace: true },
    );
    this.id = bucket.crn;
    this.registerOutputs({ id: this.id });
  }
}
