/** WP-REF-002: Secrets come from many hands; one that nobody makes stops the pod. */
import { judgeReferences } from '../keyed-references';
import type { Rule } from '../rule';
import { secretsProvided } from '../secrets-provided';

/** Secrets and their keys. */
export const referencedSecrets: Rule = {
  id: 'WP-REF-002',
  why: 'a pod waits for a Secret or a key that nobody makes, for ever; an image is not pulled, a host is served without its certificate',
  judge: (subject, inventory) => judgeReferences('Secret', secretsProvided(inventory), subject, inventory),
};
