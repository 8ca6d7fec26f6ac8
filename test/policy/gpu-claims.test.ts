import { claimsAround } from '../../lib/policy/gpu-claims';
import { Inventory, type InventoryOptions } from '../../lib/policy/inventory';
import { documents, GPU_TOLERATIONS, gpuContainer, gpuPool, type WorkloadParts, workload } from '../support/manifests';
import { objects } from '../support/verdicts';

const POOL = gpuPool('a100');

/** A workload with GPUs that gets onto the pool. */
function server(parts: WorkloadParts = {}, pod = `containers: [${gpuContainer()}]`): string {
  return workload(`tolerations: ${GPU_TOLERATIONS}\n${pod}`, parts);
}

/** The claim of the first pod, and how many its pool has. */
function claim(yaml: string, options: InventoryOptions = { pools: [POOL] }) {
  const inventory = new Inventory(objects(yaml), options);
  const [pod] = inventory.pods;
  const found = pod && claimsAround(pod, inventory);
  return found && { ...found.own, others: found.all.length - 1 };
}

const priorityClass = (name: string, value: string, more = '') =>
  `apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: { name: ${name} }\nvalue: ${value}\n${more}`;

describe('the GPUs that a workload takes', () => {
  it('are those of its pods, on the one pool that takes them', () => {
    expect(claim(server({ spec: 'replicas: 2' }))).toMatchObject({
      claimant: 'Deployment chat/chat',
      pods: 2,
      gpusPerPod: 1,
      gpusPerNode: 2,
      maxNodes: 3,
      preemptible: false,
      pool: POOL,
      others: 0,
    });
  });

  it('are counted for all workloads of the pool', () => {
    const two = documents(server(), server({ name: 'other' }), workload('containers: [{ name: a }]', { name: 'none' }));
    expect(claim(two)?.others).toBe(1);
  });

  it.each([
    ['pods without GPUs', server({}, 'containers: [{ name: a }]')],
    [
      'GPUs of two kinds',
      server(
        {},
        "containers: [{ name: a, resources: { limits: { nvidia.com/gpu: '1', nvidia.com/mig-1g.5gb: '1' } } }]",
      ),
    ],
    ['half a GPU', server({}, `containers: [{ name: a, resources: { limits: { nvidia.com/gpu: '0.5' } } }]`)],
    ['more GPUs than a node has', server({}, `containers: [${gpuContainer(3)}]`)],
    ['pods that the taints keep out', workload(`containers: [${gpuContainer()}]`)],
  ])('are not known for %s', (_, yaml) => {
    expect(claim(yaml)).toBeUndefined();
  });

  it('are not known without pools, on one of unknown size or GPUs, and on several', () => {
    expect(claim(server(), {})).toBeUndefined();
    expect(claim(server(), { pools: [{ ...POOL, maxNodes: undefined }] })).toBeUndefined();
    expect(claim(server(), { pools: [{ ...POOL, gpus: undefined }] })).toBeUndefined();
    expect(claim(server(), { pools: [POOL, gpuPool('h100')] })).toBeUndefined();
  });
});

describe('the pods of a workload', () => {
  const pods = (yaml: string, options?: InventoryOptions) => claim(yaml, options)?.pods;

  it.each([
    ['a Deployment that says nothing', 'apps/v1 Deployment', '', 1],
    ['a StatefulSet', 'apps/v1 StatefulSet', 'replicas: 4', 4],
    ['a DaemonSet: one on each node', 'apps/v1 DaemonSet', '', 3],
    ['a Job', 'batch/v1 Job', 'parallelism: 4', 4],
    ['a Job that says nothing', 'batch/v1 Job', '', 1],
    ['a Job that is switched off', 'batch/v1 Job', 'parallelism: 0', 0],
    ['a bare Pod', 'v1 Pod', '', 1],
    ['a CronJob that says nothing', 'batch/v1 CronJob', '', 1],
  ])('are those of %s', (_, kind, spec, expected) => {
    expect(pods(server({ kind, spec }))).toBe(expected);
  });

  it('are those of one run of a CronJob', () => {
    const yaml = server({ kind: 'batch/v1 CronJob' }).replace('jobTemplate:\n    spec:', '$&\n      parallelism: 5');
    expect(pods(yaml)).toBe(5);
    // What stands beside the template of the Job is not read by Kubernetes.
    expect(pods(server({ kind: 'batch/v1 CronJob', spec: 'parallelism: 5' }))).toBe(1);
  });

  it('are as many as a scaler may ask for', () => {
    const scaler = `apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata: { name: chat, namespace: chat }\nspec: { scaleTargetRef: { name: chat }, maxReplicaCount: 5 }`;
    expect(pods(documents(server({ spec: 'replicas: 1' }), scaler))).toBe(5);
  });

  it('are at most one more than the pool has GPUs: more of them tell nothing more', () => {
    expect(pods(server({ spec: 'replicas: 6' }))).toBe(6);
    expect(pods(server({ spec: 'replicas: 7' }))).toBe(7);
    expect(pods(server({ spec: 'replicas: 8' }))).toBe(7);
    const huge = { pools: [{ ...POOL, maxNodes: 100_000 }] };
    expect(pods(server({ spec: 'replicas: 900000' }), huge)).toBe(20_000);
  });

  it('are none rather than fewer', () => {
    expect(pods(server({ spec: 'replicas: -2' }))).toBe(0);
  });

  it('take room while they are updated, of their real number', () => {
    expect(claim(server({ spec: 'replicas: 4' }))?.update).toEqual({ surge: 1, unavailable: 1 });
    expect(claim(server({ kind: 'apps/v1 StatefulSet' }))?.update).toBeUndefined();
  });
});

describe('the priority of a workload', () => {
  const priority = (yaml: string) => {
    const { priority: value, priorityClass: name } = claim(yaml) ?? {};
    return [name, value];
  };
  const named = (name: string) => server({}, `priorityClassName: ${name}\ncontainers: [${gpuContainer()}]`);

  it('is that of its class', () => {
    expect(priority(documents(named('high'), priorityClass('high', '7')))).toEqual(['high', 7]);
  });

  it('is unknown where nobody shows the class', () => {
    expect(priority(named('high'))).toEqual(['high', undefined]);
    expect(priority(named('constructor'))).toEqual(['constructor', undefined]);
  });

  it('is that of Kubernetes for the classes that every cluster has', () => {
    expect(priority(named('system-node-critical'))).toEqual(['system-node-critical', 2_000_001_000]);
    expect(priority(named('system-cluster-critical'))).toEqual(['system-cluster-critical', 2_000_000_000]);
  });

  it('is 0 without a class, or that of the default class', () => {
    expect(priority(server())).toEqual(['', 0]);
    expect(priority(documents(server(), priorityClass('high', '7')))).toEqual(['', 0]);
    const preset = documents(
      server(),
      priorityClass('a', '7', 'globalDefault: false'),
      priorityClass('b', '9', 'globalDefault: true'),
    );
    expect(priority(preset)).toEqual(['', 9]);
    expect(priority(documents(server(), priorityClass('b', 'x', 'globalDefault: true')))).toEqual(['', 0]);
  });
});
