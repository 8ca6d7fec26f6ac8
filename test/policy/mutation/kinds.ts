/** Kinds of mistakes, each with all places of a cluster where it can be made, and the rules that have to notice. */

import type { RuleId } from '../../../lib/domain';
import type { Manifest, PolicyPool } from '../../../lib/policy';
import { at, isObject, type Json, list, object, type Path, text } from '../../../lib/policy/json';
import { containersOf, gpusOf, type PodTemplate, podTemplateOf } from '../../../lib/policy/pod-template';
import { type Edit, GONE } from './edits';

/** A set of objects that no rule has anything to say against. */
export interface Cluster {
  readonly name: string;
  readonly objects: readonly Json[];
  readonly pools: readonly PolicyPool[];
}

/** One mistake: the edits that make it. */
export type Mistake = readonly Edit[];

/** A kind of mistake. */
export interface Kind {
  readonly name: string;
  /** One of these has to notice. */
  readonly right: readonly RuleId[];
  /** These may notice as well: the same mistake seen from another object. */
  readonly related?: readonly RuleId[];
  readonly sites: (cluster: Cluster) => readonly Mistake[];
}

interface Subject {
  readonly index: number;
  readonly object: Json;
}

const OTHER = 'renamed-by-mistake';

function ofKind({ objects }: Cluster, ...kinds: readonly string[]): readonly Subject[] {
  return objects
    .map((candidate, index) => ({ index, object: candidate }))
    .filter(({ object: { kind } }) => kinds.some((one) => one === kind));
}

interface Pod extends Subject {
  readonly template: PodTemplate;
}

function pods({ objects }: Cluster): readonly Pod[] {
  return objects.flatMap((candidate, index) => {
    const manifest: Manifest = { file: 'x', index, object: candidate };
    const template = podTemplateOf(manifest, 'default');
    return template === undefined ? [] : [{ index, object: candidate, template }];
  });
}

const gpuPods = (cluster: Cluster) => pods(cluster).filter(({ template }) => Object.keys(gpusOf(template)).length > 0);

const change = (index: number, path: Path, value: unknown): Mistake => [{ index, path, value }];

/** Every place of a key below a path, at any depth. */
function placesOf(value: unknown, key: string, path: Path = []): readonly Path[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => placesOf(item, key, [...path, index]));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, item]) => [
    ...(name === key ? [[...path, name]] : []),
    ...placesOf(item, key, [...path, name]),
  ]);
}

/** Changes every value of a map of labels, one at a time. */
function labelChanges(index: number, root: unknown, path: Path): readonly Mistake[] {
  return Object.keys(object(at(root, ...path))).map((key) => change(index, [...path, key], OTHER));
}

/** The containers of pods, each with the path of a part of it. */
function inContainers(
  cluster: Cluster,
  part: Path,
  make: (found: unknown, container: Json) => unknown,
  which: readonly Pod[] = pods(cluster),
): readonly Mistake[] {
  return which.flatMap(({ index, template }) =>
    containersOf(template).flatMap(({ container, path }) => {
      const found = at(container, ...part);
      const value = found === undefined ? undefined : make(found, container);
      return value === undefined ? [] : [change(index, [...path, ...part], value)];
    }),
  );
}

/** Puts something into every container, whether it is there already or not. */
function intoContainers(cluster: Cluster, part: Path, value: unknown): readonly Mistake[] {
  return pods(cluster).flatMap(({ index, template }) =>
    containersOf(template).map(({ path }) => change(index, [...path, ...part], value)),
  );
}

const inPods = (part: Path, value: unknown) => (cluster: Cluster) =>
  pods(cluster).map(({ index, template }) => change(index, [...template.specPath, ...part], value));

const ENFORCE = 'pod-security.kubernetes.io/enforce';

/** Pods of namespaces that hold the level 'restricted'; others may do what they like. */
function restricted(cluster: Cluster): Cluster {
  const free = ofKind(cluster, 'Namespace')
    .filter(({ object: one }) => at(one, 'metadata', 'labels', ENFORCE) !== 'restricted')
    .map(({ object: one }) => at(one, 'metadata', 'name'));
  const objects = cluster.objects.map((one) => (free.includes(at(one, 'metadata', 'namespace')) ? {} : one));
  return { ...cluster, objects };
}

const podSecurity = (name: string, sites: (cluster: Cluster) => readonly Mistake[]): Kind => ({
  name,
  right: ['WP-PSA-001'],
  sites: (cluster) => sites(restricted(cluster)),
});

