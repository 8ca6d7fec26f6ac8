import { PrometheusStub } from '../support/prometheus-stub';

/** Queries as a client of Prometheus' HTTP API sends them. */
async function ask(stub: PrometheusStub, query: string, method = 'GET'): Promise<{ status: number; body: unknown }> {
  const parameters = new URLSearchParams({ query });
  const url = `${stub.url}/api/v1/query`;
  const response =
    method === 'GET' ? await fetch(`${url}?${parameters}`) : await fetch(url, { method, body: parameters });
  return { status: response.status, body: await response.json() };
}

const vector = (...values: readonly string[]) => ({
  status: 'success',
  data: {
    resultType: 'vector',
    result: values.map((value) => ({ metric: {}, value: [expect.any(Number), value] })),
  },
});

describe('the stub of Prometheus', () => {
  const values: Readonly<Record<string, number>> = { 'sum(rate(a[1m]))': 2.5, b: 0, c: Number.POSITIVE_INFINITY };
  let stub: PrometheusStub;
  beforeEach(async () => {
    stub = await PrometheusStub.start((query) => {
      if (query === 'broken(') throw new Error('unclosed left parenthesis');
      return values[query];
    });
  });
  afterEach(() => stub.stop());

  it.each([
    ['GET', 'sum(rate(a[1m]))', '2.5'],
    ['POST', 'sum(rate(a[1m]))', '2.5'],
    ['GET', 'b', '0'],
    ['GET', 'c', '+Inf'],
  ])('answers a %s of %s with one sample, whose value is a text', async (method, query, text) => {
    expect(await ask(stub, query, method)).toEqual({ status: 200, body: vector(text) });
  });

  it('answers a query that matches nothing with no sample, which is not zero', async () => {
    expect(await ask(stub, 'unknown')).toEqual({ status: 200, body: vector() });
  });

  it('answers a failed query as Prometheus does', async () => {
    expect(await ask(stub, 'broken(')).toEqual({
      status: 422,
      body: { status: 'error', errorType: 'execution', error: 'unclosed left parenthesis' },
    });
    expect((await ask(stub, '')).status).toBe(400);
    expect((await fetch(`${stub.url}/api/v1/write`)).status).toBe(404);
  });

  it('keeps what it was asked, in order', async () => {
    await ask(stub, 'b');
    await ask(stub, 'unknown');
    expect(stub.queries.map(({ query, value }) => [query, value])).toEqual([
      ['b', 0],
      ['unknown', undefined],
    ]);
  });
});
