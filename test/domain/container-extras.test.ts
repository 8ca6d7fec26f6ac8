import { Findings, type Problem } from '../../lib/domain';
import {
  type ArgumentRules,
  type ClaimMount,
  checkArguments,
  checkEnv,
  checkMounts,
  checkSecretEnv,
  isOwnDirectory,
} from '../../lib/domain/container-extras';
import type { SecretKey } from '../../lib/domain/names';
import { complete } from './given';

const RULES: ArgumentRules = {
  refusedFlags: {
    '--trust-remote-code': 'runs code from the model repository',
    '--profiler-config': 'opens the profiling endpoints',
  },
  ownedFlags: ['--max-model-len', '--port', '-tp'],
};
const REFUSED_ENV = { VLLM_PORT: 'breaks the start' };

function argumentProblems(...args: readonly string[]): readonly Problem[] {
  const findings = new Findings();
  checkArguments(findings, 'extraArgs', args, RULES);
  return complete(findings.problems);
}

function envProblems(env: Readonly<Record<string, string>>): readonly Problem[] {
  const findings = new Findings();
  checkEnv(findings, 'extraEnv', env, { refused: REFUSED_ENV, taken: ['HOME', 'HF_HOME'] });
  return complete(findings.problems);
}

describe('an argument of a team', () => {
  it.each([
    ['--trust-remote-code', 'WP-RUN-005'],
    ['--trust_remote_code', 'WP-RUN-005'],
    ['--trust-remote-code=true', 'WP-RUN-005'],
    ['--trust-remote', 'WP-RUN-005'],
    ['--profiler-config.profiler=torch', 'WP-RUN-005'],
    ['--max-model-len', 'WP-RUN-006'],
    ['--max-model-len=4096', 'WP-RUN-006'],
    ['--max_model_len=4096', 'WP-RUN-006'],
    ['-tp', 'WP-RUN-006'],
    ['-tp=2', 'WP-RUN-006'],
  ])('opens no hole and undoes no decision, however it is spelt: %s (%s)', (argument, rule) => {
    expect(argumentProblems(argument)).toMatchObject([{ rule, severity: 'error', prop: 'extraArgs', value: argument }]);
  });

  it.each([
    '--enable-prefix-caching',
    '--portable',
    '--max-num-batched-tokens=8192',
    '8192',
    '-O3',
    '-t',
    'port',
    '--p',
    'constructor',
  ])('may be %s', (argument) => {
    expect(argumentProblems(argument)).toEqual([]);
  });

  it('that lets the repository run code is answered with the prop that takes a reason', () => {
    expect(argumentProblems('--trust-remote-code')[0]?.fix).toContain('trustRemoteCodeReason');
    expect(argumentProblems('--profiler-config')[0]?.fix).not.toContain('trustRemoteCodeReason');
  });
});

describe('a variable of a team', () => {
  it.each([
    ['VLLM_PORT', 'WP-RUN-007'],
    ['LD_PRELOAD', 'WP-RUN-007'],
    ['HF_TOKEN', 'WP-RUN-008'],
    ['VLLM_API_KEY', 'WP-RUN-008'],
    ['DB_PASSWORD', 'WP-RUN-008'],
    ['aws_secret_access_key', 'WP-RUN-008'],
    ['HOME', 'WP-RUN-013'],
    ['HF_HOME', 'WP-RUN-013'],
  ])('is not %s (%s)', (name, rule) => {
    expect(envProblems({ [name]: '1' })).toMatchObject([{ rule, severity: 'error', prop: 'extraEnv', value: name }]);
  });

  it.each(['1ST', 'a-b', 'a b', ''])('has a legal name, not %p', (name) => {
    expect(envProblems({ [name]: '1' })).toMatchObject([{ rule: 'WP-RUN-013' }]);
  });

  it('that holds a secret is refused without repeating it', () => {
    expect(JSON.stringify(envProblems({ HF_TOKEN: 'hunter2' }))).not.toContain('hunter2');
  });

  it.each(['VLLM_LOGGING_LEVEL', 'NCCL_DEBUG', 'TOKENIZERS_PARALLELISM', 'VLLM_MAX_TOKENS', 'toString'])(
    'may be %s',
    (name) => {
      expect(envProblems({ [name]: '1' })).toEqual([]);
    },
  );
});

