/** Model servers that the table does not hold, described by the team that runs them. */
import { checkArguments, checkEnv, type EnvRules, isOwnDirectory, type PlainEnv } from './container-extras';
import { draftImageReference } from './image';
import type { RuntimeProfile, RuntimeSpec } from './inference-runtime';
import type { ModelArtifact } from './model-artifact';
import { isDnsLabel, isLabelValue, isUserId } from './names';
import { SHARED_MEMORY } from './pod-resources';
import { type Draft, Findings } from './problem';
import { type ConfigFiles, dtypeOf, type Launch, type LaunchInput, launchOf, modelPath } from './runtime-launch';
import type { RuntimeMetrics } from './runtime-metrics';

/** Everything that a start may depend on, decided by warmpath. */
export interface LaunchContext {
  readonly model: ModelArtifact;
  /** What to load: the repository of the hub, or the directory in which the weights are mounted read-only. */
  readonly modelPath: string;
  /** Commit to download; absent where the weights are mounted. */
  readonly revision?: string;
  /** Where to listen, on all addresses. */
  readonly ports: RuntimeProfile['ports'];
  /** Writable, as are /tmp and /dev/shm; HOME and the usual cache variables point there already. */
  readonly home: string;
  /** GPUs that one copy of the model is spread over. */
  readonly tensorParallel: number;
  /** Longest sequence, tokens. */
  readonly maxModelLen: number;
  /** Sequences that are decoded at the same time. */
  readonly maxNumSeqs: number;
  /** Share of each GPU's memory that the fit was computed with, 0-1. */
  readonly memoryUtilisation: number;
  /** Number format that the GPU computes in; 'auto' leaves it to the weights. */
  readonly dtype: 'bfloat16' | 'half' | 'auto';
  /** Seconds that requests in flight get after SIGTERM. */
  readonly drainSeconds: number;
  /** Whether a reason was given for code from the model repository. */
  readonly trustRemoteCode: boolean;
}

/** A start as a profile states it. */
export interface CustomLaunch {
  readonly command: readonly string[];
  /** `extraArgs` of the service follow them. @default none */
  readonly args?: readonly string[];
  /** Beside HOME and the caches, which are set already; no secrets. @default none */
  readonly env?: PlainEnv;
  /** Files by absolute path, mounted read-only. @default none */
  readonly config?: ConfigFiles;
  /**
   * Run after the preStop pause, for servers that do not stop on SIGTERM. Secrets that reach the server as files are not
   * among its variables. @default SIGTERM is enough
   */
  readonly stopCommand?: readonly string[];
}

/**
 * A model server that the table does not hold, with everything that the table states of the others.
 *
 * Raises WP-RUN-009 and WP-RUN-014 to -017, and WP-IMG-* for the image.
 *
 * @example
 * const lmdeploy: CustomRuntime = {
 *   name: 'lmdeploy',
 *   version: '0.9.1',
 *   image: 'registry.example.com/serving/lmdeploy:0.9.1-cu12@sha256:...',
 *   uid: 1000,
 *   home: '/home/server',
 *   ports: { http: 23333 },
 *   readinessPath: '/health',
 *   architectures: ['amd64'],
 *   launch: ({ modelPath, ports, tensorParallel, maxModelLen }) => ({
 *     command: ['lmdeploy', 'serve', 'api_server', modelPath],
 *     args: ['--server-port', String(ports.http), '--tp', String(tensorParallel), '--session-len', String(maxModelLen)],
 *   }),
 * };
 * new GpuInferenceService(chart, 'chat', { ...props, modelCache, runtime: { kind: 'custom', profile: lmdeploy } });
 */
