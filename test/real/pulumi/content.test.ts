/** The content layer on a live API server: the very manifests, in order, and gone with their cluster. */
import { installCrds } from '../support/crds';
import { Clouds, good } from './support/clouds';
import { type KubernetesCloud, startKubernetes } from './support/kubernetes-cloud';

jest.setTimeout(900_000);

let kubernetes: KubernetesCloud;
let clouds: Clouds;
beforeEach(async () => {
  kubernetes = await startKubernetes();
  await installCrds(kubernetes.plane.api);
  clouds = await Clouds.start([kubernetes.provider], kubernetes.kubeconfig);
});
afterEach(async () => {
  await clouds?.stop();
  await kubernetes?.stop();
});

/** Makes an environment whose manifests Pulumi applies. */
async function delivered(environment: string): Promise<void> {
  clouds.project.edit(
    `stacks/environments/${environment}.ts`,
    '  cloud: {},',
    "  cloud: { delivery: { kind: 'pulumi' } },",
  );
  await clouds.engine.stackInit(environment);
  good(await clouds.engine.up(environment));
}

interface Named {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

const inFiles = (environment: string) => clouds.project.manifests(environment) as unknown as readonly Named[];

test.each(['dev', 'staging', 'prod', 'prod-iks'])(
  'every manifest of %s is admitted as it stands',
  async (environment) => {
    await delivered(environment);
    const api = kubernetes.plane.api;
    for (const { apiVersion, kind, metadata } of inFiles(environment)) {
      expect(await api.get({ apiVersion, kind, name: metadata.name, namespace: metadata.namespace })).toBeDefined();
    }
    const { resources } = await clouds.engine.exportState(environment);
    const applied = resources.filter(({ type }) => type.startsWith('kubernetes:') && !type.endsWith('Patch'));
    expect(applied.length).toBe(inFiles(environment).length);
  },
);

test('an object is changed where its file changes, and nowhere else', async () => {
  await delivered('staging');
  const { resources } = await clouds.engine.exportState('staging');
  const deployment = resources.find(({ type }) => type === 'kubernetes:apps/v1:Deployment');
  const { __defaults: _, ...inputs } = deployment?.inputs ?? {};
  expect(inputs).toEqual(inFiles('staging').find(({ kind }) => kind === 'Deployment'));

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
  await delivered('staging');
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
  await delivered('staging');
  await kubernetes.plane.stop();
  good(await clouds.engine.destroy('staging'));
  expect(clouds.all()).toEqual([]);
});
