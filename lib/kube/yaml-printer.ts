/**
 * cdk8s's `Yaml.stringify`, faster and byte for byte the same: prints what it is certain of and asks cdk8s for the rest.
 * What it is certain of is compared with cdk8s in `test/kube/yaml-printer.test.ts`.
 */
import { Yaml } from 'cdk8s';

/** Letters that YAML 1.1 reads as booleans, null or the exponent of nothing: https://yaml.org/type/ */
const WORDS = '(?:y|yes|n|no|true|false|on|off|null|e[-+]?[0-9]+)$';

/** Begins with a letter or a slash, is no such word, and has no ': ', ' #' or space at the end. */
const PLAIN = new RegExp(
  `^(?!${WORDS})[a-z/](?:[!-9;-~\\u00a1-\\ud7ff\\ue000-\\uffff]|:(?=[!-~])| (?=[!-"$-~]))*$`,
  'i',
);

/** One line without control characters and without characters outside the basic plane. */
const LINE = /^[ -~\u00a0-\ud7ff\ue000-\uffff]*$/;

/** What would read as something else than a scalar: an indicator at the start, ': ', ' #', a space at the end. */
const INDICATORS = /^[ ,[\]{}#&*!|>'"%@`]|^[?-]$|^[?-] |: | #|[ :]$/;

/** What reads as another type than text in every version of YAML, as long as it is written like this. */
const OTHER_TYPE = /^(?:-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?|true|false|null|yes|no|on|off|)$/;

/** Begins like no number, time, null, merge key or document, or goes on as none of them does. */
const SURELY_TEXT = new RegExp(
  `^(?!---|\\.\\.\\.|${WORDS})(?:[^ -~]|[a-z$()/:;=?\\\\^_]|[-+.0-9].*[ghj-mp-suvwy/,=%@()])`,
  'i',
);

/** Lines that begin with something, end in something, and are not all on one line. */
const BLOCK = /^[!-~][ -~\n\u00a0-\ud7ff\ue000-\uffff]*[!-~]\n?$/;

/** A text of one line, if it is certain how it is written. */
function writtenLine(text: string): string | undefined {
  if (PLAIN.test(text)) return text;
  if (!LINE.test(text)) return undefined;
  if (INDICATORS.test(text) || OTHER_TYPE.test(text)) {
    return text.includes('"') && !text.includes("'") ? `'${text}'` : JSON.stringify(text);
  }
  return SURELY_TEXT.test(text) ? text : undefined;
}

/** Lines below a `|`, if it is certain that they are written so. */
function writtenBlock(text: string, indent: string): string | undefined {
  if (!BLOCK.test(text)) return undefined;
  const clipped = text.endsWith('\n');
  const lines = (clipped ? text.slice(0, -1) : text).replace(/\n+/g, `$&${indent}`);
  return `|${clipped ? '' : '-'}\n${indent}${lines}`;
}

/** How cdk8s writes a text two columns in; further in, only the beginnings of lines differ. */
function askedText(text: string, indent: string): string {
  const written = Yaml.stringify({ k: text }).slice('k: '.length, -1);
  return written.replace(/\n+(?!\n|$)/g, `$&${indent.slice(2)}`);
}

/** Answers for texts of one line, as the same few come again and again. */
const asked = new Map<string, string>();
const ASKED_LIMIT = 1000;

function scalarText(text: string, indent: string): string {
  if (text.includes('\n')) return writtenBlock(text, indent) ?? askedText(text, indent);
  const known = writtenLine(text) ?? asked.get(text);
  if (known !== undefined) return known;
  if (asked.size >= ASKED_LIMIT) asked.clear();
  const answer = askedText(text, indent);
  asked.set(text, answer);
  return answer;
}

/** Thrown for a document that cdk8s has to print. */
const UNCERTAIN = new Error('not certain');

/** Longest key that is written before its value without a question mark, with room for quotes. */
const MAX_KEY = 1000;

function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return (
    (prototype === Object.prototype || prototype === null) &&
    !('toJSON' in value) &&
    Object.getOwnPropertySymbols(value).length === 0
  );
}

/** Prints one document. */
class Printer {
  private text = '';
  /** An object that comes twice becomes an anchor and an alias. */
  private readonly seen = new Set<object>();

  print(document: object): string {
    this.map(document, '');
    return `${this.text}\n`;
  }

  /** The lines of a map; the first one continues the line that has been begun. */
  private map(object: object, indent: string): void {
    let separator = '';
    for (const [key, value] of Object.entries(object)) {
      const written = key.length > MAX_KEY ? undefined : writtenLine(key);
      if (written === undefined) throw UNCERTAIN;
      this.text += `${separator}${written}:`;
      this.value(value, `${indent}  `, true);
      separator = `\n${indent}`;
    }
  }

  private list(items: readonly unknown[], indent: string): void {
    let separator = '';
    for (const item of items) {
      this.text += `${separator}-`;
      this.value(item, `${indent}  `, false);
      separator = `\n${indent}`;
    }
  }

  /** A value behind its key or dash; a collection behind a key begins on a line of its own. */
  private value(value: unknown, indent: string, ownLine: boolean): void {
    if (typeof value === 'string') this.text += ` ${scalarText(value, indent)}`;
    else if (typeof value === 'number' && Number.isFinite(value)) {
      this.text += Object.is(value, -0) ? ' -0' : ` ${JSON.stringify(value)}`;
    } else if (typeof value === 'boolean' || value === null) this.text += ` ${value}`;
    else if (typeof value === 'object') this.collection(value, indent, ownLine);
    else throw UNCERTAIN;
  }

  private collection(value: object, indent: string, ownLine: boolean): void {
    if (this.seen.has(value)) throw UNCERTAIN;
    this.seen.add(value);
    const space = ownLine ? `\n${indent}` : ' ';
    if (Array.isArray(value)) {
      if (value.length === 0) this.text += ' []';
      else {
        this.text += space;
        this.list(value, indent);
      }
    } else if (!isPlainObject(value)) throw UNCERTAIN;
    else if (Object.keys(value).length === 0) this.text += ' {}';
    else {
      this.text += space;
      this.map(value, indent);
    }
  }
}

function printDocument(document: unknown): string {
  const certain = typeof document === 'object' && document !== null && !Array.isArray(document);
  if (!certain || !isPlainObject(document) || Object.keys(document).length === 0) return Yaml.stringify(document);
  try {
    return new Printer().print(document);
  } catch (error) {
    if (error === UNCERTAIN) return Yaml.stringify(document);
    throw error;
  }
}

/** The documents as YAML, separated by `---`. */
export function printYaml(documents: readonly unknown[]): string {
  return documents.map(printDocument).join('---\n');
}
