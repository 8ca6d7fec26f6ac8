/** From a serving plan to the input of the GPU pod. */
import { createHash } from 'node:crypto';
import type { RollingUpdate } from '../domain/availability';
import { ANNOTATIONS } from '../domain/node-vocabulary';
import { planRecord } from '../domain/plan-record';
import type { ConfigFiles } from '../domain/runtime-launch';
import type { ServingPlan } from '../domain/serving-plan';
import type { ContainerPort, GpuPodInput, HttpProbe, ImageMount } from '../kube/gpu-pod';
import { k8s } from '../kube/k8s';
import { podSecrets } from '../kube/pod-secrets';
import type { GpuInferenceServiceProps } from './serving-props';

type PodProps = Pick<GpuInferenceServiceProps, 'priority' | 'imagePullSecrets' | 'spread'>;

/** ConfigMap keys hold no slash. */
function configKey(path: string): string {
  return path.slice(1).replaceAll('/', '_');
}

/** The server's files as data of a ConfigMap. */
export function configData(config: ConfigFiles): Record<string, string> {
  return Object.fromEntries(Object.entries(config).map(([path, text]) => [configKey(path), text]));
}

/** What identifies model and configuration, and nothing else: every other change would restart the pods for nothing. */
export function podAnnotations(
  { model, launch, secrets }: ServingPlan,
  own: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const files = launch.config && createHash('sha256').update(JSON.stringify(launch.config)).digest('hex');
  return {
    ...own,
    [ANNOTATIONS.modelUri]: model.uri,
    ...(files && { [ANNOTATIONS.configSha256]: files }),
    ...secrets.podAnnotations,
  };
}

/** The whole plan, for whoever has the manifests and nothing else. */
export function planAnnotation(plan: ServingPlan): Record<string, string> {
  return { [ANNOTATIONS.plan]: JSON.stringify(planRecord(plan)) };
}

/** What was decided, for whoever reads the Deployment. */
export function deploymentAnnotations(plan: ServingPlan): Record<string, string> {
  const { model, coldStart, fit, secrets } = plan;
  return {
    [ANNOTATIONS.modelUri]: model.uri,
    [ANNOTATIONS.coldStartP50]: String(Math.round(coldStart.p50Seconds)),
    [ANNOTATIONS.coldStartP95]: String(Math.round(coldStart.p95Seconds)),
    [ANNOTATIONS.containerStartP95]: String(Math.round(coldStart.containerP95Seconds)),
    [ANNOTATIONS.memoryFit]: fit.explanation,
    ...planAnnotation(plan),
    ...secrets.annotations,
  };
}

/** A decided update in Kubernetes' own types. */
export function rollingUpdateOf({ maxSurge, maxUnavailable }: RollingUpdate): k8s.RollingUpdateDeployment {
  return { maxSurge: k8s.IntOrString.fromNumber(maxSurge), maxUnavailable: k8s.IntOrString.fromNumber(maxUnavailable) };
}

function portsOf({ runtime }: ServingPlan): readonly ContainerPort[] {
  const { http, grpc, metrics } = runtime.ports;
  return [
    { name: 'http', port: http },
    ...(grpc === undefined ? [] : [{ name: 'grpc', port: grpc }]),
    ...(metrics === http ? [] : [{ name: 'metrics', port: metrics }]),
  ];
}

/** The API of the server, and no other port of the pod. */
export function servicePorts(plan: ServingPlan): k8s.ServicePort[] {
  return portsOf(plan)
    .filter(({ name }) => name !== 'metrics')
    .map(({ name, port }) => ({ name, port, protocol: 'TCP', targetPort: k8s.IntOrString.fromString(name) }));
}

function probesOf({ runtime, timers }: ServingPlan): GpuPodInput['probes'] {
  const check = (path: string, pace: ServingPlan['timers']['startupProbe']): HttpProbe => ({
    path,
    port: 'http',
    timeoutSeconds: runtime.probeTimeoutSeconds,
    ...pace,
  });
  return {
    startup: check(runtime.readinessPath, timers.startupProbe),
    readiness: check(runtime.readinessPath, timers.readinessProbe),
    liveness: check(runtime.livenessPath, timers.livenessProbe),
  };
}

/** What is mounted as images: weights, and adapters that do not lie in the cache. */
function imagesOf({ weights, lora }: ServingPlan): readonly ImageMount[] {
  const adapters = (lora?.adapters ?? []).flatMap(({ image, path }, index) =>
    image === undefined ? [] : [{ name: `adapter-${index}`, reference: image, mountPath: path }],
  );
  return [...(weights.imageVolume ? [{ name: 'weights', ...weights.imageVolume }] : []), ...adapters];
}

/** The pod of a service, ready to be drawn. */
export function servingPod(
  plan: ServingPlan,
  podSelector: Readonly<Record<string, string>>,
  props: PodProps,
): GpuPodInput {
  const { launch, runtime } = plan;
  return {
    containerName: plan.names.containerName,
    pool: plan.pool,
    priority: props.priority ?? 'inference',
    uid: runtime.uid,
    gid: runtime.gid,
    image: plan.image,
    command: launch.command,
    args: launch.args,
    env: plan.env,
    secrets: podSecrets(plan.secrets, plan.identity),
    resources: plan.resources,
    home: runtime.home,
    compileCache: plan.compileCache,
    terminationGracePeriodSeconds: plan.drain.terminationGracePeriodSeconds,
    serviceAccountName: plan.name,
    ports: portsOf(plan),
    probes: probesOf(plan),
    drain: { ...plan.drain, stopCommand: launch.stopCommand },
    config: launch.config && {
      configMapName: plan.name,
      paths: Object.fromEntries(Object.keys(launch.config).map((path) => [configKey(path), path])),
    },
    claims: plan.mounts,
    imageVolumes: imagesOf(plan),
    spread: { labels: podSelector, required: props.spread === 'required' },
    imagePullSecrets: props.imagePullSecrets,
  };
}
