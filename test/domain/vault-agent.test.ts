import { type VaultAgentFile, type VaultAgentSecret, vaultAnnotations, vaultTemplate } from '../../lib/domain';

const SOURCE: VaultAgentSecret = {
  role: 'chat',
  path: 'secret/data/chat',
  keys: { token: 'hf_token', 'api-key': 'api-key' },
  egress: [{ pods: { namespace: 'vault' } }],
};

const file = (source: Partial<VaultAgentSecret> = {}, secretName = 'hub'): VaultAgentFile => ({
  secretName,
  source: { ...SOURCE, ...source },
  variables: [
    ['HF_TOKEN', 'token'],
    ['API_KEY', 'api-key'],
  ],
});

/** Annotations without their common prefix. */
function annotations(...files: readonly VaultAgentFile[]): Readonly<Record<string, string>> {
  const all = vaultAnnotations({ containerName: 'server', uid: 2000, gid: 3000, files });
  return Object.fromEntries(
    Object.entries(all).map(([key, value]) => [key.replace('vault.hashicorp.com/', ''), value]),
  );
}

describe('the template of a secret', () => {
  it('reads a field by name, or by index where the name is no identifier, and closes every quote', () => {
    const [first, second] = vaultTemplate(file()).split('\n');
    expect(first).toBe(
      `{{ with secret "secret/data/chat" }}export HF_TOKEN='{{ .Data.data.hf_token | replaceAll "'" "'\\\\''" }}'`,
    );
    expect(second).toBe(`export API_KEY='{{ index .Data.data "api-key" | replaceAll "'" "'\\\\''" }}'`);
  });

  it.each(['kv-v1', 'leased'] as const)('of %s has no second data', (engine) => {
    expect(vaultTemplate(file({ engine, path: 'kv/chat' }))).toContain('.Data.hf_token');
  });
});

describe('what the injector is told', () => {
  const told = annotations(file());

  it('is nothing without a secret', () => {
    expect(vaultAnnotations({ containerName: 'server', uid: 1, gid: 1, files: [] })).toEqual({});
  });

  it('logs in with the role at the usual mount, with a token of ours', () => {
    expect(told).toMatchObject({
      'agent-inject': 'true',
      role: 'chat',
      'auth-path': 'auth/kubernetes',
      'agent-service-account-token-volume-name': 'vault-token',
    });
  });

  it('leaves server and namespace to the platform unless they are given', () => {
    expect(Object.keys(told)).not.toEqual(expect.arrayContaining(['service']));
    const own = annotations(file({ address: 'https://vault:8200', vaultNamespace: 'ml', authPath: 'auth/prod' }));
    expect(own).toMatchObject({ service: 'https://vault:8200', namespace: 'ml', 'auth-path': 'auth/prod' });
  });

  it('gives each file to its user alone, and fails on a missing key', () => {
    expect(told).toMatchObject({
      'agent-inject-secret-hub': 'secret/data/chat',
      'agent-inject-perms-hub': '0400',
      'error-on-missing-key-hub': 'true',
      'agent-inject-containers': 'server',
    });
  });

  it('runs the agent as user and group of the pod, by number: the pod alone names them', () => {
    expect(told).toMatchObject({
      'agent-run-as-user': '2000',
      'agent-run-as-group': '3000',
      'agent-run-as-same-user': 'false',
      'agent-set-security-context': 'true',
    });
  });

  it('ends what fails, instead of trying for ever', () => {
    expect(told).toMatchObject({
      'agent-auto-auth-exit-on-err': 'true',
      'template-config-exit-on-retry-failure': 'true',
      'auth-max-backoff': '5s',
    });
  });

  it('takes little of the node', () => {
    expect(told).toMatchObject({
      'agent-requests-cpu': '50m',
      'agent-requests-mem': '64Mi',
      'agent-limits-cpu': '250m',
      'agent-limits-mem': '128Mi',
    });
  });

  it('keeps an agent beside the server only to renew a lease, and lets it not revoke what still drains', () => {
    expect(told['agent-pre-populate-only']).toBe('true');
    const leased = annotations(file(), file({ engine: 'leased', path: 'database/creds/chat' }, 'db'));
    expect(leased['agent-pre-populate-only']).toBeUndefined();
    expect(leased['agent-revoke-on-shutdown']).toBe('false');
  });

  it('is texts under names that Kubernetes accepts, however long the name of the secret may be', () => {
    const long = annotations(file({}, 'a'.repeat(41)));
    for (const [key, value] of Object.entries(long)) {
      expect(key.length).toBeLessThanOrEqual(63);
      expect(typeof value).toBe('string');
    }
  });
});
