import { serverReadiness } from '../../../lib/policy/rules/server-readiness';
import { workload } from '../../support/manifests';
import { ask, placesOf } from '../../support/verdicts';

const GPU = "resources: { limits: { nvidia.com/gpu: '1' } }";
const PORT = 'ports: [{ containerPort: 8000 }]';
const pod = (container: string) => `containers: [{ name: server, ${container} }]`;

test('a server on GPUs with a readiness probe is in order', () => {
  const yaml = workload(pod(`${GPU}, ${PORT}, readinessProbe: { httpGet: { path: /health, port: 8000 } }`));
  expect(ask(serverReadiness, yaml)).toMatchObject({ findings: [], compliant: 1 });
});

test.each([
  ['none', ''],
  ['one without a value', ', readinessProbe: null'],
  ['only a liveness probe', ', livenessProbe: { httpGet: { port: 8000 } }'],
])('a server on GPUs that has %s is warned of', (_, probes) => {
  const { findings } = ask(serverReadiness, workload(pod(`${GPU}, ${PORT}${probes}`)));
  expect(placesOf(findings)).toEqual(['Deployment chat/chat spec.template.spec.containers[0].readinessProbe']);
  expect(findings[0]).toMatchObject({ severity: 'warning', about: 'Container/server' });
});

test.each([
  ['without GPUs', workload(pod(PORT))],
  ['without ports', workload(pod(GPU))],
  ['with no GPU, by number', workload(pod(`resources: { limits: { nvidia.com/gpu: '0' } }, ${PORT}`))],
  ['that runs before the others', workload(`initContainers: [{ name: server, ${GPU}, ${PORT} }]\ncontainers: []`)],
  ['of a job', workload(pod(`${GPU}, ${PORT}`), { kind: 'batch/v1 Job' })],
])('a container %s is not asked', (_, yaml) => {
  expect(ask(serverReadiness, yaml).notApplicable).toBe(1);
});
