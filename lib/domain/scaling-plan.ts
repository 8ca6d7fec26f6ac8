/** When a service gets more pods and when fewer: bounds, thresholds and timers, decided from its size or given by hand. */
import { type ArrivalCounter, draftArrivalCounter } from './arrival-source';
import type { ColdStart } from './cold-start';
import { DEFAULT_BEHAVIOUR, type ScalingBehaviour } from './hpa-behaviour';
import { type Draft, Findings } from './problem';
import type { RuntimeMetrics } from './runtime-metrics';
import type { WarmPoolPlan } from './warm-pool-plan';

/** What a scaler of requests is told. */
export interface RequestScalingSpec {
  /** Counts the arrivals of the service. @default none: the scaler follows the requests in the servers */
  readonly arrivals?: ArrivalCounter;
  /** Arrivals per second for one replica. @default computed from `sizing` */
  readonly arrivalsPerReplica?: number;
  /** Requests in the servers for one replica. @default computed from `sizing` */
  readonly inFlightPerReplica?: number;
}

/** The service that is scaled. */
export interface ScaledService {
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly sizing: WarmPoolPlan | undefined;
  readonly coldStart: ColdStart;
  readonly metrics: Pick<RuntimeMetrics, 'running' | 'waiting'>;
  /** Pods beside it that share its load and are not scaled. @default none */
  readonly floorReplicas?: number;
  /** Sequences that a server decodes at the same time. */
  readonly maxNumSeqs: number;
}

/** Timers and bounds of a ScaledObject. */
export interface ScalingTimers {
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly pollingIntervalSeconds: number;
  readonly cooldownSeconds: number;
  readonly fallback: { readonly failureThreshold: number; readonly replicas: number };
  readonly behaviour: ScalingBehaviour;
}

/** A decided scaler of requests; a threshold is absent where nothing can be compared with it. */
export interface RequestScalingPlan extends ScalingTimers {
  readonly arrivals?: {
    readonly counter: ArrivalCounter;
    readonly threshold: number;
    readonly windowSeconds: number;
    /** Arrivals per second that the floor takes, at the same threshold for each of its pods. */
    readonly ofFloor?: number;
  };
  readonly inFlightThreshold?: number;
  /** Requests that the floor holds, at the same threshold for each of its pods. */
  readonly inFlightOfFloor?: number;
}

/** Without a size the window holds two samples of the usual scrape interval. */
const RATE_WINDOW_SECONDS = 60;

/** How often KEDA asks while nothing runs; beyond one replica the HorizontalPodAutoscaler asks. */
const POLLING_SECONDS = 15;

/** Failed answers until the fallback counts. */
const FALLBACK_FAILURES = 3;

/** Timers of a service; those of its size where it has one. */
export function scalingTimers({ minReplicas, maxReplicas, sizing, coldStart }: ScaledService): ScalingTimers {
  const bounds = { minReplicas, maxReplicas };
  if (sizing !== undefined) {
    const { pollingIntervalSeconds, cooldownSeconds, behaviour, fallback } = sizing;
    // Bounds that somebody set by hand hold for the fallback too.
    const replicas = Math.min(maxReplicas, Math.max(minReplicas, fallback.replicas));
    return { ...bounds, pollingIntervalSeconds, cooldownSeconds, behaviour, fallback: { ...fallback, replicas } };
  }
  return {
    ...bounds,
    pollingIntervalSeconds: POLLING_SECONDS,
    // What goes to zero comes back through a cold start, so it stays for two of them.
    cooldownSeconds: Math.ceil((2 * coldStart.p95Seconds) / 60) * 60,
    behaviour: DEFAULT_BEHAVIOUR,
    fallback: { failureThreshold: FALLBACK_FAILURES, replicas: maxReplicas },
  };
}

function checkNumber(findings: Findings, prop: string, value: number | undefined): void {
  if (value === undefined || (value > 0 && Number.isFinite(value))) return;
  findings.error('WP-SCALE-004', prop, value, {
    message: 'nothing can be divided by this',
    allowed: 'a number above 0',
    fix: 'correct it, or set sizing and leave it out',
  });
}

/** Reports thresholds that come too late to help. */
function warnLateThresholds(
  findings: Findings,
  arrivals: number | undefined,
  inFlight: number | undefined,
  { sizing, maxNumSeqs }: ScaledService,
): void {
  const most = sizing?.capacity.saturatedRequestsPerSecond;
  if (arrivals !== undefined && most !== undefined && arrivals > most) {
    findings.warning('WP-SCALE-008', 'arrivalsPerReplica', arrivals, {
      message: `a replica finishes ${most.toFixed(2)} requests per second at the most, so that it drowns before this is reached`,
      allowed: `${most.toFixed(2)} or less`,
      fix: 'leave it out for the computed threshold',
    });
  }
  if (inFlight !== undefined && inFlight > maxNumSeqs) {
    findings.warning('WP-SCALE-008', 'inFlightPerReplica', inFlight, {
      message: `a server runs ${maxNumSeqs} requests at the same time, so that callers wait in it before this is reached`,
      allowed: `${maxNumSeqs} or less`,
      fix: 'lower it, or leave it out and set sizing',
    });
  }
}

