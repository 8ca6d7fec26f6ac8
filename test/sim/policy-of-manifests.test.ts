import { DEFAULT_BEHAVIOUR } from '../../lib/domain/hpa-behaviour';
import { policyOf } from '../../lib/sim/policy-of-manifests';

const metadata = { name: 'chat', namespace: 'chat' };
const CHOICE = { namespace: 'chat', deployment: 'chat' };
const pod = (gpus: string) => ({
  template: { spec: { containers: [{ resources: { requests: { 'nvidia.com/gpu': gpus } } }] } },
});
const DEPLOYMENT = { kind: 'Deployment', metadata, spec: { replicas: 3, ...pod('1') } };

const trigger = (query: string, threshold = '5') => ({ type: 'prometheus', metadata: { query, threshold } });
const scaledObject = (triggers: readonly unknown[], more = {}) => ({
  kind: 'ScaledObject',
  metadata,
  spec: { scaleTargetRef: { name: 'chat' }, minReplicaCount: 2, maxReplicaCount: 9, triggers, ...more },
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
      scaledObject([trigger('sum(rate(arrivals{a="b"}[2m]))')], {
        fallback: { failureThreshold: 3, replicas: 7 },
        advanced: { horizontalPodAutoscalerConfig: { behavior: { scaleDown } } },
      }),
    );
    expect(found).toMatchObject({ minReplicas: 2, maxReplicas: 9, fallback: { failureThreshold: 3, replicas: 7 } });
    expect(found.behaviour).toEqual({ scaleUp: DEFAULT_BEHAVIOUR.scaleUp, scaleDown });
  });

  it.each([
    ['sum(rate(arrivals{a="b"}[2m]))', 'arrivalRate', 120],
    ['sum(vllm:num_requests_waiting{namespace="chat"})', 'waiting', 0],
    ['sum(vllm:num_requests_running{n="c"}) + sum(vllm:num_requests_waiting{n="c"})', 'inFlight', 0],
    ['sum(DCGM_FI_DEV_GPU_UTIL{namespace="chat"})', 'gpuUtilisation', 0],
  ])('looks at what %s looks at', (query, signal, windowSeconds) => {
    expect(policy(scaledObject([trigger(query)])).triggers).toMatchObject([{ signal, windowSeconds, threshold: 5 }]);
  });

  it('counts placeholders of the shape of a replica alone', () => {
    const labels = { 'app.kubernetes.io/component': 'warm-placeholder' };
    const held = (name: string, replicas: number, gpus: string) => ({
      kind: 'Deployment',
      metadata: { name, namespace: 'chat', labels },
      spec: { replicas, ...pod(gpus) },
    });
    expect(policy(held('warm-a', 2, '1'), held('warm-b', 4, '2')).placeholders).toBe(2);
  });

  it.each<[string, readonly unknown[], RegExp]>([
    ['a service that is not there', [], /there is no .*chat\/chat/],
    [
      'a trigger without a model',
      [DEPLOYMENT, scaledObject([{ type: 'cron', metadata: {} }])],
      /cannot be simulated.*Allowed.*Fix/,
    ],
    [
      'a threshold of nothing',
      [DEPLOYMENT, scaledObject([trigger('sum(rate(a{b="c"}[1m]))', '0')])],
      /cannot be simulated/,
    ],
  ])('is refused for %s', (_, manifests, message) => {
    expect(() => policyOf(manifests, CHOICE)).toThrow(message);
  });
});
