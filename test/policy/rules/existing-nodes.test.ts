import { existingNodes } from '../../../lib/policy/rules/existing-nodes';
import { gpuContainer, gpuPool, SYSTEM_POOL, workload } from '../../support/manifests';
import { ask, placesOf } from '../../support/verdicts';

const POOLS = [gpuPool('a100'), gpuPool('h100', { gpus: { 'nvidia.com/gpu': 8 } }), SYSTEM_POOL];
const asked = (pod: string, pools = POOLS) => ask(existingNodes, workload(pod), { pools });

describe('a pod for which there are nodes', () => {
  test.each([
    ['selects a pool', 'nodeSelector: { warmpath.dev/pool: a100 }\ncontainers: []'],
    ['asks for the GPUs of one node', `nodeSelector: { warmpath.dev/pool: a100 }\ncontainers: [${gpuContainer(2)}]`],
    ['selects no pool, and one has the GPUs', `containers: [${gpuContainer(8)}]`],
    [
      'asks for what the cloud sets',
      'nodeSelector: { kubernetes.io/os: linux, node.kubernetes.io/instance-type: x, topology.kubernetes.io/zone: z }\ncontainers: []',
    ],
    ['asks for what AKS sets', 'nodeSelector: { agentpool: x, kubernetes.azure.com/mode: system }\ncontainers: []'],
    ['asks for what GPU agents set', 'nodeSelector: { nvidia.com/gpu.product: A100 }\ncontainers: []'],
    [
      'loads with an init container first',
      `initContainers: [${gpuContainer(2, 'load')}]\nnodeSelector: { warmpath.dev/pool: a100 }\ncontainers: [${gpuContainer(2)}]`,
    ],
  ])('%s', (_, pod) => {
    expect(asked(pod)).toMatchObject({ findings: [], compliant: 1 });
  });

  test('may be on a pool whose GPUs nobody knows', () => {
    const karpenter = { name: 'gpu', labels: { team: 'chat' }, taints: [] };
    expect(asked(`nodeSelector: { team: chat }\ncontainers: [${gpuContainer(16)}]`, [karpenter]).findings).toEqual([]);
  });
});

describe('a pod without nodes', () => {
  test.each([
    ['selects a pool that is none', 'nodeSelector: { warmpath.dev/pool: b200 }\ncontainers: []', 'nodeSelector'],
    [
      'selects two pools at once',
      'nodeSelector: { warmpath.dev/pool: a100, warmpath.dev/purpose: system }\ncontainers: []',
      'nodeSelector',
    ],
    [
      'asks for more GPUs than a node has',
      `nodeSelector: { warmpath.dev/pool: a100 }\ncontainers: [${gpuContainer(4)}]`,
      'containers',
    ],
    [
      'asks two containers for more GPUs than a node has',
      `nodeSelector: { warmpath.dev/pool: a100 }\ncontainers: [${gpuContainer(2, 'a')}, ${gpuContainer(1, 'b')}]`,
      'containers',
    ],
    ['asks for other GPUs', "containers: [{ name: a, resources: { limits: { amd.com/gpu: '1' } } }]", 'containers'],
    [
      'asks a pool without GPUs',
      `nodeSelector: { warmpath.dev/pool: system }\ncontainers: [${gpuContainer()}]`,
      'containers',
    ],
    [
      'has terms that nothing meets',
      'affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: lost, operator: Exists }] }] } } }\ncontainers: []',
      'affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution',
    ],
  ])('%s', (_, pod, place) => {
    expect(placesOf(asked(pod).findings)).toEqual([`Deployment chat/chat spec.template.spec.${place}`]);
  });

  test('is told which pools there are, and what they have', () => {
    const selected = asked('nodeSelector: { warmpath.dev/pool: b200 }\ncontainers: []').findings[0];
    expect(selected?.message).toBe('no pool has these labels: a100, h100, system');
    const [short] = asked(
      `nodeSelector: { warmpath.dev/purpose: inference }\ncontainers: [${gpuContainer(16)}]`,
    ).findings;
    expect(short?.message).toBe(
      'no node that it may land on has 16 nvidia.com/gpu: a100 2 nvidia.com/gpu; h100 8 nvidia.com/gpu',
    );
  });
});

test('a pod that asks for nothing is not judged, nor any where no pool is known', () => {
  expect(asked('containers: []').notApplicable).toBe(1);
  expect(ask(existingNodes, workload('nodeSelector: { a: b }\ncontainers: []')).notApplicable).toBe(1);
});
