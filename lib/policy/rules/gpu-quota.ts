/** WP-NS-001: what is placed in a namespace fits its GPU quota. */
import type { Inventory } from '../inventory';
import { at, isObject, list, number, object } from '../json';
import { describe, identityOf } from '../manifest';
import { gpusOf, type PodTemplate } from '../pod-template';
import { type Breach, NOT_APPLICABLE, type Rule } from '../rule';

const PREFIX = 'requests.';

/** Pods of a template at the most; undefined where the number of nodes decides. */
function podsAtMost({ manifest }: PodTemplate, inventory: Inventory): number | undefined {
  const { kind } = identityOf(manifest.object);
  const { spec } = manifest.object;
  switch (kind) {
    case 'Pod':
      return 1;
    case 'Job':
      return inParallel(spec);
    case 'CronJob':
      return inParallel(at(spec, 'jobTemplate', 'spec'));
    case 'ScaledJob':
      return inParallel(at(spec, 'jobTargetRef')) * (number(at(spec, 'maxReplicaCount')) ?? 100);
    default:
      return inventory.replicasOf(manifest)?.max;
  }
}

function inParallel(job: unknown): number {
  const parallelism = number(at(job, 'parallelism')) ?? 1;
  return Math.min(parallelism, number(at(job, 'completions')) ?? parallelism);
}

/** GPU quotas against the pods of the namespace. */
export const gpuQuota: Rule = {
  id: 'WP-NS-001',
  why: 'pods over the quota are refused, so a scaler stops half-way and a rollout waits for ever',
  judge: (subject, inventory) => {
    const { group, kind } = identityOf(subject.object);
    const { spec } = subject.object;
    // A quota with a scope counts only some of the pods.
    const scoped = list(at(spec, 'scopes')).length > 0 || isObject(at(spec, 'scopeSelector'));
    if (group !== '' || kind !== 'ResourceQuota' || scoped) return NOT_APPLICABLE;
    const namespace = inventory.namespaceOf(subject);
    const hard = Object.entries(object(at(spec, 'hard'))).filter(([key]) => key.startsWith(PREFIX));
    const demands = inventory.podsIn(namespace).map((pod) => ({ pod, gpus: gpusOf(pod) }));
    const judged = hard.flatMap(([key, amount]) => {
      const resource = key.slice(PREFIX.length);
      const asked = demands.filter(({ gpus }) => (gpus[resource] ?? 0) > 0);
      return asked.length === 0 ? [] : [{ key, resource, amount, asked }];
    });
    if (judged.length === 0) return NOT_APPLICABLE;
    return judged.flatMap(({ key, resource, amount, asked }): readonly Breach[] => {
      const counted = asked.flatMap(({ pod, gpus }) => {
        const pods = podsAtMost(pod, inventory) ?? 0;
        const sum = pods * (gpus[resource] ?? 0);
        return sum === 0 ? [] : [{ sum, text: `${describe(pod.manifest)} ${pods} x ${gpus[resource]}` }];
      });
      const total = counted.reduce((sum, one) => sum + one.sum, 0);
      const limit = Number(amount);
      if (!Number.isFinite(limit) || total <= limit) return [];
      const largest = [...counted].sort((a, b) => b.sum - a.sum).slice(0, 3);
      return [
        {
          path: ['spec', 'hard', key],
          value: amount,
          message: `what is placed in '${namespace}' takes ${total} ${resource} at the most: ${largest.map(({ text }) => text).join(', ')}${counted.length > largest.length ? ', ...' : ''}`,
          allowed: `${total} or more`,
          fix: 'raise the quota, or lower replicas and the bounds of the scalers',
        },
      ];
    });
  },
};
