import { App, Chart, Duration } from 'cdk8s';
import {
  GpuInferenceService,
  type IModelCache,
  type IModelLock,
  type IScaler,
  type ISlo,
  type IWarmCapacity,
  PUBLIC_HTTPS,
  type ServingTarget,
  type WarmTarget,
  warningsOf,
} from '../../lib';
import {
  COMMIT,
  DIGEST,
  drawService,
  envOf,
  FACTS,
  handMade,
  newChart,
  OWNERSHIP,
  pairPool,
  platform,
  pool,
  quantity,
  serviceProps,
  synth,
} from '../support/synth';

const OCI_MODEL = { uri: `oci://registry.example.com/models/chat@${DIGEST}`, facts: FACTS };

class FakeScaler implements IScaler {
  readonly bound: ServingTarget[] = [];
  constructor(
    readonly minReplicas: number,
    readonly maxReplicas: number,
  ) {}
  bindScaler(target: ServingTarget): void {
    this.bound.push(target);
  }
}

class FakeWarmCapacity implements IWarmCapacity {
  readonly bound: ServingTarget[] = [];
  readonly pods: WarmTarget['pod'][] = [];
  constructor(readonly imagePrefetched: boolean) {}
  bindWarmCapacity({ pod, ...target }: WarmTarget): void {
    this.bound.push(target);
    this.pods.push(pod);
  }
}

class FakeSlo implements ISlo {
  readonly bound: ServingTarget[] = [];
  bindSlo(target: ServingTarget): void {
    this.bound.push(target);
  }
}

const cache: IModelCache = {
  claimName: 'weights-chat',
  mountPath: '/mnt/weights',
  weightsPath: '/mnt/weights/qwen3-8b',
  transport: 'local-nvme',
};

const lock: IModelLock = {
  env: { WARMPATH_LOCK: 'zk://zookeeper.locks:2181/chat' },
  egress: [{ pods: { namespace: 'locks' }, ports: [2181] }],
};

function flag(args: readonly string[], name: string): string | undefined {
  const index = args.indexOf(name);
  return index < 0 ? undefined : args[index + 1];
}

/** What the server reads out of the ConfigMap, by path. */
function filesOf({ container, deployment, one }: ReturnType<typeof drawService>): Readonly<Record<string, string>> {
  const config = deployment.spec.template.spec.volumes.find(({ configMap }) => configMap !== undefined);
  const { data } = one('ConfigMap', config?.configMap?.name);
  const mounts = container.volumeMounts.filter(({ name }) => name === config?.name);
  expect(mounts.map(({ subPath }) => subPath).sort()).toEqual(Object.keys(data).sort());
  for (const { readOnly } of mounts) expect(readOnly).toBe(true);
  return Object.fromEntries(mounts.map(({ mountPath, subPath }) => [mountPath, data[subPath ?? ''] ?? '']));
}

describe('the objects of a service', () => {
  const drawn = drawService();

  test('are one of each kind that keeps it served', () => {
    expect(drawn.objects.map(({ kind }) => kind).sort()).toEqual([
      'Deployment',
      'NetworkPolicy',
      'PodDisruptionBudget',
      'Service',
      'ServiceAccount',
    ]);
  });

  test('carry the name, which is the construct id unless one is given, and the namespace', () => {
    for (const { metadata } of drawn.objects) expect(metadata).toMatchObject({ name: 'chat', namespace: 'chat' });
    expect(drawService({ name: 'talk' }).deployment.metadata.name).toBe('talk');
  });

  test('carry team, cost centre, owner, environment, model and version as labels', () => {
    for (const { metadata } of drawn.objects) {
      expect(metadata.labels).toMatchObject({
        'app.kubernetes.io/managed-by': 'warmpath',
        'app.kubernetes.io/component': 'model-server',
        'warmpath.dev/owner': OWNERSHIP.owner,
        'warmpath.dev/team': OWNERSHIP.team,
        'warmpath.dev/cost-centre': OWNERSHIP.costCentre,
        'warmpath.dev/environment': OWNERSHIP.environment,
        'warmpath.dev/pool': 'a100',
        'warmpath.dev/model-name': 'qwen3-8b',
        'warmpath.dev/model-version': 'b968826d9c46',
      });
    }
  });

  test('tell the model coordinates and the cold-start budget in annotations of the Deployment', () => {
    const { annotations } = drawn.deployment.metadata;
    expect(annotations).toMatchObject({
      'warmpath.dev/model-uri': 'hf://Qwen/Qwen3-8B@b968826d9c46dd6066d109eabc6255188de91218',
      'warmpath.dev/cold-start-p95-seconds': String(Math.round(drawn.service.plan?.coldStart.p95Seconds ?? 0)),
      'warmpath.dev/container-start-p95-seconds': String(
        Math.round(drawn.service.plan?.coldStart.containerP95Seconds ?? 0),
      ),
    });
  });

  test('keep the owner off the pods, or a new rota would restart them', () => {
    const { labels } = drawn.deployment.spec.template.metadata;
    expect(labels).not.toHaveProperty(['warmpath.dev/owner']);
    expect(labels).toMatchObject({ 'warmpath.dev/team': OWNERSHIP.team, 'warmpath.dev/model-name': 'qwen3-8b' });
  });

  test('say in the pod template only what identifies the model, so that a new estimate restarts no pod', () => {
    expect(Object.keys(drawn.deployment.spec.template.metadata.annotations ?? {})).toEqual(['warmpath.dev/model-uri']);
  });

  test('select pods by labels that no update of the model changes', () => {
    const { selector, template } = drawn.deployment.spec;
    expect(selector.matchLabels).toEqual({ 'app.kubernetes.io/name': 'chat', 'app.kubernetes.io/instance': 'chat' });
    expect(template.metadata.labels).toMatchObject(selector.matchLabels);
    expect(drawn.service.podSelector).toEqual(selector.matchLabels);
  });

  test('let Service, budget and network policy find exactly the pods of the Deployment', () => {
    const { matchLabels } = drawn.deployment.spec.selector;
    expect(drawn.one('Service').spec.selector).toEqual(matchLabels);
    expect(drawn.one('PodDisruptionBudget').spec.selector.matchLabels).toEqual(matchLabels);
    expect(drawn.one('NetworkPolicy').spec.podSelector.matchLabels).toEqual(matchLabels);
  });

  test('route the Service to named ports that the container has', () => {
    expect(drawn.one('Service').spec).toMatchObject({
      type: 'ClusterIP',
      ports: [{ name: 'http', port: 8000, targetPort: 'http', protocol: 'TCP' }],
    });
    expect(drawn.container.ports).toEqual([{ name: 'http', containerPort: 8000 }]);
  });

  test('mount no token: neither the ServiceAccount nor the pod', () => {
    expect(drawn.one('ServiceAccount').automountServiceAccountToken).toBe(false);
    expect(drawn.deployment.spec.template.spec).toMatchObject({
      serviceAccountName: 'chat',
      automountServiceAccountToken: false,
      enableServiceLinks: false,
    });
  });
});

