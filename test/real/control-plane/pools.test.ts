/** Spot capacity above a floor and GPUs that are cut, on the real scheduler and the real eviction API. */
import {
  GpuDevicePlugin,
  GpuInferenceService,
  type GpuInferenceServiceProps,
  type GpuNodePoolPlan,
  type GpuNodePoolSpec,
  InferenceNamespace,
  PriorityClasses,
  planGpuNodePool,
  planPlatform,
} from '../../../lib';
import { applyAll, objections } from '../support/admit';
import { ControlPlane } from '../support/control-plane';
import { DELETE_DELAY } from '../support/kwok-stages';
import { addNodes } from '../support/nodes';
import { hasCondition, type KubeObject, type Node, type Pod } from '../support/objects';
import { draw, nodesOf, podsOf, readyPods, unschedulable } from './cluster';

jest.setTimeout(180_000);

const ownership = { owner: 'on-call', team: 'chat', costCentre: 'cc-1', environment: 'test' };
const platform = planPlatform({ cloud: 'aks', kubernetes: '1.36', region: 'westeurope' });

function pool(name: string, nodes: number, more: Partial<GpuNodePoolSpec> = {}): GpuNodePoolPlan {
  return planGpuNodePool({
    name,
    purpose: 'inference',
    platform,
    machine: 'Standard_NC24ads_A100_v4',
    minNodes: nodes,
    maxNodes: nodes,
    ownership,
    ...more,
  });
}

/** A cluster's objects with the given services, all in one namespace. */
function services(all: Readonly<Record<string, Partial<GpuInferenceServiceProps> & { pool: GpuNodePoolPlan }>>) {
  const pools = new Map(
    Object.values(all)
      .flatMap(({ pool, spot }) => [pool, ...(spot ? [spot.pool] : [])])
      .map((p) => [p.name, p]),
  );
  return draw((chart) => {
    new PriorityClasses(chart, 'priorities');
    new GpuDevicePlugin(chart, 'plugin', { pools: [...pools.values()], ownership });
    new InferenceNamespace(chart, 'chat', { ownership, platform });
    for (const [name, props] of Object.entries(all)) {
      new GpuInferenceService(chart, name, {
        namespace: 'chat',
        ownership,
        model: { catalogue: 'qwen3-8b' },
        gateway: { namespace: 'gateway' },
        ...props,
      });
    }
  });
}

async function apply(plane: ControlPlane, objects: readonly KubeObject[]): Promise<void> {
  expect(objections(await applyAll(plane.api, objects))).toEqual([]);
}

const nameOf = ({ metadata }: Pod) => metadata.name ?? '';
const instanceOf = ({ metadata }: Pod) => metadata.labels?.['app.kubernetes.io/instance'];
const nodesUnder = (pods: readonly Pod[]) => pods.map(({ spec }) => spec.nodeName ?? 'none').sort();
const limitsOf = (pod: Pod | undefined) =>
  (pod?.spec as { containers?: { resources: { limits: object } }[] } | undefined)?.containers?.[0]?.resources.limits;
const node = (name: string) => ({ apiVersion: 'v1', kind: 'Node', name });

