import { singleNodeDisk } from '../../../lib/policy/rules/single-node-disk';
import { documents, workload } from '../../support/manifests';
import { ask, placesOf } from '../../support/verdicts';

const claim = (...modes: readonly string[]) =>
  `apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: { name: models, namespace: chat }\nspec: { accessModes: [${modes.join(', ')}] }`;
const POD =
  'volumes: [{ name: tmp, emptyDir: {} }, { name: models, persistentVolumeClaim: { claimName: models } }]\ncontainers: []';
const RECREATE = 'strategy: { type: Recreate }';
const mounts = (spec: string, kind?: string, name?: string, extra = '') =>
  workload(`${POD}\n${extra}`, { spec, ...(kind && { kind }), ...(name && { name }) });
const asked = (modes: readonly string[], ...yaml: readonly string[]) =>
  ask(singleNodeDisk, documents(claim(...modes), ...yaml));
const RWO = ['ReadWriteOnce'];
const PLACE = 'spec.template.spec.volumes[1].persistentVolumeClaim.claimName';

describe('a disk of one node', () => {
  test.each([
    ['one pod that ends before the next one starts', mounts(`replicas: 1\n${RECREATE}`)],
    [
      'one pod that ends first in an update',
      mounts('replicas: 1\nstrategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } }'),
    ],
    [
      'one pod that may end first',
      mounts('replicas: 1\nstrategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } }'),
    ],
    ['a StatefulSet of one', mounts('replicas: 1', 'apps/v1 StatefulSet')],
    ['a job', mounts('', 'batch/v1 Job')],
    ['pods of one node', mounts('replicas: 3', undefined, undefined, 'nodeSelector: { kubernetes.io/hostname: one }')],
    [
      'pods that keep together',
      mounts(
        'replicas: 3',
        undefined,
        undefined,
        'affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: kubernetes.io/hostname }] } }',
      ),
    ],
    [
      'a job that fills it for a service',
      documents(mounts('', 'batch/v1 Job', 'fill'), mounts(`replicas: 1\n${RECREATE}`)),
    ],
  ])('suits %s', (_, yaml) => {
    expect(asked(RWO, yaml).findings).toEqual([]);
  });

  test.each([
    ['several pods', mounts(`replicas: 2\n${RECREATE}`), 'Deployment', '2 pods ask for it'],
    ['several pods of a StatefulSet', mounts('replicas: 2', 'apps/v1 StatefulSet'), 'StatefulSet', '2 pods ask for it'],
    [
      'one pod whose successor starts first',
      mounts('replicas: 1'),
      'Deployment',
      'the new pod of an update asks for it while the old one holds it',
    ],
    ['node agents', mounts('', 'apps/v1 DaemonSet'), 'DaemonSet', 'a pod on every node asks for it'],
    ['a job in parallel', mounts('parallelism: 4', 'batch/v1 Job'), 'Job', '4 pods ask for it'],
  ])('does not suit %s', (_, yaml, kind, why) => {
    const { findings } = asked(RWO, yaml);
    expect(placesOf(findings)).toEqual([`${kind} chat/chat ${PLACE}`]);
    expect(findings[0]).toMatchObject({
      about: 'PersistentVolumeClaim/models',
      message: `one node can mount this claim (ReadWriteOnce), and ${why}`,
    });
  });

  test('does not suit two workloads', () => {
    const { findings } = asked(
      RWO,
      mounts(`replicas: 1\n${RECREATE}`, undefined, 'one'),
      mounts('replicas: 1', 'apps/v1 StatefulSet', 'two'),
    );
    expect(findings.map(({ object, message }) => `${object}: ${message.split('and ')[1]}`)).toEqual([
      'Deployment chat/one: StatefulSet chat/two holds it as well',
      'StatefulSet chat/two: Deployment chat/one holds it as well',
    ]);
  });

  test('of one pod does not suit several, even on one node', () => {
    const yaml = mounts('replicas: 2', undefined, undefined, 'nodeName: one');
    expect(asked(['ReadWriteOncePod'], yaml).notCompliant).toBe(1);
    expect(asked(RWO, yaml).notCompliant).toBe(0);
  });

  test('counts the most that a scaler makes of it', () => {
    const hpa =
      'apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: { name: chat, namespace: chat }\nspec: { maxReplicas: 4, scaleTargetRef: { kind: Deployment, name: chat } }';
    expect(asked(RWO, hpa, mounts(RECREATE)).findings[0]?.message).toContain('4 pods ask for it');
  });
});

describe('nothing is said', () => {
  test.each([
    ['of a shared file system', ['ReadWriteMany'], mounts('replicas: 5')],
    ['of a disk that can be both', ['ReadWriteOnce', 'ReadOnlyMany'], mounts('replicas: 5')],
    ['of modes that nobody states', [], mounts('replicas: 5')],
    [
      'of disks that a StatefulSet makes',
      RWO,
      workload('containers: []', {
        kind: 'apps/v1 StatefulSet',
        spec: 'replicas: 5\nvolumeClaimTemplates: [{ metadata: { name: data }, spec: { accessModes: [ReadWriteOnce] } }]',
      }),
    ],
    ['of claims elsewhere', RWO, workload(POD, { namespace: 'other', spec: 'replicas: 5' })],
  ])('%s', (_, modes, yaml) => {
    expect(asked(modes, yaml)).toMatchObject({ findings: [], compliant: 0 });
  });
});
