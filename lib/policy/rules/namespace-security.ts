/** WP-PSA-002: a namespace refuses pods that could take their node. */
import { identityOf, labelsOf } from '../manifest';
import { ENFORCE_LABEL } from '../pod-security/level';
import { NOT_APPLICABLE, type Rule } from '../rule';

/** Namespaces that admit more than they have to. */
export const namespaceSecurity: Rule = {
  id: 'WP-PSA-002',
  why: 'without it every pod that anybody creates there may be root on its node',
  judge: ({ object }) => {
    const { group, kind } = identityOf(object);
    if (group !== '' || kind !== 'Namespace') return NOT_APPLICABLE;
    const labels = labelsOf(object);
    const level = Object.hasOwn(labels, ENFORCE_LABEL) ? labels[ENFORCE_LABEL] : undefined;
    if (level === 'restricted') return [];
    return [
      {
        path: ['metadata', 'labels', ENFORCE_LABEL],
        value: level,
        message:
          level === undefined ? 'the namespace enforces no level' : `the namespace admits pods of level ${level}`,
        allowed: 'restricted',
        fix: `set the label to restricted; for node agents add the annotation policy.warmpath.dev/WP-PSA-002 with the reason`,
      },
    ];
  },
};
