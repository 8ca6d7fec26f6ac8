/** Everything that a cloud has to make for an environment, decided from the same pool plans that pods read. */
import { type AksClusterPlan, type AksClusterSpec, draftAksCluster } from './aks-cluster';
import type { AksPoolSpec, PoolPatience } from './aks-node-pool';
import { type BudgetPlan, type BudgetSpec, draftBudget } from './budget';
import { type CostReportsPlan, type CostReportsSpec, draftCostReports } from './cost-reports';
import { type DeliveryPlan, type DeliverySpec, draftDelivery } from './delivery';
import { draftIksCluster, type IksClusterPlan, type IksClusterSpec } from './iks-cluster';
import type { IksPoolSpec } from './iks-worker-pool';
import { draftModelStore, type ModelStorePlan, type ModelStoreSpec } from './model-store';
import type { Ownership } from './names';
import type { GpuNodePoolPlan } from './node-pool-plan';
import type { Cloud, PlatformProfile } from './platform-profile';
import { type Draft, Findings } from './problem';

/** What an environment says about its cloud; everything has a default. */
export interface CloudSpec {
  /** The cluster, on AKS. @default private, with a network of its own */
  readonly aks?: AksClusterSpec;
  /** The cluster, on IKS. @default private, with a VPC of its own */
  readonly iks?: IksClusterSpec;
  /** A bucket for weights. @default none */
  readonly modelStore?: ModelStoreSpec;
  /** @default nobody is told of what it costs */
  readonly budget?: BudgetSpec;
  /** Daily reports of what the account uses and costs, on IKS. @default none */
  readonly costReports?: CostReportsSpec;
  /** How manifests reach the cluster. @default somebody else delivers them */
  readonly delivery?: DeliverySpec;
}

/** What the cloud shall know a workload by. */
export interface CloudIdentitySpec {
  /** What it may do with the model store. @default nothing */
  readonly modelStore?: 'read' | 'write';
}

/** A workload that the cloud trusts: pods of exactly this ServiceAccount. */
export interface CloudIdentityPlan {
  /** The workload's. */
  readonly name: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly modelStore?: 'read' | 'write';
}

/** A workload as far as the cloud sees it. */
export interface CloudWorkload {
  readonly name: string;
  readonly namespace: string;
  readonly pool: string;
  /** p95 of its cold start. */
  readonly startSeconds: number;
  readonly graceSeconds: number;
  readonly identity?: CloudIdentitySpec;
}

/** The other plans that the cloud follows from. */
export interface CloudContext {
  readonly environment: string;
  readonly platform: PlatformProfile;
  readonly ownership: Ownership;
  readonly pools: readonly GpuNodePoolPlan[];
  readonly poolSpecs: Readonly<Record<string, { readonly aks?: AksPoolSpec; readonly iks?: IksPoolSpec }>>;
  readonly workloads: readonly CloudWorkload[];
  /** Whether a ScaledObject is emitted, and a VerticalPodAutoscaler. */
  readonly scales: boolean;
  readonly recommends: boolean;
}

/** A decided cluster of one cloud. */
export type ClusterPlan =
  | { readonly cloud: 'aks'; readonly cluster: AksClusterPlan }
  | { readonly cloud: 'iks'; readonly cluster: IksClusterPlan };

/** A decided cloud. */
export type CloudPlan = ClusterPlan & {
  readonly environment: string;
  readonly ownership: Ownership;
  readonly modelStore?: ModelStorePlan;
  readonly identities: readonly CloudIdentityPlan[];
  readonly budget?: BudgetPlan;
  readonly costReports?: CostReportsPlan;
  readonly delivery?: DeliveryPlan;
};

/** The subject of the tokens of a ServiceAccount (Kubernetes: authentication, service account tokens). */
export function serviceAccountSubject({ namespace, serviceAccount }: CloudIdentityPlan): string {
  return `system:serviceaccount:${namespace}:${serviceAccount}`;
}

function patienceOf(workloads: readonly CloudWorkload[]): Readonly<Record<string, PoolPatience>> {
  const patience: Record<string, PoolPatience> = {};
  for (const { pool, startSeconds, graceSeconds } of workloads) {
    const before = patience[pool];
    patience[pool] = {
      startSeconds: Math.max(before?.startSeconds ?? 0, startSeconds),
      graceSeconds: Math.max(before?.graceSeconds ?? 0, graceSeconds),
    };
  }
  return patience;
}

