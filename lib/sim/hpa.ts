/**
 * The decisions of the HorizontalPodAutoscaler, as kube-controller-manager makes them:
 * kubernetes v1.36.3 pkg/controller/podautoscaler/{horizontal,replica_calculator}.go.
 */
import type { ScalingBehaviour, ScalingPolicy, ScalingRules } from '../domain/hpa-behaviour';

/** A usage within this share of the target changes nothing (--horizontal-pod-autoscaler-tolerance). */
export const TOLERANCE = 0.1;

/** What an external metric with an average target asks for; pods that are starting count as pods. */
export function averageValueReplicas(usage: number, target: number, statusReplicas: number): number {
  const ratio = usage / (target * statusReplicas);
  const within = 1 - TOLERANCE <= ratio && ratio <= 1 + TOLERANCE;
  return within ? statusReplicas : Math.ceil(usage / target);
}

interface Stamped {
  readonly seconds: number;
  readonly replicas: number;
}

/** Recommendations and changes of one scaler, and what follows from them. */
export class HorizontalPodAutoscaler {
  private readonly recommendations: Stamped[] = [];
  private added: Stamped[] = [];
  private deleted: Stamped[] = [];

  constructor(
    private readonly minReplicas: number,
    private readonly maxReplicas: number,
    private readonly behaviour: ScalingBehaviour,
  ) {}

  /**
   * The replicas to set now.
   * @param wanted the most that any metric asks for; undefined where none could be read
   */
  decide(now: number, current: number, wanted: number | undefined): number {
    if (this.recommendations.length === 0) this.recommendations.push({ seconds: now, replicas: current });
    const decided = this.limit(now, current, wanted);
    if (decided > current) this.added.push({ seconds: now, replicas: decided - current });
    if (decided < current) this.deleted.push({ seconds: now, replicas: current - decided });
    return decided;
  }

  private limit(now: number, current: number, wanted: number | undefined): number {
    if (current === 0 && this.minReplicas !== 0) return 0;
    if (current > this.maxReplicas) return this.maxReplicas;
    if (current < this.minReplicas) return this.minReplicas;
    if (wanted === undefined) return current;
    return this.pace(now, current, this.stabilise(now, current, wanted));
  }

  private stabilise(now: number, current: number, wanted: number): number {
    const upCutoff = now - this.behaviour.scaleUp.stabilizationWindowSeconds;
    const downCutoff = now - this.behaviour.scaleDown.stabilizationWindowSeconds;
    let up = wanted;
    let down = wanted;
    let old = -1;
    for (const [index, { seconds, replicas }] of this.recommendations.entries()) {
      if (seconds > upCutoff) up = Math.min(up, replicas);
      if (seconds > downCutoff) down = Math.max(down, replicas);
      if (seconds < upCutoff && seconds < downCutoff) old = index;
    }
    const recommendation = Math.min(Math.max(current, up), down);
    const stamped = { seconds: now, replicas: wanted };
    if (old >= 0) this.recommendations[old] = stamped;
    else this.recommendations.push(stamped);
    return recommendation;
  }

  private pace(now: number, current: number, wanted: number): number {
    const { scaleUp, scaleDown } = this.behaviour;
    if (wanted > current) {
      const limit = Math.max(current, this.proposal(now, current, scaleUp, 1));
      return Math.min(wanted, this.maxReplicas, limit);
    }
    if (wanted < current) {
      const limit = Math.min(current, this.proposal(now, current, scaleDown, -1));
      return Math.max(wanted, this.minReplicas, limit);
    }
    return current;
  }

  private proposal(now: number, current: number, rules: ScalingRules, direction: 1 | -1): number {
    if (rules.selectPolicy === 'Disabled') return current;
    const proposals = rules.policies.map((policy) => {
      const start = current - changed(this.added, policy, now) + changed(this.deleted, policy, now);
      if (policy.type === 'Pods') return start + direction * policy.value;
      const share = start * (1 + (direction * policy.value) / 100);
      return direction > 0 ? Math.ceil(share) : Math.trunc(share);
    });
    const widest = (rules.selectPolicy === 'Max') === direction > 0;
    this.added = this.added.filter(({ seconds }) => seconds > now - LONGEST_PERIOD_SECONDS);
    this.deleted = this.deleted.filter(({ seconds }) => seconds > now - LONGEST_PERIOD_SECONDS);
    return widest ? Math.max(...proposals) : Math.min(...proposals);
  }
}

/** Kubernetes accepts no longer period. */
const LONGEST_PERIOD_SECONDS = 1800;

function changed(events: readonly Stamped[], { periodSeconds }: ScalingPolicy, now: number): number {
  let sum = 0;
  for (const { seconds, replicas } of events) if (seconds > now - periodSeconds) sum += replicas;
  return sum;
}
