/**
 * A policy as it stands in the manifests of a service, so that a simulation judges what is applied to the cluster and
 * not what was meant.
 */
import {
  DEFAULT_BEHAVIOUR,
  type ScalingBehaviour,
  type ScalingPolicy,
  type ScalingRules,
} from '../domain/hpa-behaviour';
import { KSERVE, kservePredictorName } from '../domain/kserve';
import { WORKLOAD_LABELS } from '../domain/node-vocabulary';
import { WARM_COMPONENTS } from '../domain/placeholder';
import { RUNTIME_METRICS } from '../domain/runtime-metrics';
import { at, list, number, object, text, texts } from '../policy/json';
import type { SimulatedPolicy, SimulatedTrigger } from './policy';

/** KEDA's own defaults (keda.sh/v1alpha1 ScaledObject). */
const KEDA_DEFAULTS = { minReplicas: 0, maxReplicas: 100 } as const;

/** Time that a GPU was busy, in percent, of NVIDIA's DCGM exporter. */
const GPU_UTILISATION = 'DCGM_FI_DEV_GPU_UTIL';

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/** The window of a range: `[30s]`, `[2m]`. */
function windowOf(query: string): number | undefined {
  const [, amount, unit = ''] = /\[(\d+)([smh])\]/.exec(query) ?? [];
  const seconds = SECONDS[unit];
  return amount === undefined || seconds === undefined ? undefined : Number(amount) * seconds;
}

/** Whether a query reads one of the gauges that servers report under. */
function reads(query: string, gauge: 'running' | 'waiting'): boolean {
  return Object.values(RUNTIME_METRICS).some((metrics) => {
    const name = (metrics as { readonly running?: string; readonly waiting?: string })[gauge];
    return name !== undefined && query.includes(name);
  });
}

