/** Lengths of requests, for traces that know only when requests come. */
import type { RandomStream } from '../sim/random';

/** Quantiles of the lengths; input and output are drawn apart, as nothing is known of how they go together. */
export interface TokenQuantiles {
  /** Shares from 0 to 1, in order. */
  readonly probs: readonly number[];
  /** Length that the share of requests does not exceed. */
  readonly inTokens: readonly number[];
  readonly outTokens: readonly number[];
}

/** Lengths of requests that were seen; a pair is drawn as one. A `RequestTrace` is such a mix. */
export interface TokenPairs {
  readonly inputTokens: ArrayLike<number>;
  readonly outputTokens: ArrayLike<number>;
}

export type TokenMix = TokenQuantiles | TokenPairs;

/**
 * Lengths at a large general chat service: github.com/alibaba/ServeGen @f891d11, data/language/m-large (Apache-2.0),
 * weighted by the rate of 63 % of the load. Xiang et al., arXiv 2505.09999.
 */
export const SERVEGEN_M_LARGE: TokenQuantiles = {
  probs: [0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999],
  inTokens: [42, 63, 73, 132, 594, 847, 1182, 1940, 3840, 8484],
  outTokens: [1, 1, 1, 8, 53, 169, 469, 644, 940, 1371],
};

/** The length at a share: straight lines between the quantiles, and nothing beyond the first and the last. */
function lengthAt({ probs }: TokenQuantiles, lengths: readonly number[], share: number): number {
  const above = probs.findIndex((prob) => prob >= share);
  if (above === -1) return lengths[lengths.length - 1] ?? 1;
  const high = lengths[above] ?? 1;
  if (above === 0) return high;
  const low = lengths[above - 1] ?? 1;
  const from = probs[above - 1] ?? 0;
  const width = (probs[above] ?? 1) - from;
  return low + ((high - low) * (share - from)) / width;
}

/** Lengths of that many requests. */
export function drawTokens(random: RandomStream, mix: TokenMix, count: number): Required<TokenArrays> {
  const inputTokens = new Uint32Array(count);
  const outputTokens = new Uint32Array(count);
  for (let i = 0; i < count; i += 1) {
    if ('probs' in mix) {
      inputTokens[i] = Math.max(1, Math.round(lengthAt(mix, mix.inTokens, random.uniform())));
      outputTokens[i] = Math.max(1, Math.round(lengthAt(mix, mix.outTokens, random.uniform())));
    } else {
      const one = Math.floor(random.uniform() * mix.inputTokens.length);
      inputTokens[i] = mix.inputTokens[one] ?? 1;
      outputTokens[i] = mix.outputTokens[one] ?? 1;
    }
  }
  return { inputTokens, outputTokens };
}

/** Lengths, one entry for each request. */
export interface TokenArrays {
  readonly inputTokens: Uint32Array;
  readonly outputTokens: Uint32Array;
}