describe('replicas and disruption', () => {
  test('three pods run by default and two of them stay', () => {
    const drawn = drawService();
    expect(drawn.deployment.spec.replicas).toBe(3);
    expect(drawn.one('PodDisruptionBudget').spec.minAvailable).toBe(2);
  });

  test('a budget of its own is written as given', () => {
    const drawn = drawService({ replicas: 4, disruption: { minAvailable: 3 } });
    expect(drawn.one('PodDisruptionBudget').spec.minAvailable).toBe(3);
  });

  test('a pod that never got ready does not hold up a drain', () => {
    expect(drawService().one('PodDisruptionBudget').spec.unhealthyPodEvictionPolicy).toBe('AlwaysAllow');
  });

  test('an accepted outage emits no budget and says so with the reason', () => {
    const drawn = drawService({ replicas: 1, disruption: { allowOutageReason: 'nobody waits for it' } });
    expect(drawn.all('PodDisruptionBudget')).toEqual([]);
    const warning = warningsOf(drawn.chart).find(({ problem }) => problem.rule === 'WP-PDB-004');
    expect(warning).toMatchObject({ path: 'chart/chat', problem: { value: 'nobody waits for it' } });
  });
});

describe('the timers of a start', () => {
  const models = ['qwen2.5-1.5b-instruct', 'qwen3-8b', 'phi-4'] as const;

  test.each(models)('the startup probe of %s outlasts the p95 of the container', (catalogue) => {
    const { container, service } = drawService({ model: { catalogue } });
    const probe = container.startupProbe;
    const patience = (probe?.periodSeconds ?? 0) * (probe?.failureThreshold ?? 0);
    expect(patience).toBeGreaterThan(service.plan?.coldStart.containerP95Seconds ?? Number.NaN);
  });

  test.each(models)('the rollout of %s is called stuck only after the p95 of the whole way', (catalogue) => {
    const { deployment, service, container } = drawService({ model: { catalogue } });
    const probe = container.startupProbe;
    const patience = (probe?.periodSeconds ?? 0) * (probe?.failureThreshold ?? 0);
    const { progressDeadlineSeconds } = deployment.spec;
    expect(progressDeadlineSeconds).toBeGreaterThan(service.plan?.coldStart.p95Seconds ?? Number.NaN);
    expect(progressDeadlineSeconds).toBeGreaterThan(patience);
  });

  test("a team's own measurement moves both", () => {
    const slow = { weights: { p50Seconds: 1800, p95Seconds: 3600 } };
    const { deployment, container } = drawService({ coldStart: slow });
    const { periodSeconds = 0, failureThreshold = 0 } = container.startupProbe ?? {};
    expect(periodSeconds * failureThreshold).toBeGreaterThan(3600);
    expect(deployment.spec.progressDeadlineSeconds).toBeGreaterThan(3600);
  });

  test('ready and alive are asked by name of the port, with the paths of the server', () => {
    const { container } = drawService();
    for (const probe of [container.startupProbe, container.readinessProbe, container.livenessProbe]) {
      expect(probe?.httpGet).toEqual({ path: '/health', port: 'http' });
    }
    expect(container.readinessProbe).toMatchObject({ periodSeconds: 5, failureThreshold: 3 });
    expect(container.livenessProbe).toMatchObject({ periodSeconds: 10, failureThreshold: 6 });
  });

  test('an image that is brought to nodes shortens no deadline: a pod may be the first on a new node', () => {
    const cold = drawService();
    const warm = drawService({ warmCapacity: new FakeWarmCapacity(true) });
    expect(warm.deployment.spec.progressDeadlineSeconds).toBe(cold.deployment.spec.progressDeadlineSeconds);
  });
});

