/** Synthesises environments into a folder, all or nothing: on any error no byte of the folder changes. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { ApiObject } from 'cdk8s';
import { Findings, formatProblem, type ImageLock, isDnsLabel } from '../lib';
import {
  checkManifests,
  formatFinding,
  type Manifest,
  type PolicyFinding,
  type PolicyPool,
  type PolicyReport,
  readManifests,
} from '../lib/policy';
import type { Environment } from './environment';
import { ENVIRONMENTS } from './environments';
import { buildEnvironment, type EnvironmentTree } from './inference';
import { summarise } from './summary';

/** What a run needs. */
export interface SynthesisOptions {
  /** Folder that gets one folder for each environment. */
  readonly outdir: string;
  /** JSON file of digests by `repository:tag`; none when it does not exist. */
  readonly lockFile: string;
  /** Names of environments. @default all */
  readonly only?: readonly string[];
  /** @default the committed environments */
  readonly environments?: readonly Environment[];
  readonly print: (text: string) => void;
}

/** An environment whose files lie in the staging folder. */
export interface SynthesisedEnvironment {
  readonly tree: EnvironmentTree;
  readonly manifests: readonly Manifest[];
  /** What the rules over manifests say; it has no errors. */
  readonly policy: PolicyReport;
  readonly files: number;
  readonly milliseconds: number;
}

/** Digests of images; none where there is no such file. */
export function readLock(lockFile: string): ImageLock {
  if (!existsSync(lockFile)) return {};
  const fix = "Fix: restore it, or run 'npm run images:lock' again";
  let lock: unknown;
  try {
    lock = JSON.parse(readFileSync(lockFile, 'utf8'));
  } catch (error) {
    throw new Error(`${lockFile} is not JSON (${(error as Error).message}). ${fix}.`);
  }
  if (typeof lock !== 'object' || lock === null || Array.isArray(lock)) {
    throw new Error(
      `${lockFile} holds ${JSON.stringify(lock)}. Allowed: an object of digests by repository:tag. ${fix}.`,
    );
  }
  return lock as ImageLock;
}

/** The objects of a folder as whoever applies it would read them. */
export function readFolder(folder: string): readonly Manifest[] {
  return readdirSync(folder)
    .sort()
    .flatMap((file) => readManifests(readFileSync(join(folder, file), 'utf8'), file).manifests);
}

/** The decided pools as rules over manifests see them. */
export function policyPools({ pools }: Pick<EnvironmentTree, 'pools'>): readonly PolicyPool[] {
  return pools.map(({ name, labels, taints, maxNodes, profile }) => ({
    name,
    labels,
    taints,
    maxNodes,
    gpus: profile.gpu === undefined ? {} : { [profile.gpu.resourceName]: profile.gpus },
  }));
}

/** What others may leave empty is a value that we lost. */
function stopsSynthesis({ severity, rule }: PolicyFinding): boolean {
  return severity === 'error' || rule === 'WP-OUT-001';
}

/** Nothing was constructed and not written. */
function lostObjects(tree: EnvironmentTree, manifests: readonly Manifest[]): readonly string[] {
  const constructed = tree.app.node.findAll().filter((construct) => ApiObject.isApiObject(construct)).length;
  const findings = new Findings();
  if (constructed !== manifests.length) {
    findings.error('WP-OUT-002', 'objects', manifests.length, {
      message: `${constructed} objects were constructed and ${manifests.length} written`,
      allowed: `${constructed}`,
      fix: 'give every object its own name and chart',
    });
  }
  return findings.problems.map(formatProblem);
}

/** Folders below the staging folder. */
const NEW = 'new';
const OLD = 'old';

