/**
 * Placeholders: pods of the shape of a replica that do nothing but keep a node ready. They are warm nodes, never warm
 * replicas: a replica that always serves is counted with its service.
 */
import { nodesAtBest, type PoolClaim } from './availability';
import type { ImageReference } from './image';
import { checkNamespace, checkWorkloadName, draftOwnership, type Ownership } from './names';
import type { GpuNodePoolPlan } from './node-pool-plan';
import type { CapacityBufferVersion, PlatformProfile } from './platform-profile';
import { type Draft, Findings } from './problem';

/** Values of the component label: costs and alerts tell them apart by it. */
export const WARM_COMPONENTS = { placeholder: 'warm-placeholder', prefetch: 'image-prefetch' } as const;

/**
 * Does nothing and ends at once. Tag: PauseVersion in cmd/kubeadm/app/constants/constants.go of kubernetes v1.36.3;
 * digest: agent-substrate/substrate pkg/api/v1alpha1/actortemplate_types.go, and others that pin it alike.
 */
export const PAUSE_IMAGE: ImageReference = {
  repository: 'registry.k8s.io/pause',
  tag: '3.10.2',
  digest: 'sha256:f548e0e8e3dc1896ca956272154dde3314e8cc4fde0a57577ee9fa1c63f5baf4',
};

/** USER of the image: build/pause/Dockerfile of kubernetes v1.36.3. */
export const PAUSE_USER = 65535;

/**
 * Ends at once and does nothing, in any image with a shell, which start scripts and pauses before SIGTERM ask of the
 * servers' images as well. Where there is none the pull has happened all the same, but the images after it wait.
 */
export const PREFETCH_COMMAND: readonly string[] = ['sh', '-c', 'true'];

/**
 * CUDA images say NVIDIA_VISIBLE_DEVICES=all, and NVIDIA's runtime then shows every GPU of the node to a container that
 * asked for none (NVIDIA/nvidia-container-toolkit internal/config/image).
 */
export const NO_GPUS_ENV: Readonly<Record<string, string>> = { NVIDIA_VISIBLE_DEVICES: 'void' };

/** A container that does nothing. Choices of warmpath. */
export const IDLE_RESOURCES = {
  cpuMillis: 10,
  memoryBytes: 32 * 1024 ** 2,
  memoryLimitBytes: 128 * 1024 ** 2,
} as const;

/** What holds a warm node: pods, or sums in the node autoscaler. */
export type WarmPoolBackend = 'pausePods' | 'capacityBuffer';

/** A time of day with a number of warm nodes of its own. */
export interface WarmWindow {
  /** Cron expression of five fields: '0 7 * * 1-5'. */
  readonly start: string;
  /** Cron expression of five fields. */
  readonly end: string;
  /** IANA name: 'Europe/Amsterdam'. */
  readonly timezone: string;
  /** Nodes that wait for a pod within the window; more than outside of it. */
  readonly warmNodes: number;
}

/** What is brought to the nodes of the pool as soon as they join. */
export interface PrefetchSpec {
  /** The images of servers and of their compile caches. @default true */
  readonly image?: boolean;
  /** A command that every one of the images holds, and that ends at once. @default ['sh', '-c', 'true'] */
  readonly command?: readonly string[];
}

/** What a team says about the warm nodes of a pool. */
export interface WarmPoolSpec {
  readonly name: string;
  /** @default the namespace of the first service */
  readonly namespace?: string;
  readonly ownership: Ownership;
  /** @default 'pausePods' */
  readonly backend?: WarmPoolBackend;
  /** Placeholders, each of the shape of one replica. @default what the sizing of the services computes */
  readonly warmNodes?: number;
  /** Windows with more of them. @default the same number at all times */
  readonly schedule?: readonly WarmWindow[];
  /** Whether the services of the pool may need their nodes at one time: their numbers add up then. @default true */
  readonly spikesCoincide?: boolean;
  readonly prefetch?: PrefetchSpec;
}

/** Bounds of the fields of a cron expression, as KEDA reads them (robfig/cron v3.0.1 spec.go: no second, no Sunday 7). */
const CRON_FIELDS: readonly (readonly [least: number, most: number, names: string])[] = [
  [0, 59, ''],
  [0, 23, ''],
  [1, 31, ''],
  [1, 12, 'jan feb mar apr may jun jul aug sep oct nov dec'],
  [0, 6, 'sun mon tue wed thu fri sat'],
];

