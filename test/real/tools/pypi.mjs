/** Packages from PyPI, each in a virtual environment of its own: one folder with a requirements.txt that pins and hashes everything. */
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cacheDir, compare, hash, here, ToolsError } from './shared.mjs';

/**
 * Resolves one row of the table. The program of such a tool is the interpreter of its environment: run
 * `<program> -I -m <module>` or a script, not the scripts beside it, which name the folder that they were installed in.
 */
export function describePackage(tool) {
  const requirements = join(here, tool.pypi, 'requirements.txt');
  const text = readFileSync(requirements, 'utf8');
  const version = new RegExp(`^${tool.pypi}==(\\S+)`, 'm').exec(text)?.[1];
  if (!version)
    throw new ToolsError(`${tool.pypi}/requirements.txt does not pin ${tool.pypi}; tools.json says that it does.`);
  // The lock is resolved for this version and later ones; its first lines say how.
  const pythonNeeded = /--python-version (\d+\.\d+)/.exec(text)?.[1] ?? '3.0';
  const sources = hash([text, process.platform, process.arch]);
  const folder = join(cacheDir(), `${tool.pypi}-${version}-${sources.slice(0, 8)}`);
  const environment = join(folder, 'venv');
  const pinned = { ...tool, requirements, version, pythonNeeded, environment };
  return {
    ...pinned,
    sources,
    needs: `Python ${pythonNeeded} or newer with venv`,
    builder: 'Python',
    file: join(environment, 'bin', 'python'),
    keyFile: join(folder, `${tool.name}.key`),
    builderVersion: () => pythonVersion(pinned),
    make: () => install(pinned),
  };
}

/** The version of `python3` and where it is, after checking that it can make virtual environments. */
function pythonVersion(tool) {
  const need = `Installing ${tool.name} needs Python ${tool.pythonNeeded} or newer with venv (${tool.pypi}/requirements.txt)`;
  const debian = 'on Debian and Ubuntu: `apt-get install python3 python3-venv`';
  const script = `
import sys
print('Python', '.'.join(map(str, sys.version_info[:3])), sys.executable)
# Debian ships venv without what it needs; python3-venv brings it.
import venv, ensurepip`;
  const run = spawnSync('python3', ['-I', '-c', script], { encoding: 'utf8' });
  if (run.error) {
    throw new ToolsError(
      `\`python3\` cannot be run (${run.error.code ?? run.error.message}). ${need}. Install it and put it on PATH (${debian}).`,
    );
  }
  const found = /^Python (\d+\.\d+\.\d+)/.exec(run.stdout)?.[1];
  if (!found || compare(found, tool.pythonNeeded) < 0) {
    const seen = found ? `found Python ${found}` : `\`python3\` failed: ${run.stderr.trim()}`;
    throw new ToolsError(`${seen}. ${need}. Put a newer python3 on PATH (${debian}).`);
  }
  if (run.status !== 0) {
    const why = run.stderr.trim().split('\n').at(-1);
    throw new ToolsError(
      `Python ${found} cannot make virtual environments (${why}). ${need}. Install them (${debian}).`,
    );
  }
  return run.stdout.trim();
}

/** Runs a step of the installation to its end. */
async function step(what, command, args, fix) {
  const code = await new Promise((done, failed) => {
    const child = spawn(command, ['-I', '-m', ...args], { stdio: ['ignore', 'inherit', 'inherit'] });
    child.once('error', failed).once('close', (status, signal) => done(status ?? signal));
  });
  if (code !== 0) throw new ToolsError(`${what} failed with ${code} (its messages stand above). ${fix}`);
}

/** Makes the environment beside its place and moves it there, so that what stands there is whole. */
async function install(tool) {
  const temporary = `${tool.environment}.${process.pid}.tmp`;
  const python = join(temporary, 'bin', 'python');
  const pip = ['pip', '--disable-pip-version-check', '--no-input'];
  // Nothing but what is pinned and hashed, and no code that runs while it is installed.
  const pinned = ['--require-hashes', '--no-deps', '--only-binary', ':all:', '--requirement', tool.requirements];
  try {
    await step(
      `${tool.name}: \`python3 -m venv\``,
      'python3',
      ['venv', temporary],
      `There must be room in ${dirname(temporary)}.`,
    );
    await step(
      `${tool.name}: \`pip install\``,
      python,
      [...pip, '--quiet', 'install', ...pinned],
      'The package index must be reachable (see `pip config list`), and have wheels for this machine.',
    );
    await step(
      `${tool.name}: \`pip check\``,
      python,
      [...pip, 'check'],
      `Pin what is missing: make ${tool.pypi}/requirements.txt again as its first lines say.`,
    );
    rmSync(tool.environment, { recursive: true, force: true });
    renameSync(temporary, tool.environment);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}
