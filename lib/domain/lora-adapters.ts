/** LoRA adapters that a server loads at its start: where they lie, what they cost, which flags name them. */
import { isOwnDirectory } from './container-extras';
import type { RuntimeProfile, ServerKind } from './inference-runtime';
import type { ModelArtifact } from './model-artifact';
import type { PlatformProfile } from './platform-profile';
import { type Draft, Findings } from './problem';

/** Linear layers that an adapter may change, as PEFT's adapter_config.json names them. */
export const LORA_MODULES = [
  'q_proj',
  'k_proj',
  'v_proj',
  'qkv_proj',
  'o_proj',
  'gate_proj',
  'up_proj',
  'gate_up_proj',
  'down_proj',
] as const;

/** A linear layer that an adapter may change. */
export type LoraModule = (typeof LORA_MODULES)[number];

/**
 * A LoRA adapter, loaded at the start and there until the pod ends: servers that load adapters while they run take
 * whatever their callers name, so that stays refused.
 *
 * Callers name an adapter in the `model` field of a request: vLLM knows it by its own name (`support`), SGLang behind
 * the model's (`qwen3-8b:support`).
 */
export interface LoraAdapter {
  /** What requests call it: 1-63 lower-case letters, digits, dots, underscores and hyphens. */
  readonly name: string;
  /**
   * A directory below the mount of the bound model cache ('/models/adapters/support'), or
   * `oci://registry/repository@sha256:<64 hex>` with the adapter at its root, mounted as an image volume.
   */
  readonly path: string;
  /** `r` of its adapter_config.json. */
  readonly rank: number;
  /** `target_modules` of its adapter_config.json; the server reserves memory for these and no others. */
  readonly modules: readonly LoraModule[];
  /** Size of its adapter_model.safetensors in bytes, stored in 16 or 32 bits. */
  readonly bytes: number;
}

/** An adapter as the server finds it. */
export interface PlannedAdapter {
  readonly name: string;
  /** Directory inside the container. */
  readonly path: string;
  /** Reference of an image that is mounted at the path. */
  readonly image?: string;
}

/** All adapters of a service, with what they cost. */
export interface LoraPlan {
  readonly adapters: readonly PlannedAdapter[];
  readonly modules: readonly LoraModule[];
  /** What the server is told: the next rank that it takes. */
  readonly maxRank: number;
  /** Places for adapters in GPU memory, all of one size. */
  readonly slots: number;
  /** Bytes of one place. */
  readonly slotBytes: number;
  readonly bytesPerGpu: number;
  /** Bytes that are read at the start. */
  readonly fileBytes: number;
  /** Of those, what comes as images. */
  readonly imageBytes: number;
}

/** What a kind of server does with adapters. */
interface LoraServer {
  /** Ranks that `--max-lora-rank` takes, ascending; absent where it takes every rank up to the last. */
  readonly ranks?: readonly number[];
  readonly maxRank: number;
  readonly slots: (adapters: number) => number;
  readonly args: (plan: LoraPlan) => readonly string[];
  readonly source: string;
}

const named = ({ adapters }: LoraPlan): readonly string[] => adapters.map(({ name, path }) => `${name}=${path}`);

/** Ranks of vLLM's MaxLoRARanks. */
const VLLM_RANKS = [1, 8, 16, 32, 64, 128, 256, 320, 512];

const LORA_SERVERS: Readonly<Partial<Record<ServerKind, LoraServer>>> = {
  vllm: {
    ranks: VLLM_RANKS,
    maxRank: 512,
    slots: (adapters) => adapters,
    args: (plan) => [
      '--enable-lora',
      '--lora-modules',
      ...named(plan),
      '--max-loras',
      String(plan.slots),
      '--max-lora-rank',
      String(plan.maxRank),
      '--lora-target-modules',
      ...plan.modules,
    ],
    source: 'vllm 0.31.0 and 0.33.0 from PyPI, vllm/config/lora.py and vllm/entrypoints/common/cli_args.py',
  },
  sglang: {
    // Nothing in the source bounds it; the same bound keeps a slip of the pen out.
    maxRank: 512,
    // "Maximum number of adapters for a running batch, include base-only request."
    slots: (adapters) => adapters + 1,
    args: (plan) => [
      '--enable-lora',
      '--lora-paths',
      ...named(plan),
      '--max-loras-per-batch',
      String(plan.slots),
      '--max-lora-rank',
      String(plan.maxRank),
      '--lora-target-modules',
      ...plan.modules,
    ],
    source: 'sglang 0.5.21 from PyPI, sglang/srt/arg_groups/fields/lora.py and arg_groups/lora_hook.py',
  },
};

/** The arguments that load the adapters. */
export function loraArgs(kind: ServerKind, plan: LoraPlan | undefined): readonly string[] {
  const server = LORA_SERVERS[kind];
  return plan === undefined || server === undefined ? [] : server.args(plan);
}

