import { Metadata, type ServiceError, status, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { PluginInfo } from '@pulumi/pulumi/proto/plugin_pb';
import { ResourceProviderService } from '@pulumi/pulumi/proto/provider_grpc_pb';
import {
  CheckFailure,
  type CheckRequest as CheckMessage,
  CheckResponse,
  type ConfigureRequest,
  ConfigureResponse,
  type CreateRequest,
  CreateResponse,
  type DeleteRequest,
  type DiffRequest,
  DiffResponse,
  ErrorResourceInitFailed,
  type InvokeRequest,
  InvokeResponse,
  type ParameterizeRequest,
  ParameterizeResponse,
  PropertyDiff,
  ProviderHandshakeResponse,
  type ReadRequest,
  ReadResponse,
  type UpdateRequest,
  UpdateResponse,
} from '@pulumi/pulumi/proto/provider_pb';
import { Status } from '@pulumi/pulumi/proto/status_pb';
import { Any } from 'google-protobuf/google/protobuf/any_pb';
import { Empty } from 'google-protobuf/google/protobuf/empty_pb';
import {
  type Behaviour,
  type Checked,
  type Cloud,
  CloudError,
  type CloudObject,
  type Fault,
  type FaultKind,
  type Live,
  type Operation,
  type Properties,
  UNKNOWN,
} from './behaviour';
import { Faults } from './faults';
import { LoopbackServer, unary } from './grpc';
import { changes, fromStruct, toStruct, unwrapped, unwrappedRecord, wrappedRecordLike } from './wire';

/** A call that changes, reads or asks something; checks, diffs and previews change nothing and are not kept. */
export interface Call {
  readonly operation: Operation | 'invoke' | 'configure' | 'parameterize';
  /** Of a resource; the token of an invoke; empty otherwise. */
  readonly type: string;
  /** Logical name, or empty. */
  readonly name: string;
  /** Why it failed, when it did. */
  readonly error?: string;
}

/** The engine has this object, although its creation or update failed. */
class InitFailed extends Error {
  constructor(
    message: string,
    readonly id: string,
    readonly properties: Properties,
    readonly inputs: Properties,
  ) {
    super(message);
  }
}

/**
 * A provider plugin over a stand-in cloud, in this process, to which the engine attaches through `PULUMI_DEBUG_PROVIDERS`.
 *
 * What it does not know about a cloud, its {@link Behaviour} does. Objects and faults outlive a run of the engine, as in a
 * cloud, and can be read and changed by a test.
 */
export class FakeProvider implements Cloud {
  static async start(behaviour: Behaviour): Promise<FakeProvider> {
    const provider = new FakeProvider(behaviour);
    await provider.listen();
    return provider;
  }

  readonly faults = new Faults();
  readonly calls: Call[] = [];
  private readonly objects = new Map<string, CloudObject>();
  private server?: LoopbackServer;

  private constructor(private readonly behaviour: Behaviour) {}

  /** An entry of `PULUMI_DEBUG_PROVIDERS`. */
  get attachment(): string {
    return `${this.behaviour.basePlugin ?? this.behaviour.packageName}:${this.server?.port}`;
  }

  get(type: string, id: string): CloudObject | undefined {
    return this.objects.get(key(type, id));
  }

  all(): readonly CloudObject[] {
    return [...this.objects.values()];
  }

  /** Changes an object behind Pulumi's back. */
  change(type: string, id: string, inputs: Properties): void {
    const object = this.existing(type, id);
    this.keep({ ...object, inputs: { ...object.inputs, ...inputs }, outputs: { ...object.outputs, ...inputs } });
  }

  /** Removes an object behind Pulumi's back. */
  lose(type: string, id: string): void {
    this.existing(type, id);
    this.objects.delete(key(type, id));
  }

  /** The cloud comes to an end with an object that was stuck. */
  settle(type: string, id: string, state: 'Succeeded' | 'Failed'): void {
    this.keep({ ...this.existing(type, id), state });
  }

  async stop(): Promise<void> {
    this.server?.stop();
  }

  private existing(type: string, id: string): CloudObject {
    const object = this.get(type, id);
    if (!object) throw new Error(`the cloud has no ${type} ${id}; it has ${[...this.objects.keys()].join(', ')}`);
    return object;
  }

  private keep(object: CloudObject): void {
    this.objects.set(key(object.type, object.id), object);
  }

  private async listen(): Promise<void> {
    this.server = await LoopbackServer.start(ResourceProviderService, this.service());
  }

  private service(): UntypedServiceImplementation {
    return {
      handshake: unary(() => {
        const response = new ProviderHandshakeResponse();
        response.setAcceptSecrets(true);
        response.setAcceptResources(true);
        return response;
      }),
      getPluginInfo: unary(() => {
        const response = new PluginInfo();
        response.setVersion('99.0.0');
        return response;
      }),
      attach: unary(() => new Empty()),
      cancel: unary(() => new Empty()),
      parameterize: method((request: ParameterizeRequest) => this.parameterize(request)),
      checkConfig: method((request: CheckMessage) => this.checkConfig(request)),
      diffConfig: method((request: DiffRequest) => this.diffConfig(request)),
      configure: method((request: ConfigureRequest) => this.configure(request)),
      check: method((request: CheckMessage) => this.check(request)),
      diff: method((request: DiffRequest) => this.diff(request)),
      create: method((request: CreateRequest) => this.create(request)),
      read: method((request: ReadRequest) => this.read(request)),
      update: method((request: UpdateRequest) => this.update(request)),
      delete: method((request: DeleteRequest) => this.delete(request)),
      invoke: method((request: InvokeRequest) => this.invoke(request)),
    };
  }

  private parameterize(request: ParameterizeRequest): Promise<ParameterizeResponse> {
    const parameter = {
      name: request.getValue()?.getName() ?? '',
      version: request.getValue()?.getVersion() ?? '',
      value: Buffer.from(request.getValue()?.getValue_asU8() ?? []).toString('utf8'),
    };
    return this.logged({ operation: 'parameterize', type: '', name: parameter.name }, () => {
      if (!this.behaviour.parameterize) throw new CloudError(`${this.behaviour.packageName} takes no parameter`);
      this.behaviour.parameterize(parameter);
      const response = new ParameterizeResponse();
      response.setName(parameter.name);
      response.setVersion(parameter.version);
      return response;
    });
  }

  private checkConfig(request: CheckMessage): CheckResponse {
    const news = fromStruct(request.getNews());
    return checkResponse(
      this.behaviour.checkConfig?.(unwrappedRecord(news)) ?? { inputs: unwrappedRecord(news), failures: [] },
      news,
    );
  }

  /** A provider is never replaced: that would replace all that it made. */
  private diffConfig(request: DiffRequest): DiffResponse {
    const response = new DiffResponse();
    const found = changes(unwrapped(fromStruct(request.getOldInputs())), unwrapped(fromStruct(request.getNews())));
    response.setChanges(found.length > 0 ? DiffResponse.DiffChanges.DIFF_SOME : DiffResponse.DiffChanges.DIFF_NONE);
    return response;
  }

  private configure(request: ConfigureRequest): Promise<ConfigureResponse> {
    return this.logged({ operation: 'configure', type: '', name: '' }, () => {
      this.behaviour.configure?.(unwrappedRecord(fromStruct(request.getArgs())));
      const response = new ConfigureResponse();
      response.setAcceptsecrets(true);
      response.setAcceptresources(true);
      response.setSupportspreview(true);
      return response;
    });
  }

  private async check(request: CheckMessage): Promise<CheckResponse> {
    const raw = fromStruct(request.getNews());
    const checked = await this.behaviour.check({
      ...identity(request.getUrn()),
      news: unwrappedRecord(raw),
      olds: unwrappedRecord(fromStruct(request.getOlds())),
      seed: Buffer.from(request.getRandomseed_asU8()).toString('hex'),
    });
    return checkResponse(checked, raw);
  }

  private diff(request: DiffRequest): DiffResponse {
    const { type } = identity(request.getUrn());
    const olds = unwrappedRecord(fromStruct(request.getOldInputs()));
    const news = unwrappedRecord(fromStruct(request.getNews()));
    const found = changes(olds, news);
    const replacing = found.filter(([path]) => this.behaviour.replaces(type, path));
    const response = new DiffResponse();
    response.setChanges(found.length > 0 ? DiffResponse.DiffChanges.DIFF_SOME : DiffResponse.DiffChanges.DIFF_NONE);
    response.setDiffsList([...new Set(found.map(([path]) => topLevel(path)))]);
    response.setReplacesList([...new Set(replacing.map(([path]) => topLevel(path)))]);
    response.setHasdetaileddiff(true);
    response.setDeletebeforereplace(
      replacing.length > 0 && (this.behaviour.deletesBeforeReplace?.(type, olds, news) ?? false),
    );
    for (const [path, kind] of found) {
      const detail = new PropertyDiff();
      detail.setInputdiff(true);
      detail.setKind(PropertyDiff.Kind[this.behaviour.replaces(type, path) ? (`${kind}_REPLACE` as const) : kind]);
      response.getDetaileddiffMap().set(path, detail);
    }
    return response;
  }

  private async create(request: CreateRequest): Promise<CreateResponse> {
    const { type, name } = identity(request.getUrn());
    const raw = fromStruct(request.getProperties());
    const response = new CreateResponse();
    if (request.getPreview()) {
      response.setProperties(toStruct(this.preview(type, {}, raw)));
      return response;
    }
    return this.logged({ operation: 'create', type, name }, async () => {
      const inputs = unwrappedRecord(raw);
      const fault = this.refusal('create', type, name);
      const { id, outputs } = await this.behaviour.create(type, inputs, this);
      const properties = state(inputs, outputs, raw);
      this.finish({ type, id, inputs, outputs, state: 'Succeeded' }, fault, 'create', properties, raw);
      response.setId(id);
      response.setProperties(toStruct(properties));
      return response;
    });
  }

  private async update(request: UpdateRequest): Promise<UpdateResponse> {
    const { type, name } = identity(request.getUrn());
    const id = request.getId();
    const raw = fromStruct(request.getNews());
    const olds = fromStruct(request.getOlds());
    const response = new UpdateResponse();
    if (request.getPreview()) {
      const stable = this.behaviour.stableOutputs?.(type) ?? Object.keys(olds);
      const known = Object.entries(olds).filter(([output]) => stable.includes(output));
      response.setProperties(toStruct(this.preview(type, Object.fromEntries(known), raw)));
      return response;
    }
    return this.logged({ operation: 'update', type, name }, async () => {
      const inputs = unwrappedRecord(raw);
      const fault = this.refusal('update', type, name, id);
      const before = this.get(type, id);
      if (!before && !this.behaviour.upserts && !this.behaviour.read) throw new CloudError(`${id} was not found`);
      const outputs =
        (await this.behaviour.update?.(type, id, inputs, this)) ??
        before?.outputs ??
        (await this.behaviour.create(type, inputs, this)).outputs;
      const properties = state(inputs, outputs, raw);
      this.finish({ type, id, inputs, outputs, state: 'Succeeded' }, fault, 'update', properties, raw);
      response.setProperties(toStruct(properties));
      return response;
    });
  }

  private async read(request: ReadRequest): Promise<ReadResponse> {
    const { type, name } = identity(request.getUrn());
    const id = request.getId();
    return this.logged({ operation: 'read', type, name }, async () => {
      this.refusal('read', type, name, id);
      const response = new ReadResponse();
      const inputs = fromStruct(request.getInputs());
      const live = await this.live(type, id, unwrappedRecord(inputs));
      if (!live) return response;
      response.setId(id);
      response.setInputs(toStruct(wrappedRecordLike(live.inputs, inputs)));
      response.setProperties(toStruct(state(live.inputs, live.outputs, inputs)));
      return response;
    });
  }

  private async delete(request: DeleteRequest): Promise<Empty> {
    const { type, name } = identity(request.getUrn());
    const id = request.getId();
    return this.logged({ operation: 'delete', type, name }, async () => {
      const fault = this.refusal('delete', type, name, id);
      await this.behaviour.remove?.(type, id, this);
      for (const object of this.behaviour.contains?.(type, id, this) ?? [])
        this.objects.delete(key(object.type, object.id));
      this.objects.delete(key(type, id));
      if (fault) throw new CloudError(this.message(fault.kind, 'delete', type, id));
      return new Empty();
    });
  }

  private invoke(request: InvokeRequest): Promise<InvokeResponse> {
    const token = request.getTok();
    return this.logged({ operation: 'invoke', type: token, name: '' }, async () => {
      if (!this.behaviour.invoke) throw new CloudError(`${this.behaviour.packageName} has no function ${token}`);
      const answer = await this.behaviour.invoke(token, unwrappedRecord(fromStruct(request.getArgs())), this);
      const response = new InvokeResponse();
      response.setReturn(toStruct(answer));
      return response;
    });
  }

  private async live(type: string, id: string, inputs: Properties): Promise<Live | undefined> {
    return this.behaviour.read ? this.behaviour.read(type, id, inputs) : this.get(type, id);
  }

  /** What is known of the outputs before the work: `known` of before, and the inputs. */
  private preview(type: string, known: Properties, raw: Properties): Properties {
    const unknown = Object.fromEntries(this.behaviour.computed(type).map((output) => [output, UNKNOWN]));
    const shown = this.behaviour.previewOutputs?.(type, unwrappedRecord(raw)) ?? unwrappedRecord(raw);
    const stable = Object.entries(known).filter(([output]) => !(output in raw));
    return wrappedRecordLike({ ...unknown, ...shown, ...Object.fromEntries(stable) }, raw);
  }

  /** Refuses a call as ordered, or because the object is busy. Returns a fault that comes after the work. */
  private refusal(operation: Operation, type: string, name: string, id?: string): Fault | undefined {
    const fault = this.faults.take(operation, type, name);
    const shown = id ?? name;
    if (fault?.kind === 'quota' || fault?.kind === 'throttled')
      throw new CloudError(this.message(fault.kind, operation, type, shown));
    if (operation !== 'read' && id !== undefined && this.get(type, id)?.state === 'Creating')
      throw new CloudError(this.message('stuck', operation, type, id));
    if (fault && operation === 'read') throw new CloudError(this.message(fault.kind, operation, type, shown));
    return fault;
  }

  /** Keeps the object, and fails afterwards when a fault says so. */
  private finish(
    object: CloudObject,
    fault: Fault | undefined,
    operation: Operation,
    properties: Properties,
    inputs: Properties,
  ): void {
    this.keep({ ...object, state: fault?.kind === 'stuck' ? 'Creating' : 'Succeeded' });
    if (!fault) return;
    const message = this.message(fault.kind, operation, object.type, object.id);
    if (fault.kind === 'lost-answer' || !this.behaviour.keepsPartialState) throw new CloudError(message);
    throw new InitFailed(message, object.id, properties, inputs);
  }

  private message(kind: FaultKind, operation: Operation, type: string, id: string): string {
    return this.behaviour.faultMessage?.(kind, operation, type, id) ?? `${operation} of ${type} ${id} failed: ${kind}`;
  }

  private async logged<T>(call: Call, body: () => T | Promise<T>): Promise<T> {
    try {
      const result = await body();
      this.calls.push(call);
      return result;
    } catch (error) {
      this.calls.push({ ...call, error: error instanceof Error ? error.message : String(error) });
      throw error;
    }
  }
}

const key = (type: string, id: string): string => `${type}|${id}`;

const topLevel = (path: string): string => path.split(/[.[]/)[0] ?? path;

/** A URN is `urn:pulumi:stack::project::parent$type::name`. */
function identity(urn: string): { readonly type: string; readonly name: string } {
  const [, , types = '', ...name] = urn.split('::');
  return { type: types.split('$').at(-1) ?? '', name: name.join('::') };
}

/** What the engine keeps of an object: its outputs over its inputs, secret where the inputs are. */
const state = (inputs: Properties, outputs: Properties, raw: Properties): Properties =>
  wrappedRecordLike({ ...inputs, ...outputs }, raw);

function checkResponse({ inputs, failures }: Checked, raw: Properties): CheckResponse {
  const response = new CheckResponse();
  response.setInputs(toStruct(wrappedRecordLike(inputs, raw)));
  response.setFailuresList(
    failures.map(([property, reason]) => {
      const failure = new CheckFailure();
      failure.setProperty(property);
      failure.setReason(reason);
      return failure;
    }),
  );
  return response;
}

const method = <Request, Response>(body: (request: Request) => Response | Promise<Response>) =>
  unary(body, asServiceError);

/** The way in which `rpcerror.WithDetails` of the SDK carries the state of an object that is not done. */
function asServiceError(error: unknown): Partial<ServiceError> {
  const message = error instanceof Error ? error.message : String(error);
  // Anything but a refusal is a fault of the stand-in: say where.
  if (!(error instanceof CloudError || error instanceof InitFailed))
    return { code: status.INTERNAL, message: error instanceof Error ? (error.stack ?? message) : message };
  if (error instanceof CloudError) return { code: status.UNKNOWN, message };
  const detail = new ErrorResourceInitFailed();
  detail.setId(error.id);
  detail.setProperties(toStruct(error.properties));
  detail.setInputs(toStruct(error.inputs));
  detail.setReasonsList([message]);
  const packed = new Any();
  packed.pack(detail.serializeBinary(), 'pulumirpc.ErrorResourceInitFailed');
  const whole = new Status();
  whole.setCode(status.UNKNOWN);
  whole.setMessage(message);
  whole.addDetails(packed);
  const metadata = new Metadata();
  metadata.add('grpc-status-details-bin', Buffer.from(whole.serializeBinary()));
  return { code: status.UNKNOWN, message, metadata };
}
