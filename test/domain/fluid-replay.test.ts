import fc from 'fast-check';
import {
  type FluidHistory,
  type FluidLimits,
  type FluidPolicy,
  fluidHistory,
  fluidReplay,
  ratesSeen,
} from '../../lib/domain/fluid-replay';

/** Finishes within the second what is in it, up to 4 requests; more than 4 are too many. */
const SERVER = { throughput: Float64Array.of(0, 1, 2, 3, 4), bearable: 4 };
const TIMES = { scrapeSeconds: 15, syncSeconds: 15, podSeconds: 20, nodeSeconds: 100, nodeKeptSeconds: 300 };
const UNLIMITED: FluidLimits = {
  missedRequests: Number.POSITIVE_INFINITY,
  cost: Number.POSITIVE_INFINITY,
  warmNodeCost: 1,
};
const POLICY: FluidPolicy = {
  minReplicas: 1,
  maxReplicas: 2,
  arrivalThreshold: 4,
  inFlightThreshold: 1e9,
  scaleDownWindowSeconds: 60,
  warmNodes: 0,
};

const constant = (rate: number, seconds: number): FluidHistory => new Float64Array(seconds).fill(rate);
const stepped = (before: number, at: number, after: number, seconds: number): FluidHistory =>
  constant(before, seconds).fill(after, at);

/** A scaler that sees each second for itself. */
const play = (arrivals: FluidHistory, policy: Partial<FluidPolicy> = {}, limits: Partial<FluidLimits> = {}) =>
  fluidReplay(arrivals, arrivals, { ...POLICY, ...policy }, TIMES, SERVER, { ...UNLIMITED, ...limits });

