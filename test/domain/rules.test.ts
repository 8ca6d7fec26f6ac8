import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RULES } from '../../lib/domain';

const ROOT = join(__dirname, '..', '..');
const IDS = Object.keys(RULES);

const SOURCES = ['lib', 'stacks'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('rules.ts'))
    .map((file) => readFileSync(join(ROOT, folder, file), 'utf8')),
);

function idsMatching(pattern: RegExp): readonly string[] {
  const ids = SOURCES.flatMap((text) => [...text.matchAll(pattern)].map((match) => match[1] ?? ''));
  return [...new Set(ids)].sort();
}

/** Rules over manifests that sources name because they acknowledge them. */
const ACKNOWLEDGED = ['WP-REF-002', 'WP-REF-010'];

describe('the table of rules', () => {
  it('holds every id that a source names', () => {
    const named = idsMatching(/(WP-[A-Z]+-\d{3})/g);
    expect(named.length).toBeGreaterThan(50);
    expect(named.filter((id) => !IDS.includes(id) && !ACKNOWLEDGED.includes(id))).toEqual([]);
  });

  it('holds no id that nothing raises', () => {
    const raised = idsMatching(/'(WP-[A-Z]+-\d{3})'/g);
    expect(IDS.filter((id) => !raised.includes(id))).toEqual([]);
  });

  it.each(Object.entries(RULES))('states %s as a sentence', (id, sentence) => {
    expect(id).toMatch(/^WP-[A-Z]+-\d{3}$/);
    expect(sentence).toMatch(/^[A-Z].{9,}\.$/);
  });

  it('stands on the page of rules, whole', () => {
    const page = readFileSync(join(ROOT, 'docs', 'rules.md'), 'utf8');
    expect(IDS.filter((id) => !page.includes(`| ${id} |`))).toEqual([]);
  });

  it('numbers the rules of a group without a gap', () => {
    const groups = new Map<string, number[]>();
    for (const id of IDS) {
      const [, group = '', number = ''] = id.split('-');
      groups.set(group, [...(groups.get(group) ?? []), Number(number)]);
    }
    for (const [group, numbers] of groups) {
      expect([group, numbers]).toEqual([group, numbers.map((_, index) => index + 1)]);
    }
  });
});
