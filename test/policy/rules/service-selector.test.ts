import { serviceSelector } from '../../../lib/policy/rules/service-selector';
import { ask, placesOf } from '../../support/verdicts';

const workload = (kind: string, labels: string, namespace = 'chat') =>
  `apiVersion: ${kind === 'Job' || kind === 'CronJob' ? 'batch' : 'apps'}/v1\nkind: ${kind}\nmetadata: { name: web, namespace: ${namespace} }\nspec: { template: { metadata: { labels: ${labels} }, spec: {} } }`;
const service = (spec: string, namespace = 'chat') =>
  `apiVersion: v1\nkind: Service\nmetadata: { name: web, namespace: ${namespace} }\nspec: ${spec}`;
const all = (...documents: readonly string[]) => ask(serviceSelector, documents.join('\n---\n'));

const PODS = workload('Deployment', '{ app: web, tier: front }');

describe('a Service that selects pods', () => {
  test.each([
    ['by some of their labels', PODS, '{ selector: { app: web } }'],
    ['by all of their labels', PODS, '{ selector: { app: web, tier: front } }'],
    [
      'one by one',
      workload('StatefulSet', '{ app: web }'),
      '{ selector: { app: web, statefulset.kubernetes.io/pod-name: web-0 } }',
    ],
    ['by a hash that a controller adds', PODS, '{ selector: { app: web, pod-template-hash: abc } }'],
    ['of a Job, by its name', workload('Job', '{}'), '{ selector: { batch.kubernetes.io/job-name: web } }'],
  ])('%s is in order', (_, pods, spec) => {
    expect(all(pods, service(spec))).toMatchObject({ findings: [], compliant: 1, notApplicable: 1 });
  });

  test('may be a pool of model servers, in both of its versions', () => {
    const pool = (group: string, selector: string) =>
      `apiVersion: ${group}/v1\nkind: InferencePool\nmetadata: { name: one, namespace: chat }\nspec: { selector: ${selector} }`;
    expect(all(PODS, pool('inference.networking.k8s.io', '{ matchLabels: { app: web } }')).compliant).toBe(1);
    expect(all(PODS, pool('inference.networking.x-k8s.io', '{ app: web }')).compliant).toBe(1);
    const wrong = all(PODS, pool('inference.networking.k8s.io', '{ matchLabels: { app: llama } }'));
    expect(placesOf(wrong.findings)).toEqual(['InferencePool chat/one spec.selector']);
  });
});

describe('a Service that selects no pod', () => {
  test.each([
    ['by another value', PODS, '{ selector: { app: wbe } }'],
    ['by one label too many', PODS, '{ selector: { app: web, track: stable } }'],
    [
      'of another StatefulSet',
      workload('StatefulSet', '{ app: web }'),
      '{ selector: { app: web, statefulset.kubernetes.io/pod-name: db-0 } }',
    ],
    [
      'of a kind that gets no such label',
      PODS,
      '{ selector: { app: web, statefulset.kubernetes.io/pod-name: web-0 } }',
    ],
    ['of its namespace', workload('Deployment', '{ app: web }', 'other'), '{ selector: { app: web } }'],
    ['at all', 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: x, namespace: chat }', '{ selector: { app: web } }'],
  ])('%s is reported', (_, pods, spec) => {
    expect(placesOf(all(pods, service(spec)).findings)).toEqual(['Service chat/web spec.selector']);
  });

  test('is told with the pods that come nearest and the labels in which they differ', () => {
    expect(all(PODS, service('{ selector: { app: web, tier: back, track: stable } }')).findings).toEqual([
      expect.objectContaining({
        rule: 'WP-SEL-001',
        severity: 'error',
        value: 'app=web,tier=back,track=stable',
        message:
          "no pod in namespace 'chat' has these labels: the pods of Deployment 'web' have tier=front, track=(not set)",
        allowed: "labels of the pods of Deployment 'web'",
      }),
    ]);
  });
});

describe('a Service is not asked', () => {
  test.each([
    ['without a selector', '{ ports: [] }'],
    ['with an empty selector', '{ selector: {} }'],
    ['that is another name', '{ type: ExternalName, externalName: example.com, selector: { app: any } }'],
  ])('%s', (_, spec) => {
    expect(all(PODS, service(spec)).notApplicable).toBe(2);
  });
});

describe('pods that stand in no manifest', () => {
  test("are the cluster's own", () => {
    const asked = all(service('{ selector: { k8s-app: kube-dns } }', 'kube-system'));
    expect(asked).toMatchObject({ findings: [], compliant: 0, notApplicable: 1 });
  });

  test('are those that an operator makes for an object that the selector names', () => {
    const prometheus =
      'apiVersion: monitoring.coreos.com/v1\nkind: Prometheus\nmetadata: { name: main, namespace: chat }';
    const set =
      'apiVersion: leaderworkerset.x-k8s.io/v1\nkind: LeaderWorkerSet\nmetadata: { name: big, namespace: chat }';
    expect(all(prometheus, service('{ selector: { operator.prometheus.io/name: main } }')).findings).toEqual([]);
    expect(all(prometheus, service('{ selector: { app.kubernetes.io/name: prometheus } }')).findings).toEqual([]);
    expect(all(set, service('{ selector: { leaderworkerset.sigs.k8s.io/name: big } }')).findings).toEqual([]);
    expect(all(set, service('{ selector: { leaderworkerset.sigs.k8s.io/name: small } }')).findings).toHaveLength(1);
    expect(all(set, service('{ selector: { app.kubernetes.io/name: prometheus } }')).findings).toHaveLength(1);
  });
});
