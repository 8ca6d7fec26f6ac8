/** What the secrets and the identity of a workload become, for every way in which a secret comes to exist. */
import {
  GpuInferenceService,
  type GpuInferenceServiceProps,
  GpuTrainingJob,
  type GpuTrainingJobProps,
  SecretSource,
  WorkloadIdentity,
} from '../../lib';
import {
  type Container,
  containerOf,
  drawService,
  envOf,
  handMade,
  jobProps,
  newChart,
  platform,
  pool,
  refusalsOf,
  SOURCES,
  serviceProps,
  synth,
} from '../support/synth';

const TOKEN = { secretName: 'hub', key: 'token' };
const API_KEY = { secretName: 'hub', key: 'api-key' };
const CLIENT_ID = '5c2c2a0e-4c39-4a6a-9f0b-0c8f4f6f7c11';

/** A service that takes both keys of one secret. */
function drawWith(source: SecretSource, more: Partial<GpuInferenceServiceProps> = {}) {
  return drawService({ hubToken: TOKEN, secretEnv: { VLLM_API_KEY: API_KEY }, secrets: { hub: source }, ...more });
}

function drawJob(more: Partial<GpuTrainingJobProps>) {
  const chart = newChart();
  new GpuTrainingJob(chart, 'finetune', jobProps(more));
  const result = synth(chart);
  const job = result.one('Job');
  return { ...result, job, container: containerOf(job), pod: job.spec.template.spec };
}

/** Variables that Kubernetes fills from a Secret: name to key. */
function references({ env }: Container): Readonly<Record<string, unknown>> {
  const found = env.flatMap(({ name, valueFrom }) => (valueFrom === undefined ? [] : [[name, valueFrom] as const]));
  return Object.fromEntries(found);
}

const FROM_SECRET = {
  HF_TOKEN: { secretKeyRef: { name: 'hub', key: 'token' } },
  VLLM_API_KEY: { secretKeyRef: { name: 'hub', key: 'api-key' } },
};

const ofKind = (objects: readonly { readonly kind: string }[], kind: string) =>
  objects.filter((object) => object.kind === kind);

describe('a service whose secret stands in the cluster', () => {
  test.each([
    ['by hand', SOURCES.kubernetes],
    ['by the External Secrets Operator', SOURCES.externalSecrets],
    ['by the CSI driver from Azure', SOURCES.azureCsi],
    ['by the CSI driver from Vault', SOURCES.vaultCsi],
  ])('%s takes its variables from it, and starts as it would without', (_, source) => {
    const { container } = drawWith(source);
    expect(references(container)).toEqual(FROM_SECRET);
    expect(container.command).toEqual(drawService().container.command);
  });

  test('by hand says on the Deployment who writes it, not on the pods, which that would restart', () => {
    const { deployment, objects } = drawWith(SecretSource.kubernetes({ madeBy: 'the rota, by kubectl' }));
    const key = 'policy.warmpath.dev/WP-REF-002';
    expect(deployment.metadata.annotations?.[key]).toBe('Secret/hub: the rota, by kubectl');
    expect(deployment.spec.template.metadata.annotations?.[key]).toBeUndefined();
    expect(objects.map(({ kind }) => kind)).toEqual(drawService().objects.map(({ kind }) => kind));
  });

  test('says so for each secret, and for those that images are pulled with, on a line of its own', () => {
    const { deployment } = drawService({
      secretEnv: { A: { secretName: 'a', key: 'k' } },
      imagePullSecrets: ['mirror'],
      secrets: handMade('a', 'mirror'),
    });
    expect(deployment.metadata.annotations?.['policy.warmpath.dev/WP-REF-002']?.split('\n')).toEqual([
      'Secret/a: whoever runs the tests',
      'Secret/mirror: whoever runs the tests',
    ]);
  });

  test('by an operator draws what the operator reads, in its namespace, with its owner', () => {
    const { objects } = drawWith(SOURCES.externalSecrets);
    expect(ofKind(objects, 'ExternalSecret')).toEqual([
      expect.objectContaining({
        metadata: {
          name: 'hub',
          namespace: 'chat',
          labels: expect.objectContaining({ 'warmpath.dev/owner': 'chat-oncall' }),
          annotations: { 'policy.warmpath.dev/WP-REF-010': expect.stringMatching(/^ClusterSecretStore\/platform: /) },
        },
      }),
    ]);
  });

  test('needs no egress: operator and driver ask from their own pods', () => {
    const plain = drawService().one('NetworkPolicy').spec.egress;
    for (const source of [SOURCES.externalSecrets, SOURCES.azureCsi, SOURCES.vaultCsi]) {
      expect(drawWith(source).one('NetworkPolicy').spec.egress).toEqual(plain);
    }
  });
});

