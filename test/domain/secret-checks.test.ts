import {
  type AzureKeyVaultSecret,
  type ExternalSecret,
  Findings,
  type Problem,
  SecretSource,
  type VaultAgentSecret,
  type VaultCsiSecret,
} from '../../lib/domain';
import { checkSecrets, keysOf, type SecretUse } from '../../lib/domain/secret-checks';
import { complete, handMade, platform } from './given';

const ID = '5c2c2a0e-4c39-4a6a-9f0b-0c8f4f6f7c11';
const TOKEN = { secretName: 'hub', key: 'token' };
const HAND_MADE = handMade('hub');

/** Props of sources as programs hand them in that no compiler has seen. */
type Loose<T> = { readonly [K in keyof T]?: unknown };

const external = (more: Loose<ExternalSecret> = {}) =>
  SecretSource.externalSecrets({
    store: { name: 'platform' },
    keys: { token: { remoteKey: 'hub-token' } },
    ...more,
  } as ExternalSecret);

const agent = (more: Loose<VaultAgentSecret> = {}) =>
  SecretSource.vaultAgent({
    role: 'chat',
    path: 'secret/data/chat',
    keys: { token: 'hf_token' },
    egress: [{ pods: { namespace: 'vault' } }],
    ...more,
  } as VaultAgentSecret);

const vaultCsi = (more: Loose<VaultCsiSecret> = {}) =>
  SecretSource.secretsStoreCsi({
    provider: 'vault',
    role: 'chat',
    keys: { token: { path: 'secret/data/chat', field: 'hf_token' } },
    ...more,
  } as VaultCsiSecret);

const azure = (more: Loose<AzureKeyVaultSecret> = {}) =>
  SecretSource.secretsStoreCsi({
    provider: 'azure',
    keyVaultName: 'chat-prod',
    tenantId: ID,
    clientId: ID,
    keys: { token: { objectName: 'hub-token' } },
    ...more,
  } as AzureKeyVaultSecret);

function problemsWith(use: Partial<SecretUse>, logins: ReadonlyMap<string, string> = new Map()): readonly Problem[] {
  const findings = new Findings();
  const all: SecretUse = {
    sources: HAND_MADE,
    references: [['hubToken', TOKEN]],
    imagePullSecrets: [],
    platform: platform('aks'),
    ends: false,
    ...use,
  };
  checkSecrets(findings, all, logins);
  return complete(findings.problems);
}

/** Rule and prop of everything that is wrong with the one source of a server. */
const wrongWith = (source: SecretSource, more: Partial<SecretUse> = {}): readonly string[] =>
  problemsWith({ sources: { hub: source }, ...more }).map(({ rule, prop }) =>
    `${rule} ${prop}`.replace("secrets['hub'].", ''),
  );

