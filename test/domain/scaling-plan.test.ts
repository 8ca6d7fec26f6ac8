import fc from 'fast-check';
import {
  type ArrivalCounter,
  ArrivalSource,
  type ColdStart,
  DEFAULT_BEHAVIOUR,
  draftBesideFloor,
  draftRequestScaling,
  type RequestScalingSpec,
  RUNTIME_METRICS,
  type ScaledService,
  scalingTimers,
  type WarmPoolPlan,
} from '../../lib/domain';
import { plannedOf, problemOf, rulesOf } from './given';

const ROUTE = ArrivalSource.envoyCluster('httproute/chat/chat/rule/0');
const LISTENER = ArrivalSource.envoyListener('http-8080');

/** A size with what a scaler reads of it. */
const SIZED = {
  capacity: { saturatedRequestsPerSecond: 3 },
  arrivalThreshold: 1.8,
  arrivalWindowSeconds: 30,
  inFlightThreshold: 9,
  behaviour: DEFAULT_BEHAVIOUR,
  pollingIntervalSeconds: 15,
  cooldownSeconds: 480,
  fallback: { failureThreshold: 3, replicas: 5 },
} as WarmPoolPlan;

function service(more: Partial<ScaledService> = {}): ScaledService {
  return {
    minReplicas: 2,
    maxReplicas: 8,
    sizing: undefined,
    coldStart: { p95Seconds: 200 } as ColdStart,
    metrics: RUNTIME_METRICS.vllm,
    maxNumSeqs: 256,
    ...more,
  };
}

const draft = (spec: RequestScalingSpec, more: Partial<ScaledService> = {}) => draftRequestScaling(spec, service(more));

const planOf = (spec: RequestScalingSpec, more: Partial<ScaledService> = {}) => plannedOf(draft(spec, more));

describe('the timers of a scaled service', () => {
  it('are those of its size where it has one', () => {
    const timers = scalingTimers(service({ sizing: SIZED }));
    expect(timers).toEqual({
      minReplicas: 2,
      maxReplicas: 8,
      pollingIntervalSeconds: 15,
      cooldownSeconds: 480,
      behaviour: DEFAULT_BEHAVIOUR,
      fallback: { failureThreshold: 3, replicas: 5 },
    });
  });

  it('without a size wait for two cold starts, and fall back on all that may run', () => {
    // 2 x 200 s are 6:40, and whole minutes are given.
    expect(scalingTimers(service())).toMatchObject({ cooldownSeconds: 420, fallback: { replicas: 8 } });
  });

  it('never fall back outside of the bounds', () => {
    const fallbackOf = (minReplicas: number, maxReplicas: number) =>
      scalingTimers(service({ sizing: SIZED, minReplicas, maxReplicas })).fallback.replicas;
    expect([fallbackOf(2, 8), fallbackOf(6, 8), fallbackOf(2, 4)]).toEqual([5, 6, 4]);
    const bounds = fc.record({ min: fc.nat(20), more: fc.nat(20), wanted: fc.nat(40) });
    fc.assert(
      fc.property(bounds, ({ min, more, wanted }) => {
        const sizing = { ...SIZED, fallback: { failureThreshold: 3, replicas: wanted } };
        const { replicas } = scalingTimers(service({ sizing, minReplicas: min, maxReplicas: min + more })).fallback;
        expect(replicas).toBeGreaterThanOrEqual(min);
        expect(replicas).toBeLessThanOrEqual(min + more);
      }),
    );
  });
});

