/** WP-REF-004: a pod whose claim is missing stays Pending. */
import { missing } from '../existence';
import type { Inventory } from '../inventory';
import { at, list } from '../json';
import { nameAt, namesOf, objectsIn } from '../lookup';
import { identityOf } from '../manifest';
import { perRun } from '../per-run';
import { NOT_APPLICABLE, podRule } from '../rule';

const templatesByNamespace = perRun(() => new Map<string, ReadonlySet<string>>());

/** `data-zk` for the claims `data-zk-0`, `data-zk-1` that a StatefulSet makes. */
function templatesIn(inventory: Inventory, namespace: string): ReadonlySet<string> {
  const known = templatesByNamespace(inventory).get(namespace);
  if (known !== undefined) return known;
  const sets = objectsIn(inventory, 'apps', 'StatefulSet', namespace);
  const templates = sets.flatMap(({ object }) =>
    list(at(object, 'spec', 'volumeClaimTemplates')).map(
      (template) => `${nameAt(template, 'metadata', 'name')}-${identityOf(object).name}`,
    ),
  );
  const found = new Set(templates);
  templatesByNamespace(inventory).set(namespace, found);
  return found;
}

function exists(inventory: Inventory, namespace: string, name: string): boolean {
  if (inventory.find('', 'PersistentVolumeClaim', namespace, name) !== undefined) return true;
  const [, template] = /^(.*)-\d+$/.exec(name) ?? [];
  return template !== undefined && templatesIn(inventory, namespace).has(template);
}

/** Claims that pods mount by name. */
export const referencedClaims = podRule(
  'WP-REF-004',
  'the scheduler keeps the pod Pending until somebody makes the claim',
  ({ spec, specPath, namespace }, inventory, { object }) => {
    const templates = list(at(object, 'spec', 'volumeClaimTemplates')).map((one) => nameAt(one, 'metadata', 'name'));
    const claims = list(spec.volumes).flatMap((volume, index) => {
      // The claim that a StatefulSet makes takes the place of a volume of its name.
      if (templates.includes(nameAt(volume, 'name'))) return [];
      const name = nameAt(volume, 'persistentVolumeClaim', 'claimName');
      const path = [...specPath, 'volumes', index, 'persistentVolumeClaim', 'claimName'];
      return name === undefined ? [] : [{ kind: 'PersistentVolumeClaim', name, namespace, path }];
    });
    if (claims.length === 0) return NOT_APPLICABLE;
    const lost = claims.filter(({ name }) => !exists(inventory, namespace, name));
    const names = lost.length === 0 ? [] : namesOf(inventory, '', 'PersistentVolumeClaim', namespace);
    return lost.map((claim) => missing(claim, names, 'put the claim among the manifests'));
  },
);
