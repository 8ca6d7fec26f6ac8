/** What can be wrong with a service beside its model, server and GPUs. */
import { DEFAULT_REPLICAS } from './availability';
import type { ColdStart } from './cold-start';
import { checkEnv, checkMounts, checkSecretEnv, clashOf } from './container-extras';
import type { RuntimeProfile } from './inference-runtime';
import { checkAnnotations, checkObjectName, checkSecretKey } from './names';
import type { GpuNodePoolPlan } from './node-pool-plan';
import type { Findings } from './problem';
import { checkSecretUse, secretPaths } from './secret-plan';
import { backendEnv } from './serving-backend';
import type { ServingSpec } from './serving-plan';
import type { WarmPoolPlan } from './warm-pool-plan';

/** The variable that the Hugging Face client reads its token from. */
export const HUB_TOKEN = 'HF_TOKEN';

/** Beyond five full pools (AKS ends a pool at 1000 nodes) a number of pods is a slip of the pen. */
const MAX_REPLICAS = 5000;

interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** Reports bounds that are none; undefined where the size could not be computed, which has been told. */
function checkBounds(
  findings: Findings,
  scaler: NonNullable<ServingSpec['scaler']>,
  sizing: WarmPoolPlan | undefined,
): Bounds {
  const { minReplicas = sizing?.minReplicas, maxReplicas = sizing?.maxReplicas } = scaler;
  const whole = Number.isInteger(minReplicas) && Number.isInteger(maxReplicas);
  const [min, max] = [minReplicas ?? Number.NaN, maxReplicas ?? Number.NaN];
  if (!(whole && min >= 0 && max >= Math.max(1, min) && max <= MAX_REPLICAS)) {
    findings.error(
      'WP-SVC-006',
      'scaler',
      { minReplicas, maxReplicas },
      {
        message: 'these are no bounds of a number of pods',
        allowed: `0 <= minReplicas <= maxReplicas, maxReplicas from 1 to ${MAX_REPLICAS}`,
        fix: 'correct the bounds of the scaler, or set sizing and leave them out',
      },
    );
  }
  if (sizing !== undefined && min === 0) {
    findings.error('WP-WARM-010', 'scaler.minReplicas', min, {
      message: `the first caller waits for a cold start of up to ${Math.round(sizing.reaction.nodeSeconds)} s, and was promised ${sizing.objective.timeToFirstTokenSeconds} s`,
      allowed: `1 or more; ${sizing.minReplicas} were computed`,
      fix: 'leave it out, or leave out sizing where nobody waits',
    });
  } else if (sizing !== undefined && min < sizing.minReplicas) {
    findings.warning('WP-WARM-011', 'scaler.minReplicas', min, {
      message: `bursts want ${sizing.minReplicas} replicas before another can start`,
      allowed: `${sizing.minReplicas} or more`,
      fix: 'leave it out for the computed minimum',
    });
  }
  return { min, max };
}

/** Reports replicas and bounds of a scaler; what always runs and what may run. */
export function checkReplicas(
  findings: Findings,
  spec: ServingSpec,
  sizing: WarmPoolPlan | undefined,
): Bounds | undefined {
  if (spec.scaler !== undefined && spec.replicas !== undefined) {
    findings.error('WP-SVC-002', 'replicas', spec.replicas, {
      message: 'a scaler is bound, and two owners of one number fight at every sync',
      allowed: 'not set beside a scaler',
      fix: "remove replicas; the scaler's minReplicas is the floor",
    });
  }
  // Whatever kept the size from being computed has been told.
  if (spec.sizing !== undefined && sizing === undefined) return undefined;
  if (spec.scaler !== undefined) return checkBounds(findings, spec.scaler, sizing);
  const replicas = spec.replicas ?? sizing?.peakReplicas ?? DEFAULT_REPLICAS;
  if (!(Number.isInteger(replicas) && replicas >= 1 && replicas <= MAX_REPLICAS)) {
    findings.error('WP-SVC-001', 'replicas', replicas, {
      message: 'this is no number of pods',
      allowed: `a whole number from 1 to ${MAX_REPLICAS}`,
      fix: `leave it out for ${DEFAULT_REPLICAS}, or bind a scaler`,
    });
  }
  return { min: replicas, max: replicas };
}

