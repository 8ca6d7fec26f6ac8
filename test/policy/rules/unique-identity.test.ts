import { uniqueIdentity } from '../../../lib/policy/rules/unique-identity';
import { ask, placesOf } from '../../support/verdicts';

const SERVICE = 'apiVersion: v1\nkind: Service\nmetadata: { name: chat, namespace: chat }';

describe('objects of their own', () => {
  test.each([
    ['another name', 'apiVersion: v1\nkind: Service\nmetadata: { name: other, namespace: chat }'],
    ['another namespace', 'apiVersion: v1\nkind: Service\nmetadata: { name: chat, namespace: other }'],
    ['the namespace of a release', 'apiVersion: v1\nkind: Service\nmetadata: { name: chat }'],
    ['another kind', 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: chat, namespace: chat }'],
    ['another group', 'apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: { name: chat, namespace: chat }'],
  ])('differ by %s', (_, second) => {
    expect(ask(uniqueIdentity, `${SERVICE}\n---\n${second}`)).toMatchObject({ findings: [], compliant: 2 });
  });
});

describe('an object that stands twice', () => {
  test('is reported once, with the other place', () => {
    const { findings } = ask(uniqueIdentity, `${SERVICE}\n---\n${SERVICE}`);
    expect(findings).toEqual([
      expect.objectContaining({
        rule: 'WP-NAME-002',
        severity: 'error',
        prop: 'metadata.name',
        value: 'chat',
        file: 'objects.yaml',
        index: 1,
        line: 7,
        object: 'Service chat/chat',
        message: 'Service chat/chat stands in objects.yaml:3 as well',
      }),
    ]);
  });

  test('is the same in another version of its group', () => {
    const deployment = (version: string) =>
      `apiVersion: apps/${version}\nkind: Deployment\nmetadata: { name: chat, namespace: chat }`;
    const { findings } = ask(uniqueIdentity, `${deployment('v1')}\n---\n${deployment('v1beta1')}`);
    expect(placesOf(findings)).toEqual(['Deployment chat/chat metadata.name']);
  });

  test('is the same when one of them names the namespace and the other is given it', () => {
    const { findings } = ask(
      uniqueIdentity,
      `${SERVICE}\n---\napiVersion: v1\nkind: Service\nmetadata: { name: chat }`,
      {
        namespace: 'chat',
      },
    );
    expect(findings).toHaveLength(1);
  });

  test('is not one of several that are named by the API server', () => {
    const job = 'apiVersion: batch/v1\nkind: Job\nmetadata: { generateName: hook- }';
    expect(ask(uniqueIdentity, `${job}\n---\n${job}`)).toMatchObject({ findings: [], notApplicable: 2 });
  });

  test('is the same when its namespace is an empty text', () => {
    const both = ['namespace: "", name: a', 'name: a'].map(
      (metadata) => `apiVersion: v1\nkind: Service\nmetadata: { ${metadata} }`,
    );
    expect(ask(uniqueIdentity, both.join('\n---\n')).findings).toHaveLength(1);
  });
});