/** Layers that servers keep as one, and whose places they therefore reserve together. */
const PACKED = { attention: ['q_proj', 'k_proj', 'v_proj'], mlp: ['gate_proj', 'up_proj'] } as const;

/**
 * How much larger a place is than an adapter that changes only some of the layers that are kept as one. Places for q,
 * k and v have rank x (hidden + out): k and v are alike, and q is at most attention heads / KV heads times one of
 * them. gate and up are alike.
 */
export function packingFactor(modules: readonly LoraModule[], model: ModelArtifact): number {
  const part = (packed: readonly LoraModule[]) => packed.filter((module) => modules.includes(module)).length;
  const attention = part(PACKED.attention);
  if (attention > 0 && attention < PACKED.attention.length) {
    const queries = model.attentionHeads / model.keyValueHeads;
    return modules.includes('q_proj') ? 3 : 2 + queries;
  }
  return part(PACKED.mlp) === 1 ? 2 : 1;
}

/**
 * An upper bound of one place. vLLM (lora/layers/*_linear.py, create_lora_weights) and SGLang (lora/mem_pool.py)
 * reserve rank x (in + out) for every target layer at the largest rank, and an adapter's file holds the same sum at
 * its own rank. Adapters of the same layers share that sum; those of different layers add up. No share is taken off
 * for tensor parallelism, which splits only a part of it.
 */
export function slotBytes(adapters: readonly LoraAdapter[], maxRank: number, model: ModelArtifact): number {
  const largest = new Map<string, number>();
  for (const { modules, rank, bytes } of adapters) {
    const layers = [...new Set(modules)].sort();
    const size = (bytes * maxRank * packingFactor(layers, model)) / rank;
    const key = layers.join(' ');
    largest.set(key, Math.max(largest.get(key) ?? 0, size));
  }
  return Math.ceil([...largest.values()].reduce((sum, size) => sum + size, 0));
}

