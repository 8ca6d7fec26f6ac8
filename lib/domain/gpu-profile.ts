/** GPU machines of AKS and IKS: what a node of each type has. Facts only; what to do with them is decided elsewhere. */
import { isLabelValue } from './names';
import type { Cloud } from './platform-profile';
import { type Draft, Findings, unwrap } from './problem';

const GIB = 1024 ** 3;
const GB = 1e9;

/** What a GPU can do, whatever machine carries it. */
export interface GpuFacts {
  /** Marketing name with the memory: 'A100-80GB'. Becomes a node label. */
  readonly model: string;
  /** Bytes of one GPU. The vendor's gigabytes are read as 10^9, the reading that promises less. */
  readonly memoryBytes: number;
  /** Extended resource that the device plugin publishes. */
  readonly resourceName: 'nvidia.com/gpu' | 'amd.com/gpu' | `nvidia.com/mig-${string}`;
  /** Set where this is an instance of a GPU that is cut: '1g.10gb'. Instances share neither memory nor NVLink. */
  readonly migProfile?: string;
  /** CUDA compute capability; absent for AMD. */
  readonly computeCapability?: number;
  /** Whether the GPU computes in bfloat16 (NVIDIA: compute capability 8.0 and newer). */
  readonly bfloat16: boolean;
  /** Whether the GPU computes in 8-bit floats (NVIDIA: compute capability 8.9 and newer). */
  readonly float8: boolean;
}

/** Scratch disks inside the machine. They are empty on every new node. */
export interface LocalStorage {
  readonly tempGiB: number;
  readonly nvmeGiB: number;
  readonly nvmeDisks: number;
}

/** One machine type of one cloud. */
export interface GpuProfile {
  /** The cloud's own name: 'Standard_NC24ads_A100_v4', 'gx3.24x120.l40s'. */
  readonly machineType: string;
  readonly cloud: Cloud;
  /** GPUs of a node; 0 for system machines. */
  readonly gpus: number;
  /** Absent for system machines. */
  readonly gpu?: GpuFacts;
  readonly vcpus: number;
  readonly memoryBytes: number;
  readonly localStorage: LocalStorage;
  /** Whether the GPU can be cut into MIG instances on this machine. */
  readonly mig: boolean;
  readonly architecture: 'amd64' | 'arm64';
  /** Where the row was read. */
  readonly source: string;
}

function nvidia(model: string, memoryGB: number, computeCapability: number): GpuFacts {
  return {
    model,
    memoryBytes: memoryGB * GB,
    resourceName: 'nvidia.com/gpu',
    computeCapability,
    bfloat16: computeCapability >= 8,
    float8: computeCapability >= 8.9,
  };
}

/** Compute capabilities: NVIDIA's CUDA GPU list (T4 7.5, V100 7.0, A100 8.0, A10 8.6, L4 and L40S 8.9, H100 and H200 9.0). */
const GPUS = {
  T4: nvidia('T4', 16, 7.5),
  A10: nvidia('A10', 24, 8.6),
  'A10-4GB': nvidia('A10-4GB', 4, 8.6),
  'A10-8GB': nvidia('A10-8GB', 8, 8.6),
  'A10-12GB': nvidia('A10-12GB', 12, 8.6),
  'A100-40GB': nvidia('A100-40GB', 40, 8),
  'A100-80GB': nvidia('A100-80GB', 80, 8),
  'H100-80GB': nvidia('H100-80GB', 80, 9),
  'H100-94GB': nvidia('H100-94GB', 94, 9),
  'H200-141GB': nvidia('H200-141GB', 141, 9),
  L4: nvidia('L4', 24, 8.9),
  L40S: nvidia('L40S', 48, 8.9),
  'B200-192GB': nvidia('B200-192GB', 192, 10),
  'B300-288GB': nvidia('B300-288GB', 288, 10.3),
  MI300X: {
    model: 'MI300X',
    memoryBytes: 192 * GB,
    resourceName: 'amd.com/gpu',
    bfloat16: true,
    float8: true,
  },
} as const satisfies Record<string, GpuFacts>;

type GpuModel = keyof typeof GPUS;

interface Row {
  readonly gpu?: GpuModel;
  readonly gpus: number;
  readonly vcpus: number;
  /** Main memory in the unit that the vendor uses: GiB on Azure, GB at IBM. */
  readonly memory: number;
  readonly tempGiB?: number;
  readonly nvmeGiB?: number;
  readonly nvmeDisks?: number;
  readonly mig?: boolean;
  readonly architecture?: 'arm64';
}

