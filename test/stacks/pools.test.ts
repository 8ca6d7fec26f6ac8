/** What an environment can say of its pools: GPUs that are cut, spot capacity above a floor. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '../../stacks/environment';
import { readFolder, synthesise } from '../../stacks/synthesise';
import type { KubernetesObject } from '../support/synth';

const MACHINE = 'Standard_NC24ads_A100_v4';

const ENVIRONMENT: Environment = {
  name: 'test',
  platform: { cloud: 'aks', kubernetes: '1.35', region: 'westeurope' },
  ownership: { owner: 'chat-oncall', team: 'chat', costCentre: 'cc-1' },
  prices: { [MACHINE]: 6 },
  gateway: { namespace: 'gateway' },
  scraper: { namespace: 'monitoring' },
  pools: {
    cut: { purpose: 'inference', machine: MACHINE, minNodes: 1, maxNodes: 2, mig: { profile: '2g.20gb' } },
    spot: { purpose: 'inference', machine: MACHINE, minNodes: 0, maxNodes: 2, spot: true },
  },
  services: {
    chat: {
      namespace: 'chat',
      pool: 'cut',
      model: { catalogue: 'qwen2.5-1.5b-instruct' },
      maxModelLen: 8192,
      spot: { pool: 'spot', replicas: 2 },
    },
  },
};

describe('an environment with pools of both kinds', () => {
  const folder = mkdtempSync(join(tmpdir(), 'warmpath-pools-'));
  const outdir = join(folder, 'manifests');
  let text = '';
  const code = synthesise({
    outdir,
    environments: [ENVIRONMENT],
    lockFile: join(folder, 'images.lock'),
    print: (line: string) => {
      text += `${line}\n`;
    },
  });
  const objects = readFolder(join(outdir, 'test')).map(({ object }) => object as unknown as KubernetesObject);

  afterAll(() => rmSync(folder, { recursive: true }));

  test('says by names where the parts of a service run', () => {
    expect(code).toBe(0);
    const deployments = objects.filter(({ kind }) => kind === 'Deployment');
    expect(deployments.map(({ metadata }) => [metadata.name, metadata.labels?.['warmpath.dev/pool']])).toEqual([
      ['chat', 'cut'],
      ['chat-spot', 'spot'],
    ]);
  });

  test('is summed up by instances, with their price', () => {
    expect(text).toMatch(/cut +Standard_NC24ads_A100_v4 2g\.20gb +1-2 +3-6 +6\.00-12\.00/);
    expect(text).toContain('cut: each GPU is 3 x 2g.20gb, counted as GPUs here; $2.00 an hour for one');
  });

  test('has a row for each part, and counts the pods of both', () => {
    expect(text).toMatch(/ chat +qwen2\.5-1\.5b-instruct +3 /);
    expect(text).toMatch(/ chat-spot +qwen2\.5-1\.5b-instruct +2 /);
    expect(text).toContain(' 5 pods, ');
  });
});
