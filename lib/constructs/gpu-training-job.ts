/** Batch work on GPUs that inference may push out. */
import type { Duration } from 'cdk8s';
import { Construct } from 'constructs';
import type { ClaimMount, PlainEnv, SecretEnv } from '../domain/container-extras';
import type { ImageLock } from '../domain/image';
import { checkObjectName, type Ownership } from '../domain/names';
import type { GpuNodePoolPlan } from '../domain/node-pool-plan';
import { ANNOTATIONS } from '../domain/node-vocabulary';
import type { ResourceOverrides } from '../domain/pod-resources';
import { Findings } from '../domain/problem';
import type { SecretSources } from '../domain/secret-source';
import { CHECKPOINTS, draftTraining, TRAINER_CONTAINER, type TrainingPlan } from '../domain/training-plan';
import type { WorkloadIdentity } from '../domain/workload-identity';
import { gpuPod } from '../kube/gpu-pod';
import { k8s } from '../kube/k8s';
import { podLabels, selectorLabels, workloadLabels } from '../kube/labels';
import { draftEgress, type EgressRule, egressTo, egressToDns } from '../kube/network';
import { podSecrets } from '../kube/pod-secrets';
import { bytes } from '../kube/quantity';
import { report, settle } from '../kube/report';
import { PoolClaims } from './pool-claims';
import { drawSecretObjects } from './secret-objects';
import { draftSecretEgress } from './serving-network';
import { drawServiceAccount } from './workload-account';

/** A disk that outlives the pods of a job. */
export interface CheckpointDisk {
  readonly sizeGiB: number;
  /** A class of the cluster: 'managed-csi-premium' on AKS, 'ibmc-vpc-block-10iops-tier' on IKS. */
  readonly storageClassName: string;
}

/** Props of {@link GpuTrainingJob}. */
export interface GpuTrainingJobProps {
  /** @default the construct id */
  readonly name?: string;
  /** Appended to the name. A Job cannot be changed: to run it again, or changed, give another. @default nothing */
  readonly run?: string;
  readonly namespace: string;
  readonly ownership: Ownership;
  /** A training pool, or an inference pool whose free GPUs the job may borrow. */
  readonly pool: GpuNodePoolPlan;
  /** `repository:tag[@sha256:...]`, exact. */
  readonly image: string;
  readonly command: readonly string[];
  readonly args?: readonly string[];
  /** The job is given up after this long. */
  readonly activeDeadline: Duration;
  /** @default all GPUs of a node; one instance where they are cut */
  readonly gpus?: number;
  /** A disk of the job's own, writable at /checkpoints; a job that is pushed out starts over without one. @default none */
  readonly checkpoints?: CheckpointDisk;
  /** What the job gets to write a checkpoint when it is pushed out. @default 120 s */
  readonly checkpointGrace?: Duration;
  /** Attempts after real failures. @default 3 */
  readonly backoffLimit?: number;
  /** Removes the finished Job after this long. Under GitOps that starts it again. @default it stays */
  readonly ttlAfterFinished?: Duration;
  /** Environment variables with plain values. @default none */
  readonly env?: PlainEnv;
  /** Environment variables whose values are secrets. @default none */
  readonly secretEnv?: SecretEnv;
  /** Secrets that the image is pulled with. @default none */
  readonly imagePullSecrets?: readonly string[];
  /** How each of those secrets comes to exist, by its name. @default none */
  readonly secrets?: SecretSources;
  /** Who the pod is for its cloud. @default nobody */
  readonly identity?: WorkloadIdentity;
  /** Existing claims of the namespace, such as training data. @default none */
  readonly claims?: readonly ClaimMount[];
  /** @default 1000 */
  readonly runAsUser?: number;
  readonly resources?: ResourceOverrides;
  /** Destinations beside name resolution. @default none */
  readonly egress?: readonly EgressRule[];
  readonly images?: ImageLock;
}

const GIB = 1024 ** 3;

/**
 * A Job of one pod at batch priority. Being pushed out by inference, drained or lost with its node does not count
 * against `backoffLimit`.
 *
 * Errors: WP-NAME-*, WP-NS-002, WP-COST-*, WP-TRAIN-*, WP-MIG-005, WP-IMG-*, WP-RES-*, WP-RUN-007, -008 and -013, WP-NET-002,
 * WP-SEC-*, WP-IDN-*, WP-POOL-014 and -020.
 *
 * @example
 * new GpuTrainingJob(chart, 'finetune', {
 *   namespace: 'training',
 *   ownership,
 *   pool,
 *   image: 'pytorch/pytorch:2.9.1-cuda13.0-cudnn9-runtime',
 *   command: ['torchrun', '/workspace/train.py'],
 *   activeDeadline: Duration.hours(12),
 * });
 */
export class GpuTrainingJob extends Construct {
  readonly name: string;
  readonly namespace: string;
  /** Everything that was decided; undefined when the input was wrong. */
  readonly plan: TrainingPlan | undefined;

