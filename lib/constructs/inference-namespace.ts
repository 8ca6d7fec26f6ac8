/** A namespace that is closed until somebody opens it. */
import { Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { checkNamespace, draftOwnership, type Ownership } from '../domain/names';
import type { PlatformProfile } from '../domain/platform-profile';
import { Findings, formatProblem } from '../domain/problem';
import { k8s } from '../kube/k8s';
import { ownershipLabels } from '../kube/labels';
import { count } from '../kube/quantity';
import { report } from '../kube/report';
import { PoolClaims } from './pool-claims';

/** What `gpuQuota` limits, beside every resource that is claimed. */
const DEFAULT_RESOURCE = 'nvidia.com/gpu';

/** Props of {@link InferenceNamespace}. */
export interface InferenceNamespaceProps {
  /** @default the construct id */
  readonly name?: string;
  readonly ownership: Ownership;
  /** The cluster; Pod Security is pinned to its version. */
  readonly platform: PlatformProfile;
  /** GPUs that all pods of the namespace may hold. @default twice what is placed in it, as pods that are ending count too */
  readonly gpuQuota?: number;
}

/**
 * A namespace under Pod Security *restricted* (enforced, audited and warned, pinned to the cluster's version), with a
 * policy that denies all traffic and a quota on GPUs.
 *
 * Errors: WP-NAME-003, WP-COST-001, WP-NS-001, WP-NS-002.
 *
 * @example
 * const namespace = new InferenceNamespace(chart, 'chat', { ownership, platform });
 */
export class InferenceNamespace extends Construct {
  /** Name of the namespace. */
  readonly name: string;

  constructor(scope: Construct, id: string, props: InferenceNamespaceProps) {
    super(scope, id);
    this.name = props.name ?? id;

    const findings = new Findings();
    checkNamespace(findings, 'name', this.name);
    if (props.gpuQuota !== undefined && !(Number.isInteger(props.gpuQuota) && props.gpuQuota >= 0)) {
      findings.error('WP-NS-001', 'gpuQuota', props.gpuQuota, {
        message: 'this is no number of GPUs',
        allowed: 'a whole number, 0 or more',
        fix: 'leave it out',
      });
    }
    const ownership = findings.adopt(draftOwnership(props.ownership));
    report(this, findings.problems);
    if (findings.hasErrors || ownership === undefined) return;

    this.drawNamespace(ownership, props.platform);
    new k8s.KubeNetworkPolicy(this, 'default-deny', {
      metadata: { name: 'default-deny', namespace: this.name, labels: ownershipLabels(ownership) },
      spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
    });
    this.drawQuota(ownership, props.gpuQuota);
  }

  private drawNamespace(ownership: Ownership, platform: PlatformProfile): void {
    const version = `v${platform.kubernetes}`;
    const modes = ['enforce', 'audit', 'warn'].flatMap((mode) => [
      [`pod-security.kubernetes.io/${mode}`, 'restricted'],
      [`pod-security.kubernetes.io/${mode}-version`, version],
    ]);
    new k8s.KubeNamespace(this, 'namespace', {
      metadata: { name: this.name, labels: { ...ownershipLabels(ownership), ...Object.fromEntries(modes) } },
    });
  }

  private drawQuota(ownership: Ownership, asked: number | undefined): void {
    const claims = PoolClaims.of(this);
    const hard = () => {
      const claimed = claims.gpusOf(this.name);
      const gpus =
        asked === undefined ? claimed : new Map([DEFAULT_RESOURCE, ...claimed.keys()].map((key) => [key, asked]));
      return Object.fromEntries([...gpus].map(([resource, amount]) => [`requests.${resource}`, count(amount)]));
    };
    new k8s.KubeResourceQuota(this, 'gpus', {
      metadata: { name: 'gpus', namespace: this.name, labels: ownershipLabels(ownership) },
      // Read when everybody has claimed.
      spec: Lazy.any({ produce: () => ({ hard: hard() }) }),
    });
    const empty = () => !claims.isExpected(this.name);
    this.node.addValidation({ validate: () => this.quotaProblems(asked, claims.gpusOf(this.name), empty()) });
  }

  private quotaProblems(asked: number | undefined, claimed: ReadonlyMap<string, number>, empty: boolean): string[] {
    const findings = new Findings();
    if (asked === undefined && empty) {
      findings.error('WP-NS-001', 'gpuQuota', undefined, {
        message: `nothing in this app asks for GPUs in '${this.name}', so no quota can be computed`,
        allowed: 'a number of GPUs, 0 for none',
        fix: 'set gpuQuota, or build the namespace in the app of its services',
      });
    }
    for (const [resource, gpus] of claimed) {
      if (asked === undefined || asked >= gpus) continue;
      findings.error('WP-NS-001', 'gpuQuota', asked, {
        message: `what is placed in '${this.name}' takes ${gpus} ${resource} at the most, pods that are ending included`,
        allowed: `${gpus} or more`,
        fix: 'raise it, or leave it out',
      });
    }
    return findings.problems.map(formatProblem);
  }
}
