/** The stand-in of IBM Cloud refuses what the real provider would, and answers as it does. Needs no engine. */
import { type Cloud, CloudError, type CloudObject, type Properties, UNKNOWN } from './support/behaviour';
import { IbmCloud, reasons, SATELLITE_KEY } from './support/ibm';

const POOL = 'ibm:index/containerVpcWorkerPool:ContainerVpcWorkerPool';
const CLUSTER = 'ibm:index/containerVpcCluster:ContainerVpcCluster';
const BUCKET = 'ibm:index/cosBucket:CosBucket';
const LINK = 'ibm:index/iamTrustedProfileLink:IamTrustedProfileLink';
const SUBNET = 'ibm:index/isSubnet:IsSubnet';
const VPC = 'ibm:index/isVpc:IsVpc';
const INSTANCE = 'ibm:index/resourceInstance:ResourceInstance';
const KEY = 'ibm:index/resourceKey:ResourceKey';
const ADDONS = 'ibm:index/containerAddons:ContainerAddons';
const PROFILE = 'ibm:index/iamTrustedProfile:IamTrustedProfile';
const SNAPSHOT = 'ibm:index/billingReportSnapshot:BillingReportSnapshot';
const RIGHT = 'ibm:index/iamAuthorizationPolicy:IamAuthorizationPolicy';
const LOCATION = 'ibm:index/satelliteLocation:SatelliteLocation';
const HOST = 'ibm:index/satelliteHost:SatelliteHost';
const SATELLITE = 'ibm:index/satelliteCluster:SatelliteCluster';
const SCRIPT = 'ibm:index/getSatelliteAttachHostScript:getSatelliteAttachHostScript';
const CONFIG = 'ibm:index/getContainerClusterConfig:getContainerClusterConfig';

const INSTANCE_CRN =
  'crn:v1:bluemix:public:cloud-object-storage:global:a/0123456789abcdef0123456789abcdef:01234567-89ab-cdef-0123-456789abcdef::';

const pool = {
  cluster: 'inference',
  workerPoolName: 'gpu-l4',
  flavor: 'gx3.16x80.l4',
  vpcId: 'r006-1',
  zones: [{ name: 'us-south-1', subnetId: '0717-1' }],
  workerCount: 1,
  labels: { 'warmpath.dev/pool': 'gpu-l4' },
  taints: [{ key: 'nvidia.com/gpu', value: 'true', effect: 'NoSchedule' }],
};
const bucket = {
  bucketName: 'weights',
  resourceInstanceId: INSTANCE_CRN,
  regionLocation: 'us-south',
  storageClass: 'smart',
};
const link = {
  profileId: 'Profile-1',
  crType: 'IKS_SA',
  link: { crn: 'crn:v1', namespace: 'inference', name: 'loader' },
};
const subnet = { name: 'workers-1', vpc: 'r006-1', zone: 'us-south-1', totalIpv4AddressCount: 256 };

/** A cloud that keeps what it is given, as `provider.ts` does. */
class Objects implements Cloud {
  readonly kept: CloudObject[] = [];
  get(type: string, id: string): CloudObject | undefined {
    return this.kept.find((one) => one.type === type && one.id === id);
  }
  all(): readonly CloudObject[] {
    return this.kept;
  }
}

const request = (type: string, news: Properties, olds: Properties = {}) => ({
  type,
  name: 'one',
  news,
  olds,
  seed: '0123456789',
});
const refusals = (type: string, news: Properties) => reasons(new IbmCloud().check(request(type, news)).failures);

function make(ibm: IbmCloud, objects: Objects, type: string, news: Properties): CloudObject {
  const { inputs, failures } = ibm.check(request(type, news));
  expect(failures).toEqual([]);
  const made: CloudObject = { type, inputs, state: 'Succeeded', ...ibm.create(type, inputs, objects) };
  objects.kept.push(made);
  return made;
}

