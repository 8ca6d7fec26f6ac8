/** All objects of a run, indexed once, so that a rule finds what an object refers to. */

import { kservePredictorName } from '../domain/kserve';
import { at, number, text } from './json';
import { impliedBy, predictorOf } from './kserve';
import { append } from './lookup';
import { identityOf, type Manifest } from './manifest';
import { type PodTemplate, podTemplatesOf } from './pod-template';
import { type PolicyPool, poolsAmong } from './pool';

/** What a run knows beside the manifests. */
export interface InventoryOptions {
  /** Namespace of objects that name none, as `helm template` prints them. @default 'default' */
  readonly namespace?: string;
  /** Node pools. @default the Nodes and Karpenter NodePools among the manifests */
  readonly pools?: readonly PolicyPool[];
}

/** Pods that a workload runs at the least and at the most. */
export interface ReplicaBounds {
  readonly min: number;
  readonly max: number;
  /** The HorizontalPodAutoscaler or ScaledObject that decides between them. */
  readonly scaler: Manifest | undefined;
}

const SCALABLE = /^(apps\/(Deployment|ReplicaSet|StatefulSet)|\/ReplicationController|argoproj\.io\/Rollout)$/;

function keepFirst<T>(map: Map<string, T>, key: string, value: T): void {
  if (!map.has(key)) map.set(key, value);
}

/** The index. */
export class Inventory {
  readonly defaultNamespace: string;
  /** Undefined when nothing is known about nodes: what hangs on them is not applicable then. */
  readonly pools: readonly PolicyPool[] | undefined;
  private readonly byKind = new Map<string, Manifest[]>();
  private readonly byIdentity = new Map<string, Manifest>();
  private readonly byName = new Map<string, Manifest>();
  private readonly podsByNamespace = new Map<string, PodTemplate[]>();
  private readonly scalers = new Map<string, Manifest>();

  constructor(
    readonly manifests: readonly Manifest[],
    options: InventoryOptions = {},
  ) {
    this.defaultNamespace = options.namespace ?? 'default';
    const pools = options.pools ?? poolsAmong(manifests);
    this.pools = pools.length === 0 ? undefined : pools;
    for (const manifest of manifests) this.add(manifest);
  }

  private add(manifest: Manifest): void {
    const { group, kind } = identityOf(manifest.object);
    const type = `${group}/${kind}`;
    const namespace = this.namespaceOf(manifest);
    append(this.byKind, type, manifest);
    for (const one of [manifest, ...impliedBy(manifest)]) {
      const identity = identityOf(one.object);
      const found = `${identity.group}/${identity.kind}`;
      keepFirst(this.byIdentity, `${found}|${namespace}|${identity.name}`, one);
      keepFirst(this.byName, `${found}|${identity.name}`, one);
    }
    for (const pod of podTemplatesOf(manifest, this.defaultNamespace)) append(this.podsByNamespace, namespace, pod);
    if (type === 'autoscaling/HorizontalPodAutoscaler' || type === 'keda.sh/ScaledObject') {
      const target = at(manifest.object, 'spec', 'scaleTargetRef');
      const targetKind = text(at(target, 'kind')) ?? 'Deployment';
      this.scalers.set(`${targetKind}|${namespace}|${text(at(target, 'name'))}`, manifest);
    }
  }

  /** Namespace of an object; objects that name none stand in the default one. Cluster-wide objects are found without. */
  namespaceOf(manifest: Manifest): string {
    return identityOf(manifest.object).namespace ?? this.defaultNamespace;
  }

  /** All objects of a kind; `group` is '' for the core group. */
  ofKind(group: string, kind: string): readonly Manifest[] {
    return this.byKind.get(`${group}/${kind}`) ?? [];
  }

  /** The object of that name in a namespace. */
  find(group: string, kind: string, namespace: string, name: string): Manifest | undefined {
    return this.byIdentity.get(`${group}/${kind}|${namespace}|${name}`);
  }

  /** The object of that name in whatever namespace: for kinds that have none. */
  findClusterWide(group: string, kind: string, name: string): Manifest | undefined {
    return this.byName.get(`${group}/${kind}|${name}`);
  }

  /** Everything in a namespace that makes pods. */
  podsIn(namespace: string): readonly PodTemplate[] {
    return this.podsByNamespace.get(namespace) ?? [];
  }

  /** Every pod of the run. */
  get pods(): readonly PodTemplate[] {
    return [...this.podsByNamespace.values()].flat();
  }

  /** Pods of a workload at the least and at the most; undefined for kinds without a number of pods. */
  replicasOf(workload: Manifest): ReplicaBounds | undefined {
    const { group, kind, name } = identityOf(workload.object);
    const predictor = predictorOf(workload.object);
    if (predictor === undefined && !SCALABLE.test(`${group}/${kind}`)) return undefined;
    // What a scaler of an InferenceService names is the Deployment that KServe makes of it.
    const target = predictor === undefined ? [kind, name] : ['Deployment', kservePredictorName(name)];
    const scaler = this.scalers.get(`${target[0]}|${this.namespaceOf(workload)}|${target[1]}`);
    if (scaler === undefined && predictor !== undefined) {
      const min = number(predictor.minReplicas) ?? 1;
      return { min, max: number(predictor.maxReplicas) ?? Math.max(1, min), scaler };
    }
    if (scaler === undefined) {
      const replicas = number(at(workload.object, 'spec', 'replicas')) ?? 1;
      return { min: replicas, max: replicas, scaler: undefined };
    }
    const { spec } = scaler.object;
    if (identityOf(scaler.object).kind === 'ScaledObject') {
      const idle = number(at(spec, 'idleReplicaCount'));
      const floor = number(at(spec, 'minReplicaCount')) ?? 0;
      return { min: idle ?? floor, max: number(at(spec, 'maxReplicaCount')) ?? 100, scaler };
    }
    return { min: number(at(spec, 'minReplicas')) ?? 1, max: number(at(spec, 'maxReplicas')) ?? 1, scaler };
  }
}
