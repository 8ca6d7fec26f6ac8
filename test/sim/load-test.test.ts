import { type LoadTest, loadTest } from '../../lib/sim/load-test';
import { PLAIN } from './given';

const test = (more: Partial<LoadTest> = {}) =>
  loadTest({
    server: PLAIN,
    mix: { inputTokens: Uint32Array.of(10), outputTokens: Uint32Array.of(1) },
    timeToFirstTokenSeconds: 0.1,
    objective: 0.95,
    seed: 1,
    ...more,
  });

/** Draws and settling leave a share of it open. */
function expectNear(found: number | undefined, value: number, share: number) {
  expect(found).toBeGreaterThan(value * (1 - share));
  expect(found).toBeLessThan(value * (1 + share));
}

describe('a load test of a server that reads prompts and makes no more tokens', () => {
  // A step reads up to four prompts of 10 tokens: 10 + 40 ms for four requests.
  const capacity = test();

  it('finds the rate at which it is saturated', () => {
    expectNear(capacity.saturatedRequestsPerSecond, 4 / 0.05, 0.001);
  });

  it('finds for each concurrency what so many callers get, each of whom asks again when it is answered', () => {
    // Who comes as a step begins waits for the next, so that two lots take turns: of 5 callers 1 and 4, in 20 and 50 ms.
    const turns: readonly (readonly [callers: number, lots: readonly number[]])[] = [
      [1, [1]],
      [2, [1, 1]],
      [3, [1, 2]],
      [4, [1, 3]],
      [5, [1, 4]],
      // No more than four at once.
      [6, [2, 4]],
    ];
    expect(capacity.sweep?.map(({ inFlight }) => inFlight)).toEqual(turns.map(([callers]) => callers));
    for (const [callers, lots] of turns) {
      const seconds = lots.reduce((sum, lot) => sum + 0.01 + 0.01 * lot, 0);
      expectNear(capacity.sweep?.[callers - 1]?.requestsPerSecond, callers / seconds, 0.002);
    }
    expect(capacity.mostInFlight).toBe(6);
  });

  it('finds a rate that keeps the promise, below saturation', () => {
    expect(capacity.requestsPerSecond).toBeLessThan(80);
    expect(capacity.requestsPerSecond).toBeGreaterThan(40);
  });

  it('promises less where less time is left for it', () => {
    const { requestsPerSecond, mostInFlight } = test({ timeToFirstTokenSeconds: 0.065 });
    expect(requestsPerSecond).toBeLessThan(capacity.requestsPerSecond);
    // Of four callers three wait 20 ms and are read in 40; of five, four wait 20 and are read in 50.
    expect(mostInFlight).toBe(4);
  });

  it('says what was tested, and finds the same each time', () => {
    expect(capacity.source).toBe('simulated load test: plain');
    expect(test()).toEqual(capacity);
  });

  it('finds less on a slower server, by as much as it is slower', () => {
    const { saturatedRequestsPerSecond } = test({ serviceTimeFactor: 1.3 });
    expect(saturatedRequestsPerSecond).toBeCloseTo((capacity.saturatedRequestsPerSecond ?? 0) / 1.3, 6);
  });
});

describe('a load test', () => {
  it('has as many requests in flight as Little has: the rate times the time of each', () => {
    // One sequence at a time, a fixed time of service and Poisson arrivals: the queue of Pollaczek and Khinchine.
    const server = { ...PLAIN, maxSequences: 1 };
    const { requestsPerSecond, inFlight } = test({ server });
    const service = 0.02;
    const load = requestsPerSecond * service;
    const waiting = (load * service) / (2 * (1 - load));
    expectNear(inFlight, requestsPerSecond * (waiting + service), 0.1);
  });

  it('draws the lengths of requests from the mix', () => {
    // 10 + 30 and 10 + 90 ms, one after the other.
    const server = { ...PLAIN, maxSequences: 1 };
    const mix = { inputTokens: Uint32Array.of(30, 90), outputTokens: Uint32Array.of(1, 1) };
    expectNear(test({ server, mix }).saturatedRequestsPerSecond, 2 / 0.14, 0.02);
  });
});
