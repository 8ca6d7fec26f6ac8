/** Quantities exactly, as apimachinery's resource.Quantity reads them: `500m`, `1.5Gi`, `2e3`, a plain number. */

const BINARY: Readonly<Record<string, bigint>> = {
  Ki: 2n ** 10n,
  Mi: 2n ** 20n,
  Gi: 2n ** 30n,
  Ti: 2n ** 40n,
  Pi: 2n ** 50n,
  Ei: 2n ** 60n,
};

/** Powers of ten. */
const DECIMAL: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };

const QUANTITY = /^([+-]?)(\d*)(?:\.(\d*))?(Ki|Mi|Gi|Ti|Pi|Ei|[numkMGTPE]?|[eE][+-]?\d{1,3})$/;

/** The smallest unit that Kubernetes counts in is a billionth. */
const NANO = 9;

/** Billionths of one, rounded up as Kubernetes does; undefined for what is no quantity. */
export function nanosOf(value: unknown): bigint | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const [, sign, whole = '', fraction = '', suffix = ''] = QUANTITY.exec(String(value)) ?? [];
  if (sign === undefined || `${whole}${fraction}` === '') return undefined;
  const digits = BigInt(`${whole}${fraction}`);
  const factor = BINARY[suffix];
  const exponent = factor === undefined ? (DECIMAL[suffix] ?? Number(suffix.slice(1))) : 0;
  const shift = NANO + exponent - fraction.length;
  const scaled = digits * (factor ?? 1n);
  const nanos = shift >= 0 ? scaled * 10n ** BigInt(shift) : ceilDivide(scaled, 10n ** BigInt(-shift));
  return sign === '-' ? -nanos : nanos;
}

function ceilDivide(dividend: bigint, divisor: bigint): bigint {
  return (dividend + divisor - 1n) / divisor;
}

/** Whether a quantity is a whole number. */
export function isWhole(nanos: bigint): boolean {
  return nanos % 10n ** BigInt(NANO) === 0n;
}
