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

/** The ports of the containers that run while the pod serves: its own, and init containers that stay. */
export function podPorts(pod: PodTemplate): readonly PodPort[] {
  return containersOf(pod)
    .filter(({ kind, container }) => kind === 'containers' || container.restartPolicy === 'Always')
    .flatMap(containerPorts);
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

/** `http (8000/TCP), 9090/TCP`, as pods declare them. */
export function portsText(pods: readonly PodTemplate[]): string {
  const texts = pods.flatMap(podPorts).map(({ name, number, protocol }) => {
    const plain = `${number ?? '?'}/${protocol}`;
    return name === undefined ? plain : `${name} (${plain})`;
  });
  return [...new Set(texts)].join(', ');
}
