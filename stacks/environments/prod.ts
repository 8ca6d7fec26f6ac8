import { Duration } from 'cdk8s';
import { ArrivalSource, SecretSource, TrafficProfile } from '../../lib';
import type { Environment } from '../environment';

/** Multiplies matrices on every GPU for an hour and compares the results. */
const BURN_IN = `
import time, torch, torch.distributed as dist
dist.init_process_group("nccl")
device = torch.device("cuda", dist.get_rank())
torch.manual_seed(0)
a = torch.rand(8192, 8192, device=device)
expected = (a @ a).sum()
end = time.monotonic() + 3600
while time.monotonic() < end:
    total = (a @ a).sum()
    dist.all_reduce(total, op=dist.ReduceOp.MAX)
    assert torch.equal(total, expected), "GPUs disagree"
dist.destroy_process_group()
`;

/** The token for gated models, from the store that the platform team keeps in every cluster. */
const HUB_SECRET = {
  'hugging-face': SecretSource.externalSecrets({
    store: { name: 'platform', madeBy: 'the platform team, with the External Secrets Operator' },
    keys: { token: { remoteKey: 'hugging-face-token' } },
  }),
};

/** Chat on A100, reasoning with 70 B on pairs of H100, summaries behind Triton, a burn-in of the training nodes beside them. */
export const prod: Environment = {
  name: 'prod',
  platform: { cloud: 'aks', kubernetes: '1.35', region: 'westeurope' },
  cloud: {},
  ownership: { owner: 'ml-platform-oncall', team: 'ml-platform', costCentre: 'cc-4100' },
  gateway: { namespace: 'gateway', podLabels: { 'app.kubernetes.io/name': 'envoy' } },
  scraper: { namespace: 'monitoring', podLabels: { 'app.kubernetes.io/name': 'prometheus' } },
  prometheus: { serverAddress: 'http://prometheus.monitoring.svc:9090' },
  pools: {
    system: { purpose: 'system', machine: 'Standard_D8s_v5', minNodes: 3, maxNodes: 5, zones: ['1', '2', '3'] },
    a100: {
      purpose: 'inference',
      machine: 'Standard_NC24ads_A100_v4',
      minNodes: 7,
      maxNodes: 10,
      zones: ['1', '2', '3'],
      warm: {},
    },
    h100: {
      purpose: 'inference',
      machine: 'Standard_NC80adis_H100_v5',
      minNodes: 3,
      maxNodes: 3,
      zones: ['1', '2', '3'],
    },
    train: { purpose: 'training', machine: 'Standard_NC48ads_A100_v4', minNodes: 0, maxNodes: 2 },
  },
  services: {
    chat: {
      namespace: 'chat',
      pool: 'a100',
      model: { catalogue: 'llama-3.1-8b-instruct' },
      hubToken: { secretName: 'hugging-face', key: 'token' },
      secrets: HUB_SECRET,
      drain: Duration.seconds(60),
      sizing: {
        slo: { timeToFirstTokenSeconds: 2, objective: '0.99' },
        // npx tsx bench/capacity.ts: the simulated A100 with an 8 B model, under the conversations of bench/traces.
        capacity: {
          requestsPerSecond: 7.4,
          saturatedRequestsPerSecond: 7.8,
          inFlight: 140,
          mostInFlight: 233,
          unproven: 'from the simulator: nobody has run a load test on this machine yet',
        },
        traffic: TrafficProfile.unknown('chat', 24),
        // The other three replicas of the pool are those of the summaries.
        quotaReplicas: 6,
        // A node that is lost is replaced without the wait for a machine.
        warmNodes: 1,
      },
      scaling: { arrivals: ArrivalSource.envoyCluster('httproute/chat/chat/rule/0') },
      ownership: { owner: 'chat-oncall', team: 'chat', costCentre: 'cc-4210' },
    },
    reasoning: {
      namespace: 'reasoning',
      pool: 'h100',
      model: { catalogue: 'llama-3.3-70b-instruct' },
      hubToken: { secretName: 'hugging-face', key: 'token' },
      secrets: HUB_SECRET,
      tensorParallel: 2,
      maxModelLen: 8192,
      concurrency: 4,
      drain: Duration.seconds(120),
      ownership: { owner: 'reasoning-oncall', team: 'reasoning', costCentre: 'cc-4220' },
    },
    summarise: {
      namespace: 'summarise',
      pool: 'a100',
      model: { catalogue: 'phi-4' },
      runtime: { kind: 'triton' },
      warm: false,
      ownership: { owner: 'documents-oncall', team: 'documents', costCentre: 'cc-4230' },
    },
  },
  training: {
    // Needs nothing but its image: holds both GPUs of a node under load and fails when they disagree.
    'burn-in': {
      namespace: 'training',
      pool: 'train',
      image: 'pytorch/pytorch:2.9.1-cuda13.0-cudnn9-runtime',
      command: ['torchrun', '--standalone', '--nproc-per-node=2', '--no-python', 'python', '-c', BURN_IN],
      activeDeadline: Duration.hours(2),
      run: '1',
    },
  },
};
