import { awaitPlan, scaledWorkloads } from '../../lib/domain/await-plan';
import { WARM_COMPONENTS } from '../../lib/domain/placeholder';

const deployment = (spec: object, labels: Readonly<Record<string, string>> = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'chat', namespace: 'chat', labels },
  spec,
});
const rolling = (maxSurge: unknown, maxUnavailable: unknown) => ({ rollingUpdate: { maxSurge, maxUnavailable } });

describe('a Deployment', () => {
  // Groups of pods that are replaced at once, times the deadline, and a minute to read the object back.
  it.each<[string, object, number]>([
    ['of one pod', { replicas: 1, progressDeadlineSeconds: 900 }, 960],
    ['of one pod at a time', { replicas: 3, progressDeadlineSeconds: 900, strategy: rolling(1, 0) }, 2760],
    ['of two pods at a time', { replicas: 3, progressDeadlineSeconds: 900, strategy: rolling(1, 1) }, 1860],
    ['of more at a time than there are', { replicas: 2, progressDeadlineSeconds: 900, strategy: rolling(5, 0) }, 960],
    [
      'of parts at a time, read as one',
      { replicas: 4, progressDeadlineSeconds: 100, strategy: rolling('25%', '25%') },
      460,
    ],
    ['that says no deadline: ten minutes', { replicas: 1 }, 660],
    ['whose deadline is no number', { replicas: 1, progressDeadlineSeconds: 1.5 }, 660],
    ['of no pod', { replicas: 0, progressDeadlineSeconds: 900 }, 60],
  ])('%s is waited for', (_, spec, seconds) => {
    expect(awaitPlan(deployment(spec))).toEqual({ kind: 'seconds', seconds });
  });

  it.each([
    [undefined, 1],
    [0, 1],
    [1, 1],
    [4, 4],
  ])('whose scaler keeps %s is waited for with %d, as Kubernetes begins with one', (least, pods) => {
    const plan = awaitPlan(deployment({ progressDeadlineSeconds: 900 }), least);
    expect(plan).toEqual({ kind: 'seconds', seconds: pods * 900 + 60 });
  });

  it('of negative or broken size is waited for as one', () => {
    for (const replicas of [-1, 1.5, '3']) {
      expect(awaitPlan(deployment({ replicas, progressDeadlineSeconds: 10 }))).toMatchObject({ seconds: 70 });
    }
  });

  it.each(Object.values(WARM_COMPONENTS))(
    'of %s is not waited for: its pods may stay pending for ever',
    (component) => {
      expect(awaitPlan(deployment({ replicas: 1 }, { 'app.kubernetes.io/component': component }))).toEqual({
        kind: 'not-at-all',
      });
    },
  );

  it('of anything else is', () => {
    expect(awaitPlan(deployment({ replicas: 1 }, { 'app.kubernetes.io/component': 'server' })).kind).toBe('seconds');
  });
});

describe('a Job', () => {
  const job = (spec: object) => ({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'train' }, spec });

  it('is waited for until it is seen to have failed', () => {
    expect(awaitPlan(job({ activeDeadlineSeconds: 7200 }))).toEqual({ kind: 'seconds', seconds: 7260 });
  });

  it('without a deadline is for the provider to wait for', () => {
    expect(awaitPlan(job({}))).toEqual({ kind: 'default' });
  });
});

it.each([
  { kind: 'ConfigMap', metadata: { name: 'x' } },
  { kind: 'Pod', metadata: { name: 'x' }, spec: { activeDeadlineSeconds: 60 } },
  { kind: 'Namespace' },
])('%j is there when it is applied', (manifest) => {
  expect(awaitPlan(manifest)).toEqual({ kind: 'default' });
});

describe('workloads whose replicas are a scaler’s', () => {
  const scaler = (kind: string, spec: object, namespace?: string) => ({
    kind,
    metadata: { name: 'scaler', ...(namespace && { namespace }) },
    spec: { scaleTargetRef: { name: 'chat' }, ...spec },
  });

  it.each([
    ['ScaledObject', { minReplicaCount: 2 }, 2],
    ['ScaledObject', {}, 0],
    ['ScaledObject', { minReplicas: 5 }, 0],
    ['HorizontalPodAutoscaler', { minReplicas: 3 }, 3],
    ['HorizontalPodAutoscaler', {}, 1],
    ['HorizontalPodAutoscaler', { minReplicaCount: 5 }, 1],
  ])('a %s with %j keeps %d', (kind, spec, minReplicas) => {
    expect(scaledWorkloads([scaler(kind, spec, 'chat')])).toEqual([{ namespace: 'chat', name: 'chat', minReplicas }]);
  });

  it('have the namespace of their scaler, if it names one', () => {
    expect(scaledWorkloads([scaler('ScaledObject', {})])).toEqual([
      { namespace: undefined, name: 'chat', minReplicas: 0 },
    ]);
  });

  it('are named by a scaler and nothing else', () => {
    const nameless = { kind: 'ScaledObject', metadata: { name: 'x' }, spec: {} };
    expect(scaledWorkloads([scaler('VerticalPodAutoscaler', {}), nameless, { kind: 'Service' }])).toEqual([]);
  });
});
