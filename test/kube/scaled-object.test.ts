import { Chart, Testing } from 'cdk8s';
import { DEFAULT_BEHAVIOUR } from '../../lib/domain';
import {
  type ScaledObjectProps,
  scaledObject,
  type TriggerAuthenticationProps,
  triggerAuthentication,
} from '../../lib/kube/scaled-object';

const metadata = { name: 'chat', namespace: 'team' };

function scaled(more: Partial<ScaledObjectProps> = {}) {
  return scaledObject(new Chart(Testing.app(), 'test'), 'scaler', {
    metadata,
    deploymentName: 'chat-predictor',
    minReplicas: 2,
    maxReplicas: 8,
    pollingIntervalSeconds: 15,
    cooldownSeconds: 600,
    behaviour: DEFAULT_BEHAVIOUR,
    triggers: [{ type: 'cron', metadata: { start: '0 8 * * *' } }],
    ...more,
  }).toJson();
}

function login(more: Partial<TriggerAuthenticationProps> = {}) {
  return triggerAuthentication(new Chart(Testing.app(), 'test'), 'login', { metadata, ...more }).toJson();
}

describe('a ScaledObject', () => {
  test('scales the Deployment by name, between its bounds', () => {
    expect(scaled()).toMatchObject({
      apiVersion: 'keda.sh/v1alpha1',
      kind: 'ScaledObject',
      metadata,
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'chat-predictor' },
        minReplicaCount: 2,
        maxReplicaCount: 8,
        pollingInterval: 15,
        cooldownPeriod: 600,
      },
    });
  });

  test('states a minimum of zero, which KEDA would have as its default', () => {
    expect(scaled({ minReplicas: 0 }).spec.minReplicaCount).toBe(0);
  });

  test('leaves the number of replicas alone when it is deleted', () => {
    expect(scaled().spec.advanced.restoreToOriginalReplicaCount).toBe(false);
  });

  test('never takes pods away for want of a metric', () => {
    expect(scaled({ fallback: { failureThreshold: 3, replicas: 4 } }).spec.fallback).toEqual({
      failureThreshold: 3,
      replicas: 4,
      behavior: 'currentReplicasIfHigher',
    });
    expect(scaled().spec).not.toHaveProperty('fallback');
  });

  test('hands its behaviour to the HorizontalPodAutoscaler', () => {
    const { behavior } = scaled().spec.advanced.horizontalPodAutoscalerConfig;
    expect(behavior.scaleDown.stabilizationWindowSeconds).toBe(DEFAULT_BEHAVIOUR.scaleDown.stabilizationWindowSeconds);
    expect(behavior.scaleUp.policies).toEqual(DEFAULT_BEHAVIOUR.scaleUp.policies);
  });

  test('refers to a login by name, and to none where there is none', () => {
    const { triggers } = scaled({
      triggers: [
        { type: 'prometheus', name: 'a', metricType: 'AverageValue', metadata: { query: 'q' }, authentication: 'chat' },
        { type: 'cron', metadata: { start: '0 8 * * *' } },
      ],
    }).spec;
    expect(triggers).toEqual([
      {
        type: 'prometheus',
        name: 'a',
        metricType: 'AverageValue',
        metadata: { query: 'q' },
        authenticationRef: { name: 'chat' },
      },
      { type: 'cron', metadata: { start: '0 8 * * *' } },
    ]);
  });
});

describe('a TriggerAuthentication', () => {
  test('names the identity of the workload', () => {
    expect(login({ podIdentity: { provider: 'azure-workload', identityId: 'id' } }).spec).toEqual({
      podIdentity: { provider: 'azure-workload', identityId: 'id' },
    });
  });

  test('takes parameters from Secrets of its namespace, and holds no value itself', () => {
    expect(login({ secrets: [{ parameter: 'bearerToken', secretName: 'prometheus', key: 'token' }] })).toMatchObject({
      kind: 'TriggerAuthentication',
      spec: { secretTargetRef: [{ parameter: 'bearerToken', name: 'prometheus', key: 'token' }] },
    });
  });
});
