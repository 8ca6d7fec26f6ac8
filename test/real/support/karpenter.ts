import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ApiClient } from './api';
import { type ControlPlane, plainOk } from './control-plane';
import { installCrds } from './crds';
import type { Condition, KubeObject, Taint } from './objects';
import { freePorts } from './ports';
import { toolPaths } from './tools';

/** A machine that Karpenter may order. */
export interface InstanceType {
  readonly name: string;
  /** Quantities that pods may use; Karpenter's kwok provider knows no others. */
  readonly resources: Readonly<Record<string, string>>;
  /** @default amd64 */
  readonly architecture?: string;
  /** Price per hour. @default 1 */
  readonly price?: number;
  /** @default on-demand */
  readonly capacityType?: 'on-demand' | 'spot';
  /** @default test-zone-a */
  readonly zones?: readonly string[];
}

/** A NodePool with its KWOKNodeClass. */
export interface NodePoolOptions {
  readonly name: string;
  readonly instanceTypes: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: readonly Taint[];
  /** From the order of a machine to its node in the cluster: the node part of a cold start. Whole seconds. */
  readonly nodeRegistrationDelaySeconds: number;
  /** Most machines, counted by a resource: `{ 'nvidia.com/gpu': '8' }`. @default no limit */
  readonly limits?: Readonly<Record<string, string>>;
  /** Idle time after which an empty node goes, or `Never`. @default Never */
  readonly consolidateAfter?: string;
}

/** Of Karpenter, how long it gathers pods before it orders machines. */
export interface KarpenterOptions {
  readonly instanceTypes: readonly InstanceType[];
  /** Go duration. @default 1s, Karpenter's own */
  readonly batchIdleDuration?: string;
  /** Go duration. @default 10s, Karpenter's own */
  readonly batchMaxDuration?: string;
}

/** One order of a machine. */
export interface NodeClaim extends KubeObject {
  readonly status?: {
    readonly nodeName?: string;
    readonly conditions?: readonly (Condition & { readonly lastTransitionTime?: string })[];
  };
}

/**
 * Starts Karpenter with its kwok provider: it orders machines for pods that wait, and they appear as nodes that kwok
 * keeps alive. Runs outside of the cluster, as an administrator, and ends with the control plane.
 */
export async function startKarpenter(plane: ControlPlane, options: KarpenterOptions): Promise<void> {
  const command = toolPaths('spike')['karpenter-kwok'] ?? '';
  const [metricsPort = 0, probePort = 0] = await freePorts(2);
  for (const folder of ['pkg/apis/crds', 'kwok/apis/crds']) {
    await installCrds(plane.api, join(dirname(command), folder));
  }
  const instanceTypes = join(plane.dir, 'instance-types.json');
  writeFileSync(instanceTypes, JSON.stringify(options.instanceTypes.map(forProvider)));
  await plane.attach({
    name: 'karpenter-kwok',
    command,
    args: [],
    env: {
      ...process.env,
      KUBECONFIG: plane.kubeconfig,
      KUBERNETES_MIN_VERSION: '1.19.0-0',
      CLUSTER_NAME: 'warmpath-test',
      SYSTEM_NAMESPACE: 'kube-system',
      DISABLE_LEADER_ELECTION: 'true',
      METRICS_PORT: String(metricsPort),
      HEALTH_PROBE_PORT: String(probePort),
      BATCH_IDLE_DURATION: options.batchIdleDuration ?? '1s',
      BATCH_MAX_DURATION: options.batchMaxDuration ?? '10s',
      INSTANCE_TYPES_FILE_PATH: instanceTypes,
    },
    ready: () => plainOk(`http://127.0.0.1:${probePort}/readyz`),
  });
}

/** The objects by which Karpenter knows what it may order, and how long a machine takes. */
export function nodePool(options: NodePoolOptions): readonly KubeObject[] {
  const { name, labels, taints = [], limits, consolidateAfter = 'Never' } = options;
  return [
    {
      apiVersion: 'karpenter.kwok.sh/v1alpha1',
      kind: 'KWOKNodeClass',
      metadata: { name },
      spec: { nodeRegistrationDelay: `${options.nodeRegistrationDelaySeconds}s` },
    },
    {
      apiVersion: 'karpenter.sh/v1',
      kind: 'NodePool',
      metadata: { name },
      spec: {
        ...(limits && { limits }),
        disruption: { consolidationPolicy: 'WhenEmpty', consolidateAfter },
        template: {
          metadata: { labels: { ...labels } },
          spec: {
            nodeClassRef: { group: 'karpenter.kwok.sh', kind: 'KWOKNodeClass', name },
            expireAfter: 'Never',
            taints,
            requirements: [
              { key: 'node.kubernetes.io/instance-type', operator: 'In', values: options.instanceTypes },
              { key: 'karpenter.sh/capacity-type', operator: 'In', values: ['on-demand', 'spot'] },
            ],
          },
        },
      },
    },
  ];
}

/** Every order of the cluster. */
export function nodeClaims(api: ApiClient): Promise<NodeClaim[]> {
  return api.list<NodeClaim>('karpenter.sh/v1', 'NodeClaim');
}

/** As `kwok/cloudprovider/helpers.go` of Karpenter reads it. */
function forProvider({ name, resources, ...rest }: InstanceType): object {
  const { architecture = 'amd64', price = 1, capacityType = 'on-demand', zones = ['test-zone-a'] } = rest;
  return {
    name,
    architecture,
    operatingSystems: ['linux'],
    resources,
    offerings: zones.map((zone) => ({
      Price: price,
      Available: true,
      Requirements: [
        { key: 'karpenter.sh/capacity-type', operator: 'In', values: [capacityType] },
        { key: 'topology.kubernetes.io/zone', operator: 'In', values: [zone] },
      ],
    })),
  };
}
