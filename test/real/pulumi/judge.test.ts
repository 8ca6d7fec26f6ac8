/** The judge of azure-native inputs, before it judges anybody: it refuses what is wrong and nothing else. */
import { armJudge, resourceTypes } from './support/arm';
import { Azure } from './support/azure';
import { type Failure, type Properties, UNKNOWN } from './support/behaviour';

const azure = new Azure({ subscriptionId: 'subscription', tenantId: 'tenant', kubeconfig: 'kubeconfig' });

function failures(type: string, news: Properties, olds: Properties = {}): readonly Failure[] {
  return azure.check({ type: `azure-native:${type}`, name: 'name', news, olds, seed: '0123456789abcdef' }).failures;
}

const inGroup = { resourceGroupName: 'platform', location: 'westeurope' };

const POOL: Properties = {
  resourceGroupName: 'platform',
  resourceName: 'cluster',
  agentPoolName: 'a100',
  mode: 'User',
  type: 'VirtualMachineScaleSets',
  vmSize: 'Standard_NC24ads_A100_v4',
  count: 1,
  enableAutoScaling: true,
  minCount: 0,
  maxCount: 3,
  availabilityZones: ['1', '2'],
  nodeTaints: ['nvidia.com/gpu=present:NoSchedule'],
  nodeLabels: { 'example.com/pool': 'a100' },
  gpuProfile: { driver: 'None' },
  osDiskType: 'Managed',
  scaleDownMode: 'Deallocate',
  upgradeSettings: { maxSurge: '0', maxUnavailable: '1' },
  tags: { team: 'chat' },
};

const CLUSTER: Properties = {
  ...inGroup,
  resourceName: 'cluster',
  dnsPrefix: 'cluster',
  kubernetesVersion: '1.35',
  sku: { name: 'Base', tier: 'Standard' },
  identity: { type: 'UserAssigned', userAssignedIdentities: ['/subscriptions/s/identity'] },
  agentPoolProfiles: [{ name: 'system', mode: 'System', count: 3, vmSize: 'Standard_D4s_v5' }],
  autoScalerProfile: { expander: 'least-waste', scaleDownUnneededTime: '10m', okTotalUnreadyCount: '3' },
  oidcIssuerProfile: { enabled: true },
  securityProfile: { workloadIdentity: { enabled: true } },
  workloadAutoScalerProfile: { keda: { enabled: true } },
  storageProfile: { blobCSIDriver: { enabled: true } },
  aadProfile: { managed: true, enableAzureRBAC: true },
  disableLocalAccounts: true,
};

