import {
  type ClaimMount,
  type ColdStart,
  Findings,
  type Problem,
  type RuntimeProfile,
  SecretSource,
  type ServingSpec,
  type StageTime,
  type WarmPoolPlan,
} from '../../lib/domain';
import {
  checkMachine,
  checkMaxNumSeqs,
  checkOwnPlaces,
  checkPodProps,
  checkPool,
  checkReplicas,
  checkServingSecrets,
  checkVariables,
  warnAssumptions,
} from '../../lib/domain/serving-checks';
import { complete, handMade, OWNERSHIP, plannedPool } from './given';

const POOL = plannedPool();
const TOKEN = { secretName: 'hub', key: 'token' };

const spec = (more: Partial<ServingSpec> = {}): ServingSpec => ({
  name: 'chat',
  namespace: 'chat',
  ownership: OWNERSHIP,
  pool: POOL,
  model: { catalogue: 'qwen3-8b' },
  ...more,
});

const claim = (mountPath: string): ClaimMount => ({ claimName: 'weights', mountPath, readOnly: true });

const AGENT = SecretSource.vaultAgent({
  role: 'chat',
  path: 'secret/data/chat',
  keys: { token: 'token' },
  egress: [{ pods: { namespace: 'vault' } }],
});

/** What a check reports. */
function problemsOf(check: (findings: Findings) => void): readonly Problem[] {
  const findings = new Findings();
  check(findings);
  return complete(findings.problems);
}

const wrong = (check: (findings: Findings) => void): readonly string[] =>
  problemsOf(check).map(({ rule, prop }) => `${rule} ${prop}`);

describe('the replicas of a service', () => {
  const replicas = (more: Partial<ServingSpec>, sizing?: WarmPoolPlan) => {
    const findings = new Findings();
    const bounds = checkReplicas(findings, spec(more), sizing);
    return { bounds, problems: complete(findings.problems) };
  };

  it.each([1, 2, 5000])('may be %i', (count) => {
    expect(replicas({ replicas: count })).toEqual({ bounds: { min: count, max: count }, problems: [] });
  });

  it.each([0, -1, 1.5, 5001, Number.NaN, '3'])('may not be %p', (count) => {
    expect(replicas({ replicas: count as number }).problems).toMatchObject([{ rule: 'WP-SVC-001', value: count }]);
  });

  it('are three unless somebody says more', () => {
    expect(replicas({}).bounds).toEqual({ min: 3, max: 3 });
  });

  it.each([
    [0, 1],
    [1, 1],
    [2, 2],
    [0, 5000],
    [5000, 5000],
  ])('may be scaled from %i to %i', (minReplicas, maxReplicas) => {
    expect(replicas({ scaler: { minReplicas, maxReplicas } })).toEqual({
      bounds: { min: minReplicas, max: maxReplicas },
      problems: [],
    });
  });

  it.each([
    [-1, 3],
    [0, 0],
    [3, 2],
    [0, 5001],
    [0.5, 3],
    [1, 2.5],
    [undefined, 3],
    [1, undefined],
    [1, '3'],
  ])('may not be scaled from %p to %p', (minReplicas, maxReplicas) => {
    const scaler = { minReplicas, maxReplicas } as ServingSpec['scaler'];
    expect(replicas({ scaler }).problems).toMatchObject([
      { rule: 'WP-SVC-006', prop: 'scaler', value: { minReplicas, maxReplicas } },
    ]);
  });

  it('have one owner', () => {
    const { problems } = replicas({ replicas: 2, scaler: { minReplicas: 1, maxReplicas: 2 } });
    expect(problems).toMatchObject([{ rule: 'WP-SVC-002', prop: 'replicas', value: 2 }]);
  });

  /** As much of a computed size as the check reads. */
  const SIZE = {
    minReplicas: 3,
    maxReplicas: 8,
    peakReplicas: 5,
    reaction: { nodeSeconds: 700.4 },
    objective: { timeToFirstTokenSeconds: 2 },
  } as WarmPoolPlan;
  const sizing = {} as NonNullable<ServingSpec['sizing']>;

  it('are those of the busiest load where the size was computed', () => {
    expect(replicas({ sizing }, SIZE).bounds).toEqual({ min: 5, max: 5 });
    expect(replicas({ sizing, replicas: 4 }, SIZE).bounds).toEqual({ min: 4, max: 4 });
    expect(replicas({ sizing, scaler: {} }, SIZE)).toEqual({ bounds: { min: 3, max: 8 }, problems: [] });
    expect(replicas({ sizing, scaler: { minReplicas: 4, maxReplicas: 9 } }, SIZE)).toEqual({
      bounds: { min: 4, max: 9 },
      problems: [],
    });
  });

  it('are unknown where the size could not be computed, which has been told', () => {
    expect(replicas({ sizing, scaler: {} })).toEqual({ bounds: undefined, problems: [] });
  });

  it('are warned of below the computed minimum, and refused at none', () => {
    const below = (minReplicas: number) => replicas({ sizing, scaler: { minReplicas } }, SIZE).problems;
    expect(below(3)).toEqual([]);
    expect(below(2)).toMatchObject([{ rule: 'WP-WARM-011', severity: 'warning', value: 2 }]);
    const [none, ...others] = below(0);
    expect(others).toEqual([]);
    expect(none).toMatchObject({ rule: 'WP-WARM-010', severity: 'error', value: 0 });
    expect(none?.message).toContain('up to 700 s, and was promised 2 s');
  });
});

