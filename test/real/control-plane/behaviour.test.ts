import { Duration } from 'cdk8s';
import { parse } from 'yaml';
import {
  GpuInferenceService,
  type GpuInferenceServiceProps,
  type GpuNodePoolPlan,
  GpuOperatorValues,
  GpuTrainingJob,
  InferenceNamespace,
  PriorityClasses,
  planGpuNodePool,
  planPlatform,
  SecretSource,
} from '../../../lib';
import { applyAll, objections } from '../support/admit';
import { ControlPlane } from '../support/control-plane';
import { DELETE_DELAY } from '../support/kwok-stages';
import { addNodes } from '../support/nodes';
import { type Deployment, hasCondition, type KubeObject, type Pod } from '../support/objects';
import { disksFor, draw, nodesOf, podsOf, readyPods, unschedulable } from './cluster';

jest.setTimeout(180_000);

const ownership = { owner: 'on-call', team: 'chat', costCentre: 'cc-1', environment: 'test' };
const platform = planPlatform({ cloud: 'aks', kubernetes: '1.36', region: 'westeurope' });

const OCI_MODEL = { catalogue: 'qwen3-8b', uri: `oci://models.example.com/qwen3@sha256:${'a'.repeat(64)}` } as const;

const OPTIONS: Partial<GpuInferenceServiceProps> = {
  secretEnv: { VLLM_API_KEY: { secretName: 'api', key: 'key' } },
  imagePullSecrets: ['mirror'],
  secrets: {
    api: SecretSource.kubernetes({ madeBy: 'whoever runs this test' }),
    mirror: SecretSource.kubernetes({ madeBy: 'whoever runs this test' }),
  },
  serviceAccountAnnotations: { 'azure.workload.identity/client-id': '00000000-0000-0000-0000-000000000000' },
  podAnnotations: { 'example.com/note': 'here' },
  spread: 'required',
  scraper: { namespace: 'monitoring' },
};

function pool(nodes: number): GpuNodePoolPlan {
  const machine = 'Standard_NC24ads_A100_v4';
  return planGpuNodePool({
    name: 'a100',
    purpose: 'inference',
    platform,
    machine,
    minNodes: nodes,
    maxNodes: nodes,
    ownership,
  });
}

/** Everything that one service needs, on one pool. */
function serviceOn(plan: GpuNodePoolPlan, props: Partial<GpuInferenceServiceProps> = {}): readonly KubeObject[] {
  return draw((chart) => {
    new PriorityClasses(chart, 'priorities');
    new InferenceNamespace(chart, 'chat', { ownership, platform });
    new GpuInferenceService(chart, 'llm', {
      namespace: 'chat',
      ownership,
      pool: plan,
      model: { catalogue: 'qwen3-8b' },
      gateway: { namespace: 'gateway' },
      ...props,
    });
  });
}

async function apply(plane: ControlPlane, objects: readonly KubeObject[]): Promise<void> {
  expect(objections(await applyAll(plane.api, objects))).toEqual([]);
}

const deploymentOf = (plane: ControlPlane) =>
  plane.api.get<Deployment>({ apiVersion: 'apps/v1', kind: 'Deployment', name: 'llm', namespace: 'chat' });

/** Pods that take a while to end, as servers that finish their requests do. */
const SLOW_END: Partial<GpuInferenceServiceProps> = { podAnnotations: { [DELETE_DELAY]: '5s' } };

/** Whether a controller was refused a pod, by quota or otherwise. */
async function refusedPods(plane: ControlPlane): Promise<readonly string[]> {
  const sets = await plane.api.list<Deployment>('apps/v1', 'ReplicaSet', { namespace: 'chat' });
  const conditions = sets.flatMap(({ status }) => status?.conditions ?? []);
  return conditions.filter(({ type }) => type === 'ReplicaFailure').map(({ message }) => message ?? '');
}

/** Whether every replica is of the newest template and available. */
function rolledOut({ metadata, spec, status }: Deployment): boolean {
  return (
    status?.observedGeneration === metadata.generation &&
    status?.updatedReplicas === spec.replicas &&
    status?.availableReplicas === spec.replicas &&
    status?.replicas === spec.replicas
  );
}

