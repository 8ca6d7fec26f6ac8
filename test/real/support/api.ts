import { setTimeout as sleep } from 'node:timers/promises';
import { type Connection, HttpClient, type HttpResponse } from './http';
import { type KubeObject, nameOf, type ObjectRef } from './objects';

export type { Connection } from './http';

/** What the server answered to a write. */
export interface ApiResponse<T> {
  readonly object: T;
  readonly warnings: readonly string[];
  readonly status: number;
}

export interface WriteOptions {
  /** @default warmpath-test */
  readonly fieldManager?: string;
  /** Admission and validation run, nothing is stored. @default false */
  readonly dryRun?: boolean;
  /** Namespace for a namespaced object that names none. @default such an object is refused */
  readonly namespace?: string;
  /** Whether an apply takes fields over from their managers; a conflict is a refusal otherwise. @default true */
  readonly force?: boolean;
}

export interface ListOptions {
  /** @default all namespaces */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

/** An answer outside of 2xx. */
export class ApiError extends Error {
  /** HTTP status. */
  readonly status: number;
  /** `reason` of the Status object, such as `Forbidden`. */
  readonly reason: string;
  readonly warnings: readonly string[];

  constructor(
    what: string,
    readonly response: HttpResponse,
  ) {
    const { message, reason = '' } = (response.body ?? {}) as { message?: string; reason?: string };
    super(`${what}: ${response.status} ${reason}: ${message ?? JSON.stringify(response.body)}`);
    this.name = 'ApiError';
    this.status = response.status;
    this.reason = reason;
    this.warnings = response.warnings;
  }
}

/** The server could not be reached, or broke off. */
export class ConnectionError extends Error {}

interface ApiResource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** A small client of the Kubernetes API: JSON in, JSON out, every warning kept. */
export class ApiClient {
  private readonly http: HttpClient;
  private readonly discovered = new Map<string, Promise<readonly ApiResource[]>>();

  /**
   * @param diagnose text that is added to time-outs and lost connections, such as the tails of the servers' logs
   */
  constructor(
    connection: Connection,
    private readonly diagnose: () => string = () => '',
  ) {
    this.http = new HttpClient(connection);
  }

  /** Server-side apply with strict field validation: unknown and duplicate fields are errors. @throws ApiError */
  async apply<T extends KubeObject = KubeObject>(
    object: KubeObject,
    options: WriteOptions = {},
  ): Promise<ApiResponse<T>> {
    const path = await this.pathOf(refOf(object, options.namespace));
    const query = { ...writeQuery(options), force: String(options.force ?? true) };
    return this.write<T>('PATCH', path, query, object, 'application/apply-patch+yaml');
  }

  /** POST, with strict field validation. @throws ApiError */
  async create<T extends KubeObject = KubeObject>(
    object: KubeObject,
    options: WriteOptions = {},
  ): Promise<ApiResponse<T>> {
    const path = await this.collectionOf(object.apiVersion, object.kind, refOf(object, options.namespace));
    return this.write<T>('POST', path, writeQuery(options), object, 'application/json');
  }

  /** JSON merge patch, on the object or on one of its subresources (`status`, `scale`). @throws ApiError */
  async patch<T extends KubeObject = KubeObject>(
    ref: ObjectRef,
    patch: object,
    options: WriteOptions & { readonly subresource?: string } = {},
  ): Promise<ApiResponse<T>> {
    const path = `${await this.pathOf(ref)}${options.subresource ? `/${options.subresource}` : ''}`;
    return this.write<T>('PATCH', path, writeQuery(options), patch, 'application/merge-patch+json');
  }

  /** The object, or undefined when there is none. @throws ApiError on every other refusal */
  async get<T extends KubeObject = KubeObject>(ref: ObjectRef): Promise<T | undefined> {
    const path = await this.pathOf(ref);
    const response = await this.request('GET', path);
    if (response.status === 404) return undefined;
    return ok(`GET ${nameOf(ref)}`, response).body as T;
  }

  /** All objects of a kind. @throws ApiError */
  async list<T extends KubeObject = KubeObject>(
    apiVersion: string,
    kind: string,
    options: ListOptions = {},
  ): Promise<T[]> {
    const path = await this.collectionOf(apiVersion, kind, { namespace: options.namespace });
    const { labelSelector, fieldSelector } = options;
    const response = await this.request('GET', `${path}${queryString({ labelSelector, fieldSelector })}`);
    const { items } = ok(`list ${kind}`, response).body as { items: T[] };
    // A list leaves these out of its items.
    return items.map((item) => ({ ...item, apiVersion, kind }));
  }

  /** Deletes an object; it is fine when there is none. @throws ApiError on every other refusal */
  async delete(
    ref: ObjectRef,
    options: { readonly gracePeriodSeconds?: number; readonly propagationPolicy?: string } = {},
  ): Promise<void> {
    const response = await this.request('DELETE', await this.pathOf(ref), {
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      propagationPolicy: 'Background',
      ...options,
    });
    if (response.status !== 404) ok(`DELETE ${nameOf(ref)}`, response);
  }