describe('the pool of a service', () => {
  it('is one for inference', () => {
    expect(wrong((findings) => checkPool(findings, POOL))).toEqual([]);
    const training = { ...POOL, purpose: 'training' as const };
    expect(problemsOf((findings) => checkPool(findings, training))).toMatchObject([
      { rule: 'WP-SVC-003', prop: 'pool', value: 'a100' },
    ]);
  });
});

describe('the machine of a service', () => {
  type Gpu = NonNullable<typeof POOL.profile.gpu>;
  const { gpu } = POOL.profile;

  /** Problems of a machine of this capability and architecture with a server built for these. */
  function machine(
    own: { capability?: number; architecture?: 'amd64' | 'arm64'; none?: boolean },
    server: Partial<RuntimeProfile> = {},
    ownImage = false,
  ) {
    const { capability, architecture = 'amd64', none = false } = own;
    const profile = {
      ...POOL.profile,
      architecture,
      gpu: none ? undefined : ({ ...gpu, computeCapability: capability } as Gpu),
    };
    const runtime = { kind: 'vllm', name: 'vllm', architectures: ['amd64'], minComputeCapability: 7.5, ...server };
    return problemsOf((findings) =>
      checkMachine(findings, { ...POOL, profile }, runtime as RuntimeProfile, ownImage),
    ).map(({ rule, allowed }) => `${rule}: ${allowed}`);
  }

  const REFUSED = 'WP-FIT-007: amd64 with NVIDIA GPUs of compute capability 7.5 and newer';

  it('has at least the capability that the image is built for', () => {
    expect(machine({ capability: 7.5 })).toEqual([]);
    expect(machine({ capability: 9 })).toEqual([]);
    expect(machine({ capability: 7 })).toEqual([REFUSED]);
    expect(machine({})).toEqual([REFUSED]);
  });

  it('has an architecture that the image is built for', () => {
    expect(machine({ capability: 8, architecture: 'arm64' })).toEqual([REFUSED]);
    expect(machine({ capability: 8, architecture: 'arm64' }, { architectures: ['amd64', 'arm64'] })).toEqual([]);
  });

  it('has some CUDA where the image states no capability', () => {
    const server = { minComputeCapability: undefined };
    expect(machine({ capability: 3 }, server)).toEqual([]);
    expect(machine({}, server)).toEqual(['WP-FIT-007: amd64 with NVIDIA GPUs']);
  });

  it('needs no CUDA for a custom server that states none', () => {
    const custom = { kind: 'custom', name: 'own', minComputeCapability: undefined } as const;
    expect(machine({}, custom)).toEqual([]);
    expect(machine({ architecture: 'arm64' }, custom)).toEqual(['WP-FIT-007: amd64']);
    expect(machine({}, { ...custom, minComputeCapability: 8 })).toHaveLength(1);
    expect(machine({ capability: 8 }, { ...custom, minComputeCapability: 8 })).toEqual([]);
  });

  it('is the business of whoever builds an own image, and of another rule without GPUs', () => {
    expect(machine({ capability: 7 }, {}, true)).toEqual([]);
    expect(machine({ none: true })).toEqual([]);
  });

  it('is named with what it lacks, and what to do for a server of the table and for a custom one', () => {
    const told = (kind: 'vllm' | 'custom', computeCapability?: number) => {
      const profile = { ...POOL.profile, gpu: { ...gpu, computeCapability } as Gpu };
      const runtime = { kind, name: 'own', architectures: ['amd64'], minComputeCapability: 9 } as const;
      const [problem] = problemsOf((findings) =>
        checkMachine(findings, { ...POOL, profile }, runtime as unknown as RuntimeProfile, false),
      );
      return `${problem?.message}; ${problem?.fix}`;
    };
    expect(told('vllm', 8)).toMatch(/^the published own image .*\(compute capability 8\); .*runtime\.image/);
    expect(told('custom')).toMatch(/^the own image .*\(no CUDA\); .*give the profile/);
  });
});

