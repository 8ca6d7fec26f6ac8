import { showTaint } from '../../lib/domain';
import type { Taint } from '../../lib/domain/node-vocabulary';
import type { PodTemplate } from '../../lib/policy/pod-template';
import {
  closingTaints,
  isBlanket,
  type PodToleration,
  toleratesTaint,
  tolerationsOf,
  untolerated,
} from '../../lib/policy/tolerations';

const GPU: Taint = { key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' };
const PURPOSE: Taint = { key: 'purpose', value: '', effect: 'NoExecute' };
const SOFT: Taint = { key: 'soft', value: 'yes', effect: 'PreferNoSchedule' };
const toleration = (parts: Partial<PodToleration>): PodToleration => ({
  key: '',
  operator: '',
  value: '',
  effect: '',
  ...parts,
});

test('tolerations are read part by part, and what is absent or no text is empty', () => {
  const written = [
    { key: 'gpu', operator: 'Equal', value: 'yes', effect: 'NoSchedule', tolerationSeconds: 3 },
    { operator: 'Exists' },
    { key: 1, operator: true, value: 7, effect: null },
    'gpu',
  ];
  const pod: PodTemplate = {
    manifest: { file: 'a.yaml', index: 0, object: {} },
    namespace: 'chat',
    labels: {},
    annotations: {},
    spec: { tolerations: written },
    specPath: [],
    labelsPath: [],
  };
  expect(tolerationsOf(pod)).toEqual([
    { key: 'gpu', operator: 'Equal', value: 'yes', effect: 'NoSchedule' },
    toleration({ operator: 'Exists' }),
    toleration({}),
    toleration({}),
  ]);
  expect(tolerationsOf({ ...pod, spec: {} })).toEqual([]);
});

test.each([
  [{ operator: 'Exists' }, true],
  [{ operator: 'Exists', effect: 'NoSchedule' }, true],
  [{ operator: 'Exists', key: 'gpu' }, false],
  [{ operator: 'Equal' }, false],
  [{}, false],
])('%j takes everything: %p', (parts, blanket) => {
  expect(isBlanket(toleration(parts))).toBe(blanket);
});

test.each<[parts: Partial<PodToleration>, tolerates: boolean]>([
  [{ operator: 'Exists' }, true],
  [{ operator: 'Exists', effect: 'NoSchedule' }, true],
  [{ operator: 'Exists', effect: 'NoExecute' }, false],
  [{ operator: 'Equal', value: 'present' }, false],
  [{ value: 'present' }, false],
  [{ key: GPU.key, operator: 'Exists' }, true],
  [{ key: GPU.key, operator: 'Exists', value: 'other' }, true],
  [{ key: GPU.key, operator: 'Exists', effect: 'NoExecute' }, false],
  [{ key: 'other', operator: 'Exists' }, false],
  [{ key: GPU.key, value: 'present' }, true],
  [{ key: GPU.key, operator: 'Equal', value: 'present' }, true],
  [{ key: GPU.key, operator: 'Equal', value: 'present', effect: 'NoSchedule' }, true],
  [{ key: GPU.key, operator: 'Equal', value: 'other' }, false],
  [{ key: GPU.key }, false],
  [{ key: 'other', value: 'present' }, false],
  [{ key: GPU.key, operator: 'Gt', value: 'present' }, false],
])('%j tolerates the taint of GPU nodes: %p', (parts, tolerates) => {
  expect(toleratesTaint(toleration(parts), GPU)).toBe(tolerates);
});

test('a taint keeps pods off unless it only prefers others', () => {
  expect(closingTaints([GPU, SOFT, PURPOSE])).toEqual([GPU, PURPOSE]);
});

describe('the taints that keep a pod off', () => {
  const gpu = toleration({ key: GPU.key, operator: 'Exists' });
  const purpose = toleration({ key: PURPOSE.key });

  it.each([
    ['all that close', [], [GPU, PURPOSE]],
    ['those that no toleration names', [gpu], [PURPOSE]],
    ['none where each is named by one of them', [purpose, gpu], []],
    ['none where one names all', [toleration({ operator: 'Exists' })], []],
  ])('are %s', (_, tolerations, left) => {
    expect(untolerated(tolerations, [GPU, SOFT, PURPOSE])).toEqual(left);
  });
});

test('a taint is shown as kubectl shows it', () => {
  expect(showTaint(GPU)).toBe('nvidia.com/gpu=present:NoSchedule');
  expect(showTaint(PURPOSE)).toBe('purpose:NoExecute');
});
