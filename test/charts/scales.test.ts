import { countText, decadesAround, decadeTicks, durationText, timeTicks } from '../../lib/charts/scales';

describe('an axis of time', () => {
  test.each([
    [40, ['0', '5 s', '10 s', '15 s', '20 s', '25 s', '30 s', '35 s', '40 s']],
    [600, ['0', '2 min', '4 min', '6 min', '8 min', '10 min']],
    [2100, ['0', '5 min', '10 min', '15 min', '20 min', '25 min', '30 min', '35 min']],
    [86_400, ['0', '3 h', '6 h', '9 h', '12 h', '15 h', '18 h', '21 h', '24 h']],
    [604_800, ['0', '1 d', '2 d', '3 d', '4 d', '5 d', '6 d', '7 d']],
    [0.5, ['0', '0.1 s', '0.2 s', '0.3 s', '0.4 s', '0.5 s']],
  ])('of %d s counts in steps that somebody can count in', (duration, expected) => {
    expect(timeTicks(duration).map(([, text]) => text)).toEqual(expected);
  });

  test('of any length has few ticks, and all of them within', () => {
    for (const duration of [1e-6, 0.01, 1, 59, 61, 3601, 1e6, 1e8, 4e9]) {
      const ticks = timeTicks(duration);
      expect(ticks.length).toBeLessThanOrEqual(10);
      expect(ticks.every(([seconds]) => seconds <= duration * 1.000001)).toBe(true);
    }
  });
});

describe('an axis of decades', () => {
  test.each([
    [[0.2, 8], 2, [0.2, 10]],
    [[0.1, 10], 2, [0.1, 10]],
    [[0.066, 3], 2, [0.05, 10]],
    [[5, 7], 6, [1, 10]],
    [[0.9], 1, [0.5, 10]],
    [[0.0000001], 1, [0.001, 1]],
    [[1e9], 1, [1, 10_000]],
    [[Number.POSITIVE_INFINITY, Number.NaN, undefined, 0, -1], 0.25, [0.2, 10]],
    [[], 0, [1, 10]],
  ] as const)('around %j and %d', (values, objective, expected) => {
    expect(decadesAround(values, objective)).toEqual(expected);
  });

  test('has a tick for each', () => {
    expect(decadeTicks([0.001, 10])).toEqual([0.001, 0.01, 0.1, 1, 10]);
    expect(decadeTicks([0.05, 10])).toEqual([0.1, 1, 10]);
  });
});

test.each([
  [0, '0'],
  [0.30000000000000004, '0.3'],
  [999, '999'],
  [1500, '1.5k'],
  [2e6, '2M'],
])('%d is counted as %s', (value, text) => {
  expect(countText(value)).toBe(text);
});

test.each([
  [0.001, '1 ms'],
  [0.25, '250 ms'],
  [2, '2 s'],
  [1000, '1000 s'],
])('%d s are said as %s', (seconds, text) => {
  expect(durationText(seconds)).toBe(text);
});
