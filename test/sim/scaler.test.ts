import { DEFAULT_BEHAVIOUR } from '../../lib/domain/hpa-behaviour';
import type { FallbackBehaviour, SimulatedPolicy } from '../../lib/sim/policy';
import { Scaler } from '../../lib/sim/scaler';

const ARRIVALS = { signal: 'arrivalRate', threshold: 0.1, windowSeconds: 60, ofFloor: 0 } as const;
const WAITING = { signal: 'waiting', threshold: 5, windowSeconds: 0, ofFloor: 0 } as const;

/** At once in both directions. */
const FREE = {
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [{ type: 'Percent', value: 1_000_000, periodSeconds: 1 }],
} as const;
const FREE_DOWN = { ...FREE, policies: [{ type: 'Percent', value: 100, periodSeconds: 1 }] } as const;

const policy = (more: Partial<SimulatedPolicy> = {}): SimulatedPolicy => ({
  minReplicas: 1,
  maxReplicas: 20,
  triggers: [ARRIVALS, WAITING],
  behaviour: { scaleUp: FREE, scaleDown: FREE_DOWN },
  placeholders: 0,
  imagePrefetched: true,
  ...more,
});

type Answers = Partial<Record<'arrivalRate' | 'waiting', number>>;

const decided = (scaler: Scaler, now: number, current: number, answers: Answers) =>
  scaler.decide(now, current, ({ signal }) => answers[signal as keyof Answers]);

describe('a scaler', () => {
  it('takes the trigger that asks for the most', () => {
    // 0.45/s at 0.1/s are five, 32 waiting at 5 are seven.
    expect(decided(new Scaler(policy()), 0, 2, { arrivalRate: 0.45, waiting: 3 })).toBe(5);
    expect(decided(new Scaler(policy()), 0, 2, { arrivalRate: 0.45, waiting: 32 })).toBe(7);
  });

  it('goes at the pace that its behaviour allows', () => {
    const slow = new Scaler(policy({ behaviour: DEFAULT_BEHAVIOUR }));
    // Four more in 15 s.
    expect(decided(slow, 0, 2, { arrivalRate: 2, waiting: 0 })).toBe(6);
  });

  it('keeps what there is without triggers', () => {
    expect(decided(new Scaler(policy({ triggers: [] })), 0, 3, {})).toBe(3);
  });

  it('scales up, and not down, where one of two metrics is gone', () => {
    expect(decided(new Scaler(policy()), 0, 2, { arrivalRate: 0.45 })).toBe(5);
    expect(decided(new Scaler(policy()), 0, 9, { arrivalRate: 0.45 })).toBe(9);
    expect(decided(new Scaler(policy()), 0, 9, {})).toBe(9);
  });
});

describe('a fallback', () => {
  const fallsTo = (current: number, behaviour?: FallbackBehaviour) => {
    const fallback = { failureThreshold: 3, replicas: 6, ...(behaviour && { behaviour }) };
    const scaler = new Scaler(policy({ fallback }));
    for (const now of [0, 15, 30]) expect(decided(scaler, now, current, {})).toBe(current);
    return decided(scaler, 45, current, {});
  };

  it.each<[FallbackBehaviour | undefined, number, number]>([
    // fewer, more than the six of the fallback
    [undefined, 6, 6],
    ['static', 6, 6],
    ['currentReplicas', 2, 9],
    ['currentReplicasIfHigher', 6, 9],
    ['currentReplicasIfLower', 2, 6],
  ])(
    'of behaviour %s makes of two pods %d and of nine %d, after more than three failures',
    (behaviour, fewer, more) => {
      expect(fallsTo(2, behaviour)).toBe(fewer);
      expect(fallsTo(9, behaviour)).toBe(more);
    },
  );

  it('counts failures in a row', () => {
    const scaler = new Scaler(policy({ fallback: { failureThreshold: 1, replicas: 6 } }));
    const there = { arrivalRate: 0.2, waiting: 0 };
    const row = [{}, there, {}, {}].map((answers, index) => decided(scaler, 15 * index, 2, answers));
    expect(row).toEqual([2, 2, 2, 6]);
  });

  it('asks for exactly its number, whatever the threshold', () => {
    // 3 x 0.1 / 0.1 is a little more than three in floating point.
    const scaler = new Scaler(policy({ triggers: [ARRIVALS], fallback: { failureThreshold: 0, replicas: 3 } }));
    expect(decided(scaler, 0, 1, {})).toBe(3);
  });
});
