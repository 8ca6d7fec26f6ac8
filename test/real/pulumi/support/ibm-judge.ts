/** Judges inputs as the IBM Cloud provider would, by the vendor's schema alone. */
import { BlockList, isIP } from 'node:net';
import { type Failure, type Properties, UNKNOWN } from './behaviour';
import {
  type Argument,
  type Block,
  type Described,
  functionToken,
  isAutoNamed,
  isFlattened,
  propertiesOf,
  propertyOf,
  resourceToken,
  SCHEMA,
} from './terraform-schema';
import { isRecord } from './wire';

const RESOURCES: ReadonlyMap<string, Described> = new Map(
  Object.entries(SCHEMA.resources).map(([name, described]) => [resourceToken(name), described]),
);
const FUNCTIONS: ReadonlyMap<string, Described> = new Map(
  Object.entries(SCHEMA.dataSources).map(([name, described]) => [functionToken(name), described]),
);

export const resource = (token: string): Described | undefined => RESOURCES.get(token);
export const dataSource = (token: string): Described | undefined => FUNCTIONS.get(token);

/** What is wrong with the inputs of a resource. */
export function judge(token: string, inputs: Properties): readonly Failure[] {
  const described = RESOURCES.get(token);
  if (!described) return [['', `the provider has no resource ${token}, or none that is vendored`]];
  return judgeBlock(described.arguments, inputs, '', true);
}

/** What is wrong with the arguments of a function. */
export function judgeInvoke(token: string, args: Properties): readonly Failure[] {
  const described = FUNCTIONS.get(token);
  if (!described) return [['', `the provider has no function ${token}, or none that is vendored`]];
  return judgeBlock(described.arguments, args, '', false);
}

/** What is wrong with the configuration of the provider, whose numbers and booleans travel as JSON. */
export function judgeConfiguration(configuration: Properties): readonly Failure[] {
  const { version: _, ...given } = configuration;
  return judgeBlock(SCHEMA.provider, given, '', false);
}

function judgeBlock(block: Block, given: Properties, at: string, named: boolean): readonly Failure[] {
  const path = (name: string) => (at === '' ? name : `${at}.${name}`);
  const failures: Failure[] = [];
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || value === null) continue;
    const argument = propertyOf(block, name)?.argument;
    if (!argument) failures.push([path(name), `an argument named "${name}" is not expected here`]);
    else if (!argument.required && !argument.optional)
      failures.push([path(name), 'its value is decided by the provider and cannot be configured']);
    else failures.push(...judgeValue(argument, value, path(name)));
  }
  for (const property of propertiesOf(block)) {
    const missing = given[property.name] === undefined || given[property.name] === null;
    if (missing && property.argument.required && !(named && isAutoNamed(property)))
      failures.push([path(property.name), 'missing required argument']);
  }
  return [...failures, ...(at === '' ? judgeRelations(block, given) : [])];
}

/** Relations stand on top-level arguments only; those with an index in their path (`dns.0.…`) are not judged. */
function judgeRelations(block: Block, given: Properties): readonly Failure[] {
  const names = new Map(propertiesOf(block).map(({ terraformName, name }) => [terraformName, name]));
  const isGiven = (terraformName: string) => {
    const name = names.get(terraformName);
    return name !== undefined && given[name] !== undefined && given[name] !== null;
  };
  return propertiesOf(block).flatMap(({ name, terraformName, argument }): readonly Failure[] => {
    const failures: Failure[] = [];
    const exactlyOne = argument.exactlyOneOf;
    if (exactlyOne && exactlyOne[0] === terraformName && exactlyOne.filter(isGiven).length !== 1)
      failures.push([name, `exactly one of ${exactlyOne.join(', ')} must be given`]);
    const atLeastOne = argument.atLeastOneOf;
    if (atLeastOne && atLeastOne[0] === terraformName && !atLeastOne.some(isGiven))
      failures.push([name, `one of ${atLeastOne.join(', ')} must be given`]);
    if (!isGiven(terraformName)) return failures;
    for (const other of argument.conflictsWith ?? [])
      if (isGiven(other)) failures.push([name, `conflicts with ${names.get(other)}`]);
    for (const other of argument.requiredWith ?? [])
      if (!isGiven(other)) failures.push([name, `needs ${names.get(other)}`]);
    return failures;
  });
}

