import { exactImage } from '../../../lib/policy/rules/exact-image';
import { workload } from '../../support/manifests';
import { ask, placesOf } from '../../support/verdicts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const pod = (image: string) => workload(`containers: [{ name: server, ${image} }]`);
const image = (reference: string) => pod(`image: '${reference}'`);

describe('an exact image', () => {
  test.each([
    'vllm/vllm-openai:v0.32.0',
    `vllm/vllm-openai:v0.32.0@${DIGEST}`,
    `vllm/vllm-openai@${DIGEST}`,
    `vllm/vllm-openai:latest@${DIGEST}`,
    'registry.example.com:5000/team/server:1.2.3-rc.1',
    'nginx:1',
  ])('%s', (reference) => {
    expect(ask(exactImage, image(reference))).toMatchObject({ findings: [], compliant: 1 });
  });
});

describe('an image that can change', () => {
  test.each([
    'nginx',
    'nginx:',
    'nginx:latest',
    'nginx:1-latest',
    'team/server:main',
    'registry.example.com:5000/team/server',
    'vllm/vllm-openai@sha256:abc',
    'two words:1',
    '',
  ])("'%s'", (reference) => {
    const { findings } = ask(exactImage, image(reference));
    expect(placesOf(findings)).toEqual(['Deployment chat/chat spec.template.spec.containers[0].image']);
    expect(findings[0]).toMatchObject({ severity: 'error', value: reference, about: 'Container/server' });
  });

  test.each(['image: null', 'image: 5', 'args: []'])('is one that nobody names: %s', (field) => {
    expect(ask(exactImage, pod(field)).findings.map(({ message }) => message)).toEqual(['no image is named']);
  });

  test('may be that of an init container, a debugger or a mounted image', () => {
    const yaml = workload(
      "initContainers: [{ name: a, image: a }]\nephemeralContainers: [{ name: b, image: b }]\ncontainers: [{ name: c, image: 'c:1' }]\nvolumes: [{ name: d, emptyDir: {} }, { name: weights, image: { reference: 'models:latest' } }]",
    );
    expect(ask(exactImage, yaml).findings.map(({ prop, about }) => [prop, about])).toEqual([
      ['spec.template.spec.initContainers[0].image', 'Container/a'],
      ['spec.template.spec.ephemeralContainers[0].image', 'Container/b'],
      ['spec.template.spec.volumes[1].image.reference', 'Volume/weights'],
    ]);
  });
});

test('a pod without containers is not judged', () => {
  expect(ask(exactImage, workload('containers: []')).notApplicable).toBe(1);
});