describe('the variables of a service', () => {
  const runtime = { refusedEnv: { OPEN_HOLE: 'opens a hole' } } as unknown as RuntimeProfile;
  const variables = (more: Partial<ServingSpec>, set: readonly string[] = []) =>
    wrong((findings) => checkVariables(findings, spec(more), runtime, set));

  it('may come from everywhere, each from one place', () => {
    const secretEnv = { A: TOKEN };
    expect(variables({ hubToken: TOKEN, lockEnv: { B: 'b' }, runtime: { extraEnv: { C: 'c' } }, secretEnv })).toEqual(
      [],
    );
  });

  it('may not be set twice, whoever set them first', () => {
    expect(variables({ runtime: { extraEnv: { SET: 'x' } } }, ['SET'])).toHaveLength(1);
    expect(variables({ lockEnv: { SET: 'x' } }, ['SET'])).toHaveLength(1);
    expect(variables({ secretEnv: { SET: TOKEN } }, ['SET'])).toHaveLength(1);
    expect(variables({ lockEnv: { A: 'x' }, runtime: { extraEnv: { A: 'y' } } })).toHaveLength(1);
    expect(variables({ lockEnv: { A: 'x' }, secretEnv: { A: TOKEN } })).toHaveLength(1);
    expect(variables({ runtime: { extraEnv: { A: 'y' } }, secretEnv: { A: TOKEN } })).toHaveLength(1);
  });

  it('leave HF_TOKEN to the token of the hub, where there is one', () => {
    expect(variables({ secretEnv: { HF_TOKEN: TOKEN } })).toEqual([]);
    expect(variables({ hubToken: TOKEN, secretEnv: { HF_TOKEN: TOKEN } })).toHaveLength(1);
  });

  it('may not open a hole, wherever they come from', () => {
    expect(variables({ lockEnv: { OPEN_HOLE: '1' } })).toHaveLength(1);
    expect(variables({ runtime: { extraEnv: { OPEN_HOLE: '1' } } })).toHaveLength(1);
    expect(variables({ secretEnv: { OPEN_HOLE: TOKEN } })).toHaveLength(1);
  });

  it('come from Secrets that can exist', () => {
    expect(variables({ hubToken: { secretName: 'Hub', key: 'token' } })).toEqual(['WP-NAME-004 hubToken']);
  });
});

