import { createHash } from 'node:crypto';
import { DEFAULT_BEHAVIOUR } from '../../lib/domain/hpa-behaviour';
import { judge } from '../../lib/sim/judge';
import type { SimulatedPolicy } from '../../lib/sim/policy';
import { RandomStream } from '../../lib/sim/random';
import { SERVER_PROFILES } from '../../lib/sim/server-profile';
import { type RequestStream, type SimulationInput, simulate } from '../../lib/sim/simulate';

const server = SERVER_PROFILES['a100-8b'];
const fixed = (seconds: number) => ({ p50Seconds: seconds, p95Seconds: seconds });
const START = { node: fixed(300), image: fixed(60), container: fixed(60) };

/** Poisson arrivals of one size, at one rate and from some second on at another. */
function stream(before: number, after = before, stepSeconds = 600, seconds = 1500): RequestStream {
  const random = new RandomStream(7, 'test');
  const arrivalMs: number[] = [];
  for (let at = 0; at < seconds; ) {
    at -= Math.log(1 - random.uniform()) / (at < stepSeconds ? before : after);
    if (at < seconds) arrivalMs.push(1000 * at);
  }
  return {
    arrivalMs: Float64Array.from(arrivalMs),
    inputTokens: new Uint32Array(arrivalMs.length).fill(500),
    outputTokens: new Uint32Array(arrivalMs.length).fill(100),
  };
}

function withOutput(requests: RequestStream, tokens: number): RequestStream {
  return { ...requests, outputTokens: new Uint32Array(requests.arrivalMs.length).fill(tokens) };
}

const POLICY: SimulatedPolicy = {
  minReplicas: 2,
  maxReplicas: 8,
  triggers: [{ signal: 'arrivalRate', threshold: 5, windowSeconds: 60, ofFloor: 0 }],
  behaviour: DEFAULT_BEHAVIOUR,
  fallback: { failureThreshold: 3, replicas: 6 },
  placeholders: 0,
  imagePrefetched: true,
};

const input = (more: Partial<SimulationInput> = {}): SimulationInput => ({
  requests: stream(8, 30),
  policy: POLICY,
  server,
  start: START,
  pool: { minNodes: 0, maxNodes: 20, replicasPerNode: 1 },
  seed: 3,
  discardSeconds: 0,
  timelineSeconds: 5,
  ...more,
});

const run = (more: Partial<SimulationInput> = {}) => simulate(input(more));

/** The one that most others are compared with. */
const PLAIN_RUN = run();
const ready = (result: ReturnType<typeof run>, seconds: number) =>
  result.timeline.findLast(({ atSeconds }) => atSeconds <= seconds)?.ready;
const firstWith = (result: ReturnType<typeof run>, replicas: number) =>
  result.timeline.find((point) => point.ready >= replicas)?.atSeconds ?? Number.POSITIVE_INFINITY;

