/** Label selectors as Kubernetes evaluates them. */
import { isObject, type Json, list, object, text, texts } from './json';

type Labels = Readonly<Record<string, string>>;

function matchesExpression(expression: Json, labels: Labels): boolean {
  const key = text(expression.key) ?? '';
  const values = list(expression.values);
  const { operator } = expression;
  if (!Object.hasOwn(labels, key)) return operator === 'NotIn' || operator === 'DoesNotExist';
  switch (operator) {
    case 'In':
      return values.includes(labels[key]);
    case 'NotIn':
      return !values.includes(labels[key]);
    case 'Exists':
      return true;
    default:
      return false;
  }
}

/** Whether a map of labels selects; an empty map selects everything. */
export function matchesLabels(wanted: Labels, labels: Labels): boolean {
  return Object.entries(wanted).every(([key, value]) => labels[key] === value);
}

/** Whether a `LabelSelector` (`matchLabels`, `matchExpressions`) selects; an absent one selects nothing. */
export function matchesSelector(selector: unknown, labels: Labels): boolean {
  if (!isObject(selector)) return false;
  return (
    matchesLabels(texts(selector.matchLabels), labels) &&
    list(selector.matchExpressions).every((expression) => matchesExpression(object(expression), labels))
  );
}

/** Whether a `LabelSelector` has no term, which selects everything. */
export function isEmptySelector(selector: unknown): boolean {
  return (
    isObject(selector) &&
    Object.keys(object(selector.matchLabels)).length === 0 &&
    list(selector.matchExpressions).length === 0
  );
}
