import { Duration } from 'cdk8s';
import type { Environment } from '../environment';

/** The same promise on IBM Cloud: one node in each zone of Dallas at least. */
export const prodIks: Environment = {
  name: 'prod-iks',
  platform: { cloud: 'iks', kubernetes: '1.35', region: 'us-south' },
  cloud: {},
  ownership: { owner: 'ml-platform-oncall', team: 'ml-platform', costCentre: 'cc-4100' },
  gateway: { namespace: 'gateway' },
  scraper: { namespace: 'ibm-observe' },
  pools: {
    system: {
      purpose: 'system',
      machine: 'bx2.4x16',
      minNodes: 3,
      maxNodes: 3,
      zones: ['us-south-1', 'us-south-2', 'us-south-3'],
    },
    l40s: {
      purpose: 'inference',
      machine: 'gx3.24x120.l40s',
      minNodes: 3,
      maxNodes: 6,
      zones: ['us-south-1', 'us-south-2', 'us-south-3'],
    },
  },
  services: {
    chat: {
      namespace: 'chat',
      pool: 'l40s',
      model: { catalogue: 'qwen3-8b' },
      drain: Duration.seconds(60),
      ownership: { owner: 'chat-oncall', team: 'chat', costCentre: 'cc-4210' },
    },
  },
};
