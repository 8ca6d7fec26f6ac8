/** Which pods a selector takes, with what controllers add to them. */
import type { Inventory } from './inventory';
import { at, isObject, type Json, list, object, text, texts } from './json';
import { append, namesOf, objectsIn } from './lookup';
import { identityOf, labelsOf, type Manifest } from './manifest';
import { perRun } from './per-run';
import type { PodTemplate } from './pod-template';
import { matchesSelector } from './selector';

type Plausible = (value: string, name: string) => boolean;

const anything: Plausible = () => true;
const ordinal: Plausible = (value, name) => value.startsWith(`${name}-`) && /^\d+$/.test(value.slice(name.length + 1));

/**
 * Labels that controllers give pods when they make them, by the kind that does, and whether a value can come about.
 * https://kubernetes.io/docs/reference/labels-annotations-taints/
 */
const BY_CONTROLLERS: Readonly<Record<string, Readonly<Record<string, Plausible>>>> = {
  'pod-template-hash': { Deployment: anything, ReplicaSet: anything },
  'rollouts-pod-template-hash': { Rollout: anything },
  'controller-revision-hash': { StatefulSet: anything, DaemonSet: anything },
  'pod-template-generation': { DaemonSet: anything },
  'statefulset.kubernetes.io/pod-name': { StatefulSet: ordinal },
  'apps.kubernetes.io/pod-index': { StatefulSet: (value) => /^\d+$/.test(value) },
  'batch.kubernetes.io/job-name': {
    Job: (value, name) => value === name,
    CronJob: (value, name) => value.startsWith(name),
  },
  'job-name': { Job: (value, name) => value === name, CronJob: (value, name) => value.startsWith(name) },
  'batch.kubernetes.io/controller-uid': { Job: anything, CronJob: anything },
  'controller-uid': { Job: anything, CronJob: anything },
  'batch.kubernetes.io/job-completion-index': { Job: anything, CronJob: anything },
};

function comesFromController(pod: PodTemplate, key: string, values: readonly unknown[] | undefined): boolean {
  const { kind, name } = identityOf(pod.manifest.object);
  const plausible = BY_CONTROLLERS[key]?.[kind];
  if (plausible === undefined || Object.hasOwn(pod.labels, key)) return false;
  return values === undefined || values.some((value) => typeof value === 'string' && plausible(value, name));
}

/** Whether a `LabelSelector` takes the pods of a template, or some of them once they run. */
export function takesPod(selector: unknown, pod: PodTemplate): boolean {
  if (!isObject(selector)) return false;
  const matchLabels = Object.entries(texts(selector.matchLabels)).filter(
    ([key, value]) => !comesFromController(pod, key, [value]),
  );
  const matchExpressions = list(selector.matchExpressions).filter((expression) => {
    const { key, operator, values } = object(expression);
    return !comesFromController(pod, text(key) ?? '', operator === 'In' ? list(values) : undefined);
  });
  return matchesSelector({ matchLabels: Object.fromEntries(matchLabels), matchExpressions }, pod.labels);
}

const byLabel = perRun((inventory) => {
  const index = new Map<string, PodTemplate[]>();
  for (const pod of inventory.pods) {
    for (const [key, value] of Object.entries(pod.labels)) append(index, `${pod.namespace}|${key}=${value}`, pod);
  }
  return index;
});

/** What is worth asking of a namespace: what has the rarest label of a selector. */
function candidates<T>(all: readonly T[], index: ReadonlyMap<string, readonly T[]>, namespace: string, selector: Json) {
  let fewest = all;
  for (const [key, value] of Object.entries(texts(selector.matchLabels))) {
    if (Object.hasOwn(BY_CONTROLLERS, key)) continue;
    const labelled = index.get(`${namespace}|${key}=${value}`) ?? [];
    if (labelled.length < fewest.length) fewest = labelled;
  }
  return fewest;
}

/** The pods of a namespace that a `LabelSelector` takes; an empty one takes all, an absent one none. */
export function podsTaken(inventory: Inventory, namespace: string, selector: unknown): readonly PodTemplate[] {
  if (!isObject(selector)) return [];
  const asked = candidates(inventory.podsIn(namespace), byLabel(inventory), namespace, selector);
  return asked.filter((pod) => takesPod(selector, pod));
}

const servicesByLabel = perRun((inventory) => {
  const index = new Map<string, Manifest[]>();
  for (const service of inventory.ofKind('', 'Service')) {
    for (const [key, value] of Object.entries(labelsOf(service.object))) {
      append(index, `${inventory.namespaceOf(service)}|${key}=${value}`, service);
    }
  }
  return index;
});

/** The Services of a namespace whose own labels a `LabelSelector` takes. */
export function servicesTaken(inventory: Inventory, namespace: string, selector: Json): readonly Manifest[] {
  const all = objectsIn(inventory, '', 'Service', namespace);
  const asked = candidates(all, servicesByLabel(inventory), namespace, selector);
  return asked.filter(({ object }) => matchesSelector(selector, labelsOf(object)));
}

