import {
  checkSecretUse,
  type ExternalSecret,
  Findings,
  NO_SECRETS,
  planSecrets,
  type SecretInput,
  type SecretPlan,
  SecretSource,
  type SecretSources,
  secretPaths,
  type VaultAgentSecret,
} from '../../lib/domain';
import { complete, platform } from './given';

const ID = '5c2c2a0e-4c39-4a6a-9f0b-0c8f4f6f7c11';
const EGRESS = { pods: { namespace: 'vault' }, ports: [8200] };
const HAND_MADE = SecretSource.kubernetes({ madeBy: 'the platform team' });

const agent = (more: Partial<VaultAgentSecret> = {}) =>
  SecretSource.vaultAgent({
    role: 'chat',
    path: 'secret/data/chat',
    keys: { token: 'hf_token', key: 'api_key' },
    egress: [EGRESS],
    ...more,
  });

const external = (more: Partial<ExternalSecret> = {}) =>
  SecretSource.externalSecrets({
    store: { name: 'platform' },
    keys: { token: { remoteKey: 'hub-token' } },
    ...more,
  });

const mounted = (sync?: boolean) =>
  SecretSource.secretsStoreCsi({
    provider: 'azure',
    keyVaultName: 'chat',
    tenantId: ID,
    clientId: ID,
    keys: { token: { objectName: 'hub-token' }, key: { objectName: 'api-key' } },
    ...(sync !== undefined && { sync }),
  });

const TOKEN = { HF_TOKEN: { secretName: 'hub', key: 'token' } };

function planned(sources: SecretSources, more: Partial<SecretInput> = {}): SecretPlan {
  const input = { sources, env: TOKEN, imagePullSecrets: [], containerName: 'server', uid: 2000, gid: 3000 };
  return planSecrets({ ...input, ...more });
}

describe('a workload without secrets', () => {
  it('gets nothing of any kind', () => {
    expect(planned({}, { env: {} })).toEqual(NO_SECRETS);
    expect(Object.values(NO_SECRETS).flatMap((part) => Object.keys(part))).toEqual([]);
  });

  it('gets nothing from a source that it does not use', () => {
    for (const source of [HAND_MADE, external(), mounted(), mounted(false), agent()]) {
      expect(planned({ hub: source }, { env: {} })).toEqual(NO_SECRETS);
    }
  });
});

describe('a Secret that somebody writes', () => {
  const plan = planned({ hub: HAND_MADE });

  it('reaches the container as a reference, and nothing is drawn', () => {
    expect(plan.env).toEqual(TOKEN);
    expect(plan.claims).toEqual([{ secretName: 'hub', origin: 'kubernetes', object: undefined }]);
    expect(plan.startFiles).toEqual([]);
  });

  it('is acknowledged on the workload with who writes it, line by line', () => {
    expect(plan.annotations).toEqual({ 'policy.warmpath.dev/WP-REF-002': 'Secret/hub: the platform team' });
    const two = planned({ hub: HAND_MADE, mirror: HAND_MADE, unused: HAND_MADE }, { imagePullSecrets: ['mirror'] });
    expect(two.annotations).toEqual({
      'policy.warmpath.dev/WP-REF-002': 'Secret/hub: the platform team\nSecret/mirror: the platform team',
    });
  });
});

describe('a Secret of the External Secrets Operator', () => {
  it('reaches the container as a reference to the Secret that the operator writes', () => {
    const { env, claims, annotations, startFiles } = planned({ hub: external() });
    expect(env).toEqual(TOKEN);
    expect(claims).toMatchObject([{ secretName: 'hub', object: { kind: 'ExternalSecret', name: 'hub' } }]);
    expect([annotations, startFiles]).toEqual([{}, []]);
  });

  const storeNote = (store: ExternalSecret['store']) =>
    planned({ hub: external({ store }) }).claims[0]?.object?.annotations['policy.warmpath.dev/WP-REF-010'];

  it('says on the object who keeps the store, which nobody draws', () => {
    expect(storeNote({ name: 'platform' })).toBe(
      'ClusterSecretStore/platform: the platform keeps it beside the External Secrets Operator',
    );
    expect(storeNote({ name: 'team', kind: 'SecretStore', madeBy: 'the chat team' })).toBe(
      'SecretStore/team: the chat team',
    );
  });

  it('has the type of a pull secret only where images are pulled with it', () => {
    const pulls = planned({ hub: external() }, { env: {}, imagePullSecrets: ['hub'] }).claims[0]?.object;
    expect(pulls?.spec).toMatchObject({ target: { template: { type: 'kubernetes.io/dockerconfigjson' } } });
    expect(planned({ hub: external() }).claims[0]?.object?.spec.target).not.toHaveProperty('template');
  });

  it('has the same origin in two workloads exactly when it is the same object', () => {
    const originOf = (source: SecretSource) => planned({ hub: source }).claims[0]?.origin;
    expect(originOf(external())).toBe(originOf(external()));
    expect(originOf(external())).not.toBe(originOf(external({ refreshSeconds: 60 })));
  });
});

