/** Draws that the generators of requests need beyond the uniform and the normal ones. */
import type { RandomStream } from '../sim/random';

/** Logarithm of a uniform draw; its number is never 0. */
function logUniform(random: RandomStream): number {
  return Math.log(1 - random.uniform());
}

/** An exponential draw of mean 1. */
export function exponential(random: RandomStream): number {
  return -logUniform(random);
}

/** Marsaglia and Tsang, A simple method for generating gamma variables, ACM TOMS 26 (2000); shapes of 1 and more. */
function gammaOfOneOrMore(random: RandomStream, shape: number): number {
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = random.normal();
    const root = 1 + c * x;
    if (root <= 0) continue;
    const v = root * root * root;
    if (logUniform(random) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

/**
 * Logarithm of a gamma draw of scale 1. With the small shapes of bursty clients the draws themselves would underflow.
 * A shape below 1 is drawn as one above 1 times a power of a uniform draw, as in the same paper.
 */
export function logGamma(random: RandomStream, shape: number): number {
  if (shape >= 1) return Math.log(gammaOfOneOrMore(random, shape));
  return Math.log(gammaOfOneOrMore(random, shape + 1)) + logUniform(random) / shape;
}

/** Logarithm of a Weibull draw of scale 1, by inversion. */
export function logWeibull(random: RandomStream, shape: number): number {
  return Math.log(exponential(random)) / shape;
}

/** The whole number below or above, so that the mean over many draws is the value itself. */
export function roundedByChance(random: RandomStream, value: number): number {
  const whole = Math.floor(value);
  return whole + (random.uniform() < value - whole ? 1 : 0);
}
