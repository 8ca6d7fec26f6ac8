/** A plan as a person reads it. */
import { COLD_START_STAGES } from '../domain/cold-start';
import type { HourlyPrice } from '../domain/cost';
import type { PlanRecord } from '../domain/plan-record';
import type { HourlyCost, PlanStatement } from '../domain/plan-statement';
import type { GrowthStep } from '../sim/time-to-replicas';
import { fullName } from './services';
import { counted, minutes, percent, type Row, range, short, table } from './table';

/** Everything that is said of a service. */
export interface ServiceStatement {
  readonly record: PlanRecord;
  readonly price: HourlyPrice | undefined;
  readonly statement: PlanStatement;
  /** Absent without a sizing. */
  readonly timeToReplicas: readonly GrowthStep[] | undefined;
  /** Where the manifests are not what was planned. */
  readonly differences: readonly string[];
}

type Sizing = NonNullable<PlanRecord['sizing']>;

function heading({ record }: ServiceStatement): string {
  const { model, gpusPerReplica, pool } = record;
  const gpu = pool.gpu ?? 'GPU';
  return (
    `${fullName(record)}  ${model} on ${gpusPerReplica} x ${gpu} a replica; ` +
    `pool ${pool.name}: ${range(pool.minNodes, pool.maxNodes)} x ${pool.machineType}, ${pool.cloud.toUpperCase()} ${pool.region}`
  );
}

function unproven({ unproven: reason }: Sizing): readonly string[] {
  if (reason === undefined) return [];
  return [
    `  UNPROVEN: what a replica serves is a guess: ${reason}.`,
    '  Sizes, attainment, GPU-hours and cost below rest on a guess. Run a load test before you rely on them.',
    '',
  ];
}

function promise({ timeToFirstTokenSeconds, objective, capacity }: Sizing): readonly string[] {
  const source = capacity.source === undefined ? 'a guess' : capacity.source;
  return [
    `  promise   ${short(Number(objective) * 100)} % of requests get their first token within ${short(timeToFirstTokenSeconds)} s`,
    `  replica   ${short(capacity.requestsPerSecond)} requests a second, with ${short(capacity.inFlight)} in it (${source})`,
  ];
}

function coldStart({ record, statement }: ServiceStatement): readonly string[] {
  const { warmNode, newNode, imageIsPulled } = statement;
  const row = (name: string, { p50Seconds, p95Seconds }: typeof warmNode, basis: string): Row => [
    name,
    minutes(p50Seconds),
    minutes(p95Seconds),
    basis,
  ];
  return table(
    [
      ['cold start', 'p50', 'p95', ''],
      ...COLD_START_STAGES.map((stage) => row(stage, record.coldStart[stage], record.coldStart[stage].basis)),
      row('on a warm node', warmNode, imageIsPulled ? 'the image is pulled' : 'the image lies there'),
      row('with a new node', newNode, 'the sum of the stages'),
    ],
    [1, 2],
  );
}

function sizes({ record }: ServiceStatement): readonly string[] {
  const { minReplicas, maxReplicas, sizing } = record;
  const fixed = minReplicas === maxReplicas;
  return table(
    [
      ['size', '', ''],
      ['warm replicas', String(minReplicas), 'always serve'],
      ...(sizing === undefined
        ? []
        : [['warm nodes', String(sizing.warmNodes), 'serve nothing: each is held by a placeholder for one replica']]),
      ['most replicas', String(maxReplicas), fixed ? 'no more than always serve' : ''],
      ...(sizing === undefined
        ? []
        : [['busiest planned', String(sizing.peakReplicas), 'replicas at the peak of the traffic']]),
    ],
    [1],
  );
}

function growth(steps: readonly GrowthStep[], { maxReplicas, minReplicas }: PlanRecord): readonly string[] {
  if (minReplicas === maxReplicas) return [];
  const reached = steps.at(-1)?.toReplicas ?? minReplicas;
  return [
    ...table(
      [
        ['time to', 'p95', ''],
        ...steps.map(({ fromReplicas, toReplicas, node, p95Seconds }) => [
          counted(toReplicas, 'replica'),
          minutes(p95Seconds),
          `${toReplicas === fromReplicas ? 'this one' : `these ${toReplicas - fromReplicas + 1}`} on ${node === 'warm' ? 'warm nodes' : 'new nodes'}`,
        ]),
      ],
      [1],
    ),
    '    from a jump of the load that wants them all; places beside the warm nodes are not counted on',
    ...(reached < maxReplicas ? [`    the scaling behaviour lets no more than ${reached} replicas through`] : []),
  ];
}

