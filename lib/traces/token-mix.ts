/** Lengths of requests, for traces that know only when requests come. */
import type { Findings } from '../domain/problem';
import type { RandomStream } from '../sim/random';

/** Quantiles of the lengths; input and output are drawn apart, as nothing is known of how they go together. */
export interface TokenQuantiles {
  /** Shares of the requests, above 0 and up to 1, in order. */
  readonly probs: readonly number[];
  /** Input that the share of requests does not exceed, in tokens. */
  readonly inTokens: readonly number[];
  /** Output that the share of requests does not exceed, in tokens. */
  readonly outTokens: readonly number[];
}

/** Lengths of requests that were seen; a pair is drawn as one. A `RequestTrace` is such a mix. */
export interface TokenPairs {
  readonly inputTokens: ArrayLike<number>;
  readonly outputTokens: ArrayLike<number>;
}

export type TokenMix = TokenQuantiles | TokenPairs;

/** Lengths, one entry for each request. */
export interface TokenArrays {
  readonly inputTokens: Uint32Array;
  readonly outputTokens: Uint32Array;
}

/**
 * Lengths at a large general service: github.com/alibaba/ServeGen @f891d11, data/language/m-large (Apache-2.0), weighted
 * by the rate of the clients that its snapshot holds, 63 % of the load. Xiang et al., arXiv 2505.09999.
 */
export const SERVEGEN_M_LARGE: TokenQuantiles = {
  probs: [0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999],
  inTokens: [42, 63, 73, 132, 594, 847, 1182, 1940, 3840, 8484],
  outTokens: [1, 1, 1, 8, 53, 169, 469, 644, 940, 1371],
};

const isLength = (value: number) => Number.isInteger(value) && value >= 1;

function checkQuantiles(findings: Findings, { probs, ...lengths }: TokenQuantiles): void {
  const wrong = probs.findIndex((prob, i) => !(prob > (i === 0 ? 0 : (probs[i - 1] ?? 0)) && prob <= 1));
  if (probs.length === 0 || wrong !== -1) {
    findings.error('WP-TRACE-008', 'tokens.probs', probs[wrong], {
      message: probs.length === 0 ? 'there are no shares' : 'the shares do not go up from 0 to 1',
      allowed: 'shares above 0 and up to 1, in order',
      fix: 'give the shares in order, such as 0.5, 0.9, 0.99',
    });
  }
  for (const name of ['inTokens', 'outTokens'] as const) {
    const values = lengths[name];
    const bad = values.findIndex((value, i) => !isLength(value) || value < (values[i - 1] ?? 1));
    if (values.length === probs.length && bad === -1) continue;
    findings.error('WP-TRACE-008', `tokens.${name}`, bad === -1 ? values.length : values[bad], {
      message: bad === -1 ? `${probs.length} shares have ${values.length} lengths` : 'lengths do not go up from 1',
      allowed: 'whole numbers of 1 or more that do not fall, one for each share',
      fix: 'give one length for each share',
    });
  }
}

/** Checks a mix before anything is drawn from it; a prop begins with `tokens`. */
export function checkTokens(findings: Findings, mix: TokenMix): void {
  if ('probs' in mix) {
    checkQuantiles(findings, mix);
    return;
  }
  const { inputTokens, outputTokens } = mix;
  if (inputTokens.length > 0 && inputTokens.length === outputTokens.length) return;
  findings.error('WP-TRACE-008', 'tokens', inputTokens.length, {
    message: `there are ${inputTokens.length} inputs and ${outputTokens.length} outputs`,
    allowed: 'one request at least, with an input and an output each',
    fix: 'take both from the same requests',
  });
}

/** The length at a share: straight lines between the quantiles, and nothing beyond the first and the last. */
function lengthAt(probs: readonly number[], lengths: readonly number[], share: number): number {
  let above = 0;
  while (above < probs.length && (probs[above] as number) < share) above += 1;
  const high = lengths[Math.min(above, lengths.length - 1)] as number;
  if (above === 0 || above === probs.length) return high;
  const low = lengths[above - 1] as number;
  const from = probs[above - 1] as number;
  return Math.round(low + ((high - low) * (share - from)) / ((probs[above] as number) - from));
}

/** Lengths of that many requests. */
export function drawTokens(random: RandomStream, mix: TokenMix, count: number): TokenArrays {
  const inputTokens = new Uint32Array(count);
  const outputTokens = new Uint32Array(count);
  for (let i = 0; i < count; i += 1) {
    if ('probs' in mix) {
      inputTokens[i] = lengthAt(mix.probs, mix.inTokens, random.uniform());
      outputTokens[i] = lengthAt(mix.probs, mix.outTokens, random.uniform());
    } else {
      const one = Math.floor(random.uniform() * mix.inputTokens.length);
      inputTokens[i] = mix.inputTokens[one] as number;
      outputTokens[i] = mix.outputTokens[one] as number;
    }
  }
  return { inputTokens, outputTokens };
}
