/** The Pulumi program without an engine: names, and both sides of every pool, as they leave the program. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import * as kubernetesProvider from '@pulumi/kubernetes/provider';
import * as pulumi from '@pulumi/pulumi';
import { parseAllDocuments } from 'yaml';
import * as lib from '../../lib';
import * as cloud from '../../lib/cloud';
import * as policy from '../../lib/policy';
import { ENVIRONMENTS } from '../../stacks/environments';
import { dev } from '../../stacks/environments/dev';
import { prodIks } from '../../stacks/environments/prod-iks';
import { buildEnvironment } from '../../stacks/inference';
import { attempt, type Inputs, ofToken, only, type Run, run } from '../support/pulumi';

const { existsSync, readdirSync, readFileSync } = fs;
const ROOT = join(__dirname, '..', '..');

/** What takes long to load is loaded once; the program itself runs anew each time, as it runs when it is loaded. */
const SHARED = {
  '@pulumi/pulumi': pulumi,
  '@pulumi/kubernetes/provider': kubernetesProvider,
  '../../lib': lib,
  '../../lib/cloud': cloud,
  '../../lib/policy': policy,
} as const;

function program(changed: Readonly<Record<string, () => unknown>> = {}): unknown {
  let exported: unknown;
  jest.isolateModules(() => {
    for (const [name, module] of Object.entries(SHARED)) jest.doMock(name, () => module);
    for (const [name, module] of Object.entries(changed)) jest.doMock(name, module);
    exported = require('../../stacks/up');
    for (const name of Object.keys(changed)) jest.dontMock(name);
  });
  return exported;
}

interface Taint {
  readonly key: string;
  readonly value: string;
  readonly effect: string;
}

/** A pool as the cloud is told of it. */
interface RegisteredPool {
  readonly name: string;
  readonly machine: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  readonly nodes: number;
  readonly most: number;
}

/** `key=value:Effect` */
function azureTaint(text: string): Taint {
  const [, key = '', value = '', effect = ''] = /^([^=]+)=([^:]*):(\w+)$/.exec(text) ?? [];
  return { key, value, effect };
}

function azurePool(inputs: Inputs): RegisteredPool {
  const pool = inputs as unknown as {
    readonly vmSize: string;
    readonly count: number;
    readonly maxCount?: number;
    readonly nodeLabels: Readonly<Record<string, string>>;
    readonly nodeTaints: readonly string[];
  };
  return {
    name: pool.nodeLabels['warmpath.dev/pool'] ?? '',
    machine: pool.vmSize,
    labels: pool.nodeLabels,
    taints: pool.nodeTaints.map(azureTaint),
    nodes: pool.count,
    most: pool.maxCount ?? pool.count,
  };
}

/** IKS counts the workers of a zone, and its autoscaler is told of them in a ConfigMap of the cluster. */
function ibmPool(inputs: Inputs, labels: Readonly<Record<string, string>>, { resources }: Run): RegisteredPool {
  const pool = inputs as unknown as {
    readonly workerPoolName?: string;
    readonly flavor: string;
    readonly workerCount: number;
    readonly zones: readonly unknown[];
    readonly taints: readonly Taint[];
  };
  const [patch] = ofToken({ resources }, 'kubernetes:core/v1:ConfigMapPatch');
  const { data } = (patch?.inputs ?? { data: {} }) as { readonly data: Readonly<Record<string, string>> };
  const grown: readonly { name: string; maxSize: number }[] = JSON.parse(data['workerPoolsConfig.json'] ?? '[]');
  const perZone = grown.find(({ name }) => name === pool.workerPoolName)?.maxSize ?? pool.workerCount;
  return {
    name: labels['warmpath.dev/pool'] ?? '',
    machine: pool.flavor,
    labels,
    taints: pool.taints,
    nodes: pool.workerCount * pool.zones.length,
    most: perZone * pool.zones.length,
  };
}

/** Every pool that a run registers, in whatever resource it stands. */
function poolsOf(all: Run): readonly RegisteredPool[] {
  return [
    ...ofToken(all, 'azure-native:containerservice:ManagedCluster').flatMap(({ inputs }) =>
      (inputs.agentPoolProfiles as readonly Inputs[]).map(azurePool),
    ),
    ...ofToken(all, 'azure-native:containerservice:AgentPool').map(({ inputs }) => azurePool(inputs)),
    ...ofToken(all, 'ibm:index/containerVpcCluster:ContainerVpcCluster').map(({ inputs }) =>
      ibmPool(inputs, inputs.workerLabels as Readonly<Record<string, string>>, all),
    ),
    ...ofToken(all, 'ibm:index/containerVpcWorkerPool:ContainerVpcWorkerPool').map(({ inputs }) =>
      ibmPool(inputs, inputs.labels as Readonly<Record<string, string>>, all),
    ),
  ];
}

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly annotations?: Inputs };
  readonly spec?: Inputs;
}

