import type { Construct } from 'constructs';
import {
  GpuInferenceService,
  type GpuInferenceServiceProps,
  type GpuNodePoolPlan,
  InferenceNamespace,
  type IWarmCapacity,
  PRIORITY_LADDER,
  PriorityClasses,
  WarmPool,
  type WarmPoolPlan,
  type WarmPoolProps,
  type WarmTarget,
  type WarmWindow,
  warningsOf,
} from '../../lib';
import { checkManifests, type PolicyPool } from '../../lib/policy';
import {
  containerOf,
  DIGEST,
  handMade,
  type KubernetesObject,
  newChart,
  type ObjectOf,
  OWNERSHIP,
  pairPool,
  platform,
  pool,
  refusalsOf,
  type Synthesised,
  serviceProps,
  synth,
} from '../support/synth';

const POOL = pool({ maxNodes: 20 });

/** Warm capacity that hands the service on with a sizing: what the sums yield is no business of these tests. */
class Sized implements IWarmCapacity {
  readonly imagePrefetched = true;
  constructor(
    private readonly inner: IWarmCapacity,
    private readonly warmNodes: number,
  ) {}
  bindWarmCapacity({ plan, ...target }: WarmTarget, scope: Construct): void {
    const sizing = { warmNodes: this.warmNodes } as WarmPoolPlan;
    this.inner.bindWarmCapacity({ ...target, plan: { ...plan, sizing } }, scope);
  }
}

/** A service, and the warm nodes that its sizing computes. */
type Service = Partial<GpuInferenceServiceProps> & { readonly warmNodes?: number };
type Services = Readonly<Record<string, Service>>;

function chartWith(props: Partial<WarmPoolProps>, services: Services = { chat: {} }) {
  const chart = newChart();
  new PriorityClasses(chart, 'priorities');
  const warmCapacity = new WarmPool(chart, 'warm', { ownership: OWNERSHIP, ...props });
  for (const namespace of new Set(Object.values(services).map((one) => one.namespace ?? 'chat'))) {
    new InferenceNamespace(chart, `namespace-${namespace}`, {
      name: namespace,
      ownership: OWNERSHIP,
      platform: platform(),
    });
  }
  for (const [name, { warmNodes, ...service }] of Object.entries(services)) {
    const warm = warmNodes === undefined ? warmCapacity : new Sized(warmCapacity, warmNodes);
    new GpuInferenceService(chart, name, serviceProps({ pool: POOL, warmCapacity: warm, ...service }));
  }
  return chart;
}

const draw = (props: Partial<WarmPoolProps> = { warmNodes: 2 }, services?: Services) =>
  synth(chartWith(props, services));

const placeholdersOf = (drawn: Synthesised) =>
  drawn
    .all('Deployment')
    .filter(({ metadata }) => metadata.labels?.['app.kubernetes.io/component'] === 'warm-placeholder');

const replicasOf = (drawn: Synthesised) =>
  Object.fromEntries(placeholdersOf(drawn).map(({ metadata, spec }) => [metadata.name, spec.replicas]));

const podOf = ({ spec }: ObjectOf<'Deployment'>) => spec.template.spec;

function ofKind(drawn: Synthesised, kind: string): KubernetesObject & { spec: Record<string, unknown> } {
  const found = drawn.objects.filter((object) => object.kind === kind);
  expect(found).toHaveLength(1);
  return found[0] as KubernetesObject & { spec: Record<string, unknown> };
}

const WINDOW: WarmWindow = {
  start: '0 7 * * 1-5',
  end: '0 19 * * MON-FRI',
  timezone: 'Europe/Amsterdam',
  warmNodes: 4,
};

