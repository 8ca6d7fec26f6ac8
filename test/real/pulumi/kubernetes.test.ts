/** The stand-in for the kubernetes provider between the real engine and a live kube-apiserver. */
import { readFileSync } from 'node:fs';
import { ControlPlane } from '../support/control-plane';
import type { KubeObject } from '../support/objects';
import { Engine, type Outcome } from './support/engine';
import { Kubernetes } from './support/kubernetes';
import { FakeProvider } from './support/provider';

jest.setTimeout(600_000);

let plane: ControlPlane;
let kubeconfig: string;
beforeAll(async () => {
  plane = await ControlPlane.start();
  kubeconfig = readFileSync(plane.kubeconfig, 'utf8');
});
afterAll(() => plane?.stop());

let kubernetes: Kubernetes;
let provider: FakeProvider;
let engine: Engine;
beforeEach(async () => {
  kubernetes = new Kubernetes({ api: plane.api, kubeconfig });
  provider = await FakeProvider.start(kubernetes);
  engine = await Engine.start({ providers: [provider], program: '', env: { CLUSTER: kubeconfig } });
  await engine.stackInit('test');
});
afterEach(async () => {
  await engine?.destroy('test');
  await engine?.stop();
  await provider?.stop();
});

/** A program with the given resources; `options` binds them to the provider of the cluster. */
function write(resources: string): void {
  engine.write(`
import { ConfigMap, ConfigMapPatch, Namespace, Secret } from '@pulumi/kubernetes/core/v1';
import { Deployment } from '@pulumi/kubernetes/apps/v1';
import { CustomResource } from '@pulumi/kubernetes/apiextensions';
import { CustomResourceDefinition as Definition } from '@pulumi/kubernetes/apiextensions/v1';
import { Provider } from '@pulumi/kubernetes/provider';
import { secret } from '@pulumi/pulumi';

const options = { provider: new Provider('cluster', { kubeconfig: secret(process.env.CLUSTER ?? '') }) };
${resources}
`);
}

const NAMESPACE = `const namespace = new Namespace('chat', { metadata: { name: 'chat' } }, options);\n`;

const settings = (model: string): string => `
new ConfigMap('settings', { metadata: { name: 'settings', namespace: 'chat' }, data: { model: '${model}' } },
  { ...options, dependsOn: namespace });\n`;

const object = (kind: string, name: string): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace: 'default' },
});

const deployment = (spec: object, metadata: object = {}): string => `
new Deployment('chat', ${JSON.stringify({
  metadata: { name: 'chat', namespace: 'default', ...metadata },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: 'chat' } },
    template: { metadata: { labels: { app: 'chat' } }, spec: { containers: [{ name: 'chat', image: 'chat:1' }] } },
    ...spec,
  },
})} as never, options);\n`;

function good(outcome: Outcome): Outcome {
  if (!outcome.ok) throw new Error(outcome.text);
  return outcome;
}

const live = (kind: string, name: string, apiVersion = 'v1', namespace = 'chat') =>
  plane.api.get<KubeObject>({ apiVersion, kind, name, namespace });

const changed = ({ steps }: Outcome): readonly string[] =>
  steps.filter(({ operation }) => operation !== 'same').map(({ operation, name }) => `${operation} ${name}`);

it('lets a preview pass what the same run will make room for, applies it to the server, and takes it away again', async () => {
  write(NAMESPACE + settings('small'));
  good(await engine.preview('test'));
  expect(kubernetes.undecided).toEqual([
    expect.stringMatching(/ConfigMap chat\/settings.*namespaces "chat" not found/),
  ]);
  expect(await live('ConfigMap', 'settings')).toBeUndefined();

  good(await engine.up('test'));
  expect(await live('ConfigMap', 'settings')).toMatchObject({ data: { model: 'small' } });
  kubernetes.undecided.length = 0;
  good(await engine.up('test', { flags: ['--expect-no-changes'] }));
  expect(kubernetes.undecided).toEqual([]);

  good(await engine.destroy('test'));
  expect(await live('ConfigMap', 'settings')).toBeUndefined();
});

it.each<[string, object, RegExp]>([
  ['an unknown field', { replica: 2 }, /\.spec\.replica: field not declared in schema/],
  ['an ill-typed field', { replicas: 'two' }, /replicas.*expected numeric/],
  [
    'a selector that selects nothing',
    { selector: { matchLabels: { app: 'other' } } },
    /selector.*does not match template/,
  ],
])('refuses %s at preview, in the words of the server', async (_, spec, reason) => {
  write(deployment(spec));
  const preview = await engine.preview('test');
  expect(preview.ok).toBe(false);
  expect(preview.text).toMatch(reason);
});