describe('an emitted service on a real control plane', () => {
  let plane: ControlPlane;

  const start = async (plan: GpuNodePoolPlan, podReadyDelayMs = 0) => {
    plane = await ControlPlane.start({ stages: { podReadyDelayMs } });
    await addNodes(plane.api, nodesOf(plan));
  };

  afterEach(() => plane?.stop());

  it('refuses the second eviction until the replacement of the first is ready', async () => {
    const plan = pool(4);
    await start(plan, 3_000);
    await plane.withLogs(async () => {
      await apply(plane, serviceOn(plan, { replicas: 3, ...SLOW_END }));
      const [first, second] = await readyPods(plane.api, 'chat', 'llm', 3);
      const evict = (pod: Pod | undefined) => plane.api.evict('chat', pod?.metadata.name ?? '');
      // The controller has to have counted the pods before it allows anything.
      await plane.api.waitFor(
        'the first eviction to be allowed',
        async () => (await evict(first)).status === 201 || undefined,
      );
      const refused = await evict(second);
      expect(refused.status).toBe(429);
      expect(JSON.stringify(refused.body)).toMatch(/disruption budget/);
      expect(await podsOf(plane.api, 'chat', 'llm').then((pods) => pods.map((p) => p.metadata.name))).toContain(
        second?.metadata.name,
      );

      await readyPods(plane.api, 'chat', 'llm', 3);
      const allowed = await plane.api.waitFor('the second eviction to be allowed', async () =>
        (await evict(second)).status === 201 ? 'allowed' : undefined,
      );
      expect(allowed).toBe('allowed');
    });
  });

  it('pushes a training job out when it needs the GPUs, and the job does not count that as a failure', async () => {
    const plan = pool(3);
    await start(plan);
    await plane.withLogs(async () => {
      const service = serviceOn(plan, { replicas: 3 });
      const job = draw((chart) => {
        new GpuTrainingJob(chart, 'finetune', {
          namespace: 'chat',
          ownership,
          pool: plan,
          image: 'pytorch/pytorch:2.9.1-cuda13.0-cudnn9-runtime',
          command: ['torchrun', 'train.py'],
          activeDeadline: Duration.hours(1),
          backoffLimit: 0,
          checkpoints: { sizeGiB: 64, storageClassName: 'managed-csi-premium' },
        });
      });
      const cluster = service.filter(({ kind }) => kind === 'PriorityClass' || kind === 'Namespace');
      await apply(plane, cluster);
      await apply(plane, disksFor(job));
      await apply(plane, job);
      const [trainer] = await readyPods(plane.api, 'chat', 'finetune', 1);
      expect(trainer?.spec.priority).toBe(100_000);

      await apply(plane, service);
      const served = await readyPods(plane.api, 'chat', 'llm', 3);
      expect(new Set(served.map(({ spec }) => spec.nodeName)).size).toBe(3);
      expect(served.map(({ spec }) => spec.nodeName)).toContain(trainer?.spec.nodeName);

      // The job wants its pod back and waits; with backoffLimit 0 a counted failure would have ended it.
      const replacement = await plane.api.waitFor('the job to wait for a GPU', async () =>
        (await podsOf(plane.api, 'chat', 'finetune')).find((pod) => unschedulable(pod) !== undefined),
      );
      expect(replacement.metadata.name).not.toBe(trainer?.metadata.name);
      const found = await plane.api.get<KubeObject & { status: { failed?: number; conditions?: { type: string }[] } }>({
        apiVersion: 'batch/v1',
        kind: 'Job',
        name: 'finetune',
        namespace: 'chat',
      });
      expect(found?.status.conditions?.map(({ type }) => type) ?? []).not.toContain('Failed');
    });
  });

  it('finishes a rolling update on a full pool, which a surge would block', async () => {
    const plan = pool(3);
    await start(plan, 500);
    await plane.withLogs(async () => {
      await apply(plane, serviceOn(plan, { replicas: 3, ...SLOW_END }));
      await readyPods(plane.api, 'chat', 'llm', 3);

      const next = serviceOn(plan, { replicas: 3, drain: Duration.seconds(30), ...SLOW_END });
      const strategy = next.find(({ kind }) => kind === 'Deployment')?.spec as { strategy: object };
      expect(strategy.strategy).toEqual({ type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } });
      await apply(plane, next);
      const done = await plane.api.waitFor(
        'the rolling update to finish',
        async () => {
          const deployment = await deploymentOf(plane);
          return deployment && rolledOut(deployment) ? deployment : undefined;
        },
        60_000,
      );
      expect(done.status?.availableReplicas).toBe(3);
      expect(await refusedPods(plane)).toEqual([]);

      // The other way round: the same update with a surge waits for a GPU that never comes.
      const surge = { spec: { strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } } };
      await plane.api.patch({ apiVersion: 'apps/v1', kind: 'Deployment', name: 'llm', namespace: 'chat' }, surge);
      await plane.api.patch(
        { apiVersion: 'apps/v1', kind: 'Deployment', name: 'llm', namespace: 'chat' },
        { spec: { template: { metadata: { annotations: { again: 'true' } } } } },
      );
      const stuck = await plane.api.waitFor('the surge pod to be refused', async () =>
        (await podsOf(plane.api, 'chat', 'llm')).find((pod) => unschedulable(pod) !== undefined),
      );
      expect(unschedulable(stuck)).toMatch(/Insufficient nvidia\.com\/gpu/);
      const deployment = await deploymentOf(plane);
      expect(deployment && rolledOut(deployment)).toBe(false);
    });
  });

  it('surges where a GPU is free, and never falls below its replicas', async () => {
    const plan = pool(4);
    await start(plan, 500);
    await plane.withLogs(async () => {
      await apply(plane, serviceOn(plan, { replicas: 3, ...SLOW_END }));
      await readyPods(plane.api, 'chat', 'llm', 3);
      await apply(plane, serviceOn(plan, { replicas: 3, drain: Duration.seconds(30), ...SLOW_END }));
      let fewest = 3;
      const refused = new Set<string>();
      await plane.api.waitFor(
        'the rolling update to finish',
        async () => {
          const ready = (await podsOf(plane.api, 'chat', 'llm')).filter((pod) => hasCondition(pod, 'Ready')).length;
          fewest = Math.min(fewest, ready);
          for (const message of await refusedPods(plane)) refused.add(message);
          const deployment = await deploymentOf(plane);
          return deployment && rolledOut(deployment) ? deployment : undefined;
        },
        60_000,
      );
      expect(fewest).toBe(3);
      // Pods that are ending count against the quota.
      expect([...refused]).toEqual([]);
    });
  });

  it.each<[string, Partial<GpuInferenceServiceProps>]>([
    ['Triton', { runtime: { kind: 'triton' } }],
    ['SGLang as a user that somebody tested', { runtime: { kind: 'sglang', runAsUser: 1000 } }],
    ['TorchServe with an OCI model', { runtime: { kind: 'torchserve' }, model: OCI_MODEL }],
    ['vLLM with an OCI model, which the generated types do not know', { model: OCI_MODEL }],
    ['vLLM with secrets, own annotations and a required spread', OPTIONS],
  ])('admits %s without a warning, and runs it', async (_, props) => {
    const plan = pool(3);
    await start(plan);
    await plane.withLogs(async () => {
      await apply(plane, serviceOn(plan, { replicas: 3, ...props }));
      const pods = await readyPods(plane.api, 'chat', 'llm', 3);
      expect(pods).toHaveLength(3);
    });
  });

  it('admits what IKS 1.36 needs for its GPUs: a privileged namespace and the values of the GPU Operator', async () => {
    await start(pool(1));
    await plane.withLogs(async () => {
      const iks = planPlatform({ cloud: 'iks', kubernetes: '1.36', region: 'us-south' });
      const machine = 'gx3.24x120.l40s';
      const l40s = planGpuNodePool({
        name: 'l40s',
        purpose: 'inference',
        platform: iks,
        machine,
        minNodes: 3,
        maxNodes: 3,
        ownership,
      });
      await apply(
        plane,
        draw((chart) => {
          new GpuOperatorValues(chart, 'operator', { pools: [l40s], ownership });
        }),
      );
      const stored = await plane.api.get<KubeObject & { data: Record<string, string> }>({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        name: 'gpu-operator-values',
        namespace: 'gpu-operator',
      });
      const values = parse(stored?.data['values.yaml'] ?? '') as { daemonsets: { tolerations: unknown } };
      expect(values.daemonsets.tolerations).toEqual(l40s.tolerations);
    });
  });

  it('stores the fields that are newer than the generated types', async () => {
    const plan = pool(3);
    await start(plan);
    await plane.withLogs(async () => {
      await apply(plane, serviceOn(plan, { replicas: 3, model: OCI_MODEL }));
      const [pod] = await readyPods(plane.api, 'chat', 'llm', 3);
      const { containers, volumes } = (pod?.spec ?? {}) as unknown as {
        containers: [{ lifecycle: object; resources: { limits: Record<string, string> } }];
        volumes: { name: string; image?: object }[];
      };
      expect(containers[0].lifecycle).toEqual({ preStop: { sleep: { seconds: 15 } } });
      expect(containers[0].resources.limits['nvidia.com/gpu']).toBe('1');
      expect(volumes.find(({ name }) => name === 'weights')?.image).toEqual({
        reference: `models.example.com/qwen3@sha256:${'a'.repeat(64)}`,
        pullPolicy: 'IfNotPresent',
      });
    });
  });

  it('holds no more GPUs in its namespace than the quota that was computed', async () => {
    const plan = pool(4);
    await start(plan);
    await plane.withLogs(async () => {
      await apply(plane, serviceOn(plan, { replicas: 3 }));
      await readyPods(plane.api, 'chat', 'llm', 3);
      await plane.api.patch(
        { apiVersion: 'apps/v1', kind: 'Deployment', name: 'llm', namespace: 'chat' },
        { spec: { replicas: 9 } },
      );
      const [refused] = await plane.api.waitFor('the quota to refuse a pod', async () => {
        const messages = await refusedPods(plane);
        return messages.length === 0 ? undefined : messages;
      });
      expect(refused).toMatch(/exceeded quota: gpus/);
      expect(await podsOf(plane.api, 'chat', 'llm')).toHaveLength(6);
    });
  });
});
