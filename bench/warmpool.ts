/**
 * `npm run bench:warmpool`: policies against traffic that they were not sized on, in the simulator.
 *
 *   npm run bench:warmpool                        the traces of bench/traces and the founding story
 *   npm run bench:warmpool -- --trace FILE ...    traces of your own, in the same forms
 *     --seeds N    runs of each policy, paired by seed (default 3)
 *     --nominal    without the variations: service times of 0.7 and 1.3, cold starts of 2
 *     --json       the same as JSON
 *
 * Sized and tuned on one period, judged on the next: halves of a short trace, two busy days in a row of a long one. The sized policy is read from the manifests that warmpath draws for
 * it, by one formula for every trace. Hours are those of one replica's GPUs, whatever they do; the first quarter of an
 * hour of each run is not judged.
 */
import { parseArgs } from 'node:util';
import type { ServingCapacity } from '../lib/domain';
import { judge, type Verdict } from '../lib/sim/judge';
import { loadTest } from '../lib/sim/load-test';
import type { Foresight, SimulatedPolicy } from '../lib/sim/policy';
import { SERVER_PROFILES } from '../lib/sim/server-profile';
import { type RequestStream, simulate } from '../lib/sim/simulate';
import { better, busiestMinute, fixed, foresight, grid, handMade, perSecond } from './warmpool/policies';
import { ownScenarios, type Scenario, scenariosOf } from './warmpool/scenarios';
import { sizedPolicy } from './warmpool/sized';

const SERVER = SERVER_PROFILES['a100-8b'];
const TIME_TO_FIRST_TOKEN_SECONDS = 2;
const OBJECTIVE = 0.99;
const MAX_NODES = 100;
const PROMISED = { ofStaticPeak: 0.8, days: 24, belowOracle: 0.005 };

/** AKS figures of the cold-start budget; the container is the 85 s of the founding story. */
const START = {
  node: { p50Seconds: 480, p95Seconds: 720 },
  image: { p50Seconds: 120, p95Seconds: 300 },
  container: { p50Seconds: 85, p95Seconds: 128 },
};

/** What is varied: sources disagree on service times by half, and clouds on cold starts by more. */
interface Variation {
  readonly name: string;
  readonly serviceTime: number;
  readonly coldStart: number;
}

const NOMINAL: Variation = { name: '', serviceTime: 1, coldStart: 1 };
const VARIATIONS: readonly Variation[] = [
  NOMINAL,
  { name: 'service times x 0.7', serviceTime: 0.7, coldStart: 1 },
  { name: 'service times x 1.3', serviceTime: 1.3, coldStart: 1 },
  { name: 'cold starts x 2', serviceTime: 1, coldStart: 2 },
];

type Policy = SimulatedPolicy | Foresight;

/** A row of the table: means over the seeds. */
interface Row {
  readonly policy: string;
  readonly attainment: number;
  readonly p99Seconds: number;
  readonly unanswered: number;
  readonly hours: number;
  readonly readyHours: number;
  readonly warmHours: number;
  /** Hours more than the sized policy, and half the width of the 95 % interval of that difference. */
  readonly dearer: number;
  readonly dearerInterval: number;
}

interface Block {
  readonly scenario: string;
  readonly variation: string;
  readonly requests: number;
  readonly capacity: ServingCapacity;
  readonly sized: { readonly minReplicas: number; readonly maxReplicas: number; readonly warmNodes: number };
  readonly rows: readonly Row[];
  readonly clauses: readonly { readonly clause: string; readonly holds: boolean; readonly figure: string }[];
}

const scaled = (times: typeof START, factor: number) =>
  Object.fromEntries(
    Object.entries(times).map(([stage, { p50Seconds, p95Seconds }]) => [
      stage,
      { p50Seconds: p50Seconds * factor, p95Seconds: p95Seconds * factor },
    ]),
  ) as unknown as typeof START;

let simulated = 0;
let simulatedSeconds = 0;

function play(
  requests: RequestStream,
  policy: Policy,
  { serviceTime, coldStart }: Variation,
  seed: number,
  discardSeconds?: number,
): Verdict {
  const started = performance.now();
  const run = simulate({
    requests,
    policy,
    server: SERVER,
    serviceTimeFactor: serviceTime,
    start: scaled(START, coldStart),
    pool: { minNodes: 0, maxNodes: MAX_NODES, replicasPerNode: 1 },
    seed,
    discardSeconds,
  });
  simulatedSeconds += (performance.now() - started) / 1000;
  simulated += requests.arrivalMs.length;
  return judge(run, TIME_TO_FIRST_TOKEN_SECONDS);
}

