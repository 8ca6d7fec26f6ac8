/** Machines outside IBM Cloud that attach to an environment. */
import {
  ComponentResource,
  type ComponentResourceOptions,
  type Output,
  output,
  type Resource,
  secret,
} from '@pulumi/pulumi';
import {
  getSatelliteAttachHostScriptOutput,
  SatelliteCluster,
  SatelliteClusterWorkerPool,
  SatelliteHost,
  SatelliteLocation,
} from '../../../imports/ibm';
import type { SatellitePlan, SatelliteWorkersSpec } from '../../domain/satellite';

/** How long IBM may take (the defaults of terraform-provider-ibm 2.5.0). */
const HOST_TIMEOUT = '75m';
const CLUSTER_TIMEOUT = '2h';

/** The provider wants the cloud of a host or commands of its owner; a machine of a data centre needs neither. */
const NO_COMMANDS = '# packages are installed already';

/** IBM finds no host of a control plane by labels: this one is for whoever reads a list of hosts. */
const CONTROL_PLANE_LABELS: readonly string[] = ['use:control-plane'];

/** Props of {@link IksSatellite}. */
export interface IksSatelliteProps {
  readonly plan: SatellitePlan;
  readonly resourceGroupId?: string;
  readonly tags: readonly string[];
}

/** Which hosts a script is for. */
export type SatelliteHostRole = 'controlPlane' | 'system' | 'workers';

/** What a host runs, and where the provider has written it. */
export interface SatelliteHostScript {
  readonly text: Output<string>;
  readonly path: Output<string>;
}

/**
 * A Satellite location with an OpenShift cluster, beside the cluster of the environment. It grows in two steps, because
 * hosts attach themselves: the location first, then, once the plan names the hosts of the control plane, the cluster and
 * its workers. IBM finds the workers' hosts by their labels.
 *
 * A location is fixed when it is made, as is the name of its cluster: another name is another of each, with hosts of its
 * own, and IBM refuses other zones under the same name.
 *
 * @example
 * const satellite = new IksSatellite('prod-iks', { plan, tags });
 * const { text: userData } = satellite.hostScript('workers');
 */
export class IksSatellite extends ComponentResource {
  /** Token. */
  static readonly type = 'warmpath:iks:IksSatellite';

  readonly locationId: Output<string>;
  /** Absent as long as there is no cluster. */
  readonly clusterId?: Output<string>;
  /** How a person gets the scripts of hosts, by what the hosts are for. */
  readonly attachCommands: Readonly<Record<SatelliteHostRole, string>>;
  private readonly plan: SatellitePlan;

  constructor(name: string, props: IksSatelliteProps, options?: ComponentResourceOptions) {
    super(IksSatellite.type, name, {}, options);
    const { plan, resourceGroupId } = props;
    const shared = { resourceGroupId, tags: [...props.tags] };
    this.plan = plan;
    const location = new SatelliteLocation(
      plan.location,
      {
        location: plan.location,
        managedFrom: plan.managedFrom,
        zones: [...plan.zones],
        coreosEnabled: plan.operatingSystem === 'RHCOS',
        ...shared,
      },
      { parent: this },
    );
    this.locationId = location.id;
    this.attachCommands = {
      controlPlane: this.attachCommand('controlPlane'),
      system: this.attachCommand('system'),
      workers: this.attachCommand('workers'),
    };
    if (plan.controlPlaneHosts.length > 0) this.clusterId = this.makeCluster(this.assignHosts(), shared);
    this.registerOutputs({ locationId: this.locationId });
  }

  /**
   * The script that attaches a host: an ignition file for RHCOS. It holds a key of the location, so its text is a secret.
   * Asked of IBM when it is called, which makes a new key, and the provider writes the file where the program runs, readable
   * for every user there (terraform-provider-ibm 2.5.0): call it where hosts are made, and not in every run.
   */
  hostScript(role: SatelliteHostRole): SatelliteHostScript {
    const { hostProvider, operatingSystem } = this.plan;
    const script = getSatelliteAttachHostScriptOutput(
      {
        location: this.locationId,
        labels: [...this.labelsOf(role)],
        ...(hostProvider === undefined ? { customScript: NO_COMMANDS } : { hostProvider }),
        ...(operatingSystem === 'RHCOS' && { coreosHost: true }),
      },
      { parent: this },
    );
    return { text: secret(script.hostScript), path: script.scriptPath };
  }

  private labelsOf(role: SatelliteHostRole): readonly string[] {
    return role === 'controlPlane' ? CONTROL_PLANE_LABELS : this.plan[role].hostLabels;
  }

  private attachCommand(role: SatelliteHostRole): string {
    const { location, operatingSystem } = this.plan;
    // The command line writes a label with '=' (ibm-cloud-docs/satellite attach-hosts.md).
    const labels = this.labelsOf(role).map((label) => `--host-label ${label.replace(':', '=')}`);
    const system = operatingSystem === 'RHCOS' ? 'RHCOS' : 'RHEL';
    return ['ibmcloud sat host attach', `--location ${location}`, ...labels, `--operating-system ${system}`].join(' ');
  }

  private assignHosts(): readonly Resource[] {
    const { location, controlPlaneHosts, hostProvider } = this.plan;
    const hosts: SatelliteHost[] = [];
    for (const [index, { name, zone }] of controlPlaneHosts.entries()) {
      const isLast = index + 1 === controlPlaneHosts.length;
      const host = new SatelliteHost(
        `${location}-${name}`,
        {
          location: this.locationId,
          hostId: name,
          zone,
          hostProvider,
          // Only the last one can: a location is normal when all are there.
          ...(isLast && { waitTill: 'location_normal' }),
        },
        {
          parent: this,
          dependsOn: isLast ? [...hosts] : [],
          // The provider assigns a host once, and takes another zone for no change of it.
          replaceOnChanges: ['zone'],
          deleteBeforeReplace: true,
          customTimeouts: { create: HOST_TIMEOUT },
        },
      );
      hosts.push(host);
    }
    return hosts;
  }

  private makeCluster(
    hosts: readonly Resource[],
    shared: { readonly resourceGroupId: string | undefined; readonly tags: string[] },
  ): Output<string> {
    const { plan } = this;
    const { operatingSystem, workers } = plan;
    const cluster = new SatelliteCluster(
      plan.location,
      {
        name: plan.location,
        location: this.locationId,
        kubeVersion: plan.kubeVersion,
        operatingSystem,
        ...this.workersOf(plan.system),
        ...shared,
      },
      { parent: this, dependsOn: [...hosts], customTimeouts: { create: CLUSTER_TIMEOUT, update: CLUSTER_TIMEOUT } },
    );
    new SatelliteClusterWorkerPool(
      `${plan.location}-${workers.pool}`,
      {
        cluster: cluster.id,
        name: workers.pool,
        operatingSystem,
        ...this.workersOf(workers),
        workerPoolLabels: { ...workers.labels },
        resourceGroupId: shared.resourceGroupId,
      },
      // Labels of hosts replace the pool, and two cannot bear one name.
      { parent: this, deleteBeforeReplace: true, customTimeouts: { create: CLUSTER_TIMEOUT } },
    );
    return output(cluster.id);
  }

  private workersOf({ hostLabels, workersPerZone }: SatelliteWorkersSpec) {
    return {
      zones: this.plan.zones.map((id) => ({ id })),
      workerCount: workersPerZone,
      hostLabels: [...hostLabels],
    };
  }
}
