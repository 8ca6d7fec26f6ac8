/**
 * The Pulumi program: `pulumi up -s prod` makes the cloud of an environment from the plans that its pods read, and then,
 * where the environment says so, applies `manifests/<environment>/` as it stands.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Provider } from '@pulumi/kubernetes/provider';
import { getStack, type Output, RunError, secret } from '@pulumi/pulumi';
import type { CloudPlan, PoolCost } from '../lib';
import {
  AksEnvironment,
  type CloudEnvironment,
  ClusterContent,
  enforcePolicy,
  IksAutoscaler,
  IksEnvironment,
  type KubernetesManifest,
} from '../lib/cloud';
import type { Manifest } from '../lib/policy';
import { ENVIRONMENTS } from './environments';
import { buildEnvironment, type EnvironmentTree } from './inference';
import { policyPools, readFolder, readLock } from './synthesise';

/** The program runs in its own folder. */
const ROOT = join(__dirname, '..');

/** An environment without errors, and its cloud. */
type Planned = EnvironmentTree & { readonly cloud: CloudPlan };

function planned(stack: string): Planned {
  const environment = ENVIRONMENTS.find(({ name }) => name === stack);
  if (environment === undefined) {
    const names = ENVIRONMENTS.map(({ name }) => name).join(', ');
    throw new RunError(
      `there is no environment '${stack}'. Allowed: ${names}. Fix: select a stack of one of these names.`,
    );
  }
  const tree = buildEnvironment(environment, readLock(join(ROOT, 'images.lock')));
  const errors = tree.app.node
    .findAll()
    .flatMap(({ node }) => node.validate().map((message) => `[${node.path}] ${message}`));
  if (errors.length > 0) throw new RunError(errors.join('\n'));
  const { cloud } = tree;
  if (cloud === undefined) {
    throw new RunError(
      `environment '${stack}' asks nothing of a cloud. Fix: set cloud: {} in stacks/environments/${stack}.ts.`,
    );
  }
  return { ...tree, cloud };
}

function makeCloud(name: string, plan: CloudPlan): CloudEnvironment {
  return plan.cloud === 'aks' ? new AksEnvironment(name, { plan }) : new IksEnvironment(name, { plan });
}

/** The committed manifests of an environment: nothing is rendered again. */
function manifestsOf(stack: string): readonly Manifest[] {
  const folder = join('manifests', stack);
  if (existsSync(join(ROOT, folder))) return readFolder(join(ROOT, folder));
  throw new RunError(
    `${folder} does not exist. Fix: run 'npm run synth ${stack}', look at what it wrote, and commit it.`,
  );
}

/** What Pulumi itself has to put into the cluster. */
function contentOf(plan: CloudPlan, manifests: readonly KubernetesManifest[]): readonly KubernetesManifest[] {
  const { delivery } = plan;
  if (delivery?.kind === 'pulumi') return manifests;
  return delivery?.bootstrap ? (delivery.objects as readonly KubernetesManifest[]) : [];
}

/** What the cloud cannot say through its own API is said to the cluster, by whoever may reach it. */
function fillCluster(name: string, plan: CloudPlan, cloud: CloudEnvironment, content: readonly KubernetesManifest[]) {
  const autoscaler = plan.cloud === 'iks' ? plan.cluster.autoscaler : undefined;
  if (content.length === 0 && autoscaler === undefined) return;
  const { cluster } = cloud;
  // A cluster that is gone holds nothing: nobody waits for its answer.
  const provider = new Provider(name, { kubeconfig: secret(cloud.kubeconfig()), deleteUnreachable: true });
  if (autoscaler) new IksAutoscaler(name, { plan: autoscaler, provider, cluster });
  if (content.length > 0) new ClusterContent(name, { manifests: content, provider, cluster });
}

/** Of a Satellite location. Scripts of hosts hold keys: whoever may have one gets it by the command. */
function satelliteOf({ satellite: made }: IksEnvironment) {
  if (made === undefined) return {};
  const { locationId, clusterId, attachCommands } = made;
  return { locationId, ...(clusterId && { clusterId }), attachCommands };
}

/** Dollars per hour of a pool, to the cent, and where the price was read; an absent price is said. */
function costOf({ price, floorDollarsPerHour = 0, ceilingDollarsPerHour = 0 }: PoolCost) {
  if (price === undefined) return { price: 'unknown' };
  const [floor, ceiling] = [floorDollarsPerHour, ceilingDollarsPerHour].map((dollars) => dollars.toFixed(2));
  return { floorDollarsPerHour: floor, ceilingDollarsPerHour: ceiling, source: price.source };
}

const stack = getStack();
const tree = planned(stack);
const files = manifestsOf(stack);
// Before any pool is registered.
enforcePolicy({ manifests: files, pools: policyPools(tree) });
const cloud = makeCloud(stack, tree.cloud);
fillCluster(
  stack,
  tree.cloud,
  cloud,
  contentOf(
    tree.cloud,
    files.map(({ object }) => object as KubernetesManifest),
  ),
);

/** Id of the cluster. */
export const clusterId: Output<string> = cloud.clusterId;
/** Ids of the pools, by name. */
export const pools = cloud.poolIds;
/** What pods of a workload ask the cloud's identity service for: `identity` in the environment. */
export const identities = cloud.identityIds;
/** How a person gets at the cluster. */
export const kubeconfigCommand = cloud.kubeconfigCommand;
/** What runs and what may run, US dollars per hour at list price. */
export const cost = Object.fromEntries(tree.costs.map((one) => [one.pool, costOf(one)]));
/** What a GitOps controller has to be told; empty where Pulumi applies the manifests, or no controller was named. */
export const gitOps = tree.cloud.delivery?.kind === 'pulumi' ? [] : (tree.cloud.delivery?.objects ?? []);
/** A Satellite location, and what its hosts have to run; empty without one. */
export const satellite = cloud instanceof IksEnvironment ? satelliteOf(cloud) : {};
