/** fast-check arbitraries: inputs that warmpath has to accept. */
import fc from 'fast-check';
import {
  type Cloud,
  type GpuNodePoolSpec,
  GpuProfile,
  ModelArtifact,
  type ModelFacts,
  migProfilesOf,
  type Ownership,
  type PlatformProfile,
  type PoolPurpose,
  planPlatform,
  type ServingSpec,
  type Taint,
} from '../../lib/domain';

export const clouds = fc.constantFrom<Cloud>('aks', 'iks');

/** 1-63 characters that Kubernetes takes as the value of a label. */
export const labelValues = fc.stringMatching(/^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/);

/** Names that fit Service, Deployment and host name. */
export const workloadNames = fc.stringMatching(/^[a-z]([a-z0-9-]{0,43}[a-z0-9])?$/);

export const commits = fc.stringMatching(/^[0-9a-f]{40}$/);

export const ownerships: fc.Arbitrary<Ownership> = fc.record({
  owner: labelValues,
  team: labelValues,
  costCentre: labelValues,
  environment: labelValues,
});

const REGIONS: Readonly<Record<Cloud, readonly string[]>> = {
  aks: ['westeurope', 'swedencentral', 'eastus'],
  iks: ['us-south', 'eu-de'],
};

export function platformsOf(cloud: Cloud): fc.Arbitrary<PlatformProfile> {
  return fc
    .record({ minor: fc.integer({ min: 34, max: 36 }), region: fc.constantFrom(...REGIONS[cloud]) })
    .map(({ minor, region }) => planPlatform({ cloud, kubernetes: `1.${minor}`, region }));
}

export const platforms = clouds.chain(platformsOf);

/** Listed machines with GPUs. */
export function gpuMachinesOf(cloud: Cloud): fc.Arbitrary<GpuProfile> {
  return fc.constantFrom(...GpuProfile.all(cloud).filter(({ gpus }) => gpus > 0));
}

function systemMachinesOf(cloud: Cloud): fc.Arbitrary<GpuProfile> {
  return fc.constantFrom(...GpuProfile.all(cloud).filter(({ gpus }) => gpus === 0));
}

export const gpuMachines = clouds.chain(gpuMachinesOf);

/** Made once: an arbitrary of a pattern costs more than what it draws. */
const POOL_NAMES: Readonly<Record<Cloud, fc.Arbitrary<string>>> = {
  aks: fc.stringMatching(/^[a-z][a-z0-9]{0,11}$/),
  iks: fc.stringMatching(/^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$/),
};

/** Zones as the cloud names them: AKS counts, IKS numbers the region. */
function zonesOf({ cloud, region }: PlatformProfile): readonly string[] {
  return [1, 2, 3].map((number) => (cloud === 'aks' ? `${number}` : `${region}-${number}`));
}

const ownKeys = fc.stringMatching(/^[a-z]([a-z0-9-]{0,20}[a-z0-9])?$/).map((name) => `example.com/${name}`);

const taints: fc.Arbitrary<readonly Taint[]> = fc.uniqueArray(
  fc.record({
    key: ownKeys,
    value: labelValues,
    effect: fc.constantFrom<Taint['effect'][]>('NoSchedule', 'PreferNoSchedule', 'NoExecute'),
  }),
  { maxLength: 3, selector: ({ key }) => key },
);

/** The ways in which AKS can cut the GPUs of a machine. */
function aksCuts({ gpu, mig, cloud }: GpuProfile) {
  return cloud === 'aks' && mig && gpu ? migProfilesOf(gpu).filter(({ aks }) => aks !== undefined) : [];
}

/** A spec of a pool that has to be accepted. */
export function poolSpecs(purposes: readonly PoolPurpose[] = ['inference', 'training', 'system']) {
  return fc.record({ cloud: clouds, purpose: fc.constantFrom(...purposes) }).chain(({ cloud, purpose }) =>
    fc
      .record({
        name: POOL_NAMES[cloud],
        platform: platformsOf(cloud),
        machine: purpose === 'system' ? systemMachinesOf(cloud) : gpuMachinesOf(cloud),
        rows: fc.record({ min: fc.integer({ min: purpose === 'system' ? 2 : 0, max: 20 }), more: fc.nat(20) }),
        zoned: fc.subarray([0, 1, 2]),
        ownership: ownerships,
        spot: cloud === 'aks' && purpose !== 'system' ? fc.boolean() : fc.constant(false),
        labels: fc.dictionary(ownKeys, labelValues, { maxKeys: 3 }),
        taints,
        cut: fc.option(fc.nat(4), { nil: undefined, freq: 3 }),
      })
      .map(({ machine, rows, zoned, cut, ...rest }): GpuNodePoolSpec => {
        const zones = zonesOf(rest.platform).filter((_, index) => zoned.includes(index));
        const row = Math.max(1, zones.length);
        const maxNodes = Math.max(1, rows.min + rows.more) * row;
        const profile = cut === undefined ? undefined : aksCuts(machine)[cut];
        const mig = profile && { mig: { profile: profile.name } };
        return { ...rest, ...mig, purpose, machine: machine.machineType, zones, minNodes: rows.min * row, maxNodes };
      }),
  );
}

/** The shape of a model: grouped-query attention, head counts as they occur. */
export const modelFacts: fc.Arbitrary<ModelFacts> = fc
  .record({
    parameters: fc.integer({ min: 500_000_000, max: 120_000_000_000 }),
    dtype: fc.constantFrom<ModelFacts['dtype'][]>('bfloat16', 'float16', 'mxfp4'),
    layers: fc.integer({ min: 8, max: 96 }),
    keyValueHeads: fc.constantFrom(1, 2, 4, 8, 10, 16),
    group: fc.constantFrom(1, 2, 4, 8),
    headSize: fc.constantFrom(64, 96, 128, 256),
    maxModelLen: fc.constantFrom(1024, 4096, 8192, 32_768, 131_072),
  })
  .map(({ group, ...facts }) => ({ ...facts, attentionHeads: facts.keyValueHeads * group }));

export const models: fc.Arbitrary<ModelArtifact> = fc
  .record({ facts: modelFacts, commit: commits })
  .map(({ facts, commit }) => ModelArtifact.of({ uri: `hf://example/model@${commit}`, facts }));

/** What a service may ask beside its pool; whether the model fits is not promised. */
export const servingOptions: fc.Arbitrary<
  Pick<ServingSpec, 'name' | 'namespace' | 'ownership' | 'model' | 'replicas' | 'drainSeconds'>
> = fc.record({
  name: workloadNames,
  namespace: workloadNames.map((name) => `team-${name}`),
  ownership: ownerships,
  model: fc.record({ uri: commits.map((commit) => `hf://example/model@${commit}`), facts: modelFacts }),
  replicas: fc.integer({ min: 3, max: 40 }),
  drainSeconds: fc.integer({ min: 1, max: 500 }),
});
