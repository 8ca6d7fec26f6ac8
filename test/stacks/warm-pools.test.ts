import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '../../stacks/environment';
import { buildEnvironment } from '../../stacks/inference';
import { synthesise } from '../../stacks/synthesise';
import { parseObjects } from '../support/synth';

const folder = mkdtempSync(join(tmpdir(), 'warmpath-warm-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const chat = { namespace: 'chat', pool: 'a100', model: { catalogue: 'qwen3-8b' } } as const;
const a100 = { purpose: 'inference', machine: 'Standard_NC24ads_A100_v4', minNodes: 3, maxNodes: 12 } as const;

const ENVIRONMENT: Environment = {
  name: 'test',
  platform: { cloud: 'aks', kubernetes: '1.35', region: 'westeurope' },
  ownership: { owner: 'chat-oncall', team: 'chat', costCentre: 'cc-1' },
  prices: { Standard_NC24ads_A100_v4: 4 },
  gateway: { namespace: 'gateway' },
  scraper: { namespace: 'monitoring' },
  pools: { a100: { ...a100, warm: { warmNodes: 2 } }, cold: a100 },
  services: { chat, twin: chat, other: { ...chat, warm: false }, apart: { ...chat, pool: 'cold' } },
};

/** What `npm run synth` prints and writes. */
function run(environment: Environment) {
  const lines: string[] = [];
  const outdir = join(folder, 'manifests');
  const code = synthesise({
    outdir,
    lockFile: join(__dirname, '..', '..', 'images.lock'),
    environments: [environment],
    print: (line) => lines.push(line),
  });
  const read = (file: string) => parseObjects(readFileSync(join(outdir, environment.name, file), 'utf8'));
  return { code, text: lines.join('\n'), files: () => readdirSync(join(outdir, environment.name)), read };
}

describe('an environment with warm nodes', () => {
  const { code, text, files, read } = run(ENVIRONMENT);

  test('breaks no rule and has a file for each pool that asks, and for no other', () => {
    expect([code, text]).toEqual([0, expect.any(String)]);
    expect(files().filter((file) => file.startsWith('warm-'))).toEqual(['warm-a100.k8s.yaml']);
    expect(
      read('warm-a100.k8s.yaml').map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`),
    ).toEqual(expect.arrayContaining(['DaemonSet chat/warm-a100-images', 'Deployment chat/warm-a100-chat']));
    expect(read('warm-a100.k8s.yaml')).toHaveLength(2);
  });

  test('has them wait for the services of the pool that did not decline', () => {
    const { warmPools } = buildEnvironment(ENVIRONMENT);
    expect(warmPools.flatMap(({ placeholders }) => placeholders)).toEqual([
      { name: 'warm-a100-chat', services: ['chat', 'twin'], gpusPerPod: 1, floor: 2, ceiling: 2 },
    ]);
  });

  test('shows what they cost apart from the pool, and no replica among them', () => {
    const rows = text.split('\n').map((line) => line.trim().split(/\s{2,}/));
    expect(rows).toContainEqual(['warm nodes', 'pool', 'placeholders', 'nodes', '$/h', 'image', 'for']);
    expect(rows).toContainEqual(['warm-a100', 'a100', '2 x 1 GPU', '2', '8.00', 'prefetched', 'chat, twin']);
    expect(rows).toContainEqual(['a100', 'Standard_NC24ads_A100_v4', '3-12', '3-12', '12.00-48.00']);
    expect(text).toContain(' 12 pods,');
  });

  test('shows a range where a schedule changes them', () => {
    const schedule = [{ start: '0 7 * * 1-5', end: '0 19 * * 1-5', timezone: 'Europe/Amsterdam', warmNodes: 3 }];
    const scheduled = run({
      ...ENVIRONMENT,
      pools: { ...ENVIRONMENT.pools, a100: { ...a100, warm: { warmNodes: 0, schedule } } },
    });
    const rows = scheduled.text.split('\n').map((line) => line.trim().split(/\s{2,}/));
    expect(rows).toContainEqual(['warm-a100', 'a100', '0-3 x 1 GPU', '0-3', '0.00-12.00', 'prefetched', 'chat, twin']);
  });

  test('is silent about them where no pool asks', () => {
    const { pools, services } = ENVIRONMENT;
    const none = run({ ...ENVIRONMENT, pools: { ...pools, a100 }, services: { ...services, chat } });
    expect(none.text).not.toContain('warm nodes');
    expect(none.files().filter((file) => file.startsWith('warm-'))).toEqual([]);
  });

  test('belongs to whom the pool says', () => {
    const warm = { warmNodes: 1, ownership: { team: 'platform' } };
    const owned = run({ ...ENVIRONMENT, pools: { ...ENVIRONMENT.pools, a100: { ...a100, warm } } });
    for (const { metadata } of owned.read('warm-a100.k8s.yaml')) {
      expect(metadata.labels).toMatchObject({ 'warmpath.dev/team': 'platform', 'warmpath.dev/cost-centre': 'cc-1' });
    }
  });
});
