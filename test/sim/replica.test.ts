import fc from 'fast-check';
import { Replica, type RequestLedger, ServerModel } from '../../lib/sim/replica';
import { linearTable, type ServerProfile } from '../../lib/sim/server-profile';
import { type GivenRequests, ledgerOf, PLAIN } from './given';

/** As many digits as sums of milliseconds have. */
const near = (seconds: number) => expect.closeTo(seconds, 9);

function played(profile: ServerProfile, given: GivenRequests, patience?: number): RequestLedger {
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
    // The first alone: 20 ms. The next three beside its token: 10 + 1 + 30 = 41 ms, to 61 ms. A token of each of the
    // four, 14 ms, ends the first at 75 ms. Then the fifth is read beside three tokens: 10 + 3 + 10 = 23 ms.
    expect(Array.from(timeToFirstToken)).toEqual([0.02, 0.061, 0.061, 0.061, 0.098].map(near));
    // The others have two tokens at 75 ms, three at 98 ms, and six more of 13 ms each.
    expect(Array.from(endSeconds)).toEqual([0.075, 0.176, 0.176, 0.176, 0.098].map(near));
  });

  it('makes a request wait for room in the cache', () => {
    const { timeToFirstToken, endSeconds } = played(PLAIN, [
      [0, 90, 900],
      [0.5, 90, 10],
    ]);
    // The first needs 990 of 1000 tokens. It reads for 100 ms and makes 899 more tokens of 11 ms: until 9.989 s.
    expect(endSeconds[0]).toBeCloseTo(9.989, 9);
    // The second then reads for 100 ms, and makes nine more tokens.
    expect(timeToFirstToken[1]).toBeCloseTo(9.989 + 0.1 - 0.5, 9);
    expect(endSeconds[1]).toBeCloseTo(9.989 + 0.1 + 9 * 0.011, 9);
  });

  it('lets a request that is larger than the cache run alone', () => {
    const { timeToFirstToken, endSeconds } = played(PLAIN, [
      [0, 90, 2000],
      [0.5, 10, 1],
    ]);
    expect(endSeconds[0]).toBeCloseTo(0.1 + 1999 * 0.011, 9);
    expect(timeToFirstToken[1]).toBeCloseTo(0.1 + 1999 * 0.011 + 0.02 - 0.5, 9);
  });

  it('forgets whoever has given up, as soon as it could begin with it', () => {
    const { timeToFirstToken, endSeconds } = played(
      PLAIN,
      [
        [0, 90, 900],
        [0.5, 90, 10],
      ],
      1,
    );
    expect(timeToFirstToken[1]).toBeNaN();
    // Until the first request ends there is no room, and nobody looks at the line.
    expect(endSeconds[1]).toBeCloseTo(9.989, 9);
  });

  it('takes longer for every token, the more context it has', () => {
    const { timeToFirstToken, endSeconds } = played({ ...PLAIN, attentionMsPerToken: 0.1 }, [[0, 50, 4]]);
    // No context yet: 60 ms. Then 51, 52 and 53 tokens of it: 11 ms and 5.1, 5.2 and 5.3 ms.
    expect(timeToFirstToken[0]).toBeCloseTo(0.06, 12);
    expect(endSeconds[0]).toBeCloseTo(0.06 + 3 * 0.011 + 0.0156, 12);
  });

  it('takes all of its times by the factor', () => {
    const ledger = ledgerOf([[0, 50, 5]]);
    const replica = new Replica(new ServerModel(PLAIN, 1.3), ledger);
    replica.accept(0, 0);
    while (replica.nextSeconds < Number.POSITIVE_INFINITY) replica.proceed();
    expect(ledger.endSeconds[0]).toBeCloseTo(1.3 * 0.104, 12);
  });

  it('says how long it had something to do, within a step too', () => {
    const replica = new Replica(
      new ServerModel(PLAIN),
      ledgerOf([
        [0, 50, 2],
        [1, 50, 1],
      ]),
    );
    replica.accept(0, 0);
    expect(replica.busyUntil(0.03)).toBeCloseTo(0.03, 12);
    while (replica.nextSeconds < Number.POSITIVE_INFINITY) replica.proceed();
    // 60 and 11 ms; idle until a second is over.
    expect(replica.busyUntil(0.5)).toBeCloseTo(0.071, 12);
    replica.accept(1, 1);
    expect(replica.busyUntil(1.02)).toBeCloseTo(0.091, 12);
  });

  it('counts who waits and who is in it', () => {
    const replica = new Replica(new ServerModel(PLAIN), ledgerOf(new Array(6).fill([0, 10, 50])));
    for (let request = 0; request < 6; request += 1) replica.accept(request, 0);
    // The first began alone.
    expect([replica.waiting, replica.inFlight]).toEqual([5, 6]);
    replica.proceed();
    expect([replica.waiting, replica.inFlight]).toEqual([2, 6]);
  });

  it('ends everything when it is cut off, and does nothing more', () => {
    const ledger = ledgerOf(new Array(6).fill([0, 10, 50]));
    const replica = new Replica(new ServerModel(PLAIN), ledger);
    for (let request = 0; request < 6; request += 1) replica.accept(request, 0);
    replica.proceed();
    replica.cutOff(0.03);
    expect(Array.from(ledger.endSeconds)).toEqual(new Array(6).fill(0.03));
    expect([replica.inFlight, replica.nextSeconds]).toEqual([0, Number.POSITIVE_INFINITY]);
  });
});

/** Every step by itself: what the closed form has to give. */
function stepByStep(profile: ServerProfile, given: GivenRequests): RequestLedger {
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