describe('a placeholder', () => {
  const shapes: Services = {
    'with one GPU': {},
    'with two GPUs': { pool: pairPool({ maxNodes: 20 }), tensorParallel: 2 },
    'with an instance of a GPU': { pool: pool({ mig: { profile: '3g.40gb' }, maxNodes: 20 }) },
    'on tainted nodes': {
      pool: pool({ maxNodes: 20, taints: [{ key: 'example.com/reserved', value: 'chat', effect: 'NoSchedule' }] }),
    },
    'with sizes of its own': { resources: { cpu: 8, memoryGiB: 40, scratchGiB: 20 } },
    'that must be spread': { spread: 'required' },
    'on IKS': {
      pool: pool({
        maxNodes: 20,
        machine: 'gx3.24x120.l40s',
        platform: platform({ cloud: 'iks', kubernetes: '1.35', region: 'us-south' }),
      }),
    },
  };

  test.each(Object.entries(shapes))('%s looks to the scheduler like a replica', (_, service) => {
    const drawn = draw({ warmNodes: 2 }, { chat: service });
    const [placeholder, ...others] = placeholdersOf(drawn);
    const server = drawn.one('Deployment', 'chat');
    expect(others).toEqual([]);
    if (placeholder === undefined) throw new Error('nothing was drawn');
    expect(containerOf(placeholder).resources).toEqual(containerOf(server).resources);
    expect(Object.keys(containerOf(placeholder).resources.requests)).toContain('ephemeral-storage');
    expect(podOf(placeholder).tolerations).toEqual(podOf(server).tolerations);
    expect(podOf(placeholder).affinity).toEqual(podOf(server).affinity);
    const rules = (one: ObjectOf<'Deployment'>) =>
      podOf(one).topologySpreadConstraints?.map(({ labelSelector: _labels, ...rule }) => rule);
    expect(rules(placeholder)).toEqual(rules(server));
    expect(podOf(placeholder)).not.toHaveProperty('runtimeClassName');
    expect(podOf(server)).not.toHaveProperty('runtimeClassName');
  });

  test('follows the claims of a replica to their zone, and mounts none of them', () => {
    const modelCache = {
      claimName: 'weights',
      mountPath: '/weights',
      weightsPath: '/weights/qwen',
      transport: 'local-nvme',
    } as const;
    const [placeholder] = placeholdersOf(draw({ warmNodes: 1 }, { chat: { modelCache } }));
    expect(placeholder && podOf(placeholder).volumes).toEqual([
      { name: 'claim-0', persistentVolumeClaim: { claimName: 'weights', readOnly: true } },
    ]);
    expect(placeholder && containerOf(placeholder)).not.toHaveProperty('volumeMounts');
  });

  const drawn = draw();
  const placeholder = drawn.one('Deployment', 'warm-chat');

  test('spreads over its own kind, as labels of its own select it and nothing of the service does', () => {
    const { labels } = placeholder.spec.template.metadata;
    for (const { labelSelector } of podOf(placeholder).topologySpreadConstraints ?? []) {
      expect(labels).toMatchObject(labelSelector.matchLabels);
      expect(labelSelector.matchLabels).toEqual(placeholder.spec.selector.matchLabels);
    }
    const selectors = [
      drawn.one('Service').spec.selector,
      drawn.one('PodDisruptionBudget').spec.selector.matchLabels,
      drawn.one('NetworkPolicy', 'chat').spec.podSelector.matchLabels ?? {},
      drawn.one('Deployment', 'chat').spec.selector.matchLabels,
    ];
    for (const selector of selectors) expect(labels).not.toMatchObject(selector);
  });

  test("leaves at once when anything real needs its place, and takes nobody else's", () => {
    const { priorityClassName, terminationGracePeriodSeconds } = podOf(placeholder);
    expect([priorityClassName, terminationGracePeriodSeconds]).toEqual(['warmpath-placeholder', 0]);
    const rung = drawn.one('PriorityClass', 'warmpath-placeholder');
    expect([rung.value, rung.preemptionPolicy]).toEqual([-10, 'Never']);
    for (const { name, value } of Object.values(PRIORITY_LADDER)) {
      if (name !== priorityClassName) expect(value).toBeGreaterThan(rung.value);
    }
  });

  test('may nothing: restricted, without token, without network names, in an image pinned by digest', () => {
    expect(podOf(placeholder).automountServiceAccountToken).toBe(false);
    expect(podOf(placeholder).securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 65535 });
    expect(containerOf(placeholder).securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(containerOf(placeholder).image).toMatch(/^registry\.k8s\.io\/pause:3\.10\.2@sha256:[0-9a-f]{64}$/);
    const locked = draw({ warmNodes: 1, images: { 'registry.k8s.io/pause:3.10.2': DIGEST } });
    expect(containerOf(locked.one('Deployment', 'warm-chat')).image).toBe(`registry.k8s.io/pause:3.10.2@${DIGEST}`);
  });

  test('never calls for a machine of its own when it is replaced', () => {
    expect(placeholder.spec.strategy.rollingUpdate).toEqual({ maxSurge: 0, maxUnavailable: '100%' });
  });

  test('says whose money it is, and that it is warm', () => {
    expect(placeholder.metadata.labels).toMatchObject({
      'app.kubernetes.io/component': 'warm-placeholder',
      'warmpath.dev/owner': 'chat-oncall',
      'warmpath.dev/team': 'chat',
      'warmpath.dev/cost-centre': 'cc-1',
      'warmpath.dev/environment': 'test',
      'warmpath.dev/pool': 'a100',
    });
    expect(placeholder.spec.template.metadata.labels).not.toHaveProperty('warmpath.dev/owner');
  });
});

