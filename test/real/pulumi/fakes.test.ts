/** The stand-in clouds in the hands of the real engine: small programs, no stack of the project. */
import { Azure } from './support/azure';
import type { CloudObject, Properties } from './support/behaviour';
import { Engine, type Outcome, type StateResource } from './support/engine';
import { FakeProvider } from './support/provider';

jest.setTimeout(600_000);

const POOL = 'azure-native:containerservice:AgentPool';
const CLUSTER = 'azure-native:containerservice:ManagedCluster';
const KUBECONFIG = 'apiVersion: v1\nkind: Config\ncurrent-context: the-secret-of-the-cluster\n';

/** A resource group, a cluster with its kubeconfig as a secret output, and a pool of the given kind. */
const program = (pool: Properties = {}, group: Properties = {}): string => `
import { AgentPool, ManagedCluster, listManagedClusterUserCredentialsOutput } from '@pulumi/azure-native/containerservice';
import { ResourceGroup } from '@pulumi/azure-native/resources';
import { secret } from '@pulumi/pulumi';

const { name: resourceGroupName } = new ResourceGroup('group', ${JSON.stringify({ location: 'westeurope', ...group })});
const cluster = new ManagedCluster('cluster', {
  resourceGroupName,
  resourceName: 'cluster',
  dnsPrefix: 'cluster',
  identity: { type: 'SystemAssigned' },
  agentPoolProfiles: [{ name: 'system', mode: 'System', count: 1, vmSize: 'Standard_D4s_v5' }],
  oidcIssuerProfile: { enabled: true },
  tags: { contract: secret('the-secret-in-a-tag') },
});
cluster.fqdn.apply((fqdn) => console.log('the cluster is at', fqdn));
cluster.oidcIssuerProfile.apply((profile) => console.log('its issuer is', profile?.issuerURL));
new AgentPool('gpu', {
  resourceGroupName,
  resourceName: cluster.name,
  ...${JSON.stringify({
    agentPoolName: 'a100',
    mode: 'User',
    vmSize: 'Standard_NC24ads_A100_v4',
    count: 1,
    nodeTaints: ['nvidia.com/gpu=present:NoSchedule'],
    ...pool,
  })},
});
export const kubeconfig = secret(
  listManagedClusterUserCredentialsOutput({ resourceGroupName, resourceName: cluster.name }).kubeconfigs.apply(([first]) =>
    Buffer.from(first?.value ?? '', 'base64').toString('utf8'),
  ),
);
`;

let azure: FakeProvider;
let engine: Engine;
beforeEach(async () => {
  azure = await FakeProvider.start(
    new Azure({ subscriptionId: 'subscription', tenantId: 'tenant', kubeconfig: KUBECONFIG }),
  );
  engine = await Engine.start({ providers: [azure], program: program() });
  await engine.stackInit('test');
});
afterEach(async () => {
  await engine?.stop();
  await azure?.stop();
});

/** Fails with all that the engine said when the run did not end well. */
function good(outcome: Outcome): Outcome {
  if (!outcome.ok) throw new Error(outcome.text);
  return outcome;
}

const poolOfCloud = (): CloudObject | undefined => azure.all().find(({ type }) => type === POOL);

async function inState(type: string): Promise<StateResource | undefined> {
  const { resources } = await engine.exportState('test');
  return resources.find((resource) => resource.type === type);
}

/** What has been done to a cloud, as `create gpu`. */
const done = (): readonly string[] =>
  azure.calls
    .filter(({ operation, error }) => ['create', 'update', 'delete'].includes(operation) && error === undefined)
    .map(({ operation, name }) => `${operation} ${name}`);

