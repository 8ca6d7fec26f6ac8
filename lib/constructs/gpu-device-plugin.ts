/** NVIDIA's device plugin on the GPU pools that have none. */
import { Construct } from 'constructs';
import { DEVICE_PLUGIN_IMAGE } from '../domain/gpu-add-ons';
import { draftPinnedImage } from '../domain/image';
import type { MigStrategy } from '../domain/mig';
import type { Ownership } from '../domain/names';
import type { GpuNodePoolPlan } from '../domain/node-pool-plan';
import { k8s } from '../kube/k8s';
import { ownershipLabels, selectorLabels } from '../kube/labels';
import { settle } from '../kube/report';
import { poolAffinity, tolerationsOf } from '../kube/scheduling';
import { draftGpuAddOn, drawPrivilegedNamespace, type GpuAddOnProps } from './gpu-add-on';

const NAME = 'nvidia-device-plugin';
const SOCKETS = '/var/lib/kubelet/device-plugins';

/** NVIDIA/k8s-device-plugin deployments/helm templates: the strategy, and the right to watch every instance. */
function migEnv(strategy: MigStrategy): k8s.EnvVar[] {
  return [
    { name: 'MIG_STRATEGY', value: strategy },
    { name: 'NVIDIA_MIG_MONITOR_DEVICES', value: 'all' },
  ];
}

/**
 * The device plugin as a DaemonSet on exactly the GPU pools, with exactly their tolerations. Without it an AKS GPU node
 * offers no `nvidia.com/gpu`, and one such node stops scale-up of the whole cluster (kubernetes/autoscaler#10301).
 * Pools whose GPUs are cut get a DaemonSet for each MIG strategy; only that one may watch instances.
 *
 * Errors: WP-PLUG-001 where the cloud or the GPU Operator brings the plugin; WP-COST-001, WP-NAME-003, WP-NS-002,
 * WP-IMG-*.
 *
 * @example
 * new GpuDevicePlugin(chart, 'device-plugin', { pools, ownership });
 */
export class GpuDevicePlugin extends Construct {
  constructor(scope: Construct, id: string, props: GpuAddOnProps) {
    super(scope, id);
    const namespace = props.namespace ?? 'gpu-resources';

    const pools = settle(this, draftGpuAddOn(props, 'device-plugin', namespace));
    const image = settle(this, draftPinnedImage('image', DEVICE_PLUGIN_IMAGE, props.images));
    if (pools === undefined || image === undefined || pools.length === 0) return;

    drawPrivilegedNamespace(this, namespace, props.ownership);
    for (const strategy of [undefined, 'single', 'mixed'] as const) {
      const served = pools.filter(({ mig }) => mig?.strategy === strategy);
      if (served.length > 0) this.drawPlugin(served, strategy, namespace, image, props.ownership);
    }
  }

  /** A plugin has one strategy, so pools that are cut differently get plugins of their own. */
  private drawPlugin(
    pools: readonly GpuNodePoolPlan[],
    strategy: MigStrategy | undefined,
    namespace: string,
    image: string,
    ownership: Ownership,
  ): void {
    const name = strategy === undefined ? NAME : `${NAME}-mig-${strategy}`;
    const labels = { ...selectorLabels(name), ...ownershipLabels(ownership) };
    new k8s.KubeDaemonSet(this, strategy === undefined ? 'plugin' : `plugin-mig-${strategy}`, {
      metadata: { name, namespace, labels },
      spec: {
        selector: { matchLabels: selectorLabels(name) },
        updateStrategy: { type: 'RollingUpdate' },
        template: { metadata: { labels }, spec: this.podSpec(pools, strategy, image) },
      },
    });
  }

  /** As NVIDIA's static manifest, but on the GPU pools only. */
  private podSpec(pools: readonly GpuNodePoolPlan[], strategy: MigStrategy | undefined, image: string): k8s.PodSpec {
    return {
      priorityClassName: 'system-node-critical',
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      tolerations: tolerationsOf(pools),
      affinity: poolAffinity(pools),
      securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          name: 'device-plugin',
          image,
          imagePullPolicy: 'IfNotPresent',
          env: strategy && migEnv(strategy),
          // NVIDIA's chart adds the capability where it watches instances, and drops everything where it does not.
          securityContext: strategy
            ? { capabilities: { add: ['SYS_ADMIN'] } }
            : { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
          resources: {
            requests: { cpu: k8s.Quantity.fromString('50m'), memory: k8s.Quantity.fromString('64Mi') },
          },
          volumeMounts: [{ name: 'device-plugins', mountPath: SOCKETS }],
        },
      ],
      volumes: [{ name: 'device-plugins', hostPath: { path: SOCKETS, type: 'Directory' } }],
    };
  }
}
