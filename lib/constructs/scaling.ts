/** Who decides how many pods a service has: KEDA by requests or by any trigger of its own, or Kubernetes alone. */
import type { Construct } from 'constructs';
import { TRIGGER_FACTS } from '../../imports/keda/trigger-facts';
import type { KedaTriggers } from '../../imports/keda/triggers';
import type { ScalingBehaviour } from '../domain/hpa-behaviour';
import { draftKedaTrigger } from '../domain/keda-trigger';
import { type Draft, Findings } from '../domain/problem';
import {
  draftBesideFloor,
  draftRequestScaling,
  type RequestScalingSpec,
  type ScaledService,
  scalingTimers,
} from '../domain/scaling-plan';
import { report, settle } from '../kube/report';
import type { ScaledObjectTrigger } from '../kube/scaled-object';
import { arrivalRate, beyond, inFlight, isOneSeries } from '../promql/scaling-signals';
import {
  drawAutoscaler,
  drawScaledObject,
  type ExternalMetric,
  type TriggerAuthentication,
  type TriggerInput,
  thresholdText,
} from './scaler-objects';
import type { IScaler, ServingTarget } from './siblings';

/** Where a scaler asks for metrics. */
export interface PrometheusServer {
  /** 'http://prometheus.monitoring.svc:9090' */
  readonly serverAddress: string;
  /** @default nobody asks who is asking */
  readonly authentication?: TriggerAuthentication;
  /** Bearer tokens and basic auth: KEDA's `authModes`. @default none */
  readonly authModes?: string;
}

/** Bounds that win over the computed ones. */
export interface ScalingBounds {
  /** @default what the sizing of the service computes */
  readonly minReplicas?: number;
  /** @default what the sizing of the service computes */
  readonly maxReplicas?: number;
}

/** Props of {@link Scaling.arrivalRate} and {@link Scaling.queue}. */
export interface RequestScalingProps extends RequestScalingSpec, ScalingBounds {
  readonly prometheus: PrometheusServer;
}

/** A trigger of KEDA's, with the metadata that its scaler knows. */
export type KedaTrigger = {
  [Type in keyof KedaTriggers]: {
    readonly type: Type;
    readonly name?: string;
    readonly metadata: KedaTriggers[Type];
    readonly metricType?: ScaledObjectTrigger['metricType'];
    readonly authentication?: TriggerAuthentication;
  };
}[keyof KedaTriggers];

/** Props of {@link Scaling.trigger}. */
export interface TriggerScalingProps extends Required<ScalingBounds> {
  readonly triggers: readonly KedaTrigger[];
  /** @default that of Kubernetes */
  readonly behaviour?: ScalingBehaviour;
}

/** Props of {@link Scaling.hpa}. */
export interface HpaScalingProps extends ScalingBounds {
  /** External metrics of the cluster, with the value for one replica. */
  readonly metrics: readonly ExternalMetric[];
  /** @default that of the size, or of Kubernetes */
  readonly behaviour?: ScalingBehaviour;
}

type Draw = (target: ServingTarget, scope: Construct) => void;

/**
 * Scales a service. Bounds, thresholds and timers come from its `sizing`; what is given here wins.
 *
 * Wrong input draws nothing and is reported at synthesis: WP-SCALE-*, WP-SVC-006.
 *
 * @example
 * const scaler = Scaling.arrivalRate({
 *   prometheus: { serverAddress: 'http://prometheus.monitoring.svc:9090' },
 *   arrivals: ArrivalSource.envoyCluster('httproute/chat/chat/rule/0'),
 * });
 */
export class Scaling implements IScaler {
  /** By the arrivals that a gateway counts; requests in the servers as a second opinion, of which the higher counts. */
  static arrivalRate(props: RequestScalingProps & Required<Pick<RequestScalingSpec, 'arrivals'>>): Scaling {
    return Scaling.byRequests(props);
  }

  /** By the requests in the servers alone, which says more later; WP-SCALE-005 tells what that costs. */
  static queue(props: Omit<RequestScalingProps, 'arrivals' | 'arrivalsPerReplica'>): Scaling {
    return Scaling.byRequests(props);
  }

  /** By any triggers of KEDA's. Sizing does not know them, so the bounds are given. */
  static trigger(props: TriggerScalingProps): Scaling {
    return new Scaling(props, (target, scope) => {
      const timers = scalingTimers(serviceOf(target));
      report(scope, draftBesideFloor('triggers', target.floor?.replicas).problems);
      const triggers = settle(scope, draftTriggers(props.triggers));
      if (triggers === undefined) return;
      drawScaledObject(target, scope, { ...timers, behaviour: props.behaviour ?? timers.behaviour }, triggers);
    });
  }

