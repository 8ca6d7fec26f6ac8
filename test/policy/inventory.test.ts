import { Inventory, type InventoryOptions } from '../../lib/policy/inventory';
import type { Manifest } from '../../lib/policy/manifest';
import { documents, gpuPool, workload } from '../support/manifests';
import { objects } from '../support/verdicts';

const of = (yaml: string, options?: InventoryOptions) => new Inventory(objects(yaml), options);

const object = (type: string, name: string, namespace?: string, more = '') => {
  const [apiVersion, kind] = type.split(' ');
  const place = namespace === undefined ? '' : `, namespace: ${namespace}`;
  return `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: ${name}${place} }\n${more}`;
};

const service = `kind: InferenceService
apiVersion: serving.kserve.io/v1beta1
metadata: { name: llama, namespace: chat }
`;
const predictor = (more = '') => `${service}spec: { predictor: { containers: [{ name: a }]${more} } }`;

describe('an object', () => {
  const inventory = of(
    documents(
      object('v1 Service', 'web', 'chat'),
      object('v1 Service', 'web', 'other'),
      object('v1 Service', 'here'),
      object('example.com/v1 Service', 'web', 'chat'),
      object('scheduling.k8s.io/v1 PriorityClass', 'high'),
    ),
  );
  const placeOf = (manifest: Manifest | undefined) => manifest && [manifest.index, inventory.namespaceOf(manifest)];

  it('is found by group, kind, namespace and name', () => {
    expect(placeOf(inventory.find('', 'Service', 'other', 'web'))).toEqual([1, 'other']);
    expect(placeOf(inventory.find('example.com', 'Service', 'chat', 'web'))).toEqual([3, 'chat']);
    expect(inventory.find('', 'Service', 'chat', 'here')).toBeUndefined();
    expect(inventory.find('', 'ConfigMap', 'chat', 'web')).toBeUndefined();
  });

  it('stands in the default namespace when it names none, or in that of the run', () => {
    expect(placeOf(inventory.find('', 'Service', 'default', 'here'))).toEqual([2, 'default']);
    const helm = of(object('v1 Service', 'here'), { namespace: 'release' });
    expect(helm.defaultNamespace).toBe('release');
    expect(helm.find('', 'Service', 'release', 'here')).toBeDefined();
  });

  it('without a namespace is found by its name alone', () => {
    expect(inventory.findClusterWide('scheduling.k8s.io', 'PriorityClass', 'high')?.index).toBe(4);
    expect(inventory.findClusterWide('scheduling.k8s.io', 'PriorityClass', 'low')).toBeUndefined();
  });

  it('is the first of its name when there are two', () => {
    const twice = of(documents(object('v1 Service', 'web', 'chat'), object('v1 Service', 'web', 'chat')));
    expect(twice.find('', 'Service', 'chat', 'web')?.index).toBe(0);
    expect(twice.findClusterWide('', 'Service', 'web')?.index).toBe(0);
  });

  it('is listed with all of its kind, in order', () => {
    expect(inventory.ofKind('', 'Service').map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(inventory.ofKind('', 'ConfigMap')).toEqual([]);
  });
});

describe('pods', () => {
  const inventory = of(
    documents(
      workload('containers: []'),
      workload('containers: []', { namespace: 'other' }),
      object('v1 Service', 'a'),
    ),
  );

  it('are listed by namespace, and all of them', () => {
    expect(inventory.podsIn('other').map(({ manifest }) => manifest.index)).toEqual([1]);
    expect(inventory.podsIn('nowhere')).toEqual([]);
    expect(inventory.pods.map(({ manifest }) => manifest.index)).toEqual([0, 1]);
  });
});

describe('pools', () => {
  const node = object('v1 Node', 'gpu-1', undefined, 'spec: {}');

  it('are those that are given, else the nodes among the manifests', () => {
    expect(of(node, { pools: [gpuPool('a100')] }).pools?.map(({ name }) => name)).toEqual(['a100']);
    expect(of(node).pools?.map(({ name }) => name)).toEqual(['gpu-1']);
  });

  it('are unknown, rather than none, where nobody says any', () => {
    expect(of(object('v1 Service', 'a')).pools).toBeUndefined();
    expect(of(node, { pools: [] }).pools).toBeUndefined();
  });
});

describe('what KServe makes of an InferenceService', () => {
  it('is found like what stands in a file', () => {
    const inventory = of(predictor());
    expect(inventory.find('apps', 'Deployment', 'chat', 'llama-predictor')?.index).toBe(0);
    expect(inventory.find('', 'Service', 'chat', 'llama-predictor')?.object.spec).toEqual({
      ports: [{ name: 'http', port: 80 }],
    });
    expect(inventory.ofKind('apps', 'Deployment')).toEqual([]);
  });

  it('gives way to what does stand in a file before it', () => {
    const own = object('v1 Service', 'llama-predictor', 'chat', 'spec: { ports: [{ port: 81 }] }');
    const inventory = of(documents(own, predictor()));
    expect(inventory.find('', 'Service', 'chat', 'llama-predictor')?.index).toBe(0);
  });
});

describe('the replicas of a workload', () => {
  /** Bounds of the first object, and the position of its scaler. */
  function bounds(...yaml: readonly string[]) {
    const inventory = of(documents(...yaml));
    const [first] = inventory.manifests;
    const found = first && inventory.replicasOf(first);
    return found && [found.min, found.max, found.scaler?.index];
  }
  const scaled = (kind: string, spec: string, namespace = 'chat') =>
    object(kind, 'scaler', namespace, `spec: { ${spec} }`);
  const KEDA = 'keda.sh/v1alpha1 ScaledObject';
  const HPA = 'autoscaling/v2 HorizontalPodAutoscaler';
  const run = workload('containers: []', { spec: 'replicas: 2' });

  it.each(['apps/v1 Deployment', 'apps/v1 ReplicaSet', 'apps/v1 StatefulSet', 'v1 ReplicationController'])(
    'are those of a %s, or one',
    (kind) => {
      expect(bounds(workload('containers: []', { kind, spec: 'replicas: 2' }))).toEqual([2, 2, undefined]);
      expect(bounds(workload('containers: []', { kind }))).toEqual([1, 1, undefined]);
    },
  );

  it('are those of a Rollout of Argo', () => {
    const kind = 'argoproj.io/v1alpha1 Rollout';
    expect(bounds(workload('containers: []', { kind, spec: 'replicas: 2' }))).toEqual([2, 2, undefined]);
  });

  it.each(['apps/v1 DaemonSet', 'batch/v1 Job', 'v1 Pod', 'example.com/v1 Deployment', 'apps/v1 MyDeployment'])(
    'are unknown of a %s',
    (kind) => {
      expect(bounds(workload('containers: []', { kind, spec: 'replicas: 2' }))).toBeUndefined();
    },
  );

  it('are those of a ScaledObject, with what KEDA takes where it says nothing', () => {
    expect(bounds(run, scaled(KEDA, 'scaleTargetRef: { name: chat }'))).toEqual([0, 100, 1]);
    const all = 'scaleTargetRef: { kind: Deployment, name: chat }, minReplicaCount: 2, maxReplicaCount: 5';
    expect(bounds(run, scaled(KEDA, all))).toEqual([2, 5, 1]);
    expect(bounds(run, scaled(KEDA, `${all}, idleReplicaCount: 0`))).toEqual([0, 5, 1]);
  });

  it('are those of a HorizontalPodAutoscaler, with what Kubernetes takes where it says nothing', () => {
    const target = 'scaleTargetRef: { kind: Deployment, name: chat }';
    expect(bounds(run, scaled(HPA, `${target}, minReplicas: 2, maxReplicas: 5`))).toEqual([2, 5, 1]);
    expect(bounds(run, scaled(HPA, `${target}, maxReplicas: 5`))).toEqual([1, 5, 1]);
    expect(bounds(run, scaled(HPA, target))).toEqual([1, 1, 1]);
  });

  it.each([
    ['another name', scaled(KEDA, 'scaleTargetRef: { name: other }')],
    ['another kind', scaled(KEDA, 'scaleTargetRef: { kind: StatefulSet, name: chat }')],
    ['another namespace', scaled(KEDA, 'scaleTargetRef: { name: chat }', 'other')],
    ['nothing', scaled(KEDA, 'maxReplicaCount: 5')],
    ['a Deployment, but is no scaler', scaled('example.com/v1 ScaledObject', 'scaleTargetRef: { name: chat }')],
  ])('are not decided by a scaler of %s', (_, scaler) => {
    expect(bounds(run, scaler)).toEqual([2, 2, undefined]);
  });

  it('are those that an InferenceService states, or one', () => {
    expect(bounds(predictor())).toEqual([1, 1, undefined]);
    expect(bounds(predictor(', minReplicas: 2'))).toEqual([2, 2, undefined]);
    expect(bounds(predictor(', minReplicas: 0'))).toEqual([0, 1, undefined]);
    expect(bounds(predictor(', minReplicas: 2, maxReplicas: 5'))).toEqual([2, 5, undefined]);
  });

  it('are those of the scaler of the Deployment that KServe makes', () => {
    const scaler = (name: string) => scaled(KEDA, `scaleTargetRef: { name: ${name} }, maxReplicaCount: 7`);
    expect(bounds(predictor(', minReplicas: 2'), scaler('llama-predictor'))).toEqual([0, 7, 1]);
    expect(bounds(predictor(', minReplicas: 2'), scaler('llama'))).toEqual([2, 2, undefined]);
  });

  it('are unknown of an InferenceService that takes its pod from elsewhere', () => {
    expect(bounds(`${service}spec: { predictor: { model: { runtime: a }, minReplicas: 2 } }`)).toBeUndefined();
  });
});
