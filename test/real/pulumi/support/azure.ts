import { type ArmJudge, armJudge, INTERNAL, resourceType, resourceTypes } from './arm';
import { azureOutputs, guid } from './azure-outputs';
import { serviceFailures } from './azure-rules';
import type { Shape } from './azure-sdk';
import {
  type Behaviour,
  type Checked,
  type CheckRequest,
  type Cloud,
  CloudError,
  type CloudObject,
  type Created,
  type FaultKind,
  type Operation,
  type Properties,
  UNKNOWN,
} from './behaviour';
import { isRecord } from './wire';

export interface AzureOptions {
  readonly subscriptionId: string;
  readonly tenantId: string;
  /** What `listManagedClusterUserCredentials` hands out. */
  readonly kubeconfig: string;
}

/** As the provider names it; a replacement of an object that named itself comes before the deletion. */
const [CREATE_BEFORE_DELETE = ''] = INTERNAL;

/**
 * Azure behind azure-native 3.28. Inputs are judged by the SDK's declarations, Azure's schemas and a few rules of AKS; the rest
 * follows the provider (pulumi/pulumi-azure-native provider/pkg/provider/provider.go, crud/crud.go) and ARM.
 */
export class Azure implements Behaviour {
  readonly packageName = 'azure-native';
  // `HandleErrorWithCheckpoint` of crud.go.
  readonly keepsPartialState = true;
  readonly upserts = true;
  private location?: string;
  private readonly groupLocations = new Map<string, string>();

  constructor(private readonly options: AzureOptions) {}

  configure(args: Properties): void {
    const { location } = args;
    this.location = typeof location === 'string' && location !== UNKNOWN ? location : undefined;
  }

  check({ type, name, news, olds, seed }: CheckRequest): Checked {
    const judge = armJudge(type);
    if (!judge)
      return {
        inputs: news,
        failures: [['', `the stand-in has no schema of ${type}; it has ${resourceTypes.join(', ')}`]],
      };
    const inputs = this.withDefaults(judge, { type, name, news, olds, seed });
    return { inputs, failures: [...judge.failures(inputs), ...serviceFailures(type, inputs)] };
  }

  replaces(type: string, path: string): boolean {
    const spec = resourceType(type);
    const names = path.replace(/\[\d+\]/g, '[]');
    const keys = [...(armJudge(type)?.parameters ?? []), ...(spec?.forceNew ?? [])];
    return keys.some((key) => names === key || names.startsWith(`${key}.`) || names.startsWith(`${key}[`));
  }

  deletesBeforeReplace(_type: string, oldInputs: Properties): boolean {
    return oldInputs[CREATE_BEFORE_DELETE] !== true;
  }

  computed(type: string): readonly string[] {
    return [...(armJudge(type)?.sdk.outputs.keys() ?? [])];
  }

  previewOutputs(type: string, inputs: Properties): Properties {
    const outputs = armJudge(type)?.sdk.outputs;
    return outputs ? previewed(inputs, outputs) : inputs;
  }

  stableOutputs(): readonly string[] {
    return ['name', 'location'];
  }

  create(type: string, inputs: Properties, cloud: Cloud): Created {
    const id = this.id(type, inputs);
    // `CanCreate` of crud.go: a PUT would have taken the object over without a word.
    if (cloud.get(type, id)) throw new CloudError(`cannot create already existing resource '${id}'`);
    this.refuseDangling(id, inputs, cloud);
    return { id, outputs: this.outputs(type, id, inputs) };
  }

  update(type: string, id: string, inputs: Properties, cloud: Cloud): Properties {
    this.refuseDangling(id, inputs, cloud);
    return this.outputs(type, id, inputs);
  }

  /** What stands below an object goes with it: all of a resource group, and the pools of a cluster. */
  contains(_type: string, id: string, cloud: Cloud): readonly CloudObject[] {
    return cloud.all().filter((object) => object.id.toLowerCase().startsWith(`${id.toLowerCase()}/`));
  }