/** What stands in the committed files of an environment, read as YAML and by nothing of ours. */
function manifestsOf(environment: string): readonly Manifest[] {
  const folder = join(ROOT, 'manifests', environment);
  return readdirSync(folder)
    .sort()
    .flatMap((file) =>
      parseAllDocuments(readFileSync(join(folder, file), 'utf8')).map((one) => one.toJS() as Manifest),
    );
}

const nameOf = ({ kind, metadata: { name, namespace = '' } }: Manifest) => `${kind} ${namespace}/${name}`;

interface Pod {
  readonly owner: string;
  readonly kind: string;
  /** Names of the pools that it selects. */
  readonly pools: readonly string[];
  readonly tolerations: readonly Taint[];
  /** Of one pod. */
  readonly gpus: number;
  readonly pods: number;
}

interface Expression {
  readonly key: string;
  readonly operator: string;
  readonly values: readonly string[];
}

interface PodSpec {
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly tolerations?: readonly (Taint & { readonly operator: string })[];
  readonly affinity?: {
    readonly nodeAffinity?: {
      readonly requiredDuringSchedulingIgnoredDuringExecution?: {
        readonly nodeSelectorTerms: readonly { readonly matchExpressions: readonly Expression[] }[];
      };
    };
  };
  readonly containers: readonly { readonly resources?: { readonly limits?: Readonly<Record<string, string>> } }[];
}

/** Pods that a manifest makes, with the GPUs that they ask for, and the pools that they may stand on. */
function podOf(manifest: Manifest, all: readonly Manifest[]): Pod | undefined {
  const spec = (manifest.spec?.template as { readonly spec?: PodSpec } | undefined)?.spec;
  if (spec?.containers === undefined) return undefined;
  const { nodeSelectorTerms = [] } = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? {};
  const expressions = nodeSelectorTerms.flatMap(({ matchExpressions }) => matchExpressions);
  const named = spec.nodeSelector?.['warmpath.dev/pool'];
  const scaler = all.find(
    ({ kind, metadata, spec: own }) =>
      kind === 'ScaledObject' &&
      metadata.namespace === manifest.metadata.namespace &&
      (own?.scaleTargetRef as Inputs | undefined)?.name === manifest.metadata.name,
  );
  const limits = spec.containers.map(({ resources }) => Number(resources?.limits?.['nvidia.com/gpu'] ?? 0));
  return {
    owner: `${manifest.kind} ${manifest.metadata.name}`,
    kind: manifest.kind,
    pools: [
      ...(named === undefined ? [] : [named]),
      ...expressions.filter(({ key }) => key === 'warmpath.dev/pool').flatMap(({ values }) => values),
    ],
    tolerations: (spec.tolerations ?? []).map(({ key, value, effect }) => ({ key, value, effect })),
    gpus: limits.reduce((sum, one) => sum + one, 0),
    pods: Number(scaler?.spec?.maxReplicaCount ?? manifest.spec?.replicas ?? manifest.spec?.parallelism ?? 1),
  };
}

const byText = (left: object, right: object) => JSON.stringify(left).localeCompare(JSON.stringify(right));

