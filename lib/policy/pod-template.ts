/** Everything that makes pods, seen alike: a Pod, a workload's template, a CronJob's template of a template. */
import { at, isObject, type Json, list, object, type Path, texts } from './json';
import { PREDICTOR_PATH, predictorMetadata, predictorOf } from './kserve';
import { identityOf, type Manifest } from './manifest';

/** A pod that an object makes. */
export interface PodTemplate {
  readonly manifest: Manifest;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** The pod spec. */
  readonly spec: Json;
  /** Path of the pod spec in the object. */
  readonly specPath: Path;
  /** Path of the pod's labels in the object. */
  readonly labelsPath: Path;
}

const EACH = '*';

/** Where each kind keeps its template: the path of the object that holds metadata and spec. */
const TEMPLATE_PATHS: Readonly<Record<string, Path>> = {
  '/Pod': [],
  '/ReplicationController': ['spec', 'template'],
  'apps/Deployment': ['spec', 'template'],
  'apps/ReplicaSet': ['spec', 'template'],
  'apps/StatefulSet': ['spec', 'template'],
  'apps/DaemonSet': ['spec', 'template'],
  'batch/Job': ['spec', 'template'],
  'batch/CronJob': ['spec', 'jobTemplate', 'spec', 'template'],
  'argoproj.io/Rollout': ['spec', 'template'],
  'keda.sh/ScaledJob': ['spec', 'jobTargetRef', 'template'],
};

const RAY_CLUSTER: readonly Path[] = [
  ['headGroupSpec', 'template'],
  ['workerGroupSpecs', EACH, 'template'],
];

/**
 * Where kinds keep theirs whose operators make the pods, by API group and kind; `EACH` stands for all items of a list.
 * ray.io: ray-operator/apis/ray/v1 (v1.7.0); LeaderWorkerSet: api/leaderworkerset/v1; JobSet: api/jobset/v1alpha2.
 */
const OPERATED_PATHS: Readonly<Record<string, readonly Path[]>> = {
  'ray.io/RayCluster': RAY_CLUSTER.map((path) => ['spec', ...path]),
  'ray.io/RayService': RAY_CLUSTER.map((path) => ['spec', 'rayClusterConfig', ...path]),
  'ray.io/RayJob': RAY_CLUSTER.map((path) => ['spec', 'rayClusterSpec', ...path]),
  'leaderworkerset.x-k8s.io/LeaderWorkerSet': [
    ['spec', 'leaderWorkerTemplate', 'leaderTemplate'],
    ['spec', 'leaderWorkerTemplate', 'workerTemplate'],
  ],
  'jobset.x-k8s.io/JobSet': [['spec', 'replicatedJobs', EACH, 'template', 'spec', 'template']],
};

/** The paths that a path with `EACH` stands for. */
function spread(object: Json, path: Path): readonly Path[] {
  const position = path.indexOf(EACH);
  if (position < 0) return [path];
  const before = path.slice(0, position);
  return list(at(object, ...before)).flatMap((_, index) =>
    spread(object, [...before, index, ...path.slice(position + 1)]),
  );
}

function templateAt(manifest: Manifest, path: Path, namespace: string): readonly PodTemplate[] {
  const template = at(manifest.object, ...path);
  if (!isObject(template) || !isObject(template.spec)) return [];
  const metadata = object(template.metadata);
  return [
    {
      manifest,
      namespace,
      labels: texts(metadata.labels),
      annotations: texts(metadata.annotations),
      spec: template.spec,
      specPath: [...path, 'spec'],
      labelsPath: [...path, 'metadata', 'labels'],
    },
  ];
}

/** The pod that an object of Kubernetes itself, of Argo or KEDA makes, if it makes any. */
export function podTemplateOf(manifest: Manifest, defaultNamespace: string): PodTemplate | undefined {
  const { group, kind, namespace = defaultNamespace } = identityOf(manifest.object);
  const predictor = predictorOf(manifest.object);
  if (predictor !== undefined) {
    const metadata = predictorMetadata(manifest.object, predictor);
    const paths = { specPath: PREDICTOR_PATH, labelsPath: ['metadata', 'labels'] };
    return { manifest, namespace, ...metadata, ...paths, spec: predictor };
  }
  const path = TEMPLATE_PATHS[`${group}/${kind}`];
  return path && templateAt(manifest, path, namespace)[0];
}

/** All pods that an object makes: an operator can make several kinds of pods for one. */
export function podTemplatesOf(manifest: Manifest, defaultNamespace: string): readonly PodTemplate[] {
  const { group, kind, namespace = defaultNamespace } = identityOf(manifest.object);
  const own = podTemplateOf(manifest, defaultNamespace);
  if (own !== undefined) return [own];
  return (OPERATED_PATHS[`${group}/${kind}`] ?? [])
    .flatMap((path) => spread(manifest.object, path))
    .flatMap((path) => templateAt(manifest, path, namespace));
}

/** A container with its place. */
export interface PlacedContainer {
  readonly container: Json;
  readonly path: Path;
  readonly kind: 'containers' | 'initContainers' | 'ephemeralContainers';
}

/** All containers of a pod: its own, those that run before, those that a debugger added. */
export function containersOf(pod: PodTemplate): readonly PlacedContainer[] {
  return (['initContainers', 'containers', 'ephemeralContainers'] as const).flatMap((kind) =>
    list(pod.spec[kind]).map((container, index) => ({
      container: object(container),
      path: [...pod.specPath, kind, index],
      kind,
    })),
  );
}

/** GPU resources that vendors' device plugins publish; MIG instances have names of their own. */
const GPU_RESOURCE = /^(nvidia\.com\/(gpu|mig-)|amd\.com\/gpu|gpu\.intel\.com\/)/;

/** GPUs of one container, by resource name. */
export function gpusOfContainer(container: Json): Readonly<Record<string, number>> {
  const resources = {
    ...object(at(container, 'resources', 'requests')),
    ...object(at(container, 'resources', 'limits')),
  };
  const gpus = Object.entries(resources).filter(([name, value]) => GPU_RESOURCE.test(name) && Number(value) > 0);
  return Object.fromEntries(gpus.map(([name, value]) => [name, Number(value)]));
}

/**
 * GPUs that the pod asks for, by resource name; empty for a pod without. Containers hold theirs together; an init
 * container is gone before they start, unless it stays beside them (restartPolicy Always).
 */
export function gpusOf(pod: PodTemplate): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {};
  const before: Record<string, number> = {};
  for (const { container, kind } of containersOf(pod)) {
    const stays = kind === 'containers' || (kind === 'initContainers' && container.restartPolicy === 'Always');
    for (const [name, count] of Object.entries(gpusOfContainer(container))) {
      if (stays) sums[name] = (sums[name] ?? 0) + count;
      else before[name] = Math.max(before[name] ?? 0, count);
    }
  }
  for (const [name, count] of Object.entries(before)) sums[name] = Math.max(sums[name] ?? 0, count);
  return sums;
}
