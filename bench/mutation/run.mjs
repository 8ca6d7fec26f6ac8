/**
 * `npm run mutation`: changes lib/domain and lib/policy in small ways and counts how often a test notices.
 *
 *   npm run mutation                        every file
 *   npm run mutation -- lib/domain/cost.ts  some of them
 *
 * Each file is judged by the tests that import it, and by those of its own name; one that has neither by those of the files
 * that import it. Other tests would notice more, so the score is a lower bound. Texts are left alone: what a message says is
 * no behaviour. A file whose tests are all too slow is named and in no sum. Ends with 1 below 80 %, and where the tests of a
 * file fail by themselves. Takes one to two hours on two cores, so it is no part of CI.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../..');
const work = join(root, 'build/mutation');
const REQUIRED = 80;
const AT_ONCE = 2;
/** Tests that start programs, or take apart whole clusters, are too slow to be asked for every mutant. */
const SLOW = /(cdk8s-validation|policy\/mutation|policy\/odd-data|domain\/rules)\.test\.ts$/;

function filesBelow(folder, ending) {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending))
    .map((file) => `${folder}/${file}`)
    .sort();
}

function sources() {
  return ['lib/domain', 'lib/policy'].flatMap((folder) =>
    filesBelow(folder, '.ts').filter((file) => basename(file) !== 'index.ts'),
  );
}

/** Files of a folder that import more of a module than its types. */
function importersOf(source, folder, ending) {
  return filesBelow(folder, ending).filter((file) => {
    const text = readFileSync(join(root, file), 'utf8');
    return [...text.matchAll(/^(?:import|export)(?! type\b)[^';]*from '(\.[^']+)'/gm)].some(
      ([, path]) => join(dirname(file), `${path}.ts`) === source,
    );
  });
}

/** The tests of a file: of its own name, and of those that import it; else those of the files that do. */
function testsOf(source, seen = new Set()) {
  seen.add(source);
  const folder = source.startsWith('lib/policy') ? 'policy' : 'domain';
  const own = source.replace(/^lib/, 'test').replace(/\.ts$/, '.test.ts');
  const direct = [...(existsSync(join(root, own)) ? [own] : []), ...importersOf(source, `test/${folder}`, '.test.ts')];
  // Checks of inputs that have no test of their own are held by the table of what is refused.
  const table = folder === 'domain' && !existsSync(join(root, own)) ? ['test/constructs/refusals.test.ts'] : [];
  const tests = [...new Set([...direct, ...table])].filter((file) => !SLOW.test(file));
  if (tests.length > 0) return tests;
  const importers = importersOf(source, `lib/${folder}`, '.ts').filter(
    (file) => basename(file) !== 'index.ts' && !seen.has(file),
  );
  return [...new Set(importers.flatMap((file) => testsOf(file, seen)))];
}

function install() {
  if (existsSync(join(here, 'node_modules/@stryker-mutator/jest-runner'))) return;
  console.error('installing Stryker');
  const { status } = spawnSync('npm', ['ci', '--prefix', here], { stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) process.exit(1);
}

/** Runs Stryker over one file; its report, or why there is none. */
async function mutate(source, tests) {
  const name = source.replace(/[/.]/g, '-');
  const config = join(work, `${name}.config.json`);
  const report = join(work, `${name}.json`);
  rmSync(report, { force: true });
  const settings = {
    testRunner: 'jest',
    jest: { configFile: 'bench/mutation/jest.config.js', enableFindRelatedTests: false },
    coverageAnalysis: 'perTest',
    mutate: [source],
    mutator: { excludedMutations: ['StringLiteral'] },
    reporters: ['json'],
    jsonReporter: { fileName: report },
    tempDirName: join(work, name),
    concurrency: 1,
    timeoutMS: 10_000,
    // There is none: Stryker would ask for a compiler of its own to rewrite ours.
    tsconfigFile: 'bench/mutation/tsconfig.json',
    ignorePatterns: ['bench/mutation/node_modules', 'manifests', 'build', 'examples'],
    plugins: [join(here, 'node_modules/@stryker-mutator/jest-runner/dist/src/index.js')],
  };
  writeFileSync(config, JSON.stringify(settings));
  const command = join(here, 'node_modules/@stryker-mutator/core/bin/stryker.js');
  const env = { ...process.env, MUTATION_TESTS: JSON.stringify(tests) };
  const output = [];
  const child = spawn(process.execPath, [command, 'run', config], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.on('data', (chunk) => output.push(chunk));
  child.stderr.on('data', (chunk) => output.push(chunk));
  await new Promise((done) => child.on('close', done));
  if (existsSync(report))
    return Object.values(JSON.parse(readFileSync(report, 'utf8')).files).flatMap((file) => file.mutants);
  const text = Buffer.concat(output).toString();
  if (/No mutants|0 mutant/.test(text)) return [];
  throw new Error(`${source}: Stryker wrote no report\n${text.slice(-2000)}`);
}

const NOTICED = new Set(['Killed', 'Timeout']);
const MISSED = new Set(['Survived', 'NoCoverage']);

function tally(mutants) {
  const noticed = mutants.filter(({ status }) => NOTICED.has(status)).length;
  const missed = mutants.filter(({ status }) => MISSED.has(status)).length;
  return { noticed, all: noticed + missed };
}

const percent = ({ noticed, all }) => (all === 0 ? '-' : `${((100 * noticed) / all).toFixed(1)} %`);

async function main(args) {
  install();
  mkdirSync(work, { recursive: true });
  const queue = args.length > 0 ? [...args] : sources();
  const found = new Map();
  const unjudged = [];
  let failed = false;
  const worker = async () => {
    for (let source = queue.shift(); source !== undefined; source = queue.shift()) {
      const tests = testsOf(source);
      // One that fails is told, and the others are judged all the same: they take too long to begin again.
      const mutants =
        tests.length > 0 &&
        (await mutate(source, tests).catch((error) => {
          console.error(error.message);
          failed = true;
        }));
      if (!mutants) {
        unjudged.push(source);
        continue;
      }
      found.set(source, mutants);
      const sum = tally(mutants);
      console.log(
        `${percent(sum).padStart(7)}  ${String(sum.noticed).padStart(4)} of ${String(sum.all).padStart(4)}  ${source}`,
      );
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  const survivors = [...found].flatMap(([source, mutants]) =>
    mutants
      .filter(({ status }) => MISSED.has(status))
      .map(
        ({ location, mutatorName, replacement, status }) =>
          `${source}:${location.start.line}:${location.start.column} ${status} ${mutatorName} ${JSON.stringify(replacement)}`,
      ),
  );
  writeFileSync(join(work, 'survivors.txt'), `${survivors.join('\n')}\n`);
  let enough = !failed;
  for (const folder of ['lib/domain', 'lib/policy']) {
    const mutants = [...found].filter(([source]) => source.startsWith(folder)).flatMap(([, all]) => all);
    if (mutants.length === 0) continue;
    const sum = tally(mutants);
    console.log(`${percent(sum).padStart(7)}  ${sum.noticed} of ${sum.all}  ${folder}, required ${REQUIRED} %`);
    if (100 * sum.noticed < REQUIRED * sum.all) enough = false;
  }
  if (unjudged.length > 0) console.log(`Not judged, and in no sum: ${unjudged.join(', ')}.`);
  console.log('What survived stands in build/mutation/survivors.txt.');
  process.exitCode = enough ? 0 : 1;
}

await main(process.argv.slice(2));
