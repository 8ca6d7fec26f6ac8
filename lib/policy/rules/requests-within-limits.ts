/** WP-RES-007: requests and limits are quantities, and no request is more than its limit. */
import { at, object, type Path, text } from '../json';
import { containersOf, type PodTemplate } from '../pod-template';
import { isWhole, nanosOf } from '../quantity';
import { type Breach, NOT_APPLICABLE, podRule } from '../rule';

/** CPU, memory and disk can be promised twice; devices and huge pages cannot (core/v1/helper IsOvercommitAllowed, 1.36). */
function isDivisible(resource: string): boolean {
  const native = !resource.includes('/') || resource.includes('kubernetes.io/');
  return native && !resource.startsWith('hugepages-');
}

interface Owner {
  readonly name: string;
  readonly path: Path;
  readonly resources: unknown;
}

/** Containers, and the pod as a whole, which has resources from 1.32 on. */
function ownersOf(pod: PodTemplate): readonly Owner[] {
  const containers = containersOf(pod).map(({ container, path }) => ({
    name: `Container/${text(container.name) ?? ''}`,
    path: [...path, 'resources'],
    resources: container.resources,
  }));
  return [
    ...containers,
    { name: 'Pod/resources', path: [...pod.specPath, 'resources'], resources: pod.spec.resources },
  ];
}

interface Problem extends Pick<Breach, 'message' | 'allowed' | 'fix'> {
  readonly side: 'requests' | 'limits';
}

function wrongQuantity(resource: string, side: Problem['side'], value: unknown): Problem | undefined {
  if (value === undefined || value === null) return undefined;
  const nanos = nanosOf(value);
  const divisible = isDivisible(resource);
  if (nanos !== undefined && nanos >= 0n && (divisible || isWhole(nanos))) return undefined;
  return {
    side,
    message: `this is no quantity of ${resource}`,
    allowed: divisible ? "numbers such as '500m', '2' or '16Gi'" : 'whole numbers',
    fix: 'correct the number or its unit',
  };
}

function compared(resource: string, request: unknown, limit: unknown): Problem | undefined {
  const requested = nanosOf(request);
  const most = nanosOf(limit);
  const divisible = isDivisible(resource);
  const side = 'requests';
  if (requested === undefined || (most === undefined && divisible)) return undefined;
  const message = `${resource} cannot be promised twice, and request and limit differ`;
  if (most === undefined) return { side, message, allowed: 'a limit equal to the request', fix: 'state it in limits' };
  if (requested > most) {
    return {
      side,
      message: `it requests more ${resource} than it may use`,
      allowed: `at most ${String(limit)}`,
      fix: 'raise the limit or lower the request',
    };
  }
  if (requested === most || divisible) return undefined;
  return { side, message, allowed: `exactly ${String(limit)}`, fix: 'state it in limits alone' };
}

/** Pods that the API server refuses. */
export const requestsWithinLimits = podRule(
  'WP-RES-007',
  'the API server refuses every pod of the workload, which then has none',
  (pod) => {
    const owners = ownersOf(pod).filter(({ resources }) =>
      ['requests', 'limits'].some((kind) => Object.keys(object(at(resources, kind))).length > 0),
    );
    if (owners.length === 0) return NOT_APPLICABLE;
    return owners.flatMap(({ name, path, resources }) => {
      const requests = object(at(resources, 'requests'));
      const limits = object(at(resources, 'limits'));
      return [...new Set([...Object.keys(requests), ...Object.keys(limits)])].flatMap((resource): readonly Breach[] => {
        const [request, limit] = [requests, limits].map((all) => at(all, resource));
        const problem =
          wrongQuantity(resource, 'requests', request) ??
          wrongQuantity(resource, 'limits', limit) ??
          compared(resource, request, limit);
        if (problem === undefined) return [];
        const { side, ...rest } = problem;
        return [{ path: [...path, side, resource], value: side === 'limits' ? limit : request, ...rest, about: name }];
      });
    });
  },
);