describe('the number of placeholders', () => {
  test('is that of the sizing, and no replica of the service is counted with it', () => {
    const drawn = draw({}, { chat: { warmNodes: 3 } });
    expect(replicasOf(drawn)).toEqual({ 'warm-chat': 3 });
    expect(drawn.one('Deployment', 'chat').spec.replicas).toBe(3);
  });

  test('is what the WarmPool says where it says one', () => {
    expect(replicasOf(draw({ warmNodes: 5 }, { chat: { warmNodes: 3 } }))).toEqual({ 'warm-chat': 5 });
  });

  test('adds up over services of one shape, or is the largest where their spikes never coincide', () => {
    const services = { chat: { warmNodes: 2 }, other: { warmNodes: 3 }, third: { warmNodes: 0 } };
    expect(replicasOf(draw({}, services))).toEqual({ 'warm-chat': 5 });
    expect(replicasOf(draw({ spikesCoincide: false }, services))).toEqual({ 'warm-chat': 3 });
  });

  test('is one for each shape where pods differ', () => {
    const services = {
      small: { warmNodes: 1, resources: { cpu: 8 } },
      large: { warmNodes: 2 },
      twin: { warmNodes: 4 },
    };
    expect(replicasOf(draw({}, services))).toEqual({ 'warm-small': 1, 'warm-large': 6 });
  });

  test('of 0 draws no placeholder, and the image all the same', () => {
    const drawn = draw({ warmNodes: 0 });
    expect(placeholdersOf(drawn)).toEqual([]);
    expect(drawn.all('DaemonSet')).toHaveLength(1);
  });

  test('counts against the quota of the namespace', () => {
    const gpus = (warmNodes: number) => draw({ warmNodes }).one('ResourceQuota').spec.hard['requests.nvidia.com/gpu'];
    expect([gpus(0), gpus(2)]).toEqual(['6', '10']);
  });

  test('is handed out for summaries, shape by shape', () => {
    const chart = newChart();
    const warm = new WarmPool(chart, 'warm', { ownership: OWNERSHIP, warmNodes: 1, schedule: [WINDOW] });
    expect([warm.pool, warm.placeholders]).toEqual([undefined, []]);
    new GpuInferenceService(chart, 'chat', serviceProps({ pool: POOL, warmCapacity: warm }));
    expect(warm.pool).toBe(POOL);
    expect(warm.placeholders).toEqual([{ name: 'warm-chat', services: ['chat'], gpusPerPod: 1, floor: 1, ceiling: 4 }]);
  });
});

