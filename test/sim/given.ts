/** A server whose times are added up by hand, and requests for it. */
import type { RequestLedger } from '../../lib/sim/replica';
import type { ServerProfile } from '../../lib/sim/server-profile';

/** 10 ms beside the GPU, 1 ms a token, nothing for attention; four sequences, 100 tokens a step, 1000 in the cache. */
export const PLAIN: ServerProfile = {
  name: 'plain',
  source: 'made for the test',
  overheadMs: 10,
  linearMs: [
    [1, 1],
    [2, 2],
  ],
  attentionMsPerToken: 0,
  tokenBudget: 100,
  maxSequences: 4,
  cacheTokens: 1000,
};

/** Requests in the order of their arrival. */
export type GivenRequests = readonly (readonly [arrivalSeconds: number, input: number, output: number])[];

/** The ledger of requests that nobody has served. */
export function ledgerOf(given: GivenRequests): RequestLedger {
  return {
    arrivalSeconds: Float64Array.from(given, ([at]) => at),
    inputTokens: Uint32Array.from(given, ([, input]) => input),
    outputTokens: Uint32Array.from(given, ([, , output]) => output),
    timeToFirstToken: new Float64Array(given.length).fill(Number.NaN),
    endSeconds: new Float64Array(given.length).fill(Number.NaN),
  };
}
