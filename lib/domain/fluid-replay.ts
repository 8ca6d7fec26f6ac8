/**
 * A history of arrivals played against a policy as if requests were a fluid: a few sums a second, so that hundreds of
 * policies can be tried while a plan is made. What it leaves out (single requests, chance, the exact rules of every
 * controller) is in the simulator, which judges what is chosen here.
 */
import { bearableInFlight, type CheckedCapacity, throughputTable } from './serving-capacity';

/** What is tried. */
export interface FluidPolicy {
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** A replica for so many arrivals per second. */
  readonly arrivalThreshold: number;
  /** And for so many requests in the servers. */
  readonly inFlightThreshold: number;
  /** Fewer replicas are believed after this long. */
  readonly scaleDownWindowSeconds: number;
  readonly warmNodes: number;
}

/** How long things take, in seconds. */
export interface FluidTimes {
  /** Age of a metric when it is read. */
  readonly scrapeSeconds: number;
  /** Between two decisions. */
  readonly syncSeconds: number;
  /** From a decision to a pod that answers, on a node that is there. */
  readonly podSeconds: number;
  /** The same with a node that has to come. */
  readonly nodeSeconds: number;
  /** An empty node stays this long. */
  readonly nodeKeptSeconds: number;
}

/** What came of it. */
export interface FluidOutcome {
  /** Share of the requests that came when a first token took too long. */
  readonly missed: number;
  /** Seconds of replicas that serve or start, of placeholders, and of nodes that nothing runs on. */
  readonly replicaSeconds: number;
  readonly placeholderSeconds: number;
  readonly idleSeconds: number;
}

/** Where a policy is given up before the end: it costs or misses too much already. */
export interface FluidLimits {
  /** Requests that may come too late. */
  readonly missedRequests: number;
  readonly cost: number;
  /** What a second of a warm node counts, beside one of a replica. */
  readonly warmNodeCost: number;
}

/** Arrivals of each second. */
export type FluidHistory = Float64Array;

/** A history in seconds from counts over longer or shorter intervals. */
export function fluidHistory(counts: ArrayLike<number>, secondsPerCount: number): FluidHistory {
  const seconds = Math.max(1, Math.floor(counts.length * secondsPerCount));
  const arrivals = new Float64Array(seconds);
  for (let i = 0; i < counts.length; i += 1) {
    const from = i * secondsPerCount;
    // What lies in a last second that is not whole belongs to the one before it.
    const first = Math.min(seconds - 1, Math.floor(from));
    const last = Math.min(seconds - 1, Math.max(first, Math.ceil(from + secondsPerCount) - 1));
    const share = (counts[i] ?? 0) / (last - first + 1);
    for (let at = first; at <= last; at += 1) arrivals[at] = (arrivals[at] ?? 0) + share;
  }
  return arrivals;
}

/**
 * What `rate()` over the window says at each second. Prometheus draws a line through the first and the last sample in the
 * window, which lie a scrape interval less apart than it is long.
 */
export function ratesSeen(arrivals: FluidHistory, windowSeconds: number, scrapeSeconds: number): Float64Array {
  const width = Math.max(1, Math.round(windowSeconds - scrapeSeconds));
  const rates = new Float64Array(arrivals.length);
  let sum = 0;
  for (let at = 0; at < arrivals.length; at += 1) {
    sum += arrivals[at] ?? 0;
    if (at >= width) sum -= arrivals[at - width] ?? 0;
    rates[at] = sum / Math.min(at + 1, width);
  }
  return rates;
}

/** A replica as a vessel. */
export interface FluidServer {
  /** Requests per second that it finishes with 0, 1, 2, ... requests in it. */
  readonly throughput: Float64Array;
  /** Requests with which it keeps its promise: those that run, and those that it begins with in time. */
  readonly bearable: number;
}

/** A replica that was measured, under its objective. */
export function fluidServer(capacity: CheckedCapacity, timeToFirstTokenSeconds: number): FluidServer {
  return {
    throughput: throughputTable(capacity, timeToFirstTokenSeconds),
    bearable: bearableInFlight(capacity, timeToFirstTokenSeconds),
  };
}

/** The rate of the first minute is the one that was there before. */
const SETTLED_SECONDS = 60;

/** A usage within this share of the target changes nothing, as for the HorizontalPodAutoscaler. */
const TOLERANCE = 0.1;

