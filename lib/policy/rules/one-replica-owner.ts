/** WP-SVC-002: either the manifest or one scaler says how many pods there are. */
import { at, type Json, text } from '../json';
import { describe, identityOf, type Manifest } from '../manifest';
import { perRun } from '../per-run';
import { type Breach, NOT_APPLICABLE, type Rule } from '../rule';

const SCALERS: Readonly<Record<string, string>> = {
  HorizontalPodAutoscaler: 'autoscaling',
  ScaledObject: 'keda.sh',
};

function isScaler({ object }: Manifest): boolean {
  const { group, kind } = identityOf(object);
  return Object.hasOwn(SCALERS, kind) && SCALERS[kind] === group;
}

function targetOf(object: Json, namespace: string): string | undefined {
  const target = at(object, 'spec', 'scaleTargetRef');
  const name = text(at(target, 'name'));
  return name === undefined ? undefined : `${text(at(target, 'kind')) ?? 'Deployment'}|${namespace}|${name}`;
}

/** The first scaler of each target. */
const firstScalers = perRun((inventory) => {
  const first = new Map<string, Manifest>();
  for (const [kind, group] of Object.entries(SCALERS)) {
    for (const scaler of inventory.ofKind(group, kind)) {
      const target = targetOf(scaler.object, inventory.namespaceOf(scaler));
      if (target !== undefined && !first.has(target)) first.set(target, scaler);
    }
  }
  return first;
});

/** KEDA keeps what it decides in an HPA, and can be given an existing one. */
function isOwn(scaler: Manifest, first: Manifest): boolean {
  const adopted = at(scaler.object, 'spec', 'advanced', 'horizontalPodAutoscalerConfig', 'name');
  const { kind, name } = identityOf(first.object);
  return kind === 'HorizontalPodAutoscaler' && adopted === name;
}

/** Two owners of one number. */
export const oneReplicaOwner: Rule = {
  id: 'WP-SVC-002',
  why: 'two owners of one number fight: every deployment throws the scaled pods away',
  judge: (subject, inventory) => {
    if (isScaler(subject)) {
      const target = targetOf(subject.object, inventory.namespaceOf(subject));
      const first = target === undefined ? undefined : firstScalers(inventory).get(target);
      if (first === undefined || first === subject || isOwn(subject, first)) return [];
      const breach: Breach = {
        path: ['spec', 'scaleTargetRef'],
        value: at(subject.object, 'spec', 'scaleTargetRef'),
        message: `${describe(first)} scales this already`,
        allowed: 'one scaler for each workload',
        fix: 'remove one of them; KEDA takes CPU and memory as triggers too',
      };
      return [breach];
    }
    const scaler = inventory.replicasOf(subject)?.scaler;
    if (scaler === undefined) return NOT_APPLICABLE;
    const replicas = at(subject.object, 'spec', 'replicas');
    if (replicas === undefined || replicas === null) return [];
    return [
      {
        path: ['spec', 'replicas'],
        value: replicas,
        message: `${describe(scaler)} decides the number of pods, and every apply sets it back`,
        allowed: 'not set beside a scaler',
        fix: "remove replicas; the scaler's minimum is the floor",
      },
    ];
  },
};
