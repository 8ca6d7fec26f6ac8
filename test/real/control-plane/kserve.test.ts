import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import {
  GpuInferenceService,
  InferenceNamespace,
  KSERVE,
  kservePodLabels,
  kservePodSelector,
  kservePredictorName,
  PriorityClasses,
  planGpuNodePool,
  planPlatform,
  ServingBackend,
} from '../../../lib';
import { handMade } from '../../support/synth';
import { applyAll, objections } from '../support/admit';
import { ControlPlane } from '../support/control-plane';
import { addNodes } from '../support/nodes';
import { type Condition, hasCondition, type KubeObject, type Pod } from '../support/objects';
import { draw, nodesOf, readyPods } from './cluster';

jest.setTimeout(180_000);

const ownership = { owner: 'on-call', team: 'chat', costCentre: 'cc-1', environment: 'test' };
const platform = planPlatform({ cloud: 'aks', kubernetes: '1.36', region: 'westeurope' });
const pool = planGpuNodePool({
  name: 'a100',
  purpose: 'inference',
  platform,
  machine: 'Standard_NC24ads_A100_v4',
  minNodes: 4,
  maxNodes: 4,
  ownership,
});

const IMAGE = `models.example.com/qwen3@sha256:${'a'.repeat(64)}`;
const ADAPTER = `models.example.com/support@sha256:${'b'.repeat(64)}`;

/** A service that uses every field of the pod: weights and an adapter as images, secrets, annotations, hard spread. */
const objects = draw((chart) => {
  new PriorityClasses(chart, 'priorities');
  new InferenceNamespace(chart, 'chat', { ownership, platform });
  new GpuInferenceService(chart, 'llm', {
    namespace: 'chat',
    ownership,
    pool,
    model: { catalogue: 'qwen3-8b', uri: `oci://${IMAGE}` },
    adapters: [
      { name: 'support', path: `oci://${ADAPTER}`, rank: 16, modules: ['q_proj', 'v_proj'], bytes: 30_000_000 },
    ],
    backend: ServingBackend.kserve({ version: '0.20' }),
    compileCache: { image: `registry.example.com/chat/compile-cache:1.0.0@sha256:${'c'.repeat(64)}` },
    gateway: { namespace: 'gateway' },
    scraper: { namespace: 'monitoring' },
    secretEnv: { VLLM_API_KEY: { secretName: 'api', key: 'key' } },
    imagePullSecrets: ['mirror'],
    secrets: handMade('api', 'mirror'),
    podAnnotations: { 'example.com/note': 'here' },
    spread: 'required',
  });
});

const REF = { apiVersion: KSERVE.apiVersion, kind: KSERVE.kind, namespace: 'chat', name: 'llm' };

interface Predictor {
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly annotations: Readonly<Record<string, string>>;
  readonly deploymentStrategy: object;
  readonly containers: readonly { readonly name: string }[];
}

interface InferenceService extends KubeObject {
  readonly spec: { readonly predictor: Predictor };
}

interface Conditioned extends KubeObject {
  readonly status?: { readonly conditions?: readonly Condition[] };
}

interface PolicyLike extends KubeObject {
  readonly spec: { readonly podSelector: { readonly matchLabels: Readonly<Record<string, string>> } };
}

/** What KServe v0.20.0 makes of it (deployment_reconciler.go createRawDefaultDeployment, predictor.go buildObjectMeta). */
function deploymentOf({ metadata, spec }: InferenceService): KubeObject {
  const { minReplicas, maxReplicas, annotations, deploymentStrategy, ...podSpec } = spec.predictor;
  const component = {
    labels: { ...metadata.labels, ...kservePodLabels('llm') },
    annotations: { ...metadata.annotations, ...annotations },
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { ...component, name: kservePredictorName('llm'), namespace: 'chat' },
    spec: {
      replicas: minReplicas,
      selector: { matchLabels: kservePodSelector('llm') },
      strategy: deploymentStrategy,
      template: { metadata: component, spec: podSpec },
    },
  };
}

describe('an emitted InferenceService on a real control plane', () => {
  let plane: ControlPlane;

  const stored = async (): Promise<InferenceService> => {
    const found = await plane.api.get<InferenceService>(REF);
    if (found === undefined) throw new Error('the InferenceService is not there');
    return found;
  };

  beforeAll(async () => {
    plane = await ControlPlane.start();
    await addNodes(plane.api, nodesOf(pool));
    const file = join(__dirname, '../../../imports/crds/inferenceservices.serving.kserve.io.yaml');
    const { object } = await plane.api.create<KubeObject>(parse(readFileSync(file, 'utf8')) as KubeObject);
    await plane.api.waitFor('the kind to be served', async () => {
      const { apiVersion, kind, metadata } = object;
      const crd = await plane.api.get<Conditioned>({ apiVersion, kind, name: metadata.name ?? '' });
      return crd !== undefined && hasCondition(crd, 'Established');
    });
  });

  afterAll(() => plane?.stop());

  it('is admitted with all that belongs to it, strictly, without an error or a warning', async () => {
    await plane.withLogs(async () => {
      expect(objections(await applyAll(plane.api, objects))).toEqual([]);
    });
  });

  it('is stored as it was written', async () => {
    const emitted = objects.find(({ kind }) => kind === KSERVE.kind) as InferenceService | undefined;
    expect((await stored()).spec).toMatchObject(emitted?.spec ?? { kind: 'is not emitted' });
  });

  it('would be refused with a field that KServe does not know', async () => {
    const { spec } = await stored();
    const { apiVersion, kind, namespace, name } = REF;
    const more = { predictor: { ...spec.predictor, progressDeadlineSeconds: 1800 } };
    const [admission] = await applyAll(plane.api, [{ apiVersion, kind, metadata: { namespace, name }, spec: more }]);
    expect(admission?.error).toMatch(/field not declared in schema|unknown field/);
  });

  it('becomes pods that Pod Security restricted admits and that find their GPUs', async () => {
    await plane.withLogs(async () => {
      expect(objections(await applyAll(plane.api, [deploymentOf(await stored())]))).toEqual([]);
      const pods = await readyPods(plane.api, 'chat', 'llm', 3);
      expect(new Set(pods.map(({ spec }) => spec.nodeName)).size).toBe(3);
      const [namespace] = await plane.api.list('v1', 'Namespace', { fieldSelector: 'metadata.name=chat' });
      expect(namespace?.metadata.labels).toMatchObject({ 'pod-security.kubernetes.io/enforce': 'restricted' });
    });
  });

  it('has budget and policy select exactly those pods', async () => {
    await plane.withLogs(async () => {
      const budget = await plane.api.waitFor('the budget to count the pods', async () => {
        const [found] = await plane.api.list('policy/v1', 'PodDisruptionBudget', { namespace: 'chat' });
        const status = found?.['status'] as { expectedPods?: number; disruptionsAllowed?: number } | undefined;
        return status?.disruptionsAllowed === 1 ? status : undefined;
      });
      expect(budget.expectedPods).toBe(3);
      const policies = await plane.api.list('networking.k8s.io/v1', 'NetworkPolicy', { namespace: 'chat' });
      const own = policies.find(({ metadata }) => metadata.name === 'llm') as PolicyLike | undefined;
      const labelSelector = Object.entries(own?.spec.podSelector.matchLabels ?? { 'no-such': 'policy' })
        .map(([key, value]) => `${key}=${value}`)
        .join(',');
      expect(await plane.api.list<Pod>('v1', 'Pod', { namespace: 'chat', labelSelector })).toHaveLength(3);
    });
  });
});
