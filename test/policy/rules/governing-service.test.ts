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
