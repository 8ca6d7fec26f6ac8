import { podOwner } from '../../../lib/policy/rules/pod-owner';
import { ask, placesOf } from '../../support/verdicts';

const workload = (kind: string, name: string, selector: string, labels: string, namespace = 'chat') =>
  `apiVersion: ${kind === 'Job' ? 'batch' : 'apps'}/v1\nkind: ${kind}\nmetadata: { name: ${name}, namespace: ${namespace} }\nspec: { selector: { matchLabels: ${selector} }, template: { metadata: { labels: ${labels} }, spec: {} } }`;
const WEB = workload('Deployment', 'web', '{ app: web }', '{ app: web, tier: front }');
const about = (other: string) => ask(podOwner, `${WEB}\n---\n${other}`);

test.each([
  ['another label', workload('StatefulSet', 'db', '{ app: db }', '{ app: db }')],
  ['another namespace', workload('StatefulSet', 'db', '{ app: web }', '{ app: web }', 'other')],
])('workloads told apart by %s are in order', (_, other) => {
  expect(about(other)).toMatchObject({ findings: [], compliant: 2 });
});

test('two workloads that select the same pods are both reported', () => {
  const { findings } = about(workload('Deployment', 'canary', '{ app: web }', '{ app: web, track: canary }'));
  expect(placesOf(findings)).toEqual(['Deployment chat/web spec.selector', 'Deployment chat/canary spec.selector']);
  expect(findings[0]).toMatchObject({
    rule: 'WP-SEL-008',
    value: 'app=web',
    message: "the selector takes pods of 'Deployment chat/canary' as well",
  });
});

test('two of one name are two, where they are of another kind', () => {
  const { findings } = about(workload('StatefulSet', 'web', '{ app: web }', '{ app: web }'));
  expect(findings.map(({ message }) => message)).toEqual([
    "the selector takes pods of 'StatefulSet chat/web' as well",
    "the selector takes pods of 'Deployment chat/web' as well",
  ]);
});

test("a selector that takes everything is another rule's to report", () => {
  expect(about(workload('StatefulSet', 'db', '{}', '{ app: db }'))).toMatchObject({ findings: [], notApplicable: 1 });
});

test('the one whose selector is too wide is reported', () => {
  const { findings } = about(workload('StatefulSet', 'db', '{ tier: front }', '{ tier: front, app: db }'));
  expect(placesOf(findings)).toEqual(['StatefulSet chat/db spec.selector']);
});

test.each([
  ['Jobs, which select by an id of their own', workload('Job', 'load', '{ app: web }', '{ app: web }')],
  ['the same object twice, which another rule reports', WEB],
])('%s are no rivals', (_, other) => {
  expect(about(other).findings).toEqual([]);
});
