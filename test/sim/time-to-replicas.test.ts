import fc from 'fast-check';
import { DEFAULT_BEHAVIOUR } from '../../lib/domain';
import { type GrowthInput, timeToReplicas } from '../../lib/sim/time-to-replicas';

const input = (more: Partial<GrowthInput> = {}): GrowthInput => ({
  minReplicas: 3,
  maxReplicas: 12,
  warmNodes: 2,
  behaviour: DEFAULT_BEHAVIOUR,
  reaction: { detectionSeconds: 35, podSeconds: 105, nodeSeconds: 1155 },
  ...more,
});

describe('the time to more replicas', () => {
  test('is that of warm nodes first, and of nodes that come then, as fast as the behaviour allows', () => {
    // 3 + 4 at once; 7 x 2, of which 12 are allowed, 15 s later.
    expect(timeToReplicas(input())).toEqual([
      { fromReplicas: 4, toReplicas: 5, node: 'warm', p95Seconds: 105 },
      { fromReplicas: 6, toReplicas: 7, node: 'new', p95Seconds: 1155 },
      { fromReplicas: 8, toReplicas: 12, node: 'new', p95Seconds: 1170 },
    ]);
  });

  test('counts on no node without warm ones', () => {
    expect(timeToReplicas(input({ warmNodes: 0 }))[0]).toMatchObject({ fromReplicas: 4, node: 'new' });
  });

  test('is nothing for a service that stays as it is', () => {
    expect(timeToReplicas(input({ maxReplicas: 3 }))).toEqual([]);
  });

  test('begins with the first pod where none runs', () => {
    expect(timeToReplicas(input({ minReplicas: 0, maxReplicas: 1, warmNodes: 1 }))).toEqual([
      { fromReplicas: 1, toReplicas: 1, node: 'warm', p95Seconds: 105 },
    ]);
  });

  test('ends where a behaviour lets nothing through', () => {
    const scaleUp = { ...DEFAULT_BEHAVIOUR.scaleUp, selectPolicy: 'Disabled' as const };
    expect(timeToReplicas(input({ behaviour: { ...DEFAULT_BEHAVIOUR, scaleUp } }))).toEqual([]);
  });

  test('names every replica once, in order, and no later one is sooner', () => {
    const sizes = fc.tuple(fc.integer({ min: 1, max: 20 }), fc.nat(40), fc.nat(20));
    fc.assert(
      fc.property(sizes, ([minReplicas, more, warmNodes]) => {
        const steps = timeToReplicas(input({ minReplicas, maxReplicas: minReplicas + more, warmNodes }));
        const named = steps.flatMap(({ fromReplicas, toReplicas }) =>
          Array.from({ length: toReplicas - fromReplicas + 1 }, (_, i) => fromReplicas + i),
        );
        expect(named).toEqual(Array.from({ length: more }, (_, i) => minReplicas + 1 + i));
        const times = steps.map(({ p95Seconds }) => p95Seconds);
        expect(times).toEqual([...times].sort((a, b) => a - b));
      }),
    );
  });
});
