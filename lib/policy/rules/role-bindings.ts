/** WP-REF-009: a binding to a role or an account that does not exist grants nothing. */
import { missing } from '../existence';
import type { Inventory } from '../inventory';
import { at, list, type Path, text } from '../json';
import { isKnownNamespace, nameAt, namesOf } from '../lookup';
import { identityOf, type Manifest } from '../manifest';
import { type Breach, NOT_APPLICABLE, type Rule } from '../rule';

const RBAC = 'rbac.authorization.k8s.io';

/** https://kubernetes.io/docs/reference/access-authn-authz/rbac/#default-roles-and-role-bindings */
const USER_FACING = new Set(['cluster-admin', 'admin', 'edit', 'view']);

/** Roles that the API server makes in its own namespaces. */
const OWN_ROLES = new Set(['extension-apiserver-authentication-reader']);
const OWN_NAMESPACES = new Set(['kube-system', 'kube-public']);

function judgeRole(subject: Manifest, namespace: string, inventory: Inventory): readonly Breach[] {
  const kind = text(at(subject.object, 'roleRef', 'kind'));
  const name = nameAt(subject.object, 'roleRef', 'name');
  const path: Path = ['roleRef', 'name'];
  if (name === undefined || name.startsWith('system:')) return [];
  if (kind === 'ClusterRole') {
    if (USER_FACING.has(name) || inventory.findClusterWide(RBAC, kind, name) !== undefined) return [];
    return [missing({ kind, name, path }, namesOf(inventory, RBAC, kind), 'put the role among the manifests')];
  }
  if (kind !== 'Role' || identityOf(subject.object).kind !== 'RoleBinding') return [];
  if (inventory.find(RBAC, kind, namespace, name) !== undefined) return [];
  if (OWN_NAMESPACES.has(namespace) && OWN_ROLES.has(name)) return [];
  const names = namesOf(inventory, RBAC, kind, namespace);
  return [missing({ kind, name, namespace, path }, names, 'put the role among the manifests')];
}

function judgeAccount(account: unknown, index: number, subject: Manifest, inventory: Inventory): readonly Breach[] {
  const name = nameAt(account, 'name');
  if (at(account, 'kind') !== 'ServiceAccount' || name === undefined) return [];
  const own = identityOf(subject.object).kind === 'RoleBinding' ? inventory.namespaceOf(subject) : undefined;
  const namespace = nameAt(account, 'namespace') ?? own;
  if (namespace === undefined) {
    return [
      {
        path: ['subjects', index, 'namespace'],
        value: undefined,
        message: `the ServiceAccount '${name}' is named without its namespace`,
        allowed: 'a namespace, as a ClusterRoleBinding has none to take',
        fix: 'name the namespace of the account',
        about: `ServiceAccount/${name}`,
      },
    ];
  }
  // Controllers of the cluster have accounts in kube-system that stand in no manifest.
  if (name === 'default' || OWN_NAMESPACES.has(namespace) || !isKnownNamespace(inventory, namespace)) return [];
  if (inventory.find('', 'ServiceAccount', namespace, name) !== undefined) return [];
  const wanted = { kind: 'ServiceAccount', name, namespace, path: ['subjects', index, 'name'] };
  const names = namesOf(inventory, '', 'ServiceAccount', namespace);
  return [missing(wanted, names, 'put the account among the manifests')];
}

/** Both ends of a binding. */
export const roleBindings: Rule = {
  id: 'WP-REF-009',
  why: 'the binding is applied without a word and grants nothing: calls are refused at run time',
  judge: (subject, inventory) => {
    const { group, kind } = identityOf(subject.object);
    if (group !== RBAC || (kind !== 'RoleBinding' && kind !== 'ClusterRoleBinding')) return NOT_APPLICABLE;
    return [
      ...judgeRole(subject, inventory.namespaceOf(subject), inventory),
      ...list(subject.object.subjects).flatMap((account, index) => judgeAccount(account, index, subject, inventory)),
    ];
  },
};