/** Names that pods refer to: the path of the name, for every place that holds one. */
function renames(cluster: Cluster, key: string, name: string): readonly Mistake[] {
  return pods(cluster).flatMap(({ index, object: one }) =>
    placesOf(one, key).flatMap((path) =>
      text(at(one, ...path, name)) === undefined ? [] : [change(index, [...path, name], OTHER)],
    ),
  );
}

/** Objects of a kind that go away, where something else of the cluster names them. */
function removals(cluster: Cluster, ...kinds: readonly string[]): readonly Mistake[] {
  return ofKind(cluster, ...kinds).flatMap(({ index, object: one }) => {
    const name = JSON.stringify(at(one, 'metadata', 'name'));
    const named = cluster.objects.some((other, position) => {
      if (position === index) return false;
      const rest = { ...other, metadata: undefined };
      return JSON.stringify(rest).includes(name);
    });
    return named ? [change(index, [], GONE)] : [];
  });
}

const SELECTING: readonly RuleId[] = [
  'WP-REF-006',
  'WP-SEL-001',
  'WP-SEL-002',
  'WP-SEL-003',
  'WP-SEL-005',
  'WP-SEL-006',
  'WP-SEL-008',
  'WP-PDB-001',
  'WP-PDB-002',
];

/** Whoever names an object misses it. */
const REFERRING: readonly RuleId[] = [
  'WP-REF-001',
  'WP-REF-002',
  'WP-REF-003',
  'WP-REF-004',
  'WP-REF-005',
  'WP-REF-006',
  'WP-REF-007',
  'WP-REF-008',
  'WP-REF-009',
  'WP-REF-010',
];

/** What was said of the first of two is said of the second. */
const AGAIN: readonly RuleId[] = ['WP-IMG-003', 'WP-SVC-002'];

const NODES: readonly RuleId[] = ['WP-SCHED-001', 'WP-SCHED-002', 'WP-SCHED-003', 'WP-SCHED-005', 'WP-ROLL-001'];

