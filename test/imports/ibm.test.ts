/** The committed part of the IBM Cloud SDK, against the provider's own schema and the messages that reach the engine. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import type {
  RegisterPackageRequest,
  RegisterResourceRequest,
  ResourceInvokeRequest,
} from '@pulumi/pulumi/proto/resource_pb';
import ts from 'typescript';
import * as ibm from '../../imports/ibm';
import { PACKAGE } from '../../imports/ibm/package';
import {
  type Argument,
  type Block,
  functionToken,
  isAutoNamed,
  isFlattened,
  type Property,
  propertiesOf,
  propertyOf,
  resourceToken,
  SCHEMA,
} from '../real/pulumi/support/terraform-schema';
import { unwrappedRecord } from '../real/pulumi/support/wire';

const FOLDER = join(__dirname, '../../imports/ibm');

// ---- what the declarations say ----

interface Member {
  readonly name: string;
  readonly isRequired: boolean;
  readonly type: ts.TypeNode;
}

/** Interfaces and classes of the folder, by name. */
const DECLARATIONS: ReadonlyMap<string, readonly Member[]> = new Map(
  readdirSync(FOLDER)
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => {
      const source = ts.createSourceFile(file, readFileSync(join(FOLDER, file), 'utf8'), ts.ScriptTarget.Latest, true);
      return source.statements.filter((one) => ts.isInterfaceDeclaration(one) || ts.isClassDeclaration(one));
    })
    .map((declaration): [string, readonly Member[]] => [declaration.name?.text ?? '', membersOf(declaration)]),
);

function membersOf(declaration: ts.InterfaceDeclaration | ts.ClassDeclaration): readonly Member[] {
  return declaration.members.flatMap((member) => {
    if (!ts.isPropertySignature(member) && !ts.isPropertyDeclaration(member)) return [];
    if (member.type === undefined) return [];
    return [{ name: member.name.getText(), isRequired: member.questionToken === undefined, type: member.type }];
  });
}

const declared = (name: string): readonly Member[] => {
  const members = DECLARATIONS.get(name);
  if (!members) throw new Error(`imports/ibm declares no ${name}`);
  return members;
};

/** A type as text without Input, Output, Unwrap and undefined: `string[]`, `map`, or a block's name in brackets. */
function shapeOf(type: ts.TypeNode): string {
  if (ts.isUnionTypeNode(type)) {
    const [first, ...others] = type.types.filter((one) => one.kind !== ts.SyntaxKind.UndefinedKeyword);
    if (first === undefined || others.length > 0) throw new Error(`a union: ${type.getText()}`);
    return shapeOf(first);
  }
  if (ts.isArrayTypeNode(type)) return `${shapeOf(type.elementType)}[]`;
  if (ts.isTypeLiteralNode(type)) return 'map';
  if (!ts.isTypeReferenceNode(type)) return type.getText();
  const argument = type.typeArguments?.[0];
  if (argument && /^pulumi\.(Input|Output|Unwrap)$/.test(type.typeName.getText())) return shapeOf(argument);
  return `<${type.getText()}>`;
}

/** The same of an argument; the block of a name stands in brackets, too. */
function shapeOfArgument(argument: Argument, block: string): string {
  const primitive = { string: 'string', int: 'number', float: 'number', bool: 'boolean' }[argument.type as 'string'];
  if (primitive !== undefined) return primitive;
  if (argument.type === 'map') return 'map';
  const { elem } = argument;
  if (elem === undefined) throw new Error('a collection without an element');
  const element = 'block' in elem ? `<${block}>` : shapeOfArgument(elem, block);
  return isFlattened(argument) ? element : `${element}[]`;
}

const blockOf = ({ argument: { elem } }: Property): Block | undefined =>
  elem && 'block' in elem ? elem.block : undefined;

