/**
 * Whether pods fit the pools that a cloud was told to make. Reads two outputs, the engine's state and the manifests, and
 * nothing that either was made from.
 */
import type { Properties } from './behaviour';
import type { StateResource } from './engine';

interface Pool {
  readonly machine: string;
  readonly labels: Readonly<Record<string, string>>;
  /** `key=value:Effect` */
  readonly taints: readonly string[];
  readonly fewest: number;
  readonly most: number;
}

interface Toleration {
  readonly key?: string;
  readonly operator?: string;
  readonly value?: string;
  readonly effect?: string;
}

interface PodSpec {
  readonly tolerations?: readonly Toleration[];
  readonly affinity?: {
    readonly nodeAffinity?: {
      readonly requiredDuringSchedulingIgnoredDuringExecution?: {
        readonly nodeSelectorTerms: readonly {
          readonly matchExpressions?: readonly { readonly key: string; readonly values?: readonly string[] }[];
        }[];
      };
    };
  };
  readonly containers: readonly { readonly resources?: { readonly limits?: Readonly<Record<string, string>> } }[];
}

interface Workload {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec: {
    readonly replicas?: number;
    readonly template?: { readonly spec: PodSpec };
    readonly scaleTargetRef?: { readonly name: string };
    readonly maxReplicaCount?: number;
  };
}

/** GPUs of a machine: azure-compute-docs sizes, ibm-cloud-docs/containers vpc-flavors.md. */
const GPUS: Readonly<Record<string, number>> = {
  Standard_NC4as_T4_v3: 1,
  Standard_NC8as_T4_v3: 1,
  Standard_NC24ads_A100_v4: 1,
  Standard_NC48ads_A100_v4: 2,
  Standard_NC96ads_A100_v4: 4,
  Standard_NC80adis_H100_v5: 2,
  'gx3.24x120.l40s': 1,
};

const POOL = 'warmpath.dev/pool';

const number = (value: unknown, otherwise: number): number => (typeof value === 'number' ? value : otherwise);

function aksPool(inputs: Properties): Pool {
  const count = number(inputs.count, 0);
  return {
    machine: String(inputs.vmSize),
    labels: (inputs.nodeLabels ?? {}) as Pool['labels'],
    taints: (inputs.nodeTaints ?? []) as readonly string[],
    fewest: number(inputs.minCount, count),
    most: number(inputs.maxCount, count),
  };
}

function iksPool(inputs: Properties, autoscaled: Readonly<Record<string, { minSize: number; maxSize: number }>>): Pool {
  const zones = (inputs.zones as readonly unknown[]).length;
  const sizes = autoscaled[String(inputs.workerPoolName)];
  const count = number(inputs.workerCount, 0);
  const taints = (inputs.taints ?? []) as readonly { key: string; value: string; effect: string }[];
  return {
    machine: String(inputs.flavor),
    labels: (inputs.labels ?? {}) as Pool['labels'],
    taints: taints.map(({ key, value, effect }) => `${key}=${value}:${effect}`),
    fewest: zones * (sizes?.minSize ?? count),
    most: zones * (sizes?.maxSize ?? count),
  };
}

/** GPU pools of the state, and the sizes that the autoscaler of IKS was told. */
export function poolsOf(resources: readonly StateResource[]): readonly Pool[] {
  const patch = resources.find(({ type }) => type === 'kubernetes:core/v1:ConfigMapPatch');
  const data = patch?.inputs?.data as Readonly<Record<string, string>> | undefined;
  const config = JSON.parse(data?.['workerPoolsConfig.json'] ?? '[]') as {
    name: string;
    minSize: number;
    maxSize: number;
  }[];
  const autoscaled = Object.fromEntries(config.map((one) => [one.name, one]));
  return resources.flatMap(({ type, inputs = {} }) => {
    if (type === 'azure-native:containerservice:AgentPool') return [aksPool(inputs)];
    return type === 'ibm:index/containerVpcWorkerPool:ContainerVpcWorkerPool' ? [iksPool(inputs, autoscaled)] : [];
  });
}

function tolerates(spec: PodSpec, taint: string): boolean {
  const [, key = '', value = '', effect = ''] = /^([^=]+)=(.*):(\w+)$/.exec(taint) ?? [];
  return (spec.tolerations ?? []).some(
    (toleration) =>
      (toleration.key === undefined || toleration.key === key) &&
      (toleration.operator === 'Exists' || toleration.value === value) &&
      (toleration.effect === undefined || toleration.effect === effect),
  );
}

/** Pools that pods of the spec may stand on, by name; undefined where they may stand anywhere. */
function wanted(spec: PodSpec): readonly string[] | undefined {
  const terms = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  const expressions = terms.flatMap(({ matchExpressions = [] }) => matchExpressions);
  return expressions.find(({ key }) => key === POOL)?.values;
}

const gpusOf = ({ containers }: PodSpec): number =>
  containers
    .flatMap(({ resources }) => Object.entries(resources?.limits ?? {}))
    .filter(([name]) => /^(nvidia|amd)\.com\//.test(name))
    .reduce((sum, [, count]) => sum + Number(count), 0);

/** Everything in which pools and pods do not fit, as sentences. */
export function disagreements(pools: readonly Pool[], manifests: readonly unknown[]): readonly string[] {
  const workloads = manifests as readonly Workload[];
  const found: string[] = [];
  const needed = new Map<Pool, number>();
  const used = new Set<Pool>();
  for (const { kind, metadata, spec } of workloads) {
    const pod = spec?.template?.spec;
    const names = pod && wanted(pod);
    if (pod === undefined || names === undefined) continue;
    const who = `${kind} ${metadata.name}`;
    const scaled = workloads.find((one) => one.spec?.scaleTargetRef?.name === metadata.name);
    const pods = kind === 'DaemonSet' ? 0 : (scaled?.spec.maxReplicaCount ?? spec.replicas ?? 1);
    for (const name of names) {
      const pool = pools.find(({ labels }) => labels[POOL] === name);
      if (pool === undefined) {
        found.push(`${who} wants a pool ${name}, and no pool bears that label`);
        continue;
      }
      used.add(pool);
      needed.set(pool, (needed.get(pool) ?? 0) + pods * gpusOf(pod));
      for (const taint of pool.taints)
        if (!tolerates(pod, taint)) found.push(`${who} does not tolerate ${taint} of ${name}`);
    }
  }
  for (const pool of pools) {
    const name = pool.labels[POOL];
    const gpus = GPUS[pool.machine];
    if (gpus === undefined) found.push(`${pool.machine} is not in the table of this test`);
    else if ((needed.get(pool) ?? 0) > pool.most * gpus)
      found.push(`${name} has ${pool.most} nodes of ${gpus} GPU(s) at the most, and pods want ${needed.get(pool)}`);
    if (pool.fewest > pool.most) found.push(`${name} has ${pool.fewest} nodes at least and ${pool.most} at the most`);
    if (!used.has(pool)) found.push(`nobody wants the pool ${name}`);
    if (!pool.taints.some((taint) => /^(nvidia|amd)\.com\/gpu=/.test(taint)))
      found.push(`${name} is open to pods without GPUs`);
  }
  return found;
}
