import { Inventory } from '../../lib/policy/inventory';
import type { Manifest } from '../../lib/policy/manifest';
import { podTemplatesOf } from '../../lib/policy/pod-template';
import {
  asLabelSelector,
  mayTakeOthers,
  nearMiss,
  podsTaken,
  selectorText,
  servicesTaken,
  takesPod,
  trafficSelector,
} from '../../lib/policy/selection';

type Labels = Readonly<Record<string, string>>;

const manifest = (object: Manifest['object'], index = 0): Manifest => ({ file: 'a.yaml', index, object });
const of = (...objects: readonly Manifest['object'][]) => new Inventory(objects.map(manifest));
const workload = (type: string, name: string, labels: Labels, namespace = 'chat') => {
  const [apiVersion, kind] = type.split(' ');
  const template = { metadata: { labels }, spec: {} };
  const spec = kind === 'CronJob' ? { jobTemplate: { spec: { template } } } : { template };
  return { apiVersion, kind, metadata: { name, namespace }, spec };
};
const DEPLOYMENT = 'apps/v1 Deployment';
const named = (type: string, name: string, namespace = 'chat') => {
  const [apiVersion, kind] = type.split(' ');
  return { apiVersion, kind, metadata: { name, namespace } };
};
const service = (name: string, labels: Labels, namespace = 'chat') => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace, labels },
});
const labelled = (matchLabels: unknown) => ({ matchLabels });
const expression = (key: unknown, operator: unknown, values?: unknown) => ({
  matchExpressions: [{ key, operator, values }],
});

/** Whether a selector takes the pods of a workload named 'one' with the label app=llama. */
function takes(type: string, selector: unknown, labels: Labels = {}): boolean {
  const [pod] = podTemplatesOf(manifest(workload(type, 'one', { app: 'llama', ...labels })), 'default');
  if (pod === undefined) throw new Error(`a ${type} makes no pod`);
  return takesPod(selector, pod);
}