/** Bodies as Azure's documentation shows them: property by property in order, and taken by the service. */
const GOOD: readonly (readonly [type: string, inputs: Properties])[] = [
  ['resources:ResourceGroup', { ...inGroup, tags: { team: 'chat' } }],
  ['containerservice:ManagedCluster', CLUSTER],
  ['containerservice:AgentPool', POOL],
  [
    'containerservice:MaintenanceConfiguration',
    {
      resourceGroupName: 'platform',
      resourceName: 'cluster',
      configName: 'aksManagedNodeOSUpgradeSchedule',
      maintenanceWindow: {
        durationHours: 4,
        startTime: '01:00',
        schedule: { weekly: { dayOfWeek: 'Sunday', intervalWeeks: 1 } },
      },
    },
  ],
  ['managedidentity:UserAssignedIdentity', { ...inGroup, resourceName: 'inference' }],
  [
    'managedidentity:FederatedIdentityCredential',
    {
      resourceGroupName: 'platform',
      resourceName: 'inference',
      federatedIdentityCredentialResourceName: 'chat',
      issuer: 'https://example.com/',
      subject: 'system:serviceaccount:chat:chat',
      audiences: ['api://AzureADTokenExchange'],
    },
  ],
  [
    'authorization:RoleAssignment',
    {
      scope: '/subscriptions/s',
      roleAssignmentName: '11111111-2222-3333-4444-555555555555',
      principalId: '11111111-2222-3333-4444-555555555555',
      principalType: 'ServicePrincipal',
      roleDefinitionId: '/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/x',
    },
  ],
  [
    'storage:StorageAccount',
    {
      ...inGroup,
      accountName: 'models0001',
      kind: 'StorageV2',
      sku: { name: 'Standard_ZRS' },
      isHnsEnabled: true,
      enableNfsV3: true,
      enableHttpsTrafficOnly: true,
      allowSharedKeyAccess: false,
      minimumTlsVersion: 'TLS1_2',
      networkRuleSet: { defaultAction: 'Deny', bypass: 'AzureServices' },
      publicNetworkAccess: 'Disabled',
    },
  ],
  ['storage:BlobContainer', { resourceGroupName: 'platform', accountName: 'models0001', containerName: 'weights' }],
  [
    'storage:ManagementPolicy',
    {
      resourceGroupName: 'platform',
      accountName: 'models0001',
      managementPolicyName: 'default',
      policy: {
        rules: [
          {
            name: 'cool',
            type: 'Lifecycle',
            enabled: true,
            definition: {
              filters: { blobTypes: ['blockBlob'] },
              actions: { baseBlob: { tierToCool: { daysAfterLastAccessTimeGreaterThan: 30 } } },
            },
          },
        ],
      },
    },
  ],
  [
    'network:VirtualNetwork',
    { ...inGroup, virtualNetworkName: 'net', addressSpace: { addressPrefixes: ['10.0.0.0/8'] } },
  ],
  [
    'network:Subnet',
    { resourceGroupName: 'platform', virtualNetworkName: 'net', subnetName: 'nodes', addressPrefix: '10.1.0.0/16' },
  ],
  [
    'network:PrivateEndpoint',
    {
      ...inGroup,
      privateEndpointName: 'models',
      subnet: { id: '/subscriptions/s/subnet' },
      privateLinkServiceConnections: [
        { name: 'models', privateLinkServiceId: '/subscriptions/s/account', groupIds: ['dfs'] },
      ],
    },
  ],
  [
    'network:PrivateDnsZoneGroup',
    {
      resourceGroupName: 'platform',
      privateEndpointName: 'models',
      privateDnsZoneGroupName: 'default',
      privateDnsZoneConfigs: [{ name: 'dfs', privateDnsZoneId: '/subscriptions/s/zone' }],
    },
  ],
  [
    'privatedns:PrivateZone',
    { resourceGroupName: 'platform', location: 'global', privateZoneName: 'privatelink.dfs.core.windows.net' },
  ],
  [
    'privatedns:VirtualNetworkLink',
    {
      resourceGroupName: 'platform',
      location: 'global',
      privateZoneName: 'privatelink.dfs.core.windows.net',
      virtualNetworkLinkName: 'net',
      registrationEnabled: false,
      virtualNetwork: { id: '/subscriptions/s/net' },
    },
  ],
  ['monitor:AzureMonitorWorkspace', { ...inGroup, azureMonitorWorkspaceName: 'metrics' }],
  [
    'monitor:DataCollectionEndpoint',
    {
      ...inGroup,
      dataCollectionEndpointName: 'metrics',
      kind: 'Linux',
      networkAcls: { publicNetworkAccess: 'Enabled' },
    },
  ],
  [
    'monitor:DataCollectionRule',
    {
      ...inGroup,
      dataCollectionRuleName: 'metrics',
      kind: 'Linux',
      dataCollectionEndpointId: '/subscriptions/s/endpoint',
      dataSources: { prometheusForwarder: [{ name: 'forwarder', streams: ['Microsoft-PrometheusMetrics'] }] },
      destinations: { monitoringAccounts: [{ name: 'workspace', accountResourceId: '/subscriptions/s/workspace' }] },
      dataFlows: [{ streams: ['Microsoft-PrometheusMetrics'], destinations: ['workspace'] }],
    },
  ],
  [
    'monitor:DataCollectionRuleAssociation',
    {
      resourceUri: '/subscriptions/s/cluster',
      associationName: 'metrics',
      dataCollectionRuleId: '/subscriptions/s/rule',
    },
  ],
  [
    'dashboard:Grafana',
    {
      ...inGroup,
      workspaceName: 'dashboards',
      sku: { name: 'Standard' },
      identity: { type: 'SystemAssigned' },
      properties: {
        publicNetworkAccess: 'Enabled',
        grafanaIntegrations: {
          azureMonitorWorkspaceIntegrations: [{ azureMonitorWorkspaceResourceId: '/subscriptions/s/workspace' }],
        },
      },
    },
  ],
  [
    'consumption:Budget',
    {
      scope: '/subscriptions/s/resourceGroups/platform',
      budgetName: 'monthly',
      amount: 1000,
      category: 'Cost',
      timeGrain: 'Monthly',
      timePeriod: { startDate: '2026-12-01T00:00:00Z' },
      notifications: {
        most: { enabled: true, operator: 'GreaterThan', threshold: 80, contactEmails: ['team@example.com'] },
      },
    },
  ],
  [
    'costmanagement:ScheduledActionByScope',
    {
      scope: '/subscriptions/s',
      name: 'anomalies',
      kind: 'InsightAlert',
      displayName: 'anomalies',
      status: 'Enabled',
      viewId: '/subscriptions/s/providers/Microsoft.CostManagement/views/ms:DailyAnomalyByResourceGroup',
      schedule: { frequency: 'Daily', startDate: '2026-12-01T00:00:00Z', endDate: '2027-12-01T00:00:00Z' },
      notification: { subject: 'anomaly', to: ['team@example.com'] },
    },
  ],
  [
    'costmanagement:ScheduledAction',
    {
      name: 'anomalies',
      kind: 'InsightAlert',
      displayName: 'anomalies',
      status: 'Enabled',
      viewId: '/subscriptions/s/providers/Microsoft.CostManagement/views/ms:DailyAnomalyByResourceGroup',
      schedule: { frequency: 'Daily', startDate: '2026-12-01T00:00:00Z', endDate: '2027-12-01T00:00:00Z' },
      notification: { subject: 'anomaly', to: ['team@example.com'] },
    },
  ],
  [
    'kubernetesconfiguration:Extension',
    {
      resourceGroupName: 'platform',
      clusterRp: 'Microsoft.ContainerService',
      clusterResourceName: 'managedClusters',
      clusterName: 'cluster',
      extensionName: 'ml',
      extensionType: 'Microsoft.AzureML.Kubernetes',
      autoUpgradeMinorVersion: true,
      configurationSettings: { enableInference: 'True' },
      scope: { cluster: { releaseNamespace: 'azureml' } },
    },
  ],
];