/** Reports a pool that is not for serving. */
export function checkPool(findings: Findings, pool: GpuNodePoolPlan): void {
  if (pool.purpose === 'inference') return;
  findings.error('WP-SVC-003', 'pool', pool.name, {
    message: `this pool is for ${pool.purpose}`,
    allowed: "a pool of purpose 'inference'",
    fix: 'place the service on an inference pool',
  });
}

/**
 * Reports machines that the published image is not built for, or for which a custom server states that it is not. Own
 * images of a server from the table are their owner's business.
 */
export function checkMachine(
  findings: Findings,
  { profile }: GpuNodePoolPlan,
  runtime: RuntimeProfile,
  ownImage: boolean,
): void {
  const { gpu, architecture, machineType } = profile;
  if (ownImage || gpu === undefined) return;
  const { architectures, minComputeCapability } = runtime;
  const custom = runtime.kind === 'custom';
  // Servers of the table are built for CUDA; a custom one is where it states a capability.
  const cuda = !custom || minComputeCapability !== undefined;
  const capable =
    !cuda || (gpu.computeCapability !== undefined && gpu.computeCapability >= (minComputeCapability ?? 0));
  if (capable && architectures.includes(architecture)) return;
  const capability = gpu.computeCapability === undefined ? 'no CUDA' : `compute capability ${gpu.computeCapability}`;
  findings.error('WP-FIT-007', 'pool', machineType, {
    message: `the ${custom ? '' : 'published '}${runtime.name} image does not run on ${architecture} with ${gpu.model} (${capability})`,
    allowed: `${architectures.join(' or ')}${cuda ? ' with NVIDIA GPUs' : ''}${minComputeCapability === undefined ? '' : ` of compute capability ${minComputeCapability} and newer`}`,
    fix: custom
      ? 'choose another pool, or give the profile of an image that is built for it'
      : 'choose another pool, or give runtime.image and runtime.version of a build for it',
  });
}

/** Reports variables of whatever origin that collide, are illegal or open a hole. */
export function checkVariables(
  findings: Findings,
  spec: ServingSpec,
  runtime: RuntimeProfile,
  set: readonly string[],
): void {
  const { hubToken, secretEnv = {}, lockEnv = {} } = spec;
  const extraEnv = spec.runtime?.extraEnv ?? {};
  const refused = { ...runtime.refusedEnv, ...backendEnv(spec.backend) };
  if (hubToken !== undefined) checkSecretKey(findings, 'hubToken', hubToken);
  const taken = hubToken === undefined ? set : [...set, HUB_TOKEN];
  checkEnv(findings, 'lock.env', lockEnv, { refused, taken });
  const withLock = [...taken, ...Object.keys(lockEnv)];
  checkEnv(findings, 'runtime.extraEnv', extraEnv, { refused, taken: withLock });
  checkSecretEnv(findings, secretEnv, { refused, taken: [...withLock, ...Object.keys(extraEnv)] });
}

/** Reports secrets without a source, sources without a use, and sources that cannot be asked. */
export function checkServingSecrets(findings: Findings, spec: ServingSpec): void {
  const { hubToken, secretEnv = {}, secrets = {}, imagePullSecrets = [], podAnnotations } = spec;
  const variables = Object.entries(secretEnv).map(([name, secret]) => [`secretEnv.${name}`, secret] as const);
  checkSecretUse(findings, {
    sources: secrets,
    // Named is used: a bound cache, which needs no token, must not turn its source into an error.
    references: hubToken === undefined ? variables : [['hubToken', hubToken], ...variables],
    env: hubToken === undefined ? secretEnv : { [HUB_TOKEN]: hubToken, ...secretEnv },
    imagePullSecrets,
    platform: spec.pool.platform,
    ends: false,
    podAnnotations,
  });
}