describe.each(ENVIRONMENTS.map(({ name, platform }) => ({ name, cloud: platform.cloud })))('the stack $name', (one) => {
  const { name } = one;
  let all: Run;
  beforeAll(async () => {
    all = await run(name, () => program());
  });

  it('registers the names that it always did', () => {
    const file = join(__dirname, 'golden', `${name}.urns.txt`);
    const now = all.resources.map(({ urn }) => urn).sort();
    if (!existsSync(file)) throw new Error(`${file} does not exist; these are the names:\n${now.join('\n')}`);
    const before = readFileSync(file, 'utf8').trim().split('\n');
    const gone = before.filter((urn) => !now.includes(urn));
    const come = now.filter((urn) => !before.includes(urn));
    if (gone.length === 0 && come.length === 0) return;
    throw new Error(
      [
        `The names of '${name}' are not those of ${file}.`,
        'To Pulumi another name is another resource: it deletes what is gone and makes what has come, so that a renamed',
        'GPU pool loses its nodes, and a renamed cluster everything. If that is meant, change the list; if it is not, keep',
        'token, parents and logical name, or give the resource an alias.',
        ...gone.map((urn) => `- ${urn}`),
        ...come.map((urn) => `+ ${urn}`),
      ].join('\n'),
    );
  });

  it('names no resource twice', () => {
    const urns = all.resources.map(({ urn }) => urn);
    expect(urns.filter((urn, index) => urns.indexOf(urn) !== index)).toEqual([]);
  });

  it('makes nodes that the pods of each pool select, behind exactly the taints that they tolerate', () => {
    const manifests = manifestsOf(name);
    const pods = manifests.flatMap((manifest) => podOf(manifest, manifests) ?? []);
    const pools = poolsOf(all);
    const gpuPools = pools.filter(({ labels }) => labels['warmpath.dev/purpose'] !== 'system');
    expect(gpuPools.length).toBeGreaterThan(0);
    for (const pool of gpuPools) {
      const own = pods.filter((pod) => pod.pools.includes(pool.name));
      // Nobody pays for a pool that no pod selects.
      expect({ pool: pool.name, pods: own.filter(({ gpus }) => gpus > 0) }).not.toEqual({ pool: pool.name, pods: [] });
      for (const pod of own.filter(({ pools: selected }) => selected.length === 1)) {
        expect({ pod: pod.owner, tolerations: [...pod.tolerations].sort(byText) }).toEqual({
          pod: pod.owner,
          tolerations: [...pool.taints].sort(byText),
        });
      }
      // Pods of several pools tolerate those of each.
      for (const pod of own) expect(pod.tolerations).toEqual(expect.arrayContaining([...pool.taints]));
    }
    const names = gpuPools.map((pool) => pool.name);
    expect(pods.flatMap((pod) => pod.pools).filter((pool) => !names.includes(pool))).toEqual([]);
  });

  it('may grow each pool to the GPUs that its pods ask for at the most', () => {
    const manifests = manifestsOf(name);
    const pods = manifests.flatMap((manifest) => podOf(manifest, manifests) ?? []).filter(({ gpus }) => gpus > 0);
    for (const pool of poolsOf(all)) {
      const asked = pods
        .filter((pod) => pod.pools.includes(pool.name))
        .reduce((sum, pod) => sum + pod.gpus * pod.pods, 0);
      const { gpus } = lib.GpuProfile.of(one.cloud, pool.machine);
      expect(asked).toBeLessThanOrEqual(pool.most * gpus);
      expect(pool.nodes).toBeLessThanOrEqual(pool.most);
    }
  });

  it('tells everything who owns and pays for it, as far as it can be told', () => {
    const tagged = all.resources.filter(({ inputs }) => inputs.tags !== undefined);
    expect(tagged.length).toBeGreaterThan(0);
    for (const { inputs } of tagged) {
      const text = JSON.stringify(inputs.tags);
      for (const tag of ['owner', 'team', 'cost-centre', 'environment']) expect(text).toContain(tag);
      expect(text).toContain(name);
    }
  });

  it('hands out ids of pools, a command, a price and no secret', () => {
    const { outputs } = all;
    expect(Object.keys(outputs).sort()).toEqual([
      'clusterId',
      'cost',
      'gitOps',
      'identities',
      'kubeconfigCommand',
      'pools',
      'satellite',
    ]);
    // Pulumi warns of an output that is undefined.
    expect(Object.values(outputs)).not.toContain(undefined);
    const names = poolsOf(all).map((pool) => pool.name);
    expect(Object.keys(outputs.cost as object).sort()).toEqual([...names].sort());
    // The first system pool is a part of the cluster.
    expect(Object.keys(outputs.pools as object).sort()).toEqual(names.filter((pool) => pool !== 'system').sort());
    expect(outputs.kubeconfigCommand).toContain(`warmpath-${name}`);
    expect(JSON.stringify(outputs)).not.toContain('kind: Config');
  });

  it('asks for a kubeconfig only where it has something to say to the cluster, and keeps it secret', () => {
    const providers = ofToken(all, 'pulumi:providers:kubernetes');
    // An autoscaler of IKS is told through its ConfigMap; nothing else is said.
    expect(providers.length).toBe(one.cloud === 'iks' ? 1 : 0);
    expect(all.calls.length).toBe(providers.length);
    for (const { inputs, secrets } of providers) {
      expect(secrets).toContain('kubeconfig');
      // A cluster that is gone does not keep its stack from being destroyed.
      expect(inputs.deleteUnreachable).toBe('true');
    }
  });
});

