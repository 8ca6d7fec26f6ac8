import { roleBindings } from '../../../lib/policy/rules/role-bindings';
import { ask, placesOf } from '../../support/verdicts';

const RBAC = 'apiVersion: rbac.authorization.k8s.io/v1';
const HERE = [
  `${RBAC}\nkind: Role\nmetadata: { name: reader, namespace: chat }`,
  `${RBAC}\nkind: ClusterRole\nmetadata: { name: watcher }`,
  'apiVersion: v1\nkind: ServiceAccount\nmetadata: { name: chat, namespace: chat }',
];
const binding = (role: string, account: string) =>
  `${RBAC}\nkind: RoleBinding\nmetadata: { name: one, namespace: chat }\nroleRef: ${role}\nsubjects: [${account}]`;
const clusterBinding = (role: string, account: string) =>
  `${RBAC}\nkind: ClusterRoleBinding\nmetadata: { name: one }\nroleRef: ${role}\nsubjects: [${account}]`;
const about = (one: string) => ask(roleBindings, [...HERE, one].join('\n---\n'));

const ROLE = '{ kind: Role, name: reader }';
const ACCOUNT = '{ kind: ServiceAccount, name: chat, namespace: chat }';

describe('a binding in order', () => {
  test.each([
    ['a Role of the namespace', binding(ROLE, ACCOUNT)],
    ['a ClusterRole', clusterBinding('{ kind: ClusterRole, name: watcher }', ACCOUNT)],
    ['a ClusterRole in one namespace', binding('{ kind: ClusterRole, name: watcher }', ACCOUNT)],
    ['a role that every cluster has', binding('{ kind: ClusterRole, name: view }', ACCOUNT)],
    ['a role of the system', clusterBinding('{ kind: ClusterRole, name: system:auth-delegator }', ACCOUNT)],
    ['an account without its namespace, in a namespace', binding(ROLE, '{ kind: ServiceAccount, name: chat }')],
    ['the account that every namespace has', binding(ROLE, '{ kind: ServiceAccount, name: default, namespace: chat }')],
    ['an account of another team', binding(ROLE, '{ kind: ServiceAccount, name: any, namespace: elsewhere }')],
    ['users and groups', binding(ROLE, '{ kind: User, name: jane }, { kind: Group, name: system:authenticated }')],
  ])('binds %s', (_, one) => {
    expect(about(one)).toMatchObject({ findings: [], compliant: 1, notApplicable: 3 });
  });

  test('binds the role that extension API servers read', () => {
    const one = binding('{ kind: Role, name: extension-apiserver-authentication-reader }', ACCOUNT);
    expect(about(one.replace('name: one, namespace: chat', 'name: one, namespace: kube-system')).findings).toEqual([]);
    expect(about(one).findings).toHaveLength(1);
  });
});

describe('a binding that grants nothing', () => {
  test.each([
    ['Role', binding('{ kind: Role, name: raeder }', ACCOUNT), 'RoleBinding chat/one roleRef.name'],
    [
      'ClusterRole',
      clusterBinding('{ kind: ClusterRole, name: reader }', ACCOUNT),
      'ClusterRoleBinding one roleRef.name',
    ],
    [
      'account',
      binding(ROLE, '{ kind: ServiceAccount, name: caht, namespace: chat }'),
      'RoleBinding chat/one subjects[0].name',
    ],
    [
      'account, in another namespace of the manifests',
      clusterBinding('{ kind: ClusterRole, name: view }', '{ kind: ServiceAccount, name: chat, namespace: default }'),
      'ClusterRoleBinding one subjects[0].name',
    ],
    [
      'namespace of an account',
      clusterBinding('{ kind: ClusterRole, name: view }', '{ kind: ServiceAccount, name: chat }'),
      'ClusterRoleBinding one subjects[0].namespace',
    ],
  ])('for lack of its %s is reported', (_, one, place) => {
    expect(placesOf(about(one).findings)).toEqual([place]);
  });

  test('is told with the name that was probably meant', () => {
    expect(about(binding('{ kind: Role, name: raeder }', ACCOUNT)).findings[0]).toMatchObject({
      message: "there is no Role 'raeder' in namespace 'chat'",
      fix: "write 'reader', or put the role among the manifests",
      about: 'Role/raeder',
    });
  });
});