/** The best of the grid on the known period. */
function tuned(known: RequestStream, capacity: ServingCapacity, variation: Variation) {
  const tried = grid(capacity, perSecond(known)).map((made) => {
    const policy = handMade(made);
    // All of it counts, as it does for the sized policy: whatever is tried begins with its replicas ready.
    return { made, policy, verdict: play(known, policy, variation, 1, 0) };
  });
  return tried.reduce((best, one) => (better(one.verdict, best.verdict, OBJECTIVE) ? one : best));
}

/** The fewest fixed replicas that keep the promise, known afterwards. */
function hindsight(judged: RequestStream, variation: Variation): Policy {
  let replicas = 1;
  while (replicas < MAX_NODES && play(judged, fixed(replicas), variation, 1).attainment < OBJECTIVE) replicas += 1;
  return fixed(replicas);
}

/** The highest share of capacity with which the future can be served. */
function oracle(judged: RequestStream, capacity: ServingCapacity, variation: Variation): Policy {
  const counts = perSecond(judged);
  for (const share of [1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3]) {
    const policy = foresight(counts, capacity, share);
    if (play(judged, policy, variation, 1).attainment >= OBJECTIVE) return policy;
  }
  return foresight(counts, capacity, 0.2);
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Two-sided 95 % quantiles of Student's t for 1, 2, ... degrees of freedom. */
const STUDENT = [12.71, 4.3, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26];

function interval(differences: readonly number[]): number {
  const count = differences.length;
  if (count < 2) return Number.NaN;
  const middle = mean(differences);
  const variance = differences.reduce((sum, one) => sum + (one - middle) ** 2, 0) / (count - 1);
  return ((STUDENT[count - 2] ?? 1.96) * Math.sqrt(variance)) / Math.sqrt(count);
}

function rowOf(policy: string, verdicts: readonly Verdict[], sized: readonly Verdict[]): Row {
  const differences = verdicts.map(({ replicaHours }, i) => replicaHours.total - (sized[i]?.replicaHours.total ?? 0));
  return {
    policy,
    attainment: mean(verdicts.map(({ attainment }) => attainment)),
    p99Seconds: mean(verdicts.map(({ p99Seconds }) => p99Seconds)),
    unanswered: mean(verdicts.map(({ unanswered }) => unanswered)),
    hours: mean(verdicts.map(({ replicaHours }) => replicaHours.total)),
    readyHours: mean(verdicts.map(({ replicaHours }) => replicaHours.ready)),
    warmHours: mean(verdicts.map(({ replicaHours }) => replicaHours.placeholder)),
    dearer: mean(differences),
    dearerInterval: interval(differences),
  };
}

const percent = (share: number) => `${(100 * share).toFixed(2)} %`;

/** @param tunedOn what the grid's choice reached on the period that it was chosen on. */
function clausesOf(rows: ReadonlyMap<string, Row>, hours: number, tunedOn: number): Block['clauses'] {
  const row = (name: string) => rows.get(name) as Row;
  const [sized, best, peak, future] = [row('sized'), row('tuned grid'), row('static at peak'), row('oracle')];
  const floor = Math.min(OBJECTIVE, future.attainment - PROMISED.belowOracle);
  const clauses = [
    {
      clause: `attainment at least ${percent(OBJECTIVE)}, or the oracle's less 0.5 points`,
      holds: sized.attainment >= floor,
      figure: percent(sized.attainment),
    },
    {
      clause: 'no more hours than the tuned grid, where the grid keeps the promise in both periods',
      holds: sized.hours <= best.hours * 1.0001 || Math.min(best.attainment, tunedOn) < OBJECTIVE,
      figure: `${(sized.hours / best.hours).toFixed(2)} of it, which reached ${percent(tunedOn)} and then ${percent(best.attainment)}`,
    },
  ];
  if (hours >= PROMISED.days) {
    clauses.push({
      clause: `at most ${PROMISED.ofStaticPeak} of the hours of static at peak`,
      holds: sized.hours <= PROMISED.ofStaticPeak * peak.hours,
      figure: (sized.hours / peak.hours).toFixed(2),
    });
  }
  return clauses;
}

function compare(scenario: Scenario, variation: Variation, seeds: number): Block {
  const { known, hours } = scenario;
  const capacity = loadTest({
    server: SERVER,
    serviceTimeFactor: variation.serviceTime,
    mix: known,
    timeToFirstTokenSeconds: TIME_TO_FIRST_TOKEN_SECONDS,
    objective: OBJECTIVE,
    seed: 1,
  });
  const sized = sizedPolicy({
    timeToFirstTokenSeconds: TIME_TO_FIRST_TOKEN_SECONDS,
    capacity,
    known: perSecond(known),
    start: scaled(START, variation.coldStart),
    maxNodes: MAX_NODES,
    ...(scenario.spikeFactor !== undefined && { spikeFactor: scenario.spikeFactor }),
  });
  const judged = Array.from({ length: seeds }, (_, i) => scenario.judged(i));
  const [first = known] = judged;
  const best = tuned(known, capacity, variation);
  const base = Math.max(
    1,
    Math.ceil(perSecond(known).reduce((a, b) => a + b, 0) / (hours * 3600 * capacity.requestsPerSecond)),
  );
  const peak = Math.ceil(busiestMinute(perSecond(first)) / capacity.requestsPerSecond);
  const policies: readonly (readonly [string, Policy])[] = [
    ['sized', sized.policy],
    ['tuned grid', best.policy],
    ['KEDA queue 5, as it comes', handMade({ trigger: 'waiting', threshold: 5, minReplicas: base, maxReplicas: 40 })],
    [
      'HPA on GPU use of 80 %',
      handMade({ trigger: 'gpu', threshold: 80, minReplicas: base, maxReplicas: best.made.maxReplicas }),
    ],
    ['static at peak', fixed(peak)],
    ['static in hindsight', hindsight(first, variation)],
    ['oracle', oracle(first, capacity, variation)],
  ];
  const verdicts = new Map(
    policies.map(([name, policy]) => [name, judged.map((requests, i) => play(requests, policy, variation, i + 1))]),
  );
  const ofSized = verdicts.get('sized') ?? [];
  const rows = new Map([...verdicts].map(([name, all]) => [name, rowOf(name, all, ofSized)]));
  return {
    scenario: scenario.name,
    variation: variation.name,
    requests: first.arrivalMs.length,
    capacity,
    sized: sized.plan,
    rows: [...rows.values()],
    clauses: clausesOf(rows, hours, best.verdict.attainment),
  };
}

function print({ scenario, variation, requests, capacity, sized, rows, clauses }: Block): string {
  const width = Math.max(...rows.map(({ policy }) => policy.length));
  const lines = rows.map((row) => {
    const difference =
      row.policy === 'sized' || Number.isNaN(row.dearerInterval)
        ? ''
        : `${row.dearer >= 0 ? '+' : ''}${row.dearer.toFixed(2)} ± ${row.dearerInterval.toFixed(2)}`;
    return [
      `  ${row.policy.padEnd(width)}`,
      percent(row.attainment).padStart(9),
      `${Number.isFinite(row.p99Seconds) ? row.p99Seconds.toFixed(2) : 'never'} s`.padStart(9),
      row.unanswered.toFixed(0).padStart(8),
      row.hours.toFixed(2).padStart(9),
      row.warmHours.toFixed(2).padStart(7),
      difference.padStart(18),
    ].join('');
  });
  const head = `  ${''.padEnd(width)}  in time  p99 TTFT unanswered  hours   warm      against sized`;
  return [
    `${scenario}${variation === '' ? '' : `, ${variation}`}: ${requests} requests; a replica takes ${capacity.requestsPerSecond.toFixed(2)}/s, ${capacity.inFlight.toFixed(0)} in flight; sized ${sized.minReplicas} to ${sized.maxReplicas} replicas, ${sized.warmNodes} warm nodes`,
    head,
    ...lines,
    ...clauses.map(({ clause, holds, figure }) => `  ${holds ? 'holds' : 'FAILS'}: ${clause}: ${figure}`),
  ].join('\n');
}

function main(): void {
  const { values } = parseArgs({
    options: {
      trace: { type: 'string', multiple: true },
      seeds: { type: 'string', default: '3' },
      nominal: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const seeds = Number(values.seeds);
  if (!(Number.isInteger(seeds) && seeds >= 1 && seeds <= 10)) {
    throw new Error(`--seeds ${values.seeds}: Allowed: 1 to 10. Fix: leave it out for 3.`);
  }
  const scenarios = values.trace === undefined ? ownScenarios() : scenariosOf(values.trace);
  const blocks: Block[] = [];
  for (const scenario of scenarios) {
    for (const variation of values.nominal ? [NOMINAL] : VARIATIONS) {
      const block = compare(scenario, variation, seeds);
      blocks.push(block);
      if (!values.json) console.log(`${print(block)}\n`);
    }
  }
  if (values.json) console.log(JSON.stringify(blocks, undefined, 2));
  const failed = blocks.flatMap(({ clauses }) => clauses).filter(({ holds }) => !holds).length;
  console.error(
    `${blocks.length} comparisons, ${failed} clauses fail; ${(simulated / simulatedSeconds / 1e6).toFixed(2)} million requests a second on one core`,
  );
  process.exitCode = failed === 0 ? 0 : 1;
}

main();
