/**
 * Builds the real programs that `test/real` runs, from the pinned Go modules beside this file, into a cache outside the checkout.
 *
 *   npm run tools                       every program of the tests that is missing or out of date
 *   npm run tools -- control-plane      only the programs of that group
 *   npm run tools -- --list             what there is, and whether it is built
 *   node build.mjs --paths [group...]   the absolute paths as JSON (for the tests); fails when one is missing
 *
 * Versions stand in go.mod alone; tools.json says which packages become which programs. A program marked `onDemand` is
 * built when its group is named and not otherwise.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const table = JSON.parse(readFileSync(join(here, 'tools.json'), 'utf8'));

/** An error whose message is for the user: what is wrong, what is allowed, the fix. */
class ToolsError extends Error {}

/** The folder of the built programs: WARMPATH_TOOLS_DIR, else the user's cache folder. */
export function cacheDir() {
  const explicit = process.env.WARMPATH_TOOLS_DIR;
  if (explicit) return resolve(explicit);
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'warmpath', 'tools');
}

/** The groups that tools.json knows, for messages and for `select`. */
export function groups() {
  return [...new Set(table.tools.flatMap((tool) => tool.groups))].sort();
}

/** The tools of the given groups; when none is given, all of them but those on demand. */
function select(wanted) {
  const unknown = wanted.filter((group) => !groups().includes(group));
  if (unknown.length > 0) {
    throw new ToolsError(`unknown group of tools: ${unknown.join(', ')}. Allowed: ${groups().join(', ')}.`);
  }
  return table.tools
    .filter((tool) => (wanted.length === 0 ? !tool.onDemand : tool.groups.some((group) => wanted.includes(group))))
    .map(describe);
}

/** Resolves one row of the table: version, linker flags, where the program is, and the key of its sources. */
function describe(tool) {
  const { requires, ldflags } = table.modules[tool.module];
  const moduleDir = join(here, tool.module);
  const goMod = readFileSync(join(moduleDir, 'go.mod'), 'utf8');
  const goSum = readFileSync(join(moduleDir, 'go.sum'), 'utf8');
  const version = goMod
    .split('\n')
    .map((line) =>
      line
        .trim()
        .replace(/^require\s+/, '')
        .split(/\s+/),
    )
    .find(([module]) => module === requires)?.[1];
  if (!version)
    throw new ToolsError(`${tool.module}/go.mod does not require ${requires}; tools.json says that it does.`);

  const [major, minor] = version.slice(1).split('.');
  const flags = ldflags.replaceAll('{version}', version).replaceAll('{major}', major).replaceAll('{minor}', minor);
  // The compiler is not part of this key, so that a machine without Go can find and run what another has built.
  const sources = hash([goMod, goSum, flags, process.platform, process.arch]);
  const assets = tool.envtest ? process.env.KUBEBUILDER_ASSETS : undefined;
  const folder = join(cacheDir(), `${tool.module}-${version}-${sources.slice(0, 8)}`);
  return {
    ...tool,
    moduleDir,
    version,
    flags,
    sources,
    goNeeded: /^go\s+(\S+)/m.exec(goMod)?.[1] ?? '1.0',
    assets,
    file: assets ? join(resolve(assets), tool.name) : join(folder, tool.name),
    keyFile: join(folder, `${tool.name}.key`),
  };
}

function hash(parts) {
  const digest = createHash('sha256');
  for (const part of parts) digest.update(part).update('\0');
  return digest.digest('hex');
}

/**
 * Absolute paths of the programs of the given groups, by name.
 * @throws when one is missing; the message names it and says how to get it.
 */
export function paths(...wanted) {
  const tools = select(wanted);
  const missing = tools.filter((tool) => !existsSync(tool.file));
  if (missing.length > 0) {
    const command = ['npm run tools', ...(wanted.length > 0 ? ['--', ...wanted] : [])].join(' ');
    const fix = missing.every((tool) => tool.assets)
      ? 'KUBEBUILDER_ASSETS is set: put them there, or unset it and run `npm run tools`.'
      : `Run \`${command}\` (Go ${missing[0].goNeeded} or newer, about ${minutes(missing)} the first time).`;
    throw new ToolsError(`not built: ${missing.map((tool) => `${tool.name} (${tool.file})`).join(', ')}. ${fix}`);
  }
  return Object.fromEntries(tools.map((tool) => [tool.name, tool.file]));
}

function minutes(tools) {
  return `${tools.reduce((sum, tool) => sum + tool.coldMinutes, 0)} min`;
}

