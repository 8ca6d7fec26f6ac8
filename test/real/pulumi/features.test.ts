/** Everything that an environment can ask of its cloud, judged by the vendor's schemas and made by the real engine. */
import { Clouds, good } from './support/clouds';
import type { StateResource } from './support/engine';
import { type KubernetesCloud, startKubernetes } from './support/kubernetes-cloud';

jest.setTimeout(900_000);

let kubernetes: KubernetesCloud;
let clouds: Clouds;
beforeAll(async () => {
  kubernetes = await startKubernetes();
});
afterAll(() => kubernetes?.stop());
beforeEach(async () => {
  clouds = await Clouds.start([kubernetes.provider], kubernetes.kubeconfig);
});
afterEach(() => clouds?.stop());

/** Makes an environment with edits, twice, and hands back what is in the state. */
async function made(environment: string, edits: readonly (readonly [string, string])[]) {
  for (const [before, after] of edits) clouds.project.edit(`stacks/environments/${environment}.ts`, before, after);
  clouds.project.synthesise(environment);
  await clouds.engine.stackInit(environment);
  good(await clouds.engine.preview(environment));
  good(await clouds.engine.up(environment));
  good(await clouds.engine.up(environment, { flags: ['--expect-no-changes'] }));
  expect(await clouds.orphans(environment)).toEqual([]);
  return clouds.engine.exportState(environment);
}

const inputsOf = (resources: readonly StateResource[], type: string, name?: string) => {
  const found = resources.filter(
    (one) => one.type.endsWith(type) && (name === undefined || one.urn.endsWith(`::${name}`)),
  );
  if (found.length !== 1) throw new Error(`${found.length} of ${type} ${name ?? ''}`);
  return found[0]?.inputs ?? {};
};

/** What an environment asks of its cloud when it asks for nothing. */
const NOTHING = '  cloud: {},';

test('on AKS: model store, identity, managed Prometheus, budget, machine learning, virtual nodes', async () => {
  const cloud = `  cloud: {
    aks: {
      adminGroups: ['2f6d3a0e-4c39-4a6a-9f0b-0c8f4f6f7c11'],
      managedPrometheus: { grafana: true },
      machineLearning: {},
      virtualNodes: {},
      tags: { 'data-class': 'internal' },
    },
    modelStore: { name: 'warmpathmodels', deleteAfterDays: 90 },
    budget: { amountPerMonth: 20000, from: '2027-01', emails: ['ml-platform@example.com'] },
    delivery: { kind: 'argo-cd', repository: 'https://git.example.com/platform.git' },
  },`;
  const { resources, text } = await made('staging', [
    [NOTHING, cloud],
    ["      pool: 'a100',", "      pool: 'a100',\n      cloudIdentity: { modelStore: 'read' },"],
  ]);
  expect(inputsOf(resources, ':FederatedIdentityCredential').subject).toBe('system:serviceaccount:chat:chat');
  expect(inputsOf(resources, ':StorageAccount')).toMatchObject({
    publicNetworkAccess: 'Disabled',
    allowSharedKeyAccess: false,
    isHnsEnabled: true,
  });
  const { filter } = inputsOf(resources, ':Budget') as { filter: { dimensions: { values: string[] } } };
  expect(filter.dimensions.values).toEqual(['warmpath-staging', 'warmpath-staging-nodes']);
  expect(inputsOf(resources, ':ScheduledActionByScope').kind).toBe('InsightAlert');
  // Everything that can bear a tag says who pays for it.
  const tagged = resources.filter(({ inputs = {} }) => inputs.tags !== undefined);
  expect(tagged.length).toBeGreaterThan(8);
  for (const { inputs = {} } of tagged)
    expect(inputs.tags).toMatchObject({ owner: 'ml-platform-oncall', team: 'ml-platform', environment: 'staging' });
  expect(text).not.toContain(kubernetes.secret);
  const outputs = await clouds.engine.outputs('staging');
  expect(outputs.gitOps).toMatchObject([{ kind: 'Application', spec: { source: { path: 'manifests/staging' } } }]);
  expect(outputs.identities).toEqual({ chat: expect.stringMatching(/^[0-9a-f-]{36}$/) });

  good(await clouds.engine.destroy('staging'));
  expect(clouds.all()).toEqual([]);
});

