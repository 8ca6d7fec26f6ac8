/** What a Satellite location asks of IBM Cloud, and what its hosts get. */
import { isSecret } from '@pulumi/pulumi';
import { IksEnvironment, IksSatellite, type SatelliteHostRole } from '../../lib/cloud';
import { draftIksCluster, type SatellitePlan, type SatelliteSpec, unwrap } from '../../lib/domain';
import { iksContext, iksGpu, iksSystem } from '../domain/cloud-given';
import { ofToken, only, type Run, run } from '../support/pulumi';
import { cloudPlan } from './given';

const LOCATION = 'ibm:index/satelliteLocation:SatelliteLocation';
const HOST = 'ibm:index/satelliteHost:SatelliteHost';
const CLUSTER = 'ibm:index/satelliteCluster:SatelliteCluster';
const POOL = 'ibm:index/satelliteClusterWorkerPool:SatelliteClusterWorkerPool';

const SPEC: SatelliteSpec = {
  location: 'basel-1',
  managedFrom: 'lon',
  zones: ['rack-1', 'rack-2', 'rack-3'],
  controlPlaneHosts: { 'rack-1': ['host-1'], 'rack-2': ['host-2'], 'rack-3': ['host-3'] },
  openShift: '4.18',
  system: { hostLabels: ['use:system'], workersPerZone: 1 },
  workers: { pool: 'l40s-chat', hostLabels: ['use:gpu'], workersPerZone: 2 },
};

function planOf(more: Partial<SatelliteSpec> = {}): SatellitePlan {
  const context = iksContext({ pools: [iksSystem(), iksGpu()] });
  const { satellite } = unwrap(draftIksCluster({ satellite: { ...SPEC, ...more } }, context));
  if (satellite === undefined) throw new Error('there is no location');
  return satellite;
}

const make = (more: Partial<SatelliteSpec> = {}, then: (made: IksSatellite) => unknown = () => ({})): Promise<Run> =>
  run('prod-iks', () =>
    then(new IksSatellite('prod', { plan: planOf(more), resourceGroupId: 'group', tags: ['team:chat'] })),
  );

describe('a location', () => {
  it('is managed from its metro, and names its zones', async () => {
    expect(only(await make(), LOCATION)).toMatchObject({
      // Another location is another resource: IBM changes the name of none.
      name: 'basel-1',
      inputs: {
        location: 'basel-1',
        managedFrom: 'lon',
        zones: ['rack-1', 'rack-2', 'rack-3'],
        coreosEnabled: true,
        resourceGroupId: 'group',
        tags: ['team:chat'],
      },
    });
  });

  it('takes hosts with RHEL only, if so told', async () => {
    const all = await make({ operatingSystem: 'REDHAT_8_64' });
    expect(only(all, LOCATION).inputs['coreosEnabled']).toBe(false);
    expect(only(all, POOL).inputs['operatingSystem']).toBe('REDHAT_8_64');
  });

  it('stands alone until hosts are named', async () => {
    const all = await make({ controlPlaneHosts: undefined }, ({ clusterId }) => ({ clusterId: clusterId ?? 'none' }));
    expect(all.resources.map(({ token }) => token).filter((token) => token.startsWith('ibm:'))).toEqual([LOCATION]);
    expect(all.outputs).toEqual({ clusterId: 'none' });
  });
});

describe('the control plane', () => {
  it('gets the hosts that are named; the last, after the others, waits until the location is normal', async () => {
    const hosts = ofToken(await make(), HOST);
    expect(hosts.map(({ inputs }) => [inputs['hostId'], inputs['zone'], inputs['waitTill']])).toEqual([
      ['host-1', 'rack-1', undefined],
      ['host-2', 'rack-2', undefined],
      ['host-3', 'rack-3', 'location_normal'],
    ]);
    const [first, second, last] = hosts;
    expect(last?.dependencies).toEqual(expect.arrayContaining([first?.urn, second?.urn]));
    expect(first?.inputs).not.toHaveProperty('cluster');
  });

  it('is there before the cluster', async () => {
    const all = await make();
    const urns = ofToken(all, HOST).map(({ urn }) => urn);
    expect(only(all, CLUSTER).dependencies).toEqual(expect.arrayContaining(urns));
  });
});

