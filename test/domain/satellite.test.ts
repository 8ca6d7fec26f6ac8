import {
  draftIksCluster,
  draftSatellite,
  type Problem,
  type SatelliteHostProvider,
  type SatelliteOperatingSystem,
  type SatelliteSpec,
  unwrap,
} from '../../lib/domain';
import { iksContext, iksGpu, iksSystem } from './cloud-given';
import { problemOf } from './given';

const HOSTS = { 'rack-1': ['host-1'], 'rack-2': ['host-2'], 'rack-3': ['host-3'] } as const;

const SPEC: SatelliteSpec = {
  location: 'basel-1',
  managedFrom: 'lon',
  zones: ['rack-1', 'rack-2', 'rack-3'],
  controlPlaneHosts: HOSTS,
  openShift: '4.18',
  system: { hostLabels: ['use:system'], workersPerZone: 1 },
  workers: { pool: 'l40s-chat', hostLabels: ['use:gpu', 'gpu:l40s'], workersPerZone: 2 },
};

/** Through the cluster, as an environment asks for it. */
const cluster = (more: Partial<SatelliteSpec> = {}) =>
  draftIksCluster({ satellite: { ...SPEC, ...more } }, iksContext({ pools: [iksSystem(), iksGpu()] }));
const satelliteOf = (more: Partial<SatelliteSpec> = {}) => {
  const { satellite } = unwrap(cluster(more));
  if (satellite === undefined) throw new Error('there is no location');
  return satellite;
};
const errorsOf = (more: Partial<SatelliteSpec>): readonly Problem[] =>
  cluster(more).problems.filter(({ severity }) => severity === 'error');
const errorOf = (more: Partial<SatelliteSpec>): Problem => {
  const [error, ...others] = errorsOf(more);
  if (error === undefined || others.length > 0) throw new Error(`expected one error, found ${errorsOf(more).length}`);
  return error;
};

describe('a location', () => {
  it('is decided whole, with a cluster beside that of the environment', () => {
    expect(satelliteOf()).toMatchObject({
      location: 'basel-1',
      managedFrom: 'lon',
      zones: ['rack-1', 'rack-2', 'rack-3'],
      operatingSystem: 'RHCOS',
      kubeVersion: '4.18_openshift',
      system: SPEC.system,
      workers: SPEC.workers,
    });
  });

  it('is none that an environment has unless it says so', () => {
    expect(unwrap(draftIksCluster({}, iksContext()))).not.toHaveProperty('satellite');
  });

  it.each(['a', 'Basel.1-x', 'a'.repeat(35)])('may be called %j', (location) => {
    expect(errorsOf({ location })).toEqual([]);
  });

  it.each(['', '1-basel', 'basel_1', 'a'.repeat(36)])('may not be called %j', (location) => {
    expect(errorOf({ location })).toMatchObject({
      rule: 'WP-SAT-001',
      prop: 'iks.satellite.location',
      value: location,
    });
  });

  it.each(['wdc', 'dal10'])('is managed from the metro %s', (managedFrom) => {
    expect(errorsOf({ managedFrom })).toEqual([]);
  });

  it.each(['us-east', 'eu-gb', 'WDC', 'dal1', ''])(
    'is not managed from %j, which IBM Cloud answers otherwise',
    (managedFrom) => {
      expect(errorOf({ managedFrom })).toMatchObject({ rule: 'WP-SAT-001', prop: 'iks.satellite.managedFrom' });
    },
  );

  it.each([[['a', 'b']], [['a', 'b', 'c', 'd']], [['a', 'b', 'b']], [['a', 'b', '']]])(
    'does not stand in %j',
    (zones) => {
      const controlPlaneHosts = undefined;
      expect(errorOf({ zones, controlPlaneHosts })).toMatchObject({ rule: 'WP-SAT-001', prop: 'iks.satellite.zones' });
    },
  );
});

describe('hosts of the control plane', () => {
  it('are named zone by zone', () => {
    expect(satelliteOf().controlPlaneHosts).toEqual([
      { name: 'host-1', zone: 'rack-1' },
      { name: 'host-2', zone: 'rack-2' },
      { name: 'host-3', zone: 'rack-3' },
    ]);
    const two = { 'rack-1': ['a', 'b'], 'rack-2': ['c', 'd'], 'rack-3': ['e', 'f'] };
    expect(satelliteOf({ controlPlaneHosts: two }).controlPlaneHosts).toHaveLength(6);
  });

  it('come later: without them there is a location, and it is said that the cluster waits', () => {
    const draft = cluster({ controlPlaneHosts: undefined });
    expect(unwrap(draft).satellite?.controlPlaneHosts).toEqual([]);
    expect(problemOf(draft, 'WP-SAT-002')).toMatchObject({
      severity: 'warning',
      prop: 'iks.satellite.controlPlaneHosts',
    });
  });

  it.each<[string, Readonly<Record<string, readonly string[]>>]>([
    ['of two zones', { 'rack-1': ['a'], 'rack-2': ['b'] }],
    ['of another zone', { 'rack-1': ['a'], 'rack-2': ['b'], 'rack-4': ['c'] }],
    ['of no host', { 'rack-1': [], 'rack-2': [], 'rack-3': [] }],
    ['that are uneven', { 'rack-1': ['a', 'd'], 'rack-2': ['b'], 'rack-3': ['c'] }],
    ['that are one host', { 'rack-1': ['a'], 'rack-2': ['a'], 'rack-3': ['c'] }],
  ])('are refused %s', (_, controlPlaneHosts) => {
    expect(errorOf({ controlPlaneHosts })).toMatchObject({
      rule: 'WP-SAT-002',
      prop: 'iks.satellite.controlPlaneHosts',
      value: controlPlaneHosts,
    });
  });
});