const SELECTORS: readonly Kind[] = [
  {
    name: 'a label of the pods is changed',
    right: ['WP-SEL-004', 'WP-SEL-001', 'WP-SEL-003'],
    related: SELECTING,
    sites: (cluster) =>
      pods(cluster).flatMap(({ index, object: one, template }) => {
        const selected = Object.keys(object(at(one, 'spec', 'selector', 'matchLabels')));
        return selected.map((key) => change(index, [...template.labelsPath, key], OTHER));
      }),
  },
  {
    name: 'a label of the pods is dropped',
    right: ['WP-SEL-004', 'WP-SEL-001', 'WP-SEL-003'],
    related: SELECTING,
    sites: (cluster) =>
      pods(cluster).flatMap(({ index, object: one, template }) => {
        const selected = Object.keys(object(at(one, 'spec', 'selector', 'matchLabels')));
        return selected.map((key) => change(index, [...template.labelsPath, key], GONE));
      }),
  },
  {
    name: 'the selector of a workload is changed',
    right: ['WP-SEL-004'],
    related: ['WP-SEL-008'],
    sites: (cluster) =>
      ofKind(cluster, 'Deployment', 'StatefulSet', 'DaemonSet').flatMap(({ index, object: one }) =>
        labelChanges(index, one, ['spec', 'selector', 'matchLabels']),
      ),
  },
  {
    name: 'the selector of a Service is changed',
    right: ['WP-SEL-001'],
    related: ['WP-SEL-007', 'WP-REF-006'],
    sites: (cluster) =>
      ofKind(cluster, 'Service').flatMap(({ index, object: one }) => labelChanges(index, one, ['spec', 'selector'])),
  },
  {
    name: 'the selector of a disruption budget is changed',
    right: ['WP-SEL-002'],
    sites: (cluster) =>
      ofKind(cluster, 'PodDisruptionBudget').flatMap(({ index, object: one }) =>
        labelChanges(index, one, ['spec', 'selector', 'matchLabels']),
      ),
  },
  {
    name: 'the selector of a network policy is changed',
    right: ['WP-SEL-003'],
    sites: (cluster) =>
      ofKind(cluster, 'NetworkPolicy').flatMap(({ index, object: one }) =>
        labelChanges(index, one, ['spec', 'podSelector', 'matchLabels']),
      ),
  },
  {
    name: 'a peer of a network policy in its own namespace is changed',
    right: ['WP-SEL-003'],
    sites: (cluster) =>
      ofKind(cluster, 'NetworkPolicy').flatMap(({ index, object: one }) =>
        placesOf(one, 'from').flatMap((path) =>
          list(at(one, ...path)).flatMap((peer, position) =>
            at(peer, 'namespaceSelector') === undefined
              ? labelChanges(index, one, [...path, position, 'podSelector', 'matchLabels'])
              : [],
          ),
        ),
      ),
  },
  {
    name: 'the spread of pods counts others',
    right: ['WP-SEL-005'],
    sites: (cluster) =>
      pods(cluster).flatMap(({ index, object: one }) =>
        placesOf(one, 'topologySpreadConstraints').flatMap((path) =>
          list(at(one, ...path)).flatMap((_, position) =>
            labelChanges(index, one, [...path, position, 'labelSelector', 'matchLabels']),
          ),
        ),
      ),
  },
  {
    name: 'an anti-affinity keeps away from nobody',
    right: ['WP-SEL-005'],
    sites: (cluster) =>
      pods(cluster).flatMap(({ index, object: one }) =>
        placesOf(one, 'podAntiAffinity').flatMap((path) =>
          placesOf(at(one, ...path), 'matchLabels').flatMap((inner) => labelChanges(index, one, [...path, ...inner])),
        ),
      ),
  },
  {
    name: 'a monitor selects nothing',
    right: ['WP-SEL-006'],
    sites: (cluster) =>
      ofKind(cluster, 'ServiceMonitor', 'PodMonitor').flatMap(({ index, object: one }) =>
        labelChanges(index, one, ['spec', 'selector', 'matchLabels']),
      ),
  },
  {
    name: 'a monitor scrapes a port that is not there',
    right: ['WP-SEL-006'],
    sites: (cluster) =>
      ofKind(cluster, 'ServiceMonitor', 'PodMonitor').flatMap(({ index, object: one }) =>
        placesOf(one, 'port').map((path) => change(index, path, OTHER)),
      ),
  },
  {
    name: 'a Service points at a port that is not there',
    right: ['WP-SEL-007'],
    sites: (cluster) =>
      ofKind(cluster, 'Service').flatMap(({ index, object: one }) =>
        placesOf(one, 'targetPort').map((path) => change(index, path, OTHER.slice(0, 15))),
      ),
  },
  {
    name: 'a port of a container is renamed',
    right: ['WP-SEL-007', 'WP-POD-002', 'WP-SEL-006', 'WP-NET-003'],
    sites: (cluster) =>
      pods(cluster).flatMap(({ index, template }) =>
        containersOf(template).flatMap(({ container, path }) =>
          list(container.ports).flatMap((port, position) => {
            const name = text(at(port, 'name'));
            const used = name !== undefined && isUsed(cluster, index, name);
            return used ? [change(index, [...path, 'ports', position, 'name'], 'other-port')] : [];
          }),
        ),
      ),
  },
  {
    name: 'a second workload takes the pods of the first',
    right: ['WP-SEL-008'],
    related: ['WP-PDB-001', 'WP-PDB-002', 'WP-ROLL-001', 'WP-NS-001', 'WP-ROLL-002', 'WP-REF-006', ...AGAIN],
    sites: (cluster) =>
      ofKind(cluster, 'Deployment', 'StatefulSet').map(({ object: one }) => [
        {
          index: cluster.objects.length,
          path: [],
          value: { ...one, metadata: { ...object(one.metadata), name: `${text(at(one, 'metadata', 'name'))}-b` } },
        },
      ]),
  },
];

/** Whether something names a port: probes of the pod, Services, monitors, policies. */
function isUsed({ objects }: Cluster, index: number, port: string): boolean {
  const quoted = JSON.stringify(port);
  return objects.some((one, position) => {
    if (position === index) return placesOf(one, 'port').some((path) => at(one, ...path) === port);
    return ['Service', 'PodMonitor', 'NetworkPolicy'].includes(text(one.kind) ?? '')
      ? [...placesOf(one, 'targetPort'), ...placesOf(one, 'port')].some(
          (path) => JSON.stringify(at(one, ...path)) === quoted,
        )
      : false;
  });
}

