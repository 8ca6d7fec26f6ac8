/** A model served on GPUs, with everything that keeps it served. */
import { Construct } from 'constructs';
import { errorsOf } from '../domain/problem';
import type { ServingPlan } from '../domain/serving-plan';
import { draftSplitServing } from '../domain/spot-plan';
import { k8s } from '../kube/k8s';
import { modelLabels, workloadLabels } from '../kube/labels';
import { report, settle } from '../kube/report';
import { verticalPodAutoscaler } from '../kube/vertical-pod-autoscaler';
import { drawInferenceService, podSelectorOf } from './kserve-workload';
import { PoolClaims } from './pool-claims';
import { drawSecretObjects } from './secret-objects';
import { drawServingDeployment } from './serving-deployment';
import { draftFlows, networkPolicyOf } from './serving-network';
import { configData, planAnnotation, servicePorts, servingPod } from './serving-pod';
import type { GpuInferenceServiceProps } from './serving-props';
import { servingSpec } from './serving-spec';
import type { ServingTarget } from './siblings';
import { drawSpotCapacity, MODEL_SERVER, scaledPart, sharedLabels } from './spot-capacity';
import { drawServiceAccount } from './workload-account';

/**
 * Deployment, Service, ServiceAccount, PodDisruptionBudget and NetworkPolicy of one model on one GPU pool. Probes and
 * rollout deadline come from the cold-start budget, scheduling from the pool plan, drain from one prop.
 *
 * With `spot`, a second Deployment `<name>-spot` stands behind the same Service and policy. The disruption budget holds
 * the floor alone: whatever drains take of it, `disruption.minAvailable` pods are left when every spot node is gone. A
 * scaler then owns the spot pods and the floor stays as it is. Adding spot capacity restarts no pod of the floor.
 *
 * Wrong input draws nothing and is reported at synthesis, all of it at once: WP-NAME-*, WP-NS-002, WP-COST-*,
 * WP-SVC-*, WP-SPOT-*, WP-MIG-005, WP-MODEL-*, WP-LORA-*, WP-KS-*, WP-RUN-*, WP-IMG-*, WP-FIT-*, WP-RES-*, WP-PDB-*,
 * WP-DRAIN-*, WP-COLD-*, WP-NET-*, WP-SEC-*, WP-IDN-*, WP-POOL-014, -019 and -020.
 *
 * @example
 * new GpuInferenceService(chart, 'chat', {
 *   namespace: 'chat',
 *   ownership,
 *   pool,
 *   model: { catalogue: 'qwen3-8b' },
 *   gateway: { namespace: 'gateway' },
 * });
 */
export class GpuInferenceService extends Construct {
  /** Name of the service; `plan.names` holds those of its Deployment and Service. */
  readonly name: string;
  readonly namespace: string;
  /** Labels that select the pods. */
  readonly podSelector: Readonly<Record<string, string>>;
  /** Labels that select the pods without those on spot nodes. */
  private readonly floorSelector: Readonly<Record<string, string>>;
  /** Everything that was decided; undefined when the input was wrong. */
  readonly plan: ServingPlan | undefined;
  /** What was decided for the pods on spot nodes; undefined without spot capacity. */
  readonly spotPlan: ServingPlan | undefined;

