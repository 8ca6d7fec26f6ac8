import * as pulumi from '@pulumi/pulumi';
import { getPackage, PACKAGE } from './package';

export interface ProviderArgs {
  /** API key; the environment's `IC_API_KEY` when left out. The provider does not call it secret: it is made one here. */
  readonly ibmcloudApiKey?: pulumi.Input<string>;
  /** Region, such as `us-south`. */
  readonly region?: pulumi.Input<string>;
  /** Id of the resource group of whatever names none. @default the default group of the account */
  readonly resourceGroup?: pulumi.Input<string>;
  /** Endpoints of the services: `public`, `private` or `public-and-private`. @default public */
  readonly visibility?: pulumi.Input<string>;
}

/** An account, a region and a resource group; for programs that need more than the configuration `ibm:` says. */
export class Provider extends pulumi.ProviderResource {
  declare readonly ibmcloudApiKey: pulumi.Output<string | undefined>;
  declare readonly region: pulumi.Output<string | undefined>;
  declare readonly resourceGroup: pulumi.Output<string | undefined>;
  declare readonly visibility: pulumi.Output<string | undefined>;

  constructor(name: string, args: ProviderArgs = {}, opts?: pulumi.ResourceOptions) {
    const { ibmcloudApiKey, region, resourceGroup, visibility } = args;
    const inputs = {
      ibmcloudApiKey: ibmcloudApiKey === undefined ? undefined : pulumi.secret(ibmcloudApiKey),
      region,
      resourceGroup,
      visibility,
    };
    const defaults = { version: PACKAGE.version, additionalSecretOutputs: ['ibmcloudApiKey'] };
    super(PACKAGE.name, name, inputs, pulumi.mergeOptions(defaults, opts ?? {}), false, getPackage());
  }
}
