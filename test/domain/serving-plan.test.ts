import fc from 'fast-check';
import {
  draftServing,
  type GpuNodePoolPlan,
  isLabelValue,
  planGpuNodePool,
  type RuleId,
  type ServingPlan,
  type ServingSpec,
} from '../../lib/domain';
import { poolSpecs, servingOptions } from '../support/arbitraries';
import {
  GIB,
  handMade,
  iksPool,
  OWNERSHIP,
  plannedOf,
  plannedPool,
  platform,
  problemOf,
  rulesOf,
  SHA256,
} from './given';

const POOL = plannedPool();
const TOKEN = { secretName: 'hugging-face', key: 'token' };
const secrets = handMade('hugging-face');

function spec(more: Partial<ServingSpec> = {}): ServingSpec {
  return {
    name: 'chat',
    namespace: 'chat',
    ownership: OWNERSHIP,
    pool: POOL,
    model: { catalogue: 'qwen3-8b' },
    ...more,
  };
}

function plan(more: Partial<ServingSpec> = {}): ServingPlan {
  return plannedOf(draftServing(spec(more)));
}

/** The warnings that follow from what no public source told: the digest of the image and its pull. */
const USUAL: readonly RuleId[] = ['WP-IMG-003', 'WP-COLD-002'];

describe('a service that says nothing but name, owner, pool and model', () => {
  const planned = plan();

  it('is planned without an error', () => {
    expect(rulesOf(draftServing(spec()))).toEqual(USUAL);
  });

  it('runs three replicas of which two stay', () => {
    expect(planned).toMatchObject({ replicas: 3, minReplicas: 3, maxReplicas: 3, minAvailable: 2 });
  });

  it('is served by vLLM from the pinned tag', () => {
    expect(planned.runtime.kind).toBe('vllm');
    expect(planned.image).toBe('vllm/vllm-openai:v0.32.0');
  });

  it('takes nine tenths of the GPU and the context that fits', () => {
    expect(planned.launch.args.join(' ')).toContain(
      `--gpu-memory-utilization 0.9 --max-model-len ${planned.fit.maxModelLen}`,
    );
  });

  it('ends in 15 + 45 + 5 + 10 = 75 s', () => {
    expect(planned.drain).toEqual({ preStopSeconds: 15, drainSeconds: 45, terminationGracePeriodSeconds: 75 });
    expect(planned.launch.args.join(' ')).toContain('--shutdown-timeout 45');
  });

  it('downloads its weights from the hub into a home that holds them', () => {
    expect(planned.weights).toEqual({ location: { kind: 'hub' }, path: 'hub-download' });
    expect(planned.resources.homeBytes).toBeGreaterThan(planned.model.weightsBytes);
  });

  it('has 2 GiB of /dev/shm for one GPU', () => {
    expect(planned.resources).toMatchObject({ gpus: 1, sharedMemoryBytes: 2 * GIB });
  });
});

describe('a service on several GPUs', () => {
  it('has 20 GiB of /dev/shm and as many GPUs as its tensor parallelism', () => {
    const pool = plannedPool({ machine: 'Standard_NC80adis_H100_v5', name: 'h100' });
    const planned = plan({ pool, model: { catalogue: 'qwen2.5-72b-instruct' }, maxModelLen: 4096, concurrency: 4 });
    expect(planned.fit.tensorParallel).toBe(2);
    expect(planned.resources).toMatchObject({ gpus: 2, sharedMemoryBytes: 20 * GIB });
  });
});

describe('a service on T4', () => {
  it('computes in half precision', () => {
    const pool = plannedPool({ machine: 'Standard_NC4as_T4_v3', name: 't4' });
    expect(plan({ pool, model: { catalogue: 'qwen2.5-1.5b-instruct' } }).launch.args.join(' ')).toContain(
      '--dtype half',
    );
  });
});

