/** Cloud and pods read one plan: exactly the pods of a pool get past its taints and ask for it, and they fit it. */
import { GpuInferenceService, type GpuNodePoolPlan, GpuTrainingJob, type Taint } from '../../lib';
import type { Environment } from '../../stacks/environment';
import { ENVIRONMENTS } from '../../stacks/environments';
import { buildEnvironment } from '../../stacks/inference';
import { type Kinds, type ObjectOf, type PodSpec, quantity, synth } from '../support/synth';

const WORKLOADS = ['Deployment', 'Job', 'DaemonSet'] as const satisfies readonly (keyof Kinds)[];

interface Workload {
  readonly name: string;
  readonly kind: string;
  readonly pods: number;
  readonly spec: PodSpec;
}

function workloadsOf(environment: Environment): readonly Workload[] {
  const result = synth(buildEnvironment(environment).app);
  return WORKLOADS.flatMap((kind) =>
    (result.all(kind) as readonly ObjectOf<'Deployment'>[]).map(({ metadata, spec }) => ({
      name: `${kind} ${metadata.name}`,
      kind,
      pods: spec.replicas ?? 1,
      spec: spec.template.spec,
    })),
  );
}

/** As the scheduler does it, for the operators that warmpath writes. */
function tolerates({ tolerations }: PodSpec, { key, value, effect }: Taint): boolean {
  return tolerations.some((one) => {
    const toleration = one as Taint & { operator: string };
    return (
      toleration.operator === 'Equal' &&
      toleration.key === key &&
      toleration.value === value &&
      toleration.effect === effect
    );
  });
}

function selects({ affinity }: PodSpec, labels: GpuNodePoolPlan['labels']): boolean {
  const { nodeSelectorTerms } = affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution;
  return nodeSelectorTerms.some(({ matchExpressions }) =>
    matchExpressions.every(({ key, operator, values }) => operator === 'In' && values.includes(labels[key] ?? '')),
  );
}

const gpusOf = ({ containers }: PodSpec) =>
  containers.reduce((sum, { resources }) => sum + quantity(resources.limits?.['nvidia.com/gpu'] ?? '0'), 0);

/** Nodes that hold the pods when the largest are placed first. */
function nodesFor(pods: readonly number[], gpusPerNode: number): number {
  const free: number[] = [];
  for (const gpus of [...pods].sort((a, b) => b - a)) {
    const node = free.findIndex((left) => left >= gpus);
    if (node < 0) free.push(gpusPerNode - gpus);
    else free[node] = (free[node] ?? 0) - gpus;
  }
  return free.length;
}

