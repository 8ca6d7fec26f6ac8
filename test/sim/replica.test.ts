import fc from 'fast-check';
import { Replica, type RequestLedger, ServerModel } from '../../lib/sim/replica';
import { linearTable, type ServerProfile } from '../../lib/sim/server-profile';

/** 10 ms beside the GPU, 1 ms a token, nothing for attention. */
const PLAIN: ServerProfile = {
  name: 'plain',
  source: 'made for the test',
  overheadMs: 10,
  linearMs: [
    [1, 1],
    [2, 2],
  ],
  attentionMsPerToken: 0,
  tokenBudget: 100,
  maxSequences: 4,
  cacheTokens: 1000,
};

type Given = readonly (readonly [arrivalSeconds: number, input: number, output: number])[];

function ledgerOf(given: Given): RequestLedger {
  return {
    arrivalSeconds: Float64Array.from(given, ([at]) => at),
    inputTokens: Uint32Array.from(given, ([, input]) => input),
    outputTokens: Uint32Array.from(given, ([, , output]) => output),
    timeToFirstToken: new Float64Array(given.length).fill(Number.NaN),
    endSeconds: new Float64Array(given.length).fill(Number.NaN),
  };
}

function played(profile: ServerProfile, given: Given, patience?: number): RequestLedger {
  const ledger = ledgerOf(given);
  const replica = new Replica(new ServerModel(profile, 1, patience), ledger);
  let next = 0;
  for (;;) {
    const arrival = given[next]?.[0] ?? Number.POSITIVE_INFINITY;
    if (Math.min(arrival, replica.nextSeconds) === Number.POSITIVE_INFINITY) return ledger;
    if (replica.nextSeconds <= arrival) replica.proceed();
    else {
      replica.accept(next, arrival);
      next += 1;
    }
  }
}

describe('a model server', () => {
  it('reads a prompt, then makes a token a step', () => {
    // 10 + 50 ms for the prompt and its first token; four more of 10 + 1 ms.
    const { timeToFirstToken, endSeconds } = played(PLAIN, [[0, 50, 5]]);
    expect(timeToFirstToken[0]).toBeCloseTo(0.06, 12);
    expect(endSeconds[0]).toBeCloseTo(0.06 + 4 * 0.011, 12);
  });

  it('reads a prompt beyond its budget in pieces', () => {
    // 100, 100 and 30 tokens: 110 + 110 + 40 ms.
    expect(played(PLAIN, [[0, 230, 1]]).timeToFirstToken[0]).toBeCloseTo(0.26, 12);
  });

  it('lets a request join at the end of the step that is under way', () => {
    // The first ends its prompt at 20 ms; steps of 11 ms follow. At 25 ms one is under way until 31 ms; then 10 ms, 20
    // tokens of the prompt and one of the first request: 31 ms more.
    const { timeToFirstToken } = played(PLAIN, [
      [0, 10, 50],
      [0.025, 20, 1],
    ]);
    expect(timeToFirstToken[1]).toBeCloseTo(0.031 + 0.031 - 0.025, 12);
  });

  it('makes the fifth wait where four run at the same time', () => {
    const { timeToFirstToken, endSeconds } = played(PLAIN, [
      [0, 10, 3],
      [0, 10, 9],
      [0, 10, 9],
      [0, 10, 9],
      [0, 10, 1],
    ]);
    const first = endSeconds[0] ?? 0;
    expect(timeToFirstToken[4]).toBeGreaterThan(first);
    expect(Math.max(...Array.from(timeToFirstToken).slice(0, 4))).toBeLessThan(first);
  });

  it('makes a request wait for room in the cache', () => {
    const { timeToFirstToken, endSeconds } = played(PLAIN, [
      [0, 90, 900],
      [0.5, 90, 10],
    ]);
    expect((timeToFirstToken[1] ?? 0) + 0.5).toBeGreaterThan(endSeconds[0] ?? 0);
  });

  it('forgets whoever has given up', () => {
    const { timeToFirstToken, endSeconds } = played(
      PLAIN,
      [
        [0, 90, 900],
        [0.5, 90, 10],
      ],
      1,
    );
    expect(timeToFirstToken[1]).toBeNaN();
    expect(endSeconds[1]).toBeGreaterThan(1.5);
  });
});

/** Every step by itself: what the closed form has to give. */
function stepByStep(profile: ServerProfile, given: Given): RequestLedger {
  const ledger = ledgerOf(given);
  const linear = linearTable(profile, 1 / 1000);
  const waiting: number[] = [];
  let running: { request: number; left: number; context: number }[] = [];
  let prefilled = 0;
  let next = 0;
  let now = 0;
  const size = (request: number) => (given[request]?.[1] ?? 0) + Math.max(1, given[request]?.[2] ?? 0);
  let reserved = 0;
  for (;;) {
    while (next < given.length && (given[next]?.[0] ?? 0) <= now) waiting.push(next++);
    let budget = profile.tokenBudget - running.length;
    let read = 0;
    const done: number[] = [];
    while (waiting.length > 0 && budget > 0) {
      const request = waiting[0] as number;
      if (prefilled === 0) {
        const alone = running.length + done.length === 0;
        const full = running.length + done.length >= profile.maxSequences;
        if (full || !(alone || reserved + size(request) <= profile.cacheTokens)) break;
        reserved += size(request);
      }
      const chunk = Math.min(budget, (given[request]?.[1] ?? 0) - prefilled);
      budget -= chunk;
      read += chunk;
      prefilled += chunk;
      if (prefilled < (given[request]?.[1] ?? 0)) break;
      prefilled = 0;
      done.push(waiting.shift() as number);
    }
    if (running.length === 0 && read === 0) {
      if (next >= given.length) return ledger;
      now = given[next]?.[0] ?? 0;
      continue;
    }
    const context = running.reduce((sum, one) => sum + one.context, 0);
    now +=
      profile.overheadMs / 1000 + (linear[running.length + read] ?? 0) + (profile.attentionMsPerToken / 1000) * context;
    const stay: typeof running = [];
    for (const one of running) {
      if (one.left > 1) stay.push({ ...one, left: one.left - 1, context: one.context + 1 });
      else {
        ledger.endSeconds[one.request] = now;
        reserved -= size(one.request);
      }
    }
    for (const request of done) {
      const [at = 0, input = 0, output = 0] = given[request] ?? [];
      ledger.timeToFirstToken[request] = now - at;
      if (output > 1) stay.push({ request, left: output - 1, context: input + 1 });
      else {
        ledger.endSeconds[request] = now;
        reserved -= size(request);
      }
    }
    running = stay;
  }
}

describe('stretches that are computed in one go', () => {
  const requests = fc.array(
    fc.tuple(fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 1, max: 250 }), fc.integer({ min: 1, max: 120 })),
    { minLength: 1, maxLength: 12 },
  );

  it('give the times of every single step', () => {
    const profile = { ...PLAIN, attentionMsPerToken: 0.01 };
    fc.assert(
      fc.property(requests, (drawn) => {
        // Odd fractions of a millisecond, so that nothing arrives exactly at the end of a step.
        const given = drawn
          .map(([ms, input, output], i) => [(ms + 0.137 + i / 7919) / 1000, input, output] as const)
          .sort(([a], [b]) => a - b);
        const [fast, slow] = [played(profile, given), stepByStep(profile, given)];
        for (const key of ['timeToFirstToken', 'endSeconds'] as const) {
          for (const [i, value] of slow[key].entries()) expect(fast[key][i]).toBeCloseTo(value, 9);
        }
      }),
    );
  });
});
