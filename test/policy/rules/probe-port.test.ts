import { probePort } from '../../../lib/policy/rules/probe-port';
import { ask, placesOf } from '../../support/verdicts';

const about = (handlers: string) =>
  ask(
    probePort,
    `apiVersion: v1\nkind: Pod\nmetadata: { name: one, namespace: chat }\nspec: { containers: [{ name: proxy, ports: [{ name: admin, containerPort: 1 }] }, { name: server, ports: [{ name: http, containerPort: 8000 }, { containerPort: 9 }], ${handlers} }] }`,
  );

test.each([['readinessProbe: { httpGet: { port: http } }'], ['lifecycle: { preStop: { httpGet: { port: http } } }']])(
  'a port of the container may be asked: %s',
  (handlers) => {
    expect(about(handlers)).toMatchObject({ findings: [], compliant: 1 });
  },
);

test.each([
  ['startupProbe: { httpGet: { port: htpp } }', 'startupProbe.httpGet.port'],
  ['readinessProbe: { tcpSocket: { port: htpp } }', 'readinessProbe.tcpSocket.port'],
  ['livenessProbe: { httpGet: { port: htpp } }', 'livenessProbe.httpGet.port'],
  ['lifecycle: { preStop: { httpGet: { port: htpp } } }', 'lifecycle.preStop.httpGet.port'],
  ['lifecycle: { postStart: { httpGet: { port: htpp } } }', 'lifecycle.postStart.httpGet.port'],
])('a port that the container does not name is reported: %s', (handlers, place) => {
  expect(placesOf(about(handlers).findings)).toEqual([`Pod chat/one spec.containers[1].${place}`]);
});

test('a port of another container is none, and the names that there are are told', () => {
  expect(about('readinessProbe: { httpGet: { port: admin } }').findings[0]).toMatchObject({
    rule: 'WP-POD-002',
    value: 'admin',
    message: "the container 'server' has no port named 'admin'",
    allowed: "'http', or a number",
  });
});

test.each(['readinessProbe: { httpGet: { port: 9000 } }', 'readinessProbe: { exec: { command: [x] } }', 'tty: true'])(
  'pods that ask no name are not asked: %s',
  (handlers) => {
    expect(about(handlers).notApplicable).toBe(1);
  },
);