/** Settings of one cloud in an environment of another would be passed over without a word. */
function checkCloud(findings: Findings, cloud: Cloud, spec: CloudSpec, poolSpecs: CloudContext['poolSpecs']): void {
  const other = cloud === 'aks' ? 'iks' : 'aks';
  const given = [
    ['cloud', spec[other]] as const,
    ...Object.entries(poolSpecs).map(([name, pool]) => [`pools.${name}`, pool[other]] as const),
  ];
  for (const [where, value] of given) {
    if (value === undefined) continue;
    findings.error('WP-CLOUD-001', `${where}.${other}`, value, {
      message: `the environment stands on ${cloud.toUpperCase()}, which knows nothing of it`,
      allowed: `${where}.${cloud}`,
      fix: 'remove it',
    });
  }
}

function identitiesOf(findings: Findings, spec: CloudSpec, workloads: readonly CloudWorkload[]) {
  return workloads.flatMap(({ name, namespace, identity }): readonly CloudIdentityPlan[] => {
    if (identity === undefined) return [];
    const { modelStore } = identity;
    if (modelStore !== undefined && (spec.modelStore === undefined || !['read', 'write'].includes(modelStore))) {
      findings.error('WP-CLOUD-002', `services.${name}.cloudIdentity.modelStore`, modelStore, {
        message: spec.modelStore === undefined ? 'the environment has no model store' : 'there is no such right',
        allowed: "'read' or 'write', with cloud.modelStore",
        fix: spec.modelStore === undefined ? 'set cloud: { modelStore: { name: … } }' : "use 'read'",
      });
    }
    // Pods run as the ServiceAccount of their workload's name.
    return [{ name, namespace, serviceAccount: name, ...(modelStore !== undefined && { modelStore }) }];
  });
}

function draftCluster(findings: Findings, spec: CloudSpec, context: CloudContext): ClusterPlan | undefined {
  const { platform, poolSpecs, workloads, ...shared } = context;
  const patience = patienceOf(workloads);
  const specs = <K extends Cloud>(cloud: K) =>
    Object.fromEntries(Object.entries(poolSpecs).map(([name, pool]) => [name, pool[cloud]]));
  if (platform.cloud === 'aks') {
    const modelStore = spec.modelStore !== undefined;
    const own = { ...shared, platform, poolSpecs: specs('aks'), patience, modelStore };
    const cluster = findings.adopt(draftAksCluster(spec.aks ?? {}, own));
    return cluster && { cloud: 'aks', cluster };
  }
  const coldStartSeconds = Math.max(0, ...workloads.map(({ startSeconds }) => startSeconds));
  const own = { ...shared, platform, poolSpecs: specs('iks'), coldStartSeconds };
  const cluster = findings.adopt(draftIksCluster(spec.iks ?? {}, own));
  return cluster && { cloud: 'iks', cluster };
}

/** Decides the cloud of an environment: WP-CLOUD-*, WP-AKS-*, WP-IKS-*, WP-STORE-*, WP-SAT-*, WP-BUD-*, WP-COST-*, WP-GIT-*, WP-TAG-*. */
export function draftCloud(spec: CloudSpec, context: CloudContext): Draft<CloudPlan> {
  const findings = new Findings();
  const { environment, ownership, workloads } = context;
  const { cloud } = context.platform;
  checkCloud(findings, cloud, spec, context.poolSpecs);
  const cluster = draftCluster(findings, spec, context);
  const modelStore = spec.modelStore && findings.adopt(draftModelStore(cloud, spec.modelStore));
  const budget = spec.budget && findings.adopt(draftBudget(cloud, spec.budget));
  const { costReports: reports } = spec;
  const costReports = reports && findings.adopt(draftCostReports(cloud, reports, spec.modelStore?.name));
  const delivery = spec.delivery && findings.adopt(draftDelivery(environment, spec.delivery));
  const identities = identitiesOf(findings, spec, workloads);
  if (cluster === undefined) return findings.draft<CloudPlan>(undefined);
  return findings.draft<CloudPlan>({
    ...cluster,
    environment,
    ownership,
    identities,
    ...(modelStore && { modelStore }),
    ...(budget && { budget }),
    ...(costReports && { costReports }),
    ...(delivery && { delivery }),
  });
}
