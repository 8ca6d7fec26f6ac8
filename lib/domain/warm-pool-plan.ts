/**
 * How many replicas always run, when more are asked for, how many nodes wait for them, and where it ends: computed from
 * the objective, the measured capacity of a replica, the cold start and the traffic. `warmReplicas` are pods that serve;
 * `warmNodes` are nodes that wait for a pod, held by placeholders. They are two numbers and cost two amounts.
 */
import type { ColdStart } from './cold-start';
import type { ScalingBehaviour } from './hpa-behaviour';
import { type Draft, Findings } from './problem';
import { type CheckedCapacity, draftCapacity, type ServingCapacity } from './serving-capacity';
import { draftTraffic, RATE_WINDOW_SECONDS, type Traffic, type TrafficSpec } from './traffic-profile';

/** What callers were promised: this share of requests gets its first token in time. */
export interface LatencyObjective {
  /** Time to first token, in seconds. */
  readonly timeToFirstTokenSeconds: number;
  /** Share of requests as an exact decimal. @default '0.99' */
  readonly objective?: string;
}

/** What a team knows of its service. */
export interface SizingSpec {
  readonly slo: LatencyObjective;
  /** What a replica serves; has no default. */
  readonly capacity: ServingCapacity;
  readonly traffic: TrafficSpec;
  /** Replicas that the GPU quota, and what else runs on the pool, leave room for. @default what the pool holds */
  readonly quotaReplicas?: number;
  /** Nodes that wait for a pod; 0 where a spike may wait for a machine. @default computed */
  readonly warmNodes?: number;
  /** Seconds between two looks of Prometheus at a target. @default 15 */
  readonly scrapeSeconds?: number;
  /** Seconds between two decisions of the HorizontalPodAutoscaler. @default 15, its own default */
  readonly hpaSyncSeconds?: number;
}

/** What is decided about the service before its size is. */
export interface SizingContext {
  readonly coldStart: ColdStart;
  /** Replicas that the pool has room for. */
  readonly poolReplicas: number;
  /** Replicas that a disruption budget wants at the least. */
  readonly floorReplicas: number;
}

/** One number of the plan with the sum behind it. */
export interface SizingStep {
  readonly name: string;
  readonly sum: string;
  readonly value: string;
}

/** From "more load" to "more capacity", in seconds, at the slow end. */
export interface Reaction {
  /** Until a new pod exists: scrape, decision, creation. */
  readonly detectionSeconds: number;
  /** Until it answers, on a node that is there. */
  readonly podSeconds: number;
  /** Until it answers, with a node that has to come. */
  readonly nodeSeconds: number;
}

/** The decided sizes. */
export interface WarmPoolPlan {
  readonly objective: Required<LatencyObjective>;
  readonly capacity: CheckedCapacity;
  readonly reaction: Reaction;
  /** Replicas that always serve: bursts are over before another could start. */
  readonly minReplicas: number;
  /** Beyond this a backlog only winds itself up. */
  readonly maxReplicas: number;
  /** Nodes that wait for a pod: placeholders of the shape of a replica. */
  readonly warmNodes: number;
  /** Replicas that the busiest planned load needs; what runs where the metrics are gone. */
  readonly peakReplicas: number;
  /** One replica for this many arrivals per second... */
  readonly arrivalThreshold: number;
  /** ...after this many more than there are were added. */
  readonly arrivalHeadroom: number;
  /** The window of the rate, in seconds. */
  readonly arrivalWindowSeconds: number;
  /** One replica for this many requests in the servers, should arrivals tell too little. */
  readonly inFlightThreshold: number;
  readonly behaviour: ScalingBehaviour;
  readonly pollingIntervalSeconds: number;
  /** Only on the way to zero. */
  readonly cooldownSeconds: number;
  readonly fallback: { readonly failureThreshold: number; readonly replicas: number };
  /** The arithmetic, in order. */
  readonly steps: readonly SizingStep[];
  /** What was taken for granted. */
  readonly assumptions: readonly string[];
  /** Why the capacity is a guess; absent where it was measured. */
  readonly unproven?: string;
}

/** Prometheus' own default, and that of most PodMonitors. */
const SCRAPE_SECONDS = 15;

/** --horizontal-pod-autoscaler-sync-period of kube-controller-manager. */
const HPA_SYNC_SECONDS = 15;

/** From a decided number to pods that are scheduled: controllers and scheduler. */
const POD_CREATION_SECONDS = 5;

/** The cluster autoscaler acts within this long (kubernetes/autoscaler FAQ: its objective below 100 nodes). */
const AUTOSCALER_SECONDS = 30;

/** A replica is never loaded beyond this share of what it was measured to take, however calm the traffic. */
const MOST_LOAD = 0.85;

/** Nor planned below this one: faster growth is the business of the floor and of warm nodes. */
const LEAST_LOAD = 0.5;

/** Requests in the servers at which more are asked for, as a share of the requests at capacity. */
const IN_FLIGHT_SHARE = 0.6;

