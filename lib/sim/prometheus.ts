/** What Prometheus knows of a service: nothing but what it saw at its last scrapes. */
import type { Fleet } from './fleet';
import type { SimulatedTrigger } from './policy';
import type { Replica } from './replica';

/** What was seen at one scrape. */
interface Scrape {
  readonly seconds: number;
  readonly arrivals: number;
  readonly running: number;
  readonly waiting: number;
  readonly utilisation: number;
}

/** What it is told once. */
export interface PrometheusOptions {
  readonly scrapeSeconds: number;
  /** No rate looks further back. */
  readonly longestWindowSeconds: number;
  /** It neither scrapes nor answers in between. */
  readonly gap?: { readonly fromSeconds: number; readonly toSeconds: number };
}

/** The Prometheus of a run. */
export class Prometheus {
  /** The most waiting requests of any scrape. */
  mostWaiting = 0;
  private scrapes: Scrape[] = [];
  private readonly busyAtScrape = new WeakMap<Replica, number>();

  constructor(
    private readonly fleet: Fleet,
    private readonly options: PrometheusOptions,
  ) {}

  /** @param arrivals requests since the beginning of the run */
  scrape(now: number, arrivals: number): void {
    const { scrapeSeconds, longestWindowSeconds } = this.options;
    const { open, waiting } = this.fleet;
    let running = 0;
    let utilisation = 0;
    for (const server of open) {
      running += server.inFlight - server.waiting;
      const busy = server.busyUntil(now);
      utilisation += (100 * (busy - (this.busyAtScrape.get(server) ?? busy))) / scrapeSeconds;
      this.busyAtScrape.set(server, busy);
    }
    this.mostWaiting = Math.max(this.mostWaiting, waiting);
    if (this.isGone(now)) return;
    this.scrapes.push({ seconds: now, arrivals, running, waiting, utilisation });
    // Thrown away in lots: a list that loses its first entry at every scrape is copied at every scrape.
    if ((this.scrapes[0]?.seconds ?? now) < now - 2 * longestWindowSeconds) {
      this.scrapes = this.scrapes.filter(({ seconds }) => seconds >= now - longestWindowSeconds);
    }
  }

  /** The answer to the query of a trigger; undefined where there is none. */
  answer(now: number, { signal, windowSeconds, ofFloor }: SimulatedTrigger): number | undefined {
    if (this.isGone(now)) return undefined;
    const load = signal === 'arrivalRate' ? this.rate(now, windowSeconds) : this.gauge(signal);
    // Queries without a floor cannot fall below nothing, and the ones with it are clamped there.
    return load === undefined ? undefined : Math.max(0, load - ofFloor);
  }

  private gauge(signal: Exclude<SimulatedTrigger['signal'], 'arrivalRate'>): number | undefined {
    const latest = this.scrapes.at(-1);
    if (latest === undefined) return undefined;
    const { running, waiting, utilisation } = latest;
    return { running, waiting, inFlight: running + waiting, gpuUtilisation: utilisation }[signal];
  }

  private rate(now: number, windowSeconds: number): number | undefined {
    const window = this.scrapes.filter(({ seconds }) => seconds > now - windowSeconds);
    const [first] = window;
    const last = window.at(-1);
    if (first === undefined || last === undefined || first === last) return undefined;
    return (last.arrivals - first.arrivals) / (last.seconds - first.seconds);
  }

  private isGone(now: number): boolean {
    const { gap } = this.options;
    return gap !== undefined && now >= gap.fromSeconds && now < gap.toSeconds;
  }
}