  constructor(scope: Construct, id: string, props: GpuInferenceServiceProps) {
    super(scope, id);
    this.name = props.name ?? id;
    this.namespace = props.namespace;
    const kserve = props.backend?.kserve;
    this.floorSelector = podSelectorOf(this.name, props.backend);
    this.podSelector = props.spot === undefined ? this.floorSelector : sharedLabels(this.name);
    PoolClaims.of(this).expect(this.namespace);

    const flows = draftFlows(this.name, props);
    report(this, flows.problems);
    const parts = settle(this, draftSplitServing(servingSpec(this.name, props), props.spot));
    this.plan = parts?.floor;
    this.spotPlan = parts?.spot;
    if (this.plan === undefined || errorsOf(flows.problems).length > 0) return;
    drawServiceAccount(this, this.metadata(this.plan), this.plan.identity, {
      ...props.serviceAccountAnnotations,
      // KServe copies annotations of an InferenceService to the pods: a new sum would restart them.
      ...(kserve && planAnnotation(this.plan)),
    });
    drawSecretObjects(this, this.namespace, this.plan.ownership, this.plan.secrets);
    this.drawConfig(this.plan);
    if (kserve === undefined) {
      this.drawDeployment(this.plan, props);
      if (this.spotPlan) drawSpotCapacity(this, this.name, this.spotPlan, props);
      this.drawService(this.plan);
    } else {
      drawInferenceService(this, this.plan, props, kserve, this.metadata(this.plan));
    }
    this.drawDisruptionBudget(this.plan);
    this.drawNetworkPolicy(this.plan, props);
    if (props.recommendResources) this.drawRecommendations(this.plan, this.spotPlan);

    const { name, namespace, podSelector, plan } = this;
    const target: ServingTarget = { ...plan.names, name, namespace, podSelector, plan };
    props.scaler?.bindScaler(this.spotPlan ? scaledPart(target, this.spotPlan) : target, this);
    const pod = servingPod(plan, this.floorSelector, props);
    props.warmCapacity?.bindWarmCapacity({ ...target, pod }, this);
    props.slo?.bindSlo(target);
  }

  private metadata(plan: ServingPlan): k8s.ObjectMeta {
    const labels = {
      ...workloadLabels(this.name, MODEL_SERVER, plan.ownership, plan.pool),
      ...modelLabels(plan.model),
    };
    return { name: this.name, namespace: this.namespace, labels };
  }

  private drawConfig(plan: ServingPlan): void {
    const { config } = plan.launch;
    if (config === undefined) return;
    new k8s.KubeConfigMap(this, 'config', { metadata: this.metadata(plan), data: configData(config) });
  }

  private drawDeployment(plan: ServingPlan, props: GpuInferenceServiceProps): void {
    const selector = this.floorSelector;
    drawServingDeployment(this, 'deployment', {
      plan,
      metadata: this.metadata(plan),
      selector,
      pod: servingPod(plan, selector, props),
      annotations: props.podAnnotations,
    });
  }

  private drawService(plan: ServingPlan): void {
    new k8s.KubeService(this, 'service', {
      metadata: this.metadata(plan),
      spec: { type: 'ClusterIP', selector: this.podSelector, ports: servicePorts(plan) },
    });
  }

  private drawDisruptionBudget(plan: ServingPlan): void {
    if (plan.minAvailable === undefined) return;
    new k8s.KubePodDisruptionBudget(this, 'disruption-budget', {
      metadata: this.metadata(plan),
      spec: {
        minAvailable: k8s.IntOrString.fromNumber(plan.minAvailable),
        // The floor only: counted with spot pods, a drain could take the floor, and then the cloud the rest.
        selector: { matchLabels: this.floorSelector },
        // A pod that never got ready must not hold up a drain.
        unhealthyPodEvictionPolicy: 'AlwaysAllow',
      },
    });
  }

  /** One for each Deployment: CPUs differ with the machine. */
  private drawRecommendations(plan: ServingPlan, spotPlan: ServingPlan | undefined): void {
    for (const { name, names } of spotPlan ? [plan, spotPlan] : [plan]) {
      const id = name === plan.name ? 'recommendation' : 'spot-recommendation';
      verticalPodAutoscaler(this, id, { ...names, metadata: { ...this.metadata(plan), name } });
    }
  }

  private drawNetworkPolicy(plan: ServingPlan, props: GpuInferenceServiceProps): void {
    const spec = networkPolicyOf(plan, this.podSelector, props);
    new k8s.KubeNetworkPolicy(this, 'network-policy', { metadata: this.metadata(plan), spec });
  }
}