/** Room above the busiest planned load. */
const CEILING_MARGIN = 1.25;

/** No fewer replicas survive a drain and an update. */
const FEWEST_REPLICAS = 2;

/** Seconds until a recommendation of fewer replicas counts, at the least: a calm moment is no calm hour. */
const SCALE_DOWN_WINDOW_SECONDS = 300;

/** Share of the replicas that may go in a minute. */
const SCALE_DOWN_PERCENT = 25;

/** How often KEDA asks while nothing runs; beyond one replica the HorizontalPodAutoscaler asks. */
const POLLING_SECONDS = 15;

/** Failed answers until the fallback counts. */
const FALLBACK_FAILURES = 3;

const number = (value: number) => String(Number(value.toPrecision(3)));

/** Windows in which a burst is looked for: doubled from a second on, up to the reaction. */
function windowsUpTo(seconds: number): readonly number[] {
  const windows = [seconds];
  for (let window = 1; window < seconds; window *= 2) windows.push(window);
  return windows;
}

/** Replicas with which every burst within the reaction is worked off inside the objective, and the window that decides. */
function burstReplicas(
  traffic: Traffic,
  capacity: CheckedCapacity,
  objective: WarmPoolPlan['objective'],
  reactionSeconds: number,
): { readonly replicas: number; readonly windowSeconds: number; readonly arrivals: number } {
  const quantile = Number(objective.objective);
  const candidates = windowsUpTo(reactionSeconds).map((windowSeconds) => {
    const arrivals = traffic.burst(windowSeconds, quantile);
    const served = capacity.saturatedRequestsPerSecond * (windowSeconds + objective.timeToFirstTokenSeconds);
    return { windowSeconds, arrivals, replicas: arrivals / served };
  });
  return candidates.reduce((most, one) => (one.replicas > most.replicas ? one : most));
}

function reactionOf(spec: SizingSpec, { coldStart }: SizingContext): Reaction {
  const { scrapeSeconds = SCRAPE_SECONDS, hpaSyncSeconds = HPA_SYNC_SECONDS } = spec;
  const detectionSeconds = scrapeSeconds + hpaSyncSeconds + POD_CREATION_SECONDS;
  return {
    detectionSeconds,
    podSeconds: detectionSeconds + coldStart.warmNodeP95Seconds,
    nodeSeconds: detectionSeconds + AUTOSCALER_SECONDS + coldStart.p95Seconds,
  };
}

function behaviourOf(coldStart: ColdStart): ScalingBehaviour {
  const nodeAndBack = Math.ceil(coldStart.stages.node.p95Seconds / 60) * 60;
  return {
    scaleUp: {
      stabilizationWindowSeconds: 0,
      selectPolicy: 'Max',
      policies: [
        { type: 'Pods', value: 4, periodSeconds: 15 },
        { type: 'Percent', value: 100, periodSeconds: 15 },
      ],
    },
    scaleDown: {
      // A node that is given up for less than it takes to come back is given up for nothing. Kubernetes ends at 3600 s.
      stabilizationWindowSeconds: Math.min(3600, Math.max(SCALE_DOWN_WINDOW_SECONDS, nodeAndBack)),
      selectPolicy: 'Max',
      policies: [{ type: 'Percent', value: SCALE_DOWN_PERCENT, periodSeconds: 60 }],
    },
  };
}

function checkObjective(findings: Findings, { slo, capacity }: SizingSpec): WarmPoolPlan['objective'] {
  const { timeToFirstTokenSeconds, objective = '0.99' } = slo;
  if (!(timeToFirstTokenSeconds > 0 && timeToFirstTokenSeconds <= 60)) {
    findings.error('WP-WARM-007', 'slo.timeToFirstTokenSeconds', timeToFirstTokenSeconds, {
      message: 'nobody waits this long, or anything this short, for a first token',
      allowed: 'seconds above 0, at most 60',
      fix: 'take 2 for people who type',
    });
  }
  if (!/^0\.\d{1,6}$/.test(objective) || Number(objective) < 0.5) {
    findings.error('WP-WARM-007', 'slo.objective', objective, {
      message: 'this is no share of requests',
      allowed: "an exact decimal from '0.5' to '0.999999'",
      fix: "write for example '0.99'",
    });
  }
  const warm = capacity?.warmTimeToFirstTokenSeconds;
  if (warm !== undefined && warm >= timeToFirstTokenSeconds) {
    findings.error('WP-WARM-007', 'slo.timeToFirstTokenSeconds', timeToFirstTokenSeconds, {
      message: `a lone request on a warm replica takes ${warm} s, so that no number of replicas is enough`,
      allowed: `more than ${warm}`,
      fix: 'promise less, or serve the model on faster GPUs',
    });
  }
  return { timeToFirstTokenSeconds, objective };
}

