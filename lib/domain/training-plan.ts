/** A batch job on GPUs that inference may push out at any time. */

import {
  type ClaimMount,
  checkEnv,
  checkMounts,
  checkSecretEnv,
  type PlainEnv,
  type SecretEnv,
} from './container-extras';
import { draftImageReference, draftPinnedImage, type ImageLock } from './image';
import { checkOneInstance } from './mig';
import { checkNamespace, checkObjectName, checkWorkloadName, draftOwnership, isUserId, type Ownership } from './names';
import type { GpuNodePoolPlan } from './node-pool-plan';
import { draftPodResources, type PodResources, type ResourceOverrides, SHARED_MEMORY } from './pod-resources';
import { type Draft, Findings } from './problem';
import { checkSecretUse, planSecrets, type SecretPlan, secretPaths } from './secret-plan';
import type { SecretSources } from './secret-source';
import { draftIdentity, type IdentityPlan, type WorkloadIdentity } from './workload-identity';

/** What a training job asks for, in plain values. */
export interface TrainingSpec {
  readonly name: string;
  readonly namespace: string;
  readonly ownership: Ownership;
  readonly pool: GpuNodePoolPlan;
  /** `repository:tag[@sha256:...]`, exact. */
  readonly image: string;
  readonly command: readonly string[];
  readonly args?: readonly string[];
  readonly env?: PlainEnv;
  readonly secretEnv?: SecretEnv;
  readonly secrets?: SecretSources;
  readonly identity?: WorkloadIdentity;
  readonly claims?: readonly ClaimMount[];
  readonly imagePullSecrets?: readonly string[];
  readonly ttlSeconds?: number;
  /** GPUs of the one pod. @default all GPUs of a node; one instance where they are cut */
  readonly gpus?: number;
  readonly runAsUser?: number;
  /** Attempts after real failures; being pushed out does not count. */
  readonly backoffLimit?: number;
  /** Seconds until the job is given up. */
  readonly activeDeadlineSeconds: number;
  /** Seconds to write a checkpoint when pushed out. */
  readonly checkpointSeconds?: number;
  readonly resources?: ResourceOverrides;
  readonly images?: ImageLock;
}

/** The decided job. */
export interface TrainingPlan {
  readonly name: string;
  readonly ownership: Ownership;
  readonly pool: GpuNodePoolPlan;
  readonly image: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly env: PlainEnv;
  readonly secretEnv: SecretEnv;
  /** How those values reach the program. */
  readonly secrets: SecretPlan;
  readonly identity: IdentityPlan;
  /** Writable home directory. */
  readonly home: string;
  readonly uid: number;
  readonly resources: PodResources;
  readonly backoffLimit: number;
  readonly activeDeadlineSeconds: number;
  readonly terminationGracePeriodSeconds: number;
  /** Undefined: the finished Job stays. */
  readonly ttlSeconds: number | undefined;
}

/** Where a job may write beside /tmp, and who it says it is: torch asks at import. */
const HOME = '/home/job';

/** Where the disk of a job is mounted. */
export const CHECKPOINTS = '/checkpoints';

/** Name of the job's container. */
export const TRAINER_CONTAINER = 'trainer';

const HOME_ENV = { HOME, USER: 'warmpath', LOGNAME: 'warmpath' };

/** The cluster autoscaler's own patience. */
const MAX_CHECKPOINT_SECONDS = 600;

const DEFAULTS = { uid: 1000, backoffLimit: 3, checkpointSeconds: 120 };

/** What a job is decided with where it says nothing. */
interface Settled {
  readonly uid: number;
  readonly backoffLimit: number;
  readonly checkpointSeconds: number;
}

function checkWork(findings: Findings, spec: TrainingSpec, gpus: number): void {
  const { pool } = spec;
  if (pool.purpose === 'system') {
    findings.error('WP-TRAIN-001', 'pool', pool.name, {
      message: 'a system pool has no GPUs',
      allowed: "a pool of purpose 'training', or 'inference' to use what it leaves free",
      fix: 'place the job on a training pool',
    });
  }
  const one = checkOneInstance(findings, 'gpus', gpus, pool.profile);
  if (one && !(Number.isInteger(gpus) && gpus >= 1 && gpus <= pool.profile.gpus)) {
    findings.error('WP-TRAIN-002', 'gpus', gpus, {
      message: `a pod cannot span nodes, and a ${pool.profile.machineType} has ${pool.profile.gpus} GPU(s)`,
      allowed: `a whole number from 1 to ${pool.profile.gpus}`,
      fix: 'leave it out for a whole node',
    });
  }
  if (!(Number.isInteger(spec.activeDeadlineSeconds) && spec.activeDeadlineSeconds > 0)) {
    findings.error('WP-TRAIN-003', 'activeDeadline', spec.activeDeadlineSeconds, {
      message: 'a job without an end holds its GPUs for ever when it hangs',
      allowed: 'a duration above 0',
      fix: 'give the longest run that you would wait for',
    });
  }
  if (spec.command.length === 0) {
    findings.error('WP-TRAIN-004', 'command', spec.command, {
      message: "the image's own entry point is not known to train anything",
      allowed: 'a program and its arguments',
      fix: "name it, for example ['torchrun', 'train.py']",
    });
  }
}

