import { toleratedTaints } from '../../../lib/policy/rules/tolerated-taints';
import { documents, gpuPool, SYSTEM_POOL, workload } from '../../support/manifests';
import { ask, placesOf } from '../../support/verdicts';

const A100 = gpuPool('a100');
const TRAIN = gpuPool('train', {
  labels: { 'warmpath.dev/pool': 'train', 'warmpath.dev/purpose': 'training', rank: '7' },
  taints: [{ key: 'warmpath.dev/purpose', value: 'training', effect: 'NoExecute' }],
});
const POOLS = [A100, TRAIN, SYSTEM_POOL];

const GPU = '{ key: nvidia.com/gpu, operator: Equal, value: present, effect: NoSchedule }';
const PURPOSE = '{ key: warmpath.dev/purpose, operator: Equal, value: inference, effect: NoSchedule }';
const SELECTOR = 'nodeSelector: { warmpath.dev/pool: a100 }';

const affinity = (...terms: readonly string[]) =>
  `affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [${terms.join(', ')}] } } }`;
const term = (...expressions: readonly string[]) => `{ matchExpressions: [${expressions.join(', ')}] }`;
const pod = (selection: string, tolerations: readonly string[] = []) =>
  workload(`${selection}\ntolerations: [${tolerations.join(', ')}]\ncontainers: []`);
const asked = (selection: string, tolerations: readonly string[] = [], pools = POOLS) =>
  ask(toleratedTaints, pod(selection, tolerations), { pools });
const missing = (selection: string, tolerations: readonly string[] = [], pools = POOLS) =>
  asked(selection, tolerations, pools).findings.map(({ about }) => about);

describe('a pod of a pool', () => {
  test.each([
    ['names both taints', [GPU, PURPOSE]],
    ['takes whatever value the key has', ['{ key: nvidia.com/gpu, operator: Exists }', PURPOSE]],
    ['leaves the operator out, which is Equal', ['{ key: nvidia.com/gpu, value: present }', PURPOSE]],
    ['leaves the effect out, which is every effect', [GPU, '{ key: warmpath.dev/purpose, operator: Exists }']],
    ['tolerates everything', ['{ operator: Exists }']],
    ['tolerates every NoSchedule', ['{ operator: Exists, effect: NoSchedule }']],
  ])('gets there when it %s', (_, tolerations) => {
    expect(asked(SELECTOR, tolerations)).toMatchObject({ findings: [], compliant: 1 });
  });

  test.each([
    ['no toleration at all', [], ['Taint/nvidia.com/gpu', 'Taint/warmpath.dev/purpose']],
    ['one of two', [GPU], ['Taint/warmpath.dev/purpose']],
    ['another value', ['{ key: nvidia.com/gpu, value: "true" }', PURPOSE], ['Taint/nvidia.com/gpu']],
    [
      'another effect',
      ['{ key: nvidia.com/gpu, operator: Exists, effect: NoExecute }', PURPOSE],
      ['Taint/nvidia.com/gpu'],
    ],
    ['an empty key that is no Exists', ['{ value: present }', PURPOSE], ['Taint/nvidia.com/gpu']],
    ['a numeric operator', ['{ key: nvidia.com/gpu, operator: Gt, value: "0" }', PURPOSE], ['Taint/nvidia.com/gpu']],
  ])('is kept off with %s', (_, tolerations, expected) => {
    expect(missing(SELECTOR, tolerations)).toEqual(expected);
  });

  test('is told which taint of which pool, where, and the line to add', () => {
    const { findings } = asked(SELECTOR, [PURPOSE]);
    expect(placesOf(findings)).toEqual(['Deployment chat/chat spec.template.spec.tolerations']);
    expect(findings[0]).toMatchObject({
      severity: 'error',
      message: "it asks for pool 'a100' and does not tolerate its taint nvidia.com/gpu=present:NoSchedule",
      fix: "add { key: nvidia.com/gpu, operator: Equal, value: 'present', effect: NoSchedule } to the tolerations",
    });
  });

  test('need not tolerate what only makes a node the last choice', () => {
    const soft = gpuPool('soft', { taints: [{ key: 'spot', value: 'true', effect: 'PreferNoSchedule' }] });
    expect(missing('nodeSelector: { warmpath.dev/pool: soft }', [], [soft])).toEqual([]);
  });

  test('may be made by a CronJob', () => {
    const yaml = workload(`${SELECTOR}\ncontainers: []`, { kind: 'batch/v1 CronJob' });
    expect(placesOf(ask(toleratedTaints, yaml, { pools: [A100] }).findings)[0]).toBe(
      'CronJob chat/chat spec.jobTemplate.spec.template.spec.tolerations',
    );
  });
});

