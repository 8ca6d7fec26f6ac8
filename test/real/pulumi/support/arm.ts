import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ErrorObject, ValidateFunction } from 'ajv';
import Ajv from 'ajv-draft-04';
import { type SdkResource, type Shape, sdkResource } from './azure-sdk';
import { type Failure, type Properties, UNKNOWN } from './behaviour';
import { isRecord } from './wire';

type Schema = Readonly<Record<string, unknown>>;

/** A row of `vendor/azure-native.json`. */
export interface ResourceType {
  readonly arm: string;
  readonly path: string;
  readonly forceNew: readonly string[];
}

const VENDOR = join(__dirname, '../vendor');

const TYPES: Readonly<Record<string, ResourceType>> = (() => {
  const { $comment: _, ...types } = JSON.parse(readFileSync(join(VENDOR, 'azure-native.json'), 'utf8'));
  return types;
})();

/** Tokens that can be judged. */
export const resourceTypes: readonly string[] = Object.keys(TYPES);

export const resourceType = (token: string): ResourceType | undefined => TYPES[token];

/** Names that the SDK takes from `x-ms-client-name` of the specification (Azure/azure-rest-api-specs, storage.json 2024-01-01). */
const CLIENT_NAMES: Readonly<Record<string, string>> = {
  enableHttpsTrafficOnly: 'supportsHttpsTrafficOnly',
  enableNfsV3: 'isNfsV3Enabled',
  encryptionIdentity: 'identity',
  networkRuleSet: 'networkAcls',
};

/**
 * Values that Azure takes although its schema does not name them: the list is `modelAsString` in the specification.
 * The stream is the one of Azure's own template for managed Prometheus (Azure/prometheus-collector AddonArmTemplate).
 */
const OPEN_VALUES: readonly string[] = ['Microsoft-PrometheusMetrics'];

/** Properties of the envelope that the path says already. */
const ENVELOPE = ['apiVersion', 'dependsOn', 'name', 'type'];

const judges = new Map<string, ArmJudge>();

/** The judge of a resource type, compiled once; undefined when no schema of it is vendored. */
export function armJudge(token: string): ArmJudge | undefined {
  const type = TYPES[token];
  if (!type) return undefined;
  const judge = judges.get(token) ?? new ArmJudge(token, type);
  judges.set(token, judge);
  return judge;
}

/** Judges inputs of azure-native by the SDK's declarations and by the schema of Azure's API, as the request that they become. */
export class ArmJudge {
  readonly sdk: SdkResource;
  /** Parameters of the path, the name of the resource last. */
  readonly parameters: readonly string[];
  private readonly schema: Schema;
  private readonly definitions: Schema;
  private readonly validate: ValidateFunction;

  constructor(token: string, type: ResourceType) {
    this.sdk = sdkResource(token);
    this.parameters = pathParameters(type.path);
    const [file, definition = ''] = type.arm.split('/');
    // A new default version of the SDK needs its schema; there is no silent second best.
    const whole = JSON.parse(readFileSync(join(VENDOR, 'arm', `${this.sdk.apiVersion}.${file}.json`), 'utf8'));
    this.definitions = whole.definitions;
    this.schema = whole.resourceDefinitions[definition];
    this.validate = new Ajv({ allErrors: true, verbose: true, strict: false, validateFormats: false })
      // What no schema names is refused while the body is written, with the name that the program gave it.
      .compile({ ...this.schema, definitions: this.definitions });
  }

  failures(inputs: Properties): readonly Failure[] {
    // ARM asks every tracked resource for its place (`LocationRequired`), whether its schema says so or not.
    const located = 'location' in propertiesOf(this.schema) ? ['location'] : [];
    const missing = [...this.parameters, ...located].filter((name) => inputs[name] === undefined);
    const writing = new Writing(this.definitions, this.parameters);
    const body = {
      ...writing.object(inputs, this.schema, this.sdk.inputs, '', ''),
      apiVersion: this.sdk.apiVersion,
      type: this.constant('type'),
      name: this.name(inputs),
    };
    this.validate(body);
    const found = [
      ...missing.map((name): Failure => [name, lacking(name)]),
      ...writing.failures,
      ...(this.validate.errors ?? []).flatMap((error) => this.failure(error, writing.paths)),
    ];
    // The declarations and the schema miss the same properties, each in its turn.
    return [...new Map(found.map((failure) => [failure.join('\n'), failure])).values()];
  }

  /** A template writes the names of the parents into some names, and the pattern shows it. */
  private name(inputs: Properties): unknown {
    const own = inputs[this.parameters.at(-1) ?? ''];
    const schema = propertiesOf(this.schema)['name'];
    const nested = isRecord(schema) && String(schema['pattern']).startsWith('^.*/');
    return nested && own !== UNKNOWN ? `parent/${own}` : own;
  }

  private constant(property: string): unknown {
    const { properties } = this.schema;
    const schema = isRecord(properties) ? properties[property] : undefined;
    return isRecord(schema) && Array.isArray(schema['enum']) ? schema['enum'][0] : undefined;
  }

