import { checkManifests } from '../../../lib/policy';
import { kubernetesObject } from '../../../lib/policy/rules/kubernetes-object';
import { ask, objects } from '../../support/verdicts';

const props = (yaml: string) => ask(kubernetesObject, yaml).findings.map(({ prop }) => prop);

test.each([
  'apiVersion: v1\nkind: Service\nmetadata: { name: chat }',
  'apiVersion: batch/v1\nkind: Job\nmetadata: { generateName: chat- }',
  'apiVersion: v1\nkind: List\nitems: [{ apiVersion: v1, kind: Service, metadata: { name: a } }]',
  '# only a comment',
])('an object has apiVersion, kind and name: %s', (yaml) => {
  expect(props(yaml)).toEqual([]);
});

test.each([
  ['kind: Service\nmetadata: { name: a }', ['apiVersion']],
  ['kind: Service', ['apiVersion', 'metadata.name']],
  ['apiVersion: v1\nmetadata: { name: a }', ['kind']],
  ['apiVersion: v1\nkind: Service', ['metadata.name']],
  ['apiVersion: v1\nkind: Service\nmetadata: { name: "" }', ['metadata.name']],
  ['apiVersion: v1\nkind: Service\nmetadata: { generateName: "" }', ['metadata.name']],
  ['apiVersion: v1\nkind: Service\nmetadata: chat', ['metadata.name']],
  ['apiVersion: 1\nkind: Service\nmetadata: { name: a }', ['apiVersion']],
  ['replicas: 3', ['']],
  ['{}', ['']],
  ['just a text', ['']],
  ['[1, 2]', ['']],
  ['apiVersion: v1\nkind: List\nitems: [5]', ['']],
])('what is none is reported: %s', (yaml, expected) => {
  expect(props(yaml)).toEqual(expected);
});

test('a name that YAML took for something else is reported with the way to write it', () => {
  const { findings } = ask(kubernetesObject, 'apiVersion: v1\nkind: Service\nmetadata: { name: 7, generateName: a- }');
  expect(findings[0]).toMatchObject({ value: 7, message: 'name is no text', fix: "write '7'" });
});

test('files of kustomize are no objects and need no name', () => {
  const yaml = 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: []';
  expect(ask(kubernetesObject, yaml)).toMatchObject({ findings: [], notApplicable: 1 });
  const nameless = objects('resources: [a.yaml]', 'base/kustomization.yaml');
  expect(checkManifests(nameless, { rules: [kubernetesObject] }).findings).toEqual([]);
});
