/**
 * The cold-start budget: how long it takes from "a pod is wanted" to "it answers", stage by stage. Every timer of a
 * service is derived from it; nothing else in warmpath states a number of seconds for starting.
 */
import type { Cloud } from './platform-profile';
import { type Draft, Findings } from './problem';

/** The stages in the order in which a pod passes through them. */
export const COLD_START_STAGES = ['node', 'image', 'weights', 'load', 'warmup'] as const;

/**
 * - `node`: the cloud provides a machine and its GPU becomes allocatable.
 * - `image`: pull and unpack of the server's image.
 * - `weights`: the model's files reach the node.
 * - `load`: from the node into GPU memory.
 * - `warmup`: compilation, CUDA graphs, first requests.
 */
export type ColdStartStage = (typeof COLD_START_STAGES)[number];

/** Where a figure comes from. Assumed figures are printed as such until a team measures its own. */
export type Basis = 'measured' | 'published' | 'assumed';

/** One stage in seconds. */
export interface StageTime {
  readonly p50Seconds: number;
  readonly p95Seconds: number;
  readonly basis: Basis;
  readonly source: string;
}

/** A team's own measurement of a stage; it replaces the table's figure. */
export interface StageMeasurement {
  readonly p50Seconds: number;
  readonly p95Seconds: number;
  /** Where it was measured: a dashboard, a run, a date. @default 'measured by the team' */
  readonly source?: string;
}

export type ColdStartMeasurements = Readonly<Partial<Record<ColdStartStage, StageMeasurement>>>;

/** How the weights travel to the node and into the GPU. */
export type WeightsPath = 'hub-download' | 'object-store-stream' | 'local-nvme' | 'network-disk' | 'image-volume';

/** What the budget depends on. */
export interface ColdStartInput {
  readonly cloud: Cloud;
  readonly weightsBytes: number;
  readonly weightsPath: WeightsPath;
  /** Whether the image is brought to every node as soon as it joins; a new node still has to wait for it. @default false */
  readonly imagePrefetched?: boolean;
  /** @default the figures of the table */
  readonly measurements?: ColdStartMeasurements;
}

/** Stages and their sum. The p95 of the sum is the sum of the p95s: an upper bound, as slow stages rarely coincide. */
export interface ColdStart {
  readonly stages: Readonly<Record<ColdStartStage, StageTime>>;
  readonly p50Seconds: number;
  readonly p95Seconds: number;
  /** From the start of the container to ready: weights, load and warm-up. */
  readonly containerP95Seconds: number;
  /** On a node that is there already: without `node`, and without `image` where it is prefetched. */
  readonly warmNodeP50Seconds: number;
  readonly warmNodeP95Seconds: number;
}

/** Where only a middle value is published: lognormal with sigma 0.25, p95 = p50 x e^(1.645 x 0.25). */
const P95_OVER_P50 = Math.exp(1.645 * 0.25);

const NODE: Readonly<Record<Cloud, StageTime>> = {
  aks: {
    p50Seconds: 480,
    p95Seconds: 720,
    basis: 'published',
    source:
      'AKS GPU nodes: 5-8 min in blogs, 10-11 min end to end in Microsoft Q&A 12767836 (A100, scan interval 10 s)',
  },
  iks: { p50Seconds: 480, p95Seconds: 720, basis: 'assumed', source: 'no figure for IKS was found; taken as on AKS' },
};

const IMAGE: StageTime = {
  p50Seconds: 120,
  p95Seconds: 300,
  basis: 'assumed',
  source: 'a server image of 8-13 GB; BentoML measured 5-6 min pull and 3-4 min unpack for 20 GB',
};

interface Rate {
  readonly secondsPerGB: number;
  readonly basis: Basis;
  readonly source: string;
}

/** Seconds per 10^9 bytes of weights until they are on the node. */
const FETCH_RATES: Readonly<Record<WeightsPath, Rate>> = {
  'hub-download': {
    secondsPerGB: 61 / 16,
    basis: 'published',
    source: 'Tensorfuse: 16 GB from the Hugging Face Hub in 61 s',
  },
  'object-store-stream': { secondsPerGB: 0, basis: 'published', source: 'streamed into the GPU, counted under load' },
  'local-nvme': { secondsPerGB: 0, basis: 'assumed', source: 'already on the node' },
  'network-disk': { secondsPerGB: 0, basis: 'assumed', source: 'read in place, counted under load' },
  'image-volume': {
    secondsPerGB: 61 / 16,
    basis: 'assumed',
    source: 'no figure for OCI volumes was found; taken as slow as a hub download',
  },
};

