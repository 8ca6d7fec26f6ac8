/** The services of an environment, as its manifests tell of them. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ANNOTATIONS } from '../domain/node-vocabulary';
import { draftPlanRecord, type PlanRecord } from '../domain/plan-record';
import { Findings, formatProblem } from '../domain/problem';
import { type Json, readManifests } from '../policy';
import { sourcesOf, type Terminal, Unusable } from './input';

/** Options that say where the manifests are; both commands have them. */
export const PLACE_OPTIONS = {
  env: { type: 'string' },
  manifests: { type: 'string', default: 'manifests' },
  service: { type: 'string' },
} as const;

/** Where manifests are, and which service is meant. */
export interface Place {
  readonly env?: string;
  readonly manifests: string;
  readonly service?: string;
}

/** Everything that stands there, and the plans among it. */
export interface Services {
  readonly manifests: readonly Json[];
  /** Those that were asked for, in the order of the files. */
  readonly records: readonly PlanRecord[];
}

/** `chat/chat` */
export const fullName = ({ namespace, service }: Pick<PlanRecord, 'namespace' | 'service'>) =>
  `${namespace}/${service}`;

function environmentsIn(folder: string): string {
  const names = statSync(folder, { throwIfNoEntry: false })?.isDirectory()
    ? readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))
    : [];
  return names.length === 0 ? `none, as ${folder} holds none` : names.sort().join(', ');
}

function pathsOf({ env, manifests }: Place, positionals: readonly string[]): readonly string[] {
  if (env === undefined) {
    if (positionals.length > 0) return positionals;
    throw new Unusable(
      `no manifests are named. Allowed: --env NAME, or files and folders. Fix: --env with one of: ${environmentsIn(manifests)}.`,
    );
  }
  if (positionals.length > 0) {
    throw new Unusable(`--env ${env} and ${positionals.join(', ')} exclude each other. Fix: give one of them.`);
  }
  const folder = join(manifests, env);
  if (/[/\\]/.test(env) || !statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new Unusable(
      `--env ${env}: there is no such environment in ${manifests}. Allowed: ${environmentsIn(manifests)}. Fix: correct the name, or write it with npm run synth.`,
    );
  }
  return [folder];
}

function recordsIn(manifests: readonly Json[]): readonly PlanRecord[] {
  const findings = new Findings();
  const records = manifests.flatMap(({ kind, metadata }) => {
    const { name, namespace, annotations } = (metadata ?? {}) as Json;
    const written = ((annotations ?? {}) as Json)[ANNOTATIONS.plan];
    if (typeof written !== 'string') return [];
    const where = `${kind} ${namespace}/${name} ${ANNOTATIONS.plan}`;
    return findings.adopt(draftPlanRecord(written, where)) ?? [];
  });
  if (findings.hasErrors) throw new Unusable(findings.problems.map(formatProblem).join('\n'));
  return records;
}

function chosen(records: readonly PlanRecord[], name: string | undefined): readonly PlanRecord[] {
  if (name === undefined) return records;
  const found = records.filter((record) => record.service === name || fullName(record) === name);
  if (found.length > 0) return found;
  throw new Unusable(
    `--service ${name}: there is no such service. Allowed: ${records.map(fullName).join(', ')}. Fix: correct the name, or leave it out.`,
  );
}

/**
 * Reads manifests and the plans that they carry.
 * @throws Unusable for what cannot be read, for manifests without a plan, and for a service that is not there
 */
export function servicesOf(place: Place, positionals: readonly string[], terminal: Terminal): Services {
  const paths = pathsOf(place, positionals);
  terminal.progress?.(`reading ${paths.join(', ')}`);
  const read = sourcesOf(paths, terminal).map(([file, source]) => readManifests(source, file));
  const unreadable = read.flatMap((one) => one.unreadable);
  if (unreadable.length > 0) {
    const lines = unreadable.map(({ file, line, message }) => `${file}:${line} is no YAML: ${message}`);
    throw new Unusable(`${lines.join('\n')}. Fix: correct the file, or synthesise again.`);
  }
  const manifests = read.flatMap((one) => one.manifests.map(({ object }) => object));
  const records = recordsIn(manifests);
  if (records.length === 0) {
    throw new Unusable(
      `no object in ${paths.join(', ')} carries ${ANNOTATIONS.plan}. Allowed: manifests of GPU inference services that warmpath wrote. Fix: npm run synth, and name its output.`,
    );
  }
  return { manifests, records: chosen(records, place.service) };
}
