import fc from 'fast-check';
import {
  draftSplitServing,
  drainWithinNotice,
  type GpuNodePoolPlan,
  type GpuNodePoolSpec,
  planPlatform,
  type ServingSpec,
  type SplitServing,
  type SpotSpec,
  spotName,
} from '../../lib/domain';
import { handMade, OWNERSHIP, plannedOf, plannedPool, problemOf, rulesOf } from './given';

const regular = plannedPool({ maxNodes: 8 });
const spotPool = (more: Partial<GpuNodePoolSpec> = {}) =>
  plannedPool({ name: 'spot', spot: true, maxNodes: 8, ...more });

function spec(more: Partial<ServingSpec> = {}): ServingSpec {
  return {
    name: 'chat',
    namespace: 'chat',
    ownership: OWNERSHIP,
    pool: regular,
    model: { catalogue: 'qwen3-8b' },
    ...more,
  };
}

function split(more: Partial<ServingSpec> = {}, spot: Partial<SpotSpec> = {}) {
  return draftSplitServing(spec(more), { pool: spotPool(), replicas: 2, ...spot });
}

/** Both parts; the test fails where one is missing. */
function partsOf(draft: ReturnType<typeof split>): Required<SplitServing> {
  const { floor, spot } = plannedOf(draft);
  if (spot === undefined) throw new Error('no spot part was planned');
  return { floor, spot };
}

describe('a service without spot capacity', () => {
  test('has one part', () => {
    expect(plannedOf(draftSplitServing(spec()))).not.toHaveProperty('spot');
  });
});

describe('a service with spot capacity', () => {
  const { floor, spot } = partsOf(split());

  test('keeps its own replicas as the floor, on its own pool', () => {
    expect(floor).toMatchObject({ name: 'chat', replicas: 3, minAvailable: 2, pool: regular });
  });

  test('runs the rest under a name of its own, without a budget', () => {
    expect(spot).toMatchObject({ name: spotName('chat'), replicas: 2, pool: { name: 'spot' } });
    expect(spot.minAvailable).toBeUndefined();
  });

  test.each([
    ['few pods', {}, { replicas: 1 }],
    ['as many pods as the budget keeps', {}, { replicas: 2 }],
    ['more pods', {}, { replicas: 9 }],
    ['a scaler from zero', { scaler: { minReplicas: 0, maxReplicas: 4 } }, { replicas: undefined }],
  ])('brings its secrets to the spot pods as well: %s', (_, more, spot) => {
    const secretEnv = { VLLM_API_KEY: { secretName: 'api', key: 'key' } };
    const parts = partsOf(split({ ...more, secretEnv, secrets: handMade('api') }, spot));
    expect(parts.floor.secrets.env).toEqual(secretEnv);
    expect(parts.spot.secrets).toEqual(parts.floor.secrets);
  });

  test('says nothing new where both pools are alike', () => {
    expect(rulesOf(split())).toEqual(rulesOf(draftSplitServing(spec())));
  });

  test('tells what is wrong with both parts once', () => {
    expect(rulesOf(split({ namespace: 'Chat', maxNumSeqs: 0 }))).toEqual(
      rulesOf(draftSplitServing(spec({ namespace: 'Chat', maxNumSeqs: 0 }))),
    );
  });

  test('tells what is wrong with the spot part as such', () => {
    const small = problemOf(split({}, { pool: spotPool({ diskGiB: 60 }) }), 'WP-RES-004');
    expect(small.prop).toBe('spot.pool.diskGiB');
    const training = problemOf(split({}, { pool: spotPool({ purpose: 'training' }) }), 'WP-SVC-003');
    expect(training).toMatchObject({ prop: 'spot.pool', value: 'spot' });
    const none = problemOf(split({}, { replicas: 0 }), 'WP-SVC-001');
    expect(none).toMatchObject({ prop: 'spot.replicas', value: 0 });
    const tight = problemOf(
      split({ model: { catalogue: 'phi-4' } }, { pool: spotPool({ machine: 'Standard_NC4as_T4_v3' }) }),
      'WP-FIT-005',
    );
    expect(tight.message).toMatch(/^on spot pool 'spot': it does not fit 1 GPU\(s\) of a Standard_NC4as_T4_v3/);
  });

  test('has a name with room for the suffix', () => {
    const name = 'c'.repeat(43);
    expect(problemOf(split({ name }), 'WP-NAME-001')).toMatchObject({
      prop: 'name',
      value: name,
      allowed: 'at most 40 characters beside spot capacity',
    });
    expect(rulesOf(split({ name: 'c'.repeat(40) }))).not.toContain('WP-NAME-001');
    expect(rulesOf(draftSplitServing(spec({ name })))).not.toContain('WP-NAME-001');
    // A name that is wrong as it is, is told as it is.
    expect(problemOf(split({ name: 'Chat' }), 'WP-NAME-001').value).toBe('Chat');
  });
});

