import { type GpuAddOnProps, GpuDevicePlugin } from '../../lib';
import { containerOf, DIGEST, newChart, OWNERSHIP, platform, pool, refusalsOf, synth } from '../support/synth';

const taint = { key: 'example.com/reserved', value: 'chat', effect: 'NoSchedule' } as const;
const system = pool({ name: 'system', purpose: 'system', machine: 'Standard_D8s_v5' });
const a100 = pool({ name: 'a100', spot: true });
const t4 = pool({ name: 't4', machine: 'Standard_NC4as_T4_v3', taints: [taint] });
const training = pool({ name: 'train', purpose: 'training' });
const amd = pool({ name: 'mi300x', machine: 'Standard_ND96isr_MI300X_v5' });

function chartWith(overrides: Partial<GpuAddOnProps>) {
  const chart = newChart();
  new GpuDevicePlugin(chart, 'device-plugin', { pools: [a100], ownership: OWNERSHIP, ...overrides });
  return chart;
}

describe('the device plugin', () => {
  const drawn = synth(chartWith({ pools: [system, a100, t4, training, amd] }));
  const { spec } = drawn.one('DaemonSet').spec.template;

  test('runs on exactly the NVIDIA pools', () => {
    const terms = spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms;
    expect(terms).toEqual([
      { matchExpressions: [{ key: 'warmpath.dev/pool', operator: 'In', values: ['a100', 't4', 'train'] }] },
    ]);
  });

  test('tolerates every taint of those pools, each once, and no other', () => {
    const taints = [a100, t4, training].flatMap((plan) => plan.taints);
    const wanted = new Map(taints.map((one) => [JSON.stringify(one), { ...one, operator: 'Equal' }]));
    expect(spec.tolerations).toHaveLength(wanted.size);
    expect(spec.tolerations).toEqual(expect.arrayContaining([...wanted.values()]));
    expect(spec.tolerations).not.toContainEqual(expect.objectContaining({ key: 'CriticalAddonsOnly' }));
  });

  test('has a privileged namespace to itself, because it mounts a host path', () => {
    const namespace = drawn.one('Namespace');
    expect(namespace.metadata).toMatchObject({
      name: 'gpu-resources',
      labels: { 'pod-security.kubernetes.io/enforce': 'privileged' },
      annotations: { 'policy.warmpath.dev/WP-PSA-002': expect.stringContaining('host paths') },
    });
    expect(drawn.one('DaemonSet').metadata.namespace).toBe('gpu-resources');
  });

  test('is unprivileged all the same, and does not leave before its node', () => {
    expect(spec.priorityClassName).toBe('system-node-critical');
    expect(spec.automountServiceAccountToken).toBe(false);
    expect(containerOf(drawn.one('DaemonSet')).securityContext).toEqual({
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
    });
  });

  test('is pinned by digest; the lock wins', () => {
    expect(containerOf(drawn.one('DaemonSet')).image).toMatch(/^nvcr\.io\/nvidia\/k8s-device-plugin:v[\d.]+@sha256:/);
    const locked = synth(chartWith({ images: { 'nvcr.io/nvidia/k8s-device-plugin:v0.20.0': DIGEST } }));
    expect(containerOf(locked.one('DaemonSet')).image).toBe(`nvcr.io/nvidia/k8s-device-plugin:v0.20.0@${DIGEST}`);
  });

  test('goes into another namespace when one is named', () => {
    const elsewhere = synth(chartWith({ namespace: 'nvidia' }));
    expect(elsewhere.one('Namespace').metadata.name).toBe('nvidia');
    expect(elsewhere.one('DaemonSet').metadata.namespace).toBe('nvidia');
  });

  test.each([
    ['without pools', []],
    ['without GPU pools', [system]],
    ['with AMD pools only', [amd]],
  ])('draws nothing on a cluster %s', (_, pools) => {
    expect(chartWith({ pools }).apiObjects).toEqual([]);
    expect(refusalsOf(chartWith({ pools }))).toEqual([]);
  });

  test.each([
    ['managed', platform({ gpuStack: 'managed' }), 'remove it'],
    ['gpu-operator', platform({ gpuStack: 'gpu-operator' }), 'use GpuOperatorValues instead'],
  ])('is refused where the GPUs come by %s', (stack, on, fix) => {
    const chart = chartWith({ pools: [pool({ platform: on, minNodes: 4 })] });
    const [refusal, ...others] = refusalsOf(chart);
    expect(others).toEqual([]);
    expect(refusal).toMatch(/^\[chart\/device-plugin\] WP-PLUG-001 pools = "a100"/);
    expect(refusal).toContain(`'${stack}'`);
    expect(refusal).toContain(`Fix: ${fix}`);
  });
});
