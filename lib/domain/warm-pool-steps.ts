/** The arithmetic of a plan, for whoever has to believe it. */
import type { BurstEnvelope } from './burst-envelope';
import type { CheckedCapacity } from './serving-capacity';
import type { Traffic } from './traffic-profile';
import type { LatencyObjective, Reaction, SizingSpec, WarmPoolPlan } from './warm-pool-plan';
import type { FoundPolicy } from './warm-pool-search';

/** The future is planned for with a tenth more than the past had. */
export const GROWTH_MARGIN = 1.1;

/** Of the requests that may miss the objective, the half is left to chance and to what the fluid model leaves out. */
export const PLANNED_MISSES = 0.5;

/** The cluster autoscaler acts within this long (kubernetes/autoscaler FAQ: its objective below 100 nodes). */
export const AUTOSCALER_SECONDS = 30;

/** One number of the plan with the sum behind it. */
export interface SizingStep {
  readonly name: string;
  readonly sum: string;
  readonly value: string;
}

/** What the sums are made of. */
export interface SizingBasis extends Pick<FoundPolicy, 'policy' | 'shape'> {
  readonly spec: SizingSpec;
  readonly objective: Required<LatencyObjective>;
  readonly capacity: CheckedCapacity;
  readonly traffic: Traffic;
  readonly reaction: Reaction;
  readonly envelope: BurstEnvelope;
}

/** A number as a person would write it. */
const short = (value: number) => String(Number(value.toPrecision(3)));

/** The sums of a plan, in order. */
export function sizingSteps(basis: SizingBasis): readonly SizingStep[] {
  const { capacity, reaction, objective, spec, traffic, policy, shape, envelope } = basis;
  const { timeToFirstTokenSeconds } = objective;
  const warm = spec.warmNodeCost ?? 1;
  return [
    {
      name: 'reaction, node there',
      sum: `${short(reaction.detectionSeconds)} s to notice + ${short(reaction.podSeconds - reaction.detectionSeconds)} s to start (p95)`,
      value: `${short(reaction.podSeconds)} s`,
    },
    {
      name: 'reaction, node to come',
      sum: `${short(reaction.detectionSeconds)} s to notice + ${AUTOSCALER_SECONDS} s until the autoscaler acts + ${short(reaction.nodeSeconds - reaction.detectionSeconds - AUTOSCALER_SECONDS)} s cold start (p95)`,
      value: `${short(reaction.nodeSeconds)} s`,
    },
    {
      name: 'bursts without scaling',
      sum: `${short(envelope.arrivals)} requests in ${envelope.windowSeconds} s / (${short(capacity.saturatedRequestsPerSecond)}/s x (${envelope.windowSeconds} + ${timeToFirstTokenSeconds}) s)`,
      value: `${short(envelope.replicas)} replicas`,
    },
    {
      name: 'minimum',
      sum: `fewest with which ${traffic.history.length} s of traffic${traffic.threats.length + (spec.spike ? 1 : 0) > 0 ? ' and its spikes' : ''}, times ${GROWTH_MARGIN}, miss at most ${short(100 * PLANNED_MISSES * (1 - Number(objective.objective)))} %`,
      value: `${policy.minReplicas} replicas`,
    },
    {
      name: 'one more at',
      sum: `${short(shape.arrivalShare)} x ${short(capacity.requestsPerSecond)}/s over ${shape.windowSeconds} s, or ${short(shape.inFlightShare)} x ${short(capacity.inFlight)} in flight`,
      value: `${short(policy.arrivalThreshold)}/s, ${short(policy.inFlightThreshold)} in flight`,
    },
    {
      name: 'warm nodes',
      sum:
        spec.warmNodes === undefined
          ? `the cheapest number, where one costs ${short(warm)} of a replica`
          : 'decided by the service',
      value: `${policy.warmNodes} nodes`,
    },
    {
      name: 'maximum',
      sum: `1.25 x the busiest rate / ${short(policy.arrivalThreshold)}/s, within the room`,
      value: `${policy.maxReplicas} replicas`,
    },
  ];
}

/** The arithmetic of a plan as lines of text. */
export function explainWarmPool({ steps, assumptions, unproven, prediction }: WarmPoolPlan): string {
  const { attainment, meanReplicas, meanIdleNodes } = prediction;
  return [
    ...steps.map(({ name, sum, value }) => `${name}: ${sum} = ${value}`),
    `over that traffic: ${short(100 * attainment)} % in time, ${short(meanReplicas)} replicas on the mean, ${short(meanIdleNodes)} idle nodes beside them`,
    ...assumptions.map((text) => `assumed: ${text}`),
    ...(unproven === undefined ? [] : [`unproven: ${unproven}`]),
  ].join('\n');
}
