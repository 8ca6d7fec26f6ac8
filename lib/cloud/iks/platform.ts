/** A cluster of IKS with its worker pools, and what its autoscaler is told. */
import {
  ComponentResource,
  type ComponentResourceOptions,
  type Input,
  type Output,
  type ProviderResource,
  type Resource,
} from '@pulumi/pulumi';
import { ContainerAddons, ContainerVpcCluster } from '../../../imports/ibm';
import type { IksAutoscalerPlan, IksClusterPlan } from '../../domain/iks-cluster';
import { KubernetesPatch } from '../kubernetes-object';
import { IksGpuWorkerPool, zonesOf } from './gpu-pool';
import { IksNetwork, type SubnetIds } from './network';

/** How long IKS may take for a cluster (the default of terraform-provider-ibm). */
const TIMEOUT = '3h';

/** Props of {@link IksPlatform}. */
export interface IksPlatformProps {
  readonly plan: IksClusterPlan;
}

/**
 * A VPC and a cluster of IKS with its worker pools, and the autoscaler add-on where one of them grows. The system pool is
 * the cluster's default pool, which the autoscaler leaves alone. What the add-on is told stands in its ConfigMap, see
 * `IksAutoscaler`.
 *
 * From Kubernetes 1.36 IKS installs no GPU driver: the values of `GpuOperatorValues` are for NVIDIA's operator.
 *
 * @example
 * const { value: plan } = draftIksCluster({}, context);
 * const platform = new IksPlatform('prod-iks', { plan });
 */
export class IksPlatform extends ComponentResource {
  /** Token. */
  static readonly type = 'warmpath:iks:IksPlatform';

  readonly clusterId: Output<string>;
  /** CRN of the cluster. */
  readonly clusterCrn: Output<string>;
  /** Worker pools beside the default one, by name. */
  readonly pools: Readonly<Record<string, IksGpuWorkerPool>>;
  /** The cluster itself, for whoever depends on it. */
  readonly cluster: ContainerVpcCluster;

  constructor(name: string, { plan }: IksPlatformProps, options?: ComponentResourceOptions) {
    super(IksPlatform.type, name, {}, options);
    const network: { vpcId: Input<string>; subnetIds: SubnetIds } =
      plan.network ?? new IksNetwork(name, { plan }, { parent: this });
    this.cluster = this.makeCluster(name, plan, network);
    this.clusterId = this.cluster.id;
    this.clusterCrn = this.cluster.crn;
    this.pools = Object.fromEntries(
      plan.pools.map((pool) => [
        pool.name,
        new IksGpuWorkerPool(
          pool.name,
          { plan: pool, clusterId: this.clusterId, ...network, resourceGroupId: plan.resourceGroupId },
          { parent: this },
        ),
      ]),
    );
    if (plan.autoscaler !== undefined) {
      new ContainerAddons(
        name,
        {
          cluster: this.clusterId,
          addons: [{ name: 'cluster-autoscaler', version: plan.autoscaler.version }],
          // The account's other add-ons are somebody else's.
          manageAllAddons: false,
          resourceGroupId: plan.resourceGroupId,
        },
        // Later than the pools, or it owns their sizes before they have any (terraform-provider-ibm#3717).
        { parent: this, dependsOn: Object.values(this.pools) },
      );
    }
    this.registerOutputs({ clusterId: this.clusterId });
  }

  private makeCluster(
    name: string,
    plan: IksClusterPlan,
    { vpcId, subnetIds }: { readonly vpcId: Input<string>; readonly subnetIds: SubnetIds },
  ): ContainerVpcCluster {
    const { systemPool } = plan;
    return new ContainerVpcCluster(
      name,
      {
        name: plan.name,
        vpcId,
        flavor: systemPool.flavor,
        zones: zonesOf(systemPool, subnetIds),
        workerCount: systemPool.workersPerZone,
        workerLabels: { ...systemPool.labels },
        taints: systemPool.taints.map((taint) => ({ ...taint })),
        operatingSystem: systemPool.operatingSystem,
        secondaryStorage: systemPool.secondaryStorage,
        kmsInstanceId: systemPool.encryption?.kmsInstanceId,
        crk: systemPool.encryption?.rootKeyId,
        offering: 'kubernetes',
        kubeVersion: plan.kubernetesVersion,
        disablePublicServiceEndpoint: plan.privateApiServer,
        disableOutboundTrafficProtection: !plan.outboundProtection,
        resourceGroupId: plan.resourceGroupId,
        tags: [...plan.tags],
      },
      { parent: this, customTimeouts: { create: TIMEOUT, update: TIMEOUT, delete: TIMEOUT } },
    );
  }
}

/** Where the add-on looks (ibm-cloud-docs/containers, "Preparing classic and VPC clusters for autoscaling"). */
const CONFIG_MAP = { name: 'iks-ca-configmap', namespace: 'kube-system' } as const;

/** Props of {@link IksAutoscaler}. */
export interface IksAutoscalerProps {
  readonly plan: IksAutoscalerPlan;
  /** Of `@pulumi/kubernetes`, for the cluster. */
  readonly provider: ProviderResource;
  /** The cluster: what deletes it deletes this. */
  readonly cluster: Resource;
}

/**
 * Entries of the add-on's ConfigMap. The add-on owns the object, so it is patched; deleting the patch leaves the last
 * values, as the add-on does.
 *
 * @example
 * new IksAutoscaler('prod-iks', { plan: cluster.autoscaler, provider, cluster });
 */
export class IksAutoscaler extends ComponentResource {
  /** Token. */
  static readonly type = 'warmpath:iks:IksAutoscaler';

  constructor(name: string, { plan, provider, cluster }: IksAutoscalerProps, options?: ComponentResourceOptions) {
    super(IksAutoscaler.type, name, {}, options);
    new KubernetesPatch(
      `${CONFIG_MAP.namespace}/${CONFIG_MAP.name}`,
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        // The add-on wrote every entry first.
        metadata: { ...CONFIG_MAP, annotations: { 'pulumi.com/patchForce': 'true' } },
        data: { ...plan.configMap },
      },
      { parent: this, provider, deletedWith: cluster },
    );
    this.registerOutputs({});
  }
}
