/** What a program learns from the cloud that it has made, whichever it is. */
import type { Input, Output, Resource } from '@pulumi/pulumi';

/** The cloud of an environment. */
export interface CloudEnvironment {
  /** Id of the cluster, as the cloud writes it. */
  readonly clusterId: Output<string>;
  /** Ids of the pools beside the first system pool, by name. */
  readonly poolIds: Readonly<Record<string, Output<string>>>;
  /** What pods have to ask for, by workload. */
  readonly identityIds: Readonly<Record<string, Output<string>>>;
  /** How a person gets at the cluster. */
  readonly kubeconfigCommand: string;
  /** What deletes the cluster deletes everything in it. */
  readonly cluster: Resource;
  /** How the program gets at it: text or a path. A secret. Asked of the cloud when it is called. */
  kubeconfig(): Input<string>;
}
