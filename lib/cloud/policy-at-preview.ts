/**
 * The rules over manifests, held against the pools as they are registered: whoever changes a taint by a transformation, or
 * writes a pool by hand, is told before the cloud is. The ids are those of `warmpath check`.
 */
import { type ResourceTransformation, RunError, runtime } from '@pulumi/pulumi';
import type { Taint, TaintEffect } from '../domain/node-vocabulary';
import { NODE_LABELS } from '../domain/node-vocabulary';
import { checkManifests, formatFinding, type Manifest, type PolicyPool } from '../policy';

type Props = Readonly<Record<string, unknown>>;

/** What is known of a pool when it is registered; a value that only the cloud will know is absent. */
export interface RegisteredPool {
  /** As the program calls it, for a pool whose label is gone; undefined where it has no name of its own. */
  readonly name: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
}

const isTextMap = (value: unknown): value is Readonly<Record<string, string>> =>
  typeof value === 'object' && value !== null && Object.values(value).every((text) => typeof text === 'string');

/** `key=value:Effect` */
function aksTaints(taints: unknown): readonly Taint[] | undefined {
  if (!Array.isArray(taints)) return taints === undefined ? [] : undefined;
  const parts = taints.map((taint) => /^([^=:]+)(?:=([^:]*))?:(\w+)$/.exec(String(taint)));
  if (parts.includes(null)) return undefined;
  return parts.map((part) => ({
    key: part?.[1] ?? '',
    value: part?.[2] ?? '',
    effect: (part?.[3] ?? 'NoSchedule') as TaintEffect,
  }));
}

function pool(name: unknown, labels: unknown, taints: readonly Taint[] | undefined): readonly RegisteredPool[] {
  if (!isTextMap(labels) || taints === undefined) return [];
  return [{ name: typeof name === 'string' ? name : undefined, labels, taints }];
}

function list(value: unknown): readonly Props[] {
  return Array.isArray(value) ? (value as readonly Props[]) : [];
}

function iksTaints(taints: unknown): readonly Taint[] {
  return list(taints).map(({ key, value, effect }) => ({
    key: String(key),
    value: String(value),
    effect: effect as TaintEffect,
  }));
}

/** Pools within the inputs of a resource, by its token. Resources of pools bear their name, whatever AKS calls them. */
const READERS: Readonly<Record<string, (props: Props, name: string) => readonly RegisteredPool[]>> = {
  'azure-native:containerservice:AgentPool': (props, name) => pool(name, props.nodeLabels, aksTaints(props.nodeTaints)),
  'azure-native:containerservice:ManagedCluster': ({ agentPoolProfiles }) =>
    list(agentPoolProfiles).flatMap(({ name, nodeLabels, nodeTaints }) =>
      pool(name, nodeLabels, aksTaints(nodeTaints)),
    ),
  'ibm:index/containerVpcWorkerPool:ContainerVpcWorkerPool': (props, name) =>
    pool(name, props.labels, iksTaints(props.taints)),
  // IKS calls it 'default', and so does the program.
  'ibm:index/containerVpcCluster:ContainerVpcCluster': (props) =>
    pool(undefined, props.workerLabels, iksTaints(props.taints)),
};

/** What is held against each other. */
export interface PolicyAtPreview {
  /** The manifests of the cluster. */
  readonly manifests: readonly Manifest[];
  /** Its pools as they were planned. */
  readonly pools: readonly PolicyPool[];
}

/** Pools by name, with the registered one in the place of the planned one. */
function withRegistered(pools: readonly PolicyPool[], { name, labels, taints }: RegisteredPool): readonly PolicyPool[] {
  const called = (own: string | undefined) => pools.find((one) => one.name === own);
  // Pods find it by its label; a pool that has lost it is found by its name, or nobody would notice.
  const planned = called(labels[NODE_LABELS.pool]) ?? called(name);
  // A pool that nobody planned is nobody's business here.
  if (planned === undefined) return pools;
  return pools.map((one) => (one === planned ? { ...planned, labels, taints } : one));
}

function refuse(where: string, { manifests }: PolicyAtPreview, pools: readonly PolicyPool[]): void {
  const errors = checkManifests(manifests, { pools }).findings.filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return;
  throw new RunError(`${where}:\n${errors.map(formatFinding).join('\n')}`);
}

/**
 * Holds the manifests against the planned pools at once, and against every pool that the program registers from now on.
 * Registered before the pools, and after every transformation that changes them.
 *
 * @throws RunError, whose message Pulumi prints without a stack, at once and from the constructor of a pool, with every finding that is an error
 */
export function enforcePolicy(policy: PolicyAtPreview): void {
  refuse('manifests and planned pools do not fit; synthesise again after a change of a pool', policy, policy.pools);
  const watch: ResourceTransformation = ({ type, name, props }) => {
    for (const registered of READERS[type]?.(props, name) ?? []) {
      const pools = withRegistered(policy.pools, registered);
      if (pools !== policy.pools) refuse(`${name} (${type})`, policy, pools);
    }
    return undefined;
  };
  runtime.registerStackTransformation(watch);
}
