/** WP-NET-003: what a network policy opens is a port of the pods that it selects. */
import { portAt } from '../backend';
import { at, list, number, type Path, text } from '../json';
import { identityOf } from '../manifest';
import { allDeclarePorts, areToldOf, havePort, portsText } from '../ports';
import { type Breach, NOT_APPLICABLE, type Rule } from '../rule';
import { podsTaken } from '../selection';

/** Ports that a NetworkPolicy opens. */
export const networkPolicyPort: Rule = {
  id: 'WP-NET-003',
  why: 'callers are shut out although the policy seems to let them in',
  judge: (subject, inventory) => {
    const { group, kind } = identityOf(subject.object);
    if (group !== 'networking.k8s.io' || kind !== 'NetworkPolicy') return NOT_APPLICABLE;
    const ports = list(at(subject.object, 'spec', 'ingress')).flatMap((rule, index) =>
      list(at(rule, 'ports')).flatMap((port, position) => {
        const value = portAt(port, 'port');
        const path: Path = ['spec', 'ingress', index, 'ports', position, 'port'];
        const protocol = text(at(port, 'protocol')) ?? 'TCP';
        return value === undefined ? [] : [{ value, last: number(at(port, 'endPort')) ?? value, protocol, path }];
      }),
    );
    const pods = podsTaken(inventory, inventory.namespaceOf(subject), at(subject.object, 'spec', 'podSelector'));
    if (ports.length === 0 || pods.length === 0) return NOT_APPLICABLE;
    const existing = portsText(pods);
    const allowed = existing === '' ? 'a port that the pods declare; they declare none' : existing;
    return ports.flatMap(({ value, last, protocol, path }): readonly Breach[] => {
      if (havePort(pods, value, protocol, last)) return [];
      if (typeof value === 'string') {
        const message = `no pod that is selected has a ${protocol} port named '${value}'`;
        return [{ path, value, message, allowed, fix: 'name a port as the container names it' }];
      }
      if (!allDeclarePorts(pods) || areToldOf(pods, value)) return [];
      const message = `the pods that are selected declare ports, but not ${value === last ? value : `${value}-${last}`}/${protocol}`;
      const fix = 'open the port of the container, not that of its Service, or declare this one';
      return [{ path, value, message, allowed, fix, severity: 'warning' }];
    });
  },
};
