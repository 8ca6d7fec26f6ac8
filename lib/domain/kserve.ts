/** What KServe makes of an InferenceService, and by which names and labels: read in its controller. */

/**
 * Names on the wire: kserve/kserve v0.20.0 pkg/constants/constants.go, the same since v0.15.2 except where it is said.
 * An emitted object was put through v0.20.0's own defaulter, validator, Deployment and Service reconcilers: nothing was
 * defaulted, nothing refused, and the names and labels below came out.
 */
export const KSERVE = {
  apiVersion: 'serving.kserve.io/v1beta1',
  kind: 'InferenceService',
  /** The one container that becomes the predictor (InferenceServiceContainerName). */
  containerName: 'kserve-container',
  /** Port of the Service that stands for the first port of the container (CommonDefaultHttpPort). */
  servicePort: 80,
  /** What the Deployment of a predictor waits for at the most: KServe sets none beside a strategy, so Kubernetes does. */
  progressDeadlineSeconds: 600,
  /** Of annotations that configure KServe. */
  annotationPrefix: 'serving.kserve.io/',
  annotations: {
    deploymentMode: 'serving.kserve.io/deploymentMode',
    autoscalerClass: 'serving.kserve.io/autoscalerClass',
  },
  labels: {
    app: 'app',
    inferenceService: 'serving.kserve.io/inferenceservice',
    component: 'component',
    visibility: 'networking.kserve.io/visibility',
  },
} as const;

/** Name of the Deployment and the Service that KServe makes for the predictor (PredictorServiceName). */
export function kservePredictorName(name: string): string {
  return `${name}-predictor`;
}

/** The label by which KServe's own Deployment and Service select the pods (createRawDefaultDeployment). */
export function kservePodSelector(name: string): Record<string, string> {
  return { [KSERVE.labels.app]: `isvc.${kservePredictorName(name)}` };
}

/**
 * Labels that KServe adds to the pods of a predictor, whatever the InferenceService says (buildObjectMeta,
 * createRawDefaultDeployment). Labels of the InferenceService and of spec.predictor are copied to the pods as well.
 */
export function kservePodLabels(name: string): Record<string, string> {
  return {
    ...kservePodSelector(name),
    [KSERVE.labels.inferenceService]: name,
    [KSERVE.labels.component]: 'predictor',
  };
}

/**
 * How each minor version spells the mode in which it makes a Deployment. Since v0.16 its webhook rewrites the older
 * spelling, which GitOps tools then see as drift. v0.14 and older know no autoscaler class 'none' and would scale GPU
 * pods by their CPU.
 */
export const KSERVE_DEPLOYMENT_MODES: Readonly<Record<string, 'RawDeployment' | 'Standard'>> = {
  '0.15': 'RawDeployment',
  '0.16': 'Standard',
  '0.17': 'Standard',
  '0.18': 'Standard',
  '0.19': 'Standard',
  '0.20': 'Standard',
};

/** Environment variables that KServe reads from the container or writes into it. */
export const KSERVE_ENV: Readonly<Record<string, string>> = {
  STORAGE_URI: 'has KServe add an init container that downloads a model of its own',
  PROTOCOL: 'is refused by the webhook of KServe unless it is v1 or v2',
  INFERENCE_SERVICE_NAME: 'is overwritten by KServe',
};
