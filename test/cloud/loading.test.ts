/** What the entries of the package load, seen by a Node that runs nothing else: the root of azure-native alone takes seconds. */
import { execFile } from 'node:child_process';
import { join, sep } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(__dirname, '..', '..');

/** Packages and files of node_modules that an entry loads, as paths below that folder. */
async function loadedBy(entry: string): Promise<readonly string[]> {
  const script = `require(${JSON.stringify(join(ROOT, entry))}); console.log(JSON.stringify(Object.keys(require.cache)));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', '--eval', script], {
    cwd: ROOT,
    maxBuffer: 2 ** 24,
  });
  const files = JSON.parse(stdout) as readonly string[];
  expect(files.some((file) => file.startsWith(join(ROOT, entry)))).toBe(true);
  return files.flatMap((file) => {
    const below = file.split(`${sep}node_modules${sep}`).pop();
    return below === undefined || below === file ? [] : [below.split(sep).join('/')];
  });
}

let loaded: Readonly<Record<'lib' | 'lib/cloud', readonly string[]>>;
beforeAll(async () => {
  const [lib, cloud] = await Promise.all([loadedBy('lib'), loadedBy('lib/cloud')]);
  loaded = { lib, 'lib/cloud': cloud };
}, 60_000);

it("'warmpath/cloud' loads the parts of azure-native that it names, and never its root", () => {
  const azure = loaded['lib/cloud'].filter((file) => file.startsWith('@pulumi/azure-native/'));
  expect(azure).toContain('@pulumi/azure-native/containerservice/index.js');
  expect(azure).not.toContain('@pulumi/azure-native/index.js');
  // The root loads the index of each of its more than 200 services.
  const services = azure.filter((file) => /^@pulumi\/azure-native\/[^/]+\/index\.js$/.test(file));
  expect(services.length).toBeLessThan(25);
});

it("'warmpath/cloud' loads no root of @pulumi/kubernetes either", () => {
  expect(loaded['lib/cloud'].filter((file) => file === '@pulumi/kubernetes/index.js')).toEqual([]);
});

it("'warmpath' writes YAML without anything of Pulumi", () => {
  expect(loaded.lib.length).toBeGreaterThan(0);
  expect(loaded.lib.filter((file) => file.startsWith('@pulumi/'))).toEqual([]);
});
