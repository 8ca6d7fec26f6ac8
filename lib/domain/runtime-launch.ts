/** How each model server is started: command, arguments, environment and configuration files as text. */
import type { GpuMemoryFit } from './gpu-memory-fit';
import type { RuntimeProfile, ServerKind } from './inference-runtime';
import { type LoraPlan, loraArgs } from './lora-adapters';
import type { ModelArtifact } from './model-artifact';

/** Where the server finds the weights. */
export type WeightsLocation =
  /** Downloaded by the server at start, at the pinned revision. */
  | { readonly kind: 'hub' }
  /** Mounted read-only. */
  | { readonly kind: 'mounted'; readonly path: string };

/** Everything that the start depends on. */
export interface LaunchInput {
  readonly runtime: RuntimeProfile;
  readonly model: ModelArtifact;
  readonly fit: GpuMemoryFit;
  readonly weights: WeightsLocation;
  readonly memoryUtilisation: number;
  /** Sequences that are decoded at the same time, of whatever length. */
  readonly maxNumSeqs: number;
  /** Bytes of one GPU. */
  readonly gpuBytes: number;
  /** Seconds that requests in flight get to finish after SIGTERM. */
  readonly drainSeconds: number;
  /** Whether the GPU computes in bfloat16; a T4 does not and needs half precision. */
  readonly bfloat16: boolean;
  readonly trustRemoteCode: boolean;
  readonly extraArgs: readonly string[];
  readonly lora?: LoraPlan;
}

/** Files that the server reads: content by absolute path. */
export type ConfigFiles = Readonly<Record<string, string>>;

/** A start in the terms of a container. */
export interface Launch {
  readonly command: readonly string[];
  readonly args: readonly string[];
  /** The variables that warmpath sets. */
  readonly env: Readonly<Record<string, string>>;
  /** Each is mounted by itself: Triton takes every directory beside its own for a model. */
  readonly config?: ConfigFiles;
  /** Run after the preStop pause by servers that do not stop on SIGTERM. */
  readonly stopCommand?: readonly string[];
}

/** T4 and older have no bfloat16, and vLLM refuses it there instead of converting. */
export function dtypeOf(input: LaunchInput): 'bfloat16' | 'half' | 'auto' {
  const { dtype } = input.model;
  if (dtype === 'bfloat16') return input.bfloat16 ? 'bfloat16' : 'half';
  return dtype === 'float16' ? 'half' : 'auto';
}

/** Caches lie below HOME, which is the one writable place beside /tmp and /dev/shm. */
function cacheEnv({ runtime, weights }: LaunchInput): Record<string, string> {
  const cache = `${runtime.home}/.cache`;
  return {
    HOME: runtime.home,
    // torch asks for the name of the user at import, and fails for a uid that the image does not list.
    USER: 'warmpath',
    LOGNAME: 'warmpath',
    XDG_CACHE_HOME: cache,
    XDG_CONFIG_HOME: `${runtime.home}/.config`,
    HF_HOME: `${cache}/huggingface`,
    HF_HUB_DISABLE_TELEMETRY: '1',
    TRITON_CACHE_DIR: `${cache}/triton`,
    TORCHINDUCTOR_CACHE_DIR: `${cache}/inductor`,
    NUMBA_CACHE_DIR: `${cache}/numba`,
    DO_NOT_TRACK: '1',
    ...(weights.kind === 'mounted' && { HF_HUB_OFFLINE: '1' }),
  };
}

/** What the server is told to load. */
export function modelPath({ model, weights }: LaunchInput): string {
  return weights.kind === 'hub' ? model.repository : weights.path;
}

function vllmEnv({ runtime }: LaunchInput): Record<string, string> {
  return {
    VLLM_CACHE_ROOT: `${runtime.home}/.cache/vllm`,
    VLLM_NO_USAGE_STATS: '1',
    VLLM_MEDIA_URL_ALLOW_REDIRECTS: '0',
  };
}