/** Seconds per 10^9 bytes of weights from the node's storage into the GPU. */
const LOAD_RATES: Readonly<Record<WeightsPath, Rate>> = {
  'hub-download': {
    secondsPerGB: 33 / 16,
    basis: 'published',
    source: 'Tensorfuse: 16 GB just downloaded, loaded in 33 s on L40S',
  },
  'object-store-stream': {
    secondsPerGB: 4.88 / 15,
    basis: 'published',
    source: 'Run:ai model streamer: 15 GB from S3 in 4.88 s',
  },
  'local-nvme': { secondsPerGB: 0.5, basis: 'published', source: 'Run:ai model streamer: 15 GB from io2 in 7.53 s' },
  'network-disk': {
    secondsPerGB: 47.99 / 15,
    basis: 'published',
    source: 'safetensors from gp3: 15 GB in 47.99 s (Run:ai benchmark)',
  },
  'image-volume': { secondsPerGB: 47.99 / 15, basis: 'assumed', source: 'taken as slow as a network disk' },
};

/** Tensorfuse, vLLM with an 8 B model on L40S: dynamo 10 + compile 42 + graph capture 54 + start and imports 94 s. */
const WARMUP: StageTime = spread(200, 'published', 'Tensorfuse: vLLM, 8 B on L40S without compile cache, 200 s');

function spread(p50Seconds: number, basis: Basis, source: string): StageTime {
  return { p50Seconds, p95Seconds: p50Seconds * P95_OVER_P50, basis, source };
}

function byRate(weightsBytes: number, rate: Rate): StageTime {
  return spread((weightsBytes / 1e9) * rate.secondsPerGB, rate.basis, rate.source);
}

/** A day: no stage of a service that anybody waits for takes longer. */
const LONGEST_STAGE_SECONDS = 86_400;

function measured(stage: ColdStartStage, own: StageMeasurement, findings: Findings): StageTime {
  const { p50Seconds, p95Seconds } = own;
  if (!(p50Seconds >= 0 && p95Seconds >= p50Seconds && p95Seconds <= LONGEST_STAGE_SECONDS)) {
    findings.error('WP-COLD-001', `coldStart.${stage}`, own, {
      message: 'these are no two quantiles of one duration',
      allowed: `0 <= p50Seconds <= p95Seconds <= ${LONGEST_STAGE_SECONDS}`,
      fix: 'correct the measurement, or leave it out to use the published figure',
    });
  }
  return { p50Seconds, p95Seconds, basis: 'measured', source: own.source ?? 'measured by the team' };
}

/** Adds the stages up; a measurement of the team wins over the table. */
export function draftColdStart(input: ColdStartInput): Draft<ColdStart> {
  const findings = new Findings();
  if (!Object.hasOwn(FETCH_RATES, input.weightsPath)) {
    findings.error('WP-SVC-007', 'modelCache.transport', input.weightsPath, {
      message: 'how long weights take on this way is not known',
      allowed: Object.keys(FETCH_RATES).join(', '),
      fix: 'name the nearest of them, and measure',
    });
    return findings.draft<ColdStart>(undefined);
  }
  const table: Record<ColdStartStage, StageTime> = {
    node: NODE[input.cloud],
    image: IMAGE,
    weights: byRate(input.weightsBytes, FETCH_RATES[input.weightsPath]),
    load: byRate(input.weightsBytes, LOAD_RATES[input.weightsPath]),
    warmup: WARMUP,
  };
  const stages = { ...table };
  for (const stage of COLD_START_STAGES) {
    const own = input.measurements?.[stage];
    if (own !== undefined) stages[stage] = measured(stage, own, findings);
  }
  const sum = (quantile: 'p50Seconds' | 'p95Seconds', of: readonly ColdStartStage[]) =>
    of.reduce((total, stage) => total + stages[stage][quantile], 0);
  const container = ['weights', 'load', 'warmup'] as const;
  const onWarmNode = input.imagePrefetched ? container : (['image', ...container] as const);
  return findings.draft({
    stages,
    p50Seconds: sum('p50Seconds', COLD_START_STAGES),
    p95Seconds: sum('p95Seconds', COLD_START_STAGES),
    containerP95Seconds: sum('p95Seconds', container),
    warmNodeP50Seconds: sum('p50Seconds', onWarmNode),
    warmNodeP95Seconds: sum('p95Seconds', onWarmNode),
  });
}

