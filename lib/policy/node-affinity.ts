/**
 * What a pod requires of its node, compared with pools. Whoever lists a pool lists its own labels; those that clouds
 * and node agents add are not known, so a requirement of one of them may hold on every pool.
 */
import { at, list, object, type Path, text, texts } from './json';
import type { PodTemplate } from './pod-template';
import type { PolicyPool } from './pool';

/** One condition on a label of the node. */
interface Requirement {
  readonly key: string;
  readonly operator: string;
  readonly values: readonly string[];
}

/** Conditions of which one list has to hold as a whole; no list is no node. */
export interface NodeRequirements {
  readonly terms: readonly (readonly Requirement[])[];
  /** Where the conditions stand in the object. */
  readonly path: Path;
}

/** Set by the kubelet, the cloud, autoscalers and GPU agents; `agentpool` and the other three by AKS. */
const SET_BY_OTHERS =
  /^(([a-z0-9-]+\.)*(kubernetes\.io|k8s\.io|azure\.com|amazonaws\.com|cloud\.google\.com|karpenter\.sh|k8s\.aws|nvidia\.com|amd\.com|intel\.com)\/|(agentpool|accelerator|storageprofile|storagetier)$)/;

/** True of nodes of many pools: naming one of them names no pool. */
const COMMON =
  /^((beta\.)?kubernetes\.io\/(os|arch)$|(topology|failure-domain\.beta)\.kubernetes\.io\/|topology\.[a-z0-9.-]+\/)/;

function requirement(expression: unknown): Requirement {
  return {
    key: text(at(expression, 'key')) ?? '',
    operator: text(at(expression, 'operator')) ?? '',
    values: list(at(expression, 'values')).map(String),
  };
}

/** Of both `nodeSelector` and required node affinity: every term is joined with the selector. */
export function nodeRequirements({ spec, specPath }: PodTemplate): NodeRequirements | undefined {
  const selector = Object.entries(texts(spec.nodeSelector)).map(([key, value]) => ({
    key,
    operator: 'In',
    values: [value],
  }));
  const required: Path = ['affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution'];
  const affinity = at(spec, ...required);
  if (affinity === undefined || affinity === null) {
    return selector.length === 0 ? undefined : { terms: [selector], path: [...specPath, 'nodeSelector'] };
  }
  const terms = list(at(affinity, 'nodeSelectorTerms'))
    .map(object)
    // A term without any condition selects no node; conditions on fields are not judged.
    .filter((term) => list(term.matchExpressions).length + list(term.matchFields).length > 0)
    .map((term) => [...selector, ...list(term.matchExpressions).map(requirement)]);
  return { terms, path: [...specPath, ...required] };
}

const INTEGER = /^-?\d+$/;

function compare(operator: string, actual: string, bound = ''): boolean {
  if (!INTEGER.test(actual) || !INTEGER.test(bound)) return false;
  return operator === 'Gt' ? BigInt(actual) > BigInt(bound) : BigInt(actual) < BigInt(bound);
}

/** Whether a condition can hold on the nodes of a pool. */
function canHold({ key, operator, values }: Requirement, { labels }: PolicyPool): boolean {
  const actual = Object.hasOwn(labels, key) ? labels[key] : undefined;
  if (actual === undefined) return SET_BY_OTHERS.test(key) || operator === 'NotIn' || operator === 'DoesNotExist';
  switch (operator) {
    case 'In':
      return values.includes(actual);
    case 'NotIn':
      return !values.includes(actual);
    case 'Exists':
      return true;
    case 'Gt':
    case 'Lt':
      return compare(operator, actual, values[0]);
    default:
      return false;
  }
}

/** Whether the pod may land on the pool as far as labels go. */
export function maySelect(requirements: NodeRequirements | undefined, pool: PolicyPool): boolean {
  return requirements === undefined || requirements.terms.some((term) => term.every((one) => canHold(one, pool)));
}

/** Whether a condition that holds names the pool by one of its labels. */
function asks({ key, operator }: Requirement, { labels }: PolicyPool): boolean {
  return !COMMON.test(key) && Object.hasOwn(labels, key) && (operator === 'Exists' || operator === 'In');
}

/** Whether the pod asks for the pool by one of its labels, and may land on it. */
export function selects(requirements: NodeRequirements | undefined, pool: PolicyPool): boolean {
  return (
    requirements?.terms.some(
      (term) => term.every((one) => canHold(one, pool)) && term.some((one) => asks(one, pool)),
    ) ?? false
  );
}

/** The label values by which the pod asks for the pool: `key=value`. */
export function labelsAskedOf(requirements: NodeRequirements | undefined, pool: PolicyPool): readonly string[] {
  const all = (requirements?.terms ?? []).filter((term) => term.every((one) => canHold(one, pool))).flat();
  return all.filter((one) => one.operator === 'In' && asks(one, pool)).map(({ key }) => `${key}=${pool.labels[key]}`);
}
