/** Selectors and instant vectors as text. */

/** A label value inside double quotes. */
function quoted(value: string): string {
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

/** `metric{a="x",b="y"}`, labels in the order of their names. */
export function selector(metric: string, labels: Readonly<Record<string, string>>): string {
  const matchers = Object.entries(labels)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([label, value]) => `${label}=${quoted(value)}`);
  return `${metric}{${matchers.join(',')}}`;
}