/** Replicas by which the pool is smaller than the plan, said; what it can hold is taken. */
function checkQuota(findings: Findings, wanted: number, minReplicas: number, quota: number, own: boolean): void {
  const prop = own ? 'quotaReplicas' : 'pool';
  if (minReplicas > quota) {
    findings.error('WP-WARM-008', prop, quota, {
      message: `${minReplicas} replicas have to serve all the time, and there is room for ${quota}`,
      allowed: `${minReplicas} or more`,
      fix: 'raise maxNodes of the pool or the quota, promise less, or shorten the cold start',
    });
  } else if (wanted > quota) {
    findings.warning('WP-WARM-009', prop, quota, {
      message: `the busiest planned load wants ${wanted} replicas, and there is room for ${quota}`,
      allowed: `${wanted} or more`,
      fix: 'raise maxNodes of the pool or the quota, or accept that the peak misses the objective',
    });
  }
}

/** Decides the sizes of a service and gathers everything that is wrong with what was said of it. */
export function draftWarmPoolPlan(spec: SizingSpec, context: SizingContext): Draft<WarmPoolPlan> {
  const findings = new Findings('sizing.');
  const objective = checkObjective(findings, spec);
  const outer = new Findings();
  const capacity = outer.adopt(draftCapacity(spec.capacity));
  const traffic = outer.adopt(draftTraffic(spec.traffic));
  if (capacity === undefined || traffic === undefined || findings.hasErrors) {
    return { value: undefined, problems: [...findings.problems, ...outer.problems] };
  }
  const quantile = Number(objective.objective);
  const reaction = reactionOf(spec, context);
  const { requestsPerSecond: mu } = capacity;

  const burst = burstReplicas(traffic, capacity, objective, reaction.podSeconds);
  const trough = traffic.troughRatePerSecond / (MOST_LOAD * mu);
  const minReplicas = Math.max(FEWEST_REPLICAS, context.floorReplicas, Math.ceil(burst.replicas), Math.ceil(trough));

  const ratio = traffic.growthRatio(reaction.podSeconds, quantile);
  const load = Math.min(MOST_LOAD, Math.max(LEAST_LOAD, 1 / ratio));
  const arrivalThreshold = load * mu;

  const nodeGrowth = traffic.growth(reaction.nodeSeconds, quantile);
  const podGrowth = traffic.growth(reaction.podSeconds, quantile);
  const peakReplicas = Math.ceil(traffic.peakRatePerSecond / arrivalThreshold);
  const nodeBurst = burstReplicas(traffic, capacity, objective, reaction.nodeSeconds);
  const wanted = Math.max(
    minReplicas,
    Math.ceil(CEILING_MARGIN * Math.max(nodeBurst.replicas, (traffic.peakRatePerSecond + podGrowth) / mu)),
  );
  const quota = Math.min(spec.quotaReplicas ?? Number.POSITIVE_INFINITY, context.poolReplicas);
  checkQuota(findings, wanted, minReplicas, quota, spec.quotaReplicas === quota);
  const maxReplicas = Math.max(1, Math.min(wanted, quota));
  const slack = ((1 / load - 1) * traffic.meanRatePerSecond) / mu;
  const computedNodes = Math.ceil(Math.max(0, (nodeGrowth - podGrowth) / mu - slack));
  const warmNodes = Math.max(0, Math.min(spec.warmNodes ?? computedNodes, maxReplicas - minReplicas));

  const steps: SizingStep[] = [
    {
      name: 'reaction, node there',
      sum: `${number(reaction.detectionSeconds)} s to notice + ${number(context.coldStart.warmNodeP95Seconds)} s to start`,
      value: `${number(reaction.podSeconds)} s`,
    },
    {
      name: 'minimum',
      sum: `${number(burst.arrivals)} requests in ${number(burst.windowSeconds)} s / (${number(capacity.saturatedRequestsPerSecond)}/s x (${number(burst.windowSeconds)} + ${objective.timeToFirstTokenSeconds}) s) = ${number(burst.replicas)}`,
      value: `${minReplicas} replicas`,
    },
  ];
  const behaviour = behaviourOf(context.coldStart);
  return {
    value: {
      objective,
      capacity,
      reaction,
      minReplicas,
      maxReplicas,
      warmNodes,
      peakReplicas: Math.min(maxReplicas, Math.max(minReplicas, peakReplicas)),
      arrivalThreshold,
      arrivalHeadroom: 0,
      arrivalWindowSeconds: RATE_WINDOW_SECONDS,
      inFlightThreshold: IN_FLIGHT_SHARE * capacity.inFlight,
      behaviour,
      pollingIntervalSeconds: POLLING_SECONDS,
      cooldownSeconds: Math.ceil((2 * reaction.nodeSeconds) / 60) * 60,
      fallback: {
        failureThreshold: FALLBACK_FAILURES,
        replicas: Math.min(maxReplicas, Math.max(minReplicas, peakReplicas)),
      },
      steps,
      assumptions: traffic.assumptions,
      ...(capacity.unproven !== undefined && { unproven: capacity.unproven }),
    },
    problems: [...findings.problems, ...outer.problems],
  };
}