/** MicrosoftDocs/azure-compute-docs articles/virtual-machines/sizes, read in August 2026. */
const AZURE_SIZES: Readonly<Record<string, Row>> = {
  Standard_NC4as_T4_v3: { gpu: 'T4', gpus: 1, vcpus: 4, memory: 28, tempGiB: 176 },
  Standard_NC8as_T4_v3: { gpu: 'T4', gpus: 1, vcpus: 8, memory: 56, tempGiB: 352 },
  Standard_NC16as_T4_v3: { gpu: 'T4', gpus: 1, vcpus: 16, memory: 110, tempGiB: 352 },
  Standard_NC64as_T4_v3: { gpu: 'T4', gpus: 4, vcpus: 64, memory: 440, tempGiB: 2816 },
  Standard_NC24ads_A100_v4: azure('A100-80GB', 1, 24, 220, { tempGiB: 64, nvmeGiB: 894, nvmeDisks: 1, mig: true }),
  Standard_NC48ads_A100_v4: azure('A100-80GB', 2, 48, 440, { tempGiB: 128, nvmeGiB: 1788, nvmeDisks: 2, mig: true }),
  Standard_NC96ads_A100_v4: azure('A100-80GB', 4, 96, 880, { tempGiB: 256, nvmeGiB: 3576, nvmeDisks: 4, mig: true }),
  Standard_NC40ads_H100_v5: azure('H100-94GB', 1, 40, 320, { nvmeGiB: 3576, nvmeDisks: 1, mig: true }),
  Standard_NC80adis_H100_v5: azure('H100-94GB', 2, 80, 640, { nvmeGiB: 7152, nvmeDisks: 2, mig: true }),
  Standard_ND96asr_v4: azure('A100-40GB', 8, 96, 900, { tempGiB: 6000, mig: true }),
  Standard_ND96amsr_A100_v4: azure('A100-80GB', 8, 96, 1900, { tempGiB: 6400, mig: true }),
  Standard_ND96isr_H100_v5: azure('H100-80GB', 8, 96, 1900, { tempGiB: 1024, nvmeGiB: 28672, nvmeDisks: 8, mig: true }),
  Standard_ND96isr_H200_v5: azure('H200-141GB', 8, 96, 1850, {
    tempGiB: 1024,
    nvmeGiB: 28672,
    nvmeDisks: 8,
    mig: true,
  }),
  Standard_ND128isr_NDR_GB200_v6: azure('B200-192GB', 4, 128, 900, {
    nvmeGiB: 14901,
    nvmeDisks: 4,
    architecture: 'arm64',
  }),
  Standard_ND128isr_GB300_v6: azure('B300-288GB', 4, 128, 864, { nvmeGiB: 14901, nvmeDisks: 4, architecture: 'arm64' }),
  Standard_NV6ads_A10_v5: azure('A10-4GB', 1, 6, 55, { tempGiB: 180 }),
  Standard_NV12ads_A10_v5: azure('A10-8GB', 1, 12, 110, { tempGiB: 360 }),
  Standard_NV18ads_A10_v5: azure('A10-12GB', 1, 18, 220, { tempGiB: 720 }),
  Standard_NV36ads_A10_v5: azure('A10', 1, 36, 440, { tempGiB: 1440 }),
  Standard_NV36adms_A10_v5: azure('A10', 1, 36, 880, { tempGiB: 2880 }),
  Standard_NV72ads_A10_v5: azure('A10', 2, 72, 880, { tempGiB: 2880 }),
  Standard_ND96isr_MI300X_v5: azure('MI300X', 8, 96, 1850, { tempGiB: 1000, nvmeGiB: 28672, nvmeDisks: 8 }),
  Standard_D4s_v5: { gpus: 0, vcpus: 4, memory: 16 },
  Standard_D8s_v5: { gpus: 0, vcpus: 8, memory: 32 },
};

function azure(gpu: GpuModel, gpus: number, vcpus: number, memory: number, more: Partial<Row>): Row {
  return { gpu, gpus, vcpus, memory, ...more };
}

