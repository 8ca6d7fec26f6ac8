/** IBM Cloud behind the bridged Terraform provider: what `ibm-judge.ts` admits comes to be, under ids as the provider makes them. */
import { createHash } from 'node:crypto';
import {
  type Behaviour,
  type Checked,
  type CheckRequest,
  type Cloud,
  CloudError,
  type CloudObject,
  type Created,
  type Failure,
  type Parameter,
  type Properties,
  UNKNOWN,
} from './behaviour';
import { dataSource, judge, judgeConfiguration, judgeInvoke, replaces, resource } from './ibm-judge';
import { type Argument, isAutoNamed, isFlattened, propertiesOf, SCHEMA } from './terraform-schema';

export interface IbmOptions {
  /** What `getContainerClusterConfig` says that it wrote. */
  readonly configFilePath?: string;
  /** Ids or names of clusters that nobody made here. @default none */
  readonly clusters?: readonly string[];
}

const token = (name: string): string => `ibm:index/${name}:${name.charAt(0).toUpperCase()}${name.slice(1)}`;

const CLUSTER = token('containerVpcCluster');
const WORKER_POOL = token('containerVpcWorkerPool');
const SATELLITE_CLUSTER = token('satelliteCluster');
const SATELLITE_WORKER_POOL = token('satelliteClusterWorkerPool');
const SATELLITE_LOCATION = token('satelliteLocation');
const SATELLITE_HOST = token('satelliteHost');
const SNAPSHOT = token('billingReportSnapshot');
const AUTHORIZATION = token('iamAuthorizationPolicy');

/** `CustomizeDiff` of both resources; a metro is compared by three letters, which nothing here needs. */
const IMMUTABLE: Readonly<Record<string, readonly string[]>> = {
  [SATELLITE_LOCATION]: ['location', 'managedFrom', 'resourceGroupId', 'zones'],
  [SATELLITE_CLUSTER]: ['name', 'location', 'resourceGroupId', 'crnToken'],
};

/** The key in the script of a Satellite location: wherever it is read, it should not be. */
export const SATELLITE_KEY = 'a-key-of-the-location';

const ACCOUNT = 'a5c3b7d9e1f24680a5c3b7d9e1f24680';

/** Zero of the type, which is what Terraform has where the service says nothing. */
function zeroOf(argument: Argument): unknown {
  if (isFlattened(argument)) return null;
  return { string: '', int: 0, float: 0, bool: false, list: [], set: [], map: {} }[argument.type];
}

export class IbmCloud implements Behaviour {
  readonly packageName = 'ibm';
  readonly basePlugin = 'terraform-provider';
  /**
   * The bridge drops what a failed creation left (`pkg/pf/tfbridge/provider_create.go` of pulumi-terraform-bridge 59de6c6), where
   * Terraform would keep it as tainted. Nor does it ever delete first by itself (`provider_diff.go`).
   */
  readonly keepsPartialState = false;
  private readonly autoscaled = new Set<string>();
  private made = 0;

  constructor(private readonly options: IbmOptions = {}) {}

  /** From now on the add-on sizes the pool, and the provider sees no change of its `workerCount`. */
  autoscale(cluster: string, workerPoolName: string): void {
    this.autoscaled.add(`${cluster}/${workerPoolName}`);
  }

  /** The parameter is JSON: `{"remote":{"url","version"}}` (pulumi-terraform-bridge, `dynamic/parameterize/value.go`). */
  parameterize({ name, version, value }: Parameter): void {
    const { remote } = JSON.parse(value);
    const asked = `${name} ${version} from ${remote?.url} ${remote?.version}`;
    if (name !== 'ibm' || version !== SCHEMA.version || remote?.version !== SCHEMA.version)
      throw new CloudError(`this is ibm ${SCHEMA.version}, not ${asked}`);
    if (!/^[a-z.]+\/ibm-cloud\/ibm$/.test(remote.url)) throw new CloudError(`no provider at ${remote.url}`);
  }

