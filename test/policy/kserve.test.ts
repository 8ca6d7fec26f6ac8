import { GpuInferenceService, PriorityClasses, ServingBackend } from '../../lib';
import { checkManifests, type Manifest } from '../../lib/policy';
import { impliedBy, predictorMetadata, predictorOf } from '../../lib/policy/kserve';
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

describe('the pod of an InferenceService', () => {
  const predictor = { containers: [{ name: 'kserve-container' }] };
  const service = (spec: unknown, apiVersion = 'serving.kserve.io/v1beta1', kind = 'InferenceService') => ({
    apiVersion,
    kind,
    metadata: {
      name: 'llama',
      namespace: 'chat',
      labels: { team: 'nlp', tier: 'a' },
      annotations: { by: 'me', to: 'a' },
    },
    spec,
  });

  test('is that of its predictor', () => {
    expect(predictorOf(service({ predictor }))).toBe(predictor);
  });

  test.each([
    ['it has no spec', service(undefined)],
    ['its predictor is no object', service({ predictor: 'llama' })],
    ['its predictor has no containers', service({ predictor: { model: {} } })],
    ['its predictor has a list without any', service({ predictor: { containers: [] } })],
    ['it is of another kind', service({ predictor }, 'serving.kserve.io/v1alpha1', 'InferenceGraph')],
    ['it is of another group', service({ predictor }, 'example.com/v1')],
    ['it is something else altogether', service({ predictor }, 'apps/v1', 'Deployment')],
  ])('is none of its own where %s, and nothing is made of it', (_, object) => {
    expect(predictorOf(object)).toBeUndefined();
    expect(impliedBy({ file: 'a.yaml', index: 0, object })).toEqual([]);
  });

  test('has the labels and annotations of both, those of the predictor before the others, and those of KServe', () => {
    const own = { ...predictor, labels: { tier: 'b', app: 'mine' }, annotations: { to: 'b' } };
    expect(predictorMetadata(service({ predictor: own }), own)).toEqual({
      labels: {
        team: 'nlp',
        tier: 'b',
        app: 'isvc.llama-predictor',
        'serving.kserve.io/inferenceservice': 'llama',
        component: 'predictor',
      },
      annotations: { by: 'me', to: 'b' },
    });
    expect(predictorMetadata(service({ predictor }), predictor).annotations).toEqual({ by: 'me', to: 'a' });
  });

  test('stands for a Deployment and a Service, in its place of the file and in its namespace', () => {
    const place = { file: 'a.yaml', index: 3 };
    const metadata = { name: 'llama-predictor', namespace: 'chat' };
    expect(impliedBy({ ...place, object: service({ predictor }) })).toEqual([
      { ...place, object: { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: {} } },
      {
        ...place,
        object: { apiVersion: 'v1', kind: 'Service', metadata, spec: { ports: [{ name: 'http', port: 80 }] } },
      },
    ]);
  });
});
