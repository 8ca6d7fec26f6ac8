/** WP-PSA-001: pods are such as the namespace admits. */
import { enforcedLevel, violationsOf } from '../pod-security/level';
import { NOT_APPLICABLE, podRule } from '../rule';

/** Pods that the API server refuses, or that take more than they need. */
export const podSecurity = podRule(
  'WP-PSA-001',
  'the API server refuses such pods where the level is enforced, and where it is not, one of them can take its node',
  (pod, inventory) => {
    const { level, minor, named } = enforcedLevel(pod.namespace, inventory);
    if (level === 'privileged') return NOT_APPLICABLE;
    const presumed = named ? '' : ` (presumed, as no manifest names the level of '${pod.namespace}')`;
    return violationsOf(pod, level, minor).map(({ check, path, value, message, allowed }) => ({
      path,
      value,
      message: `${message}, which level ${level}${presumed} forbids`,
      allowed,
      fix: named
        ? 'set it to what is allowed, or move node agents to a namespace of level privileged'
        : 'set it to what is allowed, or put the Namespace with its level among the manifests',
      about: `PodSecurity/${check}`,
      // Charts come without their namespace: nobody knows yet what it admits.
      severity: named ? 'error' : 'warning',
    }));
  },
);