describe('the end of a pod', () => {
  test('pauses in the kubelet from Kubernetes 1.30', () => {
    const { container } = drawService({ pool: pool({ platform: platform({ kubernetes: '1.30' }) }) });
    expect(container.lifecycle).toEqual({ preStop: { sleep: { seconds: 15 } } });
  });

  test("pauses with the image's own sleep on 1.29, which does not know the field", () => {
    const { container } = drawService({ pool: pool({ platform: platform({ kubernetes: '1.29' }) }) });
    expect(container.lifecycle).toEqual({ preStop: { exec: { command: ['sleep', '15'] } } });
  });

  test.each([1, 45, 60, 500])('a drain of %i s reaches the server and fits the grace period', (seconds) => {
    const { container, deployment, service } = drawService({ drain: Duration.seconds(seconds) });
    const pause = container.lifecycle?.preStop.sleep?.seconds ?? Number.NaN;
    const teardown = service.plan?.runtime.teardownSeconds ?? Number.NaN;
    expect(flag(container.args, '--shutdown-timeout')).toBe(String(seconds));
    const { terminationGracePeriodSeconds } = deployment.spec.template.spec;
    expect(terminationGracePeriodSeconds).toBeGreaterThan(pause + seconds + teardown);
    expect(terminationGracePeriodSeconds).toBeLessThanOrEqual(600);
  });

  test('45 s are drained unless said otherwise', () => {
    expect(flag(drawService().container.args, '--shutdown-timeout')).toBe('45');
  });
});

describe('what the pod gets', () => {
  const drawn = drawService();
  const { requests, limits } = drawn.container.resources;

  test('its GPU, in requests and limits alike', () => {
    expect(requests['nvidia.com/gpu']).toBe('1');
    expect(limits?.['nvidia.com/gpu']).toBe('1');
  });

  test('memory and disk that it cannot exceed and that the node has', () => {
    expect(requests['memory']).toBe(limits?.['memory']);
    expect(quantity(requests['ephemeral-storage'])).toBeLessThanOrEqual(quantity(limits?.['ephemeral-storage']));
    const { capacity } = pool();
    expect(quantity(limits?.['memory'])).toBeLessThanOrEqual(capacity.workloadMemoryBytes);
    expect(quantity(limits?.['cpu']) * 1000).toBeLessThanOrEqual(capacity.workloadCpuMillis);
    expect(quantity(limits?.['ephemeral-storage'])).toBeLessThanOrEqual(capacity.allocatableDiskBytes);
  });

  test('disk for the downloaded weights', () => {
    const weights = drawn.service.plan?.model.weightsBytes ?? Number.NaN;
    const home = drawn.deployment.spec.template.spec.volumes.find(({ name }) => name === 'home');
    expect(quantity(home?.emptyDir?.sizeLimit)).toBeGreaterThan(weights);
    const limitsOfVolumes = drawn.deployment.spec.template.spec.volumes
      .filter(({ emptyDir }) => emptyDir !== undefined && emptyDir.medium === undefined)
      .reduce((sum, { emptyDir }) => sum + quantity(emptyDir?.sizeLimit), 0);
    expect(limitsOfVolumes).toBeLessThanOrEqual(quantity(requests['ephemeral-storage']));
  });

  test('/dev/shm in memory, counted in the memory limit', () => {
    const shm = drawn.deployment.spec.template.spec.volumes.find(({ name }) => name === 'shared-memory');
    expect(shm?.emptyDir).toEqual({ medium: 'Memory', sizeLimit: '2Gi' });
    expect(quantity(limits?.['memory'])).toBeGreaterThan(quantity('2Gi'));
  });

  test('cores and memory of its own when they are given', () => {
    const { container } = drawService({ resources: { cpu: 8, memoryGiB: 64 } });
    expect(container.resources.limits).toMatchObject({ cpu: '8', memory: '64Gi' });
    expect(container.resources.requests).toMatchObject({ cpu: '7200m', memory: '64Gi' });
  });
});

describe('what the pod may write', () => {
  test.each(['vllm', 'triton'] as const)('%s: HOME, /tmp and /dev/shm, and nothing else', (kind) => {
    const { container, deployment, service } = drawService({ runtime: { kind } });
    const writable = container.volumeMounts.filter(({ readOnly }) => !readOnly).map(({ mountPath }) => mountPath);
    expect(writable.sort()).toEqual(['/dev/shm', service.plan?.runtime.home, '/tmp'].sort());
    const scratch = deployment.spec.template.spec.volumes.filter(({ emptyDir }) => emptyDir).map(({ name }) => name);
    expect(scratch).toEqual(['tmp', 'home', 'shared-memory']);
    expect(container.securityContext).toMatchObject({ readOnlyRootFilesystem: true });
  });

  test.each(['vllm', 'triton', 'sglang'] as const)('%s: every cache lies below HOME', (kind) => {
    const runAsUser = kind === 'sglang' ? 1000 : undefined;
    const { container, service } = drawService({ runtime: { kind, runAsUser } });
    const env = envOf(container);
    expect(env['HOME']).toBe(service.plan?.runtime.home);
    const caches = Object.entries(env).filter(([name]) => /CACHE|HF_HOME|XDG_CONFIG_HOME/.test(name));
    expect(caches.length).toBeGreaterThanOrEqual(6);
    for (const [, path] of caches) expect(path?.startsWith(`${env['HOME']}/`)).toBe(true);
  });
});

