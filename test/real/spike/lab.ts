/** A cluster in which load scales pods and pods scale nodes, by the real programs: KEDA, HPA, scheduler, Karpenter. */
import { applyAll, objections } from '../support/admit';
import type { ApiClient } from '../support/api';
import { ControlPlane } from '../support/control-plane';
import { type InstanceType, type NodePoolOptions, nodePool, startKarpenter } from '../support/karpenter';
import { startKeda } from '../support/keda';
import type { StageOptions } from '../support/kwok-stages';
import type { KubeObject } from '../support/objects';
import { type Answer, PrometheusStub } from '../support/prometheus-stub';

export interface SpikeLabOptions {
  /** Machines that Karpenter may order. */
  readonly instanceTypes: readonly InstanceType[];
  /** From which pools it orders them. */
  readonly pools: readonly NodePoolOptions[];
  /** What KEDA's Prometheus queries are worth. Can be told later: `lab.answer = …`. @default no series */
  readonly answer?: Answer;
  /** How often the HPA looks at its metrics, in seconds. @default 2, where Kubernetes' own is 15 */
  readonly hpaSyncSeconds?: number;
  /** Go duration for which Karpenter gathers pods. @default 1s, Karpenter's own */
  readonly batchIdleDuration?: string;
  /** How long pods take to be ready on their node; one pod's own is the annotation `READY_DELAY`. @default at once */
  readonly stages?: StageOptions;
  /** Folder in which the logs are kept. @default a temporary one */
  readonly logs?: string;
}

/** A control plane with KEDA, Karpenter and a Prometheus whose answers the test decides. */
export class SpikeLab {
  /** Starts everything and waits until it works. @throws with the logs' tails when a program does not come up */
  static async start(options: SpikeLabOptions): Promise<SpikeLab> {
    const { stages, logs } = options;
    const plane = await ControlPlane.start({
      aggregation: true,
      extraControllerManagerArgs: [`--horizontal-pod-autoscaler-sync-period=${options.hpaSyncSeconds ?? 2}s`],
      ...(stages && { stages }),
      ...(logs && { logs }),
    });
    const current: { answer: Answer } = { answer: options.answer ?? (() => undefined) };
    const prometheus = await PrometheusStub.start((query) => current.answer(query));
    const lab = new SpikeLab(plane, prometheus, current);
    try {
      await startKeda(plane);
      await startKarpenter(plane, options);
      await lab.apply(options.pools.flatMap(nodePool));
    } catch (error) {
      await lab.stop();
      throw error;
    }
    return lab;
  }

  private constructor(
    readonly plane: ControlPlane,
    readonly prometheus: PrometheusStub,
    private readonly current: { answer: Answer },
  ) {}

  get api(): ApiClient {
    return this.plane.api;
  }

  /** From now on queries are worth this. */
  set answer(answer: Answer) {
    this.current.answer = answer;
  }

  /** Applies objects. @throws when one of them is refused or warned about, naming all such */
  async apply(objects: readonly KubeObject[]): Promise<void> {
    const objected = objections(await applyAll(this.api, objects));
    if (objected.length > 0) throw new Error(JSON.stringify(objected, undefined, 2));
  }

  /** Ends all programs. @throws when one had ended by itself before */
  async stop(): Promise<void> {
    await this.prometheus.stop();
    await this.plane.stop();
  }
}
