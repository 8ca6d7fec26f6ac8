import fc from 'fast-check';
import { ArrivalSource, RUNTIME_METRICS } from '../../lib/domain';
import { arrivalRate, inFlight, isOneSeries, podsOf } from '../../lib/promql/scaling-signals';
import { selector } from '../../lib/promql/selector';

describe('a selector', () => {
  test('names its labels in their order', () => {
    expect(selector('up', { job: 'b', app: 'a' })).toBe('up{app="a",job="b"}');
  });

  test('escapes what would end a text', () => {
    expect(selector('up', { job: 'a"b\\c\nd' })).toBe('up{job="a\\"b\\\\c\\nd"}');
  });
});

describe('the rate of arrivals', () => {
  test('is one sum over the window', () => {
    expect(arrivalRate(ArrivalSource.envoyCluster('httproute/chat/chat/rule/0'), 30)).toBe(
      'sum(rate(envoy_cluster_upstream_rq_total{envoy_cluster_name="httproute/chat/chat/rule/0"}[30s]))',
    );
  });
});

describe('requests in the servers', () => {
  test('are those that run and those that wait, of the pods of one Deployment', () => {
    expect(inFlight(RUNTIME_METRICS.vllm, 'team', 'chat')).toBe(
      'sum(vllm:num_requests_running{namespace="team",pod=~"chat-[a-z0-9]+-[a-z0-9]+"})' +
        ' + sum(vllm:num_requests_waiting{namespace="team",pod=~"chat-[a-z0-9]+-[a-z0-9]+"})',
    );
  });

  test('are not guessed where a server does not tell them', () => {
    expect(inFlight(RUNTIME_METRICS.triton, 'team', 'chat')).toBeUndefined();
    expect(inFlight(RUNTIME_METRICS.torchserve, 'team', 'chat')).toBeUndefined();
  });

  test('are not those of a Deployment whose name begins alike', () => {
    // Prometheus anchors a regular expression at both ends.
    const pods = new RegExp(`^(?:${podsOf('chat')})$`);
    expect('chat-7d4b9c6f5d-x2x9k').toMatch(pods);
    expect('chat-spot-7d4b9c6f5d-x2x9k').not.toMatch(pods);
    expect('chatter-7d4b9c6f5d-x2x9k').not.toMatch(pods);
  });
});

describe('a query', () => {
  test.each([
    'sum(up)',
    'count(up)',
    '(sum(up) + 0.5)',
    'sum(a) / sum(b)',
    'sum(a) * 1e-3',
    'vector(1)',
    'scalar(up) * sum(up)',
    'clamp_min(sum(up), 1)',
    'sum(rate(up{path=~"/v1/(chat|x)"}[1m]))',
    'sum(up{a=")"})',
    "sum(up{a='\"('})",
    'sum(up) # by (pod)',
    'sum(up{a="#"})',
  ])('gives one series at the most: %s', (query) => {
    expect(isOneSeries(query)).toBe(true);
  });

  test.each([
    'up',
    'sum by (pod) (up)',
    'sum(up) by (pod)',
    'sum without (pod) (up)',
    'avg(up{a="("}) without (b)',
    'sum(up{a="("}) by (pod)',
    'sum(up{a=`(`}) by (pod)',
    'sum(up{a="\\"("}) by (pod)',
    'sum(a) + b',
    'topk(3, up)',
    'count_values("v", up)',
    'rate(up[1m])',
    'abs(up)',
    'clamp_min(sum by (pod) (up), 1)',
    'histogram_quantile(0.9, sum by (le) (up))',
    'sum(up',
    '',
  ])('may give more: %s', (query) => {
    expect(isOneSeries(query)).toBe(false);
  });

  // KEDA v2.21.0 cannot read {"resultType":"scalar","result":[0,"5"]}: it looks for a list of series.
  test.each(['5', '1 + 2', 'scalar(sum(up))', '2 * scalar(up)', '(scalar(up))'])('is no bare number: %s', (query) => {
    expect(isOneSeries(query)).toBe(false);
  });

  test('of ours always gives one series, whatever the labels are called', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (value) => {
        expect(isOneSeries(arrivalRate(ArrivalSource.envoyCluster(value), 30))).toBe(true);
      }),
    );
  });

  test('is never taken for one series when it groups, whatever stands in its texts', () => {
    const texts = fc.string({ unit: fc.constantFrom('(', ')', '"', '\\', '#', '+', 'a', '`', "'", '{') });
    const groups = fc.constantFrom('by (pod)', 'without (pod)', 'by()');
    fc.assert(
      fc.property(texts, groups, fc.boolean(), (text, group, first) => {
        const inner = `(${selector('up', { a: text })})`;
        const many = first ? `sum ${group} ${inner}` : `sum${inner} ${group}`;
        expect(isOneSeries(many)).toBe(false);
        expect(isOneSeries(`sum(up) + (${many})`)).toBe(false);
        expect(isOneSeries(`sum(${many})`)).toBe(true);
      }),
    );
  });
});