describe('the cluster', () => {
  const zones = [{ id: 'rack-1' }, { id: 'rack-2' }, { id: 'rack-3' }];

  it('is OpenShift, with hosts for its own pods', async () => {
    expect(only(await make(), CLUSTER).inputs).toMatchObject({
      name: 'basel-1',
      kubeVersion: '4.18_openshift',
      operatingSystem: 'RHCOS',
      zones,
      workerCount: 1,
      hostLabels: ['use:system'],
    });
  });

  it('has workers that bear the labels of the pool which pods select', async () => {
    const { inputs } = only(await make(), POOL);
    expect(inputs).toMatchObject({ name: 'l40s-chat', zones, workerCount: 2, hostLabels: ['use:gpu'] });
    expect(inputs['workerPoolLabels']).toMatchObject(iksGpu().nodeSelector);
  });
});

describe('the script of a host', () => {
  const scriptOf = (role: SatelliteHostRole, more: Partial<SatelliteSpec> = {}) =>
    make(more, (made) => {
      return { isSecret: isSecret(made.hostScript(role).text) };
    });

  it('is not asked for unless somebody calls for it: every answer is a new key', async () => {
    expect((await make()).calls).toEqual([]);
  });

  it('is a secret', async () => {
    expect((await scriptOf('workers')).outputs).toMatchObject({ isSecret: true });
  });

  it.each<[SatelliteHostRole, readonly string[]]>([
    ['controlPlane', ['use:control-plane']],
    ['system', ['use:system']],
    ['workers', ['use:gpu']],
  ])('labels a host for %s', async (role, labels) => {
    const { calls } = await scriptOf(role);
    expect(calls.map(({ inputs }) => inputs)).toMatchObject([{ labels, coreosHost: true }]);
  });

  it('says whose machine it is, or brings a command that does nothing: the provider wants exactly one', async () => {
    const [own] = (await scriptOf('workers')).calls;
    const [aws] = (await scriptOf('workers', { hostProvider: 'aws' })).calls;
    expect(own?.inputs).toMatchObject({ customScript: expect.stringMatching(/^#/) });
    expect(own?.inputs).not.toHaveProperty('hostProvider');
    expect(aws?.inputs).toMatchObject({ hostProvider: 'aws' });
    expect(aws?.inputs).not.toHaveProperty('customScript');
  });

  it('is a script for RHEL where no RHCOS runs', async () => {
    const { calls } = await scriptOf('workers', { operatingSystem: 'REDHAT_8_64' });
    expect(calls[0]?.inputs).not.toHaveProperty('coreosHost');
  });

  it('can be got by a command that holds no key', async () => {
    const { outputs } = await make({}, ({ attachCommands }) => attachCommands);
    expect(outputs).toEqual({
      controlPlane:
        'ibmcloud sat host attach --location basel-1 --host-label use=control-plane --operating-system RHCOS',
      system: 'ibmcloud sat host attach --location basel-1 --host-label use=system --operating-system RHCOS',
      workers: 'ibmcloud sat host attach --location basel-1 --host-label use=gpu --operating-system RHCOS',
    });
  });
});

describe('an environment', () => {
  it('has a location where its plan does, with the tags of its cluster', async () => {
    const pool = iksGpu().name;
    const spec = { iks: { satellite: { ...SPEC, workers: { ...SPEC.workers, pool } } } };
    const all = await run('prod-iks', () => {
      const { satellite } = new IksEnvironment('prod', { plan: cloudPlan('iks', spec) });
      return { found: satellite instanceof IksSatellite };
    });
    expect(all.outputs).toEqual({ found: true });
    expect(only(all, LOCATION).inputs['tags']).toEqual(
      only(all, 'ibm:index/containerVpcCluster:ContainerVpcCluster').inputs['tags'],
    );
  });
});