describe('a source', () => {
  it.each([
    ['a Secret that somebody writes', SecretSource.kubernetes({ madeBy: 'the platform team' })],
    ['a store of the External Secrets Operator', external()],
    ['a Vault agent', agent()],
    ['the Vault provider of the CSI driver', vaultCsi()],
    ['a key vault of Azure', azure()],
  ])('may be %s', (_, source) => {
    expect(wrongWith(source)).toEqual([]);
  });

  it('is made by SecretSource, not by hand: a plain object says nothing', () => {
    const plain = { spec: { kind: 'kubernetes', madeBy: 'the platform team' } } as SecretSource;
    expect(problemsWith({ sources: { hub: plain } })).toMatchObject([{ rule: 'WP-SEC-001', prop: "secrets['hub']" }]);
  });

  it('has the name of an object', () => {
    const problems = problemsWith({ sources: { Hub: external() }, references: [] });
    expect(problems.map(({ rule }) => rule)).toEqual(['WP-NAME-004', 'WP-SEC-002']);
  });

  it.each([external, agent, vaultCsi, azure])('carries at least one key', (of) => {
    for (const keys of [{}, undefined]) {
      const problems = problemsWith({ sources: { hub: of({ keys }) }, references: [], imagePullSecrets: ['hub'] });
      expect(problems).toContainEqual(
        expect.objectContaining({ rule: 'WP-SEC-003', prop: "secrets['hub'].keys", value: [] }),
      );
    }
  });

  it('tells an empty source from one with an illegal key', () => {
    const messageOf = (keys: unknown) => problemsWith({ sources: { hub: agent({ keys }) } })[0]?.message;
    expect(messageOf({})).toBe('a secret without a value is none');
    expect(messageOf({ 'a/b': 'x' })).toBe('not all of these can be keys of a Secret');
  });

  it('is refused for one illegal key among legal ones', () => {
    expect(wrongWith(agent({ keys: { token: 'a', 'a b': 'c' } }))).toEqual(['WP-SEC-003 keys']);
  });

  it('of a hand-made Secret has keys that nobody here knows', () => {
    expect(keysOf({ kind: 'kubernetes', madeBy: 'somebody' })).toBeUndefined();
    expect(keysOf(agent({ keys: { a: 'x', b: 'y' } }).spec)).toEqual(['a', 'b']);
  });
});

describe('who writes a Secret', () => {
  const madeBy = (text: unknown) => wrongWith(SecretSource.kubernetes({ madeBy: text as string }));

  it.each([
    'the platform team',
    'ml ops',
    '  the platform team, by kubectl!  ',
    '2 people of ML-Ops.',
    'das Büro tut es',
  ])('is told by %p', (text) => {
    expect(madeBy(text)).toEqual([]);
  });

  it.each([
    '',
    '   ',
    'me',
    'somebody',
    'a b',
    'x team',
    'team x',
    '12 34',
    'the\nteam',
    'the team\n',
    '\nthe team',
    'the team\r',
  ])('is not told by %p', (text) => {
    expect(madeBy(text)).toEqual(['WP-SEC-004 madeBy']);
  });

  it.each([undefined, 7, ['the platform team']])('is not told by %p, which is no text', (value) => {
    expect(madeBy(value)).toEqual(['WP-SEC-004 madeBy']);
  });
});

describe('a store of the External Secrets Operator', () => {
  it.each([undefined, 'ClusterSecretStore', 'SecretStore'])('may be of kind %p', (kind) => {
    expect(wrongWith(external({ store: { name: 'platform', kind } }))).toEqual([]);
  });

  it.each([undefined, {}, { name: 'Platform' }, { name: '' }, { name: 'platform', kind: 'Secret' }])(
    'may not be %p',
    (store) => {
      expect(wrongWith(external({ store }))).toEqual(['WP-SEC-005 store']);
    },
  );

  it('may leave out who keeps it, but not leave it empty', () => {
    expect(wrongWith(external({ store: { name: 'platform', madeBy: 'the platform team' } }))).toEqual([]);
    expect(wrongWith(external({ store: { name: 'platform', madeBy: '' } }))).toEqual(['WP-SEC-004 store.madeBy']);
  });

  it.each([60, 61, 3600, 86_399, 86_400])('may be asked again after %s s', (refreshSeconds) => {
    expect(wrongWith(external({ refreshSeconds }))).toEqual([]);
  });

  it.each([59, 0, -60, 86_401, 90.5, Number.NaN, Number.POSITIVE_INFINITY, '3600'])(
    'may not be asked again after %p s',
    (refreshSeconds) => {
      expect(wrongWith(external({ refreshSeconds }))).toEqual(['WP-SEC-005 refreshSeconds']);
    },
  );

  it.each([{ remoteKey: 'hub' }, { remoteKey: 'teams/chat hub', property: 'token', version: '3' }])(
    'may be asked for %p',
    (token) => {
      expect(wrongWith(external({ keys: { token } }))).toEqual([]);
    },
  );

  it.each([
    undefined,
    {},
    { remoteKey: '' },
    { remoteKey: ' hub' },
    { remoteKey: 'hub\n' },
    { remoteKey: 'a\tb' },
    { remoteKey: 7 },
    { remoteKey: 'hub', property: '' },
    { remoteKey: 'hub', version: 3 },
  ])('cannot be asked for %p', (token) => {
    expect(wrongWith(external({ keys: { token } }))).toEqual(["WP-SEC-005 keys['token']"]);
  });
});