export interface CustomRuntime {
  /** What messages call it: 'lmdeploy'. A DNS label. */
  readonly name: string;
  /** Version of the server inside the image. A label value. */
  readonly version: string;
  /** `repository:tag[@sha256:...]`. */
  readonly image: string;
  /** uid of the server process, above 0. */
  readonly uid: number;
  /** gid of the server process; volumes belong to it. @default the uid */
  readonly gid?: number;
  /** Home directory; warmpath mounts a writable volume there. */
  readonly home: string;
  /** 1024-65535. `metrics` may be the same as `http`. */
  readonly ports: { readonly http: number /** @default http */; readonly metrics?: number; readonly grpc?: number };
  /** Answers 200 once the model is loaded, on the http port. */
  readonly readinessPath: string;
  /** Answers 200 while the server can still recover. @default readinessPath */
  readonly livenessPath?: string;
  /** Seconds that a health request may take. @default 5 */
  readonly probeTimeoutSeconds?: number;
  /** @default '/metrics' */
  readonly metricsPath?: string;
  /** Names that alerts and scalers refer to. @default none, with a warning */
  readonly metrics?: RuntimeMetrics;
  /** Seconds beyond the drain that the server takes to tear itself down. @default 5 */
  readonly teardownSeconds?: number;
  /** Longest drain that the server itself waits for, seconds. @default as long as it is told */
  readonly maxDrainSeconds?: number;
  /** Machines that the image runs on. */
  readonly architectures: readonly ('amd64' | 'arm64')[];
  /** Oldest CUDA compute capability of the image, such as 7.5. @default not checked */
  readonly minComputeCapability?: number;
  /** Bytes of /dev/shm. @default 2 GiB for one GPU, 20 GiB for several */
  readonly sharedMemoryBytes?: RuntimeProfile['sharedMemoryBytes'];
  /** Bytes of the unpacked image. @default not counted against the disk */
  readonly unpackedBytes?: number;
  /** Whether it downloads hf:// models by itself, at the commit that it is told. @default it needs a cache or an image */
  readonly fetchesFromHub?: boolean;
  /** Arguments that open a hole, with what they do. @default none */
  readonly refusedFlags?: Readonly<Record<string, string>>;
  /** Arguments that `launch` derives, so that extraArgs may not. @default none */
  readonly ownedFlags?: readonly string[];
  /** Environment variables that open a hole, with what they do. @default none */
  readonly refusedEnv?: Readonly<Record<string, string>>;
  /** Pure: the same context gives the same start, or pods would restart at every synthesis. */
  readonly launch: (context: LaunchContext) => CustomLaunch;
}

const HTTP_PATH = /^\/[\w./~-]*$/;

const isPort = (port: number): boolean => Number.isInteger(port) && port >= 1024 && port <= 65535;

const isBytes = (bytes: number): boolean => Number.isInteger(bytes) && bytes > 0;

/** One thing that a profile states, and whether it may be so. */
interface Statement {
  readonly prop: string;
  readonly value: unknown;
  readonly holds: boolean;
  readonly message: string;
  readonly allowed: string;
}

function identity({ name, version, gid, uid, home }: CustomRuntime): readonly Statement[] {
  return [
    { prop: 'name', value: name, holds: isDnsLabel(name), message: 'messages need a name', allowed: 'a DNS label' },
    {
      prop: 'version',
      value: version,
      holds: isLabelValue(version),
      message: 'nobody can tell what runs without it',
      allowed: "the version of the server, such as '0.9.1'",
    },
    {
      prop: 'gid',
      value: gid,
      holds: gid === undefined || gid === 0 || isUserId(gid),
      message: 'this is no group',
      allowed: `a whole number from 0, or nothing for ${uid}`,
    },
    {
      prop: 'home',
      value: home,
      holds: isOwnDirectory(home),
      message: 'a writable volume is mounted there, and would hide a part of the image',
      allowed: "an absolute path such as '/home/server', beside /tmp and the system's directories",
    },
  ];
}

function listening(profile: CustomRuntime): readonly Statement[] {
  const { http, grpc, metrics = http } = profile.ports;
  const { readinessPath, livenessPath = '/', metricsPath = '/' } = profile;
  const paths = { readinessPath, livenessPath, metricsPath };
  return [
    {
      prop: 'ports',
      value: profile.ports,
      holds: [http, metrics, grpc ?? http].every(isPort) && grpc !== http && (grpc ?? 0) !== metrics,
      message: 'a server that is not root listens above 1023, and on each port once',
      allowed: '1024 to 65535; metrics may share the port of http',
    },
    ...Object.entries(paths).map(([prop, value]) => ({
      prop,
      value,
      holds: typeof value === 'string' && HTTP_PATH.test(value),
      message: 'this is no path of a URL',
      allowed: "a path that starts with a slash, such as '/health'",
    })),
  ];
}

