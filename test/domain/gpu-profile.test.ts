import { type Cloud, draftGpuProfile, GpuProfile, isLabelValue, ProblemsError } from '../../lib/domain';
import { GB, GIB, plannedOf, problemOf } from './given';

const EVERY = (['aks', 'iks'] as const).flatMap((cloud) => GpuProfile.all(cloud));
const GPU_MACHINES = EVERY.filter(({ gpus }) => gpus > 0);

describe('every listed machine', () => {
  it('is found by its own name', () => {
    expect(EVERY.length).toBeGreaterThanOrEqual(30);
    for (const machine of EVERY) expect(GpuProfile.of(machine.cloud, machine.machineType)).toEqual(machine);
  });

  it.each(EVERY.map((machine) => [machine.machineType, machine] as const))('has sane sizes: %s', (_, machine) => {
    expect([0, 1, 2, 4, 8]).toContain(machine.gpus);
    expect(machine.gpu === undefined).toBe(machine.gpus === 0);
    expect(machine.vcpus).toBeGreaterThanOrEqual(4);
    expect(machine.memoryBytes / machine.vcpus).toBeGreaterThanOrEqual(3.5 * GB);
    expect(machine.memoryBytes / machine.vcpus).toBeLessThanOrEqual(26 * GIB);
    expect(machine.localStorage.nvmeGiB > 0).toBe(machine.localStorage.nvmeDisks > 0);
    expect(machine.source).toMatch(/20\d\d-\d\d/);
  });

  it.each(GPU_MACHINES.map((machine) => [machine.machineType, machine] as const))(
    'has a real GPU: %s',
    (_, machine) => {
      expect(machine.gpu?.memoryBytes).toBeGreaterThanOrEqual(4 * GB);
      expect(machine.gpu?.memoryBytes).toBeLessThanOrEqual(288 * GB);
      expect(isLabelValue(machine.gpu?.model ?? '')).toBe(true);
    },
  );
});

describe('the vendor tables', () => {
  it.each([
    // cloud, machine, GPU, GPUs, vCPU, memory, MIG
    ['aks', 'Standard_NC4as_T4_v3', 'T4', 1, 4, 28 * GIB, false],
    ['aks', 'Standard_NC16as_T4_v3', 'T4', 1, 16, 110 * GIB, false],
    ['aks', 'Standard_NC64as_T4_v3', 'T4', 4, 64, 440 * GIB, false],
    ['aks', 'Standard_NC24ads_A100_v4', 'A100-80GB', 1, 24, 220 * GIB, true],
    ['aks', 'Standard_NC96ads_A100_v4', 'A100-80GB', 4, 96, 880 * GIB, true],
    ['aks', 'Standard_NC80adis_H100_v5', 'H100-94GB', 2, 80, 640 * GIB, true],
    ['aks', 'Standard_ND96asr_v4', 'A100-40GB', 8, 96, 900 * GIB, true],
    ['aks', 'Standard_ND96isr_H100_v5', 'H100-80GB', 8, 96, 1900 * GIB, true],
    ['aks', 'Standard_ND96isr_H200_v5', 'H200-141GB', 8, 96, 1850 * GIB, true],
    ['aks', 'Standard_NV6ads_A10_v5', 'A10-4GB', 1, 6, 55 * GIB, false],
    ['aks', 'Standard_NV72ads_A10_v5', 'A10', 2, 72, 880 * GIB, false],
    ['aks', 'Standard_ND96isr_MI300X_v5', 'MI300X', 8, 96, 1850 * GIB, false],
    ['aks', 'Standard_D8s_v5', undefined, 0, 8, 32 * GIB, false],
    ['iks', 'gx3.16x80.l4', 'L4', 1, 16, 80 * GB, false],
    ['iks', 'gx3.64x320.4l4', 'L4', 4, 64, 320 * GB, false],
    ['iks', 'gx3.48x240.2l40s', 'L40S', 2, 48, 240 * GB, false],
    ['iks', 'gx3d.160x1792.8h100', 'H100-80GB', 8, 160, 1792 * GB, false],
    ['iks', 'gx3d.160x1792.8h200', 'H200-141GB', 8, 160, 1792 * GB, false],
  ] as const)('%s %s is %s x %i with %i vCPU', (cloud, machineType, gpu, gpus, vcpus, memoryBytes, mig) => {
    const machine = GpuProfile.of(cloud, machineType);
    expect(machine.gpu?.model).toBe(gpu);
    expect(machine).toMatchObject({ cloud, gpus, vcpus, memoryBytes, mig });
  });

  it.each([
    // GPU, compute capability, bfloat16, float8
    ['Standard_NC4as_T4_v3', 7.5, false, false],
    ['Standard_NC24ads_A100_v4', 8, true, false],
    ['Standard_NV36ads_A10_v5', 8.6, true, false],
    ['Standard_NC40ads_H100_v5', 9, true, true],
    ['Standard_ND96isr_H200_v5', 9, true, true],
    ['Standard_ND128isr_NDR_GB200_v6', 10, true, true],
    ['Standard_ND128isr_GB300_v6', 10.3, true, true],
  ])('%s has compute capability %d: bfloat16 %s, float8 %s', (machineType, computeCapability, bfloat16, float8) => {
    expect(GpuProfile.of('aks', machineType).gpu).toMatchObject({ computeCapability, bfloat16, float8 });
  });

  it.each(['gx3.16x80.l4', 'gx3.24x120.l40s'])('%s computes in float8 at compute capability 8.9', (flavor) => {
    expect(GpuProfile.of('iks', flavor).gpu).toMatchObject({ computeCapability: 8.9, bfloat16: true, float8: true });
  });

  it('publishes AMD GPUs under the resource of AMD and all others under that of NVIDIA', () => {
    for (const { machineType, gpu } of GPU_MACHINES) {
      expect([machineType, gpu?.resourceName]).toEqual([
        machineType,
        machineType.includes('MI300X') ? 'amd.com/gpu' : 'nvidia.com/gpu',
      ]);
    }
  });

  it('knows that only the Grace machines are arm64', () => {
    const arm = EVERY.filter(({ architecture }) => architecture === 'arm64').map(({ machineType }) => machineType);
    expect(arm).toEqual(['Standard_ND128isr_NDR_GB200_v6', 'Standard_ND128isr_GB300_v6']);
  });
});

