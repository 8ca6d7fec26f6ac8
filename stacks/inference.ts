/** From an environment to its charts. One chart is one file, named so that files apply in alphabetical order. */
import { ApiObject, type AppProps, Chart } from 'cdk8s';
import { Construct } from 'constructs';
import {
  App,
  type CloudPlan,
  type Draft,
  draftCloud,
  draftGpuNodePool,
  draftPlatformProfile,
  draftPoolCost,
  Findings,
  GpuInferenceService,
  type GpuNodePoolPlan,
  GpuTrainingJob,
  type ImageLock,
  InferenceNamespace,
  isDnsLabel,
  type Ownership,
  type PlatformProfile,
  type PoolCost,
  report,
  Scaling,
  WarmPool,
} from '../lib';
import type { Environment, EnvironmentService } from './environment';
import { ClusterChart } from './platform';

/** An environment as a construct tree. Whatever is wrong with it is reported when the app is synthesised. */
export interface EnvironmentTree {
  readonly environment: Environment;
  readonly app: App;
  readonly pools: readonly GpuNodePoolPlan[];
  readonly costs: readonly PoolCost[];
  readonly services: readonly GpuInferenceService[];
  readonly warmPools: readonly WarmPool[];
  readonly jobs: readonly GpuTrainingJob[];
  /** What the cloud has to make; undefined where nothing is asked of it, or that could not be planned. */
  readonly cloud: CloudPlan | undefined;
}

/** Reports a draft under a name of its own and hands back what could be planned, even if it has errors. */
function plan<T>(scope: Construct, id: string, draft: Draft<T>): T | undefined {
  report(new Construct(scope, id), draft.problems);
  return draft.value;
}

function ownershipIn(environment: Environment, own: Partial<Ownership> = {}): Ownership {
  return { ...environment.ownership, environment: environment.name, ...own };
}

/** Pools with mistakes are planned as far as possible, so that the services on them are checked in the same run. */
function planPools(
  app: App,
  environment: Environment,
  platform: PlatformProfile,
): ReadonlyMap<string, GpuNodePoolPlan> {
  const scope = new Construct(app, 'pools');
  const plans = new Map<string, GpuNodePoolPlan>();
  for (const [name, pool] of Object.entries(environment.pools)) {
    const ownership = ownershipIn(environment);
    const planned = plan(scope, name, draftGpuNodePool({ ...pool, name, platform, ownership }));
    if (planned !== undefined) plans.set(name, planned);
  }
  return plans;
}

function planCosts(app: App, environment: Environment, pools: readonly GpuNodePoolPlan[]): readonly PoolCost[] {
  const scope = new Construct(app, 'costs');
  return pools.flatMap((pool) => plan(scope, pool.name, draftPoolCost(pool, environment.prices)) ?? []);
}

/** Warm nodes of every pool that asks for them, by pool; a pool that could not be planned has been reported. */
function buildWarmPools(
  app: App,
  environment: Environment,
  plans: ReadonlyMap<string, GpuNodePoolPlan>,
  images: ImageLock,
): ReadonlyMap<string, WarmPool> {
  const asking = Object.entries(environment.pools).filter(([name, { warm }]) => warm !== undefined && plans.has(name));
  return new Map(
    asking.map(([pool, { warm }]) => {
      const name = `warm-${pool}`;
      const ownership = ownershipIn(environment, warm?.ownership);
      return [pool, new WarmPool(new Chart(app, name), name, { ...warm, ownership, images })];
    }),
  );
}

/** The named pool; one that does not exist is reported, one that could not be planned has been. */
function poolNamed(
  chart: Chart,
  environment: Environment,
  plans: ReadonlyMap<string, GpuNodePoolPlan>,
  name: string,
  prop = 'pool',
) {
  if (!Object.hasOwn(environment.pools, name)) {
    const findings = new Findings();
    findings.error('WP-ENV-001', prop, name, {
      message: `environment '${environment.name}' has no such pool`,
      allowed: Object.keys(environment.pools).join(', '),
      fix: 'correct the name, or add the pool',
    });
    report(chart, findings.problems);
  }
  return plans.get(name);
}

/** The namespaces of all workloads, each with the owner of its first one. */
function namespacesOf(environment: Environment): ReadonlyMap<string, Ownership> {
  const workloads = [...Object.values(environment.services), ...Object.values(environment.training ?? {})];
  const owners = workloads.map(({ namespace, ownership }) => [namespace, ownershipIn(environment, ownership)] as const);
  // A workload without a legal namespace is reported where it stands.
  return new Map([...owners].filter(([namespace]) => isDnsLabel(namespace)).reverse());
}

/** A closed namespace must not be the one of everybody's gateway or monitoring, and quotas must belong to one. */
function checkNamespaces(app: App, environment: Environment, namespaces: ReadonlyMap<string, Ownership>): void {
  const findings = new Findings();
  const { gateway, scraper } = environment;
  for (const namespace of namespaces.keys()) {
    if (namespace !== gateway?.namespace && namespace !== scraper?.namespace) continue;
    findings.error('WP-ENV-002', 'namespace', namespace, {
      message: 'gateway or monitoring stand in this namespace, and its default deny would cut them off',
      allowed: 'a namespace of its own for the workload',
      fix: 'name it after the team or the service',
    });
  }
  for (const namespace of Object.keys(environment.gpuQuotas ?? {})) {
    if (namespaces.has(namespace)) continue;
    findings.error('WP-ENV-001', 'gpuQuotas', namespace, {
      message: `environment '${environment.name}' has no such namespace`,
      allowed: [...namespaces.keys()].join(', '),
      fix: 'correct the name, or remove the quota',
    });
  }
  report(new Construct(app, 'namespaces'), findings.problems);
}

