import fc from 'fast-check';
import {
  checkOneInstance,
  draftGpuMemoryFit,
  draftGpuNodePool,
  draftMig,
  draftPoolCost,
  Findings,
  type GpuNodePoolSpec,
  GpuProfile,
  type MigSpec,
  migProfilesOf,
  planGpuNodePool,
} from '../../lib/domain';
import { aksPool, GIB, iksPool, model, plannedOf, plannedPool, platform, problemOf, rulesOf } from './given';

const MIG_MACHINES = GpuProfile.all('aks').filter(({ mig }) => mig);

/** Every machine of AKS that can be cut, every way to cut it. */
const cuts = fc.constantFrom(...MIG_MACHINES).chain((machine) =>
  fc.record({
    machine: fc.constant(machine),
    profile: fc.constantFrom(...(machine.gpu ? migProfilesOf(machine.gpu) : [])),
  }),
);

const OPERATOR = platform('aks', '1.35', { gpuStack: 'gpu-operator' });

describe('the table of MIG profiles', () => {
  test('knows every GPU of a machine that its cloud lists with MIG', () => {
    expect(MIG_MACHINES.length).toBeGreaterThan(5);
    for (const { gpu } of MIG_MACHINES) expect(gpu && migProfilesOf(gpu).length).toBe(6);
  });

  test('never hands out more memory or compute than the GPU has', () => {
    fc.assert(
      fc.property(cuts, ({ machine, profile }) => {
        expect(profile.instancesPerGpu * profile.memoryBytes).toBeLessThanOrEqual(machine.gpu?.memoryBytes ?? 0);
        expect(profile.instancesPerGpu * profile.memorySlices).toBeLessThanOrEqual(8);
        expect(profile.instancesPerGpu * profile.computeSlices).toBeLessThanOrEqual(7);
        // No profile leaves room for one more instance of its own.
        const more = profile.instancesPerGpu + 1;
        expect(more * profile.computeSlices > 7 || more * profile.memorySlices > 8).toBe(true);
      }),
    );
  });

  test('holds no instance larger than its name says', () => {
    fc.assert(
      fc.property(cuts, ({ profile }) => {
        const [, compute, gigabytes] = /^(\d)g\.(\d+)gb$/.exec(profile.name) ?? [];
        expect(Number(compute)).toBe(profile.computeSlices);
        expect(profile.memoryBytes).toBeLessThanOrEqual(Number(gigabytes) * 1e9);
      }),
    );
  });

  test('takes what the driver lists where that is less than the share', () => {
    const [h100] = migProfilesOf({ model: 'H100-94GB', memoryBytes: 94e9 });
    expect(h100).toMatchObject({ name: '1g.12gb', memoryBytes: Math.floor(10.62 * GIB) });
  });

  test('names for AKS only what AKS can cut: each number of compute slices once', () => {
    for (const { gpu } of MIG_MACHINES) {
      const named = (gpu ? migProfilesOf(gpu) : []).filter(({ aks }) => aks !== undefined);
      expect(named.map(({ aks, computeSlices }) => [aks, computeSlices])).toEqual(
        [1, 2, 3, 4, 7].map((slices) => [`MIG${slices}g`, slices]),
      );
    }
  });
});

describe('a pool whose GPUs are cut', () => {
  const cut = plannedPool({ mig: { profile: '1g.10gb' } });

  test('offers instances as GPUs', () => {
    expect(cut.profile).toMatchObject({ gpus: 7, machineType: 'Standard_NC24ads_A100_v4' });
    expect(cut.profile.gpu).toMatchObject({ resourceName: 'nvidia.com/gpu', memoryBytes: 10e9 });
    expect([cut.minGpus, cut.maxGpus]).toEqual([7, 28]);
    expect(cut.capacity.gpus).toBe(7);
  });

  test('says what AKS creates it with, and how many GPUs the machine really has', () => {
    expect(cut.mig).toEqual({
      profile: '1g.10gb',
      strategy: 'single',
      instancesPerGpu: 7,
      computeSlices: 1,
      physicalGpus: 1,
      gpuInstanceProfile: 'MIG1g',
      labels: {},
    });
  });

  test('is labelled and tainted so that NVIDIA agents and pods find it', () => {
    expect(cut.labels['warmpath.dev/gpu-model']).toBe('A100-80GB-MIG-1g.10gb');
    expect(cut.taints).toEqual(plannedPool().taints);
  });

  test('gives instances names of their own with strategy mixed', () => {
    const mixed = plannedPool({ mig: { profile: '1g.10gb', strategy: 'mixed' }, minNodes: 4 });
    expect(mixed.profile.gpu?.resourceName).toBe('nvidia.com/mig-1g.10gb');
    expect(mixed.taints).toEqual(cut.taints);
  });

  test('costs no more than whole, an instance its part', () => {
    const prices = { Standard_NC24ads_A100_v4: 7 };
    const whole = plannedOf(draftPoolCost(plannedPool(), prices));
    const sliced = plannedOf(draftPoolCost(cut, prices));
    expect(sliced.ceilingDollarsPerHour).toBe(whole.ceilingDollarsPerHour);
    expect([whole.dollarsPerGpuHour, sliced.dollarsPerGpuHour]).toEqual([7, 1]);
  });

  test('is a pool like any other where nothing is cut', () => {
    expect(plannedPool()).not.toHaveProperty('mig');
  });

  test('shares a node in whole numbers, whatever the machine and the cut', () => {
    fc.assert(
      fc.property(cuts, fc.integer({ min: 0, max: 20 }), ({ machine, profile }, nodes) => {
        const spec: GpuNodePoolSpec = aksPool({
          platform: OPERATOR,
          machine: machine.machineType,
          minNodes: nodes,
          maxNodes: nodes + 1,
          mig: { profile: profile.name },
        });
        const whole = planGpuNodePool({ ...spec, mig: undefined });
        const plan = planGpuNodePool(spec);
        expect(plan.profile.gpus).toBe(machine.gpus * profile.instancesPerGpu);
        expect(plan.maxGpus).toBe(whole.maxGpus * profile.instancesPerGpu);
        expect(plan.profile.gpu?.memoryBytes).toBe(profile.memoryBytes);
        // The node itself is the same.
        expect({ ...plan.capacity, gpus: 0 }).toEqual({ ...whole.capacity, gpus: 0 });
        expect([plan.taints, plan.tolerations, plan.nodeSelector]).toEqual([
          whole.taints,
          whole.tolerations,
          whole.nodeSelector,
        ]);
      }),
    );
  });
});

