import { backends } from '../../../lib/policy/rules/backends';
import { ask, placesOf } from '../../support/verdicts';

const object = (apiVersion: string, kind: string, rest: string, namespace = 'chat') =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: one, namespace: ${namespace} }\n${rest}`;
const SERVICE = object('v1', 'Service', 'spec: { ports: [{ name: http, port: 80 }] }').replace(
  'name: one',
  'name: web',
);
const POOL = object('inference.networking.k8s.io/v1', 'InferencePool', 'spec: {}').replace('name: one', 'name: llama');
const about = (...documents: readonly string[]) =>
  ask(backends, [SERVICE, POOL, ...documents].join('\n---\n')).findings;

const ingress = (backend: string) =>
  object('networking.k8s.io/v1', 'Ingress', `spec: { rules: [{ http: { paths: [{ backend: ${backend} }] } }] }`);
const route = (reference: string, kind = 'HTTPRoute') =>
  object('gateway.networking.k8s.io/v1', kind, `spec: { rules: [{ backendRefs: [${reference}] }] }`);
const webhook = (service: string) =>
  `apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nmetadata: { name: one }\nwebhooks: [{ clientConfig: { service: ${service} } }]`;

describe('a backend that exists', () => {
  test.each([
    ['a Service, by the number of its port', ingress('{ service: { name: web, port: { number: 80 } } }')],
    ['a Service, by the name of its port', ingress('{ service: { name: web, port: { name: http } } }')],
    ['an action of a load balancer', ingress('{ service: { name: redirect, port: { name: use-annotation } } }')],
    ['as it was written before v1', ingress('{ serviceName: web, servicePort: http }')],
    ['an action, as it was written before v1', ingress('{ serviceName: redirect, servicePort: use-annotation }')],
    ['a Service of a route that leaves the port out', route('{ name: web }')],
    ['a Service of a route', route('{ name: web, port: 80 }')],
    ['an InferencePool of a route', route('{ group: inference.networking.k8s.io, kind: InferencePool, name: llama }')],
    ['a Service of a webhook', webhook('{ name: web, namespace: chat, port: 80 }')],
    ['the API server', webhook('{ name: kubernetes, namespace: default }')],
  ])('is %s', (_, referring) => {
    expect(about(referring)).toEqual([]);
  });
});

describe('a backend of which nobody can tell', () => {
  test.each([
    ['is of a kind that nobody here writes', route('{ group: gateway.envoyproxy.io, kind: Backend, name: any }')],
    ['is in a namespace that nobody here writes', route('{ name: any, namespace: elsewhere, port: 1 }')],
    ['belongs to the webhook of another team', webhook('{ name: any, namespace: elsewhere }')],
    ['has no name', webhook('{ namespace: chat }')],
    ['has no namespace', webhook('{ name: any }')],
    ['is a Service of a group that nobody here writes', route('{ group: example.com, kind: Service, name: any }')],
    ['is of a kind of the core that nobody here writes', route('{ kind: ConfigMap, name: any }')],
  ])('%s', (_, referring) => {
    expect(ask(backends, `${SERVICE}\n---\n${referring}`)).toMatchObject({ findings: [], notApplicable: 2 });
  });
});

describe('a backend that does not exist', () => {
  test.each([
    [
      'of an Ingress',
      ingress('{ service: { name: wbe, port: { number: 80 } } }'),
      'Ingress chat/one spec.rules[0].http.paths[0].backend.service.name',
    ],
    [
      'by default',
      object('networking.k8s.io/v1', 'Ingress', 'spec: { defaultBackend: { service: { name: wbe } } }'),
      'Ingress chat/one spec.defaultBackend.service.name',
    ],
    [
      'by the number of its port',
      ingress('{ service: { name: web, port: { number: 8080 } } }'),
      'Ingress chat/one spec.rules[0].http.paths[0].backend.service.port.number',
    ],
    [
      'by the name of its port',
      ingress('{ service: { name: web, port: { name: https } } }'),
      'Ingress chat/one spec.rules[0].http.paths[0].backend.service.port.name',
    ],
    [
      'as it was written before v1',
      ingress('{ serviceName: wbe, servicePort: http }'),
      'Ingress chat/one spec.rules[0].http.paths[0].backend.serviceName',
    ],
    [
      'by its port, as it was written before v1',
      ingress('{ serviceName: web, servicePort: 81 }'),
      'Ingress chat/one spec.rules[0].http.paths[0].backend.servicePort',
    ],
    [
      'by default, as it was written before v1',
      object('extensions/v1beta1', 'Ingress', 'spec: { backend: { serviceName: wbe, servicePort: http } }'),
      'Ingress chat/one spec.backend.serviceName',
    ],
    ['of a route', route('{ name: wbe, port: 80 }'), 'HTTPRoute chat/one spec.rules[0].backendRefs[0].name'],
    [
      'of a GRPCRoute',
      route('{ name: web, port: 81 }', 'GRPCRoute'),
      'GRPCRoute chat/one spec.rules[0].backendRefs[0].port',
    ],
    [
      'of a pool',
      route('{ group: inference.networking.k8s.io, kind: InferencePool, name: lama }'),
      'HTTPRoute chat/one spec.rules[0].backendRefs[0].name',
    ],
    [
      'of a mirror',
      object(
        'gateway.networking.k8s.io/v1',
        'HTTPRoute',
        'spec: { rules: [{ filters: [{ requestMirror: { backendRef: { name: wbe, port: 80 } } }] }] }',
      ),
      'HTTPRoute chat/one spec.rules[0].filters[0].requestMirror.backendRef.name',
    ],
    [
      'of a pool, to pick endpoints',
      object(
        'inference.networking.k8s.io/v1',
        'InferencePool',
        'spec: { endpointPickerRef: { name: web, port: { number: 9002 } } }',
      ),
      'InferencePool chat/one spec.endpointPickerRef.port.number',
    ],
    [
      'of a webhook',
      webhook('{ name: wbe, namespace: chat }'),
      'ValidatingWebhookConfiguration one webhooks[0].clientConfig.service.name',
    ],
    [
      'of a webhook, on its usual port',
      webhook('{ name: web, namespace: chat }'),
      'ValidatingWebhookConfiguration one webhooks[0].clientConfig.service.name',
    ],
    [
      'of a webhook, on its own port',
      webhook('{ name: web, namespace: chat, port: 81 }'),
      'ValidatingWebhookConfiguration one webhooks[0].clientConfig.service.port',
    ],
    [
      'of an API',
      'apiVersion: apiregistration.k8s.io/v1\nkind: APIService\nmetadata: { name: one }\nspec: { service: { name: wbe, namespace: chat } }',
      'APIService one spec.service.name',
    ],
    [
      'of a conversion',
      'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: { name: one }\nspec: { conversion: { webhook: { clientConfig: { service: { name: wbe, namespace: chat } } } } }',
      'CustomResourceDefinition one spec.conversion.webhook.clientConfig.service.name',
    ],
    [
      'of a canary',
      object(
        'argoproj.io/v1alpha1',
        'Rollout',
        'spec: { strategy: { canary: { canaryService: wbe, stableService: web } } }',
      ),
      'Rollout chat/one spec.strategy.canary.canaryService',
    ],
  ])('%s is reported', (_, referring, place) => {
    expect(placesOf(about(referring))).toEqual([place]);
  });

  test('is told with the name that was probably meant, or the ports that there are', () => {
    const [name] = about(route('{ name: wbe, port: 80 }'));
    expect(name).toMatchObject({ message: "there is no Service 'wbe' in namespace 'chat'", about: 'Service/wbe' });
    expect(name?.fix).toMatch(/^write 'web', or /);
    const [port] = about(route('{ name: web, port: 8080 }'));
    expect(port).toMatchObject({
      message: "the Service 'web' has no port 8080",
      allowed: "'80'",
      about: 'Service/web',
    });
  });
});

describe('a backend of another kind', () => {
  const other = (apiVersion: string, kind: string) => object(apiVersion, kind, '').replace('name: one', 'name: there');
  const KINDS = [
    ['Backend', 'gateway.envoyproxy.io'],
    ['Service', 'serving.knative.dev'],
    ['ConfigMap', "''"],
  ] as const;

  test.each(KINDS)('is held against what there is of it, where there is any: %s of %s', (kind, group) => {
    const there = other(group === "''" ? 'v1' : `${group}/v1`, kind);
    const referring = (name: string) => route(`{ group: ${group}, kind: ${kind}, name: ${name} }`);
    expect(about(there, referring('there'))).toEqual([]);
    expect(about(there, referring('web')).map(({ message }) => message)).toEqual([
      `there is no ${kind} 'web' in namespace 'chat'`,
    ]);
  });

  test.each([
    ['Service', '{ name: web }'],
    ['InferencePool', '{ group: inference.networking.x-k8s.io, kind: InferencePool, name: web }'],
  ])('is missed where there is none at all: %s', (kind, reference) => {
    expect(ask(backends, route(reference)).findings.map(({ message }) => message)).toEqual([
      `there is no ${kind} 'web' in namespace 'chat'`,
    ]);
  });
});

describe('a backend in another namespace', () => {
  const there = route('{ name: web, port: 80, namespace: chat }').replace('namespace: chat }', 'namespace: edge }');
  const grant = (from: string, to: string) =>
    `apiVersion: gateway.networking.k8s.io/v1beta1\nkind: ReferenceGrant\nmetadata: { name: g, namespace: chat }\nspec: { from: [${from}], to: [${to}] }`;
  const from = '{ group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: edge }';

  test.each([
    "{ group: '', kind: Service }",
    '{ kind: Service }',
    "{ group: '', kind: Service, name: web }",
    "{ group: '', kind: Secret }, { group: '', kind: Service }",
  ])('is granted by %s', (to) => {
    expect(about(there, grant(from, to))).toEqual([]);
    expect(about(there, grant(`${from.replace('edge', 'other')}, ${from}`, to))).toEqual([]);
  });

  test('is told with the grant that it takes', () => {
    const pool = route('{ group: inference.networking.k8s.io, kind: InferencePool, name: llama, namespace: chat }');
    const fixes = about(there, pool.replace('namespace: chat }', 'namespace: edge }')).map(({ fix }) => fix);
    expect(fixes).toEqual([
      "put a ReferenceGrant into 'chat', from HTTPRoute in 'edge' to Service",
      "put a ReferenceGrant into 'chat', from HTTPRoute in 'edge' to inference.networking.k8s.io InferencePool",
    ]);
  });

  test.each([
    ['nobody', []],
    ['another name', [grant(from, "{ group: '', kind: Service, name: api }")]],
    ['another kind', [grant(from.replace('HTTPRoute', 'GRPCRoute'), "{ group: '', kind: Service }")]],
    ['another namespace', [grant(from.replace('edge', 'other'), "{ group: '', kind: Service }")]],
    ['routes of another group', [grant(from.replace('gateway.networking.k8s.io', 'a.b'), '{ kind: Service }')]],
    ['Services of another group', [grant(from, '{ group: serving.knative.dev, kind: Service }')]],
    ['other objects', [grant(from, "{ group: '', kind: Secret }")]],
  ])('is reported when it is granted to %s', (_, grants) => {
    const findings = about(there, ...grants);
    expect(placesOf(findings)).toEqual(['HTTPRoute edge/one spec.rules[0].backendRefs[0].name']);
    expect(findings[0]?.message).toBe("no ReferenceGrant in 'chat' lets a HTTPRoute of 'edge' use Service 'web'");
  });
});

test('objects without backends are not asked', () => {
  const tally = ask(backends, [SERVICE, POOL, route(''), webhook('{}')].join('\n---\n'));
  expect(tally).toMatchObject({ findings: [], compliant: 0, notApplicable: 4 });
});
