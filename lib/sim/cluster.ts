/** Nodes, pods and placeholders of one pool: who runs where, who waits, and what it costs. */
import { Heap } from 'heap-js';
import type { Quantiles, RandomStream } from './random';

/** How long things take. */
export interface StartTimes {
  /** From the request for a node until its GPU can be used. */
  readonly node: Quantiles;
  /** Pull and unpack of the server's image. */
  readonly image: Quantiles;
  /** From the start of the container until it answers. */
  readonly container: Quantiles;
}

/** The pool, as far as one service on it is concerned. */
export interface SimulatedPool {
  readonly minNodes: number;
  readonly maxNodes: number;
  /** Replicas that fit on a node. */
  readonly replicasPerNode: number;
}

/** Events by time, and by order among those of one moment. */
export class Agenda {
  private readonly heap = new Heap<{ readonly at: number; readonly order: number; readonly run: () => void }>(
    (a, b) => a.at - b.at || a.order - b.order,
  );
  private order = 0;

  get nextSeconds(): number {
    return this.heap.peek()?.at ?? Number.POSITIVE_INFINITY;
  }

  add(at: number, run: () => void): void {
    this.heap.push({ at, order: this.order, run });
    this.order += 1;
  }

  runNext(): void {
    this.heap.pop()?.run();
  }
}

interface Node {
  readonly slots: number;
  used: number;
  /** When the image is there; infinite while nobody has asked for it. */
  imageSeconds: number;
  emptySinceSeconds: number;
}

/** A pod of the service. */
export interface Pod {
  state: 'pending' | 'starting' | 'ready' | 'ending' | 'gone';
  readonly order: number;
  node: Node | undefined;
  readySeconds: number;
}

/** Seconds of GPU use, by what the GPUs did; a replica counts once, whatever it takes. */
export interface ReplicaSeconds {
  ready: number;
  starting: number;
  placeholder: number;
  /** On nodes that nothing runs on: coming, or waiting to be given up. */
  idle: number;
}

/** The cluster autoscaler's scan interval, and how long a node stays unneeded (kubernetes/autoscaler FAQ). */
const SCAN_SECONDS = 10;
const UNNEEDED_SECONDS = 600;
const AFTER_ADD_SECONDS = 600;

/** From a changed number of replicas to new pods. */
const POD_CREATION_SECONDS = 1;

/** What a run wants to be told. */
export interface ClusterListener {
  podReady(pod: Pod): void;
  /** The pod takes no more requests; the listener calls `remove` when it is empty. */
  podEnding(pod: Pod): void;
  /** The pod has gone with its node, whatever it was doing. */
  podLost(pod: Pod): void;
}

/** The part of a cluster that serves one service. */
export class Cluster {
  readonly pods = new Set<Pod>();
  readonly seconds: ReplicaSeconds = { ready: 0, starting: 0, placeholder: 0, idle: 0 };
  private readonly nodes = new Set<Node>();
  private coming = 0;
  /** The node of each placeholder that runs, in the order in which they came there. */
  private hosts: Node[] = [];
  private touchedSeconds = 0;
  private lastAddSeconds = Number.NEGATIVE_INFINITY;
  private created = 0;
  private wanted = 0;
  /** No node can be had while this is set. */
  stockOut = false;

  constructor(
    private readonly agenda: Agenda,
    private readonly pool: SimulatedPool,
    private readonly times: StartTimes,
    private readonly placeholders: number,
    private readonly imagePrefetched: boolean,
    private readonly nodeStream: RandomStream,
    private readonly podStream: RandomStream,
    private readonly listener: ClusterListener,
  ) {
    const scan = (at: number) => {
      this.autoscale(at);
      agenda.add(at + SCAN_SECONDS, () => scan(at + SCAN_SECONDS));
    };
    agenda.add(SCAN_SECONDS, () => scan(SCAN_SECONDS));
  }

  get replicas(): number {
    return this.wanted;
  }

  count(state: Pod['state']): number {
    let count = 0;
    for (const pod of this.pods) if (pod.state === state) count += 1;
    return count;
  }

  get runningPlaceholders(): number {
    return this.hosts.length;
  }

  get nodeCount(): number {
    return this.nodes.size + this.coming;
  }

  /** Begins with everything in place: replicas that are ready, placeholders on warm nodes. */
  settle(replicas: number): void {
    const { replicasPerNode, minNodes, maxNodes } = this.pool;
    const wanted = Math.ceil((replicas + this.placeholders) / replicasPerNode);
    const nodes = Math.min(maxNodes, Math.max(minNodes, wanted));
    for (let i = 0; i < nodes; i += 1) this.join(0, 0);
    this.wanted = replicas;
    for (let i = 0; i < replicas; i += 1) {
      const pod = this.create();
      const node = this.freeNode();
      if (node === undefined) continue;
      this.occupy(node);
      pod.node = node;
      pod.state = 'ready';
      this.listener.podReady(pod);
    }
    this.schedule(0);
  }

  /** Sets the number of pods. */
  scale(now: number, replicas: number): void {
    if (replicas === this.wanted) return;
    this.wanted = replicas;
    const alive = [...this.pods].filter(({ state }) => state !== 'ending');
    if (replicas > alive.length) {
      this.agenda.add(now + POD_CREATION_SECONDS, () => this.grow(now + POD_CREATION_SECONDS));
      return;
    }
    // The order of the ReplicaSet controller: pods that serve nobody first, then those that have served least long.
    const rank = { pending: 0, starting: 1, ready: 2, ending: 3, gone: 3 } as const;
    alive.sort((a, b) => rank[a.state] - rank[b.state] || b.readySeconds - a.readySeconds || b.order - a.order);
    for (const pod of alive.slice(0, alive.length - replicas)) this.endPod(now, pod);
    this.schedule(now);
  }

