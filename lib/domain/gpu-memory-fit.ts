/** Does the model fit the GPUs, and with which context: arithmetic that is done before a node is paid for. */

import type { GpuProfile } from './gpu-profile';
import { checkOneInstance } from './mig';
import { kvBytesPerTokenPerGpu, type ModelArtifact, type ModelDtype } from './model-artifact';
import { type Draft, Findings } from './problem';

const GIB = 1024 ** 3;

/** Headers, padding and buffers on top of the weights: kaito-project/kaito's estimator multiplies by 1.02. */
const WEIGHTS_OVERHEAD = 1.02;

/** CUDA context, graphs and activations: kaito-project/kaito nodesestimator v0.12 takes 2.3 GiB and 5 % of the memory. */
const RUNTIME_OVERHEAD = { bytes: 2.3 * GIB, share: 0.05 };

/** Sequences of full length that must fit at the same time if nothing is said. */
const DEFAULT_CONCURRENCY = 8;

/** A derived context shorter than this serves nobody, tokens. */
const MIN_DERIVED_CONTEXT = 2048;

/** vLLM's KV cache is handed out in blocks; derived contexts are whole multiples of this many tokens. */
const CONTEXT_STEP = 256;

/** What the service asks of the GPUs. */
export interface FitRequest {
  readonly model: ModelArtifact;
  readonly profile: GpuProfile;
  /** Share of each GPU's memory that the server may take, 0-1. */
  readonly memoryUtilisation: number;
  /** GPUs that one copy of the model is spread over. @default the fewest that fit */
  readonly tensorParallel?: number;
  /** Longest sequence in tokens, prompt and answer together. @default as much as fits, at most the model's own limit */
  readonly maxModelLen?: number;
  /** Sequences of full length that must fit at once. @default as many as fit, at least 8 unless maxModelLen is given */
  readonly concurrency?: number;
  /** Bytes that adapters take of each GPU. @default 0 */
  readonly adapterBytesPerGpu?: number;
}

/** A model on GPUs, with the sums behind it. */
export interface GpuMemoryFit {
  readonly tensorParallel: number;
  readonly maxModelLen: number;
  readonly concurrency: number;
  readonly kvDtype: ModelDtype;
  readonly weightsBytesPerGpu: number;
  readonly overheadBytesPerGpu: number;
  readonly adapterBytesPerGpu: number;
  readonly kvBudgetBytesPerGpu: number;
  readonly kvBytesPerTokenPerGpu: number;
  /** Tokens of all sequences together that the KV cache holds. */
  readonly kvTokens: number;
  /** The arithmetic in words. */
  readonly explanation: string;
}

function gib(bytes: number): string {
  return `${(bytes / GIB).toFixed(1)} GiB`;
}

/** Sizes of tensor parallelism that divide the GPUs of a node and the heads of the model, small to large. */
function possibleSplits(model: ModelArtifact, profile: GpuProfile): readonly number[] {
  if (profile.gpu?.migProfile !== undefined) return [1];
  return Array.from({ length: profile.gpus }, (_, index) => index + 1).filter(
    (size) => profile.gpus % size === 0 && model.attentionHeads % size === 0 && headsSplit(model, size),
  );
}

function headsSplit(model: ModelArtifact, size: number): boolean {
  return model.keyValueHeads % size === 0 || size % model.keyValueHeads === 0;
}

interface Budget {
  readonly weights: number;
  readonly overhead: number;
  readonly kv: number;
  readonly perToken: number;
  readonly tokens: number;
}

function budgetOf(request: FitRequest, gpuBytes: number, size: number): Budget {
  const { model } = request;
  const usable = gpuBytes * request.memoryUtilisation;
  const weights = (model.weightsBytes * WEIGHTS_OVERHEAD) / size;
  const overhead = RUNTIME_OVERHEAD.bytes + RUNTIME_OVERHEAD.share * gpuBytes;
  const kv = usable - weights - overhead - (request.adapterBytesPerGpu ?? 0);
  const perToken = kvBytesPerTokenPerGpu(model, size, kvDtypeOf(model));
  return { weights, overhead, kv, perToken, tokens: Math.max(0, Math.floor(kv / perToken)) };
}

