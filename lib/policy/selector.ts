/** Label selectors as Kubernetes evaluates them. */
import { isObject, type Json, list, object, text, texts } from './json';

type Labels = Readonly<Record<string, string>>;

function matchesExpression(expression: Json, labels: Labels): boolean {
  const key = text(expression.key) ?? '';
  const values = list(expression.values);
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (expression.operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return false;
  }
}

/** Whether a map of labels selects; an empty map selects everything. */
export function matchesLabels(wanted: Labels, labels: Labels): boolean {
  return Object.entries(wanted).every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value);
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
