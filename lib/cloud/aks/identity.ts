/** What Azure knows a workload by, and what an identity may do. */
import { RoleAssignment } from '@pulumi/azure-native/authorization';
import { FederatedIdentityCredential, UserAssignedIdentity } from '@pulumi/azure-native/managedidentity';
import {
  ComponentResource,
  type ComponentResourceOptions,
  type Input,
  type Output,
  output,
  type Resource,
} from '@pulumi/pulumi';
import { type CloudIdentityPlan, serviceAccountSubject } from '../../domain/cloud-plan';
import type { CloudTags } from '../../domain/cloud-tags';

/** Who may exchange the token (Azure/azure-workload-identity: the audience that Entra asks for). */
const AUDIENCE = 'api://AzureADTokenExchange';

/** Props of {@link AksWorkloadIdentity}. */
export interface AksWorkloadIdentityProps {
  readonly plan: CloudIdentityPlan;
  readonly resourceGroupName: Input<string>;
  readonly location: string;
  /** Who signs the tokens of the cluster's ServiceAccounts. */
  readonly oidcIssuerUrl: Input<string>;
  /** Name of the cluster: identities of several may stand in one group. */
  readonly clusterName: string;
  readonly tags: CloudTags;
}

/**
 * A managed identity that trusts the tokens of one ServiceAccount. Its client id belongs into the environment
 * (`identity: WorkloadIdentity.azure({ clientId })`), so that pods ask for it.
 *
 * @example
 * new AksWorkloadIdentity('chat', { plan, resourceGroupName, location, oidcIssuerUrl, clusterName, tags });
 */
export class AksWorkloadIdentity extends ComponentResource {
  /** Token. */
  static readonly type = 'warmpath:aks:AksWorkloadIdentity';

  /** What pods ask for. */
  readonly clientId: Output<string>;
  /** What rights are given to. */
  readonly principalId: Output<string>;

  constructor(name: string, props: AksWorkloadIdentityProps, options?: ComponentResourceOptions) {
    super(AksWorkloadIdentity.type, name, {}, options);
    const { plan, resourceGroupName, location, oidcIssuerUrl, clusterName, tags } = props;
    const identity = new UserAssignedIdentity(
      name,
      { resourceGroupName, location, resourceName: `${clusterName}-${plan.name}`, tags: { ...tags } },
      { parent: this },
    );
    new FederatedIdentityCredential(
      name,
      {
        resourceGroupName,
        resourceName: identity.name,
        federatedIdentityCredentialResourceName: plan.name,
        issuer: oidcIssuerUrl,
        subject: serviceAccountSubject(plan),
        audiences: [AUDIENCE],
      },
      { parent: this },
    );
    this.clientId = identity.clientId;
    this.principalId = identity.principalId;
    this.registerOutputs({ clientId: this.clientId });
  }
}

/** What is given to whom, on what. */
export interface RoleProps {
  /** Id of a role definition, the same in every tenant. */
  readonly role: string;
  /** Object id of a managed identity. */
  readonly principalId: Input<string>;
  /** Resource id. */
  readonly scope: Input<string>;
}

/** Assigns a role; Azure is told that the principal is new, or it would look for it too early. */
export function assignRole(name: string, { role, principalId, scope }: RoleProps, parent: Resource): RoleAssignment {
  const subscription = output(scope).apply((id) => id.split('/').slice(0, 3).join('/'));
  const roleDefinitionId = subscription.apply(
    (id) => `${id}/providers/Microsoft.Authorization/roleDefinitions/${role}`,
  );
  return new RoleAssignment(
    name,
    { principalId, principalType: 'ServicePrincipal', roleDefinitionId, scope },
    // An assignment cannot be changed, and a second one of the same role on the same scope is refused.
    { parent, deleteBeforeReplace: true },
  );
}
