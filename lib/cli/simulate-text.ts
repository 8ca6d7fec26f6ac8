/** A simulation as a person reads it. */
import type { PlanRecord } from '../domain/plan-record';
import type { Verdict } from '../sim/judge';
import type { SimulatedPolicy, SimulatedTrigger } from '../sim/policy';
import type { ServerProfile } from '../sim/server-profile';
import type { Trace } from '../traces';
import { fullName } from './services';
import { counted, percent, type Row, range, short, table } from './table';

/** What was played, and what came of it. */
export interface Simulated {
  readonly record: PlanRecord;
  readonly policy: SimulatedPolicy;
  readonly trace: {
    readonly source: string;
    readonly form: Trace['form'];
    readonly scale: number;
    readonly fromSeconds: number;
    readonly toSeconds: number;
    readonly seed: number;
    readonly requests: number;
  };
  readonly server: ServerProfile & { readonly profile: string; readonly serviceTimeFactor: number };
  readonly coldStartFactor: number;
  readonly objectiveSeconds: number;
  readonly discardSeconds: number;
  readonly judgedSeconds: number;
  readonly verdict: Verdict;
}

/** Models whose parameters differ by less are taken for one size. */
const SAME_SIZE = 0.1;

/** Whether a profile was taken on this hardware with a model of this size. */
export function isProfiled({ of }: ServerProfile, { pool, gpusPerReplica, parameters }: PlanRecord): boolean {
  if (of === undefined) return false;
  const size = Math.abs(parameters / of.parameters - 1);
  return of.gpu === pool.gpu && of.gpus === gpusPerReplica && size <= SAME_SIZE;
}

function serverLine({ server, record }: Simulated): string {
  const { model, gpusPerReplica, pool } = record;
  const factor = server.serviceTimeFactor === 1 ? '' : `, times ${server.serviceTimeFactor}`;
  const own = isProfiled(server, record);
  const hardware = `${gpusPerReplica} x ${pool.gpu ?? pool.machineType}`;
  return own
    ? `profile ${server.profile} (${server.name})${factor}`
    : `profile ${server.profile} (${server.name})${factor} STANDS IN for ${model} on ${hardware}, of which there is no profile`;
}

const SIGNALS: Readonly<Record<SimulatedTrigger['signal'], string>> = {
  arrivalRate: 'arrivals/s',
  running: 'running requests',
  inFlight: 'requests in flight',
  waiting: 'waiting requests',
  gpuUtilisation: '% of GPU use',
};

function policyLine({ policy, record }: Simulated): string {
  const { minReplicas, maxReplicas, triggers, placeholders, imagePrefetched, floorReplicas = 0 } = policy;
  const one = ({ signal, threshold, windowSeconds }: SimulatedTrigger) =>
    `${short(threshold)} ${SIGNALS[signal]}${windowSeconds > 0 ? ` over ${windowSeconds} s` : ''}`;
  const { pool } = record;
  return [
    `${range(minReplicas, maxReplicas)} replicas${floorReplicas > 0 ? ` beside a floor of ${floorReplicas}` : ''}`,
    triggers.length === 0 ? 'nothing scales them' : `one for every ${triggers.map(one).join(' or ')}`,
    counted(placeholders, 'placeholder'),
    imagePrefetched ? 'images brought to nodes' : 'images pulled by pods',
    `${range(pool.minNodes, pool.maxNodes)} nodes`,
  ].join(', ');
}

/** Quantiles are infinite where that many requests never got a token. */
const seconds = (value: number) => (Number.isFinite(value) ? `${short(value)} s` : 'never');

const HOURS_PER_DAY = 24;

/** Places for a replica that are paid for, on the mean. */
function plannedGpus({ prediction, warmNodes }: NonNullable<PlanRecord['sizing']>): number {
  return prediction.meanReplicas + warmNodes + prediction.meanIdleNodes;
}

