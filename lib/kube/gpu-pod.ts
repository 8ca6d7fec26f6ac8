/** The GPU pod, in one place: scheduling from the pool plan, Pod Security restricted, writable only where needed. */
import { JsonPatch } from 'cdk8s';
import type { DrainPlan } from '../domain/availability';
import type { ProbePace } from '../domain/cold-start';
import { COMPILE_CACHE, type CompileCachePlan } from '../domain/compile-cache';
import type { ClaimMount } from '../domain/container-extras';
import type { GpuNodePoolPlan } from '../domain/node-pool-plan';
import type { PodResources } from '../domain/pod-resources';
import { PRIORITY_LADDER, type PriorityRung } from '../domain/priority-ladder';
import { shellLine, startCommand } from '../domain/start-script';
import { idleInitContainer } from './idle-container';
import { k8s } from './k8s';
import { type Mounted, type PodSecrets, secretVolumes } from './pod-secrets';
import { bytes, count, millicores } from './quantity';
import { poolAffinity, tolerationsOf } from './scheduling';

/** An HTTP health check. */
export interface HttpProbe extends ProbePace {
  readonly path: string;
  readonly port: string;
  readonly timeoutSeconds: number;
}

/** A named port of the container. */
export interface ContainerPort {
  readonly name: string;
  readonly port: number;
}

/** Files of a ConfigMap, each mounted read-only by itself. */
export interface ConfigMount {
  readonly configMapName: string;
  /** Absolute path by key of the ConfigMap. */
  readonly paths: Readonly<Record<string, string>>;
}

/** An OCI image as a volume. */
export interface ImageMount {
  /** Name of the volume. */
  readonly name: string;
  readonly reference: string;
  readonly mountPath: string;
}

/** Everything that a GPU pod is drawn from. */
export interface GpuPodInput {
  readonly containerName: string;
  readonly pool: GpuNodePoolPlan;
  readonly priority: PriorityRung;
  readonly uid: number;
  readonly gid: number;
  readonly image: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly secrets: PodSecrets;
  readonly resources: PodResources;
  /** Writable, beside /tmp and /dev/shm. */
  readonly home: string;
  /** What lies there before the server starts. */
  readonly compileCache?: CompileCachePlan;
  readonly terminationGracePeriodSeconds: number;
  readonly serviceAccountName?: string;
  readonly ports?: readonly ContainerPort[];
  readonly probes?: { readonly startup: HttpProbe; readonly readiness: HttpProbe; readonly liveness: HttpProbe };
  /** Pause before SIGTERM, then the command of servers that do not stop on it. */
  readonly drain?: DrainPlan & { readonly stopCommand?: readonly string[] };
  readonly config?: ConfigMount;
  readonly claims?: readonly ClaimMount[];
  /** OCI images mounted read-only (Kubernetes 1.35 and newer). */
  readonly imageVolumes?: readonly ImageMount[];
  /** Labels of the pods to spread from each other; absent for single pods. */
  readonly spread?: { readonly labels: Readonly<Record<string, string>>; readonly required: boolean };
  readonly imagePullSecrets?: readonly string[];
  readonly restartPolicy?: 'Never';
}

/** A pod spec and the patches for fields that the generated type does not know. */
export interface GpuPod {
  readonly spec: k8s.PodSpec;
  /** Late patches; `at` is the JSON pointer of the pod spec inside the object: '/spec/template/spec'. */
  readonly latePatches: (at: string) => readonly JsonPatch[];
}

function probe({ path, port, periodSeconds, failureThreshold, timeoutSeconds }: HttpProbe): k8s.Probe {
  return {
    httpGet: { path, port: k8s.IntOrString.fromString(port) },
    periodSeconds,
    failureThreshold,
    timeoutSeconds,
  };
}

function env(input: GpuPodInput): k8s.EnvVar[] {
  const plain = Object.entries(input.env).map(([name, value]) => ({ name, value }));
  const secret = Object.entries(input.secrets.env).map(([name, { secretName, key }]) => ({
    name,
    valueFrom: { secretKeyRef: { name: secretName, key } },
  }));
  return [...plain, ...secret];
}

function mount(input: GpuPodInput): Mounted {
  const { resources, config } = input;
  const volumes: k8s.Volume[] = [
    { name: 'tmp', emptyDir: { sizeLimit: bytes(resources.tmpBytes) } },
    { name: 'home', emptyDir: { sizeLimit: bytes(resources.homeBytes) } },
    { name: 'shared-memory', emptyDir: { medium: 'Memory', sizeLimit: bytes(resources.sharedMemoryBytes) } },
  ];
  const mounts: k8s.VolumeMount[] = [
    { name: 'tmp', mountPath: '/tmp' },
    { name: 'home', mountPath: input.home },
    { name: 'shared-memory', mountPath: '/dev/shm' },
  ];
  if (config !== undefined) {
    volumes.push({ name: 'config', configMap: { name: config.configMapName } });
    for (const [subPath, mountPath] of Object.entries(config.paths)) {
      mounts.push({ name: 'config', mountPath, subPath, readOnly: true });
    }
  }
  for (const [index, { claimName, mountPath, readOnly }] of (input.claims ?? []).entries()) {
    // Claims may have names that volumes may not.
    const name = `claim-${index}`;
    volumes.push({ name, persistentVolumeClaim: { claimName, readOnly } });
    mounts.push({ name, mountPath, readOnly });
  }
  for (const { name, mountPath } of input.imageVolumes ?? []) mounts.push({ name, mountPath, readOnly: true });
  const secrets = secretVolumes(input.secrets);
  return { volumes: [...volumes, ...secrets.volumes], mounts: [...mounts, ...secrets.mounts] };
}

