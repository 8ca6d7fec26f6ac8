/**
 * How many replicas always run, when more are asked for, how many nodes wait for them, and where it ends: computed from
 * the objective, the measured capacity of a replica, the cold start and the traffic. `warmReplicas` are pods that serve;
 * `warmNodes` are nodes that wait for a pod, held by placeholders. They are two numbers and cost two amounts.
 */
import { burstEnvelope } from './burst-envelope';
import type { ColdStart } from './cold-start';
import { type FluidHistory, fluidReplay, fluidServer, ratesSeen } from './fluid-replay';
import { DEFAULT_BEHAVIOUR, type ScalingBehaviour } from './hpa-behaviour';
import { type Draft, Findings } from './problem';
import { Numbered, Remembered } from './remembered';
import { type CheckedCapacity, draftCapacity, type ServingCapacity } from './serving-capacity';
import { draftTraffic, step, type Traffic, type TrafficSpec, usualRate } from './traffic-profile';
import { cheapestPolicy, type FoundPolicy } from './warm-pool-search';
import { AUTOSCALER_SECONDS, GROWTH_MARGIN, PLANNED_MISSES, type SizingStep, sizingSteps } from './warm-pool-steps';

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
  /** A sudden growth of the usual rate that has to be survived, whether or not the history has one. @default none */
  readonly spike?: { readonly factor: number };
  /** Nodes that wait for a pod; 0 where a spike may wait for a machine. @default the cheapest number */
  readonly warmNodes?: number;
  /**
   * What a warm node costs beside a replica, 0 to 1: 1 where it stands idle, less where batch work uses it until it is
   * wanted. @default 1, and then a warm replica is the better buy
   */
  readonly warmNodeCost?: number;
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

/** From "more load" to "more capacity", in seconds, at the slow end. */
export interface Reaction {
  /** Until a new pod exists: scrape, decision, creation. */
  readonly detectionSeconds: number;
  /** Until it answers, on a node that is there. */
  readonly podSeconds: number;
  /** Until it answers, with a node that has to come. */
  readonly nodeSeconds: number;
}

