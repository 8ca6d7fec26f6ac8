/** A bucket of Cloud Object Storage for weights. */
import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from '@pulumi/pulumi';
import { CosBucket, IamTrustedProfilePolicy, ResourceInstance, ResourceKey } from '../../../imports/ibm';
import type { ModelStorePlan } from '../../domain/model-store';

/** Service and plan as IBM's catalogue spells them (terraform-provider-ibm docs, cos_bucket). */
const COS = { service: 'cloud-object-storage', plan: 'standard', location: 'global' } as const;

/** IAM roles of Cloud Object Storage (ibm-cloud-docs/cloud-object-storage iam-bucket-permissions): object data, no settings. */
const ROLES = { read: 'Object Reader', write: 'Object Writer' } as const;

/** Props of {@link IksModelStore}. */
export interface IksModelStoreProps {
  readonly plan: ModelStorePlan;
  /** Name of the cluster; the instance of the service bears it. */
  readonly clusterName: string;
  /** Region of the bucket; it is kept in all zones of it. */
  readonly region: string;
  readonly resourceGroupId?: string;
  readonly tags: readonly string[];
}

/**
 * An instance of Cloud Object Storage, a bucket, and a key with HMAC for mounts that know no trusted profile. The key's
 * parts are secrets in the state.
 *
 * @example
 * new IksModelStore('prod-iks', { plan, clusterName, region: 'us-south', tags });
 */
export class IksModelStore extends ComponentResource {
  /** Token. */
  static readonly type = 'warmpath:iks:IksModelStore';

  /** CRN of the bucket. */
  readonly id: Output<string>;
  /** Key of the bucket for S3, by name of its parts. A secret. */
  readonly credentials: Output<Readonly<Record<string, string>>>;
  private readonly instanceGuid: Output<string>;
  private readonly bucketName: string;

  constructor(name: string, props: IksModelStoreProps, options?: ComponentResourceOptions) {
    super(IksModelStore.type, name, {}, options);
    const { plan, clusterName, region, resourceGroupId } = props;
    const tags = [...props.tags];
    const instance = new ResourceInstance(name, { name: clusterName, ...COS, resourceGroupId, tags }, { parent: this });
    const bucket = new CosBucket(
      name,
      {
        bucketName: plan.name,
        resourceInstanceId: instance.id,
        regionLocation: region,
        // Weights are read at every start, whenever that is.
        storageClass: 'smart',
      },
      { parent: this },
    );
    const key = new ResourceKey(
      name,
      { name: clusterName, resourceInstanceId: instance.id, role: 'Reader', parameters: { HMAC: 'true' } },
      { parent: this },
    );
    this.id = bucket.crn;
    this.credentials = key.credentials;
    this.instanceGuid = instance.guid;
    this.bucketName = plan.name;
    this.registerOutputs({ id: this.id });
  }

  /** Lets a trusted profile read, or write, what is in the bucket. */
  grant(name: string, iamId: Input<string>, right: 'read' | 'write'): void {
    new IamTrustedProfilePolicy(
      `${name}-model-store`,
      {
        iamId,
        roles: right === 'read' ? [ROLES.read] : [ROLES.read, ROLES.write],
        resources: {
          service: COS.service,
          resourceInstanceId: this.instanceGuid,
          resourceType: 'bucket',
          resource: this.bucketName,
        },
      },
      { parent: this },
    );
  }
}
