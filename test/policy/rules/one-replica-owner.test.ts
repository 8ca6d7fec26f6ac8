import { oneReplicaOwner } from '../../../lib/policy/rules/one-replica-owner';
import { documents, workload } from '../../support/manifests';
import { ask, placesOf } from '../../support/verdicts';

const hpa = (name = 'chat', namespace = 'chat', kind = 'Deployment') =>
  `apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: { name: ${name}, namespace: ${namespace} }\nspec: { maxReplicas: 5, scaleTargetRef: { kind: ${kind}, name: chat } }`;
const keda = (advanced = '{}') =>
  `apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata: { name: chat, namespace: chat }\nspec: { advanced: ${advanced}, scaleTargetRef: { name: chat } }`;
const WITH = workload('containers: []', { spec: 'replicas: 2' });
const WITHOUT = workload('containers: []');
const found = (...yaml: readonly string[]) => placesOf(ask(oneReplicaOwner, documents(...yaml)).findings);

describe('a scaled workload', () => {
  test.each([
    ['an HPA', hpa()],
    ['KEDA', keda()],
  ])('leaves the number of pods to %s', (_, scaler) => {
    expect(found(scaler, WITHOUT)).toEqual([]);
    expect(found(scaler, WITH)).toEqual(['Deployment chat/chat spec.replicas']);
  });

  test('is told who the other owner is', () => {
    expect(ask(oneReplicaOwner, documents(hpa(), WITH)).findings[0]).toMatchObject({
      value: 2,
      message: 'HorizontalPodAutoscaler chat/chat decides the number of pods, and every apply sets it back',
    });
  });

  test('may say nothing even where it says zero', () => {
    expect(found(hpa(), workload('containers: []', { spec: 'replicas: 0' }))).toHaveLength(1);
  });

  test('is one of the scaler, not of its namesakes', () => {
    expect(found(hpa('chat', 'other'), WITH)).toEqual([]);
    expect(found(hpa('chat', 'chat', 'StatefulSet'), WITH)).toEqual([]);
    expect(
      found(
        hpa('chat', 'chat', 'StatefulSet'),
        workload('containers: []', { kind: 'apps/v1 StatefulSet', spec: 'replicas: 2' }),
      ),
    ).toHaveLength(1);
  });
});

describe('two scalers', () => {
  test('of one workload are one too many', () => {
    expect(found(hpa('one'), hpa('two'), WITHOUT)).toEqual(['HorizontalPodAutoscaler chat/two spec.scaleTargetRef']);
    expect(found(hpa('one'), keda(), WITHOUT)).toEqual(['ScaledObject chat/chat spec.scaleTargetRef']);
  });

  test('are one where KEDA takes over an HPA by name', () => {
    expect(found(hpa('mine'), keda('{ horizontalPodAutoscalerConfig: { name: mine } }'), WITHOUT)).toEqual([]);
  });

  test('without a target are not compared', () => {
    const lost = 'apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: { name: a }\nspec: {}';
    expect(found(lost, lost)).toEqual([]);
  });
});

test('a workload without scaler may state its replicas', () => {
  expect(ask(oneReplicaOwner, WITH)).toMatchObject({ findings: [], notApplicable: 1 });
  expect(ask(oneReplicaOwner, workload('containers: []', { kind: 'batch/v1 Job' })).notApplicable).toBe(1);
});