  private failure(error: ErrorObject, paths: ReadonlyMap<string, string>): readonly Failure[] {
    // Any value may come of what is not known yet.
    if (error.data === UNKNOWN || OPEN_VALUES.includes(String(error.data))) return [];
    const base =
      error.instancePath === '/name'
        ? (this.parameters.at(-1) ?? '')
        : (paths.get(error.instancePath) ?? error.instancePath);
    const { missingProperty: leaf, allowedValues } = error.params;
    // Said already, by the name that the SDK has for it.
    if (base === '' && leaf === 'name') return [];
    const property = leaf === undefined ? base : base === '' ? leaf : `${base}.${leaf}`;
    const given = JSON.stringify(error.data);
    if (leaf) return [[property, lacking(property)]];
    const allowed = allowedValues ? `: ${allowedValues.join(', ')}` : '';
    return [[property, `${given} ${error.message}${allowed}`]];
  }
}

/** Names of `{parameters}`, without the subscription, which the provider fills in. */
export const pathParameters = (path: string): readonly string[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name).filter((name) => name !== 'subscriptionId');

/** Writes the body of a request from inputs, and remembers which input each part of it is. */
class Writing {
  readonly failures: Failure[] = [];
  /** Path of the input by JSON pointer into the body. */
  readonly paths = new Map<string, string>();

  constructor(
    private readonly definitions: Schema,
    private readonly parameters: readonly string[],
  ) {}

  /** The SDK lifts what stands in `properties` beside it (`x-ms-client-flatten`), unless it declares `properties` itself. */
  object(value: Properties, schema: Schema, shape: Shape, path: string, pointer: string): Record<string, unknown> {
    this.paths.set(pointer, path);
    const outer = propertiesOf(schema);
    const inner = shape.has('properties') ? undefined : this.resolved(outer['properties']);
    const body: Record<string, unknown> = {};
    const lifted: Record<string, unknown> = {};
    if (inner) this.paths.set(`${pointer}/properties`, path);
    for (const [name, entry] of Object.entries(value)) {
      const top = path === '';
      if (entry === undefined || (top && (this.parameters.includes(name) || INTERNAL.includes(name)))) continue;
      const member = shape.get(name);
      const place = path === '' ? `${name}` : `${path}.${name}`;
      if (!member) {
        this.failures.push([place, 'azure-native has no such input, and would drop it without a word']);
        continue;
      }
      const outside = apiName(name, outer, top ? ENVELOPE : []);
      const inside = outside === undefined && inner ? apiName(name, propertiesOf(inner), []) : undefined;
      const target = outside ?? inside;
      if (target === undefined) {
        this.failures.push([place, 'the API has no such property']);
        continue;
      }
      const lifting = inside !== undefined && inner;
      const next = `${pointer}${lifting ? '/properties' : ''}/${target}`;
      const written = this.value(entry, propertiesOf(lifting ? inner : schema)[target], member.shape, place, next);
      (lifting ? lifted : body)[target] = written;
    }
    for (const [name, { required }] of shape) {
      const place = path === '' ? name : `${path}.${name}`;
      if (required && value[name] === undefined) this.failures.push([place, lacking(place)]);
    }
    // A container that the API requires is sent even when it is empty (`RequiredContainers` of the provider).
    const required = Array.isArray(schema['required']) && schema['required'].includes('properties');
    return inner && (required || Object.keys(lifted).length > 0) ? { ...body, properties: lifted } : body;
  }

  private value(
    value: unknown,
    raw: unknown,
    shape: (() => Shape) | undefined,
    path: string,
    pointer: string,
  ): unknown {
    const schema = this.resolved(raw) ?? {};
    this.paths.set(pointer, path);
    if (Array.isArray(value)) {
      // A map without values is a list of its keys in the SDK (`isStringSet` of the provider).
      if (schema['additionalProperties'] && schema['type'] === 'object')
        return Object.fromEntries(value.map((entry) => [String(entry), {}]));
      return value.map((entry, index) =>
        this.value(entry, schema['items'], shape, `${path}[${index}]`, `${pointer}/${index}`),
      );
    }
    if (!isRecord(value)) return value;
    if (isRecord(schema['additionalProperties']))
      return Object.fromEntries(
        Object.entries(value).map(([key, entry]) => [
          key,
          this.value(entry, schema['additionalProperties'], shape, `${path}.${key}`, `${pointer}/${escaped(key)}`),
        ]),
      );
    return shape && schema['properties'] ? this.object(value, schema, shape(), path, pointer) : value;
  }

  private resolved(schema: unknown): Schema | undefined {
    if (!isRecord(schema)) return undefined;
    const reference = schema['$ref'];
    if (typeof reference !== 'string') return schema;
    return this.resolved(this.definitions[reference.replace('#/definitions/', '')]);
  }
}

/** Inputs that the provider adds for itself (`provider.go` of pulumi-azure-native). */
export const INTERNAL = ['__createBeforeDelete', 'azureApiVersion'];

const propertiesOf = (schema: Schema): Schema => (isRecord(schema['properties']) ? schema['properties'] : {});

/** The SDK writes names in camel case: `scaleDownUnneededTime` is `scale-down-unneeded-time`. */
function apiName(name: string, properties: Schema, except: readonly string[]): string | undefined {
  const wanted = comparable(name in properties ? name : (CLIENT_NAMES[name] ?? name));
  return Object.keys(properties).find((candidate) => comparable(candidate) === wanted && !except.includes(candidate));
}

const lacking = (property: string): string => `missing required property '${property}'`;

const comparable = (name: string): string => name.replaceAll('-', '').toLowerCase();

const escaped = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');
