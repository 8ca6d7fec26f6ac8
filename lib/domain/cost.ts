/** What a pool costs, from dated list prices or the environment's own; an absent price is said, never guessed. */
import { nodesAtBest } from './availability';
import type { GpuNodePoolPlan } from './node-pool-plan';
import { MACHINE_PRICES } from './price-table';
import { type Draft, Findings } from './problem';

/** Own prices, US dollars per machine hour by machine type; they win over the table. */
export type PriceOverrides = Readonly<Record<string, number>>;

/** The price of one machine hour and where it comes from. */
export interface HourlyPrice {
  readonly dollarsPerHour: number;
  /** 'environment', or the source and date of the list price. */
  readonly source: string;
}

/** Dollars per hour of a pool; undefined where no price is known. */
export interface PoolCost {
  readonly pool: string;
  readonly price: HourlyPrice | undefined;
  /** At minNodes. */
  readonly floorDollarsPerHour: number | undefined;
  /** At maxNodes. */
  readonly ceilingDollarsPerHour: number | undefined;
  /** What one GPU costs, or one instance where the GPUs are cut; undefined for machines without. */
  readonly dollarsPerGpuHour: number | undefined;
}

/** The price of a machine in a region: an own one, or the dated list price; undefined where neither is known. */
export function machinePrice(
  machineType: string,
  region: string,
  overrides: PriceOverrides = {},
): HourlyPrice | undefined {
  const own = Object.hasOwn(overrides, machineType) ? overrides[machineType] : undefined;
  if (own !== undefined) return { dollarsPerHour: own, source: 'environment' };
  const row = MACHINE_PRICES.find((price) => price.machineType === machineType && price.region === region);
  return row && { dollarsPerHour: row.dollarsPerHour, source: `${row.source}, ${row.readOn}` };
}

/** Floor and ceiling of a pool. A spot pool is counted at the regular price, which it never exceeds. */
export function draftPoolCost(plan: GpuNodePoolPlan, overrides: PriceOverrides = {}): Draft<PoolCost> {
  const findings = new Findings();
  const { machineType } = plan.profile;
  const price = machinePrice(machineType, plan.platform.region, overrides);
  if (price === undefined) {
    findings.warning('WP-COST-002', 'prices', undefined, {
      message: `no dated price of '${machineType}' in '${plan.platform.region}' is known, so the cost of pool '${plan.name}' is not counted`,
      allowed: 'US dollars per machine hour',
      fix: `set prices: { '${machineType}': <your rate> } in the environment`,
    });
  } else if (!(price.dollarsPerHour >= 0 && Number.isFinite(price.dollarsPerHour))) {
    findings.error('WP-COST-003', 'prices', price.dollarsPerHour, {
      message: `this is no price of '${machineType}'`,
      allowed: 'US dollars per machine hour, 0 or more',
      fix: 'correct the number, or leave it out',
    });
  }
  return findings.draft({
    pool: plan.name,
    price,
    floorDollarsPerHour: price && plan.minNodes * price.dollarsPerHour,
    ceilingDollarsPerHour: price && plan.maxNodes * price.dollarsPerHour,
    dollarsPerGpuHour: price && plan.profile.gpus > 0 ? price.dollarsPerHour / plan.profile.gpus : undefined,
  });
}

/** What warm nodes cost. They are no part of the replicas, and within floor and ceiling of their pool. */
export interface WarmCost {
  /** Machines that the placeholders fill by themselves; beside replicas on a machine they cost less. */
  readonly machines: number;
  /** Undefined where no price is known. */
  readonly dollarsPerHour: number | undefined;
}

/** The price of so many placeholders: of whole machines, as nobody sells a part of one. */
export function warmCost(
  { profile }: GpuNodePoolPlan,
  price: HourlyPrice | undefined,
  placeholders: readonly { readonly pods: number; readonly gpusPerPod: number }[],
): WarmCost {
  const claims = placeholders.map((one) => ({ ...one, claimant: '', preemptible: true }));
  const machines = nodesAtBest(profile.gpus, claims);
  return { machines, dollarsPerHour: price && machines * price.dollarsPerHour };
}
