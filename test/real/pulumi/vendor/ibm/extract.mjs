/**
 * Writes `schema.json` from a checkout of IBM-Cloud/terraform-provider-ibm, of which only facts are taken: names, types and rules.
 *
 *   node test/real/pulumi/vendor/ibm/extract.mjs <checkout> <commit> > test/real/pulumi/vendor/ibm/schema.json
 *
 * Reads the Go composite literals of `map[string]*schema.Schema` and of the validators, and throws on whatever it does not know.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const [checkout, commit] = process.argv.slice(2);
if (checkout === undefined || commit === undefined) throw new Error('usage: extract.mjs <checkout> <commit>');

/** Terraform name, package, Go function, and whether it is looked up (`data`) or made. The functions are those of `ibm/provider/provider.go`. */
const WANTED = [
  ['ibm_billing_report_snapshot', 'usagereports', 'ResourceIBMBillingReportSnapshot'],
  ['ibm_container_addons', 'kubernetes', 'ResourceIBMContainerAddOns'],
  ['ibm_container_vpc_cluster', 'kubernetes', 'ResourceIBMContainerVpcCluster'],
  ['ibm_container_vpc_worker_pool', 'kubernetes', 'ResourceIBMContainerVpcWorkerPool'],
  ['ibm_cos_bucket', 'cos', 'ResourceIBMCOSBucket'],
  ['ibm_iam_authorization_policy', 'iampolicy', 'ResourceIBMIAMAuthorizationPolicy'],
  ['ibm_iam_trusted_profile', 'iamidentity', 'ResourceIBMIAMTrustedProfile'],
  ['ibm_iam_trusted_profile_link', 'iamidentity', 'ResourceIBMIAMTrustedProfileLink'],
  ['ibm_iam_trusted_profile_policy', 'iampolicy', 'ResourceIBMIAMTrustedProfilePolicy'],
  ['ibm_is_public_gateway', 'vpc', 'ResourceIBMISPublicGateway'],
  ['ibm_is_subnet', 'vpc', 'ResourceIBMISSubnet'],
  ['ibm_is_vpc', 'vpc', 'ResourceIBMISVPC'],
  ['ibm_resource_instance', 'resourcecontroller', 'ResourceIBMResourceInstance'],
  ['ibm_resource_key', 'resourcecontroller', 'ResourceIBMResourceKey'],
  ['ibm_satellite_cluster', 'satellite', 'ResourceIBMSatelliteCluster'],
  ['ibm_satellite_cluster_worker_pool', 'satellite', 'ResourceIBMSatelliteClusterWorkerPool'],
  ['ibm_satellite_host', 'satellite', 'ResourceIBMSatelliteHost'],
  ['ibm_satellite_location', 'satellite', 'ResourceIBMSatelliteLocation'],
  ['ibm_container_cluster_config', 'kubernetes', 'DataSourceIBMContainerClusterConfig', 'data'],
  ['ibm_resource_group', 'resourcemanager', 'DataSourceIBMResourceGroup', 'data'],
  ['ibm_satellite_attach_host_script', 'satellite', 'DataSourceIBMSatelliteAttachHostScript', 'data'],
];

// ---- Go, as far as composite literals need it ----

