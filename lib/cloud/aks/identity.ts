/** What Azure knows a workload by. */
import { FederatedIdentityCredential, UserAssignedIdentity } from '@pulumi/azure-native/managedidentity';
import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from '@pulumi/pulumi';
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
