/**
 * GPUs that are cut into instances (NVIDIA MIG). A pool is cut one way: every GPU of every node into as many instances
 * of one profile as fit. To everything behind the pool plan an instance is a small GPU, and a node has more of them.
 */
import type { GpuProfile } from './gpu-profile';
import type { PlatformProfile } from './platform-profile';
import { type Draft, Findings } from './problem';

const GIB = 1024 ** 3;

/**
 * How the device plugin names an instance.
 * - `single`: `nvidia.com/gpu`, as if it were a GPU.
 * - `mixed`: `nvidia.com/mig-<profile>`, so that a pod never gets anything else.
 */
export type MigStrategy = 'single' | 'mixed';

/** How the GPUs of a pool are cut. */
export interface MigSpec {
  /** NVIDIA's name of the profile, compute slices and memory: '1g.10gb'. */
  readonly profile: string;
  /** @default 'single'; 'mixed' where NVIDIA's GPU Operator cuts the GPUs */
  readonly strategy?: MigStrategy;
}

/** What AKS calls the cut of a node pool (`gpuInstanceProfile`); it cannot be changed later. */
export type AksGpuInstanceProfile = 'MIG1g' | 'MIG2g' | 'MIG3g' | 'MIG4g' | 'MIG7g';

/** One way to cut a GPU. */
export interface MigProfile {
  readonly name: string;
  /** Instances that one GPU is cut into. */
  readonly instancesPerGpu: number;
  /** Of the seven of a GPU. */
  readonly computeSlices: number;
  /** Of the eight of a GPU. */
  readonly memorySlices: number;
  /** Bytes of one instance: the smaller of its share of the GPU and what the driver was seen to list. */
  readonly memoryBytes: number;
  /** Absent where AKS cannot cut this way. */
  readonly aks?: AksGpuInstanceProfile;
}

/** A decided cut. Plain data, part of the pool plan. */
export interface MigPlan {
  readonly profile: string;
  readonly strategy: MigStrategy;
  readonly instancesPerGpu: number;
  readonly computeSlices: number;
  /** GPUs that the machine has before they are cut. */
  readonly physicalGpus: number;
  /** What the AKS node pool is created with; absent where NVIDIA's MIG manager cuts the GPUs. */
  readonly gpuInstanceProfile?: AksGpuInstanceProfile;
  /** Labels that tell NVIDIA's MIG manager what to do; none where AKS cuts the GPUs. */
  readonly labels: Readonly<Record<string, string>>;
}

/** A cut and the machine as pods see it then. */
export interface MigCut {
  readonly plan: MigPlan;
  readonly profile: GpuProfile;
}

type Row = readonly [
  name: string,
  instances: number,
  computeSlices: number,
  memorySlices: number,
  aks?: AksGpuInstanceProfile,
  listedGiB?: number,
];

/**
 * Names and instances: NVIDIA/gpu-operator assets/state-mig-manager/0400_configmap.yaml (commit 0b0b6b1), which names the
 * GPUs of each row. Slices: NVIDIA/go-nvml pkg/nvml/mock/shared/gpus (A100, H100, H200), NVIDIA/k8s-test-infra
 * mock-nvml-config-h100.mig.yaml (from the MIG User Guide, table 10), the A100 table of the MIG User Guide itself, and
 * azure-aks-docs gpu-multi-instance.md (2026-05-22) for A100-40GB. H100 NVL is cut as every H100. The profiles with media
 * engines (`+me`) are left out: a GPU has one of them.
 *
 * AKS: Azure/AgentBaker parts/linux/cloud-init/artifacts/mig-partition.sh (commit 04c076b) knows the profile ids 19, 14,
 * 9, 5 and 0, which are the rows with a value here; the 1g profiles of double memory (id 15) are not among them.
 *
 * Last column: GiB that `nvidia-smi mig -lgip` was published to list, the lowest reading found, where it is less than
 * the share of the GPU. H100 NVL: 10.62 and 21.50 (other drivers 10.75 and 21.62); H200: 16.00 and 32.50.
 */
