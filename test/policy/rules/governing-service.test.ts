import { governingService } from '../../../lib/policy/rules/governing-service';
import { ask, placesOf } from '../../support/verdicts';

const service = (spec: string) =>
  `apiVersion: v1\nkind: Service\nmetadata: { name: zk, namespace: chat }\nspec: ${spec}`;
const set = (serviceName = 'zk') =>
  `apiVersion: apps/v1\nkind: StatefulSet\nmetadata: { name: zk, namespace: chat }\nspec: { serviceName: ${serviceName}, template: { metadata: { labels: { app: zk } }, spec: {} } }`;
const about = (spec: string, serviceName?: string) =>
  ask(governingService, `${service(spec)}\n---\n${set(serviceName)}`);

test.each([
  ['selects the pods', '{ clusterIP: None, selector: { app: zk } }'],
  ['has endpoints that somebody writes', '{ clusterIP: None }'],
])('a headless Service that %s is in order', (_, spec) => {
  expect(about(spec)).toMatchObject({ findings: [], compliant: 1, notApplicable: 1 });
});

test.each([
  [
    'does not exist',
    '{ clusterIP: None, selector: { app: zk } }',
    'zk-hs',
    "there is no Service 'zk-hs' in namespace 'chat'",
  ],
  [
    'has an address',
    '{ selector: { app: zk } }',
    'zk',
    "the Service 'zk' is not headless, so the pods have no names in DNS",
  ],
  [
    'selects other pods',
    '{ clusterIP: None, selector: { app: db } }',
    'zk',
    "the Service 'zk' selects app=db, not these pods",
  ],
])('a Service that %s is reported', (_, spec, serviceName, message) => {
  const { findings } = about(spec, serviceName);
  expect(placesOf(findings)).toEqual(['StatefulSet chat/zk spec.serviceName']);
  expect(findings[0]).toMatchObject({ message, about: `Service/${serviceName}` });
});

test('a StatefulSet that names no Service is not asked, nor is another kind', () => {
  expect(about('{ clusterIP: None }', '""').notApplicable).toBe(2);
  const yaml = set().replace('StatefulSet', 'Deployment');
  expect(ask(governingService, yaml).notApplicable).toBe(1);
});

describe('pods with a subdomain', () => {
  const deployment =
    'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: zk, namespace: chat }\nspec: { template: { metadata: { labels: { app: zk } }, spec: { hostname: one, subdomain: zk } } }';

  test('have names through a headless Service of that name', () => {
    const yaml = `${service('{ clusterIP: None, selector: { app: zk } }')}\n---\n${deployment}`;
    expect(ask(governingService, yaml)).toMatchObject({ findings: [], compliant: 1 });
  });

  test.each([
    ['there is none', deployment],
    ['it has an address', `${service('{ selector: { app: zk } }')}\n---\n${deployment}`],
  ])('have no names where %s, and are warned of', (_, yaml) => {
    const { findings } = ask(governingService, yaml);
    expect(placesOf(findings)).toEqual(['Deployment chat/zk spec.template.spec.subdomain']);
    expect(findings[0]).toMatchObject({ severity: 'warning', about: 'Service/zk' });
  });
});

test('what is not headless is not proposed in place of what is missing', () => {
  const [finding] = ask(governingService, `${service('{ selector: { app: zk } }')}\n---\n${set('zk-hs')}`).findings;
  expect(finding).toMatchObject({
    allowed: 'a headless Service, of which there is none',
    fix: 'put a Service with clusterIP None among the manifests',
  });
});
