/** Manifests come from anybody: whatever stands in them, a run ends with a report. */
import fc from 'fast-check';
import { checkManifests, type Manifest, type Path, POLICY_RULES } from '../../lib/policy';
import { isObject } from '../../lib/policy/json';
import { ENVIRONMENTS } from '../../stacks/environments';
import { buildEnvironment } from '../../stacks/inference';
import { gpuPool, SYSTEM_POOL } from '../support/manifests';
import { objects } from '../support/verdicts';

/** One object of every kind that rules read, in order as they stand. */
const MANIFESTS = objects(`
apiVersion: v1
kind: Namespace
metadata: { name: chat, labels: { team: a } }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: settings, namespace: chat }
data: { a: x }
---
apiVersion: v1
kind: Secret
metadata: { name: token, namespace: chat }
stringData: { a: x }
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: web, namespace: chat }
imagePullSecrets: [{ name: token }]
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: { name: inference }
value: 1
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: weights, namespace: chat }
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: web, namespace: chat, annotations: { policy.warmpath.dev/WP-SEL-001: some good reason } }
spec:
  replicas: 2
  serviceName: web
  selector: { matchLabels: { app: web }, matchExpressions: [{ key: app, operator: In, values: [web] }] }
  volumeClaimTemplates: [{ metadata: { name: data } }]
  template:
    metadata: { labels: { app: web } }
    spec:
      serviceAccountName: web
      priorityClassName: inference
      imagePullSecrets: [{ name: token }]
      topologySpreadConstraints: [{ labelSelector: { matchLabels: { app: web } } }]
      affinity:
        podAntiAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
            - { labelSelector: { matchLabels: { app: web } }, namespaces: [chat], namespaceSelector: { matchLabels: { team: a } } }
          preferredDuringSchedulingIgnoredDuringExecution:
            - { weight: 1, podAffinityTerm: { labelSelector: { matchLabels: { app: web } } } }
      volumes:
        - { name: a, configMap: { name: settings, items: [{ key: a, path: a }] } }
        - { name: b, secret: { secretName: token } }
        - { name: c, projected: { sources: [{ configMap: { name: settings } }, { secret: { name: token } }] } }
        - { name: d, csi: { driver: secrets-store.csi.k8s.io, volumeAttributes: { secretProviderClass: keys } } }
        - { name: e, persistentVolumeClaim: { claimName: weights } }
      containers:
        - name: server
          ports: [{ name: http, containerPort: 80, protocol: TCP }]
          env: [{ name: A, valueFrom: { configMapKeyRef: { name: settings, key: a }, secretKeyRef: { name: token, key: a } } }]
          envFrom: [{ configMapRef: { name: settings }, secretRef: { name: token } }]
          volumeMounts: [{ name: a, subPath: a }, { name: b, subPath: a }, { name: data }]
          resources: { limits: { nvidia.com/gpu: 1 }, requests: { nvidia.com/gpu: 1 } }
          readinessProbe: { httpGet: { port: http } }
          lifecycle: { preStop: { httpGet: { port: http } } }
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: chat, labels: { app: web } }
spec: { clusterIP: None, selector: { app: web }, ports: [{ name: http, port: 80, targetPort: http }] }
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: web, namespace: chat }
spec: { selector: { matchLabels: { app: web } } }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: web, namespace: chat }
spec:
  podSelector: { matchLabels: { app: web } }
  ingress: [{ from: [{ podSelector: { matchLabels: { app: web } } }], ports: [{ port: http, endPort: 90 }] }]
  egress: [{ to: [{ podSelector: { matchLabels: { app: web } } }] }]
---
apiVersion: v1
kind: ResourceQuota
metadata: { name: gpus, namespace: chat }
spec: { hard: { requests.nvidia.com/gpu: 4 } }
---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: { name: web, namespace: chat }
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: StatefulSet, name: web }
  maxReplicaCount: 3
  triggers: [{ authenticationRef: { name: queue } }]
---
apiVersion: keda.sh/v1alpha1
kind: TriggerAuthentication
metadata: { name: queue, namespace: chat }
spec: { secretTargetRef: [{ name: token, key: a }], configMapTargetRef: [{ name: settings, key: a }] }
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: web, namespace: chat }
spec:
  rules:
    - backendRefs: [{ name: web, port: 80, namespace: chat }, { group: inference.networking.k8s.io, kind: InferencePool, name: llama }]
      filters: [{ requestMirror: { backendRef: { name: web, port: 80 } } }]
---
apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata: { name: web, namespace: chat }
spec: { from: [{ group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: edge }], to: [{ group: '', kind: Service }] }
---
apiVersion: inference.networking.k8s.io/v1
kind: InferencePool
metadata: { name: llama, namespace: chat }
spec: { selector: { matchLabels: { app: web } }, targetPorts: [{ number: 80 }], endpointPickerRef: { name: web, port: { number: 80 } } }
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web, namespace: chat, annotations: { cert-manager.io/issuer: acme } }
spec:
  tls: [{ secretName: token }]
  rules: [{ http: { paths: [{ backend: { service: { name: web, port: { number: 80 } } } }] } }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: web, namespace: chat }
roleRef: { kind: ClusterRole, name: view }
subjects: [{ kind: ServiceAccount, name: web }]
---
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: { name: web, namespace: chat }
spec:
  namespaceSelector: { matchNames: [chat] }
  selector: { matchLabels: { app: web } }
  endpoints: [{ port: http, basicAuth: { password: { name: token, key: a } } }, { targetPort: 80 }]
---
apiVersion: monitoring.coreos.com/v1
kind: PodMonitor
metadata: { name: web, namespace: chat }
spec: { selector: { matchLabels: { app: web } }, podMetricsEndpoints: [{ port: http }] }
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: { name: more, namespace: chat }
spec: { secretStoreRef: { name: vault }, target: { name: more, template: { data: { a: x } } }, data: [{ secretKey: a }] }
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: { name: vault, namespace: chat }
spec: { provider: { vault: { auth: { tokenSecretRef: { name: token, key: a } } } } }
---
apiVersion: secrets-store.csi.x-k8s.io/v1
kind: SecretProviderClass
metadata: { name: keys, namespace: chat }
spec: { secretObjects: [{ secretName: synced, data: [{ key: a }] }] }
---
apiVersion: batch/v1
kind: Job
metadata: { name: hook, namespace: chat }
spec: { parallelism: 1, template: { spec: { containers: [{ args: [create, --secret-name=made] }] } } }
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: { name: web }
webhooks: [{ clientConfig: { service: { name: web, namespace: chat, port: 80 } } }]
`);

