/** What a service can be told. */
import type { Duration } from 'cdk8s';
import type { DisruptionSpec } from '../domain/availability';
import type { ColdStartMeasurements, ProbeSpec } from '../domain/cold-start';
import type { CompileCacheSpec } from '../domain/compile-cache';
import type { ImageLock } from '../domain/image';
import type { RuntimeSpec } from '../domain/inference-runtime';
import type { LoraAdapter } from '../domain/lora-adapters';
import type { ModelSpec } from '../domain/model-artifact';
import type { Ownership, SecretKey } from '../domain/names';
import type { GpuNodePoolPlan } from '../domain/node-pool-plan';
import type { ResourceOverrides } from '../domain/pod-resources';
import type { PriorityRung } from '../domain/priority-ladder';
import type { SecretSources } from '../domain/secret-source';
import type { ServingBackend } from '../domain/serving-backend';
import type { SpotSpec } from '../domain/spot-plan';
import type { SizingSpec } from '../domain/warm-pool-plan';
import type { WorkloadIdentity } from '../domain/workload-identity';
import type { EgressRule, PodPeer } from '../kube/network';
import type { IModelCache, IModelLock, IScaler, ISlo, IWarmCapacity } from './siblings';

/** Props of {@link GpuInferenceService}. Only what cannot be computed is required. */
export interface GpuInferenceServiceProps {
  /** Name of the Deployment, the Service and all that belongs to them. @default the construct id */
  readonly name?: string;
  readonly namespace: string;
  readonly ownership: Ownership;
  /** The pool that the pods run on; scheduling and size of the pods follow from it. */
  readonly pool: GpuNodePoolPlan;
  /** A catalogue model, or immutable coordinates with the model's shape. */
  readonly model: ModelSpec;
  /** @default vLLM in the first version of the table, the newest whose tag a public source names */
  readonly runtime?: RuntimeSpec;
  /** LoRA adapters that are loaded at the start. @default none */
  readonly adapters?: readonly LoraAdapter[];
  /** Who makes the pods. @default ServingBackend.DEPLOYMENT */
  readonly backend?: ServingBackend;
  /** Pods that always run. Left out of the Deployment once a scaler is bound. @default 3 */
  readonly replicas?: number;
  /**
   * What the service promises, what a replica serves and how requests arrive: minimum, maximum, thresholds and warm nodes
   * are computed from it. @default the scaler brings its own bounds
   */
  readonly sizing?: SizingSpec;
  /** More pods on spot nodes; `replicas` is the floor then, and a scaler owns the spot pods only. @default none */
  readonly spot?: SpotSpec;
  /** GPUs that one copy of the model is spread over. @default the fewest of a node that fit */
  readonly tensorParallel?: number;
  /** Longest sequence in tokens, prompt and answer together. @default as much as fits */
  readonly maxModelLen?: number;
  /** Sequences of full length that fit at once. @default at least 8, or as many as fit when maxModelLen is given */
  readonly concurrency?: number;
  /** Sequences that are decoded at the same time, of whatever length. @default 256 */
  readonly maxNumSeqs?: number;
  /** Share of each GPU's memory that the server takes. @default 0.9 */
  readonly gpuMemoryUtilisation?: number;
  /** What requests in flight get to finish when a pod ends: your longest request. @default 45 s */
  readonly drain?: Duration;
  /** Pause before the server hears of its end, so that gateways stop sending. @default 15 s */
  readonly endpointPropagation?: Duration;
  /** @default at least two pods stay */
  readonly disruption?: DisruptionSpec;
  /** Own measurements of the cold start, by stage. @default published figures */
  readonly coldStart?: ColdStartMeasurements;
  /**
   * An image with what the server would otherwise compile at every start; it is copied into each pod and counts against
   * `resources.cacheGiB`. No budget follows from it: pull and copy take time, what is saved differs with model and server,
   * and the warm-up stays as published until `coldStart.warmup` holds your own figures (WP-COLD-005).
   * @default the server compiles by itself
   */
  readonly compileCache?: CompileCacheSpec;
  /** Paces of the probes. @default readiness 5 s x 3, liveness 10 s x 6, startup 1.5 times the p95 */
  readonly probes?: ProbeSpec;
  /** @default 90 % of the share of the node that belongs to the pod's GPUs */
  readonly resources?: ResourceOverrides;
  /**
   * Whether a VerticalPodAutoscaler watches CPU and memory of the server and says what they should be, in its status.
   * It changes nothing. The cluster has to have the autoscaler. @default false
   */
  readonly recommendResources?: boolean;
  /** @default 'inference' */
  readonly priority?: Extract<PriorityRung, 'inference' | 'canary'>;
  /** Token for gated models. @default none */
  readonly hubToken?: SecretKey;
  /** Environment variables whose values are secrets, such as VLLM_API_KEY. @default none */
  readonly secretEnv?: Readonly<Record<string, SecretKey>>;
  /** Secrets that the image is pulled with. @default none */
  readonly imagePullSecrets?: readonly string[];
  /** How each of those secrets comes to exist, by its name. @default none */
  readonly secrets?: SecretSources;
  /** Who the pods are for their cloud. @default nobody */
  readonly identity?: WorkloadIdentity;
  /** Annotations of the ServiceAccount. @default none */
  readonly serviceAccountAnnotations?: Readonly<Record<string, string>>;
  /** Annotations of the pods; a change restarts them. @default none */
  readonly podAnnotations?: Readonly<Record<string, string>>;
  /** Whether pods wait rather than share a zone or a host more than one more than others. @default 'preferred' */
  readonly spread?: 'preferred' | 'required';
  /** Who may call the API. @default nobody, with a warning */
  readonly gateway?: PodPeer;
  /** Who may read the metrics. @default nobody */
  readonly scraper?: PodPeer;
  /** Where the server downloads weights from. @default HTTPS to every public address */
  readonly hubEgress?: readonly EgressRule[];
  /** Further destinations of the server, beside name resolution and the model hub. @default none */
  readonly egress?: readonly EgressRule[];
  /** Digests of images. @default those of the table */
  readonly images?: ImageLock;
  /** @default none */
  readonly scaler?: IScaler;
  /** @default the server downloads the weights at every start */
  readonly modelCache?: IModelCache;
  /** @default none */
  readonly warmCapacity?: IWarmCapacity;
  /** @default none */
  readonly lock?: IModelLock;
  /** @default none */
  readonly slo?: ISlo;
}
