/** Node pools as rules see them: what the scheduler would find on a node. */
import type { Taint, TaintEffect } from '../domain/node-vocabulary';
import { at, type Json, list, object, text, texts } from './json';
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

/** Nodes (`kubectl get nodes -o yaml`) and Karpenter NodePools that stand among the manifests. */
export function poolsAmong(manifests: readonly Manifest[]): readonly PolicyPool[] {
  return manifests.flatMap(({ object: candidate }) => {
    const { group, kind } = identityOf(candidate);
    if (group === '' && kind === 'Node') return [nodePool(candidate)];
    if (group === 'karpenter.sh' && kind === 'NodePool') return [karpenterPool(candidate)];
    return [];
  });
}
