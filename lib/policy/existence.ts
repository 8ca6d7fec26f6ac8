/** How a rule says that something that is named is not there. */
import { editDistance } from '../domain/names';
import type { Path } from './json';
import type { Breach } from './rule';

/** Something that is referred to. */
export interface Wanted {
  readonly kind: string;
  readonly name: string;
  /** Absent for kinds without namespace. */
  readonly namespace?: string;
  /** Where the name stands. */
  readonly path: Path;
}

const SHOWN = 5;

const letters = (text: string) => [...text].sort().join('');

/** Slips of the pen that make one text the other, as far as `limit`; letters in another order are one. */
function slips(from: string, to: string, limit: number): number {
  // Most names of a cluster differ by more than this, and need no table.
  if (Math.abs(from.length - to.length) > limit) return limit + 1;
  if (from !== to && from.length === to.length && letters(from) === letters(to)) return 1;
  return editDistance(from, to, limit);
}

/** Among more names nobody looks for a slip: a whole cluster may be read in the wrong namespace. */
const COMPARED = 300;

/** The name that was probably meant: a slip of the pen away, or the same with something before or after it. */
export function likely(name: string, existing: Iterable<string>): string | undefined {
  const names = distinct(existing);
  if (names.length > COMPARED) return undefined;
  const limit = Math.max(1, Math.floor(name.length / 4));
  const ranked = names
    .map((candidate) => ({ candidate, edits: slips(name, candidate, limit) }))
    .filter(
      ({ candidate, edits }) => edits <= limit || candidate.endsWith(`-${name}`) || name.endsWith(`-${candidate}`),
    )
    .sort((a, b) => a.edits - b.edits || a.candidate.localeCompare(b.candidate));
  return ranked[0]?.candidate;
}

const sorted = new WeakMap<Iterable<string>, readonly string[]>();

/** Names in order, each once; a list that many breaches show is sorted for the first of them. */
function distinct(names: Iterable<string>): readonly string[] {
  const known = sorted.get(names) ?? [...new Set(names)].sort();
  if (Array.isArray(names)) sorted.set(names, known);
  return known;
}

/** `'a', 'b'`, and how many more. */
export function listed(names: Iterable<string>): string {
  const all = distinct(names);
  const shown = all.slice(0, SHOWN).map((name) => `'${name}'`);
  return all.length > SHOWN ? `${shown.join(', ')} and ${all.length - SHOWN} more` : shown.join(', ');
}

/** The breach of a reference to an object that is not there. */
export function missing(wanted: Wanted, existing: readonly string[], fix: string, note = ''): Breach {
  const { kind, name, namespace, path } = wanted;
  const place = namespace === undefined ? 'the manifests' : `namespace '${namespace}'`;
  const meant = likely(name, existing);
  return {
    path,
    value: name,
    message: `there is no ${kind} '${name}' in ${place}${note}`,
    allowed:
      existing.length === 0
        ? `${/^[AEIO]/.test(kind) ? 'an' : 'a'} ${kind} of ${place}, which has none`
        : listed(existing),
    fix: meant === undefined ? fix : `write '${meant}', or ${fix}`,
    about: `${kind}/${name}`,
  };
}
