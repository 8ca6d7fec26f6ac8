/** Draws that the generators of requests need beyond the uniform and the normal ones. */
import type { RandomStream } from '../sim/random';

/** An exponential draw of mean 1. */
export function exponential(random: RandomStream): number {
  return -Math.log(1 - random.uniform());
}

/**
 * A gamma draw of scale 1: Marsaglia and Tsang, A simple method for generating gamma variables (ACM TOMS 26, 2000), with
 * their remedy for a shape below 1.
 */
export function gamma(random: RandomStream, shape: number): number {
  // Far below 1 the draw underflows to 0, which is what almost all of such a distribution is.
  if (shape < 1) return gamma(random, shape + 1) * Math.exp(Math.log(1 - random.uniform()) / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = random.normal();
    const cube = 1 + c * x;
    if (cube <= 0) continue;
    const v = cube * cube * cube;
    if (Math.log(1 - random.uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** A Weibull draw of scale 1, by inversion. */
export function weibull(random: RandomStream, shape: number): number {
  return Math.exp(Math.log(exponential(random)) / shape);
}

/** The whole number below or above, so that the mean over many draws is the value itself. */
export function roundedByChance(random: RandomStream, value: number): number {
  const whole = Math.floor(value);
  return whole + (random.uniform() < value - whole ? 1 : 0);
}
