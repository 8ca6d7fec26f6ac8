/** What a check of the Pod Security Standards is, and what checks look at. */
import { at, isObject, type Json, object, type Path, text } from '../json';
import { containersOf, type PlacedContainer, type PodTemplate } from '../pod-template';

/** One place that a level forbids. */
export interface Violation {
  /** The check's name in k8s.io/pod-security-admission. */
  readonly check: string;
  readonly path: Path;
  readonly value: unknown;
  readonly message: string;
  readonly allowed: string;
}

/** Minor version of Kubernetes whose standards hold. */
export type Check = (pod: PodTemplate, minor: number) => readonly Violation[];

/** A security context with its place and whose it is. */
export interface PlacedContext {
  readonly context: Json;
  readonly path: Path;
  /** `the pod`, `container 'server'`. */
  readonly whose: string;
}

function contextOf({ container, path }: PlacedContainer): PlacedContext {
  const context = object(container.securityContext);
  return { context, path: [...path, 'securityContext'], whose: `container '${text(container.name) ?? ''}'` };
}

export function podContext({ spec, specPath }: PodTemplate): PlacedContext {
  return { context: object(spec.securityContext), path: [...specPath, 'securityContext'], whose: 'the pod' };
}

export function containerContexts(pod: PodTemplate): readonly PlacedContext[] {
  return containersOf(pod).map(contextOf);
}

/** A security context or a part of it that is there: `null` is not. */
export function part(value: unknown, ...path: Path): unknown {
  return at(value, ...path) ?? undefined;
}

export function isWindows({ spec }: PodTemplate): boolean {
  return at(spec, 'os', 'name') === 'windows';
}

/** Pods in a user namespace: root in the container is nobody on the node. */
export function hasUserNamespace({ spec }: PodTemplate): boolean {
  return spec.hostUsers === false;
}

/** Reports a value of the pod's and of every container's security context that does not pass. */
export function valueCheck(
  check: string,
  contexts: (pod: PodTemplate) => readonly PlacedContext[],
  field: Path,
  passes: (value: unknown, minor: number) => boolean,
  told: { readonly message: string; readonly allowed: string },
): Check {
  return (pod, minor) =>
    contexts(pod).flatMap(({ context, path, whose }): readonly Violation[] => {
      const value = part(context, ...field);
      if (value === undefined || passes(value, minor)) return [];
      const { message, allowed } = told;
      return [{ check, path: [...path, ...field], value, message: `${whose} ${message}`, allowed }];
    });
}

/** The pod's own context and those of its containers. */
export function allContexts(pod: PodTemplate): readonly PlacedContext[] {
  return [podContext(pod), ...containerContexts(pod)];
}

/**
 * Reports a setting that each container has to have, of its own or from the pod: what is set wrongly is reported where
 * it stands, what is missing once for each container.
 */
export function demandedOf(
  pod: PodTemplate,
  check: string,
  field: Path,
  passes: (value: unknown) => boolean,
  told: { readonly wrong: string; readonly missing: string; readonly allowed: string },
): readonly Violation[] {
  const { wrong, missing, allowed } = told;
  const podWide = part(podContext(pod).context, ...field);
  const own = [podContext(pod), ...containerContexts(pod)].flatMap(({ context, path, whose }): readonly Violation[] => {
    const value = part(context, ...field);
    if (value === undefined || passes(value)) return [];
    return [{ check, path: [...path, ...field], value, message: `${whose} ${wrong}`, allowed }];
  });
  if (podWide !== undefined) return own;
  const absent = containerContexts(pod).flatMap(({ context, path, whose }): readonly Violation[] => {
    if (part(context, ...field) !== undefined) return [];
    return [{ check, path: [...path, ...field], value: undefined, message: `${whose} ${missing}`, allowed }];
  });
  return [...own, ...absent];
}

/** Whether a volume, probe or hook has that part. */
export function has(value: unknown, key: string): boolean {
  return isObject(value) && part(value, key) !== undefined;
}
