/**
 * One model server, step by step: running sequences each get a token, what is left of the token budget goes to the
 * prompts that wait, first come first served. Stretches in which only tokens are made are computed in one go.
 */
import type { ServerProfile } from './server-profile';
import { linearTable } from './server-profile';

/** What a simulation hands to its servers: requests by their number, and where the outcome goes. */
export interface RequestLedger {
  readonly arrivalSeconds: Float64Array;
  readonly inputTokens: Uint32Array;
  readonly outputTokens: Uint32Array;
  /** First token, seconds after arrival; NaN until then, and for ever where none came. */
  readonly timeToFirstToken: Float64Array;
  /** End, in seconds of the simulation: answered, given up, or cut off with the server; NaN until then. */
  readonly endSeconds: Float64Array;
}

const FIRST_CAPACITY = 256;

/** Sequences by the step in which they end: a binary heap over two arrays. */
class EndingSequences {
  private steps = new Float64Array(FIRST_CAPACITY);
  private requests = new Uint32Array(FIRST_CAPACITY);
  size = 0;

  get nextStep(): number {
    return this.size === 0 ? Number.POSITIVE_INFINITY : (this.steps[0] as number);
  }

  push(step: number, request: number): void {
    if (this.size === this.steps.length) this.grow();
    const { steps, requests } = this;
    let at = this.size;
    this.size += 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if ((steps[parent] as number) <= step) break;
      steps[at] = steps[parent] as number;
      requests[at] = requests[parent] as number;
      at = parent;
    }
    steps[at] = step;
    requests[at] = request;
  }

  pop(): number {
    const { steps, requests } = this;
    const first = requests[0] as number;
    this.size -= 1;
    const step = steps[this.size] as number;
    const request = requests[this.size] as number;
    let at = 0;
    for (let child = 1; child < this.size; child = 2 * at + 1) {
      if (child + 1 < this.size && (steps[child + 1] as number) < (steps[child] as number)) child += 1;
      if ((steps[child] as number) >= step) break;
      steps[at] = steps[child] as number;
      requests[at] = requests[child] as number;
      at = child;
    }
    steps[at] = step;
    requests[at] = request;
    return first;
  }

  private grow(): void {
    const steps = new Float64Array(2 * this.steps.length);
    const requests = new Uint32Array(2 * this.requests.length);
    steps.set(this.steps);
    requests.set(this.requests);
    this.steps = steps;
    this.requests = requests;
  }
}

/** Numbers of what waits, first in first out. */
class Line {
  private items = new Uint32Array(FIRST_CAPACITY);
  private head = 0;
  private tail = 0;

  get length(): number {
    return this.tail - this.head;
  }

  get first(): number {
    return this.items[this.head] as number;
  }

  push(item: number): void {
    if (this.tail === this.items.length) {
      const items = this.head > this.items.length / 2 ? this.items : new Uint32Array(2 * this.items.length);
      items.set(this.items.subarray(this.head, this.tail));
      this.tail -= this.head;
      this.head = 0;
      this.items = items;
    }
    this.items[this.tail] = item;
    this.tail += 1;
  }

  shift(): number {
    const item = this.first;
    this.head += 1;
    return item;
  }
}

/** What all servers of a run have in common. */
export class ServerModel {
  readonly linearSeconds: Float64Array;
  readonly overheadSeconds: number;
  readonly attentionSeconds: number;

  /** @param serviceTimeFactor times of the profile are multiplied by it. */
  constructor(
    readonly profile: ServerProfile,
    serviceTimeFactor = 1,
    /** Callers give up when no token has come for this long. */
    readonly patienceSeconds = Number.POSITIVE_INFINITY,
  ) {
    this.linearSeconds = linearTable(profile, serviceTimeFactor / 1000);
    this.overheadSeconds = (profile.overheadMs * serviceTimeFactor) / 1000;
    this.attentionSeconds = (profile.attentionMsPerToken * serviceTimeFactor) / 1000;
  }
}

/** One server. Times are seconds of the simulation. */
export class Replica {
  /** End of what it does now; infinite when it has nothing to do. */
  nextSeconds = Number.POSITIVE_INFINITY;
  /** Seconds in which it had something to do. */
  busySeconds = 0;
  private readonly waitingLine = new Line();
  private readonly running = new EndingSequences();
  /** Prompt tokens of the first in line that are done already. */
  private prefilled = 0;
  private steps = 0;
  private contextTokens = 0;
  private reservedTokens = 0;
  private startedSeconds = 0;
  /** Steps of the present stretch; 1 while prompts are read. */
  private stretch = 0;
  private reading = false;
  private firstStepSeconds = 0;
  private growthSeconds = 0;
  /** Requests that get their first token when the present step ends. */
  private readonly finishingPrompts: number[] = [];

  constructor(
    private readonly model: ServerModel,
    private readonly ledger: RequestLedger,
  ) {}

  get waiting(): number {
    return this.waitingLine.length;
  }

  get inFlight(): number {
    return this.waitingLine.length + this.running.size + this.finishingPrompts.length;
  }

  /** A request arrives. */
  accept(request: number, now: number): void {
    this.waitingLine.push(request);
    if (this.nextSeconds === Number.POSITIVE_INFINITY) {
      this.begin(now);
    } else if (!this.reading && this.stretch > 1 && this.fits(this.waitingLine.first)) {
      // It joins at the end of the step that is under way.
      this.cut(Math.max(1, this.stepsWithin(now - this.startedSeconds)));
    }
  }

