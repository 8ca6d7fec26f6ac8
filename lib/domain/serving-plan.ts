/** Everything about an inference service that is decided before an object is drawn. */
import {
  DEFAULT_DRAIN_SECONDS,
  type DisruptionSpec,
  type DrainPlan,
  draftDisruptionBudget,
  draftDrain,
  replicasForBudget,
} from './availability';
import {
  type ColdStart,
  type ColdStartMeasurements,
  draftColdStart,
  draftProbes,
  type ProbeSpec,
  type StartTimers,
  startTimers,
  type WeightsPath,
} from './cold-start';
import { type CompileCachePlan, type CompileCacheSpec, draftCompileCache } from './compile-cache';
import type { ClaimMount, PlainEnv, SecretEnv } from './container-extras';
import { draftCustomLaunch } from './custom-runtime';
import { draftGpuMemoryFit, type GpuMemoryFit } from './gpu-memory-fit';
import { draftPinnedImage, type ImageLock } from './image';
import { draftInferenceRuntime, type RuntimeProfile, type RuntimeSpec } from './inference-runtime';
import { draftLoraAdapters, type LoraAdapter, type LoraPlan } from './lora-adapters';
import { draftModelArtifact, type ModelArtifact, type ModelSpec } from './model-artifact';
import { checkNamespace, checkWorkloadName, draftOwnership, type Ownership, type SecretKey } from './names';
import type { GpuNodePoolPlan } from './node-pool-plan';
import { draftPodResources, type PodResources, type ResourceOverrides } from './pod-resources';
import { type Draft, Findings } from './problem';
import { type Launch, type LaunchInput, launchOf, type WeightsLocation } from './runtime-launch';
import { NO_SECRETS, planSecrets, type SecretPlan } from './secret-plan';
import type { SecretSources } from './secret-source';
import {
  backendEnv,
  checkBackend,
  type ServingBackend,
  type WorkloadNames,
  warnBackend,
  workloadNames,
} from './serving-backend';
import {
  checkMachine,
  checkMaxNumSeqs,
  checkOwnPlaces,
  checkPodProps,
  checkPool,
  checkReplicas,
  checkServingSecrets,
  checkVariables,
  HUB_TOKEN,
  warnAssumptions,
} from './serving-checks';
import { draftWarmPoolPlan, type SizingSpec, type WarmPoolPlan } from './warm-pool-plan';
import { draftIdentity, type IdentityPlan, type WorkloadIdentity } from './workload-identity';

/** What a service asks for, in plain values. */
export interface ServingSpec {
  readonly name: string;
  readonly namespace: string;
  readonly ownership: Ownership;
  readonly pool: GpuNodePoolPlan;
  readonly model: ModelSpec;
  readonly runtime?: RuntimeSpec;
  readonly replicas?: number;
  /** A bound scaler owns the replicas; bounds that it leaves out are those of `sizing`. */
  readonly scaler?: { readonly minReplicas?: number; readonly maxReplicas?: number };
  /** What the service promises and serves: its size is computed from it. */
  readonly sizing?: SizingSpec;
  readonly tensorParallel?: number;
  readonly maxModelLen?: number;
  readonly concurrency?: number;
  readonly gpuMemoryUtilisation?: number;
  readonly maxNumSeqs?: number;
  readonly drainSeconds?: number;
  readonly endpointPropagationSeconds?: number;
  readonly disruption?: DisruptionSpec;
  readonly coldStart?: ColdStartMeasurements;
  readonly compileCache?: CompileCacheSpec;
  readonly probes?: ProbeSpec;
  readonly resources?: ResourceOverrides;
  readonly hubToken?: SecretKey;
  readonly secretEnv?: SecretEnv;
  readonly secrets?: SecretSources;
  readonly identity?: WorkloadIdentity;
  /** A bound model cache: where it mounts the weights and how they get there. */
  readonly cache?: { readonly path: string; readonly weightsPath: WeightsPath };
  /** Claims that siblings mount. */
  readonly mounts?: readonly ClaimMount[];
  /** Variables that a lock sets. */
  readonly lockEnv?: PlainEnv;
  readonly priority?: string;
  readonly spread?: string;
  readonly podAnnotations?: Readonly<Record<string, string>>;
  readonly serviceAccountAnnotations?: Readonly<Record<string, string>>;
  readonly imagePullSecrets?: readonly string[];
  readonly imagePrefetched?: boolean;
  readonly images?: ImageLock;
  readonly adapters?: readonly LoraAdapter[];
  readonly backend?: ServingBackend;
}

/** How the weights get into the pod. */
export interface WeightsPlan {
  readonly location: WeightsLocation;
  readonly path: WeightsPath;
  /** Reference of an OCI image volume and its mount, for oci:// models without a cache. */
  readonly imageVolume?: { readonly reference: string; readonly mountPath: string };
}

