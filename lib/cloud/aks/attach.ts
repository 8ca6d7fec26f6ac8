/** Services of Azure that attach to a cluster. */
import { Extension } from '@pulumi/azure-native/kubernetesconfiguration';
import { ComponentResource, type ComponentResourceOptions, type Input } from '@pulumi/pulumi';
import type { AzureMachineLearningPlan } from '../../domain/aks-cluster';

/** How a cluster is addressed: one of AKS, or any that Azure Arc knows. */
export type AttachedCluster =
  | { readonly kind: 'aks'; readonly name: Input<string> }
  | { readonly kind: 'arc'; readonly name: Input<string> };

const CLUSTER_TYPES = {
  aks: { clusterRp: 'Microsoft.ContainerService', clusterResourceName: 'managedClusters' },
  arc: { clusterRp: 'Microsoft.Kubernetes', clusterResourceName: 'connectedClusters' },
} as const;

/** Props of {@link AksMachineLearning}. */
export interface AksMachineLearningProps {
  readonly plan: AzureMachineLearningPlan;
  readonly cluster: AttachedCluster;
  readonly resourceGroupName: Input<string>;
}

/**
 * Azure Machine Learning on a cluster of AKS, or through Azure Arc on any other: an extension that trains or serves
 * there, without the device plugin and exporters that warmpath brings.
 *
 * @example
 * new AksMachineLearning('ml', { plan, cluster: { kind: 'aks', name: cluster.name }, resourceGroupName });
 */
export class AksMachineLearning extends ComponentResource {
  /** Token. */
  static readonly type = 'warmpath:aks:AksMachineLearning';

  constructor(name: string, props: AksMachineLearningProps, options?: ComponentResourceOptions) {
    super(AksMachineLearning.type, name, {}, options);
    const { plan, cluster, resourceGroupName } = props;
    new Extension(
      name,
      {
        resourceGroupName,
        ...CLUSTER_TYPES[cluster.kind],
        clusterName: cluster.name,
        extensionName: 'azureml',
        extensionType: 'Microsoft.AzureML.Kubernetes',
        autoUpgradeMinorVersion: true,
        releaseTrain: 'stable',
        scope: { cluster: { releaseNamespace: 'azureml' } },
        // The extension calls its workspace as itself.
        identity: { type: 'SystemAssigned' },
        configurationSettings: { ...plan.settings },
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