const REFERENCES: readonly Kind[] = [
  {
    name: 'a ConfigMap is renamed where it is used',
    right: ['WP-REF-001'],
    sites: (cluster) => [
      ...renames(cluster, 'configMap', 'name'),
      ...renames(cluster, 'configMapKeyRef', 'name'),
      ...renames(cluster, 'configMapRef', 'name'),
    ],
  },
  { name: 'a ConfigMap is gone', right: ['WP-REF-001'], sites: (cluster) => removals(cluster, 'ConfigMap') },
  {
    name: 'a key of a ConfigMap is gone',
    right: ['WP-REF-001'],
    sites: (cluster) =>
      ofKind(cluster, 'ConfigMap').flatMap(({ index, object: one }) =>
        Object.keys(object(one.data))
          .filter((key) => pods(cluster).some((pod) => JSON.stringify(pod.object).includes(`"${key}"`)))
          .map((key) => change(index, ['data', key], GONE)),
      ),
  },
  {
    name: 'a Secret is renamed where it is used',
    right: ['WP-REF-002'],
    related: ['WP-ACK-002'],
    sites: (cluster) => renames(cluster, 'secretKeyRef', 'name'),
  },
  {
    name: 'a key of a Secret is misspelt',
    right: ['WP-REF-002'],
    sites: (cluster) => {
      const made = JSON.stringify(ofKind(cluster, 'ExternalSecret', 'Secret', 'SecretProviderClass'));
      return renames(cluster, 'secretKeyRef', 'key').filter(([edit]) => {
        const name = edit && at(cluster.objects[edit.index], ...edit.path.slice(0, -1), 'name');
        return made.includes(JSON.stringify(name));
      });
    },
  },
  {
    name: 'what makes a Secret is gone',
    right: ['WP-REF-002'],
    related: ['WP-REF-010'],
    sites: (cluster) => ofKind(cluster, 'ExternalSecret').map(({ index }) => change(index, [], GONE)),
  },
  {
    name: 'a ServiceAccount is renamed where it is used',
    right: ['WP-REF-003'],
    sites: (cluster) =>
      pods(cluster).flatMap(({ index, template }) =>
        template.spec.serviceAccountName === undefined
          ? []
          : [change(index, [...template.specPath, 'serviceAccountName'], OTHER)],
      ),
  },
  {
    name: 'a ServiceAccount is gone',
    right: ['WP-REF-003'],
    related: ['WP-REF-009'],
    sites: (cluster) => removals(cluster, 'ServiceAccount'),
  },
  {
    name: 'a claim is renamed where it is used',
    right: ['WP-REF-004'],
    sites: (cluster) => renames(cluster, 'persistentVolumeClaim', 'claimName'),
  },
  { name: 'a claim is gone', right: ['WP-REF-004'], sites: (cluster) => removals(cluster, 'PersistentVolumeClaim') },
  {
    name: 'a priority class is renamed where it is used',
    right: ['WP-REF-005'],
    sites: (cluster) =>
      pods(cluster).flatMap(({ index, template }) =>
        template.spec.priorityClassName === undefined
          ? []
          : [change(index, [...template.specPath, 'priorityClassName'], OTHER)],
      ),
  },
  {
    name: 'a priority class is gone',
    right: ['WP-REF-005'],
    related: ['WP-ROLL-001'],
    sites: (cluster) => removals(cluster, 'PriorityClass'),
  },
  {
    name: 'a StatefulSet names another Service',
    right: ['WP-REF-006'],
    sites: (cluster) =>
      ofKind(cluster, 'StatefulSet').map(({ index }) => change(index, ['spec', 'serviceName'], OTHER)),
  },
  {
    name: 'the Service of a StatefulSet has an address of its own',
    right: ['WP-REF-006'],
    sites: (cluster) =>
      ofKind(cluster, 'Service').flatMap(({ index, object: one }) =>
        at(one, 'spec', 'clusterIP') === 'None' ? [change(index, ['spec', 'clusterIP'], GONE)] : [],
      ),
  },
  {
    name: 'a route goes to another backend',
    right: ['WP-REF-007'],
    sites: (cluster) =>
      ofKind(cluster, 'Ingress', 'HTTPRoute').flatMap(({ index, object: one }) => [
        ...placesOf(one, 'service').map((path) => change(index, [...path, 'name'], OTHER)),
        ...placesOf(one, 'backendRefs').map((path) => change(index, [...path, 0, 'name'], OTHER)),
      ]),
  },
  {
    name: 'a route goes to another port',
    right: ['WP-REF-007'],
    sites: (cluster) =>
      ofKind(cluster, 'Ingress', 'HTTPRoute').flatMap(({ index, object: one }) => [
        ...placesOf(one, 'number').map((path) => change(index, path, 8081)),
        ...placesOf(one, 'backendRefs').map((path) => change(index, [...path, 0, 'port'], 8081)),
      ]),
  },
  {
    name: 'a scaler has another target',
    right: ['WP-REF-008'],
    related: ['WP-SVC-002', 'WP-PDB-002'],
    sites: (cluster) =>
      ofKind(cluster, 'HorizontalPodAutoscaler', 'ScaledObject').map(({ index }) =>
        change(index, ['spec', 'scaleTargetRef', 'name'], OTHER),
      ),
  },
  {
    name: 'a binding names another role',
    right: ['WP-REF-009'],
    sites: (cluster) => ofKind(cluster, 'RoleBinding').map(({ index }) => change(index, ['roleRef', 'name'], OTHER)),
  },
  {
    name: 'a binding names another account',
    right: ['WP-REF-009'],
    sites: (cluster) =>
      ofKind(cluster, 'RoleBinding').map(({ index }) => change(index, ['subjects', 0, 'name'], OTHER)),
  },
  {
    name: 'credentials or stores have another name',
    right: ['WP-REF-010'],
    sites: (cluster) =>
      [...ofKind(cluster, 'ScaledObject', 'ExternalSecret')].flatMap(({ index, object: one }) =>
        ['authenticationRef', 'secretStoreRef']
          .flatMap((key) => placesOf(one, key))
          // The platform's own stores are not among the manifests.
          .filter((path) => at(one, ...path, 'kind') !== 'ClusterSecretStore')
          .map((path) => change(index, [...path, 'name'], OTHER)),
      ),
  },
];

