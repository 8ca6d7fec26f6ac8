import { RandomStream } from '../../lib/sim/random';

const DRAWS = 40_000;

const drawn = (draw: () => number, count = DRAWS) => Float64Array.from({ length: count }, draw);
const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
const variance = (values: Float64Array) => {
  const middle = mean(values);
  return mean(values.map((value) => (value - middle) ** 2));
};
const share = (values: Float64Array, holds: (value: number) => boolean) => values.filter(holds).length / values.length;

/** Within so many standard errors of the expected mean of draws with that deviation. */
const MOST_ERRORS = 4;

function expectMean(values: Float64Array, expected: number, deviation: number) {
  expect(Math.abs(mean(values) - expected)).toBeLessThan((MOST_ERRORS * deviation) / Math.sqrt(values.length));
}

describe('chance', () => {
  it('is the same for a seed and a concern, on every machine', () => {
    const random = () => new RandomStream(7, 'test');
    expect(drawn(() => random().uniform(), 3)).toEqual(drawn(() => random().uniform(), 3));
    const one = random();
    const other = random();
    expect(drawn(() => one.normal(), 100)).toEqual(drawn(() => other.normal(), 100));
  });

  it.each([
    ['seed', 8, 'test'],
    ['concern', 7, 'tesu'],
    ['order of letters of a concern', 7, 'tets'],
  ])('is another one with another %s', (_, seed, concern) => {
    const [one, other] = [new RandomStream(7, 'test'), new RandomStream(seed, concern)];
    const [a, b] = [drawn(() => one.uniform(), 1000), drawn(() => other.uniform(), 1000)];
    expect(new Set([...a, ...b]).size).toBe(2000);
    // Nor do they go up and down together.
    const [meanA, meanB] = [mean(a), mean(b)];
    const together = mean(a.map((value, index) => (value - meanA) * ((b[index] ?? 0) - meanB)));
    expect(Math.abs(together) / Math.sqrt(variance(a) * variance(b))).toBeLessThan(MOST_ERRORS / Math.sqrt(1000));
  });

  it('takes seeds of any size', () => {
    const first = (seed: number) => new RandomStream(seed, 'test').uniform();
    expect(new Set([0, 1, -1, 2 ** 31, 2 ** 31 - 1].map(first)).size).toBe(5);
  });
});

describe('uniform draws', () => {
  const random = new RandomStream(1, 'uniform');
  const values = drawn(() => random.uniform());

  it('are spread evenly over 0 to 1, without 1', () => {
    expect(share(values, (value) => value < 0 || value >= 1)).toBe(0);
    expectMean(values, 1 / 2, Math.sqrt(1 / 12));
    for (const edge of [0.1, 0.25, 0.5, 0.9]) {
      expectMean(
        values.map((value) => Number(value < edge)),
        edge,
        Math.sqrt(edge * (1 - edge)),
      );
    }
  });

  it('make exponential gaps of Poisson arrivals', () => {
    const gaps = values.map((value) => -Math.log(1 - value) / 5);
    expectMean(gaps, 1 / 5, 1 / 5);
    // As long as its mean is its deviation.
    expect(Math.sqrt(variance(gaps))).toBeCloseTo(1 / 5, 2);
  });
});

describe('normal draws', () => {
  const random = new RandomStream(1, 'normal');
  const values = drawn(() => random.normal());

  it('have mean 0 and deviation 1, and no side', () => {
    expectMean(values, 0, 1);
    // The fourth moment is 3, the sixth 15: deviations of squares and cubes.
    expectMean(
      values.map((value) => value ** 2),
      1,
      Math.sqrt(2),
    );
    expectMean(
      values.map((value) => value ** 3),
      0,
      Math.sqrt(15),
    );
  });

  it.each([
    [0, 0.5],
    [1, 0.841345],
    [1.644854, 0.95],
    [2.326348, 0.99],
  ])('stay below %d for a share of %d', (edge, below) => {
    expectMean(
      values.map((value) => Number(value < edge)),
      below,
      Math.sqrt(below * (1 - below)),
    );
  });

  it('are not alike two by two, though two are made at once', () => {
    const products = values.slice(1).map((value, index) => value * (values[index] ?? 0));
    expectMean(products, 0, 1);
  });
});

describe('a duration', () => {
  it('has the two quantiles that it is given', () => {
    const random = new RandomStream(1, 'duration');
    const values = drawn(() => random.duration({ p50Seconds: 480, p95Seconds: 720 }));
    expectMean(
      values.map((value) => Number(value < 480)),
      0.5,
      0.5,
    );
    expectMean(
      values.map((value) => Number(value < 720)),
      0.95,
      Math.sqrt(0.95 * 0.05),
    );
    // Lognormal: the mean is the median times e to half the variance of the logarithm.
    const sigma = Math.log(1.5) / 1.644854;
    const expected = 480 * Math.exp(sigma ** 2 / 2);
    expectMean(values, expected, expected * Math.sqrt(Math.exp(sigma ** 2) - 1));
  });

  it('is exactly itself where both quantiles are the same, and nothing where they are nothing', () => {
    const random = new RandomStream(1, 'duration');
    expect(random.duration({ p50Seconds: 90, p95Seconds: 90 })).toBe(90);
    expect(random.duration({ p50Seconds: 0, p95Seconds: 0 })).toBe(0);
  });

  it('takes a draw even where it is nothing, so that a stage more or less moves no other', () => {
    const [one, other] = [new RandomStream(1, 'duration'), new RandomStream(1, 'duration')];
    one.duration({ p50Seconds: 0, p95Seconds: 0 });
    other.duration({ p50Seconds: 5, p95Seconds: 9 });
    expect(one.duration({ p50Seconds: 5, p95Seconds: 9 })).toBe(other.duration({ p50Seconds: 5, p95Seconds: 9 }));
  });
});