function prediction({ prediction }: Sizing, { gpusPerReplica }: PlanRecord, { gpuHoursPerDay: hours }: PlanStatement) {
  if (hours === undefined) return [];
  const each = `x 24 h x ${counted(gpusPerReplica, 'GPU')}`;
  return [
    `  predicted ${percent(prediction.attainment)} in time over the traffic of the plan, with ${short(prediction.meanReplicas)} replicas on the mean`,
    '',
    ...table(
      [
        ['GPU-hours a day', '', ''],
        ['replicas', short(hours.replicas), `${short(prediction.meanReplicas)} ${each}`],
        ['warm nodes', short(hours.warmNodes), `${short(hours.warmNodes / 24 / gpusPerReplica)} ${each}`],
        [
          'idle nodes',
          short(hours.idleNodes),
          `${short(prediction.meanIdleNodes)} ${each}; they come, or are not yet given up`,
        ],
        ['all', short(hours.total), ''],
      ],
      [1],
    ),
  ];
}

function costSum({ replicas, warmNodes, idleNodes, machines }: HourlyCost, perNode: number): string {
  const parts = [
    counted(replicas, 'replica'),
    ...(warmNodes > 0 ? [counted(warmNodes, 'warm node')] : []),
    ...(idleNodes > 0 ? [`${short(idleNodes)} idle`] : []),
  ].join(' + ');
  return `${perNode === 1 ? parts : `(${parts}) / ${perNode} on a machine`} = ${counted(machines, 'machine')}`;
}

function costs({ record, statement, price }: ServiceStatement): readonly string[] {
  const { pool } = record;
  const { floor, mean, ceiling, poolFloorDollarsPerHour } = statement;
  const row = (name: string, cost: HourlyCost): Row => [
    name,
    cost.dollarsPerHour === undefined ? 'unknown' : cost.dollarsPerHour.toFixed(2),
    costSum(cost, pool.replicasPerNode),
  ];
  return [
    ...table(
      [['$ an hour', '', ''], row('floor', floor), ...(mean ? [row('mean', mean)] : []), row('ceiling', ceiling)],
      [1],
    ),
    price === undefined
      ? `    no dated price of ${pool.machineType} in ${pool.region} is known, and none is guessed: --price ${pool.machineType}=DOLLARS`
      : `    a machine costs $${price.dollarsPerHour} an hour (${price.source})`,
    ...(poolFloorDollarsPerHour !== undefined && poolFloorDollarsPerHour > (floor.dollarsPerHour ?? 0)
      ? [
          `    the pool never has fewer than ${counted(pool.minNodes, 'machine')}, whoever runs on them: $${poolFloorDollarsPerHour.toFixed(2)}`,
        ]
      : []),
  ];
}

function noted(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', `  ${title}`, ...lines.map((line) => `    ${line}`)];
}

/** Stages whose figures nobody measured. */
function assumedStages({ coldStart }: PlanRecord): readonly string[] {
  const assumed = COLD_START_STAGES.filter((stage) => coldStart[stage].basis === 'assumed');
  const published = COLD_START_STAGES.filter((stage) => coldStart[stage].basis === 'published');
  return [
    ...(assumed.length > 0 ? [`${assumed.join(', ')} of the cold start: assumed, as no figure was found`] : []),
    ...(published.length > 0
      ? [`${published.join(', ')} of the cold start: published by others, not measured here`]
      : []),
  ];
}

/** The statement of one service. */
export function planText(service: ServiceStatement): string {
  const { record, statement, timeToReplicas = [], differences } = service;
  const { sizing } = record;
  const known =
    sizing === undefined
      ? [
          '  NO PROMISE: nobody said what this service promises, what a replica serves and how requests arrive, so that',
          '  no size was computed. Its replicas are what somebody chose. Give it a sizing.',
        ]
      : promise(sizing);
  const steps = growth(timeToReplicas, record);
  return [
    heading(service),
    '',
    ...(sizing === undefined ? [] : unproven(sizing)),
    ...known,
    '',
    ...coldStart(service),
    '',
    ...sizes(service),
    ...(steps.length > 0 ? ['', ...steps] : []),
    ...(sizing === undefined ? [] : ['', ...prediction(sizing, record, statement)]),
    '',
    ...costs(service),
    ...noted('Sums', sizing?.sums ?? []),
    ...noted('Assumed', [...(sizing?.assumptions ?? []), ...assumedStages(record)]),
    ...noted('NOT AS PLANNED', differences),
  ].join('\n');
}