/** ibm-cloud-docs/containers vpc-flavors.md, 2026-02-20 (the H200 row: us-east and eu-de only). GPU flavors are for allow-listed accounts. */
const IKS_FLAVORS: Readonly<Record<string, Row>> = {
  'gx3.16x80.l4': { gpu: 'L4', gpus: 1, vcpus: 16, memory: 80 },
  'gx3.32x160.2l4': { gpu: 'L4', gpus: 2, vcpus: 32, memory: 160 },
  'gx3.64x320.4l4': { gpu: 'L4', gpus: 4, vcpus: 64, memory: 320 },
  'gx3.24x120.l40s': { gpu: 'L40S', gpus: 1, vcpus: 24, memory: 120 },
  'gx3.48x240.2l40s': { gpu: 'L40S', gpus: 2, vcpus: 48, memory: 240 },
  'gx3d.160x1792.8h100': { gpu: 'H100-80GB', gpus: 8, vcpus: 160, memory: 1792 },
  'gx3d.160x1792.8h200': { gpu: 'H200-141GB', gpus: 8, vcpus: 160, memory: 1792 },
  'bx2.4x16': { gpus: 0, vcpus: 4, memory: 16 },
  'bx2.8x32': { gpus: 0, vcpus: 8, memory: 32 },
};

const TABLES: Readonly<Record<Cloud, { rows: Readonly<Record<string, Row>>; memoryUnit: number; source: string }>> = {
  aks: {
    rows: AZURE_SIZES,
    memoryUnit: GIB,
    source: 'MicrosoftDocs/azure-compute-docs virtual-machines/sizes, 2026-08',
  },
  iks: { rows: IKS_FLAVORS, memoryUnit: GB, source: 'ibm-cloud-docs/containers vpc-flavors.md, 2026-02-20' },
};

interface Retired {
  readonly pattern: RegExp;
  readonly message: string;
  readonly fix: string;
}

/** Machine types that people still ask for and that cannot be had. */
const RETIRED: Readonly<Record<Cloud, readonly Retired[]>> = {
  aks: [
    {
      pattern: /^Standard_NC(6|12|24)r?s_v3$/,
      message: 'Azure retired the NCv3 series (V100) on 2025-09-30',
      fix: "use 'Standard_NC4as_T4_v3' for small models or 'Standard_NC24ads_A100_v4'",
    },
  ],
  iks: [
    {
      pattern: /^gx2/,
      message: 'IKS lists no V100 (gx2) flavor; gx2 profiles exist as virtual server instances only',
      fix: "use 'gx3.24x120.l40s' or 'gx3.16x80.l4'",
    },
    {
      pattern: /^[a-z]+\d[a-z]*-\d/,
      message: 'this is the dash form of a virtual server profile, not an IKS flavor',
      fix: "write the flavor with dots, for example 'gx3.24x120.l40s'",
    },
    {
      pattern: /^mg4c\./,
      message: 'classic bare metal cannot be autoscaled, and new accounts cannot order it since 2026-10-01',
      fix: "use a VPC flavor, for example 'gx3.24x120.l40s'",
    },
  ],
};

function profileOf(cloud: Cloud, machineType: string, row: Row): GpuProfile {
  return {
    machineType,
    cloud,
    gpus: row.gpus,
    gpu: row.gpu === undefined ? undefined : GPUS[row.gpu],
    vcpus: row.vcpus,
    memoryBytes: row.memory * TABLES[cloud].memoryUnit,
    localStorage: { tempGiB: row.tempGiB ?? 0, nvmeGiB: row.nvmeGiB ?? 0, nvmeDisks: row.nvmeDisks ?? 0 },
    mig: row.mig ?? false,
    architecture: row.architecture ?? 'amd64',
    source: TABLES[cloud].source,
  };
}

/** Looks a machine type up; what is retired, misspelt or unknown is a problem with a hint. */
export function draftGpuProfile(cloud: Cloud, machineType: string): Draft<GpuProfile> {
  const findings = new Findings();
  const { rows } = TABLES[cloud];
  const row = Object.hasOwn(rows, machineType) ? rows[machineType] : undefined;
  if (row !== undefined) return findings.draft(profileOf(cloud, machineType, row));
  const retired = RETIRED[cloud].find(({ pattern }) => pattern.test(machineType));
  const allowed = Object.keys(rows).join(', ');
  if (retired !== undefined) {
    findings.error('WP-GPU-001', 'machine', machineType, { message: retired.message, allowed, fix: retired.fix });
  } else {
    findings.error('WP-GPU-002', 'machine', machineType, {
      message: `${cloud.toUpperCase()} machine types known to warmpath do not include it`,
      allowed,
      fix: 'correct the spelling, or describe the machine with GpuProfile.custom({ ... }) or GpuProfile.system({ ... })',
    });
  }
  return findings.draft<GpuProfile>(undefined);
}

