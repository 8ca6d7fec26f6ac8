/** WP-REF-008: a scaler whose target is missing scales nothing, and says so only in its status. */
import { missing } from '../existence';
import { at, isObject, type Json, object, type Path, text } from '../json';
import { nameAt, namesOf } from '../lookup';
import { identityOf } from '../manifest';
import { NOT_APPLICABLE, type Rule } from '../rule';

/** Where each kind names its target, and what it takes where nothing is said. */
const TARGETS: Readonly<Record<string, { readonly path: Path; readonly defaults: Json }>> = {
  'autoscaling/HorizontalPodAutoscaler': { path: ['spec', 'scaleTargetRef'], defaults: {} },
  'keda.sh/ScaledObject': {
    path: ['spec', 'scaleTargetRef'],
    defaults: { apiVersion: 'apps/v1', kind: 'Deployment' },
  },
  'autoscaling.k8s.io/VerticalPodAutoscaler': { path: ['spec', 'targetRef'], defaults: {} },
  'autoscaling.x-k8s.io/CapacityBuffer': { path: ['spec', 'scalableRef'], defaults: {} },
};

/** Kinds that every cluster knows, with their group: a target of one of these has to be among the manifests. */
const GROUPS: ReadonlyMap<string, string> = new Map([
  ['Deployment', 'apps'],
  ['StatefulSet', 'apps'],
  ['ReplicaSet', 'apps'],
  ['DaemonSet', 'apps'],
  ['ReplicationController', ''],
  ['Job', 'batch'],
  ['CronJob', 'batch'],
]);

/** Group of a target: of its apiVersion, or of the field that a CapacityBuffer has. */
function groupOf(target: Json): string | undefined {
  const group = text(target.apiGroup);
  if (group !== undefined) return group;
  return text(target.apiVersion) === undefined ? undefined : identityOf(target).group;
}

/** What a scaler scales. */
export const scaleTargets: Rule = {
  id: 'WP-REF-008',
  why: 'the workload keeps the pods that it has, whatever the load is, and the scaler says so only in its status',
  judge: (subject, inventory) => {
    const self = identityOf(subject.object);
    const place = TARGETS[`${self.group}/${self.kind}`];
    const given = place && at(subject.object, ...place.path);
    if (place === undefined || !isObject(given)) return NOT_APPLICABLE;
    const target = { ...place.defaults, ...object(given) };
    const kind = text(target.kind) ?? '';
    const name = nameAt(target, 'name');
    const usual = GROUPS.get(kind);
    const group = groupOf(target) ?? usual ?? '';
    if (name === undefined || (usual === undefined && inventory.ofKind(group, kind).length === 0))
      return NOT_APPLICABLE;
    const namespace = inventory.namespaceOf(subject);
    if (inventory.find(group, kind, namespace, name) !== undefined) return [];
    const about = `${kind}/${name}`;
    if (usual !== undefined && usual !== group && inventory.find(usual, kind, namespace, name) !== undefined) {
      return [
        {
          path: [...place.path, 'apiVersion'],
          value: target.apiVersion,
          message: `${kind} '${name}' is not of the group '${group}'`,
          allowed: usual === '' ? 'v1' : `${usual}/v1`,
          fix: 'name the version that the target has',
          about,
        },
      ];
    }
    const wanted = { kind, name, namespace, path: [...place.path, 'name'] };
    return [missing(wanted, namesOf(inventory, group, kind, namespace), `put the ${kind} among the manifests`)];
  },
};