const SCHEDULING: readonly Kind[] = [
  {
    name: 'a toleration is removed',
    right: ['WP-SCHED-001', 'WP-SCHED-003'],
    related: NODES,
    sites: (cluster) =>
      gpuPods(cluster).flatMap(({ index, template }) =>
        list(template.spec.tolerations).map((_, position) =>
          change(index, [...template.specPath, 'tolerations', position], GONE),
        ),
      ),
  },
  {
    name: 'the value of a toleration is changed',
    right: ['WP-SCHED-001', 'WP-SCHED-003'],
    related: NODES,
    sites: (cluster) =>
      gpuPods(cluster).flatMap(({ index, template }) =>
        list(template.spec.tolerations).map((_, position) =>
          change(index, [...template.specPath, 'tolerations', position, 'value'], OTHER),
        ),
      ),
  },
  {
    name: 'a pod tolerates another pool',
    right: ['WP-SCHED-002'],
    sites: (cluster) =>
      gpuPods(cluster).flatMap(({ index, template }) => {
        const tolerations = list(template.spec.tolerations);
        const known = JSON.stringify(tolerations);
        const foreign = cluster.pools
          .flatMap(({ taints }) => taints)
          .find(({ key, value }) => !known.includes(`"${key}"`) || !known.includes(`"${value}"`));
        if (foreign === undefined) return [];
        const { key, value, effect } = foreign;
        const path = [...template.specPath, 'tolerations', tolerations.length];
        return [change(index, path, { key, operator: 'Equal', value, effect })];
      }),
  },
  {
    name: 'a pod tolerates everything',
    right: ['WP-SCHED-002'],
    sites: (cluster) =>
      gpuPods(cluster)
        .filter(({ object: { kind } }) => kind !== 'DaemonSet')
        // Where every pool is its own, there is nothing else to tolerate.
        .filter(() => cluster.pools.length > 1)
        .map(({ index, template }) => change(index, [...template.specPath, 'tolerations'], [{ operator: 'Exists' }])),
  },
  {
    name: 'a GPU pod has no priority',
    right: ['WP-SCHED-004'],
    related: ['WP-ROLL-001'],
    sites: (cluster) =>
      gpuPods(cluster).map(({ index, template }) => change(index, [...template.specPath, 'priorityClassName'], GONE)),
  },
  {
    name: 'a pod selects nodes that are not there',
    right: ['WP-SCHED-005'],
    related: NODES,
    sites: (cluster) =>
      gpuPods(cluster).flatMap(({ index, object: one }) =>
        placesOf(one, 'nodeSelectorTerms').map((path) =>
          change(index, [...path, 0, 'matchExpressions', 0, 'values', 0], OTHER),
        ),
      ),
  },
  {
    name: 'a pod asks for more GPUs than a node has',
    right: ['WP-SCHED-005'],
    related: ['WP-ROLL-001', 'WP-NS-001'],
    sites: (cluster) =>
      gpuPods(cluster).flatMap(({ index, template }) =>
        containersOf(template).flatMap(({ container, path }) =>
          Object.keys(object(at(container, 'resources', 'limits')))
            .filter((name) => name.includes('gpu'))
            .map((name) => [
              { index, path: [...path, 'resources', 'limits', name], value: '64' },
              { index, path: [...path, 'resources', 'requests', name], value: '64' },
            ]),
        ),
      ),
  },
];