/** A machine that warmpath does not list. */
export interface CustomGpuProfile {
  readonly machineType: string;
  readonly cloud: Cloud;
  readonly gpus: number;
  /** Name of the GPU; becomes a node label. */
  readonly gpuModel: string;
  /** Memory of one GPU in gigabytes (10^9 bytes). */
  readonly gpuMemoryGB: number;
  /** CUDA compute capability: 8.0, 9.0. */
  readonly computeCapability: number;
  readonly vcpus: number;
  readonly memoryGiB: number;
  /** @default no local disks */
  readonly localStorage?: LocalStorage;
  /** @default false */
  readonly mig?: boolean;
  /** @default 'amd64' */
  readonly architecture?: 'amd64' | 'arm64';
  /** Where the numbers were read: a page, a quote, a machine. */
  readonly source: string;
}

function custom(machine: CustomGpuProfile): GpuProfile {
  const findings = new Findings('machine.');
  const { gpus, vcpus, gpuMemoryGB, memoryGiB, computeCapability } = machine;
  const whole = (value: number) => Number.isInteger(value) && value >= 1;
  const positive = (value: number) => Number.isFinite(value) && value > 0;
  const wrong = [
    ...Object.entries({ gpus, vcpus }).filter(([, value]) => !whole(value)),
    ...Object.entries({ gpuMemoryGB, memoryGiB, computeCapability }).filter(([, value]) => !positive(value)),
  ];
  for (const [prop, value] of wrong) {
    findings.error('WP-GPU-003', prop, value, {
      message: 'a machine cannot be planned with this',
      allowed: 'a number above 0; gpus and vcpus are whole',
      fix: `give the ${prop} of ${machine.machineType} as its vendor states it`,
    });
  }
  for (const prop of ['machineType', 'gpuModel', 'source'] as const) {
    if (prop === 'source' ? machine.source.trim() !== '' : isLabelValue(machine[prop])) continue;
    findings.error('WP-GPU-003', prop, machine[prop], {
      message: prop === 'source' ? 'a figure without a source cannot be checked' : 'this becomes a label of the nodes',
      allowed:
        prop === 'source' ? 'a page, a quote or a machine' : '1-63 letters, digits, hyphens, underscores and dots',
      fix: prop === 'source' ? 'say where you read it' : "write for example 'RTX-6000-Ada'",
    });
  }
  return unwrap(
    findings.draft<GpuProfile>({
      machineType: machine.machineType,
      cloud: machine.cloud,
      gpus: machine.gpus,
      gpu: nvidia(machine.gpuModel, machine.gpuMemoryGB, machine.computeCapability),
      vcpus: machine.vcpus,
      memoryBytes: machine.memoryGiB * GIB,
      localStorage: machine.localStorage ?? { tempGiB: 0, nvmeGiB: 0, nvmeDisks: 0 },
      mig: machine.mig ?? false,
      architecture: machine.architecture ?? 'amd64',
      source: machine.source,
    }),
  );
}

/** A machine without GPUs that warmpath does not list, for system pools. */
export interface SystemProfile {
  readonly machineType: string;
  readonly cloud: Cloud;
  readonly vcpus: number;
  readonly memoryGiB: number;
  /** Where the numbers were read. */
  readonly source: string;
}

function system({ machineType, cloud, vcpus, memoryGiB, source }: SystemProfile): GpuProfile {
  const findings = new Findings('machine.');
  for (const [prop, value] of Object.entries({ vcpus, memoryGiB })) {
    if (Number.isFinite(value) && value > 0) continue;
    findings.error('WP-GPU-003', prop, value, {
      message: 'a machine cannot be planned with this',
      allowed: 'a number above 0',
      fix: `give the ${prop} of ${machineType} as its vendor states it`,
    });
  }
  return unwrap(
    findings.draft({
      ...profileOf(cloud, machineType, { gpus: 0, vcpus, memory: 0 }),
      memoryBytes: memoryGiB * GIB,
      source,
    }),
  );
}

/** The catalogue of machines. */
export const GpuProfile = {
  /**
   * The machine of that name.
   * @throws ProblemsError WP-GPU-001 for a retired, WP-GPU-002 for an unknown machine type
   */
  of: (cloud: Cloud, machineType: string): GpuProfile => unwrap(draftGpuProfile(cloud, machineType)),
  /**
   * An NVIDIA machine that is not listed.
   * @throws ProblemsError WP-GPU-003
   */
  custom,
  /**
   * A machine without GPUs that is not listed.
   * @throws ProblemsError WP-GPU-003
   */
  system,
  /** Every listed machine of a cloud. */
  all: (cloud: Cloud): readonly GpuProfile[] =>
    Object.entries(TABLES[cloud].rows).map(([machineType, row]) => profileOf(cloud, machineType, row)),
};
