/** NodePools as a real API server takes them, with the rules of Karpenter's own schemas. */
import {
  type GpuNodePoolPlan,
  type GpuNodePoolSpec,
  NodeAutoscaling,
  planGpuNodePool,
  planPlatform,
} from '../../../lib';
import { applyAll, objections } from '../support/admit';
import { ControlPlane } from '../support/control-plane';
import { installCrds } from '../support/crds';
import { draw } from './cluster';

jest.setTimeout(180_000);

const ownership = { owner: 'on-call', team: 'chat', costCentre: 'cc-1', environment: 'test' };

const platform = planPlatform({
  cloud: 'aks',
  kubernetes: '1.36',
  region: 'westeurope',
  nodeAutoscaler: 'karpenter',
  gpuStack: 'gpu-operator',
});

function pool(name: string, more: Partial<GpuNodePoolSpec> = {}): GpuNodePoolPlan {
  return planGpuNodePool({
    name,
    purpose: 'inference',
    platform,
    machine: 'Standard_NC24ads_A100_v4',
    minNodes: 0,
    maxNodes: 6,
    ownership,
    taints: [{ key: 'example.com/reserved', value: 'chat', effect: 'NoSchedule' }],
    ...more,
  });
}

const POOLS = [
  pool('grows'),
  pool('fixed', { minNodes: 6 }),
  pool('cheap', { spot: true, zones: ['1', '2'] }),
  pool('training', { purpose: 'training' }),
];

describe('the pools of Karpenter', () => {
  let plane: ControlPlane;
  afterEach(() => plane?.stop());

  it('are admitted, and again when nothing has changed', async () => {
    plane = await ControlPlane.start();
    await installCrds(plane.api);
    const objects = draw((chart) => {
      new NodeAutoscaling(chart, 'node-autoscaling', { pools: POOLS });
    });
    expect(objects).toHaveLength(2 * POOLS.length);
    await plane.withLogs(async () => {
      for (const _ of ['first', 'again']) expect(objections(await applyAll(plane.api, objects))).toEqual([]);
    });
  });

  it('are refused by the rules of the schemas where they are wrong, so that admission says something', async () => {
    plane = await ControlPlane.start();
    await installCrds(plane.api);
    const wrong = draw((chart) => {
      new NodeAutoscaling(chart, 'node-autoscaling', { pools: [pool('fixed', { minNodes: 6 })] });
    }).map((object) => {
      if (object.kind !== 'NodePool') return object;
      const spec = object.spec as { readonly limits: object };
      // A static NodePool takes a limit of nodes only.
      return { ...object, spec: { ...spec, limits: { ...spec.limits, 'nvidia.com/gpu': '6' } } };
    });
    await plane.withLogs(async () => {
      const said = objections(await applyAll(plane.api, wrong));
      expect(said).toEqual([expect.objectContaining({ error: expect.stringContaining("only 'limits.nodes'") })]);
    });
  });
});