describe('a service whose secret is mounted', () => {
  const { deployment, container, objects } = drawWith(SOURCES.vaultCsi);

  test('mounts the volume, without which the driver copies nothing', () => {
    expect(deployment.spec.template.spec.volumes).toContainEqual({
      name: 'secret-0',
      csi: {
        driver: 'secrets-store.csi.k8s.io',
        readOnly: true,
        volumeAttributes: { secretProviderClass: 'hub' },
      },
    });
    expect(container.volumeMounts).toContainEqual({ name: 'secret-0', mountPath: '/mnt/secrets/hub', readOnly: true });
    expect(ofKind(objects, 'SecretProviderClass')).toHaveLength(1);
  });

  test('reads its variables from files where no Secret is wanted', () => {
    const files = drawWith(SOURCES.vaultCsiFiles);
    expect(references(files.container)).toEqual({});
    const [shell, , script, , ...command] = files.container.command;
    expect([shell, ...command]).toEqual(['/bin/sh', ...container.command]);
    expect(script).toContain("HF_TOKEN=`cat '/mnt/secrets/hub/token'");
    expect(script).toContain("VLLM_API_KEY=`cat '/mnt/secrets/hub/api-key'");
    expect(files.container.args).toEqual(container.args);
  });
});

describe('a service whose secret the Vault agent brings', () => {
  const { deployment, container, objects, one } = drawWith(SOURCES.vaultAgent);
  const pod = deployment.spec.template;

  test('has the annotations on its pods, for user, group and container of the server', () => {
    expect(pod.metadata.annotations).toMatchObject({
      'vault.hashicorp.com/agent-inject': 'true',
      'vault.hashicorp.com/role': 'chat',
      'vault.hashicorp.com/agent-inject-containers': container.name,
      'vault.hashicorp.com/agent-run-as-user': '2000',
    });
    expect(pod.spec.securityContext).toMatchObject({ runAsUser: 2000, seccompProfile: { type: 'RuntimeDefault' } });
    expect(deployment.metadata.annotations).not.toHaveProperty(['vault.hashicorp.com/agent-inject']);
  });

  test('has a token for Vault that only the agent mounts, as the pod mounts none', () => {
    const audience = { audience: 'vault', expirationSeconds: 3600, path: 'token' };
    expect(pod.spec.automountServiceAccountToken).toBe(false);
    expect(pod.spec.volumes).toContainEqual({
      name: 'vault-token',
      projected: { sources: [{ serviceAccountToken: audience }] },
    });
    expect(container.volumeMounts.map(({ name }) => name)).not.toContain('vault-token');
  });

  test('runs as a ServiceAccount of its own, which a role can be bound to', () => {
    expect(pod.spec.serviceAccountName).toBe('chat');
  });

  test('takes no variable from a Secret, and reads the file before it becomes the server', () => {
    expect(references(container)).toEqual({});
    const [shell, flag, script, , ...command] = container.command;
    expect([shell, flag, ...command]).toEqual(['/bin/sh', '-c', 'vllm', 'serve']);
    expect(script).toMatch(/\[ -r '\/vault\/secrets\/hub' \] \|\| missing/);
    expect(script).toMatch(/exec "\$@"$/);
  });

  test('may reach Vault, and nothing else is opened', () => {
    const plain = drawService().one('NetworkPolicy').spec.egress ?? [];
    const egress = one('NetworkPolicy').spec.egress ?? [];
    expect(egress.filter((rule) => !plain.some((other) => JSON.stringify(other) === JSON.stringify(rule)))).toEqual([
      {
        to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'vault' } } }],
        ports: [{ protocol: 'TCP', port: 8200 }],
      },
    ]);
  });

  test('draws no further object', () => {
    expect(objects.map(({ kind }) => kind)).toEqual(drawService().objects.map(({ kind }) => kind));
  });

  test('takes variables from several secrets of one login, and from Secrets beside them', () => {
    const both = drawService({
      hubToken: TOKEN,
      secretEnv: { A: { secretName: 'second', key: 'token' }, B: { secretName: 'third', key: 'k' } },
      secrets: { hub: SOURCES.vaultAgent, second: SOURCES.vaultAgent, third: SOURCES.kubernetes },
    });
    expect(Object.keys(references(both.container))).toEqual(['B']);
    expect(both.container.command[2]).toMatch(/'\/vault\/secrets\/hub'[\s\S]*'\/vault\/secrets\/second'/);
    const volumes = both.deployment.spec.template.spec.volumes.filter(({ name }) => name === 'vault-token');
    expect(volumes).toHaveLength(1);
  });

  test('keeps other annotations of Vault that the team sets', () => {
    const podAnnotations = { 'vault.hashicorp.com/log-level': 'debug' };
    const own = drawWith(SOURCES.vaultAgent, { podAnnotations });
    expect(own.deployment.spec.template.metadata.annotations).toMatchObject(podAnnotations);
  });
});