const AVAILABILITY: readonly Kind[] = [
  {
    name: 'a disruption budget asks for every pod',
    right: ['WP-PDB-002'],
    sites: (cluster) =>
      ofKind(cluster, 'PodDisruptionBudget').map(({ index }) => [
        { index, path: ['spec', 'maxUnavailable'], value: GONE },
        { index, path: ['spec', 'minAvailable'], value: '100%' },
      ]),
  },
  {
    name: 'minAvailable is raised to the number of pods',
    right: ['WP-PDB-002'],
    sites: (cluster) =>
      ofKind(cluster, 'PodDisruptionBudget').map(({ index }) => [
        { index, path: ['spec', 'maxUnavailable'], value: GONE },
        { index, path: ['spec', 'minAvailable'], value: 99 },
      ]),
  },
  {
    name: 'a disruption budget lets nobody go',
    right: ['WP-PDB-002'],
    sites: (cluster) =>
      ofKind(cluster, 'PodDisruptionBudget').map(({ index }) => [
        { index, path: ['spec', 'minAvailable'], value: GONE },
        { index, path: ['spec', 'maxUnavailable'], value: 0 },
      ]),
  },
  {
    name: 'a disruption budget protects nobody',
    right: ['WP-PDB-001'],
    sites: (cluster) =>
      ofKind(cluster, 'PodDisruptionBudget').map(({ index }) => [
        { index, path: ['spec', 'maxUnavailable'], value: GONE },
        { index, path: ['spec', 'minAvailable'], value: 0 },
      ]),
  },
  {
    name: 'a rolling update asks for more than the pool has',
    right: ['WP-ROLL-001'],
    sites: (cluster) =>
      gpuPods(cluster).flatMap(({ index, object: one }) =>
        at(one, 'spec', 'strategy', 'rollingUpdate') === undefined
          ? []
          : [
              [
                { index, path: ['spec', 'strategy', 'rollingUpdate', 'maxSurge'], value: '100%' },
                { index, path: ['spec', 'strategy', 'rollingUpdate', 'maxUnavailable'], value: 0 },
                { index, path: ['spec', 'replicas'], value: 64 },
              ],
            ],
      ),
    related: ['WP-NS-001', 'WP-SVC-002'],
  },
  {
    name: 'a rolling update may do nothing',
    right: ['WP-ROLL-001'],
    sites: (cluster) =>
      ofKind(cluster, 'Deployment').map(({ index }) =>
        change(index, ['spec', 'strategy'], {
          type: 'RollingUpdate',
          rollingUpdate: { maxSurge: 0, maxUnavailable: 0 },
        }),
      ),
  },
  {
    name: 'a shared disk can be mounted by one node only',
    right: ['WP-ROLL-002'],
    sites: (cluster) =>
      ofKind(cluster, 'PersistentVolumeClaim').flatMap(({ index, object: one }) =>
        JSON.stringify(at(one, 'spec', 'accessModes')).includes('Many')
          ? [change(index, ['spec', 'accessModes'], ['ReadWriteOnce'])]
          : [],
      ),
  },
  {
    name: 'a scaled workload states replicas',
    right: ['WP-SVC-002'],
    sites: (cluster) =>
      ofKind(cluster, 'HorizontalPodAutoscaler', 'ScaledObject').flatMap(({ object: scaler }) => {
        const name = at(scaler, 'spec', 'scaleTargetRef', 'name');
        return ofKind(cluster, 'Deployment')
          .filter(({ object: one }) => at(one, 'metadata', 'name') === name)
          .map(({ index }) => change(index, ['spec', 'replicas'], 2));
      }),
  },
  {
    name: 'the grace period is shorter than the drain',
    right: ['WP-DRAIN-004'],
    sites: (cluster) =>
      pods(cluster).flatMap(({ index, template }) =>
        /"preStop"/.test(JSON.stringify(template.spec))
          ? [change(index, [...template.specPath, 'terminationGracePeriodSeconds'], 5)]
          : [],
      ),
  },
  {
    name: 'the server drains longer than the grace period',
    right: ['WP-DRAIN-004'],
    sites: (cluster) =>
      inContainers(cluster, ['args'], (args) => {
        const position = list(args).indexOf('--shutdown-timeout');
        return position < 0 ? undefined : list(args).with(position + 1, '900');
      }),
  },
  {
    name: 'the startup probe gives up too early',
    right: ['WP-COLD-004'],
    sites: (cluster) => inContainers(cluster, ['startupProbe', 'failureThreshold'], () => 3),
  },
  {
    name: 'the rollout gives up too early',
    right: ['WP-COLD-004'],
    sites: (cluster) =>
      gpuPods(cluster).flatMap(({ index, object: one }) =>
        // A placeholder starts nothing: its deadline waits for a node, of which the rule knows no time.
        at(one, 'spec', 'progressDeadlineSeconds') === undefined ||
        at(one, 'metadata', 'labels', 'app.kubernetes.io/component') === 'warm-placeholder'
          ? []
          : [change(index, ['spec', 'progressDeadlineSeconds'], 60)],
      ),
  },
  {
    name: 'the GPU quota holds less than is placed',
    right: ['WP-NS-001'],
    sites: (cluster) =>
      ofKind(cluster, 'ResourceQuota').flatMap(({ index, object: one }) =>
        Object.keys(object(at(one, 'spec', 'hard')))
          .filter((name) => name.includes('gpu'))
          .map((name) => change(index, ['spec', 'hard', name], '0')),
      ),
  },
  {
    name: 'a network policy opens another port',
    right: ['WP-NET-003'],
    sites: (cluster) =>
      ofKind(cluster, 'NetworkPolicy').flatMap(({ index, object: one }) =>
        placesOf(at(one, 'spec', 'ingress'), 'port').map((path) =>
          change(index, ['spec', 'ingress', ...path], 'other-port'),
        ),
      ),
  },
];

