/** What a recorded plan comes to: seconds of a start, GPU-hours of a day, machines and dollars of an hour. */
import { COLD_START_STAGES } from './cold-start';
import type { HourlyPrice } from './cost';
import type { PlanRecord } from './plan-record';

/** Two quantiles of a sum; its p95 is the sum of the p95s, an upper bound. */
export interface StartSeconds {
  readonly p50Seconds: number;
  readonly p95Seconds: number;
}

/** GPU-hours of a day, by what the GPUs do. */
export interface GpuHours {
  /** Replicas that serve or start. */
  readonly replicas: number;
  /** Held by placeholders. */
  readonly warmNodes: number;
  /** On nodes that come, or are not yet given up. */
  readonly idleNodes: number;
  readonly total: number;
}

/** Machines of a service alone; others on its pool may share the last one. */
export interface HourlyCost {
  readonly replicas: number;
  readonly warmNodes: number;
  readonly idleNodes: number;
  readonly machines: number;
  /** Absent where no price is known. */
  readonly dollarsPerHour?: number;
}

/** What follows from a record. */
export interface PlanStatement {
  readonly warmNode: StartSeconds;
  readonly newNode: StartSeconds;
  /** Whether a start on a node that is there has to pull the image. */
  readonly imageIsPulled: boolean;
  readonly floor: HourlyCost;
  readonly ceiling: HourlyCost;
  /** Absent without a sizing. */
  readonly mean?: HourlyCost;
  readonly gpuHoursPerDay?: GpuHours;
  /** What the pool costs when nothing runs on it; absent where no price is known. */
  readonly poolFloorDollarsPerHour?: number;
}

const HOURS_PER_DAY = 24;

/** The arithmetic of a record, at a price where one is known. */
export function planStatement(record: PlanRecord, price: HourlyPrice | undefined): PlanStatement {
  const { coldStart, pool, sizing, warmNode, gpusPerReplica } = record;
  const sum = (quantile: keyof StartSeconds, of: readonly (typeof COLD_START_STAGES)[number][] = COLD_START_STAGES) =>
    of.reduce((total, stage) => total + coldStart[stage][quantile], 0);
  const containerP95Seconds = sum('p95Seconds', ['weights', 'load', 'warmup']);
  const cost = (replicas: number, idleNodes: number, machinesOf: (machines: number) => number): HourlyCost => {
    const warmNodes = sizing?.warmNodes ?? 0;
    const machines = machinesOf((replicas + warmNodes + idleNodes) / pool.replicasPerNode);
    const dollars = price && { dollarsPerHour: machines * price.dollarsPerHour };
    return { replicas, warmNodes, idleNodes, machines, ...dollars };
  };
  const statement: PlanStatement = {
    warmNode,
    newNode: { p50Seconds: sum('p50Seconds'), p95Seconds: sum('p95Seconds') },
    // Rounded figures of a record differ in the sixth digit.
    imageIsPulled: warmNode.p95Seconds > containerP95Seconds * 1.0001,
    floor: cost(record.minReplicas, 0, Math.ceil),
    ceiling: cost(record.maxReplicas, 0, (machines) => Math.min(pool.maxNodes, Math.ceil(machines))),
    ...(price && { poolFloorDollarsPerHour: pool.minNodes * price.dollarsPerHour }),
  };
  if (sizing === undefined) return statement;
  const { meanReplicas, meanIdleNodes } = sizing.prediction;
  const hours = (count: number) => HOURS_PER_DAY * gpusPerReplica * count;
  return {
    ...statement,
    mean: cost(meanReplicas, meanIdleNodes, (machines) => machines),
    gpuHoursPerDay: {
      replicas: hours(meanReplicas),
      warmNodes: hours(sizing.warmNodes),
      idleNodes: hours(meanIdleNodes),
      total: hours(meanReplicas + sizing.warmNodes + meanIdleNodes),
    },
  };
}
