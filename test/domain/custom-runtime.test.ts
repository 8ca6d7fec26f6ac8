import {
  type CustomLaunch,
  type CustomRuntime,
  draftInferenceRuntime,
  draftServing,
  InferenceRuntime,
  type LaunchContext,
  type RuntimeSpec,
  SecretSource,
  ServingBackend,
  type ServingSpec,
  WorkloadIdentity,
} from '../../lib/domain';
import { GIB, OWNERSHIP, plannedOf, plannedPool, platform, problemOf, rulesOf, SHA256 } from './given';

const POOL = plannedPool();

const PROFILE: CustomRuntime = {
  name: 'lmdeploy',
  version: '0.9.1',
  image: `registry.example.com/serving/lmdeploy:0.9.1-cu12@sha256:${SHA256}`,
  uid: 1000,
  home: '/home/server',
  ports: { http: 23333 },
  readinessPath: '/health',
  metrics: { running: 'lmdeploy:running', source: 'its metrics page' },
  architectures: ['amd64'],
  launch: ({ modelPath, ports, tensorParallel, maxModelLen }) => ({
    command: ['lmdeploy', 'serve', 'api_server', modelPath],
    args: ['--server-port', String(ports.http), '--tp', String(tensorParallel), '--session-len', String(maxModelLen)],
  }),
};

function custom(more: Partial<CustomRuntime> = {}): RuntimeSpec {
  return { kind: 'custom', profile: { ...PROFILE, ...more } };
}

/** A service of the server with the weights in a mounted cache. */
function spec(runtime: RuntimeSpec, more: Partial<ServingSpec> = {}): ServingSpec {
  return {
    name: 'chat',
    namespace: 'chat',
    ownership: OWNERSHIP,
    pool: POOL,
    model: { catalogue: 'qwen3-8b' },
    cache: { path: '/models/qwen3-8b', weightsPath: 'network-disk' },
    mounts: [{ claimName: 'weights', mountPath: '/models', readOnly: true }],
    runtime,
    ...more,
  };
}

const launching = (launch: CustomRuntime['launch']) => draftServing(spec(custom({ launch })));

/** A start that only callers without types can give. */
const wrong =
  (value: unknown): CustomRuntime['launch'] =>
  () =>
    value as CustomLaunch;