describe('the room of the pool', () => {
  const rulesOf = (props: Partial<WarmPoolProps>, services: Services) => {
    const chart = chartWith(props, services);
    const refusals = refusalsOf(chart).map((line) => line.replace(/^\[.*?\] (\S+).*$/, '$1'));
    return [...refusals, ...warningsOf(chart.node.root).map(({ problem }) => problem.rule)].filter((rule) =>
      /HOLD|POOL/.test(rule),
    );
  };
  const scaler = { minReplicas: 3, maxReplicas: 6, bindScaler: () => {} };
  const of = (maxNodes: number) => ({ chat: { pool: pool({ maxNodes }), scaler } });

  test('must take the fewest replicas with every placeholder, and says when the most leave no room for them', () => {
    const warmNodes = 2;
    expect(rulesOf({ warmNodes }, of(8))).toEqual([]);
    expect(rulesOf({ warmNodes }, of(7))).toEqual(['WP-HOLD-009']);
    expect(rulesOf({ warmNodes: 4 }, of(6))).toEqual(['WP-HOLD-008']);
  });

  test('is summed over all services of the pool, and over windows at their most', () => {
    const shared = pool({ maxNodes: 9 });
    const services = { chat: { pool: shared }, other: { pool: shared } };
    expect(rulesOf({ warmNodes: 3 }, services)).toEqual([]);
    expect(rulesOf({ warmNodes: 3, schedule: [WINDOW] }, services)).toEqual(['WP-HOLD-008']);
  });

  test('counts machines: two placeholders share one with two GPUs', () => {
    const pairs = pairPool({ maxNodes: 3, minNodes: 3 });
    const small = { pool: pairs, tensorParallel: 1 };
    expect(rulesOf({ warmNodes: 3 }, { chat: small })).toEqual([]);
    expect(rulesOf({ warmNodes: 4 }, { chat: small })).toEqual(['WP-HOLD-008']);
  });

  test('is not taken from a rollout: placeholders are pushed out by a surge', () => {
    const strategy = (warmNodes: number) =>
      draw({ warmNodes }, { chat: { pool: pool({ maxNodes: 5 }) } }).one('Deployment', 'chat').spec.strategy
        .rollingUpdate;
    expect(strategy(2)).toEqual(strategy(0));
    expect(strategy(2)).toEqual({ maxSurge: 1, maxUnavailable: 0 });
  });
});

describe('the schedule', () => {
  const drawn = draw({ warmNodes: 1, schedule: [WINDOW] });

  test('owns the number of placeholders', () => {
    expect(drawn.one('Deployment', 'warm-chat').spec).not.toHaveProperty('replicas');
  });

  test('is a ScaledObject with a cron trigger for each window, all of it text', () => {
    expect(ofKind(drawn, 'ScaledObject')).toMatchObject({
      apiVersion: 'keda.sh/v1alpha1',
      metadata: { name: 'warm-chat', namespace: 'chat' },
      spec: {
        scaleTargetRef: { kind: 'Deployment', name: 'warm-chat' },
        minReplicaCount: 1,
        maxReplicaCount: 4,
        triggers: [
          {
            type: 'cron',
            metadata: {
              timezone: 'Europe/Amsterdam',
              start: '0 7 * * 1-5',
              end: '0 19 * * MON-FRI',
              desiredReplicas: '4',
            },
          },
        ],
      },
    });
  });

  test('may start from nothing', () => {
    const night = draw({ warmNodes: 0, schedule: [WINDOW] });
    expect(ofKind(night, 'ScaledObject').spec).toMatchObject({ minReplicaCount: 0, maxReplicaCount: 4 });
  });
});