describe('the weights of a service', () => {
  const oci = { catalogue: 'qwen3-8b', uri: `oci://registry.example.com/qwen@sha256:${SHA256}` } as const;
  const registered = { catalogue: 'qwen3-8b', uri: 'models:/qwen/3', digest: SHA256 } as const;
  const cache = { path: '/cache/qwen', weightsPath: 'network-disk' } as const;
  const old = plannedPool({ platform: platform('aks', '1.34') });

  it('are mounted from a bound cache, whatever the model is called', () => {
    for (const model of [oci, registered, { catalogue: 'qwen3-8b' } as const]) {
      const planned = plan({ model, cache });
      expect(planned.weights).toEqual({ location: { kind: 'mounted', path: '/cache/qwen' }, path: 'network-disk' });
      expect(planned.launch.env).toMatchObject({ HF_HUB_OFFLINE: '1' });
      expect(planned.resources.homeBytes).toBe(10 * GIB);
    }
  });

  it('lie in a directory of the artifact where it was named', () => {
    const planned = plan({ model: { ...oci, directory: 'weights' } });
    expect(planned.weights.location).toEqual({ kind: 'mounted', path: '/models/weights' });
    expect(planned.weights.imageVolume?.mountPath).toBe('/models');
  });

  it('are an image volume from Kubernetes 1.35', () => {
    expect(plan({ model: oci }).weights).toEqual({
      location: { kind: 'mounted', path: '/models' },
      path: 'image-volume',
      imageVolume: { reference: `registry.example.com/qwen@sha256:${SHA256}`, mountPath: '/models' },
    });
  });

  it.each<[string, Partial<ServingSpec>]>([
    ['oci:// on Kubernetes 1.34', { model: oci, pool: old }],
    ['models:/ without a cache', { model: registered }],
    ['hf:// with TorchServe', { runtime: { kind: 'torchserve' } }],
  ])('cannot be fetched: %s', (_, more) => {
    const problem = problemOf(draftServing(spec(more)), 'WP-SVC-005');
    expect(problem.prop).toBe('model.uri');
    expect(problem.fix).toContain('model cache');
  });

  it('of a gated model need a token, unless a cache holds them', () => {
    const model = { catalogue: 'llama-3.1-8b-instruct' } as const;
    expect(problemOf(draftServing(spec({ model })), 'WP-SVC-004')).toMatchObject({
      prop: 'hubToken',
      value: undefined,
    });
    expect(rulesOf(draftServing(spec({ model, hubToken: TOKEN, secrets })))).toEqual(USUAL);
    expect(rulesOf(draftServing(spec({ model, cache })))).not.toContain('WP-SVC-004');
  });

  it('take a token only where they are downloaded', () => {
    expect(plan({ hubToken: TOKEN, secrets }).secretEnv).toEqual({ HF_TOKEN: TOKEN });
    expect(plan({ hubToken: TOKEN, secrets, cache }).secretEnv).toEqual({});
  });
});

describe('the replicas of a service', () => {
  it('belong to a bound scaler', () => {
    expect(plan({ scaler: { minReplicas: 3, maxReplicas: 9 } })).toMatchObject({
      replicas: undefined,
      minReplicas: 3,
      maxReplicas: 9,
      minAvailable: 2,
    });
  });

  it('have one owner', () => {
    const draft = draftServing(spec({ replicas: 4, scaler: { minReplicas: 3, maxReplicas: 9 } }));
    expect(problemOf(draft, 'WP-SVC-002')).toMatchObject({ prop: 'replicas', value: 4 });
  });

  it.each([
    { minReplicas: 5, maxReplicas: 4 },
    { minReplicas: 3.5, maxReplicas: 9 },
    { minReplicas: 3, maxReplicas: Number.NaN },
    { minReplicas: 3, maxReplicas: 0 },
  ])('are not bounded by %j', (scaler) => {
    expect(rulesOf(draftServing(spec({ scaler })))).toContain('WP-SVC-006');
  });

  it.each([0, -1, 1.5, Number.NaN])('are not %d', (replicas) => {
    expect(problemOf(draftServing(spec({ replicas })), 'WP-SVC-001').value).toBe(replicas);
  });

  it('of two are refused, as none could be moved while two stay', () => {
    expect(problemOf(draftServing(spec({ replicas: 2 })), 'WP-PDB-002').fix).toContain('at least 3');
  });

  it('may be one where an outage was accepted', () => {
    const draft = draftServing(spec({ replicas: 1, disruption: { allowOutageReason: 'a demo' } }));
    expect(rulesOf(draft)).toEqual([...USUAL, 'WP-PDB-004']);
    expect(plannedOf(draft).minAvailable).toBeUndefined();
  });
});