describe('a token that a bound cache makes superfluous', () => {
  const modelCache = {
    claimName: 'weights',
    mountPath: '/cache',
    weightsPath: '/cache/qwen3-8b',
    transport: 'network-disk' as const,
  };

  test.each(Object.entries(SOURCES))('draws nothing of %s, and is no mistake', (_, source) => {
    const chart = newChart();
    const props = serviceProps({ hubToken: TOKEN, secrets: { hub: source }, modelCache });
    new GpuInferenceService(chart, 'chat', props);
    expect(refusalsOf(chart)).toEqual([]);
    const text = JSON.stringify(synth(chart).objects);
    expect(text).not.toMatch(/"hub"|vault\.hashicorp|secretKeyRef/);
  });
});

describe('two workloads of a namespace', () => {
  const draw = (first: SecretSource, second: SecretSource) => {
    const chart = newChart();
    const shared = pool({ maxNodes: 7 });
    for (const [name, source] of Object.entries({ one: first, two: second })) {
      const props = serviceProps({ name, hubToken: TOKEN, secrets: { hub: source }, pool: shared });
      new GpuInferenceService(chart, name, props);
    }
    return chart;
  };

  test.each(Object.entries(SOURCES))('share a secret of %s, whose object is drawn once', (_, source) => {
    const { objects } = synth(draw(source, source));
    const drawn = objects.filter(({ kind }) => kind === 'ExternalSecret' || kind === 'SecretProviderClass');
    expect(drawn.length).toBeLessThanOrEqual(1);
    expect(ofKind(objects, 'Deployment')).toHaveLength(2);
  });

  test('may word differently who writes a Secret', () => {
    expect(refusalsOf(draw(SOURCES.kubernetes, SecretSource.kubernetes({ madeBy: 'somebody else by hand' })))).toEqual(
      [],
    );
  });

  test('may log in to Vault under different roles: nothing of it stands in the cluster', () => {
    const other = SecretSource.vaultAgent({
      role: 'other',
      path: 'secret/data/chat',
      keys: { token: 'token' },
      egress: [{ cidr: '10.0.0.0/16' }],
    });
    expect(refusalsOf(draw(SOURCES.vaultAgent, other))).toEqual([]);
  });

  test('of different namespaces have secrets of their own', () => {
    const chart = newChart();
    const shared = pool({ maxNodes: 7 });
    for (const namespace of ['one', 'two']) {
      const secrets = { hub: SOURCES.externalSecrets };
      const props = serviceProps({ name: 'chat', namespace, hubToken: TOKEN, secrets, pool: shared });
      new GpuInferenceService(chart, namespace, props);
    }
    const drawn = ofKind(synth(chart).objects, 'ExternalSecret');
    expect(drawn).toHaveLength(2);
  });
});

