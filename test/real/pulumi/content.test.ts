/** The content layer on a live API server: the very manifests, in order, and gone with their cluster. */
import { Clouds, good } from './support/clouds';
import { type KubernetesCloud, startKubernetes } from './support/kubernetes-cloud';

jest.setTimeout(900_000);

let kubernetes: KubernetesCloud;
let clouds: Clouds;
beforeEach(async () => {
  kubernetes = await startKubernetes();
  clouds = await Clouds.start([kubernetes.provider], kubernetes.kubeconfig);
  clouds.project.edit(
    'stacks/environments/staging.ts',
    "  gateway: { namespace: 'gateway' },",
    "  gateway: { namespace: 'gateway' },\n  cloud: { delivery: { kind: 'pulumi' } },",
  );
  await clouds.engine.stackInit('staging');
});
afterEach(async () => {
  await clouds?.stop();
  await kubernetes?.stop();
});

interface Named {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

const inFiles = (): readonly Named[] => clouds.project.manifests('staging') as unknown as readonly Named[];

test('the manifests of the folder are admitted as they stand, and changed where a file changes', async () => {
  good(await clouds.engine.up('staging'));
  const api = kubernetes.plane.api;
  for (const { apiVersion, kind, metadata } of inFiles()) {
    expect(await api.get({ apiVersion, kind, name: metadata.name, namespace: metadata.namespace })).toBeDefined();
  }
  const { resources } = await clouds.engine.exportState('staging');
  const applied = resources.filter(({ type }) => type.startsWith('kubernetes:'));
  expect(applied.length).toBe(inFiles().length);
  const byName = (type: string) => applied.find((one) => one.type === type)?.inputs;
  const { __defaults: _, ...inputs } = byName('kubernetes:apps/v1:Deployment') ?? {};
  expect(inputs).toEqual(inFiles().find(({ kind }) => kind === 'Deployment'));

  const again = good(await clouds.engine.up('staging'));
  expect(again.steps.filter(({ operation }) => operation !== 'same')).toEqual([]);

  clouds.project.edit(
    'manifests/staging/service-chat.k8s.yaml',
    'terminationGracePeriodSeconds: 90',
    'terminationGracePeriodSeconds: 100',
  );
  const { steps } = good(await clouds.engine.up('staging'));
  expect(
    steps.filter(({ operation }) => operation !== 'same').map(({ operation, name }) => `${operation} ${name}`),
  ).toEqual(['update chat/chat']);
});

test('a manifest that the cluster refuses stops the preview with the reason of the API server', async () => {
  good(await clouds.engine.up('staging'));
  clouds.project.edit(
    'manifests/staging/service-chat.k8s.yaml',
    'terminationGracePeriodSeconds: 90',
    'terminationGracePeriodSeconds: -90',
  );
  const refused = await clouds.engine.preview('staging');
  expect(refused.ok).toBe(false);
  expect(refused.text).toMatch(/terminationGracePeriodSeconds/);
});

test('a dead cluster does not keep its cloud from being taken away', async () => {
  good(await clouds.engine.up('staging'));
  await kubernetes.plane.stop();
  good(await clouds.engine.destroy('staging'));
  expect(clouds.all()).toEqual([]);
});
