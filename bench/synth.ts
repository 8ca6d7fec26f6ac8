/**
 * `npm run bench:synth`: what synthesis costs with our App, with cdk8s's own and with `helm template`.
 *
 *   npm run bench:synth              a table
 *   npm run bench:synth -- --json    the same as JSON
 *
 * Every figure comes from a process of its own, our code and the trees compiled to JavaScript first. Ends with 1 when a
 * required figure is missed. Takes some minutes, most of them cdk8s's own App at 1,000 services.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { SynthMeasurement } from './measure-synth';
import { measured, median, NotMeasured } from './programs';
import type { TreeName } from './trees';

const ROOT = join(__dirname, '..');
const SERVICES = [1, 10, 100, 1000];
const CHARTS = 1000;
const REQUIRED = { growth: 12, peakMegabytes: 500, faster: 5, importRatio: 1.5 };
const RUNS = 5;
const IMPORT_RUNS = 9;
const TIMEOUT_SECONDS = 900;

type Who = 'warmpath' | 'cdk8s' | 'helm';

/** One line of the table. */
interface Row {
  readonly tree: TreeName;
  readonly size: number;
  readonly who: Who;
  /** Why there are no figures. */
  readonly why?: string;
  readonly runs?: number;
  readonly objects?: number;
  readonly bytes?: number;
  /** Building the tree; helm has none. */
  readonly treeSeconds?: number;
  readonly synthSeconds?: number;
  /** From the start of the program to its end. */
  readonly processSeconds?: number;
  readonly peakBytes?: number;
}

/** A required figure and what became of it. */
interface Verdict {
  readonly required: string;
  readonly found: string;
  readonly met: boolean;
}

function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`${text}\n`);
}

