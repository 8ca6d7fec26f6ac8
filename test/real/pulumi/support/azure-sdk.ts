import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A property as the SDK of azure-native declares it. */
export interface Member {
  readonly required: boolean;
  readonly form: 'plain' | 'list' | 'map';
  /** Of an object, of the items of a list, or of the values of a map; undefined for scalars and unions. */
  readonly shape?: () => Shape;
}

export type Shape = ReadonlyMap<string, Member>;

/** What the installed SDK says of a resource. */
export interface SdkResource {
  /** The default API version of the resource. */
  readonly apiVersion: string;
  readonly inputs: Shape;
  readonly outputs: Shape;
}

const ROOT = dirname(require.resolve('@pulumi/azure-native/package.json'));

const text = remembered((path: string) => readFileSync(join(ROOT, path), 'utf8'));

/**
 * Reads the declarations of a resource. They are generated from the same metadata as the provider, which drops an input that
 * it does not know without a word.
 *
 * @param token - such as `azure-native:containerservice:AgentPool`
 */
export const sdkResource = remembered((token: string): SdkResource => {
  const [, module = '', name = ''] = token.split(':');
  const declarations = text(join(module, `${name.charAt(0).toLowerCase()}${name.slice(1)}.d.ts`));
  const apiVersion = /Uses Azure REST API version ([\w-]+)/.exec(declarations)?.[1];
  if (!apiVersion) throw new Error(`the SDK names no API version of ${token}`);
  return {
    apiVersion,
    inputs: members(between(declarations, `export interface ${name}Args {`, '\n}'), 4),
    outputs: members(between(declarations, `export declare class ${name} `, '\n}'), 4, 'readonly '),
  };
});

const namedShape = remembered((name: string): Shape => {
  const [file = '', namespace = '', type = ''] = name.split('.');
  const module = between(text(`types/${file}.d.ts`), `export declare namespace ${namespace} {`, '\n}');
  return members(between(module, `    interface ${type} {`, '\n    }'), 8);
});

function between(source: string, start: string, end: string): string {
  const from = source.indexOf(start);
  const to = source.indexOf(end, from);
  if (from < 0 || to < 0) throw new Error(`the SDK does not declare ${start}`);
  return source.slice(from + start.length, to);
}

/** The members that are declared with exactly this indentation. */
function members(source: string, indentation: number, modifier = ''): Shape {
  const begin = new RegExp(`^ {${indentation}}${modifier}(\\w+)(\\??): ([^;]*(?:;\\n {${indentation + 4}}[^;]*)*?);$`);
  const shape = new Map<string, Member>();
  const lines = source.split('\n');
  for (let index = 0; index < lines.length; index += 1) {
    let line = lines[index] ?? '';
    // The type of a map goes over three lines.
    if (line.endsWith('{')) line = `${line}${lines[index + 1]?.trim().replace(/;$/, '')}${lines[index + 2]?.trim()}`;
    const [, name, optional, type] = begin.exec(line) ?? [];
    if (name && type && name !== 'urn') shape.set(name, member(type, optional === '' && !type.includes('| undefined')));
  }
  return shape;
}

function member(type: string, required: boolean): Member {
  const names = [...type.matchAll(/\b(input|output)s\.(\w+)\.(\w+)/g)].map(
    ([, file, namespace, name]) => `${file}.${namespace}.${name}`,
  );
  const form = type.includes('[key: string]') ? 'map' : type.includes('[]') ? 'list' : 'plain';
  const [only, other] = names;
  return only === undefined || other !== undefined
    ? { required, form }
    : { required, form, shape: () => namedShape(only) };
}

function remembered<T>(read: (name: string) => T): (name: string) => T {
  const known = new Map<string, T>();
  return (name) => {
    const found = known.get(name) ?? read(name);
    known.set(name, found);
    return found;
  };
}