describe('a custom server', () => {
  const plan = plannedOf(draftServing(spec(custom())));

  it('is planned without an error from its profile alone', () => {
    expect(rulesOf(draftServing(spec(custom())))).toEqual(['WP-COLD-002']);
    expect(plan.runtime).toMatchObject({ kind: 'custom', name: 'lmdeploy', version: '0.9.1' });
    expect(plan.image).toBe(PROFILE.image);
  });

  it('gets by default what the table states of the others', () => {
    expect(plan.runtime).toMatchObject({
      gid: 1000,
      ports: { http: 23333, metrics: 23333 },
      readinessPath: '/health',
      livenessPath: '/health',
      metricsPath: '/metrics',
      probeTimeoutSeconds: 5,
      teardownSeconds: 5,
      fetchesFromHub: false,
      sharedMemoryBytes: { singleGpu: 2 * GIB, multiGpu: 20 * GIB },
    });
  });

  it('states what it differs in', () => {
    const runtime = InferenceRuntime.of(
      custom({
        gid: 0,
        ports: { http: 8080, metrics: 9090, grpc: 9000 },
        livenessPath: '/live',
        metricsPath: '/stats',
        probeTimeoutSeconds: 3,
        teardownSeconds: 30,
        maxDrainSeconds: 20,
        sharedMemoryBytes: { singleGpu: GIB, multiGpu: 8 * GIB },
      }),
    );
    expect(runtime).toMatchObject({
      gid: 0,
      ports: { http: 8080, metrics: 9090, grpc: 9000 },
      livenessPath: '/live',
      metricsPath: '/stats',
      probeTimeoutSeconds: 3,
      teardownSeconds: 30,
      maxDrainSeconds: 20,
      sharedMemoryBytes: { singleGpu: GIB, multiGpu: 8 * GIB },
    });
  });

  it('is started from decided values', () => {
    expect(plan.launch.command).toEqual(['lmdeploy', 'serve', 'api_server', '/models/qwen3-8b']);
    expect(plan.launch.args.join(' ')).toBe(`--server-port 23333 --tp 1 --session-len ${plan.fit.maxModelLen}`);
  });

  it('is told everything that was decided', () => {
    const seen: LaunchContext[] = [];
    const launch = (context: LaunchContext) => {
      seen.push(context);
      return { command: ['serve'] };
    };
    const asked = spec(custom({ launch, fetchesFromHub: true }), {
      cache: undefined,
      mounts: undefined,
      drainSeconds: 20,
      maxNumSeqs: 12,
      maxModelLen: 4096,
      gpuMemoryUtilisation: 0.8,
    });
    expect(draftServing(asked).value).toBeDefined();
    expect(seen[0]).toMatchObject({
      modelPath: 'Qwen/Qwen3-8B',
      revision: 'b968826d9c46dd6066d109eabc6255188de91218',
      ports: { http: 23333, metrics: 23333 },
      home: '/home/server',
      tensorParallel: 1,
      maxModelLen: 4096,
      maxNumSeqs: 12,
      memoryUtilisation: 0.8,
      dtype: 'bfloat16',
      drainSeconds: 20,
      trustRemoteCode: false,
    });
  });

  it('is told no revision where the weights are mounted', () => {
    let revision: string | undefined = 'unseen';
    const launch = (context: LaunchContext) => {
      revision = context.revision;
      return { command: ['serve'] };
    };
    draftServing(spec(custom({ launch })));
    expect(revision).toBeUndefined();
  });

  it('keeps its caches in its home, beside the variables of its start and of the service', () => {
    const runtime = { ...custom({ launch: () => ({ command: ['serve'], env: { LMDEPLOY_LOG: 'info' } }) }) };
    const { env } = plannedOf(draftServing(spec({ ...runtime, extraEnv: { EXTRA: 'yes' } })));
    expect(env).toMatchObject({
      HOME: '/home/server',
      XDG_CACHE_HOME: '/home/server/.cache',
      HF_HUB_OFFLINE: '1',
      LMDEPLOY_LOG: 'info',
      EXTRA: 'yes',
    });
  });

  it('gets the further arguments of the service behind its own', () => {
    const { launch } = plannedOf(draftServing(spec({ ...custom(), extraArgs: ['--log-level', 'INFO'] })));
    expect(launch.args.slice(-2)).toEqual(['--log-level', 'INFO']);
  });

  it('brings files and a command that stops it', () => {
    const config = { '/etc/lmdeploy/config.yaml': 'a: 1\n' };
    const stopCommand = ['lmdeploy', 'stop'];
    const plan = plannedOf(launching(() => ({ command: ['serve'], config, stopCommand })));
    expect(plan.launch).toMatchObject({ config, stopCommand });
  });

  it('drains no longer than it can', () => {
    const draft = draftServing(spec(custom({ maxDrainSeconds: 20 })));
    expect(problemOf(draft, 'WP-DRAIN-003').value).toBe(45);
  });

  it('does not fetch from the hub unless it says that it can', () => {
    const uncached = { cache: undefined, mounts: undefined };
    expect(problemOf(draftServing(spec(custom(), uncached)), 'WP-SVC-005').message).toMatch(/^lmdeploy on/);
    expect(rulesOf(draftServing(spec(custom({ fetchesFromHub: true }), uncached)))).not.toContain('WP-SVC-005');
  });

  it('runs code from the model repository only for a reason, which it is told of and which is printed', () => {
    let trusted = false;
    const launch = (context: LaunchContext) => {
      trusted = context.trustRemoteCode;
      return { command: ['serve'] };
    };
    const draft = draftServing(spec({ ...custom({ launch }), trustRemoteCodeReason: 'reviewed at this commit' }));
    expect(problemOf(draft, 'WP-RUN-012').prop).toBe('runtime.trustRemoteCodeReason');
    expect(trusted).toBe(true);
  });

  it('stands only on machines that its image runs on', () => {
    const draft = draftServing(spec(custom({ architectures: ['arm64'] })));
    const { message, fix } = problemOf(draft, 'WP-FIT-007');
    expect(message).toContain('the lmdeploy image does not run on amd64');
    // `runtime.image` stands in the profile here, and is refused beside it.
    expect(fix).not.toContain('runtime.image');
  });

  it('stands on GPUs without CUDA unless its profile asks for a capability', () => {
    const amd = plannedPool({ machine: 'Standard_ND96isr_MI300X_v5', name: 'amd' });
    expect(rulesOf(draftServing(spec(custom(), { pool: amd })))).not.toContain('WP-FIT-007');
    const { allowed } = problemOf(draftServing(spec(custom({ minComputeCapability: 9 }), { pool: amd })), 'WP-FIT-007');
    expect(allowed).toBe('amd64 with NVIDIA GPUs of compute capability 9 and newer');
    expect(rulesOf(draftServing(spec(custom({ minComputeCapability: 9 }))))).toContain('WP-FIT-007');
    expect(rulesOf(draftServing(spec(custom({ minComputeCapability: 8 }))))).not.toContain('WP-FIT-007');
  });

  it.each([
    ['as the mount of the weights', '/models', '/models'],
    ['above it', '/models/a', '/models/a'],
  ])('has a home directory of its own, not %s', (_, home, mountPath) => {
    const image = { catalogue: 'qwen3-8b', uri: `oci://registry.example.com/qwen3@sha256:${SHA256}` } as const;
    const draft = draftServing(spec(custom({ home }), { model: image, cache: undefined, mounts: [] }));
    expect(problemOf(draft, 'WP-RES-006')).toMatchObject({ prop: 'runtime.profile.home', value: mountPath });
  });

  it('has its home where secrets come as files only if none do', () => {
    const secretEnv = { A: { secretName: 'hub', key: 'token' } };
    const source = SecretSource.vaultAgent({
      role: 'chat',
      path: 'secret/data/chat',
      keys: { token: 'token' },
      egress: [{ cidr: '10.0.0.0/16' }],
    });
    const runtime = custom({ home: '/vault' });
    const draft = draftServing(spec(runtime, { secretEnv, secrets: { hub: source } }));
    expect(problemOf(draft, 'WP-RES-006').message).toContain('/vault/secrets');
    expect(rulesOf(draftServing(spec(runtime)))).not.toContain('WP-RES-006');
  });

  it.each([
    ['inside the cache', '/models/server.yaml'],
    ['over the home directory', '/home'],
    ['inside another file', '/srv/a/b'],
  ])('has no file %s', (_, path) => {
    const launch = () => ({ command: ['serve'], config: { '/srv/a': 'a', [path]: 'b' } });
    expect(problemOf(launching(launch), 'WP-RES-006')).toMatchObject({ prop: 'runtime.profile.launch', value: path });
  });

  it('may have files below its home directory and beside each other', () => {
    const config = { '/home/server/a.yaml': 'a', '/home/server/b.yaml': 'b', '/srv/a': 'c' };
    expect(rulesOf(launching(() => ({ command: ['serve'], config })))).not.toContain('WP-RES-006');
  });

  it.each(['STORAGE_URI', 'PROTOCOL'])('does not set %s behind KServe, which reads it', (name) => {
    const runtime = custom({ launch: () => ({ command: ['serve'], env: { [name]: 'v2' } }) });
    const backend = ServingBackend.kserve({ version: '0.20' });
    expect(problemOf(draftServing(spec(runtime, { backend })), 'WP-RUN-007').value).toBe(name);
    expect(rulesOf(draftServing(spec(runtime)))).not.toContain('WP-RUN-007');
  });

  it('does not set what its identity sets', () => {
    const pool = plannedPool({
      name: 'l40s',
      platform: platform('iks'),
      machine: 'gx3.24x120.l40s',
    });
    const identity = WorkloadIdentity.ibmTrustedProfile({ profileName: 'chat', services: ['cos'] });
    const runtime = custom({ launch: () => ({ command: ['serve'], env: { COS_AUTH_TYPE: 'iam' } }) });
    expect(problemOf(draftServing(spec(runtime, { pool, identity })), 'WP-RUN-013').value).toBe('COS_AUTH_TYPE');
    expect(rulesOf(draftServing(spec(runtime, { pool })))).not.toContain('WP-RUN-013');
  });

  it('says nothing of itself unless its metrics are named, which is told', () => {
    const draft = draftInferenceRuntime(custom({ metrics: undefined }));
    expect(problemOf(draft, 'WP-RUN-017')).toMatchObject({ severity: 'warning' });
    expect(draft.value?.metrics).toEqual({ source: 'not stated' });
    expect(rulesOf(draftInferenceRuntime(custom()))).toEqual([]);
  });
});

