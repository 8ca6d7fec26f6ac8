import { parse } from 'yaml';
import {
  GpuInferenceService,
  type GpuInferenceServiceProps,
  type LoraAdapter,
  ServingBackend,
  type ServingTarget,
} from '../../lib';
import {
  type Container,
  DIGEST,
  drawService,
  type KubernetesObject,
  newChart,
  type PodSpec,
  pool,
  serviceProps,
  synth,
  yamlOf,
} from '../support/synth';

type Strings = Readonly<Record<string, string>>;

interface Predictor extends PodSpec {
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly annotations: Strings;
  readonly deploymentStrategy: unknown;
}

interface InferenceService extends KubernetesObject {
  readonly metadata: KubernetesObject['metadata'] & { readonly labels: Strings; readonly annotations: Strings };
  readonly spec: { readonly predictor: Predictor };
}

const BACKEND = ServingBackend.kserve({ version: '0.20' });

/** One service named 'chat' behind KServe. */
function drawKserve(props: Partial<GpuInferenceServiceProps> = {}) {
  const chart = newChart();
  const service = new GpuInferenceService(chart, 'chat', serviceProps({ backend: BACKEND, ...props }));
  const result = synth(chart);
  const made = result.objects.filter(({ kind }) => kind === 'InferenceService') as unknown as InferenceService[];
  const [object, ...others] = made;
  const [container] = object?.spec.predictor.containers ?? [];
  if (object === undefined || container === undefined || others.length > 0) throw new Error('expected one');
  return { ...result, service, object, predictor: object.spec.predictor, container };
}

/** A pod without what is meant to differ. */
function comparable(spec: PodSpec) {
  const { containers, topologySpreadConstraints, ...rest } = spec;
  const spread = topologySpreadConstraints?.map(({ labelSelector, ...constraint }) => constraint);
  return { ...rest, spread, containers: containers.map(({ name, ...container }: Container) => container) };
}

class Watcher {
  readonly bound: ServingTarget[] = [];
  readonly minReplicas = 2;
  readonly maxReplicas = 4;
  bindScaler(target: ServingTarget): void {
    this.bound.push(target);
  }
}

const SCALED: Partial<GpuInferenceServiceProps> = { disruption: { minAvailable: 1 } };

