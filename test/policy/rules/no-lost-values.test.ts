import { checkManifests, type Manifest } from '../../../lib/policy';
import { noLostValues } from '../../../lib/policy/rules/no-lost-values';
import { ask } from '../../support/verdicts';

const thing = (spec: unknown, apiVersion = 'v1', kind = 'Thing'): Manifest => ({
  file: 'chart.k8s.yaml',
  index: 0,
  object: { apiVersion, kind, metadata: { name: 'one', namespace: 'chat' }, spec },
});

const findings = (...manifests: readonly Manifest[]) => checkManifests(manifests, { rules: [noLostValues] }).findings;
const found = (spec: unknown) => findings(thing(spec)).map(({ prop, value }) => [prop, value]);

describe('manifests without lost values', () => {
  test.each([
    ['empty dictionaries and lists', { podSelector: {}, egress: [] }],
    ['zero, false and empty text', { replicas: 0, paused: false, text: '' }],
    ['environment variables', { env: [{ name: 'HOME', value: '/home' }] }],
    ['tolerations', { tolerations: [{ key: 'a', operator: 'Equal', value: 'b', effect: 'NoSchedule' }] }],
    ['a time of creation that is null', { template: { metadata: { creationTimestamp: null } } }],
  ])('may hold %s', (_, spec) => {
    expect(found(spec)).toEqual([]);
  });

  test.each(['data', 'stringData'])('may be maps of anything: %s', (field) => {
    const plain = { file: 'a.yaml', index: 0, object: { apiVersion: 'v1', kind: 'Secret', [field]: { value: 'abc' } } };
    expect(findings(plain)).toEqual([]);
    expect(found({ template: { metadata: { labels: { value: 'a' } } }, selector: { value: 'a' } })).toEqual([]);
  });

  test('may be of types that have a field of that name', () => {
    const route = { rules: [{ matches: [{ path: { value: '/v1' } }] }] };
    expect(findings(thing(route, 'gateway.networking.k8s.io/v1', 'HTTPRoute'))).toEqual([]);
  });

  test('may be schemas, which are not judged', () => {
    const schema = { properties: { value: { default: null } } };
    const definition = thing(schema, 'apiextensions.k8s.io/v1', 'CustomResourceDefinition');
    expect(checkManifests([definition], { rules: [noLostValues] })).toMatchObject({
      findings: [],
      tallies: [{ rule: 'WP-OUT-001', compliant: 0, notCompliant: 0, notApplicable: 1 }],
    });
  });

  test('are none at all', () => {
    expect(findings()).toEqual([]);
  });
});

describe('a lost value', () => {
  test.each([
    ['null', { limits: { 'nvidia.com/gpu': null } }, [["spec.limits['nvidia.com/gpu']", null]]],
    ['undefined', { replicas: undefined }, [['spec.replicas', undefined]]],
    ['an instance without its class', { share: { value: 5 } }, [['spec.share', { value: 5 }]]],
    ['a quantity without its class', { memory: { value: '5Gi' } }, [['spec.memory', { value: '5Gi' }]]],
    ['no number', { replicas: Number.NaN }, [['spec.replicas', 'NaN']]],
    ['no end', { replicas: Number.POSITIVE_INFINITY }, [['spec.replicas', 'Infinity']]],
    ['null in a list', { args: ['a', null] }, [['spec.args[1]', null]]],
  ])('is %s, wherever it stands', (_, spec, expected) => {
    expect(found(spec)).toEqual(expected);
  });

  test('is reported with object, file, place and cure', () => {
    expect(findings(thing({ replicas: null }))).toEqual([
      {
        rule: 'WP-OUT-001',
        severity: 'warning',
        file: 'chart.k8s.yaml',
        index: 0,
        object: 'Thing chat/one',
        prop: 'spec.replicas',
        value: null,
        message: 'the field stands there without a value, which is read as not set',
        why: expect.stringContaining('GPU'),
        allowed: expect.any(String),
        fix: expect.stringContaining('latePatch()'),
      },
    ]);
  });

  test('is reported each time', () => {
    expect(found({ a: null, b: [{ c: null }] })).toEqual([
      ['spec.a', null],
      ['spec.b[0].c', null],
    ]);
  });

  test.each([
    ['a field without a value, which is read as not set', { env: null }, 'warning'],
    ['a quantity without a value, which is read as 0', { limits: { 'nvidia.com/gpu': null } }, 'error'],
    ['a label without a value', { matchLabels: { app: null } }, 'error'],
    ['a hole in a list', { args: [null] }, 'error'],
    ['a value that lost its class', { share: { value: 5 } }, 'error'],
  ])('weighs as much as it does in a cluster: %s', (_, spec, severity) => {
    expect(findings(thing(spec)).map((finding) => finding.severity)).toEqual([severity]);
  });

  test('is not the limit of a connection in Envoy Gateway, which is written so', () => {
    const spec = { connection: { connectionLimit: { value: 1024 } } };
    expect(findings(thing(spec, 'gateway.envoyproxy.io/v1alpha1', 'ClientTrafficPolicy'))).toEqual([]);
    expect(findings(thing(spec, 'example.com/v1'))).toHaveLength(1);
  });
});

describe('a key that stands twice', () => {
  const twice = (values: string) =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: one\n  labels:\n    a: b\ndata:\n${values}`;

  test('loses its first value', () => {
    const { findings: found } = ask(noLostValues, twice('  b: one\n  c: three\n  b: two\n'));
    expect(found).toMatchObject([{ prop: 'data.b', value: 'two', severity: 'error', line: 8 }]);
  });

  test('is told where nothing is lost, too, as some readers refuse it', () => {
    const { findings: found } = ask(noLostValues, twice('  b: one\n  b: one\n'));
    expect(found).toMatchObject([{ prop: 'data.b', severity: 'warning' }]);
  });

  test('leaves the rest of the document readable, and is found in lists', () => {
    const list = `apiVersion: v1\nkind: List\nitems:\n- { apiVersion: v1, kind: A, metadata: { name: a } }\n- { apiVersion: v1, kind: B, metadata: { name: b, name: c } }\n`;
    expect(ask(noLostValues, list).findings).toMatchObject([{ object: 'B c', prop: 'metadata.name' }]);
  });

  test('may stand again in another dictionary', () => {
    expect(ask(noLostValues, twice('  a: b\n')).findings).toEqual([]);
  });
});
