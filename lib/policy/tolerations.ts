/** Taints and tolerations as the scheduler compares them (k8s.io/api core/v1 toleration.go, 1.36). */
import type { Taint } from '../domain/node-vocabulary';
import { at, list, text } from './json';
import type { PodTemplate } from './pod-template';

/** A toleration as far as it can be read; absent parts are ''. */
export interface PodToleration {
  readonly key: string;
  readonly operator: string;
  readonly value: string;
  readonly effect: string;
}

export function tolerationsOf({ spec }: PodTemplate): readonly PodToleration[] {
  return list(spec.tolerations).map((toleration) => ({
    key: text(at(toleration, 'key')) ?? '',
    operator: text(at(toleration, 'operator')) ?? '',
    value: text(at(toleration, 'value')) ?? '',
    effect: text(at(toleration, 'effect')) ?? '',
  }));
}

/** Tolerates everything, or every taint of one effect. */
export function isBlanket({ key, operator }: PodToleration): boolean {
  return key === '' && operator === 'Exists';
}

/** The numeric operators Lt and Gt (alpha) are not understood and tolerate nothing here. */
export function toleratesTaint(toleration: PodToleration, taint: Taint): boolean {
  const { key, operator, value, effect } = toleration;
  if (effect !== '' && effect !== taint.effect) return false;
  if (key === '') return operator === 'Exists';
  if (key !== taint.key) return false;
  return operator === 'Exists' || ((operator === '' || operator === 'Equal') && value === taint.value);
}

/** Taints that keep a pod off a node: PreferNoSchedule only makes it the last choice. */
export function closingTaints(taints: readonly Taint[]): readonly Taint[] {
  return taints.filter(({ effect }) => effect !== 'PreferNoSchedule');
}

/** The taints that keep these tolerations off a node. */
export function untolerated(tolerations: readonly PodToleration[], taints: readonly Taint[]): readonly Taint[] {
  return closingTaints(taints).filter((taint) => !tolerations.some((one) => toleratesTaint(one, taint)));
}
