import { requestSteps } from '../../lib/charts';

describe('requests by steps', () => {
  test('are counted and judged where they arrived', () => {
    const requests = {
      arrivalSeconds: [0, 4, 1, 12, 31, 2],
      ttftSeconds: [0.4, 0.1, 0.3, 9, 1, 0.2],
    };
    expect(requestSteps(requests, 5, 4)).toEqual({
      arrivalsPerSecond: [0.8, 0, 0.2, 0],
      ttftSeconds: {
        p50: [0.2, undefined, 9, undefined],
        p95: [0.4, undefined, 9, undefined],
        p99: [0.4, undefined, 9, undefined],
      },
    });
  });

  test('without a first token have waited without end', () => {
    const { p50, p99 } = requestSteps({ arrivalSeconds: [0, 1], ttftSeconds: [0.5, Number.NaN] }, 5, 1).ttftSeconds;
    expect([p50[0], p99[0]]).toEqual([0.5, Number.POSITIVE_INFINITY]);
  });

  test('have their 99th percentile among a hundred at the second worst', () => {
    const hundred = Array.from({ length: 100 }, (_, i) => 100 - i);
    const { p99 } = requestSteps({ arrivalSeconds: hundred.map(() => 0), ttftSeconds: hundred }, 1, 1).ttftSeconds;
    expect(p99[0]).toBe(99);
  });
});