const TOKEN =
  /\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/|(`[^`]*`|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|[A-Za-z_]\w*|\d[\w.]*|:=|\.\.\.|[!=<>]=|&&|\|\||[-+*/%&|<>=!:;.,(){}[\]^])/gy;

function tokensOf(text, file) {
  const tokens = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null) throw new Error(`${file}: no token at ${at}: ${text.slice(at, at + 40)}`);
    if (match[1] !== undefined) tokens.push(match[1]);
  }
  return tokens;
}

/** Parses one expression of `tokens` from `at`; a body of a function is skipped. */
class Expression {
  constructor(tokens, at) {
    this.tokens = tokens;
    this.at = at;
  }
  peek(ahead = 0) {
    return this.tokens[this.at + ahead];
  }
  take(expected) {
    const token = this.tokens[this.at++];
    if (expected !== undefined && token !== expected) {
      const around = this.tokens.slice(Math.max(0, this.at - 12), this.at + 6).join(' ');
      throw new Error(`expected ${expected}, found ${token}, in: ${around}`);
    }
    return token;
  }
  parse() {
    let left = this.unary();
    while (['*', '+', '-'].includes(this.peek())) left = { operator: this.take(), left, right: this.unary() };
    return left;
  }
  unary() {
    if (this.peek() === '&') {
      this.take();
      return this.unary();
    }
    if (this.peek() === '-') {
      this.take();
      const { number } = this.unary();
      return { number: -number };
    }
    return this.postfix(this.primary());
  }
  primary() {
    const token = this.peek();
    if (token === '{') return this.literal(undefined);
    if (token === 'func') return this.function();
    if (token === '[' || token === 'map') return this.literal(this.type());
    this.take();
    if (/^"/.test(token)) return { string: JSON.parse(token) };
    if (/^`/.test(token)) return { string: token.slice(1, -1) };
    if (/^\d/.test(token)) return { number: Number(token) };
    if (/^[A-Za-z_]/.test(token)) return { name: token };
    throw new Error(`no expression begins with ${token}`);
  }
  postfix(left) {
    for (;;) {
      const token = this.peek();
      if (token === '.' && left.name !== undefined) {
        this.take();
        left = { name: `${left.name}.${this.take()}` };
      } else if (token === '(') {
        this.take();
        const args = [];
        while (this.peek() !== ')') {
          args.push(this.parse());
          if (this.peek() === ',') this.take();
        }
        this.take(')');
        left = { call: left.name, args };
      } else if (token === '{' && left.name !== undefined && /^(schema|validate)\.[A-Z]/.test(left.name)) {
        left = this.literal(left.name);
      } else return left;
    }
  }
  /** `[]string`, `map[string]*schema.Schema`, `[]*schema.ResourceData` */
  type() {
    let type = '';
    while (this.peek() !== '{') type += this.take();
    return type;
  }
  literal(type) {
    this.take('{');
    const entries = [];
    while (this.peek() !== '}') {
      const first = this.parse();
      if (this.peek() === ':') {
        this.take();
        entries.push([first, this.parse()]);
      } else entries.push([undefined, first]);
      if (this.peek() === ',') this.take();
    }
    this.take('}');
    return { literal: type, entries };
  }
  function() {
    while (this.peek() !== '{') {
      // `interface{}` in the signature is not the body.
      if (this.peek() === 'interface' && this.peek(1) === '{') this.at += 3;
      else this.take();
    }
    const start = this.at;
    let depth = 0;
    do {
      const token = this.take();
      if (token === '{') depth++;
      if (token === '}') depth--;
    } while (depth > 0);
    const body = this.tokens.slice(start, this.at);
    if (this.peek() !== '(') return { function: body };
    throw new Error('a function that is called at once is not known');
  }
}

// ---- packages of the provider ----

const packages = new Map();

/** Tokens and string constants of a package. */
function packageOf(name, folder = join('ibm', 'service', name)) {
  const known = packages.get(name);
  if (known !== undefined) return known;
  const files = readdirSync(join(checkout, folder)).filter((file) => /^(?!.*_test\.go$).*\.go$/.test(file));
  const found = { files: new Map(), constants: new Map() };
  for (const file of files) {
    const text = readFileSync(join(checkout, folder, file), 'utf8');
    found.files.set(join(folder, file), text);
    for (const [, constant, , value] of text.matchAll(
      /^\s*(?:const\s+)?([A-Za-z]\w*)\s*(string)?\s*=\s*("[^"\n]*")\s*(?:\/\/.*)?$/gm,
    )) {
      found.constants.set(constant, JSON.parse(value));
    }
  }
  packages.set(name, found);
  return found;
}

function functionOf(pkg, name) {
  for (const [file, text] of pkg.files) {
    const start = text.search(new RegExp(`^func ${name}\\(`, 'm'));
    if (start < 0) continue;
    const end = text.indexOf('\n}\n', start);
    return { file, text: text.slice(start, end + 2) };
  }
  throw new Error(`no function ${name}`);
}

/** Value of a constant expression, or undefined for a name that is no string constant. */
function constantOf(expression, pkg, locals = new Map()) {
  if (expression.string !== undefined) return expression.string;
  if (expression.number !== undefined) return expression.number;
  if (expression.name === 'true' || expression.name === 'false') return expression.name === 'true';
  if (expression.literal === '[]string') return expression.entries.map(([, one]) => constantOf(one, pkg, locals));
  if (expression.operator === '+')
    return constantOf(expression.left, pkg, locals) + constantOf(expression.right, pkg, locals);
  if (expression.name !== undefined) {
    const [scope, constant] = expression.name.includes('.') ? expression.name.split('.') : [undefined, expression.name];
    if (scope === undefined && locals.has(constant)) return locals.get(constant);
    const owner = scope === undefined ? pkg : scope === 'flex' ? packageOf('flex', join('ibm', 'flex')) : undefined;
    if (owner?.constants.has(constant)) return owner.constants.get(constant);
  }
  throw new Error(`no constant: ${JSON.stringify(expression)}`);
}

// ---- validators ----

