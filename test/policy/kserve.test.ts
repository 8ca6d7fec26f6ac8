import { GpuInferenceService, PriorityClasses, ServingBackend } from '../../lib';
import { checkManifests, type Manifest } from '../../lib/policy';
import { newChart, pool, serviceProps, synth } from '../support/synth';
import { objects } from '../support/verdicts';

/** An InferenceService with all its objects, as the construct writes them. */
function drawn(): readonly Manifest[] {
  const chart = newChart();
  new PriorityClasses(chart, 'priorities');
  const backend = ServingBackend.kserve({ version: '0.20' });
  new GpuInferenceService(chart, 'chat', serviceProps({ backend, pool: pool(), replicas: 3 }));
  return synth(chart).objects.map((object, index) => ({ file: 'chart', index, object: { ...object } }));
}

const errors = (manifests: readonly Manifest[]) =>
  checkManifests(manifests)
    .findings.filter(({ severity }) => severity === 'error')
    .map(({ rule, object }) => `${rule} ${object}`);

const ROUTE = `
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: chat, namespace: chat }
spec: { rules: [{ backendRefs: [{ name: chat-predictor, port: 80 }] }] }
---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: { name: chat, namespace: chat }
spec: { scaleTargetRef: { name: chat-predictor }, minReplicaCount: 3, maxReplicaCount: 6, triggers: [] }
`;

describe('an InferenceService', () => {
  test('as the construct draws it breaks no rule', () => {
    expect(errors(drawn())).toEqual([]);
  });

  test('makes the Deployment and the Service that routes and scalers name', () => {
    expect(errors([...drawn(), ...objects(ROUTE)])).toEqual([]);
    const misnamed = objects(ROUTE.replaceAll('chat-predictor', 'chat'));
    expect(errors([...drawn(), ...misnamed])).toEqual([
      'WP-REF-007 HTTPRoute chat/chat',
      'WP-REF-008 ScaledObject chat/chat',
    ]);
  });

  test('has pods that are judged like all others', () => {
    const broken = drawn().map((manifest) => {
      const text = JSON.stringify(manifest.object);
      const object = text.replace('"drop":["ALL"]', '"drop":[]').replace('isvc.chat-predictor', 'isvc.chat');
      return { ...manifest, object: JSON.parse(object) };
    });
    const restricted = `apiVersion: v1
kind: Namespace
metadata: { name: chat, labels: { pod-security.kubernetes.io/enforce: restricted } }
`;
    const found = errors([...objects(restricted), ...broken]);
    expect(found).toContain('WP-PSA-001 InferenceService chat/chat');
    expect(found).toContain('WP-SEL-002 PodDisruptionBudget chat/chat');
  });

  test('that takes its pod from a serving runtime is left alone', () => {
    const yaml = `
apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata: { name: iris }
spec: { predictor: { model: { modelFormat: { name: sklearn }, storageUri: 'gs://models/iris' } } }
`;
    expect(errors(objects(yaml))).toEqual([]);
  });
});
