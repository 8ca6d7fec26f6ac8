/**
 * Plays a stream of requests against a policy: servers step by step, scaler, scheduler and node autoscaler by their own
 * rules and clocks. Same input, same output, to the last byte.
 */
import { Agenda, Cluster, type Pod, type ReplicaSeconds, type SimulatedPool, type StartTimes } from './cluster';
import { Fleet } from './fleet';
import type { Foresight, SimulatedPolicy } from './policy';
import { Prometheus } from './prometheus';
import { RandomStream } from './random';
import { type RequestLedger, ServerModel } from './replica';
import { Scaler } from './scaler';
import type { ServerProfile } from './server-profile';

/** Requests in the order of their arrival. */
export interface RequestStream {
  /** Milliseconds from the beginning of the run. */
  readonly arrivalMs: Float64Array;
  readonly inputTokens: Uint32Array;
  readonly outputTokens: Uint32Array;
}

/** Things that go wrong, in seconds of the run. */
export interface Faults {
  /** No node can be had. */
  readonly stockOut?: { readonly fromSeconds: number; readonly toSeconds: number };
  /** Prometheus answers nothing. */
  readonly metricsGap?: { readonly fromSeconds: number; readonly toSeconds: number };
  /** The cloud takes the nodes of so many replicas that are ready, with everything on them; those of a floor stay. */
  readonly eviction?: { readonly atSeconds: number; readonly replicas: number };
}

/** Everything that a run depends on. */
export interface SimulationInput {
  readonly requests: RequestStream;
  readonly policy: SimulatedPolicy | Foresight;
  readonly server: ServerProfile;
  /** @default 1 */
  readonly serviceTimeFactor?: number;
  readonly start: StartTimes;
  readonly pool: SimulatedPool;
  /** Requests before it are played and not judged. @default 900 */
  readonly discardSeconds?: number;
  readonly seed: number;
  /** Callers give up after this long without a token. @default 60 */
  readonly patienceSeconds?: number;
  /** @default 15 */
  readonly scrapeSeconds?: number;
  /** @default 15 */
  readonly hpaSyncSeconds?: number;
  /** What requests in flight get when a pod goes. @default 60 */
  readonly drainSeconds?: number;
  readonly faults?: Faults;
  /** Seconds between two points of the timeline; none is kept without it. */
  readonly timelineSeconds?: number;
  /** Replicas that are ready at the beginning. @default the minimum, or the first of the schedule */
  readonly initialReplicas?: number;
}

/** State of the run at one moment. */
export interface TimelinePoint {
  readonly atSeconds: number;
  readonly ready: number;
  readonly starting: number;
  readonly desired: number;
  readonly placeholders: number;
  readonly nodes: number;
  readonly waiting: number;
}

/** What happened. */
export interface SimulationRun {
  readonly ledger: RequestLedger;
  readonly durationSeconds: number;
  readonly discardSeconds: number;
  readonly replicaSeconds: ReplicaSeconds;
  readonly scaleEvents: number;
  readonly mostReplicas: number;
  readonly mostWaiting: number;
  readonly timeline: readonly TimelinePoint[];
}

const DISCARD_SECONDS = 900;
const PATIENCE_SECONDS = 60;
const SCRAPE_SECONDS = 15;
const HPA_SYNC_SECONDS = 15;
const DRAIN_SECONDS = 60;

/** How often a pod that ends is asked whether it is empty. */
const DRAIN_CHECK_SECONDS = 5;

class Simulation {
  private readonly agenda = new Agenda();
  private readonly ledger: RequestLedger;
  private readonly fleet: Fleet;
  private readonly cluster: Cluster;
  private readonly prometheus: Prometheus;
  private readonly patienceSeconds: number;
  private readonly scrapeSeconds: number;
  private readonly discardSeconds: number;
  private readonly endSeconds: number;
  private readonly timeline: TimelinePoint[] = [];
  private arrived = 0;
  private scaleEvents = 0;
  private judged: ReplicaSeconds = NO_SECONDS;
  private now = 0;

