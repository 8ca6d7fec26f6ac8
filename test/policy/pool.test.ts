import type { Manifest } from '../../lib/policy/manifest';
import { poolFrom, poolsAmong } from '../../lib/policy/pool';

const manifests = (...objects: readonly Manifest['object'][]): readonly Manifest[] =>
  objects.map((object, index) => ({ file: 'nodes.yaml', index, object }));
const pools = (...objects: readonly Manifest['object'][]) => poolsAmong(manifests(...objects));

const node = (more: Manifest['object'] = {}) => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'gpu-1', labels: { 'warmpath.dev/pool': 'a100' } },
  ...more,
});

describe('a Node among the manifests', () => {
  it('is a pool of its own, with its labels, its taints and its GPUs', () => {
    const spec = { taints: [{ key: 'nvidia.com/gpu', value: 'present', effect: 'NoExecute' }] };
    const status = { allocatable: { 'nvidia.com/gpu': '8', 'amd.com/gpu': '2' } };
    expect(pools(node({ spec, status }))).toEqual([
      {
        name: 'gpu-1',
        labels: { 'warmpath.dev/pool': 'a100' },
        taints: [{ key: 'nvidia.com/gpu', value: 'present', effect: 'NoExecute' }],
        maxNodes: 1,
        gpus: { 'nvidia.com/gpu': 8, 'amd.com/gpu': 2 },
      },
    ]);
  });

  it('has no label, no taint and no GPU where it says none', () => {
    expect(pools({ apiVersion: 'v1', kind: 'Node' })).toEqual([
      { name: '', labels: {}, taints: [], maxNodes: 1, gpus: {} },
    ]);
  });

  it('has taints with empty parts for those that it leaves out, and keeps everything off that does not tolerate them', () => {
    expect(pools(node({ spec: { taints: [{ key: 'a' }, 'b'] } }))[0]?.taints).toEqual([
      { key: 'a', value: '', effect: 'NoSchedule' },
      { key: '', value: '', effect: 'NoSchedule' },
    ]);
  });

  it('keeps its taints but for those of its condition', () => {
    const keys = ['node.kubernetes.io/unreachable', 'my.node.kubernetes.io/mine', 'node.kubernetes.iox/mine'];
    const taints = keys.map((key) => ({ key, effect: 'NoSchedule' }));
    expect(pools(node({ spec: { taints } }))[0]?.taints.map(({ key }) => key)).toEqual([
      'my.node.kubernetes.io/mine',
      'node.kubernetes.iox/mine',
    ]);
  });

  it('has no GPUs but those of the vendors', () => {
    const allocatable = { cpu: '24', 'my.nvidia.com/gpu': '1', 'nvidia.com/mig-1g.10gb': '7' };
    expect(pools(node({ status: { allocatable } }))[0]?.gpus).toEqual({ 'nvidia.com/mig-1g.10gb': 7 });
  });
});

describe('a NodePool of Karpenter among the manifests', () => {
  const template = {
    metadata: { labels: { tier: 'gpu' } },
    spec: { taints: [{ key: 'node.kubernetes.io/mine', value: 'yes', effect: 'PreferNoSchedule' }] },
  };
  const pool = { apiVersion: 'karpenter.sh/v1', kind: 'NodePool', metadata: { name: 'gpu', labels: { of: 'itself' } } };

  it('has the labels and all taints of its template, the label of its name, and as many nodes as it likes', () => {
    expect(pools({ ...pool, spec: { template } })).toEqual([
      {
        name: 'gpu',
        labels: { tier: 'gpu', 'karpenter.sh/nodepool': 'gpu' },
        taints: [{ key: 'node.kubernetes.io/mine', value: 'yes', effect: 'PreferNoSchedule' }],
      },
    ]);
  });

  it('has the label of its name alone where it has no template', () => {
    expect(pools(pool)).toEqual([{ name: 'gpu', labels: { 'karpenter.sh/nodepool': 'gpu' }, taints: [] }]);
  });
});

test('pools stand in the order of the manifests, and nothing else is one', () => {
  const named = (apiVersion: string, kind: string, name: string) => ({ apiVersion, kind, metadata: { name } });
  const all = pools(
    named('karpenter.sh/v1', 'NodePool', 'a'),
    named('v1', 'Pod', 'b'),
    named('metal3.io/v1', 'Node', 'c'),
    named('karpenter.sh/v1', 'NodeClaim', 'd'),
    named('karpenter.sh/v1', 'Node', 'e'),
    named('example.com/v1', 'NodePool', 'f'),
    named('v1', 'NodePool', 'g'),
    named('v1', 'Node', 'h'),
  );
  expect(all.map(({ name }) => name)).toEqual(['a', 'h']);
});

describe('a pool that somebody wrote down', () => {
  const written = { name: 'a100', labels: { pool: 'a100' }, taints: [] };

  it('is read with everything that is known of it', () => {
    const taint = { key: 'gpu', value: 'yes', effect: 'NoExecute' };
    const whole = { ...written, taints: [taint], maxNodes: 3, gpus: { 'nvidia.com/gpu': 8, 'amd.com/gpu': 0 } };
    expect(poolFrom({ ...whole, comment: 'left out' })).toEqual(whole);
  });

  it('leaves unknown what it does not say', () => {
    const pool = poolFrom(written);
    expect(pool).toEqual(written);
    expect(Object.keys(pool ?? {})).toEqual(['name', 'labels', 'taints']);
  });

  it('may have no node and no label', () => {
    expect(poolFrom({ ...written, maxNodes: 0, labels: {}, gpus: {} })).toEqual({
      ...written,
      maxNodes: 0,
      labels: {},
      gpus: {},
    });
  });

  it.each(['NoSchedule', 'PreferNoSchedule', 'NoExecute'])('may leave out the value of a taint of %s', (effect) => {
    expect(poolFrom({ ...written, taints: [{ key: 'gpu', effect }] })?.taints).toEqual([
      { key: 'gpu', value: '', effect },
    ]);
  });

  it.each<[title: string, wrong: unknown]>([
    ['is no object', 'a100'],
    ['has no name', { ...written, name: undefined }],
    ['has a number for a name', { ...written, name: 7 }],
    ['has no labels', { ...written, labels: undefined }],
    ['has a text for labels', { ...written, labels: '' }],
    ['has a label that is no text', { ...written, labels: { pool: 'a100', rank: 7 } }],
    ['has no taints', { ...written, taints: undefined }],
    ['has an object for taints', { ...written, taints: {} }],
    ['has a taint without a key', { ...written, taints: [{ value: 'yes', effect: 'NoSchedule' }] }],
    ['has a taint whose value is no text', { ...written, taints: [{ key: 'gpu', value: 1, effect: 'NoSchedule' }] }],
    ['has a taint without an effect', { ...written, taints: [{ key: 'gpu', value: 'yes' }] }],
    ['has a taint of an unknown effect', { ...written, taints: [{ key: 'gpu', effect: 'NoEntry' }] }],
    ['has one wrong taint', { ...written, taints: [{ key: 'gpu', effect: 'NoSchedule' }, {}] }],
    ['has less than no node', { ...written, maxNodes: -1 }],
    ['has half a node', { ...written, maxNodes: 1.5 }],
    ['has a text for a number of nodes', { ...written, maxNodes: '3' }],
    ['has a number for GPUs', { ...written, gpus: 8 }],
    ['has a text for a number of GPUs', { ...written, gpus: { 'nvidia.com/gpu': 8, 'amd.com/gpu': '2' } }],
  ])('is none when it %s', (_, wrong) => {
    expect(poolFrom(wrong)).toBeUndefined();
  });
});
