import { parse } from 'yaml';
import {
  GpuDevicePlugin,
  GpuInferenceService,
  type GpuNodePoolSpec,
  GpuOperatorValues,
  GpuTrainingJob,
  InferenceNamespace,
} from '../../lib';
import {
  containerOf,
  drawService,
  jobProps,
  newChart,
  OWNERSHIP,
  platform,
  pool,
  quantity,
  serviceProps,
  synth,
} from '../support/synth';

const SMALL = { catalogue: 'qwen2.5-1.5b-instruct' } as const;
const resources = { cacheGiB: 2, scratchGiB: 2 };

const cutPool = (more: Partial<GpuNodePoolSpec> = {}) => pool({ name: 'cut', mig: { profile: '1g.10gb' }, ...more });
const mixedPool = (more: Partial<GpuNodePoolSpec> = {}) =>
  cutPool({ name: 'mixed', mig: { profile: '1g.10gb', strategy: 'mixed' }, minNodes: 4, ...more });

describe('a service on instances', () => {
  test('asks for one, by the name that the strategy gives it', () => {
    const single = drawService({ pool: cutPool(), model: SMALL, resources });
    expect(single.container.resources.limits).toMatchObject({ 'nvidia.com/gpu': '1' });
    const mixed = drawService({ pool: mixedPool(), model: SMALL, resources });
    expect(mixed.container.resources.limits).toMatchObject({ 'nvidia.com/mig-1g.10gb': '1' });
    expect(mixed.container.resources.requests).toMatchObject({ 'nvidia.com/mig-1g.10gb': '1' });
    expect(mixed.container.resources.limits).not.toHaveProperty(['nvidia.com/gpu']);
  });

  test('gets its share of the node: seven such pods fit beside each other', () => {
    const { capacity } = cutPool();
    const { container } = drawService({ pool: cutPool(), model: SMALL, resources });
    const { cpu, memory } = container.resources.requests;
    expect(7 * quantity(cpu) * 1000).toBeLessThanOrEqual(capacity.workloadCpuMillis);
    expect(7 * quantity(memory)).toBeLessThanOrEqual(capacity.workloadMemoryBytes);
  });

  test('fills nodes by instances, and surges while one is free', () => {
    const strategy = (replicas: number) =>
      drawService({ pool: cutPool({ minNodes: 1, maxNodes: 2 }), model: SMALL, resources, replicas }).deployment.spec
        .strategy.rollingUpdate;
    expect(strategy(13)).toEqual({ maxSurge: 1, maxUnavailable: 0 });
    expect(strategy(14)).toEqual({ maxSurge: 0, maxUnavailable: 1 });
  });

  test('is held by a quota on the resource that it asks for', () => {
    const quotaOf = (gpuQuota?: number) => {
      const chart = newChart();
      const ownership = OWNERSHIP;
      new InferenceNamespace(chart, 'namespace', { name: 'chat', ownership, platform: platform(), gpuQuota });
      new GpuInferenceService(chart, 'chat', serviceProps({ pool: mixedPool(), model: SMALL, resources }));
      return synth(chart).one('ResourceQuota').spec.hard;
    };
    expect(quotaOf()).toEqual({ 'requests.nvidia.com/mig-1g.10gb': '6' });
    expect(quotaOf(8)).toEqual({ 'requests.nvidia.com/gpu': '8', 'requests.nvidia.com/mig-1g.10gb': '8' });
  });
});

describe('a training job on instances', () => {
  test('takes one', () => {
    const chart = newChart();
    new GpuTrainingJob(chart, 'finetune', jobProps({ pool: cutPool({ purpose: 'training' }) }));
    expect(containerOf(synth(chart).one('Job')).resources.limits).toMatchObject({ 'nvidia.com/gpu': '1' });
  });
});

describe('the device plugin', () => {
  const chart = newChart();
  new GpuDevicePlugin(chart, 'plugin', { pools: [pool(), cutPool(), mixedPool()], ownership: OWNERSHIP });
  const drawn = synth(chart);
  const plugin = (suffix: string) => drawn.one('DaemonSet', `nvidia-device-plugin${suffix}`);
  const poolsOf = (suffix: string) =>
    plugin(suffix)
      .spec.template.spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms.flatMap(
        ({ matchExpressions }) => matchExpressions,
      )
      .flatMap(({ values }) => values);

  test('runs once for each strategy, on exactly the pools of that strategy', () => {
    expect(drawn.all('DaemonSet')).toHaveLength(3);
    expect([poolsOf(''), poolsOf('-mig-single'), poolsOf('-mig-mixed')]).toEqual([['a100'], ['cut'], ['mixed']]);
  });

  test.each(['single', 'mixed'])('is told to publish instances by strategy %s', (strategy) => {
    const container = containerOf(plugin(`-mig-${strategy}`));
    expect(container.env).toEqual([
      { name: 'MIG_STRATEGY', value: strategy },
      { name: 'NVIDIA_MIG_MONITOR_DEVICES', value: 'all' },
    ]);
    expect(container.securityContext).toEqual({ capabilities: { add: ['SYS_ADMIN'] } });
  });

  test('keeps no capability where nothing is cut', () => {
    const container = containerOf(plugin(''));
    expect(container.securityContext).toMatchObject({ capabilities: { drop: ['ALL'] } });
    expect(container).not.toHaveProperty('env');
  });
});

describe('the GPU Operator', () => {
  const operator = platform({ gpuStack: 'gpu-operator' });
  const valuesOf = (...pools: ReturnType<typeof pool>[]) => {
    const chart = newChart();
    new GpuOperatorValues(chart, 'operator', { pools, ownership: OWNERSHIP });
    return parse(synth(chart).one('ConfigMap').data['values.yaml'] ?? '') as Record<string, unknown>;
  };

  test('is told the strategy, and that its MIG manager may reboot nodes', () => {
    expect(valuesOf(pool({ platform: operator }), mixedPool({ platform: operator }))).toMatchObject({
      mig: { strategy: 'mixed' },
      migManager: { enabled: true, env: [{ name: 'WITH_REBOOT', value: 'true' }] },
    });
  });

  test('hears nothing of MIG where nothing is cut', () => {
    const values = valuesOf(pool({ platform: operator }));
    expect(values).not.toHaveProperty('mig');
    expect(values).not.toHaveProperty('migManager');
  });
});
