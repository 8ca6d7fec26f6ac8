import { createHash } from 'node:crypto';
import { join } from 'node:path';
import fc from 'fast-check';
import { ProblemsError } from '../../lib/domain';
import {
  countsPerSecond,
  type RequestOptions,
  type RequestTrace,
  readTrace,
  requestsOf,
  type Trace,
} from '../../lib/traces';
import { clientTrace, isSorted, mean, peakOverMean, rateTrace, regrouped, requestTrace, sum } from './given';

const SEEDS = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });

const AZURE = readTrace(join(__dirname, '..', '..', 'bench', 'traces', 'azure2023-conv.csv.gz')) as RequestTrace;

/** An hour at 2 requests per second, then one at 10, by the minute. */
const STEP = rateTrace(
  Array.from({ length: 120 }, (_, i) => (i < 60 ? `${i + 0.5},120,60,240` : `${i + 0.5},600,300,900`)),
);

/** Three clients: even, bursty, and bursty in the other family, over an hour. */
const CLIENTS = clientTrace([
  ...Array.from({ length: 6 }, (_, i) => `even,${600 * i},2,0.5,G,4,0.125`),
  ...Array.from({ length: 6 }, (_, i) => `bursty,${600 * i},0.5,5,G,0.04,50`),
  ...Array.from({ length: 6 }, (_, i) => `batch,${600 * i},1,3.8,W,0.4,0.3`),
]);

const TRACES: readonly (readonly [string, Trace])[] = [
  ['requests', AZURE],
  ['a rate', STEP],
  ['clients', CLIENTS],
];

/** Variance over mean of the times between. */
function variation(arrivalMs: Float64Array): number {
  const gaps = Array.from(arrivalMs.subarray(1), (at, i) => at - (arrivalMs[i] as number));
  const middle = mean(gaps);
  return Math.sqrt(mean(gaps.map((gap) => (gap - middle) ** 2))) / middle;
}

function refused(trace: Trace, options: RequestOptions): readonly string[] {
  try {
    requestsOf(trace, options);
  } catch (error) {
    if (error instanceof ProblemsError) return error.message.split('\n');
    throw error;
  }
  return [];
}

describe.each(TRACES)('the stream of %s', (_, trace) => {
  test('is sorted, within its part, and has lengths', () => {
    fc.assert(
      fc.property(
        SEEDS,
        fc.double({ min: 0.1, max: 4, noNaN: true }),
        fc.integer({ min: 0, max: 1200 }),
        fc.integer({ min: 1, max: 1200 }),
        (seed, scale, fromSeconds, length) => {
          const stream = requestsOf(trace, { seed, scale, fromSeconds, toSeconds: fromSeconds + length });
          const { arrivalMs, inputTokens, outputTokens } = stream;
          expect(isSorted(arrivalMs)).toBe(true);
          expect(arrivalMs.every((at) => at >= 0 && at < length * 1000)).toBe(true);
          expect([inputTokens.length, outputTokens.length]).toEqual([arrivalMs.length, arrivalMs.length]);
          expect(inputTokens.every((tokens) => tokens > 0)).toBe(true);
          expect(outputTokens.every((tokens) => tokens > 0)).toBe(true);
        },
      ),
      { numRuns: 25 },
    );
  });

  test('is the same for a seed, and another for another', () => {
    const stream = (seed: number) => requestsOf(trace, { seed, scale: 1.5, toSeconds: 600 });
    expect(stream(7)).toEqual(stream(7));
    expect(stream(8)).not.toEqual(stream(7));
  });

  test('has the load of the trace times the scale', () => {
    const once = requestsOf(trace).arrivalMs.length;
    fc.assert(
      fc.property(SEEDS, fc.double({ min: 0.2, max: 5, noNaN: true }), (seed, scale) => {
        const { arrivalMs } = requestsOf(trace, { seed, scale });
        // Six deviations of a count, and those of the count that it is compared with.
        const room = 6 * Math.sqrt(once * scale * Math.max(1, scale)) + 6 * scale * Math.sqrt(once);
        expect(Math.abs(arrivalMs.length - once * scale)).toBeLessThan(room);
      }),
      { numRuns: 15 },
    );
  });
});

