import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a query is worth now; undefined for one that matches no series. An error becomes Prometheus' answer to a failed query. */
export type Answer = (query: string) => number | undefined;

/** A question that was asked. */
export interface AskedQuery {
  readonly query: string;
  /** When, by `Date.now()`. */
  readonly atMs: number;
  /** What was answered; undefined for no series, and for an error. */
  readonly value: number | undefined;
}

/**
 * A server on loopback that answers instant queries of Prometheus' HTTP API (`/api/v1/query`, GET and POST) from a
 * function, with a vector of one sample or none. It knows no PromQL: the text is what the function has to recognise.
 */
export class PrometheusStub {
  static async start(answer: Answer): Promise<PrometheusStub> {
    const stub = new PrometheusStub(answer);
    stub.server.listen(0, '127.0.0.1');
    await once(stub.server, 'listening');
    return stub;
  }

  private readonly server: Server;
  private readonly asked: AskedQuery[] = [];

  private constructor(private readonly answer: Answer) {
    this.server = createServer((request, response) => {
      this.serve(request, response).catch((error: Error) => send(response, 400, failure('bad_data', error.message)));
    });
  }

  /** `http://127.0.0.1:port`, for `serverAddress` of a trigger. */
  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Everything that was asked, oldest first. */
  get queries(): readonly AskedQuery[] {
    return this.asked;
  }

  async stop(): Promise<void> {
    this.server.close();
    // Clients keep their connections for the next query.
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', this.url);
    if (pathname !== '/api/v1/query') return send(response, 404, failure('not_found', `no ${pathname} here`));
    const body = new URLSearchParams(await textOf(request));
    const query = searchParams.get('query') ?? body.get('query');
    if (!query) return send(response, 400, failure('bad_data', 'invalid parameter "query"'));
    const atMs = Date.now();
    try {
      const value = this.answer(query);
      this.asked.push({ query, atMs, value });
      const result = value === undefined ? [] : [{ metric: {}, value: [atMs / 1000, sample(value)] }];
      send(response, 200, { status: 'success', data: { resultType: 'vector', result } });
    } catch (error) {
      this.asked.push({ query, atMs, value: undefined });
      send(response, 422, failure('execution', error instanceof Error ? error.message : String(error)));
    }
  }
}

/** Sample values are texts, as Go prints them. */
function sample(value: number): string {
  if (Number.isFinite(value) || Number.isNaN(value)) return String(value);
  return value > 0 ? '+Inf' : '-Inf';
}

function failure(errorType: string, error: string): object {
  return { status: 'error', errorType, error };
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