function sizes(profile: CustomRuntime): readonly Statement[] {
  const { teardownSeconds = 0, maxDrainSeconds = 1, probeTimeoutSeconds = 1, architectures, unpackedBytes } = profile;
  const { singleGpu, multiGpu } = profile.sharedMemoryBytes ?? SHARED_MEMORY;
  const seconds = (prop: string, value: number, least: number): Statement => ({
    prop,
    value,
    holds: Number.isInteger(value) && value >= least && value <= 600,
    message: 'timers hang on it',
    allowed: `whole seconds from ${least} to 600`,
  });
  return [
    seconds('teardownSeconds', teardownSeconds, 0),
    seconds('maxDrainSeconds', maxDrainSeconds, 1),
    seconds('probeTimeoutSeconds', probeTimeoutSeconds, 1),
    {
      prop: 'architectures',
      value: architectures,
      holds: architectures?.length > 0 && architectures.every((one) => one === 'amd64' || one === 'arm64'),
      message: 'the image runs on some machines and not on others',
      allowed: "'amd64', 'arm64' or both",
    },
    {
      prop: 'sharedMemoryBytes',
      value: profile.sharedMemoryBytes,
      holds: isBytes(singleGpu) && isBytes(multiGpu),
      message: 'this is no size of /dev/shm',
      allowed: '{ singleGpu, multiGpu } in bytes',
    },
    {
      prop: 'unpackedBytes',
      value: unpackedBytes,
      holds: unpackedBytes === undefined || isBytes(unpackedBytes),
      message: 'this is no size of an image',
      allowed: 'bytes',
    },
  ];
}

/** Props of a table server that a profile states itself. */
const STATED_BY_PROFILE = ['version', 'image', 'runAsUser', 'belowFloorReason'] as const;

function checkElsewhere(findings: Findings, spec: RuntimeSpec): void {
  for (const prop of STATED_BY_PROFILE) {
    if (spec[prop] === undefined) continue;
    findings.error('WP-RUN-014', prop, spec[prop], {
      message: 'a custom server states this in its profile, and two statements can differ',
      allowed: 'kind, profile, extraArgs, extraEnv and trustRemoteCodeReason',
      fix: 'move it into the profile',
    });
  }
}

/** Checks the profile of a custom server; its start is checked once its values are decided. */
export function draftCustomRuntime(spec: RuntimeSpec): Draft<RuntimeProfile> {
  const findings = new Findings('runtime.');
  const { profile } = spec;
  checkElsewhere(findings, spec);
  if (typeof profile?.launch !== 'function' || typeof profile.ports !== 'object') {
    findings.error('WP-RUN-014', 'profile', profile && Object.keys(profile), {
      message: 'nothing is known of a custom server beside its profile',
      allowed: 'a CustomRuntime with ports, paths, uid, image and launch',
      fix: 'describe the server in runtime.profile',
    });
    return findings.draft<RuntimeProfile>(undefined);
  }
  for (const { prop, value, holds, message, allowed } of [
    ...identity(profile),
    ...listening(profile),
    ...sizes(profile),
  ]) {
    if (holds) continue;
    findings.error('WP-RUN-015', `profile.${prop}`, value, { message, allowed, fix: 'correct the profile' });
  }
  if (!isUserId(profile.uid)) {
    findings.error('WP-RUN-009', 'profile.uid', profile.uid, {
      message: "Pod Security 'restricted' forbids root, and this is no other user",
      allowed: 'a uid above 0 that your image was tested with',
      fix: 'build or test the image with a user',
    });
  }
  if (profile.metrics === undefined) {
    findings.warning('WP-RUN-017', 'profile.metrics', undefined, {
      message: `nothing says what ${profile.name} tells about itself, so neither an objective nor a scaler can refer to it`,
      allowed: 'the names of its gauges, counters and histograms, with the edges of their buckets',
      fix: 'copy them from its metrics page',
    });
  }
  checkArguments(findings, 'extraArgs', spec.extraArgs ?? [], {
    refusedFlags: profile.refusedFlags ?? {},
    ownedFlags: profile.ownedFlags ?? [],
  });
  const image = findings.adopt(draftImageReference('runtime.profile.image', profile.image));
  if (image === undefined || findings.hasErrors) return findings.draft<RuntimeProfile>(undefined);
  const { name, version, uid, gid = uid, home, ports, readinessPath, architectures } = profile;
  return findings.draft<RuntimeProfile>({
    kind: 'custom',
    name,
    version,
    image,
    uid,
    gid,
    home,
    ports: { ...ports, metrics: ports.metrics ?? ports.http },
    readinessPath,
    livenessPath: profile.livenessPath ?? readinessPath,
    probeTimeoutSeconds: profile.probeTimeoutSeconds ?? 5,
    metricsPath: profile.metricsPath ?? '/metrics',
    metrics: profile.metrics ?? { source: 'not stated' },
    teardownSeconds: profile.teardownSeconds ?? 5,
    maxDrainSeconds: profile.maxDrainSeconds,
    architectures,
    minComputeCapability: profile.minComputeCapability,
    fetchesFromHub: profile.fetchesFromHub ?? false,
    refusedEnv: profile.refusedEnv ?? {},
    sharedMemoryBytes: profile.sharedMemoryBytes ?? SHARED_MEMORY,
    unpackedBytes: profile.unpackedBytes,
  });
}

