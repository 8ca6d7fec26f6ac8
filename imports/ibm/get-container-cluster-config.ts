import * as pulumi from '@pulumi/pulumi';
import { getPackage, PACKAGE } from './package';

export interface GetContainerClusterConfigArgs {
  /** Name or id of the cluster. */
  readonly clusterNameId: string;
  /** Id of the resource group. @default that of the provider */
  readonly resourceGroupId?: string;
  /** Certificates of an administrator instead of a token. @default false */
  readonly admin?: boolean;
  /** Also the configuration of Calico. @default false */
  readonly network?: boolean;
  /** Folder that the files go to. @default the home of the user */
  readonly configDir?: string;
  /** Write the files. @default true */
  readonly download?: boolean;
  /** `private` or `link`. @default the public endpoint */
  readonly endpointType?: string;
}

export interface GetContainerClusterConfigOutputArgs {
  /** Name or id of the cluster. */
  readonly clusterNameId: pulumi.Input<string>;
  /** Id of the resource group. @default that of the provider */
  readonly resourceGroupId?: pulumi.Input<string>;
  /** Certificates of an administrator instead of a token. @default false */
  readonly admin?: pulumi.Input<boolean>;
  /** Also the configuration of Calico. @default false */
  readonly network?: pulumi.Input<boolean>;
  /** Folder that the files go to. @default the home of the user */
  readonly configDir?: pulumi.Input<string>;
  /** Write the files. @default true */
  readonly download?: pulumi.Input<boolean>;
  /** `private` or `link`. @default the public endpoint */
  readonly endpointType?: pulumi.Input<string>;
}

export interface GetContainerClusterConfigResult {
  readonly id: string;
  /** Name or id of the cluster. */
  readonly clusterNameId: string;
  /** Certificates of an administrator instead of a token. @default false */
  readonly admin: boolean;
  /** Also the configuration of Calico. @default false */
  readonly network: boolean;
  /** Folder that the files go to. @default the home of the user */
  readonly configDir: string;
  /** Write the files. @default true */
  readonly download: boolean;
  /** Path of the kubeconfig. */
  readonly configFilePath: string;
  /** URL of the API server. */
  readonly host: string;
  /** Certificate of the authority, PEM. Sensitive. */
  readonly caCertificate: string;
  /** Certificate of the administrator, PEM, with `admin`. Sensitive. */
  readonly adminCertificate: string;
  /** Key of the administrator, PEM, with `admin`. Sensitive. */
  readonly adminKey: string;
  /** Token of whoever runs the program. Sensitive. */
  readonly token: string;
  /** Path of the configuration of Calico, with `network`. */
  readonly calicoConfigFilePath: string;
}

const TOKEN = 'ibm:index/getContainerClusterConfig:getContainerClusterConfig';

/** Gets the credentials of a cluster: writes a kubeconfig and returns its path, and the parts of one. */
export function getContainerClusterConfig(
  args: GetContainerClusterConfigArgs,
  opts?: pulumi.InvokeOptions,
): Promise<GetContainerClusterConfigResult> {
  return pulumi.runtime.invoke(TOKEN, { ...args }, { version: PACKAGE.version, ...opts }, getPackage());
}

/** Gets the credentials of a cluster: writes a kubeconfig and returns its path, and the parts of one. */
export function getContainerClusterConfigOutput(
  args: GetContainerClusterConfigOutputArgs,
  opts?: pulumi.InvokeOutputOptions,
): pulumi.Output<GetContainerClusterConfigResult> {
  return pulumi.runtime.invokeOutput(TOKEN, { ...args }, { version: PACKAGE.version, ...opts }, getPackage());
}
