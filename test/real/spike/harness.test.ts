import { PRIORITY_LADDER } from '../../../lib/domain/priority-ladder';
import { nodeClaims } from '../support/karpenter';
import { readyScaledObject } from '../support/keda';
import { READY_DELAY } from '../support/kwok-stages';
import { type Condition, hasCondition, type KubeObject, type Node, type Pod } from '../support/objects';
import { SpikeLab } from './lab';
import { Timeline } from './timeline';

jest.setTimeout(300_000);

const NAMESPACE = 'chat';
const QUERY = 'sum(queued_requests{service="llm"})';
const GPU = { key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' } as const;
const MACHINE = {
  name: 'one-gpu',
  resources: { cpu: '8', memory: '32Gi', 'ephemeral-storage': '100Gi', pods: '30', 'nvidia.com/gpu': '1' },
};
const POOL = { name: 'gpu', instanceTypes: [MACHINE.name], taints: [GPU], nodeRegistrationDelaySeconds: 5 } as const;
/** What image, weights, load and warm-up take together. */
const COLD_START_SECONDS = 3;

const rungs = [PRIORITY_LADDER.inference, PRIORITY_LADDER.placeholder];
const CLASSES = rungs.map(
  ({ name, value, preemptionPolicy }): KubeObject => ({
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name },
    value,
    preemptionPolicy,
  }),
);

/** Pods with one GPU each. */
function deployment(name: string, replicas: number, priorityClassName: string, delaySeconds: number): KubeObject {
  const labels = { 'app.kubernetes.io/name': name };
  const resources = { requests: { cpu: '1', memory: '1Gi' }, limits: { 'nvidia.com/gpu': '1' } };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: NAMESPACE },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels, annotations: { [READY_DELAY]: `${delaySeconds}s` } },
        spec: {
          priorityClassName,
          terminationGracePeriodSeconds: 0,
          tolerations: [{ ...GPU, operator: 'Equal' }],
          containers: [{ name: 'main', image: 'registry.example.com/main:1', resources }],
        },
      },
    },
  };
}

const scaledObject = (serverAddress: string): KubeObject => ({
  apiVersion: 'keda.sh/v1alpha1',
  kind: 'ScaledObject',
  metadata: { name: 'llm', namespace: NAMESPACE },
  spec: {
    scaleTargetRef: { name: 'llm' },
    minReplicaCount: 2,
    maxReplicaCount: 6,
    pollingInterval: 1,
    triggers: [
      { type: 'prometheus', metricType: 'AverageValue', metadata: { serverAddress, query: QUERY, threshold: '5' } },
    ],
  },
});

/** When a condition became what it is, in whole seconds. */
function secondOf(pod: Pod, type: string): number {
  const found = pod.status?.conditions?.find((condition) => condition.type === type);
  return second((found as (Condition & { lastTransitionTime?: string }) | undefined)?.lastTransitionTime);
}

const second = (time: string | undefined): number => Math.floor(Date.parse(time ?? '') / 1000);

