/** What an environment on IKS may have beside its cluster, made by the real engine: reports of cost, and machines elsewhere. */
import { join } from 'node:path';
import { draftIksCluster, type SatelliteSpec, unwrap } from '../../../lib/domain';
import { iksContext, iksGpu, iksSystem } from '../../domain/cloud-given';
import { Engine, type Outcome } from './support/engine';
import { IbmCloud, SATELLITE_KEY } from './support/ibm';
import { FakeProvider } from './support/provider';

jest.setTimeout(900_000);

const COMPONENTS = join(__dirname, '../../../lib/cloud/iks');

const SPEC: SatelliteSpec = {
  location: 'basel-1',
  managedFrom: 'lon',
  zones: ['rack-1', 'rack-2', 'rack-3'],
  openShift: '4.18',
  system: { hostLabels: ['use:system'], workersPerZone: 1 },
  workers: { pool: 'l40s-chat', hostLabels: ['use:gpu'], workersPerZone: 1 },
};
const HOSTS = { 'rack-1': ['host-1'], 'rack-2': ['host-2'], 'rack-3': ['host-3'] };

const reports = (bucketName: string): string => `
import { IksFinOps } from '${COMPONENTS}';
const plan = { bucketName: '${bucketName}' };
export const { id } = new IksFinOps('prod', { plan, clusterName: 'warmpath-prod', region: 'us-south', tags: ['team:chat'] });
`;

function location(more: Partial<SatelliteSpec> = {}): string {
  const context = iksContext({ pools: [iksSystem(), iksGpu()] });
  const plan = unwrap(draftIksCluster({ satellite: { ...SPEC, ...more } }, context)).satellite;
  return `
import { IksSatellite } from '${COMPONENTS}';
const satellite = new IksSatellite('prod', { plan: ${JSON.stringify(plan)}, tags: ['team:chat'] });
const script = satellite.hostScript('workers');
export const text = script.text;
export const path = script.path;
`;
}

let provider: FakeProvider;
let engine: Engine;
async function start(program: string): Promise<void> {
  engine = await Engine.start({ providers: [provider], program });
  await engine.stackInit('test');
}
beforeEach(async () => {
  provider = await FakeProvider.start(new IbmCloud());
});
afterEach(async () => {
  await engine?.stop();
  await provider?.stop();
});

function good(outcome: Outcome): Outcome {
  if (!outcome.ok) throw new Error(outcome.text);
  return outcome;
}

/** What has been done to the cloud since the call before, as `create BillingReportSnapshot`. */
const done = (): readonly string[] =>
  provider.calls
    .splice(0)
    .filter(({ operation, error }) => ['create', 'update', 'delete'].includes(operation) && error === undefined)
    .map(({ operation, type }) => `${operation} ${type.split(':').at(-1)}`);

test('reports of cost are made after the right to write them, change nothing the second time, move with their bucket and go', async () => {
  await start(reports('contoso-bills'));
  good(await engine.preview('test'));
  good(await engine.up('test'));
  const made = done();
  expect(made).toHaveLength(4);
  expect(made.at(-1)).toBe('create BillingReportSnapshot');

  good(await engine.up('test', { flags: ['--expect-no-changes'] }));
  expect(done()).toEqual([]);

  engine.write(reports('contoso-costs'));
  good(await engine.up('test'));
  const moved = done();
  // An account has one set of reports: the old one goes before the new one comes.
  const [gone, come] = ['delete BillingReportSnapshot', 'create BillingReportSnapshot'].map((one) =>
    moved.indexOf(one),
  );
  expect(gone).toBeGreaterThanOrEqual(0);
  expect(come).toBeGreaterThan(gone ?? 0);

  good(await engine.destroy('test'));
  expect(provider.all()).toEqual([]);
});

