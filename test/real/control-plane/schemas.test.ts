/** Everything that is emitted, by the schemas of the oldest Kubernetes that is allowed and of every newer one. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Duration } from 'cdk8s';
import { draftPlatformProfile, ServingBackend, WorkloadIdentity } from '../../../lib';
import type { Environment } from '../../../stacks/environment';
import { ENVIRONMENTS } from '../../../stacks/environments';
import { buildEnvironment } from '../../../stacks/inference';
import { rulesOf } from '../../domain/given';
import { parseObjects, SOURCES } from '../../support/synth';
import type { KubeObject } from '../support/objects';
import { committedObjects } from './cluster';
import { CUSTOM_GROUPS, isCustom, type Judgement, judge, objections, type Question, questionsOf } from './schemas';

jest.setTimeout(120_000);

/** From the oldest version that a platform may have to the one that the other tests of this folder run. */
const MINORS = [28, 29, 30, 31, 32, 33, 34, 35, 36] as const;
const VERSIONS = MINORS.map((minor) => `1.${minor}`);
const OLDEST = 28;
const NEWEST = 36;
/** The first version with image volumes on by default. */
const IMAGE_VOLUMES = 35;

const hubToken = { secretName: 'hugging-face', key: 'token' };
const ociModel = { catalogue: 'qwen3-8b', uri: `oci://models.example.com/qwen3@sha256:${'a'.repeat(64)}` } as const;
const egress = [
  { cidr: '203.0.113.0/24' },
  { pods: { namespace: 'data', podLabels: { app: 'store' } }, ports: [443, 9000] },
];

/** Uses what the committed environments leave out. */
function everything(minor: number): Environment {
  return {
    name: 'everything',
    platform: { cloud: 'aks', kubernetes: `1.${minor}`, region: 'westeurope', gpuStack: 'gpu-operator' },
    ownership: { owner: 'on-call', team: 'chat', costCentre: 'cc-1' },
    gateway: { namespace: 'gateway', podLabels: { app: 'envoy' } },
    scraper: { namespace: 'monitoring' },
    pools: {
      a100: {
        purpose: 'inference',
        machine: 'Standard_NC24ads_A100_v4',
        minNodes: 18,
        maxNodes: 20,
        zones: ['1', '2'],
      },
      cheap: { purpose: 'inference', machine: 'Standard_NC24ads_A100_v4', minNodes: 0, maxNodes: 2, spot: true },
      cut: {
        purpose: 'inference',
        machine: 'Standard_NC24ads_A100_v4',
        minNodes: 2,
        maxNodes: 2,
        mig: { profile: '2g.20gb' },
      },
      train: { purpose: 'training', machine: 'Standard_NC48ads_A100_v4', minNodes: 0, maxNodes: 2, spot: true },
    },
    services: {
      vllm: {
        namespace: 'chat',
        pool: 'a100',
        model: { catalogue: 'llama-3.1-8b-instruct' },
        runtime: { extraEnv: { VLLM_LOGGING_LEVEL: 'DEBUG' }, extraArgs: ['--enable-log-requests'] },
        hubToken,
        secretEnv: { VLLM_API_KEY: { secretName: 'api', key: 'api-key' } },
        imagePullSecrets: ['mirror'],
        secrets: {
          'hugging-face': SOURCES.externalSecrets,
          api: SOURCES.vaultAgent,
          mirror: SOURCES.kubernetes,
        },
        identity: WorkloadIdentity.azure({ clientId: '5c2c2a0e-4c39-4a6a-9f0b-0c8f4f6f7c11' }),
        serviceAccountAnnotations: { 'example.com/note': 'here' },
        podAnnotations: { 'example.com/note': 'here' },
        spread: 'required',
        priority: 'canary',
        egress,
        hubEgress: egress,
      },
      split: {
        namespace: 'chat',
        pool: 'a100',
        model: { catalogue: 'qwen3-8b' },
        spot: { pool: 'cheap', replicas: 2 },
      },
      small: { namespace: 'small', pool: 'cut', model: { catalogue: 'qwen2.5-1.5b-instruct' }, maxModelLen: 8192 },
      kserve: {
        namespace: 'small',
        pool: 'cut',
        model: { catalogue: 'qwen2.5-1.5b-instruct' },
        maxModelLen: 8192,
        backend: ServingBackend.kserve({ version: '0.20' }),
      },
      triton: { namespace: 'chat', pool: 'a100', model: { catalogue: 'qwen3-8b' }, runtime: { kind: 'triton' } },
      sglang: {
        namespace: 'chat',
        pool: 'a100',
        model: { catalogue: 'qwen3-8b' },
        runtime: { kind: 'sglang', runAsUser: 1000 },
        compileCache: { image: `registry.example.com/chat/compile-cache:1.0.0@sha256:${'c'.repeat(64)}` },
        disruption: { allowOutageReason: 'nobody waits' },
      },
      ...(minor >= IMAGE_VOLUMES && {
        image: { namespace: 'oci', pool: 'a100', model: ociModel },
        torchserve: { namespace: 'oci', pool: 'a100', model: ociModel, runtime: { kind: 'torchserve' } },
      }),
    },
    training: {
      finetune: {
        namespace: 'training',
        pool: 'train',
        image: 'pytorch/pytorch:2.9.1-cuda13.0-cudnn9-runtime',
        command: ['torchrun', 'train.py'],
        args: ['--epochs', '3'],
        activeDeadline: Duration.hours(12),
        ttlAfterFinished: Duration.hours(1),
        checkpoints: { sizeGiB: 64, storageClassName: 'managed-csi-premium' },
        env: { NCCL_DEBUG: 'INFO' },
        secretEnv: { WANDB_API_KEY: { secretName: 'wandb', key: 'api-key' } },
        imagePullSecrets: ['mirror'],
        secrets: { wandb: SOURCES.azureCsi, mirror: SOURCES.kubernetes },
        claims: [{ claimName: 'data', mountPath: '/data', readOnly: true }],
        egress,
      },
    },
    gpuQuotas: { chat: 30 },
  };
}

