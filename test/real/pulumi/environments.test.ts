/** Every environment through the real engine: made, made again, changed, looked at, taken away. */
import { disagreements, poolsOf } from './support/agreement';
import { Clouds, good } from './support/clouds';
import type { Outcome, StateResource } from './support/engine';
import { type KubernetesCloud, startKubernetes } from './support/kubernetes-cloud';

jest.setTimeout(900_000);

const ENVIRONMENTS = ['dev', 'staging', 'prod', 'prod-iks'];

let kubernetes: KubernetesCloud;
beforeAll(async () => {
  kubernetes = await startKubernetes();
});
afterAll(() => kubernetes?.stop());

const changes = ({ steps }: Outcome): readonly string[] =>
  steps.filter(({ operation }) => operation !== 'same').map(({ operation, name }) => `${operation} ${name}`);

/** Custom resources of the state: what has an id in some cloud. */
const real = (resources: readonly StateResource[]) =>
  resources.filter(({ id, type }) => id !== undefined && !type.startsWith('pulumi:'));

describe.each(ENVIRONMENTS)('%s', (environment) => {
  let clouds: Clouds;
  beforeAll(async () => {
    clouds = await Clouds.start([kubernetes.provider], kubernetes.kubeconfig);
    await clouds.engine.stackInit(environment);
  });
  afterAll(() => clouds?.stop());

  test('a preview shows everything and makes nothing', async () => {
    const { steps } = good(await clouds.engine.preview(environment));
    expect(new Set(steps.map(({ operation }) => operation))).toEqual(new Set(['create']));
    expect(steps.length).toBeGreaterThan(8);
    expect(clouds.take()).toEqual([]);
  });

  test('what it makes is what its pods need', async () => {
    good(await clouds.engine.up(environment));
    const { resources, pending } = await clouds.engine.exportState(environment);
    expect(pending).toEqual([]);
    expect(await clouds.orphans(environment)).toEqual([]);
    const pools = poolsOf(resources);
    expect(pools.length).toBeGreaterThan(0);
    expect(disagreements(pools, clouds.project.manifests(environment))).toEqual([]);
    expect(clouds.take().length).toBe(real(resources).filter(({ type }) => !type.startsWith('kubernetes:')).length);
  });

  test('nothing changes when nothing was changed', async () => {
    expect(changes(good(await clouds.engine.up(environment)))).toEqual([]);
    expect(clouds.take()).toEqual([]);
  });

  test('a refresh finds what the state says', async () => {
    expect(
      changes(good(await clouds.engine.refresh(environment))).filter((line) => !line.startsWith('refresh')),
    ).toEqual([]);
    expect(changes(good(await clouds.engine.up(environment)))).toEqual([]);
  });

  test('no kubeconfig and no key lies in the state in plain text', async () => {
    const { text } = await clouds.engine.exportState(environment);
    expect(text).not.toContain(kubernetes.secret);
  });

  test('nothing is left when it is taken away', async () => {
    good(await clouds.engine.destroy(environment));
    expect(clouds.all()).toEqual([]);
    expect(real((await clouds.engine.exportState(environment)).resources)).toEqual([]);
  });
});

