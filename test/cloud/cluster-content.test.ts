/** How manifests become resources. What is ignored and when a provider waits is the engine's: test/real/pulumi. */
import { AksPlatform, ClusterContent, type KubernetesManifest, kubernetesName, kubernetesToken } from '../../lib/cloud';
import { type Registered, type Run, run } from '../support/pulumi';
import { aksClusterPlan, kubernetesProvider } from './given';

const object = (kind: string, name: string, more: object = {}, apiVersion = 'v1'): KubernetesManifest => ({
  apiVersion,
  kind,
  metadata: { name, namespace: 'chat' },
  ...more,
});
const clusterWide = (kind: string, apiVersion: string, name = 'x'): KubernetesManifest => ({
  apiVersion,
  kind,
  metadata: { name },
});

const PLACEHOLDER = {
  ...object('Deployment', 'warm', { spec: { replicas: 1 } }, 'apps/v1'),
  metadata: {
    name: 'warm',
    namespace: 'chat',
    annotations: { 'example.com/note': 'kept' },
    labels: { 'app.kubernetes.io/component': 'warm-placeholder' },
  },
};

/** In an order that no cluster would take. */
const MANIFESTS: readonly KubernetesManifest[] = [
  object('ConfigMap', 'config'),
  object('Deployment', 'chat', { spec: { progressDeadlineSeconds: 900 } }, 'apps/v1'),
  object('Deployment', 'fixed', { spec: { replicas: 2, progressDeadlineSeconds: 900 } }, 'apps/v1'),
  object(
    'ScaledObject',
    'chat',
    { spec: { scaleTargetRef: { name: 'chat' }, minReplicaCount: 2 } },
    'keda.sh/v1alpha1',
  ),
  object('Job', 'train', { spec: { activeDeadlineSeconds: 7200 } }, 'batch/v1'),
  PLACEHOLDER,
  clusterWide('Namespace', 'v1', 'chat'),
  clusterWide('PriorityClass', 'scheduling.k8s.io/v1'),
  clusterWide('ClusterRole', 'rbac.authorization.k8s.io/v1'),
  clusterWide('CustomResourceDefinition', 'apiextensions.k8s.io/v1'),
];

let all: Run;
beforeAll(async () => {
  all = await run('prod', () => {
    const { cluster } = new AksPlatform('prod', { plan: aksClusterPlan() });
    new ClusterContent('prod', { manifests: MANIFESTS, provider: kubernetesProvider(), cluster });
    new ClusterContent('lone', { manifests: [object('Secret', 'lone')], provider: kubernetesProvider('lone') });
  });
});

function named(kind: string, name: string): Registered {
  const one = all.resources.find((each) => each.token.endsWith(`:${kind}`) && each.name.split('/').pop() === name);
  if (one === undefined) throw new Error(`${kind} ${name} is not registered`);
  return one;
}

const content = () => all.resources.filter(({ token }) => token.startsWith('kubernetes:'));

/** Kinds of the objects of this content that one waits for. */
const before = (one: Registered) =>
  one.dependencies
    .filter((urn) => urn.includes('kubernetes:'))
    .map((urn) => urn.split('::')[2]?.split(':').pop() ?? '')
    .sort();

it('every object is registered once, as it is written', () => {
  expect(content()).toHaveLength(MANIFESTS.length + 1);
  const plain = MANIFESTS.filter((one) => one !== PLACEHOLDER);
  expect(content().map(({ inputs }) => inputs)).toEqual(expect.arrayContaining([...plain]));
});

it('what defines kinds comes first, then what others refer to, then everything at once', () => {
  expect(before(named('CustomResourceDefinition', 'x'))).toEqual([]);
  for (const [kind, name] of [
    ['Namespace', 'chat'],
    ['PriorityClass', 'x'],
    ['ClusterRole', 'x'],
  ] as const) {
    expect(before(named(kind, name))).toEqual(['CustomResourceDefinition']);
  }
  const rest = ['ClusterRole', 'CustomResourceDefinition', 'Namespace', 'PriorityClass'];
  for (const [kind, name] of [
    ['ConfigMap', 'config'],
    ['Deployment', 'chat'],
    ['Job', 'train'],
  ] as const) {
    expect(before(named(kind, name))).toEqual(rest);
  }
});

it.each([
  // Two pods, one after the other, of 900 s each, and a minute.
  ['Deployment', 'fixed', '1860s'],
  // The scaler keeps two.
  ['Deployment', 'chat', '1860s'],
  ['Job', 'train', '7260s'],
  ['ConfigMap', 'config', ''],
  ['Deployment', 'warm', ''],
])('%s %s is waited for %j', (kind, name, seconds) => {
  expect(named(kind, name).timeouts).toEqual({ create: seconds, update: seconds, delete: '' });
});

it('nobody waits for placeholders, which stand until something takes their place', () => {
  expect(named('Deployment', 'warm').inputs.metadata).toEqual({
    ...PLACEHOLDER.metadata,
    annotations: { 'example.com/note': 'kept', 'pulumi.com/skipAwait': 'true' },
  });
  const skipped = content().filter(({ inputs }) => JSON.stringify(inputs).includes('skipAwait'));
  expect(skipped.map(({ name }) => name)).toEqual(['chat/warm']);
});

it('a cluster that is deleted is asked for nothing', () => {
  for (const { name, deletedWith } of content().filter((one) => one.name !== 'chat/lone')) {
    expect({ name, deletedWith }).toEqual({ name, deletedWith: expect.stringContaining('ManagedCluster') });
  }
  expect(named('Secret', 'lone').deletedWith).toBe('');
});

it.each([
  ['v1', 'ConfigMap', 'kubernetes:core/v1:ConfigMap'],
  ['apps/v1', 'Deployment', 'kubernetes:apps/v1:Deployment'],
  ['keda.sh/v1alpha1', 'ScaledObject', 'kubernetes:keda.sh/v1alpha1:ScaledObject'],
])('a %s %s is known to the provider as %s', (apiVersion, kind, token) => {
  expect(kubernetesToken({ apiVersion, kind })).toBe(token);
});

it('objects are named as the provider names those of a file', () => {
  expect(kubernetesName(object('ConfigMap', 'config'))).toBe('chat/config');
  expect(kubernetesName(clusterWide('Namespace', 'v1', 'chat'))).toBe('chat');
});