describe('the secrets of a service', () => {
  const secrets = (more: Partial<ServingSpec>) => wrong((findings) => checkServingSecrets(findings, spec(more)));

  it('may be none', () => {
    expect(secrets({})).toEqual([]);
  });

  it('have a source, whichever prop names them', () => {
    expect(secrets({ hubToken: TOKEN })).toEqual(['WP-SEC-001 hubToken']);
    expect(secrets({ secretEnv: { A: TOKEN } })).toEqual(['WP-SEC-001 secretEnv.A']);
    expect(secrets({ imagePullSecrets: ['hub'] })).toEqual(['WP-SEC-001 imagePullSecrets']);
    const all = { hubToken: TOKEN, secretEnv: { A: TOKEN }, imagePullSecrets: ['hub'] };
    expect(secrets({ ...all, secrets: handMade('hub') })).toEqual([]);
  });

  it('do not share the pod with annotations that the Vault agent depends on', () => {
    const podAnnotations = { 'vault.hashicorp.com/agent-inject-secret-hub': 'x' };
    for (const use of [{ hubToken: TOKEN }, { secretEnv: { A: TOKEN } }]) {
      expect(secrets({ ...use, secrets: { hub: AGENT }, podAnnotations })).toEqual([
        "WP-NAME-005 podAnnotations['vault.hashicorp.com/agent-inject-secret-hub']",
      ]);
    }
  });

  it('may be leases: a server has no end', () => {
    const lease = SecretSource.vaultAgent({
      role: 'chat',
      path: 'database/creds/chat',
      keys: { token: 'password' },
      egress: [{ pods: { namespace: 'vault' } }],
      engine: 'leased',
    });
    expect(secrets({ secretEnv: { A: TOKEN }, secrets: { hub: lease } })).toEqual([]);
  });
});

describe('what only an API server would have refused', () => {
  const props = (more: Partial<ServingSpec>, images: readonly string[] = []) =>
    problemsOf((findings) => checkPodProps(findings, spec(more), '/home/vllm', images));

  it('is nothing for a plain service, and for every choice', () => {
    expect(props({})).toEqual([]);
    expect(props({ priority: 'inference', spread: 'required' })).toEqual([]);
    expect(props({ priority: 'canary', spread: 'preferred' })).toEqual([]);
  });

  it.each([
    ['priority', 'batch', "leave it out for 'inference'"],
    ['spread', 'never', "leave it out for 'preferred'"],
  ])('is a %s of %s', (prop, value, fix) => {
    expect(props({ [prop]: value })).toMatchObject([{ rule: 'WP-SVC-007', prop, value, fix }]);
  });

  it('is an annotation of pods and ServiceAccount, or a name, that Kubernetes does not accept', () => {
    expect(props({ podAnnotations: { 'a b': '' } })).toMatchObject([{ prop: "podAnnotations['a b']" }]);
    expect(props({ serviceAccountAnnotations: { 'a b': '' } })).toMatchObject([
      { prop: "serviceAccountAnnotations['a b']" },
    ]);
    expect(props({ imagePullSecrets: ['hub', 'No'] })).toMatchObject([{ rule: 'WP-NAME-004', value: 'No' }]);
  });

  it.each(['/tmp', '/dev/shm', '/home/vllm', '/adapters', '/vault/secrets'])('is a claim mounted at %s', (path) => {
    const problems = props({ mounts: [claim(path)], secrets: { hub: AGENT } }, ['/adapters']);
    expect(problems).toMatchObject([{ rule: 'WP-RES-006', prop: 'modelCache', value: path }]);
  });

  it('is weights outside of what is mounted', () => {
    const at = (path: string, ...paths: readonly string[]) =>
      props({ cache: { path, weightsPath: 'network-disk' }, mounts: paths.map(claim) });
    expect(at('/cache', '/cache')).toEqual([]);
    expect(at('/cache/qwen', '/data', '/cache')).toEqual([]);
    for (const problems of [at('/cache-2', '/cache'), at('/', '/cache'), at('/other/cache', '/cache')]) {
      expect(problems).toMatchObject([{ rule: 'WP-RES-006', prop: 'modelCache.weightsPath' }]);
    }
    expect(at('/x', '/data', '/cache')[0]?.allowed).toBe('a directory below /data, /cache');
    expect(at('/x')).toMatchObject([{ rule: 'WP-RES-006' }]);
  });
});

