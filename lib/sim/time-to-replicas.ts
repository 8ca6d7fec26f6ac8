/** How long it takes until a service has more replicas, when its load wants the most of them at once. */
import type { ScalingBehaviour } from '../domain/hpa-behaviour';
import { HorizontalPodAutoscaler } from './hpa';

/** What the times follow from. */
export interface GrowthInput {
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** Replicas that nodes wait for. */
  readonly warmNodes: number;
  readonly behaviour: ScalingBehaviour;
  /** At p95: until the first new pod exists, until it answers where a node is there, and where one has to come. */
  readonly reaction: { readonly detectionSeconds: number; readonly podSeconds: number; readonly nodeSeconds: number };
}

/** Replicas that are there at the same time. */
export interface GrowthStep {
  readonly fromReplicas: number;
  readonly toReplicas: number;
  readonly node: 'warm' | 'new';
  /** From the jump of the load until they all answer, at p95. */
  readonly p95Seconds: number;
}

/** --horizontal-pod-autoscaler-sync-period of kube-controller-manager. */
const SYNC_SECONDS = 15;

/** Whatever a behaviour has not let through by then, it never does. */
const LONGEST_SECONDS = 86_400;

/** Replicas from the minimum on: on warm nodes as far as there are any, then on new ones. */
export function timeToReplicas(input: GrowthInput): readonly GrowthStep[] {
  const { minReplicas, maxReplicas, warmNodes, behaviour, reaction } = input;
  const autoscaler = new HorizontalPodAutoscaler(minReplicas, maxReplicas, behaviour);
  const steps: GrowthStep[] = [];
  const add = (from: number, to: number, node: GrowthStep['node'], seconds: number) => {
    if (from <= to) steps.push({ fromReplicas: from, toReplicas: to, node, p95Seconds: seconds });
  };
  let current = minReplicas;
  for (let at = 0; current < maxReplicas && at < LONGEST_SECONDS; at += SYNC_SECONDS) {
    // A service without a pod is woken by KEDA, not by this autoscaler.
    const next = current === 0 ? 1 : autoscaler.decide(at, current, maxReplicas);
    const warm = Math.min(next, minReplicas + warmNodes);
    add(current + 1, warm, 'warm', at + reaction.podSeconds);
    add(Math.max(current, warm) + 1, next, 'new', at + reaction.nodeSeconds);
    current = next;
  }
  return steps;
}