const ROWS: Readonly<Record<string, readonly Row[]>> = {
  'A100-40GB': [
    ['1g.5gb', 7, 1, 1, 'MIG1g'],
    ['1g.10gb', 4, 1, 2],
    ['2g.10gb', 3, 2, 2, 'MIG2g'],
    ['3g.20gb', 2, 3, 4, 'MIG3g'],
    ['4g.20gb', 1, 4, 4, 'MIG4g'],
    ['7g.40gb', 1, 7, 8, 'MIG7g'],
  ],
  'A100-80GB': rowsOf80(),
  'H100-80GB': rowsOf80(),
  'H100-94GB': [
    ['1g.12gb', 7, 1, 1, 'MIG1g', 10.62],
    ['1g.24gb', 4, 1, 2, undefined, 21.5],
    ['2g.24gb', 3, 2, 2, 'MIG2g', 21.5],
    ['3g.47gb', 2, 3, 4, 'MIG3g'],
    ['4g.47gb', 1, 4, 4, 'MIG4g'],
    ['7g.94gb', 1, 7, 8, 'MIG7g'],
  ],
  'H200-141GB': [
    ['1g.18gb', 7, 1, 1, 'MIG1g', 16],
    ['1g.35gb', 4, 1, 2, undefined, 32.5],
    ['2g.35gb', 3, 2, 2, 'MIG2g', 32.5],
    ['3g.71gb', 2, 3, 4, 'MIG3g'],
    ['4g.71gb', 1, 4, 4, 'MIG4g'],
    ['7g.141gb', 1, 7, 8, 'MIG7g'],
  ],
};

function rowsOf80(): readonly Row[] {
  return [
    ['1g.10gb', 7, 1, 1, 'MIG1g'],
    ['1g.20gb', 4, 1, 2],
    ['2g.20gb', 3, 2, 2, 'MIG2g'],
    ['3g.40gb', 2, 3, 4, 'MIG3g'],
    ['4g.40gb', 1, 4, 4, 'MIG4g'],
    ['7g.80gb', 1, 7, 8, 'MIG7g'],
  ];
}

/** Memory slices of every GPU of the table. */
const MEMORY_SLICES = 8;

/** The ways to cut a GPU of that model and memory; none where warmpath knows of none. */
export function migProfilesOf(gpu: { readonly model: string; readonly memoryBytes: number }): readonly MigProfile[] {
  const rows = Object.hasOwn(ROWS, gpu.model) ? (ROWS[gpu.model] ?? []) : [];
  return rows.map(([name, instancesPerGpu, computeSlices, memorySlices, aks, listedGiB]) => ({
    name,
    instancesPerGpu,
    computeSlices,
    memorySlices,
    memoryBytes: Math.floor(
      Math.min((gpu.memoryBytes * memorySlices) / MEMORY_SLICES, (listedGiB ?? Number.POSITIVE_INFINITY) * GIB),
    ),
    aks,
  }));
}

/** Read by NVIDIA's MIG manager; NVIDIA/gpu-operator defines a configuration `all-<profile>` for every row above. */
export const MIG_CONFIG_LABEL = 'nvidia.com/mig.config';

const STRATEGIES: readonly string[] = ['single', 'mixed'] satisfies MigStrategy[];

/** What the decision hangs on beside the spec. */
export interface MigContext {
  readonly machine: GpuProfile;
  readonly platform: PlatformProfile;
  readonly autoscaled: boolean;
}

/** Reports clusters on which nobody cuts GPUs, or not this way. */
function checkCutter(findings: Findings, profile: MigProfile, profiles: readonly MigProfile[], on: MigContext): void {
  const { cloud, gpuStack } = on.platform;
  if (gpuStack === 'managed') {
    // AKS: migStrategy of managed GPU nodes is a preview, 'None' by default, and not in the API that azure-native speaks.
    findings.error('WP-MIG-003', 'mig.profile', profile.name, {
      message:
        cloud === 'aks'
          ? 'the strategy of managed GPU nodes is a preview that the node-pool API of warmpath cannot set'
          : 'IBM runs driver and device plugin up to 1.35 and documents no way to cut a GPU',
      allowed:
        cloud === 'aks' ? "gpuStack 'device-plugin' or 'gpu-operator'" : "Kubernetes 1.36, where it is 'gpu-operator'",
      fix: cloud === 'aks' ? "set gpuStack: 'device-plugin'" : 'upgrade the cluster, or remove mig',
    });
  }
  if (gpuStack === 'device-plugin' && profile.aks === undefined) {
    findings.error('WP-MIG-003', 'mig.profile', profile.name, {
      message: 'AKS cuts a GPU by compute slices only and gives each the least memory',
      allowed: profiles
        .filter(({ aks }) => aks !== undefined)
        .map(({ name }) => name)
        .join(', '),
      fix: "choose another profile, or gpuStack 'gpu-operator', whose MIG manager knows it",
    });
  }
}

