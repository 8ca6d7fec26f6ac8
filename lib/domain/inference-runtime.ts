/** Model servers by kind and version: images, ports, paths, users, and what is known to be unsafe. */
import { checkArguments, type PlainEnv } from './container-extras';
import { type CustomRuntime, draftCustomRuntime } from './custom-runtime';
import { draftImageReference, type ImageReference } from './image';
import { RUNTIMES, type RuntimeFacts } from './inference-runtime-table';
import { isUserId } from './names';
import { type Draft, Findings, unwrap } from './problem';
import { RUNTIME_METRICS, type RuntimeMetrics } from './runtime-metrics';

/** The model servers that warmpath knows how to start, watch and stop. */
export type RuntimeKind = 'vllm' | 'triton' | 'torchserve' | 'sglang';

/** Those, and whatever a profile describes. */
export type ServerKind = RuntimeKind | 'custom';

/** What an environment says about the server; everything has a default. */
export interface RuntimeSpec {
  /** @default 'vllm' */
  readonly kind?: ServerKind;
  /** The server of kind 'custom', with everything that the table states of the others. @default none */
  readonly profile?: CustomRuntime;
  /** A version of the table. @default the table's first version of that kind */
  readonly version?: string;
  /** Own build or mirror, `repository:tag[@sha256:...]`; give its version as well. @default the public image of the version */
  readonly image?: string;
  /** uid of the server process. @default the uid that the image is prepared for */
  readonly runAsUser?: number;
  /** Further arguments; flags that warmpath sets itself are refused. @default none */
  readonly extraArgs?: readonly string[];
  /** Further environment variables with plain values. @default none */
  readonly extraEnv?: PlainEnv;
  /** Why code from the model repository may run in the server. @default it may not */
  readonly trustRemoteCodeReason?: string;
  /** Why a version below the security floor is accepted. @default it is not */
  readonly belowFloorReason?: string;
}

/** What a server keeps of what it compiled, so that another of its kind on such a GPU need not. */
export interface CompileCacheFacts {
  /** Directories below `~/.cache`, each with the variable that puts it there. */
  readonly directories: Readonly<Record<string, string>>;
  readonly source: string;
}

/** A server with all facts that a pod needs. */
export interface RuntimeProfile {
  readonly kind: ServerKind;
  /** What messages call it: the kind, or the name of a custom server. */
  readonly name: string;
  readonly version: string;
  readonly image: ImageReference;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  readonly ports: { readonly http: number; readonly metrics: number; readonly grpc?: number };
  readonly readinessPath: string;
  readonly livenessPath: string;
  /** Seconds that a health request may take. */
  readonly probeTimeoutSeconds: number;
  readonly metricsPath: string;
  readonly metrics: RuntimeMetrics;
  /** Seconds beyond the drain that the server takes to tear itself down. */
  readonly teardownSeconds: number;
  /** Longest drain that the server itself waits for; absent where it waits as long as it is told. */
  readonly maxDrainSeconds?: number;
  /** Machines that the published images are known to run on. */
  readonly architectures: readonly ('amd64' | 'arm64')[];
  /** Oldest CUDA compute capability of the published images, where a document says it. */
  readonly minComputeCapability?: number;
  /** Whether the server downloads hf:// models by itself. */
  readonly fetchesFromHub: boolean;
  /** Whether the server unpacks the model into /tmp before it loads it. */
  readonly unpacksModel?: boolean;
  /** Environment variables that open a hole, with what they do. */
  readonly refusedEnv: Readonly<Record<string, string>>;
  /** /dev/shm in bytes for one GPU and for several. */
  readonly sharedMemoryBytes: { readonly singleGpu: number; readonly multiGpu: number };
  /** Bytes of the unpacked image, where a figure was found. */
  readonly unpackedBytes?: number;
  /** Absent where no document says that another server may take it over. */
  readonly compileCache?: CompileCacheFacts;
}

