import fc from 'fast-check';
import {
  draftLoraAdapters,
  draftServing,
  InferenceRuntime,
  LORA_MODULES,
  type LoraAdapter,
  type LoraModule,
  type LoraRequest,
  ModelArtifact,
  packingFactor,
  type ServingSpec,
  slotBytes,
} from '../../lib/domain';
import { model, OWNERSHIP, plannedOf, plannedPool, platform, problemOf, rulesOf, SHA256 } from './given';

const QWEN = ModelArtifact.of({ catalogue: 'qwen3-8b' });
const VLLM = InferenceRuntime.of();
const SGLANG = InferenceRuntime.of({ kind: 'sglang', runAsUser: 1000 });
const MB = 1e6;

function adapter(more: Partial<LoraAdapter> = {}): LoraAdapter {
  return {
    name: 'support',
    path: '/models/adapters/support',
    rank: 16,
    modules: ['q_proj', 'k_proj', 'v_proj', 'o_proj'],
    bytes: 30 * MB,
    ...more,
  };
}

function draft(adapters: readonly LoraAdapter[], more: Partial<LoraRequest> = {}) {
  return draftLoraAdapters({
    adapters,
    runtime: VLLM,
    model: QWEN,
    platform: platform('aks', '1.35'),
    cacheMount: '/models',
    ...more,
  });
}

const IMAGE = `registry.example.com/adapters/support@sha256:${SHA256}`;

describe('adapters of a service', () => {
  it('may be none', () => {
    expect(draft([])).toEqual({ value: undefined, problems: [] });
  });

  it('lie in the model cache', () => {
    expect(draft([adapter()]).value?.adapters).toEqual([{ name: 'support', path: '/models/adapters/support' }]);
  });

  it('or come as images by digest, each at a path of its own', () => {
    const plan = draft([adapter(), adapter({ name: 'sales', path: `oci://${IMAGE}`, bytes: 50 * MB })]).value;
    expect(plan?.adapters[1]).toEqual({ name: 'sales', path: '/adapters/1', image: IMAGE });
    expect(plan).toMatchObject({ fileBytes: 80 * MB, imageBytes: 50 * MB });
  });

  it.each([
    [1, 1],
    [2, 8],
    [8, 8],
    [9, 16],
    [64, 64],
    [300, 320],
    [512, 512],
  ])('of rank %i tell vLLM the next rank that it takes: %i', (rank, maxRank) => {
    expect(draft([adapter({ rank })]).value?.maxRank).toBe(maxRank);
  });

  it('tell SGLang their own rank, and reserve a place for requests without an adapter', () => {
    const adapters = [adapter({ rank: 12 }), adapter({ name: 'sales', rank: 9 })];
    expect(draft(adapters, { runtime: SGLANG }).value).toMatchObject({ maxRank: 12, slots: 3 });
    expect(draft(adapters).value).toMatchObject({ maxRank: 16, slots: 2 });
  });

  it('reserve a place each, as large as the largest would be at the rank of all', () => {
    const adapters = [adapter({ rank: 8, bytes: 20 * MB }), adapter({ name: 'sales', rank: 16, bytes: 30 * MB })];
    // 20 MB at rank 8 are 40 MB at rank 16, which is more than the 30 MB of the other.
    expect(draft(adapters).value).toMatchObject({ slotBytes: 40 * MB, bytesPerGpu: 80 * MB });
  });

  it('of different layers add up, because a place holds the layers of all', () => {
    const adapters = [adapter(), adapter({ name: 'sales', modules: ['down_proj'], bytes: 10 * MB })];
    expect(draft(adapters).value).toMatchObject({
      slotBytes: 40 * MB,
      modules: ['q_proj', 'k_proj', 'v_proj', 'o_proj', 'down_proj'],
    });
  });

  it('of SGLang are told to be open to whoever reaches the port', () => {
    expect(problemOf(draft([adapter()], { runtime: SGLANG }), 'WP-LORA-006').severity).toBe('warning');
    expect(rulesOf(draft([adapter()]))).toEqual([]);
  });
});