describe('a change', () => {
  let clouds: Clouds;
  afterEach(() => clouds?.stop());

  async function made(environment: string): Promise<void> {
    clouds = await Clouds.start([kubernetes.provider], kubernetes.kubeconfig);
    await clouds.engine.stackInit(environment);
    good(await clouds.engine.up(environment));
    clouds.take();
  }

  test.each([
    ['dev', 't4', "machine: 'Standard_NC4as_T4_v3',", 'AgentPool', 'nodeTaints'],
    ['staging', 'a100', "zones: ['1', '2'],", 'AgentPool', 'nodeTaints'],
    ['prod', 'h100', "machine: 'Standard_NC80adis_H100_v5',", 'AgentPool', 'nodeTaints'],
    ['prod-iks', 'l40s', 'maxNodes: 6,', 'ContainerVpcWorkerPool', 'taints'],
  ])(
    'of a taint in %s changes the pool in place, and is refused while pods do not tolerate it',
    async (environment, pool, before, kind, property) => {
      await made(environment);
      const taint = "taints: [{ key: 'example.com/reserved', value: 'true', effect: 'NoSchedule' }],";
      clouds.project.edit(`stacks/environments/${environment}.ts`, before, `${before} ${taint}`);
      const refused = await clouds.engine.preview(environment);
      expect(refused.ok).toBe(false);
      expect(refused.text).toContain('WP-SCHED-');
      expect(clouds.take()).toEqual([]);

      clouds.project.synthesise(environment);
      const { steps } = good(await clouds.engine.up(environment));
      const updates = steps.filter(({ operation }) => operation !== 'same');
      expect(updates.map(({ operation, name }) => `${operation} ${name}`)).toEqual([`update ${pool}`]);
      expect(Object.keys(updates[0]?.diff ?? {}).every((path) => path.startsWith(property))).toBe(true);
      expect(clouds.take()).toEqual([`update ${kind} ${pool}`]);
      const { resources } = await clouds.engine.exportState(environment);
      expect(disagreements(poolsOf(resources), clouds.project.manifests(environment))).toEqual([]);
    },
  );

  test.each([
    ['dev', 't4', "machine: 'Standard_NC4as_T4_v3'", "machine: 'Standard_NC8as_T4_v3'", 'AgentPool'],
    ['staging', 'a100', "machine: 'Standard_NC24ads_A100_v4'", "machine: 'Standard_NC48ads_A100_v4'", 'AgentPool'],
    ['prod', 'train', "machine: 'Standard_NC48ads_A100_v4'", "machine: 'Standard_NC96ads_A100_v4'", 'AgentPool'],
    [
      'prod-iks',
      'l40s',
      'maxNodes: 6,',
      "maxNodes: 6, iks: { secondaryStorage: '300gb.5iops-tier' },",
      'ContainerVpcWorkerPool',
    ],
  ])(
    'of what is fixed at creation in %s replaces the pool, the old one first',
    async (environment, pool, before, after, kind) => {
      await made(environment);
      clouds.project.edit(`stacks/environments/${environment}.ts`, before, after);
      clouds.project.synthesise(environment);
      const { steps } = good(await clouds.engine.up(environment));
      const order = steps
        .filter(({ operation, name }) => name === pool && operation !== 'same')
        .map(({ operation }) => operation);
      expect(order).toEqual(['delete-replaced', 'replace', 'create-replacement']);
      expect(clouds.take()).toEqual([`delete ${kind} ${pool}`, `create ${kind} ${pool}`]);
      expect(await clouds.orphans(environment)).toEqual([]);
    },
  );

  test('of IKS that ends half-way is named by the next up, and made again when the rest is gone', async () => {
    clouds = await Clouds.start([kubernetes.provider], kubernetes.kubeconfig);
    await clouds.engine.stackInit('prod-iks');
    const type = 'ibm:index/containerVpcWorkerPool:ContainerVpcWorkerPool';
    clouds.ibm.faults.next({ type, operation: 'create', kind: 'timeout-half-way' });
    expect((await clouds.engine.up('prod-iks')).ok).toBe(false);
    // The bridge of the provider forgets what it had begun.
    const [left] = await clouds.orphans('prod-iks');
    expect(left).toMatch(/\//);
    const again = await clouds.engine.up('prod-iks');
    expect(again.ok).toBe(false);
    expect(again.text).toContain('l40s');
    clouds.ibm.lose(type, left ?? '');
    good(await clouds.engine.up('prod-iks'));
    expect(await clouds.orphans('prod-iks')).toEqual([]);
  });

  test('of the machine where pools take turns makes the new one first, under another name', async () => {
    const file = 'stacks/environments/staging.ts';
    const machine = "machine: 'Standard_NC24ads_A100_v4',";
    clouds = await Clouds.start([kubernetes.provider], kubernetes.kubeconfig);
    clouds.project.edit(file, machine, `${machine} aks: { replacement: 'alternate' },`);
    await clouds.engine.stackInit('staging');
    good(await clouds.engine.up('staging'));
    clouds.take();
    clouds.project.edit(file, machine, "machine: 'Standard_NC48ads_A100_v4',");
    clouds.project.synthesise('staging');
    good(await clouds.engine.up('staging'));
    expect(clouds.take()).toEqual(['create AgentPool a100', 'delete AgentPool a100']);
    const { resources } = await clouds.engine.exportState('staging');
    expect(disagreements(poolsOf(resources), clouds.project.manifests('staging'))).toEqual([]);
  });

  test('of a size by the autoscaler is left alone, and one behind the back of Pulumi is seen', async () => {
    await made('dev');
    const pool = clouds.azure.all().find(({ type }) => type.endsWith(':AgentPool'));
    if (pool === undefined) throw new Error('there is no pool');
    clouds.azure.change(pool.type, pool.id, { count: 2 });
    expect(changes(good(await clouds.engine.refresh('dev')))).not.toEqual([]);
    expect(changes(good(await clouds.engine.up('dev')))).toEqual([]);
    clouds.azure.change(pool.type, pool.id, { nodeTaints: [] });
    good(await clouds.engine.refresh('dev'));
    expect(changes(good(await clouds.engine.up('dev')))).toEqual(['update t4']);
  });
});

describe('the comparison of pools and pods', () => {
  const pool = {
    machine: 'Standard_NC24ads_A100_v4',
    labels: { 'warmpath.dev/pool': 'a100' },
    taints: ['nvidia.com/gpu=present:NoSchedule'],
    fewest: 1,
    most: 2,
  };
  const deployment = (tolerations: object[], replicas = 2) => ({
    kind: 'Deployment',
    metadata: { name: 'chat' },
    spec: {
      replicas,
      template: {
        spec: {
          tolerations,
          affinity: {
            nodeAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: {
                nodeSelectorTerms: [
                  { matchExpressions: [{ key: 'warmpath.dev/pool', operator: 'In', values: ['a100'] }] },
                ],
              },
            },
          },
          containers: [{ resources: { limits: { 'nvidia.com/gpu': '1' } } }],
        },
      },
    },
  });
  const tolerated = deployment([{ key: 'nvidia.com/gpu', operator: 'Equal', value: 'present', effect: 'NoSchedule' }]);

  test('finds nothing where they fit', () => {
    expect(disagreements([pool], [tolerated])).toEqual([]);
  });

  test.each([
    ['a pod that lost its toleration', [pool], deployment([]), 'does not tolerate'],
    ['a pool that lost its label', [{ ...pool, labels: {} }], tolerated, 'no pool bears that label'],
    ['a pool that lost its taint', [{ ...pool, taints: [] }], tolerated, 'open to pods without GPUs'],
    [
      'a pool with another taint',
      [{ ...pool, taints: [...pool.taints, 'a=b:NoSchedule'] }],
      tolerated,
      'a=b:NoSchedule',
    ],
    ['a pool that is too small', [{ ...pool, most: 1 }], tolerated, 'pods want 2'],
    [
      'a pool that nobody wants',
      [pool, { ...pool, labels: { 'warmpath.dev/pool': 'spare' } }],
      tolerated,
      'nobody wants',
    ],
  ])('finds %s', (_, pools, manifest, text) => {
    expect(disagreements(pools, [manifest]).join('\n')).toContain(text);
  });
});
