/** Pods that do nothing: they hold a place, or stay so that an image does. Pod Security restricted. */
import { PAUSE_USER } from '../domain/placeholder';
import { PRIORITY_LADDER } from '../domain/priority-ladder';
import { type GpuPodInput, gpuRequirements, spreadOver } from './gpu-pod';
import { NOTHING_ALLOWED } from './idle-container';
import type { k8s } from './k8s';
import { poolAffinity, tolerationsOf } from './scheduling';

/** What the scheduler looks at in a pod. */
export type PodShape = Pick<GpuPodInput, 'pool' | 'resources' | 'spread' | 'claims'>;

/** One text for pods that the scheduler cannot tell apart. */
export function shapeKey({ pool, resources, spread, claims = [] }: PodShape): string {
  const names = claims.map(({ claimName }) => claimName).sort();
  return JSON.stringify([pool.name, resources, spread?.required, names]);
}

/** Fields that every pod of ours has which asks nothing of the cluster. */
export const IDLE_POD = {
  automountServiceAccountToken: false,
  enableServiceLinks: false,
  // Nothing is under way that could be finished, and whoever needs the place waits for every second.
  terminationGracePeriodSeconds: 0,
  securityContext: {
    runAsNonRoot: true,
    runAsUser: PAUSE_USER,
    runAsGroup: PAUSE_USER,
    seccompProfile: { type: 'RuntimeDefault' },
  },
} satisfies Partial<k8s.PodSpec>;

/** A pod of that shape with the lowest priority, spread among its own kind as the replicas are among theirs. */
export function placeholderPod(shape: PodShape, labels: Readonly<Record<string, string>>, image: string): k8s.PodSpec {
  const { pool, spread, claims = [] } = shape;
  return {
    ...IDLE_POD,
    priorityClassName: PRIORITY_LADDER.placeholder.name,
    tolerations: tolerationsOf([pool]),
    affinity: poolAffinity([pool]),
    topologySpreadConstraints: spread && spreadOver({ labels, required: spread.required }),
    containers: [
      {
        name: 'placeholder',
        image,
        imagePullPolicy: 'IfNotPresent',
        resources: gpuRequirements(shape),
        securityContext: NOTHING_ALLOWED,
      },
    ],
    // The scheduler follows a claim to its zone. No container mounts it, so the kubelet passes it over
    // (kubernetes v1.36.3 pkg/kubelet/volumemanager/populator: "Volume is not used in the pod, ignore it").
    volumes:
      claims.length === 0
        ? undefined
        : claims.map(({ claimName, readOnly }, index) => ({
            name: `claim-${index}`,
            persistentVolumeClaim: { claimName, readOnly },
          })),
  };
}
