/** What tests of commands start from: a terminal that remembers, plans written by hand, environments as folders. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import {
  GpuInferenceService,
  type GpuInferenceServiceProps,
  InferenceNamespace,
  type IScaler,
  type PlanRecord,
  PriorityClasses,
  TrafficProfile,
  WARM_COMPONENTS,
  WarmPool,
} from '../../lib';
import { newChart, OWNERSHIP, platform, pool, serviceProps, yamlOf } from '../support/synth';

/** What a command said. */
export function remembering(stdin = '') {
  const said = { out: [] as string[], err: [] as string[], progress: [] as string[] };
  const terminal = {
    out: (text: string) => void said.out.push(text),
    err: (text: string) => void said.err.push(text),
    stdin: () => stdin,
    progress: (text: string) => void said.progress.push(text),
  };
  return { said, terminal };
}

type Sizing = NonNullable<PlanRecord['sizing']>;

export const SIZING: Sizing = {
  timeToFirstTokenSeconds: 2,
  objective: '0.99',
  capacity: { requestsPerSecond: 7, inFlight: 100, source: 'load test of 2026-11-02' },
  warmNodes: 2,
  peakReplicas: 9,
  reaction: { detectionSeconds: 35, podSeconds: 105, nodeSeconds: 1155 },
  prediction: { attainment: 0.99567, meanReplicas: 4.5, meanIdleNodes: 0.5 },
  sums: ['minimum: so many as it takes = 3 replicas'],
  assumptions: ['tomorrow is like today'],
};

/** A plan whose numbers are easily added up. */
export function record(more: Partial<PlanRecord> = {}): PlanRecord {
  return {
    service: 'chat',
    model: 'qwen3-8b',
    deployment: 'chat',
    namespace: 'chat',
    pool: {
      name: 'a100',
      cloud: 'aks',
      region: 'westeurope',
      machineType: 'Standard_NC24ads_A100_v4',
      gpu: 'A100-80GB',
      minNodes: 3,
      maxNodes: 20,
      replicasPerNode: 1,
    },
    gpusPerReplica: 1,
    parameters: 8_190_735_360,
    coldStart: {
      node: { p50Seconds: 480, p95Seconds: 720, basis: 'published' },
      image: { p50Seconds: 120, p95Seconds: 300, basis: 'assumed' },
      weights: { p50Seconds: 10, p95Seconds: 20, basis: 'measured' },
      load: { p50Seconds: 10, p95Seconds: 10, basis: 'measured' },
      warmup: { p50Seconds: 30, p95Seconds: 40, basis: 'measured' },
    },
    warmNode: { p50Seconds: 50, p95Seconds: 70 },
    drainSeconds: 45,
    minReplicas: 3,
    maxReplicas: 12,
    sizing: SIZING,
    ...more,
  };
}

const component = (name: string) => ({ 'app.kubernetes.io/component': name });

const SPEC = { containers: [{ name: 'server', resources: { requests: { 'nvidia.com/gpu': '1' } } }] };

/** A Deployment with that plan, and whatever else makes it a policy: a ScaledObject and placeholders, as planned. */
export function manifestsOf(plan: PlanRecord, more: { readonly query?: string; readonly placeholders?: number } = {}) {
  const { namespace, deployment: name } = plan;
  const placeholders = more.placeholders ?? plan.sizing?.warmNodes ?? 0;
  const query = more.query ?? 'sum(rate(envoy_cluster_upstream_rq_total[60s]))';
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace, annotations: { 'warmpath.dev/plan': JSON.stringify(plan) } },
      spec: { replicas: plan.sizing ? undefined : plan.minReplicas, template: { spec: SPEC } },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: `${name}-images`, namespace, labels: component(WARM_COMPONENTS.prefetch) },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: `${name}-warm`, namespace, labels: component(WARM_COMPONENTS.placeholder) },
      spec: { replicas: placeholders, template: { spec: SPEC } },
    },
    ...(plan.sizing ? [scaledObject(plan, query)] : []),
  ];
}

/** A ScaledObject as somebody would write it. */
export function scaledObject(
  { namespace, deployment, minReplicas, maxReplicas }: PlanRecord,
  query: string,
  trigger: object = {
    type: 'prometheus',
    metadata: { query, threshold: '5', serverAddress: 'http://prometheus:9090' },
  },
) {
  return {
    apiVersion: 'keda.sh/v1alpha1',
    kind: 'ScaledObject',
    metadata: { name: deployment, namespace },
    spec: {
      scaleTargetRef: { name: deployment },
      minReplicaCount: minReplicas,
      maxReplicaCount: maxReplicas,
      triggers: [trigger],
    },
  };
}

/** Writes objects as one file of an environment and gives its folder. */
export function write(root: string, environment: string, objects: readonly object[]): string {
  const folder = join(root, environment);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'all.k8s.yaml'), objects.map((one) => stringify(one)).join('---\n'));
  return folder;
}

/** Draws nothing: the ScaledObject of a test is written by hand. */
class HandWritten implements IScaler {
  bindScaler(): void {}
}

/** One service, as the library draws it, with what it needs around it. */
export function drawn(props: Partial<GpuInferenceServiceProps> = {}): string {
  const chart = newChart();
  const { namespace = 'chat' } = props;
  new PriorityClasses(chart, 'priorities');
  new InferenceNamespace(chart, 'namespace', { name: namespace, ownership: OWNERSHIP, platform: platform() });
  new GpuInferenceService(chart, 'chat', serviceProps({ pool: pool({ maxNodes: 20 }), ...props }));
  return yamlOf(chart);
}

/** A sized service on warm nodes. */
export function drawnSized(): string {
  const chart = newChart();
  new PriorityClasses(chart, 'priorities');
  new InferenceNamespace(chart, 'namespace', { name: 'chat', ownership: OWNERSHIP, platform: platform() });
  const warmCapacity = new WarmPool(chart, 'warm', { ownership: OWNERSHIP });
  new GpuInferenceService(
    chart,
    'chat',
    serviceProps({
      pool: pool({ maxNodes: 20 }),
      warmCapacity,
      scaler: new HandWritten(),
      sizing: {
        slo: { timeToFirstTokenSeconds: 2 },
        capacity: { requestsPerSecond: 7, inFlight: 100, source: 'load test of 2026-11-02' },
        traffic: TrafficProfile.unknown('chat', 20),
        warmNodes: 2,
      },
    }),
  );
  return yamlOf(chart);
}