  /** Asks for the eviction of a pod; a refusal is returned and not thrown (429: a PodDisruptionBudget forbids it for now). */
  evict(namespace: string, pod: string, options: { readonly dryRun?: boolean } = {}): Promise<HttpResponse> {
    return this.request('POST', `/api/v1/namespaces/${namespace}/pods/${pod}/eviction`, {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name: pod, namespace },
      ...(options.dryRun && { deleteOptions: { dryRun: ['All'] } }),
    });
  }

  /** Any request; refusals are returned and not thrown. */
  async request(method: string, path: string, body?: unknown, contentType?: string): Promise<HttpResponse> {
    try {
      return await this.http.send(method, path, body, contentType);
    } catch (error) {
      throw new ConnectionError(withDiagnosis((error as Error).message, this.diagnose()), { cause: error });
    }
  }

  /**
   * Polls every 100 ms until `probe` returns something other than undefined, null or false, and returns that.
   *
   * An error of the probe (a failed `expect` too) means "not yet"; when time is out, the last one is shown.
   */
  async waitFor<T>(
    description: string,
    probe: () => Promise<T | undefined | null | false>,
    timeoutMs = 30_000,
  ): Promise<T> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      let seen: string;
      try {
        const value = await probe();
        if (value !== undefined && value !== null && value !== false) return value;
        seen = `the probe returned ${String(value)}`;
      } catch (error) {
        // A server that is gone does not come back: no use in waiting for it.
        if (error instanceof ConnectionError) throw error;
        seen = error instanceof Error ? error.message : String(error);
      }
      if (Date.now() > deadline) {
        const message = `timed out after ${timeoutMs} ms waiting for ${description}; at last ${seen}`;
        throw new Error(withDiagnosis(message, this.diagnose()));
      }
      await sleep(100);
    }
  }

  /** Closes the kept connections. */
  close(): void {
    this.http.close();
  }

  private async write<T>(
    method: string,
    path: string,
    query: Record<string, string | undefined>,
    body: object,
    contentType: string,
  ): Promise<ApiResponse<T>> {
    const response = ok(
      `${method} ${path}`,
      await this.request(method, `${path}${queryString(query)}`, body, contentType),
    );
    return { object: response.body as T, warnings: response.warnings, status: response.status };
  }

  private async pathOf(ref: ObjectRef): Promise<string> {
    return `${await this.collectionOf(ref.apiVersion, ref.kind, ref, true)}/${encodeURIComponent(ref.name)}`;
  }

  private async collectionOf(
    apiVersion: string,
    kind: string,
    { name, namespace }: { readonly name?: string; readonly namespace?: string },
    one = name !== undefined,
  ): Promise<string> {
    const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const resource = await this.resourceOf(root, kind);
    if (!resource.namespaced) return `${root}/${resource.name}`;
    if (namespace) return `${root}/namespaces/${namespace}/${resource.name}`;
    if (one)
      throw new Error(
        `${kind} ${name} is namespaced and names no namespace: set metadata.namespace or pass { namespace }`,
      );
    return `${root}/${resource.name}`;
  }

  private async resourceOf(root: string, kind: string): Promise<ApiResource> {
    for (const fresh of [false, true]) {
      // What is missing may have been installed since (a CRD): ask once more before giving up.
      if (fresh || !this.discovered.has(root)) this.discovered.set(root, this.discover(root));
      const resources = await this.discovered.get(root);
      const found = resources?.find((resource) => resource.kind === kind && !resource.name.includes('/'));
      if (found) return found;
    }
    throw new Error(`the API server knows no kind ${kind} under ${root}: is its CRD installed and established?`);
  }

  private async discover(root: string): Promise<readonly ApiResource[]> {
    const response = await this.request('GET', root);
    return response.status === 200 ? (response.body as { resources: ApiResource[] }).resources : [];
  }
}

function refOf(object: KubeObject, fallback?: string): ObjectRef {
  const { name = '', namespace = fallback } = object.metadata;
  return { apiVersion: object.apiVersion, kind: object.kind, name, namespace };
}

function writeQuery({ fieldManager = 'warmpath-test', dryRun }: WriteOptions): Record<string, string | undefined> {
  return { fieldManager, fieldValidation: 'Strict', dryRun: dryRun ? 'All' : undefined };
}

function queryString(query: Record<string, string | undefined>): string {
  const set = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return set.length > 0 ? `?${new URLSearchParams(set)}` : '';
}

function ok(what: string, response: HttpResponse): HttpResponse {
  if (response.status < 200 || response.status > 299) throw new ApiError(what, response);
  return response;
}

function withDiagnosis(message: string, diagnosis: string): string {
  return diagnosis ? `${message}\n${diagnosis}` : message;
}