function contextOf(input: LaunchInput): LaunchContext {
  const { runtime, model, fit, weights, maxNumSeqs, memoryUtilisation, drainSeconds, trustRemoteCode } = input;
  return {
    model,
    modelPath: modelPath(input),
    revision: weights.kind === 'hub' ? model.revision : undefined,
    ports: runtime.ports,
    home: runtime.home,
    tensorParallel: fit.tensorParallel,
    maxModelLen: fit.maxModelLen,
    maxNumSeqs,
    memoryUtilisation,
    dtype: dtypeOf(input),
    drainSeconds,
    trustRemoteCode,
  };
}

const PROP = 'runtime.profile.launch';

function refuseLaunch(findings: Findings, value: unknown, message: string): void {
  findings.error('WP-RUN-016', PROP, value, {
    message,
    allowed: '{ command, args?, env?, config?, stopCommand? } of texts, the same for the same context',
    fix: 'correct the function',
  });
}

/** Calls the function twice: what differs between two calls differs between two syntheses. */
function callLaunch(findings: Findings, profile: CustomRuntime, context: LaunchContext): CustomLaunch | undefined {
  try {
    const [first, second] = [profile.launch(context), profile.launch(context)];
    if (JSON.stringify(first) === JSON.stringify(second)) return first;
    refuseLaunch(findings, undefined, 'it gives another start at every call');
  } catch (error) {
    refuseLaunch(findings, undefined, `it throws: ${error instanceof Error ? error.message : String(error)}`);
  }
  return undefined;
}

/** Keys of a ConfigMap hold no slash, so two paths may become one key. */
const keyOf = (path: string): string => path.replaceAll('/', '_');

function checkTexts(findings: Findings, launch: CustomLaunch): void {
  const lists = { command: launch.command, args: launch.args ?? [], stopCommand: launch.stopCommand ?? [] };
  for (const [name, list] of Object.entries(lists)) {
    if (!Array.isArray(list) || list.some((text) => typeof text !== 'string')) {
      refuseLaunch(findings, { [name]: list }, `${name} is no list of texts`);
    } else if (list.length === 0 && name === 'command') {
      refuseLaunch(findings, { command: list }, 'it starts nothing');
    }
  }
  const files = Object.entries(launch.config ?? {});
  for (const [path, text] of files) {
    const own = isOwnDirectory(path) || (/^(\/[\w.-]+){2,}$/.test(path) && path.startsWith('/etc/'));
    if (!own || path.includes('..') || typeof text !== 'string') {
      refuseLaunch(findings, { [path]: text }, 'a file has an absolute path of its own, and a text');
    }
  }
  if (new Set(files.map(([path]) => keyOf(path))).size < files.length) {
    refuseLaunch(findings, Object.keys(launch.config ?? {}), 'two files become one key of the ConfigMap');
  }
}

const FREE: EnvRules = { refused: {}, taken: [] };

/**
 * The start of a custom server from its decided values, or what is wrong with it.
 * @param rules variables that backend and identity keep for themselves
 */
export function draftCustomLaunch(profile: CustomRuntime, input: LaunchInput, rules = FREE): Draft<Launch> {
  const findings = new Findings();
  const base = launchOf(input);
  const asked = callLaunch(findings, profile, contextOf(input));
  if (typeof asked !== 'object' || asked === null) {
    if (!findings.hasErrors) refuseLaunch(findings, asked, 'it gives no start');
    return findings.draft<Launch>(undefined);
  }
  checkTexts(findings, asked);
  const env = asked.env ?? {};
  checkEnv(findings, PROP, env, {
    refused: { ...profile.refusedEnv, ...rules.refused },
    taken: [...Object.keys(base.env), ...rules.taken],
  });
  if (findings.hasErrors) return findings.draft<Launch>(undefined);
  const { command, args = [], config, stopCommand } = asked;
  checkArguments(findings, PROP, args, { refusedFlags: profile.refusedFlags ?? {}, ownedFlags: [] });
  return findings.draft<Launch>({
    command,
    args: [...args, ...base.args],
    env: { ...base.env, ...env },
    config,
    stopCommand,
  });
}
