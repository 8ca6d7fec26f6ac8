/** Edits of plain objects: where something stands, and what to put there instead. */
import { at, type Json, type Path } from '../../../lib/policy/json';

/** Takes away what stands at a path. */
export const GONE = Symbol('gone');

/** One edit of one object among all; an edit with no path takes the object away or puts another in its place. */
export interface Edit {
  readonly index: number;
  readonly path: Path;
  readonly value: unknown;
}

/** All objects after some edits; nothing that was handed in changes. */
export function edited(objects: readonly Json[], edits: readonly Edit[]): readonly Json[] {
  const copies: unknown[] = [...objects];
  for (const { index, path, value } of edits) {
    copies[index] = path.length === 0 ? value : replaced(copies[index], path, value);
  }
  return copies.filter((copy): copy is Json => copy !== GONE);
}

function replaced(here: unknown, [step, ...rest]: Path, value: unknown): unknown {
  if (step === undefined) return value;
  const inner = replaced(at(here, step), rest, value);
  if (Array.isArray(here) || (here === undefined && typeof step === 'number')) {
    const copy = [...(here ?? [])];
    if (inner === GONE) copy.splice(Number(step), 1);
    else copy[Number(step)] = inner;
    return copy;
  }
  const copy = { ...(here as Json) };
  if (inner === GONE) delete copy[step];
  else copy[step] = inner;
  return copy;
}