/** The decided service. */
export interface ServingPlan {
  readonly name: string;
  readonly namespace: string;
  readonly ownership: Ownership;
  readonly pool: GpuNodePoolPlan;
  readonly model: ModelArtifact;
  readonly runtime: RuntimeProfile;
  readonly image: string;
  /** Undefined where the server compiles by itself. */
  readonly compileCache: CompileCachePlan | undefined;
  readonly launch: Launch;
  readonly weights: WeightsPlan;
  readonly fit: GpuMemoryFit;
  readonly resources: PodResources;
  /** Undefined when a scaler owns it. */
  readonly replicas: number | undefined;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** Sequences that a pod decodes at the same time. */
  readonly maxNumSeqs: number;
  /** What was computed from promise, capacity and traffic; undefined where nobody said them. */
  readonly sizing: WarmPoolPlan | undefined;
  /** Undefined where an outage was accepted. */
  readonly minAvailable: number | undefined;
  readonly drain: DrainPlan;
  readonly coldStart: ColdStart;
  readonly timers: StartTimers;
  /** Variables with plain values. */
  readonly env: PlainEnv;
  /** Variables whose values are secrets. */
  readonly secretEnv: SecretEnv;
  /** How those values reach the server. */
  readonly secrets: SecretPlan;
  readonly identity: IdentityPlan;
  readonly mounts: readonly ClaimMount[];
  /** Undefined without adapters. */
  readonly lora: LoraPlan | undefined;
  /** What Deployment, Service and container are called. */
  readonly names: WorkloadNames;
}

/** What vLLM took by default for years; it leaves the driver and neighbours of a MIG slice some room. */
const DEFAULT_MEMORY_UTILISATION = 0.9;

const MODEL_MOUNT = '/models';

/** Sequences that are batched at the same time; servers choose by device, which makes two pools behave differently. */
const DEFAULT_MAX_NUM_SEQS = 256;

/** Where the weights come from follows from the coordinates, unless a cache is bound. */
function planWeights(
  findings: Findings,
  spec: ServingSpec,
  model: ModelArtifact,
  runtime: RuntimeProfile,
): WeightsPlan {
  if (spec.cache !== undefined) {
    return { location: { kind: 'mounted', path: spec.cache.path }, path: spec.cache.weightsPath };
  }
  if (model.scheme === 'hf' && runtime.fetchesFromHub) {
    if (model.gated && spec.hubToken === undefined) {
      findings.error('WP-SVC-004', 'hubToken', undefined, {
        message: `${model.repository} is handed out only to accounts that accepted its licence`,
        allowed: 'a key of a Secret in the namespace of the service',
        fix: "set hubToken: { secretName: 'hugging-face', key: 'token' }, or bind a model cache",
      });
    }
    return { location: { kind: 'hub' }, path: 'hub-download' };
  }
  if (model.scheme === 'oci' && spec.pool.platform.features.imageVolume) {
    const imageVolume = { reference: `${model.repository}@${model.revision}`, mountPath: MODEL_MOUNT };
    const path = model.directory === '' ? MODEL_MOUNT : `${MODEL_MOUNT}/${model.directory}`;
    return { location: { kind: 'mounted', path }, path: 'image-volume', imageVolume };
  }
  findings.error('WP-SVC-005', 'model.uri', model.uri, {
    message: `${runtime.name} on Kubernetes ${spec.pool.platform.kubernetes} cannot fetch this by itself`,
    allowed:
      'hf:// with vllm, triton, sglang or a profile that says fetchesFromHub; oci:// from Kubernetes 1.35; anything with a model cache',
    fix: 'bind a model cache, or name the model in one of these forms',
  });
  return { location: { kind: 'mounted', path: MODEL_MOUNT }, path: 'image-volume' };
}

function planFit(
  findings: Findings,
  spec: ServingSpec,
  model: ModelArtifact,
  lora: LoraPlan | undefined,
): GpuMemoryFit | undefined {
  return findings.adopt(
    draftGpuMemoryFit({
      model,
      profile: spec.pool.profile,
      memoryUtilisation: spec.gpuMemoryUtilisation ?? DEFAULT_MEMORY_UTILISATION,
      tensorParallel: spec.tensorParallel,
      maxModelLen: spec.maxModelLen,
      concurrency: spec.concurrency,
      adapterBytesPerGpu: lora?.bytesPerGpu,
    }),
  );
}

function planLora(
  findings: Findings,
  spec: ServingSpec,
  model: ModelArtifact,
  runtime: RuntimeProfile,
): LoraPlan | undefined {
  const { cache, mounts = [] } = spec;
  const cacheMount = mounts.find(({ mountPath }) => `${cache?.path}/`.startsWith(`${mountPath}/`));
  return findings.adopt(
    draftLoraAdapters({
      adapters: spec.adapters ?? [],
      runtime,
      model,
      platform: spec.pool.platform,
      cacheMount: cacheMount?.mountPath,
    }),
  );
}