describe('the pools of both parts', () => {
  test('are a regular one and a spot one', () => {
    expect(problemOf(split({ pool: spotPool({ name: 'other' }) }), 'WP-SPOT-001').value).toBe('other');
    expect(problemOf(split({}, { pool: plannedPool({ name: 'more' }) }), 'WP-SPOT-002').fix).toContain(
      'raise replicas',
    );
  });

  test('stand in one cluster', () => {
    const platform = planPlatform({ cloud: 'aks', kubernetes: '1.35', region: 'eastus' });
    const problem = problemOf(split({}, { pool: spotPool({ platform }) }), 'WP-SPOT-002');
    expect(problem.message).toContain('aks 1.35 westeurope and aks 1.35 eastus');
  });
});

describe('what callers see', () => {
  test('is one context: that of the part with less room', () => {
    const small = spotPool({ mig: { profile: '3g.40gb' } });
    const draft = split({}, { pool: small });
    const { floor, spot } = partsOf(draft);
    const alone = plannedOf(draftSplitServing(spec())).floor;
    expect(spot.fit.maxModelLen).toBeLessThan(alone.fit.maxModelLen);
    expect(floor.fit.maxModelLen).toBe(spot.fit.maxModelLen);
    expect(floor.launch.args.join(' ')).toContain(`--max-model-len ${spot.fit.maxModelLen} `);
    // The room that is left serves more callers at once.
    expect(floor.fit.concurrency).toBeGreaterThan(alone.fit.concurrency);
    expect(problemOf(draft, 'WP-SPOT-004')).toMatchObject({
      severity: 'warning',
      prop: 'maxModelLen',
      value: spot.fit.maxModelLen,
    });
  });

  test('is one context the other way round as well', () => {
    const draft = draftSplitServing(spec({ pool: plannedPool({ mig: { profile: '3g.40gb' } }) }), {
      pool: spotPool(),
      replicas: 1,
    });
    const { floor, spot } = partsOf(draft);
    expect(spot.fit.maxModelLen).toBe(floor.fit.maxModelLen);
    expect(problemOf(draft, 'WP-SPOT-004').message).toContain(`pool '${floor.pool.name}' has room for no more`);
  });

  test('is the context that was asked for, without a word', () => {
    const draft = split({ maxModelLen: 4096 }, { pool: spotPool({ mig: { profile: '3g.40gb' } }) });
    const { floor, spot } = partsOf(draft);
    expect([floor.fit.maxModelLen, spot.fit.maxModelLen]).toEqual([4096, 4096]);
    expect(rulesOf(draft)).not.toContain('WP-SPOT-004');
  });

  test('is worth a word where the parts compute in other floats', () => {
    const small = { catalogue: 'qwen2.5-1.5b-instruct' } as const;
    const draft = split({ model: small, maxModelLen: 2048 }, { pool: spotPool({ machine: 'Standard_NC4as_T4_v3' }) });
    expect(problemOf(draft, 'WP-SPOT-004').message).toContain('float16 and the floor in bfloat16');
  });

  test('agrees whatever the GPUs are', () => {
    const machines = ['Standard_NC24ads_A100_v4', 'Standard_NC40ads_H100_v5', 'Standard_NC48ads_A100_v4'] as const;
    const pools = fc.record({
      machine: fc.constantFrom(...machines),
      cut: fc.constantFrom(undefined, 'MIG3g', 'MIG7g'),
    });
    const named = (
      plan: { machine: string; cut: string | undefined },
      more: Partial<GpuNodePoolSpec>,
    ): GpuNodePoolPlan => {
      const h100 = plan.machine.includes('H100');
      const profile = plan.cut === 'MIG3g' ? (h100 ? '3g.47gb' : '3g.40gb') : h100 ? '7g.94gb' : '7g.80gb';
      return plannedPool({ ...more, machine: plan.machine, ...(plan.cut && { mig: { profile } }) });
    };
    fc.assert(
      fc.property(pools, pools, (ours, theirs) => {
        const pool = named(theirs, { name: 'spot', spot: true });
        const { floor, spot } = partsOf(split({ pool: named(ours, {}) }, { pool }));
        expect(floor.fit.maxModelLen).toBe(spot.fit.maxModelLen);
        for (const { fit } of [floor, spot])
          expect(fit.concurrency * fit.maxModelLen).toBeLessThanOrEqual(fit.kvTokens);
      }),
      { numRuns: 40 },
    );
  });
});

