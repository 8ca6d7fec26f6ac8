import {
  ArrivalSource,
  GpuInferenceService,
  type GpuInferenceServiceProps,
  type KedaTrigger,
  Scaling,
  ServingBackend,
  type SizingSpec,
  TrafficProfile,
  warningsOf,
} from '../../lib';
import { checkManifests } from '../../lib/policy';
import {
  type KubernetesObject,
  newChart,
  pool,
  refusalsOf,
  type Synthesised,
  serviceProps,
  synth,
} from '../support/synth';

const prometheus = { serverAddress: 'http://prometheus.monitoring.svc:9090' };
const arrivals = ArrivalSource.envoyCluster('httproute/chat/chat/rule/0');
const WIDE = pool({ maxNodes: 20 });

const sizing: SizingSpec = {
  slo: { timeToFirstTokenSeconds: 2 },
  capacity: { requestsPerSecond: 2, inFlight: 8, source: 'test/constructs/scaling.test.ts' },
  // An hour, so that the sums are done soon.
  traffic: TrafficProfile.fromCounts({ secondsPerCount: 60, counts: Array.from({ length: 60 }, () => 240) }),
};

function chartWith(overrides: Partial<GpuInferenceServiceProps>) {
  const chart = newChart();
  const service = new GpuInferenceService(chart, 'chat', serviceProps({ pool: WIDE, ...overrides }));
  return { chart, service };
}

const draw = (overrides: Partial<GpuInferenceServiceProps>) => synth(chartWith(overrides).chart);

const warned = (overrides: Partial<GpuInferenceServiceProps>) =>
  warningsOf(chartWith(overrides).chart)
    .map(({ problem }) => problem.rule)
    .filter((rule) => rule.startsWith('WP-SCALE-'));

interface Trigger {
  readonly type: string;
  readonly name?: string;
  readonly metricType?: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly authenticationRef?: { readonly name: string };
}

interface ScaledObject extends KubernetesObject {
  readonly spec: {
    readonly scaleTargetRef: unknown;
    readonly minReplicaCount: number;
    readonly maxReplicaCount: number;
    readonly pollingInterval: number;
    readonly cooldownPeriod: number;
    readonly fallback: unknown;
    readonly triggers: readonly Trigger[];
  };
}

const allOf = (drawn: Synthesised, kind: string) => drawn.objects.filter((object) => object.kind === kind);

function scaledObjectOf(drawn: Synthesised): ScaledObject {
  const [object, ...others] = allOf(drawn, 'ScaledObject');
  expect(others).toEqual([]);
  if (object === undefined) throw new Error('no ScaledObject was drawn');
  return object as unknown as ScaledObject;
}

const triggersOf = (drawn: Synthesised) =>
  Object.fromEntries(scaledObjectOf(drawn).spec.triggers.map((trigger) => [trigger.name, trigger]));

const queryOf = (trigger: Trigger | undefined) => trigger?.metadata.query;

const gauges = (pods: string) =>
  `sum(vllm:num_requests_running{namespace="chat",pod=~"${pods}"}) + sum(vllm:num_requests_waiting{namespace="chat",pod=~"${pods}"})`;

const OF_CHAT = 'chat-[a-z0-9]+-[a-z0-9]+';
const RATE = 'sum(rate(envoy_cluster_upstream_rq_total{envoy_cluster_name="httproute/chat/chat/rule/0"}[60s]))';

