/**
 * `npm run bench:preview`: what `pulumi preview` of an environment costs, and what loading the cloud layer does.
 *
 *   npm run bench:preview             prod
 *   npm run bench:preview -- dev      another environment
 *
 * The real engine over stand-in clouds on loopback, as in test/real/pulumi (`npm run tools -- pulumi` builds it). Peak memory
 * is read from /proc, so it needs Linux; pages that processes share count in each.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Clouds } from '../test/real/pulumi/support/clouds';
import { median, peakBytesOf } from './programs';

const ROOT = join(__dirname, '..');
const RUNS = 5;
const LOOK_MILLISECONDS = 50;

/** Modules whose import is compared, each in a process of its own. */
const IMPORTS = {
  '@pulumi/pulumi': '@pulumi/pulumi',
  'warmpath/cloud': './lib/cloud',
  '@pulumi/azure-native (root)': '@pulumi/azure-native',
};

/** Peak resident bytes of the processes below this one, by command. */
class Watch {
  readonly peaks = new Map<string, number>();
  private readonly timer = setInterval(() => this.look(), LOOK_MILLISECONDS);

  stop(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    const parents = new Map<number, number>();
    for (const pid of readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)) {
      const parent = /^\d+ \(.*\) \S (\d+)/s.exec(read(pid, 'stat'))?.[1];
      if (parent !== undefined) parents.set(pid, Number(parent));
    }
    for (const pid of parents.keys()) {
      if (!isBelow(pid, parents)) continue;
      const command = /^Name:\s+(.+)$/m.exec(read(pid, 'status'))?.[1] ?? '';
      this.peaks.set(command, Math.max(this.peaks.get(command) ?? 0, peakBytesOf(pid) ?? 0));
    }
  }
}

/** A file of a process; empty when it has ended. */
function read(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}

function isBelow(pid: number, parents: ReadonlyMap<number, number>): boolean {
  const parent = parents.get(pid);
  return parent === process.pid || (parent !== undefined && parent > 1 && isBelow(parent, parents));
}

/** Seconds and peak megabytes of a process that imports a module and ends. */
function importOf(specifier: string): readonly [seconds: number, megabytes: number] {
  const program = `const t = process.hrtime.bigint(); require(${JSON.stringify(specifier)});
    console.log(Number(process.hrtime.bigint() - t) / 1e9, process.resourceUsage().maxRSS / 1024);`;
  const { stdout, status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', '-e', program], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  const [seconds = 0, megabytes = 0] = stdout.trim().split(' ').map(Number);
  return [seconds, megabytes];
}

async function main(environment: string): Promise<void> {
  const clouds = await Clouds.start();
  const watch = new Watch();
  try {
    await clouds.engine.stackInit(environment);
    const { seconds } = await median(
      RUNS,
      (outcome) => outcome.seconds,
      async () => {
        const outcome = await clouds.engine.preview(environment);
        if (!outcome.ok) throw new Error(outcome.text);
        return outcome;
      },
    );
    console.log(`pulumi preview of ${environment}: ${seconds.toFixed(1)} s (median of ${RUNS})`);
  } finally {
    watch.stop();
    await clouds.stop();
  }
  for (const [command, bytes] of watch.peaks) console.log(`  peak of ${command}: ${(bytes / 1e6).toFixed(0)} MB`);
  console.log(`import, median of ${RUNS} processes`);
  for (const [name, specifier] of Object.entries(IMPORTS)) {
    const [seconds, megabytes] = await median(
      RUNS,
      ([time]) => time,
      async () => importOf(specifier),
    );
    console.log(`  ${name.padEnd(30)} ${seconds.toFixed(2)} s  ${megabytes.toFixed(0)} MB`);
  }
}

main(process.argv[2] ?? 'prod').catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