describe('the end of a spot pod', () => {
  test('comes within the notice, by itself', () => {
    const { floor, spot } = partsOf(split());
    expect(spot.drain).toEqual({ preStopSeconds: 7, drainSeconds: 8, terminationGracePeriodSeconds: 30 });
    expect(floor.drain).toEqual(plannedOf(draftSplitServing(spec())).floor.drain);
    expect(rulesOf(split())).not.toContain('WP-DRAIN-002');
  });

  test('is worth a word where somebody asked for more', () => {
    expect(problemOf(split({ drainSeconds: 60 }), 'WP-SPOT-003')).toMatchObject({ severity: 'warning', value: 60 });
    expect(rulesOf(split({ drainSeconds: 5 }))).not.toContain('WP-SPOT-003');
  });

  test('is left as it was, with the word of every spot pool, where the server needs longer than the notice', () => {
    const draft = split({ runtime: { kind: 'sglang', runAsUser: 1000 } });
    expect(partsOf(draft).spot.drain).toEqual(partsOf(draft).floor.drain);
    expect(problemOf(draft, 'WP-DRAIN-002').message).toMatch(/^on spot pool 'spot': /);
  });

  test('never takes more than was asked for, and never more than there is', () => {
    const wishes = fc.record({
      drainSeconds: fc.integer({ min: 1, max: 600 }),
      preStopSeconds: fc.option(fc.integer({ min: 1, max: 120 }), { nil: undefined }),
      teardownSeconds: fc.integer({ min: 0, max: 60 }),
    });
    fc.assert(
      fc.property(wishes, (wish) => {
        const drain = drainWithinNotice(wish);
        // 30 s of notice, 10 s of margin, a second each at least.
        expect(drain === undefined).toBe(wish.teardownSeconds > 18);
        if (drain === undefined) return;
        const { preStopSeconds, drainSeconds } = drain;
        expect(preStopSeconds).toBeGreaterThanOrEqual(1);
        expect(drainSeconds).toBeGreaterThanOrEqual(1);
        expect(preStopSeconds).toBeLessThanOrEqual(wish.preStopSeconds ?? 15);
        expect(drainSeconds).toBeLessThanOrEqual(wish.drainSeconds);
        const sum = preStopSeconds + drainSeconds + wish.teardownSeconds + 10;
        expect(sum).toBeLessThanOrEqual(30);
        // Nothing is cut that has room.
        if (sum < 30) expect([preStopSeconds, drainSeconds]).toEqual([wish.preStopSeconds ?? 15, wish.drainSeconds]);
      }),
    );
  });
});

describe('the floor', () => {
  test('is fixed beside a scaler, which owns the spot pods', () => {
    const { floor, spot } = partsOf(
      split({ replicas: 4, scaler: { minReplicas: 0, maxReplicas: 6 } }, { replicas: undefined }),
    );
    expect(floor).toMatchObject({ replicas: 4, minReplicas: 4, maxReplicas: 4, minAvailable: 2 });
    expect(spot).toMatchObject({ minReplicas: 0, maxReplicas: 6 });
    expect(spot.replicas).toBeUndefined();
  });

  test('has a number beside it, or a scaler, and not both', () => {
    expect(problemOf(split({}, { replicas: undefined }), 'WP-SVC-001').prop).toBe('spot.replicas');
    const both = split({ scaler: { minReplicas: 1, maxReplicas: 2 } });
    expect(problemOf(both, 'WP-SVC-002').prop).toBe('spot.replicas');
  });
});