function comparison({ record, verdict, judgedSeconds, policy }: Simulated): readonly string[] {
  const { sizing } = record;
  const { replicaHours } = verdict;
  const hours = judgedSeconds / 3600;
  const mean = (all: number) => (hours > 0 ? short(all / hours) : '0');
  const day = HOURS_PER_DAY * record.gpusPerReplica;
  const rows: readonly Row[] = [
    ['', 'simulated', 'planned'],
    ['in time', percent(verdict.attainment), sizing ? percent(sizing.prediction.attainment) : ''],
    [
      'replicas, mean',
      mean(replicaHours.ready + replicaHours.starting),
      sizing ? short(sizing.prediction.meanReplicas) : '',
    ],
    ['warm nodes, mean', mean(replicaHours.placeholder), sizing ? short(sizing.warmNodes) : ''],
    ['idle nodes, mean', mean(replicaHours.idle), sizing ? short(sizing.prediction.meanIdleNodes) : ''],
    ['GPU-hours a day', mean(day * replicaHours.total), sizing ? short(day * plannedGpus(sizing)) : ''],
  ];
  return [
    ...table(sizing ? rows : rows.map((row) => row.slice(0, 2)), [1, 2]),
    ...(record.pool.minNodes * record.pool.replicasPerNode > policy.minReplicas + policy.placeholders
      ? [
          `    the pool never has fewer than ${counted(record.pool.minNodes, 'node')}; what else runs on them is not played, and counts as idle`,
        ]
      : []),
    ...(sizing
      ? ['    planned: by the fluid model over the traffic of the plan, which need not be that of this trace']
      : []),
  ];
}

function gpuHours({ record, verdict }: Simulated): readonly string[] {
  const { ready, starting, placeholder, idle, total } = verdict.replicaHours;
  const of = (hours: number) => short(hours * record.gpusPerReplica);
  return table(
    [
      ['GPU-hours', 'ready', 'starting', 'warm nodes', 'idle nodes', 'all'],
      ['', of(ready), of(starting), of(placeholder), of(idle), of(total)],
    ],
    [1, 2, 3, 4, 5],
  );
}

function promiseLine({ record, verdict, objectiveSeconds }: Simulated): string {
  const within = `a first token within ${short(objectiveSeconds)} s`;
  const { sizing } = record;
  if (sizing === undefined) return `${percent(verdict.attainment)} got ${within}; the service promises nothing`;
  const promised = `${short(Number(sizing.objective) * 100)} % get ${within}`;
  return `${verdict.attainment >= Number(sizing.objective) ? 'kept' : 'MISSED'}: ${promised}`;
}

/** The result of a run. */
export function simulationText(simulated: Simulated): string {
  const { record, trace, verdict, discardSeconds, coldStartFactor } = simulated;
  const { source, scale, fromSeconds, toSeconds, requests, seed, form } = trace;
  const rate = requests / (toSeconds - fromSeconds);
  const times = scale === 1 ? '' : ` x ${scale}`;
  const unanswered = verdict.requests === 0 ? 0 : verdict.unanswered / verdict.requests;
  return [
    `${fullName(record)}  ${record.model} under ${source}${times}`,
    '',
    ...table(
      [
        [
          'trace',
          `${Math.round(fromSeconds)} to ${Math.round(toSeconds)} s: ${requests} requests, ${short(rate)} a second on the mean, seed ${seed}`,
        ],
        ...(form === 'requests' ? [] : [['lengths', 'the trace has none: drawn as at a large general service']]),
        ['judged', `${verdict.requests} requests, those after the first ${short(discardSeconds)} s`],
        ['server', serverLine(simulated)],
        ['policy', policyLine(simulated)],
        ...(coldStartFactor === 1 ? [] : [['start', `times of the plan, times ${coldStartFactor}`]]),
        ['promise', promiseLine(simulated)],
      ],
      [],
      '  ',
    ),
    ...(record.sizing?.unproven === undefined
      ? []
      : [`  UNPROVEN: the plan rests on a guess of what a replica serves: ${record.sizing.unproven}`]),
    '',
    ...comparison(simulated),
    '',
    ...table(
      [
        ['time to first token', 'p50', 'p95', 'p99', 'unanswered'],
        [
          '',
          seconds(verdict.p50Seconds),
          seconds(verdict.p95Seconds),
          seconds(verdict.p99Seconds),
          `${verdict.unanswered} (${(100 * unanswered).toFixed(2)} %)`,
        ],
      ],
      [1, 2, 3, 4],
    ),
    '',
    ...gpuHours(simulated),
    '',
    `    ${counted(verdict.scaleEvents, 'change')} of the number of replicas; at most ${counted(verdict.mostReplicas, 'replica')} ready and ${counted(verdict.mostWaiting, 'request')} waiting`,
  ].join('\n');
}
