/** WP-REF-005: a pod whose priority class is missing is refused. */
import { missing } from '../existence';
import { nameAt, namesOf } from '../lookup';
import { NOT_APPLICABLE, podRule } from '../rule';

/** Classes that every cluster has; nobody else may make one whose name begins like these. */
const OF_THE_SYSTEM = new Set(['system-cluster-critical', 'system-node-critical']);

/** The priority class of pods. */
export const referencedPriorityClasses = podRule(
  'WP-REF-005',
  'the API server refuses every pod of the workload, and only the ReplicaSet says why',
  ({ spec, specPath }, inventory) => {
    const name = nameAt(spec, 'priorityClassName');
    if (name === undefined) return NOT_APPLICABLE;
    const group = 'scheduling.k8s.io';
    if (OF_THE_SYSTEM.has(name) || inventory.findClusterWide(group, 'PriorityClass', name) !== undefined) return [];
    const wanted = { kind: 'PriorityClass', name, path: [...specPath, 'priorityClassName'] };
    const names = namesOf(inventory, group, 'PriorityClass');
    return [missing(wanted, names, 'put the class among the manifests')];
  },
);
