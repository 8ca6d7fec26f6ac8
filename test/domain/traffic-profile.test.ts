import { burstArrivals, draftTraffic, step, TrafficProfile, type TrafficSpec, usualRate } from '../../lib/domain';

function traffic(spec: TrafficSpec) {
  const { value, problems } = draftTraffic(spec);
  if (value === undefined) throw new Error(JSON.stringify(problems));
  return value;
}

const wrong = (spec: TrafficSpec) =>
  draftTraffic(spec).problems.map(({ rule, prop, severity }) => `${severity} ${rule} ${prop}`);

describe('traffic that was counted', () => {
  it('has a mean, and the busiest minute as its peak', () => {
    // A minute of 2/s, a minute of 6/s, then 58 minutes of 1/s.
    const counts = [...Array(60).fill(2), ...Array(60).fill(6), ...Array(58 * 60).fill(1)];
    const { meanRatePerSecond, peakRatePerSecond, threats } = traffic(
      TrafficProfile.fromCounts({ secondsPerCount: 1, counts }),
    );
    expect(meanRatePerSecond).toBeCloseTo((120 + 360 + 3480) / 3600, 12);
    expect(peakRatePerSecond).toBe(6);
    expect(threats).toEqual([]);
  });

  it('is told to be short below half an hour', () => {
    expect(wrong({ counts: { secondsPerCount: 1, counts: Array(100).fill(1) } })).toEqual([
      'warning WP-WARM-006 sizing.traffic.counts.counts',
    ]);
  });

  it.each<[string, TrafficSpec, string]>([
    ['intervals of minutes', { counts: { secondsPerCount: 61, counts: [1] } }, 'counts.secondsPerCount'],
    ['a negative count', { counts: { secondsPerCount: 1, counts: [1, -1] } }, 'counts.counts[1]'],
    ['a gap', { counts: { secondsPerCount: 1, counts: [Number.NaN] } }, 'counts.counts[0]'],
    ['silence', { counts: { secondsPerCount: 1, counts: [0, 0] } }, 'counts.counts'],
  ])('is refused with %s', (_, spec, prop) => {
    expect(wrong(spec)).toEqual([`error WP-WARM-005 sizing.traffic.${prop}`]);
  });
});

describe('traffic of which little is known', () => {
  it('is a day between trough and p99, with sudden growth beside it, and says what it takes for granted', () => {
    const known = traffic(TrafficProfile.fromStats({ p50RatePerSecond: 10, p99RatePerSecond: 30 }));
    expect(known.peakRatePerSecond).toBe(30);
    expect(Math.min(...known.history)).toBe(5);
    // Growth is p99 over p50: from 5 to 15, and from 10 to 30.
    expect(known.threats).toEqual([step(5, 15), step(10, 30)]);
    expect(known.assumptions.join('\n')).toMatch(/0\.5 of the median[\s\S]*3\.00 times/);
  });

  it('grows as its kind does where nobody has used the service', () => {
    const launch = traffic(TrafficProfile.unknown('launch', 30));
    expect(launch.threats).toEqual([step(5, 15), step(10, 30)]);
    expect(launch.assumptions.length).toBeGreaterThan(2);
  });

  it.each<[TrafficSpec, string]>([
    [{ unknown: 'mail' as never, peakRatePerSecond: 1 }, 'unknown'],
    [{ unknown: 'chat', peakRatePerSecond: 0 }, 'peakRatePerSecond'],
    [{ stats: { p50RatePerSecond: 5, p99RatePerSecond: 4 } }, 'stats'],
    [{ stats: { p50RatePerSecond: 0, p99RatePerSecond: 4 } }, 'stats.p50RatePerSecond'],
    [{ stats: { p50RatePerSecond: 1, p99RatePerSecond: 4, growth: -1 } }, 'stats.growth'],
  ])('is refused: %j', (spec, prop) => {
    expect(wrong(spec)).toEqual([`error WP-WARM-005 sizing.traffic.${prop}`]);
  });
});

describe('a burst', () => {
  const known = traffic(TrafficProfile.fromCounts({ secondsPerCount: 1, counts: [0, 0, 8, 0, 0, 0, 1, 1, 0, 0] }));

  it('is what a share of the requests sees at the most, each counted once', () => {
    // Eight of ten requests came in a second with eight; the last two see one, and two, in two seconds.
    expect(burstArrivals(known, 1, 0.99)).toBe(8);
    expect(burstArrivals(known, 1, 0.2)).toBe(1);
    expect(burstArrivals(known, 2, 0.2)).toBe(2);
    expect(burstArrivals(known, 10, 0.99)).toBe(10);
  });

  it('is measured against the usual rate: that of the middle minute', () => {
    const counts = [...Array(60).fill(1), ...Array(60).fill(3), ...Array(60).fill(9)];
    expect(usualRate(traffic(TrafficProfile.fromCounts({ secondsPerCount: 1, counts })))).toBe(3);
  });
});