describe('a selector of pods', () => {
  it.each([
    [{}, true],
    [labelled({ app: 'llama' }), true],
    [labelled({ app: 'other' }), false],
    [labelled({ app: 'llama', tier: 'gpu' }), false],
    [expression('app', 'In', ['llama']), true],
    [expression('app', 'NotIn', ['llama']), false],
    [expression(7, 'Exists'), false],
    [{ ...labelled({ app: 'llama' }), ...expression('app', 'DoesNotExist') }, false],
    [undefined, false],
    ['app=llama', false],
    [null, false],
  ])('%j takes the pods of a Deployment: %p', (selector, taken) => {
    expect(takes(DEPLOYMENT, selector)).toBe(taken);
  });

  it.each([
    [DEPLOYMENT, 'pod-template-hash', '5d8', true],
    ['apps/v1 ReplicaSet', 'pod-template-hash', '5d8', true],
    ['apps/v1 StatefulSet', 'pod-template-hash', '5d8', false],
    ['argoproj.io/v1alpha1 Rollout', 'rollouts-pod-template-hash', '5d8', true],
    [DEPLOYMENT, 'rollouts-pod-template-hash', '5d8', false],
    ['apps/v1 StatefulSet', 'controller-revision-hash', 'one-5d8', true],
    ['apps/v1 DaemonSet', 'controller-revision-hash', '5d8', true],
    ['apps/v1 DaemonSet', 'pod-template-generation', '1', true],
    ['apps/v1 StatefulSet', 'statefulset.kubernetes.io/pod-name', 'one-0', true],
    ['apps/v1 StatefulSet', 'statefulset.kubernetes.io/pod-name', 'one-12', true],
    ['apps/v1 StatefulSet', 'statefulset.kubernetes.io/pod-name', 'two-0', false],
    ['apps/v1 StatefulSet', 'statefulset.kubernetes.io/pod-name', 'one-a0', false],
    ['apps/v1 StatefulSet', 'statefulset.kubernetes.io/pod-name', 'one-0a', false],
    ['apps/v1 StatefulSet', 'statefulset.kubernetes.io/pod-name', 'one-', false],
    ['apps/v1 StatefulSet', 'apps.kubernetes.io/pod-index', '10', true],
    ['apps/v1 StatefulSet', 'apps.kubernetes.io/pod-index', 'a1', false],
    ['apps/v1 StatefulSet', 'apps.kubernetes.io/pod-index', '1a', false],
    ['batch/v1 Job', 'batch.kubernetes.io/job-name', 'one', true],
    ['batch/v1 Job', 'batch.kubernetes.io/job-name', 'one-1', false],
    ['batch/v1 CronJob', 'batch.kubernetes.io/job-name', 'one-28012', true],
    ['batch/v1 CronJob', 'batch.kubernetes.io/job-name', 'the-one', false],
    ['batch/v1 Job', 'job-name', 'one', true],
    ['batch/v1 Job', 'job-name', 'two', false],
    ['batch/v1 CronJob', 'job-name', 'one-28012', true],
    ['batch/v1 CronJob', 'job-name', 'two-28012', false],
    ['batch/v1 Job', 'batch.kubernetes.io/controller-uid', 'u', true],
    ['batch/v1 CronJob', 'batch.kubernetes.io/controller-uid', 'u', true],
    ['batch/v1 Job', 'controller-uid', 'u', true],
    ['batch/v1 CronJob', 'controller-uid', 'u', true],
    ['batch/v1 Job', 'batch.kubernetes.io/job-completion-index', '0', true],
    ['batch/v1 CronJob', 'batch.kubernetes.io/job-completion-index', '0', true],
    ['v1 Pod', 'controller-uid', 'u', false],
  ])('of pods of a %s may have %s=%s of the controller: %p', (type, key, value, taken) => {
    const [apiVersion, kind] = type.split(' ');
    const bare = { apiVersion, kind, metadata: { name: 'one', labels: { app: 'llama' } }, spec: {} };
    const objects = kind === 'Pod' ? bare : workload(type, 'one', { app: 'llama' });
    const [pod] = podTemplatesOf(manifest(objects), 'default');
    expect(pod && takesPod(labelled({ app: 'llama', [key]: value }), pod)).toBe(taken);
  });

  it('may ask by an expression for a label of the controller', () => {
    const key = 'apps.kubernetes.io/pod-index';
    const asks = (operator: string, ...values: readonly unknown[]) =>
      takes('apps/v1 StatefulSet', expression(key, operator, values));
    expect(asks('Exists')).toBe(true);
    expect(asks('In', 'x', '0')).toBe(true);
    expect(asks('In', 'x', 0)).toBe(false);
    expect(asks('In')).toBe(false);
    expect(asks('NotIn', 'x')).toBe(true);
    expect(takes(DEPLOYMENT, expression(key, 'Exists'))).toBe(false);
  });

  it('is held against the label of the template where that has one of the same name', () => {
    const key = 'pod-template-hash';
    expect(takes(DEPLOYMENT, labelled({ [key]: 'mine' }), { [key]: 'mine' })).toBe(true);
    expect(takes(DEPLOYMENT, labelled({ [key]: 'other' }), { [key]: 'mine' })).toBe(false);
  });
});

describe('the pods that a selector takes', () => {
  const inventory = of(
    workload(DEPLOYMENT, 'a', { app: 'a', team: 'nlp' }),
    workload(DEPLOYMENT, 'b', { app: 'b', team: 'nlp' }),
    workload(DEPLOYMENT, 'a', { app: 'a', team: 'nlp' }, 'edge'),
  );
  const taken = (selector: unknown, namespace = 'chat') =>
    podsTaken(inventory, namespace, selector).map(({ manifest: { index } }) => index);

  it('are those of its namespace that have all of its labels', () => {
    expect(taken(labelled({ team: 'nlp' }))).toEqual([0, 1]);
    expect(taken(labelled({ team: 'nlp', app: 'b' }))).toEqual([1]);
    expect(taken(labelled({ app: 'b', team: 'nlp' }))).toEqual([1]);
    expect(taken(labelled({ app: 'a' }), 'edge')).toEqual([2]);
    expect(taken(labelled({ app: 'b' }), 'edge')).toEqual([]);
    expect(taken(labelled({ app: 'a', team: 'other' }))).toEqual([]);
    expect(taken(expression('app', 'NotIn', ['a']))).toEqual([1]);
  });

  it('are found by labels of their controller as well', () => {
    expect(taken(labelled({ app: 'a', 'pod-template-hash': 'x' }))).toEqual([0]);
    expect(taken(labelled({ 'pod-template-hash': 'x' }))).toEqual([0, 1]);
  });

  it('are all for an empty one, and none for none', () => {
    expect(taken({})).toEqual([0, 1]);
    expect(taken(undefined)).toEqual([]);
    expect(taken('app=a')).toEqual([]);
    expect(taken({}, 'nowhere')).toEqual([]);
  });
});

