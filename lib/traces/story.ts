/** The founding story as requests: a steady service, and a spike that comes at once. */

import { Findings, unwrap } from '../domain/problem';
import { RandomStream } from '../sim/random';
import type { RequestStream } from '../sim/simulate';
import { exponential } from './distributions';
import { checkTokens, drawTokens, type TokenMix } from './token-mix';

/** A steady rate with one step. */
export interface Story {
  /** Requests per second before and after the spike. */
  readonly baseRatePerSecond: number;
  /** How many times the rate is multiplied by the spike. @default 3 */
  readonly factor?: number;
  /** Beginning of the spike. */
  readonly spikeAtSeconds: number;
  /** @default 1200, twenty minutes */
  readonly spikeSeconds?: number;
  /** End of the story. @default ten minutes behind the spike */
  readonly durationSeconds?: number;
  /** Lengths of the requests. */
  readonly tokens: TokenMix;
  /** @default 1 */
  readonly seed?: number;
}

const SPIKE_SECONDS = 1200;
const AFTERMATH_SECONDS = 600;

const MAY_BE_ZERO: readonly string[] = ['spikeAtSeconds', 'seed'];

function check(story: Story): void {
  const findings = new Findings();
  const { tokens, ...numbers } = story;
  for (const [prop, value] of Object.entries(numbers) as [string, number | undefined][]) {
    if (value === undefined) continue;
    const zero = MAY_BE_ZERO.includes(prop);
    if (Number.isFinite(value) && (zero ? value >= 0 : value > 0)) continue;
    findings.error('WP-TRACE-007', prop, value, {
      message: 'no story can be told with it',
      allowed: zero ? 'a number of 0 or more' : 'a number above 0',
      fix: 'correct the number',
    });
  }
  checkTokens(findings, tokens);
  unwrap(findings.draft(story));
}

/**
 * Requests of the story: a Poisson process whose rate steps up and down again.
 * @throws ProblemsError with everything that is wrong with the story
 */
export function storyStream(story: Story): RequestStream {
  check(story);
  const { baseRatePerSecond, factor = 3, spikeAtSeconds, spikeSeconds = SPIKE_SECONDS, tokens, seed = 1 } = story;
  const calm = spikeAtSeconds + spikeSeconds;
  const end = story.durationSeconds ?? calm + AFTERMATH_SECONDS;
  const arrivals = new RandomStream(seed, 'story arrivals');
  const arrivalMs: number[] = [];
  const pieces = [
    [0, Math.min(spikeAtSeconds, end), 1],
    [spikeAtSeconds, Math.min(calm, end), factor],
    [calm, end, 1],
  ] as const;
  for (const [from, to, times] of pieces) {
    const rate = baseRatePerSecond * times;
    // A Poisson process remembers nothing, so that each piece may begin anew.
    for (let at = from + exponential(arrivals) / rate; at < to; at += exponential(arrivals) / rate) {
      arrivalMs.push(at * 1000);
    }
  }
  return {
    arrivalMs: Float64Array.from(arrivalMs),
    ...drawTokens(new RandomStream(seed, 'story lengths'), tokens, arrivalMs.length),
  };
}
