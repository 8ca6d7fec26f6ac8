/** WP-POD-002: a probe or a hook that names a port names one of its own container. */
import { listed } from '../existence';
import { at, type Path, text } from '../json';
import { containersOf } from '../pod-template';
import { containerPorts } from '../ports';
import { NOT_APPLICABLE, podRule } from '../rule';

const HANDLERS: readonly Path[] = [
  ['startupProbe'],
  ['readinessProbe'],
  ['livenessProbe'],
  ['lifecycle', 'postStart'],
  ['lifecycle', 'preStop'],
];

/** Ports of probes and hooks. */
export const probePort = podRule(
  'WP-POD-002',
  'the kubelet cannot resolve the name, so the probe fails for ever: the pod is never ready, or killed again and again',
  (pod) => {
    const asked = containersOf(pod).flatMap((placed) =>
      HANDLERS.flatMap((handler) =>
        ['httpGet', 'tcpSocket'].flatMap((action) => {
          const steps = [...handler, action, 'port'];
          const port = text(at(placed.container, ...steps));
          return port === undefined ? [] : [{ placed, port, path: [...placed.path, ...steps] }];
        }),
      ),
    );
    if (asked.length === 0) return NOT_APPLICABLE;
    return asked.flatMap(({ placed, port, path }) => {
      const names = containerPorts(placed).flatMap(({ name }) => name ?? []);
      if (names.includes(port)) return [];
      const container = text(placed.container.name) ?? '';
      return [
        {
          path,
          value: port,
          message: `the container '${container}' has no port named '${port}'`,
          allowed: names.length === 0 ? 'a number; its ports have no names' : `${listed(names)}, or a number`,
          fix: 'name a port of this container',
        },
      ];
    });
  },
);
