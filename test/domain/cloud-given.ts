/** The clouds as one table: what a test needs to say of each, and what both plans mean in the same words. */
import {
  type AksClusterContext,
  type AksNodePoolPlan,
  type AksPoolSpec,
  type Cloud,
  type CloudContext,
  type CloudPlan,
  type Draft,
  draftAksNodePool,
  draftIksWorkerPool,
  type GpuNodePoolPlan,
  type GpuNodePoolSpec,
  type IksClusterContext,
  type IksPoolSpec,
  type IksWorkerPoolPlan,
  planGpuNodePool,
  type Taint,
  type TaintEffect,
} from '../../lib/domain';
import { aksPool, iksPool, OWNERSHIP, platform } from './given';

const SUBSCRIPTION = '/subscriptions/0b1f6471-1bf0-4dda-aec3-111122223333/resourceGroups/network/providers';

/** Resource ids as Azure prints them. */
export const AZURE_IDS = {
  nodes: `${SUBSCRIPTION}/Microsoft.Network/virtualNetworks/hub/subnets/nodes`,
  endpoints: `${SUBSCRIPTION}/Microsoft.Network/virtualNetworks/hub/subnets/endpoints`,
  reservation: `${SUBSCRIPTION}/Microsoft.Compute/capacityReservationGroups/a100`,
  proximity: `${SUBSCRIPTION}/Microsoft.Compute/proximityPlacementGroups/rack`,
} as const;

/** A pool of a cloud, in words that every cloud has. */
export interface PoolView {
  readonly name: string;
  readonly machine: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  readonly zones: readonly string[];
  /** Nodes over all zones. */
  readonly nodes: number;
  /** Nodes over all zones; absent for a pool of fixed size. */
  readonly autoscaling?: { readonly least: number; readonly most: number };
}

/** `key=value:Effect`, as Azure's documentation splits it: a key holds no '=', a value no ':'. */
export function parsedAksTaint(text: string): Taint {
  const [key = '', rest = ''] = text.split('=');
  const [value = '', effect] = rest.split(':');
  return { key, value, effect: effect as TaintEffect };
}

export function aksView(pool: AksNodePoolPlan): PoolView {
  const { autoscaling } = pool;
  return {
    name: pool.name,
    machine: pool.vmSize,
    labels: pool.nodeLabels,
    taints: pool.nodeTaints.map(parsedAksTaint),
    zones: pool.availabilityZones,
    nodes: pool.count,
    ...(autoscaling && { autoscaling: { least: autoscaling.minCount, most: autoscaling.maxCount } }),
  };
}

/** IKS counts the workers of a zone. */
export function iksView(pool: IksWorkerPoolPlan): PoolView {
  const { autoscaling, zones } = pool;
  const all = (perZone: number) => perZone * zones.length;
  return {
    name: pool.name,
    machine: pool.flavor,
    labels: pool.labels,
    taints: pool.taints,
    zones,
    nodes: all(pool.workersPerZone),
    ...(autoscaling && { autoscaling: { least: all(autoscaling.minSize), most: all(autoscaling.maxSize) } }),
  };
}

/** A cloud as a row of a table: a third cloud is a third row. */
export interface CloudRow {
  readonly cloud: Cloud;
  readonly zones: readonly [string, string, string];
  readonly machine: string;
  /** A legal system pool and a legal GPU pool of three zones. */
  readonly system: (more?: Partial<GpuNodePoolSpec>) => GpuNodePoolPlan;
  readonly gpu: (more?: Partial<GpuNodePoolSpec>) => GpuNodePoolPlan;
  readonly pool: (plan: GpuNodePoolPlan) => Draft<PoolView>;
  readonly cluster: (plan: CloudPlan) => { readonly system: PoolView; readonly others: readonly PoolView[] };
  /** Tags of the cluster, as names and values. */
  readonly tags: (plan: CloudPlan) => Readonly<Record<string, string>>;
}

const AKS_ZONES = ['1', '2', '3'] as const;
const IKS_ZONES = ['us-south-1', 'us-south-2', 'us-south-3'] as const;

const seen = <T>({ value, problems }: Draft<T>, view: (value: T) => PoolView): Draft<PoolView> => ({
  value: value === undefined ? undefined : view(value),
  problems,
});