function checkZero(findings: Findings, arrivals: ArrivalCounter | undefined, service: ScaledService): void {
  const { minReplicas, floorReplicas = 0 } = service;
  // Beside a floor there always is a pod that reports, and that a gateway hands requests to.
  if (minReplicas > 0 || floorReplicas > 0 || arrivals?.existsAtZero) return;
  findings.error('WP-SCALE-007', 'minReplicas', minReplicas, {
    message:
      arrivals === undefined ? 'metrics of pods are gone with the pods' : `${arrivals.description}, and there is none`,
    allowed: 'a counter that goes on without pods, or one replica that always runs',
    fix: 'use ArrivalSource.envoyListener, or set minReplicas to 1',
  });
}

/** Says that triggers which somebody wrote ask for pods beside a floor that takes its part of the load. */
export function draftBesideFloor(prop: string, floorReplicas: number | undefined): Draft<true> {
  const findings = new Findings('scaler.');
  if (floorReplicas !== undefined && floorReplicas > 0) {
    findings.warning('WP-SCALE-010', prop, floorReplicas, {
      message: `what these ask for comes on top of the ${floorReplicas} pods of the floor, which take their part of the load`,
      allowed: 'what spot pods alone are for: a schedule, or a load without the part of the floor',
      fix: `take ${floorReplicas} times the threshold off in the query, or use Scaling.arrivalRate, which does so`,
    });
  }
  return findings.draft<true>(true);
}

/** Decides a scaler of requests. */
export function draftRequestScaling(spec: RequestScalingSpec, service: ScaledService): Draft<RequestScalingPlan> {
  const findings = new Findings('scaler.');
  const counting = new Findings();
  const counter = counting.adopt(draftArrivalCounter(spec.arrivals));
  const { sizing, metrics, floorReplicas: floor = 0 } = service;
  checkNumber(findings, 'arrivalsPerReplica', spec.arrivalsPerReplica);
  checkNumber(findings, 'inFlightPerReplica', spec.inFlightPerReplica);
  checkZero(findings, counter, service);
  const gauges = metrics.running !== undefined && metrics.waiting !== undefined;
  const arrivalsPerReplica = spec.arrivalsPerReplica ?? sizing?.arrivalThreshold;
  const inFlightPerReplica = gauges ? (spec.inFlightPerReplica ?? sizing?.inFlightThreshold) : undefined;
  if (counter === undefined && counting.problems.length === 0) {
    findings.warning('WP-SCALE-005', 'arrivals', undefined, {
      message:
        'nobody counts arrivals, so the scaler sees a spike only when its requests have piled up in the servers: it reacts later, and a backlog asks for more pods than the load needs',
      allowed: "a counter of the gateway's",
      fix: 'name one, for example ArrivalSource.envoyCluster',
    });
  }
  const byArrivals = counter !== undefined && arrivalsPerReplica !== undefined;
  if (!byArrivals && inFlightPerReplica === undefined && counting.problems.length === 0) {
    findings.error('WP-SCALE-006', 'arrivals', undefined, {
      message: gauges
        ? 'nothing says how many requests are for one replica'
        : 'this server does not say how many requests are in it, and nobody counts arrivals',
      allowed: gauges ? 'sizing, or arrivalsPerReplica or inFlightPerReplica' : 'a counter of arrivals',
      fix: gauges ? 'set sizing on the service' : 'set arrivals, and sizing or arrivalsPerReplica',
    });
  }
  warnLateThresholds(findings, byArrivals ? arrivalsPerReplica : undefined, inFlightPerReplica, service);
  return {
    value: {
      ...scalingTimers(service),
      ...(byArrivals && {
        arrivals: {
          counter,
          threshold: arrivalsPerReplica,
          windowSeconds: sizing?.arrivalWindowSeconds ?? RATE_WINDOW_SECONDS,
          ...(floor > 0 && { ofFloor: floor * arrivalsPerReplica }),
        },
      }),
      ...(inFlightPerReplica !== undefined && { inFlightThreshold: inFlightPerReplica }),
      ...(inFlightPerReplica !== undefined && floor > 0 && { inFlightOfFloor: floor * inFlightPerReplica }),
    },
    problems: [...findings.problems, ...counting.problems],
  };
}
