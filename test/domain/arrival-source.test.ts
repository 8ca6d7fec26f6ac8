import { type ArrivalCounter, ArrivalSource, draftArrivalCounter, ENDPOINT_PICKERS } from '../../lib/domain';
import { plannedOf, problemOf } from './given';

const own = (more: Partial<ArrivalCounter> = {}): ArrivalCounter =>
  ArrivalSource.custom({
    metric: 'gate_requests_total',
    labels: { service: 'chat' },
    existsAtZero: true,
    description: 'our gate, as a request comes in',
    ...more,
  });

describe('a counter of arrivals', () => {
  test('picks its service by one label', () => {
    expect(ArrivalSource.envoyCluster('chat')).toMatchObject({
      metric: 'envoy_cluster_upstream_rq_total',
      labels: { envoy_cluster_name: 'chat' },
    });
    expect(ArrivalSource.envoyListener('http-8080')).toMatchObject({
      metric: 'envoy_http_downstream_rq_total',
      labels: { envoy_http_conn_manager_prefix: 'http-8080' },
    });
  });

  test.each([
    ['gateway-api-inference-extension-1.5', 'inference_objective_request_total'],
    ['llm-d-router-0.10', 'llm_d_epp_request_total'],
  ] as const)('is called as in its version: %s', (version, metric) => {
    expect(ArrivalSource.endpointPicker(version, 'qwen')).toMatchObject({ metric, labels: { model_name: 'qwen' } });
  });

  test('is gone with the pods where it counts behind the choice of a pod', () => {
    // Without an endpoint both versions answer 503 before they count: Director.HandleRequest returns first.
    for (const version of ENDPOINT_PICKERS) {
      expect(ArrivalSource.endpointPicker(version, 'qwen').existsAtZero).toBe(false);
    }
    expect(ArrivalSource.envoyCluster('chat').existsAtZero).toBe(false);
  });

  test('goes on without pods at a listener, and where somebody vouches for it', () => {
    expect(ArrivalSource.envoyListener('http-8080').existsAtZero).toBe(true);
    expect(own().existsAtZero).toBe(true);
  });

  test('of our own is taken as it is', () => {
    expect(plannedOf(draftArrivalCounter(own()))).toEqual(own());
    expect(draftArrivalCounter(own()).problems).toEqual([]);
  });

  test('may be left out', () => {
    expect(draftArrivalCounter(undefined)).toEqual({ value: undefined, problems: [] });
  });

  test.each([
    ['istio_requests_total', /^Istio reports a request when it is logged, at its end/],
    ['nginx_ingress_controller_requests', /^NGINX reports/],
    ['envoy_cluster_upstream_rq_completed', /^Envoy counts completed requests/],
    ['vllm:request_success_total', /^vLLM counts finished requests/],
    ['sglang:num_requests_total', /^SGLang counts finished requests/],
  ])('is refused where it counts what is over: %s', (metric, reason) => {
    expect(problemOf(draftArrivalCounter(own({ metric })), 'WP-SCALE-003')).toMatchObject({
      severity: 'error',
      prop: 'scaler.arrivals.metric',
      value: metric,
      message: expect.stringMatching(reason),
    });
  });

  test.each(['9lives', 'a-b', ''])('is refused under a name that no metric has: %p', (metric) => {
    expect(problemOf(draftArrivalCounter(own({ metric })), 'WP-SCALE-003').message).toBe(
      'no metric can have this name',
    );
  });

  test.each([[{}], [{ service: '' }], [{ 'a-b': 'c' }]])('is refused where it picks nothing: %j', (labels) => {
    expect(problemOf(draftArrivalCounter(own({ labels })), 'WP-SCALE-003').prop).toBe('scaler.arrivals.labels');
  });
});
