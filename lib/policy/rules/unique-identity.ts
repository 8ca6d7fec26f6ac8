/** WP-NAME-002: two objects of one kind, namespace and name overwrite each other without a word. */
import { describe, identityOf } from '../manifest';
import { NOT_APPLICABLE, type Rule } from '../rule';

/** The second object of one identity. */
export const uniqueIdentity: Rule = {
  id: 'WP-NAME-002',
  why: 'the one applied last wins, and the other workload is gone',
  judge: (subject, inventory) => {
    const { group, kind, name } = identityOf(subject.object);
    // The API server makes up a name for each object that has a generateName.
    if (name === '') return NOT_APPLICABLE;
    const first = inventory.find(group, kind, inventory.namespaceOf(subject), name);
    if (first === undefined || first === subject) return [];
    const line = first.lineOf?.(['metadata', 'name']);
    return [
      {
        path: ['metadata', 'name'],
        value: name,
        message: `${describe(subject)} stands in ${first.file}${line === undefined ? '' : `:${line}`} as well`,
        allowed: 'one object for each kind, namespace and name',
        fix: 'rename one of them, or move it to another namespace',
      },
    ];
  },
};