describe('recorded requests', () => {
  const three = requestTrace(['0,10,1', '1500,20,2', '9000,30,3', '12000,40,4']);

  test('are played as they came', () => {
    expect(requestsOf(three)).toEqual({
      arrivalMs: Float64Array.of(0, 1500, 9000, 12000),
      inputTokens: Uint32Array.of(10, 20, 30, 40),
      outputTokens: Uint32Array.of(1, 2, 3, 4),
    });
  });

  test('are cut at the beginning of a part and before its end', () => {
    expect(requestsOf(three, { fromSeconds: 1.5, toSeconds: 12 }).arrivalMs).toEqual(Float64Array.of(0, 7500, 10500));
    expect(requestsOf(three, { fromSeconds: 1.5, toSeconds: 11.9 }).inputTokens).toEqual(Uint32Array.of(20, 30));
  });

  test('are all kept where they are scaled up, with copies within a second', () => {
    const { arrivalMs } = requestsOf(three, { scale: 3 });
    expect(arrivalMs).toHaveLength(12);
    const near = (from: number) => arrivalMs.filter((at) => at >= from && at < from + 1000).length;
    // Copies of the last one are pushed over the end.
    expect([near(0), near(1500), near(9000), near(12000)]).toEqual([5, 3, 3, 1]);
  });

  test('keep pairs of lengths together', () => {
    const { inputTokens, outputTokens } = requestsOf(three, { scale: 50 });
    expect(inputTokens.every((tokens, i) => tokens === 10 * (outputTokens[i] as number))).toBe(true);
    expect(new Set(inputTokens)).toEqual(new Set([10, 20, 30, 40]));
  });

  test('keep their peaks over the mean, scaled up or down', () => {
    const peaks = (scale: number, seconds: number) =>
      peakOverMean(regrouped(countsPerSecond(requestsOf(AZURE, { scale })).counts, seconds));
    for (const [scale, seconds] of [
      [6, 1],
      [6, 10],
      [2, 60],
      [0.5, 60],
    ] as const) {
      expect(peaks(scale, seconds) / peaks(1, seconds)).toBeGreaterThan(0.85);
      expect(peaks(scale, seconds) / peaks(1, seconds)).toBeLessThan(1.15);
    }
  });
});

describe('a rate', () => {
  test('is followed in time', () => {
    const { counts } = countsPerSecond(STEP, { seed: 3 });
    expect(counts).toHaveLength(7200);
    expect(Math.abs(mean(counts.subarray(0, 3540)) - 2)).toBeLessThan(0.15);
    expect(Math.abs(mean(counts.subarray(3660)) - 10)).toBeLessThan(0.35);
  });

  test('goes straight from one middle to the next', () => {
    // 0 to 120 requests per second over 1000 minutes, of which the middle third is played.
    const ramp = rateTrace(['0,0,0,0', '1000,7200,7200,7200', '2000,7200,7200,7200']);
    const stream = requestsOf(ramp, { fromSeconds: 30_000 + 20_000, toSeconds: 30_000 + 40_000, scale: 0.05 });
    const counts = regrouped(countsPerSecond(stream).counts, 5000);
    // 2.25, 2.75, 3.25 and 3.75 per second for 5000 s.
    const expected = [11_250, 13_750, 16_250, 18_750];
    expect(counts).toHaveLength(3 + 1);
    for (const [i, count] of counts.entries()) expect(Math.abs(count - (expected[i] as number))).toBeLessThan(700);
  });

  test('comes by chance alone, unless it is dispersed', () => {
    const minutes = (dispersion: number) =>
      regrouped(countsPerSecond(STEP, { fromSeconds: 3660, seed: 5, dispersion }).counts, 60);
    const spread = (counts: readonly number[]) => Math.sqrt(mean(counts.map((count) => (count / 600 - 1) ** 2)));
    // A minute of 600 arrivals varies by 1 / sqrt(600) = 0.04.
    expect(spread(minutes(0))).toBeLessThan(0.06);
    expect(spread(minutes(0.4))).toBeGreaterThan(0.3);
    expect(spread(minutes(0.4))).toBeLessThan(0.55);
    expect(Math.abs(mean(minutes(0.4)) / 600 - 1)).toBeLessThan(0.25);
  });

  test('of zero brings nobody', () => {
    const quiet = rateTrace(['0,0,0,0', '10,0,0,0', '20,600,600,600', '30,600,600,600']);
    const { arrivalMs } = requestsOf(quiet);
    // Straight up from the middle at 15 minutes to the one at 25.
    expect(arrivalMs[0]).toBeGreaterThan(900_000);
    expect(arrivalMs.length).toBeGreaterThan(0);
  });
});

