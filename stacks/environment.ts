/** What an environment is: typed data that a team edits, without logic. */
import type {
  AksPoolSpec,
  CloudIdentitySpec,
  CloudSpec,
  GpuInferenceServiceProps,
  GpuNodePoolSpec,
  GpuTrainingJobProps,
  IksPoolSpec,
  Ownership,
  PlatformSpec,
  PodPeer,
  PriceOverrides,
  PrometheusServer,
  RequestScalingProps,
  WarmPoolProps,
} from '../lib';

/** A pool; its name is its key. */
export type EnvironmentPool = Omit<GpuNodePoolSpec, 'name' | 'platform' | 'ownership'> & {
  /** Keeps nodes and images ready for the services of the pool; `{}` takes every default. @default none */
  readonly warm?: EnvironmentWarmPool;
  /** What only AKS asks. @default see AksPoolSpec */
  readonly aks?: AksPoolSpec;
  /** What only IKS asks. @default see IksPoolSpec */
  readonly iks?: IksPoolSpec;
};

/** Warm nodes of a pool; they are called `warm-<pool>`. */
export type EnvironmentWarmPool = Omit<WarmPoolProps, 'name' | 'ownership' | 'images'> & Owned;

/** Who owns a workload, where it differs from the environment's owner. */
type Owned = { readonly ownership?: Partial<Ownership> };

/** A service; its name is its key, its pools are named. */
export type EnvironmentService = Omit<
  GpuInferenceServiceProps,
  'name' | 'pool' | 'spot' | 'ownership' | 'images' | 'scaler' | 'modelCache' | 'warmCapacity' | 'lock' | 'slo'
> &
  Owned & {
    readonly pool: string;
    /** Pods on a spot pool above the floor that `replicas` says. @default none */
    readonly spot?: { readonly pool: string; readonly replicas: number };
    /** KEDA scales the service by its requests, within what `sizing` computes. @default `replicas` always run */
    readonly scaling?: Omit<RequestScalingProps, 'prometheus'>;
    /** Whether the warm nodes of its pool wait for this service too. @default true where the pool has any */
    readonly warm?: boolean;
    /** What the cloud shall know its pods by. `pulumi up` makes it and prints its id. @default nobody */
    readonly cloudIdentity?: CloudIdentitySpec;
  };

/** A training job; its name is its key, its pool is named. */
export type EnvironmentTraining = Omit<GpuTrainingJobProps, 'name' | 'pool' | 'ownership' | 'images'> &
  Owned & { readonly pool: string };

/** One cluster and what runs on it. */
export interface Environment {
  /** Folder below manifests/ and value of the environment label. */
  readonly name: string;
  readonly platform: PlatformSpec;
  /**
   * What `pulumi up` makes; `{}` takes every default: a private cluster with a network of its own.
   * @default others make cluster and pools
   */
  readonly cloud?: CloudSpec;
  /** Owner of the pools, and of every workload that names no other. */
  readonly ownership: Omit<Ownership, 'environment'>;
  /** Own prices, US dollars per machine hour. @default dated list prices */
  readonly prices?: PriceOverrides;
  /** Who may call the services. */
  readonly gateway: PodPeer;
  /** Who may read the metrics. */
  readonly scraper: PodPeer;
  /** Where KEDA asks for them; needed by services that scale. @default nowhere */
  readonly prometheus?: PrometheusServer;
  readonly pools: Readonly<Record<string, EnvironmentPool>>;
  readonly services: Readonly<Record<string, EnvironmentService>>;
  /** GPUs that the pods of a namespace may hold. @default twice what is placed in it, as pods that are ending count too */
  readonly gpuQuotas?: Readonly<Record<string, number>>;
  readonly training?: Readonly<Record<string, EnvironmentTraining>>;
}