describe('the places of a custom server', () => {
  const places = (more: Partial<ServingSpec>, home: string, files: readonly string[], images: readonly string[] = []) =>
    problemsOf((findings) => checkOwnPlaces(findings, spec(more), home, files, images)).map(
      ({ prop, value, message, allowed }) => [prop, value, message, allowed],
    );

  it('lie beside each other', () => {
    expect(places({}, '/home/own', ['/etc/own/a.conf', '/etc/own/b.conf'])).toEqual([]);
    expect(places({ mounts: [claim('/data')] }, '/home/own', ['/conf'], ['/models'])).toEqual([]);
  });

  it('keep the home directory out of images and secrets', () => {
    const profile = 'runtime.profile.home';
    expect(places({}, '/models/home', [], ['/models'])).toEqual([
      [profile, '/models/home', 'it collides with /models', 'a path beside /models'],
    ]);
    expect(places({ secrets: { hub: AGENT } }, '/vault', [])).toEqual([
      [profile, '/vault', 'it collides with /vault/secrets', 'a path beside /vault/secrets'],
    ]);
  });

  it('keep files out of claims, images, secrets and each other', () => {
    const clash = (...given: Parameters<typeof places>) => places(...given).map(([prop, , message]) => [prop, message]);
    const launch = 'runtime.profile.launch';
    expect(clash({ mounts: [claim('/data')] }, '/home/own', ['/data/a'])).toEqual([[launch, 'it collides with /data']]);
    expect(clash({}, '/home/own', ['/models/a'], ['/models'])).toEqual([[launch, 'it collides with /models']]);
    expect(clash({ secrets: { hub: AGENT } }, '/home/own', ['/vault/secrets/a'])).toEqual([
      [launch, 'it collides with /vault/secrets'],
    ]);
    expect(clash({}, '/home/own', ['/a', '/b', '/a'])).toEqual([[launch, 'it collides with /a']]);
  });

  it('keep files off the home directory and from above it, not from inside', () => {
    const said = (file: string) => places({}, '/home/own', [file]);
    expect(said('/home/own/a.conf')).toEqual([]);
    expect(said('/home/ow')).toEqual([]);
    for (const file of ['/home/own', '/home']) {
      expect(said(file)).toEqual([
        ['runtime.profile.launch', file, 'it collides with /home/own', 'a path beside /home/own'],
      ]);
    }
  });

  it('are told what is taken, claims first', () => {
    const [[, , , allowed] = []] = places({ mounts: [claim('/data')] }, '/home/own', ['/data'], ['/models']);
    expect(allowed).toBe('a path beside /data, /models');
  });
});

describe('the cold start of a service', () => {
  const time = (basis: StageTime['basis'], p95Seconds: number): StageTime => ({
    p50Seconds: p95Seconds,
    p95Seconds,
    basis,
    source: 'hand-made',
  });
  const stages = (more: Readonly<Record<string, StageTime>>) =>
    problemsOf((findings) => warnAssumptions(findings, { stages: more } as unknown as ColdStart));

  it('is warned of where a stage is neither published nor measured', () => {
    const given = { node: time('assumed', 720), image: time('published', 100), load: time('assumed', 1) };
    expect(stages(given)).toMatchObject([{ rule: 'WP-COLD-002', severity: 'warning', value: 'node, load' }]);
  });

  it('is not warned of for a stage that takes no time', () => {
    expect(stages({ node: time('published', 720), image: time('assumed', 0), load: time('measured', 9) })).toEqual([]);
  });
});

describe('the batch of a service', () => {
  it.each([1, 2, 256])('may hold %i sequences', (count) => {
    expect(wrong((findings) => checkMaxNumSeqs(findings, count, 8))).toEqual([]);
  });

  it.each([0, -1, 1.5, Number.NaN, '8'])('may not hold %p sequences', (count) => {
    const problems = problemsOf((findings) => checkMaxNumSeqs(findings, count as number, 8));
    expect(problems).toMatchObject([{ rule: 'WP-FIT-009', value: count, fix: 'leave it out for 8' }]);
  });
});
