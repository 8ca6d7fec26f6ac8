/** A third cloud is a third folder: the same files, and in each of them the same thing. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const CLOUD = join(__dirname, '../../lib/cloud');
const CLOUDS = ['aks', 'iks'] as const;

type Folder = (typeof CLOUDS)[number];

/** Components by file. What a cloud has under another name, or alone, stands here and nowhere else. */
const COMPONENTS: Readonly<Record<string, Readonly<Record<Folder, readonly string[]>>>> = {
  attach: { aks: ['AksMachineLearning'], iks: ['IksSatellite'] },
  environment: { aks: ['AksEnvironment'], iks: ['IksEnvironment'] },
  finops: { aks: ['AksFinOps'], iks: ['IksFinOps'] },
  'gpu-pool': { aks: ['AksGpuNodePool'], iks: ['IksGpuWorkerPool'] },
  identity: { aks: ['AksWorkloadIdentity'], iks: ['IksWorkloadIdentity'] },
  'model-store': { aks: ['AksModelStore'], iks: ['IksModelStore'] },
  monitoring: { aks: ['AksMonitoring'], iks: ['IksMonitoring'] },
  network: { aks: ['AksNetwork'], iks: ['IksNetwork'] },
  // The autoscaler of AKS is told by the cluster; that of IKS reads an object in it.
  platform: { aks: ['AksPlatform'], iks: ['IksAutoscaler', 'IksPlatform'] },
};

type Component = (new (...args: never[]) => unknown) & { readonly type?: string };

function componentsOf(folder: Folder, file: string): Readonly<Record<string, Component>> {
  const exported: Readonly<Record<string, unknown>> = require(join(CLOUD, folder, file));
  return Object.fromEntries(
    Object.entries(exported).filter((entry): entry is [string, Component] => /^(Aks|Iks)[A-Z]/.test(entry[0])),
  );
}

describe.each(CLOUDS)('the folder %s', (folder) => {
  const files = readdirSync(join(CLOUD, folder)).map((file) => file.replace(/\.ts$/, ''));

  it('has the files that every cloud has', () => {
    expect(files.sort()).toEqual([...Object.keys(COMPONENTS), 'index'].sort());
  });

  it.each(Object.entries(COMPONENTS))('has its part of %s, under a token of its own', (file, parts) => {
    const components = componentsOf(folder, file);
    expect(Object.keys(components).sort()).toEqual(parts[folder]);
    for (const [name, { type }] of Object.entries(components)) expect(type).toBe(`warmpath:${folder}:${name}`);
  });

  it('hands out every one of them', () => {
    const all = Object.values(COMPONENTS).flatMap((parts) => parts[folder]);
    expect(Object.keys(componentsOf(folder, 'index')).sort()).toEqual([...all].sort());
  });
});