describe('good inputs', () => {
  it.each(GOOD)('of %s raise no false alarm', (type, inputs) => {
    expect(failures(type, inputs)).toEqual([]);
  });

  it('are tried for every type that the judge knows', () => {
    expect(GOOD.map(([type]) => `azure-native:${type}`).sort()).toEqual([...resourceTypes].sort());
  });

  it.each(GOOD)('of %s pass while no value of them is known yet', (type, inputs) => {
    const unknown = Object.fromEntries(Object.keys(inputs).map((name) => [name, UNKNOWN]));
    expect(failures(type, unknown)).toEqual([]);
  });
});

describe('wrong inputs', () => {
  const without = (inputs: Properties, name: string): Properties => ({ ...inputs, [name]: undefined });

  it.each<[string, string, Properties, string, RegExp]>([
    ['an unknown property', 'AgentPool', { ...POOL, gpuDriver: 'None' }, 'gpuDriver', /has no such input/],
    [
      'a property of a newer API version',
      'AgentPool',
      { ...POOL, gpuProfile: { nvidia: { managementMode: 'Managed' } } },
      'gpuProfile.nvidia',
      /has no such input/,
    ],
    [
      'the nesting of the API in place of that of the SDK',
      'AgentPool',
      { ...POOL, properties: { vmSize: 'Standard_NC24ads_A100_v4' } },
      'properties',
      /has no such input/,
    ],
    ['a number as text', 'AgentPool', { ...POOL, maxCount: '3' }, 'maxCount', /must be integer/],
    [
      'text as a number',
      'AgentPool',
      { ...POOL, upgradeSettings: { maxSurge: 1 } },
      'upgradeSettings.maxSurge',
      /string/,
    ],
    ['a value outside of a list', 'AgentPool', { ...POOL, mode: 'Worker' }, 'mode', /System, User, Gateway/],
    [
      'a value in the wrong case',
      'AgentPool',
      { ...POOL, gpuInstanceProfile: 'mig1g' },
      'gpuInstanceProfile',
      /MIG1g, MIG2g/,
    ],
    ['a pool name with a dash', 'AgentPool', { ...POOL, agentPoolName: 'gpu-pool' }, 'agentPoolName', /pattern/],
    ['a pool name that is too long', 'AgentPool', { ...POOL, agentPoolName: 'inferencepool' }, 'agentPoolName', /12/],
    ['no cluster', 'AgentPool', without(POOL, 'resourceName'), 'resourceName', /missing required/],
    ['a number above the highest', 'AgentPool', { ...POOL, osDiskSizeGB: 4096 }, 'osDiskSizeGB', /<= 2048/],
    [
      'a list where one value belongs',
      'AgentPool',
      { ...POOL, vmSize: ['Standard_NC24ads_A100_v4'] },
      'vmSize',
      /string/,
    ],
    [
      'an item of a list',
      'ManagedCluster',
      { ...CLUSTER, agentPoolProfiles: [{ name: 'System', mode: 'System', count: 1 }] },
      'agentPoolProfiles[0].name',
      /pattern/,
    ],
    [
      'a property of an item',
      'ManagedCluster',
      { ...CLUSTER, agentPoolProfiles: [{ name: 'system', mode: 'System', nodeCount: 1 }] },
      'agentPoolProfiles[0].nodeCount',
      /has no such input/,
    ],
    [
      'a number where the profile has text',
      'ManagedCluster',
      { ...CLUSTER, autoScalerProfile: { okTotalUnreadyCount: 3 } },
      'autoScalerProfile.okTotalUnreadyCount',
      /string/,
    ],
    ['no place', 'ManagedCluster', without(CLUSTER, 'location'), 'location', /missing required/],
    [
      'an identity of no kind',
      'ManagedCluster',
      { ...CLUSTER, identity: { type: 'User' } },
      'identity.type',
      /allowed/,
    ],
  ])('%s is refused', (_, type, inputs, property, reason) => {
    const found = failures(`containerservice:${type}`, inputs);
    expect(found.map(([path]) => path)).toEqual(found.map(() => property));
    expect(found.map(([, why]) => why)).toContainEqual(expect.stringMatching(reason));
  });

  it.each<[string, string, Properties]>([
    ['storage:StorageAccount', 'kind', { ...inGroup, accountName: 'models0001', sku: { name: 'Standard_LRS' } }],
    ['storage:StorageAccount', 'sku.name', { ...inGroup, accountName: 'models0001', kind: 'StorageV2', sku: {} }],
    [
      'containerservice:ManagedCluster',
      'agentPoolProfiles[0].name',
      { ...CLUSTER, agentPoolProfiles: [{ mode: 'System' }] },
    ],
    [
      'managedidentity:UserAssignedIdentity',
      'resourceGroupName',
      { location: 'westeurope', resourceName: 'inference' },
    ],
  ])('%s without %s is refused once', (type, property, inputs) => {
    expect(failures(type, inputs)).toEqual([[property, `missing required property '${property}'`]]);
  });

  it.each<[string, Properties, string]>([
    [
      'a spot system pool',
      { mode: 'System', scaleSetPriority: 'Spot', minCount: 1, upgradeSettings: {} },
      'scaleSetPriority',
    ],
    ['a system pool that may go to zero', { mode: 'System', upgradeSettings: {} }, 'count'],
    ['a reserved label', { nodeLabels: { 'kubernetes.azure.com/mode': 'user' } }, 'nodeLabels'],
    ['a taint without an effect', { nodeTaints: ['gpu=true'] }, 'nodeTaints'],
    ['a free spot node', { scaleSetPriority: 'Spot', spotMaxPrice: 0 }, 'spotMaxPrice'],
    ['a deallocated node with an ephemeral disk', { osDiskType: 'Ephemeral' }, 'scaleDownMode'],
    [
      'an AMD size with a driver of NVIDIA',
      { vmSize: 'Standard_ND96isr_MI300X_v5', gpuProfile: {} },
      'gpuProfile.driver',
    ],
    ['an upgrade that can touch no node', { upgradeSettings: { maxSurge: '0' } }, 'upgradeSettings'],
    ['bounds without a scaler', { enableAutoScaling: false }, 'maxCount'],
    ['bounds upside down', { minCount: 4 }, 'maxCount'],
  ])('%s is refused by the service', (_, change, property) => {
    expect(failures('containerservice:AgentPool', { ...POOL, ...change })).toEqual([
      [property, expect.stringMatching(/\(AKS, .*\.md\)/)],
    ]);
  });

  it('a cluster without a system pool is refused by the service', () => {
    const agentPoolProfiles = [{ name: 'a100', mode: 'User', count: 1 }];
    expect(failures('containerservice:ManagedCluster', { ...CLUSTER, agentPoolProfiles })).toEqual([
      ['agentPoolProfiles', expect.stringMatching(/needs a system pool/)],
    ]);
  });

  it('a type without a schema is refused', () => {
    expect(failures('containerservice:Snapshot', {})).toEqual([['', expect.stringMatching(/no schema of/)]]);
  });
});

