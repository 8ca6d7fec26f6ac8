/** Who makes the pods of a service: a Deployment of our own, or KServe from an InferenceService. */
import type { StartTimers } from './cold-start';
import { KSERVE, KSERVE_DEPLOYMENT_MODES, KSERVE_ENV, kservePredictorName } from './kserve';
import { WORKLOAD_NAME_MAX } from './names';
import type { Findings } from './problem';

/** What an environment says about KServe. */
export interface KserveOptions {
  /** Minor version that runs in the cluster, '0.15' to '0.20': it decides how the deployment mode is spelt. */
  readonly version: string;
  /**
   * Whether KServe makes an Ingress or HTTPRoute for the service: it does so for everybody unless it is told not to.
   * Its gateway has to be the service's `gateway` then.
   * @default false: only what is declared may call the service
   */
  readonly exposed?: boolean;
}

/** Who makes the pods of a service. */
export class ServingBackend {
  /** A Deployment and a Service of our own. */
  static readonly DEPLOYMENT = new ServingBackend(undefined);

  /**
   * An `InferenceService` in raw deployment mode with the same pod; KServe makes Deployment and Service
   * `<name>-predictor` (port 80) from it.
   *
   * What KServe cannot carry: the rollout deadline (Kubernetes' 600 s hold, WP-KS-003), labels and annotations of the
   * Deployment alone (they would be copied to the pods, so owner and cold-start figures stay off the InferenceService),
   * a Service without the port of the metrics, and the number of pods until a bound scaler sets it (it starts with one).
   * The sentence of who writes a Secret (`SecretSource.kubernetes`) is copied to the pods: another one restarts them.
   */
  static kserve(options: KserveOptions): ServingBackend {
    return new ServingBackend(options);
  }

  private constructor(readonly kserve: KserveOptions | undefined) {}
}

/** Names that follow from the backend. */
export interface WorkloadNames {
  /** What a scaler has to name: the Deployment. */
  readonly deploymentName: string;
  readonly serviceName: string;
  /** Port of the Service behind which the API is. */
  readonly servicePort: number;
  /** Container of the server. */
  readonly containerName: string;
}

const SERVER_CONTAINER = 'server';

/** The names of a service's Deployment, Service and container. */
export function workloadNames(name: string, httpPort: number, backend = ServingBackend.DEPLOYMENT): WorkloadNames {
  if (backend.kserve === undefined) {
    return { deploymentName: name, serviceName: name, servicePort: httpPort, containerName: SERVER_CONTAINER };
  }
  const predictor = kservePredictorName(name);
  const { servicePort, containerName } = KSERVE;
  return { deploymentName: predictor, serviceName: predictor, servicePort, containerName };
}

/** Variables that the backend keeps for itself. */
export function backendEnv(backend = ServingBackend.DEPLOYMENT): Readonly<Record<string, string>> {
  return backend.kserve === undefined ? {} : KSERVE_ENV;
}

/** Reports a version that nobody read, names without room for what KServe appends, and settings past the backend. */
export function checkBackend(
  findings: Findings,
  name: string,
  backend = ServingBackend.DEPLOYMENT,
  podAnnotations: Readonly<Record<string, string>> = {},
): void {
  const { kserve } = backend;
  if (typeof backend !== 'object') {
    findings.error('WP-SVC-007', 'backend', backend, {
      message: 'there is no such choice',
      allowed: "ServingBackend.DEPLOYMENT, ServingBackend.kserve({ version: '0.20' })",
      fix: 'leave it out for a Deployment',
    });
  }
  if (kserve === undefined) return;
  if (!Object.hasOwn(KSERVE_DEPLOYMENT_MODES, kserve.version)) {
    findings.error('WP-KS-001', 'backend.version', kserve.version, {
      message: 'nobody read how this version of KServe makes pods',
      allowed: Object.keys(KSERVE_DEPLOYMENT_MODES).join(', '),
      fix: "give the minor version that runs in the cluster, such as '0.20'",
    });
  }
  for (const [key, value] of Object.entries(podAnnotations)) {
    if (!key.startsWith(KSERVE.annotationPrefix)) continue;
    // Those of the predictor win over those of the InferenceService (autoscaler_reconciler.go getAutoscalerClass).
    findings.error('WP-NAME-005', `podAnnotations['${key}']`, value, {
      message: 'KServe takes annotations of the pods for its own settings, and could scale GPU pods by their CPU',
      allowed: `annotations without the prefix ${KSERVE.annotationPrefix}`,
      fix: 'remove it; the backend sets what KServe has to know',
    });
  }
  const room = WORKLOAD_NAME_MAX - kservePredictorName('').length;
  if (typeof name === 'string' && name.length > room) {
    findings.error('WP-KS-002', 'name', name, {
      message: `KServe names the Deployment and the pods '${kservePredictorName(name)}'`,
      allowed: `at most ${room} characters`,
      fix: 'shorten the name',
    });
  }
}

/** Says where a start may outlast the deadline of KServe's Deployment. */
export function warnBackend(findings: Findings, timers: StartTimers, backend = ServingBackend.DEPLOYMENT): void {
  const { progressDeadlineSeconds: limit } = KSERVE;
  if (backend.kserve === undefined || timers.progressDeadlineSeconds <= limit) return;
  findings.warning('WP-KS-003', 'backend', timers.progressDeadlineSeconds, {
    message: `an InferenceService cannot carry this rollout deadline: after ${limit} s without progress KServe calls the service failed, although its pods go on starting`,
    allowed: `a cold start within ${limit} s, or patience`,
    fix: 'bind a model cache, or do not alert on the Ready condition during a rollout',
  });
}