describe('a path of Vault', () => {
  const asAgent = (path: unknown, engine?: string) => wrongWith(agent({ path, engine }));

  it.each(['secret/data/chat', 'kv/data/ml/chat', 'teams/ml/kv/data/chat', 'a/data/b', 'secret/data/v1.2/a-b_c'])(
    'of KV version 2 may be %s',
    (path) => {
      expect(asAgent(path)).toEqual([]);
    },
  );

  it.each(['secret/chat', 'data/chat', 'secret/data', 'secret/database/chat', 'secret/metadata/chat'])(
    'of KV version 2 may not be %s, which lacks data behind the mount',
    (path) => {
      const [problem, ...others] = problemsWith({ sources: { hub: agent({ path }) } });
      expect(others).toEqual([]);
      expect(problem).toMatchObject({ rule: 'WP-SEC-006', prop: "secrets['hub'].path", value: path });
      expect(problem?.message).toContain("the API has 'data' behind the mount");
    },
  );

  it.each(['kv-v1', 'leased'])('of engine %s needs no data behind the mount', (engine) => {
    expect(asAgent('database/creds/chat', engine)).toEqual([]);
    expect(asAgent('k/c', engine)).toEqual([]);
  });

  it.each([
    '',
    'secret',
    '/secret/data/chat',
    'secret/data/chat/',
    'secret//data/chat',
    'secret/data/../chat',
    '../secret/data/chat',
    './secret/data/chat',
    'secret/data/chat/..',
    'secret/data/.',
    'secret/data/a b',
    'se cret/data/chat',
    'secret/data/chat\n',
    'secret/data/{{ .Env }}',
    undefined,
    7,
  ])('may not be %p', (path) => {
    for (const engine of [undefined, 'kv-v1', 'leased']) {
      const [problem, ...others] = problemsWith({ sources: { hub: agent({ path, engine }) } });
      expect(others).toEqual([]);
      expect(problem).toMatchObject({
        rule: 'WP-SEC-006',
        prop: "secrets['hub'].path",
        message: 'Vault has no such path',
      });
    }
  });

  it('may have dots inside a segment', () => {
    expect(asAgent('secret/data/..a/b..c')).toEqual([]);
  });

  it('of the CSI driver may be one of any engine', () => {
    const at = (path: unknown) => wrongWith(vaultCsi({ keys: { token: { path, field: 'f' } } }));
    expect(at('secret/data/chat')).toEqual([]);
    expect(at('database/creds/chat')).toEqual([]);
    expect(at('/secret/data/chat')).toEqual(["WP-SEC-006 keys['token'].path"]);
    expect(at(undefined)).toEqual(["WP-SEC-006 keys['token'].path"]);
  });
});

describe.each([
  ['the Vault agent', agent],
  ['the Vault provider of the CSI driver', vaultCsi],
])('what %s is told', (_, of: (more: Record<string, unknown>) => SecretSource) => {
  it.each(['role', 'audience', 'vaultNamespace'])('has a %s on one line, without blanks at the ends', (prop) => {
    expect(wrongWith(of({ [prop]: 'ml team/a' }))).toEqual([]);
    for (const text of ['', ' a', 'a ', 'a\nb', 'a\u0007', 7, null]) {
      expect(wrongWith(of({ [prop]: text }))).toEqual([`WP-SEC-006 ${prop}`]);
    }
  });

  it('needs a role', () => {
    expect(wrongWith(of({ role: undefined }))).toEqual(['WP-SEC-006 role']);
  });

  it.each(['https://vault:8200', 'http://v', 'https://vault.example.com/', 'https://[::1]:8200', undefined])(
    'may have the address %p',
    (address) => {
      expect(wrongWith(of({ address }))).toEqual([]);
    },
  );

  it.each([
    '',
    'vault:8200',
    'ftp://vault',
    'https://',
    'https:///path',
    'https://vault/v1',
    'https://va ult',
    ' https://vault',
    'see https://vault',
    'https://vault\n',
    7,
  ])('may not have the address %p', (address) => {
    expect(wrongWith(of({ address }))).toEqual(['WP-SEC-006 address']);
  });
});