/** What is wrong with an interface of arguments, and with the interfaces that it names. */
function faultsOf(name: string, block: Block, isTop: boolean): readonly string[] {
  const members = declared(name);
  const missing = propertiesOf(block)
    .filter((property) => property.argument.required && !members.some((member) => member.name === property.name))
    .filter((property) => !(isTop && isAutoNamed(property)))
    .map((property) => `${name} lacks ${property.name}, which is required`);
  return [...missing, ...members.flatMap((member) => faultsOfMember(name, member, block, isTop))];
}

function faultsOfMember(owner: string, member: Member, block: Block, isTop: boolean): readonly string[] {
  const at = `${owner}.${member.name}`;
  const property = propertyOf(block, member.name);
  if (!property) return [`${at} is not in the schema`];
  const { argument } = property;
  const faults: string[] = [];
  if (!argument.required && !argument.optional) faults.push(`${at} cannot be configured`);
  if (argument.deprecated) faults.push(`${at} is deprecated`);
  const isRequired = argument.required === true && !(isTop && isAutoNamed(property));
  if (member.isRequired !== isRequired) faults.push(`${at} is ${isRequired ? '' : 'not '}required`);
  const shape = shapeOf(member.type);
  const nested = /<(\w+)>/.exec(shape)?.[1] ?? '';
  const wanted = shapeOfArgument(argument, nested);
  if (shape !== wanted) faults.push(`${at} is ${shape}, not ${wanted}`);
  const inner = blockOf(property);
  return inner && nested !== '' ? [...faults, ...faultsOf(nested, inner, false)] : faults;
}

// ---- the program, and the messages that it sends ----

type Constructor = new (name: string, args?: object, opts?: pulumi.CustomResourceOptions) => pulumi.CustomResource;

const RESOURCES: readonly (readonly [terraformName: string, className: string])[] = Object.keys(SCHEMA.resources).map(
  (name) => [name, resourceToken(name).split(':').at(-1) ?? ''],
);
const FUNCTIONS: readonly (readonly [terraformName: string, functionName: string])[] = Object.keys(
  SCHEMA.dataSources,
).map((name) => [name, functionToken(name).split(':').at(-1) ?? '']);

const classOf = (name: string) => (ibm as unknown as Readonly<Record<string, Constructor>>)[name] as Constructor;
const blockOfResource = (terraformName: string): Block => SCHEMA.resources[terraformName]?.arguments ?? {};
const blockOfFunction = (terraformName: string): Block => SCHEMA.dataSources[terraformName]?.arguments ?? {};

/** A value of the argument's type. */
function sampleOf(argument: Argument): unknown {
  const { type, elem } = argument;
  if (type === 'string') return 'a';
  if (type === 'bool') return true;
  if (type === 'int' || type === 'float') return 1;
  if (type === 'map') return { a: 'b' };
  if (elem === undefined) throw new Error('a collection without an element');
  const element =
    'block' in elem
      ? Object.fromEntries(
          propertiesOf(elem.block)
            .filter((property) => property.argument.required || property.argument.optional)
            .map((property) => [property.name, sampleOf(property.argument)]),
        )
      : sampleOf(elem);
  return isFlattened(argument) ? element : [element];
}

/** A value for every member of the interface. */
const argsOf = (interfaceName: string, block: Block): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    declared(interfaceName).map(({ name }) => [
      name,
      sampleOf(propertyOf(block, name)?.argument ?? { type: 'string' }),
    ]),
  );

interface Sent {
  readonly resources: readonly RegisterResourceRequest[];
  readonly packages: readonly RegisterPackageRequest[];
  readonly invokes: readonly ResourceInvokeRequest[];
  readonly inputs: readonly pulumi.runtime.MockResourceArgs[];
}

/** The side of the engine that the SDK talks to. */
interface Monitor {
  registerResource(request: RegisterResourceRequest): void;
  registerPackage(request: RegisterPackageRequest): void;
  invoke(request: ResourceInvokeRequest): void;
}