/** Compares dotted numbers: 0.9.1 is below 0.32.0. */
function isBelow(version: string, floor: string): boolean {
  const parts = version.split('.').map(Number);
  const bounds = floor.split('.').map(Number);
  for (let index = 0; index < bounds.length; index++) {
    const difference = (parts[index] ?? 0) - (bounds[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

const VERSION = /^\d+(\.\d+)+$/;

function checkVersion(
  findings: Findings,
  kind: RuntimeKind,
  facts: RuntimeFacts,
  version: string,
  spec: RuntimeSpec,
): void {
  if (spec.image !== undefined && spec.version === undefined) {
    findings.error('WP-RUN-010', 'version', undefined, {
      message: 'nobody can tell from an own image which server it holds, and flags and security floor hang on that',
      allowed: `the ${kind} version inside the image, such as '${version}'`,
      fix: 'set version beside image',
    });
  } else if (!VERSION.test(version) || (!Object.hasOwn(facts.versions, version) && spec.image === undefined)) {
    findings.error('WP-RUN-002', 'version', version, {
      message: `no image of this ${kind} version is in the table`,
      allowed: `${Object.keys(facts.versions).join(', ')}, or numbers with dots together with an image`,
      fix: 'use a listed version, or give the image of this version as well',
    });
  } else if (isBelow(version, facts.securityFloor) && spec.belowFloorReason === undefined) {
    findings.error('WP-RUN-003', 'version', version, {
      message: `it has known holes: ${facts.floorReason}`,
      allowed: `${facts.securityFloor} or newer`,
      fix: 'raise the version, or give belowFloorReason',
    });
  }
  if (facts.unmaintained !== undefined) {
    findings.warning('WP-RUN-004', 'kind', kind, {
      message: `${kind} is unmaintained: ${facts.unmaintained}`,
      allowed: 'vllm, triton, sglang',
      fix: 'plan to move the model to a maintained server',
    });
  }
}

/** An exception to a rule is a sentence, and it is printed with every synthesis. */
function checkReason(findings: Findings, prop: string, reason: string | undefined, effect: string): void {
  if (reason === undefined) return;
  if (reason.trim() === '') {
    findings.error('WP-RUN-011', prop, reason, {
      message: `${effect} needs a reason that a reviewer can read`,
      allowed: 'a sentence',
      fix: 'say why it is safe here, or remove it',
    });
    return;
  }
  findings.warning('WP-RUN-012', prop, reason, {
    message: `${effect} was accepted`,
    allowed: 'servers without exceptions',
    fix: 'remove it when its reason is gone',
  });
}

/** Checks the choice of a server and gathers everything that is wrong with it. */
export function draftInferenceRuntime(spec: RuntimeSpec = {}): Draft<RuntimeProfile> {
  const findings = new Findings('runtime.');
  const kind = spec.kind ?? 'vllm';
  if (kind === 'custom') {
    checkReason(findings, 'trustRemoteCodeReason', spec.trustRemoteCodeReason, 'code from the model repository');
    return findings.draft(findings.adopt(draftCustomRuntime(spec)));
  }
  if (spec.profile !== undefined) {
    findings.error('WP-RUN-014', 'kind', kind, {
      message: 'a profile is given, and this server is described by the table',
      allowed: "'custom' beside a profile",
      fix: "set kind: 'custom', or remove the profile",
    });
  }
  const facts = Object.hasOwn(RUNTIMES, kind) ? RUNTIMES[kind] : undefined;
  if (facts === undefined) {
    findings.error('WP-RUN-001', 'kind', kind, {
      message: 'this server is not known',
      allowed: `${Object.keys(RUNTIMES).join(', ')}, or custom with a profile`,
      fix: "leave it out for 'vllm'",
    });
    return findings.draft<RuntimeProfile>(undefined);
  }
  const version = spec.version ?? Object.keys(facts.versions)[0] ?? '';
  const row = Object.hasOwn(facts.versions, version) ? facts.versions[version] : undefined;
  checkVersion(findings, kind, facts, version, spec);
  checkArguments(findings, 'extraArgs', spec.extraArgs ?? [], facts);
  checkReason(findings, 'belowFloorReason', spec.belowFloorReason, 'a server below its security floor');
  checkReason(findings, 'trustRemoteCodeReason', spec.trustRemoteCodeReason, 'code from the model repository');
  const uid = spec.runAsUser ?? facts.uid;
  if (uid === undefined || !isUserId(uid)) {
    findings.error('WP-RUN-009', 'runAsUser', spec.runAsUser, {
      message:
        spec.runAsUser === undefined
          ? `Pod Security 'restricted' forbids root, and no document says that the ${kind} image runs as another user`
          : "Pod Security 'restricted' forbids root, and this is no other user",
      allowed: 'a uid above 0 that your image was tested with',
      fix: 'build or test the image with a user, then set runAsUser (and image)',
    });
  }
  const image =
    spec.image === undefined
      ? row && { repository: facts.repository, tag: row.tag, digest: row.digest }
      : findings.adopt(draftImageReference('runtime.image', spec.image));
  if (image === undefined || uid === undefined) return findings.draft<RuntimeProfile>(undefined);
  const { gid, home, profile } = facts;
  const refusedEnv = facts.refusedEnv;
  return findings.draft({
    kind,
    name: kind,
    version,
    image,
    uid,
    gid,
    home,
    refusedEnv,
    metrics: { ...RUNTIME_METRICS[kind], ...row?.metrics },
    ...profile,
  });
}

/** Model servers by kind and version. */
export const InferenceRuntime = {
  /**
   * The server of a spec; vLLM when nothing is said.
   * @throws ProblemsError with every WP-RUN-* and WP-IMG-* error
   */
  of: (spec: RuntimeSpec = {}): RuntimeProfile => unwrap(draftInferenceRuntime(spec)),
  /** The versions of a kind that the table holds, default first. */
  versions: (kind: RuntimeKind): readonly string[] => Object.keys(RUNTIMES[kind].versions),
};
