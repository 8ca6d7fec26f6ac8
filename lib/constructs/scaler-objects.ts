/** The objects of a scaler: ScaledObject and its logins, or a HorizontalPodAutoscaler. */
import type { Construct } from 'constructs';
import { DEFAULT_BEHAVIOUR, type ScalingBehaviour } from '../domain/hpa-behaviour';
import { Findings } from '../domain/problem';
import { k8s } from '../kube/k8s';
import { workloadLabels } from '../kube/labels';
import { report } from '../kube/report';
import {
  behaviourOf,
  type ScaledObjectProps,
  type ScaledObjectTrigger,
  scaledObject,
  type TriggerAuthenticationProps,
  triggerAuthentication,
} from '../kube/scaled-object';
import type { ServingTarget } from './siblings';

/** How KEDA logs in where a trigger reads. */
export type TriggerAuthentication = Omit<TriggerAuthenticationProps, 'metadata'>;

/** A trigger with its login. */
export type TriggerInput = Omit<ScaledObjectTrigger, 'authentication'> & {
  readonly authentication?: TriggerAuthentication;
};

/** External metrics with the value for one replica. */
export interface ExternalMetric {
  readonly name: string;
  readonly averageValue: number;
  readonly labels?: Readonly<Record<string, string>>;
}

/** Values of thresholds as text: no more digits than a load test has. */
export const thresholdText = (value: number): string => String(Number(value.toPrecision(4)));

function metadataOf({ name, namespace, plan }: ServingTarget): k8s.ObjectMeta {
  return { name, namespace, labels: workloadLabels(name, 'scaler', plan.ownership, plan.pool) };
}

/** Draws the ScaledObject, and each way to log in once. */
export function drawScaledObject(
  target: ServingTarget,
  scope: Construct,
  timers: Omit<ScaledObjectProps, 'metadata' | 'deploymentName' | 'triggers'>,
  inputs: readonly TriggerInput[],
): void {
  const metadata = metadataOf(target);
  const logins = new Map<string, string>();
  const loginOf = (authentication: TriggerAuthentication) => {
    const key = JSON.stringify(authentication);
    const name = logins.get(key) ?? (logins.size === 0 ? target.name : `${target.name}-${logins.size + 1}`);
    if (!logins.has(key)) {
      triggerAuthentication(scope, `trigger-authentication-${logins.size + 1}`, {
        metadata: { ...metadata, name },
        ...authentication,
      });
    }
    logins.set(key, name);
    return name;
  };
  const triggers = inputs.map(({ authentication, ...trigger }) => ({
    ...trigger,
    ...(authentication && { authentication: loginOf(authentication) }),
  }));
  scaledObject(scope, 'scaled-object', { metadata, deploymentName: target.deploymentName, ...timers, triggers });
}

/** Draws a HorizontalPodAutoscaler over external metrics. */
export function drawAutoscaler(
  target: ServingTarget,
  scope: Construct,
  metrics: readonly ExternalMetric[],
  behaviour: ScalingBehaviour | undefined,
): void {
  const { minReplicas, maxReplicas, sizing } = target.plan;
  const findings = new Findings('scaler.');
  if (minReplicas === 0 || metrics.length === 0) {
    findings.error(
      'WP-SCALE-007',
      minReplicas === 0 ? 'minReplicas' : 'metrics',
      minReplicas === 0 ? 0 : metrics.length,
      {
        message: 'the HorizontalPodAutoscaler scales between one and more by a metric, and never to zero',
        allowed: 'minReplicas of 1 or more, and a metric',
        fix: 'use Scaling.arrivalRate to scale to zero',
      },
    );
  }
  report(scope, findings.problems);
  if (findings.hasErrors) return;
  new k8s.KubeHorizontalPodAutoscalerV2(scope, 'autoscaler', {
    metadata: metadataOf(target),
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: target.deploymentName },
      minReplicas,
      maxReplicas,
      behavior: mutable(behaviourOf(behaviour ?? sizing?.behaviour ?? DEFAULT_BEHAVIOUR)),
      metrics: metrics.map(({ name, averageValue, labels }) => ({
        type: 'External',
        external: {
          metric: { name, ...(labels && { selector: { matchLabels: labels } }) },
          target: { type: 'AverageValue', averageValue: k8s.Quantity.fromString(thresholdText(averageValue)) },
        },
      })),
    },
  });
}

const mutable = (behaviour: ReturnType<typeof behaviourOf>): k8s.HorizontalPodAutoscalerBehaviorV2 => behaviour;
