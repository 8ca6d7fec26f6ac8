/** All rules over manifests, by id: the order in which they are asked. */
import type { Rule } from '../rule';
import { backends } from './backends';
import { credentialSources } from './credential-sources';
import { disruptionBudgetDrain } from './disruption-budget-drain';
import { disruptionBudgetFloor } from './disruption-budget-floor';
import { disruptionBudgetSelector } from './disruption-budget-selector';
import { exactImage } from './exact-image';
import { existingNodes } from './existing-nodes';
import { governingService } from './governing-service';
import { gpuPriority } from './gpu-priority';
import { gpuQuota } from './gpu-quota';
import { gpuToleration } from './gpu-toleration';
import { gracePeriod } from './grace-period';
import { kubernetesObject } from './kubernetes-object';
import { legalLabels } from './legal-labels';
import { legalNames } from './legal-names';
import { monitorTarget } from './monitor-target';
import { namespaceSecurity } from './namespace-security';
import { networkPolicyPort } from './network-policy-port';
import { networkPolicySelector } from './network-policy-selector';
import { noForeignTolerations } from './no-foreign-tolerations';
import { noLostValues } from './no-lost-values';
import { noPlainSecrets } from './no-plain-secrets';
import { oneReplicaOwner } from './one-replica-owner';
import { pinnedImage } from './pinned-image';
import { podAffinity } from './pod-affinity';
import { podOwner } from './pod-owner';
import { podSecurity } from './pod-security';
import { podVolumes } from './pod-volumes';
import { probePort } from './probe-port';
import { referencedClaims } from './referenced-claims';
import { referencedConfigMaps } from './referenced-config-maps';
import { referencedPriorityClasses } from './referenced-priority-classes';
import { referencedSecrets } from './referenced-secrets';
import { referencedServiceAccounts } from './referenced-service-accounts';
import { requestsWithinLimits } from './requests-within-limits';
import { roleBindings } from './role-bindings';
import { scaleTargets } from './scale-targets';
import { serverReadiness } from './server-readiness';
import { serviceSelector } from './service-selector';
import { singleNodeDisk } from './single-node-disk';
import { startupPatience } from './startup-patience';
import { surgeRoom } from './surge-room';
import { targetPort } from './target-port';
import { toleratedTaints } from './tolerated-taints';
import { uniqueIdentity } from './unique-identity';
import { workloadSelector } from './workload-selector';

export const POLICY_RULES: readonly Rule[] = [
  startupPatience, // WP-COLD-004
  gracePeriod, // WP-DRAIN-004
  exactImage, // WP-IMG-001
  pinnedImage, // WP-IMG-003
  uniqueIdentity, // WP-NAME-002
  legalNames, // WP-NAME-006
  legalLabels, // WP-NAME-007
  networkPolicyPort, // WP-NET-003
  gpuQuota, // WP-NS-001
  noLostValues, // WP-OUT-001
  kubernetesObject, // WP-OUT-003
  disruptionBudgetFloor, // WP-PDB-001
  disruptionBudgetDrain, // WP-PDB-002
  podVolumes, // WP-POD-001
  probePort, // WP-POD-002
  serverReadiness, // WP-POD-003
  podSecurity, // WP-PSA-001
  namespaceSecurity, // WP-PSA-002
  referencedConfigMaps, // WP-REF-001
  referencedSecrets, // WP-REF-002
  referencedServiceAccounts, // WP-REF-003
  referencedClaims, // WP-REF-004
  referencedPriorityClasses, // WP-REF-005
  governingService, // WP-REF-006
  backends, // WP-REF-007
  scaleTargets, // WP-REF-008
  roleBindings, // WP-REF-009
  credentialSources, // WP-REF-010
  requestsWithinLimits, // WP-RES-007
  surgeRoom, // WP-ROLL-001
  singleNodeDisk, // WP-ROLL-002
  noPlainSecrets, // WP-RUN-008
  toleratedTaints, // WP-SCHED-001
  noForeignTolerations, // WP-SCHED-002
  gpuToleration, // WP-SCHED-003
  gpuPriority, // WP-SCHED-004
  existingNodes, // WP-SCHED-005
  serviceSelector, // WP-SEL-001
  disruptionBudgetSelector, // WP-SEL-002
  networkPolicySelector, // WP-SEL-003
  workloadSelector, // WP-SEL-004
  podAffinity, // WP-SEL-005
  monitorTarget, // WP-SEL-006
  targetPort, // WP-SEL-007
  podOwner, // WP-SEL-008
  oneReplicaOwner, // WP-SVC-002
];