function planDrain(findings: Findings, spec: ServingSpec, runtime: RuntimeProfile | undefined): DrainPlan | undefined {
  return findings.adopt(
    draftDrain({
      drainSeconds: spec.drainSeconds ?? DEFAULT_DRAIN_SECONDS,
      preStopSeconds: spec.endpointPropagationSeconds,
      teardownSeconds: runtime?.teardownSeconds ?? 0,
      maxDrainSeconds: runtime?.maxDrainSeconds,
      spot: spec.pool.spot,
    }),
  );
}

function planCompileCache(
  findings: Findings,
  { compileCache, coldStart, images }: ServingSpec,
  runtime: RuntimeProfile,
): CompileCachePlan | undefined {
  if (compileCache === undefined) return undefined;
  const measured = coldStart?.warmup !== undefined;
  return findings.adopt(draftCompileCache(compileCache, { runtime, lock: images, measured }));
}

/** Where images are mounted in the container. */
function imagePaths(lora: LoraPlan | undefined, weights?: WeightsPlan): readonly string[] {
  const adapters = (lora?.adapters ?? []).flatMap(({ image, path }) => (image === undefined ? [] : [path]));
  return [...(weights?.imageVolume ? [weights.imageVolume.mountPath] : []), ...adapters];
}

/** What can be decided without the rest, so that a mistake in one does not hide a mistake in another. */
interface Parts {
  readonly model: ModelArtifact;
  readonly runtime: RuntimeProfile;
  readonly image: string;
  readonly compileCache: CompileCachePlan | undefined;
  readonly fit: GpuMemoryFit;
  readonly drain: DrainPlan;
  readonly weights: WeightsPlan;
  readonly coldStart: ColdStart;
  readonly lora: LoraPlan | undefined;
}

function planParts(findings: Findings, spec: ServingSpec): Parts | undefined {
  const { pool } = spec;
  const model = findings.adopt(draftModelArtifact(spec.model ?? {}));
  const runtime = findings.adopt(draftInferenceRuntime(spec.runtime));
  const drain = planDrain(findings, spec, runtime);
  const lora = model && runtime && planLora(findings, spec, model, runtime);
  const fit = model && planFit(findings, spec, model, lora);
  if (runtime !== undefined) {
    checkMachine(findings, pool, runtime, spec.runtime?.image !== undefined);
    checkPodProps(findings, spec, runtime.home, imagePaths(lora));
  }
  const image = runtime && findings.adopt(draftPinnedImage('runtime.image', runtime.image, spec.images));
  const compileCache = runtime && planCompileCache(findings, spec, runtime);
  if (!model || !runtime) return undefined;
  const weights = planWeights(findings, spec, model, runtime);
  const coldStart = findings.adopt(
    draftColdStart({
      cloud: pool.platform.cloud,
      weightsBytes: model.weightsBytes + (lora?.fileBytes ?? 0),
      weightsPath: weights.path,
      imagePrefetched: spec.imagePrefetched,
      measurements: spec.coldStart,
    }),
  );
  if (coldStart) warnAssumptions(findings, coldStart);
  if (!drain || !fit || !image || !coldStart) return undefined;
  return { model, runtime, image, compileCache, fit, drain, weights, coldStart, lora };
}

/** Replicas that the pool has room for; a pod never spans nodes. */
function poolReplicas({ profile, maxNodes }: GpuNodePoolPlan, { tensorParallel }: GpuMemoryFit): number {
  return maxNodes * Math.floor(profile.gpus / tensorParallel);
}

function planSizing(findings: Findings, spec: ServingSpec, { coldStart, fit }: Parts): WarmPoolPlan | undefined {
  if (spec.sizing === undefined) return undefined;
  const context = {
    coldStart,
    poolReplicas: poolReplicas(spec.pool, fit),
    floorReplicas: replicasForBudget(spec.disruption),
  };
  return findings.adopt(draftWarmPoolPlan(spec.sizing, context));
}

function planResources(findings: Findings, spec: ServingSpec, parts: Parts): PodResources | undefined {
  const { model, runtime, fit, weights, lora } = parts;
  const { singleGpu, multiGpu } = runtime.sharedMemoryBytes;
  return findings.adopt(
    draftPodResources({
      capacity: spec.pool.capacity,
      gpus: fit.tensorParallel,
      sharedMemoryBytes: fit.tensorParallel > 1 ? multiGpu : singleGpu,
      downloadBytes: weights.location.kind === 'hub' ? model.weightsBytes : 0,
      unpackBytes: runtime.unpacksModel ? model.weightsBytes : 0,
      unpackedImageBytes:
        (runtime.unpackedBytes ?? 0) + (weights.imageVolume ? model.weightsBytes : 0) + (lora?.imageBytes ?? 0),
      overrides: spec.resources,
    }),
  );
}