describe('a capacity buffer', () => {
  const buffered = (version: 'v1beta1' | 'v1alpha1') =>
    draw(
      { warmNodes: 2, backend: 'capacityBuffer' },
      { chat: { pool: pool({ maxNodes: 20, platform: platform({ capacityBuffers: version }) }) } },
    );
  const drawn = buffered('v1beta1');

  test.each(['v1beta1', 'v1alpha1'] as const)('is written in the version of the platform: %s', (version) => {
    expect(ofKind(buffered(version), 'CapacityBuffer')).toMatchObject({
      apiVersion: `autoscaling.x-k8s.io/${version}`,
      metadata: { name: 'warm-chat', namespace: 'chat' },
      spec: {
        podTemplateRef: { name: 'warm-chat' },
        replicas: 2,
        provisioningStrategy: 'buffer.x-k8s.io/active-capacity',
      },
    });
  });

  test('holds the very pod that a pause Deployment would run, and there is no such Deployment', () => {
    const paused = draw().one('Deployment', 'warm-chat').spec.template;
    const [template] = drawn.objects.filter(({ kind }) => kind === 'PodTemplate');
    expect(template).toMatchObject({ metadata: { name: 'warm-chat' }, template: paused });
    expect(placeholdersOf(drawn)).toEqual([]);
  });

  test('brings no image, so that the DaemonSet does', () => {
    expect(drawn.one('DaemonSet').metadata.name).toBe('warm-images');
  });
});

describe('the prefetch', () => {
  const runtime = { version: '0.32.0', image: `registry.example.com/serving/vllm-openai:v0.32.0@${DIGEST}` };
  const drawn = draw({ warmNodes: 1 }, { chat: {}, twin: {} });
  const daemonSet = drawn.one('DaemonSet');
  const { spec } = daemonSet.spec.template;
  const pulled = (object: ObjectOf<'DaemonSet'>) =>
    (object.spec.template.spec as unknown as { initContainers: ReturnType<typeof containerOf>[] }).initContainers;

  test('brings each image once, by running a command that ends at once', () => {
    const [first, ...others] = pulled(daemonSet);
    expect(others).toEqual([]);
    expect(first).toMatchObject({
      name: 'chat',
      image: containerOf(drawn.one('Deployment', 'chat')).image,
      command: ['sh', '-c', 'true'],
      imagePullPolicy: 'IfNotPresent',
    });
    const two = draw({ warmNodes: 1 }, { chat: {}, own: { runtime } });
    expect(pulled(two.one('DaemonSet')).map(({ name }) => name)).toEqual(['chat', 'own']);
    // Two services of one name, in two namespaces.
    const namesakes = newChart();
    const warmCapacity = new WarmPool(namesakes, 'warm', { ownership: OWNERSHIP, warmNodes: 1 });
    for (const [namespace, more] of Object.entries({ chat: {}, other: { runtime } }))
      new GpuInferenceService(namesakes, namespace, {
        ...serviceProps({ pool: POOL, warmCapacity, ...more }),
        name: 'same',
        namespace,
      });
    expect(pulled(synth(namesakes).one('DaemonSet')).map(({ name }) => name)).toEqual(['same', 'same-2']);
    const own = draw({ warmNodes: 1, prefetch: { command: ['/bin/server', '--version'] } });
    expect(pulled(own.one('DaemonSet')).map(({ command }) => command)).toEqual([['/bin/server', '--version']]);
  });

  test('runs on exactly the nodes of the pool and past all of their taints', () => {
    expect(spec.tolerations).toEqual(podOf(drawn.one('Deployment', 'chat')).tolerations);
    expect(spec.affinity).toEqual(podOf(drawn.one('Deployment', 'chat')).affinity);
  });

  test('asks for next to nothing, and sees no GPU', () => {
    const [init] = pulled(daemonSet);
    for (const container of [init, ...spec.containers]) {
      expect(container?.resources.requests).toEqual({ cpu: '10m', memory: '32Mi' });
      expect(container?.securityContext).toMatchObject({
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
    }
    expect(init?.env).toEqual([{ name: 'NVIDIA_VISIBLE_DEVICES', value: 'void' }]);
    expect(spec).not.toHaveProperty('priorityClassName');
  });

  test('reaches every node at once with a new image', () => {
    expect(daemonSet.spec).toMatchObject({
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '100%' } },
    });
  });

  test('pulls with the secrets of the services', () => {
    const secret = { imagePullSecrets: ['registry'], secrets: handMade('registry') };
    const [set] = draw({ warmNodes: 1 }, { chat: secret, twin: secret }).all('DaemonSet');
    expect(set?.spec.template.spec).toMatchObject({ imagePullSecrets: [{ name: 'registry' }] });
    expect(spec).not.toHaveProperty('imagePullSecrets');
  });

  test('can be left to others, which is said and counted into the cold start', () => {
    const chart = chartWith({ warmNodes: 1, prefetch: { image: false } });
    expect(synth(chart).all('DaemonSet')).toEqual([]);
    expect(warningsOf(chart.node.root).map(({ problem }) => problem.rule)).toContain('WP-HOLD-012');
    expect(new WarmPool(newChart(), 'warm', { ownership: OWNERSHIP, prefetch: { image: false } }).imagePrefetched).toBe(
      false,
    );
  });
});

