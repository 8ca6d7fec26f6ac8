import { disruptionBudgetFloor } from '../../../lib/policy/rules/disruption-budget-floor';
import { budget, replicas, scaled, scaledToZero } from '../../support/budgets';
import { documents, workload } from '../../support/manifests';
import { ask, placesOf } from '../../support/verdicts';

const found = (spec: string, ...pods: readonly string[]) =>
  placesOf(ask(disruptionBudgetFloor, documents(budget(spec), ...pods)).findings);

const DAEMONS = workload('containers: []', { kind: 'apps/v1 DaemonSet' });

describe('a budget that protects', () => {
  test.each([
    ['minAvailable: 1', replicas(3)],
    ['minAvailable: 1%', replicas(3)],
    ['maxUnavailable: 1', replicas(3)],
    ['maxUnavailable: 2', replicas(3)],
    ['maxUnavailable: 50%', replicas(3)],
    ['maxUnavailable: 1', replicas(1)],
    ['maxUnavailable: 100%', replicas(1)],
    ['maxUnavailable: 1', scaled(1, 10)],
    ['maxUnavailable: 3', documents(replicas(2, 'one'), replicas(2, 'two'))],
    ['maxUnavailable: 5', DAEMONS],
    ['maxUnavailable: 5', workload('containers: []', { name: 'other' })],
    ['maxUnavailable: many', replicas(3)],
    ['', replicas(3)],
  ])('%s', (spec, pods) => {
    expect(found(spec, pods)).toEqual([]);
  });
});

describe('a budget that protects nothing', () => {
  test.each([
    ['minAvailable: 0', replicas(3), 'minAvailable'],
    ['minAvailable: 0%', replicas(3), 'minAvailable'],
    ['minAvailable: 0', '', 'minAvailable'],
    ['maxUnavailable: 100%', replicas(3), 'maxUnavailable'],
    ['maxUnavailable: 100%', '', 'maxUnavailable'],
    ['maxUnavailable: 100%', DAEMONS, 'maxUnavailable'],
    ['maxUnavailable: 3', replicas(3), 'maxUnavailable'],
    ['maxUnavailable: 7', replicas(3), 'maxUnavailable'],
    // Two thirds of two are rounded up.
    ['maxUnavailable: 67%', replicas(2), 'maxUnavailable'],
    ['maxUnavailable: 2', scaled(2, 10), 'maxUnavailable'],
    ['maxUnavailable: 10', scaled(1, 10), 'maxUnavailable'],
    ['maxUnavailable: 4', scaledToZero(4), 'maxUnavailable'],
    ['maxUnavailable: 4', documents(replicas(2, 'one'), replicas(2, 'two', 'apps/v1 StatefulSet')), 'maxUnavailable'],
  ])('%s', (spec, pods, prop) => {
    expect(found(spec, pods)).toEqual([`PodDisruptionBudget chat/chat spec.${prop}`]);
  });

  test('says of how many', () => {
    const { findings } = ask(disruptionBudgetFloor, documents(budget('maxUnavailable: 3'), replicas(3)));
    expect(findings[0]).toMatchObject({ value: 3, message: 'the budget lets all of 3 pods go at once' });
  });
});

test('budgets see pods of their own namespace only', () => {
  const yaml = documents(budget('maxUnavailable: 3', undefined, 'other'), replicas(3));
  expect(ask(disruptionBudgetFloor, yaml).findings).toEqual([]);
});

test('other objects are not asked', () => {
  expect(ask(disruptionBudgetFloor, replicas(1))).toMatchObject({ findings: [], notApplicable: 1 });
});
