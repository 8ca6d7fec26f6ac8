/** KEDA and the HorizontalPodAutoscaler that it writes: from answers of Prometheus to a number of replicas. */
import { averageValueReplicas, HorizontalPodAutoscaler } from './hpa';
import type { FallbackBehaviour, SimulatedPolicy, SimulatedTrigger } from './policy';

/** What KEDA answers for, by the fallback's number and the pods that there are. */
const FALLS_TO: Readonly<Record<FallbackBehaviour, (fallback: number, current: number) => number>> = {
  static: (fallback) => fallback,
  currentReplicas: (_, current) => current,
  currentReplicasIfHigher: Math.max,
  currentReplicasIfLower: Math.min,
};

/** The scaler of one service. */
export class Scaler {
  private readonly autoscaler: HorizontalPodAutoscaler;
  private failures = 0;

  constructor(private readonly policy: SimulatedPolicy) {
    const { minReplicas, maxReplicas, behaviour } = policy;
    this.autoscaler = new HorizontalPodAutoscaler(minReplicas, maxReplicas, behaviour);
  }

  /**
   * The replicas to set now.
   * @param answerOf what a trigger's query gives; undefined where nobody answers
   */
  decide(now: number, replicas: number, answerOf: (trigger: SimulatedTrigger) => number | undefined): number {
    const { triggers, fallback } = this.policy;
    const answers = triggers.map((trigger) => ({ trigger, value: answerOf(trigger) }));
    const failed = answers.some(({ value }) => value === undefined);
    this.failures = failed ? this.failures + 1 : 0;
    const falls = fallback !== undefined && this.failures > fallback.failureThreshold;
    const wanted = answers.flatMap(({ trigger: { threshold }, value }) => {
      if (value !== undefined) return [averageValueReplicas(value, threshold, replicas)];
      if (!falls) return [];
      const pods = FALLS_TO[fallback.behaviour ?? 'static'](fallback.replicas, replicas);
      // KEDA multiplies by the threshold, and the autoscaler divides by it again.
      return [averageValueReplicas(pods, 1, replicas)];
    });
    let most = wanted.length === 0 ? undefined : Math.max(...wanted);
    // Where one metric is gone, the others may scale up and not down.
    if (wanted.length < answers.length && most !== undefined && most < replicas) most = undefined;
    return this.autoscaler.decide(now, replicas, most);
  }
}
