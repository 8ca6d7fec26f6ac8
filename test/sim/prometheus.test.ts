import type { Pod } from '../../lib/sim/cluster';
import { Fleet } from '../../lib/sim/fleet';
import type { SimulatedTrigger } from '../../lib/sim/policy';
import { Prometheus, type PrometheusOptions } from '../../lib/sim/prometheus';
import { ServerModel } from '../../lib/sim/replica';
import { ledgerOf, PLAIN } from './given';

const trigger = (signal: SimulatedTrigger['signal'], more: Partial<SimulatedTrigger> = {}): SimulatedTrigger => ({
  signal,
  threshold: 1,
  windowSeconds: signal === 'arrivalRate' ? 60 : 0,
  ofFloor: 0,
  ...more,
});

/** Two servers, of which the first has six requests, four of them running, and the second none. */
function scraped(options: Partial<PrometheusOptions> = {}) {
  const ledger = ledgerOf(Array.from({ length: 8 }, () => [0, 10, 900] as const));
  const fleet = new Fleet(new ServerModel({ ...PLAIN, cacheTokens: 1e6 }, 1), ledger, 0);
  const prometheus = new Prometheus(fleet, { scrapeSeconds: 15, longestWindowSeconds: 60, ...options });
  const pod = (order: number): Pod => ({ state: 'ready', order, node: undefined, readySeconds: 0 });
  fleet.admit(pod(0), 0);
  for (let request = 0; request < 6; request += 1) fleet.route(request, 0);
  const until = (seconds: number) => {
    for (let next = fleet.next(); next !== undefined && next.nextSeconds <= seconds; next = fleet.next())
      next.proceed();
  };
  until(1);
  fleet.admit(pod(1), 1);
  return { fleet, prometheus, until };
}

describe('Prometheus', () => {
  it('knows nothing before it has scraped', () => {
    const { prometheus } = scraped();
    expect(prometheus.answer(1, trigger('inFlight'))).toBeUndefined();
    expect(prometheus.answer(1, trigger('arrivalRate'))).toBeUndefined();
  });

  it('sums over the servers what it saw at the last scrape, and nothing of what came after it', () => {
    const { fleet, prometheus } = scraped();
    prometheus.scrape(1, 6);
    fleet.route(6, 1);
    const answers = (['running', 'waiting', 'inFlight'] as const).map((one) => prometheus.answer(2, trigger(one)));
    expect(answers).toEqual([4, 2, 6]);
    expect(prometheus.mostWaiting).toBe(2);
  });

  it('takes the rate between the first and the last scrape of the window, and needs two of them', () => {
    const { prometheus } = scraped();
    const rate = (now: number, windowSeconds: number) =>
      prometheus.answer(now, trigger('arrivalRate', { windowSeconds }));
    for (const [at, arrivals] of [
      [0, 0],
      [15, 30],
      [30, 75],
      [45, 165],
    ] as const)
      prometheus.scrape(at, arrivals);
    expect(rate(45, 60)).toBeCloseTo(165 / 45, 12);
    expect(rate(45, 40)).toBeCloseTo(135 / 30, 12);
    // The scrape of 15 s is just out of it.
    expect(rate(45, 30)).toBeCloseTo(90 / 15, 12);
    expect(rate(45, 15)).toBeUndefined();
    expect(rate(200, 60)).toBeUndefined();
  });

  it('looks as far back as any window reaches', () => {
    const { prometheus } = scraped({ longestWindowSeconds: 1200 });
    for (let at = 0; at <= 6000; at += 15) prometheus.scrape(at, 3 * at);
    // From 4815 s on.
    expect(prometheus.answer(6000, trigger('arrivalRate', { windowSeconds: 1200 }))).toBeCloseTo(3, 12);
    prometheus.scrape(6015, 3 * 6000 + 1200);
    expect(prometheus.answer(6015, trigger('arrivalRate', { windowSeconds: 1200 }))).toBeCloseTo(
      (3 * 1170 + 1200) / 1185,
      12,
    );
  });

  it('has GPUs as busy as servers had something to do since the scrape before', () => {
    const { prometheus, until } = scraped();
    prometheus.scrape(1, 6);
    expect(prometheus.answer(1, trigger('gpuUtilisation'))).toBe(0);
    until(16);
    prometheus.scrape(16, 6);
    // The first of two has never stopped, the second has had nothing.
    expect(prometheus.answer(16, trigger('gpuUtilisation'))).toBeCloseTo(100, 9);
  });

  it('takes off what a floor takes, and never falls below nothing', () => {
    const { prometheus } = scraped();
    prometheus.scrape(1, 6);
    expect(prometheus.answer(1, trigger('inFlight', { ofFloor: 4 }))).toBe(2);
    expect(prometheus.answer(1, trigger('inFlight', { ofFloor: 7 }))).toBe(0);
  });

  it('neither answers nor scrapes while it is gone', () => {
    const { prometheus } = scraped({ gap: { fromSeconds: 20, toSeconds: 50 } });
    for (const [at, arrivals] of [
      [0, 0],
      [15, 15],
      [30, 99],
      [45, 99],
      [60, 60],
    ] as const)
      prometheus.scrape(at, arrivals);
    expect(prometheus.answer(19, trigger('inFlight'))).toBeDefined();
    expect(prometheus.answer(20, trigger('inFlight'))).toBeUndefined();
    expect(prometheus.answer(49, trigger('arrivalRate'))).toBeUndefined();
    expect(prometheus.answer(60, trigger('arrivalRate', { windowSeconds: 61 }))).toBeCloseTo(1, 12);
  });
});
