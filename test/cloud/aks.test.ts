/** What each component of AKS asks Azure for. Order of replacement and ignored changes are the engine's: test/real/pulumi. */
import {
  AksEnvironment,
  AksFinOps,
  AksGpuNodePool,
  AksMachineLearning,
  AksModelStore,
  AksMonitoring,
  AksPlatform,
  agentPoolName,
} from '../../lib/cloud';
import {
  type AksPoolSpec,
  type BudgetSpec,
  draftBudget,
  draftModelStore,
  type GpuNodePoolSpec,
  type ModelStoreSpec,
  unwrap,
} from '../../lib/domain';
import { AZURE_IDS } from '../domain/cloud-given';
import { platform } from '../domain/given';
import { type Inputs, ofToken, only, type Run, run } from '../support/pulumi';
import { AGENT_POOL, aksClusterPlan, aksPoolPlan, cloudPlan, MANAGED_CLUSTER, TAGS } from './given';

const STACK = 'prod';
/** Azure's own ids (azure-docs role-based-access-control/built-in-roles.md). */
const ROLES = {
  networkContributor: '4d97b98b-1d4f-4787-a291-c67834d212e7',
  storageBlobDataReader: '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1',
  storageBlobDataContributor: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe',
  monitoringDataReader: 'b0d8363b-8ddd-447d-831f-62ca05bff136',
} as const;
const SUBSCRIPTION = '/subscriptions/0b1f6471-1bf0-4dda-aec3-111122223333';
const GROUP = `${SUBSCRIPTION}/resourceGroups/warmpath-prod`;

async function pool(more: Partial<GpuNodePoolSpec> = {}, spec: AksPoolSpec = {}) {
  const plan = aksPoolPlan(more, spec);
  const all = await run(STACK, () => {
    new AksGpuNodePool(plan.name, { plan, resourceGroupName: 'group', clusterName: 'cluster', subnetId: 'subnet' });
  });
  return only(all, AGENT_POOL);
}

const CASES: readonly (readonly [string, Partial<GpuNodePoolSpec>, AksPoolSpec, Inputs])[] = [
  [
    'of spot nodes',
    { purpose: 'training', spot: true },
    { spot: { maxPrice: 1.5 } },
    {
      scaleSetPriority: 'Spot',
      scaleSetEvictionPolicy: 'Delete',
      spotMaxPrice: 1.5,
      nodeTaints: [
        'nvidia.com/gpu=present:NoSchedule',
        'warmpath.dev/purpose=training:NoSchedule',
        'kubernetes.azure.com/scalesetpriority=spot:NoSchedule',
      ],
      upgradeSettings: undefined,
    },
  ],
  ['of regular nodes', {}, {}, { scaleSetPriority: undefined, spotMaxPrice: undefined, gpuInstanceProfile: undefined }],
  ['that is cut', { mig: { profile: '3g.40gb' } }, {}, { gpuInstanceProfile: 'MIG3g' }],
  ['that keeps stopped nodes', { deallocate: {} }, {}, { scaleDownMode: 'Deallocate', osDiskType: 'Managed' }],
  [
    "whose driver NVIDIA's operator brings",
    { platform: platform('aks', '1.35', { gpuStack: 'gpu-operator' }) },
    {},
    { gpuProfile: { driver: 'None' } },
  ],
  ['of AMD', { machine: 'Standard_ND96isr_MI300X_v5' }, {}, { gpuProfile: { driver: 'None' } }],
  [
    'of fixed size',
    { minNodes: 3, maxNodes: 3 },
    {},
    { count: 3, enableAutoScaling: false, minCount: undefined, maxCount: undefined },
  ],
  ['that is empty at first', { minNodes: 0 }, {}, { count: 0, enableAutoScaling: true, minCount: 0 }],
  ['in whatever zone', {}, {}, { availabilityZones: undefined }],
  [
    'on the own disks of its machines',
    { machine: 'Standard_NC48ads_A100_v4' },
    { osDisk: 'ephemeral', maxPods: 30 },
    { osDiskType: 'Ephemeral', osDiskSizeGB: undefined, maxPods: 30 },
  ],
  [
    'on machines that are reserved, near each other',
    { zones: ['1'] },
    { capacityReservationGroupId: AZURE_IDS.reservation, proximityPlacementGroupId: AZURE_IDS.proximity },
    { capacityReservationGroupID: AZURE_IDS.reservation, proximityPlacementGroupID: AZURE_IDS.proximity },
  ],
];