/** The servers keep the KV cache in 16 bits unless told otherwise, whatever the weights are. */
function kvDtypeOf(model: ModelArtifact): ModelDtype {
  return model.dtype === 'float16' ? 'float16' : 'bfloat16';
}

function sums(request: FitRequest, gpuBytes: number, size: number, budget: Budget): string {
  const { model, profile, memoryUtilisation, adapterBytesPerGpu = 0 } = request;
  const adapters = adapterBytesPerGpu === 0 ? '' : `less adapters ${gib(adapterBytesPerGpu)}; `;
  return (
    `${profile.gpu?.model} ${gib(gpuBytes)} x ${memoryUtilisation} = ${gib(gpuBytes * memoryUtilisation)}; ` +
    `less weights ${gib(model.weightsBytes)} x ${WEIGHTS_OVERHEAD} / ${size} = ${gib(budget.weights)}; ` +
    `less runtime ${gib(budget.overhead)}; ${adapters}leaves ${gib(Math.max(0, budget.kv))} for the KV cache ` +
    `at ${Math.ceil(budget.perToken / 1024)} KiB a token and GPU = ${budget.tokens} tokens`
  );
}

/** Tokens that have to fit at once; what is not asked for counts with its least useful value. */
function neededTokens(request: FitRequest): number {
  const context = request.maxModelLen ?? Math.min(MIN_DERIVED_CONTEXT, request.model.maxModelLen);
  const concurrency = request.concurrency ?? (request.maxModelLen === undefined ? DEFAULT_CONCURRENCY : 1);
  return context * concurrency;
}

function checkAsked(findings: Findings, request: FitRequest): void {
  const { model, maxModelLen, concurrency } = request;
  if (
    maxModelLen !== undefined &&
    !(Number.isInteger(maxModelLen) && maxModelLen >= 1 && maxModelLen <= model.maxModelLen)
  ) {
    findings.error('WP-FIT-001', 'maxModelLen', maxModelLen, {
      message: `${model.name} was made for sequences of at most ${model.maxModelLen} tokens`,
      allowed: `a whole number from 1 to ${model.maxModelLen}`,
      fix: 'leave it out to take as much as fits',
    });
  }
  if (concurrency !== undefined && !(Number.isInteger(concurrency) && concurrency >= 1)) {
    findings.error('WP-FIT-002', 'concurrency', concurrency, {
      message: 'this is no number of sequences',
      allowed: 'a whole number above 0',
      fix: `leave it out for ${DEFAULT_CONCURRENCY}`,
    });
  }
  if (!(request.memoryUtilisation > 0 && request.memoryUtilisation <= 0.98)) {
    findings.error('WP-FIT-006', 'gpuMemoryUtilisation', request.memoryUtilisation, {
      message: 'the server needs a share of the GPU, and the driver needs the rest',
      allowed: 'a number above 0, at most 0.98',
      fix: 'leave it out',
    });
  }
}

function checkDtype(findings: Findings, model: ModelArtifact, profile: GpuProfile): void {
  if (model.dtype !== 'float8' || profile.gpu?.float8 !== false) return;
  // docs.vllm.ai v0.32.0 features/quantization/llm_compressor/fp8.
  findings.warning('WP-FIT-003', 'model.dtype', model.dtype, {
    message: `${profile.gpu.model} has no 8-bit floating point units: the weights stay small, but are computed in 16 bits`,
    allowed: 'a GPU of compute capability 8.9 and newer (L4, L40S, H100, H200) for the full speed',
    fix: 'measure the throughput before you promise one',
  });
}

/** Part of the model's own limit below which a derived context is worth a word. */
const CONTEXT_WORTH_A_WORD = 0.25;

function warnShortContext(
  findings: Findings,
  request: FitRequest,
  fit: GpuMemoryFit,
  larger: number | undefined,
): void {
  const { model } = request;
  if (request.maxModelLen !== undefined || fit.maxModelLen >= model.maxModelLen * CONTEXT_WORTH_A_WORD) return;
  findings.warning('WP-FIT-008', 'maxModelLen', fit.maxModelLen, {
    message: `${fit.concurrency} sequences at once leave ${fit.maxModelLen} of the ${model.maxModelLen} tokens that ${model.name} was made for`,
    allowed: 'the context that your callers need',
    fix:
      larger === undefined
        ? 'lower concurrency, or choose GPUs with more memory'
        : `set tensorParallel: ${larger}, or lower concurrency`,
  });
}

