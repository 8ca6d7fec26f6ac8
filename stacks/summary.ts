/** What a person wants to know after a synthesis: sizes, money, cold starts, and what to look at. */
import {
  COLD_START_STAGES,
  type GpuInferenceService,
  type GpuNodePoolPlan,
  type PoolCost,
  type ServingPlan,
  showValue,
  type WarmPool,
  type Warning,
  warmCost,
  warningsOf,
} from '../lib';
import { summaryLine } from '../lib/policy';
import type { SynthesisedEnvironment } from './synthesise';

type Row = readonly string[];

/** Columns padded to their widest cell. */
function table(rows: readonly Row[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const line = (row: Row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
  return rows.map((row) => `    ${line(row).trimEnd()}`).join('\n');
}

function range(low: number, high: number): string {
  return low === high ? String(low) : `${low}-${high}`;
}

function money(low: number | undefined, high: number | undefined): string {
  if (low === undefined || high === undefined) return 'price unknown';
  return low === high ? low.toFixed(2) : `${low.toFixed(2)}-${high.toFixed(2)}`;
}

function poolRows(pools: readonly GpuNodePoolPlan[], costs: readonly PoolCost[]): readonly Row[] {
  return pools.map((pool) => {
    const cost = costs.find(({ pool: name }) => name === pool.name);
    return [
      pool.name,
      pool.mig === undefined ? pool.profile.machineType : `${pool.profile.machineType} ${pool.mig.profile}`,
      range(pool.minNodes, pool.maxNodes),
      range(pool.minGpus, pool.maxGpus),
      money(cost?.floorDollarsPerHour, cost?.ceilingDollarsPerHour),
    ];
  });
}

/** What cut GPUs are, and what an instance costs. */
function instanceLines(pools: readonly GpuNodePoolPlan[], costs: readonly PoolCost[]): readonly string[] {
  return pools.flatMap(({ name, mig }) => {
    if (mig === undefined) return [];
    const dollars = costs.find(({ pool }) => pool === name)?.dollarsPerGpuHour;
    const price = dollars === undefined ? 'price unknown' : `$${dollars.toFixed(2)} an hour`;
    return [`    ${name}: each GPU is ${mig.instancesPerGpu} x ${mig.profile}, counted as GPUs here; ${price} for one`];
  });
}

function minutes(duration: number): string {
  const seconds = Math.round(duration);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** A service that takes spot capacity has two Deployments, and a row for each. */
function plansOf({ plan, spotPlan }: GpuInferenceService): readonly ServingPlan[] {
  return [plan, spotPlan].flatMap((part) => part ?? []);
}

function serviceRows(services: readonly GpuInferenceService[]): readonly Row[] {
  return services.flatMap(plansOf).map((plan) => {
    const { name, coldStart, fit } = plan;
    const stages = COLD_START_STAGES.map((stage) => minutes(coldStart.stages[stage].p95Seconds));
    return [
      name,
      plan.model.name,
      range(plan.minReplicas, plan.maxReplicas),
      String(fit.tensorParallel),
      `${fit.concurrency} x ${fit.maxModelLen}`,
      ...stages,
      minutes(coldStart.p95Seconds),
      minutes(coldStart.p50Seconds),
    ];
  });
}

/** One line for each thing that is worth a word, with everybody it concerns. */
function warningLines(warnings: readonly Warning[]): readonly string[] {
  const groups = new Map<string, { text: string; paths: Set<string> }>();
  for (const { path, problem } of warnings) {
    const { rule, prop, value, message, fix } = problem;
    const text = `${rule} ${prop} = ${showValue(value)}: ${message}. Fix: ${fix}.`;
    const group = groups.get(text) ?? { text, paths: new Set() };
    group.paths.add(path);
    groups.set(text, group);
  }
  return [...groups.values()].map(({ text, paths }) => `    ${[...paths].join(', ')}: ${text}`);
}

/** Warm nodes have a table of their own: they serve nothing, and are within the nodes of their pool, not beside them. */
function warmTable(warmPools: readonly WarmPool[], costs: readonly PoolCost[]): readonly string[] {
  const rows = warmPools.flatMap(({ name, pool, placeholders, imagePrefetched }): readonly Row[] => {
    if (pool === undefined) return [];
    const price = costs.find((cost) => cost.pool === pool.name)?.price;
    const at = (when: 'floor' | 'ceiling') =>
      warmCost(
        pool,
        price,
        placeholders.map((one) => ({ pods: one[when], gpusPerPod: one.gpusPerPod })),
      );
    const [low, high] = [at('floor'), at('ceiling')];
    const pods = placeholders.map(({ floor, ceiling, gpusPerPod }) => `${range(floor, ceiling)} x ${gpusPerPod} GPU`);
    return [
      [
        name,
        pool.name,
        pods.join(' + '),
        range(low.machines, high.machines),
        money(low.dollarsPerHour, high.dollarsPerHour),
        imagePrefetched ? 'prefetched' : 'pulled',
        [...new Set(placeholders.flatMap(({ services }) => services))].join(', '),
      ],
    ];
  });
  if (rows.length === 0) return [];
  return ['', table([['warm nodes', 'pool', 'placeholders', 'nodes', '$/h', 'image', 'for'], ...rows])];
}

function sum(values: readonly (number | undefined)[]): number | undefined {
  return values.reduce<number | undefined>(
    (total, value) => (total === undefined || value === undefined ? undefined : total + value),
    0,
  );
}

function section({ tree, manifests, policy, files, milliseconds }: SynthesisedEnvironment): string {
  const { environment, pools, costs, services, warmPools, jobs, app } = tree;
  const { cloud, kubernetes, region } = environment.platform;
  const plans = services.flatMap(plansOf);
  const pods = range(
    plans.reduce((total, { minReplicas }) => total + minReplicas, jobs.length),
    plans.reduce((total, { maxReplicas }) => total + maxReplicas, jobs.length),
  );
  const gpus = range(
    pools.reduce((total, { minGpus }) => total + minGpus, 0),
    pools.reduce((total, { maxGpus }) => total + maxGpus, 0),
  );
  const known = costs.filter(({ price }) => price !== undefined);
  const unknown = costs.length - known.length;
  const cost = money(sum(known.map((c) => c.floorDollarsPerHour)), sum(known.map((c) => c.ceilingDollarsPerHour)));
  const warnings = warningLines(warningsOf(app));
  return [
    `${environment.name}  ${cloud.toUpperCase()} ${kubernetes} ${region}`,
    `  ${manifests.length} objects in ${files} files, ${pods} pods, ${gpus} GPUs, ` +
      `${known.length === 0 ? 'price unknown' : `$${cost} an hour`}${unknown > 0 && known.length > 0 ? ` without ${unknown} pool(s) of unknown price` : ''}, ` +
      `${(milliseconds / 1000).toFixed(2)} s`,
    '',
    table([['pool', 'machine', 'nodes', 'GPUs', '$/h'], ...poolRows(pools, costs)]),
    ...instanceLines(pools, costs),
    '',
    table([
      ['service', 'model', 'pods', 'GPUs', 'sequences', ...COLD_START_STAGES, 'p95', 'p50'],
      ...serviceRows(services),
    ]),
    ...warmTable(warmPools, costs),
    '',
    `  Rules over what was written: ${summaryLine(policy)}`,
    ...(warnings.length === 0 ? [] : ['', `  ${warnings.length} warning(s)`, ...warnings]),
  ].join('\n');
}

/** The whole report. Stage times are p95, minutes:seconds. */
export function summarise(environments: readonly SynthesisedEnvironment[], outdir: string): string {
  const objects = environments.reduce((total, { manifests }) => total + manifests.length, 0);
  const seconds = environments.reduce((total, { milliseconds }) => total + milliseconds, 0) / 1000;
  const names = environments.map(({ tree }) => tree.environment.name).join(', ');
  return [
    ...environments.map(section),
    `${objects} objects of ${names} written to ${outdir}/ in ${seconds.toFixed(2)} s. Cold-start stages: p95, minutes:seconds.`,
  ].join('\n\n');
}
