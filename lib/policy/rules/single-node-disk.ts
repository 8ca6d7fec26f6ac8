/** WP-ROLL-002: a disk that one node can mount is asked for by the pods of one node only. */
import type { Inventory } from '../inventory';
import { at, list, number, type Path, text } from '../json';
import { append } from '../lookup';
import { describe, identityOf, type Manifest } from '../manifest';
import { perRun } from '../per-run';
import type { PodTemplate } from '../pod-template';
import { rollingUpdateOf } from '../rolling-update';
import { type Breach, NOT_APPLICABLE, podRule } from '../rule';

interface MountedClaim {
  readonly name: string;
  readonly path: Path;
}

function claimsOf({ spec, specPath }: PodTemplate): readonly MountedClaim[] {
  return list(spec.volumes).flatMap((volume, index) => {
    const name = text(at(volume, 'persistentVolumeClaim', 'claimName'));
    const path = [...specPath, 'volumes', index, 'persistentVolumeClaim', 'claimName'];
    return name === undefined ? [] : [{ name, path }];
  });
}

/** Modes of a claim that only one node can mount; undefined for all others, and where nobody knows. */
function singleNodeModes(claim: Manifest | undefined): string | undefined {
  const modes = list(at(claim?.object, 'spec', 'accessModes')).map(String);
  return modes.length > 0 && modes.every((mode) => /^ReadWriteOnce(Pod)?$/.test(mode)) ? modes.join(', ') : undefined;
}

const LONG_RUNNING = /^(Deployment|ReplicaSet|ReplicationController|StatefulSet|DaemonSet|Rollout)$/;

/** Workloads that hold each claim as long as they run; a job comes before or after them. */
const holders = perRun((inventory) => {
  const byClaim = new Map<string, Manifest[]>();
  for (const pod of inventory.pods) {
    if (!LONG_RUNNING.test(identityOf(pod.manifest.object).kind)) continue;
    for (const name of new Set(claimsOf(pod).map((claim) => claim.name))) {
      append(byClaim, `${pod.namespace}|${name}`, pod.manifest);
    }
  }
  return byClaim;
});

/** Whether all pods come to stand on one node. */
function staysOnOneNode({ spec }: PodTemplate): boolean {
  const host = 'kubernetes.io/hostname';
  const together = at(spec, 'affinity', 'podAffinity', 'requiredDuringSchedulingIgnoredDuringExecution');
  return (
    text(spec.nodeName) !== undefined ||
    text(at(spec, 'nodeSelector', host)) !== undefined ||
    list(together).some((term) => at(term, 'topologyKey') === host)
  );
}

/** Why pods of this workload ask for the disk on several nodes, if they do. */
function whySeveral(pod: PodTemplate, inventory: Inventory): string | undefined {
  const { manifest } = pod;
  const { kind } = identityOf(manifest.object);
  if (kind === 'DaemonSet') return 'a pod on every node asks for it';
  const bounds = inventory.replicasOf(manifest);
  if (bounds !== undefined && bounds.max > 1) return `${bounds.max} pods ask for it`;
  const parallel = kind === 'Job' ? number(at(manifest.object, 'spec', 'parallelism')) : undefined;
  if (parallel !== undefined && parallel > 1) return `${parallel} pods ask for it`;
  const update = bounds && rollingUpdateOf(manifest, bounds.max);
  if (update === undefined || update.surge === 0 || update.unavailable > 0) return undefined;
  return 'the new pod of an update asks for it while the old one holds it';
}

/** Pods that wait for a disk which another pod holds. */
export const singleNodeDisk = podRule(
  'WP-ROLL-002',
  'the disk is attached to the node of one pod, and a pod on another node waits in ContainerCreating for ever',
  (pod, inventory, subject) => {
    const judged = claimsOf(pod).flatMap(({ name, path }) => {
      const modes = singleNodeModes(inventory.find('', 'PersistentVolumeClaim', pod.namespace, name));
      return modes === undefined ? [] : [{ name, path, modes }];
    });
    if (judged.length === 0) return NOT_APPLICABLE;
    return judged.flatMap(({ name, path, modes }): readonly Breach[] => {
      if (staysOnOneNode(pod) && !modes.includes('ReadWriteOncePod')) return [];
      const other = holders(inventory)
        .get(`${pod.namespace}|${name}`)
        ?.find((holder) => holder !== subject);
      const shared = other && LONG_RUNNING.test(identityOf(subject.object).kind);
      const why = whySeveral(pod, inventory) ?? (shared ? `${describe(other)} holds it as well` : undefined);
      if (why === undefined) return [];
      return [
        {
          path,
          value: name,
          message: `one node can mount this claim (${modes}), and ${why}`,
          allowed: 'ReadWriteMany or ReadOnlyMany, or one pod that ends before the next one starts',
          fix: 'use a shared file system, volumeClaimTemplates, or one replica with strategy Recreate',
          about: `PersistentVolumeClaim/${name}`,
        },
      ];
    });
  },
);
