/** WP-OUT-003: a document is an object that the API server could read. */
import { at, text } from '../json';
import { identityOf } from '../manifest';
import { type Breach, NOT_APPLICABLE, type Rule } from '../rule';

function isText(value: unknown): boolean {
  return (text(value) ?? '').trim() !== '';
}

function isMissing(value: unknown): boolean {
  return value === undefined || value === null;
}

const KUSTOMIZATION = /(^|\/)(kustomization\.ya?ml|Kustomization)$/;

/** Documents that are no Kubernetes object. */
export const kubernetesObject: Rule = {
  id: 'WP-OUT-003',
  why: 'kubectl stops at such a document, and what stands behind it in the file is not applied',
  judge: ({ object, file }) => {
    const plain = Object.keys(object).length === 1 && Object.hasOwn(object, '');
    // Read by kustomize, never sent to a cluster.
    if (identityOf(object).group === 'kustomize.config.k8s.io' || KUSTOMIZATION.test(file)) return NOT_APPLICABLE;
    if (plain || (isMissing(object.apiVersion) && isMissing(object.kind))) {
      return [
        {
          path: [],
          value: plain ? object[''] : Object.keys(object),
          message: plain ? 'this document is a plain value' : 'this document has neither apiVersion nor kind',
          allowed: 'an object with apiVersion, kind and metadata',
          fix: 'remove it, or look at the template that printed it',
        },
      ];
    }
    const missing = (field: string, value: unknown): Breach => ({
      path: field === 'name' ? ['metadata', 'name'] : [field],
      value: value ?? undefined,
      message: isMissing(value) ? `${field} is missing` : `${field} is no text`,
      allowed: field === 'name' ? 'a text, or generateName' : 'a text',
      fix: typeof value === 'number' || typeof value === 'boolean' ? `write '${value}'` : `set ${field}`,
    });
    const name = at(object, 'metadata', 'name');
    return [
      ...(isText(object.apiVersion) ? [] : [missing('apiVersion', object.apiVersion)]),
      ...(isText(object.kind) ? [] : [missing('kind', object.kind)]),
      ...(isText(name) || (isMissing(name) && isText(at(object, 'metadata', 'generateName')))
        ? []
        : [missing('name', name)]),
    ];
  },
};
