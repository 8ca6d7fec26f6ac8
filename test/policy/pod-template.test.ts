import type { Manifest } from '../../lib/policy/manifest';
import {
  containersOf,
  gpusOf,
  gpusOfContainer,
  type PodTemplate,
  podTemplateOf,
  podTemplatesOf,
} from '../../lib/policy/pod-template';

const manifest = (type: string, rest: Manifest['object'], namespace?: string): Manifest => {
  const [apiVersion, kind] = type.split(' ');
  return { file: 'a.yaml', index: 0, object: { apiVersion, kind, metadata: { name: 'one', namespace }, ...rest } };
};
const SPEC = { containers: [{ name: 'a' }] };
const TEMPLATE = { metadata: { labels: { app: 'a' }, annotations: { by: 'me' } }, spec: SPEC };

/** An object that has a value at a path. */
function nested(path: readonly string[], value: unknown): Manifest['object'] {
  const [first = '', ...rest] = path;
  return { [first]: rest.length === 0 ? value : nested(rest, value) };
}

describe('the pod', () => {
  it.each([
    ['v1 ReplicationController', ['spec', 'template']],
    ['apps/v1 Deployment', ['spec', 'template']],
    ['apps/v1 ReplicaSet', ['spec', 'template']],
    ['apps/v1 StatefulSet', ['spec', 'template']],
    ['apps/v1 DaemonSet', ['spec', 'template']],
    ['batch/v1 Job', ['spec', 'template']],
    ['batch/v1 CronJob', ['spec', 'jobTemplate', 'spec', 'template']],
    ['argoproj.io/v1alpha1 Rollout', ['spec', 'template']],
    ['keda.sh/v1alpha1 ScaledJob', ['spec', 'jobTargetRef', 'template']],
  ])('of a %s stands at %j', (type, path) => {
    const one = manifest(type, nested(path, TEMPLATE), 'chat');
    const pod: PodTemplate = {
      manifest: one,
      namespace: 'chat',
      labels: { app: 'a' },
      annotations: { by: 'me' },
      spec: SPEC,
      specPath: [...path, 'spec'],
      labelsPath: [...path, 'metadata', 'labels'],
    };
    expect(podTemplateOf(one, 'release')).toEqual(pod);
    expect(podTemplatesOf(one, 'release')).toEqual([pod]);
  });

  it('is a Pod itself, in the namespace of the run where it names none', () => {
    const pod = podTemplateOf(manifest('v1 Pod', { spec: SPEC }), 'release');
    expect(pod).toMatchObject({ namespace: 'release', labels: {}, annotations: {}, specPath: ['spec'] });
    expect(pod?.labelsPath).toEqual(['metadata', 'labels']);
  });

  it('of an InferenceService is its predictor', () => {
    const one = manifest('serving.kserve.io/v1beta1 InferenceService', { spec: { predictor: SPEC } });
    const pod = podTemplateOf(one, 'release');
    expect(pod).toMatchObject({
      manifest: one,
      namespace: 'release',
      specPath: ['spec', 'predictor'],
      annotations: {},
    });
    expect(pod?.spec).toBe(SPEC);
    expect(pod?.labelsPath).toEqual(['metadata', 'labels']);
    expect(pod?.labels).toMatchObject({ component: 'predictor' });
  });

  it.each([
    ['makes none', 'v1 Service', { spec: { template: TEMPLATE } }],
    ['is of another group', 'example.com/v1 Deployment', { spec: { template: TEMPLATE } }],
    ['has no template', 'apps/v1 Deployment', { spec: {} }],
    ['has a text for a template', 'apps/v1 Deployment', { spec: { template: 'a' } }],
    ['has a template without a spec', 'apps/v1 Deployment', { spec: { template: { metadata: {} } } }],
    ['is a Pod without a spec', 'v1 Pod', {}],
  ])('is none where an object %s', (_, type, rest) => {
    expect(podTemplateOf(manifest(type, rest), 'default')).toBeUndefined();
    expect(podTemplatesOf(manifest(type, rest), 'default')).toEqual([]);
  });
});

describe('the pods that an operator makes', () => {
  const cluster = { headGroupSpec: { template: TEMPLATE }, workerGroupSpecs: [{}, { template: TEMPLATE }] };

  it.each([
    ['ray.io/v1 RayCluster', { spec: cluster }, ['spec']],
    ['ray.io/v1 RayService', { spec: { rayClusterConfig: cluster } }, ['spec', 'rayClusterConfig']],
    ['ray.io/v1 RayJob', { spec: { rayClusterSpec: cluster } }, ['spec', 'rayClusterSpec']],
  ])('of a %s are its head and its groups of workers', (type, rest, above) => {
    const pods = podTemplatesOf(manifest(type, rest), 'release');
    expect(pods.map(({ specPath }) => specPath)).toEqual([
      [...above, 'headGroupSpec', 'template', 'spec'],
      [...above, 'workerGroupSpecs', 1, 'template', 'spec'],
    ]);
    expect(pods.map(({ namespace, labels }) => [namespace, labels])).toEqual([
      ['release', { app: 'a' }],
      ['release', { app: 'a' }],
    ]);
  });

  it('of a LeaderWorkerSet are leader and worker', () => {
    const leaderWorkerTemplate = { leaderTemplate: TEMPLATE, workerTemplate: TEMPLATE };
    const one = manifest('leaderworkerset.x-k8s.io/v1 LeaderWorkerSet', { spec: { leaderWorkerTemplate } }, 'chat');
    expect(podTemplatesOf(one, 'release').map(({ specPath, namespace }) => [specPath[2], namespace])).toEqual([
      ['leaderTemplate', 'chat'],
      ['workerTemplate', 'chat'],
    ]);
  });

  it('of a JobSet are those of its jobs', () => {
    const replicatedJobs = ['a', 'b'].map((name) => ({ name, template: { spec: { template: TEMPLATE } } }));
    const one = manifest('jobset.x-k8s.io/v1alpha2 JobSet', { spec: { replicatedJobs } });
    expect(podTemplatesOf(one, 'default').map(({ specPath }) => specPath)).toEqual([
      ['spec', 'replicatedJobs', 0, 'template', 'spec', 'template', 'spec'],
      ['spec', 'replicatedJobs', 1, 'template', 'spec', 'template', 'spec'],
    ]);
    expect(podTemplatesOf(manifest('jobset.x-k8s.io/v1alpha2 JobSet', {}), 'default')).toEqual([]);
  });
});