describe('a fluid over replicas', () => {
  it('misses nothing with replicas enough and costs them: 6/s over 2 replicas for 600 s are 1200 s', () => {
    expect(play(constant(6, 600), { minReplicas: 2 })).toEqual({
      missed: 0,
      replicaSeconds: 1200,
      placeholderSeconds: 0,
      idleSeconds: 0,
    });
  });

  it('misses all that comes to a replica with more than it finishes', () => {
    expect(play(constant(5, 600), { maxReplicas: 1 })?.missed).toBe(1);
  });

  it('counts warm nodes beside the replicas: 3 x 600 s', () => {
    const outcome = play(constant(6, 600), { minReplicas: 2, warmNodes: 3 });
    expect(outcome).toMatchObject({ replicaSeconds: 1200, placeholderSeconds: 1800, idleSeconds: 0 });
  });

  it('has missed nothing where nothing came', () => {
    expect(play(constant(0, 60))?.missed).toBe(0);
  });

  // From 2/s to 6/s at 120 s. The decision of 135 s is the first to see it (15 s of age). One replica finishes 4/s, so
  // that 2 more wait each second; two work off 2 a second, and each has 4 in it again a second before all is gone.
  describe('after a step at 120 s', () => {
    const arrivals = stepped(2, 120, 6, 420);
    const total = 120 * 2 + 300 * 6;

    it('starts a pod on a warm node: ready at 155 s, 35 s too late and 34 s of backlog: (35 + 34) x 6 missed', () => {
      expect(play(arrivals, { warmNodes: 1 })?.missed).toBeCloseTo((69 * 6) / total, 10);
    });

    it('waits for a node without one: ready at 235 s, 115 s too late and 114 s of backlog: 229 x 6 missed', () => {
      expect(play(arrivals)?.missed).toBeCloseTo((229 * 6) / total, 10);
    });

    it('pays from the decision on: 135 x 1 + 285 x 2 = 705 s', () => {
      expect(play(arrivals)?.replicaSeconds).toBe(705);
    });

    it('starts nothing beyond the maximum', () => {
      expect(play(arrivals, { maxReplicas: 1 })).toMatchObject({ missed: (300 * 6) / total, replicaSeconds: 420 });
    });

    it('starts one for what is in the servers where arrivals tell nothing', () => {
      const blind = { arrivalThreshold: 1e9 };
      const seeing = play(arrivals, { ...blind, inFlightThreshold: 4 });
      expect(seeing?.replicaSeconds).toBeGreaterThan(420);
      expect(play(arrivals, blind)?.replicaSeconds).toBe(420);
    });
  });

  // From 6/s to 2/s at 120 s: wanted are two until the decision of 120 s. That of 180 s still looks back at it, that of
  // 195 s no longer.
  describe('when less comes from 120 s on', () => {
    const arrivals = stepped(6, 120, 2, 900);

    it('lets a replica go after the window: 195 x 2 + 705 x 1 = 1095 s', () => {
      expect(play(arrivals)?.replicaSeconds).toBe(1095);
    });

    it('counts its empty node until that is given up, 300 s after the decision of 180 s: 480 - 195 = 285 s', () => {
      expect(play(arrivals)?.idleSeconds).toBe(285);
    });

    it('keeps what always runs', () => {
      expect(play(arrivals, { minReplicas: 2 })?.replicaSeconds).toBe(1800);
    });
  });

  it('changes nothing within a tenth of the target: 4.3/s at 4/s a replica', () => {
    expect(play(constant(4.3, 600))?.replicaSeconds).toBe(600);
    expect(play(stepped(4.3, 120, 4.5, 600))?.replicaSeconds).toBeGreaterThan(600);
  });

  it('gives up where too much is missed', () => {
    const arrivals = constant(5, 60);
    expect(play(arrivals, { maxReplicas: 1 }, { missedRequests: 299 })).toBeUndefined();
    expect(play(arrivals, { maxReplicas: 1 }, { missedRequests: 300 })?.missed).toBe(1);
  });

  it('gives up where it costs too much: 60 s of a replica and half of a warm node are 90 s', () => {
    const arrivals = constant(2, 60);
    expect(play(arrivals, { warmNodes: 1 }, { warmNodeCost: 0.5, cost: 89 })).toBeUndefined();
    expect(play(arrivals, { warmNodes: 1 }, { warmNodeCost: 0.5, cost: 90 })).toBeDefined();
  });

  it('never misses more with a replica more, where nothing is scaled', () => {
    const histories = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 120 });
    fc.assert(
      fc.property(histories, fc.integer({ min: 1, max: 5 }), (counts, replicas) => {
        const missed = (n: number) =>
          play(Float64Array.from(counts), { minReplicas: n, maxReplicas: n })?.missed ?? Number.NaN;
        expect(missed(replicas + 1)).toBeLessThanOrEqual(missed(replicas));
      }),
      { numRuns: 100 },
    );
  });
});

describe('the rate that is seen', () => {
  it('is the mean of the window less a scrape, and of what there is at first: 4/1, 4/2, 2/2, 8/2', () => {
    expect([...ratesSeen(Float64Array.of(4, 0, 2, 6), 3, 1)]).toEqual([4, 2, 1, 4]);
  });

  it('is that of a second where the window is no longer than a scrape', () => {
    expect([...ratesSeen(Float64Array.of(4, 0, 2), 15, 15)]).toEqual([4, 0, 2]);
  });
});

describe('a history by the second', () => {
  it('adds up short intervals and spreads long ones', () => {
    expect([...fluidHistory([1, 2, 3, 4], 0.5)]).toEqual([3, 7]);
    expect([...fluidHistory([6, 3], 3)]).toEqual([2, 2, 2, 1, 1, 1]);
  });

  it('loses no arrival, whatever the interval', () => {
    const counts = fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 200 });
    const intervals = fc.constantFrom(0.1, 0.29, 0.5, 0.7, 1, 1.5, 7, 60);
    fc.assert(
      fc.property(counts, intervals, (all, secondsPerCount) => {
        const history = fluidHistory(all, secondsPerCount);
        expect(history.reduce((sum, count) => sum + count, 0)).toBeCloseTo(
          all.reduce((sum, count) => sum + count, 0),
          6,
        );
      }),
    );
  });
});
