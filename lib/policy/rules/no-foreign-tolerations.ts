/**
 * WP-SCHED-002: a toleration opens a pool that the pod has no use for. A pod that asks for a pool uses that one; one
 * that asks for none uses every pool but those whose GPUs it does not want. Node agents that select nothing are
 * everywhere on purpose.
 */
import { showTaint } from '../../domain/node-vocabulary';
import type { Inventory } from '../inventory';
import { identityOf } from '../manifest';
import { hasGpus, placementOf } from '../placement';
import { gpusOf, type PodTemplate } from '../pod-template';
import type { PolicyPool } from '../pool';
import { type Breach, NOT_APPLICABLE, podRule } from '../rule';
import { isBlanket, toleratesTaint, tolerationsOf } from '../tolerations';

function usedPools(pod: PodTemplate, pools: readonly PolicyPool[]): readonly PolicyPool[] {
  const { possible, selected } = placementOf(pod, pools);
  if (selected.length > 0) return selected;
  const wanted = gpusOf(pod);
  if (Object.keys(wanted).length > 0) return possible.filter((pool) => hasGpus(pool, wanted) !== false);
  return possible.filter(({ gpus = {} }) => Object.values(gpus).every((count) => !(count > 0)));
}

function isAgent(pod: PodTemplate): boolean {
  return identityOf(pod.manifest.object).kind === 'DaemonSet';
}

function blanket(pod: PodTemplate, index: number, { pools }: Inventory): Breach {
  return {
    path: [...pod.specPath, 'tolerations', index],
    value: tolerationsOf(pod)[index],
    message: 'it tolerates every taint, so the pod may take a place on any node, GPU nodes included',
    allowed: 'tolerations with a key; all taints only for node agents in a DaemonSet',
    fix: 'name the taint that the pod has to get past, or remove the toleration',
    // Without pools nobody knows whether there is anything to keep off.
    severity: pools === undefined ? 'warning' : 'error',
  };
}

/** Pods on nodes that are kept for others. */
export const noForeignTolerations = podRule(
  'WP-SCHED-002',
  'pods that need no GPU fill the nodes that are paid for GPUs',
  (pod, inventory) => {
    const tolerations = tolerationsOf(pod);
    const agent = isAgent(pod);
    const { pools } = inventory;
    if (tolerations.length === 0) return NOT_APPLICABLE;
    const blankets = tolerations.flatMap((one, index) =>
      isBlanket(one) && !agent ? [blanket(pod, index, inventory)] : [],
    );
    if (pools === undefined) return blankets.length > 0 ? blankets : NOT_APPLICABLE;
    if (agent && placementOf(pod, pools).selected.length === 0) return NOT_APPLICABLE;
    const used = usedPools(pod, pools);
    // A pod without nodes has a mistake in its selection, not in its tolerations.
    if (used.length === 0) return blankets.length > 0 ? blankets : NOT_APPLICABLE;
    const foreign = tolerations.flatMap((toleration, index): readonly Breach[] => {
      if (isBlanket(toleration)) return [];
      const opens = (pool: PolicyPool) => pool.taints.some((taint) => toleratesTaint(toleration, taint));
      const opened = pools.find(opens);
      if (opened === undefined || used.some(opens)) return [];
      const taint = opened.taints.find((one) => toleratesTaint(toleration, one));
      return [
        {
          path: [...pod.specPath, 'tolerations', index],
          value: toleration,
          message: `it opens pool '${opened.name}'${taint ? ` (${showTaint(taint)})` : ''}, which the pod does not use`,
          allowed: 'tolerations for pools that the pod selects or whose GPUs it asks for',
          fix: `remove the toleration, or select pool '${opened.name}'`,
          about: `Taint/${toleration.key}`,
        },
      ];
    });
    return [...blankets, ...foreign];
  },
);
