/** ConfigMaps that there will be once everything is applied. */
import { at, object } from './json';
import { nameAt } from './lookup';
import { identityOf } from './manifest';
import { perRun } from './per-run';
import { type Keys, Provisions } from './provisions';

/** The keys of a map; a ConfigMap that holds no map at all is one that somebody fills later. */
export function keysOfMaps(...maps: readonly unknown[]): Keys {
  if (maps.every((map) => map === undefined || map === null)) return 'any';
  return new Set(maps.flatMap((map) => Object.keys(object(map))));
}

/** ConfigMaps by namespace and name. */
export const configMapsProvided = perRun((inventory) => {
  const provisions = new Provisions();
  // kubernetes/kubernetes pkg/controller/certificates/rootcacertpublisher: one in each namespace.
  provisions.addEverywhere('kube-root-ca.crt', new Set(['ca.crt']));
  for (const manifest of inventory.ofKind('', 'ConfigMap')) {
    const { data, binaryData } = manifest.object;
    provisions.add(inventory.namespaceOf(manifest), identityOf(manifest.object).name, keysOfMaps(data, binaryData));
  }
  // https://cert-manager.io/docs/trust/trust-manager/api-reference: a ConfigMap of the Bundle's name in every namespace.
  for (const { object: bundle } of inventory.ofKind('trust.cert-manager.io', 'Bundle')) {
    if (at(bundle, 'spec', 'target', 'configMap') === undefined) continue;
    const key = nameAt(bundle, 'spec', 'target', 'configMap', 'key');
    const more = at(bundle, 'spec', 'target', 'additionalFormats') !== undefined;
    provisions.addEverywhere(identityOf(bundle).name, key === undefined || more ? 'any' : new Set([key]));
  }
  return provisions;
});
