/** Decisions that keep a service up while pods come and go: disruption budget, drain, rolling update, GPU slots. */
import type { GpuNodePoolPlan, PoolPurpose } from './node-pool-plan';
import { type Draft, Findings } from './problem';

/** What a service says about voluntary disruptions. */
export interface DisruptionSpec {
  /** Pods that a drain must leave standing. @default 2 */
  readonly minAvailable?: number;
  /** Why the service may be down during drains and updates: no budget is emitted then. @default it may not */
  readonly allowOutageReason?: string;
}

/** Pods that stay by default. */
const DEFAULT_MIN_AVAILABLE = 2;

/** Replicas that let two stay while one is moved. */
export const DEFAULT_REPLICAS = 3;

/** Replicas with which the budget keeps its pods while one is moved. */
export function replicasForBudget({ minAvailable, allowOutageReason }: DisruptionSpec = {}): number {
  return allowOutageReason === undefined ? (minAvailable ?? DEFAULT_MIN_AVAILABLE) + 1 : 1;
}

/** The budget of a service, or undefined where an outage was accepted. */
export function draftDisruptionBudget(minReplicas: number, spec: DisruptionSpec = {}): Draft<number | undefined> {
  const findings = new Findings();
  const reason = spec.allowOutageReason;
  if (reason !== undefined) {
    if (reason.trim() === '') {
      findings.error('WP-PDB-003', 'disruption.allowOutageReason', reason, {
        message: 'an accepted outage needs a reason that a reviewer can read',
        allowed: 'a sentence',
        fix: 'say why nobody is hurt, or remove it',
      });
    }
    findings.warning('WP-PDB-004', 'disruption.allowOutageReason', reason, {
      message: 'a node drain may take every replica at once',
      allowed: 'services that nobody waits for',
      fix: 'remove it before users depend on the service',
    });
    return findings.draft<number | undefined>(undefined);
  }
  const minAvailable = spec.minAvailable ?? DEFAULT_MIN_AVAILABLE;
  if (!(Number.isInteger(minAvailable) && minAvailable >= 1)) {
    findings.error('WP-PDB-001', 'disruption.minAvailable', minAvailable, {
      message: 'a budget that keeps nothing protects nothing',
      allowed: 'a whole number above 0',
      fix: 'use 1 or more, or give allowOutageReason',
    });
  } else if (minAvailable >= minReplicas) {
    findings.error('WP-PDB-002', 'disruption.minAvailable', minAvailable, {
      message:
        minReplicas === 0
          ? 'a service that scales to zero keeps nothing'
          : minAvailable > minReplicas
            ? `it can never be met by ${minReplicas} replica(s)`
            : `with ${minReplicas} replica(s) every node drain would wait for ever`,
      allowed:
        minReplicas < 2
          ? 'none with fewer than 2 replicas that always run'
          : `less than the ${minReplicas} replica(s) that always run`,
      fix: `run at least ${minAvailable + 1} replicas, lower minAvailable, or give disruption.allowOutageReason`,
    });
  }
  return findings.draft(minAvailable);
}

/** The end of a pod in seconds. */
export interface DrainPlan {
  /** Pause before SIGTERM, so that gateways stop sending. */
  readonly preStopSeconds: number;
  /** What the server gets to finish requests in flight. */
  readonly drainSeconds: number;
  readonly terminationGracePeriodSeconds: number;
}

/** What the end of a pod depends on. */
export interface DrainSpec {
  readonly drainSeconds: number;
  /** @default 15 */
  readonly preStopSeconds?: number;
  readonly teardownSeconds: number;
  readonly maxDrainSeconds?: number;
  readonly spot: boolean;
}

/** Until endpoints are gone from every proxy: KServe and llm-d pause 15 s. */
const PRE_STOP_SECONDS = 15;

/** KServe's drain. */
export const DEFAULT_DRAIN_SECONDS = 45;

/** Between the server's own end and SIGKILL, beside its teardown. */
const DRAIN_MARGIN_SECONDS = 10;

