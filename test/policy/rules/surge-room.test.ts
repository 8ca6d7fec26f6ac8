import { surgeRoom } from '../../../lib/policy/rules/surge-room';
import { documents, GPU_TOLERATIONS, gpuContainer, gpuPool, workload } from '../../support/manifests';
import { ask, placesOf } from '../../support/verdicts';

/** Three nodes of two GPUs. */
const POOL = gpuPool('a100');

const STILL = 'strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } }';

interface Parts {
  readonly replicas?: number;
  readonly gpus?: number;
  readonly update?: string;
  readonly priority?: string;
  readonly kind?: string;
}

const SURGE = 'strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }';

function onPool(name: string, { replicas = 1, gpus = 1, update = SURGE, priority = 'high', kind }: Parts = {}): string {
  return workload(
    `nodeSelector: { warmpath.dev/pool: a100 }\npriorityClassName: ${priority}\ntolerations: ${GPU_TOLERATIONS}\ncontainers: [${gpuContainer(gpus)}]`,
    { name, kind, spec: `replicas: ${replicas}\n${update}` },
  );
}

const priorities = ['high', 'low']
  .map(
    (name, rank) =>
      `apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: { name: ${name} }\nvalue: ${100 - rank}`,
  )
  .join('\n---\n');

const asked = (...yaml: readonly string[]) => ask(surgeRoom, documents(...yaml), { pools: [POOL] });
const found = (...yaml: readonly string[]) => placesOf(asked(...yaml).findings);
const PLACE = 'Deployment chat/one spec.strategy.rollingUpdate.maxSurge';

describe('an update that adds a pod first', () => {
  test('fits while a GPU is free', () => {
    expect(asked(onPool('one', { replicas: 5 }))).toMatchObject({ findings: [], compliant: 1 });
  });

  test('does not fit where every GPU is taken', () => {
    const { findings } = asked(onPool('one', { replicas: 6 }));
    expect(placesOf(findings)).toEqual([PLACE]);
    expect(findings[0]).toMatchObject({
      severity: 'error',
      message:
        "pool 'a100' has 3 nodes at the most, and pods with their surge take 4: Deployment chat/one 6 + 1 x 1 GPU",
      fix: 'set maxSurge: 0 and maxUnavailable: 1, or let the pool grow to 4 nodes',
    });
  });

  test('is what Kubernetes does by default, with few replicas', () => {
    // A quarter of three is one pod more and none less.
    expect(found(onPool('one', { replicas: 3, gpus: 2, update: '' }))).toEqual([PLACE]);
    // A quarter of six is two pods more and one less: it makes its own room.
    expect(found(onPool('one', { replicas: 6, update: '' }))).toEqual([]);
  });

  test('needs GPUs that lie together', () => {
    expect(found(onPool('one', { replicas: 2, gpus: 2 }))).toEqual([]);
    // Two of them and their surge take the three nodes whole; the small pod has none left.
    expect(found(onPool('one', { replicas: 2, gpus: 2 }), onPool('two', { update: '' }))).toHaveLength(2);
  });

  test('is warned where small pods may stand in the way', () => {
    const small = onPool('two', { replicas: 2, update: 'strategy: { type: Recreate }' });
    const { findings } = asked(onPool('one', { replicas: 1, gpus: 2 }), small);
    expect(findings.map(({ severity, object }) => [severity, object])).toEqual([['warning', 'Deployment chat/one']]);
  });

  test('counts the floor and the ceiling of a scaler', () => {
    const hpa =
      'apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: { name: one, namespace: chat }\nspec: { maxReplicas: 6, scaleTargetRef: { kind: Deployment, name: one } }';
    expect(found(hpa, onPool('one', { replicas: 1 }))).toEqual([PLACE]);
  });
});

