import fc from 'fast-check';
import {
  COLD_START_STAGES,
  type ColdStart,
  type ColdStartInput,
  draftColdStart,
  draftProbes,
  startTimers,
  unwrap,
  type WeightsPath,
} from '../../lib/domain';
import { clouds } from '../support/arbitraries';
import { GB, problemOf, rulesOf } from './given';

const LLAMA_8B: ColdStartInput = { cloud: 'aks', weightsBytes: 16 * GB, weightsPath: 'hub-download' };

/** p95 / p50 of a lognormal with sigma 0.25. */
const SPREAD = Math.exp(1.645 * 0.25);

function budget(more: Partial<ColdStartInput> = {}): ColdStart {
  return unwrap(draftColdStart({ ...LLAMA_8B, ...more }));
}

const weightsPaths = fc.constantFrom<WeightsPath[]>(
  'hub-download',
  'object-store-stream',
  'local-nvme',
  'network-disk',
  'image-volume',
);

const inputs: fc.Arbitrary<ColdStartInput> = fc.record({
  cloud: clouds,
  weightsBytes: fc.integer({ min: 0, max: 300 * GB }),
  weightsPath: weightsPaths,
  imagePrefetched: fc.boolean(),
  compileCacheWarm: fc.boolean(),
});

const measurement = fc
  .tuple(fc.integer({ min: 0, max: 2000 }), fc.nat(2000))
  .map(([p50Seconds, more]) => ({ p50Seconds, p95Seconds: p50Seconds + more }));

describe('the stages of a cold start', () => {
  it.each<[WeightsPath, number, number]>([
    // 16 GB, seconds until they are on the node and until they are in the GPU
    ['hub-download', 61, 33],
    ['object-store-stream', 0, (4.88 / 15) * 16],
    ['local-nvme', 0, 8],
    ['network-disk', 0, (47.99 / 15) * 16],
    ['image-volume', 61, (47.99 / 15) * 16],
  ])('bring 16 GB by %s in %d s and load them in %d s', (weightsPath, weights, load) => {
    const { stages } = budget({ weightsPath });
    expect(stages.weights.p50Seconds).toBeCloseTo(weights, 9);
    expect(stages.load.p50Seconds).toBeCloseTo(load, 9);
    expect(stages.load.p95Seconds).toBeCloseTo(load * SPREAD, 9);
  });

  it('take a node in 480 s and an image in 120 s, seldom in 720 and 300 s', () => {
    expect(budget().stages).toMatchObject({
      node: { p50Seconds: 480, p95Seconds: 720, basis: 'published' },
      image: { p50Seconds: 120, p95Seconds: 300, basis: 'assumed' },
    });
  });

  it('say that the figure for IKS is assumed', () => {
    expect(budget({ cloud: 'iks' }).stages.node).toMatchObject({ p50Seconds: 480, basis: 'assumed' });
  });

  it('pull no image on a node that is there and has it, and still do on one that has to come', () => {
    const [bare, prefetched] = [budget(), budget({ imagePrefetched: true })];
    expect(prefetched.p95Seconds).toBe(bare.p95Seconds);
    expect(bare.warmNodeP95Seconds).toBeCloseTo(bare.p95Seconds - 720, 9);
    expect(prefetched.warmNodeP95Seconds).toBeCloseTo(bare.p95Seconds - 720 - 300, 9);
    expect(prefetched.warmNodeP50Seconds).toBeCloseTo(bare.p50Seconds - 480 - 120, 9);
    expect(prefetched.warmNodeP95Seconds).toBeCloseTo(prefetched.containerP95Seconds, 9);
  });

  it('warm up in 200 s', () => {
    expect(budget().stages.warmup.p50Seconds).toBe(200);
  });

  it('add up to 894 s for an 8 B model on a new node of AKS', () => {
    const cold = budget();
    expect(cold.p50Seconds).toBeCloseTo(480 + 120 + 61 + 33 + 200, 9);
    expect(cold.p95Seconds).toBeCloseTo(720 + 300 + (61 + 33 + 200) * SPREAD, 9);
    expect(cold.containerP95Seconds).toBeCloseTo((61 + 33 + 200) * SPREAD, 9);
  });

  it('name a source each', () => {
    for (const stage of COLD_START_STAGES) expect(budget().stages[stage].source).toMatch(/\S{3,} \S+/);
  });
});

