import { RUNTIMES } from '../../lib/domain/inference-runtime-table';

const ROWS = Object.entries(RUNTIMES);
const VERSIONS = ROWS.flatMap(([kind, { versions }]) =>
  Object.entries(versions).map(([version, row]) => [kind, version, row] as const),
);

describe.each(ROWS)('the row of %s', (_, facts) => {
  const refused = Object.entries(facts.refusedFlags);

  it('names one image, and its floor among its versions', () => {
    expect(facts.repository).toMatch(/^[a-z0-9.-]+(\/[a-z0-9.-]+)+$/);
    expect(Object.keys(facts.versions).length).toBeGreaterThan(0);
    expect(Object.keys(facts.versions)).toContain(facts.securityFloor);
    expect(facts.floorReason).toMatch(/\w+ \w+/);
  });

  it('says where it listens and is asked, on ports and paths that exist', () => {
    const { ports, readinessPath, livenessPath, metricsPath } = facts.profile;
    for (const port of [ports.http, ports.metrics, ports.grpc ?? ports.http]) {
      expect(port).toBeGreaterThan(1024);
      expect(port).toBeLessThan(65_536);
    }
    for (const path of [readinessPath, livenessPath, metricsPath]) expect(path).toMatch(/^\/[a-z0-9/]+$/);
  });

  it('runs on the machines that most clouds sell', () => {
    expect(facts.profile.architectures).toContain('amd64');
  });

  it('refuses arguments with a reason, in the form in which they are given', () => {
    expect(refused.length).toBeGreaterThan(0);
    for (const [flag, reason] of refused)
      expect([flag, reason]).toEqual([expect.stringMatching(/^--[a-z-]+$/), expect.stringMatching(/^\w+ .+/)]);
  });

  it('derives arguments itself, each listed once, none of which it refuses as well', () => {
    expect(facts.ownedFlags.length).toBeGreaterThan(0);
    expect(new Set(facts.ownedFlags).size).toBe(facts.ownedFlags.length);
    for (const flag of facts.ownedFlags) expect(flag).toMatch(/^--?[a-z-]+$/);
    expect(refused.filter(([flag]) => facts.ownedFlags.includes(flag))).toEqual([]);
  });

  it('keeps what it compiles in directories that a shell reads as they are, with the place where that was read', () => {
    const { compileCache } = facts.profile;
    if (compileCache === undefined) return;
    for (const [directory, variable] of Object.entries(compileCache.directories)) {
      expect([directory, variable]).toEqual([
        expect.stringMatching(/^[a-z_]+(\/[a-z_]+)*$/),
        expect.stringMatching(/^[A-Z_]+$/),
      ]);
    }
    expect(compileCache.source).toMatch(/\w+ \w+/);
  });

  it('refuses variables with a reason', () => {
    for (const [name, reason] of Object.entries(facts.refusedEnv)) {
      expect([name, reason]).toEqual([expect.stringMatching(/^[A-Z_]+$/), expect.stringMatching(/^\w+ .+/)]);
    }
  });
});

describe.each(VERSIONS)('the image of %s %s', (_, version, row) => {
  it('is one tag of that version, with the place where it was read', () => {
    expect(row.tag).toContain(version);
    expect(row.source).toMatch(/\w+ \w+/);
  });

  it('is pinned by a whole digest, or by none', () => {
    if (row.digest !== undefined) expect(row.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  });
});

describe('what would hurt if it were wrong', () => {
  const { vllm, triton, torchserve, sglang } = RUNTIMES;

  it('is code from the model repository, and a secret in the manifest', () => {
    for (const { refusedFlags } of [vllm, sglang]) {
      expect(Object.keys(refusedFlags)).toEqual(expect.arrayContaining(['--trust-remote-code', '--api-key']));
    }
    expect(Object.keys(torchserve.refusedFlags)).toContain('--enable-model-api');
    expect(Object.keys(triton.refusedFlags)).toContain('--load-model');
  });

  it('is a server that unpickles what callers send, or whose management leaves loopback', () => {
    for (const { refusedEnv } of [vllm, triton]) expect(refusedEnv).toHaveProperty('VLLM_ALLOW_INSECURE_SERIALIZATION');
    expect(torchserve.refusedEnv).toHaveProperty('TS_CONFIG_FILE');
  });

  it('is where the weights come from: only TorchServe needs them brought, and unpacks them', () => {
    expect([vllm, triton, sglang].map(({ profile }) => [profile.fetchesFromHub, profile.unpacksModel])).toEqual(
      Array(3).fill([true, undefined]),
    );
    expect([torchserve.profile.fetchesFromHub, torchserve.profile.unpacksModel]).toEqual([false, true]);
  });

  it('is the port of the metrics: beside the API but for Triton and TorchServe', () => {
    const shares = ROWS.filter(([, { profile }]) => profile.ports.http === profile.ports.metrics).map(([kind]) => kind);
    expect(shares.sort()).toEqual(['sglang', 'vllm']);
  });

  it('is the flag for buckets in a vLLM that does not know it', () => {
    const knows = Object.entries(vllm.versions).filter(([, { metrics }]) => metrics?.bucketsFlag !== undefined);
    expect(knows.map(([version]) => version).sort()).toEqual(['0.32.0', '0.33.0']);
  });
});