/** The text of `go version` as it is seen from the wrapper module, after checking that it can build it. */
function goVersion(tool) {
  const run = spawnSync('go', ['version'], { cwd: tool.moduleDir, encoding: 'utf8' });
  const need = `Building the test programs needs Go ${tool.goNeeded} or newer (go.mod of ${tool.module})`;
  if (run.error) {
    throw new ToolsError(
      `\`go\` cannot be run (${run.error.code ?? run.error.message}). ${need}. Install Go and put it on PATH, or copy a filled cache folder and name it in WARMPATH_TOOLS_DIR.`,
    );
  }
  const found = /\bgo(\d+(?:\.\d+)*)/.exec(run.stdout)?.[1];
  if (run.status !== 0 || !found || compare(found, tool.goNeeded) < 0) {
    const seen = found ? `found Go ${found}` : `\`go version\` failed: ${run.stderr.trim()}`;
    throw new ToolsError(`${seen}. ${need}. Install a newer Go, or set GOTOOLCHAIN=auto so that Go fetches it itself.`);
  }
  return run.stdout.trim();
}

function compare(a, b) {
  const [left, right] = [a, b].map((text) => text.split('.').map(Number));
  for (let i = 0; i < 3; i += 1) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Builds one program unless it is there with the same key. */
async function build(tool) {
  if (tool.assets) {
    if (!existsSync(tool.file)) {
      throw new ToolsError(
        `KUBEBUILDER_ASSETS is set but has no ${tool.name} (${tool.file}). Put it there, or unset KUBEBUILDER_ASSETS to build ${tool.version}.`,
      );
    }
    return report(tool, 'taken from KUBEBUILDER_ASSETS');
  }
  const recorded = existsSync(tool.file) && existsSync(tool.keyFile) ? readFileSync(tool.keyFile, 'utf8').trim() : '';
  let key;
  try {
    key = `${tool.sources} ${goVersion(tool)}`;
  } catch (error) {
    // Where nothing can be built, a program of the right sources is good enough, whichever compiler made it.
    if (recorded.startsWith(tool.sources)) return report(tool, 'up to date (no usable Go here to compare with)');
    throw error;
  }
  if (recorded === key) return report(tool, 'up to date');

  process.stdout.write(
    `${tool.name} ${tool.version}: building (about ${tool.coldMinutes} min when nothing is cached)\n`,
  );
  mkdirSync(dirname(tool.file), { recursive: true });
  const temporary = `${tool.file}.${process.pid}.tmp`;
  const started = Date.now();
  const args = [
    'build',
    '-trimpath',
    '-mod=readonly',
    '-buildvcs=false',
    '-ldflags',
    tool.flags,
    '-o',
    temporary,
    tool.package,
  ];
  // Static programs: no C compiler needed, and the same result on every distribution.
  const env = { ...process.env, CGO_ENABLED: '0', GOWORK: 'off', GOOS: '', GOARCH: '' };
  try {
    const code = await new Promise((done, failed) => {
      const child = spawn('go', args, { cwd: tool.moduleDir, env, stdio: ['ignore', 'inherit', 'inherit'] });
      child.once('error', failed).once('close', (status, signal) => done(status ?? signal));
    });
    if (code !== 0) {
      throw new ToolsError(
        `${tool.name}: \`go build\` failed with ${code} (its messages stand above). The modules must be reachable: see \`go env GOPROXY\`.`,
      );
    }
    renameSync(temporary, tool.file);
    writeFileSync(tool.keyFile, `${key}\n`);
  } finally {
    rmSync(temporary, { force: true });
  }
  report(tool, `built in ${((Date.now() - started) / 1000).toFixed(0)} s`);
}

function report(tool, state) {
  const version = tool.assets ? '' : ` ${tool.version}`;
  const size = existsSync(tool.file) ? `, ${(statSync(tool.file).size / 1e6).toFixed(0)} MB` : '';
  process.stdout.write(`${tool.name}${version}: ${state}${size}, ${tool.file}\n`);
}

async function main(args) {
  const options = args.filter((arg) => arg.startsWith('-'));
  const unknown = options.find((option) => !['--list', '--paths'].includes(option));
  if (unknown)
    throw new ToolsError(`unknown option ${unknown}. Allowed: --list, --paths, and groups: ${groups().join(', ')}.`);
  const wanted = args.filter((arg) => !arg.startsWith('-'));

  if (options.includes('--paths')) {
    process.stdout.write(`${JSON.stringify(paths(...wanted))}\n`);
    return;
  }
  const tools = select(options.includes('--list') && wanted.length === 0 ? groups() : wanted);
  if (options.includes('--list')) {
    for (const tool of tools)
      report(tool, `${existsSync(tool.file) ? 'built' : 'not built'} [${tool.groups.join(', ')}]`);
    return;
  }
  const skewed =
    tools.some((tool) => tool.assets) && tools.some((tool) => tool.module === 'kubernetes' && !tool.assets);
  if (skewed) {
    process.stdout.write(
      'KUBEBUILDER_ASSETS is set: etcd and kube-apiserver come from there; it should hold the minor version of the programs built here.\n',
    );
  }
  // One after the other: `go build` uses all cores by itself, and programs of one module share its compile cache.
  for (const tool of tools) await build(tool);
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  main(process.argv.slice(2)).catch((error) => {
    process.stderr.write(`tools: ${error instanceof ToolsError ? error.message : error.stack}\n`);
    process.exitCode = 1;
  });
}