  checkConfig(news: Properties): Checked {
    return { inputs: news, failures: judgeConfiguration(news) };
  }

  check({ type, name, news, olds, seed }: CheckRequest): Checked {
    const described = resource(type);
    if (!described) return { inputs: news, failures: judge(type, news) };
    const inputs: Record<string, unknown> = { ...news };
    for (const property of propertiesOf(described.arguments)) {
      const old = olds[property.name];
      // Seven random characters (`AutoName` of the bridge).
      if (isAutoNamed(property)) inputs['name'] ??= old ?? `${name}-${seed.slice(0, 7)}`;
      if (old !== undefined && this.suppresses(type, property.argument, property.name, olds, news[property.name]))
        inputs[property.name] = old;
    }
    return { inputs, failures: [...judge(type, news), ...this.judgeImmutable(type, olds, news)] };
  }

  /** What the provider refuses to change, at preview (`flex.ImmutableResourceCustomizeDiff`). A replacement has no `olds`. */
  private judgeImmutable(type: string, olds: Properties, news: Properties): readonly Failure[] {
    const isChanged = (name: string) =>
      olds[name] !== undefined &&
      news[name] !== undefined &&
      news[name] !== UNKNOWN &&
      JSON.stringify(olds[name]) !== JSON.stringify(news[name]);
    return (IMMUTABLE[type] ?? [])
      .filter(isChanged)
      .map((name): Failure => [name, `'${name}' attribute is immutable and can't be changed`]);
  }

  /** Whether Terraform sees no change. The engine asks without `olds` for a replacement, which takes everything anew. */
  private suppresses(type: string, argument: Argument, name: string, olds: Properties, value: unknown): boolean {
    // What is left out and computed stays as it is.
    if (value === undefined) return argument.computed === true;
    if (argument.diffSuppress === 'flex.ApplyOnce') return true;
    if (argument.diffSuppress === 'SuppressResizeForAutoscaledWorkerpool')
      return type === WORKER_POOL && this.autoscaled.has(`${olds['cluster']}/${olds['workerPoolName']}`);
    const minor = (version: unknown) => String(version).split('_')[0]?.split('.').slice(0, 2).join('.');
    return name === 'kubeVersion' && value !== UNKNOWN && minor(value) === minor(olds[name]);
  }

  replaces(type: string, path: string): boolean {
    return replaces(type, path);
  }

  computed(type: string): readonly string[] {
    return this.properties(type)
      .filter(({ argument }) => argument.computed)
      .map(({ name }) => name);
  }

  /** A plan knows the defaults (`Default` of the schema). */
  previewOutputs(type: string, inputs: Properties): Properties {
    return { ...this.defaults(type), ...inputs };
  }

  create(type: string, inputs: Properties, cloud: Cloud): Created {
    this.refuse(type, inputs, cloud);
    this.made += 1;
    const { id, outputs } = this.identify(type, inputs, this.hash(type));
    const zeros = this.properties(type)
      .filter(({ argument }) => argument.computed)
      .map(({ argument, name }): [string, unknown] => [name, zeroOf(argument)]);
    const all = { ...Object.fromEntries(zeros), ...this.defaults(type), ...outputs };
    return { id, outputs: withoutInputs(all, inputs) };
  }

  update(type: string, id: string, inputs: Properties, cloud: Cloud): Properties {
    // `resource.go` of terraform-plugin-sdk 2.40.0.
    if (resource(type)?.updates === false) throw new CloudError("doesn't support update");
    const before = cloud.get(type, id)?.outputs ?? {};
    const addons = type === token('containerAddons') ? { managedAddons: addonNames(inputs) } : {};
    return withoutInputs({ ...this.defaults(type), ...before, ...addons }, inputs);
  }

