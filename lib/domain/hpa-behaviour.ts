/** Scaling behaviour in the words of autoscaling/v2, as plain values. */

/** At most `value` pods, or percent of them, in any period. */
export interface ScalingPolicy {
  readonly type: 'Pods' | 'Percent';
  readonly value: number;
  readonly periodSeconds: number;
}

/** One direction. */
export interface ScalingRules {
  readonly stabilizationWindowSeconds: number;
  /** Which of the policies counts: the one that allows most (`Max`), least (`Min`), or none. */
  readonly selectPolicy: 'Max' | 'Min' | 'Disabled';
  readonly policies: readonly ScalingPolicy[];
}

/** Both directions. */
export interface ScalingBehaviour {
  readonly scaleUp: ScalingRules;
  readonly scaleDown: ScalingRules;
}

/** What Kubernetes does where nothing is said (pkg/apis/autoscaling/v2/defaults.go). */
export const DEFAULT_BEHAVIOUR: ScalingBehaviour = {
  scaleUp: {
    stabilizationWindowSeconds: 0,
    selectPolicy: 'Max',
    policies: [
      { type: 'Pods', value: 4, periodSeconds: 15 },
      { type: 'Percent', value: 100, periodSeconds: 15 },
    ],
  },
  scaleDown: {
    stabilizationWindowSeconds: 300,
    selectPolicy: 'Max',
    policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
  },
};