describe('a profile is refused', () => {
  it.each<[string, Partial<CustomRuntime>, string]>([
    ['a name that is none', { name: 'LM Deploy' }, 'profile.name'],
    ['no version', { version: '' }, 'profile.version'],
    ['a group that is none', { gid: -1 }, 'profile.gid'],
    ['a home that hides the system', { home: '/usr/lib' }, 'profile.home'],
    ['a home that is the scratch space', { home: '/tmp/home' }, 'profile.home'],
    ['a relative home', { home: 'home' }, 'profile.home'],
    ['a home that climbs', { home: '/home/../etc' }, 'profile.home'],
    ['a privileged port', { ports: { http: 80 } }, 'profile.ports'],
    ['a port that is none', { ports: { http: 70_000 } }, 'profile.ports'],
    ['gRPC on the port of HTTP', { ports: { http: 8080, grpc: 8080 } }, 'profile.ports'],
    ['gRPC on the port of the metrics', { ports: { http: 8080, metrics: 9000, grpc: 9000 } }, 'profile.ports'],
    ['a relative readiness path', { readinessPath: 'health' }, 'profile.readinessPath'],
    ['a liveness path with blanks', { livenessPath: '/a b' }, 'profile.livenessPath'],
    ['a metrics path with a query', { metricsPath: '/metrics?all' }, 'profile.metricsPath'],
    ['half a second of teardown', { teardownSeconds: 0.5 }, 'profile.teardownSeconds'],
    ['a drain of nothing', { maxDrainSeconds: 0 }, 'profile.maxDrainSeconds'],
    ['a probe without time', { probeTimeoutSeconds: 0 }, 'profile.probeTimeoutSeconds'],
    ['no machine', { architectures: [] }, 'profile.architectures'],
    ['a /dev/shm of nothing', { sharedMemoryBytes: { singleGpu: 0, multiGpu: GIB } }, 'profile.sharedMemoryBytes'],
    ['an image of nothing', { unpackedBytes: 0 }, 'profile.unpackedBytes'],
  ])('with %s', (_, more, prop) => {
    const draft = draftInferenceRuntime(custom(more));
    expect(draft.value).toBeUndefined();
    expect(problemOf(draft, 'WP-RUN-015').prop).toBe(`runtime.${prop}`);
  });

  it('with root as its user', () => {
    expect(problemOf(draftInferenceRuntime(custom({ uid: 0 })), 'WP-RUN-009').value).toBe(0);
  });

  it('with an image that can move', () => {
    const draft = draftInferenceRuntime(custom({ image: 'lmdeploy:latest' }));
    expect(problemOf(draft, 'WP-IMG-001').prop).toBe('runtime.profile.image');
  });

  it('when it is missing, or beside a server of the table', () => {
    expect(problemOf(draftInferenceRuntime({ kind: 'custom' }), 'WP-RUN-014').prop).toBe('runtime.profile');
    expect(problemOf(draftInferenceRuntime({ profile: PROFILE }), 'WP-RUN-014').prop).toBe('runtime.kind');
  });

  it.each(['version', 'image', 'belowFloorReason'] as const)('beside a second statement of %s', (prop) => {
    const draft = draftInferenceRuntime({ ...custom(), [prop]: '1.2.3' });
    expect(problemOf(draft, 'WP-RUN-014').prop).toBe(`runtime.${prop}`);
  });

  it('beside further arguments that it refuses or owns', () => {
    const runtime = custom({ refusedFlags: { '--eval': 'runs code' }, ownedFlags: ['--tp'] });
    const draft = draftInferenceRuntime({ ...runtime, extraArgs: ['--eval', '--tp=2'] });
    expect(problemOf(draft, 'WP-RUN-005').message).toBe('it runs code');
    expect(problemOf(draft, 'WP-RUN-006').value).toBe('--tp=2');
  });
});

