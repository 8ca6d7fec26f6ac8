/**
 * A policy as it stands in the manifests of a service, so that a simulation judges what is applied to the cluster and
 * not what was meant.
 */
import { ArrivalSource, draftArrivalCounter, ENDPOINT_PICKERS } from '../domain/arrival-source';
import {
  DEFAULT_BEHAVIOUR,
  type ScalingBehaviour,
  type ScalingPolicy,
  type ScalingRules,
} from '../domain/hpa-behaviour';
import { KSERVE, kservePredictorName } from '../domain/kserve';
import { WORKLOAD_LABELS } from '../domain/node-vocabulary';
import { WARM_COMPONENTS } from '../domain/placeholder';
import { spotName } from '../domain/spot-plan';
import { at, list, number, object, text, texts } from '../policy/json';
import { FALLBACK_BEHAVIOURS, type FallbackBehaviour, type SimulatedPolicy, type SimulatedTrigger } from './policy';
import { loadQuery, readsPodsOf } from './query';

/** KEDA's own defaults (keda.sh/v1alpha1 ScaledObject). */
const KEDA_DEFAULTS = { minReplicas: 0, maxReplicas: 100 } as const;

/** Counters of ours that count a request as it arrives. */
const ARRIVAL_COUNTERS: ReadonlySet<string> = new Set(
  [
    ArrivalSource.envoyCluster(''),
    ArrivalSource.envoyListener(''),
    ...ENDPOINT_PICKERS.map((version) => ArrivalSource.endpointPicker(version, '')),
  ].map(({ metric }) => metric),
);

/** A trigger of this name vouches for its counter: Scaling.arrivalRate gives it to counters of any kind. */
const ARRIVAL_TRIGGER = 'arrival-rate';

/** Why a counter is none of arrivals; undefined for one that is. */
function notArrivals(metric: string, trigger: string | undefined): string | undefined {
  const own = { metric, labels: { of: 'the service' }, existsAtZero: true, description: '' };
  const [wrong] = draftArrivalCounter(own).problems;
  if (wrong !== undefined) return `${metric} counts no arrivals: ${wrong.message}`;
  if (ARRIVAL_COUNTERS.has(metric) || trigger === ARRIVAL_TRIGGER) return undefined;
  return `nothing says that ${metric} counts requests as they arrive, which a trigger named '${ARRIVAL_TRIGGER}' would`;
}

/** The parts of a service that share its load. */
interface Parts {
  readonly namespace: string;
  readonly deployment: string;
  readonly floor?: { readonly deployment: string; readonly replicas: number };
}

/** What a trigger does; as text, why nobody can tell. */
function playable(trigger: unknown, { namespace, deployment, floor }: Parts): SimulatedTrigger | string {
  const { query = '', threshold: written } = texts(at(trigger, 'metadata'));
  const type = text(at(trigger, 'type'));
  if (type !== 'prometheus') return `a scaler of type ${JSON.stringify(type)} is not played`;
  const threshold = Number(written);
  if (!(threshold > 0)) return `its threshold is ${JSON.stringify(written)}`;
  const metricType = at(trigger, 'metricType') ?? 'AverageValue';
  if (metricType !== 'AverageValue') return `its metricType is ${JSON.stringify(metricType)}`;
  const load = loadQuery(query);
  if (load === undefined) return 'its query is none of those that are understood';
  const { counter, matchers, ...read } = load;
  const foreign = counter === undefined ? undefined : notArrivals(counter, text(at(trigger, 'name')));
  if (foreign !== undefined) return foreign;
  if (load.ofFloor > 0 && floor === undefined) {
    return `its query takes ${load.ofFloor} off for a floor, and none stands in these manifests`;
  }
  const unread =
    counter === undefined
      ? [deployment, ...(floor ? [floor.deployment] : [])].find((one) =>
          matchers.some((matcher) => !readsPodsOf(matcher, namespace, one)),
        )
      : undefined;
  if (unread !== undefined) return `its query does not read the pods of ${namespace}/${unread}`;
  return { ...read, threshold };
}