function planLaunch(
  findings: Findings,
  { pool, runtime: asked, ...spec }: ServingSpec,
  parts: Parts,
  identity: IdentityPlan,
): Launch | undefined {
  const { runtime, model, fit, weights, drain, lora } = parts;
  const input: LaunchInput = {
    runtime,
    model,
    fit,
    weights: weights.location,
    memoryUtilisation: spec.gpuMemoryUtilisation ?? DEFAULT_MEMORY_UTILISATION,
    maxNumSeqs: spec.maxNumSeqs ?? DEFAULT_MAX_NUM_SEQS,
    gpuBytes: pool.profile.gpu?.memoryBytes ?? 0,
    drainSeconds: drain.drainSeconds,
    bfloat16: pool.profile.gpu?.bfloat16 ?? false,
    trustRemoteCode: asked?.trustRemoteCodeReason !== undefined,
    extraArgs: asked?.extraArgs ?? [],
    lora,
  };
  const profile = runtime.kind === 'custom' ? asked?.profile : undefined;
  if (profile === undefined) return launchOf(input);
  const rules = { refused: backendEnv(spec.backend), taken: Object.keys(identity.env) };
  return findings.adopt(draftCustomLaunch(profile, input, rules));
}

function secretsOf(
  spec: ServingSpec,
  env: SecretEnv,
  { uid, gid }: RuntimeProfile,
  { containerName }: WorkloadNames,
): SecretPlan {
  const { secrets = {}, imagePullSecrets = [] } = spec;
  return planSecrets({ sources: secrets, env, imagePullSecrets, containerName, uid, gid });
}

/** Decides a service and gathers everything that is wrong with what was asked. */
export function draftServing(spec: ServingSpec): Draft<ServingPlan> {
  const findings = new Findings();
  checkWorkloadName(findings, 'name', spec.name);
  checkNamespace(findings, 'namespace', spec.namespace);
  findings.adopt(draftOwnership(spec.ownership));
  checkPool(findings, spec.pool);
  checkBackend(findings, spec.name, spec.backend, spec.podAnnotations);
  findings.adopt(draftProbes(spec.probes));
  checkMaxNumSeqs(findings, spec.maxNumSeqs ?? DEFAULT_MAX_NUM_SEQS, DEFAULT_MAX_NUM_SEQS);
  checkServingSecrets(findings, spec);
  const identity = findings.adopt(draftIdentity(spec.pool.platform, spec.identity, spec.serviceAccountAnnotations));
  const parts = planParts(findings, spec);
  const sizing = parts && planSizing(findings, spec, parts);
  const replicas = checkReplicas(findings, spec, sizing);
  const minAvailable = replicas && findings.adopt(draftDisruptionBudget(replicas.min, spec.disruption));
  const resources = parts && planResources(findings, spec, parts);
  if (!(parts && resources && identity && replicas)) return findings.draft<ServingPlan>(undefined);

  const { runtime, weights, coldStart, drain } = parts;
  const launch = planLaunch(findings, spec, parts, identity);
  if (launch === undefined) return findings.draft<ServingPlan>(undefined);
  if (runtime.kind === 'custom') {
    const files = Object.keys(launch.config ?? {});
    checkOwnPlaces(findings, spec, runtime.home, files, imagePaths(parts.lora, weights));
  }
  const timers = startTimers(coldStart, drain.terminationGracePeriodSeconds, spec.probes);
  warnBackend(findings, timers, spec.backend);
  checkVariables(findings, spec, runtime, Object.keys({ ...launch.env, ...identity.env }));
  const hubToken = weights.location.kind === 'hub' && spec.hubToken ? [[HUB_TOKEN, spec.hubToken] as const] : [];
  const secretEnv = Object.fromEntries([...hubToken, ...Object.entries(spec.secretEnv ?? {})]);
  const names = workloadNames(spec.name, runtime.ports.http, spec.backend);
  return findings.draft<ServingPlan>({
    ...parts,
    name: spec.name,
    namespace: spec.namespace,
    ownership: spec.ownership,
    pool: spec.pool,
    launch,
    resources,
    replicas: spec.scaler === undefined ? replicas.max : undefined,
    minReplicas: replicas.min,
    maxReplicas: replicas.max,
    maxNumSeqs: spec.maxNumSeqs ?? DEFAULT_MAX_NUM_SEQS,
    sizing,
    minAvailable,
    timers,
    names,
    env: { ...launch.env, ...identity.env, ...spec.lockEnv, ...spec.runtime?.extraEnv },
    mounts: spec.mounts ?? [],
    identity,
    secretEnv,
    secrets: findings.hasErrors ? NO_SECRETS : secretsOf(spec, secretEnv, runtime, names),
  });
}