describe('a service that is scaled by its arrivals', () => {
  const bounds = { minReplicas: 2, maxReplicas: 6 };
  const scaler = Scaling.arrivalRate({
    prometheus,
    arrivals,
    arrivalsPerReplica: 1.5,
    inFlightPerReplica: 12,
    ...bounds,
  });
  const drawn = draw({ scaler, disruption: { minAvailable: 1 } });

  test('leaves the number of its pods to the scaler', () => {
    expect(drawn.one('Deployment').spec).not.toHaveProperty('replicas');
  });

  test('has one ScaledObject, every field of it decided', () => {
    const { apiVersion, metadata, spec } = scaledObjectOf(drawn);
    expect(apiVersion).toBe('keda.sh/v1alpha1');
    expect(metadata).toMatchObject({ name: 'chat', namespace: 'chat' });
    expect(metadata.labels).toMatchObject({ 'app.kubernetes.io/component': 'scaler' });
    const metadataOf = (query: string, threshold: string) => ({
      serverAddress: prometheus.serverAddress,
      query,
      threshold,
      ignoreNullValues: 'false',
    });
    expect(spec).toEqual({
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'chat' },
      minReplicaCount: 2,
      maxReplicaCount: 6,
      pollingInterval: 15,
      cooldownPeriod: expect.any(Number),
      // Nobody sized it: blind, everything that may run does.
      fallback: { failureThreshold: 3, replicas: 6, behavior: 'currentReplicasIfHigher' },
      advanced: {
        restoreToOriginalReplicaCount: false,
        horizontalPodAutoscalerConfig: {
          behavior: {
            scaleUp: {
              stabilizationWindowSeconds: 0,
              selectPolicy: 'Max',
              policies: [
                { type: 'Pods', value: 4, periodSeconds: 15 },
                { type: 'Percent', value: 100, periodSeconds: 15 },
              ],
            },
            scaleDown: {
              stabilizationWindowSeconds: 300,
              selectPolicy: 'Max',
              policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
            },
          },
        },
      },
      triggers: [
        { type: 'prometheus', name: 'arrival-rate', metricType: 'AverageValue', metadata: metadataOf(RATE, '1.5') },
        {
          type: 'prometheus',
          name: 'in-flight',
          metricType: 'AverageValue',
          metadata: metadataOf(gauges(OF_CHAT), '12'),
        },
      ],
    });
  });

  test('draws no login where Prometheus asks for none', () => {
    expect(allOf(drawn, 'TriggerAuthentication')).toEqual([]);
  });

  test('follows the arrivals alone where the server does not say what is in it', () => {
    const triton = draw({ scaler, runtime: { kind: 'triton' }, disruption: { minAvailable: 1 } });
    expect(Object.keys(triggersOf(triton))).toEqual(['arrival-rate']);
  });
});

describe('a service with a size', () => {
  const { chart, service } = chartWith({ sizing, scaler: Scaling.arrivalRate({ prometheus, arrivals }) });
  const drawn = synth(chart);
  const plan = service.plan?.sizing;
  if (plan === undefined) throw new Error('nothing was sized');
  const { spec } = scaledObjectOf(drawn);

  test('is scaled within its bounds, by its timers', () => {
    expect(spec).toMatchObject({
      minReplicaCount: plan.minReplicas,
      maxReplicaCount: plan.maxReplicas,
      pollingInterval: plan.pollingIntervalSeconds,
      cooldownPeriod: plan.cooldownSeconds,
      fallback: { replicas: plan.fallback.replicas },
      advanced: { horizontalPodAutoscalerConfig: { behavior: plan.behaviour } },
    });
  });

  test('is scaled by its thresholds and the window of its rate', () => {
    const found = triggersOf(drawn);
    expect(Number(found['arrival-rate']?.metadata.threshold)).toBeCloseTo(plan.arrivalThreshold, 3);
    expect(Number(found['in-flight']?.metadata.threshold)).toBeCloseTo(plan.inFlightThreshold, 2);
    expect(queryOf(found['arrival-rate'])).toContain(`[${plan.arrivalWindowSeconds}s]`);
  });

  test('takes what somebody gives by hand before what was computed, the fallback too', () => {
    const scaler = Scaling.arrivalRate({
      prometheus,
      arrivals,
      maxReplicas: 9,
      arrivalsPerReplica: 0.5,
      minReplicas: 9,
    });
    const given = draw({ sizing, scaler });
    expect(scaledObjectOf(given).spec).toMatchObject({ maxReplicaCount: 9, fallback: { replicas: 9 } });
    expect(triggersOf(given)['arrival-rate']?.metadata.threshold).toBe('0.5');
  });
});

describe('a service that is scaled by its queue', () => {
  const scaler = Scaling.queue({ prometheus, inFlightPerReplica: 12, minReplicas: 3, maxReplicas: 6 });

  test('looks at the requests in its servers', () => {
    const { spec } = scaledObjectOf(draw({ scaler }));
    expect(spec.triggers.map(({ name }) => name)).toEqual(['in-flight']);
  });

  test('is told that it sees a spike late', () => {
    expect(warned({ scaler })).toEqual(['WP-SCALE-005']);
    const counted = Scaling.arrivalRate({
      prometheus,
      arrivals,
      arrivalsPerReplica: 1,
      minReplicas: 3,
      maxReplicas: 6,
    });
    expect(warned({ scaler: counted })).toEqual([]);
  });
});