describe('a secret that the CSI driver mounts', () => {
  it('and copies reaches the container as a reference, beside the mount that makes the copy', () => {
    for (const source of [mounted(), mounted(true)]) {
      const plan = planned({ hub: source });
      expect(plan.env).toEqual(TOKEN);
      expect(plan.startFiles).toEqual([]);
      expect(plan.mounts).toEqual([{ className: 'hub', mountPath: '/mnt/secrets/hub' }]);
    }
  });

  it('without a copy is read from one file for each variable', () => {
    const env = { ...TOKEN, API_KEY: { secretName: 'hub', key: 'key' } };
    const plan = planned({ hub: mounted(false) }, { env });
    expect(plan.env).toEqual({});
    expect(plan.startFiles).toMatchObject([
      { kind: 'value', path: '/mnt/secrets/hub/token', name: 'HF_TOKEN' },
      { kind: 'value', path: '/mnt/secrets/hub/key', name: 'API_KEY' },
    ]);
    expect(plan.mounts).toEqual([{ className: 'hub', mountPath: '/mnt/secrets/hub' }]);
  });

  it('is drawn as a SecretProviderClass of its name', () => {
    expect(planned({ hub: mounted() }).claims).toMatchObject([
      { secretName: 'hub', object: { kind: 'SecretProviderClass', name: 'hub' } },
    ]);
  });

  it('brings no token and no way out of the pod: the driver has its own', () => {
    const { tokens, egress, podAnnotations } = planned({ hub: mounted(false) });
    expect([tokens, egress, podAnnotations]).toEqual([[], [], {}]);
  });
});

describe('a secret of the Vault agent', () => {
  const env = { ...TOKEN, API_KEY: { secretName: 'hub', key: 'key' } };
  const plan = planned({ hub: agent() }, { env });

  it('is read from one file that sets all its variables, and from no Secret', () => {
    expect(plan.startFiles).toMatchObject([
      { kind: 'exports', path: '/vault/secrets/hub', names: ['HF_TOKEN', 'API_KEY'] },
    ]);
    expect([plan.env, plan.claims, plan.mounts, plan.annotations]).toEqual([{}, [], [], {}]);
  });

  it('brings the token of the login, the way to Vault and the notes for the injector', () => {
    expect(plan.tokens).toEqual([
      { volumeName: 'vault-token', audience: 'vault', expirationSeconds: 3600, path: 'token' },
    ]);
    expect(plan.egress).toEqual([EGRESS]);
    expect(plan.podAnnotations).toMatchObject({
      'vault.hashicorp.com/agent-inject-containers': 'server',
      'vault.hashicorp.com/agent-run-as-user': '2000',
      'vault.hashicorp.com/agent-run-as-group': '3000',
    });
  });

  it('brings nothing where no variable comes from it', () => {
    const beside = planned({ hub: HAND_MADE, db: agent() });
    expect([beside.tokens, beside.egress, beside.podAnnotations, beside.startFiles]).toEqual([[], [], {}, []]);
  });

  it('shares the pod with secrets of every other kind', () => {
    const mixed = {
      HF_TOKEN: { secretName: 'hub', key: 'token' },
      DB: { secretName: 'db', key: 'token' },
      KEY: { secretName: 'vault', key: 'token' },
      A: { secretName: 'files', key: 'token' },
    };
    const sources = { hub: HAND_MADE, db: external(), vault: agent(), files: mounted(false) };
    const all = planned(sources, { env: mixed });
    expect(Object.keys(all.env)).toEqual(['HF_TOKEN', 'DB']);
    expect(all.startFiles.map(({ path }) => path)).toEqual(['/vault/secrets/vault', '/mnt/secrets/files/token']);
    expect(all.claims.map(({ secretName }) => secretName)).toEqual(['hub', 'db', 'files']);
  });
});

describe('the directories that secrets take', () => {
  it('are those of the kinds that come as files', () => {
    expect(secretPaths({ hub: HAND_MADE, db: external() })).toEqual([]);
    expect(secretPaths({ hub: agent() })).toEqual(['/vault/secrets']);
    expect(secretPaths({ hub: mounted() })).toEqual(['/mnt/secrets']);
    expect(secretPaths({ a: mounted(), b: agent() })).toEqual(['/vault/secrets', '/mnt/secrets']);
  });
});

describe('what a workload says beside its secrets', () => {
  function problemsWith(sources: SecretSources, podAnnotations?: Readonly<Record<string, string>>) {
    const findings = new Findings();
    checkSecretUse(findings, {
      sources,
      env: Object.fromEntries(Object.keys(sources).map((name) => [name, { secretName: name, key: 'token' }])),
      references: Object.keys(sources).map((name) => [`secretEnv.${name}`, { secretName: name, key: 'token' }]),
      imagePullSecrets: [],
      platform: platform('aks'),
      ends: false,
      ...(podAnnotations !== undefined && { podAnnotations }),
    });
    return complete(findings.problems);
  }

  it('may be annotations of its own', () => {
    expect(problemsWith({ hub: agent() })).toEqual([]);
    expect(problemsWith({ hub: agent() }, { 'example.com/note': 'a' })).toEqual([]);
    expect(problemsWith({ hub: HAND_MADE }, { 'vault.hashicorp.com/role': 'other' })).toEqual([]);
  });

  it('may not be an annotation that the agent depends on', () => {
    const own = { 'vault.hashicorp.com/role': 'other', 'vault.hashicorp.com/log-level': 'debug' };
    expect(problemsWith({ hub: agent() }, own)).toMatchObject([
      { rule: 'WP-NAME-005', prop: "podAnnotations['vault.hashicorp.com/role']", value: 'other' },
    ]);
  });

  it('may not be two logins to Vault', () => {
    expect(problemsWith({ a: agent(), b: agent({ path: 'secret/data/b' }) })).toEqual([]);
    expect(problemsWith({ a: agent(), b: agent({ role: 'b' }) })).toMatchObject([
      { rule: 'WP-SEC-008', prop: "secrets['b']" },
    ]);
  });

  it('is checked to the end where a source is no source', () => {
    const sources = { hub: undefined, db: agent() } as unknown as SecretSources;
    expect(problemsWith(sources).map(({ rule }) => rule)).toEqual(['WP-SEC-001']);
    expect(secretPaths(sources)).toEqual(['/vault/secrets']);
  });
});
