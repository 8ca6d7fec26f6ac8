import { targetPort } from '../../../lib/policy/rules/target-port';
import { ask, placesOf } from '../../support/verdicts';

const pods = (name: string, spec: string) =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: ${name}, namespace: chat }\nspec: { template: { metadata: { labels: { app: web } }, spec: ${spec} } }`;
const service = (ports: string) =>
  `apiVersion: v1\nkind: Service\nmetadata: { name: web, namespace: chat }\nspec: { selector: { app: web }, ports: [${ports}] }`;
const DECLARED = pods(
  'web',
  '{ containers: [{ ports: [{ name: http, containerPort: 8000 }, { name: dns, containerPort: 53, protocol: UDP }] }] }',
);
const about = (ports: string, ...others: readonly string[]) =>
  ask(targetPort, [DECLARED, service(ports), ...others].join('\n---\n'));

test.each([
  ['by name', '{ port: 80, targetPort: http }'],
  ['by number', '{ port: 80, targetPort: 8000 }'],
  ['by the same number', '{ port: 8000 }'],
  ['of another protocol', '{ port: 53, protocol: UDP }'],
])('a target port that the pods have %s is in order', (_, port) => {
  expect(about(port)).toMatchObject({ findings: [], compliant: 1, notApplicable: 1 });
});

test('a name that no pod has is an error', () => {
  expect(about('{ port: 80, targetPort: http }, { port: 81, targetPort: metrics }').findings).toEqual([
    expect.objectContaining({
      rule: 'WP-SEL-007',
      severity: 'error',
      prop: 'spec.ports[1].targetPort',
      message: "no pod has a TCP port named 'metrics'",
      allowed: 'http (8000/TCP), dns (53/UDP)',
    }),
  ]);
});

test.each([
  ['another number', '{ port: 80, targetPort: 8080 }', 'spec.ports[0].targetPort'],
  ['the number of the Service itself', '{ port: 80 }', 'spec.ports[0].port'],
  ['another protocol', '{ port: 8000, protocol: UDP }', 'spec.ports[0].port'],
])('%s than the pods declare is a warning', (_, port, place) => {
  const { findings } = about(port);
  expect(placesOf(findings)).toEqual([`Service chat/web ${place}`]);
  expect(findings[0]?.severity).toBe('warning');
});

test('a number is not judged where pods declare no ports: they may listen all the same', () => {
  expect(about('{ port: 9000 }', pods('silent', '{ containers: [{}] }')).findings).toEqual([]);
});

test('a port of one of the pods is enough, and of a container that starts first and stays', () => {
  const other = pods(
    'other',
    '{ initContainers: [{ restartPolicy: Always, ports: [{ name: proxy, containerPort: 1 }] }], containers: [] }',
  );
  expect(about('{ port: 80, targetPort: proxy }', other).findings).toEqual([]);
  const gone = other.replace('restartPolicy: Always, ', '');
  expect(about('{ port: 80, targetPort: proxy }', gone).findings).toHaveLength(1);
});

test('a pool of model servers names a port of its pods', () => {
  const pool = (spec: string) =>
    `apiVersion: inference.networking.k8s.io/v1\nkind: InferencePool\nmetadata: { name: one, namespace: chat }\nspec: { selector: { matchLabels: { app: web } }, ${spec} }`;
  expect(about('{ port: 8000 }', pool('targetPorts: [{ number: 8000 }]')).findings).toEqual([]);
  expect(placesOf(about('{ port: 8000 }', pool('targetPorts: [{ number: 8001 }]')).findings)).toEqual([
    'InferencePool chat/one spec.targetPorts[0].number',
  ]);
});

test('a Service without pods is not asked', () => {
  expect(ask(targetPort, service('{ port: 80, targetPort: http }')).notApplicable).toBe(1);
});