const withName = (name: string, plans: readonly PoolView[]): PoolView => {
  const [plan] = plans;
  if (plan === undefined) throw new Error(`${name} has no pool`);
  return plan;
};

export const CLOUDS: readonly CloudRow[] = [
  {
    cloud: 'aks',
    zones: AKS_ZONES,
    machine: 'Standard_NC24ads_A100_v4',
    system: (more) => aksSystem({ zones: AKS_ZONES, ...more }),
    gpu: (more) => planGpuNodePool(aksPool({ zones: AKS_ZONES, minNodes: 3, maxNodes: 6, ...more })),
    pool: (plan) => seen(draftAksNodePool(plan), aksView),
    cluster: (plan) => {
      if (plan.cloud !== 'aks') throw new Error('this is no plan of AKS');
      return { system: withName('aks', [aksView(plan.cluster.systemPool)]), others: plan.cluster.pools.map(aksView) };
    },
    tags: ({ cluster: { tags } }) => tags as Readonly<Record<string, string>>,
  },
  {
    cloud: 'iks',
    zones: IKS_ZONES,
    machine: 'gx3.24x120.l40s',
    system: (more) => iksSystem(more),
    gpu: (more) => planGpuNodePool(iksPool({ zones: IKS_ZONES, minNodes: 3, maxNodes: 6, ...more })),
    pool: (plan) => seen(draftIksWorkerPool(plan), iksView),
    cluster: (plan) => {
      if (plan.cloud !== 'iks') throw new Error('this is no plan of IKS');
      return { system: withName('iks', [iksView(plan.cluster.systemPool)]), others: plan.cluster.pools.map(iksView) };
    },
    tags: ({ cluster: { tags } }) =>
      Object.fromEntries((tags as readonly string[]).map((tag) => tag.split(/:(.*)/).slice(0, 2))),
  },
];

export function aksSystem(more: Partial<GpuNodePoolSpec> = {}): GpuNodePoolPlan {
  const machine = 'Standard_D4s_v5';
  return planGpuNodePool(aksPool({ name: 'system', purpose: 'system', machine, minNodes: 3, maxNodes: 3, ...more }));
}

export function iksSystem(more: Partial<GpuNodePoolSpec> = {}): GpuNodePoolPlan {
  const base = { name: 'system', purpose: 'system', machine: 'bx2.4x16', zones: IKS_ZONES } as const;
  return planGpuNodePool(iksPool({ ...base, minNodes: 3, maxNodes: 3, ...more }));
}

export function iksGpu(more: Partial<GpuNodePoolSpec> = {}): GpuNodePoolPlan {
  return planGpuNodePool(iksPool({ zones: IKS_ZONES, minNodes: 3, maxNodes: 6, ...more }));
}

export function aksContext(more: Partial<AksClusterContext> = {}): AksClusterContext {
  return {
    environment: 'prod',
    platform: platform('aks'),
    ownership: OWNERSHIP,
    pools: [aksSystem()],
    poolSpecs: {},
    patience: {},
    scales: false,
    recommends: false,
    modelStore: false,
    ...more,
  };
}

export function iksContext(more: Partial<IksClusterContext> = {}): IksClusterContext {
  return {
    environment: 'prod',
    platform: platform('iks'),
    ownership: OWNERSHIP,
    pools: [iksSystem()],
    poolSpecs: {},
    coldStartSeconds: 0,
    ...more,
  };
}

/** The context of a cloud with a system pool and a GPU pool. */
export function cloudContext(row: CloudRow, more: Partial<CloudContext> = {}): CloudContext {
  return {
    environment: 'prod',
    platform: platform(row.cloud),
    ownership: OWNERSHIP,
    pools: [row.gpu(), row.system()],
    poolSpecs: {},
    workloads: [],
    scales: false,
    recommends: false,
    ...more,
  };
}

/** A setting of pools that only its own cloud knows. */
export const OWN_POOL_SETTINGS: Readonly<Record<Cloud, { readonly aks?: AksPoolSpec; readonly iks?: IksPoolSpec }>> = {
  aks: { aks: { maxPods: 30 } },
  iks: { iks: { operatingSystem: 'UBUNTU_24_64' } },
};