describe('pools on a real control plane', () => {
  let plane: ControlPlane;

  const start = async (plans: readonly GpuNodePoolPlan[]) => {
    plane = await ControlPlane.start({ stages: { podReadyDelayMs: 300 } });
    await addNodes(
      plane.api,
      plans.flatMap((plan) => nodesOf(plan)),
    );
  };

  afterEach(() => plane?.stop());

  it('loses every spot node at once and keeps the floor, which no drain takes beside it', async () => {
    // One node more than the floor needs: room that spot pods could take if they might.
    const regular = pool('regular', 4);
    const spot = pool('spot', 2, { spot: true });
    await start([regular, spot]);
    await plane.withLogs(async () => {
      const llm = { pool: regular, replicas: 3, podAnnotations: { [DELETE_DELAY]: '5s' } };
      await apply(plane, services({ llm }));
      const before = (await readyPods(plane.api, 'chat', 'llm', 3)).map(nameOf).sort();

      // Spot capacity comes to a service that runs, and restarts none of its pods.
      await apply(plane, services({ llm: { ...llm, spot: { pool: spot, replicas: 2 } } }));
      const pods = await readyPods(plane.api, 'chat', 'llm', 5);
      const floor = pods.filter((pod) => instanceOf(pod) === 'llm');
      const extra = pods.filter((pod) => instanceOf(pod) === 'llm-spot');
      expect(floor.map(nameOf).sort()).toEqual(before);
      expect(nodesUnder(extra)).toEqual(['spot-0', 'spot-1']);
      for (const name of nodesUnder(floor)) expect(name).toMatch(/^regular-/);
      const endpoints = await plane.api.waitFor('the Service to know all five pods', async () => {
        const slices = await plane.api.list<KubeObject & { endpoints?: { conditions: { ready: boolean } }[] }>(
          'discovery.k8s.io/v1',
          'EndpointSlice',
          { namespace: 'chat', labelSelector: 'kubernetes.io/service-name=llm' },
        );
        const ready = slices.flatMap(({ endpoints = [] }) => endpoints).filter(({ conditions }) => conditions.ready);
        return ready.length === 5 ? ready : undefined;
      });
      expect(endpoints).toHaveLength(5);

      // A drain of regular nodes: with five ready pods the budget still counts three.
      const evict = (pod: Pod | undefined) => plane.api.evict('chat', pod?.metadata.name ?? '');
      await plane.api.waitFor('the first eviction', async () => (await evict(floor[0])).status === 201 || undefined);
      const refused = await evict(floor[1]);
      expect(refused.status).toBe(429);
      expect(JSON.stringify(refused.body)).toMatch(/disruption budget/);

      // A drain of the spot nodes is held up by nobody.
      for (const name of ['spot-0', 'spot-1']) {
        await plane.api.patch(node(name), { spec: { unschedulable: true } });
      }
      for (const pod of extra) expect((await evict(pod)).status).toBe(201);
      await Promise.all(['spot-0', 'spot-1'].map((name) => plane.api.delete(node(name))));

      const waiting = await plane.api.waitFor('the spot pods to wait for nodes', async () => {
        const found = (await podsOf(plane.api, 'chat', 'llm')).filter((pod) => unschedulable(pod) !== undefined);
        return found.length === 2 ? found : undefined;
      });
      expect(waiting.map(instanceOf)).toEqual(['llm-spot', 'llm-spot']);
      const left = await readyPods(plane.api, 'chat', 'llm', 3);
      expect(left.map(instanceOf)).toEqual(['llm', 'llm', 'llm']);
      for (const name of nodesUnder(left)) expect(name).toMatch(/^regular-/);

      // With no spot pod left, a drain of a regular node passes as before.
      await plane.api.waitFor('an eviction', async () => (await evict(left[0])).status === 201 || undefined);

      await addNodes(
        plane.api,
        nodesOf(spot).map((one): Node => ({ ...one, metadata: { ...one.metadata, name: `${one.metadata.name}-new` } })),
      );
      const back = (await readyPods(plane.api, 'chat', 'llm', 5)).filter((pod) => instanceOf(pod) === 'llm-spot');
      expect(nodesUnder(back)).toEqual(['spot-0-new', 'spot-1-new']);
    });
  });

  it('places pods on instances of cut GPUs only, by the name that the strategy gives them', async () => {
    const small = { catalogue: 'qwen2.5-1.5b-instruct' } as const;
    const mixed = pool('mixed', 2, { mig: { profile: '1g.10gb', strategy: 'mixed' } });
    const single = pool('single', 1, { mig: { profile: '2g.20gb' } });
    const whole = pool('whole', 1);
    await start([mixed, single, whole]);
    await plane.withLogs(async () => {
      const resources = { cacheGiB: 2, scratchGiB: 2 };
      await apply(
        plane,
        services({
          many: { pool: mixed, model: small, replicas: 14, resources },
          few: { pool: single, model: small, replicas: 3, resources },
          one: { pool: whole, replicas: 1, disruption: { allowOutageReason: 'a test' } },
        }),
      );
      const many = await readyPods(plane.api, 'chat', 'many', 14);
      expect(nodesUnder(many)).toEqual([...Array(7).fill('mixed-0'), ...Array(7).fill('mixed-1')]);
      expect(limitsOf(many[0])).toMatchObject({ 'nvidia.com/mig-1g.10gb': '1' });
      const few = await readyPods(plane.api, 'chat', 'few', 3);
      expect(nodesUnder(few)).toEqual(['single-0', 'single-0', 'single-0']);
      expect(limitsOf(few[0])).toMatchObject({ 'nvidia.com/gpu': '1' });
      expect(nodesUnder(await readyPods(plane.api, 'chat', 'one', 1))).toEqual(['whole-0']);

      const quota = await plane.api.get<KubeObject & { status: { used: Record<string, string> } }>({
        apiVersion: 'v1',
        kind: 'ResourceQuota',
        name: 'gpus',
        namespace: 'chat',
      });
      expect(quota?.status.used).toEqual({ 'requests.nvidia.com/gpu': '4', 'requests.nvidia.com/mig-1g.10gb': '14' });

      // Each plugin on its own nodes, and one on every node.
      const plugins = await plane.api.waitFor('a plugin on every node', async () => {
        const found = await plane.api.list<Pod>('v1', 'Pod', { namespace: 'gpu-resources' });
        return found.filter((pod) => hasCondition(pod, 'Ready')).length === 4 ? found : undefined;
      });
      expect(plugins.map((pod) => `${instanceOf(pod)} on ${pod.spec.nodeName}`).sort()).toEqual([
        'nvidia-device-plugin on whole-0',
        'nvidia-device-plugin-mig-mixed on mixed-0',
        'nvidia-device-plugin-mig-mixed on mixed-1',
        'nvidia-device-plugin-mig-single on single-0',
      ]);

      // A node of the pool that nobody has cut yet offers nothing to a pod that asks for an instance.
      const [uncut] = nodesOf({ ...mixed, name: 'uncut', profile: whole.profile }, 1);
      await addNodes(plane.api, uncut ? [uncut] : []);
      await plane.api.patch(
        { apiVersion: 'apps/v1', kind: 'Deployment', name: 'many', namespace: 'chat' },
        { spec: { replicas: 15 } },
      );
      const waiting = await plane.api.waitFor('one pod more to wait', async () =>
        (await podsOf(plane.api, 'chat', 'many')).find((pod) => unschedulable(pod) !== undefined),
      );
      expect(unschedulable(waiting)).toMatch(/Insufficient nvidia\.com\/mig-1g\.10gb/);
    });
  });
});
