/** What each component of IKS asks IBM Cloud for. Order of replacement and ignored changes are the engine's: test/real/pulumi. */
import {
  IksAutoscaler,
  IksEnvironment,
  IksGpuWorkerPool,
  IksModelStore,
  IksMonitoring,
  IksPlatform,
  zonesOf,
} from '../../lib/cloud';
import { draftModelStore, type GpuNodePoolSpec, type IksClusterSpec, type IksPoolSpec, unwrap } from '../../lib/domain';
import { iksSystem } from '../domain/cloud-given';
import { platform } from '../domain/given';
import { type Inputs, ofToken, only, type Run, run } from '../support/pulumi';
import { cloudPlan, iksClusterPlan, iksPoolPlan, kubernetesProvider, VPC_CLUSTER, WORKER_POOL } from './given';

const STACK = 'prod-iks';
const SUBNETS = { 'us-south-1': 'subnet-1', 'us-south-2': 'subnet-2', 'us-south-3': 'subnet-3' } as const;
const TAGS = ['owner:chat-oncall', 'team:chat'] as const;

const CASES: readonly (readonly [string, Partial<GpuNodePoolSpec>, IksPoolSpec, Inputs])[] = [
  ['of fixed size', { minNodes: 6, maxNodes: 6 }, {}, { workerCount: 2 }],
  ['that is empty at first', { minNodes: 0 }, {}, { workerCount: 0 }],
  [
    'of one zone',
    { zones: ['us-south-2'] },
    {},
    { zones: [{ name: 'us-south-2', subnetId: 'subnet-2' }], workerCount: 3 },
  ],
  [
    'with taints and labels of its own',
    {
      taints: [{ key: 'example.com/own', value: 'x', effect: 'NoExecute' }],
      labels: { 'example.com/rack': 'r1' },
    },
    {},
    {
      taints: [
        { key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' },
        { key: 'warmpath.dev/purpose', value: 'inference', effect: 'NoSchedule' },
        { key: 'example.com/own', value: 'x', effect: 'NoExecute' },
      ],
      labels: expect.objectContaining({ 'example.com/rack': 'r1' }),
    },
  ],
  [
    'with a second disk, a system and a key of its own',
    {},
    {
      secondaryStorage: '300gb.5iops-tier',
      operatingSystem: 'UBUNTU_24_64',
      encryption: { kmsInstanceId: 'instance', rootKeyId: 'key' },
    },
    {
      secondaryStorage: '300gb.5iops-tier',
      operatingSystem: 'UBUNTU_24_64',
      kmsInstanceId: 'instance',
      crk: 'key',
    },
  ],
];

describe('a worker pool', () => {
  const register = (pools: readonly (readonly [Partial<GpuNodePoolSpec>, IksPoolSpec])[]) =>
    run(STACK, () => {
      for (const [index, [more, spec]] of pools.entries()) {
        const plan = iksPoolPlan(more, spec);
        const props = { plan, clusterId: 'cluster', vpcId: 'vpc', subnetIds: SUBNETS };
        new IksGpuWorkerPool(`pool-${index}`, { ...props, resourceGroupId: 'group' });
      }
    });

  it('is written by the names of the provider, with the workers of a zone', async () => {
    const { inputs, timeouts } = only(await register([[{}, {}]]), WORKER_POOL);
    expect(inputs).toEqual({
      cluster: 'cluster',
      workerPoolName: 'l40s-chat',
      flavor: 'gx3.24x120.l40s',
      vpcId: 'vpc',
      zones: [
        { name: 'us-south-1', subnetId: 'subnet-1' },
        { name: 'us-south-2', subnetId: 'subnet-2' },
        { name: 'us-south-3', subnetId: 'subnet-3' },
      ],
      workerCount: 1,
      labels: expect.objectContaining({ 'warmpath.dev/pool': 'l40s-chat' }),
      taints: [
        { key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' },
        { key: 'warmpath.dev/purpose', value: 'inference', effect: 'NoSchedule' },
      ],
      resourceGroupId: 'group',
    });
    expect(timeouts).toEqual({ create: '90m', update: '90m', delete: '90m' });
  });

  let all: Run;
  beforeAll(async () => {
    all = await register(CASES.map(([, more, spec]) => [more, spec]));
  });

  it.each(CASES.map((row, index) => [row[0], index, row[3]] as const))('%s says so', (_, index, expected) => {
    const inputs = ofToken(all, WORKER_POOL).find(({ name }) => name === `pool-${index}`)?.inputs;
    expect(inputs).toMatchObject(expected);
  });

  it('has a subnet in each of its zones', () => {
    expect(() => zonesOf(iksPoolPlan(), { 'us-south-1': 'subnet-1' })).toThrow('there is no subnet in us-south-2');
  });
});

describe('a cluster', () => {
  const cluster = (spec: IksClusterSpec = {}) =>
    run(STACK, () => {
      new IksPlatform(STACK, { plan: iksClusterPlan(spec) });
    });

  it('is private, calls out, and holds its system pool as the default one', async () => {
    const { inputs } = only(await cluster(), VPC_CLUSTER);
    expect(inputs).toMatchObject({
      name: 'warmpath-prod',
      flavor: 'bx2.4x16',
      workerCount: 1,
      workerLabels: { 'warmpath.dev/pool': 'system' },
      offering: 'kubernetes',
      kubeVersion: '1.35',
      disablePublicServiceEndpoint: true,
      disableOutboundTrafficProtection: true,
      tags: expect.arrayContaining(['owner:chat-oncall', 'cost-centre:cc-4210']),
    });
  });

  it('opens and closes where that is asked', async () => {
    const { inputs } = only(
      await cluster({ apiServer: 'public', outboundTraffic: 'protected', resourceGroupId: 'group' }),
      VPC_CLUSTER,
    );
    expect(inputs).toMatchObject({
      disablePublicServiceEndpoint: false,
      disableOutboundTrafficProtection: false,
      resourceGroupId: 'group',
    });
  });

  it('stands in a VPC of its own, with a way out of each zone', async () => {
    const all = await cluster();
    expect(only(all, 'ibm:index/isVpc:IsVpc').inputs.name).toBe('warmpath-prod');
    const subnets = ofToken(all, 'ibm:index/isSubnet:IsSubnet');
    expect(subnets.map(({ inputs }) => inputs.zone)).toEqual(['us-south-1', 'us-south-2', 'us-south-3']);
    for (const { inputs } of subnets) {
      expect(inputs).toMatchObject({ totalIpv4AddressCount: 256, publicGateway: expect.any(String) });
    }
    const zones = only(all, VPC_CLUSTER).inputs.zones as readonly { readonly subnetId: string }[];
    expect(new Set(zones.map(({ subnetId }) => subnetId)).size).toBe(3);
  });

  it('stands in a VPC that is there', async () => {
    const all = await cluster({ network: { vpcId: 'hub', subnetIds: SUBNETS } });
    expect(ofToken(all, 'ibm:index/isVpc:IsVpc')).toEqual([]);
    expect(only(all, VPC_CLUSTER).inputs).toMatchObject({
      vpcId: 'hub',
      zones: expect.arrayContaining([{ name: 'us-south-1', subnetId: 'subnet-1' }]),
    });
    expect(only(all, WORKER_POOL).inputs.vpcId).toBe('hub');
  });

  it('gets its autoscaler after its pools, and leaves other add-ons alone', async () => {
    const { inputs, dependencies } = only(await cluster(), 'ibm:index/containerAddons:ContainerAddons');
    expect(inputs).toMatchObject({
      addons: [{ name: 'cluster-autoscaler', version: '2.0.0' }],
      manageAllAddons: false,
    });
    expect(dependencies.some((urn) => urn.endsWith('::l40s-chat'))).toBe(true);
  });
});

describe('the autoscaler', () => {
  it('is told through the ConfigMap that its add-on owns', async () => {
    const { autoscaler } = iksClusterPlan();
    if (autoscaler === undefined) throw new Error('no pool grows');
    const all = await run(STACK, () => {
      const platform = new IksPlatform(STACK, { plan: iksClusterPlan() });
      new IksAutoscaler(STACK, { plan: autoscaler, provider: kubernetesProvider(), cluster: platform.cluster });
    });
    const patch = only(all, 'kubernetes:core/v1:ConfigMapPatch');
    expect(patch.name).toBe('kube-system/iks-ca-configmap');
    expect(patch.inputs).toMatchObject({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: 'iks-ca-configmap',
        namespace: 'kube-system',
        annotations: { 'pulumi.com/patchForce': 'true' },
      },
      data: { 'workerPoolsConfig.json': '[{"name":"l40s-chat","minSize":1,"maxSize":2,"enabled":true}]' },
    });
    // A cluster that is gone is not asked for its ConfigMap.
    expect(patch.deletedWith).toContain('containerVpcCluster');
  });
});

describe('a model store', () => {
  const store = () => {
    const plan = unwrap(draftModelStore('iks', { name: 'contoso-weights' }));
    return run(STACK, () => {
      const made = new IksModelStore(STACK, { plan, clusterName: 'warmpath-prod', region: 'us-south', tags: TAGS });
      made.grant('chat', 'reader', 'read');
      made.grant('loader', 'writer', 'write');
      return { credentials: made.credentials };
    });
  };

  it('is a bucket of the region, read by a key that can only read', async () => {
    const all = await store();
    expect(only(all, 'ibm:index/cosBucket:CosBucket').inputs).toMatchObject({
      bucketName: 'contoso-weights',
      regionLocation: 'us-south',
      storageClass: 'smart',
    });
    expect(only(all, 'ibm:index/resourceKey:ResourceKey').inputs).toMatchObject({
      role: 'Reader',
      parameters: { HMAC: 'true' },
    });
    expect(only(all, 'ibm:index/resourceInstance:ResourceInstance').inputs.tags).toEqual(TAGS);
  });

  it('lets readers read, and writers write, in this bucket and no other', async () => {
    const policies = ofToken(await store(), 'ibm:index/iamTrustedProfilePolicy:IamTrustedProfilePolicy');
    expect(policies.map(({ inputs }) => [inputs.iamId, inputs.roles])).toEqual([
      ['reader', ['Object Reader']],
      ['writer', ['Object Reader', 'Object Writer']],
    ]);
    for (const { inputs } of policies) {
      expect(inputs.resources).toMatchObject({
        service: 'cloud-object-storage',
        resourceType: 'bucket',
        resource: 'contoso-weights',
      });
    }
  });
});

describe('IBM Cloud Monitoring', () => {
  it('is an instance, and a key for its agent', async () => {
    const all = await run(STACK, () => {
      const props = { clusterName: 'warmpath-prod', region: 'us-south', plan: 'graduated-tier', tags: TAGS };
      new IksMonitoring(STACK, props);
    });
    expect(only(all, 'ibm:index/resourceInstance:ResourceInstance').inputs).toMatchObject({
      name: 'warmpath-prod-monitoring',
      service: 'sysdig-monitor',
      plan: 'graduated-tier',
      location: 'us-south',
    });
    expect(only(all, 'ibm:index/resourceKey:ResourceKey').inputs.name).toBe('warmpath-prod-agent');
  });
});

describe('an environment', () => {
  const workload = { name: 'chat', namespace: 'team-chat', pool: 'l40s-chat', startSeconds: 900, graceSeconds: 60 };

  it('makes all that its plan says, and lets a workload in by its ServiceAccount', async () => {
    const plan = cloudPlan(
      'iks',
      { iks: { monitoring: {} }, modelStore: { name: 'contoso-weights' } },
      {
        workloads: [
          { ...workload, identity: { modelStore: 'write' } },
          { ...workload, name: 'plain', identity: {} },
        ],
      },
    );
    const all = await run(STACK, () => ({ identities: new IksEnvironment(STACK, { plan }).identityIds }));
    const links = ofToken(all, 'ibm:index/iamTrustedProfileLink:IamTrustedProfileLink');
    expect(links.map(({ inputs }) => inputs)).toMatchObject([
      { crType: 'IKS_SA', link: { namespace: 'team-chat', name: 'chat', crn: 'crn:prod-iks' } },
      { link: { namespace: 'team-chat', name: 'plain' } },
    ]);
    expect(Object.keys(all.outputs.identities as object)).toEqual(['chat', 'plain']);
    const policies = ofToken(all, 'ibm:index/iamTrustedProfilePolicy:IamTrustedProfilePolicy');
    expect(policies.map(({ name, inputs }) => [name, inputs.iamId])).toEqual([['chat-model-store', 'iam-chat']]);
    expect(ofToken(all, 'ibm:index/resourceInstance:ResourceInstance')).toHaveLength(2);
  });

  it('makes nothing that nobody asked for', async () => {
    const plan = cloudPlan('iks', {}, { pools: [iksSystem({ platform: platform('iks') })] });
    const all = await run(STACK, () => {
      const environment = new IksEnvironment(STACK, { plan });
      return { command: environment.kubeconfigCommand };
    });
    const kinds = new Set(all.resources.map(({ token }) => token.split(':').pop()));
    expect([...kinds].sort()).toEqual([
      'ContainerVpcCluster',
      'IksEnvironment',
      'IksNetwork',
      'IksPlatform',
      'IsPublicGateway',
      'IsSubnet',
      'IsVpc',
      'Stack',
    ]);
    expect(all.outputs.command).toBe('ibmcloud ks cluster config --cluster warmpath-prod --endpoint private');
  });

  it.each([
    ['private', 'private', ' --endpoint private'],
    ['public', undefined, ''],
  ] as const)('is reached by its %s endpoint', async (apiServer, endpointType, endpoint) => {
    const plan = cloudPlan('iks', { iks: { apiServer } });
    const all = await run(STACK, () => {
      const environment = new IksEnvironment(STACK, { plan });
      return { command: environment.kubeconfigCommand, path: environment.kubeconfig() };
    });
    expect(all.outputs.command).toBe(`ibmcloud ks cluster config --cluster warmpath-prod${endpoint}`);
    expect(all.calls).toHaveLength(1);
    expect(all.calls[0]?.inputs.endpointType).toBe(endpointType);
  });
});