describe('who cuts the GPUs', () => {
  const drafted = (mig: MigSpec, more: Partial<GpuNodePoolSpec> = {}) => draftGpuNodePool(aksPool({ mig, ...more }));

  test('is AKS with the device plugin, by compute slices only', () => {
    const problem = problemOf(drafted({ profile: '1g.20gb' }), 'WP-MIG-003');
    expect(problem.allowed).toBe('1g.10gb, 2g.20gb, 3g.40gb, 4g.40gb, 7g.80gb');
    expect(problem.fix).toContain('gpu-operator');
  });

  test('is the MIG manager with the GPU Operator, which reads a label and knows every profile', () => {
    const { mig, labels, profile } = planGpuNodePool(
      aksPool({ platform: OPERATOR, mig: { profile: '1g.20gb' }, minNodes: 4 }),
    );
    expect(labels['nvidia.com/mig.config']).toBe('all-1g.20gb');
    expect(mig).toMatchObject({ strategy: 'mixed', instancesPerGpu: 4 });
    expect(mig).not.toHaveProperty('gpuInstanceProfile');
    expect(profile.gpu?.resourceName).toBe('nvidia.com/mig-1g.20gb');
  });

  test('is nobody on managed GPU nodes of AKS', () => {
    const managed = { platform: platform('aks', '1.35', { gpuStack: 'managed' as const }), minNodes: 4 };
    expect(problemOf(drafted({ profile: '1g.10gb' }, managed), 'WP-MIG-003').fix).toBe("set gpuStack: 'device-plugin'");
  });

  describe('on IKS', () => {
    const h100 = GpuProfile.custom({
      machineType: 'gx3d.160x1792.8h100',
      cloud: 'iks',
      gpus: 8,
      gpuModel: 'H100-80GB',
      gpuMemoryGB: 80,
      computeCapability: 9,
      vcpus: 160,
      memoryGiB: 1669,
      mig: true,
      source: 'a test',
    });
    const iks = (minor: string) =>
      draftGpuNodePool(iksPool({ platform: platform('iks', minor), machine: h100, mig: { profile: '1g.10gb' } }));

    test('is IBM up to 1.35, who does not', () => {
      expect(problemOf(iks('1.35'), 'WP-MIG-003').fix).toBe('upgrade the cluster, or remove mig');
    });

    test('is the GPU Operator from 1.36', () => {
      expect(plannedOf(iks('1.36'))).toMatchObject({
        labels: { 'nvidia.com/mig.config': 'all-1g.10gb' },
        profile: { gpus: 56 },
      });
      expect(rulesOf(iks('1.36'))).not.toContain('WP-MIG-003');
    });

    test('is not claimed of flavors whose cloud does not list MIG', () => {
      const listed = draftGpuNodePool(iksPool({ machine: 'gx3d.160x1792.8h100', mig: { profile: '1g.10gb' } }));
      expect(problemOf(listed, 'WP-MIG-001').message).toContain('gx3d.160x1792.8h100 (H100-80GB)');
    });
  });
});

