import { loadQuery, readsPodsOf } from '../../lib/sim/query';

describe('a query is understood as', () => {
  it.each([
    ['sum(rate(a_total{b="c"}[30s]))', { signal: 'arrivalRate', windowSeconds: 30, counter: 'a_total' }],
    ['sum(rate(a_total[1h2m3s]))', { signal: 'arrivalRate', windowSeconds: 3723 }],
    [' sum ( rate( a_total {b="c"} [2m] ) ) ', { signal: 'arrivalRate', windowSeconds: 120 }],
    ['sum(rate(a_total{b="[9m])) \\" } ("}[2m]))', { signal: 'arrivalRate', windowSeconds: 120 }],
    ["sum(rate(a_total{b='}',c=`}`}[2m]))", { signal: 'arrivalRate', windowSeconds: 120 }],
    ['sum(vllm:num_requests_waiting{n="c"})', { signal: 'waiting' }],
    ['sum(vllm:num_requests_running)', { signal: 'running' }],
    ['sum(vllm:num_requests_running{n="c"}) + sum(vllm:num_requests_waiting{n="c"})', { signal: 'inFlight' }],
    ['sum(sglang:num_queue_reqs) + sum(sglang:num_running_reqs)', { signal: 'inFlight' }],
    ['sum(vllm:num_requests_running{n="c"} + vllm:num_requests_waiting{n="c"})', { signal: 'inFlight' }],
    ['sum(DCGM_FI_DEV_GPU_UTIL{n="c"})', { signal: 'gpuUtilisation', windowSeconds: 0, ofFloor: 0 }],
    ['clamp_min(sum(rate(a_total[30s])) - 3.3, 0)', { signal: 'arrivalRate', ofFloor: 3.3 }],
    [
      'clamp_min(sum(vllm:num_requests_running) + sum(vllm:num_requests_waiting) - 24, 0)',
      { signal: 'inFlight', ofFloor: 24 },
    ],
  ])('%s', (query, understood) => {
    expect(loadQuery(query)).toMatchObject(understood);
  });
});

describe('a query is not guessed:', () => {
  it.each([
    // Other numbers than a sum of rates.
    'sum(increase(a_total[1m]))',
    'sum(irate(a_total[1m]))',
    'avg(rate(a_total[1m]))',
    'rate(a_total[1m])',
    'sum(rate(a_total[1m])) * 60',
    'sum(rate(a_total[1m])) / 2',
    'sum(rate(a_total[1m:10s]))',
    'sum(rate(a_total[1d]))',
    'sum(rate(a_total[0s]))',
    'sum(rate(a_total[]))',
    'sum(rate(a_total[1m] offset 5m))',
    // Several series.
    'sum by (pod) (rate(a_total[1m]))',
    'sum(rate(a_total[1m])) by (pod)',
    'vllm:num_requests_waiting',
    // Other gauges, and others of a runtime than the two that add up.
    'avg(DCGM_FI_DEV_GPU_UTIL)',
    'max(vllm:num_requests_waiting)',
    'sum(DCGM_FI_DEV_GPU_UTIL_RATIO)',
    'sum(vllm:kv_cache_usage_perc)',
    'sum(vllm:num_requests_waiting) + sum(vllm:num_requests_waiting)',
    'sum(vllm:num_requests_running) + sum(sglang:num_queue_reqs)',
    'sum(vllm:num_requests_waiting) - sum(vllm:num_requests_running)',
    // A floor that is not one.
    'clamp_min(sum(rate(a_total[1m])) - 3, 1)',
    'clamp_max(sum(rate(a_total[1m])) - 3, 0)',
    'clamp_min(sum(rate(a_total[1m])) - sum(rate(b_total[1m])), 0)',
    'sum(rate(a_total[1m])) - 3',
    '',
  ])('%s', (query) => {
    expect(loadQuery(query)).toBeUndefined();
  });
});

describe('matchers', () => {
  it.each([
    ['', true],
    ['job="vllm"', true],
    ['namespace="chat"', true],
    ['namespace="code"', false],
    ['namespace!="chat"', false],
    ['namespace!="code"', true],
    ['pod=~"chat-[a-z0-9]+-[a-z0-9]+"', true],
    ['pod=~"(chat|chat-spot)-[a-z0-9]+-[a-z0-9]+"', true],
    ['pod=~"chat-spot-[a-z0-9]+-[a-z0-9]+"', false],
    ['pod=~"chat"', false],
    ['pod=~"chat-\\\\w+-\\\\w+"', true],
    ['pod!~"code-.*"', true],
    ['pod!~"chat-.*"', false],
    ['pod=~"chat-.*",namespace="code"', false],
    ['exported_pod="code"', true],
    ['pod=~"chat-("', false],
  ])('%s let the pods of chat/chat through: %p', (matchers, through) => {
    expect(readsPodsOf(matchers, 'chat', 'chat')).toBe(through);
  });

  it('are handed over for every metric of a query', () => {
    const query = 'sum(vllm:num_requests_running{pod="a"}) + sum(vllm:num_requests_waiting{pod="b"})';
    expect(loadQuery(query)?.matchers).toEqual(['pod="a"', 'pod="b"']);
  });
});
