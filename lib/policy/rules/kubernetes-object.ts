/** WP-OUT-003: a document is an object that the API server could read. */
import { at, text } from '../json';
import { identityOf } from '../manifest';
import { type Breach, NOT_APPLICABLE, type Rule } from '../rule';

function isText(value: unknown): boolean {
  return (text(value) ?? '').trim() !== '';
}

/** Documents that are no Kubernetes object. */
export const kubernetesObject: Rule = {
  id: 'WP-OUT-003',
  why: 'kubectl stops at such a document, and what stands behind it in the file is not applied',
  judge: ({ object }) => {
    if (Object.keys(object).length === 1 && Object.hasOwn(object, '')) {
      return [
        {
          path: [],
          value: object[''],
          message: 'this document is a plain value',
          allowed: 'an object with apiVersion, kind and metadata',
          fix: 'remove it, or look at the template that printed it',
        },
      ];
    }
    // Read by kustomize, never sent to a cluster.
    if (identityOf(object).group === 'kustomize.config.k8s.io') return NOT_APPLICABLE;
    const missing = (field: string, value: unknown): Breach => ({
      path: field === 'name' ? ['metadata', 'name'] : [field],
      value: value ?? undefined,
      message: value === undefined || value === null ? `${field} is missing` : `${field} is no text`,
      allowed: field === 'name' ? 'a text, or generateName' : 'a text',
      fix: typeof value === 'number' || typeof value === 'boolean' ? `write '${value}'` : `set ${field}`,
    });
    const name = at(object, 'metadata', 'name');
    return [
      ...(isText(object.apiVersion) ? [] : [missing('apiVersion', object.apiVersion)]),
      ...(isText(object.kind) ? [] : [missing('kind', object.kind)]),
      ...(isText(name) || ((name === undefined || name === null) && isText(at(object, 'metadata', 'generateName')))
        ? []
        : [missing('name', name)]),
    ];
  },
};
