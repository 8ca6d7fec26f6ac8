import * as pulumi from '@pulumi/pulumi';
import { getPackage, PACKAGE } from './package';

export interface GetSatelliteAttachHostScriptArgs {
  /** Name or id of the Satellite location. */
  readonly location: string;
  /** Cloud of the host: `aws`, `azure`, `google` or `ibm`. */
  readonly hostProvider?: string;
  /** Commands that come before the attachment. */
  readonly customScript?: string;
  /** Labels of the host, `key:value`. */
  readonly labels?: string[];
  /** An ignition file for RHCOS instead of a script for RHEL. */
  readonly coreosHost?: boolean;
  /** Folder that the file goes to. @default the home of the user */
  readonly scriptDir?: string;
  /** Endpoint of the link agent, for fewer firewall rules. */
  readonly hostLinkAgentEndpoint?: string;
}

export interface GetSatelliteAttachHostScriptOutputArgs {
  /** Name or id of the Satellite location. */
  readonly location: pulumi.Input<string>;
  /** Cloud of the host: `aws`, `azure`, `google` or `ibm`. */
  readonly hostProvider?: pulumi.Input<string>;
  /** Commands that come before the attachment. */
  readonly customScript?: pulumi.Input<string>;
  /** Labels of the host, `key:value`. */
  readonly labels?: pulumi.Input<pulumi.Input<string>[]>;
  /** An ignition file for RHCOS instead of a script for RHEL. */
  readonly coreosHost?: pulumi.Input<boolean>;
  /** Folder that the file goes to. @default the home of the user */
  readonly scriptDir?: pulumi.Input<string>;
  /** Endpoint of the link agent, for fewer firewall rules. */
  readonly hostLinkAgentEndpoint?: pulumi.Input<string>;
}

export interface GetSatelliteAttachHostScriptResult {
  readonly id: string;
  /** Name or id of the Satellite location. */
  readonly location: string;
  /** Folder that the file goes to. @default the home of the user */
  readonly scriptDir: string;
  /** The script. It holds a key to the location: keep it secret. */
  readonly hostScript: string;
  /** Path of the file. */
  readonly scriptPath: string;
  /** Description of the location. */
  readonly description: string;
}

const TOKEN = 'ibm:index/getSatelliteAttachHostScript:getSatelliteAttachHostScript';

/** Gets the script that attaches a host to a Satellite location, for exactly one of `hostProvider` and `customScript`. */
export function getSatelliteAttachHostScript(
  args: GetSatelliteAttachHostScriptArgs,
  opts?: pulumi.InvokeOptions,
): Promise<GetSatelliteAttachHostScriptResult> {
  return pulumi.runtime.invoke(TOKEN, { ...args }, { version: PACKAGE.version, ...opts }, getPackage());
}

/** Gets the script that attaches a host to a Satellite location, for exactly one of `hostProvider` and `customScript`. */
export function getSatelliteAttachHostScriptOutput(
  args: GetSatelliteAttachHostScriptOutputArgs,
  opts?: pulumi.InvokeOutputOptions,
): pulumi.Output<GetSatelliteAttachHostScriptResult> {
  return pulumi.runtime.invokeOutput(TOKEN, { ...args }, { version: PACKAGE.version, ...opts }, getPackage());
}
