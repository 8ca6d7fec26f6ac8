/** The project under the engine, as a team would edit it: its environments and manifests are copies. */
import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readFolder } from '../../../../stacks/synthesise';
import type { Engine } from './engine';

const ROOT = resolve(__dirname, '../../../..');
const EDITED = ['stacks', 'manifests'] as const;

/** A working copy in the folder of an engine. */
export class Project {
  constructor(private readonly engine: Engine) {
    for (const folder of EDITED) {
      const path = join(engine.project, folder);
      rmSync(path);
      cpSync(join(ROOT, folder), path, { recursive: true });
    }
  }

  /** Replaces text of a file, which has to be there exactly once. */
  edit(file: string, before: string, after: string): void {
    const path = join(this.engine.project, file);
    const text = readFileSync(path, 'utf8');
    if (text.split(before).length !== 2) throw new Error(`${file} does not hold '${before}' exactly once`);
    writeFileSync(path, text.replace(before, after));
  }

  /** `npm run synth` for one environment. */
  synthesise(environment: string): void {
    const tsx = join(ROOT, 'node_modules/tsx/dist/cli.mjs');
    const run = spawnSync(process.execPath, [tsx, 'stacks/synth.ts', environment], {
      cwd: this.engine.project,
      encoding: 'utf8',
    });
    if (run.status !== 0) throw new Error(run.stdout + run.stderr);
  }

  /** The objects of the files of an environment. */
  manifests(environment: string) {
    return readFolder(join(this.engine.project, 'manifests', environment)).map(({ object }) => object);
  }
}
