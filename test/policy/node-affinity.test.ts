import { labelsAskedOf, maySelect, nodeRequirements, selects } from '../../lib/policy/node-affinity';
import type { PodTemplate } from '../../lib/policy/pod-template';
import type { PolicyPool } from '../../lib/policy/pool';

const pod = (spec: PodTemplate['spec']): PodTemplate => ({
  manifest: { file: 'pod.yaml', index: 0, object: {} },
  namespace: 'chat',
  labels: {},
  annotations: {},
  spec,
  specPath: ['spec'],
  labelsPath: ['metadata', 'labels'],
});
const requiring = (requiredDuringSchedulingIgnoredDuringExecution: unknown, rest: PodTemplate['spec'] = {}) =>
  nodeRequirements(pod({ affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution } }, ...rest }));
const affine = (...nodeSelectorTerms: readonly unknown[]) => requiring({ nodeSelectorTerms });
const term = (...matchExpressions: readonly unknown[]) => ({ matchExpressions });
const expression = (key: unknown, operator?: unknown, ...values: readonly unknown[]) => ({ key, operator, values });
const wanting = (labels: unknown) => nodeRequirements(pod({ nodeSelector: labels }));
const pool = (labels: PolicyPool['labels']): PolicyPool => ({ name: 'a100', labels, taints: [] });

const A100 = pool({ tier: 'gpu', rank: '7', depth: '-3', half: '1.5' });

describe('what a pod requires of its node', () => {
  it.each([
    ['says nothing', {}],
    ['has an empty selector', { nodeSelector: {} }],
    ['has no value for its affinity', { affinity: { nodeAffinity: null } }],
    ['only prefers', { affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{}] } } }],
  ])('is nothing where it %s, and every pool will do', (_, spec) => {
    expect(nodeRequirements(pod(spec))).toBeUndefined();
    expect(maySelect(undefined, A100)).toBe(true);
    expect(selects(undefined, A100)).toBe(false);
    expect(labelsAskedOf(undefined, A100)).toEqual([]);
  });

  it('are the labels of its selector, and stand there', () => {
    const terms = [
      [
        { key: 'tier', operator: 'In', values: ['gpu'] },
        { key: 'rank', operator: 'In', values: ['7'] },
      ],
    ];
    expect(wanting({ tier: 'gpu', rank: '7', number: 7 })).toEqual({ terms, path: ['spec', 'nodeSelector'] });
    const noAffinity = { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: null } } };
    expect(nodeRequirements(pod({ nodeSelector: { tier: 'gpu', rank: '7' }, ...noAffinity }))?.terms).toEqual(terms);
  });

  it('are the terms of its affinity, each joined with its selector', () => {
    const required = requiring(
      { nodeSelectorTerms: [term(expression('rank', 'Gt', '5')), term({}), { matchFields: [{}] }] },
      { nodeSelector: { tier: 'gpu' } },
    );
    const selector = { key: 'tier', operator: 'In', values: ['gpu'] };
    expect(required).toEqual({
      terms: [
        [selector, { key: 'rank', operator: 'Gt', values: ['5'] }],
        [selector, { key: '', operator: '', values: [] }],
        [selector],
      ],
      path: ['spec', 'affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution'],
    });
  });

  it.each([
    ['without a term', affine()],
    ['with an empty term', affine({})],
    ['with a term of empty lists', affine({ matchExpressions: [], matchFields: [] })],
    ['without a list of terms', requiring({})],
  ])('are fulfilled nowhere by an affinity %s', (_, requirements) => {
    expect(requirements?.terms).toEqual([]);
    expect(maySelect(requirements, A100)).toBe(false);
    expect(selects(requirements, A100)).toBe(false);
    expect(labelsAskedOf(requirements, A100)).toEqual([]);
  });
});

describe('a condition on a label', () => {
  it.each([
    ['tier', 'In', ['cpu', 'gpu'], true],
    ['tier', 'In', ['cpu'], false],
    ['tier', 'In', [], false],
    ['other', 'In', ['gpu'], false],
    ['tier', 'NotIn', ['cpu'], true],
    ['tier', 'NotIn', ['cpu', 'gpu'], false],
    ['other', 'NotIn', ['gpu'], true],
    ['tier', 'Exists', [], true],
    ['other', 'Exists', [], false],
    ['tier', 'DoesNotExist', [], false],
    ['other', 'DoesNotExist', [], true],
    ['rank', 'Gt', ['6'], true],
    ['rank', 'Gt', ['7'], false],
    ['rank', 'Gt', ['10'], false],
    ['rank', 'Gt', [6], true],
    ['rank', 'Lt', ['10'], true],
    ['rank', 'Lt', ['7'], false],
    ['depth', 'Lt', ['0'], true],
    ['depth', 'Gt', ['-12'], true],
    ['other', 'Gt', ['0'], false],
    ['other', 'Lt', ['0'], false],
    ['rank', 'In', [7], true],
    ['tier', 'Like', ['gpu'], false],
    ['tier', undefined, ['gpu'], false],
    ['toString', 'Exists', [], false],
  ])('%s %s %j holds: %p', (key, operator, values, holds) => {
    expect(maySelect(affine(term(expression(key, operator, ...values))), A100)).toBe(holds);
  });

  it.each([
    ['of a label that is no number', 'tier', '0'],
    ['of a label that is no whole number', 'half', '0'],
    ['of a label that only begins as one', 'mixed', '0'],
    ['of a label that only ends as one', 'level', '0'],
    ['without a bound', 'rank', undefined],
    ['with an empty bound', 'rank', ''],
    ['with a bound that only begins as a number', 'rank', '0x'],
    ['with a bound that only ends as one', 'rank', 'x0'],
    ['with half a number for a bound', 'rank', '0.5'],
  ])('never holds, and breaks nothing, as a comparison %s', (_, key, bound) => {
    const mixed = pool({ ...A100.labels, mixed: '7th', level: 'v7' });
    for (const operator of ['Gt', 'Lt']) {
      const one = bound === undefined ? expression(key, operator) : expression(key, operator, bound);
      expect(maySelect(affine(term(one)), mixed)).toBe(false);
    }
  });

  it('has to hold with all of its term, and one term is enough', () => {
    const [yes, no] = [expression('tier', 'Exists'), expression('tier', 'DoesNotExist')];
    expect(maySelect(affine(term(yes, no)), A100)).toBe(false);
    expect(selects(affine(term(yes, no)), A100)).toBe(false);
    expect(maySelect(affine(term(no), term(yes)), A100)).toBe(true);
    expect(selects(affine(term(no), term(yes)), A100)).toBe(true);
  });
});

