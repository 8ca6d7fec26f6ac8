/** WP-SCHED-005: some pool has the labels that a pod requires, and on one node the GPUs that it asks for. */
import { hasGpus, placementOf } from '../placement';
import { gpusOf } from '../pod-template';
import { type Breach, NOT_APPLICABLE, podRule } from '../rule';

const show = (gpus: Readonly<Record<string, number>>) =>
  Object.entries(gpus)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ');

/** Pods for which no node can ever exist. */
export const existingNodes = podRule(
  'WP-SCHED-005',
  'no node of the cluster can ever take the pod, and the autoscaler has none to add',
  (pod, { pools }) => {
    if (pools === undefined) return NOT_APPLICABLE;
    const gpus = gpusOf(pod);
    const { requirements, possible } = placementOf(pod, pools);
    if (requirements === undefined && Object.keys(gpus).length === 0) return NOT_APPLICABLE;
    const names = pools.map(({ name }) => name).join(', ');
    if (possible.length === 0 && requirements !== undefined) {
      const breach: Breach = {
        path: requirements.path,
        value: requirements.terms.map((term) => term.map(({ key, operator, values }) => ({ key, operator, values }))),
        message: `no pool has these labels: ${names}`,
        allowed: 'labels of one of the pools',
        fix: 'correct the label, or add the pool',
      };
      return [breach];
    }
    if (possible.some((pool) => hasGpus(pool, gpus) !== false)) return [];
    const offers = possible.map((pool) => `${pool.name} ${show(pool.gpus ?? {}) || 'none'}`).join('; ');
    return [
      {
        path: [...pod.specPath, 'containers'],
        value: gpus,
        message: `no node that it may land on has ${show(gpus)}: ${offers}`,
        allowed: 'the GPUs of one node',
        fix: 'ask for fewer GPUs, or select a pool whose nodes have them',
      },
    ];
  },
);
