import type { Environment } from '../environment';

/** One small model on the cheapest GPU that AKS rents. */
export const dev: Environment = {
  name: 'dev',
  platform: { cloud: 'aks', kubernetes: '1.36', region: 'westeurope' },
  cloud: {},
  ownership: { owner: 'ml-platform-oncall', team: 'ml-platform', costCentre: 'cc-4100' },
  gateway: { namespace: 'gateway' },
  scraper: { namespace: 'monitoring' },
  pools: {
    system: { purpose: 'system', machine: 'Standard_D4s_v5', minNodes: 2, maxNodes: 2 },
    t4: { purpose: 'inference', machine: 'Standard_NC4as_T4_v3', minNodes: 1, maxNodes: 2 },
  },
  services: {
    chat: {
      namespace: 'chat',
      pool: 't4',
      model: { catalogue: 'qwen2.5-1.5b-instruct' },
      replicas: 1,
      disruption: { allowOutageReason: 'developers wait for a cold start when a node is drained' },
    },
  },
};
