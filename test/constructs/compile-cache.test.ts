import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  GpuInferenceService,
  type GpuInferenceServiceProps,
  InferenceNamespace,
  PriorityClasses,
  ServingBackend,
  WarmPool,
  warningsOf,
} from '../../lib';
import { checkManifests } from '../../lib/policy';
import { ENVIRONMENTS } from '../../stacks/environments';
import { imagesOf } from '../../stacks/lock-images';
import {
  type Container,
  containerOf,
  DIGEST,
  drawService,
  envOf,
  handMade,
  type KubernetesObject,
  newChart,
  OWNERSHIP,
  type PodSpec,
  platform,
  pool,
  serviceProps,
  synth,
} from '../support/synth';

const TAGGED = 'registry.example.com/chat/compile-cache:qwen3-8b-a100-1';
const IMAGE = `${TAGGED}@${DIGEST}`;
const compileCache = { image: IMAGE };

const initContainersOf = ({ initContainers = [] }: PodSpec) => initContainers;

/** The pod of a service with a cache, and what runs before its server. */
function drawn(props: Partial<GpuInferenceServiceProps> = {}) {
  const result = drawService({ compileCache, ...props });
  const { spec } = result.deployment.spec.template;
  const [copier, ...others] = initContainersOf(spec);
  if (copier === undefined || others.length > 0) throw new Error('expected one init container');
  return { ...result, spec, copier };
}

const mountsOf = ({ volumeMounts }: Container) => volumeMounts.map(({ name, mountPath }) => [name, mountPath]);

const coldStartRules = (props: Partial<GpuInferenceServiceProps>) => {
  const { chart } = drawn(props);
  return warningsOf(chart.node.root).flatMap(({ problem: { rule } }) => (rule.startsWith('WP-COLD-') ? [rule] : []));
};

describe('a service with a compile cache', () => {
  test('has it copied into its writable home before the server starts', () => {
    const { container, copier } = drawn();
    expect(copier).toMatchObject({ name: 'compile-cache', image: IMAGE, imagePullPolicy: 'IfNotPresent' });
    expect(mountsOf(copier)).toEqual([['home', '/mnt/home']]);
    expect(mountsOf(container)).toContainEqual(['home', '/home/vllm']);
    expect(container.volumeMounts.find(({ name }) => name === 'home')?.readOnly).not.toBe(true);
  });

  test('runs the copy as the server, with nothing but that one volume to write to, and without GPUs', () => {
    const { spec, copier } = drawn();
    expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 2000 });
    expect(copier.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(copier.resources).toEqual({ requests: { cpu: '10m', memory: '32Mi' }, limits: { memory: '128Mi' } });
    expect(envOf(copier)).toEqual({ NVIDIA_VISIBLE_DEVICES: 'void' });
  });

  test('is otherwise the same pod: a cache takes its place among the other caches', () => {
    const { initContainers, ...rest } = drawn().spec;
    expect(initContainers).toHaveLength(1);
    expect(rest).toEqual(drawService().deployment.spec.template.spec);
  });

  test('pulls it with the secrets of the service, and pins it by the lock', () => {
    const { spec, copier } = drawn({
      compileCache: { image: TAGGED },
      images: { [TAGGED]: DIGEST },
      imagePullSecrets: ['registry'],
      secrets: handMade('registry'),
    });
    expect(copier.image).toBe(IMAGE);
    expect(spec).toMatchObject({ imagePullSecrets: [{ name: 'registry' }] });
  });

  test('counts its cold start as without one, and says so until the warm-up is measured', () => {
    const bare = drawService();
    expect(drawn().service.plan?.coldStart).toEqual(bare.service.plan?.coldStart);
    const warmup = { p50Seconds: 70, p95Seconds: 90 };
    expect(coldStartRules({})).toContain('WP-COLD-005');
    expect(coldStartRules({ coldStart: { warmup } })).not.toContain('WP-COLD-005');
    expect(coldStartRules({ coldStart: { load: warmup } })).toContain('WP-COLD-005');
    expect(drawn({ coldStart: { warmup } }).service.plan?.coldStart.stages.warmup).toMatchObject(warmup);
  });

  test('has it behind KServe as well', () => {
    const backend = ServingBackend.kserve({ version: '0.20' });
    const chart = newChart();
    new GpuInferenceService(chart, 'chat', serviceProps({ compileCache, backend }));
    const [predictor, ...others] = synth(chart).objects.flatMap(({ kind, spec }) =>
      kind === 'InferenceService' ? [(spec as { predictor: PodSpec }).predictor] : [],
    );
    if (predictor === undefined || others.length > 0) throw new Error('expected one InferenceService');
    expect(initContainersOf(predictor)).toEqual([drawn().copier]);
    expect(predictor.volumes).toEqual(drawn().spec.volumes);
  });

  test('brings it to spot pods on GPUs of the same kind, and not to others', () => {
    const names = (machine: string) => {
      const spot = { pool: pool({ name: 'spot', spot: true, minNodes: 0, machine }), replicas: 1 };
      const chart = newChart();
      new GpuInferenceService(chart, 'chat', serviceProps({ compileCache, spot }));
      const { one } = synth(chart);
      return initContainersOf(one('Deployment', 'chat-spot').spec.template.spec).map(({ name }) => name);
    };
    expect(names('Standard_NC48ads_A100_v4')).toEqual(['compile-cache']);
    expect(names('Standard_NC40ads_H100_v5')).toEqual([]);
  });

  test('has its image locked with all others', () => {
    const [environment] = ENVIRONMENTS;
    if (environment === undefined) throw new Error('there is no environment');
    const services = Object.entries(environment.services).map(([name, service]) => [
      name,
      { ...service, compileCache },
    ]);
    expect(imagesOf([{ ...environment, services: Object.fromEntries(services) }])).toContain(TAGGED);
  });
});

