import { type CostReportsSpec, draftCloud, draftCostReports, unwrap } from '../../lib/domain';
import { CLOUDS, cloudContext } from './cloud-given';
import { problemOf } from './given';

const draft = (bucketName: string, taken?: string) => draftCostReports('iks', { bucketName }, taken);

describe('reports of cost on IKS', () => {
  it('go into the bucket that is named', () => {
    expect(unwrap(draft('contoso-bills'))).toEqual({ bucketName: 'contoso-bills' });
  });

  it.each(['abc', 'a'.repeat(63), 'a-b.c'])('take %j as a bucket', (name) => {
    expect(draft(name).problems).toEqual([]);
  });

  it.each(['ab', 'a'.repeat(64), 'Abc', 'a..b', '-ab', ''])('do not take %j', (name) => {
    expect(problemOf(draft(name), 'WP-COST-004')).toMatchObject({
      severity: 'error',
      prop: 'costReports.bucketName',
      value: name,
    });
  });

  it('need a name, which nobody could make up', () => {
    expect(problemOf(draftCostReports('iks', {} as CostReportsSpec), 'WP-COST-004')).toMatchObject({
      value: undefined,
    });
  });

  it('share no bucket with the model store: whoever reads weights would read bills', () => {
    expect(draft('contoso-bills', 'contoso-weights').problems).toEqual([]);
    expect(problemOf(draft('contoso', 'contoso'), 'WP-COST-004').message).toMatch('model store');
  });
});

describe('reports of cost on AKS', () => {
  const problem = problemOf(draftCostReports('aks', { bucketName: 'contosobills' }), 'WP-COST-005');

  it('are refused, with what Azure has instead', () => {
    expect(problem).toMatchObject({ severity: 'error', prop: 'costReports.cloud', value: 'aks' });
    expect(problem.fix).toMatch(/aks\.costAnalysis.*Cost Management/);
  });
});

describe.each(CLOUDS)('the cloud of an environment on $cloud', (row) => {
  const draftWith = (bucketName: string) =>
    draftCloud({ modelStore: { name: 'contosoweights' }, costReports: { bucketName } }, cloudContext(row));

  it('has no reports unless it asks for them', () => {
    expect(unwrap(draftCloud({}, cloudContext(row)))).not.toHaveProperty('costReports');
  });

  it('decides them where the cloud writes them for a program, and looks at the bucket of its model store', () => {
    const rules = (name: string) => draftWith(name).problems.map(({ rule }) => rule);
    const isIks = row.cloud === 'iks';
    expect(rules('contosobills')).toEqual(isIks ? [] : ['WP-COST-005']);
    expect(rules('contosoweights')).toEqual([isIks ? 'WP-COST-004' : 'WP-COST-005']);
    expect(draftWith('contosobills').value?.costReports).toEqual(isIks ? { bucketName: 'contosobills' } : undefined);
  });
});