describe('who the pod is', () => {
  const { deployment, container } = drawService();

  test("satisfies Pod Security 'restricted'", () => {
    expect(deployment.spec.template.spec.securityContext).toMatchObject({
      runAsNonRoot: true,
      runAsUser: 2000,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(deployment.spec.template.spec.volumes.every(({ hostPath }) => hostPath === undefined)).toBe(true);
  });

  test('stands on the inference rung, or on the canary rung when it is asked to', () => {
    expect(deployment.spec.template.spec.priorityClassName).toBe('warmpath-inference');
    const canary = drawService({ priority: 'canary' });
    expect(canary.deployment.spec.template.spec.priorityClassName).toBe('warmpath-canary');
  });

  test('is started from safetensors at the pinned revision, without code of the model', () => {
    const { args, command } = container;
    expect(command).toEqual(['vllm', 'serve']);
    expect(args[0]).toBe('Qwen/Qwen3-8B');
    expect(flag(args, '--revision')).toBe('b968826d9c46dd6066d109eabc6255188de91218');
    expect(flag(args, '--load-format')).toBe('safetensors');
    expect(args).not.toContain('--trust-remote-code');
  });

  test('runs code of the model only with a reason', () => {
    const trusting = drawService({ runtime: { trustRemoteCodeReason: 'reviewed on 2026-07-01' } });
    expect(trusting.container.args).toContain('--trust-remote-code');
  });

  test('takes the token of a gated model from a Secret', () => {
    const gated = drawService({
      model: { catalogue: 'llama-3.1-8b-instruct' },
      hubToken: { secretName: 'hugging-face', key: 'token' },
      secrets: handMade('hugging-face'),
    });
    expect(gated.container.env).toContainEqual({
      name: 'HF_TOKEN',
      valueFrom: { secretKeyRef: { name: 'hugging-face', key: 'token' } },
    });
  });

  test('is pinned by the digest of the lock, else by tag with a warning', () => {
    const tagged = drawService();
    expect(tagged.container.image).toBe('vllm/vllm-openai:v0.32.0');
    expect(warningsOf(tagged.chart).map(({ problem }) => problem.rule)).toContain('WP-IMG-003');
    const locked = drawService({ images: { 'vllm/vllm-openai:v0.32.0': DIGEST } });
    expect(locked.container.image).toBe(`vllm/vllm-openai:v0.32.0@${DIGEST}`);
    expect(warningsOf(locked.chart).map(({ problem }) => problem.rule)).not.toContain('WP-IMG-003');
  });
});

describe('what a team adds', () => {
  test('secrets reach the server from Secrets', () => {
    const { container } = drawService({
      secretEnv: { VLLM_API_KEY: { secretName: 'chat', key: 'api-key' } },
      secrets: handMade('chat'),
    });
    expect(container.env).toContainEqual({
      name: 'VLLM_API_KEY',
      valueFrom: { secretKeyRef: { name: 'chat', key: 'api-key' } },
    });
  });

  test('plain variables and arguments reach the server behind those of warmpath', () => {
    const { container } = drawService({
      runtime: { extraEnv: { VLLM_LOGGING_LEVEL: 'DEBUG' }, extraArgs: ['--seed=7'] },
    });
    expect(envOf(container)['VLLM_LOGGING_LEVEL']).toBe('DEBUG');
    expect(container.args.at(-1)).toBe('--seed=7');
  });

  test('pull secrets and annotations of account and pods are written as given', () => {
    const drawn = drawService({
      imagePullSecrets: ['registry'],
      secrets: handMade('registry'),
      serviceAccountAnnotations: { 'azure.workload.identity/client-id': 'abc' },
      podAnnotations: { 'example.com/scrape': 'true' },
    });
    const { metadata, spec } = drawn.deployment.spec.template;
    expect(spec).toMatchObject({ imagePullSecrets: [{ name: 'registry' }] });
    expect(metadata.annotations).toMatchObject({ 'example.com/scrape': 'true' });
    expect(drawn.one('ServiceAccount').metadata.annotations).toEqual({ 'azure.workload.identity/client-id': 'abc' });
  });

  test('a required spread makes pods wait for another zone or host', () => {
    const { topologySpreadConstraints = [] } = drawService({ spread: 'required' }).deployment.spec.template.spec;
    expect(topologySpreadConstraints.map((one) => one.whenUnsatisfiable)).toEqual(['DoNotSchedule', 'DoNotSchedule']);
  });

  test('a mirror of the hub replaces the way to the internet', () => {
    const hubEgress = [{ cidr: '10.30.0.0/24' }];
    const { egress = [] } = drawService({ hubEgress }).one('NetworkPolicy').spec;
    expect(egress.slice(1)).toEqual([
      { to: [{ ipBlock: { cidr: '10.30.0.0/24' } }], ports: [{ port: 443, protocol: 'TCP' }] },
    ]);
  });

  test('a longer pause for gateways lengthens the grace period by as much', () => {
    const grace = (drawn: ReturnType<typeof drawService>) =>
      drawn.deployment.spec.template.spec.terminationGracePeriodSeconds;
    const slow = drawService({ endpointPropagation: Duration.seconds(40) });
    expect(slow.container.lifecycle).toEqual({ preStop: { sleep: { seconds: 40 } } });
    expect(grace(slow) - grace(drawService())).toBe(25);
  });

  test('a number of sequences reaches the server', () => {
    expect(flag(drawService({ maxNumSeqs: 32 }).container.args, '--max-num-seqs')).toBe('32');
  });

  test('a changed configuration file restarts the pods, an unchanged one does not', () => {
    const annotations = (maxModelLen: number) =>
      drawService({ runtime: { kind: 'triton' }, maxModelLen }).deployment.spec.template.metadata.annotations;
    expect(annotations(8192)).toEqual(annotations(8192));
    expect(annotations(8192)).not.toEqual(annotations(4096));
  });
});

describe('where the pod runs', () => {
  test('it tolerates exactly the taints of its pool', () => {
    const own = { key: 'example.com/reserved', value: 'chat', effect: 'NoSchedule' } as const;
    const plan = pool({ spot: true, taints: [own] });
    const { deployment } = drawService({ pool: plan });
    expect(deployment.spec.template.spec.tolerations).toEqual(
      plan.taints.map(({ key, value, effect }) => ({ key, operator: 'Equal', value, effect })),
    );
    expect(deployment.spec.template.spec.tolerations).toHaveLength(4);
  });

  test('it requires the label of its pool, which the pool carries', () => {
    const plan = pool();
    const { deployment } = drawService({ pool: plan });
    const { nodeSelectorTerms } =
      deployment.spec.template.spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution;
    expect(nodeSelectorTerms).toEqual([
      { matchExpressions: [{ key: 'warmpath.dev/pool', operator: 'In', values: ['a100'] }] },
    ]);
    expect(plan.labels['warmpath.dev/pool']).toBe('a100');
  });

  test('it prefers other zones and hosts than its siblings, and starts all the same when a zone is lost', () => {
    const spread = drawService().deployment.spec.template.spec.topologySpreadConstraints ?? [];
    expect(spread.map(({ topologyKey }) => topologyKey)).toEqual([
      'topology.kubernetes.io/zone',
      'kubernetes.io/hostname',
    ]);
    for (const { whenUnsatisfiable, labelSelector } of spread) {
      expect(whenUnsatisfiable).toBe('ScheduleAnyway');
      expect(labelSelector.matchLabels).toEqual({
        'app.kubernetes.io/name': 'chat',
        'app.kubernetes.io/instance': 'chat',
      });
    }
  });
});

describe('a rolling update', () => {
  const surging = { maxSurge: 1, maxUnavailable: 0 };
  const makingRoom = { maxSurge: 0, maxUnavailable: 1 };

  test('adds a pod first where the pool has a spare GPU', () => {
    expect(drawService({ replicas: 3 }).deployment.spec.strategy).toEqual({
      type: 'RollingUpdate',
      rollingUpdate: surging,
    });
  });

  test('makes room first on a full pool, where a further pod would wait for ever', () => {
    const { deployment } = drawService({ replicas: 3, pool: pool({ maxNodes: 3 }) });
    expect(deployment.spec.strategy.rollingUpdate).toEqual(makingRoom);
  });

  function together(order: readonly string[], maxNodes: number): Record<string, unknown> {
    const app = new App();
    const shared = pool({ maxNodes });
    for (const name of order) {
      new GpuInferenceService(new Chart(app, `service-${name}`), name, serviceProps({ pool: shared, replicas: 3 }));
    }
    const updates = synth(app)
      .all('Deployment')
      .map(({ metadata, spec }) => [metadata.name, spec.strategy.rollingUpdate]);
    return Object.fromEntries(updates);
  }

  test.each([
    ['room for one more pod of each', 8, surging],
    ['room for one more pod of one of them', 7, makingRoom],
    ['no room', 6, makingRoom],
  ] as const)('of services that share a pool with %s is the same whoever is created first', (_, maxNodes, expected) => {
    expect(together(['first', 'second'], maxNodes)).toEqual({ first: expected, second: expected });
    expect(together(['second', 'first'], maxNodes)).toEqual({ first: expected, second: expected });
  });
});

describe('a model over two GPUs', () => {
  const drawn = drawService({ pool: pairPool(), tensorParallel: 2, replicas: 3 });

  test('takes both of the pod and splits the model over them', () => {
    expect(drawn.container.resources.requests['nvidia.com/gpu']).toBe('2');
    expect(drawn.container.resources.limits?.['nvidia.com/gpu']).toBe('2');
    expect(flag(drawn.container.args, '--tensor-parallel-size')).toBe('2');
  });

  test('gets shared memory for its workers', () => {
    const shm = drawn.deployment.spec.template.spec.volumes.find(({ name }) => name === 'shared-memory');
    expect(shm?.emptyDir?.sizeLimit).toBe('20Gi');
  });

  test('surges only with a whole free node', () => {
    expect(drawn.deployment.spec.strategy.rollingUpdate).toEqual({ maxSurge: 0, maxUnavailable: 1 });
    const roomy = drawService({ pool: pairPool({ maxNodes: 4 }), tensorParallel: 2, replicas: 3 });
    expect(roomy.deployment.spec.strategy.rollingUpdate).toEqual({ maxSurge: 1, maxUnavailable: 0 });
  });

  test('is found without being asked for when one GPU is too small', () => {
    const h100 = pool({ name: 'h100', machine: 'Standard_NC80adis_H100_v5' });
    const { container } = drawService({ pool: h100, model: { catalogue: 'qwen2.5-72b-instruct' } });
    expect(flag(container.args, '--tensor-parallel-size')).toBe('2');
  });
});

describe('the siblings of a service', () => {
  test('a scaler owns the number of replicas: the Deployment states none', () => {
    const { deployment } = drawService({ scaler: new FakeScaler(3, 4) });
    expect(deployment.spec).not.toHaveProperty('replicas');
  });

  test("a scaler's floor bounds the budget and its ceiling claims the GPUs", () => {
    const { deployment, ...drawn } = drawService({ scaler: new FakeScaler(3, 4), disruption: { minAvailable: 2 } });
    expect(drawn.one('PodDisruptionBudget').spec.minAvailable).toBe(2);
    expect(deployment.spec.strategy.rollingUpdate).toEqual({ maxSurge: 0, maxUnavailable: 1 });
  });

  test('scaler, warm capacity and SLO are each called once with what was decided', () => {
    const scaler = new FakeScaler(3, 4);
    const warmCapacity = new FakeWarmCapacity(false);
    const slo = new FakeSlo();
    const { service } = drawService({ scaler, warmCapacity, slo });
    for (const { bound } of [scaler, warmCapacity, slo]) {
      expect(bound).toHaveLength(1);
      expect(bound[0]).toEqual({
        name: 'chat',
        deploymentName: 'chat',
        serviceName: 'chat',
        servicePort: 8000,
        containerName: 'server',
        namespace: 'chat',
        podSelector: service.podSelector,
        plan: service.plan,
      });
    }
    expect(scaler.bound[0]?.plan).toMatchObject({ minReplicas: 3, maxReplicas: 4, replicas: undefined });
    expect(warmCapacity.pods).toMatchObject([{ pool: service.plan?.pool, resources: service.plan?.resources }]);
  });

  test('nobody is called for a service that is refused', () => {
    const scaler = new FakeScaler(3, 4);
    new GpuInferenceService(newChart(), 'chat', serviceProps({ scaler, replicas: 2 }));
    expect(scaler.bound).toEqual([]);
  });

  test('a model cache is mounted read-only, and the server stays offline', () => {
    const { container, deployment } = drawService({ modelCache: cache });
    expect(deployment.spec.template.spec.volumes).toContainEqual({
      name: 'claim-0',
      persistentVolumeClaim: { claimName: 'weights-chat', readOnly: true },
    });
    expect(container.volumeMounts).toContainEqual({
      name: 'claim-0',
      mountPath: '/mnt/weights',
      readOnly: true,
    });
    expect(container.args[0]).toBe('/mnt/weights/qwen3-8b');
    expect(container.args).not.toContain('--revision');
    expect(envOf(container)['HF_HUB_OFFLINE']).toBe('1');
  });

  test('a model cache shortens the start and takes no disk for weights', () => {
    const cached = drawService({ modelCache: cache });
    const downloading = drawService();
    expect(cached.service.plan?.coldStart.stages.weights.p95Seconds).toBe(0);
    expect(cached.deployment.spec.progressDeadlineSeconds).toBeLessThan(
      downloading.deployment.spec.progressDeadlineSeconds,
    );
    const disk = (drawn: typeof cached) => quantity(drawn.container.resources.requests['ephemeral-storage']);
    expect(disk(cached)).toBeLessThan(disk(downloading));
  });

  test('a gated model out of a cache needs no token, and gets none', () => {
    const { container } = drawService({
      model: { catalogue: 'llama-3.1-8b-instruct' },
      modelCache: cache,
      hubToken: { secretName: 'hugging-face', key: 'token' },
      secrets: handMade('hugging-face'),
    });
    expect(container.env.map(({ name }) => name)).not.toContain('HF_TOKEN');
  });

  test('a lock tells the server where it is', () => {
    expect(envOf(drawService({ lock }).container)['WARMPATH_LOCK']).toBe('zk://zookeeper.locks:2181/chat');
  });
});

describe('a model in an OCI image', () => {
  test('becomes an image volume on Kubernetes 1.35, mounted read-only', () => {
    const { container, deployment } = drawService({ model: OCI_MODEL });
    expect(deployment.spec.template.spec.volumes).toContainEqual({
      name: 'weights',
      image: { reference: `registry.example.com/models/chat@${DIGEST}`, pullPolicy: 'IfNotPresent' },
    });
    expect(container.volumeMounts).toContainEqual({ name: 'weights', mountPath: '/models', readOnly: true });
    expect(container.args[0]).toBe('/models');
  });

  test('is served out of its directory in the image', () => {
    const { container } = drawService({ model: { ...OCI_MODEL, directory: 'models/chat' } });
    expect(container.args[0]).toBe('/models/models/chat');
    expect(container.volumeMounts).toContainEqual({ name: 'weights', mountPath: '/models', readOnly: true });
  });

  test('keeps its GPU limits, although the volume is patched in late', () => {
    const { container } = drawService({ model: OCI_MODEL });
    expect(container.resources.limits?.['nvidia.com/gpu']).toBe('1');
  });

  test('mounts only volumes that the pod has', () => {
    const { container, deployment } = drawService({ model: OCI_MODEL });
    const volumes = deployment.spec.template.spec.volumes.map(({ name }) => name);
    for (const { name } of container.volumeMounts) expect(volumes).toContain(name);
  });

  test('is refused on 1.34, whose kubelet does not know the field', () => {
    const chart = newChart();
    const old = pool({ platform: platform({ kubernetes: '1.34' }) });
    new GpuInferenceService(chart, 'chat', serviceProps({ model: OCI_MODEL, pool: old }));
    expect(() => synth(chart)).toThrow(/\[chart\/chat\] WP-SVC-005 model\.uri = "oci:/);
  });
});

describe('a service behind Triton', () => {
  const drawn = drawService({ runtime: { kind: 'triton' } });

  test('finds its model repository, file by file, where Triton looks, and nothing beside it', () => {
    expect(filesOf(drawn)).toEqual({
      '/etc/warmpath/model-repository/qwen3-8b/config.pbtxt': expect.stringContaining('backend: "vllm"'),
      '/etc/warmpath/model-repository/qwen3-8b/1/model.json': expect.any(String),
    });
    expect(drawn.container.args).toContain('--model-repository=/etc/warmpath/model-repository');
  });

  test('starts the engine with the pinned revision and the decided fit', () => {
    const engine = JSON.parse(filesOf(drawn)['/etc/warmpath/model-repository/qwen3-8b/1/model.json'] ?? '') as unknown;
    expect(engine).toMatchObject({
      model: 'Qwen/Qwen3-8B',
      revision: 'b968826d9c46dd6066d109eabc6255188de91218',
      load_format: 'safetensors',
      tensor_parallel_size: 1,
      max_model_len: drawn.service.plan?.fit.maxModelLen,
    });
    expect(engine).not.toHaveProperty('trust_remote_code');
  });

  test('opens gRPC to callers and metrics to the scraper only', () => {
    expect(drawn.one('Service').spec.ports).toMatchObject([
      { name: 'http', port: 8000 },
      { name: 'grpc', port: 8001 },
    ]);
    const { ingress = [] } = drawn.one('NetworkPolicy').spec;
    expect(ingress.map(({ ports }) => ports?.map(({ port }) => port))).toEqual([[8000, 8001], [8002]]);
  });

  test('has a probe each for ready and alive, and the drain as its exit timeout', () => {
    expect(drawn.container.readinessProbe?.httpGet.path).toBe('/v2/health/ready');
    expect(drawn.container.livenessProbe?.httpGet.path).toBe('/v2/health/live');
    expect(drawn.container.args).toContain('--exit-timeout-secs=45');
  });
});

describe('a service behind TorchServe', () => {
  const drawn = drawService({ runtime: { kind: 'torchserve' }, modelCache: cache });

  test('is warned about as unmaintained', () => {
    expect(warningsOf(drawn.chart).map(({ problem }) => problem.rule)).toContain('WP-RUN-004');
  });

  test('keeps management on loopback and forbids to register models', () => {
    const path = flag(drawn.container.args, '--ts-config') ?? '';
    const properties = filesOf(drawn)[path] ?? '';
    expect(properties).toContain('management_address=http://127.0.0.1:8081\n');
    expect(properties).toContain('enable_model_api=false\n');
    expect(Object.keys(filesOf(drawn))).toEqual(['/etc/warmpath/torchserve/config.properties']);
  });

  test('is told to stop after the pause, because it does not listen to SIGTERM', () => {
    expect(drawn.container.lifecycle?.preStop.exec?.command).toEqual([
      'sh',
      '-c',
      'sleep 15; torchserve --stop --foreground',
    ]);
    expect(drawn.container.lifecycle?.preStop).not.toHaveProperty('sleep');
  });

  test('cannot download a model by itself', () => {
    const chart = newChart();
    new GpuInferenceService(chart, 'chat', serviceProps({ runtime: { kind: 'torchserve' } }));
    expect(() => synth(chart)).toThrow(/WP-SVC-005/);
  });
});

describe('the flows of a service', () => {
  /** Every policy starts with name resolution: the cluster's, and resolvers on the node, which no selector matches. */
  function beyondDns(drawn: ReturnType<typeof drawService>): readonly unknown[] {
    const [dns, ...others] = drawn.one('NetworkPolicy').spec.egress ?? [];
    const [resolver, ...onNode] = dns?.to ?? [];
    expect(resolver).toEqual({
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
    });
    for (const peer of onNode) expect(peer).toEqual({ ipBlock: { cidr: expect.stringMatching(/^169\.254\..*\/32$/) } });
    expect(dns?.ports).toEqual([
      { port: 53, protocol: 'UDP' },
      { port: 53, protocol: 'TCP' },
    ]);
    return others;
  }

  const hub = {
    to: [{ ipBlock: { cidr: PUBLIC_HTTPS.cidr, except: PUBLIC_HTTPS.except } }],
    ports: [{ port: 443, protocol: 'TCP' }],
  };

  test('are closed in both directions unless declared', () => {
    const drawn = drawService({ gateway: undefined, scraper: undefined, modelCache: cache });
    const { spec } = drawn.one('NetworkPolicy');
    expect(spec.policyTypes).toEqual(['Ingress', 'Egress']);
    expect(spec.ingress ?? []).toEqual([]);
    expect(beyondDns(drawn)).toEqual([]);
  });

  test('let the gateway reach the API and the scraper the metrics', () => {
    const gateway = { namespace: 'gateway', podLabels: { app: 'envoy' } };
    expect(drawService({ gateway }).one('NetworkPolicy').spec.ingress).toEqual([
      {
        from: [
          {
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'gateway' } },
            podSelector: { matchLabels: { app: 'envoy' } },
          },
        ],
        ports: [{ port: 8000, protocol: 'TCP' }],
      },
      {
        from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }],
        ports: [{ port: 8000, protocol: 'TCP' }],
      },
    ]);
  });

  test('a service that nobody may call is warned about', () => {
    const { chart } = drawService({ gateway: undefined });
    expect(warningsOf(chart).map(({ problem }) => problem.rule)).toContain('WP-NET-001');
  });

  test('reach the hub only where the server downloads, and nothing inside the cluster on that way', () => {
    expect(beyondDns(drawService())).toEqual([hub]);
    expect(beyondDns(drawService({ modelCache: cache }))).toEqual([]);
    expect(beyondDns(drawService({ model: OCI_MODEL }))).toEqual([]);
    expect(PUBLIC_HTTPS.except).toContain('169.254.0.0/16');
  });

  test('reach what is declared, on port 443 unless others are named', () => {
    const egress = [
      { cidr: '10.20.0.0/16' },
      { pods: { namespace: 'tools', podLabels: { app: 'db' } }, ports: [5432] },
    ];
    expect(beyondDns(drawService({ egress, modelCache: cache }))).toEqual([
      { to: [{ ipBlock: { cidr: '10.20.0.0/16' } }], ports: [{ port: 443, protocol: 'TCP' }] },
      {
        to: [
          {
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'tools' } },
            podSelector: { matchLabels: { app: 'db' } },
          },
        ],
        ports: [{ port: 5432, protocol: 'TCP' }],
      },
    ]);
  });

  test('reach the lock', () => {
    expect(beyondDns(drawService({ lock, modelCache: cache }))).toEqual([
      {
        to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'locks' } } }],
        ports: [{ port: 2181, protocol: 'TCP' }],
      },
    ]);
  });
});

