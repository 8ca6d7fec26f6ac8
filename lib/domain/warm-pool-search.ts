/** The cheapest policy that keeps the promise over a history of arrivals: some hundreds are tried on the fluid model. */
import {
  type FluidHistory,
  type FluidOutcome,
  type FluidPolicy,
  type FluidServer,
  type FluidTimes,
  fluidReplay,
  ratesSeen,
} from './fluid-replay';

/** What is looked for. */
export interface SearchInput {
  /** Ordinary days: the promise has to hold, and what they cost is what counts. */
  readonly history: FluidHistory;
  /** What may happen beside them: the promise has to hold in each. */
  readonly threats: readonly FluidHistory[];
  readonly server: FluidServer;
  readonly times: FluidTimes;
  /** Requests per second and requests in the server at the capacity of a replica. */
  readonly requestsPerSecond: number;
  readonly inFlight: number;
  /** Share of requests that may miss the objective. */
  readonly mayMiss: number;
  /** No fewer replicas. */
  readonly floorReplicas: number;
  /** Replicas that there is room for. */
  readonly roomReplicas: number;
  /** Warm nodes that somebody has decided on. @default found */
  readonly warmNodes?: number;
  /** What a warm node counts beside a replica, 0 to 1. */
  readonly warmNodeCost: number;
}

/** Shares and windows of a policy. */
export interface PolicyShape {
  /** Share of the capacity in requests per second at which a replica more is asked for. */
  readonly arrivalShare: number;
  /** Share of the requests in the server at capacity at which a replica more is asked for. */
  readonly inFlightShare: number;
  /** Window of the rate, in seconds. */
  readonly windowSeconds: number;
  readonly scaleDownWindowSeconds: number;
  readonly warmNodes: number;
}

/** A policy with what it comes to. */
export interface FoundPolicy {
  readonly shape: PolicyShape;
  readonly policy: FluidPolicy;
  readonly outcome: FluidOutcome;
  /** Replica seconds, whatever the replicas do. */
  readonly cost: number;
}

/** Beyond one, the trigger is there for a flood only. */
const ARRIVAL_SHARES = [0.5, 0.6, 0.7, 0.8, 0.9, 1];
const IN_FLIGHT_SHARES = [0.4, 0.8, 1.25];

/** A short window is quick, a long one calm. */
const RATE_WINDOWS = [30, 60, 120];

/** Seconds until fewer replicas are believed. */
const SCALE_DOWN_WINDOWS = [300, 900];

/** What lies between them is tried beside the cheapest only. */
const FINER = { inFlightShares: [0.6, 1], scaleDownWindowSeconds: 600 };

/** Policies beside which something more is tried. */
const FINALISTS = 6;

/** Room above the busiest rate; without an end a backlog winds up replicas that come when it is over. */
const CEILING_MARGIN = 1.25;

/** A history with the rates that a scaler sees of it. */
interface Scene {
  readonly arrivals: FluidHistory;
  readonly rates: ReadonlyMap<number, Float64Array>;
  readonly total: number;
  readonly ordinary: boolean;
}

class Search {
  private readonly scenes: readonly Scene[];
  private readonly peaks: ReadonlyMap<number, number>;
  readonly found: FoundPolicy[] = [];

  constructor(private readonly input: SearchInput) {
    this.scenes = [input.history, ...input.threats].map((arrivals, index) => ({
      arrivals,
      rates: new Map(RATE_WINDOWS.map((window) => [window, ratesSeen(arrivals, window, input.times.scrapeSeconds)])),
      total: arrivals.reduce((sum, count) => sum + count, 0),
      ordinary: index === 0,
    }));
    this.peaks = new Map(
      RATE_WINDOWS.map((window) => [
        window,
        Math.max(
          ...this.scenes.map(({ rates }) =>
            (rates.get(window) ?? new Float64Array()).reduce((a, b) => Math.max(a, b), 0),
          ),
        ),
      ]),
    );
  }

  /** The cheapest so far, cheapest first. */
  best(count: number): readonly FoundPolicy[] {
    return this.found.sort((a, b) => a.cost - b.cost).slice(0, count);
  }

