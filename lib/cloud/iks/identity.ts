/** What IBM Cloud knows a workload by. */
import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from '@pulumi/pulumi';
import { IamTrustedProfile, IamTrustedProfileLink } from '../../../imports/ibm';
import type { CloudIdentityPlan } from '../../domain/cloud-plan';

/** Props of {@link IksWorkloadIdentity}. */
export interface IksWorkloadIdentityProps {
  readonly plan: CloudIdentityPlan;
  readonly clusterName: string;
  readonly clusterCrn: Input<string>;
}

/**
 * A trusted profile that one ServiceAccount of one cluster takes on. Its id belongs into the environment
 * (`identity: WorkloadIdentity.ibmTrustedProfile({ profileId, services })`), so that pods ask for it.
 *
 * @example
 * new IksWorkloadIdentity('chat', { plan, clusterName, clusterCrn });
 */
export class IksWorkloadIdentity extends ComponentResource {
  /** Token. */
  static readonly type = 'warmpath:iks:IksWorkloadIdentity';

  /** What pods ask for: 'Profile-' and a GUID. */
  readonly profileId: Output<string>;
  /** What rights are given to. */
  readonly iamId: Output<string>;

  constructor(name: string, props: IksWorkloadIdentityProps, options?: ComponentResourceOptions) {
    super(IksWorkloadIdentity.type, name, {}, options);
    const { plan, clusterName, clusterCrn } = props;
    const profile = new IamTrustedProfile(
      name,
      {
        name: `${clusterName}-${plan.name}`,
        description: `pods of ServiceAccount ${plan.namespace}/${plan.serviceAccount} of ${clusterName}`,
      },
      { parent: this },
    );
    new IamTrustedProfileLink(
      name,
      {
        profileId: profile.id,
        crType: 'IKS_SA',
        name: plan.name,
        link: { crn: clusterCrn, namespace: plan.namespace, name: plan.serviceAccount },
      },
      // The provider changes no link, and sees only a change of its other arguments.
      { parent: this, replaceOnChanges: ['link'], deleteBeforeReplace: true },
    );
    this.profileId = profile.id;
    this.iamId = profile.iamId;
    this.registerOutputs({ profileId: this.profileId });
  }
}
