import * as pulumi from '@pulumi/pulumi';
import { getPackage, isResource, type PropertyNames, resourceInputs, resourceOptions } from './package';

const NAMES: PropertyNames = {
  required: ['location', 'hostId'],
  optional: ['cluster', 'workerPool', 'labels', 'zone', 'hostProvider', 'waitTill'],
  outputs: ['hostState'],
};

export interface SatelliteHostArgs {
  /** Name or id of the Satellite location. */
  readonly location: pulumi.Input<string>;
  /** Name or id of the host. */
  readonly hostId: pulumi.Input<string>;
  /** Name or id of the cluster. @default the control plane of the location */
  readonly cluster?: pulumi.Input<string>;
  /** Name or id of the worker pool. */
  readonly workerPool?: pulumi.Input<string>;
  /** Labels of the host, `key:value`. */
  readonly labels?: pulumi.Input<pulumi.Input<string>[]>;
  /** Zone. */
  readonly zone?: pulumi.Input<string>;
  /** Cloud of the host: `aws`, `azure`, `google` or `ibm`. */
  readonly hostProvider?: pulumi.Input<string>;
  /** What it waits for: `location_normal`. @default nothing */
  readonly waitTill?: pulumi.Input<string>;
}

/** Assigns a host that has run the attach script to the control plane or to a cluster. Its id is `<location>/<host>`. */
export class SatelliteHost extends pulumi.CustomResource {
  /** Token. */
  static readonly __pulumiType = 'ibm:index/satelliteHost:SatelliteHost';

  /** Looks up one that exists, by its id. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, opts?: pulumi.CustomResourceOptions): SatelliteHost {
    return new SatelliteHost(name, undefined as never, { ...opts, id });
  }

  static override isInstance(object: unknown): object is SatelliteHost {
    return isResource(object, SatelliteHost.__pulumiType);
  }

  declare readonly location: pulumi.Output<string>;
  declare readonly hostId: pulumi.Output<string>;
  declare readonly cluster: pulumi.Output<string>;
  declare readonly workerPool: pulumi.Output<string>;
  declare readonly labels: pulumi.Output<string[]>;
  declare readonly zone: pulumi.Output<string>;
  declare readonly hostProvider: pulumi.Output<string | undefined>;
  declare readonly waitTill: pulumi.Output<string | undefined>;
  declare readonly hostState: pulumi.Output<string>;

  /** @throws when a required argument is missing */
  constructor(name: string, args: SatelliteHostArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      SatelliteHost.__pulumiType,
      name,
      resourceInputs(args, NAMES, opts),
      resourceOptions(NAMES, opts),
      false,
      getPackage(),
    );
  }
}
