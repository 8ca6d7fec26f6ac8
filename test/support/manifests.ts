/** Manifests as tests write them: what a case is about, in YAML, and nothing else. */
import type { PolicyPool } from '../../lib/policy';

/** Lines of a block, without the indentation that the test gave it. */
function block(yaml: string, by: number): string {
  const lines = yaml.split('\n').filter((line) => line.trim() !== '');
  const own = Math.min(...lines.map((line) => line.length - line.trimStart().length));
  return lines.map((line) => `\n${' '.repeat(by)}${line.slice(own)}`).join('');
}

/** What a case says about a workload. */
export interface WorkloadParts {
  /** @default 'apps/v1 Deployment' */
  readonly kind?: string;
  /** @default 'chat' */
  readonly name?: string;
  /** @default 'chat' */
  readonly namespace?: string;
  /** Further metadata. */
  readonly metadata?: string;
  /** Fields beside the template. */
  readonly spec?: string;
  /** Metadata of the pod. @default a label 'app' with the name */
  readonly podMetadata?: string;
}

/** A workload with that pod spec. */
export function workload(pod: string, parts: WorkloadParts = {}): string {
  const { kind = 'apps/v1 Deployment', name = 'chat', namespace = 'chat', metadata = '', spec = '' } = parts;
  const podMetadata = parts.podMetadata ?? `labels: { app: ${name} }`;
  const [apiVersion, type] = kind.split(' ');
  const head = `apiVersion: ${apiVersion}\nkind: ${type}\nmetadata:\n  name: ${name}\n  namespace: ${namespace}${block(metadata, 2)}`;
  if (type === 'Pod') return `${head}${block(podMetadata, 2)}\nspec:${block(pod, 2)}`;
  if (type === 'CronJob') {
    return `${head}\nspec:${block(spec, 2)}\n  jobTemplate:\n    spec:\n      template:\n        metadata:${block(podMetadata, 10)}\n        spec:${block(pod, 10)}`;
  }
  return `${head}\nspec:${block(spec, 2)}\n  template:\n    metadata:${block(podMetadata, 6)}\n    spec:${block(pod, 6)}`;
}

/** Documents of one file. */
export function documents(...yaml: readonly string[]): string {
  return yaml.join('\n---\n');
}

/** A container with that many GPUs. */
export function gpuContainer(gpus = 1, name = 'server'): string {
  return `{ name: ${name}, image: 'server:1', resources: { limits: { nvidia.com/gpu: '${gpus}' } } }`;
}

/** A pool with the taint of GPU nodes, and one of its purpose. */
export function gpuPool(name: string, overrides: Partial<PolicyPool> = {}): PolicyPool {
  return {
    name,
    labels: { 'warmpath.dev/pool': name, 'warmpath.dev/purpose': 'inference' },
    taints: [
      { key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' },
      { key: 'warmpath.dev/purpose', value: 'inference', effect: 'NoSchedule' },
    ],
    maxNodes: 3,
    gpus: { 'nvidia.com/gpu': 2 },
    ...overrides,
  };
}

/** A pool that anybody may use. */
export const SYSTEM_POOL: PolicyPool = {
  name: 'system',
  labels: { 'warmpath.dev/pool': 'system', 'warmpath.dev/purpose': 'system' },
  taints: [],
  maxNodes: 3,
  gpus: {},
};

/** What gets a pod past the taints of `gpuPool`. */
export const GPU_TOLERATIONS = `[{ key: nvidia.com/gpu, operator: Exists }, { key: warmpath.dev/purpose, value: inference, effect: NoSchedule }]`;
