/** From the props of a service to the plain values that the domain decides on. */
import type { ServingSpec } from '../domain/serving-plan';
import type { GpuInferenceServiceProps } from './serving-props';

/** Units and siblings are unpacked here, once. */
export function servingSpec(name: string, props: GpuInferenceServiceProps): ServingSpec {
  const { modelCache: cache } = props;
  return {
    ...props,
    name,
    drainSeconds: props.drain?.toSeconds({ integral: false }),
    endpointPropagationSeconds: props.endpointPropagation?.toSeconds({ integral: false }),
    cache: cache && { path: cache.weightsPath, weightsPath: cache.transport },
    mounts: cache && [{ claimName: cache.claimName, mountPath: cache.mountPath, readOnly: true }],
    lockEnv: props.lock?.env,
    imagePrefetched: props.warmCapacity?.imagePrefetched,
  };
}