describe('a GPU pool', () => {
  it('is written by the names of Azure, with a count beside the autoscaler', async () => {
    const { inputs, timeouts } = await pool({ zones: ['1', '2'] }, { tags: { stage: 'blue' } });
    expect(inputs).toEqual({
      resourceGroupName: 'group',
      resourceName: 'cluster',
      agentPoolName: 'a100',
      vnetSubnetID: 'subnet',
      mode: 'User',
      type: 'VirtualMachineScaleSets',
      osType: 'Linux',
      vmSize: 'Standard_NC24ads_A100_v4',
      count: 1,
      enableAutoScaling: true,
      minCount: 1,
      maxCount: 4,
      availabilityZones: ['1', '2'],
      nodeLabels: expect.objectContaining({ 'warmpath.dev/pool': 'a100' }),
      nodeTaints: ['nvidia.com/gpu=present:NoSchedule', 'warmpath.dev/purpose=inference:NoSchedule'],
      osDiskType: 'Managed',
      osDiskSizeGB: 512,
      gpuProfile: { driver: 'Install' },
      scaleDownMode: 'Delete',
      upgradeSettings: { maxSurge: '0', maxUnavailable: '1', drainTimeoutInMinutes: 30 },
      tags: expect.objectContaining({ stage: 'blue', owner: 'chat-oncall' }),
    });
    expect(timeouts).toEqual({ create: '60m', update: '90m', delete: '90m' });
  });

  let all: Run;
  beforeAll(async () => {
    all = await run(STACK, () => {
      for (const [index, [, more, spec]] of CASES.entries()) {
        const plan = aksPoolPlan(more, spec);
        new AksGpuNodePool(`pool-${index}`, { plan, resourceGroupName: 'group', clusterName: 'cluster' });
      }
    });
  });

  it.each(CASES.map((row, index) => [row[0], index, row[3]] as const))('%s says so', (_, index, expected) => {
    const inputs = ofToken(all, AGENT_POOL).find(({ name }) => name === `pool-${index}`)?.inputs ?? {};
    for (const [name, value] of Object.entries(expected)) expect({ [name]: inputs[name] }).toEqual({ [name]: value });
  });
});

describe('the name of a pool that takes turns', () => {
  const named = (more: Partial<GpuNodePoolSpec> = {}, spec: AksPoolSpec = {}) =>
    agentPoolName(aksPoolPlan(more, { replacement: 'alternate', ...spec }));

  it('is that of the plan with three characters, at most twelve', async () => {
    expect(named()).toMatch(/^a100[a-z0-9]{3}$/);
    expect(named({ name: 'a100chatx' })).toMatch(/^a100chatx[a-z0-9]{3}$/);
    const { inputs, name } = await pool({}, { replacement: 'alternate' });
    // The resource keeps the name of the plan: only Azure's changes.
    const own = agentPoolName(aksPoolPlan({}, { replacement: 'alternate' }), 'subnet');
    expect({ inputs: inputs.agentPoolName, name }).toEqual({ inputs: own, name: 'a100' });
  });

  it.each<[string, Partial<GpuNodePoolSpec>, AksPoolSpec]>([
    ['labels', { labels: { 'example.com/rack': 'r1' } }, {}],
    ['taints', { taints: [{ key: 'example.com/own', value: 'x', effect: 'NoSchedule' }] }, {}],
    ['sizes', { minNodes: 2, maxNodes: 9 }, {}],
    ['upgrades', {}, { upgrade: { maxSurge: '1' } }],
    ['tags', {}, { tags: { stage: 'blue' } }],
  ])('stays when %s change, which Azure changes in place', (_, more, spec) => {
    expect(named(more, spec)).toBe(named());
  });

  it.each<[string, Partial<GpuNodePoolSpec>, AksPoolSpec]>([
    ['the machine', { machine: 'Standard_NC48ads_A100_v4' }, {}],
    ['the disk', {}, { osDisk: 'ephemeral' }],
    ['the size of the disk', { diskGiB: 1024 }, {}],
    ['the pods of a node', {}, { maxPods: 30 }],
    ['the zones', { zones: ['1'] }, {}],
    ['who brings the driver', { platform: platform('aks', '1.35', { gpuStack: 'gpu-operator' }) }, {}],
    ['the cut of the GPUs', { mig: { profile: '3g.40gb' } }, {}],
    ['spot', { spot: true }, {}],
  ])('is another one when %s changes', (_, more, spec) => {
    expect(named(more, spec)).not.toBe(named());
  });

  it('is another one when a subnet of the team is', () => {
    const plan = aksPoolPlan({}, { replacement: 'alternate' });
    expect(agentPoolName(plan, 'nodes-1')).not.toBe(agentPoolName(plan, 'nodes-2'));
    expect(agentPoolName(plan, Promise.resolve('nodes-1'))).toBe(agentPoolName(plan));
  });

  it('is the plain one where the old pool goes first', () => {
    expect(named({}, { replacement: 'delete-first' })).toBe('a100');
  });
});

