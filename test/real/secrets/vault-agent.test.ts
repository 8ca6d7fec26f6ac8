/**
 * What the Vault agent makes of the emitted annotations. consul-template is real, and so is the shell; Vault's HTTP API
 * is a stub on loopback, because the module of the Vault server does not resolve from the module proxy (one plugin of
 * its graph is refused), and neither does that of the injector.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { GpuTrainingJob, SecretSource, type VaultAgentSecret } from '../../../lib';
import { drawService, jobProps, newChart, OWNERSHIP, synth } from '../../support/synth';
import { freePorts, temporaryDir } from '../support/process';
import { initContainer, type Place, type PodTemplate, secretsIn, sidecarUntil, unexplained } from './agent';
import { type StubOptions, VaultStub } from './vault-stub';

jest.setTimeout(180_000);

const scratch = temporaryDir('vault');
const stubs: VaultStub[] = [];
afterAll(async () => {
  await Promise.all(stubs.map((stub) => stub.stop()));
  scratch.dispose();
});

const NAMESPACE = 'chat';
const ROLE = { audience: 'vault', subject: `system:serviceaccount:${NAMESPACE}:chat`, paths: ['secret/data/chat'] };

async function stubOf(options: Partial<StubOptions> = {}): Promise<VaultStub> {
  const stub = await VaultStub.start({
    roles: { chat: ROLE },
    secrets: { 'secret/data/chat': { token: 'hf_123', 'api-key': 'k' } },
    ...options,
  });
  stubs.push(stub);
  return stub;
}

const placeAt = (address: string, more: Partial<Place> = {}): Place => ({
  folder: mkdtempSync(join(scratch.path, 'pod-')),
  address,
  namespace: NAMESPACE,
  ...more,
});

/** A service whose variables come from one secret, by name of the variable. */
function podOf(keys: Readonly<Record<string, string>>, source: Partial<VaultAgentSecret> = {}): PodTemplate {
  const { deployment } = drawService({
    secretEnv: Object.fromEntries(Object.entries(keys).map(([name, key]) => [name, { secretName: 'chat-keys', key }])),
    secrets: {
      'chat-keys': SecretSource.vaultAgent({
        role: 'chat',
        path: 'secret/data/chat',
        keys: Object.fromEntries(Object.values(keys).map((key) => [key, key])),
        egress: [{ pods: { namespace: 'vault' }, ports: [8200] }],
        ...source,
      }),
    },
  });
  return deployment.spec.template as unknown as PodTemplate;
}

const TOKEN = podOf({ API_TOKEN: 'token' });

/** The emitted command of the container with the pod's folder and a program of ours. */
function containerCommand(pod: PodTemplate, place: Place, program: readonly string[]): readonly string[] {
  const [shell = '', flag = '', script = '', name = ''] = pod.spec.containers[0].command;
  return [shell, flag, script.replaceAll('/vault/secrets', secretsIn(place)), name, ...program];
}

function run([command = '', ...args]: readonly string[]) {
  return spawnSync(command, args, { encoding: 'utf8', env: { PATH: process.env.PATH } });
}

/** Prints its process id and the environment as hexadecimal bytes: what a server would see. */
const SERVER = [
  process.execPath,
  '-e',
  'const env = Object.entries(process.env).map(([k, v]) => [k, Buffer.from(v).toString("hex")]);' +
    'console.log(JSON.stringify({ pid: process.pid, parent: process.ppid, env: Object.fromEntries(env) }))',
];

describe('the annotations of a pod', () => {
  it('are all ones that the injector knows and that these tests can play', () => {
    const leased = podOf({ DB: 'password' }, { path: 'database/creds/chat', engine: 'leased' });
    expect([unexplained(TOKEN), unexplained(leased)]).toEqual([[], []]);
  });
});