describe.each(['system', 'workers'] as const)('hosts of %s', (part) => {
  const other = part === 'system' ? ['use:gpu'] : ['use:system'];
  const withLabels = (hostLabels: readonly string[]): Partial<SatelliteSpec> => ({
    system: { ...SPEC.system, hostLabels: other },
    workers: { ...SPEC.workers, hostLabels: other },
    [part]: { ...SPEC[part], hostLabels },
  });

  it.each([[['a:b']], [['gpu:l40s', 'rack:r_1.x-y']], [[`${'a'.repeat(63)}:1`]]])('are found by %j', (labels) => {
    expect(errorsOf(withLabels(labels))).toEqual([]);
  });

  it.each([[[]], [['gpu']], [['gpu=l40s']], [['a:b:c']], [['a:']], [[`${'a'.repeat(64)}:1`]], [['gpu:a', 'gpu:b']]])(
    'are not found by %j',
    (labels) => {
      expect(errorOf(withLabels(labels))).toMatchObject({
        rule: 'WP-SAT-002',
        prop: `iks.satellite.${part}.hostLabels`,
        value: labels,
      });
    },
  );

  it('are one at least in each zone', () => {
    expect(errorsOf({ [part]: { ...SPEC[part], workersPerZone: 1 } })).toEqual([]);
  });

  it.each([0, -1, 1.5, Number.NaN])('are not %d in a zone', (workersPerZone) => {
    expect(errorOf({ [part]: { ...SPEC[part], workersPerZone } })).toMatchObject({
      rule: 'WP-SAT-003',
      prop: `iks.satellite.${part}.workersPerZone`,
    });
  });
});

describe('labels of both kinds of hosts', () => {
  const both = (system: readonly string[], workers: readonly string[]): Partial<SatelliteSpec> => ({
    system: { ...SPEC.system, hostLabels: system },
    workers: { ...SPEC.workers, hostLabels: workers },
  });

  it('may have some in common', () => {
    expect(errorsOf(both(['site:basel', 'use:system'], ['site:basel', 'use:gpu']))).toEqual([]);
  });

  it.each([
    [['use:any'], ['use:any']],
    [['site:basel'], ['site:basel', 'use:gpu']],
    [['site:basel', 'use:system'], ['site:basel']],
  ])('tell them apart: %j and %j do not', (system, workers) => {
    expect(errorOf(both(system, workers))).toMatchObject({
      rule: 'WP-SAT-002',
      prop: 'iks.satellite.workers.hostLabels',
      value: workers,
    });
  });
});

describe('the cluster', () => {
  it.each(['4.9', '4.18'])('runs OpenShift %s', (openShift) => {
    expect(satelliteOf({ openShift }).kubeVersion).toBe(`${openShift}_openshift`);
  });

  it.each(['1.35', '4', '4.18.2', '5.0', '4.18_openshift'])('does not run %s', (openShift) => {
    expect(errorOf({ openShift })).toMatchObject({ rule: 'WP-SAT-003', prop: 'iks.satellite.openShift' });
  });

  it('stands on hosts of a cloud, or of nobody in particular', () => {
    expect(satelliteOf({ hostProvider: 'aws' }).hostProvider).toBe('aws');
    expect(satelliteOf()).not.toHaveProperty('hostProvider');
    const hostProvider = 'vmware' as SatelliteHostProvider;
    expect(errorOf({ hostProvider })).toMatchObject({ rule: 'WP-SAT-003', prop: 'iks.satellite.hostProvider' });
  });

  it('stands on systems that Satellite knows', () => {
    expect(satelliteOf({ operatingSystem: 'REDHAT_8_64' }).operatingSystem).toBe('REDHAT_8_64');
    const operatingSystem = 'UBUNTU_24_64' as SatelliteOperatingSystem;
    expect(errorOf({ operatingSystem })).toMatchObject({ rule: 'WP-SAT-003', prop: 'iks.satellite.operatingSystem' });
  });
});

describe('workers with GPUs', () => {
  it('bear the labels of the pool that they stand in for, by which its pods find them', () => {
    expect(satelliteOf().workers.labels).toEqual(iksGpu().labels);
    expect(satelliteOf().workers.labels).toMatchObject(iksGpu().nodeSelector);
  });

  it('have no taints of their own: every taint of the pool stands in the command that sets them', () => {
    const { severity, fix } = problemOf(cluster(), 'WP-SAT-004');
    expect(severity).toBe('warning');
    expect(fix).toContain('--cluster basel-1 --worker-pool l40s-chat');
    const { taints } = iksGpu();
    expect(taints.length).toBeGreaterThan(0);
    for (const { key, value, effect } of taints) expect(fix).toContain(`--taint ${key}=${value}:${effect}`);
  });

  it('need operators that bring drivers, which is said', () => {
    expect(problemOf(cluster(), 'WP-SAT-005')).toMatchObject({
      severity: 'warning',
      allowed: expect.stringContaining('NVIDIA GPU Operator'),
    });
  });

  it.each(['system', 'h100'])('stand in for no %s', (pool) => {
    const error = errorOf({ workers: { ...SPEC.workers, pool } });
    expect(error).toMatchObject({ rule: 'WP-SAT-004', prop: 'iks.satellite.workers.pool', value: pool });
    expect(error.allowed).toBe('l40s-chat');
  });

  it('stand in for nothing where there is nothing', () => {
    const { value, problems } = draftSatellite(SPEC, []);
    expect(value).toBeUndefined();
    expect(problems.map(({ rule }) => rule)).toEqual(['WP-SAT-004']);
  });
});
