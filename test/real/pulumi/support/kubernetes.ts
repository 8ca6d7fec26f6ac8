import { createHash } from 'node:crypto';
import { parseAllDocuments } from 'yaml';
import { type ApiClient, ApiError, ConnectionError } from '../../support/api';
import type { KubeObject, ObjectRef } from '../../support/objects';
import {
  type Behaviour,
  type Checked,
  type CheckRequest,
  CloudError,
  type Created,
  type Live,
  type Properties,
  UNKNOWN,
} from './behaviour';
import { isRecord } from './wire';

export interface KubernetesOptions {
  readonly api: ApiClient;
  /** The only kubeconfig that the provider may be given; anything else would reach for the ambient cluster of a user. */
  readonly kubeconfig: string;
}

const SELECTOR = ['spec.selector'];

/**
 * Fields whose change replaces an object, besides its name and namespace: `forceNew` of pulumi/pulumi-kubernetes
 * provider/pkg/provider/diff.go, for the kinds that warmpath emits.
 */
const FORCE_NEW: Readonly<Record<string, readonly string[]>> = {
  'apps/v1:Deployment': SELECTOR,
  'apps/v1:StatefulSet': [
    'spec.podManagementPolicy',
    'spec.revisionHistoryLimit',
    ...SELECTOR,
    'spec.serviceName',
    'spec.volumeClaimTemplates',
  ],
  'batch/v1:Job': ['spec.completions', 'spec.parallelism', ...SELECTOR, 'spec.template'],
  'core/v1:ConfigMap': ['binaryData', 'data'],
  'core/v1:PersistentVolumeClaim': ['spec'],
  'core/v1:ResourceQuota': ['spec.scopes'],
  'core/v1:Secret': ['type', 'stringData', 'data'],
  'core/v1:Service': ['spec.clusterIP'],
  'rbac.authorization.k8s.io/v1:ClusterRoleBinding': ['roleRef'],
  'rbac.authorization.k8s.io/v1:RoleBinding': ['roleRef'],
  'storage.k8s.io/v1:StorageClass': ['parameters', 'provisioner'],
};

const AUTONAMED = 'pulumi.com/autonamed';
const PATCH_FORCE = 'pulumi.com/patchForce';

/**
 * The provider `kubernetes` in front of a live kube-apiserver: what is checked is a dry run there, what is created is applied
 * there (server-side apply, the default of the provider since 4.0).
 *
 * Each resource is a field manager of its own, as there. Not imitated: waiting until pods are ready, for nothing runs them.
 */
export class Kubernetes implements Behaviour {
  readonly packageName = 'kubernetes';
  readonly upserts = true;
  /** Objects that could not be tried beforehand, because their kind, their namespace or a value did not exist yet. */
  readonly undecided: string[] = [];

  constructor(private readonly options: KubernetesOptions) {}

  configure(args: Properties): void {
    const { kubeconfig } = args;
    if (kubeconfig !== UNKNOWN && kubeconfig !== this.options.kubeconfig)
      throw new CloudError('the provider was not given the kubeconfig of its cluster');
  }

  async check({ type, name, news, olds, seed }: CheckRequest): Promise<Checked> {
    const inputs = named(news, olds, name, seed);
    if (apiVersionOf(type) !== inputs['apiVersion'])
      return { inputs, failures: [['apiVersion', `${inputs['apiVersion']} is not that of ${type}`]] };
    const reason = await this.refused(type, inputs);
    return { inputs, failures: reason === undefined ? [] : [['', reason]] };
  }

  replaces(type: string, path: string): boolean {
    const fields = ['apiVersion', 'kind', 'metadata.name', 'metadata.namespace', ...(FORCE_NEW[shortType(type)] ?? [])];
    return fields.some((field) => path === field || path.startsWith(`${field}.`) || path.startsWith(`${field}[`));
  }

  /** Two objects of one name cannot be there at once (`Diff` of provider.go). */
  deletesBeforeReplace(_type: string, oldInputs: Properties, newInputs: Properties): boolean {
    const [before, after] = [metadataOf(oldInputs), metadataOf(newInputs)];
    const annotations = isRecord(after['annotations']) ? after['annotations'] : {};
    return (
      annotations[AUTONAMED] !== 'true' &&
      before['name'] === after['name'] &&
      before['namespace'] === after['namespace']
    );
  }

  computed(): readonly string[] {
    return ['status'];
  }

  async create(type: string, inputs: Properties): Promise<Created> {
    const outputs = await this.applied(type, inputs);
    const { name, namespace } = metadataOf(outputs);
    return { id: namespace === undefined ? String(name) : `${namespace}/${name}`, outputs };
  }

  update(type: string, _id: string, inputs: Properties): Promise<Properties> {
    return this.applied(type, inputs);
  }

  async remove(type: string, id: string): Promise<void> {
    const ref = refOf(type, id);
    if (!isPatch(type)) return refusing(() => this.options.api.delete(ref));
    // The object belongs to somebody else: only what was patched is given up (`ssa.Relinquish` of the provider).
    const { apiVersion, kind, ...metadata } = ref;
    await this.applied(type, { apiVersion, kind, metadata });
  }

  async read(type: string, id: string, inputs: Properties): Promise<Live | undefined> {
    const object = await refusing(() => this.options.api.get(refOf(type, id)));
    return (
      object && { inputs: isRecord(inputs['metadata']) ? owned(object, inputs) : inputsOf(object), outputs: object }
    );
  }

