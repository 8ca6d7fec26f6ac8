import { networkPolicySelector } from '../../../lib/policy/rules/network-policy-selector';
import { ask, placesOf } from '../../support/verdicts';

const PODS =
  'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web, namespace: chat }\nspec: { template: { metadata: { labels: { app: web } }, spec: {} } }';
const about = (spec: string) =>
  ask(
    networkPolicySelector,
    `${PODS}\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: one, namespace: chat }\nspec: ${spec}`,
  );

test.each([
  ['the pods of the namespace', '{ podSelector: { matchLabels: { app: web } } }'],
  [
    'peers of the namespace',
    '{ podSelector: {}, ingress: [{ from: [{ podSelector: { matchLabels: { app: web } } }] }] }',
  ],
])('a policy that selects %s is in order', (_, spec) => {
  expect(about(spec)).toMatchObject({ findings: [], compliant: 1, notApplicable: 1 });
});

test('a policy that selects no pod is an error', () => {
  const { findings } = about('{ podSelector: { matchLabels: { app: wbe } } }');
  expect(placesOf(findings)).toEqual(['NetworkPolicy chat/one spec.podSelector']);
  expect(findings[0]).toMatchObject({ rule: 'WP-SEL-003', severity: 'error', value: 'app=wbe' });
});

test.each([
  [
    'in',
    'ingress: [{ from: [{ ipBlock: {} }, { podSelector: { matchLabels: { role: client } } }] }]',
    'spec.ingress[0].from[1].podSelector',
  ],
  ['out', 'egress: [{}, { to: [{ podSelector: { matchLabels: { app: db } } }] }]', 'spec.egress[1].to[0].podSelector'],
])('a peer that no pod is, on the way %s, is a warning: clients may come later', (_, rules, place) => {
  const { findings } = about(`{ podSelector: { matchLabels: { app: web } }, ${rules} }`);
  expect(placesOf(findings)).toEqual([`NetworkPolicy chat/one ${place}`]);
  expect(findings[0]).toMatchObject({ severity: 'warning' });
});

test('peers in other namespaces are not judged', () => {
  const spec =
    '{ podSelector: { matchLabels: { app: web } }, ingress: [{ from: [{ namespaceSelector: { matchLabels: { a: b } }, podSelector: { matchLabels: { app: envoy } } }] }] }';
  expect(about(spec).findings).toEqual([]);
});

test.each(['{ podSelector: {} }', '{ podSelector: {}, ingress: [{ from: [{ podSelector: {} }] }] }', '{}'])(
  'a policy about all pods is not asked: %s',
  (spec) => {
    expect(about(spec).notApplicable).toBe(2);
  },
);
