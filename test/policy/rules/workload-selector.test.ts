import { workloadSelector } from '../../../lib/policy/rules/workload-selector';
import { ask, placesOf } from '../../support/verdicts';

const workload = (kind: string, selector: string, labels: string, apiVersion = 'apps/v1') =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: web, namespace: chat }\nspec: { ${selector}template: { metadata: { labels: ${labels} }, spec: {} } }`;
const about = (yaml: string) => ask(workloadSelector, yaml);

test.each([
  ['Deployment', 'apps/v1', 'selector: { matchLabels: { app: web } }, '],
  ['StatefulSet', 'apps/v1', 'selector: { matchLabels: { app: web, tier: front } }, '],
  ['DaemonSet', 'apps/v1', 'selector: { matchExpressions: [{ key: app, operator: Exists }] }, '],
  ['ReplicationController', 'v1', 'selector: { app: web }, '],
])('a %s of %s that selects its own pods is in order', (kind, apiVersion, selector) => {
  expect(about(workload(kind, selector, '{ app: web, tier: front }', apiVersion))).toMatchObject({
    findings: [],
    compliant: 1,
  });
});

test.each([
  ['another value', 'selector: { matchLabels: { app: wbe } }, ', 'app=wbe'],
  ['one label too many', 'selector: { matchLabels: { app: web, track: stable } }, ', 'app=web,track=stable'],
])('a selector with %s is reported', (_, selector, value) => {
  const { findings } = about(workload('Deployment', selector, '{ app: web }'));
  expect(placesOf(findings)).toEqual(['Deployment chat/web spec.selector']);
  expect(findings[0]).toMatchObject({
    rule: 'WP-SEL-004',
    value,
    message: "the selector does not take the workload's own pods",
    allowed: 'some of app=web',
  });
});

test.each(['', 'selector: {}, '])('a workload of apps/v1 without a selector is reported (%s)', (selector) => {
  expect(about(workload('Deployment', selector, '{ app: web }')).findings[0]?.message).toBe(
    'the workload has no selector',
  );
});

test.each([
  ['Jobs, whose selector is made for them', workload('Job', '', '{ app: web }', 'batch/v1')],
  [
    'older versions, which take the labels of the template',
    workload('Deployment', '', '{ app: web }', 'extensions/v1beta1'),
  ],
  ['controllers without a selector', workload('ReplicationController', '', '{ app: web }', 'v1')],
])('%s are not asked', (_, yaml) => {
  expect(about(yaml).notApplicable).toBe(1);
});