async function cluster(...args: Parameters<typeof aksClusterPlan>): Promise<Run> {
  const plan = aksClusterPlan(...args);
  return run(STACK, () => {
    new AksPlatform(STACK, { plan });
  });
}

describe('a cluster', () => {
  it('is private, without local accounts, and knows its workloads', async () => {
    const { inputs } = only(await cluster(), MANAGED_CLUSTER);
    expect(inputs).toMatchObject({
      resourceGroupName: 'warmpath-prod',
      resourceName: 'warmpath-prod',
      nodeResourceGroup: 'warmpath-prod-nodes',
      disableLocalAccounts: true,
      enableRBAC: true,
      aadProfile: { managed: true, enableAzureRBAC: true },
      apiServerAccessProfile: { enablePrivateCluster: true },
      oidcIssuerProfile: { enabled: true },
      securityProfile: { workloadIdentity: { enabled: true } },
      storageProfile: { blobCSIDriver: { enabled: true } },
      nodeProvisioningProfile: { mode: 'Manual' },
      networkProfile: { networkPluginMode: 'overlay', networkPolicy: 'cilium', networkDataplane: 'cilium' },
      metricsProfile: { costAnalysis: { enabled: true } },
      workloadAutoScalerProfile: { keda: { enabled: false }, verticalPodAutoscaler: { enabled: false } },
      sku: { name: 'Base', tier: 'Standard' },
    });
    for (const absent of ['addonProfiles', 'azureMonitorProfile']) expect(inputs).not.toHaveProperty(absent);
  });

  it('has one small pool inside it, and every other beside it', async () => {
    const all = await cluster();
    const { inputs } = only(all, MANAGED_CLUSTER);
    expect(inputs.agentPoolProfiles).toEqual([
      expect.objectContaining({ name: 'system', mode: 'System', count: 3, enableAutoScaling: false }),
    ]);
    expect(ofToken(all, AGENT_POOL).map(({ name }) => name)).toEqual(['a100']);
    // Nodes of all pools stand in one subnet.
    const subnet = expect.stringMatching(/\/subnets\/nodes$/);
    expect(inputs.agentPoolProfiles).toEqual([expect.objectContaining({ vnetSubnetID: subnet })]);
    expect(only(all, AGENT_POOL).inputs.vnetSubnetID).toEqual(subnet);
  });

  it('runs as an identity of its own, which may use the network before there is a cluster in it', async () => {
    const all = await cluster();
    const role = only(all, 'azure-native:authorization:RoleAssignment');
    expect(role.inputs).toMatchObject({
      principalId: 'prod-principal',
      principalType: 'ServicePrincipal',
      roleDefinitionId: `${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/${ROLES.networkContributor}`,
    });
    const { inputs, dependencies } = only(all, MANAGED_CLUSTER);
    expect(inputs.identity).toMatchObject({ type: 'UserAssigned' });
    expect(dependencies.some((urn) => urn.includes('RoleAssignment'))).toBe(true);
  });

  it('opens to the addresses that are named, and to no other', async () => {
    const range = '203.0.113.0/24';
    const group = '5c2c2a0e-4c39-4a6a-9f0b-0c8f4f6f7c11';
    const all = await cluster({ apiServer: { authorizedIpRanges: [range] }, adminGroups: [group] });
    expect(only(all, MANAGED_CLUSTER).inputs).toMatchObject({
      apiServerAccessProfile: { enablePrivateCluster: false, authorizedIPRanges: [range] },
      aadProfile: { adminGroupObjectIDs: [group] },
    });
  });

  it('stands in a network that is there', async () => {
    const given = { nodeSubnetId: AZURE_IDS.nodes, endpointSubnetId: AZURE_IDS.endpoints };
    const all = await cluster(given);
    expect(ofToken(all, 'azure-native:network:VirtualNetwork')).toEqual([]);
    expect(only(all, AGENT_POOL).inputs.vnetSubnetID).toBe(AZURE_IDS.nodes);
    expect(only(all, 'azure-native:authorization:RoleAssignment').inputs.scope).toBe(AZURE_IDS.nodes);
  });

  it('lends a subnet to virtual nodes, and lets their add-on into it', async () => {
    const all = await cluster({ virtualNodes: {} });
    const { inputs } = only(all, MANAGED_CLUSTER);
    expect(inputs.addonProfiles).toEqual({
      aciConnectorLinux: { enabled: true, config: { SubnetName: 'virtual-nodes' } },
    });
    expect(inputs.networkProfile).not.toHaveProperty('networkPluginMode');
    const { inputs: network } = only(all, 'azure-native:network:VirtualNetwork');
    expect(network.subnets).toContainEqual({
      name: 'virtual-nodes',
      addressPrefix: '10.238.0.0/16',
      delegations: [{ name: 'aci', serviceName: 'Microsoft.ContainerInstance/containerGroups' }],
    });
    const principals = ofToken(all, 'azure-native:authorization:RoleAssignment').map((role) => role.inputs.principalId);
    expect(principals.sort()).toEqual(['prod-principal', 'virtual-nodes-principal']);
  });
});