describe('the Services that a selector takes', () => {
  const inventory = of(
    service('a', { app: 'a', team: 'nlp' }),
    service('b', { app: 'b', team: 'nlp' }),
    service('a', { app: 'a', team: 'nlp' }, 'edge'),
    { ...service('c', { app: 'a', team: 'nlp' }), kind: 'Secret' },
  );
  const taken = (selector: Manifest['object'], namespace = 'chat') =>
    servicesTaken(inventory, namespace, selector).map(({ index }) => index);

  it('are those of its namespace whose own labels fit', () => {
    expect(taken({})).toEqual([0, 1]);
    expect(taken(labelled({ team: 'nlp' }))).toEqual([0, 1]);
    expect(taken(labelled({ team: 'nlp', app: 'b' }))).toEqual([1]);
    expect(taken(labelled({ app: 'a' }), 'edge')).toEqual([2]);
    expect(taken(labelled({ app: 'none' }))).toEqual([]);
    expect(taken(expression('app', 'NotIn', ['a']))).toEqual([1]);
  });
});

describe('a selector may take pods that nobody wrote', () => {
  it.each([
    ['monitoring.coreos.com/v1 Prometheus', 'prometheus'],
    ['monitoring.coreos.com/v1alpha1 PrometheusAgent', 'prometheus-agent'],
    ['monitoring.coreos.com/v1 Alertmanager', 'alertmanager'],
    ['monitoring.coreos.com/v1 ThanosRuler', 'thanos-ruler'],
    ['leaderworkerset.x-k8s.io/v1 LeaderWorkerSet', undefined],
    ['ray.io/v1 RayCluster', undefined],
    ['ray.io/v1 RayService', undefined],
    ['serving.kserve.io/v1beta1 InferenceService', undefined],
    ['serving.kserve.io/v1alpha1 LLMInferenceService', undefined],
    ['serving.knative.dev/v1 Service', undefined],
    ['jobset.x-k8s.io/v1alpha2 JobSet', undefined],
    ['postgresql.cnpg.io/v1 Cluster', undefined],
    ['kafka.strimzi.io/v1beta2 Kafka', undefined],
  ])('that the operator of a %s makes', (type, value) => {
    const inventory = of(named(type, 'mine'));
    expect(mayTakeOthers(inventory, 'chat', labelled({ a: 'x', b: 'mine' }))).toBe(true);
    expect(mayTakeOthers(inventory, 'chat', expression('b', 'In', ['x', 'mine']))).toBe(true);
    expect(mayTakeOthers(inventory, 'chat', labelled({ b: 'other' }))).toBe(false);
    expect(mayTakeOthers(inventory, 'edge', labelled({ b: 'mine' }))).toBe(false);
    if (value !== undefined) expect(mayTakeOthers(inventory, 'chat', labelled({ b: value }))).toBe(true);
  });

  it('of the cluster itself, whatever it asks for', () => {
    expect(mayTakeOthers(of(), 'kube-system', labelled({ 'k8s-app': 'kube-dns' }))).toBe(true);
    expect(mayTakeOthers(of(), 'default', labelled({ 'k8s-app': 'kube-dns' }))).toBe(false);
  });

  it('but not where it names nothing', () => {
    const inventory = of(named('ray.io/v1 RayCluster', 'mine'));
    for (const selector of [undefined, {}, 'mine', { matchExpressions: ['mine'] }, { matchLabels: ['mine', 7] }])
      expect(mayTakeOthers(inventory, 'chat', selector)).toBe(false);
  });

  it('even where only one of several objects is named', () => {
    const inventory = of(named('ray.io/v1 RayCluster', 'one'), named('ray.io/v1 RayCluster', 'two'));
    expect(mayTakeOthers(inventory, 'chat', labelled({ b: 'two' }))).toBe(true);
  });
});

test.each([
  [labelled({ app: 'chat', tier: 'web' }), 'app=chat,tier=web'],
  [expression('app', 'In', ['a', 'b']), 'app In (a, b)'],
  [expression('app', 'Exists'), 'app Exists'],
  [{ ...labelled({ app: 'chat' }), ...expression('tier', 'NotIn', ['x']) }, 'app=chat,tier NotIn (x)'],
  [{ matchExpressions: [{}] }, ' '],
  [labelled({ app: 7 }), ''],
  [undefined, ''],
])('of %j the text is %j', (selector, text) => {
  expect(selectorText(selector)).toBe(text);
});

