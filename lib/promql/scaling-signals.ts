/** What scalers ask Prometheus: always one series, and nothing where there is none. */
import type { ArrivalCounter } from '../domain/arrival-source';
import type { RuntimeMetrics } from '../domain/runtime-metrics';
import { selector } from './selector';

/** Arrivals per second over the window. */
export function arrivalRate({ metric, labels }: ArrivalCounter, windowSeconds: number): string {
  return `sum(rate(${selector(metric, labels)}[${windowSeconds}s]))`;
}

/** A regular expression for the pods of Deployments, which Kubernetes names after them. */
export function podsOf(...deploymentNames: readonly string[]): string {
  const [first, ...others] = deploymentNames;
  const name = others.length === 0 ? first : `(${deploymentNames.join('|')})`;
  return `${name}-[a-z0-9]+-[a-z0-9]+`;
}

function gauge(name: string, namespace: string, deploymentNames: readonly string[]): string {
  const own = selector(name, { namespace });
  return `sum(${own.slice(0, -1)},pod=~"${podsOf(...deploymentNames)}"})`;
}

/** What of a load is left when somebody else has taken an amount of it, never below nothing. */
export function beyond(query: string, amount: string): string {
  return `clamp_min(${query} - ${amount}, 0)`;
}

/** Requests in the servers of Deployments; undefined where they do not say. */
export function inFlight(
  { running, waiting }: Pick<RuntimeMetrics, 'running' | 'waiting'>,
  namespace: string,
  ...deploymentNames: readonly string[]
): string | undefined {
  if (running === undefined || waiting === undefined) return undefined;
  return `${gauge(running, namespace, deploymentNames)} + ${gauge(waiting, namespace, deploymentNames)}`;
}

/** Aggregations without a grouping, and the vector of a number, give one series at the most. */
const ONE_SERIES = /^(sum|avg|max|min|count|vector)\s*\(/;

/** Functions that change values, and no labels and no number of series. */
const VALUES_ONLY = /^(clamp_min|clamp_max|ceil|floor|abs)\s*\((.*)\)$/s;

/** What of a query does not matter here: texts, which may hold brackets, comments, and how numbers are written. */
function simplified(query: string): string {
  return query
    .replace(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`|#[^\n]*/g, (part) => (part.startsWith('#') ? '' : '""'))
    .replace(/(?<![\w.:])\d+(\.\d+)?(e[-+]?\d+)?(?![\w.:])/gi, '1')
    .trim();
}

/** Splits at operators that stand outside of all brackets. */
function operands(query: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < query.length; at += 1) {
    const letter = query[at] ?? '';
    if (/[([{]/.test(letter)) depth += 1;
    else if (/[)\]}]/.test(letter)) depth -= 1;
    else if (depth === 0 && /[-+*/%^]/.test(letter)) {
      parts.push(query.slice(from, at));
      from = at + 1;
    }
  }
  parts.push(query.slice(from));
  return parts.map((part) => part.trim());
}

/** The text inside of one pair of brackets that holds the whole of it. */
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

/** Whether the bracket that begins behind the name of a function ends with the text. */
function isWholeCall(text: string): boolean {
  return unwrapped(text.slice(text.indexOf('('))) !== text.slice(text.indexOf('('));
}

type Result = 'number' | 'one series' | 'unknown';

/** What a simplified query gives. */
function resultOf(query: string): Result {
  const results = operands(query).map((operand): Result => {
    const inner = unwrapped(operand);
    if (inner !== operand) return resultOf(inner);
    if (operand === '1') return 'number';
    const values = VALUES_ONLY.exec(operand);
    if (values !== null && isWholeCall(operand)) return resultOf((values[2] ?? '').replace(/,\s*1\s*$/, ''));
    if (!isWholeCall(operand)) return 'unknown';
    if (/^scalar\s*\(/.test(operand)) return 'number';
    return ONE_SERIES.test(operand) ? 'one series' : 'unknown';
  });
  if (results.includes('unknown')) return 'unknown';
  return results.includes('one series') ? 'one series' : 'number';
}

/**
 * Whether a query gives one series at the most: aggregations without grouping, and arithmetic of such with numbers. KEDA
 * takes an error from a query with two, and from one that gives a bare number (v2.21.0 pkg/scalers/prometheus_scaler.go
 * reads a vector only). What this cannot see through counts as more than one; syntax is not checked.
 */
export function isOneSeries(query: string): boolean {
  return resultOf(simplified(query)) === 'one series';
}