  /** A location has to be without hosts and clusters (ibm-cloud-docs/satellite cli-reference, `location rm`). */
  remove(type: string, id: string, cloud: Cloud): void {
    const reference = { [token('isVpc')]: 'vpc', [SATELLITE_LOCATION]: 'location' }[type];
    const users = reference === undefined ? [] : cloud.all().filter(({ inputs }) => inputs[reference] === id);
    if (users.length > 0) throw new CloudError(`${id} is in use by ${users.map((user) => user.id).join(', ')}`);
  }

  /** Pools and add-ons go with their cluster, links and policies with their profile, keys and buckets with their instance. */
  contains(type: string, id: string, cloud: Cloud): readonly CloudObject[] {
    const parent = cloud.get(type, id);
    const names = [id, parent?.inputs['name'], parent?.outputs['iamId'], parent?.outputs['profileId']];
    const references = ['cluster', 'profileId', 'iamId', 'resourceInstanceId'];
    if (![CLUSTER, SATELLITE_CLUSTER, token('iamTrustedProfile'), token('resourceInstance')].includes(type)) return [];
    return cloud
      .all()
      .filter(({ inputs }) => references.some((name) => inputs[name] !== undefined && names.includes(inputs[name])));
  }

  invoke(called: string, args: Properties): Properties {
    const failures = judgeInvoke(called, args);
    if (failures.length > 0) throw new CloudError(failures.map((failure) => failure.join(': ')).join('\n'));
    const properties = propertiesOf(dataSource(called)?.arguments ?? {});
    const zeros = properties.map(({ name, argument }) => [name, argument.default ?? zeroOf(argument)]);
    return { ...Object.fromEntries(zeros), id: 'found', ...this.answer(called, args), ...args };
  }

  private answer(called: string, args: Properties): Properties {
    switch (called) {
      case 'ibm:index/getContainerClusterConfig:getContainerClusterConfig': {
        const { configFilePath } = this.options;
        if (configFilePath === undefined) throw new CloudError('Error downloading the cluster config');
        return { id: args['clusterNameId'], configFilePath, host: 'https://c100.example:30000', token: 'a-token' };
      }
      case 'ibm:index/getResourceGroup:getResourceGroup':
        return { id: this.hash(String(args['name'])), accountId: ACCOUNT };
      default: {
        // data_source_ibm_satellite_host_script.go: an ignition file or a script, in the home of whoever runs the program.
        const file = args['coreosHost'] === true ? 'addHost.ign' : 'addHost.sh';
        return {
          hostScript: `export KEY=${SATELLITE_KEY}\n`,
          scriptPath: `${args['scriptDir'] ?? '/home/runner'}/${file}`,
        };
      }
    }
  }

  /** What the services refuse, besides what the schema says. */
  private refuse(type: string, inputs: Properties, cloud: Cloud): void {
    const { cluster } = inputs;
    if ([WORKER_POOL, SATELLITE_WORKER_POOL, token('containerAddons')].includes(type)) {
      const made = cloud.all().some((one) => isCluster(one) && (one.id === cluster || one.inputs['name'] === cluster));
      if (!made && !this.options.clusters?.includes(String(cluster)))
        throw new CloudError(`The specified cluster could not be found: ${cluster}`);
    }
    if (type === SNAPSHOT) refuseSnapshot(inputs, cloud);
    if (type === SATELLITE_CLUSTER) refuseSatelliteCluster(inputs, cloud);
    const name = inputs['workerPoolName'] ?? inputs['bucketName'];
    const isTaken = (one: CloudObject) =>
      one.type === type &&
      one.inputs['cluster'] === cluster &&
      [one.inputs['workerPoolName'], one.inputs['bucketName']].includes(name);
    if (name !== undefined && cloud.all().some(isTaken)) throw new CloudError(`the name ${name} is taken`);
    if (type === token('cosBucket') && bucketLocation(inputs) === undefined)
      throw new CloudError(
        'Provide either `cross_region_location` or `region_location` or `single_site_location` or `satellite_location_id`',
      );
  }