describe('defaults of the provider', () => {
  const check = (news: Properties, olds: Properties) =>
    azure.check({ type: 'azure-native:containerservice:AgentPool', name: 'gpu', news, olds, seed: '0123456789abcdef' });
  const { agentPoolName: _, ...nameless } = POOL;

  it('make a name up from the seed, and keep the old one', () => {
    expect(check(nameless, {}).inputs).toMatchObject({ agentPoolName: 'gpu01234567', __createBeforeDelete: true });
    expect(check(nameless, { agentPoolName: 'old1' }).inputs).toMatchObject({ agentPoolName: 'old1' });
  });

  it('let a pool that names itself be deleted first, and one that does not be replaced side by side', () => {
    expect(azure.deletesBeforeReplace('azure-native:containerservice:AgentPool', POOL)).toBe(true);
    expect(azure.deletesBeforeReplace('azure-native:containerservice:AgentPool', check(nameless, {}).inputs)).toBe(
      false,
    );
  });

  it.each([
    ['AgentPool', 'vmSize', true],
    ['AgentPool', 'agentPoolName', true],
    ['AgentPool', 'nodeTaints[0]', false],
    ['AgentPool', 'maxCount', false],
    ['AgentPool', 'scaleSetPriority', false],
    ['ManagedCluster', 'networkProfile.podCidr', true],
    ['ManagedCluster', 'networkProfile.loadBalancerSku', false],
    ['ManagedCluster', 'kubernetesVersion', false],
  ])('say of %s %s whether it replaces: %s', (type, path, replaces) => {
    expect(azure.replaces(`azure-native:containerservice:${type}`, path)).toBe(replaces);
  });

  it('show in a preview what is known, at any depth', () => {
    const shown = azure.previewOutputs('azure-native:containerservice:ManagedCluster', CLUSTER);
    expect(shown).toMatchObject({
      name: UNKNOWN,
      fqdn: UNKNOWN,
      dnsPrefix: 'cluster',
      oidcIssuerProfile: { enabled: true, issuerURL: UNKNOWN },
    });
  });

  it('know every output that the SDK declares', () => {
    expect(resourceTypes.filter((type) => (armJudge(type)?.sdk.outputs.size ?? 0) === 0)).toEqual([]);
  });
});
