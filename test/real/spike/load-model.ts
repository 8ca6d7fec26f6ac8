/** Requests that are played over the pods that are ready, and what Prometheus would know of them. */
import { Replica, type RequestLedger, ServerModel } from '../../../lib/sim/replica';
import type { ServerProfile } from '../../../lib/sim/server-profile';
import type { RequestStream } from '../../../lib/sim/simulate';

export interface LoadModelOptions {
  readonly requests: RequestStream;
  readonly server: ServerProfile;
  /** Seconds between two scrapes. @default 15 */
  readonly scrapeSeconds?: number;
  /** Callers give up after so long without a token. @default 60, the simulator's own */
  readonly patienceSeconds?: number;
}

/** What one scrape saw. */
interface Scrape {
  readonly seconds: number;
  readonly arrivals: number;
  readonly inFlight: number;
}

/**
 * Model servers behind a router that picks the one with the fewest requests. It has no clock: all times are seconds of
 * the story, uncompressed, so that rates are what the thresholds are written in. The same pods at the same times give
 * the same answers.
 */
export class LoadModel {
  readonly ledger: RequestLedger;
  private readonly model: ServerModel;
  private readonly scrapeSeconds: number;
  private readonly scrapes: Scrape[] = [];
  private readonly open = new Map<string, Replica>();
  /** Servers that take no more requests and still have some. */
  private ending: Replica[] = [];
  /** Requests that arrived while nobody was ready. */
  private held: number[] = [];
  private arrived = 0;
  private scraped = 0;
  private now = 0;

  constructor({ requests, server, scrapeSeconds = 15, patienceSeconds = 60 }: LoadModelOptions) {
    const none = () => new Float64Array(requests.arrivalMs.length).fill(Number.NaN);
    this.ledger = {
      arrivalSeconds: requests.arrivalMs.map((milliseconds) => milliseconds / 1000),
      inputTokens: requests.inputTokens,
      outputTokens: requests.outputTokens,
      timeToFirstToken: none(),
      endSeconds: none(),
    };
    this.model = new ServerModel(server, 1, patienceSeconds);
    this.scrapeSeconds = scrapeSeconds;
  }

  /** Requests in servers or held. */
  get inFlight(): number {
    return this.sum(({ inFlight }) => inFlight);
  }

  /** Requests whose prompt nobody reads yet. */
  get waiting(): number {
    return this.sum(({ waiting }) => waiting);
  }

  /**
   * From `seconds` on these pods serve. Pods that are gone take no more requests and end those that they have.
   * @throws RangeError when time would run backwards
   */
  observe(seconds: number, readyPods: readonly string[]): void {
    this.advance(seconds);
    for (const [pod, replica] of this.open) {
      if (readyPods.includes(pod)) continue;
      this.open.delete(pod);
      this.ending.push(replica);
    }
    for (const pod of readyPods) {
      if (!this.open.has(pod)) this.open.set(pod, new Replica(this.model, this.ledger));
    }
    if (this.open.size === 0) return;
    const { held } = this;
    this.held = [];
    for (const request of held) this.route(request, seconds);
  }

  /**
   * Plays everything up to `seconds`.
   * @throws RangeError when time would run backwards
   */
  advance(seconds: number): void {
    if (!(seconds >= this.now))
      throw new RangeError(`the story is at ${this.now} s and cannot go back to ${seconds} s`);
    for (;;) {
      const { arrivalSeconds } = this.ledger;
      const busy = this.nextToProceed();
      const step = busy?.nextSeconds ?? Number.POSITIVE_INFINITY;
      const arrival = arrivalSeconds[this.arrived] ?? Number.POSITIVE_INFINITY;
      const scrape = this.scraped * this.scrapeSeconds;
      if (Math.min(step, arrival, scrape) > seconds) break;
      if (busy !== undefined && step <= arrival && step <= scrape) {
        busy.proceed();
      } else if (arrival <= scrape) {
        this.route(this.arrived, arrival);
        this.arrived += 1;
      } else {
        this.scrapes.push({ seconds: scrape, arrivals: this.arrived, inFlight: this.inFlight });
        this.scraped += 1;
      }
    }
    this.ending = this.ending.filter(({ inFlight }) => inFlight > 0);
    this.now = seconds;
  }

  /** Requests per second between the first and the last scrape of a window; undefined before it has two. */
  arrivalRate(windowSeconds: number): number | undefined {
    const seen = this.scrapes.filter(({ seconds }) => seconds > this.now - windowSeconds);
    const [first, last] = [seen[0], seen.at(-1)];
    if (first === undefined || last === undefined || first === last) return undefined;
    return (last.arrivals - first.arrivals) / (last.seconds - first.seconds);
  }

  /** Requests in flight at the last scrape. */
  get scrapedInFlight(): number | undefined {
    return this.scrapes.at(-1)?.inFlight;
  }

  private sum(of: (replica: Replica) => number): number {
    return [...this.open.values(), ...this.ending].reduce((sum, one) => sum + of(one), this.held.length);
  }

  private nextToProceed(): Replica | undefined {
    let next: Replica | undefined;
    for (const replicas of [this.open.values(), this.ending]) {
      for (const one of replicas) if (next === undefined || one.nextSeconds < next.nextSeconds) next = one;
    }
    return next?.nextSeconds === Number.POSITIVE_INFINITY ? undefined : next;
  }

  private route(request: number, now: number): void {
    let best: Replica | undefined;
    for (const one of this.open.values()) if (best === undefined || one.inFlight < best.inFlight) best = one;
    if (best === undefined) this.held.push(request);
    else best.accept(request, now);
  }
}
