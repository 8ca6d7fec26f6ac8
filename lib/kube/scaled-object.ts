/** KEDA's objects from plain values (keda.sh/v1alpha1; kedacore/keda v2.21.0 config/crd/bases). */
import { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import type { ScalingBehaviour, ScalingRules } from '../domain/hpa-behaviour';
import { ACKNOWLEDGE_PREFIX } from '../domain/node-vocabulary';
import { k8s } from './k8s';

/** One trigger; KEDA reads every value of its metadata as text. */
export interface ScaledObjectTrigger {
  readonly type: string;
  readonly name?: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly metricType?: 'AverageValue' | 'Value' | 'Utilization';
  /** Name of a TriggerAuthentication of the namespace. */
  readonly authentication?: string;
}

/** A ScaledObject. */
export interface ScaledObjectProps {
  readonly metadata: k8s.ObjectMeta;
  readonly deploymentName: string;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly pollingIntervalSeconds: number;
  readonly cooldownSeconds: number;
  readonly fallback?: { readonly failureThreshold: number; readonly replicas: number };
  readonly behaviour: ScalingBehaviour;
  readonly triggers: readonly ScaledObjectTrigger[];
}

const rules = ({ stabilizationWindowSeconds, selectPolicy, policies }: ScalingRules) => ({
  stabilizationWindowSeconds,
  selectPolicy,
  policies: policies.map(({ type, value, periodSeconds }) => ({ type, value, periodSeconds })),
});

/** Behaviour in the form of autoscaling/v2. */
export function behaviourOf({ scaleUp, scaleDown }: ScalingBehaviour): {
  readonly scaleUp: ReturnType<typeof rules>;
  readonly scaleDown: ReturnType<typeof rules>;
} {
  return { scaleUp: rules(scaleUp), scaleDown: rules(scaleDown) };
}

/** Writes the object. */
export function scaledObject(scope: Construct, id: string, props: ScaledObjectProps): ApiObject {
  const { metadata, deploymentName, fallback, triggers, behaviour } = props;
  return new ApiObject(scope, id, {
    apiVersion: 'keda.sh/v1alpha1',
    kind: 'ScaledObject',
    metadata: k8s.toJson_ObjectMeta(metadata),
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: deploymentName },
      minReplicaCount: props.minReplicas,
      maxReplicaCount: props.maxReplicas,
      pollingInterval: props.pollingIntervalSeconds,
      cooldownPeriod: props.cooldownSeconds,
      ...(fallback && {
        fallback: {
          failureThreshold: fallback.failureThreshold,
          replicas: fallback.replicas,
          // A service that has more than the fallback keeps what it has.
          behavior: 'currentReplicasIfHigher',
        },
      }),
      advanced: {
        restoreToOriginalReplicaCount: false,
        horizontalPodAutoscalerConfig: { behavior: behaviourOf(behaviour) },
      },
      triggers: triggers.map(({ authentication, ...trigger }) => ({
        ...trigger,
        metadata: { ...trigger.metadata },
        ...(authentication !== undefined && { authenticationRef: { name: authentication } }),
      })),
    },
  });
}

/** Who asks for metrics and messages. */
export interface TriggerAuthenticationProps {
  readonly metadata: k8s.ObjectMeta;
  /** Workload identity of the cloud. */
  readonly podIdentity?: { readonly provider: 'azure-workload'; readonly identityId?: string };
  /** Parameters that come from Secrets of the namespace. */
  readonly secrets?: readonly {
    readonly parameter: string;
    readonly secretName: string;
    readonly key: string;
    /** Who writes the Secret, in a few words, where no manifest does. @default a manifest; WP-REF-002 looks for it */
    readonly madeBy?: string;
  }[];
}

/** Writes the object. */
export function triggerAuthentication(scope: Construct, id: string, props: TriggerAuthenticationProps): ApiObject {
  const { metadata, podIdentity, secrets = [] } = props;
  const made = secrets.flatMap(({ secretName, madeBy }) =>
    madeBy === undefined ? [] : `Secret/${secretName}: ${madeBy}`,
  );
  const annotations = {
    ...metadata.annotations,
    ...(made.length > 0 && { [`${ACKNOWLEDGE_PREFIX}WP-REF-002`]: [...new Set(made)].join('\n') }),
  };
  return new ApiObject(scope, id, {
    apiVersion: 'keda.sh/v1alpha1',
    kind: 'TriggerAuthentication',
    metadata: k8s.toJson_ObjectMeta({ ...metadata, ...(Object.keys(annotations).length > 0 && { annotations }) }),
    spec: {
      ...(podIdentity && { podIdentity: { ...podIdentity } }),
      ...(secrets.length > 0 && {
        secretTargetRef: secrets.map(({ parameter, secretName, key }) => ({ parameter, name: secretName, key })),
      }),
    },
  });
}
