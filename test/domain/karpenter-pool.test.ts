import { draftKarpenterPool, type GpuNodePoolSpec, isMadeByKarpenter, type KarpenterSpec } from '../../lib/domain';
import { plannedOf, plannedPool, platform, problemOf, rulesOf } from './given';

const onKarpenter = platform('aks', '1.35', { nodeAutoscaler: 'karpenter' });

const pool = (more: Partial<GpuNodePoolSpec> = {}) => plannedPool({ platform: onKarpenter, minNodes: 0, ...more });

const draft = (more: Partial<GpuNodePoolSpec> = {}, spec: KarpenterSpec = {}) => draftKarpenterPool(pool(more), spec);

const requirementsOf = (more: Partial<GpuNodePoolSpec>) =>
  Object.fromEntries(plannedOf(draft(more)).requirements.map(({ key, values }) => [key, values]));

describe('a pool that Karpenter makes', () => {
  it('has the machine of the plan and no other', () => {
    expect(requirementsOf({})).toEqual({
      'node.kubernetes.io/instance-type': ['Standard_NC24ads_A100_v4'],
      'kubernetes.io/arch': ['amd64'],
      'kubernetes.io/os': ['linux'],
      'karpenter.sh/capacity-type': ['on-demand'],
    });
  });

  it('has spot nodes where the plan has them', () => {
    expect(requirementsOf({ spot: true })['karpenter.sh/capacity-type']).toEqual(['spot']);
  });

  it('names zones as the nodes bear them, and not as AKS numbers them', () => {
    expect(requirementsOf({ zones: ['1', '3'] })['topology.kubernetes.io/zone']).toEqual([
      'westeurope-1',
      'westeurope-3',
    ]);
  });

  it('has the labels and taints that pods look for', () => {
    const { labels, taints } = pool();
    expect(plannedOf(draft())).toMatchObject({ labels, taints });
  });

  it('ends where the plan ends, in nodes and in GPUs', () => {
    const pairs = { machine: 'Standard_NC48ads_A100_v4', maxNodes: 3 };
    expect(plannedOf(draft(pairs)).limits).toEqual({ nodes: 3, 'nvidia.com/gpu': 6 });
  });

  it('of a fixed size has that many nodes, and a limit that a static NodePool may have', () => {
    const fixed = draft({ minNodes: 4, maxNodes: 4 });
    expect(fixed.problems).toEqual([]);
    expect(plannedOf(fixed)).toMatchObject({ replicas: 4, limits: { nodes: 4 } });
    expect(plannedOf(fixed).limits).toEqual({ nodes: 4 });
    expect(plannedOf(fixed)).not.toHaveProperty('consolidateAfterSeconds');
    expect(plannedOf(draft())).not.toHaveProperty('replicas');
  });

  it('keeps an empty node for what it takes to come back, and never shorter than sizes count on', () => {
    const kept = (coldStartSeconds?: number) => plannedOf(draft({}, { coldStartSeconds })).consolidateAfterSeconds;
    expect([kept(), kept(90), kept(600), kept(900.2)]).toEqual([600, 600, 600, 901]);
  });

  it('has a disk as large as that of the plan', () => {
    expect(plannedOf(draft({ diskGiB: 256 })).aksNodeClass).toEqual({ osDiskSizeGB: 256 });
  });

  it("leaves the driver to NVIDIA's operator where that brings it", () => {
    const operator = platform('aks', '1.35', { nodeAutoscaler: 'karpenter', gpuStack: 'gpu-operator' });
    expect(plannedOf(draft({ platform: operator })).aksNodeClass).toMatchObject({ gpuMode: 'None' });
  });

  it('may have a node class of somebody else', () => {
    const nodeClass = { group: 'karpenter.azure.com', kind: 'AKSNodeClass', name: 'shared' };
    const planned = plannedOf(draft({}, { nodeClass }));
    expect(planned.nodeClass).toEqual(nodeClass);
    expect(planned).not.toHaveProperty('aksNodeClass');
  });

  it('has no minimum while it may grow, which is said', () => {
    expect(problemOf(draft({ minNodes: 1 }), 'WP-POOL-025')).toMatchObject({ severity: 'warning', value: 1 });
    expect(rulesOf(draft())).toEqual([]);
  });
});

describe('a pool that the cloud makes', () => {
  it('is every pool where nobody asked for Karpenter, and every system pool', () => {
    expect(isMadeByKarpenter(pool())).toBe(true);
    expect(isMadeByKarpenter(plannedPool())).toBe(false);
    const system = pool({ name: 'system', purpose: 'system', machine: 'Standard_D8s_v5', minNodes: 3 });
    expect(isMadeByKarpenter(system)).toBe(false);
  });
});