/** Plays the history; undefined where the policy was given up. */
export function fluidReplay(
  arrivals: FluidHistory,
  rates: Float64Array,
  policy: FluidPolicy,
  times: FluidTimes,
  server: FluidServer,
  limits: FluidLimits,
): FluidOutcome | undefined {
  const { bearable, throughput } = server;
  const most = throughput[throughput.length - 1] as number;
  const { syncSeconds, scrapeSeconds, podSeconds, nodeSeconds, nodeKeptSeconds } = times;
  const { minReplicas, maxReplicas, warmNodes } = policy;
  const decisions = Math.ceil(arrivals.length / syncSeconds);
  const wantedAt = new Int32Array(decisions);
  const windowDecisions = Math.ceil(policy.scaleDownWindowSeconds / syncSeconds);
  const keptDecisions = Math.ceil(nodeKeptSeconds / syncSeconds);
  /** Pods that will be ready, in order of that moment. */
  const readyAt: number[] = [];
  let head = 0;
  // It begins with the fewest pods that a scaler is content with at the first rate.
  const settled = Math.ceil((rates[SETTLED_SECONDS] ?? 0) / (policy.arrivalThreshold * (1 + TOLERANCE)));
  let pods = Math.max(minReplicas, Math.min(maxReplicas, settled));
  let ready = pods;
  let nodes = pods + warmNodes;
  const nodesAt: number[] = [];
  let nodeHead = 0;
  let inFlight = 0;
  let total = 0;
  let missed = 0;
  let replicaSeconds = 0;
  let placeholderSeconds = 0;
  let idleSeconds = 0;
  let peakPods = pods;
  let peakAt = 0;
  for (let decision = 0; decision < decisions; decision += 1) {
    const now = decision * syncSeconds;
    while (nodeHead < nodesAt.length && (nodesAt[nodeHead] as number) <= now) {
      nodeHead += 1;
      nodes += 1;
    }
    const seen = now - scrapeSeconds;
    const rate = (seen < 0 ? rates[0] : rates[seen]) as number;
    const byRate = rate / policy.arrivalThreshold;
    // Requests come one by one: the highest of many looks is above the mean by about this.
    const byLoad = (inFlight + 2 * Math.sqrt(inFlight)) / policy.inFlightThreshold;
    const usage = byRate > byLoad ? byRate : byLoad;
    let wanted = Math.abs(1 - usage / pods) <= TOLERANCE ? pods : Math.ceil(usage);
    if (wanted < minReplicas) wanted = minReplicas;
    if (wanted > maxReplicas) wanted = maxReplicas;
    wantedAt[decision] = wanted;
    if (wanted > pods) {
      for (let pod = pods; pod < wanted; pod += 1) {
        // Beyond the nodes that are there, one comes for each pod.
        const onNode = pod < nodes;
        if (!onNode) nodesAt.push(now + nodeSeconds - podSeconds);
        readyAt.push(now + (onNode ? podSeconds : nodeSeconds));
      }
      pods = wanted;
    } else if (wanted < pods) {
      let highest = wanted;
      for (let back = 1; back <= windowDecisions && back <= decision; back += 1) {
        const one = wantedAt[decision - back] as number;
        if (one > highest) highest = one;
        if (highest >= pods) break;
      }
      if (highest < pods) {
        // Pods that have not begun to serve go first.
        let surplus = pods - highest;
        while (surplus > 0 && readyAt.length > head) {
          readyAt.pop();
          surplus -= 1;
        }
        ready -= surplus;
        pods = highest;
      }
    }
    // Nodes follow the pods down after a while.
    if (pods >= peakPods || decision - peakAt >= keptDecisions) {
      peakPods = pods;
      peakAt = decision;
    }
    const kept = peakPods + warmNodes;
    if (nodes > kept) nodes = kept;
    else if (nodes + (nodesAt.length - nodeHead) < kept) nodesAt.push(now + nodeSeconds - podSeconds);
    const end = now + syncSeconds < arrivals.length ? now + syncSeconds : arrivals.length;
    for (let at = now; at < end; at += 1) {
      while (head < readyAt.length && (readyAt[head] as number) <= at) {
        head += 1;
        ready += 1;
      }
      const came = arrivals[at] as number;
      inFlight += came;
      const each = inFlight / ready;
      const below = Math.floor(each);
      const served =
        below + 1 < throughput.length
          ? (throughput[below] as number) +
            (each - below) * ((throughput[below + 1] as number) - (throughput[below] as number))
          : most;
      inFlight = served < each ? inFlight - served * ready : 0;
      total += came;
      if (each > bearable) missed += came;
    }
    const passed = end - now;
    replicaSeconds += passed * pods;
    const idle = nodes + (nodesAt.length - nodeHead) - pods - warmNodes;
    if (idle > 0) idleSeconds += passed * idle;
    placeholderSeconds += passed * warmNodes;
    const cost = replicaSeconds + idleSeconds + limits.warmNodeCost * placeholderSeconds;
    if (missed > limits.missedRequests || cost > limits.cost) return undefined;
  }
  return {
    missed: total === 0 ? 0 : missed / total,
    replicaSeconds,
    placeholderSeconds,
    idleSeconds,
  };
}
