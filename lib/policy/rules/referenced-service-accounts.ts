/** WP-REF-003: a workload whose ServiceAccount is missing makes no pod at all. */
import { missing } from '../existence';
import { nameAt, namesOf } from '../lookup';
import { NOT_APPLICABLE, podRule } from '../rule';

/** The account that pods run as. */
export const referencedServiceAccounts = podRule(
  'WP-REF-003',
  'the API server refuses every pod of the workload, and only the ReplicaSet says why',
  ({ spec, specPath, namespace }, inventory) => {
    // The old name of the field still counts where the new one is not set.
    const field = nameAt(spec, 'serviceAccountName') === undefined ? 'serviceAccount' : 'serviceAccountName';
    const name = nameAt(spec, field);
    if (name === undefined) return NOT_APPLICABLE;
    if (name === 'default' || inventory.find('', 'ServiceAccount', namespace, name) !== undefined) return [];
    const wanted = { kind: 'ServiceAccount', name, namespace, path: [...specPath, field] };
    const names = namesOf(inventory, '', 'ServiceAccount', namespace);
    return [missing(wanted, names, 'put the ServiceAccount among the manifests')];
  },
);
