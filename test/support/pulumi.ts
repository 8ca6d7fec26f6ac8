/** Pulumi programs without an engine: what they ask to be registered, as it goes over the wire. */
import { runtime } from '@pulumi/pulumi';
import type { RegisterResourceRequest } from '@pulumi/pulumi/proto/resource_pb';
import { unwrappedRecord } from '../real/pulumi/support/wire';

// A program waits for many promises, and longer than jest does where the machine is busy.
jest.setTimeout(60_000);

export type Inputs = Readonly<Record<string, unknown>>;

/** A resource that a program registers. */
export interface Registered {
  /** As the engine writes it: with the types of all parents but the stack's. */
  readonly urn: string;
  readonly token: string;
  /** Logical name. */
  readonly name: string;
  /** Values as a provider gets them: secrets are plain here. */
  readonly inputs: Inputs;
  /** Inputs that travel as secrets, by name. */
  readonly secrets: readonly string[];
  /** URNs. */
  readonly dependencies: readonly string[];
  readonly deletedWith: string;
  readonly timeouts: { readonly create: string; readonly update: string; readonly delete: string };
}

/** What a program did. */
export interface Run {
  /** In the order in which they reached the engine. Components and the stack itself are among them. */
  readonly resources: readonly Registered[];
  /** Functions of providers that were asked. */
  readonly calls: readonly { readonly token: string; readonly inputs: Inputs }[];
  /** What the program exported. */
  readonly outputs: Inputs;
}

const PROJECT = 'warmpath';
const SUBSCRIPTION = '/subscriptions/0b1f6471-1bf0-4dda-aec3-111122223333';
/** `resource.SigKey` and `resource.SecretSig` of pulumi/pulumi. */
const SIGNATURE = '4dabf18193072939515e22adb298388d';
const SECRET = '1b47061264138c4ac30d75fd1eb44270';

/** What a cloud answers where a program goes on with it. */
function stateOf(type: string, name: string, inputs: Inputs) {
  const given = [
    inputs.resourceGroupName,
    inputs.accountName,
    inputs.resourceName,
    inputs.privateZoneName,
    inputs.name,
  ];
  const own = type.endsWith(':ResourceGroup') ? [inputs.resourceGroupName] : given.slice(1);
  return {
    ...inputs,
    name: own.find((value) => value !== undefined) ?? name,
    principalId: `${name}-principal`,
    clientId: `${name}-client`,
    oidcIssuerProfile: { enabled: true, issuerURL: 'https://issuer.example.com/' },
    addonProfiles: { aciConnectorLinux: { identity: { objectId: 'virtual-nodes-principal' } } },
    identity: { principalId: `${name}-principal` },
    properties: { endpoint: 'https://grafana.example.com' },
    iamId: `iam-${name}`,
    crn: `crn:${name}`,
    guid: `${name}-guid`,
    credentials: { key: 'secret' },
    dashboardUrl: 'https://monitoring.example.com',
  };
}

const KUBECONFIG = Buffer.from('apiVersion: v1\nkind: Config\n').toString('base64');

/** The side of the engine that a program talks to. */
interface Monitor {
  registerResource(request: RegisterResourceRequest): void;
}

const isSecret = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && (value as Inputs)[SIGNATURE] === SECRET;

/** A run that may have ended early. */
export interface Attempt extends Run {
  /** What the program threw. */
  readonly error?: unknown;
}

/** Runs a program as the stack of that name, until it ends or throws. */
export async function attempt(stack: string, program: () => unknown): Promise<Attempt> {
  // Pulumi writes down a stack for every promise, and jest looks each line up in a source map: most of the time of a test.
  const { prepareStackTrace, stackTraceLimit } = Error;
  Object.assign(Error, { prepareStackTrace: undefined, stackTraceLimit: 0 });
  try {
    return await attempted(stack, program);
  } finally {
    Object.assign(Error, { prepareStackTrace, stackTraceLimit });
  }
}

async function attempted(stack: string, program: () => unknown): Promise<Attempt> {
  const calls: Run['calls'][number][] = [];
  await runtime.setMocks(
    {
      newResource: ({ type, name, inputs, custom }) =>
        custom ? { id: `${SUBSCRIPTION}/${name}`, state: stateOf(type, name, inputs) } : { id: undefined, state: {} },
      call: ({ token, inputs }) => {
        calls.push({ token, inputs });
        return { ...inputs, kubeconfigs: [{ name: 'user', value: KUBECONFIG }], configFilePath: '/tmp/config.yml' };
      },
    },
    PROJECT,
    stack,
  );
  const monitor = runtime.getMonitor() as unknown as Monitor;
  const spy = jest.spyOn(monitor, 'registerResource');
  let thrown: { readonly error?: unknown } = {};
  const outputs = await runtime.runInPulumiStack(async () => {
    try {
      return (await program()) as Inputs;
    } catch (error) {
      // Pulumi would end the process.
      thrown = { error };
      return {};
    }
  });
  // Waits for what is under way.
  await runtime.disconnect();
  const requests = spy.mock.calls.map(([request]) => request);
  return { resources: registered(stack, requests), calls, outputs: outputs as Inputs, ...thrown };
}

/** Runs a program that ends well. */
export async function run(stack: string, program: () => unknown): Promise<Run> {
  const done = await attempt(stack, program);
  if (done.error !== undefined) throw done.error;
  return done;
}

/** Mocks know the type of one parent only; the engine joins those of all of them, without the stack's. */
function registered(stack: string, requests: readonly RegisterResourceRequest[]): readonly Registered[] {
  const head = `urn:pulumi:${stack}::${PROJECT}`;
  const types = new Map<string, string>();
  return requests.map((request) => {
    const [token, name, parent] = [request.getType(), request.getName(), request.getParent()];
    const parentType = parent.split('::')[2]?.split('$').pop();
    const mocked = `${head}::${parentType ? `${parentType}$` : ''}${token}::${name}`;
    const above = types.get(parent) ?? '';
    const type = above === '' ? token : `${above}$${token}`;
    types.set(mocked, token === 'pulumi:pulumi:Stack' ? '' : type);
    const raw = request.getObject()?.toJavaScript() ?? {};
    const timeouts = request.getCustomtimeouts();
    return {
      urn: `${head}::${type}::${name}`,
      token,
      name,
      inputs: unwrappedRecord(raw),
      secrets: Object.keys(raw).filter((key) => isSecret(raw[key])),
      dependencies: request.getDependenciesList(),
      deletedWith: request.getDeletedwith(),
      timeouts: {
        create: timeouts?.getCreate() ?? '',
        update: timeouts?.getUpdate() ?? '',
        delete: timeouts?.getDelete() ?? '',
      },
    };
  });
}

/** The resources with that token. */
export function ofToken({ resources }: Pick<Run, 'resources'>, token: string): readonly Registered[] {
  return resources.filter((one) => one.token === token);
}

/** The one resource with that token. */
export function only(all: Pick<Run, 'resources'>, token: string): Registered {
  const [one, ...others] = ofToken(all, token);
  if (one === undefined || others.length > 0) {
    throw new Error(`expected one ${token}, found ${others.length + (one ? 1 : 0)}`);
  }
  return one;
}
