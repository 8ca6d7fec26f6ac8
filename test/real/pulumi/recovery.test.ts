/** Clouds that fail half-way: the state stays true, a second `up` gets there, and nothing is left behind that nobody knows. */
import type { FaultKind, Operation } from './support/behaviour';
import { Clouds, good } from './support/clouds';

jest.setTimeout(900_000);

const POOL = 'azure-native:containerservice:AgentPool';
const CLUSTER = 'azure-native:containerservice:ManagedCluster';

let clouds: Clouds;
beforeEach(async () => {
  clouds = await Clouds.start();
  await clouds.engine.stackInit('dev');
});
afterEach(() => clouds?.stop());

/** What exists, as the engine's state has it. */
async function isTrue(): Promise<boolean> {
  const { resources } = await clouds.engine.exportState('dev');
  const ids = resources
    .filter(({ type, id }) => id !== undefined && type.startsWith('azure-native:'))
    .map(({ id }) => id);
  const existing = clouds.azure.all().map(({ id }) => id);
  return ids.length === existing.length && ids.every((id) => existing.includes(id ?? ''));
}

test.each<[what: string, type: string, operation: Operation, kind: FaultKind]>([
  ['the quota of a pool is used up', POOL, 'create', 'quota'],
  ['Azure throttles', POOL, 'create', 'throttled'],
  ['a pool takes longer than Pulumi waits', POOL, 'create', 'timeout-half-way'],
  ['the cluster takes longer than Pulumi waits', CLUSTER, 'create', 'timeout-half-way'],
  ['a pool is stuck', POOL, 'create', 'stuck'],
])('when %s', async (_, type, operation, kind) => {
  clouds.azure.faults.next({ type, operation, kind });
  const failed = await clouds.engine.up('dev');
  expect(failed.ok).toBe(false);
  expect(clouds.azure.faults.left).toEqual([]);
  expect(await isTrue()).toBe(true);

  for (const { type: stuck, id, state } of clouds.azure.all())
    if (state === 'Creating') clouds.azure.settle(stuck, id, 'Succeeded');
  good(await clouds.engine.up('dev'));
  expect(await isTrue()).toBe(true);
  expect(clouds.azure.all().filter(({ type: made }) => made === POOL)).toHaveLength(1);
  good(await clouds.engine.destroy('dev'));
  expect(clouds.all()).toEqual([]);
});

test('when a pool cannot be taken away, a second destroy takes it', async () => {
  good(await clouds.engine.up('dev'));
  clouds.azure.faults.next({ type: POOL, operation: 'delete', kind: 'throttled' });
  expect((await clouds.engine.destroy('dev')).ok).toBe(false);
  expect(await isTrue()).toBe(true);
  good(await clouds.engine.destroy('dev'));
  expect(clouds.all()).toEqual([]);
});
