/** The table of model servers: what is known about each kind and version, with the source of each row. */
import type { CompileCacheFacts, RuntimeKind, RuntimeProfile } from './inference-runtime';
import { SHARED_MEMORY } from './pod-resources';
import type { RuntimeMetrics } from './runtime-metrics';

/** One published image. */
export interface VersionRow {
  readonly tag: string;
  readonly digest?: string;
  /** What this version reports differently from the rest of its kind. */
  readonly metrics?: Partial<RuntimeMetrics>;
  /** Where the tag, and the digest if there is one, was read. */
  readonly source: string;
}

/** Everything that is known about a kind of server. */
export interface RuntimeFacts {
  readonly repository: string;
  /** The first is the default: the newest whose tag a public source names. */
  readonly versions: Readonly<Record<string, VersionRow>>;
  /** Oldest version without a known hole that configuration cannot close. */
  readonly securityFloor: string;
  readonly floorReason: string;
  /** Absent when nobody documents that the image runs as anyone but root. */
  readonly uid?: number;
  readonly gid: number;
  readonly home: string;
  readonly profile: Omit<
    RuntimeProfile,
    'kind' | 'name' | 'version' | 'image' | 'uid' | 'gid' | 'home' | 'metrics' | 'refusedEnv'
  >;
  /** Arguments that open a hole, with what they do. */
  readonly refusedFlags: Readonly<Record<string, string>>;
  /** Arguments that warmpath derives itself. */
  readonly ownedFlags: readonly string[];
  /** Environment variables that open a hole, with what they do. */
  readonly refusedEnv: Readonly<Record<string, string>>;
  readonly unmaintained?: string;
}

/**
 * vLLM keeps what Inductor makes below its own root, and Triton's kernels where TRITON_CACHE_DIR says, if it says
 * (initialize_inductor_cache). Its documentation has the first copied whole.
 */
const VLLM_COMPILE_CACHE: CompileCacheFacts = {
  directories: { 'vllm/torch_compile_cache': 'VLLM_CACHE_ROOT', triton: 'TRITON_CACHE_DIR' },
  source:
    'vllm-project/vllm docs/design/torch_compile.md; vllm/compilation/{backends,decorators,compiler_interface}.py of 0.33.0',
};

