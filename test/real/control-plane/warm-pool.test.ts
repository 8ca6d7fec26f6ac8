/** What warm nodes are for, on the real scheduler: a replica takes the place of a placeholder, at once. */
import {
  type CapacityBufferVersion,
  GpuInferenceService,
  type GpuNodePoolPlan,
  InferenceNamespace,
  PriorityClasses,
  planGpuNodePool,
  planPlatform,
  WarmPool,
} from '../../../lib';
import { applyAll, objections } from '../support/admit';
import { ControlPlane } from '../support/control-plane';
import { installCrds } from '../support/crds';
import { addNodes } from '../support/nodes';
import { hasCondition, type KubeObject, type Pod } from '../support/objects';
import { draw, nodesOf, podsOf, readyPods, unschedulable } from './cluster';

jest.setTimeout(180_000);

const ownership = { owner: 'on-call', team: 'chat', costCentre: 'cc-1', environment: 'test' };
const platform = planPlatform({ cloud: 'aks', kubernetes: '1.36', region: 'westeurope' });

const NODES = 6;
const REPLICAS = 3;
const WARM = 2;

const pool: GpuNodePoolPlan = planGpuNodePool({
  name: 'a100',
  purpose: 'inference',
  platform,
  machine: 'Standard_NC24ads_A100_v4',
  minNodes: NODES,
  maxNodes: NODES,
  ownership,
  taints: [{ key: 'example.com/reserved', value: 'chat', effect: 'NoSchedule' }],
});

const CACHE = `registry.example.com/chat/compile-cache:1.0.0@sha256:${'c'.repeat(64)}`;

const objects: readonly KubeObject[] = draw((chart) => {
  new PriorityClasses(chart, 'priorities');
  new InferenceNamespace(chart, 'chat', { ownership, platform, gpuQuota: 2 * NODES + 2 * WARM });
  const warmCapacity = new WarmPool(chart, 'warm', { ownership, warmNodes: WARM });
  new GpuInferenceService(chart, 'llm', {
    namespace: 'chat',
    ownership,
    pool,
    model: { catalogue: 'qwen3-8b' },
    gateway: { namespace: 'gateway' },
    replicas: REPLICAS,
    compileCache: { image: CACHE },
    warmCapacity,
  });
});

/** The service as a scaler leaves it in a spike. */
function grown(object: KubeObject): KubeObject {
  const { kind, metadata, spec } = object;
  if (kind !== 'Deployment' || metadata.name !== 'llm') return object;
  return { ...object, spec: { ...(spec as object), replicas: REPLICAS + WARM } };
}

/** A buffer in the version of its platform; the nodes and the service are the same. */
function buffered(capacityBuffers: CapacityBufferVersion): readonly KubeObject[] {
  const on = {
    ...pool,
    platform: planPlatform({ cloud: 'aks', kubernetes: '1.36', region: 'westeurope', capacityBuffers }),
  };
  return draw((chart) => {
    new PriorityClasses(chart, 'priorities');
    new InferenceNamespace(chart, 'chat', { ownership, platform: on.platform });
    const warmCapacity = new WarmPool(chart, 'warm', { ownership, warmNodes: WARM, backend: 'capacityBuffer' });
    const model = { catalogue: 'qwen3-8b' } as const;
    const gateway = { namespace: 'gateway' };
    new GpuInferenceService(chart, 'llm', { namespace: 'chat', ownership, pool: on, model, gateway, warmCapacity });
  });
}

const nodeOf = ({ spec }: Pod) => spec.nodeName;

/** Images of init containers that the API server kept, and that have run. */
const imagesBefore = ({ status }: Pod) =>
  (status?.['initContainerStatuses'] as readonly { readonly image: string }[] | undefined)?.map(({ image }) => image);

describe('warm nodes on a real control plane', () => {
  let plane: ControlPlane;
  afterEach(() => plane?.stop());

  const placeholders = () => podsOf(plane.api, 'chat', 'warm-llm');

  it('are held by placeholders, taken by replicas at once, and asked for again', async () => {
    plane = await ControlPlane.start({ stages: { podReadyDelayMs: 0 } });
    // One node short of what the pool may reach, so that replicas have to take warm ones.
    await addNodes(plane.api, nodesOf(pool, REPLICAS + WARM));
    await plane.withLogs(async () => {
      expect(objections(await applyAll(plane.api, objects))).toEqual([]);
      const before = await readyPods(plane.api, 'chat', 'llm', REPLICAS);
      const held = await readyPods(plane.api, 'chat', 'warm-llm', WARM);
      expect(new Set([...before, ...held].map(nodeOf)).size).toBe(REPLICAS + WARM);
      const images = await readyPods(plane.api, 'chat', 'warm-images', REPLICAS + WARM);
      expect(new Set(images.map(nodeOf)).size).toBe(REPLICAS + WARM);
      for (const pod of before) expect(imagesBefore(pod)).toEqual([CACHE]);
      for (const pod of images) expect(imagesBefore(pod)).toEqual([expect.stringContaining('/vllm-openai:'), CACHE]);

      await applyAll(plane.api, objects.map(grown));
      const after = await readyPods(plane.api, 'chat', 'llm', REPLICAS + WARM);
      const fresh = after.filter(({ metadata }) => !before.some((pod) => pod.metadata.name === metadata.name));
      expect(new Set(fresh.map(nodeOf))).toEqual(new Set(held.map(nodeOf)));

      const waiting = await plane.api.waitFor('placeholders to ask for new machines', async () => {
        const pods = (await placeholders()).filter((pod) => unschedulable(pod) !== undefined);
        return pods.length === WARM ? pods : undefined;
      });
      for (const pod of waiting) expect(unschedulable(pod)).toMatch(/Insufficient nvidia\.com\/gpu/);
      const kept = await readyPods(plane.api, 'chat', 'llm', REPLICAS + WARM);
      expect(kept.map(({ metadata }) => metadata.name).sort()).toEqual(
        after.map(({ metadata }) => metadata.name).sort(),
      );

      // The machine that the autoscaler brings for one of them.
      const newest = nodesOf(pool, NODES).at(-1);
      if (newest === undefined) throw new Error('there is no further node');
      await addNodes(plane.api, [newest]);
      const [again] = await readyPods(plane.api, 'chat', 'warm-llm', 1);
      expect(again && nodeOf(again)).toBe(newest.metadata.name);
      expect(again && hasCondition(again, 'Ready')).toBe(true);
    });
  });

  it.each([
    ['v1beta1', []],
    // Deprecated where both are served; Karpenter serves no other.
    ['v1alpha1', [{ name: 'CapacityBuffer chat/warm-llm', warnings: [expect.stringContaining('is deprecated')] }]],
  ] as const)('are admitted as a CapacityBuffer of %s with its template', async (version, said) => {
    plane = await ControlPlane.start();
    await installCrds(plane.api);
    await plane.withLogs(async () => {
      expect(objections(await applyAll(plane.api, buffered(version)))).toEqual(said);
      const ref = {
        apiVersion: `autoscaling.x-k8s.io/${version}`,
        kind: 'CapacityBuffer',
        name: 'warm-llm',
        namespace: 'chat',
      };
      expect((await plane.api.get(ref))?.spec).toMatchObject({
        podTemplateRef: { name: 'warm-llm' },
        replicas: WARM,
      });
      const template = { apiVersion: 'v1', kind: 'PodTemplate', name: 'warm-llm', namespace: 'chat' };
      expect(await plane.api.get(template)).toMatchObject({
        template: { spec: { priorityClassName: 'warmpath-placeholder', terminationGracePeriodSeconds: 0 } },
      });
    });
  });
});