  /** What is done at `nextSeconds`. */
  proceed(): void {
    const now = this.nextSeconds;
    this.busySeconds += now - this.startedSeconds;
    this.steps += this.stretch;
    this.contextTokens += this.running.size * this.stretch;
    while (this.running.nextStep <= this.steps) this.end(this.running.pop(), now);
    for (const request of this.finishingPrompts) this.firstToken(request, now);
    this.finishingPrompts.length = 0;
    this.begin(now);
  }

  /** Busy seconds up to now, those of the stretch under way included. */
  busyUntil(now: number): number {
    return this.busySeconds + (this.nextSeconds === Number.POSITIVE_INFINITY ? 0 : now - this.startedSeconds);
  }

  /** It is gone, and every request that it has ends here. */
  cutOff(now: number): void {
    const { endSeconds } = this.ledger;
    while (this.waitingLine.length > 0) endSeconds[this.waitingLine.shift()] = now;
    while (this.running.size > 0) endSeconds[this.running.pop()] = now;
    for (const request of this.finishingPrompts) endSeconds[request] = now;
    this.finishingPrompts.length = 0;
    this.nextSeconds = Number.POSITIVE_INFINITY;
  }

  private end(request: number, now: number): void {
    const tokens = this.tokensOf(request);
    this.contextTokens -= tokens;
    this.reservedTokens -= tokens;
    this.ledger.endSeconds[request] = now;
  }

  private firstToken(request: number, now: number): void {
    const { arrivalSeconds, outputTokens, inputTokens, timeToFirstToken } = this.ledger;
    timeToFirstToken[request] = now - (arrivalSeconds[request] as number);
    const more = (outputTokens[request] as number) - 1;
    this.contextTokens += (inputTokens[request] as number) + 1;
    if (more <= 0) this.end(request, now);
    else this.running.push(this.steps + more, request);
  }

  private tokensOf(request: number): number {
    const { inputTokens, outputTokens } = this.ledger;
    return (inputTokens[request] as number) + Math.max(1, outputTokens[request] as number);
  }

  private fits(request: number): boolean {
    const { maxSequences, cacheTokens } = this.model.profile;
    const alone = this.running.size + this.finishingPrompts.length === 0;
    return (
      this.running.size + this.finishingPrompts.length < maxSequences &&
      (alone || this.reservedTokens + this.tokensOf(request) <= cacheTokens)
    );
  }

  /** Takes out of the line whoever has given up. */
  private forget(now: number): void {
    const { patienceSeconds } = this.model;
    while (this.waitingLine.length > 0 && this.prefilled === 0) {
      const request = this.waitingLine.first;
      if (now - (this.ledger.arrivalSeconds[request] as number) <= patienceSeconds) return;
      this.waitingLine.shift();
      this.ledger.endSeconds[request] = now;
    }
  }

  /** Plans the next step, or as many as go by before a sequence ends. */
  private begin(now: number): void {
    this.forget(now);
    const { model, running, waitingLine, ledger } = this;
    let budget = model.profile.tokenBudget - running.size;
    let read = 0;
    while (waitingLine.length > 0 && budget > 0) {
      const request = waitingLine.first;
      if (this.prefilled === 0) {
        if (!this.fits(request)) break;
        this.reservedTokens += this.tokensOf(request);
      }
      const left = (ledger.inputTokens[request] as number) - this.prefilled;
      const chunk = left < budget ? left : budget;
      budget -= chunk;
      read += chunk;
      if (chunk < left) {
        this.prefilled += chunk;
        break;
      }
      this.prefilled = 0;
      this.finishingPrompts.push(waitingLine.shift());
    }
    this.startedSeconds = now;
    this.reading = read > 0;
    if (running.size === 0 && read === 0 && this.finishingPrompts.length === 0) {
      this.stretch = 0;
      this.nextSeconds = Number.POSITIVE_INFINITY;
      return;
    }
    this.firstStepSeconds =
      model.overheadSeconds +
      (model.linearSeconds[running.size + read] as number) +
      model.attentionSeconds * this.contextTokens;
    this.growthSeconds = model.attentionSeconds * running.size;
    this.cut(read > 0 || this.finishingPrompts.length > 0 ? 1 : running.nextStep - this.steps);
  }

  /** The present stretch has that many steps. */
  private cut(steps: number): void {
    this.stretch = steps;
    this.nextSeconds = this.startedSeconds + this.secondsOf(steps);
  }

  /** Each step is a little longer than the one before it, as every sequence has one token more. */
  private secondsOf(steps: number): number {
    return steps * this.firstStepSeconds + (this.growthSeconds * steps * (steps - 1)) / 2;
  }

  /** Steps that have begun after so many seconds, within the stretch. */
  private stepsWithin(seconds: number): number {
    const a = this.growthSeconds / 2;
    const b = this.firstStepSeconds - a;
    let steps = a === 0 ? Math.ceil(seconds / b) : Math.ceil((Math.sqrt(b * b + 4 * a * seconds) - b) / (2 * a));
    if (this.secondsOf(steps) < seconds) steps += 1;
    return steps < this.stretch ? steps : this.stretch;
  }
}