describe('a secret of the Vault agent', () => {
  it('names a field for each key', () => {
    expect(wrongWith(agent({ keys: { token: 'hf token' } }))).toEqual([]);
    for (const field of ['', 'a\nb', undefined]) {
      expect(wrongWith(agent({ keys: { token: field } }))).toEqual(["WP-SEC-006 keys['token']"]);
    }
  });

  it.each(['kv', '', 'KV-V2'])('may not come from the engine %p', (engine) => {
    expect(wrongWith(agent({ engine }))).toEqual(['WP-SEC-006 engine']);
  });

  it.each(['auth/kubernetes', 'auth/a', 'auth/prod/west.1', undefined])('may log in at %p', (authPath) => {
    expect(wrongWith(agent({ authPath }))).toEqual([]);
  });

  it.each([
    'kubernetes',
    'auth',
    'auth/',
    '/auth/kubernetes',
    'auth/a b',
    'auth/kubernetes/',
    'xauth/a',
    'auth/a\n',
    '',
  ])('may not log in at %p', (authPath) => {
    expect(wrongWith(agent({ authPath }))).toEqual(['WP-SEC-006 authPath']);
  });

  it.each([[[]], [undefined], [7]])('needs a way to Vault: %p is none', (egress) => {
    expect(wrongWith(agent({ egress }))).toEqual(['WP-SEC-006 egress']);
  });

  it('has a name of at most 41 characters, because an annotation of 63 holds it', () => {
    const named = (name: string) =>
      problemsWith({ sources: { [name]: agent() }, references: [['hubToken', { secretName: name, key: 'token' }]] });
    expect(named('a'.repeat(41))).toEqual([]);
    expect(named('a'.repeat(42))).toMatchObject([{ rule: 'WP-SEC-006', prop: 'secrets', value: 'a'.repeat(42) }]);
  });

  it('is the only kind whose name is short: every other is no part of an annotation', () => {
    const name = 'a'.repeat(42);
    const sources = { [name]: external() };
    expect(problemsWith({ sources, references: [['hubToken', { secretName: name, key: 'token' }]] })).toEqual([]);
  });
});

describe('a workload that ends', () => {
  const lease = agent({ engine: 'leased', path: 'database/creds/chat' });

  it('takes no lease, whose agent would keep it from ending', () => {
    expect(wrongWith(lease, { ends: true })).toEqual(['WP-SEC-009 engine']);
  });

  it('takes every other secret', () => {
    const others = [agent(), agent({ engine: 'kv-v1' }), external(), vaultCsi(), azure()];
    for (const source of others) expect(wrongWith(source, { ends: true })).toEqual([]);
  });

  it('is no server, which may take a lease', () => {
    expect(wrongWith(lease, { ends: false })).toEqual([]);
  });
});

describe('a secret of the CSI driver from Vault', () => {
  it('names a field for each key', () => {
    for (const field of ['', undefined]) {
      const keys = { token: { path: 'secret/data/chat', field } };
      expect(wrongWith(vaultCsi({ keys }))).toEqual(["WP-SEC-006 keys['token'].field"]);
    }
  });

  it('is refused where a key has no place at all', () => {
    expect(wrongWith(vaultCsi({ keys: { token: undefined } }))).toEqual([
      "WP-SEC-006 keys['token'].path",
      "WP-SEC-006 keys['token'].field",
    ]);
  });

  it('may name the mount of the login on one line', () => {
    expect(wrongWith(vaultCsi({ authMount: 'kubernetes' }))).toEqual([]);
    expect(wrongWith(vaultCsi({ authMount: '' }))).toEqual(['WP-SEC-006 authMount']);
  });
});

