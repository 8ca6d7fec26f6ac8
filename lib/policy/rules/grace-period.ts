/** WP-DRAIN-004: before SIGKILL there is time for the pause and for what the server was told to finish. */
import { at, number, text } from '../json';
import { containersOf } from '../pod-template';
import { type Breach, NOT_APPLICABLE, podRule } from '../rule';
import { drainSeconds, pauseSeconds } from '../seconds-to-end';

/** What Kubernetes gives a pod that says nothing. */
const DEFAULT_SECONDS = 30;

/** Pods that are killed with requests in flight. */
export const gracePeriod = podRule(
  'WP-DRAIN-004',
  'the pause runs on the same clock, so the server is killed with requests in flight at every rollout and drain',
  (pod) => {
    const ends = containersOf(pod).flatMap(({ container, kind }) => {
      const stays = kind === 'containers' || container.restartPolicy === 'Always';
      const pause = pauseSeconds(container);
      const drain = drainSeconds(container);
      return stays && pause + drain > 0 ? [{ name: text(container.name) ?? '', pause, drain }] : [];
    });
    if (ends.length === 0) return NOT_APPLICABLE;
    const given = at(pod.spec, 'terminationGracePeriodSeconds') ?? undefined;
    const grace = number(given) ?? DEFAULT_SECONDS;
    return ends.flatMap(({ name, pause, drain }): readonly Breach[] => {
      const needed = Math.ceil(pause + drain);
      if (grace >= needed) return [];
      return [
        {
          path: [...pod.specPath, 'terminationGracePeriodSeconds'],
          value: given,
          message: `container '${name}' pauses ${pause} s and drains ${drain} s, and is killed after ${grace} s`,
          allowed: `${needed} s or more`,
          fix: `set terminationGracePeriodSeconds to ${needed} and what the server needs to shut down`,
          about: `Container/${name}`,
        },
      ];
    });
  },
);
