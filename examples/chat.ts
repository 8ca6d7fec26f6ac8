import { Chart } from 'cdk8s';
import { App, GpuInferenceService, InferenceNamespace, PriorityClasses, planGpuNodePool, planPlatform } from '../lib';

const ownership = { owner: 'chat-oncall', team: 'chat', costCentre: 'cc-4210', environment: 'prod' };
const platform = planPlatform({ cloud: 'aks', kubernetes: '1.35', region: 'westeurope' });
const size = { machine: 'Standard_NC24ads_A100_v4', minNodes: 3, maxNodes: 4 };
const pool = planGpuNodePool({ name: 'a100', purpose: 'inference', platform, ownership, ...size });

const app = new App({ outdir: process.env.CDK8S_OUTDIR ?? 'build/chat' });
const chart = new Chart(app, 'chat');
new PriorityClasses(chart, 'priorities');
new InferenceNamespace(chart, 'chat', { ownership, platform });
const model = { catalogue: 'qwen3-8b' } as const;
const gateway = { namespace: 'gateway' };
new GpuInferenceService(chart, 'qwen3', { namespace: 'chat', ownership, pool, model, gateway });
app.synth();
