/** What a trigger asks Prometheus for, where the simulator has a model of it. Whatever reads otherwise is not guessed. */
import { RUNTIME_METRICS, type RuntimeMetrics } from '../domain/runtime-metrics';
import type { SimulatedTrigger } from './policy';

/** A query that was understood. */
export interface LoadQuery extends Pick<SimulatedTrigger, 'signal' | 'windowSeconds' | 'ofFloor'> {
  /** The counter that a rate is of. */
  readonly counter?: string;
  /** What each metric is narrowed to, in the order of the query: `namespace="chat",pod=~"chat-.*"`. */
  readonly matchers: readonly string[];
}

/** Time that a GPU was busy, in percent, of NVIDIA's DCGM exporter. */
const GPU_UTILISATION = 'DCGM_FI_DEV_GPU_UTIL';

/** A metric and its matchers, whose texts may hold brackets of any kind. */
const SELECTOR = /([\w:]+)\s*\{((?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`|[^{}"'`])*)\}/g;

/** The rest of a query, without matchers and blanks. */
const FORMS = {
  beyondFloor: /^clamp_min\((.+)-(\d+(?:\.\d+)?),0\)$/,
  rate: /^sum\(rate\(([\w:]+)\[([\dhms]+)\]\)\)$/,
  one: /^sum\(([\w:]+)\)$/,
  two: /^sum\(([\w:]+)(?:\)\+sum\(|\+)([\w:]+)\)$/,
  window: /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/,
} as const;

function secondsOf(window: string): number {
  const [, hours = 0, minutes = 0, seconds = 0] = FORMS.window.exec(window) ?? [];
  return 3600 * Number(hours) + 60 * Number(minutes) + Number(seconds);
}

const RUNTIMES: readonly RuntimeMetrics[] = Object.values(RUNTIME_METRICS);

/** What the sum of one gauge, or of two, tells of a service. */
function signalOf(first: string, second: string | undefined): SimulatedTrigger['signal'] | undefined {
  if (second !== undefined) {
    const both = [first, second].sort().join();
    const isBoth = ({ running, waiting }: RuntimeMetrics) =>
      running !== undefined && waiting !== undefined && [running, waiting].sort().join() === both;
    return RUNTIMES.some(isBoth) ? 'inFlight' : undefined;
  }
  if (first === GPU_UTILISATION) return 'gpuUtilisation';
  if (RUNTIMES.some(({ running }) => running === first)) return 'running';
  return RUNTIMES.some(({ waiting }) => waiting === first) ? 'waiting' : undefined;
}

/** The load that a query gives; undefined for any other, as for averages and groups. */
export function loadQuery(query: string): LoadQuery | undefined {
  const matchers: string[] = [];
  const bare = query
    .replace(SELECTOR, (_, metric: string, written: string) => {
      matchers.push(written);
      return metric;
    })
    .replace(/\s+/g, '');
  const [, beyond, amount] = FORMS.beyondFloor.exec(bare) ?? [];
  const load = beyond ?? bare;
  const ofFloor = Number(amount ?? 0);
  const [, counter, window] = FORMS.rate.exec(load) ?? [];
  if (counter !== undefined && window !== undefined) {
    const windowSeconds = secondsOf(window);
    return windowSeconds > 0 ? { signal: 'arrivalRate', windowSeconds, ofFloor, counter, matchers } : undefined;
  }
  const [, first, second] = FORMS.one.exec(load) ?? FORMS.two.exec(load) ?? [];
  const signal = first === undefined ? undefined : signalOf(first, second);
  return signal && { signal, windowSeconds: 0, ofFloor, matchers };
}

/** A matcher of a label that tells pods apart. */
const MATCHER = /\b(namespace|pod)\s*(=~|!~|!=|=)\s*"((?:\\.|[^"\\])*)"/g;

function matches(operator: string, pattern: string, value: string): boolean {
  if (operator === '=' || operator === '!=') return (pattern === value) === (operator === '=');
  try {
    return new RegExp(`^(?:${pattern.replaceAll('\\\\', '\\')})$`).test(value) === (operator === '=~');
  } catch {
    return false;
  }
}

/** Whether matchers let the pods of a Deployment through, as far as they say anything about pods. */
export function readsPodsOf(matchers: string, namespace: string, deployment: string): boolean {
  // As the controllers of Kubernetes name them.
  const pod = { namespace, pod: `${deployment}-7d4b9c6f5d-x2x9k` };
  return [...matchers.matchAll(MATCHER)].every(([, label, operator = '', pattern = '']) =>
    matches(operator, pattern, pod[label as keyof typeof pod]),
  );
}