/** Compiles the library and the trees into a folder from which packages are found. */
function compile(): string {
  mkdirSync(join(ROOT, 'build'), { recursive: true });
  const folder = mkdtempSync(join(ROOT, 'build', 'bench-'));
  const config = {
    extends: '../../tsconfig.build.json',
    compilerOptions: { outDir: '.', rootDir: '../..', declaration: false },
    include: ['../../lib', '../../bench'],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the library does not compile: ${stdout}`);
  return folder;
}

interface Written {
  readonly bytes: number;
  readonly sha256: string;
}

function writtenIn(folder: string): Written {
  const hash = createHash('sha256');
  let bytes = 0;
  for (const file of readdirSync(folder).sort()) {
    const content = readFileSync(join(folder, file));
    hash.update(file).update(content);
    bytes += content.length;
  }
  return { bytes, sha256: hash.digest('hex') };
}

/** A row, or the row that says why there is none. */
async function rowOf(tree: TreeName, size: number, who: Who, measure: () => Promise<Partial<Row>>): Promise<Row> {
  progress(`${tree} ${size} ${who}`);
  try {
    return { tree, size, who, ...(await measure()) };
  } catch (error) {
    if (!(error instanceof NotMeasured)) throw error;
    return { tree, size, who, why: error.message };
  }
}

/** Rows of both apps over one tree, and the files that they wrote. */
class Comparison {
  readonly rows: Row[] = [];
  readonly differences: string[] = [];

  constructor(
    private readonly compiled: string,
    private readonly work: string,
  ) {}

  private async synth(tree: TreeName, size: number, who: 'warmpath' | 'cdk8s', outdir: string): Promise<Partial<Row>> {
    // cdk8s's own way over two thousand charts is long enough to be exact.
    const runs = who === 'cdk8s' && tree === 'services' && size >= 1000 ? 1 : RUNS;
    const script = join(this.compiled, 'bench', 'measure-synth.js');
    const figures = await median(
      runs,
      ({ processSeconds }) => processSeconds,
      async () => {
        rmSync(outdir, { recursive: true, force: true });
        const args = [script, tree, who === 'warmpath' ? 'ours' : 'stock', String(size), outdir];
        const { seconds, stdout } = await measured(process.execPath, args, { timeoutSeconds: TIMEOUT_SECONDS });
        return { processSeconds: seconds, ...(JSON.parse(stdout) as SynthMeasurement) };
      },
    );
    return { runs, ...figures, bytes: writtenIn(outdir).bytes };
  }

  /** Measures both apps and compares what they wrote; hands back the folder that ours wrote. */
  async both(tree: TreeName, size: number): Promise<string> {
    const folders = { warmpath: join(this.work, `${tree}-${size}`), cdk8s: join(this.work, 'cdk8s') };
    for (const who of ['warmpath', 'cdk8s'] as const) {
      this.rows.push(await rowOf(tree, size, who, () => this.synth(tree, size, who, folders[who])));
    }
    const complete = this.rows.slice(-2).every(({ why }) => why === undefined);
    if (complete && writtenIn(folders.warmpath).sha256 !== writtenIn(folders.cdk8s).sha256) {
      this.differences.push(`${tree} ${size}`);
    }
    return folders.warmpath;
  }

  /** helm over the written manifests as static templates. */
  async helm(program: () => string, tree: TreeName, size: number, manifests: string): Promise<void> {
    const measure = async (): Promise<Partial<Row>> => {
      if (!existsSync(manifests)) throw new NotMeasured('there are no manifests to print');
      const helm = program();
      const chart = join(this.work, 'chart');
      rmSync(chart, { recursive: true, force: true });
      cpSync(manifests, join(chart, 'templates'), { recursive: true });
      writeFileSync(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: bench\nversion: 0.1.0\n');
      const output = join(this.work, 'helm.yaml');
      const home = join(this.work, 'helm-home');
      const env = { PATH: '', HOME: home, HELM_CACHE_HOME: home, HELM_CONFIG_HOME: home, HELM_DATA_HOME: home };
      const run = await median(
        RUNS,
        ({ seconds }) => seconds,
        async () => {
          const file = openSync(output, 'w');
          try {
            const stdio = ['ignore', file, 'pipe'] as const;
            return await measured(helm, ['template', 'bench', chart], {
              env,
              stdio: [...stdio],
              timeoutSeconds: TIMEOUT_SECONDS,
            });
          } finally {
            closeSync(file);
          }
        },
      );
      const text = readFileSync(output, 'utf8');
      const objects = text.match(/^kind: /gm)?.length ?? 0;
      const expected = this.rows.find((row) => row.tree === tree && row.size === size)?.objects;
      if (objects !== expected) throw new NotMeasured(`printed ${objects} objects of ${expected}`);
      return {
        runs: RUNS,
        objects,
        bytes: Buffer.byteLength(text),
        processSeconds: run.seconds,
        peakBytes: run.peakBytes,
      };
    };
    this.rows.push(await rowOf(tree, size, 'helm', measure));
  }
}

/** The path of helm, built first where it is missing. */
function helmProgram(): string {
  const script = join(ROOT, 'test', 'real', 'tools', 'build.mjs');
  const stdio = process.stderr.isTTY ? (['ignore', 2, 'pipe'] as const) : (['ignore', 'ignore', 'pipe'] as const);
  const built = spawnSync(process.execPath, [script, 'helm'], { stdio: [...stdio], encoding: 'utf8' });
  if (built.status !== 0) throw new NotMeasured(built.stderr.trim().split('\n').at(-1) ?? 'helm cannot be built');
  const { stdout } = spawnSync(process.execPath, [script, '--paths', 'helm'], { encoding: 'utf8' });
  return (JSON.parse(stdout) as { helm: string }).helm;
}

interface Imports {
  readonly peersMilliseconds: number;
  readonly warmpathMilliseconds: number;
  readonly ratio: number;
}

/** Loading the library, against loading the two packages that it builds on. */
async function imports(compiled: string): Promise<Imports> {
  const code =
    'const t = performance.now(); process.argv.slice(1).forEach((m) => require(m)); console.log(performance.now() - t)';
  const load = async (...modules: readonly string[]) => {
    const { stdout } = await measured(process.execPath, ['-e', code, ...modules], {
      cwd: ROOT,
      timeoutSeconds: TIMEOUT_SECONDS,
    });
    return Number(stdout);
  };
  const library = join(compiled, 'lib', 'index.js');
  const pairs: { peers: number; library: number }[] = [];
  for (let run = 0; run < IMPORT_RUNS; run += 1) {
    pairs.push({ peers: await load('cdk8s', 'cdk8s-plus-28'), library: await load(library) });
  }
  const middle = (values: readonly number[]) =>
    [...values].sort((a, b) => a - b)[Math.floor(IMPORT_RUNS / 2)] ?? Number.NaN;
  const peersMilliseconds = middle(pairs.map(({ peers }) => peers));
  const warmpathMilliseconds = middle(pairs.map((pair) => pair.library));
  return { peersMilliseconds, warmpathMilliseconds, ratio: warmpathMilliseconds / peersMilliseconds };
}

function secondsOf(row: Row | undefined): number {
  return (row?.treeSeconds ?? Number.NaN) + (row?.synthSeconds ?? Number.NaN);
}

/** What is required; a figure that is missing is missed. Seconds are those of tree and synthesis together. */
function judge(rows: readonly Row[], loaded: Imports, differences: readonly string[]): readonly Verdict[] {
  const find = (tree: TreeName, size: number, who: Who) =>
    rows.find((row) => row.tree === tree && row.size === size && row.who === who);
  const growth = secondsOf(find('services', 1000, 'warmpath')) / secondsOf(find('services', 100, 'warmpath'));
  const peak = (find('services', 1000, 'warmpath')?.peakBytes ?? Number.NaN) / 1e6;
  const faster = secondsOf(find('charts', CHARTS, 'cdk8s')) / secondsOf(find('charts', CHARTS, 'warmpath'));
  const fewest = Math.min(
    ...rows.flatMap(({ tree, size, objects }) => (tree === 'services' && objects ? objects / size : [])),
  );
  return [
    { required: '10 objects or more for each service', found: fewest.toFixed(1), met: fewest >= 10 },
    {
      required: 'the files of both apps are the same',
      found: differences.length === 0 ? 'yes' : `not for ${differences.join(', ')}`,
      met: differences.length === 0,
    },
    {
      required: `1,000 services take at most ${REQUIRED.growth} times as long as 100`,
      found: `${growth.toFixed(1)} times`,
      met: growth <= REQUIRED.growth,
    },
    {
      required: `1,000 services take at most ${REQUIRED.peakMegabytes} MB`,
      found: `${peak.toFixed(0)} MB`,
      met: peak <= REQUIRED.peakMegabytes,
    },
    {
      required: `1,000 charts of 10 objects are at least ${REQUIRED.faster} times as fast as with cdk8s's App`,
      found: `${faster.toFixed(1)} times`,
      met: faster >= REQUIRED.faster,
    },
    {
      required: `loading takes at most ${REQUIRED.importRatio} times as long as cdk8s and cdk8s-plus-28 alone`,
      found: `${loaded.ratio.toFixed(2)} times`,
      met: loaded.ratio <= REQUIRED.importRatio,
    },
  ];
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const pad = (cell: string, column: number) =>
    column < 3 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
  return rows.map((row) => row.map(pad).join('  ').trimEnd()).join('\n');
}

