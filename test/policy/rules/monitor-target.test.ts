import { monitorTarget } from '../../../lib/policy/rules/monitor-target';
import { ask, placesOf } from '../../support/verdicts';

const PODS =
  'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web, namespace: chat }\nspec: { template: { metadata: { labels: { app: web } }, spec: { containers: [{ ports: [{ name: http, containerPort: 8000 }] }] } } }';
const SERVICE =
  'apiVersion: v1\nkind: Service\nmetadata: { name: web, namespace: chat, labels: { team: a } }\nspec: { selector: { app: web }, ports: [{ name: metrics, port: 80, targetPort: http }] }';
const monitor = (kind: string, spec: string, namespace = 'chat') =>
  `apiVersion: monitoring.coreos.com/v1\nkind: ${kind}\nmetadata: { name: one, namespace: ${namespace} }\nspec: ${spec}`;
const services = (spec: string, namespace?: string) =>
  ask(monitorTarget, [PODS, SERVICE, monitor('ServiceMonitor', spec, namespace)].join('\n---\n'));
const pods = (spec: string, namespace?: string) =>
  ask(monitorTarget, [PODS, SERVICE, monitor('PodMonitor', spec, namespace)].join('\n---\n'));

const TEAM = 'selector: { matchLabels: { team: a } }';
const APP = 'selector: { matchLabels: { app: web } }';

describe('a ServiceMonitor', () => {
  test.each([
    ['by the name of a port', `{ ${TEAM}, endpoints: [{ port: metrics }] }`, 'chat'],
    ['by a port of the pods', `{ ${TEAM}, endpoints: [{ targetPort: http }, { targetPort: 8000 }] }`, 'chat'],
    [
      'in another namespace',
      `{ namespaceSelector: { matchNames: [chat] }, ${TEAM}, endpoints: [{ port: metrics }] }`,
      'monitoring',
    ],
  ])('that finds its target %s is in order', (_, spec, namespace) => {
    expect(services(spec, namespace)).toMatchObject({ findings: [], compliant: 1, notApplicable: 2 });
  });

  test.each([
    ['selects no Service', `{ ${APP}, endpoints: [{ port: metrics }] }`, 'chat', 'spec.selector'],
    ['looks into its own namespace only', `{ ${TEAM}, endpoints: [{ port: metrics }] }`, 'default', 'spec.selector'],
    [
      'names a port of the pods',
      `{ ${TEAM}, endpoints: [{ port: metrics }, { port: http }] }`,
      'chat',
      'spec.endpoints[1].port',
    ],
    [
      'names a port that no pod has',
      `{ ${TEAM}, endpoints: [{ targetPort: 9090 }] }`,
      'chat',
      'spec.endpoints[0].targetPort',
    ],
  ])('that %s is reported', (_, spec, namespace, place) => {
    expect(placesOf(services(spec, namespace).findings)).toEqual([`ServiceMonitor ${namespace}/one ${place}`]);
  });

  test('is told the names that there are', () => {
    expect(services(`{ ${TEAM}, endpoints: [{ port: http }] }`).findings[0]).toMatchObject({
      message: "no Service that is selected has a port named 'http'",
      allowed: "'metrics'",
    });
    expect(services(`{ ${APP}, endpoints: [] }`).findings[0]).toMatchObject({
      message: "no Service in 'chat' has these labels",
      allowed: "labels of the Services 'web'",
    });
  });

  test.each([
    ['in all namespaces', '{ namespaceSelector: { any: true }, selector: { matchLabels: { team: b } } }'],
    [
      'in a namespace that nobody here writes',
      '{ namespaceSelector: { matchNames: [elsewhere] }, selector: { matchLabels: { team: b } } }',
    ],
    [
      "for the API server's",
      '{ namespaceSelector: { matchNames: [default] }, selector: { matchLabels: { component: apiserver } } }',
    ],
  ])('that looks %s is not judged', (_, spec) => {
    expect(services(spec).notApplicable).toBe(3);
  });
});

describe('a PodMonitor', () => {
  test.each([
    `{ ${APP}, podMetricsEndpoints: [{ port: http }] }`,
    `{ ${APP}, podMetricsEndpoints: [{ portNumber: 8000 }] }`,
    '{ selector: {}, podMetricsEndpoints: [{ targetPort: http }] }',
  ])('that finds its pods is in order: %s', (spec) => {
    expect(pods(spec)).toMatchObject({ findings: [], compliant: 1 });
  });

  test.each([
    ['selects no pod', `{ ${TEAM}, podMetricsEndpoints: [{ port: http }] }`, 'spec.selector'],
    [
      'names a port of the Service',
      `{ ${APP}, podMetricsEndpoints: [{ port: metrics }] }`,
      'spec.podMetricsEndpoints[0].port',
    ],
    [
      'numbers a port that is not declared',
      `{ ${APP}, podMetricsEndpoints: [{ portNumber: 9090 }] }`,
      'spec.podMetricsEndpoints[0].portNumber',
    ],
  ])('that %s is reported', (_, spec, place) => {
    expect(placesOf(pods(spec).findings)).toEqual([`PodMonitor chat/one ${place}`]);
  });

  test('is told the ports that there are', () => {
    expect(pods(`{ ${APP}, podMetricsEndpoints: [{ port: metrics }] }`).findings[0]).toMatchObject({
      rule: 'WP-SEL-006',
      severity: 'error',
      allowed: 'http (8000/TCP)',
    });
  });
});

test('other kinds of the group are not asked', () => {
  expect(ask(monitorTarget, monitor('PrometheusRule', '{ groups: [] }')).notApplicable).toBe(1);
});

test('a Service without a selector says nothing about pods, so a port behind it is not judged', () => {
  const bare = SERVICE.replace('selector: { app: web }, ', '');
  const spec = `{ ${TEAM}, endpoints: [{ targetPort: 9090 }] }`;
  expect(ask(monitorTarget, [PODS, bare, monitor('ServiceMonitor', spec)].join('\n---\n')).findings).toEqual([]);
});
