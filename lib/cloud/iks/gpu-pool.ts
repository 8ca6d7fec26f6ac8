/** A worker pool of IKS, written from the plan that its pods read. */
import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from '@pulumi/pulumi';
import { ContainerVpcWorkerPool } from '../../../imports/ibm';
import type { IksWorkerPoolPlan } from '../../domain/iks-worker-pool';
import type { SubnetIds } from './network';

/** How long IKS may take for all workers of a pool (the default of terraform-provider-ibm). */
const TIMEOUT = '90m';

/** Subnets of the zones of a pool, as IKS wants them. */
export function zonesOf({ zones }: IksWorkerPoolPlan, subnetIds: SubnetIds) {
  return zones.map((name) => {
    const subnetId = subnetIds[name];
    if (subnetId === undefined) throw new Error(`there is no subnet in ${name}`);
    return { name, subnetId };
  });
}

/** Props of {@link IksGpuWorkerPool}. */
export interface IksGpuWorkerPoolProps {
  readonly plan: IksWorkerPoolPlan;
  /** Id of the cluster. */
  readonly clusterId: Input<string>;
  readonly vpcId: Input<string>;
  /** Subnet ids by zone. */
  readonly subnetIds: SubnetIds;
  /** @default the account's default group */
  readonly resourceGroupId?: string;
}

/**
 * A worker pool of IKS. Flavor, disk and zones' network replace it: the old pool goes first, as both cannot bear one
 * name. Labels and taints are changed in place. The autoscaler's count is left alone.
 *
 * @example
 * const plan = draftIksWorkerPool(pool).value;
 * new IksGpuWorkerPool('l40s', { plan, clusterId: cluster.id, vpcId, subnetIds });
 */
export class IksGpuWorkerPool extends ComponentResource {
  /** Token. */
  static readonly type = 'warmpath:iks:IksGpuWorkerPool';

  /** `<cluster>/<worker pool id>` */
  readonly id: Output<string>;

  constructor(name: string, props: IksGpuWorkerPoolProps, options?: ComponentResourceOptions) {
    super(IksGpuWorkerPool.type, name, {}, options);
    const { plan, clusterId, vpcId, subnetIds, resourceGroupId } = props;
    const { encryption } = plan;
    const pool = new ContainerVpcWorkerPool(
      name,
      {
        cluster: clusterId,
        workerPoolName: plan.name,
        flavor: plan.flavor,
        vpcId,
        zones: zonesOf(plan, subnetIds),
        workerCount: plan.workersPerZone,
        labels: { ...plan.labels },
        taints: plan.taints.map((taint) => ({ ...taint })),
        operatingSystem: plan.operatingSystem,
        secondaryStorage: plan.secondaryStorage,
        kmsInstanceId: encryption?.kmsInstanceId,
        crk: encryption?.rootKeyId,
        resourceGroupId,
      },
      {
        parent: this,
        ignoreChanges: plan.autoscaling === undefined ? [] : ['workerCount'],
        deleteBeforeReplace: true,
        customTimeouts: { create: TIMEOUT, update: TIMEOUT, delete: TIMEOUT },
      },
    );
    this.id = pool.id;
    this.registerOutputs({ id: this.id });
  }
}
