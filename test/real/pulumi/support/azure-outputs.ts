import { createHash } from 'node:crypto';
import type { Properties } from './behaviour';
import { isRecord } from './wire';

type Outputs = (id: string, inputs: Properties, name: string, tenantId: string) => Properties;

/** What the service adds to what it was sent; names and nesting are those of the SDK's output types. */
const OUTPUTS: Readonly<Record<string, Outputs>> = {
  'containerservice:ManagedCluster': (id, inputs, name, tenantId) => {
    const { location, dnsPrefix = name, resourceGroupName } = inputs;
    const host = `${dnsPrefix}-${digest(id).slice(0, 8)}`;
    const group = inputs['nodeResourceGroup'] ?? `MC_${resourceGroupName}_${name}_${location}`;
    const oidc = record(inputs['oidcIssuerProfile']);
    return {
      type: 'Microsoft.ContainerService/ManagedClusters',
      fqdn: `${host}.hcp.${location}.azmk8s.io`,
      azurePortalFQDN: `${host}.portal.hcp.${location}.azmk8s.io`,
      currentKubernetesVersion: inputs['kubernetesVersion'] ?? '1.33.5',
      maxAgentPools: 100,
      nodeResourceGroup: group,
      provisioningState: 'Succeeded',
      resourceUID: digest(id).slice(0, 24),
      powerState: { code: 'Running' },
      oidcIssuerProfile:
        oidc['enabled'] === true
          ? { ...oidc, issuerURL: `https://${location}.oic.prod-aks.azure.com/${tenantId}/${guid(id)}/` }
          : { ...oidc, enabled: false },
      identityProfile: {
        kubeletidentity: identity(
          `${groupOf(id, String(group))}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}-agentpool`,
        ),
        ...record(inputs['identityProfile']),
      },
      ...systemIdentity(id, inputs, tenantId),
    };
  },
  'containerservice:AgentPool': (_id, inputs) => ({
    type: 'Microsoft.ContainerService/managedClusters/agentPools',
    provisioningState: 'Succeeded',
    powerState: { code: 'Running' },
    currentOrchestratorVersion: inputs['orchestratorVersion'] ?? '1.33.5',
    nodeImageVersion: 'AKSUbuntu-2204gen2containerd-202510.03.0',
  }),
  'managedidentity:UserAssignedIdentity': (id, _inputs, _name, tenantId) => {
    const { clientId, objectId } = identity(id);
    return { clientId, principalId: objectId, tenantId };
  },
  'dashboard:Grafana': (id, inputs, name, tenantId) => ({
    properties: {
      ...record(inputs['properties']),
      endpoint: `https://${name}-${digest(id).slice(0, 8)}.${location(inputs)}.grafana.azure.com`,
      provisioningState: 'Succeeded',
    },
    ...systemIdentity(id, inputs, tenantId),
  }),
  'monitor:AzureMonitorWorkspace': (id, inputs, name) => {
    // Azure makes a group of its own for the default endpoint and rule of a workspace.
    const managed = `${groupOf(id, `MA_${name}_${location(inputs)}_managed`)}/providers/Microsoft.Insights`;
    return {
      accountId: guid(id),
      provisioningState: 'Succeeded',
      defaultIngestionSettings: {
        dataCollectionEndpointResourceId: `${managed}/dataCollectionEndpoints/${name}`,
        dataCollectionRuleResourceId: `${managed}/dataCollectionRules/${name}`,
      },
      metrics: {
        internalId: `mac_${guid(id)}`,
        prometheusQueryEndpoint: `https://${name}-${digest(id).slice(0, 4)}.${location(inputs)}.prometheus.monitor.azure.com`,
      },
    };
  },
  'monitor:DataCollectionEndpoint': (id, inputs, name) => ({
    immutableId: `dce-${digest(id).slice(0, 32)}`,
    provisioningState: 'Succeeded',
    configurationAccess: { endpoint: `https://${name}.${location(inputs)}-1.handler.control.monitor.azure.com` },
    logsIngestion: { endpoint: `https://${name}.${location(inputs)}-1.ingest.monitor.azure.com` },
    metricsIngestion: { endpoint: `https://${name}.${location(inputs)}-1.metrics.ingest.monitor.azure.com` },
  }),
  'monitor:DataCollectionRule': (id) => ({
    immutableId: `dcr-${digest(id).slice(0, 32)}`,
    provisioningState: 'Succeeded',
  }),
  'storage:StorageAccount': (id, inputs, name, tenantId) => ({
    provisioningState: 'Succeeded',
    primaryLocation: inputs['location'],
    primaryEndpoints: Object.fromEntries(
      ['blob', 'dfs', 'file', 'queue', 'table'].map((service) => [
        service,
        `https://${name}.${service}.core.windows.net/`,
      ]),
    ),
    ...systemIdentity(id, inputs, tenantId),
  }),
  'network:VirtualNetwork': (id, inputs) => ({
    provisioningState: 'Succeeded',
    subnets: list(inputs['subnets']).map((subnet) => ({ ...subnet, id: `${id}/subnets/${subnet['name']}` })),
  }),
  'network:PrivateEndpoint': (id, inputs, name) => ({
    provisioningState: 'Succeeded',
    networkInterfaces: [
      {
        id: `${groupOf(id, String(inputs['resourceGroupName']))}/providers/Microsoft.Network/networkInterfaces/${name}.nic`,
      },
    ],
  }),
  'kubernetesconfiguration:Extension': (id, inputs, _name, tenantId) => ({
    provisioningState: 'Succeeded',
    currentVersion: inputs['version'] ?? '1.1.0',
    aksAssignedIdentity: { ...record(inputs['aksAssignedIdentity']), principalId: guid('principal', id), tenantId },
  }),
};

/** What only the service knows of a new object; nothing for a type whose outputs are its inputs. */
export function azureOutputs(
  type: string,
  id: string,
  inputs: Properties,
  tenant: { readonly tenantId: string },
): Properties {
  const name = id.split('/').at(-1) ?? '';
  return OUTPUTS[type.replace(/^azure-native:/, '')]?.(id, inputs, name, tenant.tenantId) ?? {};
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The same GUID for the same words. */
export function guid(...words: readonly string[]): string {
  const hash = digest(words.join('\n'));
  return [hash.slice(0, 8), hash.slice(8, 12), hash.slice(12, 16), hash.slice(16, 20), hash.slice(20, 32)].join('-');
}

const identity = (resourceId: string): { clientId: string; objectId: string; resourceId: string } => ({
  clientId: guid('client', resourceId),
  objectId: guid('principal', resourceId),
  resourceId,
});

/** A principal of its own, for whoever asked for one. */
function systemIdentity(id: string, inputs: Properties, tenantId: string): Properties {
  const asked = record(inputs['identity']);
  if (!String(asked['type'] ?? '').includes('SystemAssigned')) return {};
  return { identity: { ...asked, principalId: guid('principal', id), tenantId } };
}

const groupOf = (id: string, group: string): string => `${id.split('/').slice(0, 4).join('/')}/${group}`;

const location = (inputs: Properties): string => String(inputs['location']);

const record = (value: unknown): Properties => (isRecord(value) ? value : {});

const list = (value: unknown): readonly Properties[] => (Array.isArray(value) ? value.map(record) : []);