export const RUNTIMES: Readonly<Record<RuntimeKind, RuntimeFacts>> = {
  /** docs/deployment/docker.md: the image is prepared for user vllm, uid 2000, gid 0, HOME /home/vllm. */
  vllm: {
    repository: 'vllm/vllm-openai',
    versions: {
      '0.32.0': {
        tag: 'v0.32.0',
        metrics: { bucketsFlag: '--custom-histogram-buckets' },
        source: 'tag form: vllm-project/vllm publish-release-images.sh; version: PyPI; no public digest found',
      },
      '0.33.0': {
        tag: 'v0.33.0',
        metrics: { bucketsFlag: '--custom-histogram-buckets' },
        source: 'tag form: vllm-project/vllm publish-release-images.sh; version: PyPI; no public digest found',
      },
      '0.31.0': {
        tag: 'v0.31.0',
        digest: 'sha256:c1c9f6fd5c109ba7f0546a59f5b2f15fb87f64c77782e90a27b648b42a8e67c3',
        source: 'index digest in ai-dynamo/aiconfigurator tests and seven other public files, 2026-10-07',
      },
    },
    securityFloor: '0.32.0',
    floorReason: 'PYSEC-2026-4344 and -4349 (chat template denial of service) are fixed in 0.32.0',
    uid: 2000,
    gid: 0,
    home: '/home/vllm',
    profile: {
      ports: { http: 8000, metrics: 8000 },
      // Served only once the engine is up, and unlike /v1/models not behind the API key (0.33.0 entrypoints).
      readinessPath: '/health',
      livenessPath: '/health',
      probeTimeoutSeconds: 5,
      metricsPath: '/metrics',
      teardownSeconds: 5,
      // publish-release-images.sh pushes a multi-architecture index; built for 7.5 and newer.
      fetchesFromHub: true,
      architectures: ['amd64', 'arm64'],
      minComputeCapability: 7.5,
      sharedMemoryBytes: SHARED_MEMORY,
      unpackedBytes: 28.6e9,
      compileCache: VLLM_COMPILE_CACHE,
    },
    refusedFlags: {
      '--trust-remote-code': 'runs code from the model repository',
      '--enable-tokenizer-info-endpoint': 'publishes the chat template and tokenizer configuration',
      '--profiler-config': 'opens the profiling endpoints',
      '--allowed-local-media-path': 'lets requests read files of the container',
      '--config': 'replaces flags that warmpath derives',
      '--api-key': 'puts a secret into the manifest',
      '--tokenizer': 'loads a tokenizer that is not pinned',
      '--hf-overrides': 'changes the model that was checked',
      '--hf-config-path': 'changes the model that was checked',
      '--tool-parser-plugin': 'loads code into the server',
      '--reasoning-parser-plugin': 'loads code into the server',
      '--middleware': 'loads code into the server',
      '--logits-processors': 'loads code into the server',
      '--worker-cls': 'loads code into the server',
      '--worker-extension-cls': 'loads code into the server',
      '--scheduler-cls': 'loads code into the server',
    },
    ownedFlags: [
      '--revision',
      '--code-revision',
      '--tokenizer-revision',
      '--load-format',
      '--served-model-name',
      '--host',
      '--port',
      '--dtype',
      '--max-model-len',
      '--max-num-seqs',
      '--tensor-parallel-size',
      '-tp',
      '--gpu-memory-utilization',
      '--shutdown-timeout',
      '--disable-access-log-for-endpoints',
      '--model',
      '--pipeline-parallel-size',
      '-pp',
      '--data-parallel-size',
      '-dp',
      '--enable-lora',
      '--lora-modules',
      '--max-loras',
      '--max-cpu-loras',
      '--max-lora-rank',
      '--lora-target-modules',
    ],
    refusedEnv: {
      VLLM_SERVER_DEV_MODE: 'opens development endpoints without authentication',
      VLLM_ALLOW_RUNTIME_LORA_UPDATING: 'lets callers load adapters into the server',
      VLLM_ALLOW_INSECURE_SERIALIZATION: 'unpickles what callers send',
      VLLM_PORT: 'is also what a Service named vllm would inject, and breaks the start',
    },
  },
  /** triton-inference-server/server build.py: user triton-server, uid and gid 1000. vLLM backend of the same release. */
  triton: {
    repository: 'nvcr.io/nvidia/tritonserver',
    versions: {
      '26.09': {
        tag: '26.09-vllm-python-py3',
        source: 'suffix: vllm_backend README; tag named in a public file; brings vLLM 0.29; no digest found',
      },
      '26.08': {
        tag: '26.08-vllm-python-py3',
        source: 'suffix: vllm_backend README; tag named in a public file; brings vLLM 0.27; no digest found',
      },
      '26.07': {
        tag: '26.07-vllm-python-py3',
        digest: 'sha256:31e20bfbc65055d6b85553a00d45342a62c506874aa996c11ae53650151f05b1',
        source: 'Raytorin/triton-openai-gateway docs/migration-26.07.md; brings vLLM 0.24',
      },
    },
    securityFloor: '26.07',
    floorReason:
      'NVIDIA/product-security 2026/5816..5875 closed high and critical holes in nearly every month up to 26.07',
    uid: 1000,
    gid: 1000,
    home: '/home/triton-server',
    profile: {
      ports: { http: 8000, grpc: 8001, metrics: 8002 },
      readinessPath: '/v2/health/ready',
      livenessPath: '/v2/health/live',
      probeTimeoutSeconds: 5,
      metricsPath: '/metrics',
      teardownSeconds: 5,
      fetchesFromHub: true,
      architectures: ['amd64'],
      minComputeCapability: 7.5,
      sharedMemoryBytes: SHARED_MEMORY,
      // 16 GB is the figure of the plain image; the vLLM flavour is taken as large as vLLM's own.
      unpackedBytes: 28.6e9,
      // The engine of its backend is vLLM's.
      compileCache: VLLM_COMPILE_CACHE,
    },
    refusedFlags: {
      '--allow-sagemaker': 'opens a second API without the restrictions of the first',
      '--allow-vertex-ai': 'opens a second API without the restrictions of the first',
      '--load-model': 'is for explicit model control, which callers could use to load code',
      '--disable-auto-complete-config': 'keeps the vLLM backend from describing its inputs, so that no model loads',
      '--backend-directory': 'loads other backends, which is code',
      '--http-address': 'would bind the API elsewhere',
    },
    ownedFlags: [
      '--model-repository',
      '--model-store',
      '--model-control-mode',
      '--http-port',
      '--grpc-port',
      '--metrics-port',
      '--exit-timeout-secs',
      '--exit-on-error',
      '--strict-readiness',
      '--metrics-config',
    ],
    refusedEnv: { VLLM_ALLOW_INSECURE_SERIALIZATION: 'unpickles what callers send' },
  },
  /** pytorch/serve docker/Dockerfile: USER model-server, the image's first user. */
  torchserve: {
    repository: 'pytorch/torchserve',
    versions: { '0.12.0': { tag: '0.12.0-gpu', source: 'tag named in more than ten public files; no digest found' } },
    securityFloor: '0.12.0',
    floorReason: 'CVE-2023-43654 and CVE-2024-35198 (remote code through the management API)',
    uid: 1000,
    gid: 1000,
    home: '/home/model-server',
    profile: {
      ports: { http: 8080, metrics: 8082 },
      readinessPath: '/ping',
      livenessPath: '/ping',
      probeTimeoutSeconds: 5,
      metricsPath: '/metrics',
      // Java's shutdown hook waits this long for requests (ServerGroups.java).
      maxDrainSeconds: 60,
      teardownSeconds: 60,
      fetchesFromHub: false,
      architectures: ['amd64'],
      unpacksModel: true,
      sharedMemoryBytes: SHARED_MEMORY,
    },
    refusedFlags: {
      '--enable-model-api': 'lets callers register models, which is code',
      '--disable-token-auth': 'is set in config.properties, beside the limits that make it safe',
    },
    ownedFlags: [
      '--start',
      '--stop',
      '--foreground',
      '--model-store',
      '--models',
      '--ts-config',
      '--ncs',
      '--no-config-snapshots',
    ],
    refusedEnv: { TS_CONFIG_FILE: 'would replace the configuration that keeps management on loopback' },
    unmaintained: 'its repository has had no maintainers since 2025, so holes stay open',
  },
  /** No document says that the CUDA image runs as anyone but root. */
  sglang: {
    repository: 'lmsysorg/sglang',
    versions: {
      '0.5.21': {
        tag: 'v0.5.21',
        digest: 'sha256:b1259f3ea3275f66237c498ea388919729018bc9f01c3d638391e06e2cf3f469',
        source: 'index digest in ten public files, 2026-10',
      },
    },
    securityFloor: '0.5.21',
    floorReason: 'no older version was looked at',
    gid: 0,
    home: '/home/sglang',
    profile: {
      ports: { http: 30000, metrics: 30000 },
      // /ready turns 503 on SIGTERM; /health generates a token and waits for it, hence the long time-out.
      readinessPath: '/ready',
      livenessPath: '/health',
      probeTimeoutSeconds: 20,
      metricsPath: '/metrics',
      teardownSeconds: 20,
      fetchesFromHub: true,
      architectures: ['amd64'],
      minComputeCapability: 7.5,
      sharedMemoryBytes: SHARED_MEMORY,
      compileCache: {
        directories: {
          sglang: 'SGLANG_CACHE_DIR',
          triton: 'TRITON_CACHE_DIR',
          inductor: 'TORCHINDUCTOR_CACHE_DIR',
        },
        source: 'third_party_cache_defaults of sglang/srt/environ.py of 0.5.21; docs/references/torch_compile_cache.md',
      },
    },
    refusedFlags: {
      '--trust-remote-code': 'runs code from the model repository',
      '--config': 'replaces flags that warmpath derives',
      '--api-key': 'puts a secret into the manifest',
      '--admin-api-key': 'puts a secret into the manifest',
      '--tokenizer-path': 'loads a tokenizer that is not pinned',
    },
    ownedFlags: [
      '--model-path',
      '--model',
      '--revision',
      '--load-format',
      '--served-model-name',
      '--host',
      '--port',
      '--dtype',
      '--context-length',
      '--tp-size',
      '--max-running-requests',
      '--tensor-parallel-size',
      '--mem-fraction-static',
      '--enable-metrics',
      '--enable-lora',
      '--lora-paths',
      '--max-loaded-loras',
      '--max-loras-per-batch',
      '--max-lora-rank',
      '--lora-target-modules',
    ],
    refusedEnv: {},
  },
};
