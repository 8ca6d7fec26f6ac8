import { ArrivalSource, GpuInferenceService, type GpuInferenceServiceProps, Scaling } from '../../lib';
import { DEFAULT_BEHAVIOUR } from '../../lib/domain/hpa-behaviour';
import { policyOf } from '../../lib/sim/policy-of-manifests';
import { newChart, pool, serviceProps, synth } from '../support/synth';

const CHOICE = { namespace: 'chat', deployment: 'chat' };
const pod = (gpus: string) => ({
  template: { spec: { containers: [{ resources: { requests: { 'nvidia.com/gpu': gpus } } }] } },
});
const deployment = (name: string, spec: object = {}, labels = {}) => ({
  kind: 'Deployment',
  metadata: { name, namespace: 'chat', labels },
  spec: { replicas: 3, ...pod('1'), ...spec },
});
const DEPLOYMENT = deployment('chat');

const ARRIVALS = 'sum(rate(envoy_cluster_upstream_rq_total{envoy_cluster_name="chat"}[2m]))';
const WAITING = 'sum(vllm:num_requests_waiting{namespace="chat"})';

const trigger = (query: string, threshold = '5') => ({ type: 'prometheus', metadata: { query, threshold } });
const scaledObject = (triggers: readonly unknown[], more = {}, target = 'chat') => ({
  kind: 'ScaledObject',
  metadata: { name: target, namespace: 'chat' },
  spec: { scaleTargetRef: { name: target }, minReplicaCount: 2, maxReplicaCount: 9, triggers, ...more },
});
const policy = (...more: readonly unknown[]) => policyOf([DEPLOYMENT, ...more], CHOICE);

describe('the policy of manifests', () => {
  it('is a fixed number of replicas without a scaler', () => {
    expect(policy()).toMatchObject({ minReplicas: 3, maxReplicas: 3, triggers: [], placeholders: 0 });
  });

  it('has the bounds, behaviour and fallback of the ScaledObject, and defaults where it says nothing', () => {
    const scaleDown = {
      stabilizationWindowSeconds: 60,
      selectPolicy: 'Min',
      policies: [{ type: 'Pods', value: 1, periodSeconds: 30 }],
    };
    const found = policy(
      scaledObject([trigger(ARRIVALS)], {
        fallback: { failureThreshold: 3, replicas: 7 },
        advanced: { horizontalPodAutoscalerConfig: { behavior: { scaleDown } } },
      }),
    );
    expect(found).toMatchObject({ minReplicas: 2, maxReplicas: 9 });
    expect(found.fallback).toEqual({ failureThreshold: 3, replicas: 7, behaviour: 'static' });
    expect(found.behaviour).toEqual({ scaleUp: DEFAULT_BEHAVIOUR.scaleUp, scaleDown });
  });

  it('falls back as the ScaledObject says', () => {
    const fallback = { failureThreshold: 3, replicas: 7, behavior: 'currentReplicasIfHigher' };
    const found = policy(scaledObject([trigger(ARRIVALS)], { fallback }));
    expect(found.fallback?.behaviour).toBe('currentReplicasIfHigher');
  });

  it('has the signal, the window and the threshold of every trigger', () => {
    const { triggers } = policy(scaledObject([trigger(ARRIVALS), trigger(WAITING, '12.5')]));
    expect(triggers).toEqual([
      { signal: 'arrivalRate', windowSeconds: 120, threshold: 5, ofFloor: 0 },
      { signal: 'waiting', windowSeconds: 0, threshold: 12.5, ofFloor: 0 },
    ]);
  });

  it('takes a counter that nobody knows for one of arrivals only where the name of the trigger vouches for it', () => {
    const own = trigger('sum(rate(gateway_requests_total{service="chat"}[30s]))');
    const named = policy(scaledObject([{ ...own, name: 'arrival-rate' }]));
    expect(named.triggers).toMatchObject([{ signal: 'arrivalRate', windowSeconds: 30 }]);
    expect(() => policy(scaledObject([own]))).toThrow(
      "nothing says that gateway_requests_total counts requests as they arrive, which a trigger named 'arrival-rate' would",
    );
  });
});