describe('a scaler of requests', () => {
  it('takes thresholds and window from the size', () => {
    const plan = planOf({ arrivals: ROUTE }, { sizing: SIZED });
    expect(plan.arrivals).toEqual({ counter: ROUTE, threshold: 1.8, windowSeconds: 30 });
    expect(plan.inFlightThreshold).toBe(9);
  });

  it('takes what is given before what was computed', () => {
    const given = { arrivals: ROUTE, arrivalsPerReplica: 1, inFlightPerReplica: 4 };
    expect(planOf(given, { sizing: SIZED })).toMatchObject({ arrivals: { threshold: 1 }, inFlightThreshold: 4 });
  });

  it('without a size looks at a minute of arrivals', () => {
    const plan = planOf({ arrivals: ROUTE, arrivalsPerReplica: 1 });
    expect(plan.arrivals?.windowSeconds).toBe(60);
    expect(plan).not.toHaveProperty('inFlightThreshold');
  });

  it('compares no requests where the server does not say them', () => {
    const plan = planOf({ arrivals: ROUTE }, { sizing: SIZED, metrics: RUNTIME_METRICS.triton });
    expect(plan).not.toHaveProperty('inFlightThreshold');
    expect(plan.arrivals?.threshold).toBe(1.8);
  });

  it('says that it sees spikes late where nobody counts arrivals', () => {
    const late = draft({ inFlightPerReplica: 8 });
    expect(problemOf(late, 'WP-SCALE-005')).toMatchObject({ severity: 'warning', prop: 'scaler.arrivals' });
    expect(rulesOf(late)).toEqual(['WP-SCALE-005']);
    expect(rulesOf(draft({ arrivals: ROUTE, arrivalsPerReplica: 1 }))).toEqual([]);
  });

  it.each<[string, RequestScalingSpec, Partial<ScaledService>]>([
    ['no size and no threshold', { arrivals: ROUTE }, {}],
    ['no counter and no threshold', {}, {}],
    ['no counter, and a server that says nothing', {}, { sizing: SIZED, metrics: RUNTIME_METRICS.triton }],
  ])('has something to compare: %s', (_, spec, more) => {
    expect(problemOf(draft(spec, more), 'WP-SCALE-006').severity).toBe('error');
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('divides by no threshold of %p', (value) => {
    const draftOf = (spec: RequestScalingSpec) => problemOf(draft({ arrivals: ROUTE, ...spec }), 'WP-SCALE-004').prop;
    expect(draftOf({ arrivalsPerReplica: value })).toBe('scaler.arrivalsPerReplica');
    expect(draftOf({ arrivalsPerReplica: 1, inFlightPerReplica: value })).toBe('scaler.inFlightPerReplica');
  });

  it('tells of a wrong counter once, and by its own rule', () => {
    const arrivals: ArrivalCounter = { ...ROUTE, metric: 'vllm:request_success_total' };
    expect(rulesOf(draft({ arrivals, arrivalsPerReplica: 1 }))).toEqual(['WP-SCALE-003']);
  });

  it('says which threshold is reached only by a server that drowns', () => {
    const of = (spec: RequestScalingSpec) => rulesOf(draft({ arrivals: ROUTE, ...spec }, { sizing: SIZED }));
    expect(of({ arrivalsPerReplica: 3 })).toEqual([]);
    expect(of({ arrivalsPerReplica: 3.01 })).toEqual(['WP-SCALE-008']);
    expect(of({ inFlightPerReplica: 256 })).toEqual([]);
    expect(of({ inFlightPerReplica: 257 })).toEqual(['WP-SCALE-008']);
  });
});

describe('a service that scales to zero', () => {
  const zero = { minReplicas: 0 };
  const spec = { arrivalsPerReplica: 1, inFlightPerReplica: 8 };

  it('is woken by a counter that goes on without pods', () => {
    expect(rulesOf(draft({ arrivals: LISTENER, ...spec }, zero))).toEqual([]);
  });

  it('is not woken by what is gone with its pods', () => {
    expect(problemOf(draft({ arrivals: ROUTE, ...spec }, zero), 'WP-SCALE-007').value).toBe(0);
    expect(rulesOf(draft(spec, zero))).toEqual(['WP-SCALE-007', 'WP-SCALE-005']);
  });

  it('is woken by the pods of a floor beside it', () => {
    expect(rulesOf(draft({ arrivals: ROUTE, ...spec }, { ...zero, floorReplicas: 2 }))).toEqual([]);
  });
});

describe('a floor beside what is scaled', () => {
  const spec = { arrivals: ROUTE, arrivalsPerReplica: 2, inFlightPerReplica: 8 };

  it('takes of the load what its pods take at the same threshold', () => {
    const plan = planOf(spec, { floorReplicas: 3 });
    expect([plan.arrivals?.ofFloor, plan.inFlightOfFloor]).toEqual([6, 24]);
  });

  it('is none where there is none', () => {
    for (const floorReplicas of [undefined, 0]) {
      const plan = planOf(spec, { floorReplicas });
      expect(plan.arrivals).not.toHaveProperty('ofFloor');
      expect(plan).not.toHaveProperty('inFlightOfFloor');
    }
  });

  it('and what is scaled are together as many as the load asks of one Deployment', () => {
    const loads = fc.record({ load: fc.nat(200), threshold: fc.integer({ min: 1, max: 9 }), floor: fc.nat(10) });
    fc.assert(
      fc.property(loads, ({ load, threshold, floor }) => {
        const plan = planOf({ arrivals: ROUTE, arrivalsPerReplica: threshold }, { floorReplicas: floor });
        const above = Math.max(0, load - (plan.arrivals?.ofFloor ?? 0));
        expect(floor + Math.ceil(above / threshold)).toBe(Math.max(floor, Math.ceil(load / threshold)));
      }),
    );
  });

  it('is said where triggers take no notice of it', () => {
    expect(problemOf(draftBesideFloor('triggers', 3), 'WP-SCALE-010')).toMatchObject({ severity: 'warning', value: 3 });
    for (const floor of [undefined, 0]) expect(draftBesideFloor('triggers', floor).problems).toEqual([]);
  });
});