describe.each(ENVIRONMENTS)('$name', (environment) => {
  const tree = buildEnvironment(environment);
  const workloads = workloadsOf(environment);
  const named = Object.entries(environment.pools);
  const landing = (pool: GpuNodePoolPlan) =>
    workloads.filter(({ spec }) => pool.taints.every((taint) => tolerates(spec, taint)) && selects(spec, pool.labels));

  test.each(named)('pool %s gets exactly the pods that name it', (name) => {
    const pool = tree.pools.find((plan) => plan.name === name);
    if (pool === undefined) throw new Error(`${name} was not planned`);
    const placed = Object.entries(environment.services).filter(([, service]) => service.pool === name);
    const trained = tree.jobs.filter(({ plan }) => plan?.pool === pool);
    const plugin = pool.profile.gpus > 0 && pool.platform.gpuStack === 'device-plugin';
    const warm = tree.warmPools.filter((one) => one.pool === pool);
    expect(
      landing(pool)
        .map((workload) => workload.name)
        .sort(),
    ).toEqual(
      [
        ...placed.map(([service]) => `Deployment ${service}`),
        ...trained.map((job) => `Job ${job.name}`),
        ...warm.flatMap((one) => [
          `DaemonSet ${one.name}-images`,
          ...one.placeholders.map((placeholders) => `Deployment ${placeholders.name}`),
        ]),
        ...(plugin ? ['DaemonSet nvidia-device-plugin'] : []),
      ].sort(),
    );
  });

  test('every pod that takes a GPU lands on exactly one pool', () => {
    for (const { spec, kind } of workloads) {
      if (kind === 'DaemonSet') continue;
      expect(tree.pools.filter((pool) => selects(spec, pool.labels))).toHaveLength(1);
      expect(gpusOf(spec)).toBeGreaterThan(0);
    }
  });

  test('every GPU pool is closed to pods without a toleration', () => {
    for (const { profile, taints } of tree.pools) {
      const gpuTaint = { key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' };
      if (profile.gpus > 0) expect(taints).toContainEqual(gpuTaint);
      else expect(taints).not.toContainEqual(gpuTaint);
    }
  });

  test('what runs on a pool at the most fits it', () => {
    for (const pool of tree.pools) {
      const pods = landing(pool)
        .filter(({ kind }) => kind !== 'DaemonSet')
        .flatMap(({ pods: count, spec }) => Array.from({ length: count }, () => gpusOf(spec)));
      expect(pods.reduce((sum, gpus) => sum + gpus, 0)).toBeLessThanOrEqual(pool.maxGpus);
      expect(nodesFor(pods, pool.profile.gpus)).toBeLessThanOrEqual(pool.maxNodes);
    }
  });

  test('a rolling update never asks for a node that the pool cannot have', () => {
    const { objects: _, ...result } = synth(tree.app);
    for (const service of tree.services) {
      const deployment = result.one('Deployment', service.name);
      const { maxSurge } = deployment.spec.strategy.rollingUpdate as { maxSurge: number };
      const pool = service.plan?.pool;
      const pods = tree.services.filter(({ plan }) => plan?.pool === pool).flatMap(({ plan }) => plan ?? []);
      const needed = pods.reduce((sum, { maxReplicas, fit }) => sum + maxReplicas * fit.tensorParallel, 0);
      const surge = maxSurge * (service.plan?.fit.tensorParallel ?? 0);
      expect(needed + surge).toBeLessThanOrEqual(pool?.maxGpus ?? 0);
    }
  });

  test('the pods of a node together fit its cores, memory and disk', () => {
    for (const pool of tree.pools) {
      for (const { spec, kind } of landing(pool)) {
        if (kind === 'DaemonSet') continue;
        const together = Math.floor(pool.profile.gpus / gpusOf(spec));
        const sum = (resource: string) =>
          together *
          spec.containers.reduce((total, { resources }) => total + quantity(resources.requests[resource]), 0);
        expect(sum('cpu') * 1000).toBeLessThanOrEqual(pool.capacity.workloadCpuMillis);
        expect(sum('memory')).toBeLessThanOrEqual(pool.capacity.workloadMemoryBytes);
        expect(sum('ephemeral-storage')).toBeLessThanOrEqual(pool.capacity.allocatableDiskBytes);
      }
    }
  });

  test('every service and job of the environment is drawn', () => {
    expect(tree.services.map(({ name }) => name).sort()).toEqual(Object.keys(environment.services).sort());
    expect(tree.jobs.map(({ node }) => node.id).sort()).toEqual(Object.keys(environment.training ?? {}).sort());
    for (const construct of [...tree.services, ...tree.jobs]) {
      expect(construct instanceof GpuInferenceService || construct instanceof GpuTrainingJob).toBe(true);
      expect(construct.plan).toBeDefined();
    }
  });

  test('every namespace is closed by default and holds the quota of what is placed in it', () => {
    const result = synth(tree.app);
    const workloadsIn = [...Object.values(environment.services), ...Object.values(environment.training ?? {})];
    for (const { namespace } of workloadsIn) {
      const restricted = result.one('Namespace', namespace).metadata.labels;
      expect(restricted?.['pod-security.kubernetes.io/enforce']).toBe('restricted');
      const policies = result.all('NetworkPolicy').filter(({ metadata }) => metadata.namespace === namespace);
      expect(policies.map(({ metadata }) => metadata.name)).toContain('default-deny');
      const placed = [...tree.services, ...tree.jobs].filter((workload) => workload.namespace === namespace);
      const gpus = placed.reduce((sum, { plan }) => {
        const pods = plan !== undefined && 'maxReplicas' in plan ? plan.maxReplicas : 1;
        return sum + 2 * pods * (plan?.resources.gpus ?? 0);
      }, 0);
      const held = tree.warmPools
        .flatMap((pool) => pool.placeholders)
        .filter((one) => one.services.some((service) => environment.services[service]?.namespace === namespace))
        .reduce((sum, { ceiling, gpusPerPod }) => sum + 2 * ceiling * gpusPerPod, 0);
      const quota = result.all('ResourceQuota').find(({ metadata }) => metadata.namespace === namespace);
      expect(quota?.spec.hard).toEqual({ 'requests.nvidia.com/gpu': String(gpus + held) });
    }
  });
});