describe('a model store', () => {
  const STORE = 'azure-native:storage:StorageAccount';
  const store = (more: Partial<ModelStoreSpec> = {}, networkId?: string) => {
    const plan = unwrap(draftModelStore('aks', { name: 'weights', ...more }));
    const props = { plan, resourceGroupName: 'group', location: 'westeurope', endpointSubnetId: 'subnet', tags: TAGS };
    return run(STACK, () => {
      const made = new AksModelStore(STACK, { ...props, networkId });
      made.grant('chat', 'reader', 'read');
      made.grant('loader', 'writer', 'write');
    });
  };

  it('is closed: no public way in, no keys, no anonymous reader', async () => {
    const all = await store();
    expect(only(all, STORE).inputs).toMatchObject({
      kind: 'BlockBlobStorage',
      sku: { name: 'Premium_ZRS' },
      isHnsEnabled: true,
      enableNfsV3: false,
      enableHttpsTrafficOnly: true,
      allowSharedKeyAccess: false,
      allowBlobPublicAccess: false,
      minimumTlsVersion: 'TLS1_2',
      publicNetworkAccess: 'Disabled',
      networkRuleSet: { defaultAction: 'Deny', bypass: 'None' },
    });
    expect(ofToken(all, 'azure-native:storage:ManagementPolicy')).toEqual([]);
  });

  it('of one zone, read by NFS, is what was asked for', async () => {
    expect(only(await store({ protocol: 'nfs', zoneRedundant: false }), STORE).inputs).toMatchObject({
      sku: { name: 'Premium_LRS' },
      enableNfsV3: true,
      enableHttpsTrafficOnly: false,
    });
  });

  it('forgets old models where that is asked', async () => {
    const { inputs } = only(await store({ deleteAfterDays: 90 }), 'azure-native:storage:ManagementPolicy');
    expect(JSON.stringify(inputs)).toContain('"daysAfterModificationGreaterThan":90');
    expect(JSON.stringify(inputs)).toContain('"prefixMatch":["models/"]');
  });

  it('is reached by both of its names within the network, which leads them there', async () => {
    const all = await store({}, 'network');
    const endpoints = ofToken(all, 'azure-native:network:PrivateEndpoint').map(({ inputs }) => inputs);
    expect(endpoints).toMatchObject([
      { privateLinkServiceConnections: [{ groupIds: ['blob'] }] },
      { privateLinkServiceConnections: [{ groupIds: ['dfs'] }] },
    ]);
    const zones = ofToken(all, 'azure-native:privatedns:PrivateZone').map(({ inputs }) => inputs.privateZoneName);
    expect(zones).toEqual(['privatelink.blob.core.windows.net', 'privatelink.dfs.core.windows.net']);
    expect(ofToken(all, 'azure-native:network:PrivateDnsZoneGroup')).toHaveLength(2);
  });

  it('leaves the names to whoever runs the network', async () => {
    const all = await store();
    expect(ofToken(all, 'azure-native:network:PrivateEndpoint')).toHaveLength(2);
    expect(ofToken(all, 'azure-native:privatedns:PrivateZone')).toEqual([]);
  });

  it('lets readers read, and writers write', async () => {
    const roles = ofToken(await store(), 'azure-native:authorization:RoleAssignment');
    expect(roles.map(({ inputs }) => [inputs.principalId, String(inputs.roleDefinitionId).split('/').pop()])).toEqual([
      ['reader', ROLES.storageBlobDataReader],
      ['writer', ROLES.storageBlobDataContributor],
    ]);
  });
});

