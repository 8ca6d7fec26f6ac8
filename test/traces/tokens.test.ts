import fc from 'fast-check';
import { formatProblem } from '../../lib/domain';
import { RandomStream } from '../../lib/sim/random';
import {
  draftTokenQuantiles,
  readTokenQuantiles,
  requestsOf,
  SERVEGEN_M_LARGE,
  storyStream,
  type TokenMix,
} from '../../lib/traces';
import { drawTokens } from '../../lib/traces/token-mix';
import { mean, rateTrace, written } from './given';

const draw = (mix: TokenMix, count = 20_000) => drawTokens(new RandomStream(1, 'test'), mix, count);

const share = (values: Uint32Array, holds: (value: number) => boolean) => values.filter(holds).length / values.length;

describe('lengths of requests', () => {
  test('are drawn from quantiles', () => {
    const { inputTokens, outputTokens } = draw({
      probs: [0.25, 0.75, 1],
      inTokens: [10, 10, 30],
      outTokens: [1, 5, 5],
    });
    expect(share(inputTokens, (tokens) => tokens === 10)).toBeCloseTo(0.75, 1);
    expect(inputTokens.every((tokens) => tokens >= 10 && tokens <= 30)).toBe(true);
    // Straight from 1 to 5 between the quarters: a value for each eighth, less at the ends.
    expect(share(outputTokens, (tokens) => tokens === 3)).toBeCloseTo(0.125, 1);
    expect(share(outputTokens, (tokens) => tokens === 1)).toBeCloseTo(0.25 + 0.0625, 1);
  });

  test('are those of ServeGen where nothing else is said', () => {
    const { inputTokens, outputTokens } = requestsOf(rateTrace(['0,600,600,600', '60,600,600,600']));
    // The means of the source are 689.7 and 157.
    expect(Math.abs(mean(inputTokens) / 689.7 - 1)).toBeLessThan(0.04);
    expect(Math.abs(mean(outputTokens) / 157 - 1)).toBeLessThan(0.04);
    expect(share(inputTokens, (tokens) => tokens <= 594)).toBeCloseTo(0.5, 1);
    expect(share(outputTokens, (tokens) => tokens <= 469)).toBeCloseTo(0.9, 1);
  });

  test('are drawn as pairs from requests that were seen', () => {
    const { inputTokens, outputTokens } = draw({ inputTokens: [1, 2], outputTokens: [10, 20] });
    expect(inputTokens.every((tokens, i) => outputTokens[i] === 10 * tokens)).toBe(true);
    expect(share(inputTokens, (tokens) => tokens === 1)).toBeCloseTo(0.5, 1);
  });

  const quantiles = { probs: [0.5, 1], inTokens: [5, 9], outTokens: [1, 2] };
  test.each([
    ['shares out of order', { ...quantiles, probs: [0.5, 0.4] }, 'WP-TRACE-008 tokens.probs = 0.4'],
    ['shares above 1', { ...quantiles, probs: [0.5, 50] }, 'WP-TRACE-008 tokens.probs = 50'],
    [
      'no shares',
      { probs: [], inTokens: [], outTokens: [] },
      'WP-TRACE-008 tokens.probs = not set: there are no shares',
    ],
    ['a length too few', { ...quantiles, inTokens: [5] }, 'WP-TRACE-008 tokens.inTokens = 1: 2 shares have 1 lengths'],
    ['falling lengths', { ...quantiles, outTokens: [5, 4] }, 'WP-TRACE-008 tokens.outTokens = 4: lengths do not go up'],
    ['no tokens', { ...quantiles, inTokens: [0, 4] }, 'WP-TRACE-008 tokens.inTokens = 0: lengths do not go up from 1'],
    [
      'an unequal pair',
      { inputTokens: [1], outputTokens: [] },
      'WP-TRACE-008 tokens = 1: there are 1 inputs and 0 outputs',
    ],
  ])('with %s are refused', (_, tokens, message) => {
    expect(() => requestsOf(rateTrace(['0,6,6,6', '1,6,6,6']), { tokens })).toThrow(message);
  });
});

describe('quantiles in a file', () => {
  const FILE = written(
    'quantiles.json',
    JSON.stringify({ large: { ...SERVEGEN_M_LARGE, inMean: 7 }, wrong: { probs: 1 } }),
  );

  test('are read by name, the first by default', () => {
    expect(readTokenQuantiles(FILE)).toMatchObject(SERVEGEN_M_LARGE);
    expect(readTokenQuantiles(FILE, 'large')).toMatchObject(SERVEGEN_M_LARGE);
  });

  test.each([
    [FILE, 'small', 'WP-TRACE-008 quantiles.json tokens = "small": there are no quantiles of this name'],
    [FILE, 'wrong', 'WP-TRACE-008 quantiles.json tokens = "wrong": there are no quantiles of this name'],
    [written('text.json', 'no JSON'), undefined, 'WP-TRACE-001 text.json tokens'],
    [written('empty.json', '{}'), undefined, 'WP-TRACE-008 empty.json tokens = ""'],
    [written('null.json', 'null'), undefined, 'WP-TRACE-008 null.json tokens = ""'],
  ])('that are wrong say why', (path, name, message) => {
    const { value, problems } = draftTokenQuantiles(path, name);
    expect(value).toBeUndefined();
    expect(problems.map(formatProblem)).toEqual([expect.stringContaining(message)]);
  });
});

describe('the founding story', () => {
  const STORY = { baseRatePerSecond: 8.6, spikeAtSeconds: 600, tokens: SERVEGEN_M_LARGE };
  const during = (arrivalMs: Float64Array, from: number, to: number) =>
    arrivalMs.filter((at) => at >= from * 1000 && at < to * 1000).length / (to - from);

  test('steps up by three for twenty minutes, and down again', () => {
    const { arrivalMs, inputTokens } = storyStream(STORY);
    expect(Math.abs(during(arrivalMs, 0, 600) - 8.6)).toBeLessThan(0.6);
    expect(Math.abs(during(arrivalMs, 600, 1800) - 25.8)).toBeLessThan(0.8);
    expect(Math.abs(during(arrivalMs, 1800, 2400) - 8.6)).toBeLessThan(0.6);
    expect(arrivalMs[arrivalMs.length - 1]).toBeLessThan(2_400_000);
    expect(inputTokens).toHaveLength(arrivalMs.length);
  });

  test('is the same for a seed, and ends when it is told to', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 1, max: 3000 }), (seed, durationSeconds) => {
        const story = { ...STORY, seed, durationSeconds, baseRatePerSecond: 1 };
        const { arrivalMs } = storyStream(story);
        expect(arrivalMs).toEqual(storyStream(story).arrivalMs);
        expect(arrivalMs.every((at, i) => at < durationSeconds * 1000 && at >= (arrivalMs[i - 1] ?? 0))).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  test.each([
    [{ baseRatePerSecond: 0 }, 'WP-TRACE-007 baseRatePerSecond = 0'],
    [{ factor: -3 }, 'WP-TRACE-007 factor = -3'],
    [{ spikeAtSeconds: -1 }, 'WP-TRACE-007 spikeAtSeconds = -1'],
    [{ spikeSeconds: Number.NaN }, 'WP-TRACE-007 spikeSeconds = NaN'],
    [{ durationSeconds: Number.POSITIVE_INFINITY }, 'WP-TRACE-007 durationSeconds = Infinity'],
    [{ tokens: { inputTokens: [], outputTokens: [] } }, 'WP-TRACE-008 tokens = 0'],
  ])('is not told with %j', (more, message) => {
    expect(() => storyStream({ ...STORY, ...more })).toThrow(message);
  });
});
