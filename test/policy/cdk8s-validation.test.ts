import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'warmpath-plugin-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the real cdk8s CLI on an app with one ConfigMap and one Service, which selects nothing. */
function synth(properties: object) {
  const cdk8s = JSON.stringify(require.resolve('cdk8s'));
  writeFileSync(
    join(folder, 'app.js'),
    `const { App, Chart, ApiObject } = require(${cdk8s});
    const app = new App();
    const chart = new Chart(app, 'chart');
    new ApiObject(chart, 'twin-a', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'twin' } });
    new ApiObject(chart, 'twin-b', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'twin' } });
    app.synth();`,
  );
  // The CLI loads a plugin with require; this file lets it load TypeScript.
  writeFileSync(
    join(folder, 'plugin.js'),
    `require(${JSON.stringify(require.resolve('tsx/cjs'))});
    module.exports = require(${JSON.stringify(join(ROOT, 'lib/policy/index.ts'))});`,
  );
  writeFileSync(
    join(folder, 'cdk8s.yaml'),
    JSON.stringify({
      language: 'typescript',
      app: `${process.execPath} app.js`,
      validations: [{ package: './plugin.js', version: '0.1.0', class: 'PolicyValidation', properties }],
    }),
  );
  const cli = join(ROOT, 'node_modules/.bin/cdk8s');
  const env = { ...process.env, CDK8S_CHECK_UPGRADE: 'false' };
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, 'synth'], {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  return { status, text: `${stdout}${stderr}` };
}

describe('cdk8s synth with the validation plugin', () => {
  test('fails on what a rule finds, and says where and how to mend it', () => {
    const { status, text } = synth({});
    expect(status).toBe(2);
    expect(text).toContain('WP-NAME-002 (1 occurrences)');
    expect(text).toContain('Resource Name: twin');
    expect(text).toContain('> metadata.name');
    expect(text).toContain('How to fix: rename one of them');
    expect(text).toMatch(/Status .*failure/);
  });

  test.each([
    ['no reason', { 'WP-NAME-002': 'because' }],
    ['no such rule', { 'WP-NOPE-001': 'we have always done so' }],
  ])('refuses an exception with %s', (_, acknowledged) => {
    const { status, text } = synth({ acknowledged });
    expect(status).not.toBe(0);
    expect(text).toContain('Allowed: the id of a rule, with a reason of at least two words');
  });

  test('passes when everything is compliant or accepted with a reason', () => {
    const { status, text } = synth({ acknowledged: { 'WP-NAME-002': 'the second one is a patch of the first' } });
    expect(status).toBe(0);
    expect(text).toMatch(/Status .*success/);
    expect(text).toContain('1 accepted with a reason');
  });
});