  /** By the HorizontalPodAutoscaler, where something else than KEDA serves external metrics. */
  static hpa(props: HpaScalingProps): Scaling {
    return new Scaling(props, (target, scope) => {
      report(scope, draftBesideFloor('metrics', target.floor?.replicas).problems);
      drawAutoscaler(target, scope, props.metrics, props.behaviour);
    });
  }

  private static byRequests(props: RequestScalingProps): Scaling {
    return new Scaling(props, (target, scope) => {
      const plan = settle(scope, draftRequestScaling(props, serviceOf(target)));
      if (plan === undefined) return;
      const { prometheus } = props;
      const ask = (name: string, load: string, value: number, ofFloor: number | undefined): TriggerInput => ({
        type: 'prometheus',
        name,
        metricType: 'AverageValue',
        metadata: {
          serverAddress: prometheus.serverAddress,
          query: ofFloor === undefined ? load : beyond(load, thresholdText(ofFloor)),
          threshold: thresholdText(value),
          // A metric that is gone is no load of nothing.
          ignoreNullValues: 'false',
          ...(prometheus.authModes !== undefined && { authModes: prometheus.authModes }),
        },
        authentication: prometheus.authentication,
      });
      const { arrivals, inFlightThreshold, inFlightOfFloor } = plan;
      const { namespace, deploymentName, floor } = target;
      const deployments = floor === undefined ? [deploymentName] : [floor.deploymentName, deploymentName];
      const load = inFlight(target.plan.runtime.metrics, namespace, ...deployments);
      drawScaledObject(target, scope, plan, [
        ...(arrivals
          ? [
              ask(
                'arrival-rate',
                arrivalRate(arrivals.counter, arrivals.windowSeconds),
                arrivals.threshold,
                arrivals.ofFloor,
              ),
            ]
          : []),
        ...(load !== undefined && inFlightThreshold !== undefined
          ? [ask('in-flight', load, inFlightThreshold, inFlightOfFloor)]
          : []),
      ]);
    });
  }

  readonly minReplicas?: number;
  readonly maxReplicas?: number;

  private constructor(
    { minReplicas, maxReplicas }: ScalingBounds,
    private readonly drawOn: Draw,
  ) {
    this.minReplicas = minReplicas;
    this.maxReplicas = maxReplicas;
  }

  bindScaler(target: ServingTarget, scope: Construct): void {
    this.drawOn(target, scope);
  }
}

function serviceOf({ plan, floor }: ServingTarget): ScaledService {
  const { minReplicas, maxReplicas, sizing, coldStart, runtime, maxNumSeqs } = plan;
  const floorReplicas = floor?.replicas;
  return { minReplicas, maxReplicas, sizing, coldStart, metrics: runtime.metrics, floorReplicas, maxNumSeqs };
}

/** Reports triggers that KEDA would refuse, or that give more than one number. */
function draftTriggers(triggers: readonly KedaTrigger[]): Draft<readonly TriggerInput[]> {
  const findings = new Findings('scaler.');
  for (const [index, trigger] of triggers.entries()) {
    const written = { ...trigger, authenticated: trigger.authentication !== undefined };
    findings.adopt(draftKedaTrigger(`scaler.triggers[${index}]`, written, TRIGGER_FACTS));
    const { query } = trigger.metadata as { readonly query?: string };
    if (trigger.type !== 'prometheus' || query === undefined || isOneSeries(query)) continue;
    findings.error('WP-SCALE-009', `triggers[${index}].metadata.query`, query, {
      message: 'this may give more than one series, which KEDA takes for an error',
      allowed: 'aggregations without grouping, and sums of such',
      fix: 'put sum(...) around it',
    });
  }
  if (triggers.length === 0) {
    findings.error('WP-SCALE-009', 'triggers', triggers.length, {
      message: 'nothing would ever scale the service',
      allowed: 'one trigger or more',
      fix: 'add one',
    });
  }
  return findings.draft(triggers.map(asInput));
}

function asInput({ metadata, ...trigger }: KedaTrigger): TriggerInput {
  const values = Object.fromEntries(Object.entries(metadata).filter(([, value]) => value !== undefined));
  // A metric that is gone is no load of nothing.
  const nulls: Record<string, string> = trigger.type === 'prometheus' ? { ignoreNullValues: 'false' } : {};
  return { ...trigger, metadata: { ...nulls, ...values } };
}