describe('a key vault of Azure', () => {
  it('is read on AKS only', () => {
    const [problem, ...others] = problemsWith({ sources: { hub: azure() }, platform: platform('iks') });
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ rule: 'WP-IDN-001', prop: "secrets['hub'].provider", value: 'azure' });
    expect(problem?.message).toContain('the pool stands on IKS');
  });

  it('does not keep the Vault provider from IKS', () => {
    expect(wrongWith(vaultCsi(), { platform: platform('iks') })).toEqual([]);
  });

  it.each(['tenantId', 'clientId'])('needs the GUID %s', (prop) => {
    for (const id of [undefined, 'contoso']) expect(wrongWith(azure({ [prop]: id }))).toEqual([`WP-SEC-007 ${prop}`]);
  });

  it.each(['kv1', 'Chat-Prod-1', 'abc', 'a'.repeat(24), 'a-1'])('may be called %s', (keyVaultName) => {
    expect(wrongWith(azure({ keyVaultName }))).toEqual([]);
  });

  it.each([
    '',
    'kv',
    'a'.repeat(25),
    '1kv',
    '-kv',
    'kv-',
    'k--v',
    'chat--prod',
    'kv_prod',
    'kv.prod',
    'kv prod',
    undefined,
  ])('may not be called %p', (keyVaultName) => {
    expect(wrongWith(azure({ keyVaultName }))).toEqual(['WP-SEC-007 keyVaultName']);
  });

  it.each([
    { objectName: 'x' },
    { objectName: '9-Hub-Token' },
    { objectName: 'a'.repeat(127) },
    { objectName: 'hub', version: '0f3c' },
  ])('may be asked for %p', (token) => {
    expect(wrongWith(azure({ keys: { token } }))).toEqual([]);
  });

  it.each([
    undefined,
    {},
    { objectName: '' },
    { objectName: 'hub_token' },
    { objectName: 'hub/token' },
    { objectName: 'a'.repeat(128) },
    { objectName: 'hub', version: '' },
    { objectName: 'hub', version: ' 1' },
  ])('cannot be asked for %p', (token) => {
    expect(wrongWith(azure({ keys: { token } }))).toEqual(["WP-SEC-007 keys['token']"]);
  });
});

describe('a reference', () => {
  it('leads to a source, or nobody makes the secret', () => {
    const [problem, ...others] = problemsWith({ references: [['secretEnv.A', { secretName: 'other', key: 'a' }]] });
    expect(problem).toMatchObject({ rule: 'WP-SEC-001', prop: 'secretEnv.A', value: 'other', allowed: 'hub' });
    expect(others).toMatchObject([{ rule: 'WP-SEC-002', value: 'hub' }]);
  });

  it('without any source is answered with what to write', () => {
    expect(problemsWith({ sources: {} })).toMatchObject([
      { rule: 'WP-SEC-001', allowed: 'a secret that stands in secrets' },
    ]);
  });

  it('is not answered by what every object inherits', () => {
    const references = [['hubToken', { secretName: 'constructor', key: 'token' }]] as const;
    expect(problemsWith({ sources: {}, references })).toMatchObject([{ rule: 'WP-SEC-001', value: 'constructor' }]);
  });

  it('asks for a key that the source carries', () => {
    const sources = { hub: external({ keys: { user: { remoteKey: 'a' }, 'a/b': { remoteKey: 'b' } } }) };
    const wrong = problemsWith({ sources }).filter(({ prop }) => prop === 'hubToken');
    expect(wrong).toMatchObject([{ rule: 'WP-SEC-003', value: 'token', allowed: 'user' }]);
  });

  it('to a source without a legal key is answered all the same', () => {
    const wrong = problemsWith({ sources: { hub: external({ keys: {} }) } }).filter(({ prop }) => prop === 'hubToken');
    expect(wrong).toMatchObject([{ rule: 'WP-SEC-003', allowed: 'a key of the source' }]);
  });

  it('to a hand-made Secret may ask for any key', () => {
    expect(problemsWith({ references: [['hubToken', { secretName: 'hub', key: 'whatever' }]] })).toEqual([]);
  });

  it('whose name is illegal is left to the rule about names', () => {
    const references = [['hubToken', { secretName: 'No Name', key: 'a' }] as const, ['hubToken', TOKEN] as const];
    expect(problemsWith({ references })).toEqual([]);
  });

  it('that is no reference at all does not break the check', () => {
    const references = [
      ['hubToken', undefined],
      ['secretEnv.A', TOKEN],
    ] as unknown as SecretUse['references'];
    expect(problemsWith({ references })).toEqual([]);
  });
});