describe('a label that others set', () => {
  const KEYS = [
    'kubernetes.io/os',
    'node.kubernetes.io/instance-type',
    'scheduling.k8s.io/x',
    'kubernetes.azure.com/mode',
    'eks.amazonaws.com/nodegroup',
    'cloud.google.com/gke-accelerator',
    'karpenter.sh/capacity-type',
    'karpenter.k8s.aws/instance-family',
    'nvidia.com/gpu.product',
    'amd.com/gpu.family',
    'intel.com/gpu',
    'agentpool',
    'accelerator',
    'storageprofile',
    'storagetier',
  ];

  it.each(KEYS)('may hold on a pool that does not list it, which it does not ask for: %s', (key) => {
    for (const operator of ['In', 'Exists', 'Gt', 'Like']) {
      const requirements = affine(term(expression(key, operator, '1')));
      expect(maySelect(requirements, A100)).toBe(true);
      expect(selects(requirements, A100)).toBe(false);
      expect(labelsAskedOf(requirements, A100)).toEqual([]);
    }
  });

  it('is held against the pool that lists it', () => {
    expect(maySelect(wanting({ agentpool: 'a100' }), pool({ agentpool: 'a100' }))).toBe(true);
    expect(maySelect(wanting({ agentpool: 'h100' }), pool({ agentpool: 'a100' }))).toBe(false);
  });

  it.each([
    'example.com/nvidia.com/gpu',
    'xkubernetes.io/os',
    'my-agentpool',
    'agentpools',
    'x/agentpool',
    'nvidia.com',
  ])('is none that only looks like it: %s', (key) => {
    expect(maySelect(wanting({ [key]: 'x' }), A100)).toBe(false);
  });
});

describe('a pool', () => {
  it('is asked for by its labels', () => {
    expect(selects(wanting({ tier: 'gpu' }), A100)).toBe(true);
    expect(selects(affine(term(expression('tier', 'Exists'))), A100)).toBe(true);
    expect(selects(wanting({ tier: 'cpu' }), A100)).toBe(false);
  });

  it.each([
    ['NotIn', 'cpu'],
    ['Gt', '5'],
  ])('is not asked for by what it only does not contradict: %s', (operator, value) => {
    expect(maySelect(affine(term(expression('rank', operator, value))), A100)).toBe(true);
    expect(selects(affine(term(expression('rank', operator, value))), A100)).toBe(false);
  });

  it.each([
    'kubernetes.io/os',
    'beta.kubernetes.io/os',
    'kubernetes.io/arch',
    'topology.kubernetes.io/zone',
    'failure-domain.beta.kubernetes.io/region',
    'topology.disk.csi.azure.com/zone',
  ])('is not asked for by what nodes of many pools have: %s', (key) => {
    expect(selects(wanting({ [key]: 'x' }), pool({ [key]: 'x' }))).toBe(false);
    expect(labelsAskedOf(wanting({ [key]: 'x' }), pool({ [key]: 'x' }))).toEqual([]);
  });

  it.each([
    'kubernetes.io/os-image',
    'my.kubernetes.io/arch',
    'x-topology.kubernetes.io/zone',
    'topology.x',
    'my-topology.disk.csi.azure.com/zone',
    'topology._/x',
  ])('is asked for by a label of its own that only looks like one of those: %s', (key) => {
    expect(selects(wanting({ [key]: 'x' }), pool({ [key]: 'x' }))).toBe(true);
  });

  it('is asked for by a condition of a term that holds as a whole', () => {
    const labels = pool({ ...A100.labels, 'kubernetes.io/os': 'linux' });
    expect(selects(wanting({ tier: 'gpu', 'kubernetes.io/os': 'linux' }), labels)).toBe(true);
    expect(selects(wanting({ tier: 'gpu', 'kubernetes.io/os': 'windows' }), labels)).toBe(false);
  });

  it('is told by which labels it is asked for, of the terms that hold', () => {
    const requirements = affine(
      term(expression('tier', 'In', 'gpu', 'cpu'), expression('rank', 'Exists'), expression('depth', 'NotIn', '0')),
      term(expression('rank', 'In', '7')),
      term(expression('half', 'In', '1.5'), expression('rank', 'In', '8')),
    );
    expect(labelsAskedOf(requirements, A100)).toEqual(['tier=gpu', 'rank=7']);
  });
});
