/** What the end of a container takes, as far as its manifest says. */
import { DRAIN_FLAGS } from '../domain/runtime-launch';
import { at, type Json, list, number } from './json';

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/** `sleep 15`, wherever it stands in a script; what only follows a failure is left out. */
function sleepsIn(script: string): number {
  const [certain = ''] = script.split('||');
  const sleeps = certain.matchAll(/(?:^|[\s;&|(])(?:\/[\w/]*\/)?sleep\s+(\d+(?:\.\d+)?)([smh]?)(?=$|[\s;&|)])/g);
  return [...sleeps].reduce((sum, [, count, unit = '']) => sum + Number(count) * (UNITS[unit] ?? 1), 0);
}

/** Seconds that the preStop hook takes at the least; 0 without one. */
export function pauseSeconds(container: Json): number {
  const hook = at(container, 'lifecycle', 'preStop');
  const asleep = number(at(hook, 'sleep', 'seconds'));
  if (asleep !== undefined) return asleep;
  return sleepsIn(
    list(at(hook, 'exec', 'command'))
      .map(String)
      .join(' '),
  );
}

/** Seconds that the server is told to finish requests in; 0 where its command says nothing. */
export function drainSeconds(container: Json): number {
  // A whole command line may stand in one argument, behind `sh -c`.
  const words = [...list(container.command), ...list(container.args)].map(String).join(' ').split(/\s+/);
  const seconds = words.flatMap((word, index) => {
    const [flag = '', inline] = word.split('=');
    if (!DRAIN_FLAGS.includes(flag.replaceAll('_', '-'))) return [];
    return Number(inline ?? words[index + 1]);
  });
  return Math.max(0, ...seconds.filter((value) => Number.isFinite(value)));
}