test('on AKS: spot nodes, and nodes that are stopped instead of deleted', async () => {
  const pools = `    spotty: { purpose: 'training', machine: 'Standard_NC4as_T4_v3', minNodes: 0, maxNodes: 2, spot: true, aks: { spot: { maxPrice: 0.5 } } },
    kept: { purpose: 'training', machine: 'Standard_NC4as_T4_v3', minNodes: 0, maxNodes: 3, deallocate: {} },
    a100: {`;
  const { resources } = await made('staging', [['    a100: {', pools]]);
  expect(inputsOf(resources, ':AgentPool', 'spotty')).toMatchObject({
    scaleSetPriority: 'Spot',
    spotMaxPrice: 0.5,
    nodeTaints: expect.arrayContaining(['kubernetes.azure.com/scalesetpriority=spot:NoSchedule']),
  });
  expect(inputsOf(resources, ':AgentPool', 'kept')).toMatchObject({
    scaleDownMode: 'Deallocate',
    osDiskType: 'Managed',
  });
  expect(inputsOf(resources, ':ManagedCluster').autoScalerProfile).toMatchObject({
    okTotalUnreadyCount: '3',
    maxTotalUnreadyPercentage: '100',
  });
});

test('on AKS: nodes that Karpenter makes are no pools of the cloud', async () => {
  const { resources } = await made('staging', [
    ["region: 'westeurope' },", "region: 'westeurope', nodeAutoscaler: 'karpenter' },"],
    ['minNodes: 2, maxNodes: 3 },', 'minNodes: 2, maxNodes: 2 },'],
  ]);
  expect(resources.filter(({ type }) => type.endsWith(':AgentPool'))).toEqual([]);
  expect(inputsOf(resources, ':ManagedCluster').nodeProvisioningProfile).toEqual({
    mode: 'Auto',
    defaultNodePools: 'None',
  });
  const names = clouds.project.manifests('staging').filter(({ kind }) => kind === 'NodePool');
  expect(names.map(({ metadata }) => (metadata as { name: string }).name)).toEqual(['a100']);
});

test('on IKS: model store, trusted profile, monitoring, reports of cost, a Satellite location', async () => {
  const cloud = `  cloud: {
    iks: {
      monitoring: {},
      satellite: {
        location: 'basel-1',
        managedFrom: 'lon',
        zones: ['rack-1', 'rack-2', 'rack-3'],
        controlPlaneHosts: { 'rack-1': ['host-1'], 'rack-2': ['host-2'], 'rack-3': ['host-3'] },
        openShift: '4.18',
        system: { hostLabels: ['use:system'], workersPerZone: 1 },
        workers: { pool: 'l40s', hostLabels: ['use:gpu'], workersPerZone: 1 },
      },
    },
    modelStore: { name: 'warmpath-models' },
    costReports: { bucketName: 'warmpath-bills' },
    delivery: { kind: 'flux', repository: 'https://git.example.com/platform.git' },
  },`;
  const { resources, text } = await made('prod-iks', [
    [NOTHING, cloud],
    ["      pool: 'l40s',", "      pool: 'l40s',\n      cloudIdentity: { modelStore: 'write' },"],
  ]);
  expect(inputsOf(resources, ':IamTrustedProfileLink').link).toMatchObject({ namespace: 'chat', name: 'chat' });
  expect(inputsOf(resources, ':CosBucket', 'prod-iks').bucketName).toBe('warmpath-models');
  expect(inputsOf(resources, ':BillingReportSnapshot')).toMatchObject({
    cosBucket: 'warmpath-bills',
    cosLocation: 'us-south',
  });
  // Pods of the pool select its label, in whichever cluster.
  expect(inputsOf(resources, ':SatelliteClusterWorkerPool').workerPoolLabels).toMatchObject({
    'warmpath.dev/pool': 'l40s',
  });
  expect(text).not.toContain(kubernetes.secret);
  expect(text).toContain('ciphertext');
  const outputs = await clouds.engine.outputs('prod-iks');
  expect(outputs.gitOps).toMatchObject([{ kind: 'GitRepository' }, { kind: 'Kustomization' }]);
  expect(outputs.identities).toEqual({ chat: expect.stringMatching(/^Profile-/) });
  expect(outputs.satellite).toMatchObject({
    clusterId: expect.stringMatching(/^c/),
    attachCommands: { workers: expect.stringContaining('--location basel-1 --host-label use=gpu') },
  });
  good(await clouds.engine.destroy('prod-iks'));
  expect(clouds.all()).toEqual([]);
});
