import { referencedServiceAccounts } from '../../../lib/policy/rules/referenced-service-accounts';
import { ask, placesOf } from '../../support/verdicts';

const ACCOUNT = 'apiVersion: v1\nkind: ServiceAccount\nmetadata: { name: chat, namespace: chat }';
const workload = (spec: string) =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: one, namespace: chat }\nspec: { template: { spec: ${spec} } }`;

test.each([
  ['exists', '{ serviceAccountName: chat }'],
  ['exists, under the old name of the field', '{ serviceAccount: chat }'],
  ['is the one that every namespace has', '{ serviceAccountName: default }'],
])('an account that %s is in order', (_, spec) => {
  expect(ask(referencedServiceAccounts, `${ACCOUNT}\n---\n${workload(spec)}`)).toMatchObject({
    findings: [],
    compliant: 1,
  });
});

test('an account that does not exist in the namespace is reported with what was probably meant', () => {
  const { findings } = ask(referencedServiceAccounts, `${ACCOUNT}\n---\n${workload('{ serviceAccountName: chta }')}`);
  expect(placesOf(findings)).toEqual(['Deployment chat/one spec.template.spec.serviceAccountName']);
  expect(findings[0]).toMatchObject({
    message: "there is no ServiceAccount 'chta' in namespace 'chat'",
    allowed: "'chat'",
    about: 'ServiceAccount/chta',
  });
});

test('among hundreds of accounts none is guessed, and a few are shown', () => {
  const accounts = Array.from({ length: 301 }, (_, index) => ACCOUNT.replace('name: chat', `name: chat-${index}`));
  const yaml = [...accounts, workload('{ serviceAccountName: chat-x }')].join('\n---\n');
  expect(ask(referencedServiceAccounts, yaml).findings).toMatchObject([
    {
      allowed: "'chat-0', 'chat-1', 'chat-10', 'chat-100', 'chat-101' and 296 more",
      fix: 'put the ServiceAccount among the manifests',
    },
  ]);
});

test('an account of another namespace is none', () => {
  const yaml = `${ACCOUNT.replace('namespace: chat', 'namespace: other')}\n---\n${workload('{ serviceAccount: chat }')}`;
  expect(placesOf(ask(referencedServiceAccounts, yaml).findings)).toEqual([
    'Deployment chat/one spec.template.spec.serviceAccount',
  ]);
});

test('an account in the namespace of a release serves pods that name none', () => {
  const yaml = `${ACCOUNT.replace(', namespace: chat', '')}\n---\n${workload('{ serviceAccountName: chat }')}`;
  expect(ask(referencedServiceAccounts, yaml, { namespace: 'chat' }).findings).toEqual([]);
  expect(ask(referencedServiceAccounts, yaml, { namespace: 'other' }).findings).toHaveLength(1);
});

test('pods that name no account are not asked', () => {
  expect(ask(referencedServiceAccounts, `${ACCOUNT}\n---\n${workload('{}')}`).notApplicable).toBe(2);
});