/** What a query looks at; undefined for what the simulator has no model of. */
function signalOf(query: string): Pick<SimulatedTrigger, 'signal' | 'windowSeconds'> | undefined {
  if (query.includes(GPU_UTILISATION)) return { signal: 'gpuUtilisation', windowSeconds: 0 };
  if (reads(query, 'running')) return { signal: 'inFlight', windowSeconds: 0 };
  if (reads(query, 'waiting')) return { signal: 'waiting', windowSeconds: 0 };
  const windowSeconds = windowOf(query);
  const rate = /\b(i?rate|increase)\s*\(/.test(query);
  return rate && windowSeconds !== undefined ? { signal: 'arrivalRate', windowSeconds } : undefined;
}

function triggerOf(trigger: unknown, where: string): SimulatedTrigger {
  const type = text(at(trigger, 'type')) ?? '';
  const metadata = texts(at(trigger, 'metadata'));
  const threshold = Number(metadata.threshold);
  const query = metadata.query ?? '';
  const signal = type === 'prometheus' ? signalOf(query) : undefined;
  if (signal === undefined || !(threshold > 0)) {
    throw new Error(
      `${where}: trigger ${JSON.stringify(type)} with query ${JSON.stringify(query)} and threshold ${JSON.stringify(metadata.threshold)} cannot be simulated. ` +
        'Allowed: prometheus triggers with a threshold above 0 over a rate of arrivals, running or waiting requests, or GPU utilisation. ' +
        'Fix: simulate the service with one of these, or judge it on a cluster.',
    );
  }
  return { ...signal, threshold, headroom: 0 };
}

function rulesOf(written: unknown, otherwise: ScalingRules): ScalingRules {
  const policies = list(at(written, 'policies')).map(
    (policy): ScalingPolicy => ({
      type: text(at(policy, 'type')) === 'Percent' ? 'Percent' : 'Pods',
      value: number(at(policy, 'value')) ?? 0,
      periodSeconds: number(at(policy, 'periodSeconds')) ?? 15,
    }),
  );
  const select = text(at(written, 'selectPolicy'));
  return {
    stabilizationWindowSeconds:
      number(at(written, 'stabilizationWindowSeconds')) ?? otherwise.stabilizationWindowSeconds,
    selectPolicy: select === 'Min' || select === 'Disabled' ? select : 'Max',
    policies: policies.length === 0 ? otherwise.policies : policies,
  };
}

function behaviourOf(written: unknown): ScalingBehaviour {
  return {
    scaleUp: rulesOf(at(written, 'scaleUp'), DEFAULT_BEHAVIOUR.scaleUp),
    scaleDown: rulesOf(at(written, 'scaleDown'), DEFAULT_BEHAVIOUR.scaleDown),
  };
}

function fallbackOf(written: unknown): SimulatedPolicy['fallback'] {
  const failureThreshold = number(at(written, 'failureThreshold'));
  const replicas = number(at(written, 'replicas'));
  return failureThreshold === undefined || replicas === undefined ? undefined : { failureThreshold, replicas };
}

/** Objects of a kind in a namespace. */
function of(manifests: readonly unknown[], kind: string, namespace: string): readonly unknown[] {
  return manifests.filter(
    (manifest) => text(at(manifest, 'kind')) === kind && text(at(manifest, 'metadata', 'namespace')) === namespace,
  );
}

const component = (manifest: unknown) => text(at(manifest, 'metadata', 'labels', WORKLOAD_LABELS.component));

/** Requests of a pod, as text: two pods of one shape ask for the same. */
function shapeOf(podSpec: unknown): string {
  const containers = list(at(podSpec, 'containers'));
  return JSON.stringify([containers.map((one) => object(at(one, 'resources', 'requests'))), at(podSpec, 'affinity')]);
}

/** Placeholders of the service's shape in its namespace, whoever holds them. */
function placeholdersFor(manifests: readonly unknown[], namespace: string, shape: string): number {
  const deployments = of(manifests, 'Deployment', namespace)
    .filter((one) => component(one) === WARM_COMPONENTS.placeholder)
    .filter((one) => shapeOf(at(one, 'spec', 'template', 'spec')) === shape)
    .map((one) => number(at(one, 'spec', 'replicas')) ?? 0);
  const buffers = of(manifests, 'CapacityBuffer', namespace).map((one) => number(at(one, 'spec', 'replicas')) ?? 0);
  return [...deployments, ...buffers].reduce((sum, replicas) => sum + replicas, 0);
}

interface Workload {
  /** The pool that it says it runs on. */
  readonly pool: string | undefined;
  readonly podSpec: unknown;
  readonly replicas: number;
}

/** The Deployment, or what KServe makes it of. */
function workloadOf(manifests: readonly unknown[], namespace: string, deployment: string): Workload | undefined {
  const called = (kind: string, nameOf: (name: string) => string) =>
    of(manifests, kind, namespace).find((one) => nameOf(text(at(one, 'metadata', 'name')) ?? '') === deployment);
  const own = called('Deployment', (name) => name);
  if (own !== undefined) {
    return {
      pool: poolOf(own),
      podSpec: at(own, 'spec', 'template', 'spec'),
      replicas: number(at(own, 'spec', 'replicas')) ?? 1,
    };
  }
  const served = called(KSERVE.kind, kservePredictorName);
  if (served === undefined) return undefined;
  const predictor = at(served, 'spec', 'predictor');
  return { pool: poolOf(served), podSpec: predictor, replicas: number(at(predictor, 'minReplicas')) ?? 1 };
}

const poolOf = (manifest: unknown) => text(at(manifest, 'metadata', 'labels', WORKLOAD_LABELS.pool));

const imagesOf = (podSpec: unknown, containers: string) => list(at(podSpec, containers)).map((one) => at(one, 'image'));

/** Whether a manifest brings the images of a workload to the nodes of its pool. */
function brings(manifest: unknown, { pool, podSpec }: Workload): boolean {
  if (text(at(manifest, 'kind')) !== 'DaemonSet' || component(manifest) !== WARM_COMPONENTS.prefetch) return false;
  const brought = imagesOf(at(manifest, 'spec', 'template', 'spec'), 'initContainers');
  const wanted = imagesOf(podSpec, 'containers').filter((image) => image !== undefined);
  return poolOf(manifest) === pool && wanted.every((image) => brought.includes(image));
}

/** What is simulated of a service. */
export interface ManifestSelection {
  readonly namespace: string;
  /** Name of its Deployment. */
  readonly deployment: string;
}

/**
 * The policy of a service: its ScaledObject, or its fixed number of replicas.
 * @throws Error for a service that is not there, and for triggers that the simulator has no model of
 */
export function policyOf(manifests: readonly unknown[], { namespace, deployment }: ManifestSelection): SimulatedPolicy {
  const workload = workloadOf(manifests, namespace, deployment);
  if (workload === undefined) {
    const names = manifests
      .filter((one) => text(at(one, 'kind')) === 'Deployment')
      .map((one) => `${text(at(one, 'metadata', 'namespace'))}/${text(at(one, 'metadata', 'name'))}`);
    throw new Error(
      `there is no Deployment ${namespace}/${deployment} in these manifests. Allowed: ${names.join(', ') || 'none is there'}. Fix: correct the name, or synthesise first.`,
    );
  }
  const common = {
    placeholders: placeholdersFor(manifests, namespace, shapeOf(workload.podSpec)),
    imagePrefetched: manifests.some((one) => brings(one, workload)),
  };
  const scaler = of(manifests, 'ScaledObject', namespace).find(
    (one) => text(at(one, 'spec', 'scaleTargetRef', 'name')) === deployment,
  );
  const own = of(manifests, 'HorizontalPodAutoscaler', namespace).find(
    (one) => text(at(one, 'spec', 'scaleTargetRef', 'name')) === deployment,
  );
  if (scaler === undefined && own !== undefined) {
    throw new Error(
      `HorizontalPodAutoscaler ${namespace}/${text(at(own, 'metadata', 'name'))} cannot be simulated: what its metrics count is not written in it. ` +
        'Allowed: a ScaledObject, or a fixed number of replicas. Fix: scale the service by KEDA, or judge it on a cluster.',
    );
  }
  if (scaler === undefined) {
    const { replicas } = workload;
    return { ...common, minReplicas: replicas, maxReplicas: replicas, triggers: [], behaviour: DEFAULT_BEHAVIOUR };
  }
  const spec = at(scaler, 'spec');
  const name = `ScaledObject ${namespace}/${text(at(scaler, 'metadata', 'name'))}`;
  const fallback = fallbackOf(at(spec, 'fallback'));
  return {
    ...common,
    minReplicas: number(at(spec, 'minReplicaCount')) ?? KEDA_DEFAULTS.minReplicas,
    maxReplicas: number(at(spec, 'maxReplicaCount')) ?? KEDA_DEFAULTS.maxReplicas,
    triggers: list(at(spec, 'triggers')).map((trigger) => triggerOf(trigger, name)),
    behaviour: behaviourOf(at(spec, 'advanced', 'horizontalPodAutoscalerConfig', 'behavior')),
    ...(fallback && { fallback }),
  };
}
