import { draftTraining, type TrainingSpec } from '../../lib/domain';
import { GIB, handMade, OWNERSHIP, plannedOf, plannedPool, problemOf, rulesOf, SHA256 } from './given';

const POOL = plannedPool({ name: 'train', purpose: 'training', machine: 'Standard_NC48ads_A100_v4' });

function spec(more: Partial<TrainingSpec> = {}): TrainingSpec {
  return {
    name: 'finetune-chat',
    namespace: 'training',
    ownership: OWNERSHIP,
    pool: POOL,
    image: `registry.example.com/train:2.9.1@sha256:${SHA256}`,
    command: ['torchrun', 'train.py'],
    activeDeadlineSeconds: 86_400,
    ...more,
  };
}

describe('a training job that says nothing more than it must', () => {
  const draft = draftTraining(spec());
  const planned = plannedOf(draft);

  it('is planned without a problem', () => {
    expect(draft.problems).toEqual([]);
  });

  it('takes all GPUs of a node, with 20 GiB of /dev/shm for several', () => {
    expect(planned.resources).toMatchObject({ gpus: 2, sharedMemoryBytes: 20 * GIB });
  });

  it('runs as user 1000, tries again three times and has 120 s for a checkpoint', () => {
    expect(planned).toMatchObject({ uid: 1000, backoffLimit: 3, terminationGracePeriodSeconds: 120, args: [] });
  });

  it('runs what it was told from the pinned image', () => {
    expect(planned.command).toEqual(['torchrun', 'train.py']);
    expect(planned.image).toBe(`registry.example.com/train:2.9.1@sha256:${SHA256}`);
    expect(planned.activeDeadlineSeconds).toBe(86_400);
  });
});

describe('a training job', () => {
  it('may take one GPU, with 2 GiB of /dev/shm', () => {
    expect(plannedOf(draftTraining(spec({ gpus: 1 }))).resources).toMatchObject({
      gpus: 1,
      sharedMemoryBytes: 2 * GIB,
    });
  });

  it('may use what an inference pool leaves free', () => {
    expect(draftTraining(spec({ pool: plannedPool() })).problems).toEqual([]);
  });

  it('keeps what it says itself', () => {
    const own = { runAsUser: 10_001, backoffLimit: 0, checkpointSeconds: 300, args: ['--epochs', '3'] };
    expect(plannedOf(draftTraining(spec(own)))).toMatchObject({
      uid: 10_001,
      backoffLimit: 0,
      terminationGracePeriodSeconds: 300,
      args: ['--epochs', '3'],
    });
    const resources = { cpu: 8, memoryGiB: 64 };
    expect(plannedOf(draftTraining(spec({ resources }))).resources).toMatchObject({
      cpuLimitMillis: 8000,
      memoryBytes: 64 * GIB,
    });
  });

  it('is warned of an image without a digest and takes it from the lock', () => {
    const image = 'registry.example.com/train:2.9.1';
    expect(rulesOf(draftTraining(spec({ image })))).toEqual(['WP-IMG-003']);
    const images = { [image]: `sha256:${SHA256}` };
    expect(draftTraining(spec({ image, images }))).toMatchObject({
      problems: [],
      value: { image: `${image}@sha256:${SHA256}` },
    });
  });

  it('has a home of its own and the variables that it is given', () => {
    const secretEnv = { WANDB_API_KEY: { secretName: 'wandb', key: 'key' } };
    const planned = plannedOf(draftTraining(spec({ env: { EPOCHS: '3' }, secretEnv, secrets: handMade('wandb') })));
    expect(planned.env).toEqual({ HOME: '/home/job', USER: 'warmpath', LOGNAME: 'warmpath', EPOCHS: '3' });
    expect(planned).toMatchObject({ home: '/home/job', secretEnv });
  });

  it.each([
    [{ HOME: '/root' }, 'WP-RUN-013'],
    [{ LD_PRELOAD: '/tmp/x.so' }, 'WP-RUN-007'],
    [{ WANDB_API_KEY: 'x' }, 'WP-RUN-008'],
  ] as const)('is refused with the variables %j', (env, rule) => {
    expect(rulesOf(draftTraining(spec({ env })))).toEqual([rule]);
  });

  it('is refused with a Secret that could not exist', () => {
    const secretEnv = { KEY: { secretName: 'Not A Name', key: 'key' } };
    expect(problemOf(draftTraining(spec({ secretEnv })), 'WP-NAME-004').prop).toBe('secretEnv.KEY');
  });

  it.each([
    ['Training', 'WP-NAME-003'],
    ['kube-system', 'WP-NS-002'],
  ] as const)('is refused in the namespace %s', (namespace, rule) => {
    expect(problemOf(draftTraining(spec({ namespace })), rule)).toMatchObject({ prop: 'namespace', value: namespace });
  });

  it.each([
    ['backoffLimit', { backoffLimit: -1 }],
    ['backoffLimit', { backoffLimit: 101 }],
    ['checkpointGrace', { checkpointSeconds: 0 }],
    ['checkpointGrace', { checkpointSeconds: 601 }],
  ])('is refused with a %s out of bounds: %j', (prop, more) => {
    expect(problemOf(draftTraining(spec(more)), 'WP-TRAIN-006').prop).toBe(prop);
  });

  it('is refused on a system pool', () => {
    const pool = plannedPool({ name: 'system', purpose: 'system', machine: 'Standard_D4s_v5', minNodes: 2 });
    expect(problemOf(draftTraining(spec({ pool, gpus: 1 })), 'WP-TRAIN-001')).toMatchObject({ value: 'system' });
  });

  it.each([0, -1, 1.5, 3, Number.NaN])('is refused with %d GPUs of a node that has two', (gpus) => {
    expect(problemOf(draftTraining(spec({ gpus })), 'WP-TRAIN-002')).toMatchObject({
      value: gpus,
      allowed: 'a whole number from 1 to 2',
    });
  });

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('is refused with an end after %d s', (seconds) => {
    const draft = draftTraining(spec({ activeDeadlineSeconds: seconds }));
    expect(problemOf(draft, 'WP-TRAIN-003')).toMatchObject({ prop: 'activeDeadline', value: seconds });
  });

  it('is refused without a command', () => {
    expect(problemOf(draftTraining(spec({ command: [] })), 'WP-TRAIN-004').fix).toContain('torchrun');
  });

  it.each([0, -1, 1.5, Number.NaN])('is refused as user %d', (runAsUser) => {
    expect(problemOf(draftTraining(spec({ runAsUser })), 'WP-TRAIN-005').value).toBe(runAsUser);
  });

  it('is refused with more memory than the node has', () => {
    expect(rulesOf(draftTraining(spec({ resources: { memoryGiB: 4000 } })))).toEqual(['WP-RES-002']);
  });

  it('reports all its mistakes at once and is not planned', () => {
    const draft = draftTraining(
      spec({
        name: 'Train',
        ownership: { ...OWNERSHIP, team: '' },
        gpus: 9,
        activeDeadlineSeconds: 0,
        command: [],
        runAsUser: 0,
        image: 'x:latest',
      }),
    );
    expect(draft.value).toBeUndefined();
    expect(rulesOf(draft)).toEqual([
      'WP-NAME-001',
      'WP-COST-001',
      'WP-TRAIN-002',
      'WP-TRAIN-003',
      'WP-TRAIN-004',
      'WP-TRAIN-005',
      'WP-IMG-001',
    ]);
  });
});
