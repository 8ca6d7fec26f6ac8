/**
 * The Pulumi program: `pulumi preview -s prod` shows, as stack outputs, the pools that the pods of the environment
 * count on. It creates nothing yet; the cloud layer will write node pools from these very plans.
 */
import { getStack } from '@pulumi/pulumi';
import type { GpuNodePoolPlan } from '../lib';
import { ENVIRONMENTS } from './environments';
import { buildEnvironment } from './inference';

function poolsOf(stack: string): readonly GpuNodePoolPlan[] {
  const environment = ENVIRONMENTS.find(({ name }) => name === stack);
  if (environment === undefined) {
    const names = ENVIRONMENTS.map(({ name }) => name).join(', ');
    throw new Error(
      `there is no environment '${stack}'. Allowed: ${names}. Fix: select a stack of one of these names.`,
    );
  }
  const { app, pools } = buildEnvironment(environment);
  const errors = app.node.findAll().flatMap(({ node }) => node.validate());
  if (errors.length > 0) throw new Error(errors.join('\n'));
  return pools;
}

/** Decided pools by name. */
export const nodePools = Object.fromEntries(
  poolsOf(getStack()).map(({ name, profile, mig, minNodes, maxNodes, spot, zones, diskGiB, labels, taints }) => [
    name,
    {
      machineType: profile.machineType,
      ...(mig?.gpuInstanceProfile && { gpuInstanceProfile: mig.gpuInstanceProfile }),
      minNodes,
      maxNodes,
      spot,
      zones,
      diskGiB,
      labels,
      taints,
    },
  ]),
);