describe('a value of a variable', () => {
  it('is a text', () => {
    const problems = envProblems({ VLLM_LOGGING_LEVEL: 3 as unknown as string });
    expect(problems).toMatchObject([{ rule: 'WP-RUN-013', value: { VLLM_LOGGING_LEVEL: 3 } }]);
    expect(problems[0]?.fix).toBe("write '3'");
  });

  it.each([
    'TOKEN',
    'GITHUB_TOKEN',
    'DB_PASSWD',
    'APIKEY',
    'OPENAI_APIKEY',
    'ACCESSKEY',
    'AWS_ACCESS_KEY',
    'GCP_CREDENTIAL',
    'GCP_CREDENTIALS',
    'CLIENT_SECRET',
  ])('of %s belongs in a Secret', (name) => {
    expect(envProblems({ [name]: 'x' })).toMatchObject([{ rule: 'WP-RUN-008', value: name }]);
  });
});

function secretProblems(env: Readonly<Record<string, SecretKey>>): readonly Problem[] {
  const findings = new Findings();
  checkSecretEnv(findings, env, { refused: REFUSED_ENV, taken: ['HOME'] });
  return complete(findings.problems);
}

describe('a variable from a Secret', () => {
  const key = { secretName: 'api', key: 'token' };

  it('may be called as a secret is called', () => {
    expect(secretProblems({ VLLM_API_KEY: key, HF_TOKEN: key })).toEqual([]);
  });

  it.each([
    ['VLLM_PORT', 'WP-RUN-007'],
    ['HOME', 'WP-RUN-013'],
    ['a-b', 'WP-RUN-013'],
  ])('is not %s (%s)', (name, rule) => {
    expect(secretProblems({ [name]: key })).toMatchObject([{ rule, prop: 'secretEnv', value: name }]);
  });

  it('comes from a Secret that could exist', () => {
    expect(
      secretProblems({ A: { secretName: 'No_Name', key: 'token' }, B: { secretName: 'api', key: 'a b' } }),
    ).toMatchObject([
      { rule: 'WP-NAME-004', prop: 'secretEnv.A' },
      { rule: 'WP-NAME-004', prop: 'secretEnv.B' },
    ]);
  });
});

describe('a directory of its own', () => {
  it.each(['/data', '/srv/models', '/home/server', '/models/v1.2_b-c', '/tmpfs', '/etcd', '/variable'])(
    'is %s',
    (path) => {
      expect(isOwnDirectory(path)).toBe(true);
    },
  );

  it.each([
    '',
    'data',
    './data',
    '/',
    '/data/',
    '//data',
    '/da ta',
    '/data/../etc',
    '/tmp',
    '/tmp/x',
    '/etc',
    '/usr/lib',
    '/var/run/x',
    '/dev/shm',
  ])('is not %p', (path) => {
    expect(isOwnDirectory(path)).toBe(false);
  });
});

function mountProblems(...mounts: readonly Partial<ClaimMount>[]): readonly Problem[] {
  const findings = new Findings();
  const all = mounts.map((mount) => ({ claimName: 'data', mountPath: '/data', readOnly: true, ...mount }));
  checkMounts(findings, 'claims', all, ['/tmp', '/home/server']);
  return complete(findings.problems);
}

describe('a mount', () => {
  it.each(['/data', '/home/serverless', '/tmpfs', '/mnt/a.b-c_d'])('may stand at %s', (mountPath) => {
    expect(mountProblems({ mountPath })).toEqual([]);
  });

  it.each([
    ['/home/server', 'it collides with /home/server'],
    ['/home/server/cache', 'it collides with /home/server'],
    ['/home', 'it collides with /home/server'],
    ['/usr/share', 'it would hide a part of the image'],
    ['/proc', 'it would hide a part of the image'],
    ['data', 'this is no absolute path'],
    ['/data/', 'this is no absolute path'],
    ['/data/../x', 'this is no absolute path'],
  ])('does not stand at %s: %s', (mountPath, message) => {
    expect(mountProblems({ mountPath })).toMatchObject([
      { rule: 'WP-RES-006', prop: 'claims', value: mountPath, message },
    ]);
  });

  it('does not stand where another one stands, nor inside it', () => {
    expect(mountProblems({}, { claimName: 'more', mountPath: '/data/more' }, { mountPath: '/other' })).toMatchObject([
      { rule: 'WP-RES-006', value: '/data/more', message: 'it collides with /data' },
    ]);
  });

  it('is of a claim that could exist', () => {
    expect(mountProblems({ claimName: 'No_Name' })).toMatchObject([{ rule: 'WP-NAME-004', value: 'No_Name' }]);
  });
});
