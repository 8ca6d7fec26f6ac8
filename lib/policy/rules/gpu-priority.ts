/** WP-SCHED-004: who gives way when GPUs are short is decided, not left to chance. */
import { perRun } from '../per-run';
import { gpusOf } from '../pod-template';
import { NOT_APPLICABLE, podRule } from '../rule';

const classes = perRun((inventory) => {
  const all = inventory.ofKind('scheduling.k8s.io', 'PriorityClass');
  return { some: all.length > 0, byDefault: all.some(({ object }) => object.globalDefault === true) };
});

/** GPU pods without rank. */
export const gpuPriority = podRule(
  'WP-SCHED-004',
  'without a priority class serving pods cannot push out batch work, and batch work cannot give way',
  (pod, inventory) => {
    if (Object.keys(gpusOf(pod)).length === 0) return NOT_APPLICABLE;
    const { priorityClassName } = pod.spec;
    const { some, byDefault } = classes(inventory);
    if ((typeof priorityClassName === 'string' && priorityClassName !== '') || byDefault) return [];
    return [
      {
        path: [...pod.specPath, 'priorityClassName'],
        value: priorityClassName,
        message: 'a pod with GPUs has no priority class',
        allowed: 'the name of a PriorityClass, or a class with globalDefault: true',
        fix: "set priorityClassName, for example 'warmpath-inference' for pods that serve users",
        // Without any class among the manifests nobody knows whether the cluster has a default.
        severity: some ? 'error' : 'warning',
      },
    ];
  },
);