describe('a job', () => {
  test('runs as a ServiceAccount of its own that mounts no token', () => {
    const { one, pod } = drawJob({});
    expect(pod).toMatchObject({ serviceAccountName: 'finetune', automountServiceAccountToken: false });
    expect(one('ServiceAccount')).toMatchObject({
      metadata: { name: 'finetune', namespace: 'training' },
      automountServiceAccountToken: false,
    });
  });

  test('says on itself who writes its secrets', () => {
    const secretEnv = { KEY: { secretName: 'wandb', key: 'k' } };
    const { job } = drawJob({ secretEnv, secrets: handMade('wandb') });
    expect(job.metadata.annotations).toEqual({
      'policy.warmpath.dev/WP-REF-002': 'Secret/wandb: whoever runs the tests',
    });
  });

  test('gets secrets of the Vault agent from an init container alone, and may reach Vault', () => {
    const secretEnv = { KEY: { secretName: 'wandb', key: 'token' } };
    const { job, one, container } = drawJob({ secretEnv, secrets: { wandb: SOURCES.vaultAgent } });
    expect(job.spec.template.metadata.annotations).toMatchObject({
      'vault.hashicorp.com/agent-pre-populate-only': 'true',
      'vault.hashicorp.com/agent-inject-containers': 'trainer',
      'vault.hashicorp.com/agent-run-as-user': '1000',
      'cluster-autoscaler.kubernetes.io/safe-to-evict': 'false',
    });
    expect(container.command.slice(-2)).toEqual(['torchrun', 'train.py']);
    expect(JSON.stringify(one('NetworkPolicy').spec.egress)).toContain('"port":8200');
  });
});

describe('an identity', () => {
  const azure = WorkloadIdentity.azure({ clientId: CLIENT_ID });

  test('of Azure labels the pods and annotates the account, and selects nothing by it', () => {
    const { deployment, one } = drawService({ identity: azure });
    const label = { 'azure.workload.identity/use': 'true' };
    expect(deployment.spec.template.metadata.labels).toMatchObject(label);
    expect(deployment.spec.selector.matchLabels).not.toMatchObject(label);
    expect(one('ServiceAccount').metadata.annotations).toEqual({ 'azure.workload.identity/client-id': CLIENT_ID });
  });

  test('stands beside annotations of the team', () => {
    const { one } = drawService({ identity: azure, serviceAccountAnnotations: { 'example.com/note': 'x' } });
    expect(one('ServiceAccount').metadata.annotations).toMatchObject({ 'example.com/note': 'x' });
  });

  test('of IBM Cloud mounts a token for IAM into the container and names the profile', () => {
    const iks = pool({
      name: 'l40s',
      platform: platform({ cloud: 'iks', kubernetes: '1.35', region: 'us-south' }),
      machine: 'gx3.24x120.l40s',
    });
    const identity = WorkloadIdentity.ibmTrustedProfile({ profileName: 'chat', services: ['secrets_manager'] });
    const { container, deployment } = drawService({ pool: iks, identity });
    expect(envOf(container)['SECRETS_MANAGER_IAM_PROFILE_NAME']).toBe('chat');
    expect(container.volumeMounts).toContainEqual({
      name: 'iam-token',
      mountPath: '/var/run/secrets/tokens',
      readOnly: true,
    });
    expect(deployment.spec.template.spec.volumes).toContainEqual({
      name: 'iam-token',
      projected: {
        sources: [{ serviceAccountToken: { audience: 'iam', expirationSeconds: 3600, path: 'sa-token' } }],
      },
    });
  });

  test('of a job labels its pod and annotates its account', () => {
    const { job, one } = drawJob({ identity: azure });
    expect(job.spec.template.metadata.labels).toMatchObject({ 'azure.workload.identity/use': 'true' });
    expect(one('ServiceAccount').metadata.annotations).toEqual({ 'azure.workload.identity/client-id': CLIENT_ID });
  });
});
