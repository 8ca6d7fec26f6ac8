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
    /** Model of its GPUs, with the MIG profile where they are cut; absent for machines that say none. */
    readonly gpu?: string;
    readonly minNodes: number;
    readonly maxNodes: number;
    readonly replicasPerNode: number;
  };
  /** GPUs, or instances of them, that a replica takes. */
  readonly gpusPerReplica: number;
  /** Parameters of the model. */
  readonly parameters: number;
  readonly coldStart: Readonly<Record<ColdStartStage, StageRecord>>;
  /** Start on a node that is there: without `node`, and without `image` where it is prefetched. */
  readonly warmNode: { readonly p50Seconds: number; readonly p95Seconds: number };
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
    readonly reaction: {
      readonly detectionSeconds: number;
      readonly podSeconds: number;
      readonly nodeSeconds: number;
    };
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
    reaction: {
      detectionSeconds: rounded(reaction.detectionSeconds),
      podSeconds: rounded(reaction.podSeconds),
      nodeSeconds: rounded(reaction.nodeSeconds),
    },
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
  const { gpu, gpus, machineType } = pool.profile;
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
      machineType,
      ...(gpu && { gpu: gpu.migProfile === undefined ? gpu.model : `${gpu.model} ${gpu.migProfile}` }),
      minNodes: pool.minNodes,
      maxNodes: pool.maxNodes,
      replicasPerNode: Math.floor(gpus / plan.fit.tensorParallel),
    },
    gpusPerReplica: plan.fit.tensorParallel,
    parameters: plan.model.parameters,
    coldStart: Object.fromEntries(
      COLD_START_STAGES.map((stage) => {
        const { p50Seconds, p95Seconds, basis } = coldStart.stages[stage];
        return [stage, { p50Seconds: rounded(p50Seconds), p95Seconds: rounded(p95Seconds), basis }];
      }),
    ) as PlanRecord['coldStart'],
    warmNode: { p50Seconds: rounded(coldStart.warmNodeP50Seconds), p95Seconds: rounded(coldStart.warmNodeP95Seconds) },
    drainSeconds: plan.drain.drainSeconds,
    minReplicas: plan.minReplicas,
    maxReplicas: plan.maxReplicas,
    ...(sizing && { sizing }),
  };
}

/** What a reader counts on, by path: each is checked, as anybody can edit an annotation. */
const ALWAYS = {
  text: ['service', 'model', 'deployment', 'namespace', 'pool.name', 'pool.cloud', 'pool.region', 'pool.machineType'],
  number: [
    'pool.minNodes',
    'pool.maxNodes',
    'pool.replicasPerNode',
    'gpusPerReplica',
    'parameters',
    'drainSeconds',
    'minReplicas',
    'maxReplicas',
    'warmNode.p50Seconds',
    'warmNode.p95Seconds',
    ...COLD_START_STAGES.flatMap((stage) => [`coldStart.${stage}.p50Seconds`, `coldStart.${stage}.p95Seconds`]),
  ],
  list: [],
} as const;

const SIZED = {
  text: ['sizing.objective'],
  number: [
    'sizing.timeToFirstTokenSeconds',
    'sizing.capacity.requestsPerSecond',
    'sizing.capacity.inFlight',
    'sizing.warmNodes',
    'sizing.peakReplicas',
    'sizing.reaction.detectionSeconds',
    'sizing.reaction.podSeconds',
    'sizing.reaction.nodeSeconds',
    'sizing.prediction.attainment',
    'sizing.prediction.meanReplicas',
    'sizing.prediction.meanIdleNodes',
  ],
  list: ['sizing.sums', 'sizing.assumptions'],
} as const;

function valueAt(record: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (here, key) => (typeof here === 'object' && here !== null ? (here as Record<string, unknown>)[key] : undefined),
      record,
    );
}

/** The first part of a record that is not what it should be. */
function missing(record: unknown): string | undefined {
  const isWrong = {
    text: (value: unknown) => typeof value !== 'string',
    number: (value: unknown) => !(typeof value === 'number' && value >= 0),
    list: (value: unknown) => !(Array.isArray(value) && value.every((one) => typeof one === 'string')),
  };
  const wrong = (fields: Readonly<Record<keyof typeof isWrong, readonly string[]>>) =>
    (Object.keys(isWrong) as (keyof typeof isWrong)[])
      .flatMap((type) => fields[type].filter((path) => isWrong[type](valueAt(record, path))))
      .at(0);
  return wrong(ALWAYS) ?? (valueAt(record, 'sizing') === undefined ? undefined : wrong(SIZED));
}

/** Reads a record; an annotation that somebody has changed by hand is told, not believed. */
export function draftPlanRecord(text: string, where: string): Draft<PlanRecord> {
  const findings = new Findings();
  let record: unknown;
  try {
    record = JSON.parse(text);
  } catch {
    record = undefined;
  }
  const wrong = missing(record);
  if (wrong !== undefined) {
    findings.error('WP-WARM-019', where, text.slice(0, 80), {
      message: `this is no plan of a service: ${record === undefined ? 'it is no JSON' : `${wrong} is not what it should be`}`,
      allowed: 'the annotation as this version of warmpath writes it',
      fix: 'synthesise again',
    });
    return findings.draft<PlanRecord>(undefined);
  }
  return findings.draft(record as PlanRecord);
}
