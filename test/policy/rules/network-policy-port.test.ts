import { networkPolicyPort } from '../../../lib/policy/rules/network-policy-port';
import { ask, placesOf } from '../../support/verdicts';

const pods = (spec: string) =>
  `apiVersion: v1\nkind: Pod\nmetadata: { name: web, namespace: chat, labels: { app: web } }\nspec: ${spec}`;
const policy = (ports: string, selector = '{ matchLabels: { app: web } }') =>
  `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: one, namespace: chat }\nspec: { podSelector: ${selector}, ingress: [{ ports: [${ports}] }] }`;
const DECLARED = pods('{ containers: [{ ports: [{ name: http, containerPort: 8000 }] }] }');
const about = (ports: string, selector?: string) =>
  ask(networkPolicyPort, `${DECLARED}\n---\n${policy(ports, selector)}`);

test.each([
  ['by name', '{ port: http }', undefined],
  ['by number', '{ port: 8000 }', undefined],
  ['in a range', '{ port: 7000, endPort: 9000 }', undefined],
  ['of some pod of the namespace', '{ port: 8000 }', '{}'],
  ['of every number', '{ protocol: TCP }, { port: 8000 }', undefined],
])('a port that the pods have %s may be opened', (_, ports, selector) => {
  expect(about(ports, selector)).toMatchObject({ findings: [], compliant: 1, notApplicable: 1 });
});

test('a name that no pod has is an error', () => {
  expect(about('{ port: http }, { port: metrics }').findings).toEqual([
    expect.objectContaining({
      rule: 'WP-NET-003',
      severity: 'error',
      prop: 'spec.ingress[0].ports[1].port',
      message: "no pod that is selected has a TCP port named 'metrics'",
      allowed: 'http (8000/TCP)',
    }),
  ]);
});

test.each([
  ['the port of the Service', '{ port: 80 }'],
  ['another protocol', '{ port: 8000, protocol: UDP }'],
  ['a range beside it', '{ port: 8001, endPort: 9000 }'],
])('%s is a warning where the pods declare theirs', (_, ports) => {
  const { findings } = about(ports);
  expect(placesOf(findings)).toEqual(['NetworkPolicy chat/one spec.ingress[0].ports[0].port']);
  expect(findings[0]?.severity).toBe('warning');
});

test.each([
  ['{ port: 80 }', '80/TCP'],
  ['{ port: 8001, endPort: 9000 }', '8001-9000/TCP'],
  ['{ port: 8000, protocol: UDP }', '8000/UDP'],
])('%s is told as %s', (ports, told) => {
  expect(about(ports).findings.map(({ message }) => message)).toEqual([
    `the pods that are selected declare ports, but not ${told}`,
  ]);
});

test.each([
  ['networking.k8s.io/v1', 'Ingress'],
  ['crd.projectcalico.org/v1', 'NetworkPolicy'],
])('what only looks like a policy is not asked: %s %s', (apiVersion, kind) => {
  const other = policy('{ port: 80 }')
    .replace(/apiVersion: .*/, `apiVersion: ${apiVersion}`)
    .replace(/kind: .*/, `kind: ${kind}`);
  expect(ask(networkPolicyPort, `${DECLARED}\n---\n${other}`)).toMatchObject({
    findings: [],
    notApplicable: 2,
  });
});

test('numbers are not judged where pods declare no ports', () => {
  const yaml = `${pods('{ containers: [{}] }')}\n---\n${policy('{ port: 80 }')}`;
  expect(ask(networkPolicyPort, yaml).findings).toEqual([]);
});

test('policies without ports, or without pods, are not asked', () => {
  expect(about('').notApplicable).toBe(2);
  expect(about('{ port: 80 }', '{ matchLabels: { app: db } }').notApplicable).toBe(2);
});
