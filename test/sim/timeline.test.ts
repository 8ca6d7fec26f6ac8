import fc from 'fast-check';
import { DEFAULT_BEHAVIOUR } from '../../lib/domain';
import { SERVER_PROFILES } from '../../lib/sim/server-profile';
import { type SimulationRun, simulate } from '../../lib/sim/simulate';
import { timelineOf, timelineStep } from '../../lib/sim/timeline';

const WORDS = { title: 'a run', objectiveSeconds: 2 };

/** Three steps of ten seconds: four requests in the first one, none in the second, one without a token in the third. */
function run(more: Partial<SimulationRun> = {}): SimulationRun {
  const point = { ready: 1, starting: 0, desired: 1, placeholders: 1, nodes: 2, waiting: 0 };
  return {
    ledger: {
      arrivalSeconds: Float64Array.from([0, 2, 4, 9.9, 25]),
      inputTokens: new Uint32Array(5),
      outputTokens: new Uint32Array(5),
      timeToFirstToken: Float64Array.from([0.4, 0.1, 0.3, 0.2, Number.NaN]),
      endSeconds: new Float64Array(5),
    },
    durationSeconds: 25,
    discardSeconds: 10,
    replicaSeconds: { ready: 0, starting: 0, placeholder: 0, idle: 0 },
    scaleEvents: 0,
    mostReplicas: 0,
    mostWaiting: 0,
    timeline: [
      { ...point, atSeconds: 0 },
      { ...point, atSeconds: 10, starting: 1, desired: 2, placeholders: 0, waiting: 7 },
      { ...point, atSeconds: 20, ready: 2 },
    ],
    ...more,
  };
}

describe('the timeline of a run', () => {
  test('has the state at the beginning of every step', () => {
    expect(timelineOf(run(), WORDS)).toMatchObject({
      stepSeconds: 10,
      readyReplicas: [1, 1, 2],
      startingReplicas: [0, 1, 0],
      desiredReplicas: [1, 2, 1],
      placeholders: [1, 0, 1],
      waitingRequests: [0, 7, 0],
      objectiveSeconds: 2,
    });
  });

  test('has the requests that came within each step, and their quantiles', () => {
    const { arrivalsPerSecond, ttftSeconds } = timelineOf(run(), WORDS);
    expect(arrivalsPerSecond).toEqual([0.4, 0, 0.1]);
    expect(ttftSeconds.p50).toEqual([0.2, undefined, Number.POSITIVE_INFINITY]);
    expect(ttftSeconds.p99).toEqual([0.4, undefined, Number.POSITIVE_INFINITY]);
  });

  test('marks where judgement begins, if it does not begin at once', () => {
    expect(timelineOf(run(), WORDS).marks).toEqual([{ atSeconds: 10, text: 'judged from here' }]);
    expect(timelineOf(run({ discardSeconds: 0 }), WORDS).marks).toBeUndefined();
  });

  test('is refused for a run that kept none', () => {
    expect(() => timelineOf(run({ timeline: [] }), WORDS)).toThrow(/timeline = \[\].*Fix: give them/);
  });

  test('loses no request of a real run', () => {
    const arrivalMs = Float64Array.from({ length: 300 }, (_, i) => 1000 * i);
    const played = simulate({
      requests: { arrivalMs, inputTokens: new Uint32Array(300).fill(100), outputTokens: new Uint32Array(300).fill(10) },
      policy: {
        minReplicas: 1,
        maxReplicas: 1,
        triggers: [],
        behaviour: DEFAULT_BEHAVIOUR,
        placeholders: 1,
        imagePrefetched: true,
      },
      server: SERVER_PROFILES['a100-8b'],
      start: { node: ZERO, image: ZERO, container: ZERO },
      pool: { minNodes: 2, maxNodes: 2, replicasPerNode: 1 },
      seed: 1,
      timelineSeconds: timelineStep(299),
    });
    const { arrivalsPerSecond, stepSeconds, readyReplicas, placeholders } = timelineOf(played, WORDS);
    expect(Array.from(arrivalsPerSecond).reduce<number>((sum, rate) => sum + (rate ?? 0) * stepSeconds, 0)).toBeCloseTo(
      300,
      6,
    );
    expect(new Set([...Array.from(readyReplicas), ...Array.from(placeholders)])).toEqual(new Set([1]));
  });
});

const ZERO = { p50Seconds: 0, p95Seconds: 0 };

describe('the step', () => {
  test.each([
    [60, 10],
    [3600, 10],
    [7200, 20],
    [86_400, 200],
    [604_800, 1375],
  ])('of a run of %d s is %d s', (duration, step) => {
    expect(timelineStep(duration)).toBe(step);
  });

  test('leaves no more points than a picture has room for', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 1e7 }), (seconds) => seconds / timelineStep(seconds) <= 440));
  });
});