describe('a cut that is none', () => {
  const a100 = GpuProfile.all('aks').find(({ machineType }) => machineType === 'Standard_NC24ads_A100_v4');
  const on = { platform: platform('aks'), autoscaled: true };
  const drafted = (spec: MigSpec, machine = a100) => draftMig(spec, { ...on, machine: machine as GpuProfile });

  test('is a profile that the GPU does not have, answered with the smallest that it has', () => {
    const draft = drafted({ profile: '1g.12gb' });
    const problem = problemOf(draft, 'WP-MIG-002');
    expect(problem).toMatchObject({ prop: 'mig.profile', value: '1g.12gb' });
    expect(problem.allowed).toMatch(/^1g\.10gb, /);
    expect(problem.fix).toContain("use '1g.10gb'");
    expect(draft.value).toBeUndefined();
  });

  test('is one of a machine without GPUs, or with GPUs of which no profile is known', () => {
    const machines = [
      { ...a100, gpu: undefined },
      { ...a100, mig: false },
      { ...a100, gpu: { ...a100?.gpu, model: 'constructor' } },
    ] as unknown as readonly GpuProfile[];
    for (const machine of machines) {
      const draft = drafted({ profile: '1g.10gb' }, machine);
      expect(problemOf(draft, 'WP-MIG-001')).toMatchObject({ prop: 'mig', value: '1g.10gb' });
      expect(draft.value).toBeUndefined();
    }
    expect(problemOf(drafted({ profile: 'x' }, machines[0]), 'WP-MIG-001').message).toContain('(no GPU)');
  });

  test('is a strategy that the device plugin does not know', () => {
    const draft = drafted({ profile: '1g.10gb', strategy: 'both' as 'mixed' });
    expect(problemOf(draft, 'WP-MIG-004')).toMatchObject({ value: 'both', allowed: 'single, mixed' });
  });

  test('is several instances for one pod, which cannot reach each other', () => {
    const ask = (asked: number | undefined, machine: GpuProfile) => {
      const findings = new Findings();
      return [checkOneInstance(findings, 'tensorParallel', asked, machine), findings.problems.length];
    };
    const { profile: instance } = plannedOf(drafted({ profile: '1g.10gb' }));
    expect([ask(1, instance), ask(undefined, instance)]).toEqual(Array(2).fill([true, 0]));
    expect([ask(2, instance), ask(0, instance)]).toEqual(Array(2).fill([false, 1]));
    expect([ask(2, a100 as GpuProfile), ask(2, { ...a100, gpu: undefined } as GpuProfile)]).toEqual(
      Array(2).fill([true, 0]),
    );
  });
});

describe('the strategy', () => {
  const rules = (mig: MigSpec, more: Partial<GpuNodePoolSpec> = {}) =>
    rulesOf(draftGpuNodePool(aksPool({ mig, ...more })));

  test('mixed is refused where the autoscaler would have to know it', () => {
    expect(rules({ profile: '1g.10gb', strategy: 'mixed' })).toContain('WP-MIG-004');
    expect(rules({ profile: '1g.10gb', strategy: 'mixed' }, { minNodes: 4 })).toEqual([]);
  });

  test('single is worth a word where a node offers whole GPUs before it is cut', () => {
    const problem = problemOf(
      draftGpuNodePool(aksPool({ platform: OPERATOR, mig: { profile: '1g.10gb' } })),
      'WP-MIG-006',
    );
    expect(problem.severity).toBe('warning');
    expect(rules({ profile: '1g.10gb' })).toEqual([]);
    expect(rules({ profile: '1g.10gb' }, { platform: OPERATOR, minNodes: 4 })).toEqual([]);
  });
});

describe('a model on an instance', () => {
  const { profile } = plannedPool({ machine: 'Standard_NC48ads_A100_v4', mig: { profile: '3g.40gb' } });
  const request = { model: model(), profile, memoryUtilisation: 0.9 };

  test('takes one, however many the node has', () => {
    expect(profile.gpus).toBe(4);
    expect(plannedOf(draftGpuMemoryFit(request)).tensorParallel).toBe(1);
    const large = { ...request, model: model({ parameters: 30_000_000_000 }) };
    expect(rulesOf(draftGpuMemoryFit(large))).toContain('WP-FIT-005');
  });

  test('is refused two, with that reason only', () => {
    const draft = draftGpuMemoryFit({ ...request, tensorParallel: 2 });
    expect(rulesOf(draft)).toEqual(['WP-MIG-005']);
  });

  test('is fitted into its memory, not into that of the GPU', () => {
    fc.assert(
      fc.property(cuts, ({ machine, profile: { name } }) => {
        const on = { machine, platform: OPERATOR, autoscaled: false };
        const cut = plannedOf(draftMig({ profile: name }, on));
        const fit = draftGpuMemoryFit({
          ...request,
          profile: cut.profile,
          model: model({ parameters: 1_000_000_000 }),
        });
        if (fit.value === undefined) return;
        const { weightsBytesPerGpu, overheadBytesPerGpu, kvTokens, kvBytesPerTokenPerGpu } = fit.value;
        const taken = weightsBytesPerGpu + overheadBytesPerGpu + kvTokens * kvBytesPerTokenPerGpu;
        expect(taken).toBeLessThanOrEqual((cut.profile.gpu?.memoryBytes ?? 0) * 0.9 + 1);
      }),
    );
  });
});