/** Runs a program in a deployment of its own. */
async function run(program: () => unknown): Promise<Sent> {
  const inputs: pulumi.runtime.MockResourceArgs[] = [];
  await pulumi.runtime.setMocks({
    newResource: (args) => {
      inputs.push(args);
      return { id: `${args.name}-id`, state: args.inputs };
    },
    call: ({ inputs: given }) => given,
  });
  const monitor = pulumi.runtime.getMonitor() as unknown as Monitor;
  const resources = jest.spyOn(monitor, 'registerResource');
  const packages = jest.spyOn(monitor, 'registerPackage');
  const invokes = jest.spyOn(monitor, 'invoke');
  await program();
  // Waits for what is under way.
  await pulumi.runtime.disconnect();
  return {
    resources: resources.mock.calls.map(([request]) => request),
    packages: packages.mock.calls.map(([request]) => request),
    invokes: invokes.mock.calls.map(([request]) => request),
    inputs,
  };
}

describe.each(RESOURCES)('%s', (terraformName, className) => {
  const block = blockOfResource(terraformName);
  const args = argsOf(`${className}Args`, block);

  test('has only arguments of the schema, typed and required as there, and all that are required', () => {
    expect(faultsOf(`${className}Args`, block, true)).toEqual([]);
  });

  test('has only outputs of the schema, typed as there, and every argument among them', () => {
    const outputs = declared(className);
    const wrong = outputs.filter((member) => {
      const property = propertyOf(block, member.name);
      const shape = shapeOf(member.type);
      return property === undefined || shape !== shapeOfArgument(property.argument, /<(\w+)>/.exec(shape)?.[1] ?? '');
    });
    expect(wrong.map(({ name }) => name)).toEqual([]);
    expect(outputs.map(({ name }) => name)).toEqual(expect.arrayContaining(Object.keys(args)));
  });

  test('sends its token, all arguments, its outputs as properties, and what is secret as secret', async () => {
    let made: pulumi.CustomResource | undefined;
    const { resources, inputs } = await run(() => {
      made = new (classOf(className))('one', args);
    });
    expect(resources.map((one) => [one.getType(), one.getName(), one.getCustom(), one.getPackageref()])).toEqual([
      [resourceToken(terraformName), 'one', true, 'mock-uuid'],
    ]);
    expect(unwrappedRecord(inputs[0]?.inputs)).toEqual(args);
    expect(Object.keys(made ?? {})).toEqual(expect.arrayContaining(declared(className).map(({ name }) => name)));
    const secret = propertiesOf(block)
      .filter(({ name, argument }) => argument.sensitive && declared(className).some((member) => member.name === name))
      .map(({ name }) => name)
      .sort();
    expect([...(resources[0]?.getAdditionalsecretoutputsList() ?? [])].sort()).toEqual(secret);
    const sent = resources[0]?.getObject()?.toJavaScript() ?? {};
    const wrapped = Object.keys(sent).filter((name) => pulumi.runtime.isRpcSecret(sent[name]));
    expect(wrapped.sort()).toEqual(secret.filter((name) => name in args));
  });

  test('refuses to be made without a required argument, and is read without any', async () => {
    const required = declared(`${className}Args`).filter(({ isRequired }) => isRequired);
    const { inputs } = await run(() => {
      for (const { name } of required)
        expect(() => new (classOf(className))('one', { ...args, [name]: undefined })).toThrow(
          `Missing required property '${name}'`,
        );
      new (classOf(className))('two', undefined, { id: 'an-id' });
    });
    expect(inputs.map(({ name, id }) => [name, id])).toEqual([['two', 'an-id']]);
  });
});