/** Arguments that vLLM and SGLang spell alike. */
function commonArgs(input: LaunchInput): readonly string[] {
  const { model, runtime } = input;
  return [
    '--load-format',
    'safetensors',
    '--served-model-name',
    model.name,
    '--host',
    '0.0.0.0',
    '--port',
    String(runtime.ports.http),
    '--dtype',
    dtypeOf(input),
  ];
}

/** What the team asked for, behind what was derived. */
function lastArgs({ runtime, lora, trustRemoteCode, extraArgs }: LaunchInput): readonly string[] {
  return [...loraArgs(runtime.kind, lora), ...(trustRemoteCode ? ['--trust-remote-code'] : []), ...extraArgs];
}

/** The flag by which a server is told how long requests in flight may take after SIGTERM; the others have none. */
const DRAIN_FLAG = { vllm: '--shutdown-timeout', triton: '--exit-timeout-secs' } as const;

/** All of them: what a rule over manifests looks for. */
export const DRAIN_FLAGS: readonly string[] = Object.values(DRAIN_FLAG);

/** Flags as in vllm/engine/arg_utils.py and vllm/entrypoints of 0.33.0. */
function launchVllm(input: LaunchInput): Launch {
  const { model, fit, weights } = input;
  const revision = weights.kind === 'hub' ? ['--revision', model.revision, '--tokenizer-revision', model.revision] : [];
  return {
    command: ['vllm', 'serve'],
    args: [
      modelPath(input),
      ...revision,
      ...commonArgs(input),
      '--tensor-parallel-size',
      String(fit.tensorParallel),
      '--gpu-memory-utilization',
      String(input.memoryUtilisation),
      '--max-model-len',
      String(fit.maxModelLen),
      '--max-num-seqs',
      String(input.maxNumSeqs),
      DRAIN_FLAG.vllm,
      String(input.drainSeconds),
      '--disable-access-log-for-endpoints',
      '/health,/metrics',
      ...lastArgs(input),
    ],
    env: { ...cacheEnv(input), ...vllmEnv(input) },
  };
}

/** SGLang counts weights, adapters and KV cache only; what vLLM counts inside its share stays outside. */
function staticFraction({ fit, gpuBytes }: LaunchInput): number {
  const { weightsBytesPerGpu, adapterBytesPerGpu, kvBudgetBytesPerGpu } = fit;
  return Math.floor(((weightsBytesPerGpu + adapterBytesPerGpu + kvBudgetBytesPerGpu) / gpuBytes) * 100) / 100;
}

/** Flags as in sglang/srt/server_args.py of 0.5.23; it binds to loopback unless told otherwise. */
function launchSglang(input: LaunchInput): Launch {
  const { model, fit, weights, runtime } = input;
  return {
    command: ['python3', '-m', 'sglang.launch_server'],
    args: [
      '--model-path',
      modelPath(input),
      ...(weights.kind === 'hub' ? ['--revision', model.revision] : []),
      ...commonArgs(input),
      '--tp-size',
      String(fit.tensorParallel),
      '--mem-fraction-static',
      String(staticFraction(input)),
      '--context-length',
      String(fit.maxModelLen),
      '--max-running-requests',
      String(input.maxNumSeqs),
      '--enable-metrics',
      ...lastArgs(input),
    ],
    env: { ...cacheEnv(input), SGLANG_CACHE_DIR: `${runtime.home}/.cache/sglang` },
  };
}

const TRITON_REPOSITORY = '/etc/warmpath/model-repository';

/**
 * The vLLM backend of Triton reads AsyncEngineArgs from model.json and completes inputs, outputs and the decoupled
 * policy of config.pbtxt by itself (triton-inference-server/vllm_backend src/model.py).
 */
