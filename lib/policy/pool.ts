/** Node pools as rules see them: what the scheduler would find on a node. */
import type { Taint, TaintEffect } from '../domain/node-vocabulary';
import { at, isObject, type Json, list, object, text, texts } from './json';
import { identityOf, labelsOf, type Manifest } from './manifest';

/** What is known about the nodes of a pool. `GpuNodePoolPlan` is one. */
export interface PolicyPool {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  /** Most nodes of the pool. @default unknown, and nothing is said about capacity */
  readonly maxNodes?: number;
  /** GPUs of one node, by resource name. @default unknown */
  readonly gpus?: Readonly<Record<string, number>>;
}

function taintsAt(value: unknown): readonly Taint[] {
  return list(value).map((taint) => ({
    key: text(at(taint, 'key')) ?? '',
    value: text(at(taint, 'value')) ?? '',
    effect: (text(at(taint, 'effect')) ?? 'NoSchedule') as TaintEffect,
  }));
}

/** Taints that say how a node is, not what it is for; the scheduler's own admission adds their tolerations. */
const CONDITION = /^node\.kubernetes\.io\//;

function gpusAt(resources: unknown): Readonly<Record<string, number>> {
  const gpus = Object.entries(object(resources)).filter(([name]) => /^(nvidia|amd)\.com\//.test(name));
  return Object.fromEntries(gpus.map(([name, count]) => [name, Number(count)]));
}

function nodePool(node: Json): PolicyPool {
  return {
    name: identityOf(node).name,
    labels: labelsOf(node),
    taints: taintsAt(at(node, 'spec', 'taints')).filter(({ key }) => !CONDITION.test(key)),
    maxNodes: 1,
    gpus: gpusAt(at(node, 'status', 'allocatable')),
  };
}

function karpenterPool(pool: Json): PolicyPool {
  const template = at(pool, 'spec', 'template');
  return {
    name: identityOf(pool).name,
    labels: { ...texts(at(template, 'metadata', 'labels')), 'karpenter.sh/nodepool': identityOf(pool).name },
    taints: taintsAt(at(template, 'spec', 'taints')),
  };
}

const isTextMap = (value: unknown) => isObject(value) && Object.values(value).every((one) => typeof one === 'string');
const isCount = (value: unknown) => Number.isInteger(value) && Number(value) >= 0;
const isOptional = (value: unknown, fits: (value: unknown) => boolean) => value === undefined || fits(value);
const EFFECTS: readonly unknown[] = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

function isTaint(taint: unknown): boolean {
  const { key, value, effect } = object(taint);
  return typeof key === 'string' && isOptional(value, (one) => typeof one === 'string') && EFFECTS.includes(effect);
}

/** A pool as somebody wrote it down; undefined for what is none. A taint may leave out its value, as in Kubernetes. */
export function poolFrom(written: unknown): PolicyPool | undefined {
  const { name, labels, taints, maxNodes, gpus } = object(written);
  const legal =
    isTextMap(labels) &&
    Array.isArray(taints) &&
    taints.every(isTaint) &&
    isOptional(maxNodes, isCount) &&
    isOptional(gpus, (all) => isObject(all) && Object.values(all).every(isCount));
  if (typeof name !== 'string' || !legal) return undefined;
  const counts = Object.entries(object(gpus)).map(([resource, count]) => [resource, Number(count)] as const);
  return {
    name,
    labels: texts(labels),
    taints: taintsAt(taints),
    ...(maxNodes === undefined ? {} : { maxNodes: Number(maxNodes) }),
    ...(gpus === undefined ? {} : { gpus: Object.fromEntries(counts) }),
  };
}

/** Nodes (`kubectl get nodes -o yaml`) and Karpenter NodePools that stand among the manifests. */
export function poolsAmong(manifests: readonly Manifest[]): readonly PolicyPool[] {
  return manifests.flatMap(({ object: candidate }) => {
    const { group, kind } = identityOf(candidate);
    if (group === '' && kind === 'Node') return [nodePool(candidate)];
    if (group === 'karpenter.sh' && kind === 'NodePool') return [karpenterPool(candidate)];
    return [];
  });
}