/** Requests and limits, GPUs included. */
export function gpuRequirements({
  pool,
  resources,
}: Pick<GpuPodInput, 'pool' | 'resources'>): k8s.ResourceRequirements {
  const gpuName = pool.profile.gpu?.resourceName ?? 'nvidia.com/gpu';
  const gpus = count(resources.gpus);
  const memory = bytes(resources.memoryBytes);
  return {
    requests: {
      cpu: millicores(resources.cpuRequestMillis),
      memory,
      'ephemeral-storage': bytes(resources.diskRequestBytes),
      [gpuName]: gpus,
    },
    limits: {
      cpu: millicores(resources.cpuLimitMillis),
      memory,
      'ephemeral-storage': bytes(resources.diskLimitBytes),
      [gpuName]: gpus,
    },
  };
}

/** Spreads over zones and hosts; a preference unless asked otherwise, because a lost zone must not keep pods waiting. */
export function spreadOver({ labels, required }: NonNullable<GpuPodInput['spread']>): k8s.TopologySpreadConstraint[] {
  return ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].map((topologyKey) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: required ? 'DoNotSchedule' : 'ScheduleAnyway',
    labelSelector: { matchLabels: labels },
    matchLabelKeys: ['pod-template-hash'],
    nodeTaintsPolicy: 'Honor',
  }));
}

/** `sleep` of the kubelet where the cluster knows it, else the image's own. */
function preStop(input: GpuPodInput): { exec?: string[]; sleepSeconds?: number } {
  if (input.drain === undefined) return {};
  const { preStopSeconds, stopCommand } = input.drain;
  if (stopCommand !== undefined) return { exec: ['sh', '-c', `sleep ${preStopSeconds}; ${shellLine(stopCommand)}`] };
  if (input.pool.platform.features.preStopSleep) return { sleepSeconds: preStopSeconds };
  return { exec: ['sleep', String(preStopSeconds)] };
}

function container(input: GpuPodInput, mounts: k8s.VolumeMount[]): k8s.Container {
  const { exec } = preStop(input);
  return {
    name: input.containerName,
    image: input.image,
    imagePullPolicy: 'IfNotPresent',
    command: [...startCommand(input.secrets.startFiles, input.command)],
    args: [...input.args],
    env: env(input),
    ports: input.ports?.map(({ name, port }) => ({ name, containerPort: port })),
    resources: gpuRequirements(input),
    volumeMounts: mounts,
    lifecycle: exec && { preStop: { exec: { command: exec } } },
    startupProbe: input.probes && probe(input.probes.startup),
    readinessProbe: input.probes && probe(input.probes.readiness),
    livenessProbe: input.probes && probe(input.probes.liveness),
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
  };
}

/** Runs as the server's user and fills its HOME. */
function cacheContainer({ image, command, homeMount }: CompileCachePlan): k8s.Container {
  const volumeMounts = [{ name: 'home', mountPath: homeMount }];
  return { ...idleInitContainer(COMPILE_CACHE, image, command), volumeMounts };
}

function patches(input: GpuPodInput, at: string): readonly JsonPatch[] {
  const { sleepSeconds } = preStop(input);
  const sleep = sleepSeconds === undefined ? [] : [{ preStop: { sleep: { seconds: sleepSeconds } } }];
  return [
    ...sleep.map((lifecycle) => JsonPatch.add(`${at}/containers/0/lifecycle`, lifecycle)),
    ...(input.imageVolumes ?? []).map(({ name, reference }) =>
      JsonPatch.add(`${at}/volumes/-`, { name, image: { reference, pullPolicy: 'IfNotPresent' } }),
    ),
  ];
}

/** Draws a GPU pod. */
export function gpuPod(input: GpuPodInput): GpuPod {
  const { volumes, mounts } = mount(input);
  const spec: k8s.PodSpec = {
    serviceAccountName: input.serviceAccountName,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    imagePullSecrets: input.imagePullSecrets?.map((name) => ({ name })),
    priorityClassName: PRIORITY_LADDER[input.priority].name,
    terminationGracePeriodSeconds: input.terminationGracePeriodSeconds,
    restartPolicy: input.restartPolicy,
    tolerations: tolerationsOf([input.pool]),
    affinity: poolAffinity([input.pool]),
    topologySpreadConstraints: input.spread && spreadOver(input.spread),
    securityContext: {
      runAsNonRoot: true,
      runAsUser: input.uid,
      runAsGroup: input.gid,
      fsGroup: input.gid,
      fsGroupChangePolicy: 'OnRootMismatch',
      seccompProfile: { type: 'RuntimeDefault' },
    },
    initContainers: input.compileCache && [cacheContainer(input.compileCache)],
    containers: [container(input, mounts)],
    volumes,
  };
  return { spec, latePatches: (at) => patches(input, at) };
}