/** The objects of an environment as they would be written for a version of Kubernetes. */
function builtFor(minor: number, environment: Environment): readonly KubeObject[] {
  const platform = { ...environment.platform, kubernetes: `1.${minor}` };
  // No add-on was listed for the newest version, and this is about objects: somebody names one.
  const cloud = platform.cloud === 'iks' && minor > 35 ? { iks: { autoscalerVersion: '3.0.0' } } : environment.cloud;
  return parseObjects(buildEnvironment({ ...environment, platform, cloud }).app.synthYaml());
}

/** Objects and the versions that they have to fit. */
interface Batch {
  readonly objects: readonly KubeObject[];
  readonly versions: readonly string[];
}

/** That version and every newer one. */
function since(version: string): readonly string[] {
  const first = VERSIONS.indexOf(version);
  if (first < 0) throw new Error(`no schemas of ${version} are asked here. Fix: add it to MINORS.`);
  return VERSIONS.slice(first);
}

const COMMITTED: ReadonlyMap<string, Batch> = new Map(
  ENVIRONMENTS.map(({ name, platform }) => [
    name,
    { objects: committedObjects(name), versions: since(platform.kubernetes) },
  ]),
);
const BUILT: ReadonlyMap<number, Batch> = new Map(
  MINORS.map((minor) => [
    minor,
    {
      objects: [...ENVIRONMENTS, everything(minor)].flatMap((environment) => builtFor(minor, environment)),
      versions: since(`1.${minor}`),
    },
  ]),
);

describe('what is emitted', () => {
  const judgements = new Map<Batch, readonly Judgement[]>();

  beforeAll(() => {
    const batches = [...COMMITTED.values(), ...BUILT.values()];
    const all = judge(batches.flatMap(({ objects, versions }) => questionsOf(objects, versions)));
    let from = 0;
    for (const batch of batches) {
      const size = batch.objects.length * batch.versions.length;
      judgements.set(batch, all.slice(from, from + size));
      from += size;
    }
  });

  /** No objection, and every object that is no custom resource judged by every version. */
  function expectValid(batch: Batch | undefined): void {
    if (batch === undefined) throw new Error('nothing was emitted');
    const { objects, versions } = batch;
    const told = judgements.get(batch) ?? [];
    expect(objections(told)).toEqual([]);
    const builtIn = objects.filter((object) => !isCustom(object));
    expect(builtIn.length).toBeGreaterThan(0);
    expect(told.filter(({ outcome }) => outcome === 'valid')).toHaveLength(builtIn.length * versions.length);
  }

  it.each([...COMMITTED.keys()])('for %s is strictly valid for its Kubernetes and every newer one', (name) => {
    expectValid(COMMITTED.get(name));
  });

  it.each(MINORS)('for Kubernetes 1.%s, built for it, is strictly valid there and in every newer one', (minor) => {
    expectValid(BUILT.get(minor));
  });
});

