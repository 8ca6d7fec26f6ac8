import { disruptionBudgetDrain } from '../../../lib/policy/rules/disruption-budget-drain';
import { budget, replicas, scaled, scaledToZero } from '../../support/budgets';
import { documents, workload } from '../../support/manifests';
import { ask, placesOf } from '../../support/verdicts';

const asked = (spec: string, ...pods: readonly string[]) =>
  ask(disruptionBudgetDrain, documents(budget(spec), ...pods)).findings;

describe('a budget that a node can be drained against', () => {
  test.each([
    ['minAvailable: 2', replicas(3)],
    ['minAvailable: 66%', replicas(3)],
    ['minAvailable: 2', scaled(3, 10)],
    ['minAvailable: 1', replicas(0)],
    ['maxUnavailable: 1', replicas(1)],
    ['maxUnavailable: 1%', replicas(3)],
    ['maxUnavailable: 1', scaledToZero(4)],
    ['minAvailable: 0', scaledToZero(4)],
    ['minAvailable: 3', documents(replicas(2, 'one'), replicas(2, 'two'))],
    ['minAvailable: 5', workload('containers: []', { kind: 'apps/v1 DaemonSet' })],
    ['minAvailable: 5', workload('containers: []', { name: 'other' })],
  ])('%s', (spec, pods) => {
    expect(asked(spec, pods)).toEqual([]);
  });
});

describe('a budget that blocks every drain', () => {
  test.each([
    ['minAvailable: 3', replicas(3), 'spec.minAvailable', 'all of 3 pod(s) have to stay'],
    ['minAvailable: 1', replicas(1), 'spec.minAvailable', 'all of 1 pod(s) have to stay'],
    ['minAvailable: 4', replicas(3), 'spec.minAvailable', '4 pods can never stay of 3'],
    ['minAvailable: 67%', replicas(3), 'spec.minAvailable', 'all of 3 pod(s) have to stay'],
    ['minAvailable: 100%', '', 'spec.minAvailable', 'all pods have to stay'],
    [
      'minAvailable: 2',
      scaled(2, 9),
      'spec.minAvailable',
      'all of 2 pod(s) have to stay while the scaler stands at its floor',
    ],
    [
      'minAvailable: 1',
      scaledToZero(4),
      'spec.minAvailable',
      'the last pod of a workload that scales to zero could never go',
    ],
    [
      'minAvailable: 1',
      workload('containers: []', { kind: 'v1 Pod' }),
      'spec.minAvailable',
      'all of 1 pod(s) have to stay',
    ],
    ['maxUnavailable: 0', '', 'spec.maxUnavailable', 'no pod may ever go'],
    ['maxUnavailable: 0%', replicas(3), 'spec.maxUnavailable', 'no pod may ever go'],
    [
      'minAvailable: 1, maxUnavailable: 1',
      replicas(3),
      'spec.minAvailable',
      'the API server refuses a budget with both',
    ],
    ['', replicas(3), 'spec', 'a budget without number allows no disruption'],
  ])('%s', (spec, pods, place, message) => {
    const findings = asked(spec, pods);
    expect(placesOf(findings)).toEqual([`PodDisruptionBudget chat/chat ${place}`]);
    expect(findings[0]?.message).toBe(message);
  });

  test('is told what would do', () => {
    expect(asked('minAvailable: 3', replicas(3))[0]?.allowed).toBe('minAvailable below 3, or maxUnavailable: 1');
    expect(asked('minAvailable: 1', replicas(1))[0]?.allowed).toContain('none for a workload with fewer than 2 pods');
  });

  test('may select by expressions, and by no label at all', () => {
    const expression = 'matchExpressions: [{ key: app, operator: In, values: [chat] }]';
    for (const selector of [expression, '']) {
      const yaml = documents(budget('minAvailable: 3', selector), replicas(3));
      expect(ask(disruptionBudgetDrain, yaml).findings).toHaveLength(1);
    }
  });
});

test('other objects are not asked, and nonsense is survived', () => {
  expect(ask(disruptionBudgetDrain, replicas(1)).notApplicable).toBe(1);
  expect(asked('minAvailable: [1]', replicas(1))).toEqual([]);
  const yaml = 'apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: { name: a }\nspec: 5';
  expect(placesOf(ask(disruptionBudgetDrain, yaml).findings)).toEqual(['PodDisruptionBudget a spec']);
});
