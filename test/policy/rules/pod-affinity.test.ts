import { podAffinity } from '../../../lib/policy/rules/pod-affinity';
import { ask, placesOf } from '../../support/verdicts';

const workload = (spec: string, name = 'web', labels = '{ app: web }') =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: ${name}, namespace: chat }\nspec: { template: { metadata: { labels: ${labels} }, spec: ${spec} } }`;
const CACHE = workload('{}', 'cache', '{ app: cache }');
const about = (spec: string, ...others: readonly string[]) =>
  ask(podAffinity, [workload(spec), CACHE, ...others].join('\n---\n'));

const spread = (selector: string) => `{ topologySpreadConstraints: [{ ${selector} }] }`;
const required = (field: string, term: string) =>
  `{ affinity: { ${field}: { requiredDuringSchedulingIgnoredDuringExecution: [{ ${term} }] } } }`;
const preferred = (field: string, term: string) =>
  `{ affinity: { ${field}: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: { ${term} } }] } } }`;
const app = (value: string) => `labelSelector: { matchLabels: { app: ${value} } }`;

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution[0]';
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution[0].podAffinityTerm';
const AFFINITY = 'Deployment chat/web spec.template.spec.affinity';

describe('in order is', () => {
  test.each([
    ["a spread over the pod's own labels", spread(app('web'))],
    ['a spread over one revision', spread(`${app('web')}, matchLabelKeys: [pod-template-hash]`)],
    ['a spread over all pods', spread('labelSelector: {}')],
    ["an anti-affinity to the pod's own labels", required('podAntiAffinity', app('web'))],
    ['an anti-affinity to other pods', required('podAntiAffinity', app('cache'))],
    ['an affinity to other pods', required('podAffinity', app('cache'))],
    [
      'an affinity in a namespace that nobody here writes',
      required('podAffinity', `${app('db')}, namespaces: [elsewhere]`),
    ],
    [
      'an affinity in namespaces with some label',
      required('podAffinity', `${app('db')}, namespaceSelector: { matchLabels: { a: b } }`),
    ],
    [
      'an anti-affinity to what an operator makes',
      preferred('podAntiAffinity', 'labelSelector: { matchLabels: { ray.io/cluster: big } }'),
    ],
  ])('%s', (_, spec) => {
    const ray = 'apiVersion: ray.io/v1\nkind: RayCluster\nmetadata: { name: big, namespace: chat }';
    expect(about(spec, ray)).toMatchObject({ findings: [], compliant: 1 });
  });
});

describe('what looks for pods that do not exist is reported:', () => {
  test.each([
    [
      'a spread',
      spread(app('wbe')),
      'Deployment chat/web spec.template.spec.topologySpreadConstraints[0].labelSelector',
    ],
    [
      'a spread over other pods',
      spread(app('cache')),
      'Deployment chat/web spec.template.spec.topologySpreadConstraints[0].labelSelector',
    ],
    [
      'a spread without a selector',
      spread('maxSkew: 1'),
      'Deployment chat/web spec.template.spec.topologySpreadConstraints[0].labelSelector',
    ],
    [
      'a required anti-affinity',
      required('podAntiAffinity', app('zk')),
      `${AFFINITY}.podAntiAffinity.${REQUIRED}.labelSelector`,
    ],
    [
      'a preferred anti-affinity',
      preferred('podAntiAffinity', app('zk')),
      `${AFFINITY}.podAntiAffinity.${PREFERRED}.labelSelector`,
    ],
    [
      'an anti-affinity without a selector',
      required('podAntiAffinity', 'topologyKey: zone'),
      `${AFFINITY}.podAntiAffinity.${REQUIRED}.labelSelector`,
    ],
    ['an affinity', required('podAffinity', app('db')), `${AFFINITY}.podAffinity.${REQUIRED}.labelSelector`],
    [
      'an affinity in another namespace',
      required('podAffinity', `${app('cache')}, namespaces: [default]`),
      `${AFFINITY}.podAffinity.${REQUIRED}.labelSelector`,
    ],
  ])('%s', (_, spec, place) => {
    const { findings } = about(spec);
    expect(placesOf(findings)).toEqual([place]);
    expect(findings[0]?.severity).toBe('error');
  });

  test('an affinity that is only preferred, as a warning', () => {
    const { findings } = about(preferred('podAffinity', app('db')));
    expect(findings).toEqual([expect.objectContaining({ severity: 'warning', value: 'app=db' })]);
  });

  test('with the labels that the pods have', () => {
    expect(about(required('podAntiAffinity', app('zk'))).findings[0]).toMatchObject({
      rule: 'WP-SEL-005',
      value: 'app=zk',
      message: 'this anti-affinity keeps away from pods that do not exist',
      allowed: 'labels of pods among the manifests; these pods have app=web',
      fix: "select by the pod's own labels",
    });
  });
});

test('pods that are placed anywhere are not asked', () => {
  expect(about('{}').notApplicable).toBe(2);
});
