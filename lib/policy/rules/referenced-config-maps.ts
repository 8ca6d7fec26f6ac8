/** WP-REF-001: a pod whose ConfigMap is missing stays in CreateContainerConfigError or ContainerCreating. */
import { configMapsProvided } from '../config-maps-provided';
import { judgeReferences } from '../keyed-references';
import type { Rule } from '../rule';

/** ConfigMaps and their keys. */
export const referencedConfigMaps: Rule = {
  id: 'WP-REF-001',
  why: 'a pod waits for a ConfigMap or a key that it names, for ever and without an event on the workload',
  judge: (subject, inventory) => judgeReferences('ConfigMap', configMapsProvided(inventory), subject, inventory),
};