  invoke(token: string, args: Properties): Properties {
    if (token !== 'kubernetes:yaml:decode') throw new CloudError(`unknown function ${token}`);
    return { result: parseAllDocuments(String(args['text'])).map((document) => document.toJS() as unknown) };
  }

  /** The server's reason against the object; undefined when it is admitted or cannot be asked yet. */
  private async refused(type: string, inputs: Properties): Promise<string | undefined> {
    const object = asObject(inputs);
    const { apiVersion, kind, metadata } = object;
    const shown = `${apiVersion} ${kind} ${metadata.namespace ?? ''}/${metadata.name}`;
    if (hasUnknown(inputs)) {
      this.undecided.push(`${shown}: a value is not known yet`);
      return undefined;
    }
    try {
      await this.options.api.apply(object, { ...managing(type, object), dryRun: true });
      return undefined;
    } catch (error) {
      if (error instanceof ConnectionError || !(error instanceof Error)) throw error;
      // The real provider does not fail a preview for what the same deployment will install.
      if (!(error instanceof ApiError) ? /knows no kind/.test(error.message) : isMissingNamespace(error)) {
        this.undecided.push(`${shown}: ${error.message}`);
        return undefined;
      }
      return error.message;
    }
  }

  private async applied(type: string, inputs: Properties): Promise<Properties> {
    const object = asObject(inputs);
    const answer = await refusing(() => this.options.api.apply(object, managing(type, object)));
    return answer.object;
  }
}

/** Such as `ConfigMapPatch`, which changes an object of others. */
const isPatch = (type: string): boolean => type.endsWith('Patch');

/** Who applies, and whether what others manage is taken over: only when the object says so. */
function managing(type: string, { metadata }: KubeObject): { readonly fieldManager: string; readonly force: boolean } {
  const resource = `${type} ${metadata.namespace}/${metadata.name}`;
  const suffix = createHash('sha256').update(resource).digest('hex').slice(0, 8);
  return { fieldManager: `pulumi-kubernetes-${suffix}`, force: metadata.annotations?.[PATCH_FORCE] === 'true' };
}

/** `apps/v1:Deployment` of `kubernetes:apps/v1:Deployment`. */
const shortType = (type: string): string => type.replace(/^kubernetes:/, '').replace(/Patch$/, '');

const apiVersionOf = (type: string): string =>
  shortType(type)
    .replace(/:.*$/, '')
    .replace(/^core\//, '');

function refOf(type: string, id: string): ObjectRef {
  const [first = '', second] = id.split('/');
  const kind = shortType(type).split(':').at(-1) ?? '';
  return second === undefined
    ? { apiVersion: apiVersionOf(type), kind, name: first }
    : { apiVersion: apiVersionOf(type), kind, namespace: first, name: second };
}

const metadataOf = (inputs: Properties): Properties => (isRecord(inputs['metadata']) ? inputs['metadata'] : {});

function asObject(inputs: Properties): KubeObject {
  const { apiVersion, kind } = inputs;
  return { ...inputs, apiVersion: String(apiVersion), kind: String(kind), metadata: metadataOf(inputs) };
}

/** A name is made up from the logical one, and marked (`metadata.AssignNameIfAutonamable`). */
function named(news: Properties, olds: Properties, name: string, seed: string): Properties {
  const metadata = metadataOf(news);
  if (metadata['name'] !== undefined || metadata['generateName'] !== undefined) return news;
  const madeUp = metadataOf(olds)['name'] ?? `${name}-${seed.slice(0, 8)}`;
  const annotations = isRecord(metadata['annotations']) ? metadata['annotations'] : {};
  return {
    ...news,
    metadata: { ...metadata, name: madeUp, annotations: { ...annotations, [AUTONAMED]: 'true' } },
  };
}

/** Of the live object what had been applied: what the server and its controllers added has another manager. */
function owned(live: Properties, applied: Properties): Properties {
  const entries = Object.entries(applied).map(([key, value]): [string, unknown] => {
    const now = live[key];
    // Only ever written, never stored.
    if (key === 'stringData') return [key, value];
    if (isRecord(value) && isRecord(now)) return [key, owned(now, value)];
    if (!Array.isArray(value) || !Array.isArray(now) || value.length !== now.length) return [key, now];
    return [
      key,
      now.map((entry, index) => (isRecord(entry) && isRecord(value[index]) ? owned(entry, value[index]) : entry)),
    ];
  });
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/** The inputs of an object that somebody else made. */
function inputsOf(object: KubeObject): Properties {
  const { status: _, metadata, ...rest } = object;
  const { name, namespace, labels, annotations } = metadata;
  const kept = Object.entries({ name, namespace, labels, annotations }).filter(([, value]) => value !== undefined);
  return { ...rest, metadata: Object.fromEntries(kept) };
}

function hasUnknown(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(hasUnknown);
  return isRecord(value) ? Object.values(value).some(hasUnknown) : value === UNKNOWN;
}

const isMissingNamespace = (error: ApiError): boolean => error.status === 404 && /namespaces "/.test(error.message);

/** Says as the cloud's refusal what the server answered. */
async function refusing<T>(body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    throw error instanceof ApiError ? new CloudError(error.message) : error;
  }
}