describe('the machine of a service', () => {
  const MI300X = plannedPool({ machine: 'Standard_ND96isr_MI300X_v5', name: 'amd' });
  const GB200 = plannedPool({ machine: 'Standard_ND128isr_NDR_GB200_v6', name: 'gb200' });

  it.each<[string, Partial<ServingSpec>]>([
    ['a CUDA image on AMD', { pool: MI300X }],
    ['an amd64 image on arm64', { pool: GB200, runtime: { kind: 'triton' } }],
  ])('has to run the published image: %s', (_, more) => {
    expect(problemOf(draftServing(spec(more)), 'WP-FIT-007').prop).toBe('pool');
  });

  it('may be arm64 for vLLM, and any for an own image', () => {
    expect(rulesOf(draftServing(spec({ pool: GB200 })))).toEqual(USUAL);
    const runtime = { image: 'registry.example.com/vllm-rocm:v0.32.0', version: '0.32.0' };
    expect(rulesOf(draftServing(spec({ pool: MI300X, runtime })))).not.toContain('WP-FIT-007');
  });
});

describe('the variables of a service', () => {
  it('are those of the server with those of the team', () => {
    const planned = plan({ runtime: { extraEnv: { NCCL_DEBUG: 'INFO' } } });
    expect(planned.env).toEqual({ ...planned.launch.env, NCCL_DEBUG: 'INFO' });
  });

  it.each<[string, RuleId]>([
    ['VLLM_SERVER_DEV_MODE', 'WP-RUN-007'],
    ['VLLM_ALLOW_RUNTIME_LORA_UPDATING', 'WP-RUN-007'],
    ['VLLM_ALLOW_INSECURE_SERIALIZATION', 'WP-RUN-007'],
    ['VLLM_PORT', 'WP-RUN-007'],
    ['VLLM_API_KEY', 'WP-RUN-008'],
    ['HOME', 'WP-RUN-013'],
    ['VLLM_MEDIA_URL_ALLOW_REDIRECTS', 'WP-RUN-013'],
  ])('are not %s (%s)', (name, rule) => {
    const draft = draftServing(spec({ runtime: { extraEnv: { [name]: '1' } } }));
    expect(problemOf(draft, rule)).toMatchObject({ prop: 'runtime.extraEnv', value: name });
  });

  it('come from Secrets that could exist, each name once', () => {
    const key = { secretName: 'api', key: 'key' };
    expect(plan({ secretEnv: { VLLM_API_KEY: key }, secrets: handMade('api') }).secretEnv).toEqual({
      VLLM_API_KEY: key,
    });
    const wrong = { secretName: 'Api Key', key: 'key' };
    expect(rulesOf(draftServing(spec({ secretEnv: { VLLM_API_KEY: wrong } })))).toContain('WP-NAME-004');
    expect(rulesOf(draftServing(spec({ secretEnv: { HF_TOKEN: key }, hubToken: TOKEN })))).toContain('WP-RUN-013');
  });

  it('from Secrets have legal names as well', () => {
    const draft = draftServing(spec({ secretEnv: { 'not a name': { secretName: 'api', key: 'key' } } }));
    expect(rulesOf(draft)).toContain('WP-RUN-013');
  });
});

describe('the namespace of a service', () => {
  it.each<[string, RuleId]>([
    ['Chat', 'WP-NAME-003'],
    ['', 'WP-NAME-003'],
    ['kube-system', 'WP-NS-002'],
    ['default', 'WP-NS-002'],
  ])('is not %p (%s)', (namespace, rule) => {
    expect(problemOf(draftServing(spec({ namespace })), rule).value).toBe(namespace);
  });
});

describe('the batch of a service', () => {
  it('holds 256 sequences unless it is said', () => {
    expect(plan().launch.args.join(' ')).toContain('--max-num-seqs 256');
    expect(plan({ maxNumSeqs: 32 }).launch.args.join(' ')).toContain('--max-num-seqs 32');
  });

  it.each([0, -1, 1.5, Number.NaN])('does not hold %d', (maxNumSeqs) => {
    expect(problemOf(draftServing(spec({ maxNumSeqs })), 'WP-FIT-009').value).toBe(maxNumSeqs);
  });
});

