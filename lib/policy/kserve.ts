/** What KServe makes of an InferenceService in raw deployment mode, so that rules find the pods and what they are called. */
import { KSERVE, kservePodLabels, kservePredictorName } from '../domain/kserve';
import { at, isObject, type Json, list, texts } from './json';
import { annotationsOf, identityOf, labelsOf, type Manifest } from './manifest';

/** Where the pod spec of an InferenceService stands. */
export const PREDICTOR_PATH = ['spec', 'predictor'] as const;

/** The predictor of an InferenceService that brings its own pod; those of a serving runtime take it from elsewhere. */
export function predictorOf(object: Json): Json | undefined {
  const { group, kind } = identityOf(object);
  const predictor = at(object, ...PREDICTOR_PATH);
  const own = group === 'serving.kserve.io' && kind === KSERVE.kind && isObject(predictor);
  return own && list(predictor.containers).length > 0 ? predictor : undefined;
}

/** Labels and annotations of its pods. */
export function predictorMetadata(object: Json, predictor: Json) {
  return {
    labels: { ...labelsOf(object), ...texts(predictor.labels), ...kservePodLabels(identityOf(object).name) },
    annotations: { ...annotationsOf(object), ...texts(predictor.annotations) },
  };
}

/** Deployment and Service that will be there and stand in no file: others may refer to them. */
export function impliedBy(manifest: Manifest): readonly Manifest[] {
  const predictor = predictorOf(manifest.object);
  if (predictor === undefined) return [];
  const { name: service, namespace } = identityOf(manifest.object);
  const metadata = { name: kservePredictorName(service), namespace };
  const ports = [{ name: 'http', port: KSERVE.servicePort }];
  return [
    { ...manifest, object: { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: {} } },
    { ...manifest, object: { apiVersion: 'v1', kind: 'Service', metadata, spec: { ports } } },
  ];
}
