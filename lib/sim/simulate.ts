/**
 * Plays a stream of requests against a policy: servers step by step, scaler, scheduler and node autoscaler by their own
 * rules and clocks. Same input, same output, to the last byte.
 */
import { Agenda, Cluster, type Pod, type ReplicaSeconds, type SimulatedPool, type StartTimes } from './cluster';
import { averageValueReplicas, HorizontalPodAutoscaler } from './hpa';
import type { Foresight, SimulatedPolicy, SimulatedTrigger } from './policy';
import { RandomStream } from './random';
import { Replica, type RequestLedger, ServerModel } from './replica';
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
  /** The cloud takes the nodes of so many replicas. */
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

/** What Prometheus saw at one scrape. */
interface Scrape {
  readonly seconds: number;
  readonly arrivals: number;
  readonly inFlight: number;
  readonly waiting: number;
  readonly utilisation: number;
}

/** No rate looks further back. */
const LONGEST_WINDOW_SECONDS = 600;

class Simulation {
  private readonly agenda = new Agenda();
  private readonly ledger: RequestLedger;
  private readonly model: ServerModel;
  private readonly cluster: Cluster;
  private readonly servers = new Map<Pod, Replica>();
  /** Servers that take requests, in the order in which they became ready. */
  private open: Replica[] = [];
  /** Servers that have something to do, those that end included. */
  private active: Replica[] = [];
  /** Requests that arrived while nobody was ready. */
  private held: number[] = [];
  private arrived = 0;
  private scrapes: Scrape[] = [];
  private failures = 0;
  private scaleEvents = 0;
  private mostReplicas = 0;
  private mostWaiting = 0;
  private readonly busyAtScrape = new Map<Replica, number>();
  private readonly timeline: TimelinePoint[] = [];
  private readonly endSeconds: number;

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
    const patience = input.patienceSeconds ?? PATIENCE_SECONDS;
    this.model = new ServerModel(input.server, input.serviceTimeFactor, patience);
    const foresees = 'schedule' in policy;
    const instant: StartTimes = { node: NONE, image: NONE, container: NONE };
    this.cluster = new Cluster(
      this.agenda,
      foresees ? everythingThere(policy, input.pool) : input.pool,
      foresees ? instant : input.start,
      foresees ? 0 : policy.placeholders,
      foresees || policy.imagePrefetched,
      new RandomStream(seed, 'nodes'),
      new RandomStream(seed, 'pods'),
      { podReady: (pod) => this.admit(pod), podEnding: (pod) => this.drain(pod) },
    );
  }

  run(): SimulationRun {
    const { policy } = this.input;
    if ('schedule' in policy) this.follow(policy);
    else this.control(policy);
    this.planFaults();
    this.planTimeline();
    this.play();
    this.cluster.touch(this.endSeconds);
    const { cluster, ledger, endSeconds, scaleEvents, mostReplicas, mostWaiting, timeline, input } = this;
    const discardSeconds = input.discardSeconds ?? DISCARD_SECONDS;
    return {
      ledger,
      durationSeconds: endSeconds,
      discardSeconds,
      replicaSeconds: this.judged ?? cluster.seconds,
      scaleEvents,
      mostReplicas,
      mostWaiting,
      timeline,
    };
  }

  private judged: ReplicaSeconds | undefined;
  private now = 0;

  /** Until every request has its end, or nobody can wait for it any longer. */
  private play(): void {
    const { arrivalSeconds } = this.ledger;
    const count = arrivalSeconds.length;
    const discard = Math.min(this.input.discardSeconds ?? DISCARD_SECONDS, this.endSeconds);
    let before: ReplicaSeconds | undefined;
    this.agenda.add(discard, () => {
      this.cluster.touch(discard);
      before = { ...this.cluster.seconds };
    });
    this.agenda.add(this.endSeconds, () => {
      this.cluster.touch(this.endSeconds);
      const { ready, starting, placeholder, idle } = this.cluster.seconds;
      const from = before ?? { ready: 0, starting: 0, placeholder: 0, idle: 0 };
      this.judged = {
        ready: ready - from.ready,
        starting: starting - from.starting,
        placeholder: placeholder - from.placeholder,
        idle: 'schedule' in this.input.policy ? 0 : idle - from.idle,
      };
    });
    const last = this.endSeconds + 2 * this.model.patienceSeconds;
    for (;;) {
      const { active } = this;
      let replica: Replica | undefined;
      let nextSeconds = Number.POSITIVE_INFINITY;
      for (const one of active) {
        if (one.nextSeconds < nextSeconds) {
          replica = one;
          nextSeconds = one.nextSeconds;
        }
      }
      const arrival = this.arrived < count ? (arrivalSeconds[this.arrived] as number) : Number.POSITIVE_INFINITY;
      const control = this.agenda.nextSeconds;
      if (replica !== undefined && nextSeconds <= arrival && nextSeconds <= control) {
        if (nextSeconds > last) return;
        this.now = nextSeconds;
        replica.proceed();
      } else if (arrival <= control) {
        this.now = arrival;
        this.route(this.arrived, arrival);
        this.arrived += 1;
      } else {
        const idle = this.arrived === count && replica === undefined && this.held.length === 0;
        if (control > last || (idle && control > this.endSeconds)) return;
        this.now = control;
        this.agenda.runNext();
      }
    }
  }

  /** To the server with the fewest requests, as an endpoint picker does. */
  private route(request: number, now: number): void {
    let best: Replica | undefined;
    let fewest = Number.POSITIVE_INFINITY;
    for (const server of this.open) {
      const { inFlight } = server;
      if (inFlight < fewest) {
        best = server;
        fewest = inFlight;
      }
    }
    if (best === undefined) this.held.push(request);
    else best.accept(request, now);
  }

  private admit(pod: Pod): void {
    const server = new Replica(this.model, this.ledger);
    this.servers.set(pod, server);
    this.open = [...this.open, server];
    this.active = [...this.active, server];
    this.mostReplicas = Math.max(this.mostReplicas, this.open.length);
    const { held, now } = this;
    this.held = [];
    for (const request of held) this.route(request, now);
  }

  private drain(pod: Pod): void {
    const server = this.servers.get(pod);
    if (server === undefined) return;
    this.open = this.open.filter((one) => one !== server);
    const deadline = this.now + (this.input.drainSeconds ?? DRAIN_SECONDS);
    const look = (at: number) => {
      if (server.inFlight > 0 && at < deadline) {
        this.agenda.add(at + DRAIN_CHECK_SECONDS, () => look(at + DRAIN_CHECK_SECONDS));
        return;
      }
      this.drop(pod, server);
      this.cluster.remove(at, pod);
    };
    this.agenda.add(this.now + DRAIN_CHECK_SECONDS, () => look(this.now));
  }

  private drop(pod: Pod, server: Replica): void {
    this.servers.delete(pod);
    this.busyAtScrape.delete(server);
    this.open = this.open.filter((one) => one !== server);
    this.active = this.active.filter((one) => one !== server);
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
    const { seed } = this.input;
    const clocks = new RandomStream(seed, 'clocks');
    const scrapeSeconds = this.input.scrapeSeconds ?? SCRAPE_SECONDS;
    const syncSeconds = this.input.hpaSyncSeconds ?? HPA_SYNC_SECONDS;
    this.cluster.settle(this.input.initialReplicas ?? policy.minReplicas);
    const scrape = (at: number) => {
      this.scrape(at, scrapeSeconds);
      this.agenda.add(at + scrapeSeconds, () => scrape(at + scrapeSeconds));
    };
    const firstScrape = clocks.uniform() * scrapeSeconds;
    this.agenda.add(firstScrape, () => scrape(firstScrape));
    const hpa = new HorizontalPodAutoscaler(policy.minReplicas, policy.maxReplicas, policy.behaviour);
    const sync = (at: number) => {
      this.decide(at, policy, hpa);
      this.agenda.add(at + syncSeconds, () => sync(at + syncSeconds));
    };
    const firstSync = clocks.uniform() * syncSeconds;
    this.agenda.add(firstSync, () => sync(firstSync));
  }

  private scrape(now: number, scrapeSeconds: number): void {
    let inFlight = this.held.length;
    let waiting = this.held.length;
    let utilisation = 0;
    for (const server of this.open) {
      inFlight += server.inFlight;
      waiting += server.waiting;
      const busy = server.busyUntil(now);
      utilisation += (100 * (busy - (this.busyAtScrape.get(server) ?? busy))) / scrapeSeconds;
      this.busyAtScrape.set(server, busy);
    }
    this.mostWaiting = Math.max(this.mostWaiting, waiting);
    if (this.metricsGone(now)) return;
    this.scrapes.push({ seconds: now, arrivals: this.arrived, inFlight, waiting, utilisation });
    if ((this.scrapes[0]?.seconds ?? now) < now - 2 * LONGEST_WINDOW_SECONDS) {
      this.scrapes = this.scrapes.filter(({ seconds }) => seconds >= now - LONGEST_WINDOW_SECONDS);
    }
  }

  private metricsGone(now: number): boolean {
    const gap = this.input.faults?.metricsGap;
    return gap !== undefined && now >= gap.fromSeconds && now < gap.toSeconds;
  }

  /** What Prometheus answers; undefined where it has nothing. */
  private signal(now: number, { signal, windowSeconds, headroom }: SimulatedTrigger): number | undefined {
    if (this.metricsGone(now)) return undefined;
    const latest = this.scrapes.at(-1);
    if (latest === undefined) return undefined;
    if (signal === 'inFlight') return latest.inFlight + headroom;
    if (signal === 'waiting') return latest.waiting + headroom;
    if (signal === 'gpuUtilisation') return latest.utilisation + headroom;
    const window = this.scrapes.filter(({ seconds }) => seconds > now - windowSeconds);
    const [first] = window;
    const last = window.at(-1);
    if (first === undefined || last === undefined || first === last) return undefined;
    return (last.arrivals - first.arrivals) / (last.seconds - first.seconds) + headroom;
  }

  private decide(now: number, policy: SimulatedPolicy, hpa: HorizontalPodAutoscaler): void {
    const { replicas } = this.cluster;
    const answers = policy.triggers.map((trigger) => ({ trigger, value: this.signal(now, trigger) }));
    const failed = answers.some(({ value }) => value === undefined);
    this.failures = failed ? this.failures + 1 : 0;
    const { fallback } = policy;
    const falls = fallback !== undefined && this.failures > fallback.failureThreshold;
    const wanted = answers.flatMap(({ trigger: { threshold }, value }) => {
      if (value !== undefined) return [averageValueReplicas(value, threshold, replicas)];
      return falls ? [averageValueReplicas(fallback.replicas * threshold, threshold, replicas)] : [];
    });
    let most = wanted.length === 0 ? undefined : Math.max(...wanted);
    // Where one metric is gone, the others may scale up and not down.
    if (wanted.length < answers.length && most !== undefined && most < replicas) most = undefined;
    const decided = hpa.decide(now, replicas, most);
    if (decided === replicas) return;
    this.scaleEvents += 1;
    this.cluster.scale(now, decided);
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
    if (eviction !== undefined) this.agenda.add(eviction.atSeconds, () => this.evict(eviction));
  }

  private evict({ atSeconds, replicas }: NonNullable<Faults['eviction']>): void {
    for (const [pod, server] of [...this.servers].slice(0, replicas)) {
      this.drop(pod, server);
      this.cluster.evict(atSeconds, pod);
    }
  }

  private planTimeline(): void {
    const { timelineSeconds: step } = this.input;
    if (step === undefined) return;
    const look = (atSeconds: number) => {
      const { cluster } = this;
      let waiting = this.held.length;
      for (const server of this.open) waiting += server.waiting;
      this.timeline.push({
        atSeconds,
        ready: cluster.count('ready'),
        starting: cluster.count('starting') + cluster.count('pending'),
        desired: cluster.replicas,
        placeholders: cluster.runningPlaceholders,
        nodes: cluster.nodeCount,
        waiting,
      });
      if (atSeconds + step <= this.endSeconds) this.agenda.add(atSeconds + step, () => look(atSeconds + step));
    };
    this.agenda.add(0, () => look(0));
  }
}

const NONE = { p50Seconds: 0, p95Seconds: 0 };

/** Who knows the future has nodes whenever there is something to run on them, and pays for nothing else. */
function everythingThere({ schedule }: Foresight, { replicasPerNode }: SimulatedPool): SimulatedPool {
  const nodes = Math.ceil(Math.max(...schedule.map(({ replicas }) => replicas)) / replicasPerNode);
  return { minNodes: nodes, maxNodes: nodes, replicasPerNode };
}

/** Plays the run. */
export function simulate(input: SimulationInput): SimulationRun {
  return new Simulation(input).run();
}
