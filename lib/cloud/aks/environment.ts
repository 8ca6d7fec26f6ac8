/** Everything that Azure makes for an environment. */
import { listManagedClusterUserCredentialsOutput } from '@pulumi/azure-native/containerservice';
import { ComponentResource, type ComponentResourceOptions, type Output, type Resource, secret } from '@pulumi/pulumi';
import type { CloudPlan } from '../../domain/cloud-plan';
import type { CloudEnvironment } from '../environment';
import { AksMachineLearning } from './attach';
import { AksFinOps } from './finops';
import { AksWorkloadIdentity } from './identity';
import { AksModelStore } from './model-store';
import { AksMonitoring } from './monitoring';
import { AksPlatform } from './platform';

/** The part of a {@link CloudPlan} that stands on AKS. */
export type AksCloudPlan = Extract<CloudPlan, { readonly cloud: 'aks' }>;

/** Props of {@link AksEnvironment}. */
export interface AksEnvironmentProps {
  readonly plan: AksCloudPlan;
}

/**
 * Cluster, pools, identities of workloads, model store, monitoring, budget: all that the plan of an environment says.
 *
 * @example
 * new AksEnvironment('prod', { plan });
 */
export class AksEnvironment extends ComponentResource implements CloudEnvironment {
  /** Token. */
  static readonly type = 'warmpath:aks:AksEnvironment';

  readonly clusterId: Output<string>;
  readonly poolIds: Readonly<Record<string, Output<string>>>;
  readonly identityIds: Readonly<Record<string, Output<string>>>;
  readonly kubeconfigCommand: string;
  readonly cluster: Resource;
  private readonly platform: AksPlatform;

  constructor(name: string, { plan }: AksEnvironmentProps, options?: ComponentResourceOptions) {
    super(AksEnvironment.type, name, {}, options);
    const { cluster } = plan;
    const parent = { parent: this };
    this.platform = new AksPlatform(name, { plan: cluster }, parent);
    this.cluster = this.platform.cluster;
    this.clusterId = this.platform.clusterId;
    this.poolIds = Object.fromEntries(Object.entries(this.platform.pools).map(([pool, { id }]) => [pool, id]));
    this.kubeconfigCommand = `az aks get-credentials --resource-group ${cluster.resourceGroupName} --name ${cluster.name}`;

    const { resourceGroupName, clusterId, oidcIssuerUrl } = this.platform;
    const place = { resourceGroupName, location: cluster.location, clusterName: cluster.name, tags: cluster.tags };
    const store = this.makeStore(name, plan);
    const identities = plan.identities.map((identity) => {
      const made = new AksWorkloadIdentity(identity.name, { plan: identity, oidcIssuerUrl, ...place }, parent);
      if (identity.modelStore !== undefined) store?.grant(identity.name, made.principalId, identity.modelStore);
      return [identity.name, made.clientId] as const;
    });
    this.identityIds = Object.fromEntries(identities);
    const { managedPrometheus, machineLearning } = cluster;
    if (managedPrometheus) new AksMonitoring(name, { ...place, clusterId, ...managedPrometheus }, parent);
    this.makeBudget(name, plan);
    if (machineLearning) {
      const attached = { kind: 'aks', name: this.platform.clusterName } as const;
      new AksMachineLearning(name, { plan: machineLearning, cluster: attached, resourceGroupName }, parent);
    }
    this.registerOutputs({ clusterId });
  }

  /** Entra asks whoever uses it: the text holds no password, but says who may log in and where. */
  kubeconfig(): Output<string> {
    const { resourceGroupName, clusterName } = this.platform;
    const credentials = listManagedClusterUserCredentialsOutput(
      { resourceGroupName, resourceName: clusterName },
      { parent: this },
    );
    return secret(
      credentials.kubeconfigs.apply(([first]) => Buffer.from(first?.value ?? '', 'base64').toString('utf8')),
    );
  }

  private makeStore(name: string, { modelStore, cluster }: AksCloudPlan): AksModelStore | undefined {
    const { resourceGroupName, endpointSubnetId, networkId } = this.platform;
    if (modelStore === undefined || endpointSubnetId === undefined) return undefined;
    const { location, tags } = cluster;
    const props = { plan: modelStore, resourceGroupName, location, endpointSubnetId, networkId, tags };
    return new AksModelStore(name, props, { parent: this });
  }

  private makeBudget(name: string, { budget, cluster }: AksCloudPlan): void {
    if (budget === undefined) return;
    const resourceGroupNames = [cluster.resourceGroupName, cluster.nodeResourceGroup];
    const { resourceGroupId } = this.platform;
    const props = { plan: budget, clusterName: cluster.name, resourceGroupId, resourceGroupNames };
    new AksFinOps(name, props, { parent: this });
  }
}