/** The scaler of a service that asks for one; without Prometheus it could see nothing. */
function scalerOf(chart: Chart, { prometheus, name }: Environment, { scaling }: EnvironmentService) {
  if (scaling === undefined) return undefined;
  if (prometheus === undefined) {
    const findings = new Findings();
    findings.error('WP-ENV-001', 'scaling', undefined, {
      message: `environment '${name}' does not say where metrics are`,
      allowed: 'a service that scales, with prometheus in its environment',
      fix: "set prometheus: { serverAddress: 'http://prometheus.monitoring.svc:9090' }",
    });
    report(chart, findings.problems);
    return undefined;
  }
  const { arrivals, ...props } = scaling;
  return arrivals === undefined
    ? Scaling.queue({ ...props, prometheus })
    : Scaling.arrivalRate({ ...props, arrivals, prometheus });
}

/** Whether somebody counts on `pulumi up`: a cluster that others make has no system pool here, and no rules of a cloud. */
function usesCloud({ cloud, pools, services }: Environment): boolean {
  return (
    cloud !== undefined ||
    Object.values(pools).some(({ aks, iks }) => aks !== undefined || iks !== undefined) ||
    Object.values(services).some(({ cloudIdentity }) => cloudIdentity !== undefined)
  );
}

/** The cloud, from the pools and services that were planned; its mistakes are reported with theirs. */
function planCloud(
  app: App,
  environment: Environment,
  platform: PlatformProfile,
  pools: readonly GpuNodePoolPlan[],
  services: readonly GpuInferenceService[],
): CloudPlan | undefined {
  if (!usesCloud(environment)) return undefined;
  const kinds = new Set(
    app.node
      .findAll()
      .filter(ApiObject.isApiObject)
      .map(({ kind }) => kind),
  );
  const workloads = services.flatMap(({ plan, spotPlan }) =>
    [plan, spotPlan].flatMap((part) => {
      if (part === undefined) return [];
      const { name, namespace, pool, coldStart, drain } = part;
      const identity = part === plan ? environment.services[name]?.cloudIdentity : undefined;
      const [startSeconds, graceSeconds] = [coldStart.p95Seconds, drain.terminationGracePeriodSeconds];
      return [{ name, namespace, pool: pool.name, startSeconds, graceSeconds, identity }];
    }),
  );
  return plan(
    app,
    'cloud',
    draftCloud(environment.cloud ?? {}, {
      environment: environment.name,
      platform,
      ownership: ownershipIn(environment),
      pools,
      poolSpecs: environment.pools,
      workloads,
      scales: kinds.has('ScaledObject'),
      recommends: kinds.has('VerticalPodAutoscaler'),
    }),
  );
}

/** Builds the tree of an environment. */
export function buildEnvironment(
  environment: Environment,
  images: ImageLock = {},
  props: AppProps = {},
): EnvironmentTree {
  const app = new App(props);
  const platform = plan(app, 'platform', draftPlatformProfile(environment.platform));
  if (platform === undefined) {
    const nothing = { pools: [], costs: [], services: [], warmPools: [], jobs: [], cloud: undefined };
    return { environment, app, ...nothing };
  }
  const plans = planPools(app, environment, platform);
  const pools = [...plans.values()];
  const costs = planCosts(app, environment, pools);

  const namespaces = namespacesOf(environment);
  checkNamespaces(app, environment, namespaces);
  new ClusterChart(app, 'cluster', { platform, pools, ownership: ownershipIn(environment), images });
  const quotas = environment.gpuQuotas ?? {};
  for (const [name, ownership] of namespaces) {
    const gpuQuota = Object.hasOwn(quotas, name) ? quotas[name] : undefined;
    new InferenceNamespace(new Chart(app, `namespace-${name}`), name, { ownership, platform, gpuQuota });
  }
  const { gateway, scraper } = environment;
  const warmPools = buildWarmPools(app, environment, plans, images);
  const services = Object.entries(environment.services).flatMap(([name, service]) => {
    const chart = new Chart(app, `service-${name}`);
    const pool = poolNamed(chart, environment, plans, service.pool);
    const ownership = ownershipIn(environment, service.ownership);
    const spotPool = service.spot && poolNamed(chart, environment, plans, service.spot.pool, 'spot.pool');
    const spot = service.spot && spotPool && { ...service.spot, pool: spotPool };
    if (pool === undefined) return [];
    const warmCapacity = service.warm === false ? undefined : warmPools.get(service.pool);
    const scaler = scalerOf(chart, environment, service);
    const props = { gateway, scraper, images, ...service, pool, spot, ownership, warmCapacity, scaler };
    return [new GpuInferenceService(chart, name, props)];
  });
  const jobs = Object.entries(environment.training ?? {}).flatMap(([name, job]) => {
    const chart = new Chart(app, `training-${name}`);
    const pool = poolNamed(chart, environment, plans, job.pool);
    const ownership = ownershipIn(environment, job.ownership);
    if (pool === undefined) return [];
    return [new GpuTrainingJob(chart, name, { images, ...job, pool, ownership })];
  });
  const cloud = planCloud(app, environment, platform, pools, services);
  return { environment, app, pools, costs, services, warmPools: [...warmPools.values()], jobs, cloud };
}
