/** Everything that IBM Cloud makes for an environment. */
import { ComponentResource, type ComponentResourceOptions, type Output, type Resource } from '@pulumi/pulumi';
import { getContainerClusterConfigOutput } from '../../../imports/ibm';
import type { CloudPlan } from '../../domain/cloud-plan';
import type { CloudEnvironment } from '../environment';
import { IksSatellite } from './attach';
import { IksFinOps } from './finops';
import { IksWorkloadIdentity } from './identity';
import { IksModelStore } from './model-store';
import { IksMonitoring } from './monitoring';
import { IksPlatform } from './platform';

/** The part of a {@link CloudPlan} that stands on IKS. */
export type IksCloudPlan = Extract<CloudPlan, { readonly cloud: 'iks' }>;

/** Props of {@link IksEnvironment}. */
export interface IksEnvironmentProps {
  readonly plan: IksCloudPlan;
}

/**
 * Cluster, worker pools, trusted profiles of workloads, model store, monitoring, reports of cost, machines elsewhere: all
 * that the plan of an environment says.
 *
 * @example
 * new IksEnvironment('prod-iks', { plan });
 */
export class IksEnvironment extends ComponentResource implements CloudEnvironment {
  /** Token. */
  static readonly type = 'warmpath:iks:IksEnvironment';

  readonly clusterId: Output<string>;
  readonly poolIds: Readonly<Record<string, Output<string>>>;
  readonly identityIds: Readonly<Record<string, Output<string>>>;
  readonly kubeconfigCommand: string;
  readonly cluster: Resource;
  /** Machines elsewhere; absent without them. */
  readonly satellite?: IksSatellite;
  private readonly plan: IksCloudPlan;

  constructor(name: string, { plan }: IksEnvironmentProps, options?: ComponentResourceOptions) {
    super(IksEnvironment.type, name, {}, options);
    this.plan = plan;
    const { cluster } = plan;
    const parent = { parent: this };
    const platform = new IksPlatform(name, { plan: cluster }, parent);
    this.cluster = platform.cluster;
    this.clusterId = platform.clusterId;
    this.poolIds = Object.fromEntries(Object.entries(platform.pools).map(([pool, { id }]) => [pool, id]));
    const endpoint = cluster.privateApiServer ? ' --endpoint private' : '';
    this.kubeconfigCommand = `ibmcloud ks cluster config --cluster ${cluster.name}${endpoint}`;

    const { region, resourceGroupId, tags } = cluster;
    const place = { clusterName: cluster.name, region, resourceGroupId, tags };
    const store = plan.modelStore && new IksModelStore(name, { plan: plan.modelStore, ...place }, parent);
    const identities = plan.identities.map((identity) => {
      const { clusterCrn } = platform;
      const made = new IksWorkloadIdentity(
        identity.name,
        { plan: identity, clusterName: cluster.name, clusterCrn },
        parent,
      );
      if (identity.modelStore !== undefined) store?.grant(identity.name, made.iamId, identity.modelStore);
      return [identity.name, made.profileId] as const;
    });
    this.identityIds = Object.fromEntries(identities);
    if (cluster.monitoring) new IksMonitoring(name, { ...place, plan: cluster.monitoring.plan }, parent);
    if (plan.costReports) new IksFinOps(name, { ...place, plan: plan.costReports }, parent);
    if (cluster.satellite) {
      this.satellite = new IksSatellite(name, { plan: cluster.satellite, resourceGroupId, tags }, parent);
    }
    this.registerOutputs({ clusterId: this.clusterId });
  }

  /** The path of a file that the provider writes. */
  kubeconfig(): Output<string> {
    const { privateApiServer } = this.plan.cluster;
    const config = getContainerClusterConfigOutput(
      { clusterNameId: this.clusterId, ...(privateApiServer && { endpointType: 'private' }) },
      { parent: this },
    );
    return config.configFilePath;
  }
}