  constructor(private readonly input: SimulationInput) {
    const { requests, policy, seed } = input;
    const count = requests.arrivalMs.length;
    const none = () => new Float64Array(count).fill(Number.NaN);
    this.ledger = {
      arrivalSeconds: requests.arrivalMs.map((milliseconds) => milliseconds / 1000),
      inputTokens: requests.inputTokens,
      outputTokens: requests.outputTokens,
      timeToFirstToken: none(),
      endSeconds: none(),
    };
    this.endSeconds = this.ledger.arrivalSeconds[count - 1] ?? 0;
    this.discardSeconds = input.discardSeconds ?? DISCARD_SECONDS;
    this.patienceSeconds = input.patienceSeconds ?? PATIENCE_SECONDS;
    this.scrapeSeconds = input.scrapeSeconds ?? SCRAPE_SECONDS;
    const model = new ServerModel(input.server, input.serviceTimeFactor, this.patienceSeconds);
    const foresees = 'schedule' in policy;
    this.fleet = new Fleet(model, this.ledger, foresees ? 0 : (policy.floorReplicas ?? 0));
    this.prometheus = new Prometheus(this.fleet, {
      scrapeSeconds: this.scrapeSeconds,
      longestWindowSeconds: foresees ? 0 : Math.max(0, ...policy.triggers.map(({ windowSeconds }) => windowSeconds)),
      gap: input.faults?.metricsGap,
    });
    const instant: StartTimes = { node: NONE, image: NONE, container: NONE };
    this.cluster = new Cluster(
      this.agenda,
      foresees ? everythingThere(policy, input.pool) : input.pool,
      foresees ? instant : input.start,
      foresees ? 0 : policy.placeholders,
      foresees || policy.imagePrefetched,
      new RandomStream(seed, 'nodes'),
      new RandomStream(seed, 'pods'),
      {
        podReady: (pod) => this.fleet.admit(pod, this.now),
        podEnding: (pod) => this.drain(pod),
        podLost: (pod) => this.fleet.drop(pod, this.now),
      },
    );
  }

  run(): SimulationRun {
    const { policy } = this.input;
    if ('schedule' in policy) this.follow(policy);
    else this.control(policy);
    this.planFaults();
    this.planTimeline();
    this.planAccounts();
    this.play();
    this.fleet.workOff();
    const { fleet, ledger, discardSeconds, judged, scaleEvents, timeline } = this;
    return {
      ledger,
      durationSeconds: this.endSeconds,
      discardSeconds,
      replicaSeconds: judged,
      scaleEvents,
      mostReplicas: fleet.mostReplicas,
      mostWaiting: this.prometheus.mostWaiting,
      timeline,
    };
  }

  /** Counts what is judged: from the end of the first minutes to the last arrival. */
  private planAccounts(): void {
    const discard = Math.min(this.discardSeconds, this.endSeconds);
    let before = NO_SECONDS;
    this.agenda.add(discard, () => {
      this.cluster.touch(discard);
      before = { ...this.cluster.seconds };
    });
    this.agenda.add(this.endSeconds, () => {
      this.cluster.touch(this.endSeconds);
      const { ready, starting, placeholder, idle } = this.cluster.seconds;
      this.judged = {
        ready: ready - before.ready,
        starting: starting - before.starting,
        placeholder: placeholder - before.placeholder,
        idle: 'schedule' in this.input.policy ? 0 : idle - before.idle,
      };
    });
  }

  /** Until every request has its end, or nobody can wait for it any longer. */
  private play(): void {
    const { agenda, fleet } = this;
    const { arrivalSeconds } = this.ledger;
    const count = arrivalSeconds.length;
    const last = this.endSeconds + 2 * this.patienceSeconds;
    for (;;) {
      const server = fleet.next();
      const step = server?.nextSeconds ?? Number.POSITIVE_INFINITY;
      const arrival = this.arrived < count ? (arrivalSeconds[this.arrived] as number) : Number.POSITIVE_INFINITY;
      const control = agenda.nextSeconds;
      if (server !== undefined && step <= arrival && step <= control) {
        if (step > last) return;
        this.now = step;
        server.proceed();
      } else if (arrival <= control) {
        this.now = arrival;
        fleet.route(this.arrived, arrival);
        this.arrived += 1;
      } else {
        const idle = this.arrived === count && server === undefined && fleet.heldRequests === 0;
        if (control > last || (idle && control > this.endSeconds)) return;
        this.now = control;
        agenda.runNext();
      }
    }
  }

