/** Programs that are built from pinned Go modules: one folder with go.mod, go.sum and tools.go for each module. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { cacheDir, compare, hash, here, ToolsError } from './shared.mjs';

/** Resolves one row of the table: version, linker flags, where the program is, and the key of its sources. */
export function describeProgram(tool, { requires, ldflags, data = [] }) {
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
  const sources = hash([goMod, goSum, flags, process.platform, process.arch, ...data]);
  const assets = tool.envtest ? process.env.KUBEBUILDER_ASSETS : undefined;
  const folder = join(cacheDir(), `${tool.module}-${version}-${sources.slice(0, 8)}`);
  const goNeeded = /^go\s+(\S+)/m.exec(goMod)?.[1] ?? '1.0';
  const program = { ...tool, moduleDir, requires, version, flags, data, goNeeded };
  return {
    ...program,
    sources,
    assets,
    needs: `Go ${goNeeded} or newer`,
    builder: 'Go',
    file: assets ? join(resolve(assets), tool.name) : join(folder, tool.name),
    keyFile: join(folder, `${tool.name}.key`),
    builderVersion: () => goVersion(program),
    make: (file) => goBuild(program, file),
  };
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

async function goBuild(tool, file) {
  const temporary = `${file}.${process.pid}.tmp`;
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
    // Before the program appears: where it is, its data are.
    copyData(tool, dirname(file), env);
    renameSync(temporary, file);
  } finally {
    rmSync(temporary, { force: true });
  }
}

/**
 * Copies the folders of the module that tests read beside the program, so that a machine without Go and its module cache
 * can run what another has built. Subfolders are left out.
 */
function copyData(tool, target, env) {
  if (tool.data.length === 0) return;
  const args = ['list', '-mod=readonly', '-m', '-f', '{{.Dir}}', tool.requires];
  const run = spawnSync('go', args, { cwd: tool.moduleDir, env, encoding: 'utf8' });
  const source = run.stdout?.trim();
  if (run.status !== 0 || !source) {
    throw new ToolsError(`${tool.name}: \`go ${args.join(' ')}\` failed: ${run.stderr?.trim() || run.error?.message}`);
  }
  for (const folder of tool.data) {
    mkdirSync(join(target, folder), { recursive: true });
    for (const entry of readdirSync(join(source, folder), { withFileTypes: true })) {
      // The module cache is read-only, and a copied mode would stand in the way of the next copy.
      if (entry.isFile()) {
        writeFileSync(join(target, folder, entry.name), readFileSync(join(source, folder, entry.name)));
      }
    }
  }
}
