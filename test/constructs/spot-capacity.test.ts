import { Duration } from 'cdk8s';
import fc from 'fast-check';
import {
  GpuInferenceService,
  type GpuInferenceServiceProps,
  InferenceNamespace,
  type IScaler,
  type ServingTarget,
} from '../../lib';
import {
  drawService,
  newChart,
  type ObjectOf,
  OWNERSHIP,
  platform,
  pool,
  refusalsOf,
  type Synthesised,
  serviceProps,
  synth,
} from '../support/synth';

const regular = pool({ maxNodes: 60 });
const spotPool = pool({ name: 'spot', spot: true, minNodes: 0, maxNodes: 60 });

const draw = (overrides: Partial<GpuInferenceServiceProps> = {}) =>
  synth(chartWith({ pool: regular, spot: { pool: spotPool, replicas: 2 }, ...overrides }));

function chartWith(overrides: Partial<GpuInferenceServiceProps>) {
  const chart = newChart();
  new GpuInferenceService(chart, 'chat', serviceProps(overrides));
  return chart;
}

type Labels = Readonly<Record<string, string>>;

const selects = (selector: Labels, labels: Labels) =>
  Object.entries(selector).every(([key, value]) => labels[key] === value);

const labelsOf = ({ spec }: ObjectOf<'Deployment'>) => spec.template.metadata.labels;

function deployments(drawn: Synthesised) {
  return { floor: drawn.one('Deployment', 'chat'), spot: drawn.one('Deployment', 'chat-spot') };
}

describe('a service with spot capacity', () => {
  const drawn = draw();
  const { floor, spot } = deployments(drawn);

  test('has two Deployments that never select the pods of each other', () => {
    for (const [one, other] of [
      [floor, spot],
      [spot, floor],
    ] as const) {
      expect(selects(one.spec.selector.matchLabels, labelsOf(one))).toBe(true);
      expect(selects(one.spec.selector.matchLabels, labelsOf(other))).toBe(false);
    }
    expect([floor.spec.replicas, spot.spec.replicas]).toEqual([3, 2]);
  });

  test('has one Service and one policy for the pods of both', () => {
    for (const { spec } of [floor, spot]) {
      const { labels } = spec.template.metadata;
      expect(selects(drawn.one('Service').spec.selector, labels)).toBe(true);
      expect(selects(drawn.one('NetworkPolicy').spec.podSelector.matchLabels ?? {}, labels)).toBe(true);
    }
  });

  test('has one budget, for the floor', () => {
    const { spec } = drawn.one('PodDisruptionBudget');
    expect(spec.minAvailable).toBe(2);
    expect(selects(spec.selector.matchLabels, labelsOf(floor))).toBe(true);
    expect(selects(spec.selector.matchLabels, labelsOf(spot))).toBe(false);
  });

  test('places each part on its own pool, and lets only the spot part onto spot nodes', () => {
    const poolOf = ({ spec }: ObjectOf<'Deployment'>) =>
      spec.template.spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms;
    expect(poolOf(floor)).toEqual([{ matchExpressions: [expect.objectContaining({ values: ['a100'] })] }]);
    expect(poolOf(spot)).toEqual([{ matchExpressions: [expect.objectContaining({ values: ['spot'] })] }]);
    const taint = expect.objectContaining({ key: 'kubernetes.azure.com/scalesetpriority', value: 'spot' });
    expect(spot.spec.template.spec.tolerations).toContainEqual(taint);
    expect(floor.spec.template.spec.tolerations).not.toContainEqual(taint);
  });

  test('shares identity, and spreads each part over its own pods', () => {
    expect(spot.spec.template.spec.serviceAccountName).toBe('chat');
    expect(drawn.all('ServiceAccount')).toHaveLength(1);
    for (const { spec } of [floor, spot]) {
      for (const { labelSelector } of spec.template.spec.topologySpreadConstraints ?? []) {
        expect(labelSelector.matchLabels).toEqual(spec.selector.matchLabels);
      }
    }
  });

  test('ends its spot pods within the notice, and the others as ever', () => {
    expect(spot.spec.template.spec.terminationGracePeriodSeconds).toBe(30);
    expect(floor.spec.template.spec.terminationGracePeriodSeconds).toBeGreaterThan(30);
  });

  test('has files of its own for each part where the server reads files', () => {
    const triton = draw({ runtime: { kind: 'triton' } });
    expect(triton.all('ConfigMap').map(({ metadata }) => metadata.name)).toEqual(['chat', 'chat-spot']);
    for (const [name, deployment] of Object.entries(deployments(triton))) {
      const { volumes } = deployment.spec.template.spec;
      expect(volumes.find(({ configMap }) => configMap)?.configMap?.name).toBe(name === 'spot' ? 'chat-spot' : 'chat');
    }
  });
});

describe('adding spot capacity to a service that runs', () => {
  const { deployment: before } = drawService({ pool: regular });

  test('changes nothing of its Deployment, so that no pod restarts and no selector moves', () => {
    expect(deployments(draw()).floor).toEqual(before);
  });

  test('leaves its budget as it was', () => {
    const budget = (drawn: Synthesised) => drawn.one('PodDisruptionBudget').spec;
    expect(budget(draw())).toEqual(budget(drawService({ pool: regular })));
  });
});