describe.each([
  {
    environment: dev,
    token: 'azure-native:managedidentity:FederatedIdentityCredential',
    trusted: (inputs: Inputs) => inputs.subject,
  },
  {
    environment: prodIks,
    token: 'ibm:index/iamTrustedProfileLink:IamTrustedProfileLink',
    trusted: ({ link }: Inputs) => {
      const { namespace, name } = link as { readonly namespace: string; readonly name: string };
      return `system:serviceaccount:${namespace}:${name}`;
    },
  },
])('a workload that $environment.name knows', ({ environment, token, trusted }) => {
  it('is the one that stands in the manifests: its ServiceAccount, and the pods that bear it', async () => {
    const { chat } = environment.services;
    if (chat === undefined) throw new Error('there is no chat');
    const services = { chat: { ...chat, cloudIdentity: { modelStore: 'read' } } };
    const known = { ...environment, services, cloud: { modelStore: { name: 'contosoweights' } } };
    const changed = { '../../stacks/environments': () => ({ ENVIRONMENTS: [known] }) };
    const all = await run(environment.name, () => program(changed));

    const manifests = manifestsOf(environment.name);
    const server = manifests.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'chat');
    const template = server?.spec?.template as { readonly spec: { readonly serviceAccountName: string } } | undefined;
    const [namespace, account] = [server?.metadata.namespace, template?.spec.serviceAccountName];
    expect(manifests.map(nameOf)).toContain(`ServiceAccount ${namespace}/${account}`);
    expect(trusted(only(all, token).inputs)).toBe(`system:serviceaccount:${namespace}:${account}`);
    expect(Object.keys(all.outputs.identities as object)).toEqual(['chat']);
  });
});

describe('manifests that Pulumi delivers', () => {
  const withDelivery = (delivery: object) => ({
    '../../stacks/environments': () => ({ ENVIRONMENTS: [{ ...dev, cloud: { delivery } }] }),
  });
  const applied = ({ resources }: Run) => resources.filter(({ token }) => token.startsWith('kubernetes:'));

  it('are those of the folder, each of them, as it stands there', async () => {
    const all = await run('dev', () => program(withDelivery({ kind: 'pulumi' })));
    const named = (objects: readonly object[]) =>
      Object.fromEntries((objects as readonly Manifest[]).map((object) => [nameOf(object), object]));
    const written = manifestsOf('dev');
    expect(named(applied(all).map(({ inputs }) => inputs))).toEqual(named(written));
    expect(applied(all)).toHaveLength(written.length);
    expect(only(all, 'pulumi:providers:kubernetes').secrets).toContain('kubeconfig');
    expect(all.outputs.gitOps).toEqual([]);
    // The cluster is asked for whoever may use it, not for an administrator's password.
    expect(all.calls.map(({ token }) => token)).toEqual([
      'azure-native:containerservice:listManagedClusterUserCredentials',
    ]);
  });

  const flux = { kind: 'flux', repository: 'https://git.example.com/platform.git' };

  it('are named to a GitOps controller, which somebody else tells', async () => {
    const all = await run('dev', () => program(withDelivery(flux)));
    expect(applied(all)).toEqual([]);
    expect(all.outputs.gitOps).toMatchObject([{ kind: 'GitRepository' }, { kind: 'Kustomization' }]);
  });

  it('are named to a GitOps controller by Pulumi where that is asked', async () => {
    const all = await run('dev', () => program(withDelivery({ ...flux, bootstrap: true })));
    expect(applied(all).map(({ token }) => token)).toEqual([
      'kubernetes:source.toolkit.fluxcd.io/v1:GitRepository',
      'kubernetes:kustomize.toolkit.fluxcd.io/v1:Kustomization',
    ]);
  });
});

describe('a stack that cannot be', () => {
  it('of another name says which there are', async () => {
    await expect(run('prdo', () => program())).rejects.toThrow(
      "there is no environment 'prdo'. Allowed: dev, staging, prod, prod-iks.",
    );
  });

  it('without manifests says how to write them', async () => {
    const missing = {
      'node:fs': () => ({
        ...fs,
        existsSync: (path: string) => !path.endsWith(join('manifests', 'dev')) && fs.existsSync(path),
      }),
    };
    await expect(run('dev', () => program(missing))).rejects.toThrow(
      "manifests/dev does not exist. Fix: run 'npm run synth dev'",
    );
  });

  it('of an environment whose cluster others make says how to ask for one', async () => {
    const { system: _, ...pools } = dev.pools;
    const others = { ...dev, pools, cloud: undefined };
    const asking = { '../../stacks/environments': () => ({ ENVIRONMENTS: [others] }) };
    await expect(run('dev', () => program(asking))).rejects.toThrow('set cloud: {} in stacks/environments/dev.ts');
    // Nothing of a cloud is demanded of its YAML.
    expect(
      buildEnvironment(others)
        .app.node.findAll()
        .flatMap(({ node }) => node.validate()),
    ).toEqual([]);
  });

  it('with a mistake names its rule and registers nothing', async () => {
    const { system: _, ...pools } = dev.pools;
    const wrong = { '../../stacks/environments': () => ({ ENVIRONMENTS: [{ ...dev, pools }] }) };
    const { error, resources } = await attempt('dev', () => program(wrong));
    expect(String(error)).toMatch(/\[cloud\] WP-AKS-008 aks\.pools/);
    expect(resources.map(({ token }) => token)).toEqual(['pulumi:pulumi:Stack']);
  });
});
