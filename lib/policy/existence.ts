/** How a rule says that something that is named is not there. */
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

/** Edits that make one text the other, as far as `limit`; letters in another order are one. */
function distance(from: string, to: string, limit: number): number {
  if (Math.abs(from.length - to.length) > limit) return limit + 1;
  if (from !== to && from.length === to.length && letters(from) === letters(to)) return 1;
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1];
    for (const [column, other] of [...to].entries()) {
      const replaced = (row[column] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    if (Math.min(...next) > limit) return limit + 1;
    row = next;
  }
  return row.at(-1) ?? 0;
}

/** Among more names nobody looks for a slip: a whole cluster may be read in the wrong namespace. */
const COMPARED = 300;

/** The name that was probably meant: a slip of the pen away, or the same with something before or after it. */
export function likely(name: string, existing: Iterable<string>): string | undefined {
  const names = distinct(existing);
  if (names.length > COMPARED) return undefined;
  const limit = Math.max(1, Math.floor(name.length / 4));
  const ranked = names
    .map((candidate) => ({ candidate, edits: distance(name, candidate, limit) }))
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
