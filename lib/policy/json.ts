/** Reads plain data that nobody vouches for: what is absent or of another type reads as empty. */

/** One step of a path: a key, or a position in a list. */
export type Path = readonly (string | number)[];

export type Json = Readonly<Record<string, unknown>>;

const EMPTY: Json = Object.freeze({});

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object, or an empty one. */
export function object(value: unknown): Json {
  return isObject(value) ? value : EMPTY;
}

/** The list, or an empty one. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The text, or none. */
export function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** The number, or none. */
export function number(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** What lies at a path, or undefined. */
export function at(value: unknown, ...path: Path): unknown {
  let here = value;
  for (const step of path) {
    here = typeof step === 'number' ? list(here)[step] : own(here, step);
  }
  return here;
}

function own(value: unknown, key: string): unknown {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** The entries of a map of texts; values of other types are left out. */
export function texts(value: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(object(value)).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

/** `spec.containers[0].image`, `metadata.labels['app.kubernetes.io/name']`. */
export function formatPath(path: Path): string {
  return path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`;
      if (!/^[A-Za-z_$][\w$-]*$/.test(step)) return `['${step}']`;
      return index === 0 ? step : `.${step}`;
    })
    .join('');
}
