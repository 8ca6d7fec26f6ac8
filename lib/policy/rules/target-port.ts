/** WP-SEL-007: a Service sends traffic to ports that its pods have. */
import { portAt } from '../backend';
import { at, list, text } from '../json';
import { allDeclarePorts, areToldOf, havePort, portsText } from '../ports';
import { type Breach, NOT_APPLICABLE, type Rule } from '../rule';
import { podsTaken, trafficSelector } from '../selection';

/** Target ports of a Service and of a pool. */
export const targetPort: Rule = {
  id: 'WP-SEL-007',
  why: 'of a name that no pod has the Service gets no endpoint, and a number that nobody listens on refuses every call',
  judge: (subject, inventory) => {
    const selector = trafficSelector(subject);
    const pods = podsTaken(inventory, inventory.namespaceOf(subject), selector);
    if (pods.length === 0) return NOT_APPLICABLE;
    const { spec } = subject.object;
    const existing = portsText(pods);
    const allowed = existing === '' ? 'a port that the pods declare; they declare none' : existing;
    const ofService = list(at(spec, 'ports')).map((port, index) => {
      const field = at(port, 'targetPort') === undefined ? 'port' : 'targetPort';
      const path = ['spec', 'ports', index, field];
      return { target: portAt(port, field), protocol: text(at(port, 'protocol')) ?? 'TCP', path };
    });
    const ofPool = list(at(spec, 'targetPorts')).map((port, index) => {
      return { target: portAt(port, 'number'), protocol: 'TCP', path: ['spec', 'targetPorts', index, 'number'] };
    });
    const old = { target: portAt(spec, 'targetPortNumber'), protocol: 'TCP', path: ['spec', 'targetPortNumber'] };
    return [...ofService, ...ofPool, old].flatMap(({ target, protocol, path }): readonly Breach[] => {
      if (target === undefined || havePort(pods, target, protocol)) return [];
      if (typeof target === 'string') {
        const message = `no pod has a ${protocol} port named '${target}'`;
        return [{ path, value: target, message, allowed, fix: 'name a port as the container names it' }];
      }
      if (!allDeclarePorts(pods) || areToldOf(pods, target)) return [];
      const message = `the pods declare ports, but not ${target}/${protocol}, and no argument, variable or probe names it`;
      const fix = 'name the port that the container listens on, or declare this one';
      return [{ path, value: target, message, allowed, fix, severity: 'warning' }];
    });
  },
};