  /** The id and what the service says of itself; `d.SetId` of the file that `schema.json` names for the resource. */
  private identify(type: string, inputs: Properties, hash: string): Created {
    const uuid = `${hash.slice(0, 8)}-${hash.slice(8, 12)}-4${hash.slice(13, 16)}-8${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
    const crn = (service: string, location: string, rest: string) =>
      `crn:v1:bluemix:public:${service}:${location}:a/${ACCOUNT}:${rest}`;
    switch (type) {
      case CLUSTER:
      case SATELLITE_CLUSTER: {
        const id = `c${hash.slice(0, 19)}`;
        return { id, outputs: { crn: crn('containers-kubernetes', 'us-south', `${id}::`), state: 'normal' } };
      }
      case WORKER_POOL: {
        const workerPoolId = `${inputs['cluster']}-${hash.slice(0, 7)}`;
        return { id: `${inputs['cluster']}/${workerPoolId}`, outputs: { workerPoolId, autoscaleEnabled: false } };
      }
      case SATELLITE_WORKER_POOL:
        return { id: `${inputs['cluster']}/${inputs['cluster']}-${hash.slice(0, 7)}`, outputs: {} };
      case token('containerAddons'):
        return { id: String(inputs['cluster']), outputs: { managedAddons: addonNames(inputs) } };
      case token('resourceInstance'): {
        const id = crn(String(inputs['service']), String(inputs['location']), `${uuid}::`);
        return { id, outputs: { crn: id, guid: uuid, accountId: ACCOUNT, status: 'active' } };
      }
      case token('resourceKey'): {
        const id = String(inputs['resourceInstanceId']).replace(/::$/, `:resource-key:${uuid}`);
        return {
          id,
          outputs: { crn: id, guid: uuid, sourceCrn: inputs['resourceInstanceId'], ...credentials(inputs) },
        };
      }
      case token('cosBucket'): {
        const [kind, location] = bucketLocation(inputs) ?? [];
        const instance = String(inputs['resourceInstanceId']).replaceAll('::', '');
        const endpoint = inputs['endpointType'] ?? 'public';
        return { id: `${instance}:bucket:${inputs['bucketName']}:meta:${kind}:${location}:${endpoint}`, outputs: {} };
      }
      case token('iamTrustedProfile'): {
        const id = `Profile-${uuid}`;
        const outputs = { profileId: id, iamId: `iam-${id}`, accountId: ACCOUNT };
        return { id, outputs: { ...outputs, crn: crn('iam-identity', '', `:profile:${id}`) } };
      }
      case token('iamTrustedProfileLink'):
        return { id: `${inputs['profileId']}/link-${uuid}`, outputs: { linkId: `link-${uuid}` } };
      case token('iamTrustedProfilePolicy'):
        return { id: `${inputs['iamId'] ?? `iam-${inputs['profileId']}`}/${uuid}`, outputs: {} };
      case SNAPSHOT:
        return { id: ACCOUNT, outputs: { state: 'enabled', accountType: 'account', contentType: 'text/csv' } };
      case AUTHORIZATION:
        return { id: uuid, outputs: {} };
      case SATELLITE_HOST:
        return { id: `${inputs['location']}/${inputs['hostId']}`, outputs: { hostState: 'assigned' } };
      case SATELLITE_LOCATION:
        return { id: hash.slice(0, 20), outputs: { crn: crn('satellite', 'us-east', `${hash.slice(0, 20)}::`) } };
      default: {
        const id = `r006-${uuid}`;
        return { id, outputs: { crn: crn('is', 'us-south', `:${id}`), status: 'available' } };
      }
    }
  }

  private hash(salt: string): string {
    return createHash('sha256').update(`${this.made} ${salt}`).digest('hex');
  }

  private defaults(type: string): Properties {
    return Object.fromEntries(
      this.properties(type)
        .filter(({ argument }) => argument.default !== undefined)
        .map(({ name, argument }) => [name, argument.default]),
    );
  }

  private properties(type: string) {
    return propertiesOf(resource(type)?.arguments ?? {});
  }
}

/** What is given is not decided by the service. */
const withoutInputs = (outputs: Properties, inputs: Properties): Properties =>
  Object.fromEntries(Object.entries(outputs).filter(([name]) => inputs[name] === undefined));

/**
 * One for an account ('Duplicate config': ibm-cloud-docs/track-spend-with-cloudability), into a bucket that the service may write, of
 * kinds that exist (docs of the provider, billing_report_snapshot; its schema names none).
 */
function refuseSnapshot({ cosBucket, reportTypes }: Properties, cloud: Cloud): void {
  const refused = (why: string) => new CloudError(`CreateReportsSnapshotConfigWithContext failed: ${why}`);
  const bucket = cloud
    .all()
    .find(({ type, inputs }) => type === token('cosBucket') && inputs['bucketName'] === cosBucket);
  const owner = cloud.all().find(({ id }) => bucket !== undefined && id === bucket.inputs['resourceInstanceId']);
  const isRight = ({ type, inputs }: CloudObject) =>
    type === AUTHORIZATION &&
    inputs['sourceServiceName'] === 'billing' &&
    inputs['targetServiceName'] === 'cloud-object-storage' &&
    [undefined, owner?.outputs['guid']].includes(inputs['targetResourceInstanceId']) &&
    ['Object Writer', 'Content Reader'].every((role) => (inputs['roles'] as readonly unknown[]).includes(role));
  if (cloud.all().some(({ type }) => type === SNAPSHOT)) throw refused('Duplicate config');
  if (bucket === undefined) throw refused(`no bucket ${cosBucket}`);
  if (!cloud.all().some(isRight)) throw refused(`billing may not write into ${cosBucket}`);
  const kinds = ['account_summary', 'enterprise_summary', 'account_resource_instance_usage'];
  const unknown = ((reportTypes ?? []) as readonly string[]).filter((kind) => !kinds.includes(kind));
  if (unknown.length > 0) throw refused(`no reports of ${unknown}`);
}

/** "Before you can assign hosts to clusters, first assign at least three hosts to the location" (docs of the provider, satellite_host). */
function refuseSatelliteCluster({ location }: Properties, cloud: Cloud): void {
  const hosts = cloud.all().filter(({ type, inputs }) => type === SATELLITE_HOST && inputs['location'] === location);
  const controlPlane = hosts.filter(({ inputs }) => inputs['cluster'] === undefined || inputs['cluster'] === location);
  if (controlPlane.length < 3) throw new CloudError(`the location ${location} is not normal: it has no control plane`);
}

const isCluster = ({ type }: CloudObject): boolean => type === CLUSTER || type === SATELLITE_CLUSTER;

const addonNames = ({ addons }: Properties): readonly string[] =>
  Array.isArray(addons) ? addons.map(({ name }) => name) : [];

/** The word that the id of a bucket has for the kind of its location, and the location. */
function bucketLocation(inputs: Properties): readonly [kind: string, location: unknown] | undefined {
  const kinds = {
    crossRegionLocation: 'crl',
    regionLocation: 'rl',
    singleSiteLocation: 'ssl',
    satelliteLocationId: 'sl',
  };
  return Object.entries(kinds)
    .map(([name, kind]): [string, unknown] => [kind, inputs[name]])
    .find(([, location]) => location !== undefined);
}

/** Nested names are joined with dots (`flex.Flatten` of the provider). */
function credentials({ parameters }: Properties): Properties {
  const hmac = { 'cos_hmac_keys.access_key_id': 'an-access-key', 'cos_hmac_keys.secret_access_key': 'a-secret-key' };
  const wants = typeof parameters === 'object' && parameters !== null && 'HMAC' in parameters;
  const all = { apikey: 'an-api-key', ...(wants ? hmac : {}) };
  return { credentials: all, credentialsJson: JSON.stringify(all) };
}

/** Reasons one to a line, for a test to read. */
export const reasons = (failures: readonly Failure[]): readonly string[] =>
  failures.map(([at, why]) => `${at}: ${why}`);
