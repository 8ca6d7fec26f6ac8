import { legalLabels } from '../../../lib/policy/rules/legal-labels';
import { workload } from '../../support/manifests';
import { ask } from '../../support/verdicts';

const props = (yaml: string) => ask(legalLabels, yaml).findings.map(({ prop }) => prop);
const object = (metadata: string, type = 'v1 ConfigMap', rest = '') => {
  const [apiVersion, kind] = type.split(' ');
  return `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: a, ${metadata} }\n${rest}`;
};

describe('labels', () => {
  test.each([
    'app: chat',
    'app.kubernetes.io/name: Chat_1.0',
    "empty: ''",
    `a: ${'v'.repeat(63)}`,
    `${'p'.repeat(60)}.example.com/${'n'.repeat(63)}: v`,
  ])('may be { %s }', (labels) => {
    expect(ask(legalLabels, object(`labels: { ${labels} }`))).toMatchObject({ findings: [], compliant: 1 });
  });

  test.each([
    ['a: Team Chat', 'metadata.labels.a'],
    ['a: -x', 'metadata.labels.a'],
    [`a: ${'v'.repeat(64)}`, 'metadata.labels.a'],
    ['a: 1.0', 'metadata.labels.a'],
    ['a: true', 'metadata.labels.a'],
    ['a: [b]', 'metadata.labels.a'],
    ["'a b': c", "metadata.labels['a b']"],
    ["'a/b/c': d", "metadata.labels['a/b/c']"],
    ["'Example.com/b': d", "metadata.labels['Example.com/b']"],
    ["'/b': d", "metadata.labels['/b']"],
  ])('may not be { %s }', (labels, place) => {
    expect(props(object(`labels: { ${labels} }`))).toEqual([place]);
  });

  test('that YAML took for a number are told how to be written', () => {
    const { findings } = ask(legalLabels, object('labels: { version: 1.5 }'));
    expect(findings[0]).toMatchObject({
      value: 1.5,
      message: 'the value of a label is a text',
      fix: 'quote it: "1.5"',
    });
  });
});

describe('annotations', () => {
  test('may hold any text, and prefixes with capitals', () => {
    const text = `{ example.com/note: 'Any text: [at all]', Example.com/Note: '', a: '${'x'.repeat(1000)}' }`;
    expect(props(object(`annotations: ${text}`))).toEqual([]);
  });

  test.each([
    ['a: true', 'metadata.annotations.a'],
    ['a: 5', 'metadata.annotations.a'],
    ["'a b': c", "metadata.annotations['a b']"],
    [`a: '${'x'.repeat(262_144)}'`, 'metadata.annotations'],
  ])('may not be so', (annotations, place) => {
    expect(props(object(`annotations: { ${annotations} }`))).toEqual([place]);
  });
});

describe('inside an object', () => {
  test.each([
    [
      'the pod of a workload',
      workload('containers: []', { podMetadata: 'labels: { app: 5 }' }),
      'spec.template.metadata.labels.app',
    ],
    [
      'annotations of the pod',
      workload('containers: []', { podMetadata: 'annotations: { scrape: true }' }),
      'spec.template.metadata.annotations.scrape',
    ],
    [
      'a selector',
      workload('containers: []', { spec: "selector: { matchLabels: { app: 'a b' } }" }),
      'spec.selector.matchLabels.app',
    ],
    [
      'a selector by expressions',
      workload('containers: []', {
        spec: 'selector: { matchExpressions: [{ key: app, operator: In, values: [ok, "a b"] }] }',
      }),
      'spec.selector.matchExpressions[0].values[1]',
    ],
    [
      'an expression without key',
      workload('containers: []', { spec: 'selector: { matchExpressions: [{ operator: Exists }] }' }),
      'spec.selector.matchExpressions[0].key',
    ],
    ['a node selector', workload('nodeSelector: { gpu: true }\ncontainers: []'), 'spec.template.spec.nodeSelector.gpu'],
    [
      'a spread',
      workload("topologySpreadConstraints: [{ labelSelector: { matchLabels: { 'a b': c } } }]\ncontainers: []"),
      "spec.template.spec.topologySpreadConstraints[0].labelSelector.matchLabels['a b']",
    ],
    [
      'the selector of a Service',
      object('labels: {}', 'v1 Service', 'spec: { selector: { app: 5 } }'),
      'spec.selector.app',
    ],
    [
      'a claim of a StatefulSet',
      workload('containers: []', {
        kind: 'apps/v1 StatefulSet',
        spec: 'volumeClaimTemplates: [{ metadata: { labels: { a: 5 } } }]',
      }),
      'spec.volumeClaimTemplates[0].metadata.labels.a',
    ],
    [
      'a network policy',
      object(
        'labels: {}',
        'networking.k8s.io/v1 NetworkPolicy',
        'spec: { ingress: [{ from: [{ podSelector: { matchLabels: { a: 5 } } }] }] }',
      ),
      'spec.ingress[0].from[0].podSelector.matchLabels.a',
    ],
    ['the own metadata of a custom resource', object('labels: { a: 5 }', 'example.com/v1 Model'), 'metadata.labels.a'],
  ])('%s is judged', (_, yaml, place) => {
    expect(props(yaml)).toEqual([place]);
  });

  test.each([
    ['fields of a custom resource', object('labels: {}', 'example.com/v1 Model', 'spec: { matchLabels: { a: 5 } }')],
    [
      'schemas',
      object(
        'labels: {}',
        'apiextensions.k8s.io/v1 CustomResourceDefinition',
        'spec: { properties: { matchLabels: { a: 5 } } }',
      ),
    ],
    ['data', object('labels: {}', 'v1 ConfigMap', 'data: { matchLabels: x }')],
    ['nonsense', workload('nodeSelector: 5\ncontainers: []', { spec: 'selector: [1]', podMetadata: 'labels: 5' })],
  ])('%s are not', (_, yaml) => {
    expect(props(yaml)).toEqual([]);
  });
});

test('what has no kind is not judged here', () => {
  expect(ask(legalLabels, 'metadata: { labels: { a: 5 } }').notApplicable).toBe(1);
});

test('nodes may be compared with numbers below zero, labels may not have them', () => {
  const term = (operator: string) =>
    workload(`
      affinity:
        nodeAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
            nodeSelectorTerms: [{ matchExpressions: [{ key: rank, operator: ${operator}, values: ['-5'] }] }]
      containers: []
    `);
  expect(props(term('Gt'))).toEqual([]);
  expect(props(term('In'))).toEqual([expect.stringContaining('matchExpressions[0].values[0]')]);
});
