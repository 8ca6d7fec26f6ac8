/**
 * How the manifests of an environment reach its cluster: a GitOps controller reads them from a repository, or the program
 * that makes the cluster applies them.
 */
import { cloudName, isDnsLabel } from './names';
import { type Draft, Findings } from './problem';

/** What an environment says. */
export type DeliverySpec =
  | ({ readonly kind: 'argo-cd' | 'flux' } & GitOpsSpec)
  | {
      /** `pulumi up` applies the files of `manifests/<environment>/`, byte for byte. */
      readonly kind: 'pulumi';
    };

/** A folder of a repository that a controller reads. */
export interface GitOpsSpec {
  /** As the controller clones it: 'https://git.example.com/platform.git', 'ssh://git@…'. */
  readonly repository: string;
  /** Branch, commit, or a reference such as 'refs/tags/v1.4.0'. @default 'main' */
  readonly revision?: string;
  /** Folder of the environment. @default 'manifests/<environment>' */
  readonly path?: string;
  /** Namespace of the controller. @default 'argocd' or 'flux-system' */
  readonly namespace?: string;
  /**
   * Whether the program that makes the cluster also tells the controller of the folder. It needs the controller's custom
   * resources in the cluster.
   * @default false: the objects are an output, for whoever runs the controller
   */
  readonly bootstrap?: boolean;
}

/** A decided delivery. */
export type DeliveryPlan =
  | { readonly kind: 'pulumi' }
  | {
      readonly kind: 'argo-cd' | 'flux';
      readonly bootstrap: boolean;
      /** What the controller has to be told, as manifests. */
      readonly objects: readonly Readonly<Record<string, unknown>>[];
    };

/** Where an environment stands in a repository, and what it is called there. */
interface Source {
  readonly name: string;
  readonly repository: string;
  readonly revision: string;
  readonly path: string;
  readonly namespace: string;
}

/**
 * argoproj.io/v1alpha1 Application (argo-cd docs/operator-manual/application.yaml). The folder holds plain files; what a
 * scaler owns is absent from them, so nothing has to be ignored. `prune` is on: an object that left the folder is gone.
 */
function argoApplication({ name, repository, revision, path, namespace }: Source) {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name, namespace },
    spec: {
      project: 'default',
      source: { repoURL: repository, targetRevision: revision, path },
      destination: { server: 'https://kubernetes.default.svc' },
      syncPolicy: {
        automated: { prune: true, selfHeal: true },
        // Admission of large objects and shared ownership with autoscalers need it.
        syncOptions: ['ServerSideApply=true'],
      },
    },
  };
}

/** How often Flux looks at the repository, and compares the cluster with it. Flux' own examples. */
const FLUX = { fetch: '1m', reconcile: '10m' };

/** source.toolkit.fluxcd.io/v1 GitRepository and kustomize.toolkit.fluxcd.io/v1 Kustomization (fluxcd/flux2 docs). */
function fluxObjects({ name, repository, revision, path, namespace }: Source) {
  const metadata = { name, namespace };
  // Flux wants to be told what a revision is; a reference says it itself.
  const kind = /^[0-9a-f]{40}$/.test(revision) ? 'commit' : revision.startsWith('refs/') ? 'name' : 'branch';
  return [
    {
      apiVersion: 'source.toolkit.fluxcd.io/v1',
      kind: 'GitRepository',
      metadata,
      spec: { url: repository, interval: FLUX.fetch, ref: { [kind]: revision } },
    },
    {
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
      kind: 'Kustomization',
      metadata,
      spec: {
        sourceRef: { kind: 'GitRepository', name },
        path: `./${path}`,
        interval: FLUX.reconcile,
        prune: true,
        wait: false,
      },
    },
  ];
}

const REPOSITORY = /^(https|ssh|git):\/\/[^\s]+$|^[^\s@]+@[^\s:]+:[^\s]+$/;
const PATH = /^(?!.*(^|\/)\.\.(\/|$))[^\s/][^\s]*$/;
const DEFAULT_NAMESPACES = { 'argo-cd': 'argocd', flux: 'flux-system' } as const;
const KINDS: readonly string[] = ['argo-cd', 'flux', 'pulumi'] satisfies DeliverySpec['kind'][];

/** Decides how manifests are delivered: WP-GIT-001. Without a word, somebody else does it. */
export function draftDelivery(environment: string, spec: DeliverySpec): Draft<DeliveryPlan> {
  const findings = new Findings('delivery.');
  if (!KINDS.includes(spec.kind)) {
    findings.error('WP-GIT-001', 'kind', spec.kind, {
      message: 'nobody delivers manifests this way',
      allowed: KINDS.join(', '),
      fix: "use 'argo-cd' or 'flux'",
    });
    return findings.draft<DeliveryPlan>(undefined);
  }
  if (spec.kind === 'pulumi') return findings.draft<DeliveryPlan>({ kind: 'pulumi' });
  const {
    kind,
    repository,
    revision = 'main',
    path = `manifests/${environment}`,
    namespace = DEFAULT_NAMESPACES[kind],
    bootstrap = false,
  } = spec;
  const checks = [
    [
      'repository',
      repository,
      REPOSITORY.test(String(repository)),
      "an address such as 'https://git.example.com/platform.git'",
    ],
    [
      'revision',
      revision,
      /^[^\s~^:?*[\\]+$/.test(String(revision)),
      "a branch, a commit, or a reference such as 'refs/tags/v1.4.0'",
    ],
    ['path', path, PATH.test(String(path)), "a folder below the repository's root, such as 'manifests/prod'"],
    ['namespace', namespace, isDnsLabel(namespace), 'the namespace of the controller'],
  ] as const;
  for (const [prop, value, legal, allowed] of checks) {
    if (legal) continue;
    findings.error('WP-GIT-001', prop, value, {
      message: 'the controller could not find the manifests',
      allowed,
      fix: `correct ${prop}`,
    });
  }
  const source = { name: cloudName(environment), repository, revision, path, namespace };
  const objects = kind === 'argo-cd' ? [argoApplication(source)] : fluxObjects(source);
  return findings.draft<DeliveryPlan>({ kind, bootstrap, objects });
}
