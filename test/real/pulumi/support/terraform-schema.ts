/** The vendored schema of the IBM Cloud provider, under the names that the Terraform bridge gives to it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** An argument as `vendor/ibm/extract.mjs` writes it. */
export interface Argument {
  readonly type: 'string' | 'int' | 'float' | 'bool' | 'list' | 'set' | 'map';
  readonly elem?: Argument | { readonly block: Block };
  readonly required?: boolean;
  readonly optional?: boolean;
  readonly computed?: boolean;
  readonly forceNew?: boolean;
  readonly sensitive?: boolean;
  readonly deprecated?: boolean;
  readonly default?: string | number | boolean;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly conflictsWith?: readonly string[];
  readonly requiredWith?: readonly string[];
  readonly exactlyOneOf?: readonly string[];
  readonly atLeastOneOf?: readonly string[];
  readonly allowed?: readonly string[];
  readonly ignoreCase?: boolean;
  readonly pattern?: string;
  readonly min?: number;
  readonly max?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  /** A check that is code, by its name. */
  readonly validator?: string;
  /** The function that suppresses a difference, by its name. */
  readonly diffSuppress?: string;
}

/** Arguments by their Terraform names. */
export type Block = Readonly<Record<string, Argument>>;

export interface Described {
  readonly kind: 'resource' | 'data';
  /** False when the provider has no update, so that it fails on any change that does not replace. */
  readonly updates?: boolean;
  readonly arguments: Block;
}

interface Schema {
  readonly version: string;
  readonly provider: Block;
  readonly resources: Readonly<Record<string, Described>>;
  readonly dataSources: Readonly<Record<string, Described>>;
}

export const SCHEMA: Schema = JSON.parse(readFileSync(join(__dirname, '../vendor/ibm/schema.json'), 'utf8'));

/** A property of Pulumi and the argument that it stands for. */
export interface Property {
  readonly name: string;
  readonly terraformName: string;
  readonly argument: Argument;
}

const camelCase = (name: string): string => name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** What `inflector.Pluralize` makes of the names of this schema; it leaves what ends in `s`. */
const plural = (name: string): string =>
  name.endsWith('s') ? name : /[^aeiou]y$/.test(name) ? `${name.slice(0, -1)}ies` : `${name}s`;

/** Lists and sets of at most one element become that element (`MaxItemsOne` of the bridge). */
export const isFlattened = ({ type, maxItems }: Argument): boolean =>
  (type === 'list' || type === 'set') && maxItems === 1;

/** `terraformToPulumiName` of pulumi-terraform-bridge, `pkg/tfbridge/internal/naming/naming.go`. */
function propertyName(name: string, argument: Argument, block: Block): string {
  const isPlural = (argument.type === 'list' || argument.type === 'set') && !isFlattened(argument);
  const candidate = isPlural ? plural(name) : name;
  return camelCase(candidate !== name && candidate in block ? name : candidate);
}

export function propertiesOf(block: Block): readonly Property[] {
  return Object.entries(block).map(([terraformName, argument]) => ({
    name: propertyName(terraformName, argument, block),
    terraformName,
    argument,
  }));
}

export function propertyOf(block: Block, name: string): Property | undefined {
  return propertiesOf(block).find((property) => property.name === name);
}

/** The bridge makes up a top-level `name` that is left out (`SetAutonaming` in its `dynamic/info.go`). */
export const isAutoNamed = ({ terraformName, argument }: Property): boolean =>
  terraformName === 'name' && argument.type === 'string' && (argument.required || argument.optional) === true;

const withoutPrefix = (terraformName: string): string => camelCase(terraformName.replace(/^ibm_/, ''));
const capitalised = (name: string): string => `${name.charAt(0).toUpperCase()}${name.slice(1)}`;

/** Such as `ibm:index/isVpc:IsVpc`. */
export function resourceToken(terraformName: string): string {
  const name = withoutPrefix(terraformName);
  return `ibm:index/${name}:${capitalised(name)}`;
}

/** Such as `ibm:index/getResourceGroup:getResourceGroup`. */
export function functionToken(terraformName: string): string {
  const name = `get${capitalised(withoutPrefix(terraformName))}`;
  return `ibm:index/${name}:${name}`;
}
