/** Numbers that may be percentages, as apimachinery's intstr scales them. */

/** The number that `2` or `'25%'` means of a total; undefined for what is neither. */
export function scaled(value: unknown, total: number, round: 'up' | 'down'): number | undefined {
  if (typeof value === 'number') return Number.isInteger(value) ? value : undefined;
  const [, percent] = /^(\d+)%$/.exec(typeof value === 'string' ? value : '') ?? [];
  if (percent === undefined) return undefined;
  const exact = (Number(percent) * total) / 100;
  return round === 'up' ? Math.ceil(exact) : Math.floor(exact);
}

/** Whether the value is a percentage. */
export function isPercentage(value: unknown): value is string {
  return typeof value === 'string' && /^\d+%$/.test(value);
}
