import { checkManifests } from '../../../lib/policy';
import { namespaceSecurity } from '../../../lib/policy/rules/namespace-security';
import { workload } from '../../support/manifests';
import { ask, objects, placesOf } from '../../support/verdicts';

const namespace = (labels: string, annotations = '{}') =>
  `apiVersion: v1\nkind: Namespace\nmetadata: { name: chat, labels: ${labels}, annotations: ${annotations} }`;
const PLACE = "Namespace chat metadata.labels['pod-security.kubernetes.io/enforce']";

test('a namespace enforces restricted', () => {
  const yaml = namespace('{ pod-security.kubernetes.io/enforce: restricted }');
  expect(ask(namespaceSecurity, yaml)).toMatchObject({ findings: [], compliant: 1 });
});

test.each([
  ['{}', 'the namespace enforces no level'],
  ['{ pod-security.kubernetes.io/warn: restricted }', 'the namespace enforces no level'],
  ['{ pod-security.kubernetes.io/enforce: baseline }', 'the namespace admits pods of level baseline'],
  ['{ pod-security.kubernetes.io/enforce: privileged }', 'the namespace admits pods of level privileged'],
])('a namespace that does not is reported: %s', (labels, message) => {
  const { findings } = ask(namespaceSecurity, namespace(labels));
  expect(placesOf(findings)).toEqual([PLACE]);
  expect(findings[0]?.message).toBe(message);
});

test('a namespace for node agents says why', () => {
  const yaml = namespace(
    '{ pod-security.kubernetes.io/enforce: privileged }',
    '{ policy.warmpath.dev/WP-PSA-002: Node agents mount host paths. }',
  );
  const { findings, acknowledged } = checkManifests(objects(yaml), { rules: [namespaceSecurity] });
  expect(findings).toEqual([]);
  expect(acknowledged.map(({ reason }) => reason)).toEqual(['Node agents mount host paths.']);
});

test('other objects are not asked', () => {
  expect(ask(namespaceSecurity, workload('containers: []')).notApplicable).toBe(1);
});