describe('a start is refused', () => {
  it.each<[string, CustomRuntime['launch'], RegExp]>([
    ['without a command', () => ({ command: [] }), /starts nothing/],
    ['with a command that is one text', wrong({ command: 'serve' }), /command is no list of texts/],
    ['with a number among the arguments', wrong({ command: ['serve'], args: [8080] }), /args is no list of texts/],
    ['with a stop command of numbers', wrong({ command: ['serve'], stopCommand: [9] }), /stopCommand is no list/],
    ['that is nothing', wrong(undefined), /gives no start/],
    ['that is null', wrong(null), /gives no start/],
    ['with a relative file', () => ({ command: ['serve'], config: { 'a.yaml': '' } }), /absolute path/],
    ['with a file that is no text', wrong({ command: ['serve'], config: { '/etc/a/b': 1 } }), /a text/],
    ['with a file over the password file', () => ({ command: ['serve'], config: { '/etc': '' } }), /absolute path/],
    [
      'with two files of one key',
      () => ({ command: ['serve'], config: { '/data/a_b/c': '', '/data/a/b_c': '' } }),
      /one key/,
    ],
    [
      'that throws',
      () => {
        throw new Error('no such model');
      },
      /it throws: no such model/,
    ],
  ])('%s', (_, launch, message) => {
    const draft = launching(launch);
    expect(draft.value).toBeUndefined();
    expect(problemOf(draft, 'WP-RUN-016').message).toMatch(message);
  });

  it('that differs from call to call', () => {
    let calls = 0;
    const draft = launching(() => ({ command: ['serve', String(calls++)] }));
    expect(problemOf(draft, 'WP-RUN-016').message).toBe('it gives another start at every call');
  });

  it('with a secret in a variable', () => {
    const draft = launching(() => ({ command: ['serve'], env: { API_KEY: 'abc' } }));
    expect(problemOf(draft, 'WP-RUN-008')).toMatchObject({ prop: 'runtime.profile.launch', value: 'API_KEY' });
  });

  it('with a variable that warmpath sets', () => {
    const draft = launching(() => ({ command: ['serve'], env: { HOME: '/root' } }));
    expect(problemOf(draft, 'WP-RUN-013').value).toBe('HOME');
  });

  it('with a variable or an argument that its own profile refuses', () => {
    const launch = () => ({ command: ['serve'], args: ['--eval'], env: { UNSAFE: '1' } });
    const refused = { refusedFlags: { '--eval': 'runs code' }, refusedEnv: { UNSAFE: 'opens it' } };
    expect(problemOf(draftServing(spec(custom({ launch, ...refused }))), 'WP-RUN-007').value).toBe('UNSAFE');
    const flagged = custom({ launch: () => ({ command: ['serve'], args: ['--eval'] }), ...refused });
    expect(problemOf(draftServing(spec(flagged)), 'WP-RUN-005').value).toBe('--eval');
  });
});