describe('an adapter is refused', () => {
  it.each([
    ['a=b', /no request could name it/],
    ['a,b', /no request could name it/],
    ['', /no request could name it/],
    ['Support', /no request could name it/],
    ['a'.repeat(64), /no request could name it/],
    ['qwen3-8b', /the model itself/],
  ])('with the name %j', (name, message) => {
    expect(problemOf(draft([adapter({ name })]), 'WP-LORA-001').message).toMatch(message);
  });

  it('with the name of another', () => {
    const problem = problemOf(draft([adapter(), adapter({ path: '/models/other' })]), 'WP-LORA-001');
    expect(problem).toMatchObject({ prop: 'adapters[1].name', message: 'another adapter has this name' });
  });

  it.each([
    ['org/adapter', {}, /without a revision/],
    ['hf://org/adapter@main', {}, /without a revision/],
    ['~/adapter', {}, /without a revision/],
    ['/data/adapter', {}, /does not lie below \/models/],
    ['/modelsx/adapter', {}, /does not lie below \/models/],
    ['/models', {}, /does not lie below \/models/],
    ['/models/../etc', {}, /does not lie below \/models/],
    ['/models/a,b', {}, /does not lie below \/models/],
    ['/models/adapter', { cacheMount: undefined }, /nothing is mounted there/],
    ['oci://registry.example.com/adapter:1.2', {}, /a tag can be moved/],
    [`oci://${IMAGE}`, { platform: platform('aks', '1.34') }, /Kubernetes 1\.34 mounts no images/],
  ])('at %s', (path, more, message) => {
    expect(problemOf(draft([adapter({ path })], more), 'WP-LORA-002').message).toMatch(message);
  });

  it.each([0, 1.5, -8, 513])('of rank %d', (rank) => {
    expect(problemOf(draft([adapter({ rank })]), 'WP-LORA-003').value).toBe(rank);
  });

  it.each([0, 1.5, -1, Number.NaN])('of %d bytes', (bytes) => {
    expect(problemOf(draft([adapter({ bytes })]), 'WP-LORA-004').prop).toBe('adapters[0].bytes');
  });

  it('of no layers, or of layers whose cost is not known', () => {
    for (const modules of [[], ['lm_head' as LoraModule]]) {
      expect(problemOf(draft([adapter({ modules })]), 'WP-LORA-004').value).toEqual(modules);
    }
  });

  it('of the experts of a mixture, while its attention may be changed', () => {
    const mixture = model({ activeParameters: 1e9 });
    const experts = draft([adapter({ modules: ['up_proj', 'q_proj'] })], { model: mixture });
    expect(problemOf(experts, 'WP-LORA-004').message).toMatch(/mixture of experts/);
    expect(rulesOf(draft([adapter()], { model: mixture }))).toEqual([]);
  });

  it.each(['triton', 'torchserve'] as const)('behind %s', (kind) => {
    expect(problemOf(draft([adapter()], { runtime: InferenceRuntime.of({ kind }) }), 'WP-LORA-005').value).toEqual([
      'support',
    ]);
  });
});

/** Sizes of a transformer's layers; the KV heads divide the attention heads. */
const shapes = fc
  .record({
    hidden: fc.integer({ min: 64, max: 8192 }),
    kv: fc.integer({ min: 64, max: 1024 }),
    group: fc.integer({ min: 1, max: 8 }),
    inner: fc.integer({ min: 64, max: 32_768 }),
  })
  .map(({ hidden, kv, group, inner }) => {
    const query = kv * group;
    const ends: Record<LoraModule, number> = {
      q_proj: hidden + query,
      k_proj: hidden + kv,
      v_proj: hidden + kv,
      qkv_proj: 3 * hidden + query + 2 * kv,
      o_proj: query + hidden,
      gate_proj: hidden + inner,
      up_proj: hidden + inner,
      gate_up_proj: 2 * (hidden + inner),
      down_proj: inner + hidden,
    };
    return { ends, group };
  });

const SPLIT: LoraModule[] = LORA_MODULES.filter((module) => module !== 'qkv_proj' && module !== 'gate_up_proj');

const PACKS: readonly (readonly LoraModule[])[] = [
  ['q_proj', 'k_proj', 'v_proj'],
  ['gate_proj', 'up_proj'],
];

describe('what a place costs', () => {
  it('is never less than what the servers reserve for a place: rank x (in + out) of whole packs, at the largest rank', () => {
    const adapters = fc.array(
      fc.record({ modules: fc.subarray(SPLIT, { minLength: 1 }), rank: fc.integer({ min: 1, max: 64 }) }),
      { minLength: 1, maxLength: 4 },
    );
    fc.assert(
      fc.property(shapes, adapters, ({ ends, group }, asked) => {
        const shape = model({ attentionHeads: 8 * group, keyValueHeads: 8 });
        const size = (modules: readonly LoraModule[], rank: number) =>
          2 * rank * modules.reduce((sum, module) => sum + ends[module], 0);
        const maxRank = Math.max(...asked.map(({ rank }) => rank));
        const union = SPLIT.filter((module) => asked.some(({ modules }) => modules.includes(module)));
        const packed = PACKS.flatMap((pack) => (pack.some((module) => union.includes(module)) ? pack : []));
        const reserved = size([...new Set([...union, ...packed])], maxRank);
        const files = asked.map(({ modules, rank }) => adapter({ modules, rank, bytes: size(modules, rank) }));
        expect(slotBytes(files, maxRank, shape)).toBeGreaterThanOrEqual(reserved);
      }),
    );
  });

  it('is what the file holds when nothing is kept together with it', () => {
    expect(packingFactor(['q_proj', 'k_proj', 'v_proj', 'o_proj'], QWEN)).toBe(1);
    expect(packingFactor(['down_proj'], QWEN)).toBe(1);
  });
});