describe('inputs', () => {
  test.each<readonly [string, Properties]>([
    [POOL, pool],
    [
      CLUSTER,
      { flavor: 'bx2.4x16', vpcId: 'v', zones: pool.zones, waitTill: 'normal', tags: ['team:ml'], kubeVersion: '1.35' },
    ],
    [BUCKET, { ...bucket, objectVersioning: { enable: true }, hardQuota: 5e12 }],
    [LINK, link],
    [SUBNET, { ...subnet, totalIpv4AddressCount: undefined, ipv4CidrBlock: '10.240.0.0/24' }],
    [ADDONS, { cluster: 'inference', addons: [{ name: 'cluster-autoscaler', version: '2.0.0' }] }],
    [KEY, { resourceInstanceId: INSTANCE_CRN, role: 'Reader', parameters: { HMAC: 'true' } }],
    [
      'ibm:index/satelliteCluster:SatelliteCluster',
      { location: 'factory', hostLabels: ['gpu:l4'], zones: [{ id: 'zone-1' }] },
    ],
  ])('of %s pass when they are good', (type, news) => {
    expect(refusals(type, news)).toEqual([]);
  });

  test('that are not known yet pass any type', () => {
    const news = {
      ...pool,
      cluster: UNKNOWN,
      workerCount: UNKNOWN,
      zones: [{ name: 'us-south-1', subnetId: UNKNOWN }],
    };
    expect(refusals(POOL, { ...news, taints: UNKNOWN })).toEqual([]);
  });

  test.each<readonly [string, string, Properties, string]>([
    [
      'an unknown property',
      POOL,
      { ...pool, minCount: 0 },
      'minCount: an argument named "minCount" is not expected here',
    ],
    [
      'the Terraform name of a property',
      POOL,
      { ...pool, secondary_storage: '300gb.5iops-tier' },
      'secondary_storage: an argument named "secondary_storage" is not expected here',
    ],
    [
      'an unknown property of a block',
      POOL,
      { ...pool, zones: [{ name: 'us-south-1', subnetId: 'a', count: 1 }] },
      'zones[0].count: an argument named "count" is not expected here',
    ],
    ['a text for a number', POOL, { ...pool, workerCount: '2' }, 'workerCount: a number is wanted, not string'],
    ['half a worker', POOL, { ...pool, workerCount: 1.5 }, 'workerCount: a whole number is wanted'],
    [
      'a number as a label',
      POOL,
      { ...pool, labels: { replicas: 2 } },
      'labels.replicas: a string is wanted, not number',
    ],
    [
      'a taint without a value',
      POOL,
      { ...pool, taints: [{ key: 'gpu', effect: 'NoSchedule' }] },
      'taints[0].value: missing required argument',
    ],
    [
      'an effect that Kubernetes does not have',
      POOL,
      { ...pool, taints: [{ key: 'gpu', value: '', effect: 'Never' }] },
      'taints[0].effect: "Never" is none of NoSchedule, PreferNoSchedule, NoExecute',
    ],
    ['a missing argument', POOL, { ...pool, flavor: undefined }, 'flavor: missing required argument'],
    [
      'an output as an argument',
      POOL,
      { ...pool, autoscaleEnabled: true },
      'autoscaleEnabled: its value is decided by the provider and cannot be configured',
    ],
    ['a key without its instance', POOL, { ...pool, crk: 'key' }, 'crk: needs kmsInstanceId'],
    ['one zone in place of a list', POOL, { ...pool, zones: pool.zones[0] }, 'zones: a set is wanted, not an object'],
    ['a list in place of one link', LINK, { ...link, link: [link.link] }, 'link: an object is wanted, not a list'],
    [
      'two locations of a bucket',
      BUCKET,
      { ...bucket, crossRegionLocation: 'us' },
      'regionLocation: conflicts with crossRegionLocation\ncrossRegionLocation: conflicts with regionLocation',
    ],
    [
      'an unknown storage class',
      BUCKET,
      { ...bucket, storageClass: 'hot' },
      'storageClass: "hot" is none of standard, vault',
    ],
    [
      'the GUID of an instance for its CRN',
      BUCKET,
      { ...bucket, resourceInstanceId: '01234567-89ab-cdef-0123-456789abcdef' },
      'resourceInstanceId: "01234567-89ab-cdef-0123-456789abcdef" does not match ^crn:',
    ],
    [
      'a retention beyond a thousand years',
      BUCKET,
      { ...bucket, retentionRule: { default: 1, minimum: 0, maximum: 400000 } },
      'retentionRule.maximum: between 0 and 365243 is wanted',
    ],
    [
      'an address that is no CIDR',
      SUBNET,
      { ...subnet, totalIpv4AddressCount: undefined, ipv4CidrBlock: '10.0.0.0/33' },
      'is no CIDR',
    ],
    ['capitals in the name of a subnet', SUBNET, { ...subnet, name: 'Workers' }, 'name: "Workers" does not match'],
    [
      'a Kubernetes label as a tag',
      VPC,
      { tags: ['app.kubernetes.io/name:x'] },
      'tags[0]: "app.kubernetes.io/name:x" does not match',
    ],
    ['a resource that there is not', 'ibm:index/gpu:Gpu', {}, 'the provider has no resource ibm:index/gpu:Gpu'],
  ])('are refused: %s', (_, type, news, reason) => {
    const found = refusals(type, news);
    expect(found.join('\n')).toContain(reason);
    expect(found).toHaveLength(reason.split('\n').length);
  });

  test('get a name that preview and update agree on, and keep it', () => {
    const ibm = new IbmCloud();
    expect(ibm.check(request(VPC, {})).inputs['name']).toBe('one-0123456');
    expect(ibm.check({ ...request(VPC, {}), seed: '9876543210' }).inputs['name']).toBe('one-9876543');
    expect(ibm.check({ ...request(VPC, {}, { name: 'one-0123456' }), seed: '9876543210' }).inputs['name']).toBe(
      'one-0123456',
    );
    expect(ibm.check(request(POOL, pool)).inputs['name']).toBeUndefined();
  });
});

