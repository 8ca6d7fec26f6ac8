/** The committed part of the IBM Cloud SDK in the hands of the real engine: a parameterised package, over the stand-in of its provider. */
import { join } from 'node:path';
import type { Properties } from './support/behaviour';
import { Engine, type Outcome } from './support/engine';
import { IbmCloud } from './support/ibm';
import { FakeProvider } from './support/provider';

jest.setTimeout(900_000);

const SDK = join(__dirname, '../../../imports/ibm');

interface Variant {
  /** Over the arguments of the pool. */
  readonly pool?: Properties;
  readonly serviceAccount?: string;
  /** Options of the link, as text. */
  readonly linkOptions?: string;
}

/** A cluster on a VPC, a pool that goes before it is replaced, and a ServiceAccount that may read a bucket. */
const program = ({ pool = {}, serviceAccount = 'loader', linkOptions = '{}' }: Variant = {}): string => `
import * as ibm from '${SDK}';

const zone = 'us-south-1';
const vpc = new ibm.IsVpc('inference');
const gateway = new ibm.IsPublicGateway('out', { vpc: vpc.id, zone });
const subnet = new ibm.IsSubnet('workers', { vpc: vpc.id, zone, totalIpv4AddressCount: 256, publicGateway: gateway.id });
const zones = [{ name: zone, subnetId: subnet.id }];
const cluster = new ibm.ContainerVpcCluster('inference', { name: 'inference', flavor: 'bx2.4x16', vpcId: vpc.id, zones });
new ibm.ContainerVpcWorkerPool(
  'gpu',
  {
    cluster: cluster.id,
    vpcId: vpc.id,
    zones,
    ...${JSON.stringify({
      workerPoolName: 'gpu-l4',
      flavor: 'gx3.16x80.l4',
      workerCount: 1,
      taints: [{ key: 'nvidia.com/gpu', value: 'true', effect: 'NoSchedule' }],
      ...pool,
    })},
  },
  { deleteBeforeReplace: true },
);
const instance = new ibm.ResourceInstance('models', { service: 'cloud-object-storage', plan: 'standard', location: 'global' });
new ibm.CosBucket('models', { bucketName: 'models', resourceInstanceId: instance.id, regionLocation: 'us-south' });
const key = new ibm.ResourceKey('models', { resourceInstanceId: instance.id, role: 'Reader', parameters: { HMAC: 'true' } });
const profile = new ibm.IamTrustedProfile('loader');
new ibm.IamTrustedProfileLink(
  'loader',
  { profileId: profile.id, crType: 'IKS_SA', link: { crn: cluster.crn, namespace: 'inference', name: '${serviceAccount}' } },
  ${linkOptions},
);
new ibm.IamTrustedProfilePolicy('loader', {
  iamId: profile.iamId,
  roles: ['Reader'],
  resources: { service: 'cloud-object-storage', resourceInstanceId: instance.guid },
});
export const credentials = key.credentials;
export const kubeconfig = ibm.getContainerClusterConfigOutput({ clusterNameId: cluster.id }).configFilePath;
`;

let cloud: IbmCloud;
let provider: FakeProvider;
let engine: Engine;
beforeEach(async () => {
  cloud = new IbmCloud({ configFilePath: '/tmp/kubeconfig' });
  provider = await FakeProvider.start(cloud);
  engine = await Engine.start({ providers: [provider], program: program() });
  await engine.stackInit('test');
});
afterEach(async () => {
  await engine?.stop();
  await provider?.stop();
});

/** Fails with all that the engine said when the run did not end well. */
function good(outcome: Outcome): Outcome {
  if (!outcome.ok) throw new Error(outcome.text);
  return outcome;
}

const changes = ({ steps }: Outcome) =>
  steps
    .filter(({ operation }) => !['same', 'read'].includes(operation))
    .map(({ operation, name }) => `${operation} ${name}`);

/** What has been done to the cloud since the call before, as `create gpu`. */
let counted = 0;
beforeEach(() => {
  counted = 0;
});
function done(): readonly string[] {
  const calls = provider.calls.filter(
    ({ operation, error }) => ['create', 'update', 'delete'].includes(operation) && error === undefined,
  );
  const fresh = calls.slice(counted);
  counted = calls.length;
  return fresh.map(({ operation, name }) => `${operation} ${name}`);
}

it('makes everything once through the package, changes nothing the second time, keeps credentials secret, and takes all down', async () => {
  const preview = good(await engine.preview('test'));
  expect(preview.summary).toEqual({ create: 12 });
  expect(done()).toEqual([]);

  const first = good(await engine.up('test'));
  expect(provider.calls.filter(({ operation }) => operation === 'parameterize').length).toBeGreaterThan(0);
  expect(done()).toHaveLength(11);
  expect(await engine.outputs('test')).toMatchObject({
    credentials: { 'cos_hmac_keys.secret_access_key': 'a-secret-key' },
    kubeconfig: '/tmp/kubeconfig',
  });
  const { text } = await engine.exportState('test');
  expect(text + first.text).not.toContain('a-secret-key');

  good(await engine.up('test', { flags: ['--expect-no-changes'] }));
  expect(done()).toEqual([]);

  good(await engine.destroy('test'));
  expect(provider.all()).toEqual([]);
});

it('updates taints in place, replaces a machine type, and sees no size that the autoscaler has set', async () => {
  good(await engine.up('test'));
  done();
  engine.write(program({ pool: { taints: [{ key: 'nvidia.com/gpu', value: 'true', effect: 'NoExecute' }] } }));
  expect(changes(good(await engine.up('test')))).toEqual(['update gpu']);
  expect(done()).toEqual(['update gpu']);

  engine.write(program({ pool: { flavor: 'gx3.24x120.l40s' } }));
  good(await engine.up('test'));
  expect(done()).toEqual(['delete gpu', 'create gpu']);

  const pool = provider.all().find(({ type }) => type.endsWith(':ContainerVpcWorkerPool'));
  cloud.autoscale(String(pool?.inputs['cluster']), 'gpu-l4');
  engine.write(program({ pool: { flavor: 'gx3.24x120.l40s', workerCount: 5 } }));
  good(await engine.up('test', { flags: ['--expect-no-changes'] }));
});

it('cannot give a link another ServiceAccount, unless told to replace it', async () => {
  good(await engine.up('test'));
  done();
  engine.write(program({ serviceAccount: 'server' }));
  const refused = await engine.up('test');
  expect(refused.ok).toBe(false);
  expect(refused.text).toContain("doesn't support update");
  expect(done()).toEqual([]);

  engine.write(program({ serviceAccount: 'server', linkOptions: "{ replaceOnChanges: ['link'] }" }));
  good(await engine.up('test'));
  expect(done()).toEqual(['create loader', 'delete loader']);
});

it('refuses at preview what the provider would, by the name of the property', async () => {
  engine.write(program({ pool: { workerCount: '1', taints: [{ key: 'nvidia.com/gpu', effect: 'Sometimes' }] } }));
  const preview = await engine.preview('test');
  expect(preview.ok).toBe(false);
  expect(preview.text).toMatch(/workerCount.*a number is wanted/);
  expect(preview.text).toMatch(/taints\[0\]\.value.*missing required argument/);
  expect(preview.text).toMatch(/taints\[0\]\.effect.*"Sometimes" is none of NoSchedule/);
  expect(provider.all()).toEqual([]);
});