describe('placeholders', () => {
  const labels = { 'app.kubernetes.io/component': 'warm-placeholder' };
  const buffer = (name: string, spec: object) => ({
    kind: 'CapacityBuffer',
    metadata: { name, namespace: 'chat' },
    spec,
  });
  const template = (name: string, gpus: string) => ({
    kind: 'PodTemplate',
    metadata: { name, namespace: 'chat' },
    ...pod(gpus),
  });
  const ofTemplate = (name: string, replicas: number) => buffer(name, { podTemplateRef: { name }, replicas });

  it('are those of the shape of a replica alone', () => {
    const held = (name: string, replicas: number, gpus: string) => deployment(name, { replicas, ...pod(gpus) }, labels);
    expect(policy(held('warm-a', 2, '1'), held('warm-b', 4, '2')).placeholders).toBe(2);
  });

  it('are those of the buffers of that shape, and none of other services of the namespace', () => {
    const own = [template('ours', '1'), ofTemplate('ours', 2)];
    const others = [template('theirs', '4'), ofTemplate('theirs', 8), ofTemplate('of-no-template', 16)];
    expect(policy(...own, ...others).placeholders).toBe(2);
  });

  it('are those of a buffer that names the Deployment', () => {
    const named = (name: string, replicas: number) =>
      buffer(`for-${name}`, { scalableRef: { apiGroup: 'apps', kind: 'Deployment', name }, replicas });
    expect(policy(named('chat', 2), named('code', 4)).placeholders).toBe(2);
  });

  it('are not guessed for a buffer that says a percentage', () => {
    const shared = buffer('share', { scalableRef: { kind: 'Deployment', name: 'chat' }, percentage: 10 });
    expect(() => policy(shared)).toThrow(/CapacityBuffer chat\/share cannot be simulated.*Allowed.*Fix/);
  });
});

describe('the spot part of a service', () => {
  const SPOT = { namespace: 'chat', deployment: 'chat-spot' };
  const labels = { 'app.kubernetes.io/name': 'chat' };
  const parts = [deployment('chat', {}, labels), deployment('chat-spot', { replicas: undefined }, labels)];
  const spot = (query: string, ...more: readonly unknown[]) =>
    policyOf([...parts, scaledObject([trigger(query)], {}, 'chat-spot'), ...more], SPOT);

  it('has the floor beside it, which takes its part of the load', () => {
    expect(spot(`clamp_min(${ARRIVALS} - 3.3, 0)`)).toMatchObject({
      floorReplicas: 3,
      minReplicas: 2,
      triggers: [{ signal: 'arrivalRate', windowSeconds: 120, threshold: 5, ofFloor: 3.3 }],
    });
  });

  it('has it without a scaler too', () => {
    const fixed = [parts[0], deployment('chat-spot', { replicas: 2 }, labels)];
    expect(policyOf(fixed, SPOT)).toMatchObject({ floorReplicas: 3, minReplicas: 2, maxReplicas: 2 });
  });

  it('is what its labels say, not what its name looks like', () => {
    const alone = [deployment('chat'), deployment('chat-spot')];
    expect(policyOf(alone, SPOT)).not.toHaveProperty('floorReplicas');
    expect(policyOf(parts, CHOICE)).not.toHaveProperty('floorReplicas');
  });

  it('is refused where its gauges leave the floor out', () => {
    const own = 'sum(vllm:num_requests_waiting{namespace="chat",pod=~"chat-spot-[a-z0-9]+-[a-z0-9]+"})';
    expect(() => spot(own)).toThrow('its query does not read the pods of chat/chat. Allowed');
  });

  it('is refused where the floor is scaled as well', () => {
    expect(() => spot(ARRIVALS, scaledObject([trigger(ARRIVALS)]))).toThrow(
      /Deployment chat\/chat-spot cannot be simulated: its floor chat\/chat is scaled as well.*Allowed.*Fix/,
    );
  });
});

