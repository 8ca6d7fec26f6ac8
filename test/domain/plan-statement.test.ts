import fc from 'fast-check';
import { type PlanRecord, planStatement } from '../../lib/domain';
import { record, SIZING } from '../cli/given';

const PRICE = { dollarsPerHour: 5, source: 'somebody' };
const shared = (more: Partial<PlanRecord['pool']>) => ({ ...record().pool, ...more });

describe('the statement of a plan', () => {
  test('adds up a start: on a node that is there, and with one that comes', () => {
    const { warmNode, newNode, imageIsPulled } = planStatement(record(), PRICE);
    expect(warmNode).toEqual({ p50Seconds: 50, p95Seconds: 70 });
    expect(newNode).toEqual({ p50Seconds: 480 + 120 + 50, p95Seconds: 720 + 300 + 70 });
    expect(imageIsPulled).toBe(false);
  });

  test('tells a warm node without the image', () => {
    const pulled = record({ warmNode: { p50Seconds: 170, p95Seconds: 370 } });
    expect(planStatement(pulled, PRICE).imageIsPulled).toBe(true);
  });

  test('counts warm nodes beside warm replicas, and their machines together', () => {
    const { floor, mean, ceiling } = planStatement(record(), PRICE);
    expect(floor).toEqual({ replicas: 3, warmNodes: 2, idleNodes: 0, machines: 5, dollarsPerHour: 25 });
    expect(mean).toEqual({ replicas: 4.5, warmNodes: 2, idleNodes: 0.5, machines: 7, dollarsPerHour: 35 });
    expect(ceiling).toEqual({ replicas: 12, warmNodes: 2, idleNodes: 0, machines: 14, dollarsPerHour: 70 });
  });

  test('pays for whole machines where several replicas share one', () => {
    const { floor, ceiling } = planStatement(record({ pool: shared({ replicasPerNode: 2 }) }), PRICE);
    expect([floor.machines, ceiling.machines]).toEqual([3, 7]);
  });

  test('never counts more machines than the pool may have', () => {
    expect(planStatement(record({ pool: shared({ maxNodes: 13 }) }), PRICE).ceiling.machines).toBe(13);
  });

  test('counts the GPU-hours of a day apart: replicas, warm nodes, idle nodes', () => {
    expect(planStatement(record({ gpusPerReplica: 2 }), PRICE).gpuHoursPerDay).toEqual({
      replicas: 216,
      warmNodes: 96,
      idleNodes: 24,
      total: 336,
    });
  });

  test('has no dollars without a price, and no mean without a sizing', () => {
    const { floor, mean, gpuHoursPerDay, poolFloorDollarsPerHour } = planStatement(
      record({ sizing: undefined }),
      undefined,
    );
    expect({ floor, mean, gpuHoursPerDay, poolFloorDollarsPerHour }).toEqual({
      floor: { replicas: 3, warmNodes: 0, idleNodes: 0, machines: 3 },
    });
  });

  test('never costs less with more warm nodes', () => {
    const dollars = (warmNodes: number) =>
      planStatement(record({ sizing: { ...SIZING, warmNodes } }), PRICE).floor.dollarsPerHour ?? 0;
    fc.assert(fc.property(fc.nat(50), fc.nat(50), (few, more) => dollars(few + more) >= dollars(few)));
  });
});