function* paths(value: unknown, path: Path = []): Generator<Path> {
  yield path;
  if (Array.isArray(value)) for (const [index, item] of value.entries()) yield* paths(item, [...path, index]);
  else if (isObject(value)) for (const [key, item] of Object.entries(value)) yield* paths(item, [...path, key]);
}

function replaced(value: unknown, [step, ...rest]: Path, odd: unknown): unknown {
  if (step === undefined) return odd;
  if (Array.isArray(value)) return value.map((item, index) => (index === step ? replaced(item, rest, odd) : item));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, key === step ? replaced(item, rest, odd) : item]),
  );
}

/** The first environment, which has GPU pods, on pools of its kind. */
const ENVIRONMENT = ENVIRONMENTS.slice(0, 1).flatMap((environment) =>
  objects(buildEnvironment(environment).app.synthYaml()),
);
const POOLS = [gpuPool('a100'), SYSTEM_POOL];

const placesIn = (manifests: readonly Manifest[]) =>
  manifests.flatMap(({ object }, index) =>
    [...paths(object)].filter((path) => path.length > 0).map((path) => ({ index, path })),
  );

const plain = [null, '', ' ', 'constructor', '__proto__', 'x'.repeat(300), '\u0000', 0, -1, 1e9, 1e308, true];
const odd = fc.oneof(
  fc.constantFrom<unknown>(...plain, [], {}, [null], [[]], [{}], { '': null }),
  fc.jsonValue({ maxDepth: 2 }),
);

describe('all rules over odd data', () => {
  test('find nothing in objects that fit each other', () => {
    // Rules about one object alone ask for more than this file says.
    const rules = POLICY_RULES.filter(({ id }) => /^WP-(NET|NS|POD|REF|SEL)-/.test(id));
    const { findings, tallies } = checkManifests(MANIFESTS, { rules });
    expect(findings).toEqual([]);
    // Each rule that this file is about finds something to ask.
    const silent = tallies.filter(({ compliant }) => compliant === 0).map(({ rule }) => rule);
    expect(silent).toEqual([]);
  });

  test.each([
    ['of others', MANIFESTS, undefined],
    ['of an environment', ENVIRONMENT, POOLS],
  ])('end with a report, whatever stands in whatever place: manifests %s', (_, unbroken, pools) => {
    const change = fc.tuple(fc.constantFrom(...placesIn(unbroken)), odd);
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const manifests = changes.reduce<readonly Manifest[]>(
          (all, [{ index, path }, value]) =>
            all.map((manifest, position) => {
              const object = position === index ? replaced(manifest.object, path, value) : manifest.object;
              return isObject(object) ? { ...manifest, object } : manifest;
            }),
          unbroken,
        );
        for (const finding of checkManifests(manifests, { pools }).findings) {
          expect(finding.message).not.toMatch(/undefined|\[object Object\]|NaN/);
          expect(finding.allowed).not.toMatch(/undefined|\[object Object\]|NaN/);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('end with a report of whatever is no object of Kubernetes', () => {
    const fields = fc.constantFrom('apiVersion', 'kind', 'metadata', 'spec');
    fc.assert(
      fc.property(fc.dictionary(fields, fc.jsonValue()), (object) => {
        expect(checkManifests([{ file: 'a', index: 0, object }], { pools: POOLS }).objects).toBe(1);
      }),
    );
  });
});
