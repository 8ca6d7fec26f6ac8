import { disruptionBudgetSelector } from '../../../lib/policy/rules/disruption-budget-selector';
import { ask, placesOf } from '../../support/verdicts';

const PODS =
  'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web, namespace: chat }\nspec: { template: { metadata: { labels: { app: web } }, spec: {} } }';
const about = (spec: string) =>
  ask(
    disruptionBudgetSelector,
    `${PODS}\n---\napiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: { name: one, namespace: chat }\nspec: ${spec}`,
  );

test.each([
  ['by labels', '{ selector: { matchLabels: { app: web } } }'],
  ['by an expression', '{ selector: { matchExpressions: [{ key: app, operator: In, values: [web, api] }] } }'],
  ['by the lack of a label', '{ selector: { matchExpressions: [{ key: batch, operator: DoesNotExist }] } }'],
])('a budget that selects pods %s is in order', (_, spec) => {
  expect(about(spec)).toMatchObject({ findings: [], compliant: 1, notApplicable: 1 });
});

test.each([
  ['whose labels no pod has', '{ selector: { matchLabels: { app: wbe } } }', 'app=wbe'],
  [
    'whose expression no pod meets',
    '{ selector: { matchExpressions: [{ key: app, operator: NotIn, values: [web] }] } }',
    'app NotIn (web)',
  ],
  ['without a selector', '{ minAvailable: 1 }', undefined],
])('a budget %s is reported', (_, spec, value) => {
  const { findings } = about(spec);
  expect(placesOf(findings)).toEqual(['PodDisruptionBudget chat/one spec.selector']);
  expect(findings[0]).toMatchObject({ rule: 'WP-SEL-002', severity: 'error', value });
});

test('a budget for all pods of a namespace is not asked', () => {
  expect(about('{ selector: {} }').notApplicable).toBe(2);
});
