/** What a cloud has to make, by a table of clouds: a third cloud is a third row in cloud-given.ts. */
import fc from 'fast-check';
import {
  type BudgetSpec,
  type CloudContext,
  type CloudSpec,
  type CloudWorkload,
  draftCloud,
  planGpuNodePool,
  serviceAccountSubject,
  unwrap,
} from '../../lib/domain';
import { poolSpecs } from '../support/arbitraries';
import { CLOUDS, type CloudRow, cloudContext, OWN_POOL_SETTINGS } from './cloud-given';
import { problemOf, rulesOf } from './given';

const BUDGET: BudgetSpec = { amountPerMonth: 1000, from: '2027-01', emails: ['ops@example.com'] };

const workload = (more: Partial<CloudWorkload> = {}): CloudWorkload => ({
  name: 'chat',
  namespace: 'chat-prod',
  pool: 'gpus',
  startSeconds: 900,
  graceSeconds: 60,
  ...more,
});

const rowOf = (cloud: CloudRow['cloud']): CloudRow => {
  const row = CLOUDS.find((one) => one.cloud === cloud);
  if (row === undefined) throw new Error(`there is no ${cloud} in the table`);
  return row;
};

describe.each(CLOUDS)('on $cloud', (row) => {
  const other = row.cloud === 'aks' ? 'iks' : 'aks';
  const draft = (spec: CloudSpec = {}, more: Partial<CloudContext> = {}) => draftCloud(spec, cloudContext(row, more));
  const planned = (spec: CloudSpec = {}, more: Partial<CloudContext> = {}) => unwrap(draft(spec, more));

  describe('a GPU pool', () => {
    it('bears the labels that its pods select, and the taints that they tolerate', () => {
      const pool = row.gpu({ labels: { 'example.com/rack': 'r1' } });
      const view = unwrap(row.pool(pool));
      expect(view.labels).toMatchObject({ ...pool.nodeSelector, 'example.com/rack': 'r1' });
      expect(view.taints).toEqual(pool.tolerations.map(({ key, value, effect }) => ({ key, value, effect })));
      expect(view.machine).toBe(row.machine);
      expect(view.zones).toEqual(row.zones);
    });

    it('is as large as the plan says', () => {
      expect(unwrap(row.pool(row.gpu({ minNodes: 3, maxNodes: 9 })))).toMatchObject({
        nodes: 3,
        autoscaling: { least: 3, most: 9 },
      });
    });

    it('of fixed size is nobody’s to grow', () => {
      const view = unwrap(row.pool(row.gpu({ minNodes: 6, maxNodes: 6 })));
      expect(view.nodes).toBe(6);
      expect(view).not.toHaveProperty('autoscaling');
    });

    it('may shrink to nothing', () => {
      expect(unwrap(row.pool(row.gpu({ minNodes: 0 })))).toMatchObject({
        nodes: 0,
        autoscaling: { least: 0, most: 6 },
      });
    });
  });

  it('any legal pool becomes one of the same name, sizes, labels and taints', () => {
    const specs = poolSpecs(['inference', 'training']).filter(
      ({ platform, zones }) => platform.cloud === row.cloud && zones?.length !== 0,
    );
    fc.assert(
      fc.property(specs, (spec) => {
        const pool = planGpuNodePool(spec);
        const { minNodes, maxNodes } = spec;
        expect(unwrap(row.pool(pool))).toEqual({
          name: spec.name,
          machine: spec.machine,
          labels: pool.labels,
          taints: pool.taints,
          zones: pool.zones,
          nodes: minNodes,
          ...(minNodes !== maxNodes && { autoscaling: { least: minNodes, most: maxNodes } }),
        });
      }),
      { numRuns: 30 },
    );
  });

  describe('a cluster', () => {
    it('begins with its system pool, whatever is named first', () => {
      const { system, others } = row.cluster(planned());
      expect(system.name).toBe('system');
      expect(others.map(({ name }) => name)).toEqual([row.gpu().name]);
    });

    it('is not made without one', () => {
      expect(rulesOf(draft({}, { pools: [] }))).toEqual([row.cloud === 'aks' ? 'WP-AKS-008' : 'WP-IKS-007']);
      expect(draft({}, { pools: [] }).value).toBeUndefined();
      expect(rulesOf(draft({}, { pools: [row.gpu()] }))).toContain(row.cloud === 'aks' ? 'WP-AKS-008' : 'WP-IKS-007');
    });

    it('is tagged with its owner', () => {
      expect(row.tags(planned())).toEqual({
        owner: 'chat-oncall',
        team: 'chat',
        'cost-centre': 'cc-4210',
        environment: 'prod',
        'managed-by': 'warmpath',
      });
    });

    it('takes further tags, and refuses those of the owner', () => {
      expect(row.tags(planned({ [row.cloud]: { tags: { stage: 'blue' } } })).stage).toBe('blue');
      expect(rulesOf(draft({ [row.cloud]: { tags: { team: 'me' } } }))).toEqual(['WP-TAG-002']);
      expect(rulesOf(draft({ [row.cloud]: { tags: { 'a/b': 'c' } } }))).toEqual(['WP-TAG-001']);
    });

    it('is named after its environment', () => {
      expect(planned({}, { environment: 'blue' }).cluster.name).toBe('warmpath-blue');
    });
  });

  describe('settings of the other cloud', () => {
    it('are refused in the environment', () => {
      expect(problemOf(draft({ [other]: {} }), 'WP-CLOUD-001')).toMatchObject({
        severity: 'error',
        prop: `cloud.${other}`,
        value: {},
        allowed: `cloud.${row.cloud}`,
      });
    });

    it('are refused in its pools', () => {
      const poolSpecs = { gpus: OWN_POOL_SETTINGS[other] };
      expect(problemOf(draft({}, { poolSpecs }), 'WP-CLOUD-001')).toMatchObject({
        prop: `pools.gpus.${other}`,
        allowed: `pools.gpus.${row.cloud}`,
      });
      expect(draft({}, { poolSpecs: { gpus: OWN_POOL_SETTINGS[row.cloud] } }).problems).toEqual([]);
    });
  });

  describe('a workload', () => {
    const modelStore = { name: 'contosoweights' };

    it('that asks for nothing is nobody to the cloud', () => {
      expect(planned({}, { workloads: [workload()] }).identities).toEqual([]);
    });

    it('is known by its ServiceAccount, which bears its name', () => {
      const { identities } = planned({}, { workloads: [workload({ identity: {} })] });
      expect(identities).toEqual([{ name: 'chat', namespace: 'chat-prod', serviceAccount: 'chat' }]);
      expect(identities.map(serviceAccountSubject)).toEqual(['system:serviceaccount:chat-prod:chat']);
    });

    it.each(['read', 'write'] as const)('may %s a model store that exists', (right) => {
      const workloads = [workload({ identity: { modelStore: right } })];
      expect(planned({ modelStore }, { workloads }).identities).toMatchObject([{ modelStore: right }]);
    });

    it('gets no right on a store that is not there, and none that does not exist', () => {
      const without = draft({}, { workloads: [workload({ identity: { modelStore: 'read' } })] });
      expect(problemOf(without, 'WP-CLOUD-002')).toMatchObject({
        severity: 'error',
        prop: 'services.chat.cloudIdentity.modelStore',
        value: 'read',
        message: 'the environment has no model store',
      });
      const own = draft({ modelStore }, { workloads: [workload({ identity: { modelStore: 'own' as 'read' } })] });
      expect(problemOf(own, 'WP-CLOUD-002')).toMatchObject({ value: 'own', message: 'there is no such right' });
    });
  });

  it('the rest is planned where it is asked for', () => {
    const none = planned();
    for (const part of ['modelStore', 'budget', 'delivery']) expect(none).not.toHaveProperty(part);
    const all = planned({ modelStore: { name: 'contosoweights' }, delivery: { kind: 'pulumi' } });
    expect(all).toMatchObject({
      cloud: row.cloud,
      environment: 'prod',
      modelStore: { name: 'contosoweights' },
      delivery: { kind: 'pulumi' },
    });
    expect(all.ownership.team).toBe('chat');
  });

  it('mistakes of all parts are told at once', () => {
    const rules = rulesOf(draft({ modelStore: { name: '' }, delivery: { kind: 'flux', repository: '' } }));
    expect(rules).toEqual(['WP-STORE-001', 'WP-GIT-001']);
  });
});

