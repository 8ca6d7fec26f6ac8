import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { type StartFile, shellLine, shellQuote, startCommand } from '../../lib/domain';

/** Runs a command, looked up as a container would: by a shell without anything of ours in its environment. */
function run([command = '', ...args]: readonly string[]) {
  return spawnSync(command, args, { encoding: 'buffer', env: { PATH: process.env.PATH } });
}

const texts = fc
  .oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom("'", '\\', '"', '$', '`', '\n', ' ', 'é') }))
  .filter((text) => !text.includes('\0'));

describe('a word of the shell', () => {
  it('is read back as the text that it was made from', () => {
    fc.assert(
      fc.property(fc.array(texts, { minLength: 1, maxLength: 20 }), (words) => {
        const { stdout } = run(['/bin/sh', '-c', `printf '%s\\0' ${words.map(shellQuote).join(' ')}`]);
        expect(stdout.toString()).toBe(words.map((word) => `${word}\0`).join(''));
      }),
      { numRuns: 40 },
    );
  });
});

describe('a line of the shell', () => {
  it('runs the very words, and shows those that need no quotes as they are', () => {
    fc.assert(
      fc.property(fc.array(texts, { maxLength: 20 }), (words) => {
        const { stdout } = run(['/bin/sh', '-c', `${shellLine(['printf', '%s\\0', 'first', ...words])}`]);
        expect(stdout.toString()).toBe(['first', ...words].map((word) => `${word}\0`).join(''));
      }),
      { numRuns: 40 },
    );
    expect(shellLine(['torchserve', '--stop', '--foreground'])).toBe('torchserve --stop --foreground');
    expect(shellLine(['stop', '', 'a b'])).toBe("stop '' 'a b'");
  });
});

describe('a start that reads files', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'warmpath-start-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const SHOW = ['/bin/sh', '-c', 'printf "%s|" "$TOKEN" "$@"', 'show'];
  const valueFile = (path: string): StartFile => ({ kind: 'value', path, name: 'TOKEN', otherwise: 'nobody wrote it' });
  const exportFile = (path: string): StartFile => ({
    kind: 'exports',
    path,
    names: ['TOKEN'],
    otherwise: 'nobody wrote it',
  });

  it('is the plain command where there are none', () => {
    expect(startCommand([], ['vllm', 'serve'])).toEqual(['vllm', 'serve']);
  });

  it('gives the bytes of a file to the program, newlines at its end included', () => {
    const path = join(folder, 'token');
    fc.assert(
      fc.property(texts, (text) => {
        writeFileSync(path, text);
        const { stdout, status } = run([...startCommand([valueFile(path)], ['/bin/sh', '-c', 'printf %s "$TOKEN"'])]);
        expect({ status, text: stdout.toString() }).toEqual({ status: 0, text });
      }),
      { numRuns: 60 },
    );
  });

  it('hands arguments behind the command on', () => {
    const path = join(folder, "it's here");
    writeFileSync(path, "export TOKEN='secret'\n");
    const { stdout } = run([...startCommand([exportFile(path)], SHOW), 'a', 'b']);
    expect(stdout.toString()).toBe('secret|a|b|');
  });

  it.each([
    ['a file of values', exportFile],
    ['a value', valueFile],
  ])('ends with 78 and says why when %s is missing', (_, fileAt) => {
    const { status, stderr, stdout } = run(startCommand([fileAt(join(folder, 'none'))], SHOW));
    expect({ status, stdout: stdout.toString() }).toEqual({ status: 78, stdout: '' });
    expect(stderr.toString()).toMatch(/^warmpath: .*none is missing, so nothing is started: nobody wrote it\n$/);
  });

  it('ends when the file was read and a variable is not set', () => {
    const path = join(folder, 'env');
    writeFileSync(path, "export OTHER='x'\n");
    const { status, stderr } = run(startCommand([exportFile(path)], SHOW));
    expect([status, stderr.toString()]).toEqual([78, expect.stringMatching(/^warmpath: TOKEN is missing/)]);
  });

  it('takes a variable that is set and empty', () => {
    const path = join(folder, 'env');
    writeFileSync(path, "export TOKEN=''\n");
    expect(run(startCommand([exportFile(path)], ['/bin/true'])).status).toBe(0);
  });

  it('ends when the file is no shell', () => {
    const path = join(folder, 'env');
    writeFileSync(path, "export TOKEN='unfinished\n");
    expect(run(startCommand([exportFile(path)], ['/bin/true'])).status).not.toBe(0);
  });

  it('holds no $(NAME), which the kubelet would replace', () => {
    const [, , script] = startCommand([exportFile('/a'), valueFile('/b')], SHOW);
    expect(script).not.toContain('$(');
  });
});
