import { podVolumes } from '../../../lib/policy/rules/pod-volumes';
import { ask, placesOf } from '../../support/verdicts';

const pod = (spec: string) => `apiVersion: v1\nkind: Pod\nmetadata: { name: one, namespace: chat }\nspec: ${spec}`;
const set = (mount: string) =>
  `apiVersion: apps/v1\nkind: StatefulSet\nmetadata: { name: zk, namespace: chat }\nspec: { volumeClaimTemplates: [{ metadata: { name: data } }], template: { spec: { volumes: [{ name: data, emptyDir: {} }], containers: [{ volumeMounts: [{ name: ${mount} }] }] } } }`;

test.each([
  ['a volume', pod('{ volumes: [{ name: tmp }], containers: [{ volumeMounts: [{ name: tmp }, { name: tmp }] }] }')],
  ['a volume, as a device', pod('{ volumes: [{ name: raw }], containers: [{ volumeDevices: [{ name: raw }] }] }')],
  ['a claim of its StatefulSet, in place of a volume', set('data')],
  ['nothing, of two volumes', pod('{ volumes: [{ name: a }, { name: b }], containers: [{}] }')],
])('a pod that mounts %s is in order', (_, yaml) => {
  expect(ask(podVolumes, yaml)).toMatchObject({ findings: [], compliant: 1 });
});

test.each([
  [
    'a container',
    '{ volumes: [{ name: tmp }], containers: [{}, { volumeMounts: [{ name: tmp }, { name: tpm }] }] }',
    'spec.containers[1].volumeMounts[1].name',
  ],
  [
    'a container that runs before',
    '{ volumes: [{ name: tmp }], initContainers: [{ volumeMounts: [{ name: tpm }] }] }',
    'spec.initContainers[0].volumeMounts[0].name',
  ],
  [
    'a device',
    '{ volumes: [{ name: tmp }], containers: [{ volumeDevices: [{ name: tpm }] }] }',
    'spec.containers[0].volumeDevices[0].name',
  ],
])('a mount of %s without a volume is reported', (_, spec, place) => {
  const { findings } = ask(podVolumes, pod(spec));
  expect(placesOf(findings)).toEqual([`Pod chat/one ${place}`]);
  expect(findings[0]).toMatchObject({
    rule: 'WP-POD-001',
    message: "the pod has no volume 'tpm'",
    allowed: "'tmp'",
    fix: "write 'tmp', or add the volume",
  });
});

test('a mount of a pod that has no volume is told so, and what is like no volume is to be added', () => {
  const said = (volumes: string) =>
    ask(podVolumes, pod(`{ ${volumes}containers: [{ volumeMounts: [{ name: cache }, {}] }] }`)).findings.map(
      ({ allowed, fix }) => [allowed, fix],
    );
  expect(said('')).toEqual([['a volume of the pod, which has none', 'add the volume']]);
  expect(said('volumes: [{ name: tmp }, {}, {}], ')).toEqual([["'tmp'", 'add the volume']]);
});

test('a mount of a claim of its StatefulSet alone is in order', () => {
  const yaml = set('data').replace('volumes: [{ name: data, emptyDir: {} }], ', '');
  expect(ask(podVolumes, yaml)).toMatchObject({ findings: [], compliant: 1 });
  expect(ask(podVolumes, yaml.replace('{ metadata: { name: data } }', '{}')).findings).toHaveLength(1);
});

test('a mount that names no claim of its StatefulSet is reported', () => {
  expect(placesOf(ask(podVolumes, set('dta')).findings)).toEqual([
    'StatefulSet chat/zk spec.template.spec.containers[0].volumeMounts[0].name',
  ]);
});

test('the second of two volumes with one name is reported', () => {
  const { findings } = ask(podVolumes, pod('{ volumes: [{ name: a }, { name: b }, { name: a }] }'));
  expect(placesOf(findings)).toEqual(['Pod chat/one spec.volumes[2].name']);
  expect(findings[0]?.message).toBe("two volumes are called 'a'");
});

test('a pod without volumes and mounts is not asked', () => {
  expect(ask(podVolumes, pod('{ containers: [{}] }')).notApplicable).toBe(1);
});
