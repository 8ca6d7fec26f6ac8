import { type DeliverySpec, draftDelivery, type GitOpsSpec, unwrap } from '../../lib/domain';
import { problemOf } from './given';

const REPOSITORY = 'https://git.example.com/platform.git';
const COMMIT = '0e9e39f249a16976918f6564b8830bc894c89659';
const draft = (kind: 'argo-cd' | 'flux', more: Partial<GitOpsSpec> = {}) =>
  draftDelivery('prod', { kind, repository: REPOSITORY, ...more });

/** Objects that a controller is told, by kind. */
function objects(kind: 'argo-cd' | 'flux', more: Partial<GitOpsSpec> = {}) {
  const plan = unwrap(draft(kind, more));
  if (plan.kind === 'pulumi') throw new Error('no controller is told anything');
  return plan.objects;
}

describe('Argo CD', () => {
  it('is told the folder of the environment as one Application', () => {
    expect(unwrap(draft('argo-cd'))).toMatchObject({ kind: 'argo-cd', bootstrap: false });
    expect(objects('argo-cd')).toEqual([
      {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Application',
        metadata: { name: 'warmpath-prod', namespace: 'argocd' },
        spec: {
          project: 'default',
          source: { repoURL: REPOSITORY, targetRevision: 'main', path: 'manifests/prod' },
          destination: { server: 'https://kubernetes.default.svc' },
          syncPolicy: { automated: { prune: true, selfHeal: true }, syncOptions: ['ServerSideApply=true'] },
        },
      },
    ]);
  });

  it('is told another place where there is one', () => {
    const more = { revision: 'release', path: 'clusters/prod', namespace: 'gitops', bootstrap: true };
    expect(unwrap(draft('argo-cd', more))).toMatchObject({ bootstrap: true });
    expect(objects('argo-cd', more)).toMatchObject([
      {
        metadata: { namespace: 'gitops' },
        spec: { source: { targetRevision: 'release', path: 'clusters/prod' } },
      },
    ]);
  });
});

describe('Flux', () => {
  it('is told the repository and the folder', () => {
    expect(objects('flux')).toEqual([
      {
        apiVersion: 'source.toolkit.fluxcd.io/v1',
        kind: 'GitRepository',
        metadata: { name: 'warmpath-prod', namespace: 'flux-system' },
        spec: { url: REPOSITORY, interval: '1m', ref: { branch: 'main' } },
      },
      {
        apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
        kind: 'Kustomization',
        metadata: { name: 'warmpath-prod', namespace: 'flux-system' },
        spec: {
          sourceRef: { kind: 'GitRepository', name: 'warmpath-prod' },
          path: './manifests/prod',
          interval: '10m',
          prune: true,
          wait: false,
        },
      },
    ]);
  });

  it.each([
    ['release', { branch: 'release' }],
    [COMMIT, { commit: COMMIT }],
    ['refs/tags/v1.4.0', { name: 'refs/tags/v1.4.0' }],
    ['my-refs/x', { branch: 'my-refs/x' }],
    [COMMIT.slice(1), { branch: COMMIT.slice(1) }],
    [`${COMMIT}0`, { branch: `${COMMIT}0` }],
  ])('is told what %s is', (revision, ref) => {
    expect(objects('flux', { revision })[0]).toMatchObject({ spec: { ref } });
  });
});

describe('a place in a repository', () => {
  it.each<[keyof GitOpsSpec, string]>([
    ['repository', 'ssh://git@git.example.com/platform.git'],
    ['repository', 'git@git.example.com:platform.git'],
    ['repository', 'git://git.example.com/platform.git'],
    ['path', 'a'],
    ['path', 'a/..b/c..'],
    ['namespace', 'a-b'],
  ])('may have as its %s %j', (prop, value) => {
    expect(draft('flux', { [prop]: value }).problems).toEqual([]);
  });

  it.each<[keyof GitOpsSpec, string | undefined]>([
    ['repository', undefined],
    ['repository', 'platform'],
    ['repository', 'http://git.example.com/platform.git'],
    ['repository', 'https://'],
    ['repository', 'https://git.example.com/a b'],
    ['repository', 'git @git.example.com:platform.git'],
    ['repository', 'see https://git.example.com/platform.git'],
    ['repository', 'git@git.example.com:platform.git '],
    ['revision', ''],
    ['revision', 'a b'],
    ['revision', 'main^'],
    ['revision', 'a:b'],
    ['path', ''],
    ['path', '/manifests'],
    ['path', '../manifests'],
    ['path', 'manifests/..'],
    ['path', 'a/../b'],
    ['path', 'a b'],
    ['namespace', 'Argo'],
    ['namespace', 'a.b'],
  ])('may not have as its %s %j', (prop, value) => {
    expect(problemOf(draft('argo-cd', { [prop]: value }), 'WP-GIT-001')).toMatchObject({
      severity: 'error',
      prop: `delivery.${prop}`,
      // Nothing else is known of a repository than what was given.
      ...(value !== undefined && { value }),
    });
  });
});

it('Pulumi applies the files itself, and tells nobody', () => {
  expect(unwrap(draftDelivery('prod', { kind: 'pulumi' }))).toEqual({ kind: 'pulumi' });
});

it('nobody else delivers', () => {
  const refused = draftDelivery('prod', { kind: 'fedex' } as unknown as DeliverySpec);
  expect(problemOf(refused, 'WP-GIT-001')).toMatchObject({ prop: 'delivery.kind', value: 'fedex' });
  expect(refused.value).toBeUndefined();
});