/** What a plan promises of itself; the fluid model says so, the simulator checks it. */
export interface Prediction {
  /** Share of requests whose first token comes in time. */
  readonly attainment: number;
  /** Replicas that serve or start, on the mean. */
  readonly meanReplicas: number;
  /** Nodes beside them on which nothing runs: coming, or not yet given up. Without warm nodes. */
  readonly meanIdleNodes: number;
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
  /** Replicas that the busiest planned load needs. */
  readonly peakReplicas: number;
  /** One replica for this many arrivals per second. */
  readonly arrivalThreshold: number;
  /** The window of the rate, in seconds. */
  readonly arrivalWindowSeconds: number;
  /** One replica for this many requests in the servers, should arrivals tell too little. */
  readonly inFlightThreshold: number;
  readonly behaviour: ScalingBehaviour;
  readonly pollingIntervalSeconds: number;
  /** Only on the way to zero. */
  readonly cooldownSeconds: number;
  /** What runs where the metrics are gone. */
  readonly fallback: { readonly failureThreshold: number; readonly replicas: number };
  /** What it comes to over the history. */
  readonly prediction: Prediction;
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

/** It gives up an empty node after this long (--scale-down-unneeded-time). */
const NODE_KEPT_SECONDS = 600;

/** No fewer replicas survive a drain and an update. */
const FEWEST_REPLICAS = 2;

/** More than five full pools is no plan; searched up to here to say what would be enough. */
const MOST_REPLICAS = 5000;

/** Share of the replicas that may go in a minute. */
const SCALE_DOWN_PERCENT = 25;

/** How often KEDA asks while nothing runs; beyond one replica the HorizontalPodAutoscaler asks. */
const POLLING_SECONDS = 15;

/** Failed answers until the fallback counts. */
const FALLBACK_FAILURES = 3;

/** How long it takes from more load to more capacity, at the slow end. */
export function reactionOf(
  {
    scrapeSeconds = SCRAPE_SECONDS,
    hpaSyncSeconds = HPA_SYNC_SECONDS,
  }: Pick<SizingSpec, 'scrapeSeconds' | 'hpaSyncSeconds'>,
  { warmNodeP95Seconds, p95Seconds }: Pick<ColdStart, 'warmNodeP95Seconds' | 'p95Seconds'>,
): Reaction {
  const detectionSeconds = scrapeSeconds + hpaSyncSeconds + POD_CREATION_SECONDS;
  return {
    detectionSeconds,
    podSeconds: detectionSeconds + warmNodeP95Seconds,
    nodeSeconds: detectionSeconds + AUTOSCALER_SECONDS + p95Seconds,
  };
}

/** Up at once and as fast as Kubernetes allows by default, down slowly. */
function behaviourOf(scaleDownWindowSeconds: number): ScalingBehaviour {
  return {
    scaleUp: DEFAULT_BEHAVIOUR.scaleUp,
    scaleDown: {
      stabilizationWindowSeconds: scaleDownWindowSeconds,
      selectPolicy: 'Max',
      policies: [{ type: 'Percent', value: SCALE_DOWN_PERCENT, periodSeconds: 60 }],
    },
  };
}

function checkObjective(findings: Findings, { slo, capacity }: SizingSpec): Required<LatencyObjective> {
  const { timeToFirstTokenSeconds, objective = '0.99' } = slo;
  if (!(timeToFirstTokenSeconds > 0 && timeToFirstTokenSeconds <= 60)) {
    findings.error('WP-WARM-007', 'slo.timeToFirstTokenSeconds', timeToFirstTokenSeconds, {
      message: 'this is no time that somebody waits for a first token',
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

function checkChoices(findings: Findings, { spike, warmNodes, warmNodeCost, quotaReplicas }: SizingSpec): void {
  const check = (prop: string, value: number | undefined, good: (value: number) => boolean, allowed: string) => {
    if (value === undefined || good(value)) return;
    findings.error('WP-WARM-013', prop, value, {
      message: 'this cannot be planned with',
      allowed,
      fix: 'correct it, or leave it out',
    });
  };
  check('spike.factor', spike?.factor, (factor) => factor >= 1 && factor <= 100, '1 to 100');
  check('warmNodes', warmNodes, (nodes) => Number.isInteger(nodes) && nodes >= 0, 'a whole number, 0 or more');
  check('warmNodeCost', warmNodeCost, (cost) => cost >= 0 && cost <= 1, '0 to 1');
  check('quotaReplicas', quotaReplicas, (quota) => Number.isInteger(quota) && quota >= 1, 'a whole number above 0');
}

/** Everything that the search goes by. */
interface Ground {
  readonly spec: SizingSpec;
  readonly objective: Required<LatencyObjective>;
  readonly capacity: CheckedCapacity;
  readonly traffic: Traffic;
  readonly reaction: Reaction;
  readonly floorReplicas: number;
}

const more = (history: FluidHistory) => history.map((count) => GROWTH_MARGIN * count);

/** A spike that is a tenth higher, from the rate that was there before it: what the scaler has seen of it helps nobody. */
const higher = (threat: FluidHistory) =>
  threat.map((count) => (count > (threat[0] ?? 0) ? GROWTH_MARGIN * count : count));

function times({ spec, reaction }: Ground) {
  const { scrapeSeconds = SCRAPE_SECONDS, hpaSyncSeconds = HPA_SYNC_SECONDS } = spec;
  // The metric's age and the wait for a decision are played, so they are not counted twice.
  const played = scrapeSeconds + hpaSyncSeconds;
  return {
    scrapeSeconds,
    syncSeconds: hpaSyncSeconds,
    podSeconds: reaction.podSeconds - played,
    nodeSeconds: reaction.nodeSeconds - played,
    nodeKeptSeconds: NODE_KEPT_SECONDS,
  };
}

const policies = new Remembered<FoundPolicy | undefined>(32);
const histories = new Numbered();

/** Counts may be a million: they stand for themselves by number. */
function searchFor(ground: Ground, roomReplicas: number): FoundPolicy | undefined {
  const { spec, traffic: _, ...rest } = ground;
  const traffic = 'counts' in spec.traffic ? histories.of(spec.traffic.counts.counts) : spec.traffic;
  const interval = 'counts' in spec.traffic ? spec.traffic.counts.secondsPerCount : 0;
  const question = JSON.stringify([{ ...spec, traffic }, interval, rest, roomReplicas]);
  return policies.answer(question, () => search(ground, roomReplicas));
}

function search(ground: Ground, roomReplicas: number): FoundPolicy | undefined {
  const { spec, objective, capacity, traffic, floorReplicas } = ground;
  const usual = usualRate(traffic);
  const spikes = spec.spike === undefined ? [] : [step(usual, spec.spike.factor * usual)];
  return cheapestPolicy({
    history: more(traffic.history),
    threats: [...traffic.threats, ...spikes].map(higher),
    server: fluidServer(capacity, objective.timeToFirstTokenSeconds),
    times: times(ground),
    requestsPerSecond: capacity.requestsPerSecond,
    inFlight: capacity.inFlight,
    mayMiss: PLANNED_MISSES * (1 - Number(objective.objective)),
    floorReplicas,
    roomReplicas,
    warmNodes: spec.warmNodes,
    warmNodeCost: spec.warmNodeCost ?? 1,
  });
}

/** The chosen policy over the history as it was. */
function predict(ground: Ground, { policy, shape }: FoundPolicy): Prediction {
  const { traffic, capacity, objective } = ground;
  const { history } = traffic;
  const server = fluidServer(capacity, objective.timeToFirstTokenSeconds);
  const seen = ratesSeen(history, shape.windowSeconds, times(ground).scrapeSeconds);
  const unlimited = { missedRequests: Number.POSITIVE_INFINITY, cost: Number.POSITIVE_INFINITY, warmNodeCost: 1 };
  const outcome = fluidReplay(history, seen, policy, times(ground), server, unlimited);
  return {
    attainment: 1 - (outcome?.missed ?? 0),
    meanReplicas: (outcome?.replicaSeconds ?? 0) / history.length,
    meanIdleNodes: (outcome?.idleSeconds ?? 0) / history.length,
  };
}

/** What the room is too small for. */
function reportRoom(findings: Findings, ground: Ground, room: number): void {
  const enough = searchFor(ground, MOST_REPLICAS);
  const own = ground.spec.quotaReplicas === room;
  const wanted = enough === undefined ? undefined : Math.max(enough.policy.minReplicas, enough.policy.maxReplicas);
  findings.error('WP-WARM-008', own ? 'quotaReplicas' : 'pool', room, {
    message:
      wanted === undefined
        ? 'no number of replicas keeps the promise under this traffic'
        : `there is room for ${room} replicas, and the promise wants up to ${wanted}`,
    allowed: wanted === undefined ? 'a promise that a replica can keep' : `room for ${wanted} or more`,
    fix: 'raise maxNodes of the pool or the quota, promise less, or shorten the cold start',
  });
}

/** Decides the sizes of a service and gathers everything that is wrong with what was said of it. */
export function draftWarmPoolPlan(spec: SizingSpec, context: SizingContext): Draft<WarmPoolPlan> {
  const findings = new Findings('sizing.');
  const objective = checkObjective(findings, spec);
  checkChoices(findings, spec);
  // They name their props in full.
  const parts = new Findings();
  const capacity = parts.adopt(draftCapacity(spec.capacity));
  const traffic = parts.adopt(draftTraffic(spec.traffic));
  const drafted = (value?: WarmPoolPlan): Draft<WarmPoolPlan> => ({
    value,
    problems: [...findings.problems, ...parts.problems],
  });
  if (capacity === undefined || traffic === undefined || findings.hasErrors) return drafted();
  const reaction = reactionOf(spec, context.coldStart);
  const floorReplicas = Math.max(FEWEST_REPLICAS, context.floorReplicas);
  const ground: Ground = { spec, objective, capacity, traffic, reaction, floorReplicas };
  const room = Math.min(spec.quotaReplicas ?? Number.POSITIVE_INFINITY, context.poolReplicas);
  const found = floorReplicas > room ? undefined : searchFor(ground, room);
  if (found === undefined) {
    reportRoom(findings, ground, room);
    return drafted();
  }
  const { policy, shape } = found;
  const peak = Math.ceil(traffic.peakRatePerSecond / policy.arrivalThreshold);
  if (peak > room) {
    findings.warning('WP-WARM-009', spec.quotaReplicas === room ? 'quotaReplicas' : 'pool', room, {
      message: `the busiest minute wants ${peak} replicas, and there is room for ${room}`,
      allowed: `room for ${peak} or more`,
      fix: 'raise maxNodes of the pool or the quota, or accept that there is nothing left for a busier day',
    });
  }
  const peakReplicas = Math.min(policy.maxReplicas, Math.max(policy.minReplicas, peak));
  const envelope = burstEnvelope(traffic, capacity, objective, reaction.podSeconds);
  return drafted({
    objective,
    capacity,
    reaction,
    minReplicas: policy.minReplicas,
    maxReplicas: policy.maxReplicas,
    warmNodes: policy.warmNodes,
    peakReplicas,
    arrivalThreshold: policy.arrivalThreshold,
    arrivalWindowSeconds: shape.windowSeconds,
    inFlightThreshold: policy.inFlightThreshold,
    behaviour: behaviourOf(shape.scaleDownWindowSeconds),
    pollingIntervalSeconds: POLLING_SECONDS,
    cooldownSeconds: Math.ceil((2 * reaction.nodeSeconds) / 60) * 60,
    fallback: { failureThreshold: FALLBACK_FAILURES, replicas: peakReplicas },
    prediction: predict(ground, found),
    steps: sizingSteps({ ...ground, ...found, envelope }),
    assumptions: traffic.assumptions,
    ...(capacity.unproven !== undefined && { unproven: capacity.unproven }),
  });
}
