/** The founding story as requests: a steady service, and a spike that comes at once. */
import { RandomStream } from '../sim/random';
import type { RequestStream } from '../sim/simulate';
import { exponential } from './distributions';
import { drawTokens, type TokenMix } from './token-mix';

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

/** Requests of the story: a Poisson process whose rate steps up and down again. */
export function storyStream(story: Story): RequestStream {
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