it('a budget stands on AKS, and is refused on IKS', () => {
  const aks = draftCloud({ budget: BUDGET }, cloudContext(rowOf('aks')));
  expect(unwrap(aks).budget?.amountPerMonth).toBe(1000);
  expect(rulesOf(draftCloud({ budget: BUDGET }, cloudContext(rowOf('iks'))))).toEqual(['WP-BUD-002']);
});

describe('the patience of an upgrade', () => {
  const drainMinutes = (workloads: readonly CloudWorkload[]) => {
    const row = rowOf('aks');
    const plan = unwrap(draftCloud({}, cloudContext(row, { pools: [row.system(), row.gpu()], workloads })));
    if (plan.cloud !== 'aks') throw new Error('this is no plan of AKS');
    return plan.cluster.pools.map(({ upgradeSettings }) => upgradeSettings?.drainTimeoutInMinutes);
  };

  it('is that of the slowest start and the longest grace on the pool, not of one service', () => {
    const slow = workload({ pool: 'a100', startSeconds: 3000, graceSeconds: 60 });
    const graceful = workload({ pool: 'a100', startSeconds: 600, graceSeconds: 1200 });
    // (3000 + 1200) / 60
    expect(drainMinutes([slow, graceful])).toEqual([70]);
    expect(drainMinutes([graceful, slow])).toEqual([70]);
  });

  it('does not count services of another pool', () => {
    expect(drainMinutes([workload({ pool: 'h100', startSeconds: 6000 })])).toEqual([30]);
  });
});

it('the longest cold start keeps an empty worker of IKS', () => {
  const workloads = [workload({ startSeconds: 900 }), workload({ startSeconds: 1300 }), workload({ startSeconds: 30 })];
  const plan = unwrap(draftCloud({}, cloudContext(rowOf('iks'), { workloads })));
  if (plan.cloud !== 'iks') throw new Error('this is no plan of IKS');
  // 1300 s are 21.7 minutes.
  expect(plan.cluster.autoscaler?.configMap.scaleDownUnneededTime).toBe('22m');
});

it('AKS makes room for private endpoints where there is a model store, and knows what scales', () => {
  const spec = { aks: { nodeSubnetId: 'nodes' }, modelStore: { name: 'contosoweights' } };
  const { problems } = draftCloud(spec, cloudContext(rowOf('aks')));
  expect(problems.map(({ rule, prop }) => [rule, prop])).toEqual([
    ['WP-AKS-011', 'aks.nodeSubnetId'],
    ['WP-AKS-011', 'aks.endpointSubnetId'],
  ]);
  const plan = unwrap(draftCloud({}, cloudContext(rowOf('aks'), { scales: true, recommends: true })));
  expect(plan.cluster).toMatchObject({ keda: true, verticalPodAutoscaler: true });
});