describe('a pool is asked for', () => {
  const value = (key: string, operator: string, ...values: readonly string[]) =>
    `{ key: ${key}, operator: ${operator}, values: [${values.map((one) => `'${one}'`).join(', ')}] }`;
  const named = value('warmpath.dev/pool', 'In', 'train');

  test.each([
    ['by a term', affinity(term(named))],
    ['by one of two terms', affinity(term(value('warmpath.dev/pool', 'In', 'lost')), term(named))],
    ['by a key that it alone has', affinity(term(value('rank', 'Exists'), named))],
    ['by a number above a bound', affinity(term(value('rank', 'Gt', '6'), named))],
    ['by a number below a bound', affinity(term(value('rank', 'Lt', '8'), named))],
    ['by what others are not', affinity(term(value('warmpath.dev/purpose', 'NotIn', 'inference', 'system'), named))],
    ['by a key that it has not', affinity(term(value('dedicated', 'DoesNotExist'), named))],
    ['beside a label that the cloud sets', affinity(term(named, value('node.kubernetes.io/instance-type', 'In', 'x')))],
    [
      'beside a condition on fields',
      affinity(`{ matchFields: [{ key: metadata.name, operator: In, values: [n] }], matchExpressions: [${named}] }`),
    ],
  ])('%s', (_, selection) => {
    expect(missing(selection)).toEqual(['Taint/warmpath.dev/purpose']);
  });

  test.each([
    ['a bound that is too high', affinity(term(value('rank', 'Gt', '7'), named))],
    ['a bound that is too low', affinity(term(value('rank', 'Lt', '7'), named))],
    ['a key that it has and must not', affinity(term(value('rank', 'DoesNotExist'), named))],
    ['a value that it has and must not', affinity(term(value('rank', 'NotIn', '7'), named))],
    ['a key that it has not', affinity(term(value('dedicated', 'Exists'), named))],
    ['an operator that does not exist', affinity(term(value('rank', 'Is', '7'), named))],
    ['a selector of another pool', `nodeSelector: { warmpath.dev/pool: system }\n${affinity(term(named))}`],
    ['no terms', affinity()],
    ['an empty term', affinity('{}')],
    ['a preference', 'affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [] } }'],
    ['the operating system', 'nodeSelector: { kubernetes.io/os: linux }'],
    ['a zone', 'nodeSelector: { topology.kubernetes.io/zone: westeurope-1 }'],
  ])('by none of: %s', (_, selection) => {
    expect(asked(selection)).toMatchObject({ findings: [], notApplicable: 1 });
  });

  test('by name, several at once: every one of them has to be open', () => {
    const both = affinity(term(value('warmpath.dev/pool', 'In', 'a100', 'train')));
    expect(missing(both, [GPU, PURPOSE])).toEqual(['Taint/warmpath.dev/purpose']);
  });

  test('by a label that differently tainted pools share: one open pool is enough', () => {
    const spot = gpuPool('spot', { taints: [...A100.taints, { key: 'spot', value: 'true', effect: 'NoSchedule' }] });
    const shared = 'nodeSelector: { warmpath.dev/purpose: inference }';
    expect(missing(shared, [GPU, PURPOSE], [A100, spot])).toEqual([]);
    expect(missing(shared, [GPU], [A100, spot])).toEqual(['Taint/warmpath.dev/purpose']);
  });

  test('by a label of many nodes that are tainted alike: they are one pool', () => {
    const node = (name: string, pool: string, taint: string) =>
      `apiVersion: v1\nkind: Node\nmetadata: { name: ${name}, labels: { agentpool: ${pool}, kubernetes.io/os: linux } }\nspec: { taints: [{ key: ${taint}, effect: NoSchedule }, { key: node.kubernetes.io/not-ready, effect: NoExecute }] }`;
    const yaml = documents(
      node('one', 'a', 'gpu'),
      node('two', 'a', 'gpu'),
      node('three', 'b', 'train'),
      pod(affinity(term(value('agentpool', 'In', 'a', 'b'))), ['{ key: gpu, operator: Exists }']),
    );
    expect(ask(toleratedTaints, yaml).findings.map(({ about }) => about)).toEqual(['Taint/train']);
  });
});

describe('nothing is said', () => {
  test('where no pool is known', () => {
    expect(ask(toleratedTaints, pod(SELECTOR))).toMatchObject({ findings: [], notApplicable: 1 });
  });

  test('of objects without pods', () => {
    const yaml = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }';
    expect(ask(toleratedTaints, yaml, { pools: POOLS }).notApplicable).toBe(1);
  });

  test('of nonsense', () => {
    const yaml = workload('nodeSelector: 7\naffinity: { nodeAffinity: [] }\ntolerations: { a: 1 }\ncontainers: 5');
    expect(ask(toleratedTaints, yaml, { pools: POOLS }).findings).toEqual([]);
  });
});
