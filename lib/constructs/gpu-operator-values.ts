/** Values for NVIDIA's GPU Operator, whose chart the platform team installs. */
import { Yaml } from 'cdk8s';
import { Construct } from 'constructs';
import { GPU_OPERATOR_CHART } from '../domain/gpu-add-ons';
import { draftOperatorStrategy } from '../domain/mig-operator';
import type { GpuNodePoolPlan } from '../domain/node-pool-plan';
import { ANNOTATIONS } from '../domain/node-vocabulary';
import { k8s } from '../kube/k8s';
import { ownershipLabels } from '../kube/labels';
import { settle } from '../kube/report';
import { tolerationsOf } from '../kube/scheduling';
import { draftGpuAddOn, drawPrivilegedNamespace, type GpuAddOnProps } from './gpu-add-on';

const NAME = 'gpu-operator-values';

/**
 * Each pool says by a label how it is cut; the operator has one strategy for all. In a cloud the MIG manager has to be
 * allowed to reboot a node (docs.nvidia.com gpu-operator-mig.html).
 */
function migValues(pools: readonly GpuNodePoolPlan[]): object {
  const [mig] = pools.flatMap((pool) => pool.mig ?? []);
  if (mig === undefined) return {};
  return {
    mig: { strategy: mig.strategy },
    migManager: { enabled: true, env: [{ name: 'WITH_REBOOT', value: 'true' }] },
  };
}

/**
 * A privileged namespace and a ConfigMap with the Helm values that make the operator's DaemonSets tolerate the GPU
 * pools. Helm replaces lists, so the list is complete. Flux reads it by `valuesFrom`, others by
 * `helm upgrade --install -f`; the chart itself is not part of the output.
 *
 * Errors: WP-PLUG-001 where the cloud or the device plugin brings the GPUs; WP-MIG-004, WP-COST-001, WP-NAME-003, WP-NS-002.
 *
 * @example
 * new GpuOperatorValues(chart, 'gpu-operator', { pools, ownership });
 */
export class GpuOperatorValues extends Construct {
  constructor(scope: Construct, id: string, props: GpuAddOnProps) {
    super(scope, id);
    const namespace = props.namespace ?? 'gpu-operator';

    const pools = settle(this, draftGpuAddOn(props, 'gpu-operator', namespace));
    const agreed = settle(this, draftOperatorStrategy(props.pools));
    if (pools === undefined || agreed === undefined || pools.length === 0) return;

    const tolerations = tolerationsOf(pools);
    // The pools are planned without the cloud's driver, so the operator brings it.
    const driver = { enabled: true };
    const values = {
      driver,
      ...migValues(pools),
      daemonsets: { tolerations },
      'node-feature-discovery': { worker: { tolerations } },
    };
    drawPrivilegedNamespace(this, namespace, props.ownership);
    new k8s.KubeConfigMap(this, 'values', {
      metadata: {
        name: NAME,
        namespace,
        labels: ownershipLabels(props.ownership),
        annotations: { [ANNOTATIONS.chart]: `${GPU_OPERATOR_CHART.name} ${GPU_OPERATOR_CHART.version}` },
      },
      data: { 'values.yaml': Yaml.stringify(values) },
    });
  }
}