describe('a service with adapters', () => {
  const spec = (adapters: readonly LoraAdapter[], more: Partial<ServingSpec> = {}): ServingSpec => ({
    name: 'chat',
    namespace: 'chat',
    ownership: OWNERSHIP,
    pool: plannedPool(),
    model: { catalogue: 'qwen3-8b' },
    cache: { path: '/models/qwen3-8b', weightsPath: 'network-disk' },
    mounts: [{ claimName: 'weights', mountPath: '/models', readOnly: true }],
    adapters,
    ...more,
  });
  const bare = plannedOf(draftServing(spec([])));
  const two = [adapter(), adapter({ name: 'sales', path: '/models/adapters/sales' })];
  const plan = plannedOf(draftServing(spec(two)));

  it('starts vLLM with each of them, and with no others', () => {
    expect(plan.launch.args.join(' ')).toContain(
      '--enable-lora --lora-modules support=/models/adapters/support sales=/models/adapters/sales ' +
        '--max-loras 2 --max-lora-rank 16 --lora-target-modules q_proj k_proj v_proj o_proj',
    );
    expect(Object.keys(plan.env)).not.toContain('VLLM_ALLOW_RUNTIME_LORA_UPDATING');
  });

  it('starts SGLang with each of them, in its own words', () => {
    const { launch } = plannedOf(draftServing(spec(two, { runtime: { kind: 'sglang', runAsUser: 1000 } })));
    expect(launch.args.join(' ')).toContain(
      '--enable-lora --lora-paths support=/models/adapters/support sales=/models/adapters/sales ' +
        '--max-loras-per-batch 3 --max-lora-rank 16 --lora-target-modules q_proj k_proj v_proj o_proj',
    );
  });

  it('says nothing of adapters without any', () => {
    expect(bare.launch.args.join(' ')).not.toContain('lora');
    expect(bare.lora).toBeUndefined();
  });

  it('has that much less memory for the KV cache, and says so', () => {
    expect(bare.fit.kvBudgetBytesPerGpu - plan.fit.kvBudgetBytesPerGpu).toBeCloseTo(60 * MB);
    expect(plan.fit.explanation).toContain('less adapters 0.1 GiB');
    expect(bare.fit.explanation).not.toContain('adapters');
  });

  it('leaves SGLang the same share of the GPU, of which the adapters are a part', () => {
    const fraction = (adapters: readonly LoraAdapter[]) => {
      const { launch } = plannedOf(draftServing(spec(adapters, { runtime: { kind: 'sglang', runAsUser: 1000 } })));
      return launch.args[launch.args.indexOf('--mem-fraction-static') + 1];
    };
    expect(fraction([adapter({ bytes: 5000 * MB })])).toBe(fraction([]));
  });

  it('is refused when they do not fit, with the sum', () => {
    const problem = problemOf(draftServing(spec([adapter({ bytes: 60_000 * MB })])), 'WP-FIT-005');
    expect(problem.message).toContain('less adapters 55.9 GiB');
    expect(problem.fix).toMatch(/^load fewer adapters/);
  });

  it('takes the time to read them into account, and the disk for those that are images', () => {
    const large = [adapter({ bytes: 4000 * MB, path: `oci://${IMAGE}` })];
    const planned = plannedOf(draftServing(spec(large)));
    expect(planned.coldStart.p95Seconds).toBeGreaterThan(bare.coldStart.p95Seconds);
    const full = draftServing(
      spec([adapter({ bytes: 30_000 * MB, path: `oci://${IMAGE}` })], { pool: plannedPool({ diskGiB: 80 }) }),
    );
    const empty = draftServing(spec([adapter({ bytes: 30_000 * MB })], { pool: plannedPool({ diskGiB: 80 }) }));
    expect([rulesOf(full), rulesOf(empty)].map((rules) => rules.includes('WP-RES-004'))).toEqual([true, false]);
  });
});
