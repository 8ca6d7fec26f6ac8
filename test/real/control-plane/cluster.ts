/** Clusters as the environments plan them: fake nodes from the pool plans, objects from the committed manifests. */
import { join } from 'node:path';
import { App, Chart } from 'cdk8s';
import type { GpuNodePoolPlan } from '../../../lib';
import { readFolder } from '../../../stacks/synthesise';
import type { ApiClient } from '../support/api';
import { fakeNode } from '../support/nodes';
import { hasCondition, type KubeObject, type Node, type ObjectMeta, type Pod } from '../support/objects';

/** The objects of a committed environment, in the order in which a folder is applied. */
export function committedObjects(environment: string): readonly KubeObject[] {
  const folder = join(__dirname, '../../../manifests', environment);
  return readFolder(folder).map(({ object }) => object as unknown as KubeObject);
}

/** The objects of a chart that a test draws with the library. */
export function draw(build: (chart: Chart) => void): readonly KubeObject[] {
  const chart = new Chart(new App(), 'test');
  build(chart);
  // As plain data: what goes over the wire.
  return JSON.parse(JSON.stringify(chart.toJson())) as KubeObject[];
}

/** As many nodes of a pool as asked, carrying what the cloud will set from the plan and what it sets by itself. */
export function nodesOf(pool: GpuNodePoolPlan, nodes = pool.maxNodes): readonly Node[] {
  const { capacity, profile, zones } = pool;
  const gpus = profile.gpu === undefined ? {} : { [profile.gpu.resourceName]: String(profile.gpus) };
  return Array.from({ length: nodes }, (_, index) =>
    fakeNode({
      name: `${pool.name}-${index}`,
      labels: {
        ...pool.labels,
        'node.kubernetes.io/instance-type': profile.machineType,
        'topology.kubernetes.io/zone': zones[index % Math.max(1, zones.length)] ?? 'none',
      },
      taints: pool.taints,
      architecture: profile.architecture,
      capacity: {
        ...gpus,
        cpu: String(profile.vcpus),
        memory: String(profile.memoryBytes),
        'ephemeral-storage': `${pool.diskGiB}Gi`,
        pods: String(capacity.maxPods),
      },
      allocatable: {
        cpu: `${capacity.allocatableCpuMillis}m`,
        memory: String(capacity.allocatableMemoryBytes),
        'ephemeral-storage': String(capacity.allocatableDiskBytes),
      },
    }),
  );
}

/** A disk for every claim of the objects: no cloud provisions one here. */
export function disksFor(objects: readonly KubeObject[]): readonly KubeObject[] {
  const claims = objects.filter(({ kind }) => kind === 'PersistentVolumeClaim');
  const classes = new Set(claims.map(({ spec }) => (spec as { storageClassName: string }).storageClassName));
  return [
    ...[...classes].map((name) => ({
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name },
      provisioner: 'kubernetes.io/no-provisioner',
    })),
    ...claims.map(({ metadata, spec }) => {
      const { storageClassName, accessModes, resources } = spec as {
        storageClassName: string;
        accessModes: string[];
        resources: { requests: { storage: string } };
      };
      return {
        apiVersion: 'v1',
        kind: 'PersistentVolume',
        metadata: { name: `${metadata.namespace}-${metadata.name}` } satisfies ObjectMeta,
        spec: {
          storageClassName,
          accessModes,
          capacity: resources.requests,
          csi: { driver: 'fake.csi.example.com', volumeHandle: `${metadata.namespace}-${metadata.name}` },
        },
      };
    }),
  ];
}

/** All pods of a namespace that carry a label value, without those that are on their way out. */
export async function podsOf(api: ApiClient, namespace: string, name: string): Promise<readonly Pod[]> {
  const labelSelector = `app.kubernetes.io/name=${name}`;
  const pods = await api.list<Pod>('v1', 'Pod', { namespace, labelSelector });
  return pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
}

/** Waits until exactly that many pods of a workload are ready. */
export function readyPods(api: ApiClient, namespace: string, name: string, pods: number): Promise<readonly Pod[]> {
  return api.waitFor(
    `${pods} ready pods of ${namespace}/${name}`,
    async () => {
      const ready = (await podsOf(api, namespace, name)).filter((pod) => hasCondition(pod, 'Ready'));
      return ready.length === pods ? ready : undefined;
    },
    60_000,
  );
}

/** Why the scheduler leaves a pod waiting, or undefined while it has not said so. */
export function unschedulable(pod: Pod): string | undefined {
  return pod.status?.conditions?.find(({ type, status }) => type === 'PodScheduled' && status === 'False')?.message;
}
