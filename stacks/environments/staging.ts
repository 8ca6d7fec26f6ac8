import { Duration } from 'cdk8s';
import { SecretSource } from '../../lib';
import type { Environment } from '../environment';

/** The chat model of production at its smallest size that still survives a drain. */
export const staging: Environment = {
  name: 'staging',
  platform: { cloud: 'aks', kubernetes: '1.36', region: 'westeurope' },
  cloud: {},
  ownership: { owner: 'ml-platform-oncall', team: 'ml-platform', costCentre: 'cc-4100' },
  gateway: { namespace: 'gateway' },
  scraper: { namespace: 'monitoring' },
  pools: {
    system: { purpose: 'system', machine: 'Standard_D4s_v5', minNodes: 2, maxNodes: 3 },
    a100: {
      purpose: 'inference',
      machine: 'Standard_NC24ads_A100_v4',
      minNodes: 2,
      maxNodes: 2,
      zones: ['1', '2'],
    },
  },
  services: {
    chat: {
      namespace: 'chat',
      pool: 'a100',
      model: { catalogue: 'llama-3.1-8b-instruct' },
      hubToken: { secretName: 'hugging-face', key: 'token' },
      secrets: {
        'hugging-face': SecretSource.kubernetes({
          madeBy: 'the ML platform rota, by kubectl create secret generic hugging-face --from-file=token',
        }),
      },
      replicas: 2,
      disruption: { minAvailable: 1 },
      drain: Duration.seconds(60),
    },
  },
};
