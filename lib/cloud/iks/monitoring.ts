/** IBM Cloud Monitoring (Sysdig) for a cluster. */
import { ComponentResource, type ComponentResourceOptions, type Output } from '@pulumi/pulumi';
import { ResourceInstance, ResourceKey } from '../../../imports/ibm';

/** Props of {@link IksMonitoring}. */
export interface IksMonitoringProps {
  /** Name of the cluster; instance and key bear it. */
  readonly clusterName: string;
  readonly region: string;
  /** Plan of the service. */
  readonly plan: string;
  readonly resourceGroupId?: string;
  readonly tags: readonly string[];
}

/**
 * An instance of IBM Cloud Monitoring and the access key of its agent. The provider has no resource any more that links
 * a cluster: the agent is installed by its Helm chart, with that key and a toleration of each GPU pool.
 *
 * @example
 * new IksMonitoring('prod-iks', { clusterName, region: 'us-south', plan: 'graduated-tier', tags });
 */
export class IksMonitoring extends ComponentResource {
  /** Token. */
  static readonly type = 'warmpath:iks:IksMonitoring';

  /** Where a person looks. */
  readonly dashboardUrl: Output<string>;
  /** What the agent needs, by name of its parts. A secret. */
  readonly agentCredentials: Output<Readonly<Record<string, string>>>;

  constructor(name: string, props: IksMonitoringProps, options?: ComponentResourceOptions) {
    super(IksMonitoring.type, name, {}, options);
    const { clusterName, region, plan, resourceGroupId, tags } = props;
    const instance = new ResourceInstance(
      `${name}-monitoring`,
      {
        name: `${clusterName}-monitoring`,
        service: 'sysdig-monitor',
        plan,
        location: region,
        resourceGroupId,
        tags: [...tags],
      },
      { parent: this },
    );
    const key = new ResourceKey(
      `${name}-monitoring`,
      { name: `${clusterName}-agent`, resourceInstanceId: instance.id, role: 'Manager' },
      { parent: this },
    );
    this.dashboardUrl = instance.dashboardUrl;
    this.agentCredentials = key.credentials;
    this.registerOutputs({ dashboardUrl: this.dashboardUrl });
  }
}
