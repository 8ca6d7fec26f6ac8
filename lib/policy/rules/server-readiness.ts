/** WP-POD-003: a server on GPUs says when its model is loaded. */
import { list, text } from '../json';
import { identityOf } from '../manifest';
import { containersOf, gpusOfContainer } from '../pod-template';
import { type Breach, NOT_APPLICABLE, podRule } from '../rule';

/** Kinds whose pods serve; a job and a lone pod end by themselves. */
const SERVING = /^(Deployment|ReplicaSet|ReplicationController|StatefulSet|DaemonSet|Rollout)$/;

/** Containers with GPUs and ports, and no readiness probe. */
export const serverReadiness = podRule(
  'WP-POD-003',
  'without a readiness probe the pod counts as ready as soon as its process runs: it gets requests while the model loads, and an update goes on before the new pod can answer',
  (pod, _, subject) => {
    if (!SERVING.test(identityOf(subject.object).kind)) return NOT_APPLICABLE;
    const servers = containersOf(pod).filter(
      ({ container, kind }) =>
        kind === 'containers' && list(container.ports).length > 0 && Object.keys(gpusOfContainer(container)).length > 0,
    );
    if (servers.length === 0) return NOT_APPLICABLE;
    return servers.flatMap(({ container, path }): readonly Breach[] => {
      const probe = container.readinessProbe ?? undefined;
      if (probe !== undefined) return [];
      const name = text(container.name) ?? '';
      return [
        {
          path: [...path, 'readinessProbe'],
          value: undefined,
          message: `container '${name}' serves on GPUs and has no readiness probe`,
          allowed: 'a probe that succeeds once the model answers',
          fix: 'add a readinessProbe; most model servers have /health or /v2/health/ready',
          about: `Container/${name}`,
          // Not everything that has GPUs and a port answers requests.
          severity: 'warning',
        },
      ];
    });
  },
);
