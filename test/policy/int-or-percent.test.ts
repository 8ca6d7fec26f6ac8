import { isPercentage, scaled } from '../../lib/policy/int-or-percent';

describe('a number that may be a percentage', () => {
  it('is itself as a whole number, whatever the total is', () => {
    for (const round of ['up', 'down'] as const) {
      expect([scaled(0, 10, round), scaled(3, 10, round), scaled(30, 10, round)]).toEqual([0, 3, 30]);
    }
  });

  it.each([
    ['25%', 4, 1, 1],
    ['25%', 5, 2, 1],
    ['0%', 5, 0, 0],
    ['100%', 5, 5, 5],
    ['1%', 3, 1, 0],
    ['150%', 3, 5, 4],
    ['50%', 0, 0, 0],
  ])('%s of %i is %i rounded up and %i rounded down', (value, total, up, down) => {
    expect(scaled(value, total, 'up')).toBe(up);
    expect(scaled(value, total, 'down')).toBe(down);
  });

  it.each([undefined, null, '', '3', '%', '-5%', '2.5%', ' 25%', '25% ', '25%%', 'a25%', 1.5, Number.NaN, ['25%'], {}])(
    '%p is neither',
    (value) => {
      expect(scaled(value, 10, 'up')).toBeUndefined();
      expect(isPercentage(value)).toBe(false);
    },
  );

  it('is a percentage with the sign only', () => {
    expect(isPercentage('25%')).toBe(true);
    expect(isPercentage('0%')).toBe(true);
    expect(isPercentage(25)).toBe(false);
  });
});