describe('a service behind KServe', () => {
  const { object, predictor, container, objects, service, one } = drawKserve();

  test('is one InferenceService beside what KServe does not make', () => {
    expect(objects.map(({ kind }) => kind).sort()).toEqual([
      'InferenceService',
      'NetworkPolicy',
      'PodDisruptionBudget',
      'ServiceAccount',
    ]);
    expect(object.apiVersion).toBe('serving.kserve.io/v1beta1');
    expect(object.metadata).toMatchObject({ name: 'chat', namespace: 'chat' });
  });

  test('has the very pod that a Deployment would have', () => {
    const { deployment } = drawService();
    const { minReplicas, maxReplicas, annotations, deploymentStrategy, ...pod } = predictor;
    expect(comparable(pod)).toEqual(comparable(deployment.spec.template.spec));
    expect(container.name).toBe('kserve-container');
  });

  test('has the annotations of the pod where KServe puts them on it', () => {
    const { deployment } = drawService({ podAnnotations: { 'example.com/note': 'here' } });
    const noted = drawKserve({ podAnnotations: { 'example.com/note': 'here' } });
    expect(noted.predictor.annotations).toEqual(deployment.spec.template.metadata.annotations);
  });

  test.each([
    ['0.15', 'RawDeployment'],
    ['0.16', 'Standard'],
    ['0.20', 'Standard'],
  ])('asks KServe %s for a Deployment by the name %s', (version, mode) => {
    const drawn = drawKserve({ backend: ServingBackend.kserve({ version }) });
    expect(drawn.object.metadata.annotations['serving.kserve.io/deploymentMode']).toBe(mode);
  });

  test('keeps the number of pods, without an HPA', () => {
    expect(predictor).toMatchObject({ minReplicas: 3, maxReplicas: 3 });
    expect(object.metadata.annotations['serving.kserve.io/autoscalerClass']).toBe('none');
  });

  test('leaves the number of pods to a bound scaler, which is told what to scale', () => {
    const scaler = new Watcher();
    const scaled = drawKserve({ scaler, ...SCALED });
    expect(scaled.predictor).toMatchObject({ minReplicas: 2, maxReplicas: 4 });
    expect(scaled.object.metadata.annotations['serving.kserve.io/autoscalerClass']).toBe('external');
    expect(scaler.bound[0]).toMatchObject({
      name: 'chat',
      deploymentName: 'chat-predictor',
      serviceName: 'chat-predictor',
      servicePort: 80,
      podSelector: { app: 'isvc.chat-predictor' },
    });
  });

  test('replaces its pods as a Deployment of the pool would', () => {
    expect(predictor.deploymentStrategy).toEqual({
      type: 'RollingUpdate',
      rollingUpdate: { maxSurge: 1, maxUnavailable: 0 },
    });
    const full = drawKserve({ pool: pool({ maxNodes: 3 }) });
    expect(full.predictor.deploymentStrategy).toMatchObject({ rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } });
  });

  test('selects the label that KServe puts on the pods, everywhere', () => {
    const selector = { app: 'isvc.chat-predictor' };
    expect(service.podSelector).toEqual(selector);
    expect(one('PodDisruptionBudget').spec.selector.matchLabels).toEqual(selector);
    expect(one('NetworkPolicy').spec.podSelector.matchLabels).toEqual(selector);
    const spread = predictor.topologySpreadConstraints?.map(({ labelSelector }) => labelSelector.matchLabels);
    expect(spread).toEqual([selector, selector]);
  });

  test('carries no label or annotation that restarts pods for nothing, since KServe copies them to the pods', () => {
    const { deployment } = drawService();
    expect(object.metadata.labels).toEqual({
      ...deployment.spec.template.metadata.labels,
      'networking.kserve.io/visibility': 'cluster-local',
    });
    expect(Object.keys(object.metadata.annotations).sort()).toEqual([
      'serving.kserve.io/autoscalerClass',
      'serving.kserve.io/deploymentMode',
    ]);
    expect(one('ServiceAccount').metadata.labels).toHaveProperty(['warmpath.dev/owner'], 'chat-oncall');
  });

  test('is published by KServe only when that is asked for', () => {
    const exposed = drawKserve({ backend: ServingBackend.kserve({ version: '0.20', exposed: true }) });
    expect(exposed.object.metadata.labels).not.toHaveProperty(['networking.kserve.io/visibility']);
  });

  test('mounts configuration files, images of weights and adapters as a Deployment would', () => {
    const adapter: LoraAdapter = {
      name: 'support',
      path: `oci://registry.example.com/support@${DIGEST}`,
      rank: 16,
      modules: ['q_proj', 'v_proj'],
      bytes: 30e6,
    };
    const model = { catalogue: 'qwen3-8b', uri: `oci://registry.example.com/qwen3@${DIGEST}` } as const;
    for (const props of [{ runtime: { kind: 'triton' } } as const, { adapters: [adapter], model }]) {
      const { containers, volumes } = drawService(props).deployment.spec.template.spec;
      const behind = drawKserve(props).predictor;
      expect(behind.volumes).toEqual(volumes);
      expect(behind.containers[0]?.volumeMounts).toEqual(containers[0]?.volumeMounts);
    }
    const { volumes } = drawKserve({ adapters: [adapter], model }).predictor;
    expect(volumes.filter(({ image }) => image).map(({ name, image }) => [name, image?.reference])).toEqual([
      ['weights', `registry.example.com/qwen3@${DIGEST}`],
      ['adapter-0', `registry.example.com/support@${DIGEST}`],
    ]);
  });

  test('writes quantities and numbers as plain values', () => {
    const chart = newChart();
    new GpuInferenceService(chart, 'chat', serviceProps({ backend: BACKEND }));
    const text = yamlOf(chart);
    expect(text).not.toMatch(/value:\s*\{|\[object/);
    const { limits } = container.resources;
    expect(limits?.['nvidia.com/gpu']).toBe('1');
    expect(text.split('---').map((document) => parse(document) as unknown)).toHaveLength(4);
  });

  test('claims its GPUs on the pool like any other', () => {
    expect(() => drawKserve({ pool: pool({ minNodes: 1, maxNodes: 2 }) })).toThrow(/WP-POOL-014/);
  });
});

describe('adapters of a Deployment', () => {
  test('that are images are mounted read-only where the server looks for them', () => {
    const { container, deployment } = drawService({
      adapters: [
        {
          name: 'support',
          path: `oci://registry.example.com/support@${DIGEST}`,
          rank: 16,
          modules: ['q_proj', 'v_proj'],
          bytes: 30e6,
        },
      ],
    });
    expect(container.volumeMounts).toContainEqual({ name: 'adapter-0', mountPath: '/adapters/0', readOnly: true });
    expect(deployment.spec.template.spec.volumes).toContainEqual({
      name: 'adapter-0',
      image: { reference: `registry.example.com/support@${DIGEST}`, pullPolicy: 'IfNotPresent' },
    });
    expect(container.args).toContain('support=/adapters/0');
  });
});

describe('a custom server', () => {
  test('is drawn like the others: ports, probes, user, files and command of its profile', () => {
    const { container, deployment, one } = drawService({
      runtime: {
        kind: 'custom',
        profile: {
          name: 'lmdeploy',
          version: '0.9.1',
          image: `registry.example.com/lmdeploy:0.9.1@${DIGEST}`,
          uid: 1000,
          home: '/home/server',
          ports: { http: 8080, metrics: 9090 },
          readinessPath: '/ready',
          livenessPath: '/live',
          architectures: ['amd64'],
          fetchesFromHub: true,
          launch: ({ modelPath }) => ({
            command: ['serve', modelPath],
            config: { '/etc/server/config.yaml': 'a: 1\n' },
            stopCommand: ['serve', 'stop', '--reason', 'it is drained'],
          }),
        },
      },
    });
    expect(container.command).toEqual(['serve', 'Qwen/Qwen3-8B']);
    expect(container.ports).toEqual([
      { name: 'http', containerPort: 8080 },
      { name: 'metrics', containerPort: 9090 },
    ]);
    expect(container.readinessProbe?.httpGet).toEqual({ path: '/ready', port: 'http' });
    expect(container.livenessProbe?.httpGet).toEqual({ path: '/live', port: 'http' });
    expect(container.lifecycle?.preStop.exec?.command).toEqual([
      'sh',
      '-c',
      "sleep 15; serve stop --reason 'it is drained'",
    ]);
    expect(deployment.spec.template.spec.securityContext).toMatchObject({ runAsUser: 1000, runAsGroup: 1000 });
    expect(one('ConfigMap').data).toEqual({ 'etc_server_config.yaml': 'a: 1\n' });
  });
});