describe('a simulation', () => {
  it('tells of every request when it began to be answered and ended, or that its caller gave up', () => {
    const { ledger } = PLAIN_RUN;
    const wrong = Array.from(ledger.endSeconds.entries()).filter(([request, end]) => {
      const arrival = ledger.arrivalSeconds[request] ?? 0;
      const first = ledger.timeToFirstToken[request] ?? Number.NaN;
      return !(end > arrival) || arrival + first > end + 1e-9;
    });
    expect(wrong).toEqual([]);
  });

  it('is the same to the last byte, here and on every other machine', () => {
    const digest = ({ ledger, replicaSeconds }: typeof PLAIN_RUN) =>
      createHash('sha256')
        .update(new Uint8Array(ledger.timeToFirstToken.buffer))
        .update(new Uint8Array(ledger.endSeconds.buffer))
        .update(JSON.stringify(replicaSeconds))
        .digest('hex');
    expect(digest(run())).toBe(digest(PLAIN_RUN));
    expect(digest(PLAIN_RUN)).toBe('9e9d0853eb86a3f059845ddcde19fab80363b1316ebb267aefb8a3aec1119d84');
  });

  it('goes otherwise with other chance', () => {
    expect(run({ seed: 4 }).ledger.timeToFirstToken).not.toEqual(PLAIN_RUN.ledger.timeToFirstToken);
  });

  it('brings replicas on new nodes after reaction, node and start, and far sooner on warm ones', () => {
    const cold = firstWith(PLAIN_RUN, 4) - 600;
    const warm = firstWith(run({ policy: { ...POLICY, placeholders: 4 } }), 4) - 600;
    // 300 s of node and 60 s of image lie between the two; the image is pulled as the node joins.
    expect(cold).toBeGreaterThan(300 + 60);
    expect(warm).toBeGreaterThan(60);
    expect(cold - warm).toBeGreaterThanOrEqual(300);
    expect(cold - warm).toBeLessThanOrEqual(300 + 60 + 15);
  });

  it('fills placeholders again and counts what they cost apart', () => {
    const { timeline, replicaSeconds } = run({ policy: { ...POLICY, placeholders: 4 } });
    expect(timeline[0]?.placeholders).toBe(4);
    expect(Math.min(...timeline.map(({ placeholders }) => placeholders))).toBeLessThan(4);
    expect(timeline.at(-1)?.placeholders).toBe(4);
    expect(replicaSeconds.placeholder).toBeGreaterThan(0);
    expect(PLAIN_RUN.replicaSeconds.placeholder).toBe(0);
  });

  it('asks for no node where none can be had, and for them afterwards', () => {
    const result = run({ faults: { stockOut: { fromSeconds: 0, toSeconds: 1200 } } });
    expect(ready(result, 1200)).toBe(2);
    const nodes = (seconds: number) => result.timeline.findLast(({ atSeconds }) => atSeconds <= seconds)?.nodes ?? 0;
    expect(nodes(1195)).toBe(2);
    expect(nodes(1220)).toBeGreaterThan(2);
  });

  it('falls back to a number of replicas where nobody answers', () => {
    const calm = { requests: stream(8), policy: { ...POLICY, placeholders: 6 } };
    const gap = { metricsGap: { fromSeconds: 300, toSeconds: 1500 } };
    expect(run(calm).mostReplicas).toBe(2);
    expect(run({ ...calm, faults: gap }).mostReplicas).toBe(6);
  });

  it('loses what nodes had that are taken away, and replaces them', () => {
    const result = run({ requests: stream(8), faults: { eviction: { atSeconds: 700, replicas: 1 } } });
    expect(ready(result, 705)).toBe(1);
    expect(ready(result, 1490)).toBe(2);
    const { arrivalSeconds, endSeconds } = result.ledger;
    const cutOff = endSeconds.filter((end) => end === 700);
    expect(cutOff.length).toBeGreaterThan(0);
    const inFlight = arrivalSeconds.filter((at, request) => at < 700 && (endSeconds[request] ?? 0) >= 700).length;
    // One of two servers, which had about as many requests as the other.
    expect(Math.abs(cutOff.length - inFlight / 2)).toBeLessThanOrEqual(2);
  });

  it('loses all replicas of a node, where several stand on it', () => {
    const pool = { minNodes: 0, maxNodes: 20, replicasPerNode: 2 };
    const policy = { ...POLICY, minReplicas: 4, placeholders: 0 };
    const faults = { eviction: { atSeconds: 700, replicas: 1 } };
    const result = run({ requests: stream(8), pool, policy, faults });
    const at = (seconds: number) => result.timeline.findLast(({ atSeconds }) => atSeconds <= seconds);
    expect(at(695)).toMatchObject({ ready: 4, nodes: 2 });
    expect(at(705)).toMatchObject({ ready: 2, starting: 2 });
    expect(at(1490)).toMatchObject({ ready: 4, starting: 0, nodes: 2 });
  });

  it.each<[string, Partial<SimulationInput>]>([
    ['nodes are taken away', { faults: { eviction: { atSeconds: 700, replicas: 2 } } }],
    [
      'pods end before their requests do',
      {
        // A thousand tokens take longer than that.
        requests: withOutput(stream(8), 1000),
        drainSeconds: 5,
        policy: {
          schedule: [
            { atSeconds: 0, replicas: 4 },
            { atSeconds: 700, replicas: 2 },
          ],
        },
      },
    ],
    [
      'nobody ever serves',
      { initialReplicas: 0, faults: { stockOut: { fromSeconds: 0, toSeconds: 5000 } }, requests: stream(2) },
    ],
    [
      'a server has far more than it can end',
      { requests: stream(40, 40, 600, 600), policy: { ...POLICY, maxReplicas: 2 } },
    ],
  ])('has an end of every request, and numbers for everything, where %s', (_, more) => {
    const result = run(more);
    const { arrivalSeconds, endSeconds } = result.ledger;
    expect(endSeconds.filter((end, request) => !(end >= (arrivalSeconds[request] ?? 0)))).toHaveLength(0);
    const { replicaHours, ...verdict } = judge(result, 2);
    const numbers = [
      ...Object.values(verdict),
      ...Object.values(replicaHours),
      ...Object.values(result.replicaSeconds),
    ];
    expect(numbers.filter((number) => !(number >= 0))).toEqual([]);
  });

  it('has callers give up after their patience where nobody ever serves', () => {
    const { ledger } = run({
      initialReplicas: 0,
      faults: { stockOut: { fromSeconds: 0, toSeconds: 5000 } },
      requests: stream(2),
      patienceSeconds: 30,
    });
    const waited = ledger.endSeconds.map((end, request) => end - (ledger.arrivalSeconds[request] ?? 0));
    expect(Math.min(...waited)).toBeCloseTo(30, 9);
    expect(Math.max(...waited)).toBeCloseTo(30, 9);
  });

  it('counts a pod that ends until somebody sees that it is empty', () => {
    const requests = {
      arrivalMs: Float64Array.of(0, 900_000),
      inputTokens: Uint32Array.of(1, 1),
      outputTokens: Uint32Array.of(1, 1),
    };
    const schedule = [
      { atSeconds: 0, replicas: 2 },
      { atSeconds: 700, replicas: 1 },
    ];
    // Two until it is looked at, 5 s after it was told to go; one until the last arrival.
    const { replicaSeconds } = run({ requests, policy: { schedule } });
    expect(replicaSeconds).toEqual({ ready: 2 * 705 + 195, starting: 0, placeholder: 0, idle: 0 });
  });

  it('serves from a floor too, scales only for what that does not take, and counts its hours to nobody', () => {
    const load = { requests: stream(19), policy: { ...POLICY, minReplicas: 0, fallback: undefined, placeholders: 6 } };
    const alone = run(load);
    const triggers = POLICY.triggers.map((trigger) => ({ ...trigger, ofFloor: 15 }));
    const beside = run({ ...load, policy: { ...load.policy, triggers, floorReplicas: 3 } });
    // 19 requests a second at 5 for a replica: four, of which the floor has three.
    expect(alone.timeline.at(-1)?.ready).toBe(4);
    expect(beside.timeline.at(-1)?.ready).toBe(1);
    expect(judge(beside, 2).attainment).toBeGreaterThan(0.99);
    const hours = ({ replicaSeconds }: typeof alone) => replicaSeconds.ready / 1500;
    expect(hours(beside)).toBeLessThan(1.2);
  });

  it('follows a schedule of somebody who knows the future', () => {
    const schedule = [
      { atSeconds: 0, replicas: 2 },
      { atSeconds: 590, replicas: 6 },
    ];
    const result = run({ policy: { schedule } });
    expect(ready(result, 605)).toBe(6);
    expect(judge(result, 2).attainment).toBeGreaterThan(0.99);
  });
});