/** The cluster autoscaler waits no longer for a pod (--max-graceful-termination-sec, kubernetes/autoscaler FAQ). */
const AUTOSCALER_GRACE_SECONDS = 600;

/** Azure and others give a spot node this long. */
const SPOT_NOTICE_SECONDS = 30;

/** What a pod wants before it ends, whatever its node is. */
export type DrainWish = Pick<DrainSpec, 'drainSeconds' | 'preStopSeconds' | 'teardownSeconds'>;

/**
 * As much of pause and drain as fits the notice of a spot node: a server that has ended tells its callers, a node that is
 * gone leaves them waiting. Undefined where not even a second of each fits.
 */
export function drainWithinNotice(
  wish: DrainWish,
): { readonly preStopSeconds: number; readonly drainSeconds: number } | undefined {
  const room = SPOT_NOTICE_SECONDS - DRAIN_MARGIN_SECONDS - wish.teardownSeconds;
  if (room < 2) return undefined;
  const most = Math.max(Math.floor(room / 2), room - wish.drainSeconds);
  const preStopSeconds = Math.min(wish.preStopSeconds ?? PRE_STOP_SECONDS, most);
  return { preStopSeconds, drainSeconds: Math.min(wish.drainSeconds, room - preStopSeconds) };
}

/** Grace = pause + drain + the server's teardown + margin. */
export function draftDrain(spec: DrainSpec): Draft<DrainPlan> {
  const findings = new Findings();
  const { drainSeconds, teardownSeconds, spot, maxDrainSeconds } = spec;
  const preStopSeconds = spec.preStopSeconds ?? PRE_STOP_SECONDS;
  const grace = preStopSeconds + drainSeconds + teardownSeconds + DRAIN_MARGIN_SECONDS;
  if (!(Number.isInteger(preStopSeconds) && preStopSeconds >= 1 && preStopSeconds <= 120)) {
    findings.error('WP-DRAIN-001', 'endpointPropagation', preStopSeconds, {
      message: 'gateways need a moment to forget a pod, but not minutes',
      allowed: 'whole seconds from 1 to 120',
      fix: `leave it out for ${PRE_STOP_SECONDS}`,
    });
  }
  if (maxDrainSeconds !== undefined && drainSeconds > maxDrainSeconds) {
    findings.error('WP-DRAIN-003', 'drain', drainSeconds, {
      message: `the server stops after ${maxDrainSeconds} s whatever it is told`,
      allowed: `whole seconds from 1 to ${maxDrainSeconds}`,
      fix: 'shorten it, or use another server',
    });
  }
  const whole = Number.isInteger(drainSeconds) && drainSeconds >= 1;
  if (!whole || grace > AUTOSCALER_GRACE_SECONDS) {
    const most = AUTOSCALER_GRACE_SECONDS - (grace - drainSeconds);
    findings.error('WP-DRAIN-001', 'drain', drainSeconds, {
      message: !whole
        ? 'servers count whole seconds'
        : `the cluster autoscaler kills a pod ${AUTOSCALER_GRACE_SECONDS} s after it began to remove the node`,
      allowed: `whole seconds from 1 to ${most}`,
      fix: 'take the duration of your longest request; longer work belongs into a queue',
    });
  }
  if (spot && grace > SPOT_NOTICE_SECONDS) {
    findings.warning('WP-DRAIN-002', 'drain', drainSeconds, {
      message: `a spot node is gone ${SPOT_NOTICE_SECONDS} s after its notice, the pod would want ${grace} s`,
      allowed: 'requests short enough to be repeated',
      fix: 'let callers retry, or keep long requests off spot pools',
    });
  }
  return findings.draft({ preStopSeconds, drainSeconds, terminationGracePeriodSeconds: grace });
}

/** GPUs that something may take from a pool at once. */
export interface PoolClaim {
  /** Who claims: a construct path. */
  readonly claimant: string;
  /** Pods at the most. */
  readonly pods: number;
  /** Pods at the least. @default as many as at the most */
  readonly floor?: number;
  readonly gpusPerPod: number;
  /** Whether inference may push it out: it needs no room of its own beside inference. */
  readonly preemptible: boolean;
  /** Whether the pods only hold room for others. @default false */
  readonly placeholder?: boolean;
}

