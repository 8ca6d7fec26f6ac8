import { scaleTargets } from '../../../lib/policy/rules/scale-targets';
import { ask, placesOf } from '../../support/verdicts';

const DEPLOYMENT = 'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: chat, namespace: chat }';
const CUSTOM =
  'apiVersion: leaderworkerset.x-k8s.io/v1\nkind: LeaderWorkerSet\nmetadata: { name: big, namespace: chat }';
const scaler = (apiVersion: string, kind: string, spec: string) =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: one, namespace: chat }\nspec: ${spec}`;
const hpa = (target: string) => scaler('autoscaling/v2', 'HorizontalPodAutoscaler', `{ scaleTargetRef: ${target} }`);
const keda = (target: string) => scaler('keda.sh/v1alpha1', 'ScaledObject', `{ scaleTargetRef: ${target} }`);
const about = (one: string) => ask(scaleTargets, [DEPLOYMENT, CUSTOM, one].join('\n---\n'));

test.each([
  ['an HPA', hpa('{ apiVersion: apps/v1, kind: Deployment, name: chat }')],
  [
    'an HPA, of a kind that somebody here writes',
    hpa('{ apiVersion: leaderworkerset.x-k8s.io/v1, kind: LeaderWorkerSet, name: big }'),
  ],
  ['a ScaledObject, which means Deployments', keda('{ name: chat }')],
  [
    'a VPA',
    scaler(
      'autoscaling.k8s.io/v1',
      'VerticalPodAutoscaler',
      '{ targetRef: { apiVersion: apps/v1, kind: Deployment, name: chat } }',
    ),
  ],
  [
    'a CapacityBuffer',
    scaler(
      'autoscaling.x-k8s.io/v1beta1',
      'CapacityBuffer',
      '{ scalableRef: { apiGroup: apps, kind: Deployment, name: chat } }',
    ),
  ],
])('the target of %s exists', (_, one) => {
  expect(about(one)).toMatchObject({ findings: [], compliant: 1, notApplicable: 2 });
});

test.each([
  [
    'an HPA',
    hpa('{ apiVersion: apps/v1, kind: Deployment, name: caht }'),
    'HorizontalPodAutoscaler chat/one spec.scaleTargetRef.name',
  ],
  [
    'an HPA, of another kind',
    hpa('{ apiVersion: apps/v1, kind: StatefulSet, name: chat }'),
    'HorizontalPodAutoscaler chat/one spec.scaleTargetRef.name',
  ],
  [
    'an HPA, of another group',
    hpa('{ apiVersion: extensions/v1beta1, kind: Deployment, name: chat }'),
    'HorizontalPodAutoscaler chat/one spec.scaleTargetRef.apiVersion',
  ],
  [
    'an HPA, of a kind of others',
    hpa('{ apiVersion: leaderworkerset.x-k8s.io/v1, kind: LeaderWorkerSet, name: bug }'),
    'HorizontalPodAutoscaler chat/one spec.scaleTargetRef.name',
  ],
  ['a ScaledObject', keda('{ name: caht }'), 'ScaledObject chat/one spec.scaleTargetRef.name'],
  [
    'a VPA',
    scaler(
      'autoscaling.k8s.io/v1',
      'VerticalPodAutoscaler',
      '{ targetRef: { apiVersion: batch/v1, kind: CronJob, name: chat } }',
    ),
    'VerticalPodAutoscaler chat/one spec.targetRef.name',
  ],
  [
    'a CapacityBuffer',
    scaler(
      'autoscaling.x-k8s.io/v1beta1',
      'CapacityBuffer',
      '{ scalableRef: { apiGroup: apps, kind: Deployment, name: caht } }',
    ),
    'CapacityBuffer chat/one spec.scalableRef.name',
  ],
])('the missing target of %s is reported', (_, one, place) => {
  expect(placesOf(about(one).findings)).toEqual([place]);
});

test('what is said names the target, and the one that was probably meant', () => {
  expect(about(keda('{ name: caht }')).findings[0]).toMatchObject({
    message: "there is no Deployment 'caht' in namespace 'chat'",
    allowed: "'chat'",
    about: 'Deployment/caht',
  });
});

test('a target of a kind that nobody here writes is not judged, nor is a scaler without one', () => {
  expect(about(hpa('{ apiVersion: example.com/v1, kind: Thing, name: any }')).notApplicable).toBe(3);
  expect(about(scaler('keda.sh/v1alpha1', 'ScaledJob', '{ jobTargetRef: {} }')).notApplicable).toBe(3);
});