describe('the schemas', () => {
  const builtObjects = (minor: number) => (BUILT.get(minor)?.objects ?? []).filter((object) => !isCustom(object));

  it('are asked from the oldest version of a platform to the one that runs in the other tests', () => {
    const older = { ...everything(OLDEST).platform, kubernetes: `1.${OLDEST - 1}` };
    expect(rulesOf(draftPlatformProfile(older))).toEqual(['WP-PLAT-002']);
    const goMod = readFileSync(join(__dirname, '../tools/kubernetes/go.mod'), 'utf8');
    expect(goMod).toMatch(new RegExp(`k8s\\.io/kubernetes v1\\.${NEWEST}\\.`));
  });

  it('tell the fields of newer versions that only newer clusters get', () => {
    const told = objections(judge(questionsOf(builtObjects(NEWEST), [`1.${OLDEST}`])));
    const messages = told.map(({ object, path, message }) => `${object.split(' ')[0]} ${path}: ${message}`);
    expect([...new Set(messages)].sort()).toEqual([
      expect.stringMatching(/^Deployment .*\.lifecycle\.preStop: .*'sleep' was unexpected/),
      expect.stringMatching(/^Deployment .*\.volumes\.\d: .*'image' was unexpected/),
    ]);
  });

  it.each([OLDEST, NEWEST])('of 1.%s refuse an unknown field of every object, and name it', (minor) => {
    const objects = builtObjects(minor);
    const strange = objects.map((object) => ({ ...object, surprise: true }));
    const told = objections(judge(questionsOf(strange, [`1.${minor}`])));
    expect(objects.length).toBeGreaterThan(50);
    expect(told).toHaveLength(objects.length);
    expect(told.filter(({ message }) => !message?.includes("'surprise' was unexpected"))).toEqual([]);
  });

  it.each([OLDEST, NEWEST])('of 1.%s refuse an ill-typed value of every object, and say where', (minor) => {
    const objects = builtObjects(minor);
    const strange = objects.map((object) => ({ ...object, metadata: { ...object.metadata, finalizers: 'none' } }));
    const told = objections(judge(questionsOf(strange, [`1.${minor}`])));
    expect(objects.length).toBeGreaterThan(50);
    expect(told).toHaveLength(objects.length);
    expect(told.filter(({ path }) => path !== 'metadata.finalizers')).toEqual([]);
  });

  it('leave no kind unjudged but custom resources that are named, and judge by no other version', () => {
    const metadata = { name: 'one', namespace: 'chat' };
    const custom = CUSTOM_GROUPS.map((group) => ({ apiVersion: `${group}/v1`, kind: 'ExternalSecret', metadata }));
    const named = questionsOf(custom, VERSIONS);
    const unnamed: readonly Question[] = [
      { object: { apiVersion: 'example.com/v1', kind: 'Widget', metadata }, version: '1.36' },
      // Has a schema once the domain is taken away.
      { object: { apiVersion: 'policy.example.com/v1', kind: 'PodDisruptionBudget', metadata }, version: '1.36' },
      // Was removed in 1.25.
      { object: { apiVersion: 'policy/v1beta1', kind: 'PodDisruptionBudget', metadata }, version: '1.28' },
      { object: { apiVersion: 'v1', kind: 'ConfigMap', metadata }, version: '1.99' },
    ];
    const told = judge([...named, ...unnamed]);
    expect(objections(told.slice(0, named.length))).toEqual([]);
    expect(
      objections(told.slice(named.length)).map(({ apiVersion, asked, outcome }) => [apiVersion, asked, outcome]),
    ).toEqual([
      ['example.com/v1', '1.36', 'no schema'],
      ['policy.example.com/v1', '1.36', 'invalid'],
      ['policy/v1beta1', '1.28', 'no schema'],
      ['v1', '1.99', 'no schema'],
    ]);
  });
});