describe('a change', () => {
  const ibm = new IbmCloud();

  test.each<readonly [string, string, boolean]>([
    [POOL, 'flavor', true],
    [POOL, 'secondaryStorage', true],
    [POOL, 'vpcId', true],
    [POOL, 'taints', false],
    [POOL, 'taints[0].effect', false],
    [POOL, 'labels["warmpath.dev/pool"]', false],
    [POOL, 'zones[1]', false],
    [POOL, 'workerCount', false],
    [POOL, 'operatingSystem', false],
    [CLUSTER, 'podSubnet', true],
    [CLUSTER, 'kubeVersion', false],
    [INSTANCE, 'plan', false],
    [INSTANCE, 'location', true],
    [LINK, 'profileId', true],
    // A field of a block has to say so itself, and the provider forgets it here.
    [LINK, 'link.namespace', false],
    ['ibm:index/satelliteClusterWorkerPool:SatelliteClusterWorkerPool', 'hostLabels[0]', true],
  ])('of %s at %s replaces: %s', (type, path, replaced) => {
    expect(ibm.replaces(type, path)).toBe(replaced);
  });

  test('inside a link fails, because the provider has no update of it', () => {
    expect(() => ibm.update(LINK, 'Profile-1/link-1', link, new Objects())).toThrow("doesn't support update");
  });

  test.each<readonly [string, string, Properties, Properties, unknown]>([
    [
      'of what is read at creation only is not seen',
      CLUSTER,
      { workerCount: 3 },
      { workerCount: 1 },
      { workerCount: 1 },
    ],
    [
      'of the patch of the version is not seen',
      CLUSTER,
      { kubeVersion: '1.35' },
      { kubeVersion: '1.35.2_1520' },
      { kubeVersion: '1.35.2_1520' },
    ],
    [
      'of the minor version is seen',
      CLUSTER,
      { kubeVersion: '1.36' },
      { kubeVersion: '1.35.2_1520' },
      { kubeVersion: '1.36' },
    ],
    ['that leaves labels out does not clear them', POOL, {}, { labels: { a: 'b' } }, { labels: { a: 'b' } }],
    ['that leaves out what is not computed is seen', POOL, {}, { secondaryStorage: '300gb.5iops-tier' }, {}],
  ])('%s', (_, type, news, olds, kept) => {
    expect(ibm.check(request(type, news, olds)).inputs).toMatchObject(kept as object);
    for (const name of Object.keys(olds))
      if (!(name in (kept as object))) expect(ibm.check(request(type, news, olds)).inputs).not.toHaveProperty(name);
  });

  test('of the number of workers is seen until the autoscaler has the pool', () => {
    const cloud = new IbmCloud();
    const workers = () => cloud.check(request(POOL, { ...pool, workerCount: 4 }, pool)).inputs['workerCount'];
    expect(workers()).toBe(4);
    cloud.autoscale('inference', 'gpu-l4');
    expect(workers()).toBe(1);
    // A replacement is asked for without what was.
    expect(cloud.check(request(POOL, { ...pool, workerCount: 4 })).inputs['workerCount']).toBe(4);
  });
});