  private drain(pod: Pod): void {
    const { agenda, cluster, fleet } = this;
    fleet.close(pod);
    const deadline = this.now + (this.input.drainSeconds ?? DRAIN_SECONDS);
    const look = (at: number) => {
      if (fleet.inFlightOf(pod) > 0 && at < deadline) {
        agenda.add(at + DRAIN_CHECK_SECONDS, () => look(at + DRAIN_CHECK_SECONDS));
        return;
      }
      fleet.drop(pod, at);
      cluster.remove(at, pod);
    };
    const first = this.now + DRAIN_CHECK_SECONDS;
    agenda.add(first, () => look(first));
  }

  private follow({ schedule }: Foresight): void {
    const [first, ...later] = schedule;
    this.cluster.settle(this.input.initialReplicas ?? first?.replicas ?? 1);
    for (const { atSeconds, replicas } of later) {
      this.agenda.add(atSeconds, () => {
        this.cluster.scale(atSeconds, replicas);
        this.scaleEvents += 1;
      });
    }
  }

  /** Clocks of Prometheus and of the HorizontalPodAutoscaler begin wherever chance puts them. */
  private control(policy: SimulatedPolicy): void {
    const { input, cluster, prometheus } = this;
    const clocks = new RandomStream(input.seed, 'clocks');
    cluster.settle(input.initialReplicas ?? policy.minReplicas);
    const scaler = new Scaler(policy);
    const every = (periodSeconds: number, act: (at: number) => void) => {
      const tick = (at: number) => {
        act(at);
        this.agenda.add(at + periodSeconds, () => tick(at + periodSeconds));
      };
      const first = clocks.uniform() * periodSeconds;
      this.agenda.add(first, () => tick(first));
    };
    every(this.scrapeSeconds, (at) => prometheus.scrape(at, this.arrived));
    every(input.hpaSyncSeconds ?? HPA_SYNC_SECONDS, (at) => {
      const { replicas } = cluster;
      const decided = scaler.decide(at, replicas, (trigger) => prometheus.answer(at, trigger));
      if (decided === replicas) return;
      this.scaleEvents += 1;
      cluster.scale(at, decided);
    });
  }

  private planFaults(): void {
    const { stockOut, eviction } = this.input.faults ?? {};
    if (stockOut !== undefined) {
      this.agenda.add(stockOut.fromSeconds, () => {
        this.cluster.stockOut = true;
      });
      this.agenda.add(stockOut.toSeconds, () => {
        this.cluster.stockOut = false;
      });
    }
    if (eviction === undefined) return;
    const { atSeconds, replicas } = eviction;
    this.agenda.add(atSeconds, () => {
      for (const pod of this.fleet.pods.slice(0, replicas)) this.cluster.evict(atSeconds, pod);
    });
  }

  private planTimeline(): void {
    const { timelineSeconds: step } = this.input;
    if (step === undefined) return;
    const look = (atSeconds: number) => {
      const { cluster, fleet } = this;
      this.timeline.push({
        atSeconds,
        ready: cluster.count('ready'),
        starting: cluster.count('starting') + cluster.count('pending'),
        desired: cluster.replicas,
        placeholders: cluster.runningPlaceholders,
        nodes: cluster.nodeCount,
        waiting: fleet.waiting,
      });
      if (atSeconds + step <= this.endSeconds) this.agenda.add(atSeconds + step, () => look(atSeconds + step));
    };
    this.agenda.add(0, () => look(0));
  }
}

const NONE = { p50Seconds: 0, p95Seconds: 0 };

const NO_SECONDS: ReplicaSeconds = { ready: 0, starting: 0, placeholder: 0, idle: 0 };

/** Who knows the future has nodes whenever there is something to run on them, and pays for nothing else. */
function everythingThere({ schedule }: Foresight, { replicasPerNode }: SimulatedPool): SimulatedPool {
  const nodes = Math.ceil(Math.max(...schedule.map(({ replicas }) => replicas)) / replicasPerNode);
  return { minNodes: nodes, maxNodes: nodes, replicasPerNode };
}

/** Plays the run. */
export function simulate(input: SimulationInput): SimulationRun {
  return new Simulation(input).run();
}
