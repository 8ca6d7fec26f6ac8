/** The emitted NodePool in the hands of a real Karpenter: pods of the emitted service get the nodes of the plan. */
import {
  GpuInferenceService,
  InferenceNamespace,
  NodeAutoscaling,
  PriorityClasses,
  planGpuNodePool,
  planPlatform,
  WarmPool,
} from '../../../lib';
import { draw, podsOf, readyPods, unschedulable } from '../control-plane/cluster';
import { applyAll, objections } from '../support/admit';
import { ControlPlane } from '../support/control-plane';
import { type InstanceType, nodeClaims, startKarpenter } from '../support/karpenter';
import type { KubeObject, Node } from '../support/objects';

jest.setTimeout(300_000);

const ownership = { owner: 'on-call', team: 'chat', costCentre: 'cc-1', environment: 'test' };

const platform = planPlatform({
  cloud: 'aks',
  kubernetes: '1.36',
  region: 'westeurope',
  nodeAutoscaler: 'karpenter',
});

const REPLICAS = 2;
const WARM = 1;

const pool = planGpuNodePool({
  name: 'a100',
  purpose: 'inference',
  platform,
  machine: 'Standard_NC24ads_A100_v4',
  minNodes: 0,
  maxNodes: REPLICAS + WARM,
  ownership,
  zones: ['1', '2'],
});

/** A machine of the plan, as a pod sees it. */
function machine(name: string, price: number): InstanceType {
  const { allocatableCpuMillis, allocatableMemoryBytes, allocatableDiskBytes, maxPods } = pool.capacity;
  return {
    name,
    price,
    zones: ['westeurope-1', 'westeurope-2', 'westeurope-3'],
    resources: {
      cpu: `${allocatableCpuMillis}m`,
      memory: String(allocatableMemoryBytes),
      'ephemeral-storage': String(allocatableDiskBytes),
      pods: String(maxPods),
      'nvidia.com/gpu': '1',
    },
  };
}

const CLASS: KubeObject = {
  apiVersion: 'karpenter.kwok.sh/v1alpha1',
  kind: 'KWOKNodeClass',
  metadata: { name: 'kwok' },
  spec: { nodeRegistrationDelay: '1s' },
};

const objects: readonly KubeObject[] = draw((chart) => {
  const nodeClass = { group: 'karpenter.kwok.sh', kind: 'KWOKNodeClass', name: 'kwok' };
  new NodeAutoscaling(chart, 'node-autoscaling', { pools: [pool], nodeClass });
  new PriorityClasses(chart, 'priorities');
  new InferenceNamespace(chart, 'chat', { ownership, platform, gpuQuota: 20 });
  const warmCapacity = new WarmPool(chart, 'warm', { ownership, warmNodes: WARM });
  new GpuInferenceService(chart, 'llm', {
    namespace: 'chat',
    ownership,
    pool,
    model: { catalogue: 'qwen3-8b' },
    gateway: { namespace: 'gateway' },
    disruption: { minAvailable: 1 },
    replicas: REPLICAS,
    warmCapacity,
  });
});

/** The service as a scaler leaves it in a spike. */
function grown(object: KubeObject): KubeObject {
  if (object.kind !== 'Deployment' || object.metadata.name !== 'llm') return object;
  return { ...object, spec: { ...(object.spec as object), replicas: REPLICAS + WARM } };
}

describe('an emitted NodePool', () => {
  let plane: ControlPlane;
  afterAll(() => plane?.stop());

  it('brings pods of the service, and placeholders, the nodes of the plan and no more of them', async () => {
    plane = await ControlPlane.start({ stages: { podReadyDelayMs: 0 } });
    await plane.withLogs(async () => {
      // A cheaper machine with the same GPU is no machine of the plan.
      await startKarpenter(plane, { instanceTypes: [machine(pool.profile.machineType, 2), machine('cheaper', 1)] });
      expect(objections(await applyAll(plane.api, [CLASS, ...objects]))).toEqual([]);
      const replicas = await readyPods(plane.api, 'chat', 'llm', REPLICAS);
      const held = await readyPods(plane.api, 'chat', 'warm-llm', WARM);
      const nodes = await plane.api.list<Node>('v1', 'Node');
      expect(nodes.map(({ metadata }) => metadata.name).sort()).toEqual(
        [...replicas, ...held].map(({ spec }) => spec.nodeName).sort(),
      );
      for (const { metadata, spec } of nodes) {
        expect(metadata.labels).toMatchObject({
          ...pool.labels,
          'node.kubernetes.io/instance-type': pool.profile.machineType,
          'topology.kubernetes.io/zone': expect.stringMatching(/^westeurope-[12]$/),
        });
        expect(spec?.taints).toEqual(expect.arrayContaining([...pool.taints]));
      }

      // One replica takes the place of the placeholder; for that and one more there is no room in the plan.
      await applyAll(plane.api, objects.map(grown));
      await readyPods(plane.api, 'chat', 'llm', REPLICAS + WARM);
      await plane.api.waitFor('the placeholder to wait in vain', async () =>
        (await podsOf(plane.api, 'chat', 'warm-llm')).find((pod) => unschedulable(pod) !== undefined),
      );
      expect(await nodeClaims(plane.api)).toHaveLength(pool.maxNodes);
    });
  });
});
