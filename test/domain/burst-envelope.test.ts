import fc from 'fast-check';
import { burstEnvelope, type LatencyObjective, type Traffic } from '../../lib/domain';

/** Arrivals of each second, as they are; the sum of a plan makes them grow first. */
const traffic = (history: Float64Array): Traffic => ({
  basis: 'counts',
  history,
  threats: [],
  meanRatePerSecond: 0,
  peakRatePerSecond: 0,
  assumptions: [],
});

const constant = (rate: number, seconds = 600) => traffic(new Float64Array(seconds).fill(rate));

/** All of them in one second. */
function burst(requests: number, seconds = 600): Traffic {
  const history = new Float64Array(seconds);
  history[300] = requests;
  return traffic(history);
}

const CAPACITY = {
  requestsPerSecond: 5,
  inFlight: 10,
  saturatedRequestsPerSecond: 6,
  sweep: [],
  source: 'made for the test',
};
const OBJECTIVE: Required<LatencyObjective> = { timeToFirstTokenSeconds: 2, objective: '0.99' };

const envelope = (given: Traffic, reactionSeconds = 100, objective = OBJECTIVE) =>
  burstEnvelope(given, CAPACITY, objective, reactionSeconds);

describe('the burst envelope', () => {
  it('is decided by the longest window where the rate is constant', () => {
    // 12 x 100 arrivals / (6/s x 102 s).
    expect(envelope(constant(12))).toEqual({ windowSeconds: 100, arrivals: 1200, replicas: 1200 / (6 * 102) });
  });

  it('is decided by a second where all comes within it', () => {
    // 600 / (6/s x 3 s).
    expect(envelope(burst(600))).toEqual({ windowSeconds: 1, arrivals: 600, replicas: 600 / 18 });
  });

  it('is decided by the window in which most comes beyond what is worked off', () => {
    // 20 a second for 4 s: 20 / 3, 40 / 4, 80 / 6 seconds of work, and then no more for longer windows.
    const history = new Float64Array(600);
    history.fill(20, 300, 304);
    expect(envelope(traffic(history))).toEqual({ windowSeconds: 4, arrivals: 80, replicas: 80 / 36 });
  });

  it('takes the reaction itself for the longest window, in whole seconds', () => {
    expect(envelope(constant(12), 37.4)).toMatchObject({ windowSeconds: 37, arrivals: 444 });
    expect(envelope(constant(12), 64)).toMatchObject({ windowSeconds: 64 });
    expect(envelope(constant(12), 1)).toMatchObject({ windowSeconds: 1, arrivals: 12, replicas: 12 / 18 });
  });

  it('is smaller where callers wait longer', () => {
    const patient = { ...OBJECTIVE, timeToFirstTokenSeconds: 10 };
    expect(envelope(burst(600), 100, patient).replicas).toBeCloseTo(600 / (6 * 11), 12);
  });

  it('leaves out what may miss the objective', () => {
    // A second in which 50 come, and 9950 that come at 10 a second: the burst is half a percent of all.
    const history = new Float64Array(995).fill(10);
    history[500] = 50;
    const rare = traffic(history);
    expect(envelope(rare, 1).arrivals).toBe(10);
    expect(envelope(rare, 1, { ...OBJECTIVE, objective: '0.999' }).arrivals).toBe(50);
  });

  it('is nothing where nothing comes', () => {
    expect(envelope(constant(0)).replicas).toBe(0);
  });

  it('grows with the traffic, in proportion, and is never larger for a faster reaction', () => {
    const history = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 10, maxLength: 60 });
    const seconds = fc.integer({ min: 1, max: 64 });
    fc.assert(
      fc.property(history, seconds, (counts, reaction) => {
        const once = envelope(traffic(Float64Array.from(counts)), reaction).replicas;
        const twice = envelope(traffic(Float64Array.from(counts, (count) => 2 * count)), reaction).replicas;
        expect(twice).toBeCloseTo(2 * once, 9);
        // Windows are doubled from a second on: all of this one's are among those of the slower.
        const sooner = 2 ** Math.floor(Math.log2(reaction));
        const faster = envelope(traffic(Float64Array.from(counts)), sooner).replicas;
        expect(faster).toBeLessThanOrEqual(once + 1e-9);
      }),
    );
  });
});