function isCronField(text: string, [least, most, names]: (typeof CRON_FIELDS)[number]): boolean {
  const numberOf = (word: string) => {
    const named = names.split(' ').indexOf(word.toLowerCase());
    return named >= 0 && names !== '' ? named + least : /^\d+$/.test(word) ? Number(word) : Number.NaN;
  };
  return text.split(',').every((part) => {
    const [range = '', step, ...rest] = part.split('/');
    if (rest.length > 0 || (step !== undefined && !/^[1-9]\d*$/.test(step))) return false;
    if (range === '*' || range === '?') return true;
    const bounds = range.split('-').map(numberOf);
    const [low = Number.NaN, high = low] = bounds;
    return bounds.length <= 2 && low >= least && high <= most && low <= high;
  });
}

/** Whether KEDA's cron trigger can read the expression. */
export function isCron(text: string): boolean {
  const fields = typeof text === 'string' ? text.trim().split(/\s+/) : [];
  return fields.length === 5 && CRON_FIELDS.every((bounds, index) => isCronField(fields[index] ?? '', bounds));
}

/** Whether the text names a time zone of the IANA database. */
export function isTimezone(text: string): boolean {
  if (typeof text !== 'string' || !/^[A-Za-z]+(\/[A-Za-z0-9_+-]+)*$/.test(text)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

function isCount(value: number, least: number): boolean {
  return Number.isInteger(value) && value >= least;
}

function checkWindow(findings: Findings, prop: string, window: WarmWindow): void {
  for (const [key, text] of Object.entries({ start: window.start, end: window.end })) {
    if (isCron(text)) continue;
    findings.error('WP-HOLD-004', `${prop}.${key}`, text, {
      message: 'KEDA cannot read this as a time that comes again',
      allowed: 'minute hour day month weekday, Sunday as 0',
      fix: "write for example '0 7 * * 1-5' for seven o'clock on working days",
    });
  }
  if (window.start === window.end) {
    findings.error('WP-HOLD-004', `${prop}.end`, window.end, {
      message: 'the window ends when it begins, and KEDA refuses that',
      allowed: 'another time than start',
      fix: 'for all day, leave the schedule out and set warmNodes',
    });
  }
  if (!isTimezone(window.timezone)) {
    findings.error('WP-HOLD-004', `${prop}.timezone`, window.timezone, {
      message: 'no such time zone is known',
      allowed: 'a name of the IANA database',
      fix: "write for example 'Europe/Amsterdam'",
    });
  }
  if (!isCount(window.warmNodes, 1)) {
    findings.error('WP-HOLD-003', `${prop}.warmNodes`, window.warmNodes, {
      message: 'a window of no nodes asks for nothing, and KEDA refuses it',
      allowed: 'a whole number above 0',
      fix: 'keep few nodes in warmNodes, and put the busy hours into the schedule',
    });
  }
}

/** Checks what can be judged before a service is bound. */
export function draftWarmPool(spec: WarmPoolSpec): Draft<WarmPoolSpec> {
  const findings = new Findings();
  const { backend = 'pausePods', warmNodes, schedule = [], prefetch = {} } = spec;
  checkWorkloadName(findings, 'name', spec.name);
  if (spec.namespace !== undefined) checkNamespace(findings, 'namespace', spec.namespace);
  findings.adopt(draftOwnership(spec.ownership));
  if (warmNodes !== undefined && !isCount(warmNodes, 0)) {
    findings.error('WP-HOLD-003', 'warmNodes', warmNodes, {
      message: 'this is no number of nodes',
      allowed: 'a whole number, 0 for none',
      fix: 'leave it out for what the sizing of the services computes',
    });
  }
  for (const [index, window] of schedule.entries()) checkWindow(findings, `schedule[${index}]`, window);
  if (backend !== 'pausePods' && backend !== 'capacityBuffer') {
    findings.error('WP-HOLD-005', 'backend', backend, {
      message: 'nothing holds nodes this way',
      allowed: 'pausePods, capacityBuffer',
      fix: "leave it out for 'pausePods'",
    });
  }
  if (backend === 'capacityBuffer' && schedule.length > 0) {
    findings.error('WP-HOLD-006', 'schedule', schedule.length, {
      message: 'a CapacityBuffer has no scale subresource (kubernetes/autoscaler#10170), so that KEDA cannot change it',
      allowed: "a schedule with backend 'pausePods'",
      fix: 'leave out backend, or the schedule',
    });
  }
  if (prefetch.image === false) {
    const buffer = backend === 'capacityBuffer';
    const finding = {
      message: buffer
        ? 'a buffer holds bare machines: no pod runs on them that could bring an image'
        : 'a placeholder runs the pause image, so that the first replica on its node pulls its own',
      allowed: 'true',
      fix: buffer ? 'leave it out' : 'leave it out, or bring the image there by other means',
    };
    if (buffer) findings.error('WP-HOLD-012', 'prefetch.image', false, finding);
    else findings.warning('WP-HOLD-012', 'prefetch.image', false, finding);
  }
  if (prefetch.command?.length === 0) {
    findings.error('WP-HOLD-012', 'prefetch.command', prefetch.command, {
      message: 'without a command the server itself starts, on every node',
      allowed: 'a command that ends at once',
      fix: 'leave it out',
    });
  }
  return findings.draft(spec);
}

/** The version of the buffers, or why there are none. */
export function draftCapacityBuffer({ cloud, kubernetes, features }: PlatformProfile): Draft<CapacityBufferVersion> {
  const findings = new Findings();
  if (features.capacityBuffers === undefined) {
    findings.error('WP-HOLD-005', 'backend', 'capacityBuffer', {
      message:
        cloud === 'aks'
          ? `nothing says that ${cloud.toUpperCase()} ${kubernetes} serves CapacityBuffers: its cluster autoscaler has none, and node auto-provisioning was to learn them in October 2026 (Azure/AKS#5873)`
          : `nothing says that ${cloud.toUpperCase()} ${kubernetes} serves CapacityBuffers: its autoscaler add-on has none`,
      allowed: "'pausePods', or a platform with capacityBuffers",
      fix: "leave out backend, or set capacityBuffers: 'v1beta1' of the platform where the autoscaler serves them",
    });
  }
  return findings.draft(features.capacityBuffers);
}

/** One service of a WarmPool. */
export interface WarmDemand {
  readonly service: string;
  /** What its sizing computes; undefined without sizing. */
  readonly warmNodes: number | undefined;
}

/** Placeholders of one shape: outside of every window, and at the most. */
export interface WarmNodes {
  readonly floor: number;
  readonly ceiling: number;
}

/** Placeholders that the services of one shape want together. */
export function warmNodesOf(
  { warmNodes, schedule = [], spikesCoincide = true }: Pick<WarmPoolSpec, 'warmNodes' | 'schedule' | 'spikesCoincide'>,
  demands: readonly WarmDemand[],
): WarmNodes {
  const wanted = demands.map((demand) => demand.warmNodes ?? 0);
  const together = spikesCoincide ? wanted.reduce((sum, one) => sum + one, 0) : Math.max(0, ...wanted);
  const floor = warmNodes ?? together;
  return { floor, ceiling: Math.max(floor, ...schedule.map((window) => window.warmNodes)) };
}

/** What is wrong with a WarmPool that no service was bound to. */
export function draftLonely(name: string): Draft<string> {
  const findings = new Findings();
  findings.warning('WP-HOLD-010', 'warmCapacity', undefined, {
    message: `no service waits for the nodes of '${name}', so that none are kept`,
    allowed: 'a WarmPool that at least one service names',
    fix: 'set warmCapacity of a service, or remove the WarmPool',
  });
  return findings.draft(name);
}

/** Windows that add nothing: KEDA takes the largest number that anybody asks for. */
export function draftWindows(
  { schedule = [] }: Pick<WarmPoolSpec, 'schedule'>,
  { floor }: WarmNodes,
): Draft<readonly WarmWindow[]> {
  const findings = new Findings();
  for (const [index, { warmNodes }] of schedule.entries()) {
    if (warmNodes > floor) continue;
    findings.error('WP-HOLD-004', `schedule[${index}].warmNodes`, warmNodes, {
      message: `${floor} nodes wait at all times, and the largest number counts`,
      allowed: `more than ${floor}`,
      fix: 'lower warmNodes to what waits in quiet hours, and keep the windows for the busy ones',
    });
  }
  return findings.draft(schedule);
}

/** What a service is judged by when it is bound. */
export interface WarmBinding extends WarmDemand {
  readonly namespace: string;
  readonly pool: GpuNodePoolPlan;
  /** Claims that its pod mounts. */
  readonly claims: readonly string[];
  readonly imagePullSecrets: readonly string[];
}

/** Whether a service can share the warm nodes of a pool, in the namespace of the placeholders. */
export function draftWarmBinding(
  spec: WarmPoolSpec,
  binding: WarmBinding,
  { pool, namespace, shapes }: { readonly pool: string; readonly namespace: string; readonly shapes: number },
): Draft<WarmBinding> {
  const findings = new Findings('warmCapacity.');
  if (binding.pool.name !== pool) {
    findings.error('WP-HOLD-002', 'pool', binding.pool.name, {
      message: `these placeholders stand on pool '${pool}', and wait there for nobody of another`,
      allowed: `services on '${pool}'`,
      fix: 'build one WarmPool for each pool',
    });
  }
  if (spec.warmNodes === undefined && binding.warmNodes === undefined) {
    findings.error('WP-HOLD-001', 'warmNodes', undefined, {
      message: `'${binding.service}' has no sizing that would compute it`,
      allowed: 'a whole number, or services with sizing',
      fix: 'set sizing of the service, or warmNodes',
    });
  }
  const forAll = spec.warmNodes !== undefined ? 'warmNodes' : (spec.schedule?.length ?? 0) > 0 ? 'schedule' : undefined;
  if (shapes > 1 && forAll !== undefined) {
    findings.error('WP-HOLD-007', forAll, forAll === 'warmNodes' ? spec.warmNodes : spec.schedule?.length, {
      message: `the pods of '${binding.service}' have another shape than those bound before, and nobody says whose nodes these are`,
      allowed: 'services whose pods ask for the same',
      fix: 'set sizing.warmNodes of each service instead, or build one WarmPool for each shape',
    });
  }
  if (binding.namespace === namespace) return findings.draft(binding);
  for (const [prop, names] of Object.entries({ claims: binding.claims, imagePullSecrets: binding.imagePullSecrets })) {
    if (names.length === 0) continue;
    findings.error('WP-HOLD-011', prop, names, {
      message: `they stand in '${binding.namespace}', and pods of '${namespace}' cannot refer to them`,
      allowed: `services of '${namespace}', or services without them`,
      fix: `build a WarmPool of its own for '${binding.service}'`,
    });
  }
  return findings.draft(binding);
}

function listOf(claims: readonly PoolClaim[], pods: (claim: PoolClaim) => number): string {
  return claims.map((claim) => `${claim.claimant} ${pods(claim)} x ${claim.gpusPerPod} GPU`).join(', ');
}

/**
 * Whether warm nodes exist beside what runs. Placeholders give way, so services reach their maximum on a full pool; but
 * ones that do not even fit beside the fewest replicas never warm anything.
 */
export function draftWarmRoom(
  pool: GpuNodePoolPlan,
  claims: readonly PoolClaim[],
): Draft<{ readonly least: number; readonly most: number }> {
  const findings = new Findings();
  const counted = claims.filter(({ placeholder, preemptible, pods }) => pods > 0 && (placeholder || !preemptible));
  const nodes = (pods: (claim: PoolClaim) => number) =>
    nodesAtBest(
      pool.profile.gpus,
      counted.map((claim) => ({ ...claim, pods: pods(claim) })),
    );
  const fewest = (claim: PoolClaim) => (claim.placeholder ? claim.pods : (claim.floor ?? claim.pods));
  const all = ({ pods }: PoolClaim) => pods;
  const least = nodes(fewest);
  const most = nodes(all);
  if (!counted.some(({ placeholder }) => placeholder)) return findings.draft({ least, most });
  const prop = `pool '${pool.name}'.maxNodes`;
  if (least > pool.maxNodes) {
    findings.error('WP-HOLD-008', prop, pool.maxNodes, {
      message: `it cannot hold the fewest replicas and their warm nodes at once, so that these never exist: ${listOf(counted, fewest)}`,
      allowed: `${least} nodes or more`,
      fix: `raise maxNodes to ${most}, or lower warmNodes`,
    });
  } else if (most > pool.maxNodes) {
    findings.warning('WP-HOLD-009', prop, pool.maxNodes, {
      message: `the reserve melts at the top: beside the most replicas there is no room for all of it: ${listOf(counted, all)}`,
      allowed: `${most} nodes, or no reserve in the busiest hours`,
      fix: `raise maxNodes to ${most}, or accept that a second spike waits for machines`,
    });
  }
  return findings.draft({ least, most });
}