/** Files of one environment below the staging folder, or the messages that say why there are none. */
function stage(
  environment: Environment,
  images: ImageLock,
  staging: string,
): SynthesisedEnvironment | readonly string[] {
  const started = performance.now();
  const outdir = join(staging, NEW, environment.name);
  let tree: EnvironmentTree;
  try {
    tree = buildEnvironment(environment, images, { outdir });
    tree.app.synth();
  } catch (error) {
    return (error as Error).message
      .split('\n')
      .filter((line) => /^\s*\[/.test(line) || !line.startsWith('Validation failed'));
  }
  const manifests = readFolder(outdir);
  const policy = checkManifests(manifests, { pools: policyPools(tree) });
  const broken = policy.findings.filter(stopsSynthesis).map(formatFinding);
  const errors = [...lostObjects(tree, manifests), ...broken];
  if (errors.length > 0) return errors;
  return { tree, manifests, policy, files: readdirSync(outdir).length, milliseconds: performance.now() - started };
}

/** Moves the staged folders to their places; what was there before is restored if a move fails. */
function promote(staging: string, outdir: string, names: readonly string[]): void {
  mkdirSync(outdir, { recursive: true });
  const moved: string[] = [];
  mkdirSync(join(staging, OLD));
  const kept = (name: string) => join(staging, OLD, name);
  try {
    for (const name of names) {
      const target = join(outdir, name);
      if (existsSync(target)) renameSync(target, kept(name));
      moved.push(name);
      renameSync(join(staging, NEW, name), target);
    }
  } catch (error) {
    for (const name of moved) {
      rmSync(join(outdir, name), { recursive: true, force: true });
      if (existsSync(kept(name))) renameSync(kept(name), join(outdir, name));
    }
    throw error;
  }
}

/** A name becomes a folder and a label; anything else could write somewhere else or over another environment. */
function checkNames(environments: readonly Environment[]): void {
  const findings = new Findings();
  const names = environments.map(({ name }) => name);
  for (const [index, name] of names.entries()) {
    if (isDnsLabel(name) && names.indexOf(name) === index) continue;
    findings.error('WP-ENV-003', 'name', name, {
      message: 'this cannot be the folder of an environment, or another one has it',
      allowed: '1-63 lower-case letters, digits and hyphens, each name once',
      fix: "rename it, for example 'prod-eu'",
    });
  }
  if (names.length === 0) throw new Error('there is no environment. Fix: list one in stacks/environments/index.ts.');
  if (findings.hasErrors) throw new Error(findings.problems.map(formatProblem).join('\n'));
}

function chosen(options: SynthesisOptions): readonly Environment[] {
  const all = options.environments ?? ENVIRONMENTS;
  checkNames(all);
  const only = options.only ?? [];
  const unknown = only.filter((name) => !all.some((environment) => environment.name === name));
  if (unknown.length > 0) {
    const names = all.map(({ name }) => name).join(', ');
    throw new Error(
      `there is no environment '${unknown.join("', '")}'. Allowed: ${names}. Fix: correct the name, or name none for all.`,
    );
  }
  return only.length === 0 ? all : all.filter(({ name }) => only.includes(name));
}

/** Folders that look like environments and are none any more; they are named, not removed. */
function leftovers(options: SynthesisOptions): readonly string[] {
  if (!existsSync(options.outdir)) return [];
  const names = (options.environments ?? ENVIRONMENTS).map(({ name }) => name);
  return readdirSync(options.outdir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !names.includes(entry.name))
    .map(({ name }) => join(options.outdir, name))
    .filter((folder) => readdirSync(folder).every((file) => file.endsWith('.k8s.yaml')));
}

/**
 * Runs the main job.
 * @returns 0, or 1 after printing every error of every environment
 */
export function synthesise(options: SynthesisOptions): number {
  const { print } = options;
  const outdir = resolve(options.outdir);
  let staging: string | undefined;
  try {
    const environments = chosen(options);
    const images = readLock(options.lockFile);
    mkdirSync(dirname(outdir), { recursive: true });
    // Beside the target, so that a move is a rename on one file system.
    staging = mkdtempSync(join(dirname(outdir), '.synth-'));
    const done: SynthesisedEnvironment[] = [];
    let errors = 0;
    for (const environment of environments) {
      const result = stage(environment, images, staging);
      if ('tree' in result) {
        done.push(result);
      } else {
        errors += result.length;
        print(
          `${environment.name}: ${result.length} error(s)\n${result.map((line) => `  ${line.trim()}`).join('\n')}\n`,
        );
      }
    }
    if (errors > 0) {
      print(`Nothing was written: ${errors} error(s). The rules are explained in docs/rules.md.`);
      return 1;
    }
    promote(
      staging,
      outdir,
      environments.map(({ name }) => name),
    );
    print(summarise(done, options.outdir.replace(/\/+$/, '')));
    for (const folder of leftovers(options))
      print(`${folder} belongs to no environment any more; remove it if its cluster is gone.`);
    return 0;
  } catch (error) {
    print(`Nothing was written: ${(error as Error).message}`);
    return 1;
  } finally {
    if (staging !== undefined) rmSync(staging, { recursive: true, force: true });
  }
}
