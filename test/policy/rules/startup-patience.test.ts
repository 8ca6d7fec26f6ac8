import { startupPatience } from '../../../lib/policy/rules/startup-patience';
import { gpuContainer, workload } from '../../support/manifests';
import { ask, placesOf } from '../../support/verdicts';

const COLD =
  'annotations: { warmpath.dev/cold-start-p95-seconds: "900", warmpath.dev/container-start-p95-seconds: "300" }';
const gpu = (probes: string) => gpuContainer().replace(/ }$/, `, ${probes} }`);
const pod = (probes: string, spec = 'progressDeadlineSeconds: 900', metadata = COLD, kind?: string) =>
  workload(`containers: [${gpu(probes)}]`, { spec, metadata, ...(kind && { kind }) });
const found = (yaml: string) => placesOf(ask(startupPatience, yaml).findings);

const START = 'Deployment chat/chat spec.template.spec.containers[0]';
const PATIENT = 'startupProbe: { failureThreshold: 30 }';

describe('a pod whose cold start is known', () => {
  test.each([
    ['30 probes of 10 s', 'startupProbe: { periodSeconds: 10, failureThreshold: 30 }'],
    ['a delay and some probes', 'startupProbe: { initialDelaySeconds: 200, periodSeconds: 20, failureThreshold: 5 }'],
    ['a liveness probe that waits', 'livenessProbe: { initialDelaySeconds: 270 }'],
    ['a startup probe that holds back a hasty liveness probe', `${PATIENT}, livenessProbe: { periodSeconds: 1 }`],
    ['no probe that could end it', 'readinessProbe: { failureThreshold: 1 }'],
  ])('gets it by %s', (_, probes) => {
    expect(ask(startupPatience, pod(probes))).toMatchObject({ findings: [], compliant: 1 });
  });

  test.each([
    ['29 probes of 10 s', 'startupProbe: { periodSeconds: 10, failureThreshold: 29 }', '.startupProbe'],
    ['three probes, the default', 'startupProbe: { periodSeconds: 99 }', '.startupProbe'],
    ['a liveness probe alone', 'livenessProbe: { initialDelaySeconds: 269 }', '.livenessProbe'],
  ])('is killed by %s', (_, probes, place) => {
    expect(found(pod(probes))).toEqual([`${START}${place}`]);
  });

  test('is told both numbers and the cure', () => {
    const { findings } = ask(startupPatience, pod('livenessProbe: { initialDelaySeconds: 30 }'));
    expect(findings[0]).toMatchObject({
      severity: 'error',
      message: "container 'server' is restarted 60 s after its start, and takes 300 s (p95) to load and warm up",
      fix: 'add a startupProbe; liveness only begins when it has succeeded',
    });
  });

  test('is not called stuck by its rollout before it can be there', () => {
    expect(found(pod(PATIENT, 'progressDeadlineSeconds: 899'))).toEqual([
      'Deployment chat/chat spec.progressDeadlineSeconds',
    ]);
    // 600 s where nothing is said.
    expect(ask(startupPatience, pod(PATIENT, '')).findings[0]?.message).toContain('stuck after 600 s');
    expect(found(pod(PATIENT, '', COLD, 'apps/v1 StatefulSet'))).toEqual([]);
  });

  test('may say so on the pod', () => {
    const yaml = workload(`containers: [{ name: server, livenessProbe: {} }]`, {
      podMetadata: 'annotations: { warmpath.dev/container-start-p95-seconds: "300" }',
    });
    expect(found(yaml)).toEqual([`${START}.livenessProbe`]);
  });

  test('has its sidecars judged by nobody', () => {
    const yaml = workload(`containers: [{ name: sidecar, livenessProbe: {} }, ${gpu(PATIENT)}]`, {
      metadata: COLD,
      spec: 'progressDeadlineSeconds: 900',
    });
    expect(found(yaml)).toEqual([]);
  });

  test('may know the whole and not the part: probes are judged by experience then', () => {
    const whole = 'annotations: { warmpath.dev/cold-start-p95-seconds: "900" }';
    expect(found(pod('startupProbe: { failureThreshold: 6 }', undefined, whole))).toEqual([]);
    expect(found(pod('startupProbe: { failureThreshold: 5 }', undefined, whole))).toEqual([`${START}.startupProbe`]);
  });
});

describe('a GPU pod of others', () => {
  test.each([
    ['livenessProbe: { initialDelaySeconds: 30, periodSeconds: 10, failureThreshold: 3 }', 0],
    ['livenessProbe: { initialDelaySeconds: 29, periodSeconds: 10, failureThreshold: 3 }', 1],
    ['livenessProbe: { initialDelaySeconds: 5 }', 1],
    ['startupProbe: { periodSeconds: 5, failureThreshold: 3 }', 1],
    ['startupProbe: { periodSeconds: 5, failureThreshold: 120 }, livenessProbe: {}', 0],
  ])('is warned when no model server could be up: %s', (probes, warnings) => {
    const { findings } = ask(startupPatience, pod(probes, '', ''));
    expect(findings.map(({ severity }) => severity)).toEqual(Array.from({ length: warnings }, () => 'warning'));
  });

  test('is left alone where a command decides: nobody here knows what it answers', () => {
    expect(found(workload(`containers: [${gpu('livenessProbe: { exec: { command: [check] } }')}]`))).toEqual([]);
    expect(found(pod('livenessProbe: { exec: { command: [check] } }'))).toEqual([`${START}.livenessProbe`]);
  });

  test('is not judged without a probe that could end it', () => {
    expect(ask(startupPatience, pod('readinessProbe: {}', '', '')).notApplicable).toBe(1);
  });
});

test.each(['""', 'soon', '-5'])('an annotation that is no duration says nothing: %s', (value) => {
  const metadata = `annotations: { warmpath.dev/container-start-p95-seconds: "${value.replaceAll('"', '')}" }`;
  const yaml = workload('containers: [{ name: a, livenessProbe: {} }]', { metadata });
  expect(ask(startupPatience, yaml).notApplicable).toBe(1);
});

test('a pod without GPUs and annotations is not judged', () => {
  expect(ask(startupPatience, workload('containers: [{ name: a, livenessProbe: {} }]')).notApplicable).toBe(1);
});
