/**
 * Decisions as kubernetes v1.36.3 makes them: the cases are those of pkg/controller/podautoscaler/horizontal_test.go
 * (TestScalingWithRules, TestNormalizeDesiredReplicasWithBehavior) and replica_calculator_test.go, as data.
 */
import { DEFAULT_BEHAVIOUR, type ScalingPolicy, type ScalingRules } from '../../lib/domain/hpa-behaviour';
import { averageValueReplicas, HorizontalPodAutoscaler } from '../../lib/sim/hpa';

const rules = (
  policies: readonly ScalingPolicy[],
  selectPolicy: ScalingRules['selectPolicy'] = 'Max',
  stabilizationWindowSeconds = 0,
): ScalingRules => ({ stabilizationWindowSeconds, selectPolicy, policies });

const pods = (value: number, periodSeconds = 60): ScalingPolicy => ({ type: 'Pods', value, periodSeconds });
const percent = (value: number, periodSeconds = 60): ScalingPolicy => ({ type: 'Percent', value, periodSeconds });

const FREE = rules([percent(1_000_000, 1)]);

describe('an external metric with an average target', () => {
  it.each([
    // usage, target, pods, replicas
    [8600 * 4, 8600, 4, 4],
    [8600 * 4.4, 8600, 4, 4],
    [8600 * 4.41, 8600, 4, 5],
    [10 * 18, 10, 20, 20],
    [10 * 17.9, 10, 20, 18],
    [10 * 22, 10, 20, 20],
    [10 * 22.1, 10, 20, 23],
    [8600 * 3, 8600, 4, 3],
    [0, 8600, 4, 0],
    [8600 * 40, 8600, 4, 40],
  ])('of %d at %d a pod makes %d pods %d', (usage, target, current, replicas) => {
    expect(averageValueReplicas(usage, target, current)).toBe(replicas);
  });
});

describe('the bounds', () => {
  const hpa = () => new HorizontalPodAutoscaler(2, 10, { scaleUp: FREE, scaleDown: FREE });

  it.each([
    ['above the maximum are taken down to it', 12, 5, 10],
    ['below the minimum are brought up to it', 1, 5, 2],
    ['none at all are left alone', 0, 5, 0],
    ['in between follow the metric', 5, 7, 7],
    ['are not left by a metric that asks for more', 5, 40, 10],
    ['are not left by a metric that asks for less', 5, 0, 2],
  ])('pods %s', (_, current, wanted, replicas) => {
    expect(hpa().decide(0, current, wanted)).toBe(replicas);
  });

  it('keep what there is where no metric can be read', () => {
    expect(hpa().decide(0, 5, undefined)).toBe(5);
  });
});

describe('policies of scaling up', () => {
  it.each<[string, ScalingRules, number, number, number]>([
    // name, rules, current, wanted, replicas
    ['at most so many pods', rules([pods(4)]), 10, 50, 14],
    ['at most a share, rounded up', rules([percent(15)]), 10, 50, 12],
    ['the one that allows more', rules([pods(4), percent(100)]), 10, 50, 20],
    ['the one that allows less', rules([pods(4), percent(100)], 'Min'), 10, 50, 14],
    ['not at all', rules([pods(4)], 'Disabled'), 10, 50, 10],
    ['a share of one pod is one pod more', rules([percent(10)]), 1, 50, 2],
  ])('allow %s', (_, scaleUp, current, wanted, replicas) => {
    const hpa = new HorizontalPodAutoscaler(1, 1000, { scaleUp, scaleDown: FREE });
    expect(hpa.decide(0, current, wanted)).toBe(replicas);
  });

  it('count what was added within the period', () => {
    const scaleUp = rules([pods(4, 60)]);
    const hpa = new HorizontalPodAutoscaler(1, 1000, { scaleUp, scaleDown: FREE });
    // 10 -> 14 at 0 s; nothing more until a minute is over.
    expect(hpa.decide(0, 10, 50)).toBe(14);
    expect(hpa.decide(15, 14, 50)).toBe(14);
    expect(hpa.decide(59, 14, 50)).toBe(14);
    expect(hpa.decide(61, 14, 50)).toBe(18);
  });
});

describe('policies of scaling down', () => {
  it.each<[string, ScalingRules, number, number, number]>([
    ['at most so many pods', rules([pods(4)]), 50, 1, 46],
    ['at most a share, rounded up in what stays away', rules([percent(15)]), 10, 1, 8],
    ['the one that takes more', rules([pods(4), percent(50)]), 50, 1, 25],
    ['the one that takes less', rules([pods(4), percent(50)], 'Min'), 50, 1, 46],
    ['not at all', rules([pods(4)], 'Disabled'), 50, 1, 50],
    ['all at once', rules([percent(100)]), 50, 1, 1],
  ])('allow %s', (_, scaleDown, current, wanted, replicas) => {
    const hpa = new HorizontalPodAutoscaler(1, 1000, { scaleUp: FREE, scaleDown });
    expect(hpa.decide(0, current, wanted)).toBe(replicas);
  });
});

describe('stabilisation', () => {
  it('takes the most that was asked for within the window on the way down', () => {
    const scaleDown = rules([percent(100, 15)], 'Max', 300);
    const hpa = new HorizontalPodAutoscaler(1, 100, { scaleUp: FREE, scaleDown });
    expect(hpa.decide(0, 5, 8)).toBe(8);
    expect(hpa.decide(15, 8, 3)).toBe(8);
    expect(hpa.decide(299, 8, 2)).toBe(8);
    // The eight are out of the window; the three of 15 s are still in it.
    expect(hpa.decide(301, 8, 2)).toBe(3);
    expect(hpa.decide(316, 3, 2)).toBe(2);
  });

  it('takes the least within the window on the way up', () => {
    const scaleUp = rules([percent(1_000_000, 1)], 'Max', 60);
    const hpa = new HorizontalPodAutoscaler(1, 100, { scaleUp, scaleDown: FREE });
    expect(hpa.decide(0, 5, 5)).toBe(5);
    expect(hpa.decide(15, 5, 9)).toBe(5);
    expect(hpa.decide(70, 5, 9)).toBe(9);
  });

  it('is as Kubernetes has it where nothing is said', () => {
    const hpa = new HorizontalPodAutoscaler(1, 100, DEFAULT_BEHAVIOUR);
    // Four pods or a doubling in 15 s, whichever is more.
    expect(hpa.decide(0, 2, 50)).toBe(6);
    expect(hpa.decide(16, 6, 50)).toBe(12);
    expect(hpa.decide(32, 12, 1)).toBe(12);
  });
});