/** Pace of one HTTP probe. */
export interface ProbePace {
  readonly periodSeconds: number;
  readonly failureThreshold: number;
}

/** Kubernetes timers of a service. */
export interface StartTimers {
  readonly startupProbe: ProbePace;
  readonly readinessProbe: ProbePace;
  readonly livenessProbe: ProbePace;
  /** A rollout is called stuck after this long without progress. */
  readonly progressDeadlineSeconds: number;
}

/** Own paces of the probes, and patience with a starting server. */
export interface ProbeSpec {
  /** @default every 5 s, out of routing after 3 failures */
  readonly readiness?: ProbePace;
  /** @default every 10 s, restarted after 6 failures */
  readonly liveness?: ProbePace;
  /** How many times the p95 of its cold start a pod gets before it counts as broken. @default 1.5 */
  readonly startupMargin?: number;
}

/** A loading pod is never killed at its p95; half as long again is given before it counts as broken. */
const MARGIN = 1.5;

/** Takes a pod out of routing within 15 s. */
const READINESS: ProbePace = { periodSeconds: 5, failureThreshold: 3 };

/** Restarts a pod that was dead for a minute: a restart costs load and warm-up again. */
const LIVENESS: ProbePace = { periodSeconds: 10, failureThreshold: 6 };

/** Checks own paces. */
export function draftProbes(spec: ProbeSpec = {}): Draft<ProbeSpec> {
  const findings = new Findings('probes.');
  const counts = Object.entries({ readiness: spec.readiness, liveness: spec.liveness });
  for (const [prop, pace] of counts) {
    if (pace === undefined || [pace.periodSeconds, pace.failureThreshold].every((n) => Number.isInteger(n) && n >= 1))
      continue;
    findings.error('WP-COLD-003', prop, pace, {
      message: 'Kubernetes counts whole seconds and failures',
      allowed: 'periodSeconds and failureThreshold as whole numbers above 0',
      fix: 'leave it out',
    });
  }
  const { startupMargin = MARGIN } = spec;
  if (!(startupMargin >= 1 && startupMargin <= 10)) {
    findings.error('WP-COLD-003', 'startupMargin', startupMargin, {
      message: 'less than the p95 kills pods that are still loading, and much more hides the broken ones',
      allowed: '1 to 10',
      fix: `leave it out for ${MARGIN}`,
    });
  }
  return findings.draft(spec);
}

/**
 * No published server is up sooner: vLLM's start and imports alone take 94 s (see WARMUP). Probes that give less kill
 * pods which are loading: vllm-project/vllm#17386, vllm-project/aibrix#782.
 */
export const QUICKEST_START_SECONDS = 60;

/** How often a starting server is asked. */
const STARTUP_PERIOD_SECONDS = 10;

/**
 * Timers of a service with that budget: the probe covers the container's part, the deadline the whole way. Without a
 * spare GPU a new pod also waits for the end of an old one, so the deadline holds the grace period too.
 */
export function startTimers(
  coldStart: ColdStart,
  terminationGracePeriodSeconds: number,
  probes: ProbeSpec = {},
): StartTimers {
  const { readiness = READINESS, liveness = LIVENESS, startupMargin = MARGIN } = probes;
  const failureThreshold = Math.max(
    3,
    Math.ceil((coldStart.containerP95Seconds * startupMargin) / STARTUP_PERIOD_SECONDS),
  );
  const startupSeconds = failureThreshold * STARTUP_PERIOD_SECONDS;
  const progressSeconds =
    Math.max(coldStart.p95Seconds * startupMargin, startupSeconds) + terminationGracePeriodSeconds;
  return {
    startupProbe: { periodSeconds: STARTUP_PERIOD_SECONDS, failureThreshold },
    readinessProbe: readiness,
    livenessProbe: liveness,
    progressDeadlineSeconds: Math.ceil(progressSeconds / 60) * 60 + 60,
  };
}