describe('a measurement', () => {
  it('replaces the figure of its stage and no other', () => {
    const cold = budget({ measurements: { node: { p50Seconds: 200, p95Seconds: 260, source: 'dashboard 12' } } });
    expect(cold.stages.node).toEqual({ p50Seconds: 200, p95Seconds: 260, basis: 'measured', source: 'dashboard 12' });
    expect(cold.stages.image).toEqual(budget().stages.image);
    expect(cold.p50Seconds).toBeCloseTo(200 + 120 + 61 + 33 + 200, 9);
  });

  it('is called measured by the team unless it says where', () => {
    const cold = budget({ measurements: { load: { p50Seconds: 5, p95Seconds: 5 } } });
    expect(cold.stages.load).toMatchObject({ basis: 'measured', source: 'measured by the team' });
  });

  it.each([
    ['a p95 below the p50', { p50Seconds: 10, p95Seconds: 9 }],
    ['a negative time', { p50Seconds: -1, p95Seconds: 9 }],
    ['no number', { p50Seconds: Number.NaN, p95Seconds: 9 }],
    ['no end', { p50Seconds: 1, p95Seconds: Number.POSITIVE_INFINITY }],
  ])('is refused with %s', (_, image) => {
    const draft = draftColdStart({ ...LLAMA_8B, measurements: { image } });
    expect(problemOf(draft, 'WP-COLD-001')).toMatchObject({ prop: 'coldStart.image', value: image });
  });

  it('is refused stage by stage', () => {
    const wrong = { p50Seconds: 2, p95Seconds: 1 };
    expect(rulesOf(draftColdStart({ ...LLAMA_8B, measurements: { node: wrong, warmup: wrong } }))).toEqual([
      'WP-COLD-001',
      'WP-COLD-001',
    ]);
  });
});

describe('any cold start', () => {
  it('is the sum of its stages, and its p95 is never below its p50', () => {
    fc.assert(
      fc.property(inputs, fc.dictionary(fc.constantFrom(...COLD_START_STAGES), measurement), (input, measurements) => {
        const cold = unwrap(draftColdStart({ ...input, measurements }));
        const stages = Object.values(cold.stages);
        expect(stages).toHaveLength(5);
        expect(cold.p50Seconds).toBeCloseTo(
          stages.reduce((sum, { p50Seconds }) => sum + p50Seconds, 0),
          6,
        );
        for (const stage of [cold, ...stages]) expect(stage.p95Seconds).toBeGreaterThanOrEqual(stage.p50Seconds);
        const { weights, load, warmup } = cold.stages;
        expect(cold.containerP95Seconds).toBeCloseTo(weights.p95Seconds + load.p95Seconds + warmup.p95Seconds, 6);
      }),
    );
  });

  it('never becomes shorter with more weights', () => {
    fc.assert(
      fc.property(inputs, fc.nat(100 * GB), (input, more) => {
        const small = unwrap(draftColdStart(input));
        const large = unwrap(draftColdStart({ ...input, weightsBytes: input.weightsBytes + more }));
        expect(large.p50Seconds).toBeGreaterThanOrEqual(small.p50Seconds);
        expect(large.p95Seconds).toBeGreaterThanOrEqual(small.p95Seconds);
        expect(startTimers(large, 75).progressDeadlineSeconds).toBeGreaterThanOrEqual(
          startTimers(small, 75).progressDeadlineSeconds,
        );
      }),
    );
  });
});

