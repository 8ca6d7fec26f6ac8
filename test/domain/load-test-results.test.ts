import { capacityFromSweep, type RuleId } from '../../lib/domain';

/** The fields of a file of `vllm bench serve --save-result --percentile-metrics ttft,tpot,itl,e2el` that are read. */
const run = (given: Readonly<Record<string, unknown>>) => ({
  backend: 'openai',
  num_prompts: 1000,
  request_rate: 4,
  burstiness: 1,
  max_concurrency: null,
  duration: 250,
  completed: 1000,
  failed: 0,
  request_throughput: 3.9,
  mean_ttft_ms: 150,
  p99_ttft_ms: 800,
  mean_e2el_ms: 5000,
  ...given,
});

const SWEEP = [
  run({ request_rate: 8, request_throughput: 7.6, p99_ttft_ms: 1900, mean_e2el_ms: 10_000 }),
  run({}),
  run({ request_rate: 12, request_throughput: 9.6, p99_ttft_ms: 40_000, mean_e2el_ms: 60_000 }),
];

const READING = { timeToFirstTokenSeconds: 2, source: 'bench/2026-11-02' };
const read = (runs: readonly unknown[], more: { readonly objective?: string } = {}) =>
  capacityFromSweep(runs, { ...READING, ...more });
const rules = (runs: readonly unknown[]) => read(runs).problems.map(({ rule }) => rule);

describe('a capacity from a sweep', () => {
  it('is the highest rate inside the objective, and by Little 7.6/s x 10 s = 76 in flight; saturation is the highest', () => {
    expect(read(SWEEP)).toEqual({
      value: {
        requestsPerSecond: 7.6,
        saturatedRequestsPerSecond: 9.6,
        inFlight: 76,
        source: 'bench/2026-11-02',
      },
      problems: [],
    });
  });

  it('does not count a run that falls behind: 7.1 of 8/s are less than nine tenths', () => {
    const slow = run({ request_rate: 8, request_throughput: 7.1, mean_e2el_ms: 10_000 });
    expect(read([run({}), slow]).value).toMatchObject({ requestsPerSecond: 3.9, saturatedRequestsPerSecond: 7.1 });
  });

  it('does not count a run with failed requests, whose times are missing from the quantile', () => {
    expect(read([run({}), run({ request_rate: 5, request_throughput: 4.9, failed: 1 })]).value).toMatchObject({
      requestsPerSecond: 3.9,
    });
    const older = run({ request_rate: 5, request_throughput: 4.9, failed: undefined, completed: 999 });
    expect(read([run({}), older]).value).toMatchObject({ requestsPerSecond: 3.9 });
  });

  it('takes the quantile from all times where they were saved: 99 of 100 within 2 s are enough, 98 are not', () => {
    const times = (late: number) => [...Array(100 - late).fill(1), ...Array(late).fill(9)];
    const detailed = (late: number) => run({ p99_ttft_ms: undefined, ttfts: times(late) });
    expect(read([detailed(1)]).value).toMatchObject({ requestsPerSecond: 3.9 });
    expect(rules([detailed(2)])).toEqual(['WP-WARM-017']);
  });

  it('takes the mean time from the latencies where no mean was printed: 3.9/s x 4 s = 15.6', () => {
    expect(read([run({ mean_e2el_ms: undefined, latencies: [3, 5] })]).value?.inFlight).toBeCloseTo(15.6, 9);
  });

  it('reads the percentile of another objective', () => {
    expect(read([run({ 'p99.9_ttft_ms': 1500 })], { objective: '0.999' }).value).toBeDefined();
    expect(read([run({})], { objective: '0.999' }).problems[0]).toMatchObject({
      rule: 'WP-WARM-015',
      prop: 'sizing.capacity.runs[0].p99.9_ttft_ms',
    });
  });

  it('makes points of runs that hold a concurrency, and the highest that kept the promise is bearable', () => {
    const held = (concurrency: number, throughput: number, p99: number) =>
      run({ request_rate: 'inf', max_concurrency: concurrency, request_throughput: throughput, p99_ttft_ms: p99 });
    expect(read([...SWEEP, held(128, 9.7, 5000), held(32, 5, 900), held(96, 8.8, 1999)]).value).toMatchObject({
      requestsPerSecond: 7.6,
      saturatedRequestsPerSecond: 9.7,
      sweep: [
        { inFlight: 32, requestsPerSecond: 5 },
        { inFlight: 96, requestsPerSecond: 8.8 },
        { inFlight: 128, requestsPerSecond: 9.7 },
      ],
      mostInFlight: 96,
    });
  });

  it('is not read from a rate behind a held concurrency, which keeps the queue out of the times', () => {
    expect(rules([run({ max_concurrency: 8 })])).toEqual(['WP-WARM-017']);
  });

  it.each<[string, RuleId, readonly unknown[]]>([
    ['no object', 'WP-WARM-014', ['run.json']],
    ['a negative throughput', 'WP-WARM-014', [run({ request_throughput: -1 })]],
    ['a throughput that is no number', 'WP-WARM-014', [run({ request_throughput: Number.NaN })]],
    ['no rate', 'WP-WARM-014', [run({ request_rate: undefined })]],
    ['no concurrency but zero', 'WP-WARM-014', [run({ max_concurrency: 0 })]],
    ['no percentile', 'WP-WARM-015', [run({ p99_ttft_ms: undefined })]],
    ['no time in the server', 'WP-WARM-016', [run({ mean_e2el_ms: undefined })]],
    ['no run at all', 'WP-WARM-017', []],
    ['only saturated runs', 'WP-WARM-017', SWEEP.slice(2)],
  ])('refuses %s by %s', (_, rule, runs) => {
    expect(rules(runs)).toEqual([rule]);
    expect(read(runs).value).toBeUndefined();
  });

  it('says by WP-WARM-018 that a sweep ended too early', () => {
    expect(read(SWEEP.slice(0, 2)).problems).toMatchObject([{ rule: 'WP-WARM-018', severity: 'warning' }]);
  });
});