describe('the right role', () => {
  it('gets the file with its bytes, readable by its user alone', async () => {
    const stub = await stubOf();
    const ending = await initContainer(TOKEN, placeAt(stub.address));
    expect(ending).toMatchObject({ code: 0 });
    expect(ending.files.get('chat-keys')).toEqual({ text: "export API_TOKEN='hf_123'\n", mode: 0o400 });
  });

  it('logs in as the ServiceAccount of its workload, for the audience of the role', async () => {
    const stub = await stubOf();
    await initContainer(TOKEN, placeAt(stub.address));
    const [login] = stub.requests;
    expect(login).toMatchObject({ path: 'auth/kubernetes/login', body: { role: 'chat', jwt: expect.any(String) } });
  });

  it('is asked for at another mount, for another audience', async () => {
    const stub = await stubOf({ authMount: 'clusters/prod', roles: { chat: { ...ROLE, audience: 'https://vault' } } });
    const pod = podOf({ API_TOKEN: 'token' }, { authPath: 'auth/clusters/prod', audience: 'https://vault' });
    expect(await initContainer(pod, placeAt(stub.address))).toMatchObject({ code: 0 });
  });

  it('reads version 1 of KV, and fields whose names are no identifiers', async () => {
    const roles = { chat: { ...ROLE, paths: ['kv/chat'] } };
    const stub = await stubOf({ roles, secrets: { 'kv/chat': { 'api-key': 'k', 'x.509 name': 'CN=chat' } } });
    const pod = podOf({ API_KEY: 'api-key' }, { path: 'kv/chat', engine: 'kv-v1', keys: { 'api-key': 'x.509 name' } });
    const ending = await initContainer(pod, placeAt(stub.address));
    expect(ending.files.get('chat-keys')?.text).toBe("export API_KEY='CN=chat'\n");
  });

  it('reads a job that ends, whose agent leaves nothing running', async () => {
    const chart = newChart();
    const secrets = {
      wandb: SecretSource.vaultAgent({
        role: 'chat',
        path: 'secret/data/chat',
        keys: { key: 'token' },
        egress: [{ cidr: '10.0.0.0/16', ports: [8200] }],
      }),
    };
    const secretEnv = { WANDB_KEY: { secretName: 'wandb', key: 'key' } };
    new GpuTrainingJob(chart, 'finetune', jobProps({ namespace: NAMESPACE, ownership: OWNERSHIP, secrets, secretEnv }));
    const pod = synth(chart).one('Job').spec.template as unknown as PodTemplate;
    const roles = { chat: { ...ROLE, subject: `system:serviceaccount:${NAMESPACE}:finetune` } };
    const stub = await stubOf({ roles });
    const ending = await initContainer(pod, placeAt(stub.address));
    expect(ending.files.get('wandb')).toEqual({ text: "export WANDB_KEY='hf_123'\n", mode: 0o400 });
    expect(pod.metadata.annotations['vault.hashicorp.com/agent-pre-populate-only']).toBe('true');
  });
});

describe('a secret of any bytes', () => {
  const written = [
    '',
    ' ',
    "'",
    "''",
    "it's",
    `'"'"'`,
    '"quoted"',
    '\\',
    "\\'",
    'a\\nb',
    'line one\nline two',
    'ends with newlines\n\n',
    '\n',
    '$HOME',
    '$(id)',
    '\x24{PATH}',
    '$$(HOME)',
    '`id`',
    '; exit 1 #',
    '{{ .Data }}',
    '{{ with secret "secret/data/root" }}',
    '*?[a-z]~',
    '\t\r\u0001\u007f',
    'Grüße, 世界, 🔑',
    '-----BEGIN PRIVATE KEY-----\nMII+/=\n-----END PRIVATE KEY-----\n',
    'x'.repeat(20_000),
  ];
  const bytes = fc.string({ unit: 'binary', maxLength: 40 }).filter((text) => !text.includes('\0'));
  const nasty = fc.string({ unit: fc.constantFrom("'", '\\', '"', '$', '`', '\n', '{', '}', '(', ' ', 'é') });
  const values = [...written, ...fc.sample(fc.oneof(bytes, nasty), { numRuns: 200, seed: 41 })];
  const names = Object.fromEntries(values.map((_, index) => [`V_${index}`, `v${index}`]));
  const pod = podOf(names);

  it('reaches the server exactly, whatever shell syntax it looks like', async () => {
    const secrets = { 'secret/data/chat': Object.fromEntries(values.map((value, index) => [`v${index}`, value])) };
    const stub = await stubOf({ secrets });
    const place = placeAt(stub.address);
    expect(await initContainer(pod, place)).toMatchObject({ code: 0 });
    const { env } = JSON.parse(run(containerCommand(pod, place, SERVER)).stdout) as { env: Record<string, string> };
    const got = values.map((_, index) => Buffer.from(env[`V_${index}`] ?? 'none', 'hex').toString());
    expect(got).toEqual(values);
  });
});