describe('a WarmPool of several namespaces', () => {
  test('stands in that of its first service, or where it is told to', () => {
    const services = { chat: {}, other: { namespace: 'other' } };
    const of = (drawn: Synthesised) => drawn.one('Deployment', 'warm-chat').metadata.namespace;
    expect(of(draw({ warmNodes: 1 }, services))).toBe('chat');
    expect(of(draw({ warmNodes: 1, namespace: 'other' }, services))).toBe('other');
  });

  test('takes a name that nobody else may have', () => {
    const chart = chartWith({ warmNodes: 1 }, { chat: {}, 'warm-chat': {} });
    expect(refusalsOf(chart)).toEqual([expect.stringMatching(/^\[PoolClaims\] WP-NAME-002 name = "warm-chat"/)]);
  });
});

function policyPoolOf({ name, labels, taints, maxNodes, profile }: GpuNodePoolPlan): PolicyPool {
  return { name, labels, taints, maxNodes, gpus: { [profile.gpu?.resourceName ?? '']: profile.gpus } };
}

describe('what a WarmPool draws', () => {
  const pools: Services = {
    'pause pods': {},
    'a shared pool': { pool: pairPool({ maxNodes: 20 }), tensorParallel: 1 },
    'a full pool': { pool: pool({ maxNodes: 5 }) },
  };

  test.each(Object.entries(pools))('breaks no rule over manifests: %s', (_, service) => {
    for (const props of [{ warmNodes: 2 }, { warmNodes: 1, schedule: [{ ...WINDOW, warmNodes: 2 }] }]) {
      const { objects } = draw(props, { chat: service });
      const manifests = objects.map((object, index) => ({ file: 'warm.yaml', index, object }));
      const { findings } = checkManifests(manifests, { pools: [policyPoolOf(service.pool ?? POOL)] });
      // The server's image has no public digest.
      expect(
        findings
          .filter(({ rule }) => rule !== 'WP-IMG-003')
          .map(({ rule, object, message }) => [rule, object, message]),
      ).toEqual([]);
      expect(findings.filter(({ object }) => object === 'Deployment chat/warm-chat')).toEqual([]);
    }
  });

  test('is nothing without a service, which is said once all else is well', () => {
    const chart = chartWith({ warmNodes: 1 }, {});
    expect(synth(chart).objects.filter(({ metadata }) => metadata.name.startsWith('warm-'))).toEqual([]);
    const rules = warningsOf(chart.node.root).map(({ problem }) => problem.rule);
    expect(rules.filter((rule) => rule === 'WP-HOLD-010')).toHaveLength(1);
    const refusals = refusalsOf(chartWith({ warmNodes: 1 }, { chat: { replicas: 0 } }));
    expect(refusals.length).toBeGreaterThan(0);
    expect(refusals.filter((line) => !line.startsWith('[chart/chat] '))).toEqual([]);
  });

  test('is nothing where its input is wrong', () => {
    const chart = newChart();
    const warmCapacity = new WarmPool(chart, 'warm', { ownership: { ...OWNERSHIP, team: '' }, warmNodes: 1 });
    new GpuInferenceService(chart, 'chat', serviceProps({ pool: POOL, warmCapacity }));
    expect(refusalsOf(chart)).toEqual([expect.stringMatching(/^\[chart\/warm\] WP-COST-001/)]);
    expect(warmCapacity.node.children).toEqual([]);
  });
});