function tritonModel(input: LaunchInput): Record<string, string> {
  const { model, fit, weights } = input;
  const engine = {
    model: modelPath(input),
    ...(weights.kind === 'hub' && { revision: model.revision, tokenizer_revision: model.revision }),
    load_format: 'safetensors',
    dtype: dtypeOf(input),
    tensor_parallel_size: fit.tensorParallel,
    gpu_memory_utilization: input.memoryUtilisation,
    max_model_len: fit.maxModelLen,
    max_num_seqs: input.maxNumSeqs,
    disable_log_stats: false,
    ...(input.trustRemoteCode && { trust_remote_code: true }),
  };
  const config = [
    'backend: "vllm"',
    'instance_group [ { count: 1 kind: KIND_MODEL } ]',
    'parameters { key: "REPORT_CUSTOM_METRICS" value { string_value: "true" } }',
  ];
  return {
    [`${TRITON_REPOSITORY}/${model.name}/config.pbtxt`]: `${config.join('\n')}\n`,
    [`${TRITON_REPOSITORY}/${model.name}/1/model.json`]: `${JSON.stringify(engine, undefined, 2)}\n`,
  };
}

/** Flags as in triton-inference-server/server src/command_line_parser.cc (2.73). */
function launchTriton(input: LaunchInput): Launch {
  const { ports } = input.runtime;
  return {
    command: ['tritonserver'],
    args: [
      `--model-repository=${TRITON_REPOSITORY}`,
      '--model-control-mode=none',
      '--strict-readiness=true',
      '--allow-sagemaker=false',
      '--allow-vertex-ai=false',
      `--http-port=${ports.http}`,
      `--grpc-port=${ports.grpc}`,
      `--metrics-port=${ports.metrics}`,
      '--metrics-config=histogram_latencies=true',
      `${DRAIN_FLAG.triton}=${input.drainSeconds}`,
      ...input.extraArgs,
    ],
    env: { ...cacheEnv(input), ...vllmEnv(input) },
    config: tritonModel(input),
  };
}

const TORCHSERVE_CONFIG = '/etc/warmpath/torchserve/config.properties';

/**
 * The image's own configuration binds management to all addresses and its command never passes SIGTERM on, so both
 * are replaced (pytorch/serve docker/, ConfigManager.java).
 */
function launchTorchserve(input: LaunchInput): Launch {
  const { runtime, model, drainSeconds } = input;
  const archive = `${model.name}.mar`;
  const config = {
    inference_address: `http://0.0.0.0:${runtime.ports.http}`,
    management_address: 'http://127.0.0.1:8081',
    metrics_address: `http://0.0.0.0:${runtime.ports.metrics}`,
    metrics_mode: 'prometheus',
    disable_token_authorization: 'true',
    enable_model_api: 'false',
    allowed_urls: 'file://.*',
    install_py_dep_per_model: 'false',
    default_response_timeout: String(Math.max(120, drainSeconds)),
  };
  const lines = Object.entries(config).map(([key, value]) => `${key}=${value}`);
  return {
    command: ['torchserve', '--start', '--foreground', '--ncs'],
    args: [
      '--model-store',
      modelPath(input),
      '--models',
      `${model.name}=${archive}`,
      '--ts-config',
      TORCHSERVE_CONFIG,
      ...input.extraArgs,
    ],
    env: {
      ...cacheEnv(input),
      TEMP: '/tmp',
      LOG_LOCATION: '/tmp/logs',
      METRICS_LOCATION: '/tmp/logs',
    },
    config: { [TORCHSERVE_CONFIG]: `${lines.join('\n')}\n` },
    stopCommand: ['torchserve', '--stop', '--foreground'],
  };
}

/** What every server gets; the profile of a custom one adds its command (custom-runtime). */
function launchBare(input: LaunchInput): Launch {
  return { command: [], args: input.extraArgs, env: cacheEnv(input) };
}

const LAUNCHERS: Readonly<Record<ServerKind, (input: LaunchInput) => Launch>> = {
  vllm: launchVllm,
  sglang: launchSglang,
  triton: launchTriton,
  torchserve: launchTorchserve,
  custom: launchBare,
};

/** The start of a server. */
export function launchOf(input: LaunchInput): Launch {
  return LAUNCHERS[input.runtime.kind](input);
}
