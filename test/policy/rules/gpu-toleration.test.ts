import { gpuToleration } from '../../../lib/policy/rules/gpu-toleration';
import { GPU_TOLERATIONS, gpuContainer, gpuPool, SYSTEM_POOL, workload } from '../../support/manifests';
import { ask, placesOf } from '../../support/verdicts';

const SKU = gpuPool('aks', { labels: {}, taints: [{ key: 'sku', value: 'gpu', effect: 'NoSchedule' }] });
const gpuPod = (tolerations: string, gpus = 1) =>
  workload(`tolerations: ${tolerations}\ncontainers: [${gpuContainer(gpus)}]`);
const severities = (yaml: string, pools = [gpuPool('a100'), SYSTEM_POOL]) =>
  ask(gpuToleration, yaml, { pools }).findings.map(({ severity }) => severity);

describe('a pod with GPUs on known pools', () => {
  test('tolerates what the pools with its GPUs carry', () => {
    expect(ask(gpuToleration, gpuPod(GPU_TOLERATIONS), { pools: [gpuPool('a100')] })).toMatchObject({ compliant: 1 });
    expect(severities(gpuPod('[{ key: sku, value: gpu }]'), [SKU])).toEqual([]);
  });

  test('needs one open pool among several', () => {
    expect(severities(gpuPod(GPU_TOLERATIONS), [SKU, gpuPool('a100')])).toEqual([]);
  });

  test('is kept off by the resource key alone where the taint is another one', () => {
    const { findings } = ask(gpuToleration, gpuPod('[{ key: nvidia.com/gpu, operator: Exists }]'), { pools: [SKU] });
    expect(placesOf(findings)).toEqual(['Deployment chat/chat spec.template.spec.tolerations']);
    expect(findings[0]).toMatchObject({
      severity: 'error',
      message: "pool 'aks' has its GPUs and keeps it off by sku=gpu:NoSchedule",
    });
  });

  test('is judged by the pool that it selects', () => {
    const yaml = workload(
      `nodeSelector: { warmpath.dev/pool: a100 }\ntolerations: [{ key: sku, operator: Exists }]\ncontainers: [${gpuContainer()}]`,
    );
    expect(severities(yaml, [SKU, gpuPool('a100')])).toEqual(['error']);
  });

  test('may be on nodes without taints', () => {
    expect(severities(gpuPod('[]'), [gpuPool('a100', { taints: [] })])).toEqual([]);
  });
});

describe('a pod with GPUs on unknown nodes', () => {
  test.each([
    '[{ key: nvidia.com/gpu, operator: Exists, effect: NoSchedule }]',
    '[{ key: sku, value: gpu, effect: NoSchedule }]',
    '[{ key: example.com/gpu-pool, operator: Exists }]',
    '[{ operator: Exists }]',
  ])('is believed with %s', (tolerations) => {
    expect(ask(gpuToleration, gpuPod(tolerations))).toMatchObject({ findings: [], compliant: 1 });
  });

  test.each([
    '[]',
    '[{ key: spot, operator: Exists }]',
    '[{ key: nvidia.com/gpu, operator: Exists, effect: PreferNoSchedule }]',
  ])('is warned with %s', (tolerations) => {
    expect(ask(gpuToleration, gpuPod(tolerations)).findings.map(({ severity }) => severity)).toEqual(['warning']);
  });

  test('is told the key of its resource; MIG instances stand behind the taint of the whole GPU', () => {
    const fix = (resource: string) =>
      ask(gpuToleration, workload(`containers: [{ name: a, resources: { limits: { ${resource}: 1 } } }]`)).findings.map(
        (finding) => finding.fix.split(' }')[0],
      );
    expect(fix('amd.com/gpu')).toEqual(['add { key: amd.com/gpu, operator: Exists, effect: NoSchedule']);
    expect(fix('nvidia.com/mig-1g.10gb')).toEqual(['add { key: nvidia.com/gpu, operator: Exists, effect: NoSchedule']);
  });

  test('is warned too where no known pool has the GPUs', () => {
    expect(severities(gpuPod('[]'), [SYSTEM_POOL])).toEqual(['warning']);
  });
});

test.each(['containers: [{ name: a }]', "containers: [{ name: a, resources: { limits: { nvidia.com/gpu: '0' } } }]"])(
  'a pod without GPUs is not asked: %s',
  (pod) => {
    expect(ask(gpuToleration, workload(pod)).notApplicable).toBe(1);
  },
);
