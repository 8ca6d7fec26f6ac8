/** A node pool of AKS, written from the plan that its pods read. */
import { createHash } from 'node:crypto';
import { AgentPool, type AgentPoolArgs } from '@pulumi/azure-native/containerservice';
import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from '@pulumi/pulumi';
import { AKS_FIXED_AT_CREATION, type AksNodePoolPlan } from '../../domain/aks-node-pool';

/** What a pool of a cluster and the one that is written inside the cluster have in common. */
export type AksPoolProperties = Omit<
  AgentPoolArgs,
  'resourceGroupName' | 'resourceName' | 'agentPoolName' | 'creationData' | 'powerState' | 'vnetSubnetID'
>;

/** The plan by the names of Azure's API. */
export function aksPoolProperties(plan: AksNodePoolPlan): AksPoolProperties {
  const { autoscaling, spot, upgradeSettings } = plan;
  return {
    mode: plan.mode,
    type: 'VirtualMachineScaleSets',
    osType: 'Linux',
    vmSize: plan.vmSize,
    // The API wants a count beside the autoscaler too (Azure/AKS#1627); whoever writes it later ignores it.
    count: plan.count,
    enableAutoScaling: autoscaling !== undefined,
    ...autoscaling,
    ...(plan.availabilityZones.length > 0 && { availabilityZones: [...plan.availabilityZones] }),
    nodeLabels: { ...plan.nodeLabels },
    nodeTaints: [...plan.nodeTaints],
    osDiskType: plan.osDiskType,
    ...(plan.osDiskSizeGB !== undefined && { osDiskSizeGB: plan.osDiskSizeGB }),
    ...(plan.maxPods !== undefined && { maxPods: plan.maxPods }),
    ...(plan.gpuInstanceProfile !== undefined && { gpuInstanceProfile: plan.gpuInstanceProfile }),
    ...(plan.gpuDriver !== undefined && { gpuProfile: { driver: plan.gpuDriver } }),
    ...(spot && {
      scaleSetPriority: 'Spot',
      scaleSetEvictionPolicy: spot.evictionPolicy,
      spotMaxPrice: spot.maxPrice,
    }),
    scaleDownMode: plan.scaleDownMode,
    ...(upgradeSettings && { upgradeSettings: { ...upgradeSettings } }),
    ...(plan.capacityReservationGroupID && { capacityReservationGroupID: plan.capacityReservationGroupID }),
    ...(plan.proximityPlacementGroupID && { proximityPlacementGroupID: plan.proximityPlacementGroupID }),
    tags: { ...plan.tags },
  };
}

/**
 * The name in AKS. Pools that take turns are told apart by what Azure fixes at creation: as long as that stays, so does
 * the name, and a change of it is a new pool beside the old one.
 */
export function agentPoolName(plan: AksNodePoolPlan, subnetId?: Input<string>): string {
  if (plan.replacement === 'delete-first') return plan.name;
  const properties = aksPoolProperties(plan) as Readonly<Record<string, unknown>>;
  // A subnet that is made with the cluster changes with the cluster only.
  const subnet = typeof subnetId === 'string' ? [subnetId] : [];
  const fixed = [...AKS_FIXED_AT_CREATION.map((key) => properties[key] ?? null), ...subnet];
  const digest = createHash('sha256').update(JSON.stringify(fixed)).digest();
  // Three characters of base 36.
  return plan.name + (digest.readUInt32BE(0) % 36 ** 3).toString(36).padStart(3, '0');
}

/** Props of {@link AksGpuNodePool}. */
export interface AksGpuNodePoolProps {
  readonly plan: AksNodePoolPlan;
  readonly resourceGroupName: Input<string>;
  readonly clusterName: Input<string>;
  /** Subnet of the nodes, a resource id. @default that of the cluster's first pool */
  readonly subnetId?: Input<string>;
}

/**
 * A node pool of AKS. What Azure fixes at creation replaces the pool, in the order that the plan says; labels, taints,
 * sizes and upgrade settings are changed in place. The autoscaler's count is left alone.
 *
 * @example
 * const plan = draftAksNodePool(pool).value;
 * new AksGpuNodePool('a100', { plan, resourceGroupName: group.name, clusterName: cluster.name });
 */
export class AksGpuNodePool extends ComponentResource {
  /** Token. */
  static readonly type = 'warmpath:aks:AksGpuNodePool';

  /** Resource id. */
  readonly id: Output<string>;
  /** Name in AKS. */
  readonly agentPoolName: string;

  constructor(name: string, props: AksGpuNodePoolProps, options?: ComponentResourceOptions) {
    super(AksGpuNodePool.type, name, {}, options);
    const { plan, resourceGroupName, clusterName, subnetId } = props;
    this.agentPoolName = agentPoolName(plan, subnetId);
    const { create, update, delete: remove } = plan.timeoutMinutes;
    const pool = new AgentPool(
      name,
      {
        resourceGroupName,
        resourceName: clusterName,
        agentPoolName: this.agentPoolName,
        ...aksPoolProperties(plan),
        ...(subnetId !== undefined && { vnetSubnetID: subnetId }),
      },
      {
        parent: this,
        ignoreChanges: plan.autoscaling === undefined ? [] : ['count'],
        replaceOnChanges: [...AKS_FIXED_AT_CREATION],
        // Two pools cannot bear one name.
        deleteBeforeReplace: plan.replacement === 'delete-first',
        customTimeouts: { create: `${create}m`, update: `${update}m`, delete: `${remove}m` },
      },
    );
    this.id = pool.id;
    this.registerOutputs({ id: this.id });
  }
}