describe('what the library draws is understood:', () => {
  const prometheus = { serverAddress: 'http://prometheus.monitoring.svc:9090' };
  function policyDrawn(name: string, props: Partial<GpuInferenceServiceProps>) {
    const chart = newChart();
    new GpuInferenceService(chart, 'chat', serviceProps({ pool: pool({ maxNodes: 20 }), ...props }));
    const { objects } = synth(chart);
    const namespace = objects.find(({ kind }) => kind === 'ScaledObject')?.metadata.namespace ?? '';
    return policyOf(objects, { namespace, deployment: name });
  }
  const BOTH = { arrivalsPerReplica: 1.1, inFlightPerReplica: 8 };

  it('a counter that the team vouches for', () => {
    const arrivals = ArrivalSource.custom({
      metric: 'gateway_requests_total',
      labels: { service: 'chat' },
      existsAtZero: true,
      description: 'the gateway, as a request comes in',
    });
    const scaler = Scaling.arrivalRate({ prometheus, arrivals, ...BOTH, minReplicas: 3, maxReplicas: 6 });
    expect(policyDrawn('chat', { scaler })).toMatchObject({
      minReplicas: 3,
      maxReplicas: 6,
      triggers: [
        { signal: 'arrivalRate', windowSeconds: 60, threshold: 1.1, ofFloor: 0 },
        { signal: 'inFlight', windowSeconds: 0, threshold: 8, ofFloor: 0 },
      ],
      fallback: { behaviour: 'currentReplicasIfHigher' },
    });
  });

  it('spot capacity above a floor', () => {
    const spot = { pool: pool({ name: 'spot', spot: true, minNodes: 0, maxNodes: 60 }) };
    const arrivals = ArrivalSource.envoyCluster('httproute/chat/chat/rule/0');
    const scaler = Scaling.arrivalRate({ prometheus, arrivals, ...BOTH, minReplicas: 0, maxReplicas: 6 });
    expect(policyDrawn('chat-spot', { replicas: 3, spot, scaler })).toMatchObject({
      minReplicas: 0,
      maxReplicas: 6,
      floorReplicas: 3,
      triggers: [
        { signal: 'arrivalRate', threshold: 1.1, ofFloor: 3.3 },
        { signal: 'inFlight', threshold: 8, ofFloor: 24 },
      ],
    });
  });
});

describe('nothing is simulated of', () => {
  const scaledBy = (one: object) => [DEPLOYMENT, scaledObject([one])];

  it.each<[string, object, RegExp]>([
    ['a scaler of another type', { type: 'cron', metadata: {} }, /a scaler of type "cron" is not played/],
    ['a threshold of nothing', trigger(ARRIVALS, '0'), /its threshold is "0"/],
    ['no threshold', { type: 'prometheus', metadata: { query: ARRIVALS } }, /its threshold is undefined/],
    ['a total value', { ...trigger(WAITING), metricType: 'Value' }, /its metricType is "Value"/],
    ['an average of GPUs', trigger('avg(DCGM_FI_DEV_GPU_UTIL)'), /its query is none of those/],
    ['tokens per second', trigger('sum(rate(vllm:generation_tokens_total[1m]))'), /nothing says that vllm:generation/],
    [
      'a counter of what is finished',
      { ...trigger('sum(rate(vllm:request_success_total[1m]))'), name: 'arrival-rate' },
      /counts no arrivals: vLLM counts finished requests here/,
    ],
    ['a floor that is not there', trigger(`clamp_min(${ARRIVALS} - 3, 0)`), /takes 3 off for a floor, and none stands/],
    [
      'the pods of another service',
      trigger('sum(vllm:num_requests_waiting{namespace="chat",pod=~"code-[a-z0-9]+-[a-z0-9]+"})'),
      /does not read the pods of chat\/chat/,
    ],
  ])('a trigger with %s', (_, one, message) => {
    expect(() => policyOf(scaledBy(one), CHOICE)).toThrow(message);
    expect(() => policyOf(scaledBy(one), CHOICE)).toThrow(
      /^ScaledObject chat\/chat: trigger .* cannot be simulated: .*Allowed: .*Fix: /,
    );
  });

  it.each<[string, readonly unknown[], RegExp]>([
    ['a service that is not there', [], /there is no Deployment chat\/chat/],
    [
      'a HorizontalPodAutoscaler',
      [DEPLOYMENT, { ...scaledObject([]), kind: 'HorizontalPodAutoscaler' }],
      /HorizontalPodAutoscaler chat\/chat cannot be simulated/,
    ],
    [
      'a formula over triggers',
      [DEPLOYMENT, scaledObject([trigger(ARRIVALS)], { advanced: { scalingModifiers: { formula: 'a + b' } } })],
      /scalingModifiers cannot be simulated/,
    ],
    [
      'a fallback that asks other triggers',
      [
        DEPLOYMENT,
        scaledObject([trigger(ARRIVALS)], {
          fallback: { failureThreshold: 3, replicas: 7, behavior: 'scalingModifiers' },
        }),
      ],
      /fallback with behavior "scalingModifiers" cannot be simulated/,
    ],
  ])('%s', (_, manifests, message) => {
    expect(() => policyOf(manifests, CHOICE)).toThrow(message);
    expect(() => policyOf(manifests, CHOICE)).toThrow(/Allowed: .*Fix: /);
  });
});