describe('timers', () => {
  it('of an 8 B model that ends in 75 s give its container 670 s and its rollout 39 min', () => {
    // container p95 443.6 s x 1.5 = 665 s; all stages p95 1463.6 s x 1.5 + 75 = 2270 s, whole minutes and one more
    const timers = startTimers(budget(), 75);
    expect(timers.startupProbe).toEqual({ periodSeconds: 10, failureThreshold: 67 });
    expect(timers.progressDeadlineSeconds).toBe(39 * 60);
  });

  it('ask three times at least', () => {
    const instant = { p50Seconds: 0, p95Seconds: 0 };
    const cold = budget({ measurements: { weights: instant, load: instant, warmup: instant } });
    expect(startTimers(cold, 75).startupProbe.failureThreshold).toBe(3);
  });

  it('take a pod out of routing within 15 s and restart it after a minute', () => {
    const { readinessProbe, livenessProbe } = startTimers(budget(), 75);
    expect(readinessProbe.periodSeconds * readinessProbe.failureThreshold).toBe(15);
    expect(livenessProbe.periodSeconds * livenessProbe.failureThreshold).toBe(60);
  });

  it('never end before the budget they are derived from', () => {
    fc.assert(
      fc.property(
        inputs,
        fc.dictionary(fc.constantFrom(...COLD_START_STAGES), measurement),
        fc.nat(600),
        (input, measurements, grace) => {
          const cold = unwrap(draftColdStart({ ...input, measurements }));
          const { startupProbe, progressDeadlineSeconds } = startTimers(cold, grace);
          const probed = startupProbe.periodSeconds * startupProbe.failureThreshold;
          expect(probed).toBeGreaterThanOrEqual(cold.containerP95Seconds);
          expect(progressDeadlineSeconds).toBeGreaterThan(cold.p95Seconds + grace);
          expect(progressDeadlineSeconds).toBeGreaterThan(probed + grace);
          expect(Number.isInteger(progressDeadlineSeconds) && Number.isInteger(startupProbe.failureThreshold)).toBe(
            true,
          );
        },
      ),
    );
  });
});

describe('own paces of probes', () => {
  const { value } = draftColdStart({ cloud: 'aks', weightsBytes: 16e9, weightsPath: 'hub-download' });
  if (value === undefined) throw new Error('no cold start');

  it('replace the defaults, and the startup probe follows the margin', () => {
    const readiness = { periodSeconds: 2, failureThreshold: 5 };
    const own = startTimers(value, 75, { readiness, startupMargin: 3 });
    const usual = startTimers(value, 75);
    expect(own.readinessProbe).toEqual(readiness);
    expect(own.livenessProbe).toEqual(usual.livenessProbe);
    const seconds = own.startupProbe.periodSeconds * own.startupProbe.failureThreshold;
    expect(seconds).toBeGreaterThanOrEqual(value.containerP95Seconds * 3);
    expect(own.progressDeadlineSeconds).toBeGreaterThan(usual.progressDeadlineSeconds);
  });
});

describe('own paces of the probes', () => {
  it.each([
    ['none', undefined],
    [
      'the fewest',
      { readiness: { periodSeconds: 1, failureThreshold: 1 }, liveness: { periodSeconds: 1, failureThreshold: 1 } },
    ],
    ['the smallest margin', { startupMargin: 1 }],
    ['the largest margin', { startupMargin: 10 }],
  ])('may be %s', (_, spec) => {
    expect(draftProbes(spec).problems).toEqual([]);
  });

  it.each([
    ['readiness', { periodSeconds: 0, failureThreshold: 3 }],
    ['readiness', { periodSeconds: 5, failureThreshold: 0 }],
    ['liveness', { periodSeconds: 1.5, failureThreshold: 3 }],
    ['liveness', { periodSeconds: 5, failureThreshold: Number.NaN }],
  ] as const)('are whole numbers above 0, unlike those of %s: %p', (prop, pace) => {
    expect(problemOf(draftProbes({ [prop]: pace }), 'WP-COLD-003')).toMatchObject({
      prop: `probes.${prop}`,
      value: pace,
    });
  });

  it.each([0.99, 0, 10.01, Number.NaN])('have a margin between 1 and 10, not %p', (startupMargin) => {
    expect(problemOf(draftProbes({ startupMargin }), 'WP-COLD-003')).toMatchObject({ prop: 'probes.startupMargin' });
  });
});

it('refuses a way of the weights that nobody measured', () => {
  const draft = draftColdStart({ ...LLAMA_8B, weightsPath: 'pigeon' as WeightsPath });
  expect(draft.value).toBeUndefined();
  expect(problemOf(draft, 'WP-SVC-007')).toMatchObject({ prop: 'modelCache.transport', value: 'pigeon' });
});

it('takes a stage of a day, and none that is longer', () => {
  const measured = (p95Seconds: number) =>
    draftColdStart({ ...LLAMA_8B, measurements: { node: { p50Seconds: 1, p95Seconds } } });
  expect(measured(86_400).problems).toEqual([]);
  expect(problemOf(measured(86_401), 'WP-COLD-001')).toMatchObject({ prop: 'coldStart.node' });
});