/** Rules of `validate.InvokeValidator(resource, identifier)`, in the words of `schema.json`. */
function validatorOf(pkg, resource, identifier) {
  for (const text of pkg.files.values()) {
    for (const [, name] of text.matchAll(/^func (\w+)\(\) \*validate\.ResourceValidator/gm)) {
      const { text: body } = functionOf(pkg, name);
      if (name.startsWith('DataSource') || !body.includes(`ResourceName: "${resource}"`)) continue;
      const tokens = tokensOf(body, name);
      const locals = new Map(
        [...body.matchAll(/^\t(\w+) := ("[^"]*")$/gm)].map(([, key, value]) => [key, JSON.parse(value)]),
      );
      for (let at = 0; at < tokens.length; at++) {
        if (tokens.slice(at, at + 4).join('') !== 'validate.ValidateSchema{') continue;
        const { entries } = new Expression(tokens, at).unary();
        const rule = Object.fromEntries(entries.map(([key, value]) => [key.name, value]));
        if (constantOf(rule.Identifier, pkg) === identifier) return rulesOf(rule, pkg, locals);
      }
    }
  }
  return { validator: `${resource}.${identifier}: not in the package` };
}

const split = (list) => list.split(',').map((one) => one.trim());

function rulesOf(rule, pkg, locals) {
  const get = (key) => (rule[key] === undefined ? undefined : constantOf(rule[key], pkg, locals));
  const kind = rule.ValidateFunctionIdentifier.name;
  switch (kind) {
    case 'validate.ValidateAllowedStringValue':
      return { allowed: split(get('AllowedValues')) };
    case 'validate.ValidateRegexpLen':
      return { pattern: get('Regexp'), minLength: get('MinValueLength'), maxLength: get('MaxValueLength') };
    case 'validate.ValidateRegexp':
      return { pattern: get('Regexp') };
    case 'validate.IntBetween':
      return { min: Number(get('MinValue')), max: Number(get('MaxValue')) };
    // Asks the account, or is satisfied with any string.
    case 'validate.ValidateCloudData':
    case 'validate.StringLenBetween':
    case 'validate.ValidateNoZeroValues':
    case 'validate.ValidateOverlappingAddress':
    case 'validate.ValidateCIDRAddress':
    case 'validate.ValidateIPorCIDR':
      return { validator: kind };
    default:
      throw new Error(`validator ${kind} is not known`);
  }
}

function validationOf(expression, pkg) {
  const { call, args = [], name } = expression;
  if (call === 'validate.InvokeValidator') return validatorOf(pkg, constantOf(args[0], pkg), constantOf(args[1], pkg));
  if (call === 'validate.InvokeDataSourceValidator') return { validator: call };
  if (call === 'validate.ValidateAllowedStringValues') return { allowed: constantOf(args[0], pkg) };
  if (call === 'validation.StringInSlice') {
    return { allowed: constantOf(args[0], pkg), ...(constantOf(args[1], pkg) ? { ignoreCase: true } : {}) };
  }
  if (call === 'validate.ValidateAllowedRangeInt')
    return { min: constantOf(args[0], pkg), max: constantOf(args[1], pkg) };
  if (call === 'validation.IntAtLeast') return { min: constantOf(args[0], pkg) };
  if (call === 'validation.StringLenBetween')
    return { minLength: constantOf(args[0], pkg), maxLength: constantOf(args[1], pkg) };
  if (name !== undefined) return { validator: name };
  if (expression.function !== undefined) return { validator: 'written in place' };
  throw new Error(`validation ${JSON.stringify(expression)} is not known`);
}

// ---- schemas ----

const TYPES = {
  TypeString: 'string',
  TypeInt: 'int',
  TypeFloat: 'float',
  TypeBool: 'bool',
  TypeList: 'list',
  TypeSet: 'set',
  TypeMap: 'map',
};
const FLAGS = {
  Required: 'required',
  Optional: 'optional',
  Computed: 'computed',
  ForceNew: 'forceNew',
  Sensitive: 'sensitive',
};
const NUMBERS = { MaxItems: 'maxItems', MinItems: 'minItems' };
const RELATIONS = {
  ConflictsWith: 'conflictsWith',
  RequiredWith: 'requiredWith',
  ExactlyOneOf: 'exactlyOneOf',
  AtLeastOneOf: 'atLeastOneOf',
};

function blockOf(expression, pkg) {
  if (expression.literal !== 'map[string]*schema.Schema')
    throw new Error(`no schema map: ${JSON.stringify(expression).slice(0, 200)}`);
  return Object.fromEntries(
    expression.entries.map(([key, value]) => {
      const name = constantOf(key, pkg);
      try {
        return [name, argumentOf(value, pkg)];
      } catch (error) {
        throw new Error(`${name}: ${error.message}`);
      }
    }),
  );
}

function argumentOf({ literal, entries }, pkg) {
  if (literal !== undefined && literal !== 'schema.Schema') throw new Error(`no schema: ${literal}`);
  const argument = {};
  for (const [{ name: field }, value] of entries) {
    if (field === 'Type') argument.type = TYPES[value.name.replace('schema.', '')];
    else if (field in FLAGS) {
      if (constantOf(value, pkg)) argument[FLAGS[field]] = true;
    } else if (field in NUMBERS) argument[NUMBERS[field]] = constantOf(value, pkg);
    else if (field in RELATIONS) argument[RELATIONS[field]] = constantOf(value, pkg);
    else if (field === 'Default') argument.default = constantOf(value, pkg);
    else if (field === 'Deprecated') argument.deprecated = true;
    else if (field === 'ValidateFunc') Object.assign(argument, validationOf(value, pkg));
    else if (field === 'DiffSuppressFunc') argument.diffSuppress = value.name ?? 'written in place';
    else if (field === 'Elem') argument.elem = elementOf(value, pkg);
    else if (!['Description', 'StateFunc', 'Set', 'DefaultFunc'].includes(field))
      throw new Error(`field ${field} is not known`);
    if (field === 'DefaultFunc') argument.defaultFunction = true;
  }
  if (argument.type === undefined) throw new Error('no type');
  return argument;
}

function elementOf(expression, pkg) {
  const bare = TYPES[expression.name?.replace('schema.', '')];
  if (bare !== undefined) return { type: bare };
  if (expression.literal === 'schema.Schema') return argumentOf(expression, pkg);
  if (expression.literal === 'schema.Resource') {
    const schema = expression.entries.find(([{ name }]) => name === 'Schema');
    if (expression.entries.length !== 1) throw new Error('an element has more than a schema');
    return { block: blockOf(schema[1], pkg) };
  }
  throw new Error(`element ${expression.literal} is not known`);
}

/** Minutes of `schema.DefaultTimeout(90 * time.Minute)`. */
function minutesOf({ call, args }, pkg) {
  const [{ operator, left, right }] = args;
  const unit = { 'time.Minute': 1, 'time.Hour': 60 }[right?.name];
  if (call !== 'schema.DefaultTimeout' || operator !== '*' || unit === undefined)
    throw new Error('timeout is not known');
  return constantOf(left, pkg) * unit;
}

function resourceOf([, service, functionName, kind = 'resource']) {
  const pkg = packageOf(service);
  const { file, text } = functionOf(pkg, functionName);
  const tokens = tokensOf(text, file);
  const start = tokens.findIndex((_, at) => tokens.slice(at, at + 6).join('') === 'return&schema.Resource{');
  if (start < 0) throw new Error(`${functionName} returns no literal`);
  const { entries } = new Expression(tokens, start + 1).unary();
  const fields = Object.fromEntries(entries.map(([key, value]) => [key.name, value]));
  const timeouts = Object.fromEntries(
    (fields.Timeouts?.entries ?? []).map(([key, value]) => [key.name.toLowerCase(), minutesOf(value, pkg)]),
  );
  return {
    kind,
    file: `${file} (${functionName})`,
    // Without one, every change has to replace.
    ...(kind === 'resource' ? { updates: fields.Update !== undefined || fields.UpdateContext !== undefined } : {}),
    ...(Object.keys(timeouts).length > 0 ? { timeoutMinutes: timeouts } : {}),
    arguments: blockOf(fields.Schema, pkg),
  };
}

/** What the provider itself is told; without what it calls deprecated. */
function providerOf(text) {
  const pkg = packageOf('provider', join('ibm', 'provider'));
  const tokens = tokensOf(text.slice(text.indexOf('func Provider()'), text.indexOf('DataSourcesMap:')), 'provider.go');
  const start = tokens.findIndex((_, at) => tokens.slice(at, at + 2).join('') === 'Schema:');
  const block = blockOf(new Expression(tokens, start + 2).parse(), pkg);
  return Object.fromEntries(Object.entries(block).filter(([, argument]) => !argument.deprecated));
}

const provider = readFileSync(join(checkout, 'ibm', 'provider', 'provider.go'), 'utf8');
const described = { resource: {}, data: {} };
for (const wanted of WANTED) {
  const [name, service, functionName, kind = 'resource'] = wanted;
  if (!new RegExp(`"${name}":\\s+${service}\\.${functionName}\\(\\)`).test(provider))
    throw new Error(`${name} is not ${functionName}`);
  try {
    described[kind][name] = resourceOf(wanted);
  } catch (error) {
    throw new Error(`${name}: ${error.message}`);
  }
}

const written = {
  source: 'IBM-Cloud/terraform-provider-ibm',
  version: '2.5.0',
  commit,
  licence: 'MPL-2.0',
  provider: providerOf(provider),
  resources: described.resource,
  dataSources: described.data,
};
process.stdout.write(`${JSON.stringify(written, undefined, 1)}\n`);
