import type { Environment } from '../../stacks/environment';
import { buildEnvironment } from '../../stacks/inference';
import { synth } from '../support/synth';

const ENVIRONMENT: Environment = {
  name: 'test',
  platform: { cloud: 'aks', kubernetes: '1.35', region: 'westeurope', nodeAutoscaler: 'karpenter' },
  ownership: { owner: 'chat-oncall', team: 'chat', costCentre: 'cc-1' },
  gateway: { namespace: 'gateway' },
  scraper: { namespace: 'monitoring' },
  pools: {
    system: { purpose: 'system', machine: 'Standard_D8s_v5', minNodes: 3, maxNodes: 3 },
    a100: { purpose: 'inference', machine: 'Standard_NC24ads_A100_v4', minNodes: 0, maxNodes: 6 },
  },
  services: { chat: { namespace: 'chat', pool: 'a100', model: { catalogue: 'qwen3-8b' } } },
};

describe('an environment whose nodes Karpenter makes', () => {
  const { app, pools } = buildEnvironment(ENVIRONMENT);
  const drawn = synth(app);
  const nodePools = drawn.objects.filter(({ kind }) => kind === 'NodePool');

  test('has a NodePool for each of its GPU pools, and leaves the system pool to the cloud', () => {
    expect(nodePools.map(({ metadata }) => metadata.name)).toEqual(['a100']);
  });

  test('has its pods look for the very labels and taints that the nodes will have', () => {
    const plan = pools.find(({ name }) => name === 'a100');
    const { template } = (nodePools[0]?.spec ?? {}) as {
      template: { metadata: { labels: object }; spec: { taints: object[] } };
    };
    expect(template.metadata.labels).toMatchObject({ ...plan?.nodeSelector });
    const { tolerations } = drawn.one('Deployment', 'chat').spec.template.spec;
    const tolerated = template.spec.taints.map((taint) => ({ ...taint, operator: 'Equal' }));
    expect(tolerations).toEqual(expect.arrayContaining(tolerated.map((one) => expect.objectContaining(one))));
  });

  test('has none where the cloud grows the pools', () => {
    const platform = { ...ENVIRONMENT.platform, nodeAutoscaler: undefined };
    const { app: other } = buildEnvironment({ ...ENVIRONMENT, platform });
    expect(synth(other).objects.filter(({ kind }) => kind === 'NodePool')).toEqual([]);
  });
});
