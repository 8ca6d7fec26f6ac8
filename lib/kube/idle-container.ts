/** Containers that prepare something and need next to nothing for it. Pod Security restricted. */
import { IDLE_RESOURCES, NO_GPUS_ENV } from '../domain/placeholder';
import type { k8s } from './k8s';
import { bytes, millicores } from './quantity';

/** Denies everything that a container does not need. */
export const NOTHING_ALLOWED: k8s.SecurityContext = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
};

/** Requests and limits of a container that does nothing. */
export function idleRequirements(): k8s.ResourceRequirements {
  const { cpuMillis, memoryBytes, memoryLimitBytes } = IDLE_RESOURCES;
  return {
    requests: { cpu: millicores(cpuMillis), memory: bytes(memoryBytes) },
    limits: { memory: bytes(memoryLimitBytes) },
  };
}

/** An init container that runs a command of an image, without GPUs even where the image says all. */
export function idleInitContainer(name: string, image: string, command: readonly string[]): k8s.Container {
  return {
    name,
    image,
    imagePullPolicy: 'IfNotPresent',
    command: [...command],
    env: Object.entries(NO_GPUS_ENV).map(([variable, value]) => ({ name: variable, value })),
    resources: idleRequirements(),
    securityContext: NOTHING_ALLOWED,
  };
}
