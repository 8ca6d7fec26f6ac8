/**
 * A service in two parts: a floor on nodes that stay, and more on spot nodes that the cloud may take back all at once.
 * Each part is planned for its own pool; what callers see of them is made the same.
 */
import { DEFAULT_DRAIN_SECONDS, drainWithinNotice } from './availability';
import { isWorkloadName, WORKLOAD_NAME_MAX } from './names';
import type { GpuNodePoolPlan } from './node-pool-plan';
import { type Draft, Findings, type Problem } from './problem';
import { draftServing, type ServingPlan, type ServingSpec } from './serving-plan';

/** Spot capacity above the floor of a service. */
export interface SpotSpec {
  /** A pool with `spot: true`, in the cluster of the service's own pool. */
  readonly pool: GpuNodePoolPlan;
  /** Pods on spot nodes. Left out where a scaler is bound: it owns this number, and the floor stays as it is. */
  readonly replicas?: number;
}

/** The decided parts; `spot` is absent where none was asked for. */
export interface SplitServing {
  readonly floor: ServingPlan;
  readonly spot?: ServingPlan;
}

/** Name of the second Deployment. */
export function spotName(service: string): string {
  return `${service}-spot`;
}

function checkPools(findings: Findings, floor: GpuNodePoolPlan, spot: GpuNodePoolPlan): void {
  if (floor.spot) {
    findings.error('WP-SPOT-001', 'pool', floor.name, {
      message: 'the floor would be taken back with the rest',
      allowed: 'a pool of regular nodes',
      fix: 'swap the pools, or plan this one without spot',
    });
  }
  const place = ({ platform }: GpuNodePoolPlan) => `${platform.cloud} ${platform.kubernetes} ${platform.region}`;
  if (spot.spot && place(spot) === place(floor)) return;
  findings.error('WP-SPOT-002', 'spot.pool', spot.name, {
    message: spot.spot
      ? `one Service cannot reach pods in two clusters, ${place(floor)} and ${place(spot)}`
      : 'its nodes are regular ones',
    allowed: `a pool with spot: true on ${place(floor)}`,
    fix: spot.spot ? 'plan both pools for one cluster' : 'plan the pool with spot: true, or raise replicas instead',
  });
}

function checkName(findings: Findings, { name }: ServingSpec): void {
  if (!isWorkloadName(name) || isWorkloadName(spotName(name))) return;
  const room = WORKLOAD_NAME_MAX - spotName('').length;
  findings.error('WP-NAME-001', 'name', name, {
    message: `its second Deployment and the pods of it are called '${spotName(name)}'`,
    allowed: `at most ${room} characters beside spot capacity`,
    fix: 'shorten the name',
  });
}

function checkOwner(findings: Findings, { scaler }: ServingSpec, { replicas }: SpotSpec): void {
  if (scaler === undefined && replicas === undefined) {
    findings.error('WP-SVC-001', 'spot.replicas', replicas, {
      message: 'nobody says how many pods run on spot nodes',
      allowed: 'a whole number above 0, or a scaler',
      fix: 'set it, or bind a scaler',
    });
  }
  if (scaler !== undefined && replicas !== undefined) {
    findings.error('WP-SVC-002', 'spot.replicas', replicas, {
      message: 'a scaler is bound, and beside a floor it owns the number of spot pods',
      allowed: 'not set beside a scaler',
      fix: "remove it; the scaler's bounds count spot pods, replicas is the floor",
    });
  }
}

/** Pause and drain of the spot pods: as the service wants them, as far as the notice reaches. */
function drainOf(findings: Findings, spec: ServingSpec, floor: ServingPlan | undefined): Partial<ServingSpec> {
  const { drainSeconds = DEFAULT_DRAIN_SECONDS, endpointPropagationSeconds: preStopSeconds } = spec;
  const teardownSeconds = floor?.runtime.teardownSeconds;
  const drain =
    teardownSeconds === undefined ? undefined : drainWithinNotice({ drainSeconds, preStopSeconds, teardownSeconds });
  if (drain === undefined) return {};
  if (spec.drainSeconds !== undefined && drain.drainSeconds < spec.drainSeconds) {
    findings.warning('WP-SPOT-003', 'drain', spec.drainSeconds, {
      message: `pods on spot nodes end within the notice, which leaves requests in flight ${drain.drainSeconds} s`,
      allowed: 'requests short enough to be repeated',
      fix: 'let callers retry, or keep long requests on a service without spot',
    });
  }
  return { drainSeconds: drain.drainSeconds, endpointPropagationSeconds: drain.preStopSeconds };
}

/** The same question with a shorter context; everything else as it was decided. */
function withContext(spec: ServingSpec, plan: ServingPlan, maxModelLen: number): Draft<ServingPlan> {
  return draftServing({ ...spec, maxModelLen, tensorParallel: plan.fit.tensorParallel });
}