describe('the pods that a selector was probably meant for', () => {
  const inventory = of(
    workload(DEPLOYMENT, 'far', { app: 'llama', tier: 'cpu' }),
    workload('apps/v1 StatefulSet', 'near', { app: 'llama', tier: 'gpu', part: 'b' }),
    workload(DEPLOYMENT, 'later', { app: 'llama', tier: 'gpu', part: 'c' }),
    workload(DEPLOYMENT, 'elsewhere', { app: 'llama', tier: 'gpu', part: 'd' }, 'edge'),
  );
  const near = (selector: unknown, namespace = 'chat') => nearMiss(inventory, namespace, selector);

  it('are the first of those with most of its labels, and are told with what they have', () => {
    expect(near(labelled({ app: 'llama', tier: 'gpu', part: 'a' }))).toBe("the pods of StatefulSet 'near' have part=b");
    expect(near(labelled({ part: 'a', tier: 'gpu', app: 'llama' }))).toBe("the pods of StatefulSet 'near' have part=b");
    expect(near(labelled({ app: 'llama', zone: 'x' }))).toBe("the pods of Deployment 'far' have zone=(not set)");
    expect(near(labelled({ tier: 'cpu', part: 'a', app: 'x' }))).toBe(
      "the pods of Deployment 'far' have part=(not set), app=llama",
    );
    expect(near(labelled({ app: 'llama', toString: 'x' }))).toBe(
      "the pods of Deployment 'far' have toString=(not set)",
    );
  });

  it('are none where nothing is like it, or nothing differs', () => {
    expect(near(labelled({ app: 'other' }))).toBeUndefined();
    expect(near(labelled({ app: 'llama', zone: 'x' }), 'nowhere')).toBeUndefined();
    expect(near(labelled({ app: 'llama', tier: 'cpu' }))).toBe("the pods of StatefulSet 'near' have tier=gpu");
    expect(nearMiss(of(workload(DEPLOYMENT, 'a', { app: 'a' })), 'chat', labelled({ app: 'a' }))).toBeUndefined();
    expect(near({})).toBeUndefined();
    expect(near(undefined)).toBeUndefined();
  });

  it('are looked for among the first 300 of a label', () => {
    const many = (labels: Labels, count: number) =>
      Array.from({ length: count }, (_, index) => workload(DEPLOYMENT, `x${index}`, labels));
    const better = workload(DEPLOYMENT, 'better', { app: 'llama', zone: 'z' });
    const among = (count: number) =>
      nearMiss(
        of(...many({ app: 'llama' }, count), ...many({ zone: 'z' }, count), better),
        'chat',
        labelled({ app: 'llama', zone: 'z', part: 'a' }),
      );
    expect(among(299)).toContain("'better'");
    expect(among(300)).toContain("'x0'");
  });
});

describe('the traffic of an object', () => {
  const object = (type: string, spec: unknown) => {
    const [apiVersion, kind] = type.split(' ');
    return manifest({ apiVersion, kind, spec });
  };
  const POOL = 'inference.networking.k8s.io/v1 InferencePool';

  it('goes where the labels of a Service select', () => {
    expect(trafficSelector(object('v1 Service', { selector: { app: 'a', number: 7 } }))).toEqual(
      asLabelSelector({ app: 'a' }),
    );
    expect(asLabelSelector({ app: 'a' })).toEqual({ matchLabels: { app: 'a' } });
  });

  it('goes where the selector of an InferencePool says, or its labels as they were written before', () => {
    expect(trafficSelector(object(POOL, { selector: labelled({ app: 'a' }) }))).toEqual(labelled({ app: 'a' }));
    const old = 'inference.networking.x-k8s.io/v1alpha2 InferencePool';
    expect(trafficSelector(object(old, { selector: { app: 'a' } }))).toEqual(labelled({ app: 'a' }));
  });

  it.each([
    ['a Service without a selector', 'v1 Service', {}],
    ['a Service with an empty one', 'v1 Service', { selector: {} }],
    ['a Service with labels that are no texts', 'v1 Service', { selector: { app: 7 } }],
    ['a Service that is a name of something else', 'v1 Service', { type: 'ExternalName', selector: { app: 'a' } }],
    ['a Service whose selector is a text', 'v1 Service', { selector: 'app=a' }],
    ['a Service of another group', 'serving.knative.dev/v1 Service', { selector: { app: 'a' } }],
    ['another object of the core', 'v1 ReplicationController', { selector: { app: 'a' } }],
    ['a pool without a selector', POOL, {}],
  ])('goes nowhere from %s', (_, type, spec) => {
    expect(trafficSelector(object(type, spec))).toBeUndefined();
  });
});