describe('a source that nothing uses', () => {
  it('is told by name, one by one', () => {
    const problems = problemsWith({ sources: handMade('hub', 'a', 'b') });
    expect(problems).toMatchObject([
      { rule: 'WP-SEC-002', prop: 'secrets', value: 'a' },
      { rule: 'WP-SEC-002', prop: 'secrets', value: 'b' },
    ]);
  });

  it('is used when images are pulled with it', () => {
    expect(problemsWith({ references: [], imagePullSecrets: ['hub'] })).toEqual([]);
  });
});

describe('a secret that images are pulled with', () => {
  const pulled = (source: SecretSource) =>
    problemsWith({ sources: { hub: source }, references: [], imagePullSecrets: ['hub'] });

  it('comes from a Secret, which is there before the pod', () => {
    expect(pulled(SecretSource.kubernetes({ madeBy: 'the platform team' }))).toEqual([]);
    expect(pulled(external({ keys: { '.dockerconfigjson': { remoteKey: 'mirror' } } }))).toEqual([]);
  });

  it.each([agent(), vaultCsi(), azure()])('does not come from inside the pod', (source) => {
    expect(pulled(source)).toMatchObject([{ rule: 'WP-SEC-011', prop: 'imagePullSecrets', value: 'hub' }]);
  });

  it('carries the key that the kubelet reads', () => {
    expect(pulled(external())).toMatchObject([
      { rule: 'WP-SEC-003', prop: 'imagePullSecrets', value: '.dockerconfigjson' },
    ]);
  });

  it('has a source', () => {
    expect(problemsWith({ imagePullSecrets: ['mirror'] })).toMatchObject([
      { rule: 'WP-SEC-001', prop: 'imagePullSecrets', value: 'mirror' },
    ]);
  });

  it('whose name is illegal is left to the rule about names', () => {
    expect(problemsWith({ imagePullSecrets: ['No Name'] })).toEqual([]);
  });
});

describe('the logins of a workload', () => {
  const logins = (...all: readonly string[]) =>
    problemsWith({}, new Map(all.map((login, index) => [`s${index}`, login]))).map(({ prop, value, allowed }) => [
      prop,
      value,
      allowed,
    ]);

  it('may be none, one, or the same several times', () => {
    for (const same of [[], ['a'], ['a', 'a', 'a']]) expect(logins(...same)).toEqual([]);
  });

  it('are refused where they differ from the first', () => {
    expect(logins('a', 'b', 'a', 'c')).toEqual([
      ["secrets['s1']", 'b', 'a'],
      ["secrets['s3']", 'c', 'a'],
    ]);
  });

  it('are refused by the rule of the one agent', () => {
    const both = new Map([
      ['x', 'a'],
      ['y', 'b'],
    ]);
    expect(problemsWith({}, both)).toMatchObject([{ rule: 'WP-SEC-008', prop: "secrets['y']" }]);
  });
});
