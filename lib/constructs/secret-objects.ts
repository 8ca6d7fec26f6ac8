/** Objects that make secrets exist, drawn once in a namespace however many workloads use them. */
import { ApiObject } from 'cdk8s';
import { Construct, type IConstruct } from 'constructs';
import type { Ownership } from '../domain/names';
import { Findings } from '../domain/problem';
import type { SecretObject } from '../domain/secret-objects';
import type { SecretClaim, SecretPlan } from '../domain/secret-plan';
import { ownershipLabels } from '../kube/labels';
import { report } from '../kube/report';

const ID = 'SecretClaims';

interface Claimed {
  readonly claimant: string;
  readonly origin: string;
}

/** The one register of an app: how each secret of a namespace comes to exist. */
class SecretClaims extends Construct {
  static of(scope: IConstruct): SecretClaims {
    const { root } = scope.node;
    const existing = root.node.tryFindChild(ID);
    return existing === undefined ? new SecretClaims(root as Construct, ID) : (existing as SecretClaims);
  }

  private readonly claimed = new Map<string, Claimed>();

  /** Whether the claimant is the first, who draws; another origin of the same secret is reported on the claimant. */
  isFirst(scope: IConstruct, namespace: string, { secretName, origin }: SecretClaim): boolean {
    const key = `${namespace}/${secretName}`;
    const before = this.claimed.get(key);
    if (before === undefined) {
      this.claimed.set(key, { claimant: scope.node.path, origin });
      return true;
    }
    if (before.origin !== origin) {
      const findings = new Findings();
      findings.error('WP-SEC-010', `secrets['${secretName}']`, secretName, {
        message: `${before.claimant} says otherwise how this secret of '${namespace}' comes to exist, and the one written last wins`,
        allowed: 'one source for each secret of a namespace',
        fix: 'hand both workloads the same source, or rename one of the secrets',
      });
      report(scope, findings.problems);
    }
    return false;
  }
}

function draw(
  scope: Construct,
  namespace: string,
  { apiVersion, kind, name, annotations, spec }: SecretObject,
  labels: Record<string, string>,
): void {
  const metadata = { name, namespace, labels, ...(Object.keys(annotations).length > 0 && { annotations }) };
  new ApiObject(scope, `${kind}-${name}`, { apiVersion, kind, metadata, spec });
}

/** Draws what the secrets of a workload need, unless another workload of the namespace has. */
export function drawSecretObjects(
  scope: Construct,
  namespace: string,
  ownership: Ownership,
  { claims }: SecretPlan,
): void {
  const register = SecretClaims.of(scope);
  for (const claim of claims) {
    const first = register.isFirst(scope, namespace, claim);
    if (first && claim.object !== undefined) draw(scope, namespace, claim.object, ownershipLabels(ownership));
  }
}
