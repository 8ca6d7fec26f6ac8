/** Nodes that wait for a pod, with the image on them. */
import { Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { COMPILE_CACHE } from '../domain/compile-cache';
import { draftPinnedImage, type ImageLock } from '../domain/image';
import type { GpuNodePoolPlan } from '../domain/node-pool-plan';
import {
  draftCapacityBuffer,
  draftLonely,
  draftWarmBinding,
  draftWarmPool,
  draftWindows,
  PAUSE_IMAGE,
  PREFETCH_COMMAND,
  WARM_COMPONENTS,
  type WarmBinding,
  type WarmDemand,
  type WarmNodes,
  type WarmPoolSpec,
  warmNodesOf,
} from '../domain/placeholder';
import { errorsOf, Findings, formatProblem } from '../domain/problem';
import { capacityBuffer } from '../kube/capacity-buffer';
import { k8s } from '../kube/k8s';
import { podLabels, selectorLabels, workloadLabels } from '../kube/labels';
import { type PodShape, placeholderPod, shapeKey } from '../kube/placeholder-pod';
import { report, settle } from '../kube/report';
import { ImagePrefetch } from './image-prefetch';
import { PoolClaims } from './pool-claims';
import type { IWarmCapacity, WarmTarget } from './siblings';
import { drawPlaceholderSchedule } from './warm-pool-schedule';

/** Props of {@link WarmPool}. */
export interface WarmPoolProps extends Omit<WarmPoolSpec, 'name'> {
  /** Beginning of the names of everything that is drawn. @default the construct id */
  readonly name?: string;
  /** Digests of images. @default those of the table */
  readonly images?: ImageLock;
}

/** Placeholders of one shape, for services whose pods ask for the same. */
interface Shape {
  readonly name: string;
  readonly pod: PodShape;
  readonly demands: WarmDemand[];
  /** Seconds until a pod on a new node counts as stuck: the most patient service's. */
  deadlineSeconds: number;
  drawn: boolean;
}

/** Placeholders of one shape, for whoever counts them. */
export interface Placeholders extends WarmNodes {
  readonly name: string;
  readonly services: readonly string[];
  readonly gpusPerPod: number;
}

/**
 * Warm nodes of one pool: pods of the lowest priority that look to the scheduler exactly like the replicas of the
 * services, and leave at once when one of those needs the place. The autoscaler then brings a node for the placeholder,
 * not for the replica. Beside them every node of the pool gets the images of servers and compile caches as it joins.
 *
 * How many follows from the `sizing` of each service. Services whose pods have one shape share a Deployment, named after
 * the first of them. Warm nodes are no warm replicas: those always serve, and are counted with their service.
 *
 * Wrong input draws nothing and is reported at synthesis: WP-HOLD-*, WP-NAME-*, WP-NS-002, WP-COST-001, WP-IMG-*.
 *
 * @example
 * const warmCapacity = new WarmPool(chart, 'warm-a100', { ownership });
 * new GpuInferenceService(chart, 'chat', { namespace: 'chat', ownership, pool, model, sizing, scaler, warmCapacity });
 */
export class WarmPool extends Construct implements IWarmCapacity {
  readonly name: string;
  readonly imagePrefetched: boolean;
  private readonly spec: WarmPoolSpec;
  private readonly pauseImage: string | undefined;
  private readonly shapes = new Map<string, Shape>();
  /** Of the first service; no other may bring another. */
  private nodePool: GpuNodePoolPlan | undefined;
  private namespace: string | undefined;
  /** Whether it was said that nobody waits for these nodes. */
  private lonely = false;
  private images: ImagePrefetch | undefined;

  constructor(scope: Construct, id: string, props: WarmPoolProps) {
    super(scope, id);
    this.name = props.name ?? id;
    this.spec = { ...props, name: this.name };
    this.imagePrefetched = props.prefetch?.image ?? true;
    const spec = settle(this, draftWarmPool(this.spec));
    const image = settle(this, draftPinnedImage('image', PAUSE_IMAGE, props.images));
    this.pauseImage = spec && image;
    this.node.addValidation({ validate: () => this.validate() });
  }

  /** The pool that the nodes belong to; undefined before a service was bound. */
  get pool(): GpuNodePoolPlan | undefined {
    return this.nodePool;
  }

  /** What was decided, one entry for each shape. */
  get placeholders(): readonly Placeholders[] {
    return [...this.shapes.values()].map(({ name, pod, demands }) => ({
      name,
      services: demands.map(({ service }) => service),
      gpusPerPod: pod.resources.gpus,
      ...warmNodesOf(this.spec, demands),
    }));
  }

  bindWarmCapacity(target: WarmTarget, scope: Construct): void {
    const { plan, pod } = target;
    this.nodePool ??= plan.pool;
    this.namespace ??= this.spec.namespace ?? target.namespace;
    const { namespace } = this;
    const binding: WarmBinding = {
      service: target.name,
      namespace: target.namespace,
      pool: plan.pool,
      warmNodes: plan.sizing?.warmNodes,
      claims: (pod.claims ?? []).map(({ claimName }) => claimName),
      imagePullSecrets: pod.imagePullSecrets ?? [],
    };
    const key = shapeKey(pod);
    const shapes = this.shapes.has(key) ? this.shapes.size : this.shapes.size + 1;
    const bound = settle(scope, draftWarmBinding(this.spec, binding, { pool: this.nodePool.name, namespace, shapes }));
    if (this.pauseImage === undefined || bound === undefined) return;
    const shape = this.shapes.get(key) ?? this.newShape(target);
    this.shapes.set(key, shape);
    shape.demands.push(bound);
    shape.deadlineSeconds = Math.max(shape.deadlineSeconds, plan.timers.progressDeadlineSeconds);
    this.prefetch(target, namespace, this.pauseImage);
    // A number only grows with every service.
    if (!shape.drawn && this.countOf(shape).ceiling > 0) this.draw(shape, namespace, this.pauseImage);
  }

  private newShape({ name, pod, plan }: WarmTarget): Shape {
    const deadlineSeconds = plan.timers.progressDeadlineSeconds;
    return { name: `${this.name}-${name}`, pod, demands: [], deadlineSeconds, drawn: false };
  }

  private countOf({ demands }: Shape): WarmNodes {
    return warmNodesOf(this.spec, demands);
  }

  private prefetch({ name, plan, pod }: WarmTarget, namespace: string, pauseImage: string): void {
    if (!this.imagePrefetched) return;
    this.images ??= new ImagePrefetch(this, 'images', {
      name: `${this.name}-images`,
      namespace,
      ownership: this.spec.ownership,
      pool: plan.pool,
      command: this.spec.prefetch?.command ?? PREFETCH_COMMAND,
      pauseImage,
    });
    const { image, runtime, compileCache } = plan;
    const { imagePullSecrets = [] } = pod;
    const common = { uid: runtime.uid, gid: runtime.gid, imagePullSecrets };
    this.images.add({ ...common, name, image });
    if (compileCache) this.images.add({ ...common, name: `${name}-${COMPILE_CACHE}`, image: compileCache.image });
  }

  private draw(shape: Shape, namespace: string, pauseImage: string): void {
    const { name, pod } = shape;
    const counts = () => this.countOf(shape);
    shape.drawn = true;
    PoolClaims.of(this).add(pod.pool, {
      claimant: this.node.path,
      name,
      namespace,
      // Asked when every service is bound.
      get pods() {
        return counts().ceiling;
      },
      gpusPerPod: pod.resources.gpus,
      preemptible: true,
      placeholder: true,
    });
    const labels = workloadLabels(name, WARM_COMPONENTS.placeholder, this.spec.ownership, pod.pool);
    const metadata: k8s.ObjectMeta = { name, namespace, labels };
    const spec = placeholderPod(pod, selectorLabels(name), pauseImage);
    if (this.spec.backend === 'capacityBuffer') {
      const version = settle(this, draftCapacityBuffer(pod.pool.platform));
      if (version === undefined) return;
      const replicas = () => counts().ceiling;
      capacityBuffer(this, name, { version, metadata, podLabels: podLabels(labels), pod: spec, replicas });
      return;
    }
    const windows = this.spec.schedule ?? [];
    new k8s.KubeDeployment(this, name, {
      metadata,
      spec: {
        replicas: windows.length > 0 ? undefined : (Lazy.any({ produce: () => counts().ceiling }) as number),
        progressDeadlineSeconds: Lazy.any({ produce: () => shape.deadlineSeconds }) as number,
        selector: { matchLabels: selectorLabels(name) },
        // One more placeholder than there is room for would only call for a machine that nobody asked for.
        strategy: {
          type: 'RollingUpdate',
          rollingUpdate: {
            maxSurge: k8s.IntOrString.fromNumber(0),
            maxUnavailable: k8s.IntOrString.fromString('100%'),
          },
        },
        template: { metadata: { labels: podLabels(labels) }, spec },
      },
    });
    if (windows.length > 0) drawPlaceholderSchedule(this, `${name}-schedule`, { metadata, windows, counts });
  }

  private validate(): string[] {
    const findings = new Findings();
    for (const shape of this.shapes.values()) findings.adopt(draftWindows(this.spec, this.countOf(shape)));
    if (this.nodePool === undefined && !this.lonely) {
      this.lonely = true;
      // Said only where all else is well: a service with mistakes of its own has not been bound either.
      report(this, draftLonely(this.name).problems);
    }
    return errorsOf(findings.problems).map(formatProblem);
  }
}