describe('objects', () => {
  test('have ids as the provider makes them', () => {
    const ibm = new IbmCloud({ clusters: ['inference'] });
    const objects = new Objects();
    const instance = make(ibm, objects, INSTANCE, {
      name: 'cos',
      service: 'cloud-object-storage',
      plan: 'standard',
      location: 'global',
    });
    expect(instance.id).toMatch(/^crn:v1:bluemix:public:cloud-object-storage:global:a\/[0-9a-f]{32}:[0-9a-f-]{36}::$/);
    expect(instance.outputs).toMatchObject({ crn: instance.id, guid: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    const weights = make(ibm, objects, BUCKET, { ...bucket, resourceInstanceId: instance.id });
    expect(weights.id).toBe(`${instance.id.replace('::', '')}:bucket:weights:meta:rl:us-south:public`);
    const gpu = make(ibm, objects, POOL, pool);
    expect(gpu.id).toBe(`inference/${gpu.outputs['workerPoolId']}`);
    expect(gpu.outputs).toMatchObject({ autoscaleEnabled: false, operatingSystem: '' });
    const profile = make(ibm, objects, PROFILE, { name: 'loader' });
    expect(profile.outputs).toMatchObject({ profileId: profile.id, iamId: `iam-${profile.id}` });
    const linked = make(ibm, objects, LINK, { ...link, profileId: profile.id });
    expect(linked.id).toBe(`${profile.id}/${linked.outputs['linkId']}`);
    expect(make(ibm, objects, ADDONS, { cluster: 'inference', addons: [{ name: 'a' }] }).id).toBe('inference');
  });

  test('of two keys differ, and HMAC adds a pair to the credentials', () => {
    const ibm = new IbmCloud();
    const objects = new Objects();
    const plain = make(ibm, objects, KEY, { resourceInstanceId: INSTANCE_CRN });
    const hmac = make(ibm, objects, KEY, { resourceInstanceId: INSTANCE_CRN, parameters: { HMAC: 'true' } });
    expect(plain.id).not.toBe(hmac.id);
    expect(Object.keys(plain.outputs['credentials'] as object)).toEqual(['apikey']);
    expect(hmac.outputs['credentials']).toHaveProperty(['cos_hmac_keys.access_key_id']);
  });

  test('are refused without their cluster, under a name that is taken, and without a place', () => {
    const ibm = new IbmCloud();
    const objects = new Objects();
    expect(() => ibm.create(POOL, pool, objects)).toThrow('The specified cluster could not be found: inference');
    const cluster = make(ibm, objects, CLUSTER, {
      name: 'inference',
      flavor: 'bx2.4x16',
      vpcId: 'v',
      zones: pool.zones,
    });
    make(ibm, objects, POOL, pool);
    expect(() => ibm.create(POOL, pool, objects)).toThrow('the name gpu-l4 is taken');
    expect(() => ibm.create(BUCKET, { ...bucket, regionLocation: undefined }, objects)).toThrow('Provide either');
    expect(ibm.contains(CLUSTER, cluster.id, objects).map(({ type }) => type)).toEqual([POOL]);
  });

  test('keep a VPC from being removed as long as they are in it', () => {
    const ibm = new IbmCloud();
    const objects = new Objects();
    const vpc = make(ibm, objects, VPC, { name: 'inference' });
    const inside = make(ibm, objects, SUBNET, { ...subnet, vpc: vpc.id });
    expect(() => ibm.remove(VPC, vpc.id, objects)).toThrow(inside.id);
    expect(() => ibm.remove(VPC, vpc.id, new Objects())).not.toThrow();
  });

  test('say of themselves what was not given, also after an update that gives it', () => {
    const ibm = new IbmCloud({ clusters: ['inference'] });
    const objects = new Objects();
    const { labels: _, ...unlabelled } = pool;
    const gpu = make(ibm, objects, POOL, unlabelled);
    expect(gpu.outputs).toMatchObject({ labels: {}, autoscaleEnabled: false });
    const updated = ibm.update(POOL, gpu.id, pool, objects);
    expect(updated).not.toHaveProperty('labels');
    expect(updated).toMatchObject({ workerPoolId: gpu.outputs['workerPoolId'], autoscaleEnabled: false });
    const addons = { cluster: 'inference', addons: [{ name: 'a' }], manageAllAddons: false };
    const made = make(ibm, objects, ADDONS, addons);
    expect(made.outputs).not.toHaveProperty('manageAllAddons');
    const more = { cluster: 'inference', addons: [{ name: 'a' }, { name: 'b' }] };
    expect(ibm.update(ADDONS, made.id, more, objects)).toMatchObject({
      managedAddons: ['a', 'b'],
      manageAllAddons: true,
    });
  });

  test('show their defaults in a preview, and what the service decides as unknown', () => {
    const ibm = new IbmCloud();
    expect(ibm.previewOutputs(CLUSTER, { workerCount: 2 })).toMatchObject({ workerCount: 2, waitTill: 'IngressReady' });
    expect(ibm.computed(POOL)).toEqual(expect.arrayContaining(['workerPoolId', 'autoscaleEnabled', 'operatingSystem']));
    expect(ibm.computed(POOL)).not.toContain('flavor');
  });
});

describe('reports of cost', () => {
  const snapshot = { interval: 'daily', cosBucket: 'bills', cosLocation: 'us-south' };
  const right = {
    sourceServiceName: 'billing',
    targetServiceName: 'cloud-object-storage',
    roles: ['Object Writer', 'Content Reader'],
  };
  /** A bucket, and a right on its instance or on that of a name. */
  function account(more: Properties = {}) {
    const [ibm, objects] = [new IbmCloud(), new Objects()];
    const owner = make(ibm, objects, INSTANCE, {
      service: 'cloud-object-storage',
      plan: 'standard',
      location: 'global',
    });
    make(ibm, objects, BUCKET, { ...bucket, bucketName: 'bills', resourceInstanceId: owner.id });
    make(ibm, objects, RIGHT, { ...right, targetResourceInstanceId: owner.outputs['guid'], ...more });
    return {
      ibm,
      objects,
      ask: (inputs: Properties = {}) => ibm.create(SNAPSHOT, { ...snapshot, ...inputs }, objects),
    };
  }

  test('bear the id of the account', () => {
    expect(account().ask().id).toMatch(/^[0-9a-f]{32}$/);
  });

  test.each<readonly [string, Properties, string]>([
    ['into a bucket that is not there', { cosBucket: 'other' }, 'no bucket other'],
    ['of a kind that does not exist', { reportTypes: ['account_summary', 'forecast'] }, 'no reports of forecast'],
  ])('are refused %s', (_, inputs, why) => {
    expect(() => account().ask(inputs)).toThrow(why);
  });

  test.each<readonly [string, Properties]>([
    ['one of its roles', { roles: ['Object Writer'] }],
    ['this instance', { targetResourceInstanceId: 'another' }],
    ['this service', { sourceServiceName: 'atracker' }],
  ])('are refused when the right lacks %s', (_, more) => {
    expect(() => account(more).ask()).toThrow('billing may not write into bills');
  });

  test('are one set for an account', () => {
    const { ibm, objects, ask } = account();
    make(ibm, objects, SNAPSHOT, snapshot);
    expect(() => ask()).toThrow('Duplicate config');
  });

  test('are daily, and cannot be changed', () => {
    expect(refusals(SNAPSHOT, { ...snapshot, interval: 'hourly' })).toEqual(['interval: "hourly" is none of daily']);
    expect(new IbmCloud().replaces(SNAPSHOT, 'cosBucket')).toBe(true);
  });
});

describe('a Satellite location', () => {
  const location = { location: 'basel-1', managedFrom: 'lon', zones: ['a', 'b', 'c'] };
  const cluster = { name: 'basel-1', zones: [{ id: 'a' }] };
  function place(hosts: number) {
    const [ibm, objects] = [new IbmCloud(), new Objects()];
    const made = make(ibm, objects, LOCATION, location);
    for (let host = 0; host < hosts; host++)
      make(ibm, objects, HOST, { location: made.id, hostId: `host-${host}`, zone: 'a' });
    return { ibm, objects, id: made.id };
  }

  test('runs a cluster when three hosts run its control plane', () => {
    const [few, enough] = [place(2), place(3)];
    const refused = () => few.ibm.create(SATELLITE, { ...cluster, location: few.id }, few.objects);
    expect(refused).toThrow('it has no control plane');
    expect(enough.ibm.create(SATELLITE, { ...cluster, location: enough.id }, enough.objects).id).toMatch(/^c/);
  });

  test('stays as long as hosts are in it', () => {
    const [empty, used] = [place(0), place(1)];
    expect(() => empty.ibm.remove(LOCATION, empty.id, empty.objects)).not.toThrow();
    expect(() => used.ibm.remove(LOCATION, used.id, used.objects)).toThrow('host-0');
  });

  test.each<readonly [string, Properties, readonly string[]]>([
    ['its zones', { zones: ['a', 'b', 'd'] }, ["zones: 'zones' attribute is immutable and can't be changed"]],
    ['its name', { location: 'basel-2' }, ["location: 'location' attribute is immutable and can't be changed"]],
    ['no description', { description: 'hall 3' }, []],
  ])('keeps %s', (_, more, expected) => {
    const { failures } = new IbmCloud().check(request(LOCATION, { ...location, ...more }, location));
    expect(reasons(failures)).toEqual(expected);
  });

  test('hands out a script with a key, where the provider writes it', () => {
    const ask = (args: Properties) =>
      new IbmCloud().invoke(SCRIPT, { location: 'basel-1', hostProvider: 'aws', ...args });
    expect(ask({})).toMatchObject({ scriptPath: '/home/runner/addHost.sh' });
    expect(ask({ coreosHost: true, scriptDir: '/tmp' })).toMatchObject({ scriptPath: '/tmp/addHost.ign' });
    expect(ask({})['hostScript']).toContain(SATELLITE_KEY);
    expect(() => ask({ customScript: '#' })).toThrow('exactly one of');
  });
});

describe('the provider', () => {
  const value = (url: string, version: string) => JSON.stringify({ remote: { url, version } });

  test('is ibm-cloud/ibm at the version of the schema, and nothing else', () => {
    const ibm = new IbmCloud();
    const good = { name: 'ibm', version: '2.5.0', value: value('registry.example/ibm-cloud/ibm', '2.5.0') };
    expect(() => ibm.parameterize(good)).not.toThrow();
    expect(() => ibm.parameterize({ ...good, version: '2.4.0' })).toThrow(CloudError);
    expect(() => ibm.parameterize({ ...good, value: value('registry.example/ibm-cloud/ibm', '2.4.0') })).toThrow(
      '2.4.0',
    );
    expect(() => ibm.parameterize({ ...good, value: value('registry.example/hashicorp/aws', '2.5.0') })).toThrow(
      'no provider',
    );
  });

  test('takes the configuration of the schema only', () => {
    const ibm = new IbmCloud();
    expect(ibm.checkConfig({ ibmcloudApiKey: 'key', region: 'eu-de', version: '2.5.0' }).failures).toEqual([]);
    expect(reasons(ibm.checkConfig({ apiKey: 'key' }).failures)).toEqual([
      'apiKey: an argument named "apiKey" is not expected here',
    ]);
    expect(ibm.checkConfig({ visibility: 'secret' }).failures).toHaveLength(1);
  });

  test('answers for a cluster with the kubeconfig of the test, and refuses other arguments', () => {
    const ibm = new IbmCloud({ configFilePath: '/tmp/kubeconfig' });
    expect(ibm.invoke(CONFIG, { clusterNameId: 'inference', admin: true })).toMatchObject({
      id: 'inference',
      configFilePath: '/tmp/kubeconfig',
      admin: true,
      download: true,
    });
    expect(() => ibm.invoke(CONFIG, { clusterName: 'inference' })).toThrow('clusterNameId: missing required argument');
    expect(() => new IbmCloud().invoke(CONFIG, { clusterNameId: 'inference' })).toThrow(CloudError);
    expect(() => ibm.invoke('ibm:index/getGpu:getGpu', {})).toThrow('no function');
    expect(() => ibm.invoke('ibm:index/getResourceGroup:getResourceGroup', {})).toThrow('exactly one of');
  });
});
