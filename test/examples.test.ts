import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rulesPage } from '../docs/print-rules';
import { RULES } from '../lib/domain';
import { readFolder } from '../stacks/synthesise';

const root = join(__dirname, '..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');

/** The fenced blocks of a page in one language. */
function blocks(markdown: string, language: string): readonly string[] {
  return [...markdown.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(
    ([, text]) => text ?? '',
  );
}

describe('the documentation', () => {
  const readme = read('README.md');

  it('shows an example that is the one in examples/, as a user would import it', () => {
    const [shown] = blocks(readme, 'ts');
    expect(shown?.trim()).toBe(read('examples/chat.ts').replace("'../lib'", "'warmpath'").trim());
  });

  it('shows YAML of which every line is emitted by that example, in that order', () => {
    const outdir = mkdtempSync(join(tmpdir(), 'warmpath-example-'));
    try {
      execFileSync(process.execPath, ['--import', 'tsx', 'examples/chat.ts'], {
        cwd: root,
        env: { ...process.env, CDK8S_OUTDIR: outdir },
      });
      expect(readFolder(outdir)).toHaveLength(12);
      const plain = (yaml: string) =>
        yaml
          .split('\n')
          .map((line) => line.replace(/#.*/, '').trimEnd())
          .filter((line) => line.trim() !== '');
      const emitted = plain(readFileSync(join(outdir, 'chat.k8s.yaml'), 'utf8'));
      const [shown] = blocks(readme, 'yaml');
      const lines = plain(shown ?? '');
      expect(lines.length).toBeGreaterThan(20);
      let position = 0;
      for (const line of lines) {
        const found = emitted.indexOf(line, position);
        expect({ line, found: found >= 0 }).toEqual({ line, found: true });
        position = found + 1;
      }
    } finally {
      rmSync(outdir, { recursive: true, force: true });
    }
  });

  it('has the two commands on the first screen', () => {
    const first = readme.split('\n').slice(0, 40).join('\n');
    expect(first).toContain('npm ci && npm run synth');
    expect(first).toContain('npm ci && npm test');
  });

  it('explains every rule', () => {
    expect(read('docs/rules.md')).toBe(rulesPage());
    // A family without a heading would be left out.
    expect(Object.keys(RULES).filter((rule) => !rulesPage().includes(`| ${rule} |`))).toEqual([]);
  });
});