/**
 * Kinds whose operators make pods that stand in no manifest. The pods have labels with the name of the object
 * (operator.prometheus.io/name, leaderworkerset.sigs.k8s.io/name, ray.io/cluster, serving.kserve.io/inferenceservice,
 * serving.knative.dev/service, jobset.sigs.k8s.io/jobset-name, cnpg.io/cluster, strimzi.io/cluster), some of them with
 * one of their own (app.kubernetes.io/name: prometheus).
 */
const MAKERS: readonly (readonly [group: string, kind: string, value?: string])[] = [
  ['monitoring.coreos.com', 'Prometheus', 'prometheus'],
  ['monitoring.coreos.com', 'PrometheusAgent', 'prometheus-agent'],
  ['monitoring.coreos.com', 'Alertmanager', 'alertmanager'],
  ['monitoring.coreos.com', 'ThanosRuler', 'thanos-ruler'],
  ['leaderworkerset.x-k8s.io', 'LeaderWorkerSet'],
  ['ray.io', 'RayCluster'],
  ['ray.io', 'RayService'],
  ['serving.kserve.io', 'InferenceService'],
  ['serving.kserve.io', 'LLMInferenceService'],
  ['serving.knative.dev', 'Service'],
  ['jobset.x-k8s.io', 'JobSet'],
  ['postgresql.cnpg.io', 'Cluster'],
  ['kafka.strimzi.io', 'Kafka'],
];

/** Namespace of the pods that come with every cluster: its DNS, its proxies. */
const OF_THE_CLUSTER = 'kube-system';

/**
 * Whether a selector that takes no pod of the manifests may take some all the same: those of the cluster itself, or
 * those that an operator makes for an object that the selector names.
 */
export function mayTakeOthers(inventory: Inventory, namespace: string, selector: unknown): boolean {
  if (namespace === OF_THE_CLUSTER) return true;
  const { matchLabels, matchExpressions } = object(selector);
  const values = new Set<unknown>([
    ...Object.values(texts(matchLabels)),
    ...list(matchExpressions).flatMap((expression) => list(object(expression).values)),
  ]);
  return MAKERS.some(([group, kind, value]) => {
    const names = namesOf(inventory, group, kind, namespace);
    return names.some((name) => values.has(name) || (value !== undefined && values.has(value)));
  });
}

/** A map of labels, as Services select by, in the form of a `LabelSelector`. */
export function asLabelSelector(labels: unknown): Json {
  return { matchLabels: texts(labels) };
}

/** `app=chat,tier=web`, as kubectl writes it. */
export function selectorText(selector: unknown): string {
  const { matchLabels, matchExpressions } = object(selector);
  const labels = Object.entries(texts(matchLabels)).map(([key, value]) => `${key}=${value}`);
  const expressions = list(matchExpressions).map((expression) => {
    const { key, operator, values } = object(expression);
    const among = list(values);
    return `${text(key) ?? ''} ${text(operator) ?? ''}${among.length === 0 ? '' : ` (${among.join(', ')})`}`;
  });
  return [...labels, ...expressions].join(',');
}

/** Pods of one label that are compared: what a whole namespace has in common tells nothing. */
const COMPARED = 300;

/**
 * The pods of a namespace that a selector was probably meant for: those with most of its labels, and the labels in
 * which they differ.
 */
export function nearMiss(inventory: Inventory, namespace: string, selector: unknown): string | undefined {
  const wanted = Object.entries(texts(object(selector).matchLabels));
  let best: { readonly pod: PodTemplate; readonly differ: readonly (readonly [string, string])[] } | undefined;
  const index = byLabel(inventory);
  const seen = new Set<PodTemplate>();
  for (const [key, value] of wanted) {
    for (const pod of index.get(`${namespace}|${key}=${value}`)?.slice(0, COMPARED) ?? []) {
      if (seen.has(pod)) continue;
      seen.add(pod);
      const differ = wanted.filter(([label, text]) => pod.labels[label] !== text);
      if (differ.length > 0 && (best === undefined || differ.length < best.differ.length)) best = { pod, differ };
    }
  }
  if (best === undefined) return undefined;
  const { kind, name } = identityOf(best.pod.manifest.object);
  const labels = best.pod.labels;
  const has = best.differ.map(([key]) => `${key}=${Object.hasOwn(labels, key) ? labels[key] : '(not set)'}`);
  return `the pods of ${kind} '${name}' have ${has.join(', ')}`;
}

/** Pools of model servers select pods as Services do. */
const POOLS = new Set(['inference.networking.k8s.io/InferencePool', 'inference.networking.x-k8s.io/InferencePool']);

/** Labels that an object sends traffic to; undefined for one that selects no pods. */
export function trafficSelector({ object }: Manifest): unknown {
  const { group, kind } = identityOf(object);
  const selector = at(object, 'spec', 'selector');
  if (!isObject(selector)) return undefined;
  // v1alpha2 has a map of labels, as a Service has.
  if (POOLS.has(`${group}/${kind}`)) return isObject(selector.matchLabels) ? selector : asLabelSelector(selector);
  if (group !== '' || kind !== 'Service' || at(object, 'spec', 'type') === 'ExternalName') return undefined;
  return Object.keys(texts(selector)).length === 0 ? undefined : asLabelSelector(selector);
}
