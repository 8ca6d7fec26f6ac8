import { App, Chart, Duration } from 'cdk8s';
import { GpuInferenceService, GpuTrainingJob, type GpuTrainingJobProps, warningsOf } from '../../lib';
import {
  containerOf,
  DIGEST,
  envOf,
  handMade,
  jobProps,
  newChart,
  pool,
  quantity,
  refusalsOf,
  serviceProps,
  synth,
} from '../support/synth';

function draw(overrides: Partial<GpuTrainingJobProps> = {}) {
  const chart = newChart();
  const construct = new GpuTrainingJob(chart, 'finetune', jobProps(overrides));
  const result = synth(chart);
  const job = result.one('Job');
  return { ...result, chart, construct, job, pod: job.spec.template.spec, container: containerOf(job) };
}

describe('a training job', () => {
  const drawn = draw();

  test('runs once and ends by itself', () => {
    expect(drawn.job.spec).toMatchObject({ backoffLimit: 3, activeDeadlineSeconds: 43_200 });
    expect(drawn.pod.restartPolicy).toBe('Never');
  });

  test('stays when it is done, because GitOps would start a job that is gone again', () => {
    expect(drawn.job.spec).not.toHaveProperty('ttlSecondsAfterFinished');
    expect(draw({ ttlAfterFinished: Duration.days(1) }).job.spec.ttlSecondsAfterFinished).toBe(86_400);
  });

  test('is run again under another name, because a Job cannot be changed', () => {
    const { job, construct } = draw({ run: '2' });
    expect(job.metadata.name).toBe('finetune-2');
    expect(construct.name).toBe('finetune-2');
  });

  test('mounts claims that others own', () => {
    const { pod, container } = draw({ claims: [{ claimName: 'data', mountPath: '/data', readOnly: true }] });
    expect(pod.volumes).toContainEqual({
      name: 'claim-0',
      persistentVolumeClaim: { claimName: 'data', readOnly: true },
    });
    expect(container.volumeMounts).toContainEqual({ name: 'claim-0', mountPath: '/data', readOnly: true });
  });

  test('takes secrets from Secrets', () => {
    const { container } = draw({
      secretEnv: { WANDB_API_KEY: { secretName: 'wandb', key: 'token' } },
      secrets: handMade('wandb'),
    });
    expect(container.env).toContainEqual({
      name: 'WANDB_API_KEY',
      valueFrom: { secretKeyRef: { name: 'wandb', key: 'token' } },
    });
  });

  test('gives way to inference: it stands on the batch rung', () => {
    expect(drawn.pod.priorityClassName).toBe('warmpath-batch');
  });

  test('does not count being pushed out as a failure', () => {
    expect(drawn.job.spec.podFailurePolicy).toEqual({
      rules: [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] }],
    });
  });

  test('takes all GPUs of a node unless it is told how many', () => {
    const pairs = pool({ name: 'train', purpose: 'training', machine: 'Standard_NC48ads_A100_v4', minNodes: 0 });
    expect(draw({ pool: pairs }).container.resources.limits?.['nvidia.com/gpu']).toBe('2');
    const half = draw({ pool: pairs, gpus: 1 }).container.resources;
    expect(half.requests['nvidia.com/gpu']).toBe('1');
    expect(half.limits?.['nvidia.com/gpu']).toBe('1');
    expect(quantity(half.limits?.['memory'])).toBeLessThanOrEqual(pairs.capacity.workloadMemoryBytes / 2);
  });

  test('tolerates and selects exactly its pool', () => {
    expect(drawn.pod.tolerations).toEqual([
      { key: 'nvidia.com/gpu', operator: 'Equal', value: 'present', effect: 'NoSchedule' },
      { key: 'warmpath.dev/purpose', operator: 'Equal', value: 'training', effect: 'NoSchedule' },
    ]);
    const { nodeSelectorTerms } = drawn.pod.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution;
    expect(nodeSelectorTerms[0]?.matchExpressions[0]?.values).toEqual(['train']);
  });

  test('may borrow an inference pool, whose taints it then tolerates', () => {
    const { pod } = draw({ pool: pool() });
    expect(pod.tolerations).toContainEqual({
      key: 'warmpath.dev/purpose',
      operator: 'Equal',
      value: 'inference',
      effect: 'NoSchedule',
    });
    expect(pod.priorityClassName).toBe('warmpath-batch');
  });

  test("satisfies Pod Security 'restricted'", () => {
    expect(drawn.pod.securityContext).toMatchObject({
      runAsNonRoot: true,
      runAsUser: 1000,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(drawn.container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(drawn.pod.automountServiceAccountToken).toBe(false);
  });

  test('has a writable HOME and its own variables', () => {
    const env = envOf(draw({ env: { EPOCHS: '3' } }).container);
    expect(env).toMatchObject({ HOME: '/home/job', EPOCHS: '3' });
    expect(drawn.container.volumeMounts.map(({ mountPath }) => mountPath)).toContain('/home/job');
  });

  test('gets time for a checkpoint when it is pushed out', () => {
    expect(drawn.pod.terminationGracePeriodSeconds).toBe(120);
    const longer = draw({ checkpointGrace: Duration.minutes(5) });
    expect(longer.pod.terminationGracePeriodSeconds).toBe(300);
  });

  test('keeps its checkpoints on a disk that outlives its pods', () => {
    const kept = draw({ checkpoints: { sizeGiB: 512, storageClassName: 'managed-csi-premium' } });
    expect(kept.one('PersistentVolumeClaim').spec).toEqual({
      accessModes: ['ReadWriteOnce'],
      storageClassName: 'managed-csi-premium',
      resources: { requests: { storage: '512Gi' } },
    });
    expect(kept.pod.volumes).toContainEqual({
      name: 'claim-0',
      persistentVolumeClaim: { claimName: 'finetune', readOnly: false },
    });
    expect(kept.container.volumeMounts).toContainEqual({
      name: 'claim-0',
      mountPath: '/checkpoints',
      readOnly: false,
    });
  });

  test('has no disk unless one is asked for', () => {
    expect(drawn.all('PersistentVolumeClaim')).toEqual([]);
  });

  test('is called by nobody and calls only what is declared', () => {
    const { spec } = draw({ egress: [{ cidr: '10.9.0.0/16' }] }).one('NetworkPolicy');
    expect(spec.policyTypes).toEqual(['Ingress', 'Egress']);
    expect(spec.ingress).toBeUndefined();
    expect(spec.egress?.map(({ ports }) => ports?.map(({ port }) => port))).toEqual([[53, 53], [443]]);
    expect(drawn.job.spec.template.metadata.labels).toMatchObject(spec.podSelector.matchLabels ?? {});
  });

  test('warns of an image that is pinned by tag only', () => {
    const { chart, container } = draw({ image: 'registry.example.com/team/trainer:1.4.2' });
    expect(container.image).toBe('registry.example.com/team/trainer:1.4.2');
    expect(warningsOf(chart).map(({ problem }) => problem.rule)).toEqual(['WP-IMG-003']);
    expect(warningsOf(drawn.chart)).toEqual([]);
    expect(drawn.container.image).toBe(`registry.example.com/team/trainer:1.4.2@${DIGEST}`);
  });

  test('draws nothing when it is refused', () => {
    const construct = new GpuTrainingJob(newChart(), 'finetune', jobProps({ command: [] }));
    expect(construct.plan).toBeUndefined();
    expect(construct.node.children).toEqual([]);
  });
});

describe('training beside inference', () => {
  test('on an inference pool needs no room of its own, because inference pushes it out', () => {
    const app = new App();
    const shared = pool({ maxNodes: 4 });
    new GpuInferenceService(new Chart(app, 'a'), 'chat', serviceProps({ pool: shared, replicas: 4 }));
    new GpuTrainingJob(new Chart(app, 'b'), 'finetune', jobProps({ pool: shared }));
    expect(refusalsOf(app)).toEqual([]);
  });

  test('does not take the surge from a service', () => {
    const app = new App();
    const shared = pool({ maxNodes: 4 });
    new GpuTrainingJob(new Chart(app, 'a'), 'finetune', jobProps({ pool: shared }));
    new GpuInferenceService(new Chart(app, 'b'), 'chat', serviceProps({ pool: shared, replicas: 3 }));
    expect(synth(app).one('Deployment').spec.strategy.rollingUpdate).toEqual({ maxSurge: 1, maxUnavailable: 0 });
  });

  test('on a training pool has to fit beside other jobs', () => {
    const app = new App();
    const { pool: shared } = jobProps();
    for (const name of ['one', 'two', 'three']) {
      new GpuTrainingJob(new Chart(app, name), name, jobProps({ pool: shared }));
    }
    expect(refusalsOf(app)).toEqual([
      expect.stringMatching(/^\[PoolClaims\] WP-POOL-014 .*Allowed: 3 nodes or more\. Fix: raise maxNodes to 3/),
    ]);
  });
});
