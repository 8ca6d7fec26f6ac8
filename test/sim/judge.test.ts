import { judge } from '../../lib/sim/judge';
import type { SimulationRun } from '../../lib/sim/simulate';

const NEVER = Number.NaN;

/** A request a second, with these waits for the first token. */
function runOf(waits: readonly number[], more: Partial<SimulationRun> = {}): SimulationRun {
  return {
    ledger: {
      arrivalSeconds: Float64Array.from(waits, (_, second) => second),
      inputTokens: new Uint32Array(waits.length),
      outputTokens: new Uint32Array(waits.length),
      timeToFirstToken: Float64Array.from(waits),
      endSeconds: new Float64Array(waits.length),
    },
    durationSeconds: waits.length,
    discardSeconds: 0,
    replicaSeconds: { ready: 7200, starting: 1800, placeholder: 3600, idle: 900 },
    scaleEvents: 5,
    mostReplicas: 4,
    mostWaiting: 3,
    timeline: [],
    ...more,
  };
}

describe('a verdict', () => {
  it('counts who got a first token in time, at the very limit too', () => {
    const { requests, attainment, unanswered } = judge(runOf([0.5, 2, 2.001, NEVER]), 2);
    expect({ requests, attainment, unanswered }).toEqual({ requests: 4, attainment: 0.5, unanswered: 1 });
  });

  it('has the quantiles that so many requests stay within', () => {
    // 100 waits from 0.01 to 1 s, in no order.
    const waits = Array.from({ length: 100 }, (_, index) => (((37 * index) % 100) + 1) / 100);
    expect(judge(runOf(waits), 2)).toMatchObject({ p50Seconds: 0.5, p95Seconds: 0.95, p99Seconds: 0.99 });
    expect(judge(runOf([3]), 2)).toMatchObject({ p50Seconds: 3, p95Seconds: 3, p99Seconds: 3 });
  });

  it('has quantiles without an end where that many never got one', () => {
    const { p50Seconds, p95Seconds, p99Seconds } = judge(runOf([1, 1, 1, 1, 1, 1, 1, 1, 1, NEVER]), 2);
    expect([p50Seconds, p95Seconds, p99Seconds]).toEqual([1, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
  });

  it('leaves out who came before the first minutes were over', () => {
    // Those of 0, 1 and 2 s.
    const { requests, attainment } = judge(runOf([9, 9, 9, 1, 9], { discardSeconds: 3 }), 2);
    expect({ requests, attainment }).toEqual({ requests: 2, attainment: 0.5 });
  });

  it('is made of numbers where nothing is judged', () => {
    const nothing = { requests: 0, attainment: 1, unanswered: 0, p50Seconds: 0, p95Seconds: 0, p99Seconds: 0 };
    expect(judge(runOf([1, 1], { discardSeconds: 9 }), 2)).toMatchObject(nothing);
    expect(judge(runOf([]), 2)).toMatchObject(nothing);
  });

  it('adds up hours, and hands on what was counted', () => {
    expect(judge(runOf([1]), 2)).toMatchObject({
      replicaHours: { ready: 2, starting: 0.5, placeholder: 1, idle: 0.25, total: 3.75 },
      scaleEvents: 5,
      mostReplicas: 4,
      mostWaiting: 3,
    });
  });

  it('changes nothing of the run', () => {
    const run = runOf([3, 1, NEVER]);
    judge(run, 2);
    expect(Array.from(run.ledger.timeToFirstToken)).toEqual([3, 1, NEVER]);
  });
});