  /** Finds the fewest replicas that must always run; nothing where it would cost more than what is known. */
  attempt(shape: PolicyShape): void {
    const { floorReplicas, roomReplicas } = this.input;
    // Above this, even a service that never scales costs more than the best that is known.
    const affordable = this.bound() / (this.scenes[0]?.arrivals.length ?? 1);
    const highest = Math.min(Math.max(floorReplicas, roomReplicas), Math.ceil(affordable));
    let low = floorReplicas - 1;
    let high = floorReplicas;
    let found = this.play(shape, high);
    for (let step = 1; found === undefined && high < highest; step *= 2) {
      low = high;
      high = Math.min(highest, high + step);
      found = this.play(shape, high);
    }
    while (found !== undefined && high - low > 1) {
      const middle = (low + high) >> 1;
      const one = this.play(shape, middle);
      if (one === undefined) low = middle;
      else {
        high = middle;
        found = one;
      }
    }
    if (found !== undefined) this.found.push(found);
  }

  /** What the last of the finalists costs: dearer policies need not be played to their end. */
  private bound(): number {
    return this.best(FINALISTS)[FINALISTS - 1]?.cost ?? Number.POSITIVE_INFINITY;
  }

  private play(shape: PolicyShape, minReplicas: number): FoundPolicy | undefined {
    const { input } = this;
    const { requestsPerSecond, inFlight, mayMiss, roomReplicas, warmNodeCost, times, server } = input;
    const arrivalThreshold = shape.arrivalShare * requestsPerSecond;
    const peak = (this.peaks.get(shape.windowSeconds) ?? 0) / arrivalThreshold;
    const policy: FluidPolicy = {
      minReplicas,
      maxReplicas: Math.max(minReplicas, Math.min(roomReplicas, Math.ceil(CEILING_MARGIN * peak))),
      arrivalThreshold,
      inFlightThreshold: shape.inFlightShare * inFlight,
      scaleDownWindowSeconds: shape.scaleDownWindowSeconds,
      warmNodes: shape.warmNodes,
    };
    const bound = this.bound();
    let outcome: FluidOutcome | undefined;
    for (const { arrivals, rates, total, ordinary } of this.scenes) {
      const limits = {
        missedRequests: mayMiss * total,
        cost: ordinary ? bound : Number.POSITIVE_INFINITY,
        warmNodeCost,
      };
      const seen = rates.get(shape.windowSeconds) ?? arrivals;
      const played = fluidReplay(arrivals, seen, policy, times, server, limits);
      if (played === undefined) return undefined;
      outcome ??= played;
    }
    if (outcome === undefined) return undefined;
    const cost = outcome.replicaSeconds + outcome.idleSeconds + warmNodeCost * outcome.placeholderSeconds;
    return { shape, policy, outcome, cost };
  }
}

/** Every shape, calm and loaded first: what those cost bounds the rest. */
function* shapes(warmNodes: number): Generator<PolicyShape> {
  for (const windowSeconds of [...RATE_WINDOWS].reverse()) {
    for (const arrivalShare of [...ARRIVAL_SHARES].reverse()) {
      for (const inFlightShare of [...IN_FLIGHT_SHARES].reverse()) {
        for (const scaleDownWindowSeconds of SCALE_DOWN_WINDOWS) {
          yield { windowSeconds, arrivalShare, inFlightShare, scaleDownWindowSeconds, warmNodes };
        }
      }
    }
  }
}

/** Numbers of warm nodes that are tried beside none. */
const SOME_WARM_NODES = [1, 2, 4, 8];

/** The cheapest policy; undefined where the room is too small for any. */
export function cheapestPolicy(input: SearchInput): FoundPolicy | undefined {
  const search = new Search(input);
  for (const shape of shapes(input.warmNodes ?? 0)) search.attempt(shape);
  for (const { shape } of search.best(FINALISTS)) {
    for (const inFlightShare of FINER.inFlightShares) search.attempt({ ...shape, inFlightShare });
    search.attempt({ ...shape, scaleDownWindowSeconds: FINER.scaleDownWindowSeconds });
  }
  if (input.warmNodes === undefined) {
    // At the price of a replica a node hardly ever pays; where it costs less, other shapes become the best ones.
    const cheap = input.warmNodeCost < 1;
    for (const warmNodes of SOME_WARM_NODES) {
      const tried = cheap ? shapes(warmNodes) : search.best(FINALISTS).map(({ shape }) => ({ ...shape, warmNodes }));
      for (const shape of tried) search.attempt(shape);
    }
  }
  return search.best(1)[0];
}