function checkStrategy(findings: Findings, strategy: MigStrategy, { platform, autoscaled }: MigContext): void {
  if (!STRATEGIES.includes(strategy)) {
    findings.error('WP-MIG-004', 'mig.strategy', strategy, {
      message: 'the device plugin knows no such strategy',
      allowed: STRATEGIES.join(', '),
      fix: 'leave it out',
    });
  } else if (strategy === 'mixed' && autoscaled) {
    // kubernetes/autoscaler#8095 and Azure/AKS#5161, both open in 2026; processors/customresources/gpu_processor.go.
    findings.error('WP-MIG-004', 'mig.strategy', strategy, {
      message: "the cluster autoscaler counts 'nvidia.com/gpu' only, and takes nodes without it for broken",
      allowed: "'single', or 'mixed' on a pool of fixed size",
      fix: "set minNodes = maxNodes, or strategy: 'single'",
    });
  } else if (strategy === 'single' && platform.gpuStack === 'gpu-operator') {
    findings.warning('WP-MIG-006', 'mig.strategy', strategy, {
      message: 'until the MIG manager has cut a new node, a pod can take one of its GPUs whole and hold up the cut',
      allowed: "'mixed' on a pool of fixed size, where pods wait for their instance",
      fix: "use 'mixed', or look after new nodes (NVIDIA/gpu-operator#2670)",
    });
  }
}

/** Decides how the GPUs of a machine are cut. */
export function draftMig(spec: MigSpec, on: MigContext): Draft<MigCut> {
  const findings = new Findings();
  const { machine, platform } = on;
  const profiles = machine.gpu === undefined ? [] : migProfilesOf(machine.gpu);
  if (!machine.mig || machine.gpu === undefined || profiles.length === 0) {
    findings.error('WP-MIG-001', 'mig', spec.profile, {
      message: `no way is known to cut the GPUs of a ${machine.machineType} (${machine.gpu?.model ?? 'no GPU'})`,
      allowed: `machines whose cloud lists MIG, with ${Object.keys(ROWS).join(', ')}`,
      fix: 'choose such a machine, or remove mig',
    });
    return findings.draft<MigCut>(undefined);
  }
  const profile = profiles.find(({ name }) => name === spec.profile);
  if (profile === undefined) {
    findings.error('WP-MIG-002', 'mig.profile', spec.profile, {
      message: `a ${machine.gpu.model} cannot be cut this way`,
      allowed: profiles.map(({ name }) => name).join(', '),
      fix: `use '${profiles[0]?.name}' for as many instances as can be, or one with more memory`,
    });
    return findings.draft<MigCut>(undefined);
  }
  checkCutter(findings, profile, profiles, on);
  const operator = platform.gpuStack === 'gpu-operator';
  const strategy = spec.strategy ?? (operator && !on.autoscaled ? 'mixed' : 'single');
  checkStrategy(findings, strategy, on);
  const { name, instancesPerGpu, computeSlices, memoryBytes, aks } = profile;
  return findings.draft<MigCut>({
    plan: {
      profile: name,
      strategy,
      instancesPerGpu,
      computeSlices,
      physicalGpus: machine.gpus,
      ...(!operator && aks && { gpuInstanceProfile: aks }),
      labels: operator ? { [MIG_CONFIG_LABEL]: `all-${name}` } : {},
    },
    profile: {
      ...machine,
      gpus: machine.gpus * instancesPerGpu,
      gpu: {
        ...machine.gpu,
        // As NVIDIA's feature discovery names the product of a cut node.
        model: `${machine.gpu.model}-MIG-${name}`,
        memoryBytes,
        resourceName: strategy === 'mixed' ? `nvidia.com/mig-${name}` : machine.gpu.resourceName,
        migProfile: name,
      },
    },
  });
}

/** Reports a pod that asks for several instances; whether it was one. */
export function checkOneInstance(findings: Findings, prop: string, asked: number | undefined, on: GpuProfile): boolean {
  const instance = on.gpu?.migProfile;
  if (instance === undefined || asked === undefined || asked === 1) return true;
  // docs.rapids.ai guides/mig: no CUDA IPC, NVLink or NVSwitch under MIG, everything goes through the CPU's memory.
  findings.error('WP-MIG-005', prop, asked, {
    message: `instances (${instance}) cannot reach each other's memory, neither by NVLink nor by CUDA IPC`,
    allowed: '1',
    fix: 'leave it out, choose a larger profile, or a pool of whole GPUs',
  });
  return false;
}
