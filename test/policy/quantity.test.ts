import * as fc from 'fast-check';
import { isWhole, nanosOf } from '../../lib/policy/quantity';

const BILLION = 10n ** 9n;

describe('a quantity', () => {
  test.each([
    ['1', BILLION],
    [1, BILLION],
    [0.5, BILLION / 2n],
    ['500m', BILLION / 2n],
    ['1.5', (BILLION * 3n) / 2n],
    ['.5', BILLION / 2n],
    ['5.', 5n * BILLION],
    ['1n', 1n],
    ['1u', 1000n],
    ['2k', 2000n * BILLION],
    ['1Ki', 1024n * BILLION],
    ['1.5Gi', 3n * 512n * 1024n * 1024n * BILLION],
    ['1M', 10n ** 6n * BILLION],
    ['1G', 10n ** 9n * BILLION],
    ['1T', 10n ** 12n * BILLION],
    ['1P', 10n ** 15n * BILLION],
    ['1E', 10n ** 18n * BILLION],
    ['1Ei', 2n ** 60n * BILLION],
    ['1e3', 1000n * BILLION],
    ['1E3', 1000n * BILLION],
    ['5e-1', BILLION / 2n],
    ['+2', 2n * BILLION],
    ['-1', -BILLION],
    ['0', 0n],
  ])('%s is counted in billionths', (text, nanos) => {
    expect(nanosOf(text)).toBe(nanos);
  });

  test('is rounded up below a billionth', () => {
    expect(nanosOf('0.0000000001')).toBe(1n);
  });

  test.each([
    '',
    ' ',
    'a',
    '1 Gi',
    '1GI',
    '1gi',
    'Gi',
    '.',
    '1.2.3',
    '0x10',
    '1e',
    null,
    undefined,
    true,
    [],
    {},
    Number.NaN,
  ])('is not %p', (value) => {
    expect(nanosOf(value)).toBeUndefined();
  });

  test('is as large with a suffix as spelled out', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000 }), (count) => {
        expect(nanosOf(`${count}Mi`)).toBe(nanosOf(String(count * 1024 * 1024)));
        expect(nanosOf(`${count}m`)).toBe(nanosOf(`${count}e-3`));
        expect(nanosOf(`${count}k`)).toBe(nanosOf(`${count}000`));
      }),
    );
  });

  test('is whole without a fraction', () => {
    const whole = (text: string) => isWhole(nanosOf(text) ?? 1n);
    expect(['1', '1000m', '0', '1Ki', '1.0'].map(whole)).toEqual([true, true, true, true, true]);
    expect(['500m', '1.5', '1n'].map(whole)).toEqual([false, false, false]);
  });
});
