/** What reports of cost ask of IBM Cloud. */
import { IksEnvironment, IksFinOps } from '../../lib/cloud';
import { type Inputs, only, type Run, run } from '../support/pulumi';
import { cloudPlan } from './given';

const SNAPSHOT = 'ibm:index/billingReportSnapshot:BillingReportSnapshot';
const RIGHT = 'ibm:index/iamAuthorizationPolicy:IamAuthorizationPolicy';
const BUCKET = 'ibm:index/cosBucket:CosBucket';
const INSTANCE = 'ibm:index/resourceInstance:ResourceInstance';

const make = (more: Inputs = {}): Promise<Run> =>
  run('prod-iks', () => {
    const plan = { bucketName: 'contoso-bills' };
    const place = { clusterName: 'warmpath-prod', region: 'us-south', tags: ['team:chat'] };
    new IksFinOps('prod', { plan, ...place, ...more });
  });

describe('reports of cost', () => {
  it('are written daily into the bucket, for the account and each instance of it', async () => {
    const { inputs } = only(await make(), SNAPSHOT);
    expect(inputs).toEqual({
      interval: 'daily',
      cosBucket: 'contoso-bills',
      cosLocation: 'us-south',
      reportTypes: ['account_summary', 'account_resource_instance_usage'],
      versioning: 'overwrite',
    });
  });

  it('begin after the service may write, into this instance only', async () => {
    const all = await make();
    const right = only(all, RIGHT);
    expect(right.inputs).toMatchObject({
      sourceServiceName: 'billing',
      targetServiceName: 'cloud-object-storage',
      targetResourceInstanceId: 'prod-cost-reports-guid',
      roles: ['Object Writer', 'Content Reader'],
    });
    expect(only(all, SNAPSHOT).dependencies).toContain(right.urn);
  });

  it('outlive the environment: a bucket with reports is not deleted', async () => {
    expect(only(await make(), BUCKET).inputs).toMatchObject({
      bucketName: 'contoso-bills',
      regionLocation: 'us-south',
      forceDelete: false,
    });
  });

  it('lie in an instance that says who pays for it', async () => {
    expect(only(await make({ resourceGroupId: 'group' }), INSTANCE).inputs).toMatchObject({
      name: 'warmpath-prod-cost-reports',
      resourceGroupId: 'group',
      tags: ['team:chat'],
    });
  });
});

describe('an environment', () => {
  const tokensOf = async (spec: Parameters<typeof cloudPlan>[1]) => {
    const all = await run('prod-iks', () => {
      new IksEnvironment('prod', { plan: cloudPlan('iks', spec) });
    });
    return all.resources.map(({ token }) => token);
  };

  it('asks for reports where its plan does', async () => {
    const asked = await tokensOf({ costReports: { bucketName: 'contoso-bills' } });
    expect(asked).toEqual(expect.arrayContaining([IksFinOps.type, SNAPSHOT, RIGHT]));
    expect(await tokensOf({})).not.toContain(SNAPSHOT);
  });
});