  invoke(token: string, args: Properties, cloud: Cloud): Properties {
    const { subscriptionId, tenantId, kubeconfig } = this.options;
    if (token === 'azure-native:authorization:getClientConfig')
      return { clientId: guid('client'), objectId: guid('object'), subscriptionId, tenantId };
    if (token === 'azure-native:containerservice:listManagedClusterUserCredentials') {
      const type = 'azure-native:containerservice:ManagedCluster';
      if (!cloud.get(type, this.id(type, args)))
        throw new CloudError(notFound('ResourceNotFound', `The Resource '${this.id(type, args)}' was not found.`));
      return { kubeconfigs: [{ name: 'clusterUser', value: Buffer.from(kubeconfig).toString('base64') }] };
    }
    throw new CloudError(`Invoke type ${token} not found`);
  }

  faultMessage(kind: FaultKind, operation: Operation, _type: string, id: string): string {
    const messages: Readonly<Record<FaultKind, string>> = {
      quota:
        'Code="ErrCode_InsufficientVCPUQuota" Message="Insufficient vcpu quota requested 96, remaining 24 for family ' +
        'standardNCADSA100v4Family for region westeurope."',
      throttled:
        'Code="TooManyRequests" Message="The request is being throttled as the limit has been reached for operation type"',
      'timeout-half-way': `context deadline exceeded: polling for the ${operation} of ${id} did not end`,
      'lost-answer': `Put "${id}": read: connection reset by peer`,
      stuck:
        'Code="OperationNotAllowed" Message="Operation is not allowed because there\'s an in progress ' +
        `${operation === 'create' ? 'create' : 'update'} managed cluster or node pool operation on ${id}"`,
    };
    return messages[kind];
  }

  /** `applyDefaults` of provider.go: a name, the location of the resource group, the API version. */
  private withDefaults(judge: ArmJudge, { type, name, news, olds, seed }: CheckRequest): Properties {
    const inputs: Record<string, unknown> = { ...news };
    const own = judge.parameters.at(-1);
    if (own && inputs[own] === undefined) {
      const old = olds[own];
      inputs[own] = old ?? madeUpName(type, name, seed);
      if (old === undefined || olds[CREATE_BEFORE_DELETE] === true) inputs[CREATE_BEFORE_DELETE] = true;
    }
    if (inputs['location'] === undefined && judge.sdk.inputs.has('location')) {
      const location = olds['location'] ?? this.location ?? this.groupLocation(inputs['resourceGroupName']);
      if (location !== undefined) inputs['location'] = location;
    }
    inputs['azureApiVersion'] ??= judge.sdk.apiVersion;
    return inputs;
  }

  /** Not known while the group is not; undefined while a group of a known name does not exist, as in the real provider. */
  private groupLocation(group: unknown): string | undefined {
    return group === UNKNOWN ? UNKNOWN : this.groupLocations.get(String(group));
  }

  private id(type: string, inputs: Properties): string {
    const path = resourceType(type)?.path ?? '';
    return path.replace(/(\/?)\{(\w+)\}/g, (_match, slash: string, parameter: string) => {
      const value = parameter === 'subscriptionId' ? this.options.subscriptionId : String(inputs[parameter] ?? '');
      return `${slash}${value.replace(/^\/|\/$/g, '')}`;
    });
  }

  private outputs(type: string, id: string, inputs: Properties): Properties {
    if (type === 'azure-native:resources:ResourceGroup')
      this.groupLocations.set(String(inputs['resourceGroupName']), String(inputs['location']));
    const shape = armJudge(type)?.sdk.outputs;
    const kept = Object.entries(inputs).filter(([key]) => shape?.has(key));
    return {
      ...Object.fromEntries(kept),
      name: id.split('/').at(-1),
      ...azureOutputs(type, id, inputs, this.options),
    };
  }

