import { exactImage } from '../../lib/policy/rules/exact-image';
import { referencedConfigMaps } from '../../lib/policy/rules/referenced-config-maps';
import { serviceSelector } from '../../lib/policy/rules/service-selector';
import { documents } from '../support/manifests';
import { ask, placesOf } from '../support/verdicts';

const pod = (role: string) =>
  `{ metadata: { labels: { app: ray, role: ${role} } }, spec: { containers: [{ name: a, image: 'ray:latest' }], volumes: [{ name: v, configMap: { name: lost } }] } }`;
const RAY = `{ headGroupSpec: { template: ${pod('head')} }, workerGroupSpecs: [{ template: ${pod('one')} }, { template: ${pod('two')} }] }`;
const of = (apiVersion: string, kind: string, spec: string) =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: one, namespace: chat }\nspec: ${spec}`;

const HEAD_AND_WORKERS = ['headGroupSpec', 'workerGroupSpecs[0]', 'workerGroupSpecs[1]'];

/** An operator's object, and where it keeps the templates of its pods. */
const KINDS: readonly (readonly [string, string, readonly string[]])[] = [
  ['a RayCluster', of('ray.io/v1', 'RayCluster', RAY), HEAD_AND_WORKERS.map((group) => `spec.${group}.template`)],
  [
    'a RayService',
    of('ray.io/v1', 'RayService', `{ rayClusterConfig: ${RAY} }`),
    HEAD_AND_WORKERS.map((group) => `spec.rayClusterConfig.${group}.template`),
  ],
  [
    'a RayJob',
    of('ray.io/v1', 'RayJob', `{ rayClusterSpec: ${RAY} }`),
    HEAD_AND_WORKERS.map((group) => `spec.rayClusterSpec.${group}.template`),
  ],
  [
    'a LeaderWorkerSet',
    of(
      'leaderworkerset.x-k8s.io/v1',
      'LeaderWorkerSet',
      `{ leaderWorkerTemplate: { leaderTemplate: ${pod('head')}, workerTemplate: ${pod('one')} } }`,
    ),
    ['spec.leaderWorkerTemplate.leaderTemplate', 'spec.leaderWorkerTemplate.workerTemplate'],
  ],
  [
    'a JobSet',
    of(
      'jobset.x-k8s.io/v1alpha2',
      'JobSet',
      `{ replicatedJobs: [{ template: { spec: { template: ${pod('one')} } } }] }`,
    ),
    ['spec.replicatedJobs[0].template.spec.template'],
  ],
];

describe.each(KINDS)('the pods of %s', (_, yaml, templates) => {
  test('are judged, each of them', () => {
    const places = placesOf(ask(exactImage, yaml).findings).map((place) => place.split(' ').at(-1));
    expect(places).toEqual(templates.map((template) => `${template}.spec.containers[0].image`));
  });

  test('refer to what exists', () => {
    const places = placesOf(ask(referencedConfigMaps, yaml).findings).map((place) => place.split(' ').at(-1));
    expect(places[0]).toBe(`${templates[0]}.spec.volumes[0].configMap.name`);
  });
});

const service = (role: string) =>
  `apiVersion: v1\nkind: Service\nmetadata: { name: s, namespace: chat }\nspec: { selector: { app: ray, role: ${role} } }`;

test.each([
  ['head', 0],
  ['two', 0],
  ['three', 1],
])('a Service finds the pods of an operator by the labels of the template: %s', (role, count) => {
  const yaml = documents(of('ray.io/v1', 'RayCluster', RAY), service(role));
  expect(ask(serviceSelector, yaml).findings).toHaveLength(count);
});