describe('the command of the container', () => {
  it('becomes the server, which therefore gets the signals', async () => {
    const stub = await stubOf();
    const place = placeAt(stub.address);
    await initContainer(TOKEN, place);
    const ran = run(containerCommand(TOKEN, place, SERVER));
    // Its parent is this process: no shell stands between.
    expect(JSON.parse(ran.stdout)).toMatchObject({ pid: ran.pid, parent: process.pid });
  });

  it('hands arguments on as they are', async () => {
    const stub = await stubOf();
    const place = placeAt(stub.address);
    await initContainer(TOKEN, place);
    const print = 'console.log(JSON.stringify(process.argv.slice(1)))';
    const args = ['a b', '$HOME', '', "'"];
    const ran = run([...containerCommand(TOKEN, place, [process.execPath, '-e', print]), ...args]);
    expect(JSON.parse(ran.stdout)).toEqual(args);
  });

  it.each([
    ['without the file, as when the webhook was down', undefined],
    ['with an empty file', ''],
    ['with a file that sets something else', "export OTHER='x'\n"],
  ])('does not start the server %s', (_, text) => {
    const place = placeAt('http://127.0.0.1:1');
    mkdirSync(secretsIn(place));
    if (text !== undefined) writeFileSync(join(secretsIn(place), 'chat-keys'), text);
    const ran = run(containerCommand(TOKEN, place, SERVER));
    expect(ran).toMatchObject({ status: 78, stdout: '' });
    expect(ran.stderr).toMatch(/^warmpath: .+ is missing, so nothing is started: the Vault agent injector did not run/);
  });
});

describe('a lease', () => {
  it('is renewed by the container that stays beside the server', async () => {
    const path = 'database/creds/chat';
    const roles = { chat: { ...ROLE, paths: [path] } };
    const stub = await stubOf({ roles, secrets: { [path]: { username: 'u1', password: 'p1' } }, leaseSeconds: 2 });
    const pod = podOf({ DB_USER: 'username', DB_PASSWORD: 'password' }, { path, engine: 'leased' });
    expect(pod.metadata.annotations['vault.hashicorp.com/agent-pre-populate-only']).toBeUndefined();
    const renewals = () => stub.requests.filter((asked) => asked.path === 'sys/leases/renew');
    const ending = await sidecarUntil(pod, placeAt(stub.address), () => renewals().length > 0);
    expect(renewals()[0]?.body).toMatchObject({ lease_id: `${path}/lease` });
    // One read for both fields: two would be two users of the database.
    expect(stub.requests.filter((asked) => asked.path === path)).toHaveLength(1);
    expect(ending.files.get('chat-keys')?.text).toBe("export DB_USER='u1'\nexport DB_PASSWORD='p1'\n");
  });
});

/** Each ends the init container with an error, which the kubelet shows, instead of leaving the pod in Init:0/1. */
describe('what goes wrong', () => {
  const unreachable = async () => `http://127.0.0.1:${(await freePorts(1))[0]}`;
  const addressOf = async (options?: Partial<StubOptions>, sealed: VaultStub['sealed'] = false) => {
    const stub = await stubOf(options);
    stub.sealed = sealed;
    return stub.address;
  };
  const CASES: readonly (readonly [string, RegExp, () => Promise<string>, PodTemplate, Partial<Place>?])[] = [
    ['a role that Vault does not know', /invalid role name/, addressOf, podOf({ A: 'token' }, { role: 'admin' })],
    [
      'a role that is bound to another account',
      /permission denied/,
      () => addressOf({ roles: { chat: { ...ROLE, subject: 'system:serviceaccount:other:chat' } } }),
      TOKEN,
    ],
    ['a token for another audience', /permission denied/, addressOf, TOKEN, { audience: 'kubernetes' }],
    ['a field that is not there', /no entry for key "missing"/, addressOf, podOf({ A: 'missing' })],
    ['a field with a hyphen that is not there', /expected string/, addressOf, podOf({ A: 'not-there' })],
    ['a sealed Vault', /Vault is sealed/, () => addressOf({}, true), TOKEN],
    ['nobody at the address', /connection refused/, unreachable, TOKEN],
    // Retried with pauses that the annotations bound, then given up.
    ['a path that nobody wrote to', /no secret exists/, () => addressOf({ secrets: {} }), TOKEN],
    [
      'a path that the role may not read',
      /permission denied/,
      () => addressOf({ roles: { chat: { ...ROLE, paths: [] } } }),
      TOKEN,
    ],
    ['a Vault that is sealed after the login', /Vault is sealed/, () => addressOf({}, 'after-login'), TOKEN],
  ];
  // All at once: the last ones spend most of their time waiting.
  let endings: readonly Promise<Awaited<ReturnType<typeof initContainer>>>[] = [];
  beforeAll(() => {
    endings = CASES.map(async ([, , address, pod, more]) => initContainer(pod, placeAt(await address(), more)));
  });

  it.each(CASES.map(([name, log], index) => ({ name, log, index })))(
    'ends with an error: $name',
    async ({ log, index }) => {
      const ending = await endings[index];
      // Null would be: it had to be killed.
      expect(ending?.code).toBeGreaterThan(0);
      expect(ending?.log).toMatch(log);
      expect([...(ending?.files.keys() ?? [])]).toEqual([]);
    },
  );
});