describe.each(FUNCTIONS)('the function of %s', (terraformName, functionName) => {
  const block = blockOfFunction(terraformName);
  const capital = `G${functionName.slice(1)}`;
  const call = (name: string) =>
    (ibm as unknown as Readonly<Record<string, (args: object) => Promise<unknown> | pulumi.Output<unknown>>>)[name];

  test.each([`${capital}Args`, `${capital}OutputArgs`])('has arguments of the schema only: %s', (interfaceName) => {
    expect(faultsOf(interfaceName, block, false)).toEqual([]);
  });

  test('returns properties of the schema only, typed as there', () => {
    const wrong = declared(`${capital}Result`).filter(({ name, type }) => {
      const argument = propertyOf(block, name)?.argument;
      return name !== 'id' && (argument === undefined || shapeOf(type) !== shapeOfArgument(argument, ''));
    });
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });

  test.each([functionName, `${functionName}Output`])(
    'sends its token and arguments as the package: %s',
    async (name) => {
      const args = argsOf(`${capital}Args`, block);
      const { invokes, packages } = await run(() => call(name)?.(args));
      expect(invokes.map((one) => [one.getTok(), one.getArgs()?.toJavaScript(), one.getPackageref()])).toEqual([
        [functionToken(terraformName), args, 'mock-uuid'],
      ]);
      expect(packages).toHaveLength(1);
    },
  );
});

describe('the package', () => {
  const workerPool = {
    cluster: 'c',
    flavor: 'gx3.16x80.l4',
    vpcId: 'v',
    workerCount: 1,
    workerPoolName: 'gpu',
    zones: [],
  };

  test('is registered once, however many resources and functions a program has', async () => {
    const { packages, resources } = await run(async () => {
      const pool = new ibm.ContainerVpcWorkerPool('a', workerPool);
      new ibm.IsVpc('b');
      new ibm.Provider('c', { region: 'us-south' });
      await ibm.getResourceGroup({ name: 'default' });
      return pool;
    });
    expect(packages).toHaveLength(1);
    // The engine knows the provider by the package; a version beside it would be a second opinion.
    expect(resources.map((one) => one.getPackageref())).toEqual(['mock-uuid', 'mock-uuid', 'mock-uuid']);
  });

  test('is registered by each deployment anew', async () => {
    const program = () => new ibm.ContainerVpcWorkerPool('a', workerPool);
    expect((await run(program)).packages).toHaveLength(1);
    expect((await run(program)).packages).toHaveLength(1);
  });

  test('is the base plugin told to be the provider of the schema, at the version of the schema', async () => {
    const { packages } = await run(() => new ibm.IsVpc('a'));
    const [request] = packages;
    const parameterization = request?.getParameterization();
    expect([request?.getName(), request?.getVersion(), request?.getDownloadUrl()]).toEqual([
      'terraform-provider',
      PACKAGE.baseProvider.version,
      '',
    ]);
    expect([parameterization?.getName(), parameterization?.getVersion()]).toEqual(['ibm', SCHEMA.version]);
    const value = JSON.parse(Buffer.from(parameterization?.getValue_asU8() ?? []).toString('utf8'));
    expect(value).toEqual({ remote: { url: expect.stringMatching(/\/ibm-cloud\/ibm$/), version: SCHEMA.version } });
  });

  test('has a provider whose arguments are those of the schema, and whose key is secret', async () => {
    expect(faultsOf('ProviderArgs', SCHEMA.provider, false)).toEqual([]);
    const { resources } = await run(() => new ibm.Provider('a', { ibmcloudApiKey: 'key', region: 'eu-de' }));
    expect(resources[0]?.getType()).toBe('pulumi:providers:ibm');
    expect([...(resources[0]?.getAdditionalsecretoutputsList() ?? [])].sort()).toEqual(['ibmcloudApiKey']);
    expect(pulumi.runtime.isRpcSecret(resources[0]?.getObject()?.toJavaScript()['ibmcloudApiKey'])).toBe(true);
  });

  test('exports a class or function for everything that is in the schema', () => {
    const names = [...RESOURCES.map(([, name]) => name), ...FUNCTIONS.map(([, name]) => name)];
    expect(Object.keys(ibm)).toEqual(expect.arrayContaining(names));
    expect(Object.keys(ibm)).toHaveLength(RESOURCES.length + 2 * FUNCTIONS.length + 1);
  });
});
