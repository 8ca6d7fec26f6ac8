/** WP-SEL-006: a monitor that finds no Service, no pod or no port scrapes nothing. */
import { portAt } from '../backend';
import { listed } from '../existence';
import type { Inventory } from '../inventory';
import { at, isObject, list, type Path, text } from '../json';
import { isKnownNamespace, namesOf } from '../lookup';
import { identityOf, type Manifest } from '../manifest';
import { type PodTemplate, podTemplateOf } from '../pod-template';
import { havePort, podPorts, portsText } from '../ports';
import { type Breach, NOT_APPLICABLE, type Rule, type Verdict } from '../rule';
import { judgeSelector } from '../selecting';
import { mayTakeOthers, podsTaken, selectorText, servicesTaken, trafficSelector } from '../selection';
import { matchesSelector } from '../selector';

const WHY = 'the target never appears: its alerts stay silent, and scalers that ask for its metrics see nothing';

/**
 * Namespaces that a monitor looks into; undefined when some of them are not among the manifests. A monitor that looks
 * everywhere is one of these.
 */
function namespacesOf(subject: Manifest, inventory: Inventory): readonly string[] | undefined {
  const selector = at(subject.object, 'spec', 'namespaceSelector');
  if (at(selector, 'any') === true) return undefined;
  const names = list(at(selector, 'matchNames')).flatMap((name) => text(name) ?? []);
  if (names.length === 0) return [inventory.namespaceOf(subject)];
  return names.every((name) => isKnownNamespace(inventory, name)) ? names : undefined;
}

/** Prometheus finds targets by labels of Services; the one of the API server stands in no manifest. */
function ofOthers(namespaces: readonly string[], selector: unknown, inventory: Inventory): boolean {
  const apiServer = { component: 'apiserver', provider: 'kubernetes' };
  return namespaces.some(
    (name) => mayTakeOthers(inventory, name, selector) || (name === 'default' && matchesSelector(selector, apiServer)),
  );
}

function protocolFree(pods: readonly PodTemplate[], port: string | number): boolean {
  return ['TCP', 'UDP', 'SCTP'].some((protocol) => havePort(pods, port, protocol));
}

function servicePortBreaches(
  subject: Manifest,
  services: readonly Manifest[],
  inventory: Inventory,
): readonly Breach[] {
  const pods = services.flatMap((service) =>
    podsTaken(inventory, inventory.namespaceOf(service), trafficSelector(service)),
  );
  const names = services.flatMap(({ object }) =>
    list(at(object, 'spec', 'ports')).flatMap((port) => text(at(port, 'name')) ?? []),
  );
  return list(at(subject.object, 'spec', 'endpoints')).flatMap((endpoint, index): readonly Breach[] => {
    const path: Path = ['spec', 'endpoints', index];
    const port = text(at(endpoint, 'port'));
    if (port !== undefined && port !== '') {
      if (names.includes(port)) return [];
      return [
        {
          path: [...path, 'port'],
          value: port,
          message: `no Service that is selected has a port named '${port}'`,
          allowed: names.length === 0 ? 'the name of a port; theirs have none' : listed(names),
          fix: 'name a port of the Service as the Service names it',
        },
      ];
    }
    const target = portAt(endpoint, 'targetPort');
    if (target === undefined || pods.length === 0 || protocolFree(pods, target)) return [];
    return [
      {
        path: [...path, 'targetPort'],
        value: target,
        message: 'no pod behind the Services that are selected has this port',
        allowed: portsText(pods) === '' ? 'a port that the pods declare; they declare none' : portsText(pods),
        fix: 'name a port of the pods, or declare it there',
      },
    ];
  });
}

function judgeServiceMonitor(subject: Manifest, inventory: Inventory): Verdict {
  const selector = at(subject.object, 'spec', 'selector');
  const namespaces = namespacesOf(subject, inventory);
  if (namespaces === undefined || !isObject(selector)) return NOT_APPLICABLE;
  const services = namespaces.flatMap((namespace) => servicesTaken(inventory, namespace, selector));
  if (services.length > 0) return servicePortBreaches(subject, services, inventory);
  if (ofOthers(namespaces, selector, inventory)) return NOT_APPLICABLE;
  const names = namespaces.flatMap((namespace) => namesOf(inventory, '', 'Service', namespace));
  return [
    {
      path: ['spec', 'selector'],
      value: selectorText(selector),
      message: `no Service in ${listed(namespaces)} has these labels`,
      allowed: names.length === 0 ? 'labels of a Service; there is none' : `labels of the Services ${listed(names)}`,
      fix: 'select by labels of the Service itself, not of its pods',
    },
  ];
}

function podPortBreaches(subject: Manifest, pods: readonly PodTemplate[]): readonly Breach[] {
  return list(at(subject.object, 'spec', 'podMetricsEndpoints')).flatMap((endpoint, index): readonly Breach[] => {
    const field = ['port', 'portNumber', 'targetPort'].find((step) => portAt(endpoint, step) !== undefined);
    const port = field === undefined ? undefined : portAt(endpoint, field);
    if (field === undefined || port === undefined || protocolFree(pods, port)) return [];
    return [
      {
        path: ['spec', 'podMetricsEndpoints', index, field],
        value: port,
        message: 'no pod that is selected declares this port, and Prometheus keeps only ports that are declared',
        allowed:
          pods.flatMap(podPorts).length === 0 ? 'a port that the pods declare; they declare none' : portsText(pods),
        fix: 'name a port of the containers, or declare it there',
      },
    ];
  });
}

function judgePodMonitor(subject: Manifest, inventory: Inventory): Verdict {
  const selector = at(subject.object, 'spec', 'selector');
  const namespaces = namespacesOf(subject, inventory);
  if (namespaces === undefined || !isObject(selector)) return NOT_APPLICABLE;
  const pods = namespaces.flatMap((namespace) => podsTaken(inventory, namespace, selector));
  if (pods.length > 0) return podPortBreaches(subject, pods);
  const verdicts = namespaces.map((namespace) =>
    judgeSelector(inventory, { selector, namespace, path: ['spec', 'selector'] }),
  );
  // One selector, one finding, wherever it looks.
  return verdicts.find((verdict) => verdict === NOT_APPLICABLE) ?? verdicts[0] ?? NOT_APPLICABLE;
}

/** What a ServiceMonitor or a PodMonitor scrapes. */
export const monitorTarget: Rule = {
  id: 'WP-SEL-006',
  why: WHY,
  judge: (subject, inventory) => {
    const { group, kind } = identityOf(subject.object);
    if (group !== 'monitoring.coreos.com' || podTemplateOf(subject, '') !== undefined) return NOT_APPLICABLE;
    if (kind === 'ServiceMonitor') return judgeServiceMonitor(subject, inventory);
    return kind === 'PodMonitor' ? judgePodMonitor(subject, inventory) : NOT_APPLICABLE;
  },
};
