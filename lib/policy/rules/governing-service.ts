/** WP-REF-006: pods have names of their own in DNS only through a headless Service that selects them. */
import { missing } from '../existence';
import type { Inventory } from '../inventory';
import { at, isObject, type Path } from '../json';
import { nameAt, objectsIn } from '../lookup';
import { identityOf, type Manifest } from '../manifest';
import { type PodTemplate, podTemplateOf } from '../pod-template';
import { type Breach, NOT_APPLICABLE, type Rule } from '../rule';
import { asLabelSelector, selectorText, takesPod } from '../selection';

const isHeadless = ({ object }: Manifest) => at(object, 'spec', 'clusterIP') === 'None';

function judgeService(name: string, path: Path, pod: PodTemplate | undefined, namespace: string, inventory: Inventory) {
  const service = inventory.find('', 'Service', namespace, name);
  const about = `Service/${name}`;
  if (service === undefined) {
    const headless = objectsIn(inventory, '', 'Service', namespace).filter(isHeadless);
    const names = headless.map(({ object }) => identityOf(object).name);
    const breach = missing(
      { kind: 'Service', name, namespace, path },
      names,
      'put a Service with clusterIP None among the manifests',
    );
    return names.length > 0 ? breach : { ...breach, allowed: 'a headless Service, of which there is none' };
  }
  if (!isHeadless(service)) {
    return {
      path,
      value: name,
      message: `the Service '${name}' is not headless, so the pods have no names in DNS`,
      allowed: 'a Service with clusterIP None',
      fix: `make a headless Service for the pods beside '${name}', and name it here`,
      about,
    };
  }
  const selector = at(service.object, 'spec', 'selector');
  if (pod === undefined || !isObject(selector) || takesPod(asLabelSelector(selector), pod)) return undefined;
  return {
    path,
    value: name,
    message: `the Service '${name}' selects ${selectorText(asLabelSelector(selector))}, not these pods`,
    allowed: 'a headless Service that selects these pods',
    fix: 'name the Service of these pods, or mend its selector',
    about,
  };
}

/** The Service of a StatefulSet, and that of pods with a subdomain. */
export const governingService: Rule = {
  id: 'WP-REF-006',
  why: 'without it the names of the pods do not resolve, and the members never find each other',
  judge: (subject, inventory) => {
    const { group, kind } = identityOf(subject.object);
    const namespace = inventory.namespaceOf(subject);
    const pod = podTemplateOf(subject, inventory.defaultNamespace);
    const path: Path = ['spec', 'serviceName'];
    const service = group === 'apps' && kind === 'StatefulSet' ? nameAt(subject.object, ...path) : undefined;
    // The controller of a StatefulSet writes the subdomain itself.
    const subdomain = service === undefined && pod !== undefined ? nameAt(pod.spec, 'subdomain') : undefined;
    if (service !== undefined) {
      const breach = judgeService(service, path, pod, namespace, inventory);
      return breach === undefined ? [] : [breach];
    }
    if (pod === undefined || subdomain === undefined) return NOT_APPLICABLE;
    const breach = judgeService(subdomain, [...pod.specPath, 'subdomain'], pod, namespace, inventory);
    // Pods run without it; only who calls them by name notices.
    const findings: readonly Breach[] = breach === undefined ? [] : [{ ...breach, severity: 'warning' }];
    return findings;
  },
};
