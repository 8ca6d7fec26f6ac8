/**
 * Builds the real programs that `test/real` runs, from the pinned Go modules and Python packages beside this file, into a
 * cache outside the checkout.
 *
 *   npm run tools                       every program of the tests that is missing or out of date
 *   npm run tools -- control-plane      only the programs of that group
 *   npm run tools -- --list             what there is, and whether it is built
 *   node build.mjs --paths [group...]   the absolute paths as JSON (for the tests); fails when one is missing
 *
 * Versions stand in go.mod and requirements.txt alone; tools.json says which packages become which programs, and which
 * folders of a module (`data`) are copied beside them. A program marked `onDemand` is built when its group is named and
 * not otherwise. A group is named after the part of the tests that needs it; `cluster` is the programs of a control plane,
 * `engine` the Pulumi CLI.
 */
import { existsSync, mkdirSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeProgram } from './go.mjs';
import { describePackage } from './pypi.mjs';
import { here, ToolsError } from './shared.mjs';

const table = JSON.parse(readFileSync(join(here, 'tools.json'), 'utf8'));

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

/** Resolves one row of the table: a Go program, or a package from PyPI. */
function describe(tool) {
  return tool.pypi ? describePackage(tool) : describeProgram(tool, table.modules[tool.module]);
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
      : `Run \`${command}\` (${needs(missing)}, about ${minutes(missing)} the first time).`;
    throw new ToolsError(`not built: ${missing.map((tool) => `${tool.name} (${tool.file})`).join(', ')}. ${fix}`);
  }
  return Object.fromEntries(tools.map((tool) => [tool.name, tool.file]));
}

function needs(tools) {
  return [...new Set(tools.filter((tool) => !tool.assets).map((tool) => tool.needs))].join('; ');
}

function minutes(tools) {
  return `${tools.reduce((sum, tool) => sum + tool.coldMinutes, 0)} min`;
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
    key = `${tool.sources} ${tool.builderVersion()}`;
  } catch (error) {
    // Where nothing can be built, a program of the right sources is good enough, whatever it was built with.
    if (recorded.startsWith(tool.sources)) {
      return report(tool, `up to date (no usable ${tool.builder} here to compare with)`);
    }
    throw error;
  }
  if (recorded === key) return report(tool, 'up to date');

  process.stdout.write(
    `${tool.name} ${tool.version}: building (about ${tool.coldMinutes} min when nothing is cached)\n`,
  );
  mkdirSync(dirname(tool.keyFile), { recursive: true });
  const started = Date.now();
  await tool.make(tool.file);
  writeFileSync(tool.keyFile, `${key}\n`);
  report(tool, `built in ${((Date.now() - started) / 1000).toFixed(0)} s`);
}

function report(tool, state) {
  const version = tool.assets ? '' : ` ${tool.version}`;
  // The program of a package is an interpreter from elsewhere.
  const size = !tool.pypi && existsSync(tool.file) ? `, ${(statSync(tool.file).size / 1e6).toFixed(0)} MB` : '';
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
