import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from '../support/api';
import { type Deployment, hasCondition, type Node, type Pod } from '../support/objects';

/** One Deployment at one moment. Pods that are on their way out do not count. */
export interface WorkloadState {
  /** What its scaler asks for. */
  readonly desired: number;
  readonly pods: number;
  /** Pods that have a node. */
  readonly placed: number;
  readonly ready: number;
}

/** The cluster at one moment. */
export interface Snapshot {
  /** `Date.now()` after the cluster had answered. */
  readonly atMs: number;
  /** By the name of the Deployment. */
  readonly workloads: Readonly<Record<string, WorkloadState>>;
  readonly readyNodes: number;
}

/**
 * Looks at Deployments, their pods and the nodes again and again, and keeps each look that differs from the one before.
 * Pods are told apart by the label `app.kubernetes.io/name`, which has to be the name of their Deployment.
 */
export class Timeline {
  /** Starts with a first look. @param everyMs pause between two looks */
  static async start(
    api: ApiClient,
    namespace: string,
    workloads: readonly string[],
    everyMs = 200,
  ): Promise<Timeline> {
    const look = (): Promise<Snapshot> => lookAt(api, namespace, workloads);
    const timeline = new Timeline(await look());
    timeline.done = timeline.run(look, everyMs);
    return timeline;
  }

  private readonly kept: Snapshot[];
  private readonly end = new AbortController();
  private done: Promise<void> = Promise.resolve();
  private error?: unknown;

  private constructor(first: Snapshot) {
    this.kept = [first];
  }

  /** Oldest first; each differs from the one before. */
  get snapshots(): readonly Snapshot[] {
    return this.kept;
  }

  /** How the cluster was at the last look, for a load model that answers from the pods that are ready. */
  get latest(): Snapshot {
    return this.kept[this.kept.length - 1] as Snapshot;
  }

  /** The first moment at which that many pods of a workload were ready, or undefined when there was none. */
  firstReady(workload: string, pods: number): number | undefined {
    return this.kept.find(({ workloads }) => (workloads[workload]?.ready ?? 0) >= pods)?.atMs;
  }

  /** Ends the looking. Has to come before the end of the control plane. @throws what a look has failed with */
  async stop(): Promise<readonly Snapshot[]> {
    this.end.abort();
    await this.done;
    if (this.error !== undefined) throw this.error;
    return this.kept;
  }

  private async run(look: () => Promise<Snapshot>, everyMs: number): Promise<void> {
    while (!this.end.signal.aborted) {
      // An abort ends the pause early.
      await sleep(everyMs, undefined, { signal: this.end.signal, ref: false }).catch(() => undefined);
      try {
        const seen = await look();
        if (stateOf(seen) !== stateOf(this.latest)) this.kept.push(seen);
      } catch (error) {
        // Nobody waits for this promise until `stop`.
        this.error = error;
        return;
      }
    }
  }
}

function stateOf({ workloads, readyNodes }: Snapshot): string {
  return JSON.stringify([workloads, readyNodes]);
}

async function lookAt(api: ApiClient, namespace: string, names: readonly string[]): Promise<Snapshot> {
  const [deployments, pods, nodes] = await Promise.all([
    api.list<Deployment>('apps/v1', 'Deployment', { namespace }),
    api.list<Pod>('v1', 'Pod', { namespace }),
    api.list<Node>('v1', 'Node'),
  ]);
  const stateOfWorkload = (name: string): WorkloadState => {
    const own = pods.filter(
      ({ metadata }) =>
        metadata.labels?.['app.kubernetes.io/name'] === name && metadata.deletionTimestamp === undefined,
    );
    return {
      desired: deployments.find(({ metadata }) => metadata.name === name)?.spec.replicas ?? 0,
      pods: own.length,
      placed: own.filter(({ spec }) => spec.nodeName !== undefined).length,
      ready: own.filter((pod) => hasCondition(pod, 'Ready')).length,
    };
  };
  return {
    atMs: Date.now(),
    workloads: Object.fromEntries(names.map((name) => [name, stateOfWorkload(name)])),
    readyNodes: nodes.filter((node) => hasCondition(node, 'Ready')).length,
  };
}
