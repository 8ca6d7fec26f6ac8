/**
 * Exceptions with a reason. They stand on the object that they are about, as annotation
 * `policy.warmpath.dev/<rule>`; each line is a reason for every breach of that rule, or `<Kind>/<name>: reason` for
 * one of them.
 */
import { ACKNOWLEDGE_PREFIX } from '../domain/node-vocabulary';
import { annotationsOf, type Manifest } from './manifest';

/** One exception. */
export interface Acknowledgement {
  readonly rule: string;
  /** The breach that it is for; absent when it is for all of the object. */
  readonly about?: string;
  readonly reason: string;
}

const NARROW = /^([A-Z][A-Za-z]*\/[^\s:]+):\s*(.*)$/;

function acknowledgement(rule: string, line: string): Acknowledgement {
  const [, about, reason] = NARROW.exec(line) ?? [];
  return about === undefined ? { rule, reason: line.trim() } : { rule, about, reason: (reason ?? '').trim() };
}

/** The exceptions that an object carries. */
export function acknowledgementsOf({ object }: Manifest): readonly Acknowledgement[] {
  return Object.entries(annotationsOf(object))
    .filter(([key]) => key.startsWith(ACKNOWLEDGE_PREFIX))
    .flatMap(([key, value]) => {
      const rule = key.slice(ACKNOWLEDGE_PREFIX.length);
      const lines = value.split('\n').filter((line) => line.trim() !== '');
      return (lines.length === 0 ? [''] : lines).map((line) => acknowledgement(rule, line));
    });
}

/** Whether an exception covers a breach of its rule. */
export function covers({ about }: Acknowledgement, breach: { readonly about?: string }): boolean {
  return about === undefined || about === breach.about;
}

/** A reason is a sentence that a reviewer can read. */
export function isReason(reason: string): boolean {
  return /\p{L}{2,}.*\s.*\p{L}{2,}/su.test(reason);
}
