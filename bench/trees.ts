/** The trees that are measured, for any class of app. */
import { ApiObject, type App, type AppProps, Chart } from 'cdk8s';
import {
  GpuInferenceService,
  type GpuInferenceServiceProps,
  type GpuNodePoolPlan,
  InferenceNamespace,
  type PlatformProfile,
  PriorityClasses,
  planGpuNodePool,
  planPlatform,
  SecretSource,
} from '../lib';
import { k8s } from '../lib/kube/k8s';

/** A class with the interface of cdk8s's `App`. */
export type AppClass = new (props?: AppProps) => App;

const SERVICES_PER_POOL = 100;
const REPLICAS = 3;

/** What teams serve: two models behind vLLM, one behind Triton, which needs a ConfigMap as well. */
const MODELS: readonly Pick<GpuInferenceServiceProps, 'model' | 'runtime' | 'hubToken' | 'secrets'>[] = [
  { model: { catalogue: 'qwen3-8b' } },
  {
    model: { catalogue: 'llama-3.1-8b-instruct' },
    hubToken: { secretName: 'hugging-face', key: 'token' },
    secrets: {
      'hugging-face': SecretSource.externalSecrets({
        store: { name: 'platform' },
        keys: { token: { remoteKey: 'hub' } },
      }),
    },
  },
  { model: { catalogue: 'phi-4' }, runtime: { kind: 'triton' } },
];

function poolOf(platform: PlatformProfile, index: number): GpuNodePoolPlan {
  return planGpuNodePool({
    name: `a100p${index}`,
    purpose: 'inference',
    platform,
    machine: 'Standard_NC24ads_A100_v4',
    minNodes: 3,
    // Every pod and one more of each service.
    maxNodes: SERVICES_PER_POOL * (REPLICAS + 1),
    ownership: { owner: 'ml-platform-oncall', team: 'ml-platform', costCentre: 'cc-4100', environment: 'bench' },
  });
}

/** What a team adds to its service: a way in from the gateway, and the metrics. */
function drawTeamObjects(chart: Chart, name: string, namespace: string): void {
  new ApiObject(chart, 'route', {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name, namespace },
    spec: {
      parentRefs: [{ name: 'inference', namespace: 'gateway' }],
      hostnames: [`${name}.example.com`],
      rules: [
        {
          matches: [{ path: { type: 'PathPrefix', value: '/v1' } }],
          timeouts: { request: '60s' },
          backendRefs: [{ name, port: 8000 }],
        },
      ],
    },
  });
  new ApiObject(chart, 'pod-monitor', {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PodMonitor',
    metadata: { name, namespace },
    spec: {
      selector: { matchLabels: { 'app.kubernetes.io/name': name } },
      podMetricsEndpoints: [{ port: 'http', path: '/metrics', interval: '15s' }],
    },
  });
}

/** GPU services, each with its own namespace: at least ten objects in two charts for each. */
function services(app: App, size: number): void {
  const platform = planPlatform({ cloud: 'aks', kubernetes: '1.35', region: 'westeurope' });
  new PriorityClasses(new Chart(app, 'cluster'), 'priorities');
  let pool = poolOf(platform, 0);
  for (let index = 0; index < size; index += 1) {
    if (index > 0 && index % SERVICES_PER_POOL === 0) pool = poolOf(platform, index / SERVICES_PER_POOL);
    const team = `team-${index}`;
    const name = `service-${index}`;
    const ownership = { owner: `${team}-oncall`, team, costCentre: `cc-${index}`, environment: 'bench' };
    new InferenceNamespace(new Chart(app, `namespace-${team}`), team, { ownership, platform });
    const chart = new Chart(app, name);
    new GpuInferenceService(chart, name, {
      namespace: team,
      ownership,
      pool,
      gateway: { namespace: 'gateway', podLabels: { 'app.kubernetes.io/name': 'envoy' } },
      scraper: { namespace: 'monitoring' },
      replicas: REPLICAS,
      model: { catalogue: 'qwen3-8b' },
      ...MODELS[index % MODELS.length],
    });
    drawTeamObjects(chart, name, team);
  }
}

/** Charts of ten generated Deployments each, without anything of warmpath. */
function charts(app: App, size: number): void {
  for (let index = 0; index < size; index += 1) {
    const chart = new Chart(app, `chart-${index}`);
    for (let part = 0; part < 10; part += 1) {
      const labels = { 'app.kubernetes.io/name': `part-${part}`, 'app.kubernetes.io/instance': `chart-${index}` };
      new k8s.KubeDeployment(chart, `part-${part}`, {
        metadata: { name: `chart-${index}-part-${part}`, labels },
        spec: {
          replicas: 2,
          selector: { matchLabels: labels },
          template: {
            metadata: { labels },
            spec: {
              containers: [
                {
                  name: 'main',
                  image: 'registry.example.com/team/server:1.4.2',
                  args: ['--port', '8080', '--verbose', 'true'],
                  env: [{ name: 'LOG_LEVEL', value: 'info' }],
                  ports: [{ name: 'http', containerPort: 8080 }],
                  resources: {
                    requests: { cpu: k8s.Quantity.fromString('250m'), memory: k8s.Quantity.fromString('512Mi') },
                    limits: { memory: k8s.Quantity.fromString('512Mi') },
                  },
                },
              ],
            },
          },
        },
      });
    }
  }
}

export const TREES = { services, charts } as const;
export type TreeName = keyof typeof TREES;
