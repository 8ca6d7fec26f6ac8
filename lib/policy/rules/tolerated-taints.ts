/**
 * WP-SCHED-001: a pod gets past the taints of the pools that it asks for. Every pool that it names must be open to it:
 * a named pool that stays closed is capacity which somebody counts on, and for node agents a node without agent. Of
 * pools that it selects by a label which differently tainted pools share, such as regular and spot nodes of one
 * purpose, one is enough.
 */
import { showTaint, type Taint } from '../../domain/node-vocabulary';
import { isNamed, placementOf } from '../placement';
import type { PolicyPool } from '../pool';
import { type Breach, NOT_APPLICABLE, podRule } from '../rule';
import { tolerationsOf, untolerated } from '../tolerations';

function shown({ key, value, effect }: Taint): string {
  return `{ key: ${key}, operator: Equal, value: '${value}', effect: ${effect} }`;
}

/** Pods of a pool stay pending for ever, and the autoscaler adds no node for them. */
export const toleratedTaints = podRule(
  'WP-SCHED-001',
  'the pod stays pending, and the autoscaler adds no node for it',
  (pod, inventory) => {
    if (inventory.pools === undefined) return NOT_APPLICABLE;
    const { requirements, selected } = placementOf(pod, inventory.pools);
    if (selected.length === 0) return NOT_APPLICABLE;
    const tolerations = tolerationsOf(pod);
    const closed = (pool: PolicyPool) => untolerated(tolerations, pool.taints).length > 0;
    const named = selected.filter((pool) => isNamed(requirements, pool, inventory));
    const others = selected.filter((pool) => !named.includes(pool));
    const demanded = [...named, ...(others.every(closed) && named.length === 0 ? others.slice(0, 1) : [])];
    const missing = new Map<string, { readonly taint: Taint; readonly pool: PolicyPool }>();
    for (const pool of demanded) {
      for (const taint of untolerated(tolerations, pool.taints)) {
        if (!missing.has(showTaint(taint))) missing.set(showTaint(taint), { taint, pool });
      }
    }
    return [...missing].map(
      ([text, { taint, pool }]): Breach => ({
        path: [...pod.specPath, 'tolerations'],
        value: pod.spec.tolerations,
        message: `it asks for pool '${pool.name}' and does not tolerate its taint ${text}`,
        allowed: 'a toleration for every NoSchedule and NoExecute taint of the pool',
        fix: `add ${shown(taint)} to the tolerations`,
        about: `Taint/${taint.key}`,
      }),
    );
  },
);
