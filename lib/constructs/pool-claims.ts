/** Who wants how many GPUs of which pool, over the whole app: the sum is checked, and surge follows from it. */
import { Construct, type IConstruct } from 'constructs';
import { draftPoolClaims, type PoolClaim, type RollingUpdate, rollingUpdate } from '../domain/availability';
import type { GpuNodePoolPlan } from '../domain/node-pool-plan';
import { draftWarmRoom } from '../domain/placeholder';
import { errorsOf, Findings, formatProblem } from '../domain/problem';
import { report } from '../kube/report';

const ID = 'PoolClaims';

/** A name that a workload takes in its namespace. */
interface TakenName {
  readonly claimant: string;
  readonly name: string;
  readonly namespace: string;
}

type NamespacedClaim = PoolClaim & TakenName;

interface PoolEntry {
  readonly pool: GpuNodePoolPlan;
  readonly claims: NamespacedClaim[];
  /** Decided once for all services of the pool; a further claim decides anew. */
  update?: RollingUpdate;
}

function sameCluster({ platform, name }: GpuNodePoolPlan): string {
  return `${platform.cloud}/${platform.region}/${name}`;
}

/** The one register of an app. */
export class PoolClaims extends Construct {
  /** The register of the app that holds the construct. */
  static of(scope: IConstruct): PoolClaims {
    const { root } = scope.node;
    const existing = root.node.tryFindChild(ID);
    return existing === undefined ? new PoolClaims(root, ID) : (existing as PoolClaims);
  }

  private readonly entries = new Map<string, PoolEntry>();
  private readonly expected = new Set<string>();
  /** Claimant by namespace and name. */
  private readonly names = new Map<string, string>();
  private warned = false;

  private constructor(scope: IConstruct, id: string) {
    super(scope as Construct, id);
    this.node.addValidation({ validate: () => this.validate() });
  }

  /** Says that a namespace has workloads, whether or not they could be planned. */
  expect(namespace: string): void {
    this.expected.add(namespace);
  }

  /** Whether any workload of this app stands in the namespace. */
  isExpected(namespace: string): boolean {
    return this.expected.has(namespace);
  }

  /** Registers what a workload takes at the most. */
  add(pool: GpuNodePoolPlan, claim: NamespacedClaim): void {
    const key = sameCluster(pool);
    const entry: PoolEntry = this.entries.get(key) ?? { pool, claims: [] };
    this.reserve(claim);
    this.checkPlan(entry, pool, claim);
    entry.claims.push(claim);
    entry.update = undefined;
    this.entries.set(key, entry);
  }

  /** Registers a name; two workloads of one name would overwrite each other. */
  reserve({ name, namespace, claimant }: TakenName): void {
    const key = `${namespace}/${name}`;
    const twin = this.names.get(key);
    this.names.set(key, twin ?? claimant);
    if (twin === undefined) return;
    const findings = new Findings();
    findings.error('WP-NAME-002', 'name', name, {
      message: `${twin} and ${claimant} have one name in '${namespace}', and the one applied last wins`,
      allowed: 'one workload for each name in a namespace',
      fix: 'rename one of them, or move it to another namespace',
    });
    report(this, findings.problems);
  }

  private checkPlan(entry: PoolEntry, pool: GpuNodePoolPlan, { claimant }: NamespacedClaim): void {
    if (entry.pool === pool || JSON.stringify(entry.pool) === JSON.stringify(pool)) return;
    const findings = new Findings();
    findings.error('WP-POOL-020', 'pool', pool.name, {
      message: `${claimant} knows this pool with other sizes, taints or labels than ${entry.claims[0]?.claimant}`,
      allowed: 'one plan for each pool of a cluster',
      fix: 'plan the pool once and hand the plan to both',
    });
    report(this, findings.problems);
  }

  /** Called at synthesis, once everybody has claimed; warnings travel with the tree from then on. */
  private validate(): string[] {
    const problems = [...this.entries.values()].flatMap(({ pool, claims }) => [
      ...draftPoolClaims(pool, claims).problems,
      ...draftWarmRoom(pool, claims).problems,
    ]);
    const warnings = problems.filter(({ severity }) => severity === 'warning');
    if (!this.warned) report(this, warnings);
    this.warned = true;
    return errorsOf(problems).map(formatProblem);
  }

  /** How workloads of a pool may replace their pods once everybody has claimed. */
  rollingUpdate(pool: GpuNodePoolPlan): RollingUpdate {
    const entry = this.entries.get(sameCluster(pool));
    if (entry === undefined) return rollingUpdate(pool, []);
    entry.update ??= rollingUpdate(entry.pool, entry.claims);
    return entry.update;
  }

  /**
   * GPUs that the workloads of a namespace take at the most, by resource name. Twice the pods: one that is ending counts
   * until it is gone, and its successor starts before that.
   */
  gpusOf(namespace: string): ReadonlyMap<string, number> {
    const gpus = new Map<string, number>();
    for (const { pool, claims } of this.entries.values()) {
      const resource = pool.profile.gpu?.resourceName;
      if (resource === undefined) continue;
      for (const { pods, gpusPerPod } of claims.filter((claim) => claim.namespace === namespace)) {
        gpus.set(resource, (gpus.get(resource) ?? 0) + 2 * pods * gpusPerPod);
      }
    }
    return gpus;
  }
}
