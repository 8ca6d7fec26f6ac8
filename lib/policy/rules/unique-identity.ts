/** WP-NAME-002: two objects of one kind, namespace and name overwrite each other without a word. */
import { describe, identityOf } from '../manifest';
import type { Rule } from '../rule';

/** The second object of one identity. */
export const uniqueIdentity: Rule = {
  id: 'WP-NAME-002',
  why: 'the one applied last wins, and the other workload is gone',
  judge: (subject, inventory) => {
    const { group, kind, name } = identityOf(subject.object);
    const first = inventory.find(group, kind, inventory.namespaceOf(subject), name);
    if (first === undefined || first === subject) return [];
    return [
      {
        path: ['metadata', 'name'],
        value: name,
        message: `${describe(subject)} stands in ${first.file} as well`,
        allowed: 'one object for each kind, namespace and name',
        fix: 'rename one of them, or move it to another namespace',
      },
    ];
  },
};