function cells(row: Row): readonly string[] {
  const head = [row.tree, row.size.toLocaleString('en'), row.who];
  if (row.why !== undefined) return [...head, `not measured: ${row.why}`];
  const seconds = (value: number | undefined) => value?.toFixed(2) ?? '-';
  return [
    ...head,
    row.objects?.toLocaleString('en') ?? '-',
    row.bytes === undefined ? '-' : (row.bytes / 1e6).toFixed(2),
    seconds(row.treeSeconds),
    seconds(row.synthSeconds),
    seconds(row.processSeconds),
    row.peakBytes === undefined ? '-' : (row.peakBytes / 1e6).toFixed(0),
  ];
}

function print(rows: readonly Row[], loaded: Imports, verdicts: readonly Verdict[]): void {
  const head = ['tree', 'size', 'with', 'objects', 'MB', 'tree s', 'synth s', 'process s', 'peak MB'];
  const measuredRows = rows.filter(({ why }) => why === undefined).map(cells);
  console.log(table([head, ...measuredRows]));
  for (const row of rows) if (row.why !== undefined) console.log(cells(row).join('  '));
  console.log(
    `\nloading cdk8s and cdk8s-plus-28: ${loaded.peersMilliseconds.toFixed(0)} ms, warmpath: ${loaded.warmpathMilliseconds.toFixed(0)} ms\n`,
  );
  for (const { required, found, met } of verdicts) console.log(`${met ? 'met   ' : 'MISSED'}  ${required}: ${found}`);
}

async function main(): Promise<number> {
  const args = process.argv.slice(2);
  const unknown = args.find((arg) => arg !== '--json');
  if (unknown !== undefined) throw new Error(`unknown option ${unknown}. Allowed: --json.`);
  const work = mkdtempSync(join(tmpdir(), 'warmpath-bench-'));
  let compiled: string | undefined;
  try {
    progress('compiling');
    compiled = compile();
    const comparison = new Comparison(compiled, work);
    progress(`importing from ${relative(ROOT, compiled)}`);
    const loaded = await imports(compiled);
    let path: string | undefined;
    const helm = () => (path ??= helmProgram());
    const sizes = [...SERVICES.map((size) => ['services', size] as const), ['charts', CHARTS] as const];
    for (const [tree, size] of sizes) {
      const manifests = await comparison.both(tree, size);
      await comparison.helm(helm, tree, size, manifests);
    }
    const { rows, differences } = comparison;
    const verdicts = judge(rows, loaded, differences);
    if (args.includes('--json')) console.log(JSON.stringify({ rows, imports: loaded, verdicts }, undefined, 2));
    else print(rows, loaded, verdicts);
    return verdicts.every(({ met }) => met) ? 0 : 1;
  } finally {
    for (const folder of [work, compiled]) if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  },
);