describe('money', () => {
  const budget = (more: Partial<BudgetSpec> = {}) => {
    const spec = { amountPerMonth: 1000, from: '2027-01', emails: ['ops@example.com'], ...more };
    const plan = unwrap(draftBudget('aks', spec));
    return run(STACK, () => {
      const resourceGroupNames = ['warmpath-prod', 'warmpath-prod-nodes'];
      new AksFinOps(STACK, { plan, clusterName: 'warmpath-prod', resourceGroupId: GROUP, resourceGroupNames });
    });
  };
  const ALERT = 'azure-native:costmanagement:ScheduledActionByScope';

  it('of both groups is counted: machines stand in the one that Azure makes', async () => {
    const { inputs } = only(await budget(), 'azure-native:consumption:Budget');
    expect(inputs).toMatchObject({
      budgetName: 'warmpath-prod',
      scope: 'subscriptions/0b1f6471-1bf0-4dda-aec3-111122223333',
      amount: 1000,
      timeGrain: 'Monthly',
      category: 'Cost',
      timePeriod: { startDate: '2027-01-01T00:00:00Z' },
      filter: {
        dimensions: { name: 'ResourceGroupName', operator: 'In', values: ['warmpath-prod', 'warmpath-prod-nodes'] },
      },
    });
  });

  it('is told of when it is spent and when it will be', async () => {
    const thresholds = [
      { percent: 80, of: 'actual' },
      { percent: 100, of: 'forecast' },
    ] as const;
    const { inputs } = only(await budget({ thresholds }), 'azure-native:consumption:Budget');
    const common = { enabled: true, operator: 'GreaterThanOrEqualTo', contactEmails: ['ops@example.com'] };
    expect(inputs.notifications).toEqual({
      'actual-80': { ...common, threshold: 80, thresholdType: 'Actual' },
      'forecast-100': { ...common, threshold: 100, thresholdType: 'Forecasted' },
    });
  });

  it('of an unlike day is told of, or not', async () => {
    expect(only(await budget(), ALERT).inputs).toMatchObject({
      kind: 'InsightAlert',
      status: 'Enabled',
      schedule: { frequency: 'Daily', startDate: '2027-01-01T00:00:00Z', endDate: '2037-01-01T00:00:00Z' },
      notification: { to: ['ops@example.com'], subject: 'Unusual cost of warmpath-prod' },
      viewId: expect.stringMatching(/^\/subscriptions\/[^/]+\/providers\/Microsoft\.CostManagement\/views\//),
    });
    expect(ofToken(await budget({ anomalies: false }), ALERT)).toEqual([]);
  });
});

describe('metrics', () => {
  const monitoring = (clusterName: string, grafana?: boolean) =>
    run(STACK, () => {
      const props = { clusterName, clusterId: GROUP, resourceGroupName: 'group', location: 'westeurope', tags: TAGS };
      new AksMonitoring(STACK, { ...props, grafana });
    });
  const GRAFANA = 'azure-native:dashboard:Grafana';

  it('need workspace, endpoint, rule and association, and each names the next', async () => {
    const all = await monitoring('warmpath-prod');
    const rule = only(all, 'azure-native:monitor:DataCollectionRule');
    expect(rule.inputs).toMatchObject({
      dataFlows: [{ streams: ['Microsoft-PrometheusMetrics'], destinations: ['MonitoringAccount1'] }],
      destinations: { monitoringAccounts: [{ name: 'MonitoringAccount1', accountResourceId: `${SUBSCRIPTION}/prod` }] },
    });
    expect(only(all, 'azure-native:monitor:DataCollectionRuleAssociation').inputs).toMatchObject({
      resourceUri: GROUP,
    });
    expect(only(all, 'azure-native:monitor:AzureMonitorWorkspace').inputs.tags).toEqual(TAGS);
    expect(ofToken(all, GRAFANA)).toEqual([]);
  });

  it('are shown in Grafana, which may read them and has a name that it takes', async () => {
    const all = await monitoring(`warmpath-${'e'.repeat(13)}-prod`, true);
    // 23 characters at most, and the last is no hyphen.
    expect(only(all, GRAFANA).inputs.workspaceName).toBe(`warmpath-${'e'.repeat(13)}`);
    const role = only(all, 'azure-native:authorization:RoleAssignment');
    expect(role.inputs).toMatchObject({ principalId: 'prod-principal', scope: `${SUBSCRIPTION}/prod` });
    expect(role.inputs.roleDefinitionId).toContain(ROLES.monitoringDataReader);
  });
});

describe('Azure Machine Learning', () => {
  it.each([
    ['aks', 'Microsoft.ContainerService', 'managedClusters'],
    ['arc', 'Microsoft.Kubernetes', 'connectedClusters'],
  ] as const)('attaches to a cluster of kind %s', async (kind, clusterRp, clusterResourceName) => {
    const plan = { settings: { enableTraining: 'True' } };
    const all = await run(STACK, () => {
      new AksMachineLearning('ml', { plan, cluster: { kind, name: 'cluster' }, resourceGroupName: 'group' });
    });
    expect(only(all, 'azure-native:kubernetesconfiguration:Extension').inputs).toMatchObject({
      clusterRp,
      clusterResourceName,
      clusterName: 'cluster',
      extensionType: 'Microsoft.AzureML.Kubernetes',
      configurationSettings: { enableTraining: 'True' },
    });
  });
});

describe('an environment', () => {
  const workload = { name: 'chat', namespace: 'chat', pool: 'a100', startSeconds: 900, graceSeconds: 60 };

  it('makes all that its plan says, and lets a workload in by its ServiceAccount', async () => {
    const plan = cloudPlan(
      'aks',
      {
        aks: { managedPrometheus: { grafana: false }, machineLearning: {} },
        modelStore: { name: 'weights' },
        budget: { amountPerMonth: 1000, from: '2027-01', emails: ['ops@example.com'] },
      },
      {
        workloads: [
          { ...workload, identity: { modelStore: 'read' } },
          { ...workload, name: 'plain', identity: {} },
        ],
      },
    );
    const all = await run(STACK, () => {
      const environment = new AksEnvironment(STACK, { plan });
      return { identities: environment.identityIds };
    });
    const credentials = ofToken(all, 'azure-native:managedidentity:FederatedIdentityCredential');
    expect(credentials.map(({ inputs }) => inputs)).toMatchObject([
      {
        issuer: 'https://issuer.example.com/',
        subject: 'system:serviceaccount:chat:chat',
        audiences: ['api://AzureADTokenExchange'],
      },
      { subject: 'system:serviceaccount:chat:plain' },
    ]);
    expect(all.outputs.identities).toEqual({ chat: 'chat-client', plain: 'plain-client' });
    const granted = ofToken(all, 'azure-native:authorization:RoleAssignment').map(({ name }) => name);
    expect(granted).toEqual(expect.arrayContaining(['chat-model-store']));
    expect(granted).not.toContain('plain-model-store');
    for (const token of [
      'azure-native:monitor:AzureMonitorWorkspace',
      'azure-native:storage:StorageAccount',
      'azure-native:kubernetesconfiguration:Extension',
    ]) {
      expect(ofToken(all, token)).toHaveLength(1);
    }
    const { inputs } = only(all, 'azure-native:consumption:Budget');
    expect(JSON.stringify(inputs.filter)).toContain('["warmpath-prod","warmpath-prod-nodes"]');
  });

  it('makes nothing that nobody asked for', async () => {
    const all = await run(STACK, () => {
      new AksEnvironment(STACK, { plan: cloudPlan('aks') });
    });
    const tokens = new Set(all.resources.map(({ token }) => token.split(':')[1]));
    expect([...tokens].sort()).toEqual([
      'aks',
      'authorization',
      'containerservice',
      'managedidentity',
      'network',
      'pulumi',
      'resources',
    ]);
  });
});
