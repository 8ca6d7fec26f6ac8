import { WORKLOAD_LABELS } from '../../../lib';
import { ENVIRONMENTS } from '../../../stacks/environments';
import { buildEnvironment } from '../../../stacks/inference';
import { applyAll, objections } from '../support/admit';
import { ControlPlane } from '../support/control-plane';
import { installCrds } from '../support/crds';
import { addNodes } from '../support/nodes';
import { hasCondition, type KubeObject, type Pod } from '../support/objects';
import { committedObjects, nodesOf, unschedulable } from './cluster';

jest.setTimeout(180_000);

const NAMES = ENVIRONMENTS.map(({ name }) => name);

/** A pod that asks for a GPU and knows nothing of warmpath. */
function stranger(name: string, resources: object, node?: string): KubeObject {
  const securityContext = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default' },
    spec: {
      ...(node && { nodeSelector: { 'kubernetes.io/hostname': node } }),
      containers: [{ name: 'main', image: 'example/stranger:1.0.0', resources, securityContext }],
    },
  };
}

describe.each(NAMES)('environment %s on a real control plane', (name) => {
  const environment = ENVIRONMENTS.find((candidate) => candidate.name === name);
  if (environment === undefined) throw new Error(`no environment ${name}`);
  const { pools, services, warmPools, jobs, app } = buildEnvironment(environment);
  const objects = committedObjects(name);
  let plane: ControlPlane;

  beforeAll(async () => {
    plane = await ControlPlane.start();
    await installCrds(plane.api);
    await addNodes(
      plane.api,
      pools.flatMap((pool) => nodesOf(pool)),
    );
  });

  afterAll(() => plane?.stop());

  const allPods = async () =>
    (await plane.api.list<Pod>('v1', 'Pod', {})).filter((pod) => pod.metadata.namespace !== 'default');

  it('is drawn from pools without errors', () => {
    expect(pools.length).toBeGreaterThan(1);
    expect(app.node.findAll().flatMap(({ node }) => node.validate())).toEqual([]);
  });

  it('keeps a pod without tolerations off every GPU node, one by one, while they are empty', async () => {
    await plane.withLogs(async () => {
      // A Pod needs the default ServiceAccount, which a controller makes.
      await plane.api.waitFor('the default ServiceAccount', () =>
        plane.api.get({ apiVersion: 'v1', kind: 'ServiceAccount', name: 'default', namespace: 'default' }),
      );
      const find = (podName: string) =>
        plane.api.get<Pod>({ apiVersion: 'v1', kind: 'Pod', name: podName, namespace: 'default' });
      await plane.api.create(stranger('wants-nothing', {}));
      const placed = await plane.api.waitFor('the plain pod to be placed', async () => {
        const pod = await find('wants-nothing');
        return pod?.spec.nodeName === undefined ? undefined : pod;
      });
      expect(placed.spec.nodeName).toMatch(/^system-/);

      const gpuNodes = pools.filter(({ profile }) => profile.gpus > 0).flatMap((pool) => nodesOf(pool));
      expect(gpuNodes.length).toBeGreaterThan(0);
      for (const { metadata } of gpuNodes) {
        const name = `wants-${metadata.name}`;
        // Asks for that very node, which has room: only its taints are in the way.
        await plane.api.create(stranger(name, { limits: { 'nvidia.com/gpu': '1' } }, metadata.name));
        const waiting = await plane.api.waitFor(`the scheduler to keep a pod off ${metadata.name}`, async () => {
          const pod = await find(name);
          return pod && (unschedulable(pod) || pod.spec.nodeName) ? pod : undefined;
        });
        // The node has room, so without its taints the pod would be there.
        expect({ node: waiting.spec.nodeName, why: unschedulable(waiting) }).toEqual({
          node: undefined,
          why: expect.stringMatching(/untolerated taint/),
        });
      }
    });
  });

  it('is admitted object by object, strictly, without an error or a warning', async () => {
    await plane.withLogs(async () => {
      const admissions = await applyAll(plane.api, objects);
      expect(objections(admissions)).toEqual([]);
      expect(admissions).toHaveLength(objects.length);
    });
  });

  it('is admitted a second time without a change', async () => {
    await plane.withLogs(async () => {
      const versions = async () =>
        Promise.all(
          objects.map(async ({ apiVersion, kind, metadata }) => {
            const found = await plane.api.get<KubeObject>({
              apiVersion,
              kind,
              name: metadata.name ?? '',
              namespace: metadata.namespace,
            });
            return found?.metadata.generation;
          }),
        );
      const before = await versions();
      expect(objections(await applyAll(plane.api, objects))).toEqual([]);
      expect(await versions()).toEqual(before);
    });
  });

  it('gets every pod of its services and jobs running, with what waits beside them', async () => {
    const servers = services.reduce((sum, { plan }) => sum + (plan?.maxReplicas ?? 0), 0);
    const waiting = warmPools.reduce((sum, { pool, placeholders }) => {
      const held = placeholders.reduce((pods, { floor }) => pods + floor, 0);
      // The images of a pool are brought to each of its nodes.
      return sum + held + (pool === undefined ? 0 : nodesOf(pool).length);
    }, 0);
    const expected = servers + jobs.length + waiting;
    await plane.withLogs(async () => {
      // KEDA does not run here: the most that it may ask for is asked for by hand.
      for (const { plan, namespace } of services) {
        if (plan === undefined || plan.replicas !== undefined) continue;
        const target = objects.find(
          ({ kind, metadata }) =>
            kind === 'Deployment' && metadata.name === plan.names.deploymentName && metadata.namespace === namespace,
        );
        if (target === undefined) throw new Error(`${plan.name} has no Deployment`);
        const spec = { ...(target as KubeObject & { spec: object }).spec, replicas: plan.maxReplicas };
        const [admission] = await applyAll(plane.api, [{ ...target, spec } as KubeObject]);
        expect(admission?.error).toBeUndefined();
      }
      const running = await plane.api.waitFor(
        `${expected} running workload pods in ${name}`,
        async () => {
          const pods = (await allPods()).filter(
            ({ metadata }) => metadata.labels?.[WORKLOAD_LABELS.pool] !== undefined,
          );
          return pods.length === expected && pods.every((pod) => hasCondition(pod, 'Ready')) ? pods : undefined;
        },
        60_000,
      );
      expect(running).toHaveLength(expected);
    });
  });

  it('has each pool receive exactly the pods that belong there', async () => {
    const pods = await allPods();
    for (const pool of pools) {
      const nodes = nodesOf(pool).map(({ metadata }) => metadata.name);
      const here = pods.filter(({ spec }) => nodes.includes(spec.nodeName));
      const meant = pods.filter(({ metadata }) => metadata.labels?.[WORKLOAD_LABELS.pool] === pool.name);
      const agents = here.filter(({ metadata }) => metadata.namespace === 'gpu-resources');
      expect(
        here
          .filter((pod) => !agents.includes(pod))
          .map(({ metadata }) => metadata.name)
          .sort(),
      ).toEqual(meant.map(({ metadata }) => metadata.name).sort());
      const agentsExpected = pool.platform.gpuStack === 'device-plugin' && pool.profile.gpus > 0 ? nodes.length : 0;
      expect(agents).toHaveLength(agentsExpected);
    }
  });

  it('enforces Pod Security restricted wherever a model or a job runs', async () => {
    const namespaces = [...new Set([...services, ...jobs].map(({ namespace }) => namespace))];
    expect(namespaces.length).toBeGreaterThan(0);
    for (const namespace of namespaces) {
      const privileged = {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'intruder', namespace },
        spec: {
          containers: [{ name: 'main', image: 'example/intruder:1.0.0', securityContext: { privileged: true } }],
        },
      };
      const [admission] = await applyAll(plane.api, [privileged]);
      expect(admission?.error).toMatch(/violates PodSecurity "restricted:v1\.\d+"/);
    }
  });
});
