/**
 * Chance that is the same on every machine: one seeded stream for each concern, so that a change of policy moves no other
 * draw. Only sums, products, roots, logarithms and exponentials are used, which V8 computes in software.
 */
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Draws from one stream. */
export class RandomStream {
  private readonly generator;
  private spare: number | undefined;

  /** @param concern what is drawn; streams of one seed with different concerns have nothing to do with each other. */
  constructor(seed: number, concern: string) {
    let hash = seed | 0;
    for (const letter of concern) hash = (Math.imul(hash, 31) + (letter.codePointAt(0) ?? 0)) | 0;
    this.generator = xoroshiro128plus(hash);
  }

  /** From 0 to 1, without 1. */
  uniform(): number {
    return uniformFloat64(this.generator);
  }

  /** Mean 0, deviation 1: Marsaglia's polar method. */
  normal(): number {
    if (this.spare !== undefined) {
      const { spare } = this;
      this.spare = undefined;
      return spare;
    }
    for (;;) {
      const x = 2 * this.uniform() - 1;
      const y = 2 * this.uniform() - 1;
      const square = x * x + y * y;
      if (square >= 1 || square === 0) continue;
      const scale = Math.sqrt((-2 * Math.log(square)) / square);
      this.spare = y * scale;
      return x * scale;
    }
  }

  /** A lognormal duration with these two quantiles. */
  duration({ p50Seconds, p95Seconds }: Quantiles): number {
    const normal = this.normal();
    if (p50Seconds <= 0) return 0;
    return p50Seconds * Math.exp((Math.log(p95Seconds / p50Seconds) / NORMAL_95) * normal);
  }
}

/** Two quantiles of a duration. */
export interface Quantiles {
  readonly p50Seconds: number;
  readonly p95Seconds: number;
}

/** 95th percentile of the normal distribution. */
const NORMAL_95 = 1.645;