const NAME = /^[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?$/;
const OCI = /^oci:\/\/([\w.:-]+(?:\/[\w.-]+)+@sha256:[0-9a-f]{64})$/;

/** What the adapters are checked against. */
export interface LoraRequest {
  readonly adapters: readonly LoraAdapter[];
  readonly runtime: RuntimeProfile;
  readonly model: ModelArtifact;
  readonly platform: PlatformProfile;
  /** Where a bound model cache is mounted. */
  readonly cacheMount?: string;
}

function checkNames(findings: Findings, { adapters, model }: LoraRequest): void {
  const taken = new Set([model.name]);
  for (const [index, { name }] of adapters.entries()) {
    const legal = typeof name === 'string' && NAME.test(name);
    if (legal && !taken.has(name)) {
      taken.add(name);
      continue;
    }
    findings.error('WP-LORA-001', `adapters[${index}].name`, name, {
      message: legal
        ? name === model.name
          ? 'the model itself is served under this name'
          : 'another adapter has this name'
        : 'no request could name it, or the flag could not carry it',
      allowed:
        '1-63 lower-case letters, digits, dots, underscores and hyphens, once each, and not the name of the model',
      fix: 'name it after what it is for',
    });
  }
}

/** Why a path is refused, most telling first. */
function whyNot(path: string, { platform, cacheMount }: LoraRequest): { message: string; fix: string } {
  if (OCI.test(path)) {
    return {
      message: `Kubernetes ${platform.kubernetes} mounts no images`,
      fix: 'put the adapter into the model cache, or upgrade the cluster to 1.35',
    };
  }
  if (path.startsWith('oci://')) {
    return {
      message: 'a tag can be moved to another adapter',
      fix: "name the digest that 'oras resolve' or 'crane digest' prints",
    };
  }
  if (path.startsWith('/')) {
    return {
      message: cacheMount === undefined ? 'nothing is mounted there' : `it does not lie below ${cacheMount}`,
      fix: cacheMount === undefined ? 'bind a model cache that holds it' : 'put the adapter into the model cache',
    };
  }
  return {
    // vllm/lora/utils.py get_adapter_absolute_path and sglang/srt/lora/lora_config.py call snapshot_download without one.
    message: 'servers download an adapter from the hub without a revision, so it can change under a running service',
    fix: 'put the adapter into the model cache, or into an image that is named by digest',
  };
}

/** The directory of an adapter in the container, or undefined where it is refused. */
function locate(request: LoraRequest, { path }: LoraAdapter, index: number): PlannedAdapter | undefined {
  const { cacheMount, platform } = request;
  const name = request.adapters[index]?.name ?? '';
  const image = OCI.exec(path)?.[1];
  if (image !== undefined && platform.features.imageVolume) return { name, path: `/adapters/${index}`, image };
  const below = cacheMount !== undefined && path.startsWith(`${cacheMount}/`);
  return below && isOwnDirectory(path) ? { name, path } : undefined;
}

function checkShape(findings: Findings, { model }: LoraRequest, adapter: LoraAdapter, index: number): void {
  const { modules, bytes } = adapter;
  const known: readonly string[] = LORA_MODULES;
  const expert = ['gate_proj', 'up_proj', 'gate_up_proj', 'down_proj'];
  const mixture = model.activeParameters < model.parameters;
  if (!Array.isArray(modules) || modules.length === 0 || modules.some((module) => !known.includes(module))) {
    findings.error('WP-LORA-004', `adapters[${index}].modules`, modules, {
      message: 'the GPU memory of the adapter cannot be bounded with these layers',
      allowed: LORA_MODULES.join(', '),
      fix: 'copy target_modules from its adapter_config.json',
    });
  } else if (mixture && modules.some((module) => expert.includes(module))) {
    findings.error('WP-LORA-004', `adapters[${index}].modules`, modules, {
      message: `${model.name} is a mixture of experts, and what servers reserve for each expert is not known`,
      allowed: 'layers of the attention: q_proj, k_proj, v_proj, qkv_proj, o_proj',
      fix: 'use an adapter of the attention, or merge it into the weights',
    });
  }
  if (!(Number.isInteger(bytes) && bytes > 0)) {
    findings.error('WP-LORA-004', `adapters[${index}].bytes`, bytes, {
      message: 'nobody can tell whether the adapter fits the GPU',
      allowed: 'the size of its adapter_model.safetensors in bytes',
      fix: "copy it from the listing: 'ls -l' of the file",
    });
  }
}

function checkRank(findings: Findings, server: LoraServer, kind: ServerKind, rank: number, index: number): void {
  if (Number.isInteger(rank) && rank >= 1 && rank <= server.maxRank) return;
  findings.error('WP-LORA-003', `adapters[${index}].rank`, rank, {
    message: `${kind} takes no adapter of this rank`,
    allowed: `a whole number from 1 to ${server.maxRank}`,
    fix: 'copy r from its adapter_config.json',
  });
}

/** Plans the adapters of a service, or says what is wrong with them. Undefined when there are none. */
export function draftLoraAdapters(request: LoraRequest): Draft<LoraPlan | undefined> {
  const findings = new Findings();
  const { adapters, runtime, model } = request;
  if (adapters.length === 0) return findings.draft<LoraPlan | undefined>(undefined);
  const server = LORA_SERVERS[runtime.kind];
  if (server === undefined) {
    findings.error(
      'WP-LORA-005',
      'adapters',
      adapters.map(({ name }) => name),
      {
        message: `warmpath knows no way to give ${runtime.name} adapters`,
        allowed: Object.keys(LORA_SERVERS).join(', '),
        fix: 'serve the model with one of these, or merge the adapter into the weights',
      },
    );
    return findings.draft<LoraPlan | undefined>(undefined);
  }
  checkNames(findings, request);
  const located = adapters.map((adapter, index) => {
    checkRank(findings, server, runtime.kind, adapter.rank, index);
    checkShape(findings, request, adapter, index);
    const found = typeof adapter.path === 'string' ? locate(request, adapter, index) : undefined;
    if (found === undefined) {
      findings.error('WP-LORA-002', `adapters[${index}].path`, adapter.path, {
        ...whyNot(String(adapter.path), request),
        allowed: 'a directory below the mount of the model cache, or oci://registry/repository@sha256:<64 hex>',
      });
    }
    return found === undefined ? [] : [found];
  });
  if (findings.hasErrors) return findings.draft<LoraPlan | undefined>(undefined);
  if (runtime.kind === 'sglang') {
    findings.warning('WP-LORA-006', 'adapters', 'sglang', {
      // sglang 0.5.21 entrypoints/http_server.py: /load_lora_adapter and /load_lora_adapter_from_tensors.
      message: 'with adapters on, SGLang lets whoever reaches its port load and unload others while it runs',
      allowed: 'vllm, where loading at run time is off; or a gateway that passes on /v1 alone',
      fix: 'serve adapters with vllm, or have the gateway refuse /load_lora_adapter and /unload_lora_adapter',
    });
  }
  const highest = Math.max(...adapters.map(({ rank }) => rank));
  const maxRank = server.ranks?.find((rank) => rank >= highest) ?? highest;
  const slots = server.slots(adapters.length);
  const bytes = slotBytes(adapters, maxRank, model);
  const sum = (some: readonly LoraAdapter[]) => some.reduce((total, adapter) => total + adapter.bytes, 0);
  return findings.draft<LoraPlan | undefined>({
    adapters: located.flat(),
    modules: LORA_MODULES.filter((module) => adapters.some(({ modules }) => modules.includes(module))),
    maxRank,
    slots,
    slotBytes: bytes,
    bytesPerGpu: slots * bytes,
    fileBytes: sum(adapters),
    imageBytes: sum(adapters.filter(({ path }) => OCI.test(path))),
  });
}
