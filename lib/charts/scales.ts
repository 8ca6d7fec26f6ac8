/** Axes: where their ticks stand, and how numbers are written beside them. */

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

/** Steps between ticks of time that somebody can count in. */
const TIME_STEPS: readonly number[] = [
  ...[0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30],
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR),
  ...[1, 2, 7, 14, 28].map((days) => days * DAY),
];

const MOST_TIME_TICKS = 9;

/** A number without the noise of its sums. */
function plain(value: number): string {
  return String(Number(value.toPrecision(3)));
}

const UNITS = [
  [DAY, 'd'],
  [HOUR, 'h'],
  [MINUTE, 'min'],
  [1, 's'],
] as const;

/** A length of time in the unit that a step of it is counted in. */
export function spanText(seconds: number, step = seconds): string {
  const [unit, name] = UNITS.find(([length]) => step >= length) ?? [1, 's'];
  return `${plain(seconds / unit)} ${name}`;
}

/** Moments of an axis from 0, with their texts. */
export function timeTicks(durationSeconds: number): readonly (readonly [seconds: number, text: string])[] {
  const fits = TIME_STEPS.find((step) => durationSeconds / step <= MOST_TIME_TICKS);
  const step = fits ?? Math.ceil(durationSeconds / MOST_TIME_TICKS / DAY) * DAY;
  const count = Math.floor(durationSeconds / step + 1e-9) + 1;
  return Array.from({ length: count }, (_, i) => [i * step, i === 0 ? '0' : spanText(i * step, step)]);
}

/** 1234 as 1.23k. */
export function countText(value: number): string {
  if (value >= 1e6) return `${plain(value / 1e6)}M`;
  return value >= 1000 ? `${plain(value / 1000)}k` : plain(value);
}

/** Seconds as somebody says them. */
export function durationText(seconds: number): string {
  if (seconds < 1) return `${plain(seconds * 1000)} ms`;
  return `${plain(seconds)} s`;
}

/** From a millisecond to almost three hours: no picture of waiting needs more. */
const LEAST_EXPONENT = -3;
const GREATEST_EXPONENT = 4;

/** Bottoms of an axis within a decade. */
const BOTTOMS = [5, 2, 1] as const;

/** Rounding must not push a power of ten into the next decade. */
const NEARLY = 1e-9;

const exponent = (value: number) => Math.log(value) / Math.LN10;
const clamped = (value: number) => Math.min(GREATEST_EXPONENT, Math.max(LEAST_EXPONENT, value));

/** `1e-3` is exact where a power of ten is a rounded one. */
const scaled = (digit: number, power: number) => Number(`${digit}e${power}`);

/**
 * A logarithmic axis around a second, the objective and all values that are times: from 1, 2 or 5 of a decade up to a
 * whole one, and a decade at least.
 */
export function decadesAround(values: readonly (number | undefined)[], objective: number): readonly [number, number] {
  const times = [...values, objective, 1].filter((v): v is number => v !== undefined && Number.isFinite(v) && v > 0);
  const least = times.reduce((low, value) => Math.min(low, value));
  const most = times.reduce((high, value) => Math.max(high, value));
  const low = clamped(Math.floor(exponent(least) + NEARLY));
  const digit = BOTTOMS.find((one) => scaled(one, low) <= least * (1 + NEARLY)) ?? 1;
  const high = Math.max(low + (digit === 1 ? 1 : 2), clamped(Math.ceil(exponent(most) - NEARLY)));
  return [scaled(digit, low), scaled(1, high)];
}

/** Powers of ten on a logarithmic axis. */
export function decadeTicks([from, to]: readonly [number, number]): readonly number[] {
  const first = Math.ceil(exponent(from) - NEARLY);
  return Array.from({ length: Math.round(exponent(to)) - first + 1 }, (_, i) => scaled(1, first + i));
}