/** Values that types allow to be wrong only for callers without types. */
const CHOICES = { priority: ['inference', 'canary'], spread: ['preferred', 'required'] } as const;

/** Reports everything about the pod that only an API server would have refused. */
export function checkPodProps(findings: Findings, spec: ServingSpec, home: string, images: readonly string[]): void {
  for (const prop of ['priority', 'spread'] as const) {
    const value = spec[prop];
    if (value === undefined || CHOICES[prop].some((choice) => choice === value)) continue;
    findings.error('WP-SVC-007', prop, value, {
      message: 'there is no such choice',
      allowed: CHOICES[prop].join(', '),
      fix: `leave it out for '${CHOICES[prop][0]}'`,
    });
  }
  checkAnnotations(findings, 'podAnnotations', spec.podAnnotations ?? {});
  checkAnnotations(findings, 'serviceAccountAnnotations', spec.serviceAccountAnnotations ?? {});
  for (const name of spec.imagePullSecrets ?? []) checkObjectName(findings, 'imagePullSecrets', name);
  checkMounts(findings, 'modelCache', spec.mounts ?? [], [
    '/tmp',
    '/dev/shm',
    home,
    ...images,
    ...secretPaths(spec.secrets ?? {}),
  ]);
  const { cache, mounts = [] } = spec;
  if (cache === undefined || mounts.some(({ mountPath }) => `${cache.path}/`.startsWith(`${mountPath}/`))) return;
  findings.error('WP-RES-006', 'modelCache.weightsPath', cache.path, {
    message: 'the weights do not lie in what is mounted',
    allowed: `a directory below ${mounts.map(({ mountPath }) => mountPath).join(', ')}`,
    fix: 'give the path as the server sees it',
  });
}

/**
 * Reports a home directory and files of a custom server where something else is mounted: the API server refuses two
 * mounts of one path, and inside a read-only one nothing can be mounted.
 */
export function checkOwnPlaces(
  findings: Findings,
  spec: ServingSpec,
  home: string,
  files: readonly string[],
  images: readonly string[],
): void {
  const claims = (spec.mounts ?? []).map(({ mountPath }) => mountPath);
  const mounted = [...images, ...secretPaths(spec.secrets ?? {})];
  const say = (prop: string, path: string, clash: string) =>
    findings.error('WP-RES-006', `runtime.profile.${prop}`, path, {
      message: `it collides with ${clash}`,
      allowed: `a path beside ${[...claims, ...mounted].join(', ') || home}`,
      fix: 'move it',
    });
  // Claims are held to the home directory themselves.
  const above = clashOf(home, mounted);
  if (above !== undefined) say('home', home, above);
  for (const [index, path] of files.entries()) {
    const over = home === path || home.startsWith(`${path}/`) ? home : undefined;
    const clash = over ?? clashOf(path, [...claims, ...mounted, ...files.slice(0, index)]);
    if (clash !== undefined) say('launch', path, clash);
  }
}

/** Says which part of the budget nobody has published or measured. */
export function warnAssumptions(findings: Findings, coldStart: ColdStart): void {
  const assumed = Object.entries(coldStart.stages).filter(
    ([, { basis, p95Seconds }]) => basis === 'assumed' && p95Seconds > 0,
  );
  if (assumed.length === 0) return;
  findings.warning('WP-COLD-002', 'coldStart', assumed.map(([stage]) => stage).join(', '), {
    message: 'no published figure stands behind this part of the cold-start budget',
    allowed: 'p50 and p95 of your own pods',
    fix: 'measure it and set coldStart',
  });
}

/** Reports a batch size that is none. */
export function checkMaxNumSeqs(findings: Findings, maxNumSeqs: number, otherwise: number): void {
  if (Number.isInteger(maxNumSeqs) && maxNumSeqs >= 1) return;
  findings.error('WP-FIT-009', 'maxNumSeqs', maxNumSeqs, {
    message: 'this is no number of sequences',
    allowed: 'a whole number above 0',
    fix: `leave it out for ${otherwise}`,
  });
}
