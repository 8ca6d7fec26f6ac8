import { referencedClaims } from '../../../lib/policy/rules/referenced-claims';
import { ask, placesOf } from '../../support/verdicts';

const CLAIM = 'apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: { name: weights, namespace: chat }';
const SET =
  'apiVersion: apps/v1\nkind: StatefulSet\nmetadata: { name: zk, namespace: chat }\nspec: { volumeClaimTemplates: [{ metadata: { name: data } }], template: { spec: {} } }';
const pod = (claimName: string) =>
  `apiVersion: v1\nkind: Pod\nmetadata: { name: one, namespace: chat }\nspec: { volumes: [{ name: tmp, emptyDir: {} }, { name: v, persistentVolumeClaim: { claimName: ${claimName} } }] }`;
const about = (claimName: string) => ask(referencedClaims, [CLAIM, SET, pod(claimName)].join('\n---\n'));

test.each(['weights', 'data-zk-0', 'data-zk-12'])("the claim '%s' exists", (name) => {
  expect(about(name)).toMatchObject({ findings: [], compliant: 1 });
});

test.each(['weight', 'data-zk', 'data-zk-a', 'logs-zk-0'])("the claim '%s' does not exist and is reported", (name) => {
  const { findings } = about(name);
  expect(placesOf(findings)).toEqual(['Pod chat/one spec.volumes[1].persistentVolumeClaim.claimName']);
  expect(findings[0]).toMatchObject({ value: name, about: `PersistentVolumeClaim/${name}`, allowed: "'weights'" });
});

test('the claim that a StatefulSet makes takes the place of a volume of its name', () => {
  const yaml = SET.replace(
    'spec: {} }',
    'spec: { volumes: [{ name: data, persistentVolumeClaim: { claimName: data } }] } }',
  );
  expect(ask(referencedClaims, yaml).findings).toEqual([]);
});

test.each([
  ['claims that live with the pod', '{ volumes: [{ name: v, ephemeral: { volumeClaimTemplate: {} } }] }'],
  ['no volumes', '{ containers: [] }'],
])('pods with %s are not asked', (_, spec) => {
  expect(ask(referencedClaims, `apiVersion: v1\nkind: Pod\nmetadata: { name: one }\nspec: ${spec}`).notApplicable).toBe(
    1,
  );
});