describe('clients', () => {
  const of = (client: string, scale = 1) =>
    requestsOf(
      { ...CLIENTS, ratePerSecond: CLIENTS.ratePerSecond.map((rate, i) => (nameAt(i) === client ? rate : 0)) },
      {
        seed: 11,
        scale,
      },
    ).arrivalMs;
  const nameAt = (i: number) => CLIENTS.clients[CLIENTS.client[i] as number];

  test('send in each window the requests that were counted', () => {
    const counts = regrouped(countsPerSecond(CLIENTS).counts, 600);
    expect(counts).toEqual([2100, 2100, 2100, 2100, 2100, 2100]);
    expect(requestsOf(CLIENTS, { fromSeconds: 600, toSeconds: 1800 }).arrivalMs).toHaveLength(4200);
  });

  test('come as evenly as their family and shape say', () => {
    // A gamma of shape k has a coefficient of variation of 1 / sqrt(k): 0.5 and 5; a Weibull of 0.4, 3.14.
    expect(variation(of('even'))).toBeCloseTo(0.5, 1);
    expect(variation(of('bursty'))).toBeGreaterThan(3.5);
    expect(variation(of('bursty'))).toBeLessThan(6.5);
    expect(variation(of('batch'))).toBeGreaterThan(2.4);
    expect(variation(of('batch'))).toBeLessThan(4);
  });

  test('keep that when they are scaled', () => {
    expect(variation(of('bursty', 4)) / variation(of('bursty'))).toBeGreaterThan(0.7);
    expect(variation(of('bursty', 4)) / variation(of('bursty'))).toBeLessThan(1.4);
  });

  test('of any shape become moments of time', () => {
    const extreme = clientTrace([
      'a,0,1,99,G,0.0001,1',
      'b,0,1,99,W,0.001,1',
      'c,0,1,0.1,G,1e6,1',
      'd,0,1,0.1,W,500,1',
    ]);
    const { arrivalMs } = requestsOf(extreme);
    expect(arrivalMs).toHaveLength(2400);
    expect(arrivalMs.every((at) => at >= 0 && at < 600_000)).toBe(true);
  });

  test('of which a fraction of a request is due get it in that share of windows', () => {
    const rare = clientTrace(Array.from({ length: 1000 }, (_, i) => `a,${600 * i},0.0005,1,G,1,1`));
    expect(Math.abs(requestsOf(rare).arrivalMs.length - 300)).toBeLessThan(90);
  });
});

describe('counts per second', () => {
  test('are those of a gateway, until the last arrival', () => {
    const stream = requestsOf(requestTrace(['0,1,1', '999,1,1', '1000,1,1', '4200,1,1']));
    expect(countsPerSecond(stream)).toEqual({ secondsPerCount: 1, counts: Float64Array.of(2, 1, 0, 0, 1) });
  });

  test('of a trace are those of its requests, until the end of the part', () => {
    const part = { seed: 4, fromSeconds: 60, toSeconds: 90 };
    for (const [, trace] of TRACES) {
      const { counts } = countsPerSecond(trace, part);
      const { arrivalMs } = requestsOf(trace, part);
      expect(sum(counts)).toBe(arrivalMs.length);
      expect(counts.length).toBe(trace.form === 'requests' ? 31 : 30);
    }
  });

  test('of a trace with a last request at its very end hold it', () => {
    expect(countsPerSecond(requestTrace(['0,1,1', '2000,1,1'])).counts).toEqual(Float64Array.of(1, 0, 1));
  });
});

describe('what cannot be played', () => {
  test.each([
    [{ scale: 0 }, 'WP-TRACE-007 scale = 0: nothing can be played. Allowed: a number above 0.'],
    [{ scale: Number.NaN }, 'WP-TRACE-007 scale = NaN'],
    [{ scale: 1e9 }, 'WP-TRACE-007 scale = 1000000000: it makes 43200000000000 requests. Allowed: 50000000 requests.'],
    [{ seed: 0.5 }, 'WP-TRACE-007 seed = 0.5: it is no whole number'],
    [{ fromSeconds: -1 }, 'WP-TRACE-007 fromSeconds = -1: the trace is not there. Allowed: 0 to 7200 s'],
    [{ fromSeconds: 9000, toSeconds: 9900 }, 'WP-TRACE-007 fromSeconds = 9000: the trace is not there'],
    [{ fromSeconds: 60, toSeconds: 60 }, 'WP-TRACE-007 toSeconds = 60: the part begins at 60 s'],
    [{ dispersion: -0.1 }, 'WP-TRACE-007 dispersion = -0.1: it is no variation'],
  ] as const)('%j is refused', (options, message) => {
    expect(refused(STEP, options)).toEqual([expect.stringContaining(message)]);
  });

  test('is told all together', () => {
    expect(refused(STEP, { scale: -1, seed: Number.NaN, dispersion: Number.POSITIVE_INFINITY })).toHaveLength(3);
  });

  test('ends where the trace ends', () => {
    expect(requestsOf(AZURE, { toSeconds: 1e6 })).toEqual(requestsOf(AZURE));
  });
});

test('streams are the same on every machine', () => {
  const digest = (trace: Trace) => {
    const { arrivalMs, inputTokens, outputTokens } = requestsOf(trace, {
      seed: 1,
      scale: 1.25,
      toSeconds: 1800,
      dispersion: 0.2,
    });
    const hash = createHash('sha256');
    for (const { buffer } of [arrivalMs, inputTokens, outputTokens]) hash.update(new Uint8Array(buffer));
    return hash.digest('hex').slice(0, 16);
  };
  expect(TRACES.map(([name, trace]) => `${name} ${digest(trace)}`)).toEqual([
    'requests 8ab76ebb089c74e4',
    'a rate 5efd36976744f963',
    'clients d63c4c8c12672aa4',
  ]);
});
