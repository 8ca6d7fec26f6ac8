import { gpuPriority } from '../../../lib/policy/rules/gpu-priority';
import { documents, gpuContainer, workload } from '../../support/manifests';
import { ask, placesOf } from '../../support/verdicts';

const bare = workload(`containers: [${gpuContainer()}]`);
const priorityClass = (isDefault: boolean) =>
  `apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: { name: all }\nvalue: 5\nglobalDefault: ${isDefault}`;

test('a GPU pod names its priority class', () => {
  const yaml = workload(`priorityClassName: warmpath-inference\ncontainers: [${gpuContainer()}]`);
  expect(ask(gpuPriority, yaml)).toMatchObject({ findings: [], compliant: 1 });
});

test('a GPU pod takes the class that is the default of the cluster', () => {
  expect(ask(gpuPriority, documents(priorityClass(true), bare))).toMatchObject({ findings: [], compliant: 1 });
});

test.each([
  // Of a chart alone nobody knows whether the cluster has a default.
  ['without any', bare, 'warning'],
  ['with an empty name', workload(`priorityClassName: ''\ncontainers: [${gpuContainer()}]`), 'warning'],
  ['beside a class that is no default', documents(priorityClass(false), bare), 'error'],
])('a GPU pod %s is reported', (_, yaml, severity) => {
  const { findings } = ask(gpuPriority, yaml);
  expect(placesOf(findings)).toEqual(['Deployment chat/chat spec.template.spec.priorityClassName']);
  expect(findings[0]?.severity).toBe(severity);
});

test('GPUs of an init container count', () => {
  const yaml = workload(`initContainers: [${gpuContainer()}]\ncontainers: [{ name: a }]`);
  expect(ask(gpuPriority, yaml).notCompliant).toBe(1);
});

test('a pod without GPUs is not asked', () => {
  expect(ask(gpuPriority, workload('containers: [{ name: a }]')).notApplicable).toBe(1);
});