describe('a threshold that comes too late', () => {
  test('is said: more arrivals than a replica finishes, more requests than a server runs', () => {
    const scaler = Scaling.arrivalRate({ prometheus, arrivals, arrivalsPerReplica: 9, inFlightPerReplica: 100_000 });
    expect(warned({ sizing, scaler })).toEqual(['WP-SCALE-008', 'WP-SCALE-008']);
  });
});

describe('a service that may scale to zero', () => {
  const scaler = Scaling.arrivalRate({
    prometheus,
    arrivals: ArrivalSource.envoyListener('http-8080'),
    arrivalsPerReplica: 1,
    minReplicas: 0,
    maxReplicas: 4,
  });
  const { chart, service } = chartWith({ scaler, disruption: { allowOutageReason: 'nobody waits at night' } });

  test('goes there only after longer than it takes to come back', () => {
    const { spec } = scaledObjectOf(synth(chart));
    expect(spec.minReplicaCount).toBe(0);
    expect(spec.cooldownPeriod).toBeGreaterThan(service.plan?.coldStart.p95Seconds ?? Number.POSITIVE_INFINITY);
  });
});

describe('a service behind KServe', () => {
  test('is scaled by the Deployment that KServe makes', () => {
    const backend = ServingBackend.kserve({ version: '0.20' });
    const scaler = Scaling.queue({ prometheus, inFlightPerReplica: 12, minReplicas: 3, maxReplicas: 6 });
    const drawn = draw({ backend, scaler });
    expect(scaledObjectOf(drawn).spec.scaleTargetRef).toEqual({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      name: 'chat-predictor',
    });
    expect(queryOf(triggersOf(drawn)['in-flight'])).toBe(gauges('chat-predictor-[a-z0-9]+-[a-z0-9]+'));
  });
});

describe('a login', () => {
  const secrets = (secretName: string) => ({ secrets: [{ parameter: 'bearerToken', secretName, key: 'token' }] });

  test('is drawn once for all triggers that use it, and named after the service', () => {
    const scaler = Scaling.arrivalRate({
      prometheus: { ...prometheus, authentication: secrets('prometheus'), authModes: 'bearer' },
      arrivals,
      arrivalsPerReplica: 1,
      inFlightPerReplica: 8,
      minReplicas: 3,
      maxReplicas: 6,
    });
    const drawn = draw({ scaler });
    expect(allOf(drawn, 'TriggerAuthentication')).toEqual([
      expect.objectContaining({
        apiVersion: 'keda.sh/v1alpha1',
        metadata: expect.objectContaining({ name: 'chat', namespace: 'chat' }),
        spec: { secretTargetRef: [{ parameter: 'bearerToken', name: 'prometheus', key: 'token' }] },
      }),
    ]);
    for (const trigger of scaledObjectOf(drawn).spec.triggers) {
      expect(trigger.authenticationRef).toEqual({ name: 'chat' });
      expect(trigger.metadata.authModes).toBe('bearer');
    }
  });

  test('is drawn for each way to log in', () => {
    const one = (name: string, authentication?: ReturnType<typeof secrets>): KedaTrigger => ({
      type: 'prometheus',
      name,
      metadata: { serverAddress: prometheus.serverAddress, query: 'sum(up)', threshold: '1' },
      authentication,
    });
    const triggers = [one('a', secrets('one')), one('b', secrets('two')), one('c', secrets('one')), one('d')];
    const drawn = draw({ scaler: Scaling.trigger({ triggers, minReplicas: 3, maxReplicas: 6 }) });
    expect(allOf(drawn, 'TriggerAuthentication').map(({ metadata }) => metadata.name)).toEqual(['chat', 'chat-2']);
    const names = scaledObjectOf(drawn).spec.triggers.map(({ authenticationRef }) => authenticationRef?.name);
    expect(names).toEqual(['chat', 'chat-2', 'chat', undefined]);
  });
});