const podOf = (spec: Manifest['object']): PodTemplate => {
  const pod = podTemplateOf(manifest('apps/v1 Deployment', { spec: { template: { spec } } }), 'default');
  if (pod === undefined) throw new Error('no pod');
  return pod;
};
const gpus = (count: unknown, more: Manifest['object'] = {}, name = 'nvidia.com/gpu') => ({
  resources: { limits: { [name]: count } },
  ...more,
});

test('containers are all of a pod, in the order in which they start, with their places', () => {
  const spec = {
    containers: [{ name: 'a' }, 'b'],
    initContainers: [{ name: 'c' }],
    ephemeralContainers: [{ name: 'd' }],
  };
  const above = ['spec', 'template', 'spec'];
  expect(containersOf(podOf(spec))).toEqual([
    { container: { name: 'c' }, path: [...above, 'initContainers', 0], kind: 'initContainers' },
    { container: { name: 'a' }, path: [...above, 'containers', 0], kind: 'containers' },
    { container: {}, path: [...above, 'containers', 1], kind: 'containers' },
    { container: { name: 'd' }, path: [...above, 'ephemeralContainers', 0], kind: 'ephemeralContainers' },
  ]);
  expect(containersOf(podOf({ containers: 'a' }))).toEqual([]);
});

describe('the GPUs of a container', () => {
  it.each(['nvidia.com/gpu', 'nvidia.com/mig-1g.10gb', 'amd.com/gpu', 'gpu.intel.com/xe'])(
    'are those of %s',
    (name) => {
      expect(gpusOfContainer(gpus('2', {}, name))).toEqual({ [name]: 2 });
    },
  );

  it.each(['cpu', 'my.nvidia.com/gpu', 'nvidia.com/driver', 'intel.com/gpu'])('are not %s', (name) => {
    expect(gpusOfContainer(gpus('2', {}, name))).toEqual({});
  });

  it('are its limits, or its requests where it has no limits', () => {
    expect(gpusOfContainer({ resources: { requests: { 'nvidia.com/gpu': 1, 'amd.com/gpu': 3 } } })).toEqual({
      'nvidia.com/gpu': 1,
      'amd.com/gpu': 3,
    });
    const both = { requests: { 'nvidia.com/gpu': 1 }, limits: { 'nvidia.com/gpu': 2 } };
    expect(gpusOfContainer({ resources: both })).toEqual({ 'nvidia.com/gpu': 2 });
  });

  it.each([0, '0', -1, 'many', null])('are none where their number is %p', (count) => {
    expect(gpusOfContainer(gpus(count))).toEqual({});
    expect(gpusOfContainer({})).toEqual({});
  });
});

describe('the GPUs of a pod', () => {
  it.each([
    ['those of its containers together', { containers: [gpus(1), gpus('2'), {}] }, { 'nvidia.com/gpu': 3 }],
    ['by resource', { containers: [gpus(1), gpus(2, {}, 'amd.com/gpu')] }, { 'nvidia.com/gpu': 1, 'amd.com/gpu': 2 }],
    ['none', { containers: [{}] }, {}],
    [
      'those of the greediest that is gone before',
      { initContainers: [gpus(2), gpus(4), gpus(1)] },
      { 'nvidia.com/gpu': 4 },
    ],
    ['no more for what is gone before', { initContainers: [gpus(2)], containers: [gpus(3)] }, { 'nvidia.com/gpu': 3 }],
    [
      'more for what is gone before and takes more',
      { initContainers: [gpus(5)], containers: [gpus(3)] },
      { 'nvidia.com/gpu': 5 },
    ],
    [
      'those of a sidecar too',
      { initContainers: [gpus(1, { restartPolicy: 'Always' })], containers: [gpus(3)] },
      { 'nvidia.com/gpu': 4 },
    ],
    [
      'not those of a debugger on top, whatever it says',
      { ephemeralContainers: [gpus(1, { restartPolicy: 'Always' })], containers: [gpus(3)] },
      { 'nvidia.com/gpu': 3 },
    ],
    [
      'those of a container that names another policy',
      { initContainers: [gpus(1, { restartPolicy: 'Never' })], containers: [gpus(3)] },
      { 'nvidia.com/gpu': 3 },
    ],
  ])('are %s', (_, spec, expected) => {
    expect(gpusOf(podOf(spec))).toEqual(expected);
  });
});
