import { gpuQuota } from '../../../lib/policy/rules/gpu-quota';
import { ask, placesOf } from '../../support/verdicts';

const GPU = 'nvidia.com/gpu';
const POD = (gpus: number) => `{ containers: [{ resources: { limits: { ${GPU}: ${gpus} } } }] }`;
const quota = (hard: string, more = '') =>
  `apiVersion: v1\nkind: ResourceQuota\nmetadata: { name: gpus, namespace: chat }\nspec: { hard: { ${hard} }${more} }`;
const workload = (apiVersion: string, kind: string, spec: string, gpus = 2, namespace = 'chat') =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: llama, namespace: ${namespace} }\nspec: { ${spec}template: { spec: ${POD(gpus)} } }`;
const DEPLOYMENT = workload('apps/v1', 'Deployment', 'replicas: 3, ');
const all = (...documents: readonly string[]) => ask(gpuQuota, documents.join('\n---\n'));
const scaled = (kind: string, apiVersion: string, bounds: string) =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: s, namespace: chat }\nspec: { scaleTargetRef: { kind: Deployment, name: llama }, ${bounds} }`;

const CASES: readonly (readonly [title: string, documents: readonly string[], gpus: number])[] = [
  ['the replicas of a Deployment', [DEPLOYMENT], 6],
  ['one replica, where none is set', [workload('apps/v1', 'Deployment', '')], 2],
  ['the most of an HPA', [DEPLOYMENT, scaled('HorizontalPodAutoscaler', 'autoscaling/v2', 'maxReplicas: 5')], 10],
  ['the most of a ScaledObject', [DEPLOYMENT, scaled('ScaledObject', 'keda.sh/v1alpha1', 'maxReplicaCount: 4')], 8],
  ['a StatefulSet', [workload('apps/v1', 'StatefulSet', 'replicas: 2, ')], 4],
  ['the pods of a Job that run at once', [workload('batch/v1', 'Job', 'parallelism: 4, completions: 3, ')], 6],
  [
    'a CronJob',
    [
      `apiVersion: batch/v1\nkind: CronJob\nmetadata: { name: c, namespace: chat }\nspec: { jobTemplate: { spec: { parallelism: 2, template: { spec: ${POD(1)} } } } }`,
    ],
    2,
  ],
  [
    'the Jobs of a ScaledJob',
    [
      `apiVersion: keda.sh/v1alpha1\nkind: ScaledJob\nmetadata: { name: c, namespace: chat }\nspec: { maxReplicaCount: 3, jobTargetRef: { template: { spec: ${POD(2)} } } }`,
    ],
    6,
  ],
  ['a lone Pod', [`apiVersion: v1\nkind: Pod\nmetadata: { name: p, namespace: chat }\nspec: ${POD(8)}`], 8],
  ['all workloads together', [DEPLOYMENT, workload('apps/v1', 'StatefulSet', 'replicas: 2, ')], 10],
];

describe('a GPU quota', () => {
  test.each(CASES)('holds %s when it is as large', (_, documents, gpus) => {
    expect(all(...documents, quota(`requests.${GPU}: '${gpus}'`))).toMatchObject({ findings: [], compliant: 1 });
  });

  test.each(CASES)('does not hold %s when it is one smaller', (_, documents, gpus) => {
    const { findings } = all(...documents, quota(`requests.${GPU}: ${gpus - 1}`));
    expect(placesOf(findings)).toEqual([`ResourceQuota chat/gpus spec.hard['requests.${GPU}']`]);
    expect(findings[0]?.allowed).toBe(`${gpus} or more`);
  });

  test('is reported with the workloads that take most', () => {
    const { findings } = all(
      DEPLOYMENT,
      workload('apps/v1', 'StatefulSet', 'replicas: 1, '),
      quota(`requests.${GPU}: 4`),
    );
    expect(findings[0]).toMatchObject({
      rule: 'WP-NS-001',
      value: 4,
      message:
        "what is placed in 'chat' takes 8 nvidia.com/gpu at the most: Deployment chat/llama 3 x 2, StatefulSet chat/llama 1 x 2",
    });
  });
});

test.each([
  ['of other resources', [DEPLOYMENT, quota('pods: 1')]],
  ['of another GPU', [DEPLOYMENT, quota('requests.amd.com/gpu: 0')]],
  ['of another namespace', [workload('apps/v1', 'Deployment', '', 2, 'other'), quota(`requests.${GPU}: 0`)]],
  ['for some of the pods', [DEPLOYMENT, quota(`requests.${GPU}: 0`, ', scopeSelector: { matchExpressions: [] }')]],
])('a quota %s is not asked', (_, documents) => {
  expect(all(...documents).notApplicable).toBe(2);
});
