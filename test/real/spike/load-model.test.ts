import { SERVER_PROFILES } from '../../../lib/sim/server-profile';
import type { RequestStream } from '../../../lib/sim/simulate';
import { simulate } from '../../../lib/sim/simulate';
import { LoadModel } from './load-model';

/** A request each quarter of a second, for a hundred seconds. */
const COUNT = 400;
const requests: RequestStream = {
  arrivalMs: Float64Array.from({ length: COUNT }, (_, i) => 250 * (i + 1)),
  inputTokens: new Uint32Array(COUNT).fill(1000),
  outputTokens: new Uint32Array(COUNT).fill(100),
};
const server = SERVER_PROFILES['a100-8b'];
const model = () => new LoadModel({ requests, server });

describe('the load model', () => {
  it('gives the first tokens that the simulator gives for the same pods', () => {
    const load = model();
    load.observe(0, ['a', 'b']);
    load.advance(400);
    const none = { p50Seconds: 0, p95Seconds: 0 };
    const run = simulate({
      requests,
      policy: { schedule: [{ atSeconds: 0, replicas: 2 }] },
      server,
      start: { node: none, image: none, container: none },
      pool: { minNodes: 2, maxNodes: 2, replicasPerNode: 1 },
      discardSeconds: 0,
      seed: 1,
    });
    expect([...load.ledger.timeToFirstToken]).toEqual([...run.ledger.timeToFirstToken]);
  });

  it('does not depend on how often it is looked at', () => {
    const [seldom, often] = [model(), model()];
    for (const load of [seldom, often]) load.observe(0, ['a']);
    for (let at = 0; at <= 400; at += 0.3) often.advance(at);
    seldom.advance(400);
    expect(often.ledger).toEqual(seldom.ledger);
  });

  it('counts arrivals at scrapes, though nobody serves them', () => {
    const load = model();
    load.advance(14);
    expect(load.arrivalRate(60)).toBeUndefined();
    load.advance(46);
    expect(load.arrivalRate(60)).toBeCloseTo(4, 1);
    expect(load.scrapedInFlight).toBeGreaterThan(170);
  });

  it('hands what was held to the first pod, and lets a pod that goes end what it has', () => {
    const load = model();
    load.advance(2);
    expect(load.inFlight).toBe(8);
    load.observe(2, ['a']);
    load.observe(2.1, ['b']);
    load.advance(400);
    expect(load.inFlight).toBe(0);
    expect(load.ledger.timeToFirstToken[0]).toBeGreaterThan(1.75);
    expect([...load.ledger.endSeconds].filter(Number.isNaN)).toEqual([]);
  });

  it('does not run backwards', () => {
    const load = model();
    load.advance(2);
    expect(() => load.advance(1)).toThrow(RangeError);
  });
});
