/** The Pod Security level of a namespace, and what it says of a pod. */
import type { Inventory } from '../inventory';
import { labelsOf } from '../manifest';
import type { PodTemplate } from '../pod-template';
import { BASELINE_ONLY_CHECKS, COMMON_CHECKS } from './baseline';
import type { Violation } from './check';
import { RESTRICTED_CHECKS } from './restricted';

export type Level = 'privileged' | 'baseline' | 'restricted';

/** What the API server enforces in a namespace. */
export interface EnforcedLevel {
  readonly level: Level;
  /** Minor version of the standards; Infinity for the newest that are known. */
  readonly minor: number;
  /** Whether a Namespace among the manifests says so; presumed otherwise. */
  readonly named: boolean;
}

export const ENFORCE_LABEL = 'pod-security.kubernetes.io/enforce';

/** Without a Namespace, or without its label, the strictest: nobody has said that less will do. */
export function enforcedLevel(namespace: string, inventory: Inventory): EnforcedLevel {
  const found = inventory.findClusterWide('', 'Namespace', namespace);
  const labels = found === undefined ? {} : labelsOf(found.object);
  const level = labels[ENFORCE_LABEL];
  const minor = /^v1\.(\d+)$/.exec(labels[`${ENFORCE_LABEL}-version`] ?? '')?.[1];
  return {
    named: level !== undefined,
    // The API server takes a level that it does not know for *restricted*.
    level: level === 'privileged' || level === 'baseline' ? level : 'restricted',
    minor: minor === undefined ? Number.POSITIVE_INFINITY : Number(minor),
  };
}

/** Every place where a pod breaks the level; nothing breaks *privileged*. */
export function violationsOf(
  pod: PodTemplate,
  level: Exclude<Level, 'privileged'>,
  minor: number,
): readonly Violation[] {
  const checks = [...COMMON_CHECKS, ...(level === 'restricted' ? RESTRICTED_CHECKS : BASELINE_ONLY_CHECKS)];
  return checks.flatMap((check) => check(pod, minor));
}
