/** WP-SCHED-003: a pod with GPUs gets past what keeps other pods off GPU nodes. */
import { showTaint } from '../../domain/node-vocabulary';
import { hasGpus, placementOf } from '../placement';
import { gpusOf, type PodTemplate } from '../pod-template';
import { type Breach, NOT_APPLICABLE, podRule } from '../rule';
import { type PodToleration, tolerationsOf, untolerated } from '../tolerations';

/**
 * Without pools the conventions count: the resource's own key (NVIDIA's and AMD's agents tolerate it, GKE sets it), or
 * any name of a GPU, as `sku=gpu` in AKS' guides (azure-aks-docs use-nvidia-gpu.md).
 */
function looksLikeGpu({ key, operator, value, effect }: PodToleration): boolean {
  if (effect === 'PreferNoSchedule') return false;
  return /gpu/i.test(key) || /gpu/i.test(value) || (key === '' && operator === 'Exists');
}

/** MIG instances stand on nodes of the whole GPU's taint. */
function taintKey(resource: string): string {
  return resource.startsWith('nvidia.com/') ? 'nvidia.com/gpu' : resource;
}

function breach(pod: PodTemplate, message: string, fix: string): Breach {
  return {
    path: [...pod.specPath, 'tolerations'],
    value: pod.spec.tolerations,
    message,
    allowed: 'a toleration for the taints of nodes that have the GPUs',
    fix,
  };
}

/** GPU pods without GPU nodes. */
export const gpuToleration = podRule(
  'WP-SCHED-003',
  'GPU nodes are tainted so that nothing else fills them, and without the toleration the GPU pod waits for ever',
  (pod, { pools = [] }) => {
    const gpus = gpusOf(pod);
    const [resource] = Object.keys(gpus);
    if (resource === undefined) return NOT_APPLICABLE;
    const tolerations = tolerationsOf(pod);
    const { possible, selected } = placementOf(pod, pools);
    const asked = selected.length > 0 ? selected : possible;
    const withGpus = asked.filter((pool) => hasGpus(pool, gpus) === true);
    const [first] = withGpus;
    if (first !== undefined) {
      if (withGpus.some(({ taints }) => untolerated(tolerations, taints).length === 0)) return [];
      const taints = untolerated(tolerations, first.taints).map(showTaint).join(', ');
      return [breach(pod, `pool '${first.name}' has its GPUs and keeps it off by ${taints}`, `tolerate ${taints}`)];
    }
    if (tolerations.some(looksLikeGpu)) return [];
    const fix = `add { key: ${taintKey(resource)}, operator: Exists, effect: NoSchedule }, or what your GPU nodes carry`;
    // Some clouds add the toleration at admission, and nodes may have no taint.
    return [
      { ...breach(pod, `it asks for ${resource} and tolerates no taint of GPU nodes`, fix), severity: 'warning' },
    ];
  },
);
