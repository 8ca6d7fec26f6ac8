/**
 * What was decided about a service, as its Deployment carries it (`warmpath.dev/plan`): enough to say what it promises and
 * costs, and to simulate it, from the manifests alone.
 */
import { COLD_START_STAGES, type ColdStartStage } from './cold-start';
import { type Draft, Findings } from './problem';
import type { ServingPlan } from './serving-plan';

/** Two quantiles of a stage, and how far to trust them. */
export interface StageRecord {
  readonly p50Seconds: number;
  readonly p95Seconds: number;
  readonly basis: string;
}

/** The plan of one service. */
export interface PlanRecord {
  readonly service: string;
  readonly model: string;
  /** Name of the Deployment that is scaled. */
  readonly deployment: string;
  readonly namespace: string;
  readonly pool: {
    readonly name: string;
    readonly cloud: string;
    readonly region: string;
    readonly machineType: string;
    readonly minNodes: number;
    readonly maxNodes: number;
    readonly replicasPerNode: number;
  };
  readonly coldStart: Readonly<Record<ColdStartStage, StageRecord>>;
  /** What is left to requests in flight when a pod ends. */
  readonly drainSeconds: number;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** Absent for a service of which nobody said what it promises. */
  readonly sizing?: {
    readonly timeToFirstTokenSeconds: number;
    readonly objective: string;
    readonly capacity: { readonly requestsPerSecond: number; readonly inFlight: number; readonly source?: string };
    readonly warmNodes: number;
    readonly peakReplicas: number;
    readonly reaction: { readonly podSeconds: number; readonly nodeSeconds: number };
    readonly prediction: { readonly attainment: number; readonly meanReplicas: number; readonly meanIdleNodes: number };
    /** The arithmetic, a line each. */
    readonly sums: readonly string[];
    readonly assumptions: readonly string[];
    readonly unproven?: string;
  };
}

/** Six digits are more than anything here is known to. */
const rounded = (value: number) => Number(value.toPrecision(6));

function sizingOf({ sizing }: ServingPlan): PlanRecord['sizing'] {
  if (sizing === undefined) return undefined;
  const { objective, capacity, reaction, prediction } = sizing;
  return {
    timeToFirstTokenSeconds: objective.timeToFirstTokenSeconds,
    objective: objective.objective,
    capacity: {
      requestsPerSecond: rounded(capacity.requestsPerSecond),
      inFlight: rounded(capacity.inFlight),
      ...(capacity.source !== undefined && { source: capacity.source }),
    },
    warmNodes: sizing.warmNodes,
    peakReplicas: sizing.peakReplicas,
    reaction: { podSeconds: rounded(reaction.podSeconds), nodeSeconds: rounded(reaction.nodeSeconds) },
    prediction: {
      attainment: rounded(prediction.attainment),
      meanReplicas: rounded(prediction.meanReplicas),
      meanIdleNodes: rounded(prediction.meanIdleNodes),
    },
    sums: sizing.steps.map(({ name, sum, value }) => `${name}: ${sum} = ${value}`),
    assumptions: sizing.assumptions,
    ...(sizing.unproven !== undefined && { unproven: sizing.unproven }),
  };
}

/** The record of a plan. */
export function planRecord(plan: ServingPlan): PlanRecord {
  const { pool, coldStart } = plan;
  const sizing = sizingOf(plan);
  return {
    service: plan.name,
    model: plan.model.name,
    deployment: plan.names.deploymentName,
    namespace: plan.namespace,
    pool: {
      name: pool.name,
      cloud: pool.platform.cloud,
      region: pool.platform.region,
      machineType: pool.profile.machineType,
      minNodes: pool.minNodes,
      maxNodes: pool.maxNodes,
      replicasPerNode: Math.floor(pool.profile.gpus / plan.fit.tensorParallel),
    },
    coldStart: Object.fromEntries(
      COLD_START_STAGES.map((stage) => {
        const { p50Seconds, p95Seconds, basis } = coldStart.stages[stage];
        return [stage, { p50Seconds: rounded(p50Seconds), p95Seconds: rounded(p95Seconds), basis }];
      }),
    ) as PlanRecord['coldStart'],
    drainSeconds: plan.drain.drainSeconds,
    minReplicas: plan.minReplicas,
    maxReplicas: plan.maxReplicas,
    ...(sizing && { sizing }),
  };
}

/** Reads a record; an annotation that somebody has changed by hand is told, not believed. */
export function draftPlanRecord(text: string, where: string): Draft<PlanRecord> {
  const findings = new Findings();
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const record = value as Partial<PlanRecord> | undefined;
  const whole =
    typeof record?.service === 'string' &&
    typeof record.deployment === 'string' &&
    typeof record.pool?.maxNodes === 'number' &&
    COLD_START_STAGES.every((stage) => typeof record.coldStart?.[stage]?.p95Seconds === 'number');
  if (!whole) {
    findings.error('WP-WARM-019', where, text.slice(0, 80), {
      message: 'this is no plan of a service',
      allowed: 'the annotation as synthesis writes it',
      fix: 'synthesise again',
    });
    return findings.draft<PlanRecord>(undefined);
  }
  return findings.draft(record as PlanRecord);
}
