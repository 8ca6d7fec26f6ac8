import { RandomStream } from '../../lib/sim/random';
import { exponential, logGamma, logWeibull, roundedByChance } from '../../lib/traces/distributions';
import { mean } from './given';

const DRAWS = 40_000;

function moments(draw: (random: RandomStream) => number) {
  const random = new RandomStream(5, 'moments');
  const values = Float64Array.from({ length: DRAWS }, () => draw(random));
  const middle = mean(values);
  return { mean: middle, variance: mean(values.map((value) => (value - middle) ** 2)), least: Math.min(...values) };
}

describe('a draw', () => {
  // The variance of a gamma is its shape, as is its mean; that of the variance over so many draws is below a tenth.
  test.each([0.2, 0.7, 1, 2.5, 40])('of a gamma of shape %d has its mean and variance', (shape) => {
    const { mean: middle, variance, least } = moments((random) => Math.exp(logGamma(random, shape)));
    expect(middle / shape).toBeCloseTo(1, 1);
    expect(Math.abs(variance / shape - 1)).toBeLessThan(0.12);
    expect(least).toBeGreaterThanOrEqual(0);
  });

  // Mean and variance by the gamma function: shape 0.5 gives 2 and 20; shape 2, sqrt(pi) / 2 and 1 - pi / 4.
  test.each([
    [0.5, 2, 20],
    [1, 1, 1],
    [2, Math.sqrt(Math.PI) / 2, 1 - Math.PI / 4],
  ])('of a Weibull of shape %d has its mean and variance', (shape, expected, spread) => {
    const { mean: middle, variance } = moments((random) => Math.exp(logWeibull(random, shape)));
    expect(Math.abs(middle / expected - 1)).toBeLessThan(0.05);
    expect(Math.abs(variance / spread - 1)).toBeLessThan(0.25);
  });

  test('of the exponential is above 0, with mean and variance 1', () => {
    const { mean: middle, variance, least } = moments(exponential);
    expect([middle, variance].map((value) => Math.abs(value - 1) < 0.05)).toEqual([true, true]);
    expect(least).toBeGreaterThanOrEqual(0);
  });

  test('rounds a number by chance, and a whole one never', () => {
    const { mean: middle } = moments((random) => roundedByChance(random, 2.3));
    expect(Math.abs(middle - 2.3)).toBeLessThan(0.02);
    expect(moments((random) => roundedByChance(random, 3))).toEqual({ mean: 3, variance: 0, least: 3 });
  });
});
