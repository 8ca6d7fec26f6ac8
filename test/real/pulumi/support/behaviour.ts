/** What a stand-in cloud knows. `provider.ts` speaks the engine's protocol over it and keeps the objects. */

/** A property bag as it goes over the wire, without secret wrappers. In a preview, values may be `UNKNOWN`. */
export type Properties = Readonly<Record<string, unknown>>;

/** What the engine writes where a value is not known before the update (`UnknownStringValue` of the Pulumi SDK). */
export const UNKNOWN = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';

/** A property path such as `upgradeSettings.maxSurge` or `nodeTaints[0]`, and what is wrong with it. */
export type Failure = readonly [property: string, reason: string];

export interface CheckRequest {
  /** Token, such as `azure-native:containerservice:AgentPool`. */
  readonly type: string;
  /** Logical name, the last part of the URN. */
  readonly name: string;
  readonly news: Properties;
  /** Inputs of the last deployment; empty when there is none. */
  readonly olds: Properties;
  /** Hexadecimal; the same in preview and update, so that a made-up name does not change between them. */
  readonly seed: string;
}

export interface Checked {
  /** `news` with defaults and a made-up name. */
  readonly inputs: Properties;
  readonly failures: readonly Failure[];
}

/** An object of the stand-in cloud. */
export interface CloudObject {
  readonly type: string;
  readonly id: string;
  readonly inputs: Properties;
  readonly outputs: Properties;
  /** `Creating` while it is stuck: it exists, and nothing can be done to it before `settle`. */
  readonly state: 'Succeeded' | 'Creating' | 'Failed';
}

/** What exists in the stand-in cloud now. */
export interface Cloud {
  get(type: string, id: string): CloudObject | undefined;
  all(): readonly CloudObject[];
}

/** The answer of a cloud that refuses; the engine sees its message as the error of the operation. */
export class CloudError extends Error {}

export type Operation = 'create' | 'update' | 'delete' | 'read';

/**
 * - `quota`: the call is refused and nothing is made.
 * - `throttled`: the same, for as many calls as `times` says.
 * - `timeout-half-way`: the cloud accepts and does it, but the provider gives up waiting.
 * - `lost-answer`: the cloud does it, but not even the id comes back.
 * - `stuck`: the cloud begins and does not end; the call fails, and the object stays in `Creating`.
 */
export type FaultKind = 'quota' | 'throttled' | 'timeout-half-way' | 'lost-answer' | 'stuck';

export interface Fault {
  readonly operation: Operation;
  readonly kind: FaultKind;
  /** @default any */
  readonly type?: string;
  /** Logical name. @default any */
  readonly name?: string;
  /** Calls that fail. @default 1 */
  readonly times?: number;
}

/**
 * A cloud behind a provider. Everything in it comes from the vendor's data; nothing from `lib/`, which it judges.
 *
 * The objects live in `provider.ts`. A behaviour that has objects of its own (a real API server) writes `update`, `remove` and `read`.
 */
export interface Behaviour {
  /** Such as `azure-native`: the name under which the engine attaches it. */
  readonly packageName: string;

  /**
   * Judges the inputs, in preview and update alike. An unknown type is a failure too: nothing passes unread.
   * Values that are `UNKNOWN` pass any type.
   */
  check(request: CheckRequest): Checked | Promise<Checked>;

  /** Whether a change of the property at the path (`zones[0].name`) replaces the object. */
  replaces(type: string, path: string): boolean;

  /** Whether the provider itself asks to delete the old object first. @default `false` */
  deletesBeforeReplace?(type: string, oldInputs: Properties, newInputs: Properties): boolean;

  /** Outputs that the preview of a creation does not know, besides `id`; those that are inputs as well are known. */
  computed(type: string): readonly string[];

  /** The outputs that a preview shows, when that is more than `computed` can say. @default the inputs over unknown `computed` */
  previewOutputs?(type: string, inputs: Properties): Properties;

  /** Outputs that the preview of an update still knows, besides the inputs. @default all */
  stableOutputs?(type: string): readonly string[];

  /**
   * The id and the outputs of a new object, which `provider.ts` then keeps.
   * @throws {@link CloudError} when the cloud refuses: a name that is taken, a parent that is missing
   */
  create(type: string, inputs: Properties, cloud: Cloud): Created | Promise<Created>;

  /** The outputs after an update in place. @default those of the creation stay @throws {@link CloudError} */
  update?(type: string, id: string, inputs: Properties, cloud: Cloud): Properties | Promise<Properties>;

  /** Called before an object is removed. @throws {@link CloudError} when the cloud refuses */
  remove?(type: string, id: string, cloud: Cloud): void | Promise<void>;

  /**
   * The object as it is now, for a behaviour that keeps objects elsewhere; undefined when it is gone.
   * @param inputs - of the last deployment; empty for an import
   */
  read?(type: string, id: string, inputs: Properties): Live | undefined | Promise<Live | undefined>;

  /** Ids of the objects that go with this one, such as all that a resource group holds. @default none */
  contains?(type: string, id: string, cloud: Cloud): readonly CloudObject[];

  /** Answer of a function of the provider. @throws {@link CloudError} when it has no such function */
  invoke?(token: string, args: Properties, cloud: Cloud): Properties | Promise<Properties>;

  /** The vendor's words for a fault. @default a plain sentence */
  faultMessage?(kind: FaultKind, operation: Operation, type: string, id: string): string;

  /** Whether an update makes an object that is gone, as a PUT does. @default `false`: the update fails */
  readonly upserts?: boolean;

  /** The base plugin of a parameterised package, such as `terraform-provider`: what the engine attaches instead. */
  readonly basePlugin?: string;

  /** Judges the parameter of a parameterised package. @throws {@link CloudError} when it is not the expected one */
  parameterize?(parameter: Parameter): void;

  /** Judges the configuration of the provider; nothing is checked when absent. */
  checkConfig?(news: Properties): Checked;

  /** Told the configuration before the first object is made. */
  configure?(args: Properties): void;

  /**
   * Whether the provider keeps an object whose creation was begun and failed (`ErrorResourceInitFailed`), so that the engine
   * has its id. @default `false`: the engine knows nothing of it
   */
  readonly keepsPartialState?: boolean;
}

export interface Created {
  readonly id: string;
  readonly outputs: Properties;
}

export interface Live {
  readonly inputs: Properties;
  readonly outputs: Properties;
}

export interface Parameter {
  readonly name: string;
  readonly version: string;
  /** The decoded `base64Parameter` of the SDK. */
  readonly value: string;
}