describe('a spike on the real control plane', () => {
  let lab: SpikeLab;
  const podsOf = async (name: string): Promise<readonly Pod[]> => {
    const labelSelector = `app.kubernetes.io/name=${name}`;
    const pods = await lab.api.list<Pod>('v1', 'Pod', { namespace: NAMESPACE, labelSelector });
    return pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  };
  const readyPods = (name: string, count: number): Promise<readonly Pod[]> =>
    lab.api.waitFor(
      `${count} ready pods of ${name}`,
      async () => {
        const pods = await podsOf(name);
        if (pods.length === count && pods.every((pod) => hasCondition(pod, 'Ready'))) return pods;
        throw new Error(JSON.stringify(pods.map(({ metadata, status }) => [metadata.name, status?.conditions])));
      },
      90_000,
    );
  const nodesOf = (pods: readonly Pod[]): readonly string[] => pods.map(({ spec }) => spec.nodeName ?? '').sort();

  beforeAll(async () => {
    lab = await SpikeLab.start({ instanceTypes: [MACHINE], pools: [POOL], answer: () => 10 });
    await lab.apply([
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } },
      ...CLASSES,
      deployment('llm', 2, PRIORITY_LADDER.inference.name, COLD_START_SECONDS),
      deployment('warm', 2, PRIORITY_LADDER.placeholder.name, 0),
    ]);
  });

  afterAll(() => lab?.stop());

  it('brings a tainted node for each waiting GPU pod, and not before the delay of its machine', async () => {
    await lab.plane.withLogs(async () => {
      const pods = [...(await readyPods('llm', 2)), ...(await readyPods('warm', 2))];
      expect(new Set(nodesOf(pods)).size).toBe(4);
      const nodes = await lab.api.list<Node>('v1', 'Node');
      const claims = await nodeClaims(lab.api);
      for (const name of nodesOf(pods)) {
        const node = nodes.find(({ metadata }) => metadata.name === name);
        expect(node?.spec?.taints).toContainEqual(GPU);
        const claim = claims.find(({ status }) => status?.nodeName === name);
        // One clock and a delay between the two: this holds on a machine of any speed.
        const ordered = second(claim?.metadata.creationTimestamp);
        expect(second(node?.metadata.creationTimestamp) - ordered).toBeGreaterThanOrEqual(
          POOL.nodeRegistrationDelaySeconds,
        );
      }
    });
  });

  it('scales by what Prometheus answers to KEDA, and takes the nodes of placeholders first', async () => {
    await lab.plane.withLogs(async () => {
      const [before, placeholders] = [await readyPods('llm', 2), await readyPods('warm', 2)];
      await lab.apply([scaledObject(lab.prometheus.url)]);
      await readyScaledObject(lab.api, NAMESPACE, 'llm');
      expect(new Set(lab.prometheus.queries.map(({ query }) => query))).toEqual(new Set([QUERY]));

      const timeline = await Timeline.start(lab.api, NAMESPACE, ['llm', 'warm']);
      lab.answer = () => 30;
      const pods = await readyPods('llm', 6);
      const uids = pods.map(({ metadata }) => metadata.uid);
      for (const { metadata } of before) expect(uids).toContain(metadata.uid);
      expect(nodesOf(pods)).toEqual(expect.arrayContaining([...nodesOf(placeholders)]));
      // The first to run are those that found a warm node.
      const added = pods.filter(({ metadata }) => !before.some((pod) => pod.metadata.uid === metadata.uid));
      const byPlace = [...added].sort((a, b) => secondOf(a, 'PodScheduled') - secondOf(b, 'PodScheduled'));
      expect(nodesOf(byPlace.slice(0, 2))).toEqual(nodesOf(placeholders));
      for (const pod of pods) {
        expect(secondOf(pod, 'Ready') - secondOf(pod, 'PodScheduled')).toBeGreaterThanOrEqual(COLD_START_SECONDS);
      }

      const back = await readyPods('warm', 2);
      const gone = placeholders.map(({ metadata }) => metadata.uid);
      expect(back.filter(({ metadata }) => gone.includes(metadata.uid))).toEqual([]);

      await lab.api.waitFor('the timeline to end', async () => timeline.latest.workloads.warm?.ready === 2);
      const [first] = await timeline.stop();
      expect(first?.workloads.llm).toEqual({ desired: 2, pods: 2, placed: 2, ready: 2 });
      expect(timeline.latest.workloads.llm).toEqual({ desired: 6, pods: 6, placed: 6, ready: 6 });
      // The warm nodes serve while the machines of the others are still on their way.
      const [fourth, sixth] = [timeline.firstReady('llm', 4), timeline.firstReady('llm', 6)];
      expect(fourth).toBeLessThan(sixth ?? 0);
    });
  });
});