const PODS: readonly Kind[] = [
  {
    name: 'an image has the tag latest',
    right: ['WP-IMG-001'],
    related: ['WP-IMG-003'],
    sites: (cluster) => inContainers(cluster, ['image'], (image) => `${String(image).split(/:[^/]*$|@/)[0]}:latest`),
  },
  {
    name: 'an image has no tag',
    right: ['WP-IMG-001'],
    related: ['WP-IMG-003'],
    sites: (cluster) =>
      inContainers(cluster, ['image'], (image) =>
        String(image)
          .split('@')[0]
          ?.replace(/:[^/:]*$/, ''),
      ),
  },
  {
    name: 'an image loses its digest',
    right: ['WP-IMG-003'],
    sites: (cluster) =>
      inContainers(cluster, ['image'], (image) =>
        String(image).includes('@') ? String(image).split('@')[0] : undefined,
      ),
  },
  {
    name: 'a request is above its limit',
    right: ['WP-RES-007'],
    sites: (cluster) =>
      inContainers(cluster, ['resources', 'requests', 'memory'], (_, container) =>
        at(container, 'resources', 'limits', 'memory') === undefined ? undefined : '4Ti',
      ),
  },
  {
    name: 'GPUs are requested without limit',
    right: ['WP-RES-007'],
    sites: (cluster) => inContainers(cluster, ['resources', 'limits', 'nvidia.com/gpu'], () => GONE, gpuPods(cluster)),
  },
  {
    name: 'GPUs are limited to more than is requested',
    right: ['WP-RES-007'],
    related: ['WP-SCHED-005', 'WP-ROLL-001', 'WP-NS-001'],
    sites: (cluster) => inContainers(cluster, ['resources', 'limits', 'nvidia.com/gpu'], () => '16', gpuPods(cluster)),
  },
  podSecurity('pods may run as root', (cluster) =>
    pods(cluster).map(({ index, template }) =>
      change(index, [...template.specPath, 'securityContext', 'runAsNonRoot'], GONE),
    ),
  ),
  podSecurity('pods run as user 0', inPods(['securityContext', 'runAsUser'], 0)),
  podSecurity('pods have no seccomp profile', (cluster) =>
    pods(cluster).map(({ index, template }) =>
      change(index, [...template.specPath, 'securityContext', 'seccompProfile'], GONE),
    ),
  ),
  podSecurity('containers may gain privileges', (cluster) =>
    intoContainers(cluster, ['securityContext', 'allowPrivilegeEscalation'], true),
  ),
  podSecurity('containers keep their capabilities', (cluster) =>
    intoContainers(cluster, ['securityContext', 'capabilities'], GONE),
  ),
  podSecurity('containers add a capability', (cluster) =>
    intoContainers(cluster, ['securityContext', 'capabilities', 'add'], ['IPC_LOCK']),
  ),
  podSecurity('containers are privileged', (cluster) =>
    intoContainers(cluster, ['securityContext', 'privileged'], true),
  ),
  podSecurity('pods use the network of the node', inPods(['hostNetwork'], true)),
  podSecurity('pods see the processes of the node', inPods(['hostPID'], true)),
  podSecurity('pods mount a directory of the node', (cluster) =>
    pods(cluster).map(({ index, template }) =>
      change(index, [...template.specPath, 'volumes', list(template.spec.volumes).length], {
        name: 'node',
        hostPath: { path: '/var/lib' },
      }),
    ),
  ),
  {
    name: 'a namespace enforces nothing',
    right: ['WP-PSA-002'],
    sites: (cluster) =>
      ofKind(cluster, 'Namespace')
        .filter(({ object: one }) => at(one, 'metadata', 'labels', ENFORCE) === 'restricted')
        .map(({ index }) => change(index, ['metadata', 'labels', ENFORCE], GONE)),
  },
  {
    name: 'a mount names another volume',
    right: ['WP-POD-001'],
    sites: (cluster) => inContainers(cluster, ['volumeMounts', 0, 'name'], () => 'other-volume'),
  },
  {
    name: 'a volume is gone',
    right: ['WP-POD-001'],
    related: ['WP-ROLL-002'],
    sites: (cluster) =>
      pods(cluster).flatMap(({ index, template }) =>
        list(template.spec.volumes).map((_, position) =>
          change(index, [...template.specPath, 'volumes', position], GONE),
        ),
      ),
  },
  {
    name: 'a probe asks another port',
    right: ['WP-POD-002'],
    sites: (cluster) =>
      ['startupProbe', 'readinessProbe', 'livenessProbe'].flatMap((probe) =>
        inContainers(cluster, [probe, 'httpGet', 'port'], () => 'other-port'),
      ),
  },
  {
    name: 'a model server has no readiness probe',
    right: ['WP-POD-003'],
    sites: (cluster) => inContainers(cluster, ['readinessProbe'], () => GONE, gpuPods(cluster)),
  },
  {
    name: 'a secret stands in the manifest',
    right: ['WP-RUN-008'],
    sites: (cluster) =>
      pods(cluster).flatMap(({ index, template }) =>
        containersOf(template).map(({ container, path }) =>
          change(index, [...path, 'env', list(container.env).length], {
            name: 'API_KEY',
            value: 'sk-0123456789abcdef',
          }),
        ),
      ),
  },
];

