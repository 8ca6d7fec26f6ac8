import {
  draftInferenceRuntime,
  InferenceRuntime,
  RUNTIME_METRICS,
  type RuleId,
  type RuntimeKind,
  type RuntimeSpec,
} from '../../lib/domain';
import { GIB, plannedOf, problemOf, rulesOf, SHA256 } from './given';

const KINDS: readonly RuntimeKind[] = ['vllm', 'triton', 'torchserve', 'sglang'];

/** SGLang documents no user, so it is only planned with one. */
function specOf(kind: RuntimeKind, more: RuntimeSpec = {}): RuntimeSpec {
  return { kind, runAsUser: kind === 'sglang' ? 1000 : undefined, ...more };
}

describe('the server of a service', () => {
  it('is vLLM 0.32.0 unless it is said', () => {
    expect(InferenceRuntime.of()).toMatchObject({
      kind: 'vllm',
      version: '0.32.0',
      image: { repository: 'vllm/vllm-openai', tag: 'v0.32.0' },
      uid: 2000,
      gid: 0,
      home: '/home/vllm',
      ports: { http: 8000, metrics: 8000 },
      readinessPath: '/health',
      livenessPath: '/health',
      metricsPath: '/metrics',
    });
  });

  it.each([
    ['triton', 'nvcr.io/nvidia/tritonserver', '26.09-vllm-python-py3', 1000, 8000, 8002, '/v2/health/ready'],
    ['torchserve', 'pytorch/torchserve', '0.12.0-gpu', 1000, 8080, 8082, '/ping'],
    ['sglang', 'lmsysorg/sglang', 'v0.5.21', 1000, 30_000, 30_000, '/ready'],
  ] as const)(
    'may be %s from %s:%s as %d on ports %d and %d',
    (kind, repository, tag, uid, http, metrics, readinessPath) => {
      const runtime = plannedOf(draftInferenceRuntime(specOf(kind)));
      expect(runtime).toMatchObject({ kind, image: { repository, tag }, uid, readinessPath });
      expect(runtime.ports).toMatchObject({ http, metrics });
      expect(runtime.metrics).toMatchObject(RUNTIME_METRICS[kind]);
    },
  );

  it.each(KINDS)('as %s has a home, a probe that may take long enough, and more /dev/shm for several GPUs', (kind) => {
    const runtime = plannedOf(draftInferenceRuntime(specOf(kind)));
    expect(runtime.home).toMatch(/^\/home\//);
    expect(runtime.probeTimeoutSeconds).toBeGreaterThanOrEqual(5);
    expect(runtime.teardownSeconds).toBeGreaterThan(0);
    expect(runtime.sharedMemoryBytes).toEqual({ singleGpu: 2 * GIB, multiGpu: 20 * GIB });
  });

  it('as SGLang gets 20 s for a health request, which generates a token', () => {
    expect(InferenceRuntime.of(specOf('sglang')).probeTimeoutSeconds).toBe(20);
  });

  it('is one that warmpath knows', () => {
    const draft = draftInferenceRuntime({ kind: 'tgi' as RuntimeKind });
    expect(draft.value).toBeUndefined();
    expect(problemOf(draft, 'WP-RUN-001')).toMatchObject({
      value: 'tgi',
      allowed: 'vllm, triton, torchserve, sglang, or custom with a profile',
    });
  });

  it('is not taken from the prototype of the table', () => {
    const draft = () => draftInferenceRuntime({ kind: 'constructor' as RuntimeKind });
    expect(draft).not.toThrow();
    expect(rulesOf(draft())).toEqual(['WP-RUN-001']);
  });
});

describe('the version of a server', () => {
  it.each(KINDS)('of %s is pinned by tag in every row of the table', (kind) => {
    const versions = InferenceRuntime.versions(kind);
    expect(versions.length).toBeGreaterThanOrEqual(1);
    for (const version of versions) {
      const { image } = plannedOf(draftInferenceRuntime(specOf(kind, { version, belowFloorReason: 'read in a test' })));
      expect(image.tag).toContain(version);
      if (image.digest !== undefined) expect(image.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    }
  });

  it.each(KINDS)('of %s that is the default stands above the security floor', (kind) => {
    expect(rulesOf(draftInferenceRuntime(specOf(kind)))).not.toContain('WP-RUN-003');
  });

  it('has a digest where one was published', () => {
    expect(InferenceRuntime.of(specOf('sglang')).image.digest).toMatch(/^sha256:b1259f3e/);
    expect(InferenceRuntime.of({ kind: 'triton', version: '26.07' }).image.digest).toMatch(/^sha256:31e20bfb/);
    expect(InferenceRuntime.of({ version: '0.33.0' }).image.digest).toBeUndefined();
  });

  it('is refused when the table does not hold it and no image is given', () => {
    const problem = problemOf(draftInferenceRuntime({ version: '0.40.0' }), 'WP-RUN-002');
    expect(problem).toMatchObject({ prop: 'runtime.version', value: '0.40.0' });
    expect(problem.allowed).toContain('0.32.0, 0.33.0, 0.31.0');
  });

  it.each<[RuntimeKind, string]>([
    ['vllm', '0.31.0'],
    ['vllm', '0.9.1'],
    ['triton', '26.06'],
    ['triton', '25.12'],
    ['torchserve', '0.11.1'],
    ['sglang', '0.5.20'],
  ])('of %s below its security floor is refused: %s', (kind, version) => {
    const image = `registry.example.com/${kind}:${version}`;
    const problem = problemOf(draftInferenceRuntime(specOf(kind, { version, image })), 'WP-RUN-003');
    expect(problem).toMatchObject({ severity: 'error', prop: 'runtime.version', value: version });
    expect(problem.fix).toContain('belowFloorReason');
  });

  it.each<[RuntimeKind, string]>([
    ['vllm', '0.32.0'],
    ['vllm', '0.32.1'],
    ['vllm', '0.100.0'],
    ['vllm', '1.0.0'],
    ['triton', '26.10'],
    ['triton', '27.01'],
  ])('of %s at or above its security floor is accepted: %s', (kind, version) => {
    const image = `registry.example.com/${kind}:${version}`;
    expect(draftInferenceRuntime({ kind, version, image }).problems).toEqual([]);
  });

  it('may stand below the floor for a reason', () => {
    const draft = draftInferenceRuntime({ version: '0.31.0', belowFloorReason: 'no untrusted prompts' });
    expect(rulesOf(draft)).toEqual(['WP-RUN-012']);
    expect(problemOf(draft, 'WP-RUN-012')).toMatchObject({ severity: 'warning', value: 'no untrusted prompts' });
  });

  it('may not stand below the floor for an empty reason', () => {
    const draft = draftInferenceRuntime({ version: '0.31.0', belowFloorReason: ' ' });
    expect(problemOf(draft, 'WP-RUN-011')).toMatchObject({ severity: 'error', prop: 'runtime.belowFloorReason' });
  });

  it.each(['v0.18.0', 'main', '0.31.0rc1', ''])(
    'is numbers with dots, or the floor could not be checked: %p',
    (version) => {
      const draft = draftInferenceRuntime({ version, image: 'registry.example.com/vllm:1' });
      expect(problemOf(draft, 'WP-RUN-002')).toMatchObject({ severity: 'error', value: version });
    },
  );

  it('of TorchServe carries the warning that nobody maintains it', () => {
    const draft = draftInferenceRuntime({ kind: 'torchserve' });
    expect(rulesOf(draft)).toEqual(['WP-RUN-004']);
    expect(problemOf(draft, 'WP-RUN-004')).toMatchObject({ severity: 'warning', value: 'torchserve' });
    expect(plannedOf(draft).version).toBe('0.12.0');
  });
});

describe('the image of a server', () => {
  it('may be a mirror with a digest', () => {
    const image = `registry.example.com/vllm:v0.32.0@sha256:${SHA256}`;
    expect(InferenceRuntime.of({ image, version: '0.32.0' }).image).toEqual({
      repository: 'registry.example.com/vllm',
      tag: 'v0.32.0',
      digest: `sha256:${SHA256}`,
    });
  });

  it.each(['registry.example.com/vllm', 'registry.example.com/vllm:latest'])('may not move: %s', (image) => {
    const draft = draftInferenceRuntime({ image, version: '0.32.0' });
    expect(draft.value).toBeUndefined();
    expect(problemOf(draft, 'WP-IMG-001')).toMatchObject({ prop: 'runtime.image', value: image });
  });
});

describe('an image without its version', () => {
  it('is refused, as flags and security floor hang on the version', () => {
    const draft = draftInferenceRuntime({ image: 'registry.example.com/vllm:v0.18.0' });
    expect(problemOf(draft, 'WP-RUN-010')).toMatchObject({
      severity: 'error',
      prop: 'runtime.version',
      value: undefined,
    });
  });
});

describe('the user of a server', () => {
  it('is asked for where no document names one', () => {
    const draft = draftInferenceRuntime({ kind: 'sglang' });
    expect(draft.value).toBeUndefined();
    expect(problemOf(draft, 'WP-RUN-009')).toMatchObject({ prop: 'runtime.runAsUser', value: undefined });
  });

  it('may be another one', () => {
    expect(InferenceRuntime.of({ runAsUser: 10_001 }).uid).toBe(10_001);
  });

  it.each([0, -1, 1.5, Number.NaN])('is not %d', (runAsUser) => {
    expect(problemOf(draftInferenceRuntime({ runAsUser }), 'WP-RUN-009').value).toBe(runAsUser);
  });
});

describe('arguments of a server', () => {
  it.each<[RuntimeKind, string, RuleId]>([
    ['vllm', '--trust-remote-code', 'WP-RUN-005'],
    ['vllm', '--trust_remote_code', 'WP-RUN-005'],
    ['vllm', '--enable-tokenizer-info-endpoint', 'WP-RUN-005'],
    ['vllm', '--profiler-config={"profiler":"torch"}', 'WP-RUN-005'],
    ['vllm', '--profiler-config.profiler=torch', 'WP-RUN-005'],
    ['vllm', '--allowed-local-media-path=/', 'WP-RUN-005'],
    ['vllm', '--max-model-len', 'WP-RUN-006'],
    ['vllm', '--max-model-len=4096', 'WP-RUN-006'],
    ['vllm', '--max_model_len=4096', 'WP-RUN-006'],
    ['vllm', '-tp', 'WP-RUN-006'],
    ['vllm', '--revision=main', 'WP-RUN-006'],
    ['vllm', '--load-format=pt', 'WP-RUN-006'],
    ['vllm', '--gpu-memory-utilization=0.99', 'WP-RUN-006'],
    ['triton', '--allow-sagemaker=true', 'WP-RUN-005'],
    ['triton', '--load-model=*', 'WP-RUN-005'],
    ['triton', '--model-control-mode=explicit', 'WP-RUN-006'],
    ['triton', '--model-store=/tmp', 'WP-RUN-006'],
    ['torchserve', '--enable-model-api', 'WP-RUN-005'],
    ['torchserve', '--disable-token-auth', 'WP-RUN-005'],
    ['torchserve', '--ts-config', 'WP-RUN-006'],
    ['sglang', '--trust-remote-code', 'WP-RUN-005'],
    ['sglang', '--host=127.0.0.1', 'WP-RUN-006'],
    ['sglang', '--tensor-parallel-size=2', 'WP-RUN-006'],
  ])('of %s may not be %s (%s)', (kind, argument, rule) => {
    const draft = draftInferenceRuntime(specOf(kind, { extraArgs: [argument] }));
    const problem = problemOf(draft, rule);
    expect(problem).toMatchObject({ severity: 'error', prop: 'runtime.extraArgs', value: argument });
    expect(problem.message).not.toMatch(/undefined|function/);
  });

  it('that let the repository run code are answered with the reason to give', () => {
    const draft = draftInferenceRuntime({ extraArgs: ['--trust-remote-code'] });
    expect(problemOf(draft, 'WP-RUN-005').fix).toContain('trustRemoteCodeReason');
  });

  it('that weaken nothing are accepted, flags with their values apart or joined', () => {
    const extraArgs = ['--max-num-batched-tokens', '8192', '--enable-prefix-caching', '--kv-cache-dtype=fp8'];
    expect(draftInferenceRuntime({ extraArgs }).problems).toEqual([]);
  });

  it('are refused one by one', () => {
    const extraArgs = ['--host=::', '--trust-remote-code', '--port', '1'];
    expect(rulesOf(draftInferenceRuntime({ extraArgs }))).toEqual(['WP-RUN-006', 'WP-RUN-005', 'WP-RUN-006']);
  });
});

it('reports every mistake of a server in one run', () => {
  const draft = draftInferenceRuntime({
    kind: 'torchserve',
    version: '0.11.0',
    runAsUser: 0,
    extraArgs: ['--enable-model-api'],
    trustRemoteCodeReason: '',
  });
  expect(rulesOf(draft)).toEqual(['WP-RUN-002', 'WP-RUN-004', 'WP-RUN-005', 'WP-RUN-011', 'WP-RUN-009']);
  expect(() => InferenceRuntime.of({ version: '0.11.0', runAsUser: 0 })).toThrow(/WP-RUN-002(.|\n)*WP-RUN-009/);
});
