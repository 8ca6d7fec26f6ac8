/** Managed Prometheus of Azure for a cluster, with Grafana if wanted. */
import { Grafana } from '@pulumi/azure-native/dashboard';
import {
  AzureMonitorWorkspace,
  DataCollectionEndpoint,
  DataCollectionRule,
  DataCollectionRuleAssociation,
} from '@pulumi/azure-native/monitor';
import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from '@pulumi/pulumi';
import { AZURE_ROLES } from '../../domain/azure-roles';
import type { CloudTags } from '../../domain/cloud-tags';
import { assignRole } from './identity';

/** Azure/prometheus-collector AddonBicepTemplate/FullAzureMonitorMetricsProfile.bicep. */
const STREAM = 'Microsoft-PrometheusMetrics';
const DESTINATION = 'MonitoringAccount1';

/** Props of {@link AksMonitoring}. */
export interface AksMonitoringProps {
  /** Name of the cluster; workspace, rule and endpoint bear it. */
  readonly clusterName: string;
  readonly clusterId: Input<string>;
  readonly resourceGroupName: Input<string>;
  readonly location: string;
  /** @default false */
  readonly grafana?: boolean;
  readonly tags: CloudTags;
}

/**
 * A workspace, and what carries metrics from the cluster there: collection needs endpoint, rule and association beside
 * the switch in the cluster (`azureMonitorProfile`), and none of them says so when another is missing.
 *
 * @example
 * new AksMonitoring('prod', { clusterName, clusterId, resourceGroupName, location, grafana: true, tags });
 */
export class AksMonitoring extends ComponentResource {
  /** Token. */
  static readonly type = 'warmpath:aks:AksMonitoring';

  /** Resource id of the workspace. */
  readonly workspaceId: Output<string>;
  /** Address of Grafana; undefined without. */
  readonly grafanaUrl: Output<string> | undefined;

  constructor(name: string, props: AksMonitoringProps, options?: ComponentResourceOptions) {
    super(AksMonitoring.type, name, {}, options);
    const { clusterName, clusterId, resourceGroupName, location } = props;
    const tags = { ...props.tags };
    const parent = { parent: this };
    const workspace = new AzureMonitorWorkspace(
      name,
      { resourceGroupName, azureMonitorWorkspaceName: clusterName, location, tags },
      parent,
    );
    this.workspaceId = workspace.id;
    const endpoint = new DataCollectionEndpoint(
      name,
      {
        resourceGroupName,
        dataCollectionEndpointName: clusterName,
        location,
        kind: 'Linux',
        networkAcls: { publicNetworkAccess: 'Enabled' },
        tags,
      },
      parent,
    );
    const rule = new DataCollectionRule(
      name,
      {
        resourceGroupName,
        dataCollectionRuleName: clusterName,
        location,
        kind: 'Linux',
        dataCollectionEndpointId: endpoint.id,
        dataSources: { prometheusForwarder: [{ name: 'PrometheusDataSource', streams: [STREAM] }] },
        destinations: { monitoringAccounts: [{ name: DESTINATION, accountResourceId: workspace.id }] },
        dataFlows: [{ streams: [STREAM], destinations: [DESTINATION] }],
        tags,
      },
      parent,
    );
    new DataCollectionRuleAssociation(
      name,
      { associationName: `${clusterName}-prometheus`, resourceUri: clusterId, dataCollectionRuleId: rule.id },
      parent,
    );
    this.grafanaUrl = props.grafana ? this.showIn(name, props) : undefined;
    this.registerOutputs({ workspaceId: this.workspaceId });
  }

  private showIn(name: string, { clusterName, resourceGroupName, location, tags }: AksMonitoringProps): Output<string> {
    const grafana = new Grafana(
      name,
      {
        resourceGroupName,
        // azure-docs managed-grafana: 2-23 letters, digits and hyphens.
        workspaceName: clusterName.slice(0, 23).replace(/-+$/, ''),
        location,
        sku: { name: 'Standard' },
        identity: { type: 'SystemAssigned' },
        properties: {
          grafanaIntegrations: {
            azureMonitorWorkspaceIntegrations: [{ azureMonitorWorkspaceResourceId: this.workspaceId }],
          },
        },
        tags: { ...tags },
      },
      { parent: this },
    );
    const principalId = grafana.identity.apply((identity) => identity?.principalId ?? '');
    assignRole(
      `${name}-grafana`,
      { role: AZURE_ROLES.monitoringDataReader, principalId, scope: this.workspaceId },
      this,
    );
    return grafana.properties.apply(({ endpoint }) => endpoint);
  }
}
