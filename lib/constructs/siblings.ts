/**
 * What constructs see of each other. A service knows interfaces only, so that a cache, a scaler or a warm pool can be
 * ours, somebody else's or a fake in a test.
 */
import type { Construct } from 'constructs';
import type { WeightsPath } from '../domain/cold-start';
import type { WorkloadNames } from '../domain/serving-backend';
import type { ServingPlan } from '../domain/serving-plan';
import type { GpuPodInput } from '../kube/gpu-pod';
import type { EgressRule } from '../kube/network';

/** A service as its siblings see it. All names are decided, so nothing here is looked up in a cluster. */
export interface ServingTarget extends WorkloadNames {
  /** Name of the service; its Deployment and Service may be called otherwise. */
  readonly name: string;
  readonly namespace: string;
  /** Labels that select the service's pods. */
  readonly podSelector: Readonly<Record<string, string>>;
  readonly plan: ServingPlan;
  /** Set for a scaler of a service that takes spot capacity above a fixed floor: the target is the spot part then. */
  readonly floor?: ServingFloor;
}

/** The fixed part of a service whose spot part is scaled. */
export interface ServingFloor {
  /** Labels that select the pods of both parts: the load is theirs together. */
  readonly podSelector: Readonly<Record<string, string>>;
  readonly deploymentName: string;
  /** Pods of the floor, to be taken off what the load asks for. */
  readonly replicas: number;
}

/**
 * Owns the number of replicas: the Deployment then states none. Where a service takes spot capacity above a floor, the
 * floor is fixed, and the bounds are those of the spot pods.
 */
export interface IScaler {
  /** @default what the sizing of the service computes */
  readonly minReplicas?: number;
  /** @default what the sizing of the service computes */
  readonly maxReplicas?: number;
  /** Called once with the finished service, and with the construct in which the scaler may draw. */
  bindScaler(target: ServingTarget, scope: Construct): void;
}

/** Holds weights near the GPU. */
export interface IModelCache {
  /** Name of a claim in the namespace of the service. */
  readonly claimName: string;
  /** Where the claim is mounted in the server. */
  readonly mountPath: string;
  /** Directory of the weights below the mount. */
  readonly weightsPath: string;
  /** How the weights travel, for the cold-start budget. */
  readonly transport: WeightsPath;
}

/** A service as warm capacity sees it: with the pod that a placeholder has to resemble. */
export interface WarmTarget extends ServingTarget {
  readonly pod: GpuPodInput;
}

/** Keeps nodes and images ready for a spike. */
export interface IWarmCapacity {
  /** Whether the server's image is brought to every node of the pool as soon as it joins. */
  readonly imagePrefetched: boolean;
  /** Called once with the finished service, and with the construct that it is. */
  bindWarmCapacity(target: WarmTarget, scope: Construct): void;
}

/** Guards something that must happen once, such as filling a cache. */
export interface IModelLock {
  /** Variables that tell the server or its sidecars where the lock is. */
  readonly env: Readonly<Record<string, string>>;
  /** The way to the lock service. */
  readonly egress: readonly EgressRule[];
}

/** Watches what the service promised. */
export interface ISlo {
  /** Called once with the finished service. */
  bindSlo(target: ServingTarget): void;
}