function judgeValue(argument: Argument, value: unknown, path: string): readonly Failure[] {
  if (value === UNKNOWN) return [];
  const { type } = argument;
  if (isFlattened(argument)) return judgeElement(argument, value, path);
  if (type === 'list' || type === 'set') {
    if (!Array.isArray(value)) return [[path, `a ${type} is wanted, not ${kindOf(value)}`]];
    return [
      ...(value.length > (argument.maxItems ?? value.length) ? tooMany(argument, path) : []),
      ...value.flatMap((element, index) => judgeElement(argument, element, `${path}[${index}]`)),
    ];
  }
  if (type === 'map') {
    if (!isRecord(value)) return [[path, `a map is wanted, not ${kindOf(value)}`]];
    return Object.entries(value).flatMap(([key, element]) =>
      judgeElement(argument, element, /^\w+$/.test(key) ? `${path}.${key}` : `${path}["${key}"]`),
    );
  }
  return judgePrimitive(argument, value, path);
}

const tooMany = (argument: Argument, path: string): readonly Failure[] => [[path, `at most ${argument.maxItems}`]];

/** An element of a collection. Those of a map are strings when the schema names no type. */
function judgeElement({ elem }: Argument, value: unknown, path: string): readonly Failure[] {
  if (value === UNKNOWN) return [];
  if (elem === undefined) return judgePrimitive({ type: 'string' }, value, path);
  if (!('block' in elem)) return judgeValue(elem, value, path);
  if (!isRecord(value)) return [[path, `an object is wanted, not ${kindOf(value)}`]];
  return judgeBlock(elem.block, value, path, false);
}

function judgePrimitive(argument: Argument, value: unknown, path: string): readonly Failure[] {
  const wanted = { string: 'string', bool: 'boolean', int: 'number', float: 'number' }[argument.type as 'string'];
  if (typeof value !== wanted) return [[path, `a ${wanted} is wanted, not ${kindOf(value)}`]];
  if (argument.type === 'int' && !Number.isInteger(value)) return [[path, 'a whole number is wanted']];
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = argument;
  if (typeof value === 'number' && (value < min || value > max)) return [[path, `between ${min} and ${max} is wanted`]];
  const problem = typeof value === 'string' ? problemOfText(argument, value) : problemOfFlag(argument, value);
  return problem === undefined ? [] : [[path, problem]];
}

function problemOfText(argument: Argument, value: string): string | undefined {
  const { allowed, ignoreCase, pattern, minLength = 0, maxLength = Number.POSITIVE_INFINITY, validator } = argument;
  const fold = (text: string) => (ignoreCase ? text.toLowerCase() : text);
  if (allowed && !allowed.some((one) => fold(one) === fold(value)))
    return `"${value}" is none of ${allowed.join(', ')}`;
  if (value.length < minLength || value.length > maxLength) return `${minLength} to ${maxLength} characters are wanted`;
  if (pattern && !new RegExp(pattern).test(value)) return `"${value}" does not match ${pattern}`;
  if (validator === 'validate.ValidateCIDRAddress' && !isCidr(value)) return `"${value}" is no CIDR`;
  return undefined;
}

/** `enable_secure_by_default` is the one boolean with code of its own: it can be only true. */
const problemOfFlag = ({ validator }: Argument, value: unknown): string | undefined =>
  validator === 'written in place' && value === false ? 'can be only true' : undefined;

function isCidr(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  if (rest.length > 0 || bits === undefined || !/^\d+$/.test(bits) || isIP(address) === 0) return false;
  try {
    new BlockList().addSubnet(address, Number(bits), isIP(address) === 6 ? 'ipv6' : 'ipv4');
    return true;
  } catch {
    return false;
  }
}

const kindOf = (value: unknown): string =>
  Array.isArray(value) ? 'a list' : isRecord(value) ? 'an object' : typeof value;

/**
 * Whether a change at the path replaces the object.
 *
 * `schema.go` of terraform-plugin-sdk 2.40.0 (`diffList`, `diffSet`, `diffMap`): an element that is no block takes `ForceNew` from its
 * collection; a field of a block has only its own, and the collection around it speaks for the number of its blocks.
 */
export function replaces(token: string, path: string): boolean {
  let block: Block | undefined = RESOURCES.get(token)?.arguments;
  let argument: Argument | undefined;
  for (const segment of path.split(/[.[\]"]+/).filter((one) => one !== '')) {
    if (block === undefined) break;
    if (argument !== undefined && !isFlattened(argument) && /^\d+$/.test(segment)) continue;
    argument = propertyOf(block, segment)?.argument;
    block = argument?.elem !== undefined && 'block' in argument.elem ? argument.elem.block : undefined;
  }
  return argument?.forceNew === true;
}