it('updates replicas in place, and replaces a ConfigMap whose data changes, the old one first', async () => {
  write(NAMESPACE + settings('small') + deployment({}));
  good(await engine.up('test'));
  write(NAMESPACE + settings('large') + deployment({ replicas: 2 }));
  const second = good(await engine.up('test'));
  expect(changed(second)).toContain('update chat');
  expect(changed(second).filter((step) => step.endsWith(' settings'))).toEqual([
    'delete-replaced settings',
    'replace settings',
    'create-replacement settings',
  ]);
  expect(await live('ConfigMap', 'settings')).toMatchObject({ data: { model: 'large' } });
  expect(await live('Deployment', 'chat', 'apps/v1', 'default')).toMatchObject({ spec: { replicas: 2 } });
});

it('asks about a custom resource as soon as its definition is there, within one run', async () => {
  const definition = `
const definition = new Definition('models', ${JSON.stringify({
    metadata: { name: 'models.example.com' },
    spec: {
      group: 'example.com',
      names: { kind: 'Model', plural: 'models' },
      scope: 'Namespaced',
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: {
              type: 'object',
              properties: { spec: { type: 'object', properties: { gpus: { type: 'integer', minimum: 1 } } } },
            },
          },
        },
      ],
    },
  })}, options);\n`;
  const model = (gpus: number): string => `
new CustomResource('model', { apiVersion: 'example.com/v1', kind: 'Model', metadata: { name: 'm', namespace: 'default' },
  spec: { gpus: ${gpus} } }, { ...options, dependsOn: definition });\n`;

  write(definition + model(0));
  good(await engine.preview('test'));
  const refused = await engine.up('test');
  expect(refused.ok).toBe(false);
  expect(refused.text).toMatch(/spec\.gpus.*should be greater than or equal to 1/);

  write(definition + model(8));
  good(await engine.up('test'));
  expect(await live('Model', 'm', 'example.com/v1', 'default')).toMatchObject({ spec: { gpus: 8 } });
});

it('writes a secret into the server and only in cipher into the state', async () => {
  write(
    `new Secret('key', { metadata: { name: 'key', namespace: 'default' }, stringData: { key: 'a-key-of-ours' } }, options);`,
  );
  const outcome = good(await engine.up('test'));
  const data = (await live('Secret', 'key', 'v1', 'default'))?.['data'] as Record<string, string> | undefined;
  expect(Buffer.from(data?.['key'] ?? '', 'base64').toString()).toBe('a-key-of-ours');
  const { text } = await engine.exportState('test');
  expect(text + outcome.text).not.toMatch(/a-key-of-ours/);
  expect(text).not.toContain(Buffer.from('a-key-of-ours').toString('base64'));
  expect(text).not.toContain(plane.token);
  expect(text).toMatch(/"ciphertext"/);
});

it('sees by a refresh what others changed and deleted, and brings it back', async () => {
  write(NAMESPACE + settings('small') + deployment({}));
  good(await engine.up('test'));
  const theirs = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'default', name: 'chat' };
  await plane.api.patch(theirs, { spec: { replicas: 7 } });
  await plane.api.delete({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'chat', name: 'settings' });
  expect(good(await engine.refresh('test')).summary).toMatchObject({ update: 1, delete: 1 });
  // Whoever changed it manages the field now: nothing is taken away from others unasked.
  expect((await engine.up('test')).text).toMatch(/conflict with "warmpath-test".*\.spec\.replicas/s);

  const annotations = { 'pulumi.com/patchForce': 'true' };
  write(NAMESPACE + settings('small') + deployment({}, { annotations }));
  good(await engine.up('test'));
  expect(await live('Deployment', 'chat', 'apps/v1', 'default')).toMatchObject({ spec: { replicas: 1 } });
  expect(await live('ConfigMap', 'settings')).toBeDefined();
  good(await engine.refresh('test'));
  good(await engine.up('test', { flags: ['--expect-no-changes'] }));
});

it('patches an object of others, and gives up only what it patched', async () => {
  await plane.api.apply({ ...object('ConfigMap', 'theirs'), data: { scanInterval: '1m', expander: 'random' } });
  write(`
new ConfigMapPatch('theirs', { metadata: { name: 'theirs', namespace: 'default', annotations: { 'pulumi.com/patchForce': 'true' } },
  data: { pools: 'a100', expander: 'least-waste' } }, options);`);
  good(await engine.up('test'));
  expect(await live('ConfigMap', 'theirs', 'v1', 'default')).toMatchObject({
    data: { scanInterval: '1m', expander: 'least-waste', pools: 'a100' },
  });
  good(await engine.destroy('test'));
  expect((await live('ConfigMap', 'theirs', 'v1', 'default'))?.['data']).toEqual({ scanInterval: '1m' });
  await plane.api.delete({ ...object('ConfigMap', 'theirs'), name: 'theirs', namespace: 'default' });
});

it('refuses a provider that was not given the kubeconfig of the cluster', async () => {
  write(
    `new Namespace('chat', { metadata: { name: 'chat' } }, { provider: new Provider('other', { namespace: 'x' }) });`,
  );
  const preview = await engine.preview('test');
  expect(preview.ok).toBe(false);
  expect(preview.text).toMatch(/was not given the kubeconfig of its cluster/);
});
