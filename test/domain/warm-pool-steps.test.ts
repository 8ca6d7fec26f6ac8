import {
  explainWarmPool,
  type LatencyObjective,
  type SizingBasis,
  sizingSteps,
  TrafficProfile,
  type WarmPoolPlan,
} from '../../lib/domain';

const OBJECTIVE: Required<LatencyObjective> = { timeToFirstTokenSeconds: 2, objective: '0.99' };
const CAPACITY = {
  requestsPerSecond: 5,
  inFlight: 40,
  saturatedRequestsPerSecond: 6,
  sweep: [],
  source: 'made for the test',
};
const REACTION = { detectionSeconds: 35, podSeconds: 135, nodeSeconds: 365 };

function basis(more: Partial<SizingBasis> = {}): SizingBasis {
  return {
    spec: {
      slo: { timeToFirstTokenSeconds: 2 },
      capacity: CAPACITY,
      traffic: TrafficProfile.unknown('chat', 8),
    },
    objective: OBJECTIVE,
    capacity: CAPACITY,
    traffic: {
      basis: 'counts',
      history: new Float64Array(1800),
      threats: [],
      meanRatePerSecond: 8,
      peakRatePerSecond: 8,
      assumptions: [],
    },
    reaction: REACTION,
    envelope: { replicas: 1.9607843, windowSeconds: 100, arrivals: 1200 },
    shape: { arrivalShare: 0.8, inFlightShare: 0.8, windowSeconds: 60, scaleDownWindowSeconds: 300, warmNodes: 0 },
    policy: {
      minReplicas: 2,
      maxReplicas: 4,
      arrivalThreshold: 4,
      inFlightThreshold: 32,
      scaleDownWindowSeconds: 300,
      warmNodes: 1,
    },
    ...more,
  };
}

const stepsOf = (more: Partial<SizingBasis> = {}) =>
  Object.fromEntries(sizingSteps(basis(more)).map(({ name, sum, value }) => [name, `${sum} = ${value}`]));

describe('the sums of a plan', () => {
  it('come in the order in which one follows from the other', () => {
    expect(sizingSteps(basis()).map(({ name }) => name)).toEqual([
      'reaction, node there',
      'reaction, node to come',
      'bursts without scaling',
      'minimum',
      'one more at',
      'warm nodes',
      'maximum',
    ]);
  });

  it('add up to what they come to', () => {
    const steps = stepsOf();
    // 35 + 100; 35 + 30 + 300; 1200 / (6 x 102).
    expect(steps['reaction, node there']).toBe('35 s to notice + 100 s to start (p95) = 135 s');
    expect(steps['reaction, node to come']).toBe(
      '35 s to notice + 30 s until the autoscaler acts + 300 s cold start (p95) = 365 s',
    );
    expect(steps['bursts without scaling']).toBe('1200 requests in 100 s / (6/s x (100 + 2) s) = 1.96 replicas');
    expect(steps['one more at']).toBe('0.8 x 5/s over 60 s, or 0.8 x 40 in flight = 4/s, 32 in flight');
    expect(steps.maximum).toBe('1.25 x the busiest rate / 4/s, within the room = 4 replicas');
  });

  it('leave half of what may miss the objective to chance', () => {
    expect(stepsOf().minimum).toBe('fewest with which 1800 s of traffic, times 1.1, miss at most 0.5 % = 2 replicas');
    expect(stepsOf({ objective: { ...OBJECTIVE, objective: '0.999' } }).minimum).toContain('miss at most 0.05 %');
  });

  it.each<[string, Partial<SizingBasis>]>([
    ['a spike of the service', { spec: { ...basis().spec, spike: { factor: 3 } } }],
    ['a threat of the traffic', { traffic: { ...basis().traffic, threats: [new Float64Array(10)] } }],
  ])('say that spikes are among it: %s', (_, more) => {
    expect(stepsOf(more).minimum).toContain('1800 s of traffic and its spikes, times 1.1');
  });

  it('say who decided about warm nodes', () => {
    const spec = (more: Partial<SizingBasis['spec']>) => ({ spec: { ...basis().spec, ...more } });
    expect(stepsOf()['warm nodes']).toBe('the cheapest number, where one costs 1 of a replica = 1 nodes');
    expect(stepsOf(spec({ warmNodeCost: 0.25 }))['warm nodes']).toContain('where one costs 0.25 of a replica');
    expect(stepsOf(spec({ warmNodes: 1 }))['warm nodes']).toBe('decided by the service = 1 nodes');
  });

  it('have three digits of what nobody knows better', () => {
    const reaction = { detectionSeconds: 35.123, podSeconds: 105.4567, nodeSeconds: 1155.04 };
    expect(stepsOf({ reaction })['reaction, node there']).toBe('35.1 s to notice + 70.3 s to start (p95) = 105 s');
    expect(stepsOf({ reaction })['reaction, node to come']).toMatch(/= 1160 s$/);
  });
});

describe('a plan that is explained', () => {
  const explained = (more: Partial<WarmPoolPlan> = {}) =>
    explainWarmPool({
      steps: sizingSteps(basis()),
      assumptions: ['tomorrow is like today'],
      prediction: { attainment: 0.99567, meanReplicas: 2.0449, meanIdleNodes: 0.5 },
      ...more,
    } as WarmPoolPlan).split('\n');

  it('has a line for every sum, what it comes to, and what was assumed', () => {
    const lines = explained();
    expect(lines).toHaveLength(9);
    expect(lines[0]).toBe('reaction, node there: 35 s to notice + 100 s to start (p95) = 135 s');
    expect(lines.slice(7)).toEqual([
      'over that traffic: 99.6 % in time, 2.04 replicas on the mean, 0.5 idle nodes beside them',
      'assumed: tomorrow is like today',
    ]);
  });

  it('ends with the guess that it rests on', () => {
    expect(explained({ unproven: 'no machine yet' }).at(-1)).toBe('unproven: no machine yet');
  });
});