describe('the pool of a service', () => {
  it.each<[string, GpuNodePoolPlan]>([
    ['training', plannedPool({ purpose: 'training' })],
    ['system', plannedPool({ purpose: 'system', machine: 'Standard_D4s_v5', minNodes: 2 })],
  ])('is not for %s', (purpose, pool) => {
    expect(problemOf(draftServing(spec({ pool })), 'WP-SVC-003').message).toBe(`this pool is for ${purpose}`);
  });
});

describe('the cold start of a service', () => {
  it('is warned of stage by stage as long as it is assumed', () => {
    const pool = planGpuNodePool(iksPool());
    expect(problemOf(draftServing(spec({ pool })), 'WP-COLD-002')).toMatchObject({
      severity: 'warning',
      prop: 'coldStart',
      value: 'node, image',
    });
  });

  it('is not warned of once it was measured; an image that is brought to nodes still has to come to a new one', () => {
    const image = { p50Seconds: 60, p95Seconds: 90 };
    expect(rulesOf(draftServing(spec({ coldStart: { image } })))).not.toContain('WP-COLD-002');
    expect(rulesOf(draftServing(spec({ imagePrefetched: true })))).toContain('WP-COLD-002');
  });

  it('sets the timers', () => {
    const { coldStart, timers } = plan();
    const { periodSeconds, failureThreshold } = timers.startupProbe;
    expect(periodSeconds * failureThreshold).toBeGreaterThan(coldStart.containerP95Seconds);
    expect(timers.progressDeadlineSeconds).toBeGreaterThan(coldStart.p95Seconds);
  });
});

describe('the image of a service', () => {
  it('is pinned by the lock', () => {
    const draft = draftServing(spec({ images: { 'vllm/vllm-openai:v0.32.0': `sha256:${SHA256}` } }));
    expect(rulesOf(draft)).not.toContain('WP-IMG-003');
    expect(plannedOf(draft).image).toBe(`vllm/vllm-openai:v0.32.0@sha256:${SHA256}`);
  });
});

describe('a service with several mistakes', () => {
  it('reports all of them in one run', () => {
    const draft = draftServing(
      spec({
        name: 'Chat',
        ownership: { ...OWNERSHIP, owner: '' },
        model: { catalogue: 'qwen3-8b', uri: 'hf://Qwen/Qwen3-8B@main' },
        runtime: { version: '0.31.0', extraArgs: ['--port=1'] },
        replicas: 1,
        drainSeconds: 3600,
      }),
    );
    expect(draft.value).toBeUndefined();
    expect(rulesOf(draft)).toEqual(
      expect.arrayContaining([
        'WP-NAME-001',
        'WP-COST-001',
        'WP-MODEL-001',
        'WP-RUN-003',
        'WP-RUN-006',
        'WP-PDB-002',
        'WP-DRAIN-001',
      ]),
    );
  });
});

describe('any service that is accepted', () => {
  it('fits its GPUs and its node, starts within its timers, and can be labelled', () => {
    let accepted = 0;
    fc.assert(
      fc.property(poolSpecs(['inference']), servingOptions, (poolSpec, options) => {
        const draft = draftServing({ ...options, pool: planGpuNodePool(poolSpec) });
        const { value, problems } = draft;
        if (value === undefined || problems.some(({ severity }) => severity === 'error')) return;
        accepted += 1;
        const { fit, resources, pool, timers, coldStart, drain } = value;
        expect(fit.maxModelLen * fit.concurrency).toBeLessThanOrEqual(fit.kvTokens);
        expect(resources.gpus).toBe(fit.tensorParallel);
        expect(resources.memoryBytes).toBeLessThanOrEqual(pool.capacity.workloadMemoryBytes);
        expect(resources.cpuRequestMillis).toBeLessThanOrEqual(resources.cpuLimitMillis);
        expect(timers.progressDeadlineSeconds).toBeGreaterThan(coldStart.p95Seconds);
        expect(drain.terminationGracePeriodSeconds).toBeGreaterThan(drain.preStopSeconds + drain.drainSeconds);
        expect(isLabelValue(value.model.name) && isLabelValue(value.model.version)).toBe(true);
        expect(JSON.stringify(value)).not.toContain('null');
      }),
      { numRuns: 300 },
    );
    expect(accepted).toBeGreaterThan(50);
  });
});
