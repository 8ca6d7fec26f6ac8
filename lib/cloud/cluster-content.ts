/** The objects of a cluster, from the very manifests that synthesis wrote. */
import {
  ComponentResource,
  type ComponentResourceOptions,
  type CustomResourceOptions,
  type ProviderResource,
  type Resource,
} from '@pulumi/pulumi';
import { awaitPlan, type ScaledWorkload, scaledWorkloads } from '../domain/await-plan';
import { type KubernetesManifest, KubernetesObject, kubernetesName } from './kubernetes-object';

/** Props of {@link ClusterContent}. */
export interface ClusterContentProps {
  /** Objects as they stand in the files, in the order of the files. */
  readonly manifests: readonly KubernetesManifest[];
  /** Of `@pulumi/kubernetes`, for the cluster. */
  readonly provider: ProviderResource;
  /** The cluster: when it is deleted, nobody asks it any more to delete what is in it. */
  readonly cluster?: Resource;
}

/** What others refer to comes first, in this order; everything else follows at once. */
const FIRST = [['CustomResourceDefinition'], ['Namespace', 'PriorityClass', 'ClusterRole']] as const;

function rankOf({ kind }: KubernetesManifest): number {
  const rank = FIRST.findIndex((kinds) => (kinds as readonly string[]).includes(kind));
  return rank === -1 ? FIRST.length : rank;
}

/** Tells the provider that nobody waits; it reads that from the object alone. */
function unawaited(manifest: KubernetesManifest): KubernetesManifest {
  const annotations = { ...manifest.metadata.annotations, 'pulumi.com/skipAwait': 'true' };
  return { ...manifest, metadata: { ...manifest.metadata, annotations } };
}

function isScaled({ metadata }: KubernetesManifest, scaled: readonly ScaledWorkload[]): ScaledWorkload | undefined {
  return scaled.find(({ name, namespace }) => name === metadata.name && namespace === metadata.namespace);
}

/**
 * Applies manifests without rendering them again. Waits as long as a cold start takes, leaves replicas to the scaler that
 * owns them, and asks a cluster that is being deleted for nothing.
 *
 * @example
 * new ClusterContent('prod', { manifests, provider, cluster: cloud.cluster });
 */
export class ClusterContent extends ComponentResource {
  /** Token. */
  static readonly type = 'warmpath:kubernetes:ClusterContent';

  constructor(name: string, props: ClusterContentProps, options?: ComponentResourceOptions) {
    super(ClusterContent.type, name, {}, options);
    const { manifests, provider, cluster } = props;
    const scaled = scaledWorkloads(manifests);
    const shared: CustomResourceOptions = { parent: this, provider, ...(cluster && { deletedWith: cluster }) };
    const before: Resource[] = [];
    for (let rank = 0; rank <= FIRST.length; rank++) {
      const layer = manifests.filter((manifest) => rankOf(manifest) === rank);
      const dependsOn = [...before];
      before.push(
        ...layer.map((manifest) => this.apply(manifest, isScaled(manifest, scaled), { ...shared, dependsOn })),
      );
    }
    this.registerOutputs({});
  }

  private apply(
    manifest: KubernetesManifest,
    scaled: ScaledWorkload | undefined,
    shared: CustomResourceOptions,
  ): Resource {
    const plan = awaitPlan(manifest, scaled?.minReplicas);
    const name = kubernetesName(manifest);
    const options = { ...shared, ignoreChanges: scaled && manifest.kind === 'Deployment' ? ['spec.replicas'] : [] };
    if (plan.kind === 'not-at-all') return new KubernetesObject(name, unawaited(manifest), options);
    if (plan.kind === 'default') return new KubernetesObject(name, manifest, options);
    const timeout = `${plan.seconds}s`;
    return new KubernetesObject(name, manifest, { ...options, customTimeouts: { create: timeout, update: timeout } });
  }
}