  /** The pod is empty, or nobody waits for it any longer. */
  remove(now: number, pod: Pod): void {
    if (pod.state === 'gone') return;
    this.touch(now);
    this.release(now, pod);
    pod.state = 'gone';
    this.pods.delete(pod);
    this.schedule(now);
  }

  /** Takes the node of a pod away at once, with all pods and placeholders on it. */
  evict(now: number, { node }: Pod): void {
    if (node === undefined || !this.nodes.has(node)) return;
    this.touch(now);
    this.nodes.delete(node);
    this.hosts = this.hosts.filter((host) => host !== node);
    for (const pod of [...this.pods].filter((one) => one.node === node)) {
      pod.state = 'gone';
      this.pods.delete(pod);
      this.listener.podLost(pod);
    }
    this.grow(now);
  }

  /** Brings the sums up to date. */
  touch(now: number): void {
    const passed = now - this.touchedSeconds;
    if (passed <= 0) return;
    this.touchedSeconds = now;
    let ready = 0;
    let starting = 0;
    for (const { state } of this.pods) {
      if (state === 'ready' || state === 'ending') ready += 1;
      if (state === 'starting') starting += 1;
    }
    const all = this.nodeCount * this.pool.replicasPerNode;
    this.seconds.ready += passed * ready;
    this.seconds.starting += passed * starting;
    this.seconds.placeholder += passed * this.hosts.length;
    this.seconds.idle += passed * (all - ready - starting - this.hosts.length);
  }

  private create(): Pod {
    const pod: Pod = { state: 'pending', order: this.created, node: undefined, readySeconds: 0 };
    this.created += 1;
    this.pods.add(pod);
    return pod;
  }

  private grow(now: number): void {
    this.touch(now);
    const alive = [...this.pods].filter(({ state }) => state !== 'ending').length;
    for (let i = alive; i < this.wanted; i += 1) this.create();
    this.schedule(now);
  }

  private endPod(now: number, pod: Pod): void {
    if (pod.state === 'ready') {
      this.touch(now);
      pod.state = 'ending';
      this.listener.podEnding(pod);
    } else this.remove(now, pod);
  }

  private occupy(node: Node): void {
    node.used += 1;
    node.emptySinceSeconds = Number.POSITIVE_INFINITY;
  }

  private release(now: number, { node }: Pod): void {
    if (node === undefined) return;
    node.used -= 1;
    if (node.used === 0) node.emptySinceSeconds = now;
  }

  /** A node with room; one that has the image first. */
  private freeNode(): Node | undefined {
    let best: Node | undefined;
    for (const node of this.nodes) {
      if (node.used >= node.slots) continue;
      if (best === undefined || node.imageSeconds < best.imageSeconds) best = node;
    }
    return best;
  }

  private schedule(now: number): void {
    this.touch(now);
    for (const pod of this.pods) {
      if (pod.state !== 'pending') continue;
      const node = this.freeNode() ?? this.preempt();
      if (node === undefined) break;
      this.start(now, pod, node);
    }
    while (this.hosts.length < this.placeholders) {
      const node = this.freeNode();
      if (node === undefined) break;
      this.occupy(node);
      this.hosts.push(node);
    }
  }

  /** A placeholder has no grace period and nothing to finish. */
  private preempt(): Node | undefined {
    // The one that has been there longest has the image for certain.
    const node = this.hosts.shift();
    if (node === undefined) return undefined;
    node.used -= 1;
    return node;
  }

  private start(now: number, pod: Pod, node: Node): void {
    this.occupy(node);
    pod.node = node;
    pod.state = 'starting';
    const pull = this.podStream.duration(this.times.image);
    const run = this.podStream.duration(this.times.container);
    if (node.imageSeconds === Number.POSITIVE_INFINITY) node.imageSeconds = now + pull;
    const readySeconds = Math.max(now, node.imageSeconds) + run;
    this.agenda.add(readySeconds, () => {
      if (pod.state !== 'starting') return;
      this.touch(readySeconds);
      pod.state = 'ready';
      pod.readySeconds = readySeconds;
      this.listener.podReady(pod);
    });
  }

  private join(now: number, pullSeconds: number): void {
    this.nodes.add({
      slots: this.pool.replicasPerNode,
      used: 0,
      imageSeconds: this.imagePrefetched || now === 0 ? now + pullSeconds : Number.POSITIVE_INFINITY,
      emptySinceSeconds: now,
    });
  }

  private autoscale(now: number): void {
    this.touch(now);
    this.addNodes(now);
    if (now - this.lastAddSeconds < AFTER_ADD_SECONDS) return;
    for (const node of this.nodes) {
      if (this.nodeCount <= this.pool.minNodes) return;
      if (node.used === 0 && now - node.emptySinceSeconds >= UNNEEDED_SECONDS) this.nodes.delete(node);
    }
  }

  private addNodes(now: number): void {
    if (this.stockOut) return;
    const { replicasPerNode, maxNodes } = this.pool;
    const waiting = this.count('pending') + this.placeholders - this.hosts.length;
    const short = Math.ceil(waiting / replicasPerNode) - this.coming;
    const added = Math.min(short, maxNodes - this.nodeCount);
    for (let i = 0; i < added; i += 1) {
      this.coming += 1;
      this.lastAddSeconds = now;
      const there = now + this.nodeStream.duration(this.times.node);
      const pull = this.nodeStream.duration(this.times.image);
      this.agenda.add(there, () => {
        this.touch(there);
        this.coming -= 1;
        this.lastAddSeconds = there;
        this.join(there, pull);
        this.schedule(there);
      });
    }
  }
}