/** The emitted copy, run by this machine's shell on directories of its own. */
class Copy {
  readonly root = mkdtempSync(join(tmpdir(), 'compile-cache-'));

  constructor(private readonly props: Partial<GpuInferenceServiceProps> = {}) {}

  /** Where the server finds it. */
  cached(path: string): string {
    return join(this.root, 'home/.cache', path);
  }

  write(path: string, text: string, mode = 0o644): void {
    const file = join(this.root, 'image', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { mode });
  }

  run() {
    mkdirSync(join(this.root, 'home'), { recursive: true });
    const { copier } = drawn({ ...this.props, compileCache: { image: IMAGE, path: join(this.root, 'image') } });
    const [command = '', ...args] = copier.command.map((word) => word.replaceAll('/mnt/home', join(this.root, 'home')));
    return spawnSync(command, args, { encoding: 'utf8' });
  }

  clear(): void {
    rmSync(this.root, { recursive: true });
  }
}

describe('the copy', () => {
  let copy: Copy;
  afterEach(() => copy.clear());

  test('brings what the server compiled, for it to write on, and no weights that lay beside', () => {
    copy = new Copy();
    copy.write('vllm/torch_compile_cache/1f03/rank_0_0/model', 'graph', 0o444);
    copy.write('triton/ab/kernel.cubin', 'kernel');
    copy.write('huggingface/hub/weights.safetensors', 'weights');
    expect(copy.run()).toMatchObject({ status: 0, stderr: '' });
    const graph = copy.cached('vllm/torch_compile_cache/1f03/rank_0_0/model');
    expect(readFileSync(graph, 'utf8')).toBe('graph');
    expect(statSync(graph).mode & 0o200).toBe(0o200);
    expect(existsSync(copy.cached('triton/ab/kernel.cubin'))).toBe(true);
    expect(existsSync(copy.cached('huggingface'))).toBe(false);
  });

  test('can be repeated over what is there', () => {
    copy = new Copy();
    copy.write('triton/ab/kernel.cubin', 'kernel', 0o444);
    copy.run();
    writeFileSync(copy.cached('triton/own'), 'compiled here');
    expect(copy.run()).toMatchObject({ status: 0, stderr: '' });
    expect(readFileSync(copy.cached('triton/own'), 'utf8')).toBe('compiled here');
  });

  test('fails on an image without a cache, and says what it looked for', () => {
    copy = new Copy();
    copy.write('torch_compile_cache/1f03/model', 'a level too high');
    const { status, stderr } = copy.run();
    expect(status).toBe(78);
    expect(stderr).toMatch(/no compile cache: none of vllm\/torch_compile_cache, triton below \//);
  });

  test.each<readonly [string, Partial<GpuInferenceServiceProps>, Readonly<Record<string, string>>]>([
    ['vllm', {}, { VLLM_CACHE_ROOT: 'vllm', TRITON_CACHE_DIR: 'triton' }],
    ['triton', { runtime: { kind: 'triton' } }, { VLLM_CACHE_ROOT: 'vllm', TRITON_CACHE_DIR: 'triton' }],
    [
      'sglang',
      { runtime: { kind: 'sglang', runAsUser: 1000 } },
      { SGLANG_CACHE_DIR: 'sglang', TRITON_CACHE_DIR: 'triton', TORCHINDUCTOR_CACHE_DIR: 'inductor' },
    ],
  ])('puts things where %s looks for them', (_, props, variables) => {
    copy = new Copy(props);
    const home = drawn(props).service.plan?.runtime.home ?? '';
    const env = envOf(drawn(props).container);
    for (const directory of ['vllm/torch_compile_cache', 'sglang', 'triton', 'inductor'])
      copy.write(`${directory}/x`, '');
    expect(copy.run().status).toBe(0);
    for (const [variable, directory] of Object.entries(variables)) {
      expect(env[variable]).toBe(`${home}/.cache/${directory}`);
      expect(existsSync(copy.cached(directory))).toBe(true);
    }
  });
});

describe('a WarmPool of services with a compile cache', () => {
  const POOL = pool({ maxNodes: 20 });

  function warm(services: Readonly<Record<string, Partial<GpuInferenceServiceProps>>>) {
    const chart = newChart();
    new PriorityClasses(chart, 'priorities');
    new InferenceNamespace(chart, 'namespace', { name: 'chat', ownership: OWNERSHIP, platform: platform() });
    const warmCapacity = new WarmPool(chart, 'warm', { ownership: OWNERSHIP, warmNodes: 2 });
    for (const [name, props] of Object.entries(services)) {
      new GpuInferenceService(chart, name, serviceProps({ pool: POOL, warmCapacity, ...props }));
    }
    return synth(chart);
  }

  const brought = (result: ReturnType<typeof synth>) =>
    initContainersOf(result.one('DaemonSet').spec.template.spec).map(({ name, image }) => [name, image]);

  test('brings it to every node beside the image of the server, as the user that copies it', () => {
    const result = warm({ chat: { compileCache } });
    const server = containerOf(result.one('Deployment', 'chat')).image;
    expect(brought(result)).toEqual([
      ['chat', server],
      ['chat-compile-cache', IMAGE],
    ]);
    const [, puller] = initContainersOf(result.one('DaemonSet').spec.template.spec);
    expect(puller).toMatchObject({
      command: ['sh', '-c', 'true'],
      securityContext: { runAsUser: 2000, readOnlyRootFilesystem: true },
    });
  });

  test('brings an image that two services share once', () => {
    const result = warm({ chat: { compileCache }, twin: { compileCache }, plain: {} });
    expect(brought(result).map(([name]) => name)).toEqual(['chat', 'chat-compile-cache']);
    for (const name of ['chat', 'twin']) {
      const [copier] = initContainersOf(result.one('Deployment', name).spec.template.spec);
      expect(copier?.image).toBe(IMAGE);
    }
  });

  test('keeps placeholders of one shape for services with and without one', () => {
    const result = warm({ chat: { compileCache }, plain: {} });
    const placeholders = result.all('Deployment').filter(({ metadata }) => metadata.name.startsWith('warm-'));
    expect(placeholders.map(({ metadata, spec }) => [metadata.name, initContainersOf(spec.template.spec)])).toEqual([
      ['warm-chat', []],
    ]);
  });

  test('passes every rule over manifests', () => {
    const { objects } = warm({ chat: { compileCache }, tagged: { compileCache: { image: TAGGED } } });
    const { findings } = checkManifests(
      objects.map((object: KubernetesObject, index) => ({ file: 'chat.yaml', index, object })),
    );
    // The server's image has no public digest, and one cache was given without.
    expect(findings.filter(({ rule }) => rule !== 'WP-IMG-003')).toEqual([]);
    const tagged = findings.filter(({ value }) => value === TAGGED).map(({ object }) => object);
    expect(tagged).toEqual(expect.arrayContaining(['Deployment chat/tagged', 'DaemonSet chat/warm-images']));
  });
});