  constructor(scope: Construct, id: string, props: GpuTrainingJobProps) {
    super(scope, id);
    this.name = [props.name ?? id, props.run].filter((part) => part !== undefined).join('-');
    this.namespace = props.namespace;
    PoolClaims.of(this).expect(this.namespace);

    settle(this, draftEgress(props.egress ?? []));
    settle(this, draftSecretEgress(props.secrets ?? {}));
    this.plan = settle(
      this,
      draftTraining({
        ...props,
        name: this.name,
        activeDeadlineSeconds: props.activeDeadline.toSeconds({ integral: false }),
        checkpointSeconds: props.checkpointGrace?.toSeconds({ integral: false }),
        ttlSeconds: props.ttlAfterFinished?.toSeconds({ integral: false }),
      }),
    );
    if (this.plan === undefined) return;

    PoolClaims.of(this).add(this.plan.pool, {
      claimant: this.node.path,
      name: this.name,
      namespace: this.namespace,
      pods: 1,
      gpusPerPod: this.plan.resources.gpus,
      preemptible: true,
    });
    drawServiceAccount(this, this.metadata(this.plan), this.plan.identity);
    drawSecretObjects(this, this.namespace, this.plan.ownership, this.plan.secrets);
    this.drawCheckpoints(this.plan, props.checkpoints);
    this.drawJob(this.plan, props);
    this.drawNetworkPolicy(this.plan, props.egress ?? []);
  }

  private metadata(plan: TrainingPlan): k8s.ObjectMeta {
    const labels = workloadLabels(this.name, 'training', plan.ownership, plan.pool);
    return { name: this.name, namespace: this.namespace, labels };
  }

  private drawCheckpoints(plan: TrainingPlan, disk: CheckpointDisk | undefined): void {
    if (disk === undefined) return;
    const findings = new Findings('checkpoints.');
    if (!(Number.isInteger(disk.sizeGiB) && disk.sizeGiB >= 1)) {
      findings.error('WP-RES-005', 'sizeGiB', disk.sizeGiB, {
        message: 'this is no size of a disk',
        allowed: 'whole GiB from 1 up',
        fix: 'give the size of a few checkpoints',
      });
    }
    checkObjectName(findings, 'storageClassName', disk.storageClassName);
    report(this, findings.problems);
    new k8s.KubePersistentVolumeClaim(this, 'checkpoints', {
      metadata: this.metadata(plan),
      spec: {
        // One pod writes; the disk follows it to the next node.
        accessModes: ['ReadWriteOnce'],
        storageClassName: disk.storageClassName,
        resources: { requests: { storage: bytes(disk.sizeGiB * GIB) } },
      },
    });
  }

  private drawJob(plan: TrainingPlan, props: GpuTrainingJobProps): void {
    const metadata = this.metadata(plan);
    const { spec } = gpuPod({
      containerName: TRAINER_CONTAINER,
      pool: plan.pool,
      priority: 'batch',
      uid: plan.uid,
      gid: plan.uid,
      image: plan.image,
      command: plan.command,
      args: plan.args,
      env: plan.env,
      secrets: podSecrets(plan.secrets, plan.identity),
      serviceAccountName: this.name,
      imagePullSecrets: props.imagePullSecrets,
      resources: plan.resources,
      home: plan.home,
      terminationGracePeriodSeconds: plan.terminationGracePeriodSeconds,
      claims: [
        ...(props.checkpoints ? [{ claimName: this.name, mountPath: CHECKPOINTS, readOnly: false }] : []),
        ...(props.claims ?? []),
      ],
      restartPolicy: 'Never',
    });
    const { annotations, podAnnotations } = plan.secrets;
    new k8s.KubeJob(this, 'job', {
      metadata: { ...metadata, annotations: Object.keys(annotations).length === 0 ? undefined : annotations },
      spec: {
        backoffLimit: plan.backoffLimit,
        activeDeadlineSeconds: plan.activeDeadlineSeconds,
        ttlSecondsAfterFinished: plan.ttlSeconds,
        podFailurePolicy: {
          rules: [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] }],
        },
        template: {
          metadata: {
            labels: { ...podLabels(metadata.labels ?? {}), ...plan.identity.podLabels },
            annotations: { [ANNOTATIONS.safeToEvict]: 'false', ...podAnnotations },
          },
          spec,
        },
      },
    });
  }

  private drawNetworkPolicy(plan: TrainingPlan, egress: readonly EgressRule[]): void {
    new k8s.KubeNetworkPolicy(this, 'network-policy', {
      metadata: this.metadata(plan),
      spec: {
        podSelector: { matchLabels: selectorLabels(this.name) },
        policyTypes: ['Ingress', 'Egress'],
        egress: [egressToDns(), ...[...plan.secrets.egress, ...egress].map(egressTo)],
      },
    });
  }
}