function triggerOf(trigger: unknown, where: string, parts: Parts): SimulatedTrigger {
  const found = playable(trigger, parts);
  if (typeof found !== 'string') return found;
  throw new Error(
    `${where}: trigger ${JSON.stringify(text(at(trigger, 'type')) ?? '')} with query ${JSON.stringify(texts(at(trigger, 'metadata')).query ?? '')} cannot be simulated: ${found}. ` +
      'Allowed: prometheus triggers with metricType AverageValue and a threshold above 0, over sum(rate(...)) of a counter of arrivals, or over sum(...) of running requests, waiting requests, both, or GPU utilisation; beside a floor within clamp_min(... - N, 0). ' +
      'Fix: simulate the service with one of these, or judge it on a cluster.',
  );
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

function isFallbackBehaviour(behaviour: string): behaviour is FallbackBehaviour {
  return (FALLBACK_BEHAVIOURS as readonly string[]).includes(behaviour);
}

function fallbackOf(written: unknown, where: string): SimulatedPolicy['fallback'] {
  const failureThreshold = number(at(written, 'failureThreshold'));
  const replicas = number(at(written, 'replicas'));
  if (failureThreshold === undefined || replicas === undefined) return undefined;
  const behaviour = text(at(written, 'behavior')) ?? 'static';
  if (isFallbackBehaviour(behaviour)) return { failureThreshold, replicas, behaviour };
  throw new Error(
    `${where}: fallback with behavior ${JSON.stringify(behaviour)} cannot be simulated. Allowed: ${FALLBACK_BEHAVIOURS.join(', ')}. Fix: use one of these, or judge the service on a cluster.`,
  );
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

const replicasOf = (manifest: unknown) => number(at(manifest, 'spec', 'replicas'));

/** Whether a buffer holds places for the pods of a Deployment: by a template of their shape, or by its name. */
function isBufferFor(buffer: unknown, manifests: readonly unknown[], { namespace, deployment }: Parts, shape: string) {
  const template = text(at(buffer, 'spec', 'podTemplateRef', 'name'));
  if (template === undefined) {
    const { kind, name } = texts(at(buffer, 'spec', 'scalableRef'));
    return kind === 'Deployment' && name === deployment;
  }
  return of(manifests, 'PodTemplate', namespace)
    .filter((one) => text(at(one, 'metadata', 'name')) === template)
    .some((one) => shapeOf(at(one, 'template', 'spec')) === shape);
}

/** Placeholders of the service's shape in its namespace, whoever holds them. */
function placeholdersFor(manifests: readonly unknown[], parts: Parts, shape: string): number {
  const { namespace } = parts;
  const deployments = of(manifests, 'Deployment', namespace)
    .filter((one) => component(one) === WARM_COMPONENTS.placeholder)
    .filter((one) => shapeOf(at(one, 'spec', 'template', 'spec')) === shape)
    .map((one) => replicasOf(one) ?? 0);
  const buffers = of(manifests, 'CapacityBuffer', namespace)
    .filter((one) => isBufferFor(one, manifests, parts, shape))
    .map((one) => {
      const replicas = replicasOf(one);
      if (replicas !== undefined) return replicas;
      throw new Error(
        `CapacityBuffer ${namespace}/${text(at(one, 'metadata', 'name'))} cannot be simulated: it says no number of replicas. ` +
          'Allowed: spec.replicas. Fix: write the number instead of a percentage or of limits.',
      );
    });
  return [...deployments, ...buffers].reduce((sum, replicas) => sum + replicas, 0);
}

/** What is simulated of a service. */
export interface ManifestSelection {
  readonly namespace: string;
  /** Name of its Deployment. */
  readonly deployment: string;
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
      replicas: replicasOf(own) ?? 1,
    };
  }
  const served = called(KSERVE.kind, kservePredictorName);
  if (served === undefined) return undefined;
  const predictor = at(served, 'spec', 'predictor');
  return { pool: poolOf(served), podSpec: predictor, replicas: number(at(predictor, 'minReplicas')) ?? 1 };
}

/** Whoever decides how many pods a Deployment has. */
function scalerOf(manifests: readonly unknown[], kind: string, { namespace, deployment }: ManifestSelection): unknown {
  return of(manifests, kind, namespace).find((one) => text(at(one, 'spec', 'scaleTargetRef', 'name')) === deployment);
}

/** The pods that stay, where the Deployment is the spot part of a service. */
function floorOf(manifests: readonly unknown[], { namespace, deployment }: ManifestSelection): Parts['floor'] {
  const called = (name: string | undefined) =>
    of(manifests, 'Deployment', namespace).find((one) => text(at(one, 'metadata', 'name')) === name);
  const service = text(at(called(deployment), 'metadata', 'labels', WORKLOAD_LABELS.name));
  const floor = service !== undefined && spotName(service) === deployment ? called(service) : undefined;
  if (service === undefined || floor === undefined) return undefined;
  const scaler = ['ScaledObject', 'HorizontalPodAutoscaler']
    .map((kind) => scalerOf(manifests, kind, { namespace, deployment: service }))
    .find((one) => one !== undefined);
  if (scaler === undefined) return { deployment: service, replicas: replicasOf(floor) ?? 1 };
  throw new Error(
    `Deployment ${namespace}/${deployment} cannot be simulated: its floor ${namespace}/${service} is scaled as well. ` +
      'Allowed: a floor with a fixed number of replicas. Fix: scale one of the two, or judge the service on a cluster.',
  );
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

/**
 * The policy of a service: its ScaledObject, or its fixed number of replicas.
 * @throws Error for a service that is not there, and for whatever decides about its pods and has no model in the simulator
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
  const floor = floorOf(manifests, { namespace, deployment });
  const parts: Parts = { namespace, deployment, ...(floor && { floor }) };
  const common = {
    ...(floor && { floorReplicas: floor.replicas }),
    placeholders: placeholdersFor(manifests, parts, shapeOf(workload.podSpec)),
    imagePrefetched: manifests.some((one) => brings(one, workload)),
  };
  const scaler = scalerOf(manifests, 'ScaledObject', parts);
  const own = scalerOf(manifests, 'HorizontalPodAutoscaler', parts);
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
  const fallback = fallbackOf(at(spec, 'fallback'), name);
  if (at(spec, 'advanced', 'scalingModifiers', 'formula') !== undefined) {
    throw new Error(
      `${name}: scalingModifiers cannot be simulated. Allowed: triggers that each ask for replicas, of which the most count. Fix: simulate the service without them, or judge it on a cluster.`,
    );
  }
  return {
    ...common,
    minReplicas: number(at(spec, 'minReplicaCount')) ?? KEDA_DEFAULTS.minReplicas,
    maxReplicas: number(at(spec, 'maxReplicaCount')) ?? KEDA_DEFAULTS.maxReplicas,
    triggers: list(at(spec, 'triggers')).map((trigger) => triggerOf(trigger, name, parts)),
    behaviour: behaviourOf(at(spec, 'advanced', 'horizontalPodAutoscalerConfig', 'behavior')),
    ...(fallback && { fallback }),
  };
}
