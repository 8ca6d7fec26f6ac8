/** A model served on GPUs, with everything that keeps it served. */
import { type Duration, Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import type { DisruptionSpec } from '../domain/availability';
import type { ColdStartMeasurements, ProbeSpec } from '../domain/cold-start';
import type { ImageLock } from '../domain/image';
import type { RuntimeSpec } from '../domain/inference-runtime';
import type { ModelSpec } from '../domain/model-artifact';
import type { Ownership, SecretKey } from '../domain/names';
import type { GpuNodePoolPlan } from '../domain/node-pool-plan';
import type { ResourceOverrides } from '../domain/pod-resources';
import type { PriorityRung } from '../domain/priority-ladder';
import { errorsOf } from '../domain/problem';
import type { SecretSources } from '../domain/secret-source';
import { draftServing, type ServingPlan } from '../domain/serving-plan';
import type { WorkloadIdentity } from '../domain/workload-identity';
import { gpuPod } from '../kube/gpu-pod';
import { k8s } from '../kube/k8s';
import { modelLabels, podLabels, selectorLabels, workloadLabels } from '../kube/labels';
import { latePatch } from '../kube/late-patch';
import type { EgressRule, PodPeer } from '../kube/network';
import { report, settle } from '../kube/report';
import { PoolClaims } from './pool-claims';
import { drawSecretObjects } from './secret-objects';
import { draftFlows, networkPolicyOf } from './serving-network';
import {
  configData,
  deploymentAnnotations,
  podAnnotations,
  rollingUpdateOf,
  servicePorts,
  servingPod,
} from './serving-pod';
import { servingSpec } from './serving-spec';
import type { IModelCache, IModelLock, IScaler, ISlo, IWarmCapacity, ServingTarget } from './siblings';
import { drawServiceAccount } from './workload-account';

/** Props of {@link GpuInferenceService}. Only what cannot be computed is required. */
export interface GpuInferenceServiceProps {
  /** Name of the Deployment, the Service and all that belongs to them. @default the construct id */
  readonly name?: string;
  readonly namespace: string;
  readonly ownership: Ownership;
  /** The pool that the pods run on; scheduling and size of the pods follow from it. */
  readonly pool: GpuNodePoolPlan;
  /** A catalogue model, or immutable coordinates with the model's shape. */
  readonly model: ModelSpec;
  /** @default vLLM in the first version of the table, the newest whose tag a public source names */
  readonly runtime?: RuntimeSpec;
  /** Pods that always run. Left out of the Deployment once a scaler is bound. @default 3 */
  readonly replicas?: number;
  /** GPUs that one copy of the model is spread over. @default the fewest of a node that fit */
  readonly tensorParallel?: number;
  /** Longest sequence in tokens, prompt and answer together. @default as much as fits */
  readonly maxModelLen?: number;
  /** Sequences of full length that fit at once. @default at least 8, or as many as fit when maxModelLen is given */
  readonly concurrency?: number;
  /** Sequences that are decoded at the same time, of whatever length. @default 256 */
  readonly maxNumSeqs?: number;
  /** Share of each GPU's memory that the server takes. @default 0.9 */
  readonly gpuMemoryUtilisation?: number;
  /** What requests in flight get to finish when a pod ends: your longest request. @default 45 s */
  readonly drain?: Duration;
  /** Pause before the server hears of its end, so that gateways stop sending. @default 15 s */
  readonly endpointPropagation?: Duration;
  /** @default at least two pods stay */
  readonly disruption?: DisruptionSpec;
  /** Own measurements of the cold start, by stage. @default published figures */
  readonly coldStart?: ColdStartMeasurements;
  /** Paces of the probes. @default readiness 5 s x 3, liveness 10 s x 6, startup 1.5 times the p95 */
  readonly probes?: ProbeSpec;
  /** @default 90 % of the share of the node that belongs to the pod's GPUs */
  readonly resources?: ResourceOverrides;
  /** @default 'inference' */
  readonly priority?: Extract<PriorityRung, 'inference' | 'canary'>;
  /** Token for gated models. @default none */
  readonly hubToken?: SecretKey;
  /** Environment variables whose values are secrets, such as VLLM_API_KEY. @default none */
  readonly secretEnv?: Readonly<Record<string, SecretKey>>;
  /** Secrets that the image is pulled with. @default none */
  readonly imagePullSecrets?: readonly string[];
  /** How each of those secrets comes to exist, by its name. @default none */
  readonly secrets?: SecretSources;
  /** Who the pods are for their cloud. @default nobody */
  readonly identity?: WorkloadIdentity;
  /** Annotations of the ServiceAccount. @default none */
  readonly serviceAccountAnnotations?: Readonly<Record<string, string>>;
  /** Annotations of the pods; a change restarts them. @default none */
  readonly podAnnotations?: Readonly<Record<string, string>>;
  /** Whether pods wait rather than share a zone or a host more than one more than others. @default 'preferred' */
  readonly spread?: 'preferred' | 'required';
  /** Who may call the API. @default nobody, with a warning */
  readonly gateway?: PodPeer;
  /** Who may read the metrics. @default nobody */
  readonly scraper?: PodPeer;
  /** Where the server downloads weights from. @default HTTPS to every public address */
  readonly hubEgress?: readonly EgressRule[];
  /** Further destinations of the server, beside name resolution and the model hub. @default none */
  readonly egress?: readonly EgressRule[];
  /** Digests of images. @default those of the table */
  readonly images?: ImageLock;
  /** @default none */
  readonly scaler?: IScaler;
  /** @default the server downloads the weights at every start */
  readonly modelCache?: IModelCache;
  /** @default none */
  readonly warmCapacity?: IWarmCapacity;
  /** @default none */
  readonly lock?: IModelLock;
  /** @default none */
  readonly slo?: ISlo;
}

/**
 * Deployment, Service, ServiceAccount, PodDisruptionBudget and NetworkPolicy of one model on one GPU pool. Probes and
 * rollout deadline come from the cold-start budget, scheduling from the pool plan, drain from one prop.
 *
 * Wrong input draws nothing and is reported at synthesis, all of it at once: WP-NAME-*, WP-NS-002, WP-COST-*,
 * WP-SVC-*, WP-MODEL-*, WP-RUN-*, WP-IMG-*, WP-FIT-*, WP-RES-*, WP-PDB-*, WP-DRAIN-*, WP-COLD-*, WP-NET-*, WP-SEC-*,
 * WP-IDN-*, WP-POOL-014, -019 and -020.
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
  /** Name of the Deployment and the Service. */
  readonly name: string;
  readonly namespace: string;
  /** Labels that select the pods. */
  readonly podSelector: Readonly<Record<string, string>>;
  /** Everything that was decided; undefined when the input was wrong. */
  readonly plan: ServingPlan | undefined;

  constructor(scope: Construct, id: string, props: GpuInferenceServiceProps) {
    super(scope, id);
    this.name = props.name ?? id;
    this.namespace = props.namespace;
    this.podSelector = selectorLabels(this.name);
    PoolClaims.of(this).expect(this.namespace);

    const flows = draftFlows(this.name, props);
    report(this, flows.problems);
    this.plan = settle(this, draftServing(servingSpec(this.name, props)));
    if (this.plan === undefined || errorsOf(flows.problems).length > 0) return;
    drawServiceAccount(this, this.metadata(this.plan), this.plan.identity, props.serviceAccountAnnotations);
    drawSecretObjects(this, this.namespace, this.plan.ownership, this.plan.secrets);
    this.drawConfig(this.plan);
    this.drawDeployment(this.plan, props);
    this.drawService(this.plan);
    this.drawDisruptionBudget(this.plan);
    this.drawNetworkPolicy(this.plan, props);

    const { name, namespace, podSelector, plan } = this;
    const target: ServingTarget = { name, namespace, podSelector, plan };
    props.scaler?.bindScaler(target);
    props.warmCapacity?.bindWarmCapacity(target);
    props.slo?.bindSlo(target);
  }

  private metadata(plan: ServingPlan): k8s.ObjectMeta {
    const labels = {
      ...workloadLabels(this.name, 'model-server', plan.ownership, plan.pool),
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
    const { pool, fit } = plan;
    const claims = PoolClaims.of(this);
    claims.add(pool, {
      claimant: this.node.path,
      name: this.name,
      namespace: this.namespace,
      pods: plan.maxReplicas,
      gpusPerPod: fit.tensorParallel,
      preemptible: false,
    });
    const metadata = this.metadata(plan);
    const pod = gpuPod(servingPod(plan, this.podSelector, props));
    const deployment = new k8s.KubeDeployment(this, 'deployment', {
      metadata: { ...metadata, annotations: deploymentAnnotations(plan) },
      spec: {
        replicas: plan.replicas,
        progressDeadlineSeconds: plan.timers.progressDeadlineSeconds,
        selector: { matchLabels: this.podSelector },
        strategy: {
          type: 'RollingUpdate',
          // Decided when every workload of the pool has claimed its GPUs.
          rollingUpdate: Lazy.any({ produce: () => rollingUpdateOf(claims.rollingUpdate(pool)) }),
        },
        template: {
          metadata: {
            labels: { ...podLabels(metadata.labels ?? {}), ...plan.identity.podLabels },
            annotations: podAnnotations(plan, props.podAnnotations),
          },
          spec: pod.spec,
        },
      },
    });
    latePatch(deployment, ...pod.latePatches('/spec/template/spec'));
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
        selector: { matchLabels: this.podSelector },
        // A pod that never got ready must not hold up a drain.
        unhealthyPodEvictionPolicy: 'AlwaysAllow',
      },
    });
  }

  private drawNetworkPolicy(plan: ServingPlan, props: GpuInferenceServiceProps): void {
    const spec = networkPolicyOf(plan, this.podSelector, props);
    new k8s.KubeNetworkPolicy(this, 'network-policy', { metadata: this.metadata(plan), spec });
  }
}
