import { noForeignTolerations } from '../../../lib/policy/rules/no-foreign-tolerations';
import { GPU_TOLERATIONS, gpuContainer, gpuPool, SYSTEM_POOL, workload } from '../../support/manifests';
import { ask, placesOf } from '../../support/verdicts';

const A100 = gpuPool('a100');
const TRAIN = gpuPool('train', {
  labels: { 'warmpath.dev/pool': 'train' },
  taints: [
    { key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' },
    { key: 'warmpath.dev/purpose', value: 'training', effect: 'NoSchedule' },
  ],
});
const CRITICAL = {
  ...SYSTEM_POOL,
  taints: [{ key: 'CriticalAddonsOnly', value: 'true', effect: 'NoSchedule' } as const],
};
const POOLS = [A100, TRAIN, CRITICAL];
const TRAINING = '{ key: warmpath.dev/purpose, value: training }';

const pod = (tolerations: string, rest: string, kind?: string) =>
  workload(`tolerations: ${tolerations}\n${rest}`, kind === undefined ? {} : { kind });
const CPU = 'containers: [{ name: web }]';
const A100_POD = `nodeSelector: { warmpath.dev/pool: a100 }\ncontainers: [${gpuContainer()}]`;
const found = (yaml: string) => placesOf(ask(noForeignTolerations, yaml, { pools: POOLS }).findings);

describe('tolerations that a pod needs', () => {
  test.each([
    ['for the pool that it selects', pod(GPU_TOLERATIONS, A100_POD)],
    [
      'for any pool that has its GPUs',
      pod(`[${TRAINING}, { key: nvidia.com/gpu, operator: Exists }]`, `containers: [${gpuContainer()}]`),
    ],
    ['for a system pool', pod('[{ key: CriticalAddonsOnly, operator: Exists }]', CPU)],
    [
      'for a GPU node that it selects without GPUs',
      pod(GPU_TOLERATIONS, `nodeSelector: { warmpath.dev/pool: a100 }\n${CPU}`),
    ],
    [
      'for what no pool has',
      pod('[{ key: sku, value: gpu }, { key: node.kubernetes.io/not-ready, operator: Exists }]', CPU),
    ],
  ])('are accepted: %s', (_, yaml) => {
    expect(ask(noForeignTolerations, yaml, { pools: POOLS })).toMatchObject({ findings: [], compliant: 1 });
  });
});

describe('tolerations that open a foreign pool', () => {
  test.each([
    ['another pool than the selected one', pod(`[${TRAINING}]`, A100_POD)],
    ['GPU nodes, without GPUs', pod('[{ key: nvidia.com/gpu, operator: Exists }]', CPU)],
    ['all pools, by no key', pod('[{ operator: Exists }]', CPU)],
    ['all pools, by no key, with GPUs', pod('[{ operator: Exists, effect: NoSchedule }]', A100_POD)],
  ])('are reported: %s', (_, yaml) => {
    expect(found(yaml)).toEqual(['Deployment chat/chat spec.template.spec.tolerations[0]']);
  });

  test('are reported each, and only they', () => {
    const yaml = pod(`[{ key: nvidia.com/gpu, operator: Exists }, ${TRAINING}]`, A100_POD);
    const { findings } = ask(noForeignTolerations, yaml, { pools: POOLS });
    expect(placesOf(findings)).toEqual(['Deployment chat/chat spec.template.spec.tolerations[1]']);
    expect(findings[0]).toMatchObject({
      severity: 'error',
      message: "it opens pool 'train' (warmpath.dev/purpose=training:NoSchedule), which the pod does not use",
      fix: "remove the toleration, or select pool 'train'",
    });
  });

  test('count for node agents that select a pool', () => {
    const yaml = pod(`[${TRAINING}]`, `nodeSelector: { warmpath.dev/pool: a100 }\n${CPU}`, 'apps/v1 DaemonSet');
    expect(found(yaml)).toHaveLength(1);
  });
});

describe('nothing is said', () => {
  test.each([
    ['of node agents that are everywhere', pod('[{ operator: Exists }]', CPU, 'apps/v1 DaemonSet')],
    [
      'of pods that select no pool at all by mistake',
      pod(GPU_TOLERATIONS, `nodeSelector: { warmpath.dev/pool: b200 }\n${CPU}`),
    ],
    ['of pods without tolerations', pod('[]', CPU)],
  ])('%s', (_, yaml) => {
    expect(ask(noForeignTolerations, yaml, { pools: POOLS })).toMatchObject({ findings: [], notApplicable: 1 });
  });

  test('of tolerations with a key where no pool is known', () => {
    expect(ask(noForeignTolerations, pod(GPU_TOLERATIONS, CPU)).notApplicable).toBe(1);
  });

  test('more than a warning of blanket tolerations where no pool is known', () => {
    const { findings } = ask(noForeignTolerations, pod('[{ operator: Exists }]', CPU));
    expect(findings.map(({ severity }) => severity)).toEqual(['warning']);
    expect(ask(noForeignTolerations, pod('[{ operator: Exists }]', CPU, 'apps/v1 DaemonSet')).findings).toEqual([]);
  });
});
