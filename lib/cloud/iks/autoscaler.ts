/** What the autoscaler add-on of a cluster is told. */
import { ComponentResource, type ComponentResourceOptions, type ProviderResource, type Resource } from '@pulumi/pulumi';
import type { IksAutoscalerPlan } from '../../domain/iks-cluster';
import { KubernetesPatch } from '../kubernetes-object';

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