describe('a deployment', () => {
  it('is previewed without touching the cloud, made in order, unchanged the second time, and taken down in reverse', async () => {
    const preview = good(await engine.preview('test'));
    expect(preview.summary).toEqual({ create: 4 });
    expect(preview.text).not.toMatch(/the cluster is at|its issuer is/);
    expect(done()).toEqual([]);

    const first = good(await engine.up('test'));
    expect(first.text).toMatch(/the cluster is at cluster-\w{8}\.hcp\.westeurope\.azmk8s\.io/);
    expect(first.text).toMatch(/its issuer is https:\/\/westeurope\.oic\.prod-aks\.azure\.com\/tenant\//);
    expect(done()).toEqual(['create group', 'create cluster', 'create gpu']);

    const second = good(await engine.up('test', { flags: ['--expect-no-changes'] }));
    expect(second.summary).toEqual({ same: 4 });

    good(await engine.destroy('test'));
    expect(done().slice(3)).toEqual(['delete gpu', 'delete cluster', 'delete group']);
    expect(azure.all()).toEqual([]);
  });

  it('keeps secrets encrypted in the state and out of what is printed', async () => {
    const outcome = good(await engine.up('test'));
    expect(await engine.outputs('test')).toEqual({ kubeconfig: KUBECONFIG });
    const { text } = await engine.exportState('test');
    expect(text).toMatch(/"ciphertext"/);
    expect(text + outcome.text).not.toMatch(/the-secret-of-the-cluster|the-secret-in-a-tag/);
    // The cloud is told, of course.
    expect(azure.all().find(({ type }) => type === CLUSTER)?.inputs['tags']).toEqual({
      contract: 'the-secret-in-a-tag',
    });
    expect(text).not.toContain(Buffer.from(KUBECONFIG).toString('base64'));
  });

  it('updates a taint in place, and replaces another size, the old pool first', async () => {
    good(await engine.up('test'));
    engine.write(program({ nodeTaints: ['nvidia.com/gpu=other:NoSchedule'] }));
    const taint = good(await engine.up('test'));
    expect(taint.steps.filter(({ operation }) => operation !== 'same')).toEqual([
      expect.objectContaining({ operation: 'update', name: 'gpu', diff: { 'nodeTaints[0]': 'update' } }),
    ]);
    expect(poolOfCloud()?.inputs['nodeTaints']).toEqual(['nvidia.com/gpu=other:NoSchedule']);

    engine.write(program({ vmSize: 'Standard_NC48ads_A100_v4' }));
    const before = done().length;
    const size = good(await engine.up('test'));
    expect(size.steps.find(({ name, diff }) => name === 'gpu' && 'vmSize' in diff)?.diff).toMatchObject({
      vmSize: 'update-replace',
    });
    expect(done().slice(before)).toEqual(['delete gpu', 'create gpu']);
  });

  it('is refused at preview for a wrong input, by the name of the input', async () => {
    engine.write(program({ agentPoolName: 'gpu-pool', mode: 'Worker' }));
    const preview = await engine.preview('test');
    expect(preview.ok).toBe(false);
    expect(preview.text).toMatch(/agentPoolName.*must match pattern/);
    expect(preview.text).toMatch(/mode.*System, User, Gateway/);
    expect(done()).toEqual([]);
  });

  it('is refused for two resources of one name', async () => {
    engine.write(`${program()}\nnew ResourceGroup('group', { location: 'westeurope' });`);
    const preview = await engine.preview('test');
    expect(preview.ok).toBe(false);
    expect(preview.text).toMatch(/Duplicate resource URN .*ResourceGroup::group/);
    expect(done()).toEqual([]);
  });

  it('makes a name up in the preview and keeps it', async () => {
    engine.write(program({ agentPoolName: undefined }).replace("new AgentPool('gpu'", "new AgentPool('g'"));
    good(await engine.up('test'));
    const name = poolOfCloud()?.inputs['agentPoolName'];
    expect(name).toMatch(/^g[0-9a-f]{8}$/);
    good(await engine.up('test', { flags: ['--expect-no-changes'] }));
    expect(poolOfCloud()?.inputs['agentPoolName']).toBe(name);
  });
});

describe('a cloud that fails', () => {
  it('for want of quota leaves nothing behind, and the next run makes what is missing', async () => {
    azure.faults.next({ operation: 'create', type: POOL, kind: 'quota' });
    const first = await engine.up('test');
    expect(first.ok).toBe(false);
    expect(first.text).toMatch(/ErrCode_InsufficientVCPUQuota/);
    expect(poolOfCloud()).toBeUndefined();
    expect(await inState(POOL)).toBeUndefined();
    expect(await inState(CLUSTER)).toMatchObject({ id: expect.stringMatching(/managedClusters\/cluster$/) });

    expect(good(await engine.up('test')).summary).toEqual({ create: 1, same: 3 });
    expect(await inState(POOL)).toMatchObject({ id: poolOfCloud()?.id });
  });

  it('by throttling fails as often as it was told, and no more', async () => {
    azure.faults.next({ operation: 'create', type: CLUSTER, kind: 'throttled', times: 2 });
    for (const ok of [false, false, true]) expect((await engine.up('test')).ok).toBe(ok);
    expect(azure.faults.left).toEqual([]);
    expect(done()).toEqual(['create group', 'create cluster', 'create gpu']);
  });

  it('half-way leaves a pool that the engine knows, and the next run takes it up', async () => {
    azure.faults.next({ operation: 'create', type: POOL, kind: 'timeout-half-way' });
    expect((await engine.up('test')).ok).toBe(false);
    expect(await inState(POOL)).toMatchObject({
      id: poolOfCloud()?.id,
      initErrors: [expect.stringMatching(/context deadline exceeded/)],
    });

    expect(good(await engine.up('test')).summary).toEqual({ update: 1, same: 3 });
    expect((await inState(POOL))?.initErrors).toBeUndefined();
    expect(azure.all().filter(({ type }) => type === POOL)).toHaveLength(1);
  });

  it('without an answer leaves a pool that the engine does not know, and will not make it twice', async () => {
    azure.faults.next({ operation: 'create', type: POOL, kind: 'lost-answer' });
    expect((await engine.up('test')).ok).toBe(false);
    expect(poolOfCloud()).toBeDefined();
    expect(await inState(POOL)).toBeUndefined();

    const second = await engine.up('test');
    expect(second.text).toMatch(/cannot create already existing resource/);
    // The way out that the provider's maintainers name: import it.
    const id = String(poolOfCloud()?.id);
    const imported = await engine.command(['import', POOL, 'gpu', id, '--yes', '--stack', 'test', '--protect=false']);
    expect(imported.text).toMatch(/imported/);
    expect(good(await engine.up('test')).summary).toMatchObject({ same: expect.any(Number) });
    expect(azure.all().filter(({ type }) => type === POOL)).toHaveLength(1);
  });

  it('with a stuck pool refuses to touch it before it has settled, and is repaired afterwards', async () => {
    azure.faults.next({ operation: 'create', type: POOL, kind: 'stuck' });
    expect((await engine.up('test')).ok).toBe(false);
    expect(poolOfCloud()?.state).toBe('Creating');
    expect((await engine.up('test')).text).toMatch(/OperationNotAllowed.*in progress/);

    azure.settle(POOL, String(poolOfCloud()?.id), 'Failed');
    expect(good(await engine.up('test')).summary).toEqual({ update: 1, same: 3 });
    expect(poolOfCloud()?.state).toBe('Succeeded');
  });

  it('while an update is on its way keeps the id, and the next run writes it again', async () => {
    good(await engine.up('test'));
    engine.write(program({ count: 2 }));
    azure.faults.next({ operation: 'update', type: POOL, kind: 'timeout-half-way' });
    expect((await engine.up('test')).ok).toBe(false);
    expect((await inState(POOL))?.initErrors).toHaveLength(1);
    good(await engine.up('test'));
    expect(poolOfCloud()?.inputs['count']).toBe(2);
    good(await engine.up('test', { flags: ['--expect-no-changes'] }));
  });

  it('while deleting keeps the resource in the state until it is gone', async () => {
    good(await engine.up('test'));
    azure.faults.next({ operation: 'delete', type: POOL, kind: 'throttled' });
    expect((await engine.destroy('test')).ok).toBe(false);
    expect(await inState(POOL)).toBeDefined();
    good(await engine.destroy('test'));
    expect(azure.all()).toEqual([]);
  });
});

describe('a cloud that others change', () => {
  it('is seen by a refresh, and brought back by the next run', async () => {
    good(await engine.up('test'));
    azure.change(POOL, String(poolOfCloud()?.id), { count: 5 });
    const refresh = good(await engine.refresh('test'));
    expect(refresh.summary).toMatchObject({ update: 1 });
    expect((await inState(POOL))?.inputs?.['count']).toBe(5);
    good(await engine.up('test'));
    expect(poolOfCloud()?.inputs['count']).toBe(1);
  });

  it('and that has lost a pool gets it again', async () => {
    good(await engine.up('test'));
    azure.lose(POOL, String(poolOfCloud()?.id));
    expect(good(await engine.refresh('test')).summary).toMatchObject({ delete: 1 });
    expect(good(await engine.up('test')).summary).toMatchObject({ create: 1 });
    expect(poolOfCloud()).toBeDefined();
  });
});
