import { cheapestPolicy, type FluidTimes, fluidServer, type SearchInput, step } from '../../lib/domain';

const CAPACITY = {
  requestsPerSecond: 5,
  saturatedRequestsPerSecond: 5,
  inFlight: 10,
  sweep: [],
};

const TIMES: FluidTimes = {
  scrapeSeconds: 15,
  syncSeconds: 15,
  podSeconds: 60,
  nodeSeconds: 600,
  nodeKeptSeconds: 600,
};

const search = (more: Partial<SearchInput> = {}) =>
  cheapestPolicy({
    history: new Float64Array(3600).fill(9),
    threats: [],
    server: fluidServer(CAPACITY, 2),
    times: TIMES,
    requestsPerSecond: CAPACITY.requestsPerSecond,
    inFlight: CAPACITY.inFlight,
    mayMiss: 0.005,
    floorReplicas: 2,
    roomReplicas: 20,
    warmNodeCost: 1,
    ...more,
  });

describe('the cheapest policy', () => {
  it('of a constant load runs the replicas that hold it, and nothing beside them', () => {
    // 9/s need two replicas of 5/s, for 3600 s.
    const found = search();
    expect(found?.policy).toMatchObject({ minReplicas: 2, warmNodes: 0 });
    expect(found?.cost).toBe(2 * 3600);
    expect(found?.outcome).toMatchObject({ missed: 0, placeholderSeconds: 0, idleSeconds: 0 });
  });

  it('never goes below the floor, nor above the room', () => {
    expect(search({ floorReplicas: 4 })?.policy.minReplicas).toBe(4);
    expect(search({ roomReplicas: 2 })?.policy.maxReplicas).toBe(2);
  });

  it('is none where the room is too small', () => {
    expect(search({ history: new Float64Array(3600).fill(30), roomReplicas: 4 })).toBeUndefined();
  });

  it('holds what may happen beside ordinary days, and pays for it on them', () => {
    // 27/s at once need six replicas before one could start, whether or not the history has such a step.
    const found = search({ threats: [step(9, 27)] });
    expect(found?.policy.minReplicas).toBe(6);
    expect(found?.cost).toBe(6 * 3600);
  });

  it('takes warm nodes where they cost nothing and save replicas that would have to wait for machines', () => {
    // From 9/s to 40/s within half an hour and down again, in three hours: followed in time only on nodes that are there.
    const hill = (second: number) => Math.max(0, 31 - (31 * Math.abs(second - 3600)) / 1800);
    const history = new Float64Array(10_800).map((_, second) => 9 + hill(second));
    const free = search({ history, warmNodeCost: 0 });
    const dear = search({ history, warmNodeCost: 1 });
    expect(free?.policy.warmNodes).toBeGreaterThan(0);
    expect(free?.cost).toBeLessThan(dear?.cost ?? 0);
  });

  it('keeps warm nodes that somebody decided on, and counts them', () => {
    const found = search({ warmNodes: 2 });
    expect(found?.policy.warmNodes).toBe(2);
    expect(found?.cost).toBe(4 * 3600);
  });
});
