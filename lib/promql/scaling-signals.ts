/** What scalers ask Prometheus: always one series, and nothing where there is none. */
import type { ArrivalCounter } from '../domain/arrival-source';
import type { RuntimeMetrics } from '../domain/runtime-metrics';
import { selector } from './selector';

/** Arrivals per second over the window. */
export function arrivalRate({ metric, labels }: ArrivalCounter, windowSeconds: number): string {
  return `sum(rate(${selector(metric, labels)}[${windowSeconds}s]))`;
}

/**
 * Labels that a PodMonitor of the Prometheus Operator puts on what it scrapes: the namespace, and the name of the
 * container, which is the server's.
 */
export function podLabelsOf(namespace: string, podPattern: string): Readonly<Record<string, string>> {
  return { namespace, pod: podPattern };
}

/** A regular expression for the pods of a Deployment, which Kubernetes names after it. */
export function podsOf(deploymentName: string): string {
  return `${deploymentName}-[a-z0-9]+-[a-z0-9]+`;
}

function gauge(name: string, namespace: string, deploymentName: string): string {
  const own = selector(name, { namespace });
  return `sum(${own.slice(0, -1)},pod=~"${podsOf(deploymentName)}"})`;
}

/** Requests in the servers of a Deployment; undefined where they do not say. */
export function inFlight(
  { running, waiting }: Pick<RuntimeMetrics, 'running' | 'waiting'>,
  namespace: string,
  deploymentName: string,
): string | undefined {
  if (running === undefined || waiting === undefined) return undefined;
  return `${gauge(running, namespace, deploymentName)} + ${gauge(waiting, namespace, deploymentName)}`;
}

/** Requests that wait in the servers of a Deployment; undefined where they do not say. */
export function waitingRequests(
  { waiting }: Pick<RuntimeMetrics, 'waiting'>,
  namespace: string,
  deploymentName: string,
): string | undefined {
  return waiting === undefined ? undefined : gauge(waiting, namespace, deploymentName);
}

/** Functions and aggregations without a grouping give one series at the most. */
const ONE_SERIES = /^(sum|avg|max|min|count|scalar)\s*\(/;

/** Splits at operators that stand outside of all brackets and texts. */
function operands(query: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let quote = '';
  let from = 0;
  for (let at = 0; at < query.length; at += 1) {
    const letter = query[at] ?? '';
    if (quote !== '') {
      if (letter === '\\') at += 1;
      else if (letter === quote) quote = '';
    } else if (/["'`]/.test(letter)) quote = letter;
    else if (/[([{]/.test(letter)) depth += 1;
    else if (/[)\]}]/.test(letter)) depth -= 1;
    else if (depth === 0 && /[-+*/%^]/.test(letter)) {
      parts.push(query.slice(from, at));
      from = at + 1;
    }
  }
  parts.push(query.slice(from));
  return parts.map((part) => part.trim());
}

/** Whether one pair of brackets holds the whole text. */
function unwrapped(text: string): string {
  if (!(text.startsWith('(') && text.endsWith(')'))) return text;
  let depth = 0;
  for (let at = 0; at < text.length - 1; at += 1) {
    if (text[at] === '(') depth += 1;
    if (text[at] === ')') depth -= 1;
    if (depth === 0) return text;
  }
  return text.slice(1, -1).trim();
}

/** The end of the bracket that begins behind the name of a function. */
function isWholeCall(text: string): boolean {
  return unwrapped(text.slice(text.indexOf('('))) !== text.slice(text.indexOf('('));
}

/**
 * Whether a query gives one series at the most: aggregations without grouping, numbers, and sums of such. KEDA takes an
 * error from a query with two. What this cannot see through (functions over aggregations) counts as more than one.
 */
export function isOneSeries(query: string): boolean {
  return operands(unwrapped(query.trim())).every((operand) => {
    const inner = unwrapped(operand);
    if (inner !== operand) return isOneSeries(inner);
    if (/^\d+(\.\d+)?$/.test(operand)) return true;
    const wrapped = /^(clamp_min|clamp_max|ceil|floor|abs)\s*\((.*)\)$/s.exec(operand);
    if (wrapped !== null) return isOneSeries((wrapped[2] ?? '').replace(/,\s*\d+(\.\d+)?\s*$/, ''));
    return ONE_SERIES.test(operand) && isWholeCall(operand);
  });
}
