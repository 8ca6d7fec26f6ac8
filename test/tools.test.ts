import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const SCRIPT = join(__dirname, 'real/tools/build.mjs');

/** A `python3` of ours: answers the question for its version, and may make environments and install into them. */
interface FakePython {
  readonly version?: string;
  /** What `import venv, ensurepip` ends with. */
  readonly imports?: number;
  /** What `pip install` ends with. */
  readonly install?: number;
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'warmpath-tools-'));
  mkdirSync(join(folder, 'bin'));
  symlinkSync(process.execPath, join(folder, 'bin/node'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function usePython({ version = '3.13.5', imports = 0, install = 0 }: FakePython): void {
  const script = `#!/bin/sh
echo "$*" >> "${folder}/calls"
case "$*" in
  *' -c '*) echo 'Python ${version} /usr/bin/python3'; test ${imports} = 0 || { echo "No module named 'ensurepip'" >&2; exit 1; } ;;
  *' venv '*) for to; do :; done; /bin/mkdir -p "$to/bin" && /bin/cp "$0" "$to/bin/python" ;;
  *' install '*) exit ${install} ;;
esac
`;
  writeFileSync(join(folder, 'bin/python3'), script, { mode: 0o755 });
}

/** Runs the tool step for the package from PyPI, with nothing but our programs on PATH. */
function tools(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT, ...args, 'schemas'], {
    encoding: 'utf8',
    env: { PATH: join(folder, 'bin'), WARMPATH_TOOLS_DIR: join(folder, 'cache') },
  });
  return { status, stdout, stderr };
}

const calls = () => readFileSync(join(folder, 'calls'), 'utf8');

/** Where the step says that the interpreter of the package is. */
function interpreter(): string {
  const { status, stdout } = tools('--paths');
  return status === 0 ? ((JSON.parse(stdout) as Record<string, string>)['kubernetes-validate'] ?? '') : '';
}

describe('a tool from PyPI', () => {
  it('is installed into an environment of its own, from pinned and hashed wheels alone', () => {
    usePython({});
    expect(tools()).toMatchObject({ status: 0, stdout: expect.stringMatching(/kubernetes-validate \S+: built in/) });
    expect(calls()).toMatch(
      /-I -m pip .*install --require-hashes --no-deps --only-binary :all: --requirement \S+requirements\.txt\n.*pip .*check/,
    );
    expect(interpreter()).toMatch(/\/cache\/kubernetes-validate-[\d.]+-[0-9a-f]{8}\/venv\/bin\/python$/);
    expect(existsSync(interpreter())).toBe(true);
  });

  it('is installed once, and again for another Python', () => {
    usePython({});
    tools();
    expect(tools().stdout).toMatch(/up to date/);
    expect(calls().match(/ install /g)).toHaveLength(1);
    usePython({ version: '3.14.0' });
    expect(tools().stdout).toMatch(/built in/);
  });

  it('serves without the Python that made it', () => {
    usePython({});
    tools();
    rmSync(join(folder, 'bin/python3'));
    expect(tools()).toMatchObject({ status: 0, stdout: expect.stringMatching(/up to date \(no usable Python here/) });
  });

  it.each<[string, FakePython | undefined, RegExp]>([
    ['there is no Python', undefined, /`python3` cannot be run \(ENOENT\)/],
    ['Python is too old', { version: '3.9.2' }, /found Python 3\.9\.2\..* needs Python 3\.\d+ or newer/],
    ['Python makes no environments', { imports: 1 }, /Python 3\.13\.5 cannot make virtual environments \(.*ensurepip/],
  ])('fails and names the Debian packages when %s', (_, python, why) => {
    if (python !== undefined) usePython(python);
    const { status, stderr } = tools();
    expect(status).toBe(1);
    expect(stderr).toMatch(why);
    expect(stderr).toContain('apt-get install python3 python3-venv');
  });

  it('leaves nothing that looks installed when its packages cannot be had', () => {
    usePython({ install: 1 });
    expect(tools()).toMatchObject({ status: 1, stderr: expect.stringMatching(/`pip install` failed with 1/) });
    expect(tools('--paths')).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(
        /not built: kubernetes-validate .*Run `npm run tools -- schemas` \(Python 3\.\d+ or newer/,
      ),
    });
    usePython({});
    expect(tools().status).toBe(0);
  });

  it('pins its version and every package that it needs, each with its hashes', () => {
    const lock = readFileSync(join(dirname(SCRIPT), 'kubernetes-validate/requirements.txt'), 'utf8');
    const pins = lock.split('\n').filter((line) => /^[a-z]/.test(line));
    expect(pins.length).toBeGreaterThan(5);
    expect(pins.filter((line) => !/^[a-z0-9-]+==[\w.]+ \\$/.test(line))).toEqual([]);
    expect(lock.match(/\\\n\s+--hash=sha256:/g)?.length).toBeGreaterThanOrEqual(pins.length);
    expect(lock).not.toMatch(/index-url|:\/\//);
  });
});
