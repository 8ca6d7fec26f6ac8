/** WP-SEL-008: two workloads that select the same pods count and delete each other's. */
import { listed } from '../existence';
import { at } from '../json';
import { describe, identityOf } from '../manifest';
import { NOT_APPLICABLE, podRule } from '../rule';
import { asLabelSelector, podsTaken, selectorText } from '../selection';
import { isEmptySelector } from '../selector';

const OWNING = /^(apps\/(Deployment|ReplicaSet|StatefulSet|DaemonSet)|\/ReplicationController|argoproj\.io\/Rollout)$/;

/** Pods that another workload makes. */
export const podOwner = podRule(
  'WP-SEL-008',
  'scalers and budgets count pods of both, and a workload adopts those that lose their owner',
  ({ manifest, namespace }, inventory) => {
    const { group, kind } = identityOf(manifest.object);
    if (!OWNING.test(`${group}/${kind}`)) return NOT_APPLICABLE;
    const path = ['spec', 'selector'];
    const given = at(manifest.object, ...path);
    const selector = kind === 'ReplicationController' ? asLabelSelector(given) : given;
    if (isEmptySelector(selector)) return NOT_APPLICABLE;
    const others = podsTaken(inventory, namespace, selector).filter((pod) => {
      const other = identityOf(pod.manifest.object);
      // The same object twice is another rule's finding.
      const same = other.kind === kind && other.group === group && other.name === identityOf(manifest.object).name;
      return !same && OWNING.test(`${other.group}/${other.kind}`);
    });
    if (others.length === 0) return [];
    return [
      {
        path,
        value: selectorText(selector),
        message: `the selector takes pods of ${listed(others.map((pod) => describe(pod.manifest)))} as well`,
        allowed: 'labels that only the pods of this workload have',
        fix: 'add a label that tells them apart, to selector and template; a new name is needed for it',
      },
    ];
  },
);
