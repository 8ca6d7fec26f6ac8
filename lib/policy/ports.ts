/** Ports that pods declare. */
import { at, list, number, text } from './json';
import { containersOf, type PlacedContainer, type PodTemplate } from './pod-template';

/** A port of a container. */
export interface PodPort {
  readonly name: string | undefined;
  readonly number: number | undefined;
  readonly protocol: string;
}

/** The ports of one container. */
export function containerPorts({ container }: Pick<PlacedContainer, 'container'>): readonly PodPort[] {
  return list(container.ports).map((port) => ({
    name: text(at(port, 'name')),
    number: number(at(port, 'containerPort')),
    protocol: text(at(port, 'protocol')) ?? 'TCP',
  }));
}

const PROBES = ['startupProbe', 'readinessProbe', 'livenessProbe'];

/** The containers that run while the pod serves: its own, and init containers that stay. */
function runningContainers(pod: PodTemplate): readonly PlacedContainer[] {
  return containersOf(pod).filter(
    ({ kind, container }) => kind === 'containers' || container.restartPolicy === 'Always',
  );
}

/** The ports of the containers that run while the pod serves. */
export function podPorts(pod: PodTemplate): readonly PodPort[] {
  return runningContainers(pod).flatMap(containerPorts);
}

/** Whether pods have a port: by name, or by number up to `last`; the protocol has to be the same. */
export function havePort(
  pods: readonly PodTemplate[],
  wanted: string | number,
  protocol: string,
  last = wanted,
): boolean {
  return pods.some((pod) =>
    podPorts(pod).some((port) => {
      if (port.protocol !== protocol) return false;
      if (typeof wanted === 'string' || typeof last === 'string') return port.name === wanted;
      return port.number !== undefined && port.number >= wanted && port.number <= last;
    }),
  );
}

/** Whether every one of the pods says which ports it has: a port that none of them names is a slip then. */
export function allDeclarePorts(pods: readonly PodTemplate[]): boolean {
  return pods.length > 0 && pods.every((pod) => podPorts(pod).length > 0);
}

/** Whether a running container is told of a port: `--metrics-bind-address=:8080`, a probe, a variable. Ports need not be declared. */
export function areToldOf(pods: readonly PodTemplate[], port: number): boolean {
  const words = new RegExp(`(?<![\\w.])${port}(?![\\w.])`);
  return pods.some((pod) =>
    runningContainers(pod).some(({ container }) => {
      const values = list(container.env).map((variable) => text(at(variable, 'value')) ?? '');
      const probed = PROBES.flatMap((probe) => [
        at(container, probe, 'httpGet', 'port'),
        at(container, probe, 'tcpSocket', 'port'),
        at(container, probe, 'grpc', 'port'),
      ]);
      return [...list(container.command), ...list(container.args), ...values, ...probed].some((word) =>
        words.test(String(word)),
      );
    }),
  );
}

/** `http (8000/TCP), 9090/TCP`, as pods declare them. */
export function portsText(pods: readonly PodTemplate[]): string {
  const texts = pods.flatMap(podPorts).map(({ name, number, protocol }) => {
    const plain = `${number ?? '?'}/${protocol}`;
    return name === undefined ? plain : `${name} (${plain})`;
  });
  return [...new Set(texts)].join(', ');
}
