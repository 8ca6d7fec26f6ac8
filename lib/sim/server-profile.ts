/**
 * How long a step of a model server takes, by hardware and model: continuous batching with chunked prefill, one step for
 * one token of every running sequence. Published profiles disagree by half, so what a simulation says is worth as much
 * as it survives at 0.7 and 1.3 of these times (`serviceTimeFactor`).
 */

/** Times of one step, in milliseconds, and the limits of the server. */
export interface ServerProfile {
  readonly name: string;
  readonly source: string;
  /** What was profiled; absent for profiles that stand for nothing in particular. */
  readonly of?: { readonly gpu: string; readonly gpus: number; readonly parameters: number };
  /** Beside the GPU's work: scheduling, sampling, detokenisation. */
  readonly overheadMs: number;
  /** Linear layers by tokens in the step; between two rows a straight line, behind the last one its slope. */
  readonly linearMs: readonly (readonly [tokens: number, milliseconds: number])[];
  /** Attention over the cache, for each token of context of the running sequences. */
  readonly attentionMsPerToken: number;
  /** Tokens of a step at the most (`--max-num-batched-tokens`). */
  readonly tokenBudget: number;
  /** Sequences at the same time at the most (`--max-num-seqs`). */
  readonly maxSequences: number;
  /** Tokens that the KV cache holds. */
  readonly cacheTokens: number;
}

/** Profiles by name. */
export const SERVER_PROFILES = {
  'a100-8b': {
    name: 'A100 80 GB, 8 B, one GPU',
    of: { gpu: 'A100-80GB', gpus: 1, parameters: 8e9 },
    source:
      'linear layers: microsoft/vidur data/profiling (MIT), Llama-3-8B on A100; overhead: what the BLIS fit to vLLM 0.8.4 (16.4 ms for an empty step, inference-sim defaults.yaml @517fe652) has above them; attention: 128 KiB a token at 70 % of 2 TB/s, an estimate',
    overheadMs: 6.6,
    linearMs: [
      [1, 9.8],
      [64, 11.3],
      [128, 13.3],
      [256, 19.6],
      [512, 34.8],
      [1024, 75.6],
      [2048, 146],
    ],
    attentionMsPerToken: 0.00009,
    tokenBudget: 2048,
    maxSequences: 256,
    // (0.9 x 80 GB - 16 GB of weights) / 128 KiB.
    cacheTokens: 427_000,
  },
} as const satisfies Readonly<Record<string, ServerProfile>>;

export type ServerProfileName = keyof typeof SERVER_PROFILES;

/** Milliseconds of the linear layers for 0 to `tokenBudget` + `maxSequences` tokens, times the factor. */
export function linearTable(profile: ServerProfile, factor: number): Float64Array {
  const table = new Float64Array(profile.tokenBudget + profile.maxSequences + 1);
  const rows = profile.linearMs;
  let row = 0;
  for (let tokens = 1; tokens < table.length; tokens += 1) {
    while (row + 2 < rows.length && tokens > (rows[row + 1]?.[0] ?? 0)) row += 1;
    const [x0, y0] = rows[row] ?? [1, 0];
    const [x1, y1] = rows[row + 1] ?? [x0 + 1, y0];
    table[tokens] = (y0 + ((y1 - y0) * (tokens - x0)) / (x1 - x0)) * factor;
  }
  return table;
}
