import { pinnedImage } from '../../../lib/policy/rules/pinned-image';
import { workload } from '../../support/manifests';
import { ask, placesOf } from '../../support/verdicts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const image = (reference: string) => workload(`containers: [{ name: server, image: '${reference}' }]`);

test.each([`server:1@${DIGEST}`, `server@${DIGEST}`])('a digest pins an image: %s', (reference) => {
  expect(ask(pinnedImage, image(reference))).toMatchObject({ findings: [], compliant: 1 });
});

test.each(['server:1', 'server'])('an image without digest is warned of: %s', (reference) => {
  const { findings } = ask(pinnedImage, image(reference));
  expect(placesOf(findings)).toEqual(['Deployment chat/chat spec.template.spec.containers[0].image']);
  expect(findings[0]).toMatchObject({ severity: 'warning', value: reference });
});

test.each(['sha256:abc', `sha512:${'a'.repeat(64)}`, DIGEST.toUpperCase(), ''])(
  "what is no digest is an error: '%s'",
  (digest) => {
    const { findings } = ask(pinnedImage, image(`server:1@${digest}`));
    expect(findings.map(({ severity, message }) => [severity, message])).toEqual([
      ['error', `'${digest}' is no digest`],
    ]);
  },
);

test('mounted images count', () => {
  const yaml = workload("containers: []\nvolumes: [{ name: weights, image: { reference: 'models:1' } }]");
  expect(ask(pinnedImage, yaml).findings.map(({ about }) => about)).toEqual(['Volume/weights']);
});

test('a pod that names no image is not judged', () => {
  expect(ask(pinnedImage, workload('containers: [{ name: a }]')).notApplicable).toBe(1);
});
