/** What every command is given: a terminal, files, and options that may be wrong. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';

/** Where a command reads and writes; tests hand in their own. */
export interface Terminal {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly stdin: () => string;
  /** What is being done right now; '' when it is over. Absent where nobody watches. */
  readonly progress?: (text: string) => void;
}

/** An argument or a file that cannot be used. */
export class Unusable extends Error {}

const YAML = new Set(['.yaml', '.yml', '.json']);

function leadsToFolder(link: string): boolean {
  return statSync(link, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** YAML files of a folder, sorted, so that two machines report in one order. */
function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      if (entry.name.startsWith('.') || entry.name === 'node_modules') return [];
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return filesBelow(path);
      // Links to files are followed, links to folders are not: they may lead back.
      if (!YAML.has(extname(entry.name)) || (entry.isSymbolicLink() && leadsToFolder(path))) return [];
      return [path];
    });
}

/** What a read gives, or what to do where it fails. */
function reading<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new Unusable(`${path} cannot be read (${(error as NodeJS.ErrnoException).code}). Fix: correct the path.`);
  }
}

/**
 * Texts by file, each file once however often it is named.
 * @throws Unusable for what cannot be read
 */
export function sourcesOf(
  paths: readonly string[],
  terminal: Terminal,
): readonly (readonly [file: string, text: string])[] {
  const files = paths.flatMap((path) => {
    if (path === '-') return [path];
    return reading(path, () => (statSync(path).isDirectory() ? filesBelow(path) : [path]));
  });
  const once = new Map(files.map((file) => [file === '-' ? file : resolve(file), file]));
  return [...once.values()].map((file) =>
    file === '-'
      ? ['stdin', reading('standard input', terminal.stdin)]
      : [file, reading(file, () => readFileSync(file, 'utf8'))],
  );
}

/**
 * The number of an option; undefined where it was not given.
 * @throws Unusable for what is no such number
 */
export function numberOf(
  option: string,
  written: string | undefined,
  good: (value: number) => boolean,
  allowed: string,
): number | undefined {
  if (written === undefined) return undefined;
  const value = written.trim() === '' ? Number.NaN : Number(written);
  if (!Number.isFinite(value) || !good(value)) {
    throw new Unusable(
      `${option} ${JSON.stringify(written)} is no such number. Allowed: ${allowed}. Fix: correct it, or leave it out.`,
    );
  }
  return value;
}

/** Six digits are more than anything here is known to; what has no end is null. */
export function jsonOf(value: unknown): string {
  const shorten = (_: string, one: unknown) =>
    typeof one !== 'number' || Number.isInteger(one) ? one : Number.isFinite(one) ? Number(one.toPrecision(6)) : null;
  return JSON.stringify(value, shorten, 2);
}
