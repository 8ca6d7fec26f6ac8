/** An object of a cluster as a resource, by its own apiVersion and kind. */
import { CustomResource, type CustomResourceOptions } from '@pulumi/pulumi';

/** A manifest as it is written in a file. */
export interface KubernetesManifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

/** The token by which `@pulumi/kubernetes` knows a kind: the core group has a name there. */
export function kubernetesToken({ apiVersion, kind }: Pick<KubernetesManifest, 'apiVersion' | 'kind'>): string {
  return `kubernetes:${apiVersion.includes('/') ? apiVersion : `core/${apiVersion}`}:${kind}`;
}

/** The logical name, as `@pulumi/kubernetes` gives it to the objects of a file: with the namespace, if any. */
export function kubernetesName({ metadata: { name, namespace } }: KubernetesManifest): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/**
 * Any object of a cluster. The provider decides by the token what it is and when it is ready; the typed classes of
 * `@pulumi/kubernetes` add nothing to a manifest that is written already.
 */
export class KubernetesObject extends CustomResource {
  constructor(name: string, manifest: KubernetesManifest, options: CustomResourceOptions) {
    super(kubernetesToken(manifest), name, { ...manifest }, options);
  }
}

/** Fields of an object that somebody else owns; deleting it gives them back. */
export class KubernetesPatch extends CustomResource {
  constructor(name: string, manifest: KubernetesManifest, options: CustomResourceOptions) {
    super(`${kubernetesToken(manifest)}Patch`, name, { ...manifest }, options);
  }
}