function checkLimits(findings: Findings, spec: TrainingSpec, settled: Settled): void {
  const { uid, backoffLimit, checkpointSeconds } = settled;
  if (!isUserId(uid)) {
    findings.error('WP-TRAIN-005', 'runAsUser', uid, {
      message: "Pod Security 'restricted' forbids root",
      allowed: 'a uid above 0',
      fix: `leave it out for ${DEFAULTS.uid}`,
    });
  }
  const { ttlSeconds = 0 } = spec;
  const checks = [
    ['backoffLimit', backoffLimit, 0, 100, 'this is no number of attempts'],
    ['checkpointGrace', checkpointSeconds, 1, MAX_CHECKPOINT_SECONDS, 'the cluster autoscaler kills a pod after 600 s'],
    ['ttlAfterFinished', ttlSeconds, 0, 2 ** 31 - 1, 'this is no number of seconds'],
  ] as const;
  for (const [prop, value, least, most, message] of checks) {
    if (Number.isInteger(value) && value >= least && value <= most) continue;
    findings.error('WP-TRAIN-006', prop, value, {
      message,
      allowed: `a whole number from ${least} to ${most}`,
      fix: 'leave it out',
    });
  }
}

function checkExtras(findings: Findings, spec: TrainingSpec, identityEnv: Readonly<Record<string, string>>): void {
  const { env = {}, secretEnv = {}, secrets = {}, imagePullSecrets = [] } = spec;
  const taken = Object.keys({ ...HOME_ENV, ...identityEnv });
  checkEnv(findings, 'env', env, { refused: {}, taken });
  checkSecretEnv(findings, secretEnv, { refused: {}, taken: [...taken, ...Object.keys(env)] });
  checkSecretUse(findings, {
    sources: secrets,
    references: Object.entries(secretEnv).map(([name, secret]) => [`secretEnv.${name}`, secret] as const),
    env: secretEnv,
    imagePullSecrets,
    platform: spec.pool.platform,
    ends: true,
  });
  checkMounts(findings, 'claims', spec.claims ?? [], ['/tmp', '/dev/shm', HOME, CHECKPOINTS, ...secretPaths(secrets)]);
  for (const name of imagePullSecrets) checkObjectName(findings, 'imagePullSecrets', name);
}

/** Decides a job and gathers everything that is wrong with what was asked. */
export function draftTraining(spec: TrainingSpec): Draft<TrainingPlan> {
  const findings = new Findings();
  const { pool } = spec;
  const gpus = spec.gpus ?? (pool.mig === undefined ? pool.profile.gpus : 1);
  const uid = spec.runAsUser ?? DEFAULTS.uid;
  const backoffLimit = spec.backoffLimit ?? DEFAULTS.backoffLimit;
  const checkpointSeconds = spec.checkpointSeconds ?? DEFAULTS.checkpointSeconds;
  const settled: Settled = { uid, backoffLimit, checkpointSeconds };
  checkWorkloadName(findings, 'name', spec.name);
  checkNamespace(findings, 'namespace', spec.namespace);
  const identity = findings.adopt(draftIdentity(pool.platform, spec.identity));
  checkExtras(findings, spec, identity?.env ?? {});
  findings.adopt(draftOwnership(spec.ownership));
  checkWork(findings, spec, gpus);
  checkLimits(findings, spec, settled);
  const reference = findings.adopt(draftImageReference('image', spec.image));
  const image = reference && findings.adopt(draftPinnedImage('image', reference, spec.images));
  if (findings.hasErrors || image === undefined || identity === undefined)
    return findings.draft<TrainingPlan>(undefined);
  const resources = findings.adopt(
    draftPodResources({
      capacity: pool.capacity,
      gpus,
      sharedMemoryBytes: gpus > 1 ? SHARED_MEMORY.multiGpu : SHARED_MEMORY.singleGpu,
      downloadBytes: 0,
      unpackBytes: 0,
      unpackedImageBytes: 0,
      overrides: spec.resources,
    }),
  );
  if (resources === undefined) return findings.draft<TrainingPlan>(undefined);
  return findings.draft({
    name: spec.name,
    ownership: spec.ownership,
    pool,
    image,
    command: spec.command,
    args: spec.args ?? [],
    env: { ...HOME_ENV, ...identity.env, ...spec.env },
    secretEnv: spec.secretEnv ?? {},
    secrets: planSecrets({
      sources: spec.secrets ?? {},
      env: spec.secretEnv ?? {},
      imagePullSecrets: spec.imagePullSecrets ?? [],
      containerName: TRAINER_CONTAINER,
      uid,
      gid: uid,
    }),
    identity,
    home: HOME,
    uid,
    resources,
    backoffLimit,
    activeDeadlineSeconds: spec.activeDeadlineSeconds,
    terminationGracePeriodSeconds: checkpointSeconds,
    ttlSeconds: spec.ttlSeconds,
  });
}
