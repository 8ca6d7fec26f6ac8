/** Whoever changes a pool behind the back of its plan is told at preview, by the rule that `warmpath check` has for it. */
import { type ResourceTransformation, runtime } from '@pulumi/pulumi';
import { AksPlatform, enforcePolicy, IksPlatform } from '../../lib/cloud';
import { type Manifest, type PolicyPool, readManifests } from '../../lib/policy';
import { aksSystem, iksGpu, iksSystem } from '../domain/cloud-given';
import { plannedPool } from '../domain/given';
import { documents, workload } from '../support/manifests';
import { attempt } from '../support/pulumi';
import { AGENT_POOL, aksClusterPlan, iksClusterPlan, MANAGED_CLUSTER, VPC_CLUSTER, WORKER_POOL } from './given';

type Props = Record<string, unknown>;

/** Pods that select a pool and tolerate its taints. */
function server(pool: string, tolerations: string): string {
  return workload(
    `
    nodeSelector: { warmpath.dev/pool: ${pool} }
    tolerations: ${tolerations}
    containers: [{ name: server, image: 'server@sha256:${'a'.repeat(64)}', resources: { limits: { nvidia.com/gpu: '1' } } }]
    `,
    { name: pool, spec: `replicas: 1\nselector: { matchLabels: { app: ${pool} } }` },
  );
}

/** An operator of the cluster, on its system pool. */
function operator(): string {
  return workload(
    `
    nodeSelector: { warmpath.dev/pool: system }
    containers: [{ name: operator, image: 'operator@sha256:${'b'.repeat(64)}' }]
    `,
    { name: 'operator', spec: 'replicas: 1\nselector: { matchLabels: { app: operator } }' },
  );
}

const TOLERATIONS =
  '[{ key: nvidia.com/gpu, value: present, effect: NoSchedule }, { key: warmpath.dev/purpose, value: inference, effect: NoSchedule }]';

interface Row {
  readonly cloud: string;
  readonly gpuPool: string;
  readonly pools: readonly PolicyPool[];
  readonly make: () => void;
  /** Tokens of the resources in which pools stand. */
  readonly tokens: { readonly gpu: string; readonly system: string };
  /** What somebody changes by a transformation. */
  readonly taint: (props: Props) => Props;
  readonly relabel: (props: Props, labels: Props) => Props;
  readonly systemTaint: (props: Props) => Props;
  readonly harmless: (props: Props) => Props;
}

const policyPool = ({ name, labels, taints, maxNodes, profile }: ReturnType<typeof plannedPool>): PolicyPool => ({
  name,
  labels,
  taints,
  maxNodes,
  gpus: profile.gpus === 0 ? {} : { 'nvidia.com/gpu': profile.gpus },
});

const ROWS: readonly Row[] = [
  {
    cloud: 'aks',
    gpuPool: 'a100',
    pools: [aksSystem(), plannedPool()].map(policyPool),
    make: () => {
      new AksPlatform('prod', { plan: aksClusterPlan() });
    },
    tokens: { gpu: AGENT_POOL, system: MANAGED_CLUSTER },
    taint: (props) => ({
      ...props,
      nodeTaints: [...(props.nodeTaints as string[]), 'example.com/mine=yes:NoSchedule'],
    }),
    relabel: (props, nodeLabels) => ({ ...props, nodeLabels }),
    systemTaint: (props) => ({
      ...props,
      agentPoolProfiles: (props.agentPoolProfiles as Props[]).map((profile) => ({
        ...profile,
        nodeTaints: ['CriticalAddonsOnly=true:NoSchedule'],
      })),
    }),
    harmless: (props) => ({ ...props, maxPods: 30 }),
  },
  {
    cloud: 'iks',
    gpuPool: 'l40s-chat',
    pools: [iksSystem(), iksGpu()].map(policyPool),
    make: () => {
      new IksPlatform('prod', { plan: iksClusterPlan() });
    },
    tokens: { gpu: WORKER_POOL, system: VPC_CLUSTER },
    taint: (props) => ({
      ...props,
      taints: [...(props.taints as Props[]), { key: 'example.com/mine', value: 'yes', effect: 'NoSchedule' }],
    }),
    relabel: (props, labels) => ({ ...props, labels }),
    systemTaint: (props) => ({
      ...props,
      taints: [{ key: 'CriticalAddonsOnly', value: 'true', effect: 'NoSchedule' }],
    }),
    harmless: (props) => ({ ...props, operatingSystem: 'UBUNTU_24_64' }),
  },
];

const read = (yaml: string): readonly Manifest[] => readManifests(yaml, 'given.yaml').manifests;

/** Changes the resources of one type. */
const changing =
  (token: string, change: (props: Props) => Props): ResourceTransformation =>
  ({ type, props, opts }) =>
    type === token ? { props: change(props as Props), opts } : undefined;

describe.each(ROWS)('on $cloud', (row) => {
  const manifests = read(documents(server(row.gpuPool, TOLERATIONS), operator()));
  const attempted = (...transformations: readonly ResourceTransformation[]) =>
    attempt('prod', () => {
      for (const one of transformations) runtime.registerStackTransformation(one);
      enforcePolicy({ manifests, pools: row.pools });
      row.make();
    });
  const isRegistered = (resources: readonly { readonly token: string }[], token: string) =>
    resources.some((one) => one.token === token);

  it('pools as they were planned pass', async () => {
    const { error, resources } = await attempted();
    expect(error).toBeUndefined();
    expect(isRegistered(resources, row.tokens.gpu)).toBe(true);
  });

  it('a change that touches neither taints nor labels passes', async () => {
    const { error } = await attempted(changing(row.tokens.gpu, row.harmless));
    expect(error).toBeUndefined();
  });

  it('a taint that no pod tolerates is refused before the pool is registered, by its rule', async () => {
    const { error, resources } = await attempted(changing(row.tokens.gpu, row.taint));
    expect(String(error)).toContain(`${row.gpuPool} (${row.tokens.gpu})`);
    expect(String(error)).toMatch(/WP-SCHED-\d{3}/);
    expect(String(error)).toContain('example.com/mine');
    expect(isRegistered(resources, row.tokens.gpu)).toBe(false);
  });

  it.each([
    ['is gone', {}],
    ['is another one', { 'warmpath.dev/pool': 'renamed' }],
  ])('a pool whose label %s is refused: no pod would find it', async (_, labels) => {
    const { error } = await attempted(changing(row.tokens.gpu, (props) => row.relabel(props, labels)));
    expect(String(error)).toMatch(/WP-SCHED-\d{3}/);
  });

  it('the pool inside the cluster is held to its pods as well', async () => {
    const { error, resources } = await attempted(changing(row.tokens.system, row.systemTaint));
    expect(String(error)).toMatch(/WP-SCHED-\d{3}/);
    expect(isRegistered(resources, row.tokens.system)).toBe(false);
  });

  it('a pool that nobody planned is nobody’s business', async () => {
    const { error } = await attempt('prod', () => {
      enforcePolicy({ manifests: [], pools: [] });
      row.make();
    });
    expect(error).toBeUndefined();
  });

  it('manifests that do not fit the planned pools are refused at once', async () => {
    const { error, resources } = await attempt('prod', () => {
      enforcePolicy({ manifests: read(server(row.gpuPool, '[]')), pools: row.pools });
      row.make();
    });
    expect(String(error)).toContain('manifests and planned pools');
    expect(String(error)).toMatch(/WP-SCHED-\d{3}/);
    expect(resources.map(({ token }) => token)).toEqual(['pulumi:pulumi:Stack']);
  });
});