describe('a refused service', () => {
  test('draws nothing and has no plan', () => {
    const chart = newChart();
    const service = new GpuInferenceService(chart, 'chat', serviceProps({ replicas: 0 }));
    expect(service.plan).toBeUndefined();
    expect(service.node.children).toEqual([]);
  });

  test('tells all of its mistakes at once', () => {
    const chart = newChart();
    new GpuInferenceService(
      chart,
      'chat',
      serviceProps({
        name: 'Chat!',
        replicas: 2.5,
        model: { uri: `hf://Qwen/Qwen3-8B@main` },
        runtime: { runAsUser: 0 },
        egress: [{ cidr: 'hub.example.com' }],
      }),
    );
    for (const rule of ['WP-NAME-001', 'WP-SVC-001', 'WP-MODEL-001', 'WP-MODEL-007', 'WP-RUN-009', 'WP-NET-002']) {
      expect(() => synth(chart)).toThrow(new RegExp(`\\[chart/chat\\] ${rule} `));
    }
  });

  test('does not claim GPUs of its pool', () => {
    const app = new App();
    const shared = pool({ maxNodes: 4 });
    const refused = serviceProps({ pool: shared, replicas: 4, drain: Duration.hours(1) });
    new GpuInferenceService(new Chart(app, 'a'), 'refused', refused);
    new GpuInferenceService(new Chart(app, 'b'), 'fine', serviceProps({ pool: shared, replicas: 4 }));
    expect(() => synth(app)).not.toThrow(/WP-POOL-014/);
  });
});

test('a mirror of a catalogue model keeps its shape and its name', () => {
  const { container, service } = drawService({
    model: { catalogue: 'qwen3-8b', uri: `hf://mirror/qwen3@${COMMIT}` },
  });
  expect(container.args[0]).toBe('mirror/qwen3');
  expect(service.plan?.model).toMatchObject({ name: 'qwen3-8b', revision: COMMIT, layers: 36 });
});
