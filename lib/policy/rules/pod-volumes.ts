/** WP-POD-001: a mount names a volume of its pod, and a name is a volume's own. */

import { likely, listed } from '../existence';
import { at, list, type Path } from '../json';
import { nameAt } from '../lookup';
import { containersOf } from '../pod-template';
import { type Breach, NOT_APPLICABLE, podRule } from '../rule';

/** Mounts and volumes. */
export const podVolumes = podRule(
  'WP-POD-001',
  'the API server refuses every pod of the workload, and only the ReplicaSet says why',
  (pod, _, { object }) => {
    const volumes = list(pod.spec.volumes).map((volume) => nameAt(volume, 'name'));
    const claims = list(at(object, 'spec', 'volumeClaimTemplates')).map((claim) => nameAt(claim, 'metadata', 'name'));
    const names = new Set([...volumes, ...claims].flatMap((name) => name ?? []));
    const mounts = containersOf(pod).flatMap(({ container, path }) =>
      ['volumeMounts', 'volumeDevices'].flatMap((field) =>
        list(container[field]).flatMap((mount, index) => {
          const name = nameAt(mount, 'name');
          const place: Path = [...path, field, index, 'name'];
          return name === undefined ? [] : [{ name, path: place }];
        }),
      ),
    );
    if (mounts.length === 0 && volumes.length === 0) return NOT_APPLICABLE;
    const unknown = mounts.filter(({ name }) => !names.has(name));
    const missing = unknown.map(({ name, path }): Breach => {
      const meant = likely(name, names);
      return {
        path,
        value: name,
        message: `the pod has no volume '${name}'`,
        allowed: names.size === 0 ? 'a volume of the pod, which has none' : listed(names),
        fix: `${meant === undefined ? '' : `write '${meant}', or `}add the volume`,
      };
    });
    const twice = volumes.flatMap((name, index): readonly Breach[] => {
      if (name === undefined || volumes.indexOf(name) === index) return [];
      return [
        {
          path: [...pod.specPath, 'volumes', index, 'name'],
          value: name,
          message: `two volumes are called '${name}'`,
          allowed: 'one volume for each name',
          fix: 'rename one of them, and its mounts',
        },
      ];
    });
    return [...missing, ...twice];
  },
);
