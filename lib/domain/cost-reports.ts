/** Where a cloud writes down what was used and what it cost, for whoever watches spending. */
import { BUCKET_NAME, isBucketName } from './model-store';
import type { Cloud } from './platform-profile';
import { type Draft, Findings } from './problem';

/**
 * What an environment says about reports of cost. IBM Cloud writes them for the whole account, once a day, into one bucket:
 * of all environments of an account one can ask for them.
 */
export interface CostReportsSpec {
  /** Bucket that is made for them. No two customers of the cloud can have the same name. */
  readonly bucketName: string;
}

/** Decided reports. */
export interface CostReportsPlan {
  readonly bucketName: string;
}

/**
 * Decides reports of cost: WP-COST-004 for the bucket, WP-COST-005 where the cloud writes them without being told by a program.
 * @param taken the bucket of the model store, where there is one
 */
export function draftCostReports(cloud: Cloud, spec: CostReportsSpec, taken?: string): Draft<CostReportsPlan> {
  const findings = new Findings('costReports.');
  if (cloud !== 'iks') {
    findings.error('WP-COST-005', 'cloud', cloud, {
      message: 'Azure analyses the cost of a cluster itself, and exports are asked of the subscription',
      allowed: 'IKS',
      fix: 'remove costReports; aks.costAnalysis splits the bill by namespace, and an export of Cost Management writes it down',
    });
    return findings.draft<CostReportsPlan>(undefined);
  }
  const { bucketName } = spec;
  if (!isBucketName(bucketName)) {
    findings.error('WP-COST-004', 'bucketName', bucketName, {
      message: 'this cannot name a bucket',
      allowed: BUCKET_NAME,
      fix: 'take a name that nobody else will have, such as the one of your company with the account',
    });
  } else if (bucketName === taken) {
    findings.error('WP-COST-004', 'bucketName', bucketName, {
      message: 'the model store has this bucket, and whoever reads weights would read bills',
      allowed: 'a bucket of its own',
      fix: 'take another name',
    });
  }
  return findings.draft<CostReportsPlan>({ bucketName });
}
