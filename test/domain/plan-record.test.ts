import { draftPlanRecord, type PlanRecord, planRecord } from '../../lib/domain';
import { record } from '../cli/given';
import { drawService } from '../support/synth';

function without(path: string): PlanRecord {
  const copy = JSON.parse(JSON.stringify(record()));
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  delete keys.reduce((here, key) => here[key], copy)[last];
  return copy;
}

describe('the record of a plan', () => {
  test('is what the Deployment carries, to the last part', () => {
    const { service, deployment } = drawService();
    if (service.plan === undefined) throw new Error('nothing was planned');
    const written = deployment.metadata.annotations?.['warmpath.dev/plan'] ?? '';
    expect(draftPlanRecord(written, 'plan')).toEqual({ value: planRecord(service.plan), problems: [] });
  });

  test('says the GPU, how many a replica takes, and the size of the model', () => {
    const { service } = drawService();
    if (service.plan === undefined) throw new Error('nothing was planned');
    expect(planRecord(service.plan)).toMatchObject({
      pool: { gpu: 'A100-80GB', replicasPerNode: 1 },
      gpusPerReplica: 1,
      parameters: 8_190_735_360,
      warmNode: { p95Seconds: expect.closeTo(service.plan.coldStart.warmNodeP95Seconds, 1) },
    });
  });

  test.each([
    ['', 'it is no JSON'],
    ['[1', 'it is no JSON'],
    ['null', 'service is not what it should be'],
    ['"a"', 'service is not what it should be'],
    ['{}', 'service is not what it should be'],
    [JSON.stringify(without('pool')), 'pool.name is not'],
    [JSON.stringify(without('namespace')), 'namespace is not'],
    [JSON.stringify(without('gpusPerReplica')), 'gpusPerReplica is not'],
    [JSON.stringify(without('coldStart.load.p50Seconds')), 'coldStart.load.p50Seconds is not'],
    [JSON.stringify(without('sizing.warmNodes')), 'sizing.warmNodes is not'],
    [JSON.stringify(without('sizing.sums')), 'sizing.sums is not'],
    [JSON.stringify({ ...record(), minReplicas: -1 }), 'minReplicas is not'],
    [JSON.stringify({ ...record(), minReplicas: '3' }), 'minReplicas is not'],
    [JSON.stringify({ ...record(), sizing: null }), 'sizing.objective is not'],
  ])('that somebody changed is refused: %.40s', (text, message) => {
    const { value, problems } = draftPlanRecord(text, 'Deployment chat/chat');
    expect(value).toBeUndefined();
    expect(problems).toMatchObject([{ rule: 'WP-WARM-019', prop: 'Deployment chat/chat' }]);
    expect(problems[0]?.message).toContain(message);
  });

  test('needs no sizing', () => {
    expect(draftPlanRecord(JSON.stringify(without('sizing')), 'plan').problems).toEqual([]);
  });
});
