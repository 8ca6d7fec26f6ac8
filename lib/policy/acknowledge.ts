/**
 * Exceptions with a reason. They stand on the object that they are about, as annotation `policy.warmpath.dev/<rule>`:
 * a reason for every breach of that rule, or lines `<Kind>/<name>: reason` for one breach each. A line that begins
 * otherwise continues the one above, so that a reason may be folded without growing into an exception from all.
 */
import { ACKNOWLEDGE_PREFIX } from '../domain/node-vocabulary';
import { RULES } from '../domain/rules';
import { annotationsOf, type Manifest } from './manifest';

/** One exception. */
export interface Acknowledgement {
  readonly rule: string;
  /** The breach that it is for; absent when it is for all of the object. */
  readonly about?: string;
  readonly reason: string;
}

/**
 * `Secret/token: reason`. Names may have colons of their own, so the one before a space counts; slips in the kind or
 * an empty name make an exception that covers nothing, never one that covers everything.
 */
const NARROW = /^([A-Za-z]+\/(?:\S*?(?=:(?:\s|$))|[^\s:]*)):\s*(.*)$/;

function acknowledgements(rule: string, value: string): readonly Acknowledgement[] {
  const found: Acknowledgement[] = [];
  for (const line of value.split(/\r\n?|\n/).map((one) => one.trim())) {
    if (line === '') continue;
    const [, about, reason = ''] = NARROW.exec(line) ?? [];
    const above = about === undefined ? found.pop() : undefined;
    if (about !== undefined) found.push({ rule, about, reason });
    else found.push(above === undefined ? { rule, reason: line } : { ...above, reason: `${above.reason} ${line}` });
  }
  return found.length === 0 ? [{ rule, reason: '' }] : found;
}

/** The exceptions that an object carries. */
export function acknowledgementsOf({ object }: Manifest): readonly Acknowledgement[] {
  return Object.entries(annotationsOf(object))
    .filter(([key]) => key.startsWith(ACKNOWLEDGE_PREFIX))
    .flatMap(([key, value]) => acknowledgements(key.slice(ACKNOWLEDGE_PREFIX.length), value));
}

/** Whether an exception covers a breach of its rule. */
export function covers({ about }: Acknowledgement, breach: { readonly about?: string }): boolean {
  return about === undefined || about === breach.about;
}

/** Two words: a letter and more of the same word, with the marks that many scripts write vowels as. */
const WORDS = /\p{L}[\p{L}\p{M}].*\s.*\p{L}[\p{L}\p{M}]/su;

/** Letters of scripts that put no spaces between words; by extensions, as kana share their long-vowel mark. */
const WITHOUT_SPACES =
  /(?:(?=[\p{L}\p{M}])[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}]){4,}/u;

/** A reason is a sentence that a reviewer can read; some languages write theirs without spaces. */
export function isReason(reason: string): boolean {
  // A letter that is written as two, `e` and its accent, is one.
  const composed = reason.normalize('NFC');
  return WORDS.test(composed) || WITHOUT_SPACES.test(composed);
}

/**
 * Holds exceptions of a whole run to what exceptions on objects are held to.
 * @throws Error that names every rule that does not exist or has no reason
 */
export function checkAcknowledged(acknowledged: Readonly<Record<string, string>>): void {
  const wrong = Object.entries(acknowledged).filter(
    ([rule, reason]) => !Object.hasOwn(RULES, rule) || typeof reason !== 'string' || !isReason(reason),
  );
  if (wrong.length === 0) return;
  const list = wrong.map(([rule, reason]) => `${rule}: ${JSON.stringify(reason)}`).join(', ');
  throw new Error(
    `acknowledged holds ${list}. Allowed: the id of a rule, with a reason of at least two words. Fix: see docs/rules.md for the ids, and say why it is safe here.`,
  );
}