/** Callers do not choose the part that answers them: both take the context that the smaller one has room for. */
function agree(findings: Findings, specs: Specs, drafts: Drafts): Drafts {
  const { floor, spot } = drafts;
  if (floor.value === undefined || spot.value === undefined) return drafts;
  const [ours, theirs] = [floor.value, spot.value];
  const sixteen = ({ pool }: ServingPlan) => (pool.profile.gpu?.bfloat16 ? 'bfloat16' : 'float16');
  if (ours.model.dtype === 'bfloat16' && sixteen(ours) !== sixteen(theirs)) {
    findings.warning('WP-SPOT-004', 'spot.pool', theirs.pool.name, {
      message: `it computes in ${sixteen(theirs)} and the floor in ${sixteen(ours)}, so that equal requests differ in their answers`,
      allowed: 'GPUs that both have bfloat16, or both do not',
      fix: 'choose a spot pool with GPUs of the same kind',
    });
  }
  const context = Math.min(ours.fit.maxModelLen, theirs.fit.maxModelLen);
  if (context === Math.max(ours.fit.maxModelLen, theirs.fit.maxModelLen)) return drafts;
  const short = theirs.fit.maxModelLen === context ? theirs : ours;
  findings.warning('WP-SPOT-004', 'maxModelLen', context, {
    message: `pool '${short.pool.name}' has room for no more, so the pods of the other pool offer no more either`,
    allowed: 'one context for the whole service',
    fix: 'set maxModelLen, or choose pools with GPUs of the same memory',
  });
  return short === theirs
    ? { floor: withContext(specs.floor, ours, context), spot }
    : { floor, spot: withContext(specs.spot, theirs, context) };
}

function gpuOf({ profile: { gpu } }: GpuNodePoolPlan): string {
  return `${gpu?.model} ${gpu?.migProfile}`;
}

interface Specs {
  readonly floor: ServingSpec;
  readonly spot: ServingSpec;
}

interface Drafts {
  readonly floor: Draft<ServingPlan>;
  readonly spot: Draft<ServingPlan>;
}

/** Props that a service has twice, once for each part. */
const OF_A_PART = /^(pool|replicas)\b/;

/** What is wrong with the second part only; what is wrong with both has been told. */
function further(floor: readonly Problem[], spot: readonly Problem[], pool: string): readonly Problem[] {
  const key = ({ rule, prop, value, message }: Problem) => JSON.stringify([rule, prop, value, message]);
  const told = new Set(floor.map(key));
  return spot.flatMap((problem) => {
    const { rule, prop, message } = problem;
    // The budget is the floor's; the name has been looked at with its suffix.
    if (rule.startsWith('WP-PDB-') || prop === 'name') return [];
    if (OF_A_PART.test(prop)) return [{ ...problem, prop: `spot.${prop}` }];
    return told.has(key(problem)) ? [] : [{ ...problem, message: `on spot pool '${pool}': ${message}` }];
  });
}

/** Decides a service, in two parts where it takes spot capacity, and gathers everything that is wrong with either. */
export function draftSplitServing(spec: ServingSpec, spot?: SpotSpec): Draft<SplitServing> {
  const findings = new Findings();
  if (spot === undefined) {
    const floor = findings.adopt(draftServing(spec));
    return findings.draft<SplitServing>(floor && { floor });
  }
  checkPools(findings, spec.pool, spot.pool);
  checkName(findings, spec);
  checkOwner(findings, spec, spot);
  if (spec.sizing !== undefined) {
    findings.error('WP-WARM-012', 'sizing', undefined, {
      message: 'the sums know one kind of nodes, and spot nodes may all be gone when the burst comes',
      allowed: 'sizing without spot, or spot with the bounds of a scaler',
      fix: 'leave out one of them',
    });
  }
  if (spec.backend?.kserve !== undefined) {
    findings.error('WP-KS-004', 'spot', spot.pool.name, {
      message: 'an InferenceService makes one Deployment on one kind of nodes',
      allowed: 'spot capacity with ServingBackend.DEPLOYMENT',
      fix: 'leave out backend, or spot',
    });
  }
  const ofFloor: ServingSpec = { ...spec, scaler: undefined, sizing: undefined };
  const floor = draftServing(ofFloor);
  const ofSpot: ServingSpec = {
    ...spec,
    ...drainOf(findings, spec, floor.value),
    name: spotName(spec.name),
    pool: spot.pool,
    // Warm capacity keeps images on the nodes of the floor.
    imagePrefetched: false,
    // What was compiled for another GPU is of no use there.
    compileCache: gpuOf(spot.pool) === gpuOf(spec.pool) ? spec.compileCache : undefined,
    // Held to the floor's budget, a few spot pods would be wrong input, of which nothing further is planned.
    disruption: { allowOutageReason: 'the budget holds the floor' },
    sizing: undefined,
    replicas: spec.scaler === undefined ? spot.replicas : undefined,
  };
  const agreed = agree(findings, { floor: ofFloor, spot: ofSpot }, { floor, spot: draftServing(ofSpot) });
  const decided = findings.adopt(agreed.floor);
  const more = findings.adopt({
    value: agreed.spot.value,
    problems: further(agreed.floor.problems, agreed.spot.problems, spot.pool.name),
  });
  if (decided === undefined || more === undefined) return findings.draft<SplitServing>(undefined);
  const names = { ...decided.names, deploymentName: more.names.deploymentName };
  return findings.draft<SplitServing>({ floor: decided, spot: { ...more, names, minAvailable: undefined } });
}
