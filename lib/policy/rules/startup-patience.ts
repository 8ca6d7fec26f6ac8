/**
 * WP-COLD-004: nobody gives up a pod before its cold start is over. The annotations of the workload say how long that
 * is: the rollout's deadline covers the whole way, the probes what begins with the container. A GPU pod without
 * annotations is only judged where no model server known to us could be up in time.
 */
import { QUICKEST_START_SECONDS } from '../../domain/cold-start';
import { ANNOTATIONS } from '../../domain/node-vocabulary';
import { at, isObject, type Json, number, type Path, text } from '../json';
import { annotationsOf, identityOf, type Manifest } from '../manifest';
import { containersOf, gpusOf, gpusOfContainer, type PlacedContainer, type PodTemplate } from '../pod-template';
import { type Breach, NOT_APPLICABLE, podRule } from '../rule';

/** Kubernetes' own defaults. */
const PERIOD_SECONDS = 10;
const FAILURES = 3;
const PROGRESS_SECONDS = 600;

function patience(probe: Json): number {
  const period = number(probe.periodSeconds) ?? PERIOD_SECONDS;
  return (number(probe.initialDelaySeconds) ?? 0) + period * (number(probe.failureThreshold) ?? FAILURES);
}

/** The probe that ends a container which is still starting. */
function killerOf({ container, path }: PlacedContainer): { probe: Json; path: Path; name: string } | undefined {
  for (const name of ['startupProbe', 'livenessProbe']) {
    const probe = container[name];
    if (isObject(probe)) return { probe, path: [...path, name], name };
  }
  return undefined;
}

function secondsAt({ annotations, manifest }: PodTemplate, key: string): number | undefined {
  const own = annotationsOf(manifest.object);
  const value =
    (Object.hasOwn(own, key) ? own[key] : undefined) ??
    (Object.hasOwn(annotations, key) ? annotations[key] : undefined);
  const seconds = value === undefined || value.trim() === '' ? Number.NaN : Number(value);
  return Number.isFinite(seconds) && seconds > 0 ? seconds : undefined;
}

/** The containers that load a model: those with GPUs, or all where the pod has none. */
function servers(pod: PodTemplate): readonly PlacedContainer[] {
  const all = containersOf(pod).filter(({ kind }) => kind === 'containers');
  const onGpu = all.filter(({ container }) => Object.keys(gpusOfContainer(container)).length > 0);
  return onGpu.length > 0 ? onGpu : all;
}

function probeBreaches(pod: PodTemplate, wanted: number, known: boolean): readonly Breach[] {
  return servers(pod).flatMap((placed): readonly Breach[] => {
    const killer = killerOf(placed);
    if (killer === undefined || patience(killer.probe) >= wanted) return [];
    const { probe, path, name } = killer;
    // What a command answers while the model loads, its author knows.
    if (!known && isObject(probe.exec)) return [];
    const container = text(placed.container.name) ?? '';
    const given = `container '${container}' is restarted ${patience(probe)} s after its start`;
    return [
      {
        path,
        value: probe,
        message: known
          ? `${given}, and takes ${wanted} s (p95) to load and warm up`
          : `${given}, and no published model server is up within ${wanted} s`,
        allowed: `initialDelaySeconds + periodSeconds x failureThreshold of ${wanted} s or more`,
        fix:
          name === 'startupProbe'
            ? 'raise failureThreshold'
            : 'add a startupProbe; liveness only begins when it has succeeded',
        about: `Container/${container}`,
        // Without a budget it is experience that says so.
        severity: known ? 'error' : 'warning',
      },
    ];
  });
}

function deadlineBreaches({ object }: Manifest, coldStart: number): readonly Breach[] {
  const { group, kind } = identityOf(object);
  if (group !== 'apps' || kind !== 'Deployment') return [];
  const given = at(object, 'spec', 'progressDeadlineSeconds') ?? undefined;
  const deadline = number(given) ?? PROGRESS_SECONDS;
  if (deadline >= coldStart) return [];
  return [
    {
      path: ['spec', 'progressDeadlineSeconds'],
      value: given,
      message: `a rollout counts as stuck after ${deadline} s, and a cold start takes ${coldStart} s (p95)`,
      allowed: `${coldStart} s or more`,
      fix: `set progressDeadlineSeconds to ${coldStart} and a margin`,
    },
  ];
}

/** Pods that are killed while they load. */
export const startupPatience = podRule(
  'WP-COLD-004',
  'a pod that is killed while it loads starts again from nothing, for ever',
  (pod, _, subject) => {
    const coldStart = secondsAt(pod, ANNOTATIONS.coldStartP95);
    const container = secondsAt(pod, ANNOTATIONS.containerStartP95);
    const annotated = coldStart !== undefined || container !== undefined;
    const onGpu = Object.keys(gpusOf(pod)).length > 0;
    if (!annotated && (!onGpu || servers(pod).every((one) => killerOf(one) === undefined))) return NOT_APPLICABLE;
    return [
      ...(coldStart === undefined ? [] : deadlineBreaches(subject, coldStart)),
      ...(container === undefined ? [] : probeBreaches(pod, container, true)),
      ...(container === undefined && onGpu ? probeBreaches(pod, QUICKEST_START_SECONDS, false) : []),
    ];
  },
);