describe('a machine that cannot be had', () => {
  it.each([
    ['aks', 'Standard_NC6s_v3', 'WP-GPU-001', /retired the NCv3/, /Standard_NC24ads_A100_v4/],
    ['aks', 'Standard_NC24rs_v3', 'WP-GPU-001', /retired the NCv3/, /Standard_NC4as_T4_v3/],
    ['iks', 'gx2-8x64x1v100', 'WP-GPU-001', /V100/, /gx3\.24x120\.l40s/],
    ['iks', 'gx2.8x64.1v100', 'WP-GPU-001', /V100/, /gx3\.24x120\.l40s/],
    ['iks', 'gx3d-160x1792x8h100', 'WP-GPU-001', /dash form/, /with dots/],
    ['iks', 'gx3-24x120x1l40s', 'WP-GPU-001', /dash form/, /with dots/],
    ['iks', 'mg4c.48x384.2xv100', 'WP-GPU-001', /bare metal/, /VPC flavor/],
    ['aks', 'Standard_NC24ads_A100', 'WP-GPU-002', /do not include/, /GpuProfile\.custom/],
    ['aks', 'gx3.24x120.l40s', 'WP-GPU-002', /AKS/, /spelling/],
    ['iks', 'Standard_NC24ads_A100_v4', 'WP-GPU-002', /IKS/, /spelling/],
    ['iks', '', 'WP-GPU-002', /do not include/, /spelling/],
  ] as const)('%s %s is refused by %s with a hint', (cloud, machineType, rule, message, fix) => {
    const draft = draftGpuProfile(cloud, machineType);
    const problem = problemOf(draft, rule);
    expect(draft.value).toBeUndefined();
    expect(problem.prop).toBe('machine');
    expect(problem.value).toBe(machineType);
    expect(problem.message).toMatch(message);
    expect(problem.fix).toMatch(fix);
    expect(problem.allowed).toContain(cloud === 'aks' ? 'Standard_NC24ads_A100_v4' : 'gx3.24x120.l40s');
  });

  it('throws in the short form', () => {
    expect(() => GpuProfile.of('aks', 'Standard_NC6s_v3')).toThrow(ProblemsError);
  });

  it.each(['constructor', 'toString', '__proto__'])(
    'is not taken from the prototype of the table: %s',
    (machineType) => {
      expect(problemOf(draftGpuProfile('aks', machineType), 'WP-GPU-002').value).toBe(machineType);
    },
  );
});