/** Nodes that a pool needs for its claims if the largest pods are placed first; a pod never spans nodes. */
export function nodesAtBest(gpusPerNode: number, claims: readonly PoolClaim[]): number {
  const pods = claims.flatMap(({ pods, gpusPerPod }) => Array.from({ length: pods }, () => gpusPerPod));
  const free: number[] = [];
  for (const gpus of pods.sort((a, b) => b - a)) {
    const node = free.findIndex((left) => left >= gpus);
    if (node >= 0) free[node] = (free[node] ?? 0) - gpus;
    else free.push(gpusPerNode - gpus);
  }
  return free.length;
}

/**
 * Nodes with which every pod finds its place in whatever order the scheduler places them. A node is lost for a pod of
 * s GPUs once s - 1 or fewer are left, so the other pods can spoil (their GPUs / (G - s + 1)) nodes. Pods of one size
 * cannot spoil anything.
 */
export function nodesAtWorst(gpusPerNode: number, claims: readonly PoolClaim[]): number {
  const used = claims.filter(({ pods }) => pods > 0);
  const sizes = [...new Set(used.map(({ gpusPerPod }) => gpusPerPod))];
  const [size] = sizes;
  if (size === undefined) return 0;
  if (sizes.length === 1) return nodesAtBest(gpusPerNode, used);
  const total = used.reduce((sum, { pods, gpusPerPod }) => sum + pods * gpusPerPod, 0);
  return Math.max(...sizes.map((gpus) => Math.floor((total - gpus) / (gpusPerNode - gpus + 1)) + 1));
}

/** How a Deployment replaces its pods. */
export interface RollingUpdate {
  readonly maxSurge: number;
  readonly maxUnavailable: number;
}

/** What has to fit at once: on a training pool everything, elsewhere all that nobody may push out. */
function binding(purpose: PoolPurpose, claims: readonly PoolClaim[]): readonly PoolClaim[] {
  return purpose === 'training' ? claims : claims.filter(({ preemptible }) => !preemptible);
}

/**
 * Surge only where every service of the pool finds a GPU for one pod more while everything else is at its maximum;
 * otherwise one pod makes room first. A surge pod without a GPU would wait for ever and block the rollout.
 */
export function rollingUpdate(pool: GpuNodePoolPlan, claims: readonly PoolClaim[]): RollingUpdate {
  const withSurge = binding(pool.purpose, claims).map((claim) => ({ ...claim, pods: claim.pods + 1 }));
  return nodesAtWorst(pool.profile.gpus, withSurge) <= pool.maxNodes
    ? { maxSurge: 1, maxUnavailable: 0 }
    : { maxSurge: 0, maxUnavailable: 1 };
}

/** Reports a pool that cannot hold what is promised on it, or only with luck. */
export function draftPoolClaims(pool: GpuNodePoolPlan, claims: readonly PoolClaim[]): Draft<number> {
  const findings = new Findings();
  const counted = binding(pool.purpose, claims);
  const best = nodesAtBest(pool.profile.gpus, counted);
  const worst = nodesAtWorst(pool.profile.gpus, counted);
  const list = counted.map(({ claimant, pods, gpusPerPod }) => `${claimant} ${pods} x ${gpusPerPod} GPU`).join(', ');
  if (best > pool.maxNodes) {
    findings.error('WP-POOL-014', `pool '${pool.name}'.maxNodes`, pool.maxNodes, {
      message: `it cannot hold what runs on it at the most: ${list}`,
      allowed: `${best} nodes or more`,
      fix: `raise maxNodes to ${best}, or lower the replicas`,
    });
  } else if (worst > pool.maxNodes) {
    findings.warning('WP-POOL-019', `pool '${pool.name}'.maxNodes`, pool.maxNodes, {
      message: `small pods can take a GPU on every node and leave none whole for the large ones: ${list}`,
      allowed: `${worst} nodes, or pods of one size`,
      fix: 'give pods of different size pools of their own',
    });
  }
  return findings.draft(best);
}
