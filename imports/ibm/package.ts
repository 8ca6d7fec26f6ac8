/** The package `ibm` as the engine is told of it, and what the classes of this folder share. See README.md. */
import * as pulumi from '@pulumi/pulumi';

/** Every version of this package, and the parameter by which `terraform-provider` knows which provider it is to be. */
export const PACKAGE = {
  name: 'ibm',
  /** Of the Terraform provider `ibm-cloud/ibm`. */
  version: '2.5.0',
  /** The plugin that bridges any Terraform provider. Its newest tag when this was written. */
  baseProvider: { name: 'terraform-provider', version: '1.1.3' },
  /**
   * What `pulumi package add terraform-provider ibm-cloud/ibm 2.5.0` registers: JSON with `remote.url`, the address of the provider in
   * OpenTofu's registry, and `remote.version`. No `includes`, so that a program which adds the whole SDK has one package, not two.
   */
  base64Parameter:
    'eyJyZW1vdGUiOnsidXJsIjoicmVnaXN0cnkub3BlbnRvZnUub3JnL2libS1jbG91ZC9pYm0iLCJ2ZXJzaW9uIjoiMi41LjAifX0=',
} as const;

/**
 * Registers the package; the SDK does so once per deployment.
 * @throws when the engine is too old for parameterised packages
 */
export function getPackage(): Promise<string> {
  return pulumi.runtime.registerPackage({
    baseProviderName: PACKAGE.baseProvider.name,
    baseProviderVersion: PACKAGE.baseProvider.version,
    baseProviderDownloadUrl: '',
    packageName: PACKAGE.name,
    packageVersion: PACKAGE.version,
    base64Parameter: PACKAGE.base64Parameter,
  });
}

/** The properties of a resource, by what becomes of them. */
export interface PropertyNames {
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /** Arguments that are secrets, among the above. */
  readonly secret?: readonly string[];
  /** Known only from the cloud. */
  readonly outputs: readonly string[];
  /** Outputs that are secrets. */
  readonly secretOutputs?: readonly string[];
}

/**
 * What a generated constructor hands to the engine: all of the state when a resource is read by its id, else the arguments, and the
 * outputs as undefined, so that they are properties of the object.
 * @throws when a required argument is missing
 */
export function resourceInputs(args: object | undefined, names: PropertyNames, opts?: pulumi.CustomResourceOptions) {
  const given = (args ?? {}) as pulumi.Inputs;
  const inputs: pulumi.Inputs = {};
  for (const name of names.required) {
    if (given[name] === undefined && !opts?.id && !opts?.urn) throw new Error(`Missing required property '${name}'`);
  }
  for (const name of [...names.required, ...names.optional]) {
    const value = given[name];
    inputs[name] = names.secret?.includes(name) && value !== undefined ? pulumi.secret(value) : value;
  }
  for (const name of names.outputs) inputs[name] = opts?.id ? given[name] : undefined;
  return inputs;
}

/** The options of the user, with the version of the package and the outputs that are secrets. */
export function resourceOptions(
  names: PropertyNames,
  opts?: pulumi.CustomResourceOptions,
): pulumi.CustomResourceOptions {
  const versioned = pulumi.mergeOptions({ version: PACKAGE.version }, opts ?? {});
  const secrets = names.secretOutputs;
  return secrets ? pulumi.mergeOptions(versioned, { additionalSecretOutputs: [...secrets] }) : versioned;
}

/** Whether the object is a resource of the type, of this copy of the module or another. */
export function isResource(object: unknown, type: string): boolean {
  return object !== null && typeof object === 'object' && (object as { __pulumiType?: unknown }).__pulumiType === type;
}