  /** ARM refuses what stands below, or refers to, something that is not there; objects of other subscriptions are not looked up. */
  private refuseDangling(id: string, inputs: Properties, cloud: Cloud): void {
    for (const reference of new Set([parentOf(id), ...references(inputs)])) {
      const group = /^\/subscriptions\/[^/]+\/resourceGroups\/([^/]+)/i.exec(reference)?.[1];
      if (group === undefined || exists(reference, cloud)) continue;
      const ours = [...this.groupLocations.keys()].some((name) => name.toLowerCase() === group.toLowerCase());
      if (reference === parentOf(id)) throw new CloudError(missingParent(reference, group, ours));
      if (ours && known(reference))
        throw new CloudError(notFound('LinkedInvalidPropertyId', `The linked resource '${reference}' was not found.`));
    }
  }
}

/** `PreviewOutputs` of pulumi-azure-native: what is not an input is not known, at any depth. */
function previewed(inputs: Properties, outputs: Shape): Properties {
  return Object.fromEntries(
    [...outputs].map(([name, { shape, form }]) => {
      const input = inputs[name];
      if (input === undefined) return [name, UNKNOWN];
      if (!shape) return [name, input];
      const one = (value: unknown): unknown => (isRecord(value) ? previewed(value, shape()) : value);
      if (form === 'list') return [name, Array.isArray(input) ? input.map(one) : input];
      if (form === 'map' && isRecord(input))
        return [name, Object.fromEntries(Object.entries(input).map(([key, value]) => [key, one(value)]))];
      return [name, one(input)];
    }),
  );
}

/** `NewUniqueName` of the SDK, with what ARM takes; a role assignment is named by a GUID. */
const madeUpName = (type: string, name: string, seed: string): string =>
  type.endsWith(':RoleAssignment') ? guid(seed) : `${name}${seed.slice(0, 8)}`;

const notFound = (code: string, message: string): string => `Status=404 Code="${code}" Message="${message}"`;

const missingParent = (parent: string, group: string, groupExists: boolean): string =>
  groupExists
    ? notFound(
        'ParentResourceNotFound',
        `Can not perform requested operation on nested resource. Parent resource '${parent}' not found.`,
      )
    : notFound('ResourceGroupNotFound', `Resource group '${group}' could not be found.`);

/** The id of what the object stands in. An extension resource stands in its scope. */
function parentOf(id: string): string {
  const segments = id.split('/');
  const providers = segments.lastIndexOf('providers');
  // Below `/providers/Namespace/type/name` stands the resource group or the scope.
  if (segments.length === providers + 4) return segments.slice(0, providers).join('/');
  // Containers stand below the one blob service of an account, which nobody makes.
  return segments
    .slice(0, -2)
    .join('/')
    .replace(/\/blobServices\/default$/, '');
}

function references(value: unknown): readonly string[] {
  if (typeof value === 'string') return value.startsWith('/subscriptions/') ? [value] : [];
  if (Array.isArray(value)) return value.flatMap(references);
  return isRecord(value) ? Object.values(value).flatMap(references) : [];
}

function exists(id: string, cloud: Cloud): boolean {
  const wanted = id.toLowerCase();
  const inVirtualNetwork = (object: CloudObject): boolean => {
    const { subnets } = object.inputs;
    const names = Array.isArray(subnets)
      ? subnets.map((subnet) => (isRecord(subnet) ? subnet['name'] : undefined))
      : [];
    return names.some((name) => `${object.id}/subnets/${name}`.toLowerCase() === wanted);
  };
  return cloud.all().some((object) => object.id.toLowerCase() === wanted || inVirtualNetwork(object));
}

const PATTERNS = resourceTypes.map(
  (type) => new RegExp(`^${(resourceType(type)?.path ?? '').replace(/\{\w+\}/g, '[^/]+')}$`, 'i'),
);

/** Whether it is the id of a type that the stand-in has. */
const known = (id: string): boolean => PATTERNS.some((pattern) => pattern.test(id));