describe('beside it count', () => {
  const beside = (parts: Parts) => found(priorities, onPool('one', { replicas: 3 }), onPool('two', parts));

  test('other services at their maximum, with their surge', () => {
    expect(beside({ replicas: 2, update: STILL })).toEqual([]);
    expect(beside({ replicas: 3, update: STILL })).toEqual([PLACE]);
    expect(beside({ replicas: 2 })).toHaveLength(2);
  });

  test('jobs with their pods in parallel', () => {
    const job = { kind: 'batch/v1 Job', update: 'parallelism: 3' };
    expect(beside(job)).toEqual([PLACE]);
    expect(beside({ ...job, update: 'parallelism: 2' })).toEqual([]);
  });

  test('node agents on every node', () => {
    expect(beside({ kind: 'apps/v1 DaemonSet', update: '' })).toEqual([PLACE]);
  });

  test('no pods of lower priority: they make room', () => {
    expect(beside({ replicas: 3, priority: 'low', update: STILL })).toEqual([]);
    const low = found(priorities, onPool('one', { replicas: 3, priority: 'low' }), onPool('two', { replicas: 3 }));
    expect(low).toEqual([PLACE]);
  });

  test('no pods of which nobody knows the priority', () => {
    expect(beside({ replicas: 3, priority: 'unknown' })).toEqual([]);
  });

  test('pods of the same class, whether or not it is known', () => {
    const same = { replicas: 3, priority: 'unknown' };
    expect(found(onPool('one', same), onPool('two', same))).toHaveLength(2);
  });

  test('no pods that may go elsewhere', () => {
    const free = workload(`tolerations: ${GPU_TOLERATIONS}\ncontainers: [${gpuContainer()}]`, {
      name: 'two',
      spec: 'replicas: 9',
    });
    const options = { pools: [POOL, gpuPool('other')] };
    expect(ask(surgeRoom, documents(onPool('one', { replicas: 5 }), free), options).findings).toEqual([]);
  });
});

describe('an update that takes a pod away first', () => {
  test('makes its own room', () => {
    expect(asked(onPool('one', { replicas: 6, update: STILL }))).toMatchObject({ findings: [], compliant: 1 });
    const both = 'strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } }';
    expect(found(onPool('one', { replicas: 6, update: both }))).toEqual([]);
  });
});

describe('an update that can do neither', () => {
  test.each([
    [
      'apps/v1 Deployment',
      'strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } }',
      'spec.strategy.rollingUpdate',
    ],
    [
      'apps/v1 Deployment',
      'strategy: { rollingUpdate: { maxSurge: 0%, maxUnavailable: 0 } }',
      'spec.strategy.rollingUpdate',
    ],
    [
      'apps/v1 DaemonSet',
      'updateStrategy: { rollingUpdate: { maxUnavailable: 0 } }',
      'spec.updateStrategy.rollingUpdate',
    ],
  ])('is refused by the API server: %s %s', (kind, spec, place) => {
    const { findings } = ask(surgeRoom, workload('containers: []', { kind, spec }));
    expect(findings.map(({ prop }) => prop)).toEqual([place]);
  });

  test.each([
    ['apps/v1 Deployment', 'strategy: { rollingUpdate: { maxSurge: 0 } }'],
    ['apps/v1 DaemonSet', 'updateStrategy: { rollingUpdate: { maxSurge: 0 } }'],
    ['apps/v1 DaemonSet', 'updateStrategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } }'],
  ])('is not this one: %s %s', (kind, spec) => {
    expect(ask(surgeRoom, workload('containers: []', { kind, spec })).findings).toEqual([]);
  });
});

describe('nothing is said', () => {
  test.each([
    ['of pods without GPUs', workload('containers: []'), [POOL]],
    [
      'where the size of the pool is unknown',
      onPool('one', { replicas: 9 }),
      [gpuPool('a100', { maxNodes: undefined })],
    ],
    ['where the GPUs of the pool are unknown', onPool('one', { replicas: 9 }), [gpuPool('a100', { gpus: undefined })]],
    ['where no pool is known', onPool('one', { replicas: 9 }), []],
    [
      'of a Deployment that is recreated',
      onPool('one', { replicas: 9, update: 'strategy: { type: Recreate }' }),
      [POOL],
    ],
    ['of a StatefulSet', onPool('one', { replicas: 9, kind: 'apps/v1 StatefulSet', update: '' }), [POOL]],
  ])('%s', (_, yaml, pools) => {
    expect(ask(surgeRoom, yaml, { pools })).toMatchObject({ findings: [], notApplicable: 1 });
  });

  test('absurd numbers are survived', () => {
    expect(found(onPool('one', { replicas: 1e12 }))).toEqual([PLACE]);
    expect(found(onPool('one', { replicas: -5 }))).toEqual([]);
  });
});