test('a second set of reports in an account is refused by name', async () => {
  await start(reports('contoso-bills'));
  good(await engine.up('test'));
  await engine.stackInit('other');
  engine.write(reports('contoso-costs'));
  const second = await engine.up('other');
  expect(second.ok).toBe(false);
  expect(second.text).toContain('Duplicate config');
});

test('a location comes first, its cluster when hosts are named, and all of it goes again; no key of it is in the state', async () => {
  await start(location());
  const first = good(await engine.up('test'));
  expect(done()).toEqual(['create SatelliteLocation']);
  const outputs = await engine.outputs('test');
  expect(outputs).toMatchObject({ text: expect.stringContaining(SATELLITE_KEY), path: '/home/runner/addHost.ign' });
  const { text } = await engine.exportState('test');
  expect(text + first.text).not.toContain(SATELLITE_KEY);
  expect(text).toContain('ciphertext');

  engine.write(location({ controlPlaneHosts: HOSTS }));
  good(await engine.up('test'));
  expect(done()).toEqual([
    ...['create SatelliteHost', 'create SatelliteHost', 'create SatelliteHost'],
    ...['create SatelliteCluster', 'create SatelliteClusterWorkerPool'],
  ]);
  good(await engine.up('test', { flags: ['--expect-no-changes'] }));
  expect(done()).toEqual([]);

  good(await engine.destroy('test'));
  expect(provider.all()).toEqual([]);
});

test('a location keeps its zones; another name is another location with another cluster, and then the old ones go', async () => {
  await start(location({ controlPlaneHosts: HOSTS }));
  good(await engine.up('test'));
  done();
  const zones = ['hall-1', 'hall-2', 'hall-3'];
  const hosts = { 'hall-1': ['host-4'], 'hall-2': ['host-5'], 'hall-3': ['host-6'] };
  engine.write(location({ zones, controlPlaneHosts: hosts }));
  const refused = await engine.preview('test');
  expect(refused.ok).toBe(false);
  expect(refused.text).toContain("'zones' attribute is immutable");

  engine.write(location({ location: 'basel-2', zones, controlPlaneHosts: hosts }));
  good(await engine.up('test'));
  const operations = done();
  const [created, deleted] = ['create', 'delete'].map((word) => operations.filter((one) => one.startsWith(word)));
  expect(created).toHaveLength(6);
  expect(deleted?.map((one) => one.replace('delete', 'create')).sort()).toEqual([...(created ?? [])].sort());
  const inputs = provider.all().map((one) => JSON.stringify(one.inputs));
  expect(inputs.filter((one) => one.includes('basel-1'))).toEqual([]);
});

test('a host in another zone is assigned anew', async () => {
  await start(location({ controlPlaneHosts: HOSTS }));
  good(await engine.up('test'));
  done();
  const swapped = { ...HOSTS, 'rack-1': ['host-2'], 'rack-2': ['host-1'] };
  engine.write(location({ controlPlaneHosts: swapped }));
  good(await engine.up('test'));
  const operations = done().filter((one) => one.includes('SatelliteHost'));
  expect(operations.sort()).toEqual([
    ...['create SatelliteHost', 'create SatelliteHost'],
    ...['delete SatelliteHost', 'delete SatelliteHost'],
  ]);
});

test('workers on Satellite grow in place, and hosts with other labels are another pool, after the old one', async () => {
  await start(location({ controlPlaneHosts: HOSTS }));
  good(await engine.up('test'));
  done();
  engine.write(location({ controlPlaneHosts: HOSTS, workers: { ...SPEC.workers, workersPerZone: 2 } }));
  good(await engine.up('test'));
  expect(done()).toEqual(['update SatelliteClusterWorkerPool']);

  engine.write(location({ controlPlaneHosts: HOSTS, workers: { ...SPEC.workers, hostLabels: ['use:l40s'] } }));
  good(await engine.up('test'));
  expect(done()).toEqual(['delete SatelliteClusterWorkerPool', 'create SatelliteClusterWorkerPool']);
});
