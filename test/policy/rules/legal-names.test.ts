import { legalNames } from '../../../lib/policy/rules/legal-names';
import { workload } from '../../support/manifests';
import { ask } from '../../support/verdicts';

const object = (type: string, name: string, rest = '') => {
  const [apiVersion, kind] = type.split(' ');
  return `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: '${name}' }\n${rest}`;
};
const props = (yaml: string) => ask(legalNames, yaml).findings.map(({ prop }) => prop);
const of = (length: number) => 'a'.repeat(length);

describe('an object', () => {
  test.each([
    ['v1 ConfigMap', 'kube-root-ca.crt'],
    ['v1 ConfigMap', '7b'],
    ['v1 ConfigMap', of(253)],
    ['v1 Service', 'chat-7b'],
    ['v1 Service', of(63)],
    ['v1 Namespace', '7b'],
    ['apps/v1 Deployment', of(100)],
    ['apps/v1 StatefulSet', of(52)],
    ['batch/v1 CronJob', of(52)],
    ['batch/v1 Job', of(63)],
    ['keda.sh/v1alpha1 ScaledObject', of(63)],
    ['rbac.authorization.k8s.io/v1 ClusterRole', 'system:Node_reader'],
    ['certificates.k8s.io/v1 CertificateSigningRequest', 'Node:csr'],
    ['image.openshift.io/v1 ImageStreamTag', 'chat:latest'],
    ['networking.k8s.io/v1 IPAddress', '2001:db8::1'],
    ['example.com/v1 Model', 'chat.v1'],
  ])('%s may be called %s', (type, name) => {
    expect(ask(legalNames, object(type, name))).toMatchObject({ findings: [], compliant: 1 });
  });

  test.each([
    ['v1 ConfigMap', 'Chat'],
    ['v1 ConfigMap', 'a_b'],
    ['v1 ConfigMap', '-a'],
    ['v1 ConfigMap', of(254)],
    ['v1 Service', '7b'],
    ['v1 Service', 'chat.v1'],
    ['v1 Service', of(64)],
    ['v1 Namespace', 'a.b'],
    ['v1 Namespace', of(64)],
    ['apps/v1 StatefulSet', of(53)],
    ['apps/v1 StatefulSet', 'a.b'],
    ['batch/v1 CronJob', of(53)],
    ['batch/v1 Job', of(64)],
    ['keda.sh/v1alpha1 ScaledObject', of(64)],
    ['rbac.authorization.k8s.io/v1 Role', 'a/b'],
    ['rbac.authorization.k8s.io/v1 Role', '..'],
    ['example.com/v1 Model', 'Chat'],
  ])('%s may not be called %s', (type, name) => {
    expect(props(object(type, name))).toEqual(['metadata.name']);
  });

  test('is told what its kind allows', () => {
    const { findings } = ask(legalNames, object('apps/v1 StatefulSet', of(53)));
    expect(findings[0]).toMatchObject({
      message: 'no StatefulSet can have this name',
      allowed: expect.stringContaining('at most 52 characters'),
    });
  });

  test('stands in a namespace that could exist', () => {
    expect(props('apiVersion: v1\nkind: Secret\nmetadata: { name: a, namespace: Chat.EU }')).toEqual([
      'metadata.namespace',
    ]);
  });

  test('may leave its name to the API server', () => {
    expect(props('apiVersion: batch/v1\nkind: Job\nmetadata: { generateName: burn-in- }')).toEqual([]);
  });
});

describe('the parts of a pod', () => {
  const parts = (yaml: string) => props(workload(yaml)).map((prop) => prop.replace('spec.template.spec.', ''));

  test.each([
    ['containers: [{ name: server, ports: [{ name: http }, { name: grpc-web }, { containerPort: 1 }] }]'],
    [
      'initContainers: [{ name: a }]\ncontainers: [{ name: b, ports: [{ name: http }] }, { name: c, ports: [{ name: http2 }] }]',
    ],
    ['volumes: [{ name: a }, { name: b }]\ncontainers: [{ name: a }]'],
  ])('may be called so: %s', (yaml) => {
    expect(parts(yaml)).toEqual([]);
  });

  test.each([
    ['containers: [{ name: Server }]', ['containers[0].name']],
    ['containers: [{ name: a.b }]', ['containers[0].name']],
    ['containers: [{ name: a }, { name: a }]', ['containers[1].name']],
    ['initContainers: [{ name: a }]\ncontainers: [{ name: a }]', ['containers[0].name']],
    ['containers: [{ name: a, ports: [{ name: Http }] }]', ['containers[0].ports[0].name']],
    ['containers: [{ name: a, ports: [{ name: "80" }] }]', ['containers[0].ports[0].name']],
    ['containers: [{ name: a, ports: [{ name: a--b }] }]', ['containers[0].ports[0].name']],
    [`containers: [{ name: a, ports: [{ name: ${of(16)} }] }]`, ['containers[0].ports[0].name']],
    ['volumes: [{ name: a.b }]\ncontainers: []', ['volumes[0].name']],
    ['volumes: [{ name: a }, { name: a }]\ncontainers: []', ['volumes[1].name']],
    ['containers: [{ name: 5 }]', ['containers[0].name']],
  ])('may not be called so: %s', (yaml, expected) => {
    expect(parts(yaml)).toEqual(expected);
  });
});

test('ports of a Service and what they point to have names', () => {
  const service = (ports: string) => props(object('v1 Service', 'chat', `spec: { ports: [${ports}] }`));
  expect(service('{ name: http, targetPort: http }, { name: a-port-with-a-long-name, targetPort: 80 }')).toEqual([]);
  expect(service(`{ name: HTTP, targetPort: ${of(16)} }`)).toEqual(['spec.ports[0].name', 'spec.ports[0].targetPort']);
});

test('what has no kind is not judged here', () => {
  expect(ask(legalNames, 'metadata: { name: A }').notApplicable).toBe(1);
});
