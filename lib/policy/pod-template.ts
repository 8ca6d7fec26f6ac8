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

/** The pod that an object makes, if it makes any. */
export function podTemplateOf(manifest: Manifest, defaultNamespace: string): PodTemplate | undefined {
  const { group, kind, namespace = defaultNamespace } = identityOf(manifest.object);
  const predictor = predictorOf(manifest.object);
  if (predictor !== undefined) {
    const metadata = predictorMetadata(manifest.object, predictor);
    const paths = { specPath: PREDICTOR_PATH, labelsPath: ['metadata', 'labels'] };
    return { manifest, namespace, ...metadata, ...paths, spec: predictor };
  }
  const path = TEMPLATE_PATHS[`${group}/${kind}`];
  const template = path && at(manifest.object, ...path);
  if (path === undefined || !isObject(template) || !isObject(template.spec)) return undefined;
  const metadata = object(template.metadata);
  return {
    manifest,
    namespace,
    labels: texts(metadata.labels),
    annotations: texts(metadata.annotations),
    spec: template.spec,
    specPath: [...path, 'spec'],
    labelsPath: [...path, 'metadata', 'labels'],
  };
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
