import * as pulumi from '@pulumi/pulumi';
import { getPackage, PACKAGE } from './package';

export interface GetResourceGroupArgs {
  /** Name. */
  readonly name?: string;
  /** The default group of the account. */
  readonly isDefault?: boolean;
  /** Id. */
  readonly id?: string;
}

export interface GetResourceGroupOutputArgs {
  /** Name. */
  readonly name?: pulumi.Input<string>;
  /** The default group of the account. */
  readonly isDefault?: pulumi.Input<boolean>;
  /** Id. */
  readonly id?: pulumi.Input<string>;
}

export interface GetResourceGroupResult {
  /** Name. */
  readonly name: string;
  /** The default group of the account. */
  readonly isDefault: boolean;
  /** Id. */
  readonly id: string;
  /** CRN of the resource. */
  readonly crn: string;
  /** State in the words of the service. */
  readonly state: string;
  /** Id of the account. */
  readonly accountId: string;
  /** Id of the quota. */
  readonly quotaId: string;
}

const TOKEN = 'ibm:index/getResourceGroup:getResourceGroup';

/** Finds a resource group by exactly one of the arguments. */
export function getResourceGroup(
  args: GetResourceGroupArgs = {},
  opts?: pulumi.InvokeOptions,
): Promise<GetResourceGroupResult> {
  return pulumi.runtime.invoke(TOKEN, { ...args }, { version: PACKAGE.version, ...opts }, getPackage());
}

/** Finds a resource group by exactly one of the arguments. */
export function getResourceGroupOutput(
  args: GetResourceGroupOutputArgs = {},
  opts?: pulumi.InvokeOutputOptions,
): pulumi.Output<GetResourceGroupResult> {
  return pulumi.runtime.invokeOutput(TOKEN, { ...args }, { version: PACKAGE.version, ...opts }, getPackage());
}
