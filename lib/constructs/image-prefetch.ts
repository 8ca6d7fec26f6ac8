/** Images on every node of a pool before anybody needs them. */
import { Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import type { Ownership } from '../domain/names';
import type { GpuNodePoolPlan } from '../domain/node-pool-plan';
import { WARM_COMPONENTS } from '../domain/placeholder';
import { idleInitContainer, idleRequirements, NOTHING_ALLOWED } from '../kube/idle-container';
import { k8s } from '../kube/k8s';
import { podLabels, selectorLabels, workloadLabels } from '../kube/labels';
import { IDLE_POD } from '../kube/placeholder-pod';
import { poolAffinity, tolerationsOf } from '../kube/scheduling';
import { PoolClaims } from './pool-claims';

/** An image and the user that its containers run as. */
export interface PrefetchedImage {
  /** Of the container: whose image it is. */
  readonly name: string;
  readonly image: string;
  readonly uid: number;
  readonly gid: number;
  readonly imagePullSecrets: readonly string[];
}

/** Props of {@link ImagePrefetch}. */
export interface ImagePrefetchProps {
  readonly name: string;
  readonly namespace: string;
  readonly ownership: Ownership;
  readonly pool: GpuNodePoolPlan;
  /** A command that the images hold and that ends at once. */
  readonly command: readonly string[];
  /** What stays in the pod when everything was pulled. */
  readonly pauseImage: string;
}

/**
 * A DaemonSet on exactly one pool: an init container of each image makes the kubelet pull it and ends; the pod stays, so
 * that the image counts as used and is not collected (kubernetes v1.36.3 pkg/kubelet/images/image_gc_manager.go asks for
 * containers that have ended as well).
 *
 * It has no priority class: above placeholders, so that a warm node gets its image, and below everything that serves.
 */
export class ImagePrefetch extends Construct {
  private readonly images = new Map<string, PrefetchedImage>();

  constructor(scope: Construct, id: string, props: ImagePrefetchProps) {
    super(scope, id);
    const { name, namespace, ownership, pool } = props;
    PoolClaims.of(this).reserve({ claimant: this.node.path, name, namespace });
    const labels = workloadLabels(name, WARM_COMPONENTS.prefetch, ownership, pool);
    new k8s.KubeDaemonSet(this, 'daemon-set', {
      metadata: { name, namespace, labels },
      spec: {
        selector: { matchLabels: selectorLabels(name) },
        // Nobody calls these pods: a new image is wanted on all nodes at once, before the rollout reaches them.
        updateStrategy: {
          type: 'RollingUpdate',
          rollingUpdate: { maxUnavailable: k8s.IntOrString.fromString('100%') },
        },
        template: { metadata: { labels: podLabels(labels) }, spec: this.podSpec(props) },
      },
    });
  }

  /** Brings one more image to the nodes. Services of several namespaces may bear one name; containers may not. */
  add(image: PrefetchedImage): void {
    if (this.images.has(image.image)) return;
    const taken = new Set([...this.images.values()].map(({ name }) => name));
    let { name } = image;
    for (let next = 2; taken.has(name); next += 1) name = `${image.name}-${next}`;
    this.images.set(image.image, { ...image, name });
  }

  private podSpec({ pool, command, pauseImage }: ImagePrefetchProps): k8s.PodSpec {
    return {
      ...IDLE_POD,
      tolerations: tolerationsOf([pool]),
      affinity: poolAffinity([pool]),
      imagePullSecrets: Lazy.any({ produce: () => this.pullSecrets() }) as k8s.LocalObjectReference[],
      initContainers: Lazy.any({ produce: () => this.containers(command) }) as k8s.Container[],
      containers: [
        {
          name: 'pause',
          image: pauseImage,
          imagePullPolicy: 'IfNotPresent',
          resources: idleRequirements(),
          securityContext: NOTHING_ALLOWED,
        },
      ],
    };
  }

  private pullSecrets(): k8s.LocalObjectReference[] | undefined {
    const names = new Set([...this.images.values()].flatMap(({ imagePullSecrets }) => imagePullSecrets));
    return names.size === 0 ? undefined : [...names].map((name) => ({ name }));
  }

  private containers(command: readonly string[]): k8s.Container[] {
    return [...this.images.values()].map(({ name, image, uid, gid }) => ({
      ...idleInitContainer(name, image, command),
      securityContext: { ...NOTHING_ALLOWED, runAsUser: uid, runAsGroup: gid },
    }));
  }
}
