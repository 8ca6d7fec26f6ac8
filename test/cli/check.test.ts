import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CHECK_HELP, check } from '../../lib/cli/check';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'warmpath-check-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string, text: string) => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

function run(args: readonly string[], stdin = '') {
  const out: string[] = [];
  const err: string[] = [];
  const terminal = { out: (t: string) => void out.push(t), err: (t: string) => void err.push(t), stdin: () => stdin };
  return { code: check(args, terminal, '1.2.3'), out: out.join('\n'), err: err.join('\n') };
}

const GOOD = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: good, namespace: chat }\n';
const BAD = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: bad, namespace: chat }\ndata:\n  a: null\n';
const WARNED = `${GOOD.replace(' }', ", annotations: { policy.warmpath.dev/WP-OUT-001: 'no longer needed here' } }")}`;

describe('the exit code', () => {
  test.each([
    ['0 when nothing is found', GOOD, [], 0],
    ['1 when something is', BAD, [], 1],
    ['0 when only warnings are', WARNED, [], 0],
    ['1 when warnings are to fail', WARNED, ['--fail-on', 'warning'], 1],
    ['0 when it is accepted', BAD, ['--acknowledge', 'WP-OUT-001=a chart of somebody else'], 0],
    ['0 when another rule is asked', BAD, ['--rule', 'WP-NAME-002'], 0],
  ])('is %s', (_, text, options, code) => {
    expect(run([...options, file('a.yaml', text)]).code).toBe(code);
  });

  test('is 2 when a file is no YAML, and the rest is judged all the same', () => {
    const { code, out, err } = run([file('a.yaml', 'a: [1\nb: 2'), file('b.yaml', BAD)]);
    expect(code).toBe(2);
    expect(out).toContain('WP-OUT-001');
    expect(err).toContain('a.yaml:');
  });

  test.each([
    ['no argument', [], 'nothing to check'],
    ['an unknown option', ['--jsn', 'x'], "Unknown option '--jsn'"],
    ['a missing file', ['missing.yaml'], 'missing.yaml cannot be read (ENOENT)'],
    ['an unknown rule', ['--rule', 'WP-X', '-'], '--rule WP-X: there is no such rule. Allowed: WP-'],
    ['an exception to an unknown rule', ['--acknowledge', 'WP-X=it is fine', '-'], '--acknowledge WP-X'],
    ['an exception without reason', ['--acknowledge', 'WP-OUT-001', '-'], 'gives no reason'],
    ['an unknown severity', ['--fail-on', 'info', '-'], 'Allowed: error, warning'],
    ['two forms', ['--json', '--sarif', '-'], 'exclude each other'],
    ['no object at all', ['-'], 'no object in -'],
  ])('is 2 for %s, with what to do', (_, args, message) => {
    const { code, err, out } = run(args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
    expect(err).toMatch(/Fix:|Allowed:/);
  });

  test.each([
    ['no JSON', '[', 'is no JSON'],
    ['no array', '{}', 'holds no array'],
    ['no pool', '[{"name": "a"}]', '[0] = {"name":"a"} is no pool'],
    ['null', '[null]', '[0] = null is no pool'],
    ['without labels', '[{"name":"a","labels":null,"taints":[]}]', 'is no pool'],
    ['of strange taints', '[{"name":"a","labels":{},"taints":[null]}]', 'is no pool'],
    ['of an unknown effect', '[{"name":"a","labels":{},"taints":[{"key":"a","effect":"NoPods"}]}]', 'is no pool'],
    ['of many nodes', '[{"name":"a","labels":{},"taints":[],"maxNodes":"many"}]', 'is no pool'],
    ['of many GPUs', '[{"name":"a","labels":{},"taints":[],"gpus":{"nvidia.com/gpu":"8"}}]', 'is no pool'],
  ])('is 2 for pools that are %s', (_, text, message) => {
    const { code, err } = run(['--pools', file('pools.json', text), '-'], GOOD);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});

describe('the input', () => {
  test('may be folders, which are searched in order for YAML and JSON', () => {
    mkdirSync(join(folder, 'sub'));
    mkdirSync(join(folder, '.hidden'));
    file('b.yml', BAD);
    file('a.json', '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"j"},"data":{"x":null}}');
    file('notes.txt', 'a: [');
    file('.hidden/c.yaml', BAD);
    file('sub/d.yaml', BAD.replaceAll('bad', 'deep'));
    const { findings } = JSON.parse(run(['--json', folder]).out);
    expect(findings.map(({ file: path }: { file: string }) => path.slice(folder.length + 1))).toEqual([
      'a.json',
      'b.yml',
      'sub/d.yaml',
    ]);
  });

  test('is read once, however often it is named', () => {
    const path = file('a.yaml', GOOD);
    expect(run([path, folder, join(folder, '.', 'a.yaml'), '--fail-on', 'warning']).code).toBe(0);
  });

  test('may hold links: to files they are followed, to folders they are not', () => {
    mkdirSync(join(folder, 'sub'));
    symlinkSync(file('good.txt', GOOD), join(folder, 'sub/link.yaml'));
    symlinkSync('..', join(folder, 'sub/loop.yaml'));
    const { code, out } = run([folder, '--json']);
    expect({ code, objects: JSON.parse(out).objects }).toEqual({ code: 0, objects: 1 });
  });

  test('that leads nowhere is named, not its folder', () => {
    symlinkSync('nowhere', join(folder, 'lost.yaml'));
    const { code, err } = run([folder]);
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('lost.yaml cannot be read (ENOENT)') });
  });

  test('may be standard input', () => {
    expect(run(['-'], BAD).out).toContain('stdin:5  error  WP-OUT-001  ConfigMap chat/bad');
  });

  test('is one cluster, whatever the number of files', () => {
    const { out, code } = run(['--rule', 'WP-NAME-002', file('a.yaml', GOOD), file('b.yaml', GOOD)]);
    expect(code).toBe(1);
    expect(out).toContain('ConfigMap chat/good stands in');
  });

  test('may be pools whose taints have no value', () => {
    const taints = [{ key: 'gpu', effect: 'NoSchedule' }];
    const pools = file('pools.json', JSON.stringify([{ name: 'a', labels: { pool: 'a' }, taints }]));
    const pod = (tolerations: string) =>
      `apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec: { nodeSelector: { pool: a }, tolerations: ${tolerations} }\n`;
    const asked = (tolerations: string) => run(['--rule', 'WP-SCHED-001', '--pools', pools, '-'], pod(tolerations));
    expect(asked('[{ key: gpu, operator: Equal, effect: NoSchedule }]').code).toBe(0);
    expect(asked('[]').out).toContain('does not tolerate its taint gpu:NoSchedule');
  });

  test('may leave the namespace to the release', () => {
    const release = file('a.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: good }\n');
    const both = [release, file('b.yaml', GOOD), '--rule', 'WP-NAME-002'];
    expect(run(both).code).toBe(0);
    expect(run([...both, '--namespace', 'chat']).code).toBe(1);
  });
});

describe('the report', () => {
  test('is text for people: where, what, why, how to mend it, and a sum', () => {
    const path = file('a.yaml', BAD);
    const { out } = run([path, '--rule', 'WP-OUT-001']);
    expect(out.split('\n')).toEqual([
      `${path}:5  error  WP-OUT-001  ConfigMap chat/bad`,
      '    data.a = null: this value was lost on the way into the YAML',
      expect.stringMatching(/^ {4}allowed: .+/),
      expect.stringMatching(/^ {4}fix: .+/),
      expect.stringMatching(/^ {4}why: .+/),
      '',
      '1 objects, 1 rules, 1 answers: 1 error(s), 0 warning(s), 0 accepted with a reason',
    ]);
  });

  test('shows the beginning of a long value; the whole of it stands in the JSON', () => {
    const path = file('a.json', JSON.stringify(Array(1000).fill('dashboard')));
    const [, value = ''] = run([path]).out.split('\n');
    expect(value).toMatch(/^ {5}= \["dashboard",.{150,200}\.\.\.: this document is a plain value$/);
    expect(JSON.parse(run([path, '--json']).out).findings[0].value).toHaveLength(1000);
  });

  test('shows what was accepted and why', () => {
    const { out } = run([file('a.yaml', BAD), '--acknowledge', 'WP-OUT-001=a chart of somebody else']);
    expect(out).toContain('accepted  WP-OUT-001  ConfigMap chat/bad: a chart of somebody else');
  });

  test('is JSON with findings, exceptions, tallies and what could not be read', () => {
    const report = JSON.parse(run(['--json', file('a.yaml', BAD)]).out);
    expect(Object.keys(report).sort()).toEqual(['acknowledged', 'findings', 'objects', 'tallies', 'unreadable']);
  });

  test('is SARIF', () => {
    const log = JSON.parse(run(['--sarif', file('a.yaml', BAD)]).out);
    expect(log).toMatchObject({ version: '2.1.0', runs: [{ results: [{ ruleId: 'WP-OUT-001', level: 'error' }] }] });
  });
});

describe('the program', () => {
  const ROOT = join(__dirname, '../..');
  const program = (shell: string, env: Readonly<Record<string, string>> = {}) => {
    const command = `${process.execPath} --import tsx ${join(ROOT, 'lib/cli/main.ts')}`;
    const { stdout, stderr } = spawnSync('bash', ['-c', shell.replace('warmpath', command)], {
      cwd: ROOT,
      env: { ...process.env, ...env },
      encoding: 'utf8',
    });
    return { stdout, stderr };
  };

  test('is not disturbed by a reader who has seen enough', () => {
    const many = Array.from({ length: 3000 }, (_, index) => BAD.replace('bad', `bad-${index}`)).join('---\n');
    const { stdout, stderr } = program(`warmpath check ${file('a.yaml', many)} | head -1; echo \${PIPESTATUS[0]}`);
    expect({ lines: stdout.trim().split('\n'), stderr }).toEqual({
      lines: [expect.stringContaining('WP-OUT-001'), '1'],
      stderr: '',
    });
  });

  test('ends with 2 and without a trace when standard input is a folder', () => {
    const { stdout, stderr } = program(`warmpath check - < ${folder}; echo $?`);
    expect({ stdout, stderr }).toEqual({
      stdout: '2\n',
      stderr: 'warmpath check: standard input cannot be read (EISDIR). Fix: correct the path.\n',
    });
  });
});

describe('help', () => {
  test('names every option and every exit code', () => {
    expect(run(['--help'])).toEqual({ code: 0, out: CHECK_HELP, err: '' });
    for (const word of ['--namespace', '--pools', '--rule', '--acknowledge', '--fail-on', '--json', '--sarif']) {
      expect(CHECK_HELP).toContain(word);
    }
    expect(CHECK_HELP).toMatch(/0 nothing found, 1 findings, 2 wrong arguments/);
  });

  test('lists the rules', () => {
    expect(run(['--rules']).out).toMatch(/^WP-[A-Z]+-\d{3} {2}\S.*\.$/m);
  });
});
