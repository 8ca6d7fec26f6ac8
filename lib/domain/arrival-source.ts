/**
 * Counters that see a request when it arrives. A model server's own counters count what is finished: under overload they
 * stand still at its capacity and hide the spike.
 */
import { type Draft, Findings } from './problem';

/** A counter of one service's arrivals. */
export interface ArrivalCounter {
  /** Name of the metric. */
  readonly metric: string;
  /** Labels that pick the service. */
  readonly labels: Readonly<Record<string, string>>;
  /** Whether it goes on counting while the service has no pod. */
  readonly existsAtZero: boolean;
  /** What counts, and when, for messages. */
  readonly description: string;
}

/** The row of a counter that was read in its source. */
interface CounterFacts {
  readonly metric: string;
  /** The label that picks a service. */
  readonly label: string;
  readonly existsAtZero: boolean;
  readonly description: string;
  readonly source: string;
}

/** Minor versions of the endpoint picker, in order of the renames of its counter. */
export const ENDPOINT_PICKERS = ['gateway-api-inference-extension-1.5', 'llm-d-router-0.10'] as const;

export type EndpointPicker = (typeof ENDPOINT_PICKERS)[number];

const COUNTERS = {
  envoyCluster: {
    metric: 'envoy_cluster_upstream_rq_total',
    label: 'envoy_cluster_name',
    existsAtZero: false,
    description: 'Envoy, as it hands a request to a pod',
    source: 'envoyproxy/envoy source/common/conn_pool/conn_pool_base.cc attachStreamToClient, @00dcf3fb',
  },
  envoyListener: {
    metric: 'envoy_http_downstream_rq_total',
    label: 'envoy_http_conn_manager_prefix',
    existsAtZero: true,
    description: 'Envoy, as a request comes in at the listener',
    source: 'envoyproxy/envoy source/common/http/conn_manager_impl.cc, constructor of ActiveStream',
  },
  'gateway-api-inference-extension-1.5': {
    metric: 'inference_objective_request_total',
    label: 'model_name',
    existsAtZero: false,
    description: 'the endpoint picker, as it has chosen a pod',
    source:
      'kubernetes-sigs/gateway-api-inference-extension v1.5.0 pkg/epp/{handlers/server,requestcontrol/director,metrics/metrics}.go',
  },
  'llm-d-router-0.10': {
    metric: 'llm_d_epp_request_total',
    label: 'model_name',
    existsAtZero: false,
    description: 'the endpoint picker, as it has chosen a pod',
    source:
      'llm-d/llm-d-router v0.10.0 pkg/epp/{handlers/server,requestcontrol/director}.go, metrics/testdata/llm_d_request_total_metric',
  },
} as const satisfies Readonly<Record<string, CounterFacts>>;

/** Metrics that count when a request is over, with the place where that was read. */
const COUNT_COMPLETIONS: readonly (readonly [pattern: RegExp, who: string])[] = [
  [/^istio_requests_total$/, 'Istio reports a request when it is logged, at its end'],
  [/^nginx_ingress_controller_requests/, 'NGINX reports a request in its log phase, at its end'],
  [/^envoy_(cluster|http)_.*_completed$/, 'Envoy counts completed requests here'],
  [/^vllm:request_success(_total)?$/, 'vLLM counts finished requests here'],
  [/^sglang:num_requests_total$/, 'SGLang counts finished requests here'],
];

function counter(facts: CounterFacts, value: string, more: Readonly<Record<string, string>> = {}): ArrivalCounter {
  const { metric, label, existsAtZero, description } = facts;
  return { metric, labels: { [label]: value, ...more }, existsAtZero, description };
}

/** Where the arrivals of a service are counted. */
export const ArrivalSource = {
  /**
   * Requests that Envoy hands to one cluster.
   * @param cluster its name; Envoy Gateway names it after the route: 'httproute/chat/chat/rule/0'
   */
  envoyCluster: (cluster: string): ArrivalCounter => counter(COUNTERS.envoyCluster, cluster),
  /**
   * Requests that come in at a listener of Envoy which serves this service alone.
   * @param prefix the statistics prefix of its connection manager
   */
  envoyListener: (prefix: string): ArrivalCounter => counter(COUNTERS.envoyListener, prefix),
  /**
   * Requests for a model at the endpoint picker of an InferencePool. It counts behind admission: with flow control (off
   * by default) it follows what is let through, and without a pod it answers 503 and counts nothing.
   * @param modelName as callers spell it
   */
  endpointPicker: (version: EndpointPicker, modelName: string): ArrivalCounter => counter(COUNTERS[version], modelName),
  /** Another counter, which somebody vouches for: it counts a request before a server answers it. */
  custom: (own: ArrivalCounter): ArrivalCounter => own,
} as const;

const METRIC = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** Reports a counter that Prometheus cannot have, that picks nothing, or that counts too late. */
export function draftArrivalCounter(own: ArrivalCounter | undefined): Draft<ArrivalCounter> {
  const findings = new Findings('scaler.arrivals.');
  if (own === undefined) return findings.draft<ArrivalCounter>(undefined);
  const { metric, labels } = own;
  if (!METRIC.test(metric)) {
    findings.error('WP-SCALE-003', 'metric', metric, {
      message: 'no metric can have this name',
      allowed: 'letters, digits, underscores and colons, first no digit',
      fix: 'copy it from Prometheus',
    });
  }
  const late = COUNT_COMPLETIONS.find(([pattern]) => pattern.test(metric));
  if (late !== undefined) {
    findings.error('WP-SCALE-003', 'metric', metric, {
      message: `${late[1]}: under overload it stands still at capacity and hides the spike`,
      allowed: 'a counter that counts on arrival',
      fix: "use the gateway's own, for example ArrivalSource.envoyCluster",
    });
  }
  const wrong = Object.entries(labels).find(([name, value]) => !LABEL.test(name) || value === '');
  if (Object.keys(labels).length === 0 || wrong !== undefined) {
    findings.error('WP-SCALE-003', 'labels', labels, {
      message: 'this would count the arrivals of every service, or of none',
      allowed: 'one label or more, each with a value',
      fix: 'name the label that tells this service from others',
    });
  }
  return findings.draft(own);
}