describe('a described machine', () => {
  const described = {
    machineType: 'Standard_NC_RTX',
    cloud: 'aks' as Cloud,
    gpus: 2,
    gpuModel: 'RTX-PRO-6000',
    gpuMemoryGB: 96,
    computeCapability: 12,
    vcpus: 64,
    memoryGiB: 512,
    source: 'quote of 2026-11-01',
  };

  it('keeps its numbers in bytes', () => {
    const machine = GpuProfile.custom(described);
    expect(machine.gpu?.memoryBytes).toBe(96 * GB);
    expect(machine.memoryBytes).toBe(512 * GIB);
    expect(machine.source).toBe('quote of 2026-11-01');
  });

  it('computes in bfloat16 and float8 as its compute capability says', () => {
    expect(GpuProfile.custom(described).gpu).toMatchObject({ bfloat16: true, float8: true });
    expect(GpuProfile.custom({ ...described, computeCapability: 8.6 }).gpu).toMatchObject({
      bfloat16: true,
      float8: false,
    });
    expect(GpuProfile.custom({ ...described, computeCapability: 7.5 }).gpu).toMatchObject({ bfloat16: false });
  });

  it('has no MIG, no local disks and amd64 unless it is said', () => {
    expect(GpuProfile.custom(described)).toMatchObject({
      mig: false,
      architecture: 'amd64',
      localStorage: { tempGiB: 0, nvmeGiB: 0, nvmeDisks: 0 },
    });
    expect(GpuProfile.custom({ ...described, mig: true, architecture: 'arm64' })).toMatchObject({
      mig: true,
      architecture: 'arm64',
    });
  });

  it('is refused with every size that is no size', () => {
    const act = () => GpuProfile.custom({ ...described, gpus: 0, gpuMemoryGB: -1, vcpus: Number.NaN, memoryGiB: 0 });
    expect(act).toThrow(
      /machine\.gpus = 0.*\n.*machine\.vcpus = NaN.*\n.*machine\.gpuMemoryGB = -1.*\n.*machine\.memoryGiB = 0/,
    );
  });

  it('has a whole number of GPUs', () => {
    expect(() => GpuProfile.custom({ ...described, gpus: 1.5 })).toThrow(/WP-GPU-003 machine\.gpus = 1\.5/);
  });

  it('names its GPU so that the name can label a node', () => {
    expect(() => GpuProfile.custom({ ...described, gpuModel: 'RTX PRO 6000' })).toThrow(/gpuModel/);
  });

  it('says where its numbers were read', () => {
    expect(() => GpuProfile.custom({ ...described, source: ' ' })).toThrow(/WP-GPU-003 machine\.source/);
  });

  it('is as good as a listed one', () => {
    const listed = plannedOf(draftGpuProfile('aks', 'Standard_NC48ads_A100_v4'));
    expect(Object.keys(GpuProfile.custom(described)).sort()).toEqual(Object.keys(listed).sort());
  });
});

describe('a machine without GPUs that is not listed', () => {
  const described = {
    machineType: 'Standard_D16s_v6',
    cloud: 'aks',
    vcpus: 16,
    memoryGiB: 64,
    source: 'the vendor',
  } as const;

  it('is described by cores and memory', () => {
    const machine = GpuProfile.system(described);
    expect(machine).toMatchObject({
      machineType: described.machineType,
      source: described.source,
      vcpus: 16,
      gpus: 0,
      memoryBytes: 64 * 1024 ** 3,
      mig: false,
    });
    expect(machine.gpu).toBeUndefined();
    expect(machine.localStorage).toEqual({ tempGiB: 0, nvmeGiB: 0, nvmeDisks: 0 });
  });

  it.each([
    ['vcpus', 0],
    ['vcpus', -1],
    ['memoryGiB', 0],
    ['memoryGiB', Number.NaN],
    ['memoryGiB', Number.POSITIVE_INFINITY],
  ])('has a %s above 0, not %p', (prop, value) => {
    expect(() => GpuProfile.system({ ...described, [prop]: value })).toThrow(
      new RegExp(
        `^WP-GPU-003 machine\\.${prop} = .*Allowed: a number above 0\\. Fix: give the ${prop} of Standard_D16s_v6`,
      ),
    );
  });

  it('may be of any size above 0', () => {
    expect(GpuProfile.system({ ...described, vcpus: 1, memoryGiB: 0.5 }).vcpus).toBe(1);
  });
});
