/** The policies that are compared, each as the manifests that a cluster would get. */
import { DEFAULT_BEHAVIOUR, type ServingCapacity } from '../../lib/domain';
import type { Verdict } from '../../lib/sim/judge';
import type { Foresight, SimulatedPolicy } from '../../lib/sim/policy';
import { policyOf } from '../../lib/sim/policy-of-manifests';
import type { RequestStream } from '../../lib/sim/simulate';
import { countsPerSecond } from '../../lib/traces';

/** Arrivals of every second. */
export const perSecond = (requests: RequestStream): Float64Array => countsPerSecond(requests).counts;

/** The busiest minute, requests per second. */
export function busiestMinute(counts: Float64Array): number {
  let within = 0;
  let most = 0;
  for (const [second, count] of counts.entries()) {
    within += count - (second >= 60 ? (counts[second - 60] ?? 0) : 0);
    if (within > most) most = within;
  }
  return most / 60;
}

/** What a trigger of a hand-made ScaledObject looks at. */
const QUERIES = {
  waiting: 'sum(vllm:num_requests_waiting{namespace="bench"})',
  inFlight: 'sum(vllm:num_requests_running{namespace="bench"}) + sum(vllm:num_requests_waiting{namespace="bench"})',
  gpu: 'sum(DCGM_FI_DEV_GPU_UTIL{namespace="bench"})',
} as const;

export interface HandMade {
  readonly trigger: keyof typeof QUERIES;
  readonly threshold: number;
  readonly minReplicas: number;
  readonly maxReplicas: number;
}

/** A Deployment and its ScaledObject, with what KEDA and Kubernetes do where nothing is said. */
export function handMade({ trigger, threshold, minReplicas, maxReplicas }: HandMade): SimulatedPolicy {
  const metadata = { name: 'model', namespace: 'bench' };
  const manifests = [
    { kind: 'Deployment', metadata, spec: { template: { spec: { containers: [] } } } },
    // The image is on every node for everybody: what is compared is the scaling.
    { kind: 'DaemonSet', metadata: { ...metadata, labels: { 'app.kubernetes.io/component': 'image-prefetch' } } },
    {
      kind: 'ScaledObject',
      metadata,
      spec: {
        scaleTargetRef: { name: 'model' },
        minReplicaCount: minReplicas,
        maxReplicaCount: maxReplicas,
        triggers: [{ type: 'prometheus', metadata: { query: QUERIES[trigger], threshold: String(threshold) } }],
      },
    },
  ];
  return policyOf(manifests, { namespace: 'bench', deployment: 'model' });
}

/** So many replicas all the time. */
export function fixed(replicas: number): SimulatedPolicy {
  return {
    minReplicas: replicas,
    maxReplicas: replicas,
    triggers: [],
    behaviour: DEFAULT_BEHAVIOUR,
    placeholders: 0,
    imagePrefetched: true,
  };
}

/** Thresholds of the grid: requests that wait, and shares of the requests in flight at capacity. */
const WAITING = [1, 2, 5, 10, 20, 50];
const IN_FLIGHT = [0.4, 0.6, 0.8, 1];

/** What a careful team tries: a trigger, a threshold, one or two replicas above the mean, and a cap. */
export function grid(capacity: ServingCapacity, known: Float64Array): readonly HandMade[] {
  const mean = known.reduce((sum, count) => sum + count, 0) / known.length;
  const base = Math.max(1, Math.ceil(mean / capacity.requestsPerSecond));
  const maxReplicas = Math.ceil((1.25 * busiestMinute(known)) / capacity.requestsPerSecond) + 1;
  return [base, base + 1, base + 2].flatMap((minReplicas) => {
    const bounds = { minReplicas, maxReplicas: Math.max(minReplicas, maxReplicas) };
    return [
      ...WAITING.map((threshold) => ({ trigger: 'waiting' as const, threshold, ...bounds })),
      ...IN_FLIGHT.map((share) => ({ trigger: 'inFlight' as const, threshold: share * capacity.inFlight, ...bounds })),
    ];
  });
}

/** How often somebody who knows the future changes the number of replicas. */
const ORACLE_SECONDS = 15;

/** The worst windows of what comes next decide, at that share of capacity. */
const ORACLE_WINDOWS = [5, 15, 30];

/** Replicas by the future, at a share of their capacity. */
export function foresight(counts: Float64Array, capacity: ServingCapacity, share: number): Foresight {
  const schedule: { atSeconds: number; replicas: number }[] = [];
  const sums = new Float64Array(counts.length + 1);
  for (const [second, count] of counts.entries()) sums[second + 1] = (sums[second] ?? 0) + count;
  for (let from = 0; from < counts.length; from += ORACLE_SECONDS) {
    let most = 0;
    for (const window of ORACLE_WINDOWS) {
      for (let at = from; at < Math.min(counts.length, from + 2 * ORACLE_SECONDS); at += 1) {
        const end = Math.min(counts.length, at + window);
        most = Math.max(most, ((sums[end] ?? 0) - (sums[at] ?? 0)) / window);
      }
    }
    const replicas = Math.max(1, Math.ceil(most / (share * capacity.requestsPerSecond)));
    if (replicas !== schedule.at(-1)?.replicas) schedule.push({ atSeconds: Math.max(0, from - 5), replicas });
  }
  return { schedule };
}

/** Cheaper, among those that keep the promise; where none does, the one that comes nearest. */
export function better(a: Verdict, b: Verdict, objective: number): boolean {
  const [goodA, goodB] = [a.attainment >= objective, b.attainment >= objective];
  if (goodA !== goodB) return goodA;
  return goodA ? a.replicaHours.total < b.replicaHours.total : a.attainment > b.attainment;
}
