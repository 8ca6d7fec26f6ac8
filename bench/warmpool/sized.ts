/** The policy that warmpath computes, read from the manifests that it draws. */
import { Chart } from 'cdk8s';
import {
  App,
  ArrivalSource,
  GpuInferenceService,
  InferenceNamespace,
  PriorityClasses,
  planGpuNodePool,
  planPlatform,
  Scaling,
  type ServingCapacity,
  TrafficProfile,
  WarmPool,
} from '../../lib';
import type { StartTimes } from '../../lib/sim/cluster';
import type { SimulatedPolicy } from '../../lib/sim/policy';
import { policyOf } from '../../lib/sim/policy-of-manifests';

/** What a team knows. */
export interface Known {
  readonly timeToFirstTokenSeconds: number;
  readonly capacity: ServingCapacity;
  /** Arrivals of every second. */
  readonly known: Float64Array;
  readonly start: StartTimes;
  readonly maxNodes: number;
  readonly spikeFactor?: number;
}

/** The policy and the numbers that it has. */
export interface SizedPolicy {
  readonly policy: SimulatedPolicy;
  readonly plan: { readonly minReplicas: number; readonly maxReplicas: number; readonly warmNodes: number };
}

const OWNERSHIP = { owner: 'bench', team: 'bench', costCentre: 'bench', environment: 'bench' };

/** Draws the service as an environment would, and reads back what a cluster would get. */
export function sizedPolicy({ capacity, known, start, maxNodes, spikeFactor, ...promise }: Known): SizedPolicy {
  const platform = planPlatform({ cloud: 'aks', kubernetes: '1.35', region: 'westeurope' });
  const size = { machine: 'Standard_NC24ads_A100_v4', minNodes: 1, maxNodes };
  const pool = planGpuNodePool({ name: 'a100', purpose: 'inference', platform, ownership: OWNERSHIP, ...size });
  const app = new App();
  const chart = new Chart(app, 'bench');
  new PriorityClasses(chart, 'priorities');
  new InferenceNamespace(chart, 'bench', { ownership: OWNERSHIP, platform });
  const none = { p50Seconds: 0, p95Seconds: 0 };
  const service = new GpuInferenceService(chart, 'model', {
    namespace: 'bench',
    ownership: OWNERSHIP,
    pool,
    model: { catalogue: 'qwen3-8b' },
    gateway: { namespace: 'gateway' },
    coldStart: { node: start.node, image: start.image, weights: none, load: none, warmup: start.container },
    sizing: {
      slo: promise,
      capacity,
      traffic: TrafficProfile.fromCounts({ secondsPerCount: 1, counts: known }),
      ...(spikeFactor !== undefined && { spike: { factor: spikeFactor } }),
    },
    // The service alone is compared with others that may go below three.
    disruption: { minAvailable: 1 },
    scaler: Scaling.arrivalRate({
      prometheus: { serverAddress: 'http://prometheus.monitoring.svc:9090' },
      arrivals: ArrivalSource.envoyCluster('httproute/bench/model/rule/0'),
    }),
    warmCapacity: new WarmPool(chart, 'warm', { ownership: OWNERSHIP }),
  });
  const errors = app.node.findAll().flatMap(({ node }) => node.validate());
  if (errors.length > 0 || service.plan?.sizing === undefined) throw new Error(errors.join('\n'));
  const { minReplicas, maxReplicas, warmNodes } = service.plan.sizing;
  const policy = policyOf(chart.toJson(), { namespace: 'bench', deployment: 'model' });
  return { policy, plan: { minReplicas, maxReplicas, warmNodes } };
}
