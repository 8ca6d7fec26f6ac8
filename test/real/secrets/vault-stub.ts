/**
 * The part of Vault's HTTP API that its agent uses, on loopback: Kubernetes login, KV of both versions, leases, and the
 * token's own look-up. It stands in for the Vault server, whose module does not resolve from the module proxy: one
 * plugin of its graph is refused. Shapes as in Vault's API documentation (auth/kubernetes, secret/kv, system/leases).
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Values = Readonly<Record<string, unknown>>;

/** A role of the Kubernetes auth method. */
export interface StubRole {
  readonly audience: string;
  /** `system:serviceaccount:<namespace>:<name>` */
  readonly subject: string;
  /** Paths that its tokens may read. */
  readonly paths: readonly string[];
}

export interface StubOptions {
  /** Mount of the auth method. @default 'kubernetes' */
  readonly authMount?: string;
  readonly roles: Readonly<Record<string, StubRole>>;
  /** Values by API path: below `secret/data/` KV version 2, below `kv/` version 1, below `database/creds/` leases. */
  readonly secrets: Readonly<Record<string, Values>>;
  /** Seconds of a lease. @default 3600 */
  readonly leaseSeconds?: number;
}

/** What the stub was asked. */
export interface StubRequest {
  readonly method: string;
  readonly path: string;
  readonly body: Values;
}

/** A token of a ServiceAccount as far as the stub looks into it; it does not check signatures. */
export function serviceAccountToken(subject: string, audience: string): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return [part({ alg: 'none' }), part({ sub: subject, aud: [audience] }), 'unsigned'].join('.');
}

function claimsOf(jwt: unknown): { sub?: string; aud?: readonly string[] } {
  try {
    return JSON.parse(Buffer.from(String(jwt).split('.')[1] ?? '', 'base64url').toString()) as object;
  } catch {
    return {};
  }
}

const MOUNTS = [
  { path: 'secret/', type: 'kv', options: { version: '2' } },
  { path: 'kv/', type: 'kv', options: { version: '1' } },
  { path: 'database/', type: 'database', options: null },
];

interface Answer {
  readonly status: number;
  readonly body: object;
}

const errors = (status: number, ...messages: string[]): Answer => ({ status, body: { errors: messages } });

export class VaultStub {
  static async start(options: StubOptions): Promise<VaultStub> {
    const stub = new VaultStub(options);
    await new Promise<void>((done) => stub.server.listen(0, '127.0.0.1', done));
    return stub;
  }

  readonly requests: StubRequest[] = [];
  /** Answers everything with 503, as a sealed server does; 'after-login' lets the login pass. */
  sealed: false | true | 'after-login' = false;
  private readonly server: Server;
  private readonly tokens = new Map<string, StubRole>();

  private constructor(private readonly options: StubOptions) {
    this.server = createServer((request, response) => void this.handle(request, response));
  }

  get address(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const path = decodeURIComponent(new URL(request.url ?? '/', this.address).pathname.replace(/^\/v1\//, ''));
    const asked = { method: request.method ?? '', path, body: text === '' ? {} : (JSON.parse(text) as Values) };
    this.requests.push(asked);
    const { status, body } = this.answer(asked, String(request.headers['x-vault-token'] ?? ''));
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }

  private answer(asked: StubRequest, token: string): Answer {
    const login = asked.path === `auth/${this.options.authMount ?? 'kubernetes'}/login`;
    if (this.sealed === true || (this.sealed === 'after-login' && !login)) return errors(503, 'Vault is sealed');
    if (login) return this.login(asked.body);
    const role = this.tokens.get(token);
    if (role === undefined) return errors(403, 'permission denied');
    if (asked.path.startsWith('sys/internal/ui/mounts/')) {
      const mount = MOUNTS.find(({ path }) => asked.path.slice('sys/internal/ui/mounts/'.length).startsWith(path));
      return mount === undefined
        ? errors(403, 'preflight capability check returned 403')
        : { status: 200, body: { data: mount } };
    }
    if (asked.path === 'sys/leases/renew') return { status: 200, body: this.lease(String(asked.body.lease_id), {}) };
    if (asked.path.startsWith('auth/token/'))
      return { status: 200, body: { data: { id: token, ttl: 3600, renewable: true } } };
    return this.read(asked.path, role);
  }

  private login({ role, jwt }: Values): Answer {
    const known = this.options.roles[String(role)];
    if (known === undefined) return errors(400, `invalid role name "${String(role)}"`);
    const { sub, aud } = claimsOf(jwt);
    if (sub !== known.subject || !aud?.includes(known.audience)) return errors(403, 'permission denied');
    const client_token = `hvs.${this.tokens.size}`;
    this.tokens.set(client_token, known);
    return { status: 200, body: { auth: { client_token, policies: [], lease_duration: 3600, renewable: true } } };
  }

  private read(path: string, { paths }: StubRole): Answer {
    if (!paths.includes(path)) return errors(403, 'permission denied');
    const data = this.options.secrets[path];
    if (data === undefined) return errors(404);
    if (path.startsWith('database/')) return { status: 200, body: this.lease(`${path}/lease`, data) };
    const still = { lease_id: '', lease_duration: 0, renewable: false };
    if (path.startsWith('kv/')) return { status: 200, body: { ...still, data } };
    const metadata = { version: 1, created_time: '2026-01-01T00:00:00Z', deletion_time: '', destroyed: false };
    return { status: 200, body: { ...still, data: { data, metadata } } };
  }

  private lease(lease_id: string, data: Values): object {
    return { lease_id, lease_duration: this.options.leaseSeconds ?? 3600, renewable: true, data };
  }
}
