import { referencedPriorityClasses } from '../../../lib/policy/rules/referenced-priority-classes';
import { ask, placesOf } from '../../support/verdicts';

const CLASS = 'apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: { name: inference }\nvalue: 1000';
const job = (spec: string) =>
  `apiVersion: batch/v1\nkind: CronJob\nmetadata: { name: one, namespace: chat }\nspec: { jobTemplate: { spec: { template: { spec: ${spec} } } } }`;
const about = (spec: string) => ask(referencedPriorityClasses, `${CLASS}\n---\n${job(spec)}`);

test.each(['inference', 'system-cluster-critical', 'system-node-critical'])("the class '%s' exists", (name) => {
  expect(about(`{ priorityClassName: ${name} }`)).toMatchObject({ findings: [], compliant: 1 });
});

test.each(['infernce', 'system-critical'])("the class '%s' does not exist and is reported", (name) => {
  const { findings } = about(`{ priorityClassName: ${name} }`);
  expect(placesOf(findings)).toEqual(['CronJob chat/one spec.jobTemplate.spec.template.spec.priorityClassName']);
  expect(findings[0]).toMatchObject({
    message: `there is no PriorityClass '${name}' in the manifests`,
    allowed: "'inference'",
    about: `PriorityClass/${name}`,
  });
});

test('classes are judged although there is none among the manifests', () => {
  expect(ask(referencedPriorityClasses, job('{ priorityClassName: inference }')).findings).toHaveLength(1);
});

test('pods without a class are not asked', () => {
  expect(about('{}').notApplicable).toBe(2);
});