const OUTPUT: readonly Kind[] = [
  {
    name: 'a value is lost',
    right: ['WP-OUT-001'],
    related: ['WP-RES-007', 'WP-SCHED-003', 'WP-SCHED-004', 'WP-SCHED-005', 'WP-NS-001', 'WP-ROLL-001'],
    sites: (cluster) => inContainers(cluster, ['resources', 'limits', 'nvidia.com/gpu'], () => null, gpuPods(cluster)),
  },
  {
    name: 'an instance loses its class',
    right: ['WP-OUT-001'],
    related: ['WP-RES-007'],
    sites: (cluster) => inContainers(cluster, ['resources', 'limits', 'memory'], (value) => ({ value })),
  },
  {
    name: 'an object stands twice',
    right: ['WP-NAME-002'],
    related: ['WP-SEL-008', 'WP-PDB-001', 'WP-PDB-002', 'WP-ROLL-001', 'WP-ROLL-002', 'WP-NS-001', ...AGAIN],
    sites: ({ objects }) => objects.map((one) => change(objects.length, [], one)),
  },
  {
    name: 'a name is illegal',
    right: ['WP-NAME-006'],
    related: [...REFERRING, 'WP-ROLL-001', 'WP-PSA-001', 'WP-SVC-002', 'WP-PDB-002'],
    sites: ({ objects }) => objects.map((_, index) => change(index, ['metadata', 'name'], 'Under_Score/')),
  },
  {
    name: 'a label is illegal',
    right: ['WP-NAME-007'],
    sites: ({ objects }) => objects.map((_, index) => change(index, ['metadata', 'labels', 'team'], 'data & models')),
  },
  {
    name: 'the key of an annotation is illegal',
    right: ['WP-NAME-007'],
    sites: ({ objects }) => objects.map((_, index) => change(index, ['metadata', 'annotations', 'a b'], 'text')),
  },
  {
    name: 'an object has no kind',
    right: ['WP-OUT-003'],
    related: [
      ...SELECTING,
      ...NODES,
      ...REFERRING,
      'WP-ACK-002',
      'WP-PSA-001',
      'WP-SVC-002',
      'WP-NAME-002',
      'WP-NAME-006',
    ],
    sites: ({ objects }) => objects.map((_, index) => change(index, ['kind'], GONE)),
  },
];

/** All kinds of mistakes. */
export const KINDS: readonly Kind[] = [...SELECTORS, ...REFERENCES, ...SCHEDULING, ...AVAILABILITY, ...PODS, ...OUTPUT];