describe('triggers of KEDA', () => {
  const bounds = { minReplicas: 3, maxReplicas: 6 };
  const given: readonly KedaTrigger[] = [
    {
      type: 'cron',
      metadata: { timezone: 'Europe/Amsterdam', start: '0 7 * * 1-5', end: '0 19 * * 1-5', desiredReplicas: '5' },
    },
    {
      type: 'prometheus',
      metadata: { serverAddress: prometheus.serverAddress, query: 'sum(jobs)', threshold: '2' },
      metricType: 'AverageValue',
    },
  ];

  test('are written as they are given, but that a metric which is gone is no load of nothing', () => {
    const { spec } = scaledObjectOf(draw({ scaler: Scaling.trigger({ triggers: given, ...bounds }) }));
    expect(spec.triggers).toEqual([
      given[0],
      {
        type: 'prometheus',
        metricType: 'AverageValue',
        metadata: {
          serverAddress: prometheus.serverAddress,
          query: 'sum(jobs)',
          threshold: '2',
          ignoreNullValues: 'false',
        },
      },
    ]);
    expect(spec).toMatchObject({ minReplicaCount: 3, maxReplicaCount: 6 });
  });

  test('keep what somebody says of missing metrics', () => {
    const metadata = { serverAddress: 'http://p:9090', query: 'sum(jobs)', threshold: '2', ignoreNullValues: 'true' };
    const triggers: KedaTrigger[] = [{ type: 'prometheus', metadata }];
    const { spec } = scaledObjectOf(draw({ scaler: Scaling.trigger({ triggers, ...bounds }) }));
    expect(spec.triggers[0]?.metadata).toEqual(metadata);
  });
});

describe('a service that Kubernetes scales alone', () => {
  const metrics = [{ name: 'chat_arrivals', averageValue: 1.23456, labels: { service: 'chat' } }];

  test('has a HorizontalPodAutoscaler over the external metrics', () => {
    const drawn = draw({ scaler: Scaling.hpa({ metrics, minReplicas: 3, maxReplicas: 6 }) });
    const [autoscaler, ...others] = allOf(drawn, 'HorizontalPodAutoscaler');
    expect([others, allOf(drawn, 'ScaledObject')]).toEqual([[], []]);
    expect(autoscaler).toMatchObject({
      apiVersion: 'autoscaling/v2',
      metadata: { name: 'chat', namespace: 'chat' },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'chat' },
        minReplicas: 3,
        maxReplicas: 6,
        metrics: [
          {
            type: 'External',
            external: {
              metric: { name: 'chat_arrivals', selector: { matchLabels: { service: 'chat' } } },
              target: { type: 'AverageValue', averageValue: '1.235' },
            },
          },
        ],
      },
    });
    expect(drawn.one('Deployment').spec).not.toHaveProperty('replicas');
  });

  test('has the bounds and the behaviour of its size', () => {
    const { chart, service } = chartWith({ sizing, scaler: Scaling.hpa({ metrics }) });
    const plan = service.plan?.sizing;
    expect(allOf(synth(chart), 'HorizontalPodAutoscaler')[0]).toMatchObject({
      spec: { minReplicas: plan?.minReplicas, maxReplicas: plan?.maxReplicas, behavior: plan?.behaviour },
    });
  });
});

describe('a service with spot capacity above a floor', () => {
  const spot = { pool: pool({ name: 'spot', spot: true, minNodes: 0, maxNodes: 60 }) };
  const scaler = Scaling.arrivalRate({
    prometheus,
    arrivals,
    arrivalsPerReplica: 1.1,
    inFlightPerReplica: 8,
    minReplicas: 0,
    maxReplicas: 6,
  });
  const drawn = draw({ replicas: 3, spot, scaler });
  const BOTH = '(chat|chat-spot)-[a-z0-9]+-[a-z0-9]+';

  test('scales its spot pods, down to none, and leaves the floor as it is', () => {
    const { metadata, spec } = scaledObjectOf(drawn);
    expect(metadata.name).toBe('chat');
    expect(spec).toMatchObject({ scaleTargetRef: { name: 'chat-spot' }, minReplicaCount: 0, maxReplicaCount: 6 });
    const replicas = (name: string) => drawn.one('Deployment', name).spec.replicas;
    expect([replicas('chat'), replicas('chat-spot')]).toEqual([3, undefined]);
  });

  test('asks for spot pods only for what the floor does not take of the load of both', () => {
    const found = triggersOf(drawn);
    expect(queryOf(found['arrival-rate'])).toBe(`clamp_min(${RATE} - 3.3, 0)`);
    expect(queryOf(found['in-flight'])).toBe(`clamp_min(${gauges(BOTH)} - 24, 0)`);
    expect(found['arrival-rate']?.metadata.threshold).toBe('1.1');
    expect(found['in-flight']?.metadata.threshold).toBe('8');
  });

  test('counts the pods of both parts and of no other Deployment', () => {
    const pods = new RegExp(`^(?:${BOTH})$`);
    for (const name of ['chat-7d4b9c6f5d-x2x9k', 'chat-spot-7d4b9c6f5d-x2x9k']) expect(name).toMatch(pods);
    for (const name of ['chat-web-7d4b9c6f5d-x2x9k', 'web-chat-7d4b9c6f5d-x2x9k']) expect(name).not.toMatch(pods);
  });

  const triggers: readonly KedaTrigger[] = [
    { type: 'prometheus', metadata: { serverAddress: 'http://p:9090', query: 'sum(jobs)', threshold: '2' } },
  ];
  test.each([
    ['triggers', Scaling.trigger({ triggers, minReplicas: 1, maxReplicas: 6 })],
    ['metrics', Scaling.hpa({ metrics: [{ name: 'm', averageValue: 1 }], minReplicas: 1, maxReplicas: 6 })],
  ])('is told where its %s take no notice of the floor', (_, own) => {
    expect(warned({ replicas: 3, spot, scaler: own })).toEqual(['WP-SCALE-010']);
    expect(warned({ scaler: own, disruption: { allowOutageReason: 'a test' } })).toEqual([]);
  });
});

