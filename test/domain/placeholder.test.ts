import fc from 'fast-check';
import {
  draftWarmRoom,
  isCron,
  isTimezone,
  nodesAtBest,
  PAUSE_IMAGE,
  type PoolClaim,
  type WarmWindow,
  warmCost,
  warmNodesOf,
} from '../../lib/domain';
import { pairPool, pool } from '../support/synth';

const window = (warmNodes: number): WarmWindow => ({
  start: '0 7 * * *',
  end: '0 19 * * *',
  timezone: 'UTC',
  warmNodes,
});

const demandsOf = (numbers: readonly number[]) =>
  numbers.map((warmNodes, index) => ({ service: `chat-${index}`, warmNodes }));

describe('the expressions of a schedule', () => {
  it.each(['0 7 * * 1-5', '*/15 0-23/2 1,15 jan-mar,12 MON,wed', '59 23 31 12 6', '0 0 ? * 0', '  5   4 * * sun '])(
    'are read as KEDA reads them: %s',
    (text) => expect(isCron(text)).toBe(true),
  );

  it.each([
    '0 7 * *',
    '0 0 7 * * 1-5',
    '60 7 * * *',
    '0 24 * * *',
    '0 7 0 * *',
    '0 7 * 13 *',
    '0 7 * * 7',
    '0 7 * * 5-1',
    '0 7 * * mon-xyz',
    '0/0 7 * * *',
    '1-2-3 7 * * *',
    '@daily',
    '',
    'jan 7 * * *',
  ])('are refused as KEDA refuses them: %j', (text) => expect(isCron(text)).toBe(false));

  it.each([
    ['Europe/Amsterdam', true],
    ['America/Argentina/Buenos_Aires', true],
    ['UTC', true],
    ['Etc/GMT+5', true],
    ['Europe/Nowhere', false],
    ['+02:00', false],
    ['Local', false],
    ['', false],
  ])('name a time zone: %j is one: %s', (text, is) => expect(isTimezone(text)).toBe(is));
});

describe('the number of placeholders', () => {
  const numbers = fc.array(fc.nat(50), { maxLength: 6 });

  it('is the sum where spikes coincide, and the largest where they do not', () => {
    expect(warmNodesOf({}, demandsOf([2, 3]))).toEqual({ floor: 5, ceiling: 5 });
    expect(warmNodesOf({ spikesCoincide: false }, demandsOf([2, 3]))).toEqual({ floor: 3, ceiling: 3 });
  });

  it('is never more for spikes that do not coincide, and never less for one service more', () => {
    fc.assert(
      fc.property(numbers, fc.nat(50), fc.boolean(), (wanted, more, spikesCoincide) => {
        const demands = demandsOf(wanted);
        const { floor } = warmNodesOf({ spikesCoincide }, demands);
        expect(warmNodesOf({ spikesCoincide: false }, demands).floor).toBeLessThanOrEqual(
          warmNodesOf({}, demands).floor,
        );
        expect(warmNodesOf({ spikesCoincide }, demandsOf([...wanted, more])).floor).toBeGreaterThanOrEqual(floor);
      }),
    );
  });

  it('is what somebody said, whatever is computed, and what the busiest window says at the most', () => {
    fc.assert(
      fc.property(
        numbers,
        fc.nat(50),
        fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 3 }),
        (wanted, said, windows) => {
          const counted = warmNodesOf({ warmNodes: said, schedule: windows.map(window) }, demandsOf(wanted));
          expect(counted).toEqual({ floor: said, ceiling: Math.max(said, ...windows) });
        },
      ),
    );
  });
});

describe('the room for placeholders', () => {
  const service = (floor: number, pods: number, gpusPerPod = 1): PoolClaim => ({
    claimant: 'app/chat',
    floor,
    pods,
    gpusPerPod,
    preemptible: false,
  });
  const placeholder = (pods: number, gpusPerPod = 1): PoolClaim => ({
    claimant: 'app/warm',
    pods,
    gpusPerPod,
    preemptible: true,
    placeholder: true,
  });
  const rules = (maxNodes: number, claims: readonly PoolClaim[]) =>
    draftWarmRoom(pool({ maxNodes, minNodes: 1 }), claims).problems.map(({ rule, severity }) => [rule, severity]);

  it('is asked for by nobody without placeholders', () => {
    expect(rules(1, [service(5, 9)])).toEqual([]);
    expect(rules(1, [service(5, 9), placeholder(0)])).toEqual([]);
  });

  it('is refused below the fewest replicas and the placeholders, and warned of below the most', () => {
    const claims = [service(3, 6), placeholder(2)];
    expect(rules(4, claims)).toEqual([['WP-HOLD-008', 'error']]);
    expect(rules(5, claims)).toEqual([['WP-HOLD-009', 'warning']]);
    expect(rules(7, claims)).toEqual([['WP-HOLD-009', 'warning']]);
    expect(rules(8, claims)).toEqual([]);
  });

  it('says the sizes that would do', () => {
    const [problem] = draftWarmRoom(pool({ maxNodes: 4 }), [service(3, 6), placeholder(2)]).problems;
    expect(problem).toMatchObject({
      allowed: '5 nodes or more',
      fix: 'raise maxNodes to 8, or lower warmNodes',
      message: expect.stringContaining('app/chat 3 x 1 GPU, app/warm 2 x 1 GPU'),
    });
  });

  it('counts no job, which gives way as well', () => {
    const job: PoolClaim = { claimant: 'app/job', pods: 9, gpusPerPod: 1, preemptible: true };
    expect(rules(5, [service(3, 3), placeholder(2), job])).toEqual([]);
  });

  it('is enough exactly where everything fits at once', () => {
    const sizes = fc.record({
      min: fc.nat(6),
      more: fc.nat(6),
      warm: fc.integer({ min: 1, max: 6 }),
      nodes: fc.integer({ min: 1, max: 16 }),
      gpus: fc.constantFrom(1, 2),
      warmGpus: fc.constantFrom(1, 2),
    });
    fc.assert(
      fc.property(sizes, ({ min, more, warm, nodes, gpus, warmGpus }) => {
        const claims = [service(min, min + more, gpus), placeholder(warm, warmGpus)];
        const { problems, value } = draftWarmRoom(pairPool({ minNodes: 1, maxNodes: nodes }), claims);
        const most = nodesAtBest(2, claims);
        expect(value?.most).toBe(most);
        expect(problems.length === 0).toBe(most <= nodes);
        expect(problems.some(({ severity }) => severity === 'error')).toBe((value?.least ?? 0) > nodes);
      }),
    );
  });
});

describe('the cost of warm nodes', () => {
  const price = { dollarsPerHour: 4, source: 'environment' };

  it('is that of whole machines', () => {
    const pairs = pairPool();
    expect(warmCost(pairs, price, [{ pods: 3, gpusPerPod: 1 }])).toEqual({ machines: 2, dollarsPerHour: 8 });
    expect(
      warmCost(pairs, price, [
        { pods: 1, gpusPerPod: 2 },
        { pods: 1, gpusPerPod: 1 },
      ]),
    ).toEqual({
      machines: 2,
      dollarsPerHour: 8,
    });
    expect(warmCost(pairs, price, [])).toEqual({ machines: 0, dollarsPerHour: 0 });
  });

  it('is unknown where the price is', () => {
    expect(warmCost(pool(), undefined, [{ pods: 2, gpusPerPod: 1 }])).toEqual({
      machines: 2,
      dollarsPerHour: undefined,
    });
  });
});

it('the pause image is one that nobody can move', () => {
  expect(PAUSE_IMAGE.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
});