describe('the floor', () => {
  /** What is left after drains that spare the spot pods for as long as the budget lets them, and a reclaim of all those. */
  function worst(drawn: Synthesised): { left: number; drainable: boolean } {
    const { floor, spot } = deployments(drawn);
    const { minAvailable, selector } = drawn.one('PodDisruptionBudget').spec;
    const pods = [floor, spot].flatMap((one) =>
      Array.from({ length: one.spec.replicas ?? 0 }, () => ({ labels: labelsOf(one), spot: one === spot })),
    );
    const counted = (all: typeof pods) => all.filter(({ labels }) => selects(selector.matchLabels, labels)).length;
    let left = pods;
    for (let victim = left[0]; victim && !victim.spot && counted(left) > minAvailable; victim = left[0]) {
      left = left.slice(1);
    }
    const reclaimed = pods.filter((pod) => !pod.spot);
    return { left: left.filter((pod) => !pod.spot).length, drainable: counted(reclaimed) > minAvailable };
  }

  test('outlives drains and the loss of every spot node together, and can be drained when they are lost', () => {
    const sizes = fc
      .record({ replicas: fc.integer({ min: 2, max: 20 }), spot: fc.integer({ min: 1, max: 20 }), slack: fc.nat(19) })
      .map(({ replicas, spot, slack }) => ({ replicas, spot, minAvailable: Math.max(1, replicas - 1 - slack) }));
    fc.assert(
      fc.property(sizes, ({ replicas, spot, minAvailable }) => {
        const drawn = draw({ replicas, disruption: { minAvailable }, spot: { pool: spotPool, replicas: spot } });
        expect(worst(drawn)).toEqual({ left: minAvailable, drainable: true });
      }),
      { numRuns: 25 },
    );
  });

  test('has no budget where an outage was accepted', () => {
    expect(draw({ disruption: { allowOutageReason: 'nobody waits' } }).all('PodDisruptionBudget')).toEqual([]);
  });
});

describe('a scaler of a service with a floor', () => {
  const bound: ServingTarget[] = [];
  const scaler: IScaler = { minReplicas: 0, maxReplicas: 6, bindScaler: (target) => bound.push(target) };
  const drawn = draw({ replicas: 4, scaler, spot: { pool: spotPool } });
  const { floor, spot } = deployments(drawn);

  test('owns the spot pods, and the floor stays as it is', () => {
    expect(floor.spec.replicas).toBe(4);
    expect(spot.spec).not.toHaveProperty('replicas');
    expect(bound.map(({ name, deploymentName }) => [name, deploymentName])).toEqual([['chat', 'chat-spot']]);
  });

  test('is told of the floor, whose pods take their share of the load', () => {
    const [target] = bound;
    expect(target).toMatchObject({ serviceName: 'chat', floor: { replicas: 4 } });
    expect(target?.podSelector).toEqual(spot.spec.selector.matchLabels);
    for (const one of [floor, spot])
      expect(selects(target?.floor?.podSelector ?? { none: '' }, labelsOf(one))).toBe(true);
  });

  test('sees the whole service where there is no floor', () => {
    bound.length = 0;
    drawService({ pool: regular, scaler: { ...scaler, minReplicas: 3 } });
    expect(bound).toEqual([expect.objectContaining({ name: 'chat' })]);
    expect(bound[0]).not.toHaveProperty('floor');
  });
});

describe('both parts', () => {
  test('count against the pools and the quota', () => {
    const chart = newChart();
    new InferenceNamespace(chart, 'namespace', { name: 'chat', ownership: OWNERSHIP, platform: platform() });
    new GpuInferenceService(chart, 'chat', serviceProps({ pool: regular, spot: { pool: spotPool, replicas: 2 } }));
    expect(synth(chart).one('ResourceQuota').spec.hard).toEqual({ 'requests.nvidia.com/gpu': '10' });
    const full = pool({ name: 'spot', spot: true, minNodes: 1, maxNodes: 1 });
    expect(refusalsOf(chartWith({ pool: regular, spot: { pool: full, replicas: 2 } }))).toEqual([
      expect.stringMatching(/^\[PoolClaims\] WP-POOL-014 pool 'spot'\.maxNodes = 1: .*chart\/chat 2 x 1 GPU/),
    ]);
  });

  test('have names that no other service of the namespace may take', () => {
    const chart = chartWith({ pool: regular, spot: { pool: spotPool, replicas: 2 } });
    new GpuInferenceService(chart, 'other', serviceProps({ name: 'chat-spot', pool: regular }));
    expect(refusalsOf(chart)).toEqual([expect.stringMatching(/^\[PoolClaims\] WP-NAME-002 name = "chat-spot"/)]);
  });

  test('are drawn only together', () => {
    const chart = chartWith({ pool: regular, spot: { pool: regular, replicas: 2 }, drain: Duration.seconds(5) });
    expect(refusalsOf(chart)).toEqual([expect.stringMatching(/^\[chart\/chat\] WP-SPOT-002 spot\.pool = "a100"/)]);
    expect(chart.apiObjects).toEqual([]);
  });
});