describe('a scaler with mistakes', () => {
  test('draws nothing of its own, and stops the synthesis', () => {
    const { chart } = chartWith({ scaler: Scaling.queue({ prometheus, minReplicas: 3, maxReplicas: 6 }) });
    expect(refusalsOf(chart)).toEqual([expect.stringMatching(/^\[chart\/chat\] WP-SCALE-006 scaler\.arrivals/)]);
    expect(chart.apiObjects.map(({ kind }) => kind)).not.toContain('ScaledObject');
  });
});

describe('the rules over manifests', () => {
  const bounds = { minReplicas: 3, maxReplicas: 6 };
  const requests = { prometheus, arrivals, arrivalsPerReplica: 1, inFlightPerReplica: 8 };
  const token = { parameter: 'bearerToken', secretName: 'prometheus', key: 'token' };
  const authentication = { secrets: [{ ...token, madeBy: 'whoever runs Prometheus' }] };
  const spot = { pool: pool({ name: 'spot', spot: true, maxNodes: 60 }) };
  const cases: Readonly<Record<string, Partial<GpuInferenceServiceProps>>> = {
    'by arrivals': { scaler: Scaling.arrivalRate({ ...requests, ...bounds }) },
    'by a queue': { scaler: Scaling.queue({ prometheus, inFlightPerReplica: 8, ...bounds }) },
    'with a login': {
      scaler: Scaling.queue({ ...requests, ...bounds, prometheus: { ...prometheus, authentication } }),
    },
    'down to zero': {
      scaler: Scaling.arrivalRate({
        ...requests,
        arrivals: ArrivalSource.envoyListener('a'),
        ...bounds,
        minReplicas: 0,
      }),
      disruption: { allowOutageReason: 'nobody waits at night' },
    },
    'without KEDA': { scaler: Scaling.hpa({ metrics: [{ name: 'm', averageValue: 1 }], ...bounds }) },
    'above a floor': { spot, scaler: Scaling.arrivalRate({ ...requests, minReplicas: 0, maxReplicas: 6 }) },
    'behind KServe': {
      backend: ServingBackend.kserve({ version: '0.20' }),
      scaler: Scaling.arrivalRate({ ...requests, ...bounds }),
    },
  };

  test.each(Object.entries(cases))('have nothing against a service that is scaled %s', (_, service) => {
    // Digests and priorities are what other charts of an environment bring.
    const elsewhere = new Set<string>(['WP-IMG-003', 'WP-REF-005']);
    const manifests = draw(service).objects.map((object, index) => ({ file: 'chat.yaml', index, object }));
    expect(checkManifests(manifests).findings.filter(({ rule }) => !elsewhere.has(rule))).toEqual([]);
  });

  test('ask who writes the Secret of a login, where nobody says it', () => {
    const scaler = Scaling.queue({
      ...requests,
      ...bounds,
      prometheus: { ...prometheus, authentication: { secrets: [token] } },
    });
    const manifests = draw({ scaler }).objects.map((object, index) => ({ file: 'chat.yaml', index, object }));
    expect(checkManifests(manifests).findings).toContainEqual(
      expect.objectContaining({ rule: 'WP-REF-002', object: 'TriggerAuthentication chat/chat', value: 'prometheus' }),
    );
  });
});
