/** All rules over manifests, in the order in which they are asked. */
import type { Rule } from '../rule';
import { backends } from './backends';
import { credentialSources } from './credential-sources';
import { disruptionBudgetSelector } from './disruption-budget-selector';
import { governingService } from './governing-service';
import { gpuQuota } from './gpu-quota';
import { monitorTarget } from './monitor-target';
import { networkPolicyPort } from './network-policy-port';
import { networkPolicySelector } from './network-policy-selector';
import { noLostValues } from './no-lost-values';
import { podAffinity } from './pod-affinity';
import { podOwner } from './pod-owner';
import { podVolumes } from './pod-volumes';
import { probePort } from './probe-port';
import { referencedClaims } from './referenced-claims';
import { referencedConfigMaps } from './referenced-config-maps';
import { referencedPriorityClasses } from './referenced-priority-classes';
import { referencedSecrets } from './referenced-secrets';
import { referencedServiceAccounts } from './referenced-service-accounts';
import { roleBindings } from './role-bindings';
import { scaleTargets } from './scale-targets';
import { serviceSelector } from './service-selector';
import { targetPort } from './target-port';
import { uniqueIdentity } from './unique-identity';
import { workloadSelector } from './workload-selector';

export const POLICY_RULES: readonly Rule[] = [
  // WP-NAME
  uniqueIdentity,
  // WP-NET
  networkPolicyPort,
  // WP-NS
  gpuQuota,
  // WP-OUT
  noLostValues,
  // WP-POD
  podVolumes,
  probePort,
  // WP-REF
  referencedConfigMaps,
  referencedSecrets,
  referencedServiceAccounts,
  referencedClaims,
  referencedPriorityClasses,
  governingService,
  backends,
  scaleTargets,
  roleBindings,
  credentialSources,
  // WP-SEL
  serviceSelector,
  disruptionBudgetSelector,
  networkPolicySelector,
  workloadSelector,
  podAffinity,
  monitorTarget,
  targetPort,
  podOwner,
];
