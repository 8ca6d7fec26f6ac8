/** WP-REF-006: the pods of a StatefulSet have names in DNS only through a headless Service that selects them. */
import { missing } from '../existence';
import { at, isObject } from '../json';
import { nameAt, namesOf } from '../lookup';
import { identityOf } from '../manifest';
import { podTemplateOf } from '../pod-template';
import { NOT_APPLICABLE, type Rule } from '../rule';
import { asLabelSelector, selectorText, takesPod } from '../selection';

const PATH = ['spec', 'serviceName'];

/** The Service of a StatefulSet. */
export const governingService: Rule = {
  id: 'WP-REF-006',
  why: 'without it the names of the pods do not resolve, and the members never find each other',
  judge: (subject, inventory) => {
    const { group, kind } = identityOf(subject.object);
    const name = nameAt(subject.object, ...PATH);
    if (group !== 'apps' || kind !== 'StatefulSet' || name === undefined) return NOT_APPLICABLE;
    const namespace = inventory.namespaceOf(subject);
    const service = inventory.find('', 'Service', namespace, name);
    const about = `Service/${name}`;
    if (service === undefined) {
      const wanted = { kind: 'Service', name, namespace, path: PATH };
      const names = namesOf(inventory, '', 'Service', namespace);
      return [missing(wanted, names, 'put a Service with clusterIP None among the manifests')];
    }
    const { spec } = service.object;
    if (at(spec, 'clusterIP') !== 'None') {
      return [
        {
          path: PATH,
          value: name,
          message: `the Service '${name}' is not headless, so the pods have no names in DNS`,
          allowed: 'a Service with clusterIP None',
          fix: `make a headless Service for the pods beside '${name}', and name it here`,
          about,
        },
      ];
    }
    const pod = podTemplateOf(subject, inventory.defaultNamespace);
    const selector = at(spec, 'selector');
    if (pod === undefined || !isObject(selector) || takesPod(asLabelSelector(selector), pod)) return [];
    return [
      {
        path: PATH,
        value: name,
        message: `the Service '${name}' selects ${selectorText(asLabelSelector(selector))}, not these pods`,
        allowed: 'a headless Service that selects the pods of the StatefulSet',
        fix: 'name the Service of these pods, or mend its selector',
        about,
      },
    ];
  },
};