/** Fits a model onto the GPUs of one node, or says with all sums why not. */
export function draftGpuMemoryFit(request: FitRequest): Draft<GpuMemoryFit> {
  const findings = new Findings();
  const { model, profile } = request;
  const gpuBytes = profile.gpu?.memoryBytes;
  if (gpuBytes === undefined) {
    findings.error('WP-FIT-007', 'pool', profile.machineType, {
      message: 'this machine has no GPU',
      allowed: 'a GPU machine type',
      fix: 'choose another pool',
    });
    return findings.draft<GpuMemoryFit>(undefined);
  }
  checkAsked(findings, request);
  checkDtype(findings, model, profile);
  const splits = possibleSplits(model, profile);
  const asked = request.tensorParallel;
  const one = checkOneInstance(findings, 'tensorParallel', asked, profile);
  if (one && asked !== undefined && !splits.includes(asked)) {
    findings.error('WP-FIT-004', 'tensorParallel', asked, {
      message: `it has to divide the ${profile.gpus} GPU(s) of a ${profile.machineType} and the ${model.attentionHeads} attention heads (${model.keyValueHeads} KV heads) of ${model.name}`,
      allowed: splits.join(', '),
      fix: 'leave it out for the fewest GPUs that fit',
    });
  }
  if (findings.hasErrors) return findings.draft<GpuMemoryFit>(undefined);

  const needed = neededTokens(request);
  const candidates = asked === undefined ? splits : [asked];
  const size = candidates.find((split) => budgetOf(request, gpuBytes, split).tokens >= needed);
  if (size === undefined) {
    const largest = candidates.at(-1) ?? 1;
    const budget = budgetOf(request, gpuBytes, largest);
    findings.error('WP-FIT-005', 'model', model.name, {
      message: `it does not fit ${largest} GPU(s) of a ${profile.machineType} with ${needed} tokens in flight: ${sums(request, gpuBytes, largest, budget)}`,
      allowed: `at least ${needed} tokens (context x concurrency)`,
      fix: request.adapterBytesPerGpu
        ? 'load fewer adapters, lower maxModelLen or concurrency, or choose a pool with more GPU memory'
        : budget.tokens > 0
          ? 'lower maxModelLen or concurrency, or choose a pool with more GPU memory'
          : 'choose a pool with more GPU memory, or a smaller or quantised model',
    });
    return findings.draft<GpuMemoryFit>(undefined);
  }
  const fit = settle(request, gpuBytes, size);
  warnShortContext(findings, request, fit, asked === undefined ? splits.find((split) => split > size) : undefined);
  return findings.draft(fit);
}

function settle(request: FitRequest, gpuBytes: number, size: number): GpuMemoryFit {
  const { model } = request;
  const budget = budgetOf(request, gpuBytes, size);
  const wanted = request.concurrency ?? DEFAULT_CONCURRENCY;
  const derived = Math.min(model.maxModelLen, Math.floor(budget.tokens / wanted / CONTEXT_STEP) * CONTEXT_STEP);
  const maxModelLen = request.maxModelLen ?? Math.max(derived, Math.min(MIN_DERIVED_CONTEXT, model.maxModelLen));
  const concurrency = request.concurrency ?? Math.floor(budget.tokens / maxModelLen);
  return {
    tensorParallel: size,
    maxModelLen,
    concurrency,
    kvDtype: kvDtypeOf(model),
    weightsBytesPerGpu: budget.weights,
    overheadBytesPerGpu: budget.overhead,
    adapterBytesPerGpu: request.adapterBytesPerGpu ?? 0,
    kvBudgetBytesPerGpu: budget.kv,
    kvBytesPerTokenPerGpu: budget.perToken,
    kvTokens: budget.tokens,
    explanation: `${sums(request, gpuBytes, size, budget)}, ${concurrency} sequences of ${maxModelLen}`,
  };
}
