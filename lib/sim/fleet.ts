/** The servers of a run: who takes the next request, who only ends what it has, and what waits until anybody is ready. */
import type { Pod } from './cluster';
import { Replica, type RequestLedger, type ServerModel } from './replica';

/** Servers by their pods, and those of a floor, which no scaler touches. */
export class Fleet {
  private readonly servers = new Map<Pod, Replica>();
  /** Servers that take requests, in the order in which they became ready. */
  private taking: Replica[] = [];
  /** Servers that have something to do, those that end included. */
  private active: Replica[] = [];
  /** Requests that arrived while nobody was ready. */
  private held: number[] = [];
  private most = 0;

  /** @param floorReplicas servers that are always ready and that no pod of the cluster stands for */
  constructor(
    private readonly model: ServerModel,
    private readonly ledger: RequestLedger,
    private readonly floorReplicas: number,
  ) {
    for (let i = 0; i < floorReplicas; i += 1) this.add();
  }

  /** Servers that take requests. */
  get open(): readonly Replica[] {
    return this.taking;
  }

  /** Requests that nobody has taken. */
  get heldRequests(): number {
    return this.held.length;
  }

  /** The most pods that took requests at the same time, without the floor. */
  get mostReplicas(): number {
    return this.most;
  }

  /** Pods with a server, in the order in which they became ready. */
  get pods(): readonly Pod[] {
    return [...this.servers.keys()];
  }

  /** Requests in servers and held that no server has begun with. */
  get waiting(): number {
    let waiting = this.held.length;
    for (const server of this.taking) waiting += server.waiting;
    return waiting;
  }

  /** The server whose step ends first; undefined when none has anything to do. */
  next(): Replica | undefined {
    let next: Replica | undefined;
    let nextSeconds = Number.POSITIVE_INFINITY;
    for (const one of this.active) {
      if (one.nextSeconds < nextSeconds) {
        next = one;
        nextSeconds = one.nextSeconds;
      }
    }
    return next;
  }

  /** To the server with the fewest requests, as an endpoint picker does. */
  route(request: number, now: number): void {
    let best: Replica | undefined;
    let fewest = Number.POSITIVE_INFINITY;
    for (const server of this.taking) {
      const { inFlight } = server;
      if (inFlight < fewest) {
        best = server;
        fewest = inFlight;
      }
    }
    if (best === undefined) this.held.push(request);
    else best.accept(request, now);
  }

  /** The pod takes requests from now on. */
  admit(pod: Pod, now: number): void {
    this.servers.set(pod, this.add());
    this.most = Math.max(this.most, this.taking.length - this.floorReplicas);
    const { held } = this;
    this.held = [];
    for (const request of held) this.route(request, now);
  }

  /** The pod takes no more requests. */
  close(pod: Pod): void {
    const server = this.servers.get(pod);
    this.taking = this.taking.filter((one) => one !== server);
  }

  /** Requests that the pod still has; none once it is gone. */
  inFlightOf(pod: Pod): number {
    return this.servers.get(pod)?.inFlight ?? 0;
  }

  /** The pod is gone, and whatever it still had is cut off. */
  drop(pod: Pod, now: number): void {
    const server = this.servers.get(pod);
    if (server === undefined) return;
    server.cutOff(now);
    this.close(pod);
    this.servers.delete(pod);
    this.active = this.active.filter((one) => one !== server);
  }

  /** Nobody watches any longer: servers end what they have, and callers have given up what nobody took. */
  workOff(): void {
    for (const server of this.active) while (server.nextSeconds < Number.POSITIVE_INFINITY) server.proceed();
    const { arrivalSeconds, endSeconds } = this.ledger;
    for (const request of this.held) {
      endSeconds[request] = (arrivalSeconds[request] as number) + this.model.patienceSeconds;
    }
    this.held = [];
  }

  private add(): Replica {
    const server = new Replica(this.model, this.ledger);
    this.taking = [...this.taking, server];
    this.active = [...this.active, server];
    return server;
  }
}
