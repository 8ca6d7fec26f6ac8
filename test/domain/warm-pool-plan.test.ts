import fc from 'fast-check';
import {
  draftWarmPoolPlan,
  explainWarmPool,
  reactionOf,
  type ServingCapacity,
  type SizingContext,
  type SizingSpec,
  TrafficProfile,
} from '../../lib/domain';

const CAPACITY: ServingCapacity = {
  requestsPerSecond: 5,
  saturatedRequestsPerSecond: 6,
  inFlight: 50,
  source: 'a load test',
};

/** 300 s with a node that has to come, of which 100 s on one that is there. */
const CONTEXT: SizingContext = {
  coldStart: {
    stages: {} as never,
    p50Seconds: 200,
    p95Seconds: 300,
    containerP95Seconds: 100,
    warmNodeP50Seconds: 60,
    warmNodeP95Seconds: 100,
  },
  poolReplicas: 20,
  floorReplicas: 2,
};

const constant = (rate: number, seconds = 1800) =>
  TrafficProfile.fromCounts({ secondsPerCount: 1, counts: new Float64Array(seconds).fill(rate) });

const spec = (more: Partial<SizingSpec> = {}): SizingSpec => ({
  slo: { timeToFirstTokenSeconds: 2 },
  capacity: CAPACITY,
  traffic: constant(8),
  ...more,
});

function plan(more: Partial<SizingSpec> = {}, context: SizingContext = CONTEXT) {
  const { value, problems } = draftWarmPoolPlan(spec(more), context);
  if (value === undefined) throw new Error(JSON.stringify(problems));
  return value;
}

const told = (more: Partial<SizingSpec>, context: SizingContext = CONTEXT) =>
  draftWarmPoolPlan(spec(more), context).problems.map(({ rule, prop }) => `${rule} ${prop}`);

describe('the reaction of a service', () => {
  it('is scrape, decision and creation, then the start, with or without a node', () => {
    // 15 + 15 + 5 = 35 s; 35 + 100; 35 + 30 until the autoscaler acts + 300.
    expect(reactionOf({}, CONTEXT.coldStart)).toEqual({ detectionSeconds: 35, podSeconds: 135, nodeSeconds: 365 });
    expect(reactionOf({ scrapeSeconds: 5, hpaSyncSeconds: 10 }, CONTEXT.coldStart).detectionSeconds).toBe(20);
  });
});

describe('a plan', () => {
  it('keeps enough replicas for a constant load and asks for no warm node', () => {
    // 8/s and a tenth more are 8.8/s: two replicas of 5/s hold it.
    const { minReplicas, warmNodes, prediction } = plan();
    expect(minReplicas).toBe(2);
    expect(warmNodes).toBe(0);
    expect(prediction).toMatchObject({ attainment: 1, meanReplicas: 2 });
  });

  it('holds a spike that the history does not have', () => {
    // 8/s x 4 x 1.1 = 35.2/s, and a replica ends 6/s at the most.
    expect(plan().minReplicas).toBe(2);
    expect(plan({ spike: { factor: 4 } }).minReplicas).toBeGreaterThanOrEqual(6);
  });

  it('keeps warm nodes that somebody decided on', () => {
    expect(plan({ warmNodes: 3 }).warmNodes).toBe(3);
  });

  it('cools down for two reactions with a node, in whole minutes, and falls back to the busiest load', () => {
    // 2 x 365 s = 12.2 min.
    const { cooldownSeconds, fallback, peakReplicas } = plan();
    expect(cooldownSeconds).toBe(780);
    expect(fallback).toEqual({ failureThreshold: 3, replicas: peakReplicas });
  });

  it('carries a guess to whoever reads it', () => {
    const guessed = plan({ capacity: { ...CAPACITY, source: undefined, unproven: 'no machine yet' } });
    expect(guessed.unproven).toBe('no machine yet');
    expect(explainWarmPool(guessed)).toContain('unproven: no machine yet');
    expect(explainWarmPool(plan())).not.toContain('unproven');
  });

  it('explains every number with its sum', () => {
    const text = explainWarmPool(plan());
    expect(text).toContain('35 s to notice + 100 s to start (p95) = 135 s');
    expect(text).toContain('= 2 replicas');
    expect(text).toMatch(/over that traffic: 100 % in time, 2 replicas on the mean/);
  });

  it('answers the same question alike, and another one anew', () => {
    const traffic = constant(8);
    expect(plan({ traffic })).toEqual(plan({ traffic }));
    const { meanReplicas } = plan({ traffic }).prediction;
    expect(plan({ traffic: constant(40) }).prediction.meanReplicas).toBeGreaterThan(4 * meanReplicas - 1);
  });

  it('stays between floor and room, and costs no less for more traffic', () => {
    const rate = fc.integer({ min: 1, max: 30 });
    fc.assert(
      fc.property(rate, rate, (a, b) => {
        const [less, more] = [Math.min(a, b), Math.max(a, b)].map((one) => plan({ traffic: constant(one) }));
        for (const one of [less, more]) {
          expect(one?.minReplicas).toBeGreaterThanOrEqual(CONTEXT.floorReplicas);
          expect(one?.maxReplicas).toBeLessThanOrEqual(CONTEXT.poolReplicas);
          expect(one?.minReplicas).toBeLessThanOrEqual(one?.maxReplicas ?? 0);
        }
        expect(more?.prediction.meanReplicas).toBeGreaterThanOrEqual(less?.prediction.meanReplicas ?? 0);
      }),
      { numRuns: 4 },
    );
  });
});

describe('a plan is refused', () => {
  it.each<[string, Partial<SizingSpec>, string]>([
    [
      'for a wait that is none',
      { slo: { timeToFirstTokenSeconds: 0 } },
      'WP-WARM-007 sizing.slo.timeToFirstTokenSeconds',
    ],
    [
      'for a share that is no decimal',
      { slo: { timeToFirstTokenSeconds: 2, objective: '99%' } },
      'WP-WARM-007 sizing.slo.objective',
    ],
    [
      'for a promise that a lone request breaks',
      { capacity: { ...CAPACITY, warmTimeToFirstTokenSeconds: 2 } },
      'WP-WARM-007 sizing.slo.timeToFirstTokenSeconds',
    ],
    ['where the quota is below what has to serve', { quotaReplicas: 1 }, 'WP-WARM-008 sizing.quotaReplicas'],
    [
      'where the load is more than the quota bears',
      { quotaReplicas: 3, traffic: constant(40) },
      'WP-WARM-008 sizing.quotaReplicas',
    ],
    ['for half a warm node', { warmNodes: 0.5 }, 'WP-WARM-013 sizing.warmNodes'],
    ['for a spike that shrinks', { spike: { factor: 0.5 } }, 'WP-WARM-013 sizing.spike.factor'],
    ['for a node that costs more than a replica', { warmNodeCost: 2 }, 'WP-WARM-013 sizing.warmNodeCost'],
  ])('%s', (_, more, finding) => {
    expect(told(more)).toEqual([finding]);
  });

  it('by the pool where the pool is too small', () => {
    expect(told({ traffic: constant(40) }, { ...CONTEXT, poolReplicas: 3 })).toEqual(['WP-WARM-008 sizing.pool']);
  });
});
